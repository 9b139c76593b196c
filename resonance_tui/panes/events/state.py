"""How the event table is looked at: hidden columns, digits, order; and where a page begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..actions import EventsAction
from .table_page import DIGITS, RowOrder

if TYPE_CHECKING:
    from ..actions import Action

MIN_DIGITS, MAX_DIGITS = 2, 12
SEQ_NUM, TIME = "seq_num", "time"
"""The columns that are no fields."""


@dataclass(frozen=True, slots=True)
class EventsState:
    """What the user has set in the event table; all but the order stays for the next run.

    Attributes
    ----------
    hidden : frozenset of str
        Fields that are not shown.
    digits : mapping of str to int
        Significant digits, where they are not the usual ones.
    with_computed : bool
        Whether the plot's columns stand beside the measured ones.
    with_totals : bool
        Whether the line below says what the column under the cursor holds.
    order : RowOrder or None
        The events in the order of a column; None, as they were taken.
    """

    hidden: frozenset[str] = frozenset()
    digits: Mapping[str, int] = field(default_factory=dict)
    with_computed: bool = False
    with_totals: bool = True
    order: RowOrder | None = None

    def digits_of(self, key: str | None) -> int:
        """Return the significant digits of a column."""
        return self.digits.get(key or "", DIGITS)

    def row_of(self, position: int) -> int:
        """Return the row of an event."""
        return position if self.order is None else self.order.row_of(position)

    def position_at(self, row: int) -> int:
        """Return the event in a row."""
        return row if self.order is None else self.order.position_at(row)

    def for_next_run(self) -> EventsState:
        """Return what stays as it is for another run."""
        return replace(self, order=None)

    def ordered(self, order: RowOrder | None) -> EventsState:
        """Return the state with the rows in another order."""
        return replace(self, order=order)

    def showing(self, names: list[str], picked: tuple[str, ...]) -> EventsState:
        """Return the state in which only the `picked` columns of these are shown."""
        kept = self.hidden - set(names)
        return replace(self, hidden=kept | frozenset(name for name in names if name not in picked))


def step(state: EventsState, action: Action, key: str | None) -> EventsState:
    """Return the state after a key that concerns the column `key`; unchanged where the key means nothing there."""
    match action:
        case EventsAction.HIDE if key not in (None, SEQ_NUM):
            return replace(state, hidden=state.hidden | {key or ""})
        case EventsAction.FEWER_DIGITS | EventsAction.MORE_DIGITS if key not in (None, SEQ_NUM, TIME):
            change = 1 if action is EventsAction.MORE_DIGITS else -1
            digits = max(MIN_DIGITS, min(MAX_DIGITS, state.digits_of(key) + change))
            return replace(state, digits={**state.digits, key or "": digits})
        case EventsAction.TOTALS:
            return replace(state, with_totals=not state.with_totals)
        case EventsAction.COMPUTED:
            return replace(state, with_computed=not state.with_computed)
    return state


def page_offset(row: int, total: int, page_rows: int) -> int:
    """Return the row at which the page begins that has `row` in its middle, a round number, of a table of `total`."""
    half = page_rows // 2
    last = max(0, -(-(total - page_rows) // half) * half)
    return max(0, min(last, (row - half // 2) // half * half))
