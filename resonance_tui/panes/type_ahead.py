"""What was asked for before it could be done: kept until what it needs is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .signals import Signal

    Awaited = type[Signal]

STILL_READ = "the events are still being read"
"""What is said of a key that waits for them."""


class TypeAhead:
    """Keys that came early, in their order, by the signal that they wait for."""

    def __init__(self) -> None:
        self._kept: list[tuple[Awaited, Callable[[], object]]] = []

    def __bool__(self) -> bool:
        return bool(self._kept)

    def keep(self, awaited: Awaited, action: Callable[[], object]) -> None:
        """Do something once a signal of this type has come."""
        self._kept.append((awaited, action))

    def release(self, awaited: Awaited) -> None:
        """Do what waited for this type of signal; what is kept meanwhile waits for the next."""
        due = [action for kind, action in self._kept if kind is awaited]
        self._kept = [(kind, action) for kind, action in self._kept if kind is not awaited]
        for action in due:
            action()

    def clear(self) -> None:
        """Forget all that was asked for."""
        self._kept.clear()
