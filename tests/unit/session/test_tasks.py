"""Reader threads: the newest request wins, dropped work stays silent, nothing hangs with a hung read."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.catalog import CatalogBusyError, CatalogError
from resonance_tui.catalog.errors import foreign_errors
from resonance_tui.session.tasks import (
    Task,
    TaskCancelledError,
    TaskFailed,
    TaskOutcome,
    TaskResult,
    TaskRunner,
)
from resonance_tui.user_files.log import end_log, start_log
from tests.waiting import PATIENCE_S

LONG = PATIENCE_S


class Inbox:
    """Takes what loads post, and hands it out in order."""

    def __init__(self) -> None:
        self._posted: queue.Queue[TaskOutcome] = queue.Queue()
        self.taken: Callable[[TaskOutcome], None] = lambda _: None

    def post(self, message: TaskOutcome) -> bool:
        self._posted.put(message)
        return True

    def loaded(self) -> TaskResult[Any]:
        message = self._posted.get(timeout=LONG)
        assert isinstance(message, TaskResult)
        self.taken(message)
        return message

    def failed(self) -> TaskFailed:
        message = self._posted.get(timeout=LONG)
        assert isinstance(message, TaskFailed)
        self.taken(message)
        return message

    @property
    def empty(self) -> bool:
        return self._posted.empty()


def ask(
    runner: TaskRunner, kind: str, key: Hashable, work: Callable[[Task[Any]], Any], *, finish: bool = False
) -> Task[Any]:
    return runner.submit(Task(kind, key, work), finish=finish)


class Held:
    """Work that begins, waits to be let go, and ends as it is told to."""

    def __init__(self, end: Callable[[Task[Any]], object] = lambda task: "held") -> None:
        self.begun, self.go, self.ended = threading.Event(), threading.Event(), threading.Event()
        self._end = end

    def __call__(self, task: Task[Any]) -> object:
        self.begun.set()
        try:
            assert self.go.wait(LONG)
            return self._end(task)
        finally:
            self.ended.set()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def loads(inbox: Inbox) -> Iterator[TaskRunner]:
    made = TaskRunner(inbox.post)
    inbox.taken = made.delivered
    yield made
    made.close()


def start(loads: TaskRunner, group: str, key: str, work: Held) -> Task[Any]:
    task = ask(loads, group, key, work)
    assert work.begun.wait(LONG)
    return task


def soon(condition: Callable[[], bool]) -> bool:
    """Whether something becomes true before long."""
    end = time.monotonic() + LONG
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.001)
    return True


def threads_of(group: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == f"task-{group}"]


def test_what_the_work_returns_arrives_with_its_group_and_key(loads: TaskRunner, inbox: Inbox) -> None:
    ask(loads, "events", ("u1", 200), lambda task: "page")
    message = inbox.loaded()
    assert (message.task.kind, message.task.key, message.value, message.final) == (
        "events",
        ("u1", 200),
        "page",
        True,
    )


def test_the_work_runs_in_a_thread_of_its_group_and_not_in_the_callers(
    loads: TaskRunner, inbox: Inbox
) -> None:
    for _ in range(3):
        ask(loads, "frame", 1, lambda task: threading.current_thread())
        assert inbox.loaded().value.name == "task-frame"
    ask(loads, "plot", 1, lambda task: threading.current_thread())
    assert inbox.loaded().value.name == "task-plot"


def test_the_work_sees_its_own_ticket(loads: TaskRunner, inbox: Inbox) -> None:
    task = ask(loads, "events", "k", lambda task: task)
    assert inbox.loaded().value is task
    assert (task.kind, task.key) == ("events", "k")
    assert task.wanted


def test_the_newest_request_of_a_group_wins_and_those_between_never_begin(
    loads: TaskRunner, inbox: Inbox
) -> None:
    first, begun = Held(), []
    start(loads, "frame", "0", first)
    for key in "123":
        ask(loads, "frame", key, lambda task: begun.append(task.key))
    ask(loads, "frame", "4", lambda task: begun.append(task.key))
    first.go.set()
    assert inbox.loaded().task.key == "4"
    assert begun == ["4"]
    assert inbox.empty


def test_dropped_work_is_told_and_its_result_never_arrives(loads: TaskRunner, inbox: Inbox) -> None:
    old = Held(lambda task: "late")
    task = start(loads, "frame", "old", old)
    assert task.wanted
    task.check()
    ask(loads, "frame", "new", lambda task: "new")
    assert not task.wanted
    with pytest.raises(TaskCancelledError):
        task.check()
    old.go.set()
    assert inbox.loaded().value == "new"
    assert old.ended.is_set()
    assert inbox.empty


def test_dropping_a_group_forgets_what_runs_and_what_waits(loads: TaskRunner, inbox: Inbox) -> None:
    running = Held()
    first = start(loads, "frame", "running", running)
    second = ask(loads, "frame", "waiting", lambda task: "waiting")
    loads.cancel("frame", "events", "no such group")
    assert not first.wanted
    assert not second.wanted
    running.go.set()
    ask(loads, "frame", "after", lambda task: "after")
    assert inbox.loaded().value == "after"
    assert inbox.empty


def test_dropping_one_group_leaves_the_others(loads: TaskRunner, inbox: Inbox) -> None:
    kept = Held()
    task = start(loads, "events", "kept", kept)
    ask(loads, "frame", "f", lambda task: None)
    loads.cancel("frame")
    assert task.wanted
    kept.go.set()
    arrived = [inbox.loaded().task.key]
    while "kept" not in arrived:  # what was dropped may have been done before
        arrived.append(inbox.loaded().task.key)
    assert not loads.busy("events")


def test_an_error_of_dropped_work_never_arrives(loads: TaskRunner, inbox: Inbox) -> None:
    def fail(task: Task[Any]) -> None:
        raise OSError("late")

    old = Held(fail)
    start(loads, "frame", "old", old)
    ask(loads, "frame", "new", lambda task: "new")
    old.go.set()
    assert inbox.loaded().value == "new"
    assert inbox.empty


def test_parts_of_dropped_work_never_arrive(loads: TaskRunner, inbox: Inbox) -> None:
    outcome: list[str] = []

    def tell(task: Task[Any]) -> None:
        try:
            task.report("late part")
        except TaskCancelledError:
            outcome.append("dropped")
            raise

    old = Held(tell)
    start(loads, "plot", "old", old)
    ask(loads, "plot", "new", lambda task: "new")
    old.go.set()
    assert inbox.loaded().value == "new"
    assert outcome == ["dropped"]
    assert inbox.empty


def test_parts_arrive_in_order_before_the_end(loads: TaskRunner, inbox: Inbox) -> None:
    def work(task: Task[Any]) -> str:
        task.report(1)
        task.report(2)
        return "end"

    ask(loads, "runs", "all", work)
    messages = [inbox.loaded() for _ in range(3)]
    assert [(m.task.kind, m.task.key, m.value, m.final) for m in messages] == [
        ("runs", "all", 1, False),
        ("runs", "all", 2, False),
        ("runs", "all", "end", True),
    ]


def test_a_pause_ends_when_the_request_is_dropped(loads: TaskRunner, inbox: Inbox) -> None:
    begun, outcome = threading.Event(), queue.Queue[str]()

    def work(task: Task[Any]) -> None:
        begun.set()
        try:
            task.wait(600)
        except TaskCancelledError:
            outcome.put("dropped")
            raise
        outcome.put("waited")

    ask(loads, "runs", "all", work)
    assert begun.wait(LONG)
    loads.cancel("runs")
    assert outcome.get(timeout=LONG) == "dropped"
    ask(loads, "runs", "next", lambda task: "next")
    assert inbox.loaded().value == "next"


def test_a_pause_of_wanted_work_just_ends(loads: TaskRunner, inbox: Inbox) -> None:
    ask(loads, "runs", "all", lambda task: task.wait(0.001))
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
def test_an_exception_becomes_a_message(
    loads: TaskRunner, inbox: Inbox, error: Exception, reason: str
) -> None:
    def work(task: Task[Any]) -> None:
        raise error

    ask(loads, "events", "k", work)
    message = inbox.failed()
    assert (message.task.kind, message.task.key, message.error, message.reason) == (
        "events",
        "k",
        error,
        reason,
    )


def test_an_exception_nobody_foresaw_is_logged_and_its_reason_names_the_log(
    loads: TaskRunner, inbox: Inbox, tmp_path: Path
) -> None:
    start_log(tmp_path / "x.log")
    try:
        ask(loads, "events", "k", lambda task: [][0])
        assert (
            inbox.failed().reason
            == f"this cannot be shown (unexpected IndexError); details in {tmp_path / 'x.log'}"
        )
        assert "IndexError: list index out of range" in (tmp_path / "x.log").read_text()
    finally:
        end_log()


def test_an_error_of_the_core_is_logged_only_where_an_unexpected_one_is_behind_it(
    loads: TaskRunner, inbox: Inbox, tmp_path: Path
) -> None:
    def foreign(task: Task[Any]) -> None:
        with foreign_errors(CatalogError, "the events cannot be looked at"):
            raise TypeError("what is behind it")

    def plain(task: Task[Any]) -> None:
        raise CatalogBusyError("locked until noon")

    def damaged(task: Task[Any]) -> None:
        raise CatalogError("the chunk is damaged") from RuntimeError("Zstd")

    start_log(tmp_path / "x.log")
    try:
        for work, reason in ((plain, "locked until noon"), (damaged, "the chunk is damaged")):
            ask(loads, "events", "k", work)
            assert inbox.failed().reason == reason
        assert (tmp_path / "x.log").read_text() == ""
        ask(loads, "events", "k", foreign)
        said = f"the events cannot be looked at (unexpected TypeError); details in {tmp_path / 'x.log'}"
        assert inbox.failed().reason == said
        assert "TypeError: what is behind it" in (tmp_path / "x.log").read_text()
    finally:
        end_log()


@pytest.mark.parametrize("text", ["first\nsecond", "a\x1b[2Jb", "ends\n"], ids=repr)
def test_the_reason_of_a_failure_is_one_plain_line(text: str) -> None:
    reason = TaskFailed(Task("events", "k", lambda _: None), CatalogError(text)).reason
    assert reason.isprintable()


def test_a_failure_leaves_its_group_working(loads: TaskRunner, inbox: Inbox) -> None:
    ask(loads, "events", "bad", lambda task: 1 / 0)
    assert isinstance(inbox.failed().error, ZeroDivisionError)
    ask(loads, "events", "good", lambda task: "good")
    assert inbox.loaded().value == "good"


def test_work_can_give_up_by_itself_without_a_word(loads: TaskRunner, inbox: Inbox) -> None:
    def work(task: Task[Any]) -> None:
        raise TaskCancelledError

    ask(loads, "events", "given up", work)
    ask(loads, "fence", "k", lambda task: None)
    assert inbox.loaded().task.kind == "fence"
    assert soon(lambda: not loads.busy())
    assert inbox.empty


def test_a_hung_load_does_not_keep_the_other_groups(loads: TaskRunner, inbox: Inbox) -> None:
    hung = Held()
    start(loads, "frame", "hung", hung)
    for group in ("events", "plot", "details"):
        ask(loads, group, "k", lambda task: "here")
        assert inbox.loaded().task.kind == group
    assert loads.busy("frame")
    hung.go.set()


def test_asking_and_dropping_never_wait_for_a_hung_load(loads: TaskRunner) -> None:
    hung = Held()
    start(loads, "frame", "hung", hung)
    for key in range(1000):
        ask(loads, "frame", key, lambda task: None)
    loads.cancel("frame")
    loads.close()
    assert not hung.ended.is_set()
    hung.go.set()


def test_a_group_has_one_thread_and_it_is_a_daemon(loads: TaskRunner, inbox: Inbox) -> None:
    for key in range(20):
        ask(loads, "one thread", key, lambda task: None)
    assert inbox.loaded().task.kind == "one thread"
    assert [thread.daemon for thread in threads_of("one thread")] == [True]


def test_a_hung_load_does_not_keep_the_process(
    python: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    code = """
