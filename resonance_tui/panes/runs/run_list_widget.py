"""The list of runs, drawn line by line, so that tens of thousands cost no more than those in view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from rich.style import Style
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ...terminal.text_width import left, right, width_of
from ...text.labels import ScanLabel
from ...text.run_overview import RowDetails, RunRow
from ...text.states import State
from ..curve_colours import COLOURS
from ..literal import segment

_SAMPLE_SHARE = 0.42  # of what is left for both: what was scanned, and the sample
_GLYPH, _WHEN, _POINTS, _FRAMES, _DURATION, _STATE = 2, 13, 6, 7, 9, 8
_HEAD_ROWS = 1


class RunList(ScrollView, can_focus=False):
    """Shows rows of runs with a cursor; moved by `move_cursor`, filled by `show_rows` and `add_details`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "run-list--head", "run-list--row", "run-list--cursor", "run-list--dim",
        "run-list--success", "run-list--aborted", "run-list--failed", "run-list--running",
        "run-list--open", "run-list--abandoned", "run-list--interrupted", "run-list--other",
        "run-list--starting", "run-list--unknown",
    }  # fmt: skip

    cursor: reactive[int] = reactive(0, repaint=False)
    active: reactive[bool] = reactive(False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[RunRow] = []
        self._details: dict[str, RowDetails] = {}
        self._marks: dict[str, int] = {}
        self._colours: dict[str, int] = {}
        self._stale: set[str] = set()
        self._drawn_widths: object = None

    # -- data --------------------------------------------------------------------------------------------

    @property
    def rows(self) -> Sequence[RunRow]:
        """What is listed."""
        return self._rows

    @property
    def current(self) -> RunRow | None:
        """The run under the cursor."""
        return self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None

    def show_rows(self, rows: list[RunRow], keep: str | None = None) -> None:
        """List these runs; the cursor stays on the run `keep`, where it is among them."""
        place = next((i for i, row in enumerate(rows) if row.uid == keep), None) if keep else None
        top = round(self.scroll_offset.y)
        offset = self.cursor - top
        self._rows = rows
        self._resize()
        self.set_reactive(RunList.cursor, place if place is not None else 0)
        stays = top == 0 and self.cursor < self._lines  # at the top, what is new comes into sight
        self.scroll_to(y=0 if stays else max(0, self.cursor - offset), animate=False)
        self._scroll_to_cursor()
        self.refresh()

    def extend_rows(self, rows: Sequence[RunRow]) -> None:
        """List more runs below."""
        self._rows.extend(rows)
        self._resize()
        self.refresh()

    def add_details(self, uid: str, details: RowDetails) -> None:
        """Fill in what was read of a run."""
        self._stale.discard(uid)
        self._set_details(uid, details)

    def _set_details(self, uid: str, details: RowDetails) -> None:
        self._details[uid] = details
        if self._widths(self.scrollable_content_region.width) != self._drawn_widths:
            self.refresh()  # the columns stand elsewhere
            return
        for line, row in enumerate(self.in_view()):
            if row.uid == uid:
                self.refresh(Region(0, line + _HEAD_ROWS, self.size.width, 1))
                break

    def say_scanned(self, uid: str, label: ScanLabel) -> None:
        """Say better what a run scanned."""
        details = self._details.get(uid)
        if details is not None and details.scanned != label:
            self._set_details(uid, replace(details, scanned=label))

    def say_counts(self, uid: str, *, points: int = 0, frames: int = 0) -> None:
        """There are more events or frames of the run in progress."""
        details = self._details.get(uid)
        if details is None:
            return
        more = replace(
            details, points=max(details.points or 0, points), frames=max(details.frames or 0, frames)
        )
        if more != details and (points > (details.points or 0) or frames > (details.frames or 0)):
            self._set_details(uid, more)

    @property
    def marks(self) -> dict[str, int]:
        """The marked runs, in the order in which they were marked, and the colour of each."""
        return self._marks

    def show_marks(self, marks: Mapping[str, int]) -> None:
        """Mark these runs, each in its colour."""
        self._marks = dict(marks)
        self.refresh()

    def show_colours(self, colours: dict[str, int]) -> None:
        """Show the colours of runs that are overlaid without being marked."""
        if colours != self._colours:
            self._colours = colours
            self.refresh()

    def go_to(self, uid: str) -> bool:
        """Put the cursor on a run; False where it is not listed."""
        place = next((i for i, row in enumerate(self._rows) if row.uid == uid), None)
        if place is not None:
            self.cursor = place
        return place is not None

    def update_row(self, row: RunRow) -> None:
        """Show what is known of a listed run by now."""
        place = next((i for i, known in enumerate(self._rows) if known.uid == row.uid), None)
        if place is not None:
            self._rows[place] = row
            self.refresh()

    def forget_details_of(self, uid: str) -> None:
        """Have one run read again; until then what was known stays in sight."""
        self._stale.add(uid)

    def scanned(self, uid: str) -> str:
        """Return what a run scanned, as far as that is known."""
        details = self._details.get(uid)
        return details.scanned.short if details else ""

    def forget_details(self) -> None:
        """Have the runs read again."""
        self._details.clear()

    def in_view(self) -> Sequence[RunRow]:
        """Return the runs that are in sight."""
        top = round(self.scroll_offset.y)
        return self._rows[top : top + self._lines]

    def lacking(self) -> list[str]:
        """Uids of the runs in view of which nothing was read yet, the one under the cursor first."""
        uids = [row.uid for row in self.in_view() if row.uid not in self._details or row.uid in self._stale]
        current = self.current
        if current is not None and current.uid in uids:
            uids.remove(current.uid)
            uids.insert(0, current.uid)
        return uids

    # -- moving ------------------------------------------------------------------------------------------

    @property
    def _lines(self) -> int:
        return max(1, self.size.height - _HEAD_ROWS)

    def move_cursor(self, where: str) -> bool:
        """Move the cursor; whether it is on another run now."""
        step = {"down": 1, "up": -1, "page_down": self._lines, "page_up": -self._lines}.get(where, 0)
        target = {"first": 0, "last": len(self._rows) - 1}.get(where, self.cursor + step)
        target = max(0, min(len(self._rows) - 1, target))
        if target == self.cursor:
            return False
        self.cursor = target
        return True

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaint the two lines that change, or everything when the list scrolls."""
        if self._scroll_to_cursor():
            self.refresh()
            return
        top = round(self.scroll_offset.y)
        for row in (old, new):
            self.refresh(Region(0, row - top + _HEAD_ROWS, self.size.width, 1))

    def _scroll_to_cursor(self) -> bool:
        top = round(self.scroll_offset.y)
        target = min(max(top, self.cursor - self._lines + 1), self.cursor)
        if target == top:
            return False
        self.scroll_to(y=target, animate=False, immediate=True)
        return True

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._resize()
        self._scroll_to_cursor()

    def _resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows) + _HEAD_ROWS)

    # -- drawing -----------------------------------------------------------------------------------------

    def _widths(self, width: int) -> tuple[int, int, int, bool, bool]:
        """Columns of what was scanned, of the sample, of the state; whether frames and duration have room.

        What was scanned is worth more than how long it took.
        """
        seen = self.in_view()
        frames, duration = width >= 64, width >= 74
        state = max([_STATE, *(len(row.status) + 1 for row in seen)])
        rest = max(8, width - _GLYPH - _WHEN - _POINTS - state - 2 - frames * _FRAMES - duration * _DURATION)
        needed = max([6, *(width_of(row.sample) for row in seen)])  # no more than names in sight need
        label = max(
            [0, *(len(details.scanned.shortest) for row in seen if (details := self._details.get(row.uid)))]
        )
        if duration and label > rest - min(needed, round(rest * _SAMPLE_SHARE)):
            duration, rest = False, rest + _DURATION
        sample = max(6, min(28, round(rest * _SAMPLE_SHARE), needed))
        return (rest - sample, sample, state, frames, duration)

    def render_line(self, y: int) -> Strip:
        """One line: the heading, or the run that is scrolled there."""
        width = self.scrollable_content_region.width
        if y == 0:
            self._drawn_widths = self._widths(width)
            return self._heading(width)
        index = y - _HEAD_ROWS + round(self.scroll_offset.y)
        if index >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        return self._line(self._rows[index], width, index == self.cursor)

    def _heading(self, width: int) -> Strip:
        scanned, sample, _, frames, duration = self._widths(width)
        text = " " * _GLYPH + left("started", _WHEN) + left("scan", scanned + 1) + left("sample", sample + 1)
        text += (
            right("events", _POINTS)
            + right("frames", _FRAMES) * frames
            + right("duration", _DURATION) * duration
            + " state"
        )
        style = self.get_component_rich_style("run-list--head")
        return Strip([segment(left(text, width), style)], width)

    def _line(self, row: RunRow, width: int, under_cursor: bool) -> Strip:
        scanned, sample, state_width, with_frames, with_duration = self._widths(width)
        details = self._details.get(row.uid)
        what = details.scanned.fitting(scanned) if details else ("" if row.plan == "scan" else row.plan)
        counts = right(_count(details.points) if details else "", _POINTS)
        if with_frames:
            counts += right((_count(details.frames) if details.frames else "–") if details else "", _FRAMES)
        base = self.get_component_rich_style("run-list--row")
        dim = self.get_component_rich_style("run-list--dim")
        state = self.get_component_rich_style(f"run-list--{row.state.name.lower()}")
        if under_cursor:
            over = self.get_component_rich_style("run-list--cursor")
            base, dim = base + over, over if self.active else dim + _background(over)
            state = over if self.active else state + _background(over)
        colour_index = self._marks.get(row.uid, self._colours.get(row.uid))
        colour_indices = COLOURS[self.app.current_theme.dark]
        mark = (
            state
            if colour_index is None
            else Style(color=colour_indices[colour_index % len(colour_indices)], bold=True)
            + _background(base)
        )
        parts = [
            (row.state.glyph, state),
            (" " if colour_index is None else "◆" if row.uid in self._marks else "◇", mark),
            (left(row.when, _WHEN), dim),
            (left(what, scanned) + " ", base),
            (left(row.sample, sample) + " ", base),
            (counts, base),
            (right(row.duration, _DURATION) if with_duration else "", dim),
            (" " + left(row.status, state_width - 1), dim if row.state is State.SUCCESS else state),
        ]
        segments = [segment(text, style) for text, style in parts if text]
        return Strip(segments).adjust_cell_length(width, base).simplify()


def _background(style: Style) -> Style:
    return Style(bgcolor=style.bgcolor)


def _count(count: int | None) -> str:
    if count is None:
        return "?"
    return f"{count:,}" if count < 100_000 else f"{count / 1000:,.0f}k"
