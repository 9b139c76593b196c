"""The events of a run as `analysis` takes them: numbers and words by field, with what each field is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..catalog.field_names import (
    SEQ_NUM,
    TIME,
    DataKeys,
    Field,
    Role,
    describe_fields,
    field_labels,
    monitors_of,
)

if TYPE_CHECKING:
    import numpy as np

    from ..analysis.curves import RunColumns
    from ..catalog.columns import Column, StreamColumns
    from ..catalog.models import EventPage

    Values = np.ndarray[Any, np.dtype[np.float64]]


class FloatColumns(Mapping[str, "Values"]):
    """Typed columns seen as float64: those that are, as they are; integers when they are asked for.

    A column of mixed kinds is converted once; so is the number of the event.
    """

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns
        self._converted: dict[str, Values] = {}

    def __getitem__(self, name: str) -> Values:
        column = self._columns[name]
        if column.values.dtype.kind == "f":
            values: Values = column.values
            return values
        if name in self._converted:
            return self._converted[name]
        if column.values.dtype.kind == "i":
            values = column.values.astype(float)
        else:
            from ..analysis.values import as_floats

            values = as_floats(column.take(slice(None)))
        if name == SEQ_NUM or column.values.dtype == object:
            self._converted[name] = values
        return values

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns


class Words(Mapping[str, "list[Any]"]):
    """The columns that hold no numbers, as lists when they are asked for; None where there is no value."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns

    def __getitem__(self, name: str) -> list[Any]:
        return self._columns[name].take(slice(None))

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def run_columns(uid: str, columns: StreamColumns, data_keys: DataKeys) -> RunColumns:
    """Return the columns of a stream as `analysis` takes them, with what each field is."""
    numbers = {name: column for name, column in columns.columns.items() if _holds_numbers(column)}
    words = {
        name: column
        for name, column in columns.columns.items()
        if name not in numbers and not _is_empty(column)
    }
    dtypes = {name: column.dtype for name, column in columns.columns.items()}
    own = {SEQ_NUM: columns.seq_num, TIME: columns.time}
    return columns_of(uid, FloatColumns({**numbers, **own}), data_keys, Words(words), dtypes)


def columns_of(
    uid: str,
    numbers: Mapping[str, Values],
    data_keys: DataKeys,
    words: Mapping[str, list[Any]] | None = None,
    dtypes: Mapping[str, str | None] | None = None,
) -> RunColumns:
    """Numbers and words of events as `analysis` takes them, with what each field is."""
    from ..analysis.curves import RunColumns

    names = [name for name in (*numbers, *(words or {})) if name not in (SEQ_NUM, TIME)]
    fields = describe_fields(data_keys, dtypes if dtypes is not None else dict.fromkeys(names))
    own = field_labels((SEQ_NUM, TIME, *fields))
    for name, unit in ((SEQ_NUM, ""), (TIME, "s")):
        fields.setdefault(name, Field(name, own[name], unit, Role.TIME))
    return RunColumns(uid, numbers, words or {}, fields, monitors_of(numbers))


def _holds_numbers(column: Column) -> bool:
    from ..analysis.values import is_number

    kind = column.values.dtype.kind
    return kind in "if" or (kind == "O" and any(map(is_number, column.values.tolist())))


def _is_empty(column: Column) -> bool:
    return column.values.dtype == object and all(value is None for value in column.values.tolist())


def numbers_of(page: EventPage) -> dict[str, Values]:
    """Return the fields of a page that hold numbers, as float64, shape (n,)."""
    from ..analysis.values import as_floats, is_number

    return {name: as_floats(values) for name, values in page.columns.items() if any(map(is_number, values))}


def stacked(pages: list[EventPage]) -> dict[str, Values]:
    """Return the numbers of several pages, one below the other; NaN where a page lacks a field."""
    import numpy as np

    parts = [numbers_of(page) for page in pages]
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: np.concatenate(
            [part.get(name, np.full(len(page), np.nan)) for part, page in zip(parts, pages, strict=True)]
        )
        for name in names
    }
