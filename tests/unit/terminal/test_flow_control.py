"""The way to the terminal: one picture at a time, fewer on a slow link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from resonance_tui.terminal import flow_control as module
from resonance_tui.terminal.flow_control import DSR_QUERY, MOST_BYTES, FlowControl


class FakeTimer:
    def __init__(self, at: float, callback: Callable[[], object]) -> None:
        self.at, self.callback, self.stopped = at, callback, False

    def stop(self) -> None:
        self.stopped = True


class World:
    """A clock, the timers that hang on it, and a link to a terminal that answers when told to."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.timers: list[FakeTimer] = []
        self.written: list[str] = []
        self.freed = 0
        self.flow = FlowControl(self.written.append, cast("Any", self), self.free)

    def free(self) -> None:
        assert not self.flow.busy
        self.freed += 1

    def set_timer(self, delay: float, callback: Callable[[], object]) -> FakeTimer:
        assert delay > 0
        timer = FakeTimer(self.now + delay, callback)
        self.timers.append(timer)
        return timer

    def wait(self, seconds: float) -> None:
        """Let time pass, timers ringing when theirs has come."""
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer.at <= end]:
            timer = min(due, key=lambda timer: timer.at)
            self.timers.remove(timer)
            self.now = max(self.now, timer.at)
            if not timer.stopped:
                timer.callback()
        self.now = end

    def send(self, trip: float | None = 0.1, size: int = 1000) -> None:
        """A picture, answered after `trip` seconds."""
        self.flow.pictures_sent(size)
        if trip is not None:
            self.wait(trip)
            self.flow.on_report()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(module.time, "monotonic", lambda: made.now)
    return made


# -- one picture at a time -------------------------------------------------------------------------------


def test_at_first_the_link_is_free(world: World) -> None:
    assert not world.flow.busy
    assert not world.flow.waiting
    assert world.written == []


def test_behind_a_picture_the_terminal_is_asked(world: World) -> None:
    world.send(None)
    assert world.written == [DSR_QUERY]
    assert not world.flow.waiting, "nobody knows whether it answers at all"
    world.flow.on_report()
    world.send(None)
    assert world.flow.waiting


def test_as_long_as_the_terminal_never_answered_nobody_waits_for_it(world: World) -> None:
    world.send(None)
    world.send(None)
    assert not world.flow.busy
    assert world.written == [DSR_QUERY]


def test_the_link_is_busy_until_the_answer(world: World) -> None:
    world.send()
    assert not world.flow.busy
    world.send(None)
    assert world.flow.busy
    assert world.freed == 1
    world.flow.on_report()
    assert not world.flow.busy
    assert not world.flow.waiting
    assert world.freed == 2
    assert world.written == [DSR_QUERY, DSR_QUERY]


def test_an_answer_nobody_asked_for_does_no_harm_and_shows_that_there_is_a_terminal(world: World) -> None:
    world.flow.on_report()
    assert world.freed == 0
    assert world.flow.last_trip is None
    world.send(None)
    assert world.flow.busy


def test_the_time_of_a_picture_is_known(world: World) -> None:
    world.send(0.125)
    assert world.flow.last_trip == pytest.approx(0.125)


# -- lost answers ----------------------------------------------------------------------------------------


def test_after_a_lost_answer_the_link_is_free_again(world: World) -> None:
    world.send()
    world.send(None)
    world.wait(2.5)
    assert world.flow.busy
    world.wait(1.0)
    assert not world.flow.busy
    assert world.freed == 2
    world.send(None)
    assert world.written == [DSR_QUERY] * 3


def test_a_timely_answer_is_not_taken_for_lost_later(world: World) -> None:
    world.send(0.1)
    world.wait(2.8)
    world.send(None)
    world.wait(0.5)  # three seconds after the first picture
    assert world.flow.busy
    world.wait(3.0)
    assert not world.flow.busy


def test_a_terminal_that_does_not_answer_is_waited_for_no_more_but_gets_pauses(world: World) -> None:
    world.send()
    for _ in range(2):
        world.send(None)
        world.wait(3.5)
    freed = world.freed
    world.send(None)
    assert world.flow.busy
    world.wait(0.1)
    assert not world.flow.busy
    assert world.freed == freed + 1


