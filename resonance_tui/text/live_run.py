"""What is said of a run in progress: how far it is, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .numbers import number
from .printable import plural, printable
from .states import SeenState, State, reason_text, shown_state, state_text

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
