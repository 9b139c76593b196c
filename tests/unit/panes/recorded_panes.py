"""Panes without a screen: each keeps what it was told, as its widget would show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from resonance_tui.panes.actions import Move

if TYPE_CHECKING:
    from resonance_tui.panes.events.table_page import RowOrder, TablePage
    from resonance_tui.text.details import Section
    from resonance_tui.text.labels import ScanLabel
    from resonance_tui.text.run_overview import RowDetails, RunRow

ROWS_IN_VIEW = 10


@dataclass
class RecordedPane:
    """What all panes have in common: the content, or a line in its place."""

    note: str | None = None
    """The line in place of the content; None where the content is shown."""
    is_error: bool = False
    notes: list[str] = field(default_factory=list)
    """All lines that ever stood there."""

    @property
    def has_content(self) -> bool:
        """As the pane has it."""
        return self.note is None

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a line in place of the content."""
        self.note, self.is_error = text, error
        self.notes.append(text)

    def show_content(self) -> None:
        """Show the content again."""
        self.note, self.is_error = None, False

    def clear(self) -> None:
        """Show nothing."""
        self.say("")


# -- runs ------------------------------------------------------------------------------------------------------


@dataclass
class RecordedSearch:
    """The line that is searched with."""

    text: str = ""
    prompt: str | None = None
    """The line while it is typed, with its cursor."""
    searches: bool = True

    @property
    def is_shown(self) -> bool:
        """Whether the line takes room."""
        return bool(self.text) or self.prompt is not None

    def show(self, text: str, marked: str | None, *, searches: bool = True) -> None:
        """Show the search, or what is typed instead of one."""
        self.text, self.prompt, self.searches = text, marked, searches


