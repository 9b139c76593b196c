"""What the details pane shows."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...text.details import Section


@dataclass(frozen=True, slots=True)
class DetailState:
    """The sections of the selected run, and the state of it that they tell.

    Attributes
    ----------
    sections : tuple of Section
    seen : hashable
        What of a run without an end is worth reading its details again for.
    """

    sections: tuple[Section, ...] = ()
    seen: Hashable = None

    def with_sections(self, sections: Sequence[Section]) -> DetailState:
        """Return the state with other sections."""
        return replace(self, sections=tuple(sections))

    def with_lines(self, title: str, changes: Mapping[str, str], seen: Hashable) -> DetailState:
        """Return the state with other values in one section; an empty one takes its line away."""
        sections = tuple(part.with_lines(changes) if part.title == title else part for part in self.sections)
        return replace(self, sections=sections, seen=seen)
