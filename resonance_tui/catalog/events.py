"""Events' JSON → columns: bare NaN tokens, fields that come and go, and single events that are broken."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

OWN_COLUMNS = ("seq_num", "time")
"""An event's own columns; data fields of these names are shown as ``data.seq_num`` and ``data.time``."""

_EXACT_IN_FLOAT = 2**53
_INT64 = range(-(2**63), 2**63)
_SCALARS = (float, int, str, bool, type(None))


class UnreadableError(ValueError):
    """Why the data of one event could not be read."""


def decode(raw: Any) -> tuple[dict[str, Any], int]:
    """The data of one event, as the object that its JSON holds.

    With it, how many digits the longest integer has that Python would not convert, and that is null in its
    place; 0 where all is well.

    Raises
    ------
    UnreadableError
        It is no JSON, or no object.
    """
    if not isinstance(raw, str):
        if not isinstance(raw, bytes):
            raise UnreadableError(f"no JSON text but {type(raw).__name__}")
        raw = raw.decode("utf-8", "backslashreplace")
    lost = 0
    try:
        data = json.loads(raw)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"broken JSON ({error.msg} at character {error.pos + 1})") from None
    except RecursionError:
        raise UnreadableError("JSON nested too deeply") from None
    except ValueError:  # an integer of more digits than Python converts
        cautious = _CautiousInt()
        try:
            data = json.loads(raw, parse_int=cautious)
        except (ValueError, RecursionError) as error:
            raise UnreadableError(f"broken JSON ({error})") from None
        lost = cautious.lost
    if not isinstance(data, dict):
        raise UnreadableError(f"no JSON object but {type(data).__name__}")
    return data, lost


class _CautiousInt:
    lost = 0

    def __call__(self, digits: str) -> int | None:
        try:
            return int(digits)
        except ValueError:
            self.lost = max(self.lost, len(digits))
            return None


class Columns:
    """Collects the scalar fields of events, row by row, in order of first appearance.

    Attributes
    ----------
    values : dict of str to list
        All lists have one entry per row; None where a row lacks the field.
    unreadable : dict of int to str
        ``seq_num`` → why that event's data could not be read.
    """

    def __init__(self) -> None:
        self.seq_num: list[int] = []
        self.time: list[float] = []
        self.values: dict[str, list[Any]] = {}
        self.unreadable: dict[int, str] = {}

    def add(self, seq_num: int, time: float, raw: Any) -> None:
        """Append one event."""
        row = len(self.seq_num)
        self.seq_num.append(seq_num)
        self.time.append(time)
        try:
            data, lost = decode(raw)
        except UnreadableError as error:
            self.unreadable[seq_num] = str(error)
            return
        if lost:
            self.unreadable[seq_num] = f"an integer of {lost:,} digits is too long"
        values = self.values
        for key, value in data.items():
            if not isinstance(value, _SCALARS):
                continue
            name = f"data.{key}" if key in OWN_COLUMNS else key
            column = values.get(name)
            if column is None:
                values[name] = column = []
            if len(column) < row:
                column.extend([None] * (row - len(column)))
            elif len(column) > row:  # `data.time` beside a `time` in the same event
                continue
            column.append(value)

    def add_all(self, rows: Iterable[Any]) -> None:
        """Append rows that begin with seq_num, time, data."""
        for seq_num, time, raw, *_ in rows:
            self.add(seq_num, time, raw)

    def finish(self) -> Columns:
        """Fill up the columns that the last rows lack."""
        rows = len(self.seq_num)
        for column in self.values.values():
            if len(column) < rows:
                column.extend([None] * (rows - len(column)))
        return self

    def frame(self) -> pd.DataFrame:
        """A table of ``seq_num``, ``time`` and every field, each in the dtype of its values."""
        import numpy as np
        import pandas as pd

        self.finish()
        own = {
            "seq_num": _array(self.seq_num, np.int64),
            "time": _array(self.time, np.float64),
        }
        arrays = own | {name: to_array(column) for name, column in self.values.items()}
        # as Series of their own dtype: pandas 3 would make text of objects, and fail on a lone surrogate
        return pd.DataFrame({name: pd.Series(array, dtype=array.dtype) for name, array in arrays.items()})


def _array(values: list[Any], dtype: Any) -> np.ndarray:
    """Values of an own column; as they are where the file holds something else than numbers."""
    import numpy as np

    try:
        return np.asarray(values, dtype=dtype)
    except (ValueError, TypeError, OverflowError):
        return _objects(values)


def _objects(values: list[Any]) -> np.ndarray:
    import numpy as np

    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def to_array(values: list[Any]) -> np.ndarray:
    """One field's values in the dtype they have; None marks what is missing.

    Returns
    -------
    numpy.ndarray
        Shape (n,). ``bool`` or ``int64`` where all values are; ``float64`` for numbers with a float among
        them or with gaps (as NaN), as long as no integer would change; else ``object``.
    """
    import numpy as np

    kinds = set(map(type, values))
    gaps = type(None) in kinds
    kinds.discard(type(None))
    if kinds == {float} and not gaps:
        return np.array(values, dtype=np.float64)
    if kinds == {bool} and not gaps:
        return np.array(values, dtype=np.bool_)
    if kinds == {int} and not gaps and all(value in _INT64 for value in values):
        return np.array(values, dtype=np.int64)
    if (kinds and kinds <= {float, int}) and (
        int not in kinds
        or all(not isinstance(value, int) or abs(value) <= _EXACT_IN_FLOAT for value in values)
    ):
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return _objects(values)