@dataclass
class RecordedRunList:
    """The list: its rows, a cursor, and what is filled in; `in_view` rows fit on the screen."""

    rows: list[RunRow] = field(default_factory=list)
    cursor: int = 0
    details: dict[str, RowDetails] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    marks: dict[str, int] = field(default_factory=dict)
    colours: dict[str, int] = field(default_factory=dict)
    in_view: int = ROWS_IN_VIEW

    @property
    def current(self) -> RunRow | None:
        """The run under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def go_to(self, uid: str) -> bool:
        """Put the cursor on a run; False where it is not listed."""
        place = next((i for i, row in enumerate(self.rows) if row.uid == uid), None)
        self.cursor = self.cursor if place is None else place
        return place is not None

    def update_row(self, row: RunRow) -> None:
        """Show what is known of a listed run by now."""
        self.rows = [row if known.uid == row.uid else known for known in self.rows]

    def lacking(self) -> list[str]:
        """Uids of the runs in view of which nothing was read yet."""
        return [
            row.uid
            for row in self.rows[: self.in_view]
            if row.uid not in self.details or row.uid in self.stale
        ]

    def add_details(self, uid: str, details: RowDetails) -> None:
        """Fill in what was read of a run."""
        self.stale.discard(uid)
        self.details[uid] = details

    def forget_details(self) -> None:
        """Have the runs read anew."""
        self.details.clear()

    def forget_details_of(self, uid: str) -> None:
        """Have one run read anew; until then what was known stays in sight."""
        self.stale.add(uid)

    def scanned(self, uid: str) -> str:
        """Return what a run scanned, as far as that is known."""
        return self.details[uid].scanned.short if uid in self.details else ""

    def say_scanned(self, uid: str, label: ScanLabel) -> None:
        """Say better what a run scanned."""
        if uid in self.details:
            self.details[uid] = replace(self.details[uid], scanned=label)

    def say_counts(self, uid: str, *, points: int = 0, frames: int = 0) -> None:
        """There are more events or frames of a run."""
        if uid in self.details:
            details = self.details[uid]
            self.details[uid] = replace(
                details, points=points or details.points, frames=frames or details.frames
            )

    def show_marks(self, marks: Mapping[str, int]) -> None:
        """Mark these runs."""
        self.marks = dict(marks)

    def show_colours(self, colours: dict[str, int]) -> None:
        """Show the colours of overlaid runs."""
        self.colours = colours


@dataclass
class RecordedRuns(RecordedPane):
    """The pane of the runs."""

    run_list: RecordedRunList = field(default_factory=RecordedRunList)
    search: RecordedSearch = field(default_factory=RecordedSearch)
    caption: str = ""

    @property
    def current(self) -> RunRow | None:
        """The run under the cursor."""
        return self.run_list.current

    @property
    def uids(self) -> list[str]:
        """What is listed, from above."""
        return [row.uid for row in self.run_list.rows]

    def show_rows(self, rows: list[RunRow], keep: str | None) -> None:
        """List these runs; the cursor stays on the run `keep`, where it is among them."""
        self.run_list.rows = rows
        if keep is None or not self.run_list.go_to(keep):
            self.run_list.cursor = 0

    def extend_rows(self, rows: Sequence[RunRow]) -> None:
        """List more runs below."""
        self.run_list.rows.extend(rows)

    def describe(self, caption: str, why_empty: str) -> None:
        """Say how many runs are listed, or why none is."""
        self.caption = caption
        if self.run_list.rows:
            self.show_content()
        elif why_empty:
            self.say(why_empty)

    def move_cursor(self, where: Move) -> bool:
        """Move the cursor; whether it is on another run now."""
        last, before = len(self.run_list.rows) - 1, self.run_list.cursor
        step = {Move.DOWN: 1, Move.UP: -1}.get(where, 0)
        target = {Move.FIRST: 0, Move.LAST: last}.get(where, before + step)
        self.run_list.cursor = max(0, min(last, target))
        return self.run_list.cursor != before


# -- details ---------------------------------------------------------------------------------------------------


@dataclass
class RecordedDetail(RecordedPane):
    """The pane of the details."""

    sections: tuple[Section, ...] = ()
    keeps_scroll: bool = False
    moves: list[str] = field(default_factory=list)

    def show_sections(self, sections: Sequence[Section], *, keep_scroll: bool = False) -> None:
        """Show headed lines."""
        self.sections, self.keeps_scroll = tuple(sections), keep_scroll
        self.show_content()

    def move(self, where: str) -> None:
        """Scroll."""
        self.moves.append(where)

    def lines(self, title: str) -> dict[str, str]:
        """What a section says."""
        return dict(next(part.lines for part in self.sections if part.title == title))


# -- events ----------------------------------------------------------------------------------------------------


@dataclass
class RecordedTable:
    """The table of events, with a cursor on a column."""

    page: TablePage | None = None
    column: int = 0
    rows_in_view: int = ROWS_IN_VIEW

    @property
    def column_key(self) -> str | None:
        """The field under the column cursor."""
        return self.page.columns[self.column].key if self.page is not None else None

    def move_column(self, step: int) -> None:
        """Put the column cursor on another column."""
        columns = self.page.columns if self.page is not None else ()
        self.column = max(0, min(len(columns) - 1, self.column + step))

    def go_to_column(self, key: str) -> None:
        """Put the column cursor on a field."""
        keys = [column.key for column in self.page.columns] if self.page is not None else []
        self.column = keys.index(key) if key in keys else self.column


@dataclass
class RecordedEvents(RecordedPane):
    """The pane of the events."""

    table: RecordedTable = field(default_factory=RecordedTable)
    page: TablePage | None = None
    row: int = 0
    order: RowOrder | None = None
    totals: str = ""
    prompted: str = ""
    """The line below: what is typed, or a hint."""

    def clear(self) -> None:
        """Show nothing."""
        super().clear()
        self.page = self.table.page = self.order = None
        self.totals = self.prompted = ""

    def show_page(self, page: TablePage, row: int, order: RowOrder | None = None) -> None:
        """Show a page with the cursor on a row of it; the column cursor keeps its column."""
        key, keys = self.table.column_key, [column.key for column in page.columns]
        self.page = self.table.page = page
        self.row, self.order = row, order
        at = keys.index(key) if key in keys else 1 if key is None else self.table.column
        self.table.column = max(0, min(at, len(keys) - 1))
        self.show_content()

    def show_empty(self, page: TablePage, why: str) -> None:
        """Say why there is no event."""
        self.page = page
        self.say(why)

    def show_cursor(self, row: int) -> None:
        """Put the cursor on a row of the page."""
        self.row = row

    def show_totals(self, text: str) -> None:
        """Say what the column under the cursor holds."""
        self.totals = text

    def prompt(self, text: str) -> None:
        """Show a line that is typed, or a hint."""
        self.prompted = text

    def take_back(self, text: str) -> None:
        """Say this no longer."""
        if self.prompted == text:
            self.prompted = ""

    @property
    def headings(self) -> list[str]:
        """The headings of the columns."""
        return [column.label for column in self.page.columns] if self.page is not None else []

    def column_of(self, heading: str) -> list[str]:
        """The cells below a heading."""
        at = self.headings.index(heading)
        return [row[at].strip() for row in self.page.cells] if self.page is not None else []

    @property
    def seq_num_here(self) -> int:
        """The number of the event under the cursor."""
        assert self.page is not None
        return self.page.seq_nums[self.row]


# -- the title bar ---------------------------------------------------------------------------------------------


@dataclass
class RecordedBar:
    """The line at the top."""

    news: str = ""
    is_error: bool = False
    standing: tuple[str, ...] = ()
    badge_text: str = ""

    def tell(self, message: str, *, error: bool = False) -> None:
        """Say something after the file's name."""
        self.news, self.is_error = message, error

    def stand(self, *messages: str) -> None:
        """Say something that stays true for long."""
        self.standing = messages

    @property
    def stands(self) -> bool:
        """Whether something is said that stays true for long."""
        return bool(self.standing)

    def badge(self, text: str) -> None:
        """Show a word at the right."""
        self.badge_text = text
