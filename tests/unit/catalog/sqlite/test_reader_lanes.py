"""Two lanes to a reader process: what the user waits for never queues behind what can be had later."""

from __future__ import annotations

import contextlib
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from resonance_tui.catalog import background_reads
from resonance_tui.catalog.sqlite import lanes as lanes_module
from resonance_tui.catalog.sqlite.lanes import BACKGROUND_AT_LEAST_EVERY_S, TwoLanes
from tests.waiting import PATIENCE_S, until

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTION_S = 0.05


class Askers:
    """Threads that ask one question each, over lanes whose clock a question moves on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.lanes = TwoLanes(lambda: self.now)
        self.order: list[str] = []
        self._threads: list[threading.Thread] = []

    def ask(self, name: str, question_s: float = QUESTION_S) -> None:
        with self.lanes.turn():
            self.order.append(name)
            self.now += question_s

    def come(self, name: str, *, background: bool = False, question_s: float = QUESTION_S) -> None:
        """Start one that has to wait; come back when it does."""

        def work() -> None:
            with background_reads() if background else contextlib.nullcontext():
                self.ask(name, question_s)

        before = sum(self.lanes.waiting)
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        until(lambda: sum(self.lanes.waiting) > before, "it waits")
        self._threads.append(thread)

    def all_done(self) -> list[str]:
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
        return self.order


def test_a_foreground_question_waits_for_the_one_under_way_and_for_no_other() -> None:
    askers = Askers()
    with background_reads(), askers.lanes.turn():
        for n in range(10):
            askers.come(f"background {n}", background=True)
        askers.come("foreground")
        assert askers.lanes.waiting == (1, 10)
    assert askers.all_done() == ["foreground", *(f"background {n}" for n in range(10))]
    assert askers.lanes.waiting == (0, 0)
    assert not askers.lanes.busy


def test_within_a_lane_who_comes_first_is_asked_first() -> None:
    askers = Askers()
    with askers.lanes.turn():
        for n in range(4):
            askers.come(f"b{n}", background=True)
            askers.come(f"f{n}")
    assert askers.all_done() == ["f0", "f1", "f2", "f3", "b0", "b1", "b2", "b3"]


def test_the_background_is_not_starved_and_gets_one_question_at_a_time() -> None:
    askers = Askers()
    share = BACKGROUND_AT_LEAST_EVERY_S / 2
    with askers.lanes.turn():
        for n in range(3):
            askers.come(f"b{n}", background=True)
        for n in range(5):
            askers.come(f"f{n}", question_s=share)
    assert askers.all_done() == ["f0", "f1", "b0", "f2", "f3", "b1", "f4", "b2"]


def test_a_question_that_fails_gives_its_turn_on() -> None:
    askers = Askers()

    def fail() -> None:
        with askers.lanes.turn():
            askers.come("next")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert askers.all_done() == ["next"]


@pytest.mark.parametrize("given", [False, True], ids=["still waiting", "just given the turn"])
def test_one_who_is_interrupted_while_waiting_blocks_nobody(
    monkeypatch: pytest.MonkeyPatch, given: bool
) -> None:
    lanes = TwoLanes()

    def interrupted() -> None:
        if given:
            lanes._release()
        raise KeyboardInterrupt

    event = SimpleNamespace(wait=interrupted, set=lambda: None)
    monkeypatch.setattr(lanes_module, "_Waiter", lambda since: SimpleNamespace(since=since, called=event))
    lanes._acquire(background=False)
    with pytest.raises(KeyboardInterrupt), lanes.turn():
        pytest.fail("it never had the turn")
    assert lanes.waiting == (0, 0)
    assert lanes.busy is not given
    if not given:
        lanes._release()
    with lanes.turn():
        pass
    assert not lanes.busy


def test_the_mark_is_the_threads_own_and_ends_with_its_block() -> None:
    def lane_of(mark: Callable[[], Any]) -> tuple[int, int]:
        lanes = TwoLanes()
        found: list[tuple[int, int]] = []
        with lanes.turn():

            def ask(lanes: TwoLanes = lanes) -> None:
                with mark(), lanes.turn():
                    pass

            thread = threading.Thread(target=ask)
            thread.start()
            until(lambda: sum(lanes.waiting), "it waits")
            found.append(lanes.waiting)
        thread.join(PATIENCE_S)
        return found[0]

    with background_reads():
        assert lane_of(contextlib.nullcontext) == (1, 0), "another thread's mark is not mine"
        assert lane_of(background_reads) == (0, 1)
        with background_reads():
            pass
        assert lanes_module._in_background.get()
    assert not lanes_module._in_background.get()
