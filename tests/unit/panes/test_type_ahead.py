"""Keys that came early are done once what they need is there, in their order and once."""

from __future__ import annotations

from resonance_tui.panes.signals import ColumnsReady, FramesReady, PageShown
from resonance_tui.panes.type_ahead import TypeAhead


def test_what_came_early_is_done_in_its_order_and_once() -> None:
    done: list[str] = []
    early = TypeAhead()
    early.keep(PageShown, lambda: done.append("first"))
    early.keep(PageShown, lambda: done.append("second"))
    assert done == []
    early.release(PageShown)
    early.release(PageShown)
    assert done == ["first", "second"]
    assert not early


def test_what_waits_for_something_else_goes_on_waiting() -> None:
    done: list[str] = []
    early = TypeAhead()
    early.keep(PageShown, lambda: done.append("page"))
    early.keep(ColumnsReady, lambda: done.append("columns"))
    early.release(FramesReady)
    assert done == []
    early.release(ColumnsReady)
    assert done == ["columns"]
    assert early


def test_what_is_kept_while_keys_are_done_waits_for_the_next_time() -> None:
    done: list[str] = []
    early = TypeAhead()

    def again() -> None:
        done.append("too early")
        early.keep(PageShown, lambda: done.append("done"))

    early.keep(PageShown, again)
    early.release(PageShown)
    assert done == ["too early"]
    early.release(PageShown)
    assert done == ["too early", "done"]


def test_what_was_asked_for_is_forgotten_with_the_run() -> None:
    done: list[str] = []
    early = TypeAhead()
    early.keep(PageShown, lambda: done.append("page"))
    early.clear()
    early.release(PageShown)
    assert done == []
    assert not early
