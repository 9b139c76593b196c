"""The command palette's entries: every key that works where it is called, and the themes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

_LEFT_OUT = ("move.", "chooser.", "help.", "app.palette")  # moving about is no command


class KeyCommands(Provider):
    """Each active binding that has a tooltip, by its name."""

    def _commands(self) -> list[tuple[str, str, Callable[[], Awaitable[bool]]]]:
        commands: list[tuple[str, str, Callable[[], Awaitable[bool]]]] = []
        seen: set[str] = set()
        texts: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.id or not active.tooltip or binding.id in seen or binding.id.startswith(_LEFT_OUT):
                continue
            seen.add(binding.id)
            run = partial(self.app.run_action, binding.action, active.node)
            # two directions share a tooltip; here each needs words of its own
            text = binding.description if active.tooltip in texts else active.tooltip
            texts.add(active.tooltip)
            commands.append((text, self.app.get_key_display(binding), run))
        return commands

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
