"""A page of events as the cells of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from . import numbers, times
from .text import printable, right, shorten, width_of

MOST_COLUMNS = 500
_WIDEST = 24


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its field, its heading, and how wide its cells are."""

    key: str
    label: str
    width: int


@dataclass(frozen=True, slots=True)
class TablePage:
    """Consecutive events, formatted; `cells` holds one list per row, in the order of `columns`."""

    offset: int
    total: int
    seq_nums: tuple[int, ...]
    columns: tuple[TableColumn, ...]
    cells: tuple[tuple[str, ...], ...]
    pinned: int
    scanned: tuple[str, ...]
    unreadable: Mapping[int, str]
    left_out: int = 0

    @property
    def caption(self) -> str:
        """«201–400 of 100,000»."""
        if not self.total:
            return "no events"
        if len(self.seq_nums) == self.total:
            return f"{self.total:,}"
        return f"{self.offset + 1:,}–{self.offset + len(self.seq_nums):,} of {self.total:,}"

    def holds(self, position: int) -> bool:
        """Whether the event at that position, from 0, is on this page."""
        return self.offset <= position < self.offset + len(self.seq_nums)

    def scanned_values(self, position: int) -> str:
        """``energy 285.1  sam_th 20`` of an event on this page; empty for one that is not."""
        if not self.holds(position):
            return ""
        row = self.cells[position - self.offset]
        texts = {
            column.key: (column.label, text.strip()) for column, text in zip(self.columns, row, strict=True)
        }
        return "  ".join(" ".join(texts[field]) for field in self.scanned)


def heading(field: str) -> str:
    """A field's name, short: ``energy_position`` → ``energy``."""
    return printable(field.removesuffix("_position") or field, 64)


class Events(Protocol):
    """Consecutive events as the catalog hands them out."""

    @property
    def offset(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def seq_num(self) -> list[int]: ...
    @property
    def time(self) -> list[float]: ...
    @property
    def columns(self) -> dict[str, list[Any]]: ...
    @property
    def unreadable(self) -> dict[int, str]: ...


def table_page(page: Events, scanned: Sequence[str] = (), motors: Sequence[str] = ()) -> TablePage:
    """Format a page of events.

    The event number and what was swept come first and stay in sight, then the other motors and the rest,
    the time last.
    """
    columns = page.columns
    first = dict.fromkeys(field for field in (*scanned[:1], *motors) if field in columns)
    fields = [*first, *(field for field in columns if field not in first)]
    shown = fields[:MOST_COLUMNS]
    texts = [[str(seq) for seq in page.seq_num]]
    labels = [("seq_num", "#")]
    for field in shown:
        texts.append(numbers.column(columns[field]))
        labels.append((field, heading(field)))
    texts.append([times.clock(value) for value in page.time])
    labels.append(("time", "time"))
    heads, cells = [], []
    for (key, label), column in zip(labels, texts, strict=True):
        width = min(_WIDEST, max([width_of(label), *map(width_of, column)], default=1))
        heads.append(TableColumn(key, shorten(label, _WIDEST), width))
        cells.append([right(text, width) for text in column])
    return TablePage(
        offset=page.offset,
        total=page.total,
        seq_nums=tuple(page.seq_num),
        columns=tuple(heads),
        cells=tuple(zip(*cells, strict=True)) if page.seq_num else (),
        pinned=2 if scanned and scanned[0] in columns else 1,
        scanned=tuple(field for field in scanned if field in shown),
        unreadable=dict(page.unreadable),
        left_out=len(fields) - len(shown),
    )
