"""What is said of a run that is being taken, and of a beamtime that cannot be read now."""

from __future__ import annotations

from dataclasses import dataclass

from .numbers import number
from .text import plural, printable
from .times import clock, clock_minute

_MINUTE, _HOUR = 60.0, 3600.0
_OFTEN = 0.3


@dataclass(frozen=True, slots=True)
class Taking:
    """A run that is being taken, as far as it can be seen.

    Attributes
    ----------
    uid : str
    field : str
        The field of its frames; empty where it has none yet.
    frames : int
    state : str
        What has become of it, in words.
    running : bool
        Whether it may still go on.
    cadence : float or None
        Seconds from frame to frame.
    elapsed : float
        Seconds since it began.
    estimate : str
        How many there may be, in words; empty where there is nothing to go by.
    silent : float or None
        Seconds without a frame, where that is a stall.
    idle : bool
        Whether nobody has written for some seconds, and that can be told.
    began : float
        When, Unix seconds.
    """

    uid: str
    field: str = ""
    frames: int = 0
    state: str = ""
    running: bool = True
    cadence: float | None = None
    elapsed: float = 0.0
    estimate: str = ""
    silent: float | None = None
    idle: bool = False
    began: float = 0.0

    @property
    def pace(self) -> str:
        """``every 2.1 s``, or that no frame comes."""
        if self.silent is not None:
            return f"no frame for {span(self.silent)}"
        if self.cadence is None or not self.running:
            return ""
        if self.cadence < _OFTEN:
            return f"{1 / self.cadence:.0f} a second" if self.cadence > 0 else ""
        return f"every {number(round(self.cadence, 1), 3)} s"

    @property
    def summary(self) -> str:
        """``running (PID 4711): 37 frames, every 2.1 s, 3 min so far, about 61 (estimate: 3 earlier runs).``"""
        counted = "frame" in self.state  # as in «interrupted: 3 frames on disk»
        parts = [plural(self.frames, "frame") if self.frames and not counted else "", self.pace]
        if self.running:
            parts += [f"{span(self.elapsed)} so far" if self.elapsed else "", self.estimate]
        return f"{self.state[:1].upper()}{self.state[1:]}: " + ", ".join(part for part in parts if part) + "."


def span(seconds: float) -> str:
    """A time that passed, coarsely: ``40 s``, ``12 min``, ``3 h 05``."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min"
    return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:02.0f}"


def estimated(events: int, runs: int, left: float | None) -> str:
    """``about 61 (estimate from 3 earlier runs)``, and how long that takes."""
    after = f", {span(left)} more" if left else ""
    return f"about {events:,}{after} (estimate: {plural(runs, 'earlier run')})"


def locked_texts(
    pid: int | None, since: float | None, as_of: float | None, *, frames: bool, unread: bool
) -> tuple[str, ...]:
    """``the running scan (PID 4711) has the catalog locked since 14:03; finished runs as of 14:02; frames live``.

    The whole of it first, then what is said where there is less room. `unread` is whether there is something that
    cannot be read before the scan ends, so that a copy is offered.
    """
    who = f" (PID {pid})" if pid is not None else ""
    by = f" by PID {pid}" if pid is not None else " by the running scan"
    began = f" since {clock_minute(since)}" if since is not None else ""
    seen = f" as of {clock_minute(as_of)}" if as_of is not None else ""
    live = "; frames live" if frames else ""
    offer, short_offer = ("B: browse a private copy · ", "B: a copy · ") if unread else ("", "")
    return (
        f"{offer}the running scan{who} has the catalog locked{began}{f'; finished runs{seen}' * bool(seen)}{live}",
        f"{short_offer}locked by the scan{who}{began}{f'; runs{seen}' * bool(seen)}{live}",
        f"{short_offer}locked{by}{began}{live}",
        f"{short_offer}locked{began}{live}",
    )


def interrupted_texts(as_of: float | None) -> tuple[str, ...]:
    """A writer that died in the middle of a write: the whole of it, and shorter."""
    seen = f"; runs as of {clock_minute(as_of)}" if as_of is not None else ""
    return (
        f"the acquisition stopped in the middle of a write · B: browse a private copy · nothing is lost{seen}",
        "stopped in the middle of a write · B: a private copy · nothing lost",
        "stopped in a write · B: a copy · nothing lost",
    )


def copy_texts(taken: float, newer: int) -> tuple[str, ...]:
    """A private copy is shown: the whole of it, and shorter."""
    at = clock(taken)[:8]
    more = f"; {plural(newer, 'run')} newer" if newer else ""
    return (
        f"private copy of the database, taken {at}{more}; B: the file itself again",
        f"private copy, taken {at}{more} · B: the file itself",
        f"copy of {at}{f', {newer} newer' * bool(newer)} · B: the file",
    )


def ended_text(label: str, sample: str, status: str | None) -> str:
    """A run came to its end."""
    how = {"success": "finished", "aborted": "was aborted", "failed": "failed"}.get(status or "", "ended")
    what = " ".join(part for part in (printable(label, 60), printable(sample, 40)) if part)
    return f"{what or 'the run'} {how}"
