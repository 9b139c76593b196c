"""The command palette's entries: every key that works where it is called, and the themes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider

_LEFT_OUT = ("move.", "chooser.", "help.", "app.palette", "app.quit_always")  # moving about is no command


class KeyCommands(Provider):
    """Each active binding that has a tooltip, by its name."""

    def _commands(self) -> list[tuple[str, str, Callable[[], Awaitable[bool]]]]:
        found: dict[str, ActiveBinding] = {}
        for active in self.screen.active_bindings.values():
            name = active.binding.id
            if name and active.tooltip and not name.startswith(_LEFT_OUT):
                found.setdefault(name, active)
        commands: dict[str, tuple[str, Callable[[], Awaitable[bool]]]] = {}
        for active in found.values():
            binding = active.binding
            # two directions share a tooltip; here each needs words of its own, where it has some
            alike = [other.binding.description for other in found.values() if other.tooltip == active.tooltip]
            text = binding.description if 1 < len(alike) == len(set(alike)) else active.tooltip
            looks_alike = (
                sum(other.binding.key_display == binding.key_display for other in found.values()) > 1
            )
            key = self.app.get_key_display(replace(binding, key_display=None) if looks_alike else binding)
            commands.setdefault(text, (key, partial(self.app.run_action, binding.action, active.node)))
        return [(text, key, run) for text, (key, run) in commands.items()]

    async def discover(self) -> Hits:
        """All of them."""
        for text, key, run in self._commands():
            yield DiscoveryHit(text, run, help=f"key {key}")

    async def search(self, query: str) -> Hits:
        """Those whose words match."""
        matcher = self.matcher(query)
        for text, key, run in self._commands():
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), run, help=f"key {key}")
