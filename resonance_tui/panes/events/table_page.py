"""A page of events as the cells of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ...terminal.text_width import right, shorten, width_of
from ...text import numbers, times
from ...text.printable import printable
from ..signals import Computed

if TYPE_CHECKING:  # the first paint does not wait for numpy
    import numpy as np
    from numpy.typing import NDArray

MOST_COLUMNS = 500
_WIDEST = 24


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its field, its heading, and how wide its cells are."""

    key: str
    label: str
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How the table is looked at.

    Attributes
    ----------
    hidden : frozenset of str
        Fields that are not shown.
    digits : mapping of str to int
        Significant digits, where they are not the usual ones.
    computed : tuple of Computed
        Columns beside the measured ones.
    outliers : mapping of str to array of bool, shape (n,)
        For fields that were looked at, which events stand out.
    """

    hidden: frozenset[str] = frozenset()
    digits: Mapping[str, int] = field(default_factory=dict)
    computed: tuple[Computed, ...] = ()
    outliers: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    def is_alike(self, other: Layout, positions: Sequence[int]) -> bool:
        """Return whether the events at these positions look the same in another layout."""
        return (
            (self.hidden, self.digits) == (other.hidden, other.digits)
            and [id(one) for one in self.computed] == [id(one) for one in other.computed]
            and self._standing_out(positions) == other._standing_out(positions)
        )

    def _standing_out(self, positions: Sequence[int]) -> dict[str, bytes]:
        """Return which of the events at these positions are marked, of the fields where any is."""
        if not self.outliers:
            return {}
        import numpy as np

        places = np.asarray(positions, dtype=np.intp)
        found = {name: marks[places[places < marks.size]] for name, marks in self.outliers.items()}
        return {name: marked.tobytes() for name, marked in found.items() if marked.any()}


DIGITS = numbers.USUAL_DIGITS
"""Significant digits of a column, where the user has set no others."""


@dataclass(frozen=True, slots=True)
class RowOrder:
    """The events in the order of a column.

    Attributes
    ----------
    name : str
        The column's heading.
    by : tuple of (str, bool)
        The field, and whether the largest come first.
    positions : array of int, shape (n,)
        Row → place within the stream.
    rows : array of int, shape (n,)
        Place within the stream → row.
    """

    name: str
    by: tuple[str, bool]
    positions: NDArray[np.intp]
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, name: str, by: tuple[str, bool], positions: NDArray[np.intp]) -> RowOrder:
        """Make the order in which the events at these positions follow one another."""
        import numpy as np

        rows = np.empty_like(positions)
        rows[positions] = np.arange(positions.size)
        return cls(name, by, positions, rows)

    def row_of(self, position: int) -> int:
        """Return the row of an event; the last one for an event that came later."""
        return int(self.rows[position]) if position < self.rows.size else max(0, self.rows.size - 1)

    def position_at(self, row: int) -> int:
        """Return the event in a row."""
        return int(self.positions[min(row, self.positions.size - 1)]) if self.positions.size else 0


@dataclass(frozen=True, slots=True)
class TablePage:
    """Some events, formatted; `cells` holds one list per row, in the order of `columns`.

    Attributes
    ----------
    offset : int
        The first one's row, from 0, of the `total` in the table.
    positions : tuple of int
        The place of each row's event within the stream.
    outliers : frozenset of (int, int)
        Row and column of the cells that stand out.
    labels : mapping of str to str
        The headings of all fields of the page, also of those that are hidden.
    """

    offset: int
    total: int
    seq_nums: tuple[int, ...]
    columns: tuple[TableColumn, ...]
    cells: tuple[tuple[str, ...], ...]
    pinned: int
    scanned: tuple[str, ...]
    unreadable: Mapping[int, str]
    left_out: int = 0
    positions: tuple[int, ...] = ()
    outliers: frozenset[tuple[int, int]] = frozenset()
    hidden: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def caption(self) -> str:
        """``201–400 of 100,000``."""
        if not self.total:
            return "no events"
        if len(self.seq_nums) == self.total:
            return f"{self.total:,}"
        return f"{self.offset + 1:,}–{self.offset + len(self.seq_nums):,} of {self.total:,}"

    def holds(self, position: int) -> bool:
        """Whether the event at that position, from 0, is on this page."""
        return self.row_of(position) is not None

    def row_of(self, position: int) -> int | None:
        """Return the row of the event at that position; None where it is not on this page."""
        if not self.positions:
            return None
        row = position - self.positions[0]
        if 0 <= row < len(self.positions) and self.positions[row] == position:
            return row
        return self.positions.index(position) if position in self.positions else None

    @property
    def scanned_texts(self) -> Mapping[int, str]:
        """Position → ``energy 285.1  sam_th 20``, of the events on this page."""
        places = [(place, self.columns[place].label) for place in self._scanned_places]
        return {
            position: "  ".join(f"{label} {row[place].strip()}" for place, label in places)
            for position, row in zip(self.positions, self.cells, strict=True)
        }

    @property
    def _scanned_places(self) -> list[int]:
        keys = [column.key for column in self.columns]
        return [keys.index(name) for name in self.scanned if name in keys]


def heading(label: str) -> str:
    """Return the label of a field as the heading of its column."""
    return "#" if label == "seq_num" else printable(label, 64)


class Events(Protocol):
    """Consecutive events as the catalog hands them out."""

    @property
    def offset(self) -> int:
        """See `catalog.EventPage`."""

    @property
    def total(self) -> int:
        """See `catalog.EventPage`."""

    @property
    def seq_num(self) -> list[int]:
        """See `catalog.EventPage`."""

    @property
    def time(self) -> list[float]:
        """See `catalog.EventPage`."""

    @property
    def columns(self) -> dict[str, list[Any]]:
        """See `catalog.EventPage`."""

    @property
    def unreadable(self) -> dict[int, str]:
        """See `catalog.EventPage`."""


def table_page(
    page: Events,
    scanned: Sequence[str] = (),
    motors: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    layout: Layout | None = None,
    positions: Sequence[int] | None = None,
) -> TablePage:
    """Format a page of events.

    The event number and what was swept come first and stay in sight, then the other motors and the rest,
    what is computed, the time last.

    Parameters
    ----------
    labels : mapping of str to str, optional
        Field → short name, where it has another.
    positions : sequence of int, optional
        The place of each event within the stream, where they do not follow on one another.
    """
    layout = layout or Layout()
    places = (
        tuple(positions)
        if positions is not None
        else tuple(range(page.offset, page.offset + len(page.seq_num)))
    )
    columns = page.columns
    first = dict.fromkeys(name for name in (*scanned[:1], *motors) if name in columns)
    fields = [name for name in (*first, *(f for f in columns if f not in first)) if name not in layout.hidden]
    hidden = sum(name in columns for name in layout.hidden)
    shown = fields[:MOST_COLUMNS]
    texts = [[str(seq) for seq in page.seq_num]]
    named = labels or {}
    heads_of = [("seq_num", heading("seq_num"))]
    n_first = sum(name in first for name in shown)
    for place, name in enumerate([*shown, None]):
        if place == n_first:  # what is computed stands before what it was computed from
            for computed in layout.computed:
                at = [_known(computed.values, i) for i in places]
                texts.append(numbers.column(at, layout.digits.get(computed.label, DIGITS)))
                heads_of.append((computed.label, printable(computed.label, 64)))
        if name is not None:
            texts.append(numbers.column(columns[name], layout.digits.get(name, DIGITS)))
            heads_of.append((name, heading(named.get(name, name))))
    if "time" not in layout.hidden:
        texts.append([times.clock(value) for value in page.time])
        heads_of.append(("time", "time"))
    heads, cells = [], []
    for (key, label), column in zip(heads_of, texts, strict=True):
        width = min(_WIDEST, max([width_of(label), *map(width_of, column)], default=1))
        heads.append(TableColumn(key, shorten(label, _WIDEST), width))
        cells.append([right(text, width) for text in column])
    return TablePage(
        offset=page.offset,
        total=page.total,
        seq_nums=tuple(page.seq_num),
        columns=tuple(heads),
        cells=tuple(zip(*cells, strict=True)) if page.seq_num else (),
        pinned=2 if scanned and scanned[0] in columns and scanned[0] not in layout.hidden else 1,
        scanned=tuple(name for name in scanned if name in shown),
        unreadable=dict(page.unreadable),
        left_out=len(fields) - len(shown),
        positions=places,
        outliers=_outliers(layout, heads, places),
        hidden=hidden + ("time" in layout.hidden),
        labels={name: heading(named.get(name, name)) for name in columns},
    )


def _known(values: NDArray[np.float64], place: int) -> float | None:
    """Return a computed value; None where it was left out."""
    value = float(values[place]) if place < values.size else None
    return None if value is None or value != value else value


def _outliers(
    layout: Layout, heads: Sequence[TableColumn], places: Sequence[int]
) -> frozenset[tuple[int, int]]:
    found = set()
    for column, head in enumerate(heads):
        stands_out = layout.outliers.get(head.key)
        if stands_out is not None:
            found |= {
                (row, column) for row, at in enumerate(places) if at < stands_out.size and stands_out[at]
            }
    return frozenset(found)
