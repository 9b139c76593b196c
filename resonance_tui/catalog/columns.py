"""The events of a stream as typed columns: pages become parts, parts are joined once, growing streams append.

A column is in the dtype of its values, and remembers what that dtype cannot hold (which values are missing, which were
integers), so that a page of it is the very values of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .models import EventPage

if TYPE_CHECKING:
    import pandas as pd

_EXACT_IN_FLOAT = 2**53
_OBJECT_BYTES = 64
"""About what a Python object in a column takes."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Column:
    """One field of some events.

    Attributes
    ----------
    values : array, shape (n,)
        ``bool`` or ``int64`` where all values are; ``float64`` for numbers with a float among them or with gaps (as
        NaN), as long as no integer would change; else ``object``, with None for what is missing.
    missing : array of bool, shape (n,), or None
        Of a ``float64`` column: where there is no value, as opposed to one that is NaN.
    integers : array of bool, shape (n,), or None
        Of a ``float64`` column: where the value is an integer.
    """

    values: NDArray[Any]
    missing: Mask | None = None
    integers: Mask | None = None

    def __len__(self) -> int:
        return int(self.values.size)

    @property
    def nbytes(self) -> int:
        """Bytes in memory, about."""
        size = self.values.nbytes + sum(
            mask.nbytes for mask in (self.missing, self.integers) if mask is not None
        )
        return size + (_OBJECT_BYTES * len(self) if self.values.dtype == object else 0)

    @property
    def dtype(self) -> str:
        """What the values are: ``float64``, ``int64``, ``bool``, ``string``, or ``object`` for a mixture."""
        if self.values.dtype == object:
            kinds = set(map(type, self.values.tolist())) - {type(None)}
            return "string" if kinds == {str} else "object"
        return str(self.values.dtype)

    def take(self, rows: slice | Sequence[int]) -> list[Any]:
        """Return some values as the file has them: None where there is none, integers as such."""
        found: list[Any] = self.values[rows].tolist()
        if self.integers is not None:
            found = [
                int(value) if whole else value
                for value, whole in zip(found, self.integers[rows].tolist(), strict=True)
            ]
        if self.missing is not None:
            gaps = self.missing[rows].tolist()
            found = [None if gap else value for value, gap in zip(found, gaps, strict=True)]
        return found