def test_one_lost_answer_is_forgotten_with_the_next_that_comes(world: World) -> None:
    for _ in range(3):
        world.send()
        world.send(None)
        world.wait(3.5)
    asked = len(world.written)
    world.send(None)
    assert len(world.written) == asked + 1


# -- quality ---------------------------------------------------------------------------------------------


def test_slow_answers_reduce_the_quality_step_by_step_to_the_worst(world: World) -> None:
    found = []
    for _ in range(5):
        world.send(0.5)
        found.append(world.flow.quality_steps_down)
    assert found == [1, 2, 3, 3, 3]


def test_fast_answers_bring_the_quality_back_step_by_step(world: World) -> None:
    for _ in range(3):
        world.send(0.5)
    found = []
    for _ in range(4):
        world.send(0.02)
        found.append(world.flow.quality_steps_down)
    assert found == [2, 1, 0, 0]


def test_answers_in_between_leave_the_quality_as_it_is(world: World) -> None:
    world.send(0.5)
    for _ in range(4):
        world.send(0.15)
    assert world.flow.quality_steps_down == 1


# -- bytes per second ------------------------------------------------------------------------------------


def test_too_many_bytes_in_a_second_make_a_pause_until_it_is_over(world: World) -> None:
    world.send(0.1, MOST_BYTES // 2)
    world.send(0.1, MOST_BYTES // 2)
    assert not world.flow.busy
    world.send(0.1, 10_000)
    assert world.flow.busy
    freed = world.freed
    world.wait(0.6)
    assert world.flow.busy
    world.wait(0.2)
    assert not world.flow.busy
    assert world.freed == freed + 1


def test_the_answer_does_not_end_a_pause_and_its_end_does_not_end_the_wait_for_an_answer(
    world: World,
) -> None:
    world.send(0.01)
    freed = world.freed
    world.send(0.1, MOST_BYTES + 1)
    assert world.flow.busy
    assert world.freed == freed
    world.wait(2)
    assert not world.flow.busy
    world.send(None, MOST_BYTES + 1)
    world.wait(1.5)
    assert world.flow.busy
    world.flow.on_report()
    assert not world.flow.busy


def test_many_bytes_over_a_longer_time_need_no_pause(world: World) -> None:
    for _ in range(20):
        world.send(0.1, MOST_BYTES // 20)
        assert not world.flow.busy


@pytest.mark.parametrize("size", [30_000, 100_000, 400_000])
def test_whoever_sends_as_soon_as_he_may_stays_within_the_bytes(world: World, size: int) -> None:
    sent: list[float] = []
    for _ in range(1000):
        if not world.flow.busy:
            world.flow.pictures_sent(size)
            sent.append(world.now)
            world.wait(0.005)
            world.flow.on_report()
        world.wait(0.005)
    assert len(sent) > 5
    for at in sent:
        in_a_second = sum(1 for other in sent if at <= other < at + 1.0)
        assert in_a_second * size <= MOST_BYTES + size


# -- words -----------------------------------------------------------------------------------------------


def test_what_went_over_the_link_is_told(world: World) -> None:
    assert world.flow.text() == "0.0 kB unanswered · 0 kB/s · 0.0 MB"
    world.send(0.25, 600_000)
    world.send(0.1, 12_300)
    assert world.flow.text() == "12.3 kB in 100 ms · 612 kB/s · 0.6 MB · quality −1"
    world.wait(5)
    assert "· 0 kB/s ·" in world.flow.text()


def test_a_terminal_that_answers_late_is_asked_and_waited_for_again(world: World) -> None:
    world.send()
    for _ in range(2):
        world.send(None)
        world.wait(3.5)
    world.flow.on_report()
    world.send(None)
    world.wait(0.1)
    assert world.flow.busy
    world.flow.on_report()
    assert not world.flow.busy


def test_no_more_than_a_megabyte_a_second_goes_to_a_terminal_that_does_not_answer(world: World) -> None:
    for _ in range(2):
        world.send(None)
        world.wait(3.5)
    begun, sent = world.now, 0
    while world.now - begun < 5.0:
        if not world.flow.busy:
            world.send(None, size=400_000)
            sent += 400_000
        world.wait(0.02)
    assert sent / 5.0 <= 1.5 * MOST_BYTES
    assert sent > 0
