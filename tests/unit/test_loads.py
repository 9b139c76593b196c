"""Reader threads: the newest request wins, dropped work stays silent, nothing hangs with a hung read."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.message import Message

from resonance_tui.catalog import CatalogBusyError, CatalogError
from resonance_tui.catalog.errors import foreign_errors
from resonance_tui.screens.loads import DroppedError, Loaded, LoadFailed, Loads, Ticket
from resonance_tui.user_files.log import end_log, start_log
from tests.waiting import PATIENCE_S

LONG = PATIENCE_S


class Inbox:
    """Takes what loads post, and hands it out in order."""

    def __init__(self) -> None:
        self._posted: queue.Queue[Message] = queue.Queue()
        self.taken: Callable[[Loaded | LoadFailed], None] = lambda _: None

    def post(self, message: Message) -> bool:
        self._posted.put(message)
        return True

    def loaded(self) -> Loaded:
        message = self._posted.get(timeout=LONG)
        assert isinstance(message, Loaded)
        self.taken(message)
        return message

    def failed(self) -> LoadFailed:
        message = self._posted.get(timeout=LONG)
        assert isinstance(message, LoadFailed)
        self.taken(message)
        return message

    @property
    def empty(self) -> bool:
        return self._posted.empty()


class Held:
    """Work that begins, waits to be let go, and ends as it is told to."""

    def __init__(self, end: Callable[[Ticket], object] = lambda ticket: "held") -> None:
        self.begun, self.go, self.ended = threading.Event(), threading.Event(), threading.Event()
        self._end = end

    def __call__(self, ticket: Ticket) -> object:
        self.begun.set()
        try:
            assert self.go.wait(LONG)
            return self._end(ticket)
        finally:
            self.ended.set()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def loads(inbox: Inbox) -> Iterator[Loads]:
    made = Loads(inbox.post)
    inbox.taken = made.taken
    yield made
    made.close()


def start(loads: Loads, group: str, key: str, work: Held) -> Ticket:
    ticket = loads.ask(group, key, work)
    assert work.begun.wait(LONG)
    return ticket


def soon(condition: Callable[[], bool]) -> bool:
    """Whether something becomes true before long."""
    end = time.monotonic() + LONG
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.001)
    return True


def threads_of(group: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == f"load-{group}"]


def test_what_the_work_returns_arrives_with_its_group_and_key(loads: Loads, inbox: Inbox) -> None:
    loads.ask("events", ("u1", 200), lambda ticket: "page")
    message = inbox.loaded()
    assert (message.group, message.key, message.value, message.final) == ("events", ("u1", 200), "page", True)


def test_the_work_runs_in_a_thread_of_its_group_and_not_in_the_callers(loads: Loads, inbox: Inbox) -> None:
    for _ in range(3):
        loads.ask("frame", 1, lambda ticket: threading.current_thread())
        assert inbox.loaded().value.name == "load-frame"
    loads.ask("plot", 1, lambda ticket: threading.current_thread())
    assert inbox.loaded().value.name == "load-plot"


def test_the_work_sees_its_own_ticket(loads: Loads, inbox: Inbox) -> None:
    ticket = loads.ask("events", "k", lambda ticket: ticket)
    assert inbox.loaded().value is ticket
    assert (ticket.group, ticket.key) == ("events", "k")
    assert ticket.wanted


def test_the_newest_request_of_a_group_wins_and_those_between_never_begin(loads: Loads, inbox: Inbox) -> None:
    first, begun = Held(), []
    start(loads, "frame", "0", first)
    for key in "123":
        loads.ask("frame", key, lambda ticket: begun.append(ticket.key))
    loads.ask("frame", "4", lambda ticket: begun.append(ticket.key))
    first.go.set()
    assert inbox.loaded().key == "4"
    assert begun == ["4"]
    assert inbox.empty


def test_dropped_work_is_told_and_its_result_never_arrives(loads: Loads, inbox: Inbox) -> None:
    old = Held(lambda ticket: "late")
    ticket = start(loads, "frame", "old", old)
    assert ticket.wanted
    ticket.check()
    loads.ask("frame", "new", lambda ticket: "new")
    assert not ticket.wanted
    with pytest.raises(DroppedError):
        ticket.check()
    old.go.set()
    assert inbox.loaded().value == "new"
    assert old.ended.is_set()
    assert inbox.empty


def test_dropping_a_group_forgets_what_runs_and_what_waits(loads: Loads, inbox: Inbox) -> None:
    running = Held()
    first = start(loads, "frame", "running", running)
    second = loads.ask("frame", "waiting", lambda ticket: "waiting")
    loads.drop("frame", "events", "no such group")
    assert not first.wanted
    assert not second.wanted
    running.go.set()
    loads.ask("frame", "after", lambda ticket: "after")
    assert inbox.loaded().value == "after"
    assert inbox.empty


def test_dropping_one_group_leaves_the_others(loads: Loads, inbox: Inbox) -> None:
    kept = Held()
    ticket = start(loads, "events", "kept", kept)
    loads.ask("frame", "f", lambda ticket: None)
    loads.drop("frame")
    assert ticket.wanted
    kept.go.set()
    arrived = [inbox.loaded().key]
    while "kept" not in arrived:  # what was dropped may have been done before
        arrived.append(inbox.loaded().key)
    assert not loads.busy("events")


def test_an_error_of_dropped_work_never_arrives(loads: Loads, inbox: Inbox) -> None:
    def fail(ticket: Ticket) -> None:
        raise OSError("late")

    old = Held(fail)
    start(loads, "frame", "old", old)
    loads.ask("frame", "new", lambda ticket: "new")
    old.go.set()
    assert inbox.loaded().value == "new"
    assert inbox.empty


def test_parts_of_dropped_work_never_arrive(loads: Loads, inbox: Inbox) -> None:
    outcome: list[str] = []

    def tell(ticket: Ticket) -> None:
        try:
            ticket.tell("late part")
        except DroppedError:
            outcome.append("dropped")
            raise

    old = Held(tell)
    start(loads, "plot", "old", old)
    loads.ask("plot", "new", lambda ticket: "new")
    old.go.set()
    assert inbox.loaded().value == "new"
    assert outcome == ["dropped"]
    assert inbox.empty


def test_parts_arrive_in_order_before_the_end(loads: Loads, inbox: Inbox) -> None:
    def work(ticket: Ticket) -> str:
        ticket.tell(1)
        ticket.tell(2)
        return "end"

    loads.ask("runs", "all", work)
    messages = [inbox.loaded() for _ in range(3)]
    assert [(m.group, m.key, m.value, m.final) for m in messages] == [
        ("runs", "all", 1, False),
        ("runs", "all", 2, False),
        ("runs", "all", "end", True),
    ]


def test_a_pause_ends_when_the_request_is_dropped(loads: Loads, inbox: Inbox) -> None:
    begun, outcome = threading.Event(), queue.Queue[str]()

    def work(ticket: Ticket) -> None:
        begun.set()
        try:
            ticket.wait(600)
        except DroppedError:
            outcome.put("dropped")
            raise
        outcome.put("waited")

    loads.ask("runs", "all", work)
    assert begun.wait(LONG)
    loads.drop("runs")
    assert outcome.get(timeout=LONG) == "dropped"
    loads.ask("runs", "next", lambda ticket: "next")
    assert inbox.loaded().value == "next"


def test_a_pause_of_wanted_work_just_ends(loads: Loads, inbox: Inbox) -> None:
    loads.ask("runs", "all", lambda ticket: ticket.wait(0.001))
    assert inbox.loaded().final


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (CatalogBusyError("locked until noon"), "locked until noon"),
        (OSError(28, "No space left on device"), "this cannot be shown (No space left on device)"),
        (OSError("disk on fire"), "this cannot be shown (unexpected OSError)"),
        (KeyError(), "this cannot be shown (unexpected KeyError)"),
        (IndexError("tuple index out of range"), "this cannot be shown (unexpected IndexError)"),
        (MemoryError("Unable to allocate 3.64 TiB"), "this cannot be shown (not enough memory)"),
    ],
)
def test_an_exception_becomes_a_message(loads: Loads, inbox: Inbox, error: Exception, reason: str) -> None:
    def work(ticket: Ticket) -> None:
        raise error

    loads.ask("events", "k", work)
    message = inbox.failed()
    assert (message.group, message.key, message.error, message.reason) == ("events", "k", error, reason)


def test_an_exception_nobody_foresaw_is_logged_and_its_reason_names_the_log(
    loads: Loads, inbox: Inbox, tmp_path: Path
) -> None:
    start_log(tmp_path / "x.log")
    try:
        loads.ask("events", "k", lambda ticket: [][0])
        assert (
            inbox.failed().reason
            == f"this cannot be shown (unexpected IndexError); details in {tmp_path / 'x.log'}"
        )
        assert "IndexError: list index out of range" in (tmp_path / "x.log").read_text()
    finally:
        end_log()


def test_an_error_of_the_core_is_logged_only_where_an_unexpected_one_is_behind_it(
    loads: Loads, inbox: Inbox, tmp_path: Path
) -> None:
    def foreign(ticket: Ticket) -> None:
        with foreign_errors(CatalogError, "the events cannot be looked at"):
            raise TypeError("what is behind it")

    def plain(ticket: Ticket) -> None:
        raise CatalogBusyError("locked until noon")

    def damaged(ticket: Ticket) -> None:
        raise CatalogError("the chunk is damaged") from RuntimeError("Zstd")

    start_log(tmp_path / "x.log")
    try:
        for work, reason in ((plain, "locked until noon"), (damaged, "the chunk is damaged")):
            loads.ask("events", "k", work)
            assert inbox.failed().reason == reason
        assert (tmp_path / "x.log").read_text() == ""
        loads.ask("events", "k", foreign)
        said = f"the events cannot be looked at (unexpected TypeError); details in {tmp_path / 'x.log'}"
        assert inbox.failed().reason == said
        assert "TypeError: what is behind it" in (tmp_path / "x.log").read_text()
    finally:
        end_log()


@pytest.mark.parametrize("text", ["first\nsecond", "a\x1b[2Jb", "ends\n"], ids=repr)
def test_the_reason_of_a_failure_is_one_plain_line(text: str) -> None:
    reason = LoadFailed("events", "k", CatalogError(text)).reason
    assert reason.isprintable()


def test_a_failure_leaves_its_group_working(loads: Loads, inbox: Inbox) -> None:
    loads.ask("events", "bad", lambda ticket: 1 / 0)
    assert isinstance(inbox.failed().error, ZeroDivisionError)
    loads.ask("events", "good", lambda ticket: "good")
    assert inbox.loaded().value == "good"


def test_work_can_give_up_by_itself_without_a_word(loads: Loads, inbox: Inbox) -> None:
    def work(ticket: Ticket) -> None:
        raise DroppedError

    loads.ask("events", "given up", work)
    loads.ask("fence", "k", lambda ticket: None)
    assert inbox.loaded().group == "fence"
    assert soon(lambda: not loads.busy())
    assert inbox.empty


def test_a_hung_load_does_not_keep_the_other_groups(loads: Loads, inbox: Inbox) -> None:
    hung = Held()
    start(loads, "frame", "hung", hung)
    for group in ("events", "plot", "card"):
        loads.ask(group, "k", lambda ticket: "here")
        assert inbox.loaded().group == group
    assert loads.busy("frame")
    hung.go.set()


def test_asking_and_dropping_never_wait_for_a_hung_load(loads: Loads) -> None:
    hung = Held()
    start(loads, "frame", "hung", hung)
    for key in range(1000):
        loads.ask("frame", key, lambda ticket: None)
    loads.drop("frame")
    loads.close()
    assert not hung.ended.is_set()
    hung.go.set()


def test_a_group_has_one_thread_and_it_is_a_daemon(loads: Loads, inbox: Inbox) -> None:
    for key in range(20):
        loads.ask("one thread", key, lambda ticket: None)
    assert inbox.loaded().group == "one thread"
    assert [thread.daemon for thread in threads_of("one thread")] == [True]


def test_a_hung_load_does_not_keep_the_process(
    python: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    code = """
