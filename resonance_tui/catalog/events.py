"""Events' JSON → lists of values: bare NaN tokens, fields that come and go, and single events that are broken."""

from __future__ import annotations

import json
from collections.abc import Iterable, KeysView
from dataclasses import dataclass
from typing import Any

OWN_COLUMNS = ("seq_num", "time")
"""An event's own columns; data fields of these names are shown as ``data.seq_num`` and ``data.time``."""

_SCALARS = frozenset((float, int, str, bool, type(None)))


class UnreadableReason(str):
    """Why the data of an event could not be read, in words, with a `code` for programs."""

    __slots__ = ("code",)

    code: str

    def __new__(cls, text: str, code: str) -> UnreadableReason:
        """Make a reason of its words and its code."""
        made = super().__new__(cls, text)
        made.code = code
        return made

    def __reduce__(self) -> tuple[type[UnreadableReason], tuple[str, str]]:
        return UnreadableReason, (str(self), self.code)


class UnreadableError(ValueError):
    """The data of one event could not be read; `code` is ``broken_json``, ``no_object``, ``too_deep``."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


def decode(raw: Any) -> tuple[dict[str, Any], int]:
    """Return the data of one event, as the object that its JSON holds.

    With it, how many digits the longest integer has that Python would not convert, and that is null in its
    place; 0 where all is well.

    Raises
    ------
    UnreadableError
        It is no JSON, or no object.
    """
    data, lost = decode_any(raw)
    if not isinstance(data, dict):
        raise UnreadableError(f"no JSON object but {type(data).__name__}", "no_object")
    return data, lost


def decode_any(raw: Any) -> tuple[Any, int]:
    """Decode JSON of any kind; as `decode`.

    Raises
    ------
    UnreadableError
        It is no JSON.
    """
    if not isinstance(raw, str):
        if not isinstance(raw, bytes):
            raise UnreadableError(f"no JSON text but {type(raw).__name__}", "no_text")
        raw = raw.decode("utf-8", "backslashreplace")
    lost = 0
    try:
        data = json.loads(raw)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"broken JSON ({error.msg} at character {error.pos + 1})", "broken_json"
        ) from None
    except RecursionError:
        raise UnreadableError("JSON nested too deeply", "too_deep") from None
    except ValueError:  # an integer of more digits than Python converts
        cautious = _CautiousInt()
        try:
            data = json.loads(raw, parse_int=cautious)
        except (ValueError, RecursionError) as error:
            raise UnreadableError(f"broken JSON ({error})", "broken_json") from None
        lost = cautious.lost
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
            unreadable[seq_num] = UnreadableReason(str(error), error.code)
        else:
            if lost:
                unreadable[seq_num] = UnreadableReason(
                    f"an integer of {lost:,} digits is too long", "long_integer"
                )
        seq_nums.append(seq_num)
        times.append(time)
        objects.append(data)
        if data.keys() != last:  # most events of a stream have the same fields
            names.update(dict.fromkeys(data))
            last = data.keys()
    columns = {name: [data.get(name) for data in objects] for name in names}
    if any(own in names for own in OWN_COLUMNS) or any(
        not set(map(type, values)) <= _SCALARS for values in columns.values()
    ):  # a field is there from its first scalar on
        objects = [_scalars(data) for data in objects]
        names = dict.fromkeys(name for data in objects for name in data)
        columns = {name: [data.get(name) for data in objects] for name in names}
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
        ``seq_num`` → why that event's data could not be read, as `UnreadableReason`.
    """

    seq_num: list[int]
    time: list[float]
    columns: dict[str, list[Any]]
    unreadable: dict[int, str]


def _scalars(data: dict[str, Any]) -> dict[str, Any]:
    """Keep the scalars of an event, none of them called as one of its own columns; of one name the first."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        if type(value) in _SCALARS:
            found.setdefault(f"data.{name}" if name in OWN_COLUMNS else name, value)
    return found
