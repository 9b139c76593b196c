"""Events' JSON → lists of values: bare NaN tokens, fields that come and go, and single events that are broken."""

from __future__ import annotations

import json
from collections.abc import Iterable, KeysView
from dataclasses import dataclass
from typing import Any

OWN_COLUMNS = ("seq_num", "time")
"""An event's own columns; data fields of these names are shown as ``data.seq_num`` and ``data.time``."""

_SCALARS = frozenset((float, int, str, bool, type(None)))


class UnreadableError(ValueError):
    """Why the data of one event could not be read."""


def decode(raw: Any) -> tuple[dict[str, Any], int]:
    """Return the data of one event, as the object that its JSON holds.

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


def read_rows(rows: Iterable[Any]) -> Events:
    """Decode rows that begin with seq_num, time, data: one list for each scalar field.

    A row whose data cannot be read has None in every field, and its reason in `unreadable`.
    """
    seq_nums: list[int] = []
    times: list[float] = []
    objects: list[dict[str, Any]] = []
    unreadable: dict[int, str] = {}
    names: dict[str, None] = {}
    last: KeysView[str] = names.keys()
    for seq_num, time, raw, *_ in rows:
        data: dict[str, Any] = {}
        try:
            data, lost = decode(raw)
        except UnreadableError as error:
            unreadable[seq_num] = str(error)
        else:
            if lost:
                unreadable[seq_num] = f"an integer of {lost:,} digits is too long"
        seq_nums.append(seq_num)
        times.append(time)
        objects.append(data)
        if data.keys() != last:  # most events of a stream have the same fields
            names.update(dict.fromkeys(data))
            last = data.keys()
    if any(own in names for own in OWN_COLUMNS):
        objects = [_renamed(data) for data in objects]
        names = dict.fromkeys(name for data in objects for name in data)
    columns = {}
    for name in names:
        values = [data.get(name) for data in objects]
        if set(map(type, values)) <= _SCALARS or _keep_scalars(values):
            columns[name] = values
    return Events(seq_nums, times, columns, unreadable)


@dataclass(slots=True)
class Events:
    """Some events, field by field.

    Attributes
    ----------
    seq_num, time : list
    columns : dict of str to list
        Each as long as `seq_num`, in order of first appearance; None where an event lacks the field.
    unreadable : dict of int to str
        ``seq_num`` → why that event's data could not be read.
    """

    seq_num: list[int]
    time: list[float]
    columns: dict[str, list[Any]]
    unreadable: dict[int, str]


def _renamed(data: dict[str, Any]) -> dict[str, Any]:
    """Keep the scalars of an event, none of them called as one of its own columns; of one name the first."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        if type(value) in _SCALARS:
            found.setdefault(f"data.{name}" if name in OWN_COLUMNS else name, value)
    return found


def _keep_scalars(values: list[Any]) -> bool:
    """Leave None in place of lists and objects; whether anything remains."""
    for row, value in enumerate(values):
        if type(value) not in _SCALARS:
            values[row] = None
    return any(value is not None for value in values)
