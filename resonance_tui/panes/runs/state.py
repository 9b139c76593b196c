"""What is set in the run list: marks, and the colours of runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from ..curve_colours import free_colour


@dataclass(frozen=True, slots=True)
class RunsState:
    """Marks and colours of the run list.

    Attributes
    ----------
    marks : mapping of str to int
        The marked runs, in the order in which they were marked, and the colour of each.
    overlaid : mapping of str to int
        The colours of the overlaid runs.
    colours : mapping of str to int
        The colour of every run that ever had one: it keeps it.
    """

    marks: Mapping[str, int] = field(default_factory=dict)
    overlaid: Mapping[str, int] = field(default_factory=dict)
    colours: Mapping[str, int] = field(default_factory=dict)

    def toggled(self, uid: str) -> RunsState:
        """Return the state with a run marked, or no longer."""
        if uid in self.marks:
            return replace(self, marks={other: at for other, at in self.marks.items() if other != uid})
        used = {at for other, at in {**self.marks, **self.overlaid}.items() if other != uid}
        colour_index = self.colours.get(uid)
        if colour_index is None or colour_index in used:  # another run has taken it meanwhile
            colour_index = free_colour(used, len(self.colours))
        return replace(
            self,
            marks={**self.marks, uid: colour_index},
            colours={**self.colours, uid: colour_index},
        )

    def without_marks(self) -> RunsState:
        """Return the state without marks."""
        return replace(self, marks={})

    def keeping(self, uids: Collection[str]) -> RunsState:
        """Return the state with the marks of these runs only."""
        return replace(self, marks={uid: at for uid, at in self.marks.items() if uid in uids})

    def with_overlaid(self, colours: Mapping[str, int]) -> RunsState:
        """Return the state with other runs overlaid."""
        return replace(self, overlaid=dict(colours), colours={**self.colours, **colours})
