"""What is said of a run without an end: it fits its state, has units, and promises nothing that will not be."""

from __future__ import annotations

from typing import Any

import pytest

from resonance_tui.catalog.run_state import Phase, Reason, RunState
from resonance_tui.session.monitor import LiveRun
from resonance_tui.text.live_run import (
    ended_text,
    gone_text,
    outlook,
    pace,
    progress,
    span,
    summary,
    why_no_events,
)


def taking(phase: Phase = Phase.RUNNING, *, frames: int = 23, **how: Any) -> LiveRun:
    """A run that has gone on for 46 s, one frame every 2 s."""
    state = RunState(
        phase, pid=4711 if phase is Phase.RUNNING else None, frames=frames, events=how.pop("events", 0)
    )
    known: dict[str, Any] = {"cadence": 2.0, "elapsed": 46.0}
    return LiveRun("u", state, "detector_image", frames, **(known | how))


def test_an_estimate_has_units_and_its_source() -> None:
    run = taking(expected=24, expected_from=5, left=2.0)
    assert progress(run) == "23 of about 24 frames, one every 2 s, ~2 s left (from 5 earlier runs)"
    assert summary(run) == f"Running (PID 4711): {progress(run)}."
    alone = taking(frames=1, cadence=None, expected=24, expected_from=1, left=None)
    assert progress(alone) == "1 of about 24 frames, 46 s so far (from 1 earlier run)"
    assert progress(taking()) == "23 frames, one every 2 s, 46 s so far"


def test_without_frames_events_are_estimated() -> None:
    run = taking(frames=0, cadence=None, expected=61, expected_from=3)
    assert summary(run) == "Running (PID 4711): about 61 events expected, 46 s so far (from 3 earlier runs)."


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"cadence": 2.13}, "one every 2.1 s"),
        ({"cadence": 0.05}, "20 a second"),
        ({"cadence": None}, ""),
        ({"silent": 75.0}, "no frame for 1 min"),
    ],
)
def test_the_pace_is_that_of_the_frames(how: dict[str, Any], expected: str) -> None:
    assert pace(taking(**how)) == expected
    assert pace(taking(Phase.INTERRUPTED, **how)) == ""


def test_a_run_without_a_point_says_so_and_since_when() -> None:
    run = taking(Phase.STARTING, frames=0, cadence=None, expected=24, expected_from=2)
    assert summary(run) == "Starting: no event yet, begun 46 s ago."


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.RUNNING])
def test_while_it_is_written_its_events_are_promised_for_its_end(phase: Phase) -> None:
    run = taking(phase)
    assert run.goes_on
    assert "saved when it is closed" in outlook(run)
    assert why_no_events(run) == "No events are saved yet: they come when the run is closed."
    assert outlook(taking(phase, events=3)) == ""


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.UNKNOWN])
def test_where_it_is_not_known_whether_it_goes_on_nothing_is_promised(phase: Phase) -> None:
    run = taking(phase)
    assert run.goes_on
    assert outlook(run) == "Events are saved only when a run is closed."
    assert why_no_events(run) == "No events are saved for this run."
    assert ";" in summary(run)


@pytest.mark.parametrize("phase", [Phase.INTERRUPTED, Phase.ABANDONED])
def test_a_run_that_was_left_is_promised_nothing(phase: Phase) -> None:
    run = taking(phase, expected=24, expected_from=5, left=2.0, silent=900.0)
    assert not run.goes_on
    assert summary(run) == f"{phase.value.capitalize()}: 23 frames on disk, no events saved."
    assert why_no_events(run) == "No events are saved for this run."
    assert outlook(run) == "There is nothing to draw."
    for word in ("left", "every", "about", "closed", "no frame"):
        assert word not in f"{summary(run)} {outlook(run)}"
    assert outlook(taking(phase, events=3)) == ""


def test_news_name_the_scan_and_the_sample() -> None:
    assert ended_text("energy 270→290", "P3HT", "success") == "energy 270→290 P3HT finished"
    gone = RunState(Phase.INTERRUPTED, reason=Reason.WRITER_GONE, pid=4711)
    assert gone_text("energy 270→290", "P3HT", gone) == (
        "energy 270→290 P3HT was interrupted: process 4711 ended without closing it"
    )
    left = RunState(Phase.ABANDONED, reason=Reason.NEWER_RUN)
    assert gone_text("", "", left) == "the run was abandoned: a newer run has begun"
    assert gone_text("\x1b[2J", "", left).startswith("␛[2J")


@pytest.mark.parametrize(("seconds", "text"), [(40, "40 s"), (720, "12 min"), (11_100, "3 h 05")])
def test_a_span_is_coarse(seconds: float, text: str) -> None:
    assert span(seconds) == text
