"""TaskRunner of a fast series that are finished: some of them come true, and the newest always."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from resonance_tui.session.tasks import Task, TaskRunner
from tests.unit.session.test_tasks import Held, Inbox, ask, soon


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def loads(inbox: Inbox) -> Iterator[TaskRunner]:
    made = TaskRunner(inbox.post)
    inbox.taken = made.delivered
    yield made
    made.close()


def begin(loads: TaskRunner, key: str, work: Held) -> Task[Any]:
    task = ask(loads, "frame", key, work, finish=True)
    assert work.begun.wait(10)
    return task


def test_what_is_under_way_is_finished_those_between_never_begin_and_the_newest_is_done(
    loads: TaskRunner, inbox: Inbox
) -> None:
    first, begun = Held(), []
    running = begin(loads, "first", first)
    between = [ask(loads, "frame", key, lambda task: begun.append(task.key), finish=True) for key in range(9)]
    assert running.wanted
    assert [task.wanted for task in between] == [False] * 8 + [True]
    first.go.set()
    assert [inbox.loaded().task.key, inbox.loaded().task.key] == ["first", 8]
    assert begun == [8]
    assert soon(lambda: not loads.busy())
    assert inbox.empty


def test_of_a_long_series_one_after_the_other_comes_true_until_the_newest(
    loads: TaskRunner, inbox: Inbox
) -> None:
    works = [Held() for _ in range(7)]
    begin(loads, "0", works[0])
    arrived = []
    for at, work in enumerate(works[1:], start=1):
        ask(loads, "frame", str(at), work, finish=True)
        if at % 2 == 0:  # as often as a read comes to its end, the newest one by then begins
            works[at - 2].go.set()
            arrived.append(inbox.loaded().task.key)
            assert work.begun.wait(10)
    works[-1].go.set()
    arrived.append(inbox.loaded().task.key)
    assert arrived == ["0", "2", "4", "6"]
    assert [work.begun.is_set() for work in works] == [True, False] * 3 + [True]


def test_a_failure_in_a_series_is_told_and_the_newest_is_done_all_the_same(
    loads: TaskRunner, inbox: Inbox
) -> None:
    broken = Held(lambda task: 1 / 0)
    begin(loads, "broken", broken)
    ask(loads, "frame", "newest", lambda task: "here", finish=True)
    broken.go.set()
    assert inbox.failed().task.key == "broken"
    assert inbox.loaded().task.key == "newest"


def test_a_request_that_is_not_of_the_series_drops_what_is_under_way(loads: TaskRunner, inbox: Inbox) -> None:
    held = Held()
    running = begin(loads, "series", held)
    waiting = ask(loads, "frame", "waiting", lambda task: None, finish=True)
    ask(loads, "frame", "alone", lambda task: None)
    assert not running.wanted
    assert not waiting.wanted
    held.go.set()
    assert inbox.loaded().task.key == "alone"
    assert soon(lambda: not loads.busy())
    assert inbox.empty


def test_dropping_a_series_drops_what_is_under_way_too(loads: TaskRunner, inbox: Inbox) -> None:
    held = Held()
    running = begin(loads, "series", held)
    waiting = ask(loads, "frame", "waiting", lambda task: None, finish=True)
    loads.cancel("frame")
    assert not running.wanted
    assert not waiting.wanted
    assert not loads.busy()
    held.go.set()
    ask(loads, "fence", "k", lambda task: None)
    assert inbox.loaded().task.kind == "fence"
    assert inbox.empty
