"""How a pane reads: it says that it does, what it waits for, and what went wrong."""

from __future__ import annotations

from typing import Any

import pytest

from resonance_tui.catalog.errors import CatalogBusyError, CatalogDamagedError
from resonance_tui.panes.host import STILL_READING_S, Selection
from resonance_tui.panes.pane_reads import PaneReads, ignore
from resonance_tui.session import beamtime as beamtime_module
from resonance_tui.session.beamtime import BeamtimeSession, Waiting
from resonance_tui.session.tasks import Lane, Progress, Task
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.recorded_panes import RecordedPane


class Reading:
    """A pane that reads, and what it got."""

    def __init__(self, host: FakeHost, session: BeamtimeSession) -> None:
        self.host, self.pane = host, RecordedPane()
        self.reads = PaneReads(host, session, self.pane)
        self.got: list[object] = []

    def read(self, work: Any = lambda _: "it", kind: str = "kind", **how: Any) -> None:
        """Have something read."""
        self.reads.read(kind, "key", work, self.got.append, **how)


@pytest.fixture
def reading(host: FakeHost, no_session: BeamtimeSession) -> Reading:
    """A pane of the run «u»."""
    host.selection = Selection("u")
    return Reading(host, no_session)


def test_what_is_read_is_given_to_whoever_asked(reading: Reading) -> None:
    reading.read(lambda task: task.key)
    assert reading.got == []
    reading.host.do()
    assert reading.got == ["key"]


def test_nobody_wants_it_once_another_run_is_selected(reading: Reading) -> None:
    reading.read()
    reading.host.selection = Selection("other")
    reading.host.do()
    assert reading.got == []


def test_what_is_about_the_whole_beamtime_is_wanted_whatever_is_selected(reading: Reading) -> None:
    reading.read(of_run=False)
    reading.host.selection = Selection("other")
    reading.host.do()
    assert reading.got == ["it"]


def test_the_host_is_told_who_waits_and_what_is_brought_to_its_end(reading: Reading) -> None:
    reading.read(kind="now")
    reading.read(kind="ahead", background=True, finish=True)
    assert [one.task.lane for one in reading.host.waiting] == [Lane.FOREGROUND, Lane.BACKGROUND]
    assert [one.finish for one in reading.host.waiting] == [False, True]


def test_what_goes_wrong_is_said_in_place_of_the_content(reading: Reading) -> None:
    def fail(_: Task[Any]) -> None:
        raise CatalogDamagedError("the file is cut short")

    reading.read(fail)
    reading.host.do()
    assert (reading.pane.note, reading.pane.is_error) == ("the file is cut short", True)
    assert reading.got == []


def test_whoever_says_himself_what_went_wrong_is_told_the_reason(reading: Reading) -> None:
    reasons: list[str] = []
    reading.read(failed=reasons.append)
    reading.host.fail("kind", "no room")
    assert reasons == ["no room"]
    assert reading.pane.notes == []


def test_a_failure_that_is_no_news_is_not_said(reading: Reading) -> None:
    reading.read(failed=ignore)
    reading.host.fail("kind", "no room")
    assert reading.pane.notes == []


# -- a locked catalog ------------------------------------------------------------------------------------------


def test_a_read_that_is_locked_out_says_so_and_is_done_when_it_can_be(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beamtime_module, "_RETRY_S", 0.0)
    tries: list[str] = []

    def read(_: Task[Any]) -> str:
        tries.append(reading.pane.note or "")
        if len(tries) == 1:
            raise CatalogBusyError("the database is locked")
        return "it"

    reading.pane.say("")
    reading.read(read)
    reading.host.do()
    assert tries == ["", "the database is locked. Trying again…"]
    assert reading.got == ["it"]


def test_what_is_shown_stays_in_sight_while_a_newer_read_is_locked_out(reading: Reading) -> None:
    reading.read()
    reading.host.tell("kind", Waiting("the database is locked"))
    assert reading.pane.note is None


def test_what_the_catalog_says_is_made_printable(reading: Reading) -> None:
    reading.pane.say("")
    reading.read()
    reading.host.tell("kind", Waiting("a\x1b[2J\nb"))
    assert reading.pane.note == "a␛[2J␊b. Trying again…"


def test_a_read_that_nobody_would_miss_does_not_say_that_it_waits(reading: Reading) -> None:
    reading.pane.say("")
    reading.read(failed=ignore)
    reading.host.tell("kind", Waiting("the database is locked"))
    assert reading.pane.note == ""


def test_how_far_a_read_is_goes_to_whoever_wants_to_know(reading: Reading) -> None:
    steps: list[Progress] = []
    reading.read(progress=steps.append)
    reading.host.tell("kind", Progress(3, 10))
    assert steps == [Progress(3, 10)]
    reading.read()
    reading.host.tell("kind", Progress(3, 10))  # nobody asked
    assert reading.got == []
    assert reading.pane.notes == []


# -- what takes long -------------------------------------------------------------------------------------------


def test_a_slow_read_says_that_it_is_under_way_after_a_moment(reading: Reading) -> None:
    reading.read(slow="Reading the events…")
    host, pane = reading.host, reading.pane
    host.pass_time(STILL_READING_S - 0.01)
    assert pane.notes == []
    host.pass_time(0.02)
    assert pane.note == "Reading the events…"
    host.do()
    assert reading.got == ["it"]


@pytest.mark.parametrize("end", ["done", "failed", "locked", "cancelled", "other run"])
def test_what_is_no_longer_read_is_not_said_to_be(reading: Reading, end: str) -> None:
    reading.pane.say("")
    reading.read(slow="Reading…")
    match end:
        case "done":
            reading.host.do()
        case "failed":
            reading.host.fail("kind", "no")
        case "locked":
            reading.host.tell("kind", Waiting("locked"))
        case "cancelled":
            reading.host.cancel("kind")
        case _:
            reading.reads.forget_waits()
    reading.host.pass_time(1.0)
    assert "Reading…" not in reading.pane.notes


def test_a_series_of_reads_is_one_wait(reading: Reading) -> None:
    reading.read(slow="Reading…")
    reading.host.pass_time(0.2)
    reading.read(slow="Reading…")  # the next key, while the first one is still being read
    reading.host.pass_time(STILL_READING_S - 0.2)
    assert reading.pane.note == "Reading…"
