"""The plain values that the catalog hands out."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from reprlib import Repr
from typing import Any

from .field_names import motors_of

_short = Repr()
_short.maxstring = _short.maxother = 80
_short.maxlevel = 3


class _ShortRepr:
    """A repr that stays short whatever a file holds."""

    __slots__ = ()

    def __repr__(self) -> str:
        shown = (f"{f.name}={_short.repr(getattr(self, f.name))}" for f in fields(self))  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(repr=False)
class RunSummary(_ShortRepr):
    """One line about a run.

    Attributes
    ----------
    uid, plan_name : str
    time_start : float
        Unix seconds (UTC).
    sample_name : str or None
    time_stop : float or None
        Unix seconds; None while the run is in progress, or for ever when its writer died.
    exit_status : str or None
        ``success``, ``aborted``, ``failed`` or None.
    """

    uid: str
    plan_name: str
    time_start: float
    sample_name: str | None = None
    time_stop: float | None = None
    exit_status: str | None = None


@dataclass(repr=False)
class SampleMetadata(_ShortRepr):
    """A sample as its users described it; `tags` and `extra` are decoded."""

    name: str
    formula: str | None = None
    serial: str | None = None
    tags: list[str] = field(default_factory=list)
    beamline_pos: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    id: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class SampleCount(_ShortRepr):
    """A sample name, how many runs it has, and when the newest of them started (Unix seconds)."""

    name: str
    n_runs: int
    newest: float | None = None


@dataclass(frozen=True, slots=True, repr=False)
class EarlierRun(_ShortRepr):
    """A closed run of the same plan as another, to estimate that one's length by.

    Attributes
    ----------
    uid : str
    num_events : int
    same_sample : bool
        Whether the two are of one sample.
    motors : frozenset of str
        The motor fields it describes.
    """

    uid: str
    num_events: int
    same_sample: bool
    motors: frozenset[str]


@dataclass(frozen=True, slots=True, repr=False)
class Stream(_ShortRepr):
    """A stream of a run; `data_keys` describes its fields and can be empty or incomplete."""

    name: str
    uid: str
    data_keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    time_created: float | None = None

    @property
    def motors(self) -> frozenset[str]:
        """The fields that are motors."""
        return frozenset(motors_of(self.data_keys, self.data_keys))


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some consecutive events of a stream.

    Attributes
    ----------
    offset : int
        Position of the first event within the stream, from 0.
    total : int
        Events in the stream when the page was read.
    seq_num : list of int
    time : list of float
        Unix seconds.
    columns : dict of str to list
        One list per scalar field, in order of first appearance, each as long as `seq_num`;
        None where an event lacks the field, or holds null or something that is no scalar.
    unreadable : dict of int to str
        ``seq_num`` → why the data of that event could not be read; each reason has a ``code``.
    """

    offset: int
    total: int
    seq_num: list[int]
    time: list[float]
    columns: dict[str, list[Any]]
    unreadable: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.seq_num)

    def __repr__(self) -> str:
        span = f"{self.offset + 1}–{self.offset + len(self)} of {self.total}"
        return f"<EventPage {span}, {len(self.columns)} fields, {len(self.unreadable)} unreadable>"