import threading
from resonance_tui.catalog import CatalogBusyError, CatalogError
from resonance_tui.session.tasks import Task, TaskRunner
begun = threading.Event()
def hang(task):
    begun.set()
    threading.Event().wait(600)
loads = TaskRunner(print)
loads.submit(Task("frame", "k", hang))
assert begun.wait(60)
loads.close()
print("done")
"""
    done = python(code, timeout=PATIENCE_S)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_busy_says_whether_there_is_something_to_do(loads: TaskRunner, inbox: Inbox) -> None:
    assert not loads.busy()
    assert not loads.busy("events")
    held = Held()
    start(loads, "events", "k", held)
    assert loads.busy()
    assert loads.busy("frame", "events")
    assert not loads.busy("frame")
    held.go.set()
    assert inbox.loaded().task.key == "k"
    assert not loads.busy()


@pytest.mark.parametrize("work", [lambda _: "a result", lambda _: [][0]], ids=["a result", "a failure"])
def test_a_group_is_at_rest_once_what_came_of_its_load_is_taken_not_before(
    work: Callable[[Task[Any]], Any],
) -> None:
    found: queue.Queue[tuple[bool, bool]] = queue.Queue()

    def take(message: TaskOutcome) -> None:
        assert isinstance(message, TaskResult | TaskFailed)
        before = loads.busy("g")
        loads.delivered(message)
        found.put((before, loads.busy("g")))

    loads = TaskRunner(take)
    try:
        ask(loads, "g", "k", work)
        assert found.get(timeout=LONG) == (True, False)
    finally:
        loads.close()


def test_work_nobody_wants_any_more_is_not_busy(loads: TaskRunner) -> None:
    held = Held()
    start(loads, "events", "k", held)
    loads.cancel("events")
    assert not loads.busy()
    ask(loads, "events", "next", lambda task: None)
    assert loads.busy("events")
    held.go.set()


def test_after_closing_nothing_arrives_and_the_threads_end(inbox: Inbox) -> None:
    loads = TaskRunner(inbox.post)
    inbox.taken = loads.delivered
    held = Held()
    task = start(loads, "closing", "k", held)
    (thread,) = threads_of("closing")
    loads.close()
    loads.close()
    assert not task.wanted
    assert not loads.busy()
    held.go.set()
    thread.join(LONG)
    assert not thread.is_alive()
    assert inbox.empty


def test_what_is_asked_after_closing_is_not_done_and_not_waited_for(inbox: Inbox) -> None:
    loads = TaskRunner(inbox.post)
    inbox.taken = loads.delivered
    loads.close()
    begun = threading.Event()
    ask(loads, "too late", "k", lambda task: begun.set())
    assert threads_of("too late") == []
    assert not begun.is_set()
    assert not loads.busy()


def test_requests_from_several_threads_end_with_one_result_each_group(
    loads: TaskRunner, inbox: Inbox
) -> None:
    def ask_again_and_again(group: str) -> None:
        for key in range(200):
            ask(loads, group, key, lambda task: task.key)

    askers = [threading.Thread(target=ask_again_and_again, args=(f"g{i}",)) for i in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    last: dict[str, object] = {}
    while last != dict.fromkeys(("g0", "g1", "g2", "g3"), 199):
        message = inbox.loaded()
        last[message.task.kind] = message.value
    assert soon(lambda: not loads.busy())
    assert inbox.empty
