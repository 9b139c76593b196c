"""One thing that is to be done later."""

from __future__ import annotations

from resonance_tui.panes.later import Later
from tests.unit.panes.fake_host import FakeHost


def test_it_is_done_when_its_time_has_come_and_not_before(host: FakeHost) -> None:
    done: list[str] = []
    later = Later(host)
    assert not later.pending
    later.start(1.0, lambda: done.append("it"))
    assert later.pending
    host.pass_time(0.9)
    assert done == []
    host.pass_time(0.2)
    assert done == ["it"]
    assert not later.pending


def test_what_is_asked_for_next_takes_its_place(host: FakeHost) -> None:
    done: list[str] = []
    later = Later(host)
    later.start(1.0, lambda: done.append("old"))
    host.pass_time(0.5)
    later.start(1.0, lambda: done.append("new"))
    host.pass_time(0.9)
    assert done == []
    host.pass_time(0.2)
    assert done == ["new"]


def test_what_was_stopped_is_not_done(host: FakeHost) -> None:
    done: list[str] = []
    later = Later(host)
    later.stop()  # nothing to stop yet
    later.start(1.0, lambda: done.append("it"))
    later.stop()
    host.pass_time(2.0)
    assert done == []
    assert not later.pending


def test_the_host_is_told_whether_the_user_waits_for_it(host: FakeHost) -> None:
    Later(host).start(1.0, lambda: None)
    Later(host, waited_for=False).start(1.0, lambda: None)
    assert [timer.waited_for for timer in host.timers] == [True, False]
