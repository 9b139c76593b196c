"""What comes of a task is given to whoever asked for it, as long as it is wanted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from resonance_tui.app.host import Outcome, ScreenHost
from resonance_tui.panes.signals import RunSelected
from resonance_tui.session.tasks import Task, TaskOutcome
from resonance_tui.text.run_overview import run_row
from tests.waiting import until


class Screen:
    """Keeps what is posted."""

    is_attached = True

    def __init__(self) -> None:
        self.posted: list[TaskOutcome] = []

    def post_message(self, message: Outcome) -> bool:
        self.posted.append(message.outcome)
        return True


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def host(screen: Screen) -> ScreenHost:
    return ScreenHost(cast(Any, screen), cast(Any, SimpleNamespace()))


def submit(host: ScreenHost, screen: Screen, kind: str = "curves", **how: Any) -> tuple[list[str], list[str]]:
    """Have something done, and wait until it waits to be delivered; what was shown, and what went wrong."""
    shown: list[str] = []
    failed: list[str] = []
    n = len(screen.posted)
    host.submit(Task(kind, "key", lambda _: "result"), shown.append, failed=failed.append, **how)
    until(lambda: len(screen.posted) > n, "the result")
    return shown, failed


def test_a_result_is_given_to_whoever_asked(host: ScreenHost, screen: Screen) -> None:
    shown, failed = submit(host, screen)
    assert host.busy("curves"), "until it is shown"
    host.deliver(screen.posted[0])
    assert (shown, failed) == (["result"], [])
    assert not host.busy("curves")


def test_a_result_that_was_cancelled_while_it_waited_is_not_shown(host: ScreenHost, screen: Screen) -> None:
    shown, failed = submit(host, screen)
    host.cancel("curves")
    host.deliver(screen.posted[0])
    assert (shown, failed) == ([], [])
    assert not host.busy("curves")


def test_of_a_kind_the_newest_is_shown_only(host: ScreenHost, screen: Screen) -> None:
    first, _ = submit(host, screen)
    second, _ = submit(host, screen)
    for outcome in list(screen.posted):
        host.deliver(outcome)
    assert (first, second) == ([], ["result"])


def test_of_a_fast_series_that_is_finished_each_is_shown(host: ScreenHost, screen: Screen) -> None:
    first, _ = submit(host, screen, finish=True)
    second, _ = submit(host, screen, finish=True)
    for outcome in list(screen.posted):
        host.deliver(outcome)
    assert (first, second) == (["result"], ["result"])


def test_what_is_about_another_run_is_dropped(host: ScreenHost, screen: Screen) -> None:
    host.publish(RunSelected(run_row("one", "scan", 1.7e9, None, "ps", None)))
    shown, _ = submit(host, screen, of_run="one")
    host.publish(RunSelected(run_row("next", "scan", 1.7e9, None, "ps", None)))
    host.deliver(screen.posted[0])
    assert shown == []


def test_what_fails_while_it_is_shown_costs_its_pane_only(host: ScreenHost, screen: Screen) -> None:
    failed: list[str] = []

    def show(_: object) -> None:
        raise ZeroDivisionError

    host.submit(Task("curves", "key", lambda _: 1), show, failed=failed.append)
    until(lambda: bool(screen.posted), "the result")
    host.deliver(screen.posted[0])
    assert len(failed) == 1
    assert failed[0].startswith("this cannot be shown")