def typed(values: list[Any]) -> Column:
    """Return a column of values; None marks what is missing."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return Column(np.array(values, dtype=np.float64))
    if kinds == {bool}:
        return Column(np.array(values, dtype=np.bool_))
    if kinds == {int}:
        try:
            return Column(np.array(values, dtype=np.int64))
        except OverflowError:
            return Column(_objects(values))
    numbers = kinds - {type(None)}
    if not numbers or not numbers <= {float, int}:
        return Column(_objects(values))
    if int in numbers and any(type(value) is int and abs(value) > _EXACT_IN_FLOAT for value in values):
        return Column(_objects(values))
    missing = np.array([value is None for value in values]) if type(None) in kinds else None
    integers = np.array([type(value) is int for value in values]) if int in numbers else None
    floats = [np.nan if value is None else value for value in values]
    return Column(np.array(floats, dtype=np.float64), missing, integers)


def _objects(values: list[Any]) -> NDArray[Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def joined(parts: Sequence[Column | int]) -> Column:
    """Parts of a column one below the other; a number stands for so many events that lack the field."""
    known = [part for part in parts if isinstance(part, Column) and len(part)]
    kinds = {part.values.dtype.kind for part in known}
    gaps = any(isinstance(part, int) for part in parts)
    if not gaps and len(known) < 2:
        return known[0] if known else next(part for part in parts if isinstance(part, Column))
    if kinds <= {"i", "f"} and kinds and (kinds == {"i"} and not gaps):
        return Column(np.concatenate([part.values for part in known]))
    if kinds == {"b"} and not gaps:
        return Column(np.concatenate([part.values for part in known]))
    if kinds and kinds <= {"i", "f"} and all(map(_is_exact, known)):
        return _joined_floats(parts)
    values: list[Any] = []
    for part in parts:
        values += [None] * part if isinstance(part, int) else part.take(slice(None))
    return typed(values)


def _is_exact(part: Column) -> bool:
    """Whether no integer of the part changes as a float."""
    if part.values.dtype.kind != "i" or not part.values.size:
        return True
    return int(part.values.min()) >= -_EXACT_IN_FLOAT and int(part.values.max()) <= _EXACT_IN_FLOAT


def _joined_floats(parts: Sequence[Column | int]) -> Column:
    values, missing, integers = [], [], []
    for part in parts:
        n = part if isinstance(part, int) else len(part)
        lacks, whole = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
        if isinstance(part, int):
            values.append(np.full(n, np.nan))
            lacks = np.ones(n, dtype=np.bool_)
        else:
            values.append(part.values.astype(np.float64, copy=False))
            whole = np.ones(n, dtype=np.bool_) if part.values.dtype.kind == "i" else whole
            lacks = lacks if part.missing is None else part.missing
            whole = whole if part.integers is None else part.integers
        missing.append(lacks)
        integers.append(whole)
    gaps, wholes = np.concatenate(missing), np.concatenate(integers)
    return Column(np.concatenate(values), gaps if gaps.any() else None, wholes if wholes.any() else None)


@dataclass(frozen=True, slots=True)
class StreamColumns:
    """The events of one stream, field by field.

    Attributes
    ----------
    seq_num, time : Column
        ``int64`` and ``float64`` (Unix seconds); ``object`` where the file holds something else.
    columns : dict of str to Column
        Every scalar field, in order of first appearance.
    unreadable : dict of int to str
        ``seq_num`` → why that event's data could not be read.
    """

    seq_num: Column
    time: Column
    columns: Mapping[str, Column]
    unreadable: Mapping[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.seq_num)

    @property
    def nbytes(self) -> int:
        """Bytes in memory, about."""
        own = self.seq_num.nbytes + self.time.nbytes
        return own + sum(column.nbytes for column in self.columns.values())

    def page(self, offset: int, limit: int) -> EventPage:
        """`limit` events from position `offset` on, as `Run.event_page` reads them."""
        offset = max(0, offset)
        return self._page(offset, slice(offset, offset + max(0, limit)))

    def page_at(self, positions: Sequence[int], offset: int = 0) -> EventPage:
        """Return the events at these positions, in this order; `offset` is what the page says of itself."""
        return self._page(offset, list(positions))

    def _page(self, offset: int, rows: slice | list[int]) -> EventPage:
        seq_num = self.seq_num.take(rows)
        columns = {name: column.take(rows) for name, column in self.columns.items()}
        columns = {name: values for name, values in columns.items() if any(v is not None for v in values)}
        bad = {seq: self.unreadable[seq] for seq in seq_num if seq in self.unreadable}
        return EventPage(offset, len(self), seq_num, self.time.take(rows), columns, bad)

    def frame(self) -> pd.DataFrame:
        """Return a table of ``seq_num``, ``time`` and every field, each in the dtype of its values."""
        import pandas as pd

        time = self.time.values
        arrays = {
            "seq_num": self.seq_num.values,
            "time": time.astype(float) if time.dtype.kind == "i" else time,
        }
        arrays |= {name: column.values for name, column in self.columns.items()}
        # as Series of their own dtype: pandas 3 would make text of objects, and fail on a lone surrogate
        series = {name: pd.Series(array, dtype=array.dtype, copy=False) for name, array in arrays.items()}
        return pd.DataFrame(series, copy=False)


class ColumnsBuilder:
    """Collects the events of a stream, page by page; what was collected is joined when it is asked for."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Column | int]] = {}
        self._own = [Column(np.zeros(0, np.int64))], [Column(np.zeros(0, np.float64))]
        self._unreadable: dict[int, str] = {}
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    @property
    def nbytes(self) -> int:
        """Bytes in memory, about."""
        return 8 * self._rows * (len(self._parts) + len(self._own))

    @property
    def last_seq_num(self) -> Any:
        """The number of the last event; None where there is none."""
        return next((part.take(slice(-1, None))[0] for part in reversed(self._own[0]) if len(part)), None)

    def add(self, page: EventPage) -> None:
        """Append a page of events."""
        n = len(page)
        if not n:
            return
        for name, values in page.columns.items():
            if name not in self._parts:
                self._parts[name] = [self._rows] if self._rows else []
            self._parts[name].append(typed(values))
        for name, parts in self._parts.items():
            if name not in page.columns:
                parts.append(n)
        self._own[0].append(typed(page.seq_num))
        self._own[1].append(typed(page.time))
        self._unreadable.update(page.unreadable)
        self._rows += n

    def extend(self, pages: Iterable[EventPage], told: Callable[[int, int], object] | None = None) -> None:
        """Append pages; after each, `told` hears how many events there are by now, and of how many."""
        for page in pages:
            self.add(page)
            if told is not None:
                told(self._rows, page.total)

    def columns(self) -> StreamColumns:
        """All that was collected, joined; the builder keeps no other copy of it and can go on."""
        for name in self._parts:  # one after the other, so that no more than one is there twice
            self._parts[name] = [joined(self._parts[name])]
        for own in self._own:
            own[:] = [joined(own)]
        columns = {name: part for name, (part,) in self._parts.items() if isinstance(part, Column)}
        return StreamColumns(self._own[0][0], self._own[1][0], columns, dict(self._unreadable))
