"""Loads of a fast series that are finished: some of them come true, and the newest always."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resonance_tui.screens.loads import Loads, Ticket
from tests.unit.test_loads import Held, Inbox, soon


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def loads(inbox: Inbox) -> Iterator[Loads]:
    made = Loads(inbox.post)
    inbox.taken = made.taken
    yield made
    made.close()


def begin(loads: Loads, key: str, work: Held) -> Ticket:
    ticket = loads.ask("frame", key, work, finish=True)
    assert work.begun.wait(10)
    return ticket


def test_what_is_under_way_is_finished_those_between_never_begin_and_the_newest_is_done(
    loads: Loads, inbox: Inbox
) -> None:
    first, begun = Held(), []
    running = begin(loads, "first", first)
    between = [
        loads.ask("frame", key, lambda ticket: begun.append(ticket.key), finish=True) for key in range(9)
    ]
    assert running.wanted
    assert [ticket.wanted for ticket in between] == [False] * 8 + [True]
    first.go.set()
    assert [inbox.loaded().key, inbox.loaded().key] == ["first", 8]
    assert begun == [8]
    assert soon(lambda: not loads.busy())
    assert inbox.empty


def test_of_a_long_series_one_after_the_other_comes_true_until_the_newest(loads: Loads, inbox: Inbox) -> None:
    works = [Held() for _ in range(7)]
    begin(loads, "0", works[0])
    arrived = []
    for at, work in enumerate(works[1:], start=1):
        loads.ask("frame", str(at), work, finish=True)
        if at % 2 == 0:  # as often as a read comes to its end, the newest one by then begins
            works[at - 2].go.set()
            arrived.append(inbox.loaded().key)
            assert work.begun.wait(10)
    works[-1].go.set()
    arrived.append(inbox.loaded().key)
    assert arrived == ["0", "2", "4", "6"]
    assert [work.begun.is_set() for work in works] == [True, False] * 3 + [True]


def test_a_failure_in_a_series_is_told_and_the_newest_is_done_all_the_same(
    loads: Loads, inbox: Inbox
) -> None:
    broken = Held(lambda ticket: 1 / 0)
    begin(loads, "broken", broken)
    loads.ask("frame", "newest", lambda ticket: "here", finish=True)
    broken.go.set()
    assert inbox.failed().key == "broken"
    assert inbox.loaded().key == "newest"


def test_a_request_that_is_not_of_the_series_drops_what_is_under_way(loads: Loads, inbox: Inbox) -> None:
    held = Held()
    running = begin(loads, "series", held)
    waiting = loads.ask("frame", "waiting", lambda ticket: None, finish=True)
    loads.ask("frame", "alone", lambda ticket: None)
    assert not running.wanted
    assert not waiting.wanted
    held.go.set()
    assert inbox.loaded().key == "alone"
    assert soon(lambda: not loads.busy())
    assert inbox.empty


def test_dropping_a_series_drops_what_is_under_way_too(loads: Loads, inbox: Inbox) -> None:
    held = Held()
    running = begin(loads, "series", held)
    waiting = loads.ask("frame", "waiting", lambda ticket: None, finish=True)
    loads.drop("frame")
    assert not running.wanted
    assert not waiting.wanted
    assert not loads.busy()
    held.go.set()
    loads.ask("fence", "k", lambda ticket: None)
    assert inbox.loaded().group == "fence"
    assert inbox.empty