import threading
from resonance_tui.catalog import CatalogBusyError, CatalogError
from resonance_tui.screens.loads import Loads
begun = threading.Event()
def hang(ticket):
    begun.set()
    threading.Event().wait(600)
loads = Loads(print)
loads.ask("frame", "k", hang)
assert begun.wait(60)
loads.close()
print("done")
"""
    done = python(code, timeout=PATIENCE_S)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_busy_says_whether_there_is_something_to_do(loads: Loads, inbox: Inbox) -> None:
    assert not loads.busy()
    assert not loads.busy("events")
    held = Held()
    start(loads, "events", "k", held)
    assert loads.busy()
    assert loads.busy("frame", "events")
    assert not loads.busy("frame")
    held.go.set()
    assert inbox.loaded().key == "k"
    assert not loads.busy()


@pytest.mark.parametrize("work", [lambda _: "a result", lambda _: [][0]], ids=["a result", "a failure"])
def test_a_group_is_at_rest_once_what_came_of_its_load_is_taken_not_before(
    work: Callable[[Ticket], Any],
) -> None:
    found: queue.Queue[tuple[bool, bool]] = queue.Queue()

    def take(message: Message) -> None:
        assert isinstance(message, Loaded | LoadFailed)
        before = loads.busy("g")
        loads.taken(message)
        found.put((before, loads.busy("g")))

    loads = Loads(take)
    try:
        loads.ask("g", "k", work)
        assert found.get(timeout=LONG) == (True, False)
    finally:
        loads.close()


def test_work_nobody_wants_any_more_is_not_busy(loads: Loads) -> None:
    held = Held()
    start(loads, "events", "k", held)
    loads.drop("events")
    assert not loads.busy()
    loads.ask("events", "next", lambda ticket: None)
    assert loads.busy("events")
    held.go.set()


def test_after_closing_nothing_arrives_and_the_threads_end(inbox: Inbox) -> None:
    loads = Loads(inbox.post)
    inbox.taken = loads.taken
    held = Held()
    ticket = start(loads, "closing", "k", held)
    (thread,) = threads_of("closing")
    loads.close()
    loads.close()
    assert not ticket.wanted
    assert not loads.busy()
    held.go.set()
    thread.join(LONG)
    assert not thread.is_alive()
    assert inbox.empty


def test_what_is_asked_after_closing_is_not_done_and_not_waited_for(inbox: Inbox) -> None:
    loads = Loads(inbox.post)
    inbox.taken = loads.taken
    loads.close()
    begun = threading.Event()
    loads.ask("too late", "k", lambda ticket: begun.set())
    assert threads_of("too late") == []
    assert not begun.is_set()
    assert not loads.busy()


def test_requests_from_several_threads_end_with_one_result_each_group(loads: Loads, inbox: Inbox) -> None:
    def ask(group: str) -> None:
        for key in range(200):
            loads.ask(group, key, lambda ticket: ticket.key)

    askers = [threading.Thread(target=ask, args=(f"g{i}",)) for i in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    last: dict[str, object] = {}
    while last != dict.fromkeys(("g0", "g1", "g2", "g3"), 199):
        message = inbox.loaded()
        last[message.group] = message.value
    assert soon(lambda: not loads.busy())
    assert inbox.empty
