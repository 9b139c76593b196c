"""What is drawn to fit waits until it is known which panes are in sight, and they were laid out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from resonance_tui.panes.placement import UNKNOWN_FOR_S, Placement
from tests.unit.panes.fake_host import FakeHost


class Laid:
    """A pane that is drawn when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def when_drawn(self, action: Callable[[], object]) -> None:
        self.waiting.append(action)

    def draw(self) -> None:
        waiting, self.waiting = self.waiting, []
        for action in waiting:
            action()


@pytest.fixture
def pane() -> Laid:
    return Laid()


@pytest.fixture
def placement(host: FakeHost, pane: Laid) -> Placement:
    return Placement(host, pane)


def test_it_is_done_once_the_layout_is_known_and_drawn(placement: Placement, pane: Laid) -> None:
    done: list[str] = []
    placement.then(lambda: done.append("curves"))
    assert (done, placement.pending) == ([], True)
    placement.known()
    assert done == []
    pane.draw()
    assert (done, placement.pending) == (["curves"], False)


def test_where_it_is_known_already_only_the_drawing_is_waited_for(placement: Placement, pane: Laid) -> None:
    done: list[str] = []
    placement.known()
    placement.then(lambda: done.append("curves"))
    pane.draw()
    assert done == ["curves"]


def test_where_it_stays_unknown_it_is_done_all_the_same_and_once(
    placement: Placement, pane: Laid, host: FakeHost
) -> None:
    done: list[str] = []
    placement.then(lambda: done.append("curves"))
    host.pass_time(UNKNOWN_FOR_S)
    assert done == ["curves"]
    placement.known()
    pane.draw()
    assert done == ["curves"]


def test_what_was_asked_for_one_run_is_not_done_in_the_next(
    placement: Placement, pane: Laid, host: FakeHost
) -> None:
    done: list[str] = []
    placement.known()
    placement.then(lambda: done.append("one"))
    placement.clear()
    pane.draw()
    host.pass_time(UNKNOWN_FOR_S)
    assert done == []


def test_a_drawing_that_was_awaited_for_one_run_is_not_that_of_the_next(
    placement: Placement, pane: Laid
) -> None:
    done: list[str] = []
    placement.known()
    placement.then(lambda: done.append("one"))
    placement.clear()
    placement.then(lambda: done.append("next"))
    pane.draw()
    assert done == [], "the layout of the next run is not known yet"
    placement.known()
    pane.draw()
    assert done == ["next"]
