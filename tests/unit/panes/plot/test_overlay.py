"""Which runs are overlaid, their colours, and what is read of them."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from resonance_tui.analysis.axes import Axes
from resonance_tui.analysis.curves import RunColumns
from resonance_tui.catalog import CatalogBusyError
from resonance_tui.catalog.errors import CatalogError
from resonance_tui.panes.curve_colours import MAX_COLOURS
from resonance_tui.panes.plot.overlaid_runs import MAX_ALIKE_RUNS, assign_colours, read_overlaid
from resonance_tui.panes.plot.overlay import Overlay
from resonance_tui.panes.signals import OverlaidRun
from resonance_tui.session.tasks import Task
from tests.columns import run_columns


def wanted(uid: str, colour_index: int | None = None) -> OverlaidRun:
    return OverlaidRun(uid, (uid, ""), colour_index)


class Columns:
    """Events of runs: none of some, and some cannot be read."""

    def __init__(self, events: dict[str, int | Exception]) -> None:
        self._events = events
        self.read: list[str] = []

    def axes(self, uid: str) -> Axes:
        return Axes("energy")

    def run_columns(self, uid: str, task: Task[Any]) -> RunColumns:
        self.read.append(uid)
        events = self._events.get(uid, 3)
        if isinstance(events, Exception):
            raise events
        return columns_of(uid, events)


def columns_of(uid: str, events: int = 3) -> RunColumns:
    return run_columns(uid, {"seq_num": np.arange(float(events)), "time": np.arange(float(events))})


def read(overlay: Overlay, **events: int | Exception) -> tuple[list[str], str, list[str]]:
    """The uids of what is drawn, the note, and the uids of what was read."""
    columns = Columns(events)
    task: Task[Any] = Task("curves", None, lambda _: None)
    found = read_overlaid(overlay, cast("Any", columns), columns_of("own"), Axes("energy"), task)
    return [other.run.uid for other in found.others], found.note, columns.read


def test_the_selected_run_is_not_read_again() -> None:
    assert read(Overlay((wanted("own"), wanted("a")))) == (["own", "a"], "", ["a"])


def test_a_run_without_events_is_left_out_in_silence() -> None:
    assert read(Overlay((wanted("own"), wanted("a"))), a=0)[:2] == (["own"], "")


def test_runs_that_cannot_be_read_are_counted() -> None:
    overlay = Overlay((wanted("a"), wanted("b"), wanted("c")))
    assert read(overlay, a=CatalogError("gone"), c=CatalogError("gone"))[:2] == (
        ["b"],
        "2 runs cannot be read",
    )


def test_a_locked_catalog_is_worth_trying_again() -> None:
    with pytest.raises(CatalogBusyError):
        read(Overlay((wanted("a"), wanted("b"))), b=CatalogBusyError("locked"))


def test_of_runs_alike_only_a_few_are_read() -> None:
    runs = tuple(wanted(f"run {n}") for n in range(9))
    assert len(read(Overlay(runs, alike=True))[2]) == MAX_ALIKE_RUNS
    assert len(read(Overlay(runs))[2]) == 9


def test_a_run_keeps_its_colour_and_the_others_get_those_that_are_free() -> None:
    runs = [wanted("a", 1), wanted("b"), wanted("c", 1), wanted("d", 0)]
    assert assign_colours(runs) == {"a": 1, "b": 2, "c": 3, "d": 0}


def test_where_no_colour_is_left_runs_are_coloured_all_the_same() -> None:
    colours = assign_colours([wanted(f"run {n}") for n in range(MAX_COLOURS + 3)])
    assert len(set(list(colours.values())[:MAX_COLOURS])) == MAX_COLOURS
    assert len(colours) == MAX_COLOURS + 3


def test_marks_change_an_overlay_of_marked_runs_only() -> None:
    runs = (wanted("a"), wanted("b"))
    assert Overlay().with_marked(runs) == Overlay()
    alike = Overlay(runs, alike=True)
    assert alike.with_marked(()) is alike
    compared = Overlay(runs, compare="ratio")
    assert compared.with_marked((*runs, wanted("c"))).compare == "ratio"
    assert compared.with_marked(runs[:1]) == Overlay()


def test_an_overlay_knows_its_runs() -> None:
    overlay = Overlay((wanted("a"),))
    assert (overlay.holds("a"), overlay.holds("b")) == (True, False)
