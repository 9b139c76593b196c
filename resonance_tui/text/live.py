"""What is said of a run in progress, and of a beamtime that cannot be read now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .numbers import number
from .printable import plural, printable
from .states import SeenState, State, reason_text, shown_state, state_text
from .times import clock, clock_minute

if TYPE_CHECKING:
    from ..session.monitor import LiveRun

_MINUTE, _HOUR = 60.0, 3600.0
_OFTEN = 0.3


def pace(run: LiveRun) -> str:
    """``one every 2.1 s``, or that no frame comes."""
    if not run.goes_on:
        return ""
    if run.silent is not None:
        return f"no frame for {span(run.silent)}"
    if run.cadence is None:
        return ""
    if run.cadence < _OFTEN:
        return f"{1 / run.cadence:.0f} a second" if run.cadence > 0 else ""
    return f"one every {number(round(run.cadence, 1), 3)} s"


def progress(run: LiveRun) -> str:
    """``23 of about 24 frames, one every 2 s, ~2 s left (from 5 earlier runs)``."""
    counted = plural(run.frames, "frame") if run.frames else ""
    if run.expected and run.frames:
        counted = f"{run.frames:,} of about {plural(run.expected, 'frame')}"
    elif run.expected:
        counted = f"about {plural(run.expected, 'event')} expected"
    parts = [counted, pace(run)]
    if run.left:
        parts.append(f"~{span(run.left)} left")
    elif run.elapsed and shown_state(run.state) is not State.STARTING:
        parts.append(f"{span(run.elapsed)} so far")
    source = f" (from {plural(run.expected_from, 'earlier run')})" if run.expected else ""
    return ", ".join(part for part in parts if part) + source


def summary(run: LiveRun) -> str:
    """Say ``Running (PID 4711): 23 of about 24 frames, …``, or by what it is known that it does not go on."""
    text = _sentence(state_text(run.state))
    if not run.goes_on:
        parts = (text, _sentence(reason_text(run.state)))
        return ". ".join(part for part in parts if part).rstrip(".") + "."
    if shown_state(run.state) is State.STARTING:
        return f"{text}, begun {span(run.elapsed)} ago."
    how_far = progress(run)
    if not how_far:
        return f"{text}."
    return f"{text}; {how_far}." if ":" in text else f"{text}: {how_far}."


def outlook(run: LiveRun) -> str:
    """Return what becomes of its events: saved at its end, where there may be one."""
    if run.state.events:
        return ""
    if not run.goes_on:
        return "There is nothing to draw."
    if shown_state(run.state) in (State.STARTING, State.RUNNING):
        return "Its events are saved when it is closed; then they are drawn here."
    return "Events are saved only when a run is closed."


def why_no_events(run: LiveRun) -> str:
    """Why the table is empty."""
    if shown_state(run.state) in (State.STARTING, State.RUNNING):
        return "No events are saved yet: they come when the run is closed."
    return "No events are saved for this run."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def span(seconds: float) -> str:
    """Return a time that passed, coarsely: ``40 s``, ``12 min``, ``3 h 05``."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min"
    return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:02.0f}"


def locked_texts(
    pid: int | None, since: float | None, as_of: float | None, *, frames: bool, unread: bool
) -> tuple[str, ...]:
    """Say ``the running scan (PID 4711) has the catalog locked since 14:03; finished runs as of 14:02; frames live``.

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
    """Say that a writer died in the middle of a write: the whole of it, and shorter."""
    seen = f"; runs as of {clock_minute(as_of)}" if as_of is not None else ""
    return (
        f"the acquisition stopped in the middle of a write · B: browse a private copy · finished runs are safe{seen}",
        "stopped in the middle of a write · B: a private copy · finished runs are safe",
        "stopped in a write · B: a copy",
    )


def copy_texts(taken: float, newer: int) -> tuple[str, ...]:
    """Say that a private copy is shown: the whole of it, and shorter."""
    at = clock(taken)[:8]
    more = f"; {plural(newer, 'run')} newer" if newer else ""
    return (
        f"private copy of the database, taken {at}{more}; B: the file itself again",
        f"private copy, taken {at}{more} · B: the file itself",
        f"copy of {at}{f', {newer} newer' * bool(newer)} · B: the file",
    )


def ended_text(label: str, sample: str, status: str | None) -> str:
    """Say that a run came to its end."""
    how = {"success": "finished", "aborted": "was aborted", "failed": "failed"}.get(status or "", "ended")
    what = " ".join(part for part in (printable(label, 60), printable(sample, 40)) if part)
    return f"{what or 'the run'} {how}"


def gone_text(label: str, sample: str, state: SeenState) -> str:
    """Say that a run without an end will get none: ``energy 270→290 P3HT was interrupted: process 4711 ended …``."""
    what = " ".join(part for part in (printable(label, 60), printable(sample, 40)) if part)
    reason = reason_text(state)
    return f"{what or 'the run'} was {shown_state(state).word}" + (f": {reason}" if reason else "")
