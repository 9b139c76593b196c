"""All that happens around the event table: its pages, in which order and layout, finding, what columns hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...session.columns import PAGE_EVENTS
from ...text.numbers import number
from .. import reads
from ..line_input import LineEntry
from .table_page import DIGITS, Layout, RowOrder, TablePage, heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ...analysis.curves import RunColumns
    from ...app.browse import BrowseScreen
    from ...catalog import EventPage
    from ...session.tasks import Task
    from .pane import EventsPane

    Floats = NDArray[np.float64]

BEAM = "seq_num"
"""The column of the event's number, in which it is marked that there was no beam."""

TABLE_GROUPS = ("events", "outliers", "find", "order")
"""The loads that concern the event table of one run."""

_DIGITS = range(2, 13)
_CLOSE = 1e-6
_NOTHING = 1e-12  # of the largest value: what rounding leaves of a mean of zero


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as it was read, and as it is shown."""

    raw: EventPage
    shown: TablePage
    positions: tuple[int, ...] | None
    order: RowOrder | None
    layouts: int


@dataclass(frozen=True, slots=True)
class FoundWords:
    """The events that have a text."""

    text: str
    places: NDArray[np.intp]


class TableDesk:
    """The event table of the selected run; hidden columns and digits stay as they are for the next one.

    Parameters
    ----------
    screen : BrowseScreen
    """

    def __init__(self, screen: BrowseScreen) -> None:
        self.screen = screen
        self.entry = LineEntry(lambda text: self.pane.prompt(text))
        self._hidden: frozenset[str] = frozenset()
        self._digits: dict[str, int] = {}
        self._outliers: dict[str, NDArray[np.bool_]] = {}
        self._with_computed = False
        self._order: RowOrder | None = None
        self._read: ReadPage | None = None
        self._found: tuple[str, NDArray[np.intp]] | None = None
        self._serial = 0
        self._layouts = 0
        self._wanted = ""

    @property
    def pane(self) -> EventsPane:
        """The events pane."""
        return self.screen.events

    @property
    def columns(self) -> RunColumns | None:
        """All events of the run, once they are read."""
        return self.screen.plot_desk.columns

    def clear(self) -> None:
        """Another run."""
        self._outliers = {}
        self._order = self._read = self._found = None
        self._wanted = ""
        self.entry.close()

    # -- pages -------------------------------------------------------------------------------------------

    def request(self, offset: int) -> None:
        """Read the page that begins at a row."""
        uid, session = self.screen.selection.uid, self.screen.session
        if uid is None:
            return
        layout, layouts, order = self._layout(), self._layouts, self._order

        def read(task: Task[Any]) -> ReadPage:
            if order is None:
                raw, positions = reads.read_page(session, uid, offset), None
            else:
                positions = tuple(order.positions[offset : offset + PAGE_EVENTS].tolist())
                raw = reads.read_sorted_page(session, uid, positions, offset, task)
            return ReadPage(
                raw, reads.table_of(session, uid, raw, layout, positions), positions, order, layouts
            )

        self._serial += 1
        self.screen.ask("events", (uid, offset, self._serial), read)
        if self.pane.page is None:
            self.screen.say_if_slow("events", self.pane, "Reading the events…")

    def read_again(self) -> None:
        """Read the page under the cursor anew."""
        self.request(self.pane.page_offset(self.screen.selection.position))

    def loaded(self, group: str, value: object) -> None:
        """Something arrived for the selected run."""
        if group == "outliers" and isinstance(value, dict):
            self._outliers = value
            self._lay_out()
            self.screen.plot.show_lost(value.get(BEAM))
        elif isinstance(value, FoundWords):
            self._show_words(value)
        elif isinstance(value, RowOrder):
            self._order = value
            self.request(self.pane.offset_of(value.row_of(self.screen.selection.position), value.rows.size))
        elif isinstance(value, ReadPage) and value.order is self._order:
            self._read = value
            self.pane.show_page(value.shown, value.order)
            if not value.shown.total:
                self.screen.live.describe()  # of a run that goes on, they may come
            self._stay_within(value.shown.total)
            self.pane.show_cursor(self.screen.selection.position)
            self.screen.desk.words.describe()
            if value.layouts != self._layouts:  # it was changed meanwhile
                self._lay_out()

    def _stay_within(self, total: int) -> None:
        """Go to the last event where the cursor is behind it: the run is shorter than it was, or than was thought.

        Frames of a run in progress may be ahead of its events.
        """
        frames = self.screen.desk.frames
        ahead = frames.positions[-1] + 1 if frames is not None and frames.live else 0
        last = max(total, ahead) - 1
        if total and self.screen.selection.position > last:
            self.screen.move_to(last)

    def _layout(self) -> Layout:
        return Layout(self._hidden, dict(self._digits), self._computed(), self._outliers)

    def _lay_out(self) -> None:
        """Show the page in another layout, from memory; a page that is being read is laid out when it comes."""
        uid, read, session = self.screen.selection.uid, self._read, self.screen.session
        self._layouts += 1
        if uid is None or read is None or self.screen.tasks.busy("events"):
            return
        layout, layouts = self._layout(), self._layouts

        def work(_: Task[Any]) -> ReadPage:
            return replace(
                read, shown=reads.table_of(session, uid, read.raw, layout, read.positions), layouts=layouts
            )

        self._serial += 1
        self.screen.ask("events", (uid, read.raw.offset, self._serial), work)

    # -- what the plot knows -----------------------------------------------------------------------------

    def take_columns(self, columns: RunColumns) -> None:
        """All events of the run were read: now it can be said what stands out, and what a column holds."""
        self._found = None
        if self._order is not None and self._order.rows.size != len(columns):
            self._sort(*self._order.by)

        def look(task: Task[Any]) -> dict[str, Any]:
            from ...analysis.axes import ENERGY
            from ...analysis.beam import beam_lost
            from ...analysis.outliers import outliers
            from ...analysis.signals import signal_names

            found = {}
            lost = beam_lost(
                columns.columns.get("beam_current"),
                columns.columns.get(columns.monitor or ""),
                columns.columns.get(ENERGY),
            )
            if lost is not None and lost.any():
                found[BEAM] = lost
            for name in signal_names(columns.fields, columns.roles, columns.monitors):
                task.check()
                found[name] = outliers(columns.columns[name])
            return found

        if self.screen.selection.uid is not None:
            self.screen.ask("outliers", self.screen.selection.uid, look)
        self.describe_column()
        wanted, self._wanted = self._wanted, ""
        if wanted:
            self._find(wanted)

    def plot_changed(self) -> None:
        """What is drawn is another; so are the columns computed for it."""
        if self._with_computed:
            self._lay_out()

    def _computed(self) -> tuple[Any, ...]:
        plot = self.screen.plot_desk.plot
        if not self._with_computed or plot is None or plot.uid != self.screen.selection.uid:
            return ()
        from ..plot.series import computed_columns

        return computed_columns(plot)

    # -- the column under the cursor -----------------------------------------------------------------------

    def _heading(self, key: str | None) -> str:
        """The heading of a column, whether it is shown or hidden."""
        known = self._read.shown.labels if self._read is not None else {}
        return known.get(key or "", heading(key or ""))

    def _values(self, key: str | None) -> NDArray[np.float64] | None:
        if key is None or self.columns is None:
            return None
        for computed in self._computed():
            if computed.label == key:
                values: NDArray[np.float64] = computed.values
                return values
        return self.columns.columns.get(key)

    def describe_column(self) -> None:
        """Say what the column under the cursor holds."""
        key = self.pane.table.column_key
        values = self._values(key)
        if values is None or key in ("seq_num", "time", None):
            self.pane.show_foot("")
            return
        from ...analysis.outliers import statistics

        found = statistics(values)
        spikes = self._outliers.get(key or "")
        n_spikes = int(spikes.sum()) if spikes is not None else 0
        digits = self._digits.get(key or "", DIGITS)
        size = max(abs(found.least), abs(found.most))
        mean = 0.0 if abs(found.mean) < _NOTHING * size else found.mean
        text = (
            f"{self._heading(key)}  min {number(found.least, digits)}  max {number(found.most, digits)}"
            f"  mean {number(mean, digits)}  σ {number(found.deviation, 3)}  NaN {found.missing:,}"
            + (f"  ∞ {found.infinite:,}" if found.infinite else "")
        )
        self.pane.show_foot(text + (f"  outliers (!) {n_spikes:,}" if n_spikes else ""))

    # -- keys --------------------------------------------------------------------------------------------

    def do(self, what: str) -> None:
        """A key of the events pane."""
        self.pane.prompt("")
        page = self.pane.page
        if page is not None and page.total:
            getattr(self, f"_do_{what}")(self.pane.table.column_key)

    def _needs_all(self) -> bool:
        """Whether all events are known; if not, that is said."""
        if self.columns is None:
            self.pane.prompt("the events are still being read")
        return self.columns is not None

    def _do_sort(self, key: str | None) -> None:
        if key is None or not self._needs_all():
            return
        by = self._order.by if self._order else None
        if by == (key, True):
            self._order = None
            self.read_again()
        else:
            self._sort(key, by == (key, False) or (key == "seq_num" and by is None))

    def _sort(self, key: str, descending: bool) -> None:
        columns, uid = self.columns, self.screen.selection.uid
        if columns is None or uid is None:
            return
        values, words = self._values(key), columns.words.get(key)
        if values is None and words is None:
            self.pane.prompt(f"{self._heading(key)} cannot be sorted")
            return

        name = self._heading(key)

        def sort(_: Task[Any]) -> RowOrder:
            import numpy as np

            from ...analysis.outliers import sort_order

            keys = values if values is not None else _ranks(words or [])
            positions = sort_order(keys, descending=descending)
            rows = np.empty_like(positions)
            rows[positions] = np.arange(positions.size)
            return RowOrder(name, (key, descending), positions, rows)

        self.screen.ask("order", (uid, key), sort)

    def _do_find(self, key: str | None) -> None:
        self.entry.begin(f"find in {self._heading(key)}", self._find)

    def _find(self, text: str) -> None:
        """``energy 285.1``, ``285.1`` in the column under the cursor, ``nan``, ``!`` for outliers, or words."""
        columns = self.columns
        if columns is None:
            self._wanted = text
            self.pane.prompt("the events are still being read")
            return
        name, _, last = text.rpartition(" ")
        key = self._field_called(name.strip()) if name.strip() else self.pane.table.column_key
        try:
            wanted = float(last)
        except ValueError:
            wanted = None
        values = self._values(key)
        if text == "!" or last.casefold() in ("nan", "inf", "!"):
            self._found_odd(key, values, last.casefold())
        elif wanted is not None and values is not None and key is not None:
            self._found_nearest(key, values, wanted, last)
        else:
            self._find_words(text, columns)

    def _found_nearest(self, key: str, values: Floats, wanted: float, said: str) -> None:
        from ...analysis.outliers import nearest_places

        places = nearest_places(values, wanted)
        if not places.size:
            self.pane.prompt(f"{self._heading(key)} has no value")
            return
        self.pane.table.go_to_column(key)
        found = float(values[places[0]])
        near = "" if abs(found - wanted) <= _CLOSE * max(abs(wanted), abs(found)) else f": {number(found)}"
        self._found = (f"{self._heading(key)} nearest to {said}{near}", places)
        self._go_to_found(self.screen.selection.position - 1)

    def _found_odd(self, key: str | None, values: Floats | None, what: str) -> None:
        """Values that are missing or infinite, and those that stand out."""
        import numpy as np

        name = self._heading(key)
        if what == "!":
            marks = self._outliers.get(key or "")
            places = np.flatnonzero(marks) if marks is not None else np.zeros(0, dtype=np.intp)
            words = f"outlier in {name}"
        elif values is not None:
            places = np.flatnonzero(np.isnan(values) if what == "nan" else np.isinf(values))
            words = f"{name} is {'NaN' if what == 'nan' else 'infinite'}"
        else:
            places, words = np.zeros(0, dtype=np.intp), name
        if not places.size:
            self.pane.prompt(f"no {'outlier' if what == '!' else what} in {name}")
            return
        self._found = (words, places)
        self._go_to_found(self.screen.selection.position - 1)

    def _find_words(self, text: str, columns: RunColumns) -> None:
        uid, words, wanted = self.screen.selection.uid, columns.words, text.casefold()

        def find(task: Task[Any]) -> FoundWords:
            import numpy as np

            places: set[int] = set()
            for values in words.values():
                task.check()
                places |= {
                    i for i, word in enumerate(values) if word is not None and wanted in str(word).casefold()
                }
            return FoundWords(text, np.array(sorted(places), dtype=np.intp))

        if uid is not None:
            self.screen.ask("find", (uid, text), find)

    def _show_words(self, found: FoundWords) -> None:
        key = self._field_called(found.text)
        if found.places.size:
            self._found = (f"«{found.text}»", found.places)
            self._go_to_found(self.screen.selection.position - 1)
        elif key is not None:
            self.pane.table.go_to_column(key)
            self.describe_column()
        else:
            self.pane.prompt(f"neither a column of numbers nor a word: {found.text[:40]}")

    def _field_called(self, name: str) -> str | None:
        """The field of that name, or the first whose name begins so or holds it."""
        page = self.pane.page
        wanted = name.casefold()
        fields = [(column.key, column.label.casefold()) for column in page.columns] if page else []
        for fits in (str.__eq__, str.startswith, str.__contains__):
            for key, label in fields:
                if fits(label, wanted):
                    return key
        return None

    def _do_next(self, key: str | None) -> None:
        if self._found is None:
            self.pane.prompt("nothing was looked for: / does that")
            return
        self._go_to_found(self.screen.selection.position)

    def _go_to_found(self, after: int) -> None:
        if self._found is None:
            return
        what, places = self._found
        place = int((places > after).argmax()) if bool((places > after).any()) else 0
        self.pane.go_to(int(places[place]))
        self.screen.move_to(
            int(places[place])
        )  # at once: a page that arrives before its message would undo it
        more = f" · n: the next ({place + 1} of {places.size:,})" if places.size > 1 else ""
        self.pane.prompt(f"{what}: event {int(places[place]) + 1:,}{more}")

    def _do_choose(self, key: str | None) -> None:
        from ..picker import Option

        page = self._read.raw if self._read else None
        if page is None:
            return
        names = [*page.columns, "time"]
        options = [Option(name, self._heading(name)) for name in names]

        def use(picked: tuple[str, ...]) -> None:
            kept = self._hidden - set(names)
            self._hidden = kept | frozenset(name for name in names if name not in picked)
            self._lay_out()

        marked = [name for name in names if name not in self._hidden]
        self.screen.picker.open(
            "columns", options, marked, use, several=True, may_be_empty=True, only_marked=True
        )

    def _do_hide(self, key: str | None) -> None:
        if key in (None, "seq_num") or any(computed.label == key for computed in self._computed()):
            self.pane.prompt("this column stays")
            return
        self._hidden |= {key or ""}
        self.pane.prompt(f"{self._heading(key)} is hidden: c shows it again")
        self._lay_out()

    def _do_fewer(self, key: str | None) -> None:
        self._change_digits(key, -1)

    def _do_more(self, key: str | None) -> None:
        self._change_digits(key, 1)

    def _change_digits(self, key: str | None, step: int) -> None:
        if key in (None, "seq_num", "time"):
            return
        digits = self._digits.get(key or "", DIGITS) + step
        self._digits[key or ""] = max(_DIGITS.start, min(_DIGITS.stop - 1, digits))
        self._lay_out()
        self.describe_column()

    def _do_statistics(self, key: str | None) -> None:
        self.pane.with_foot = not self.pane.with_foot
        self.describe_column()

    def _do_computed(self, key: str | None) -> None:
        plot = self.screen.plot_desk.plot
        if plot is None:
            self.pane.prompt("the events are still being read")
            return
        self._with_computed = not self._with_computed
        if self._with_computed and not self._computed():
            self._with_computed = False
            self.pane.prompt("the plot shows the fields as they are: i in Plot divides by i0")
            return
        self._lay_out()


def _ranks(words: Sequence[Any]) -> Floats:
    """Words as numbers in their alphabetical order; NaN where there is none."""
    import numpy as np

    ranks = {
        text: rank for rank, text in enumerate(sorted({str(word) for word in words if word is not None}))
    }
    return np.array([ranks[str(word)] if word is not None else np.nan for word in words], dtype=np.float64)
