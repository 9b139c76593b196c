"""What the columns of the event table hold, as far as it is known."""

from __future__ import annotations

import numpy as np

from resonance_tui.analysis.curves import RunColumns
from resonance_tui.panes.events.column_values import ShownColumns
from resonance_tui.panes.events.table_page import TableColumn, TablePage
from resonance_tui.panes.signals import Computed

I0 = np.array([1.0, 2.0])
RATIO = Computed("tey / i0", np.array([0.5, 0.25]))


def page(**labels: str) -> TablePage:
    heads = (TableColumn("i0", "i0", 2),)
    return TablePage(0, 0, (), heads, (), 1, (), {}, labels=labels)


def shown() -> ShownColumns:
    own = {"seq_num": np.array([1.0, 2.0]), "time": np.zeros(2)}
    return ShownColumns(
        RunColumns("u", {"i0": I0, **own}), computed=(RATIO,), page=page(energy_position="energy")
    )


def test_a_field_is_called_as_on_the_page_also_where_it_is_hidden() -> None:
    assert shown().heading("energy_position") == "energy"
    assert shown().heading("i0\x1b") == "i0␛"  # one that the page lacks
    assert ShownColumns().heading(None) == ""


def test_values_are_known_once_all_events_were_read() -> None:
    columns = shown()
    assert columns.values("i0") is I0
    assert columns.values("tey / i0") is RATIO.values
    assert columns.values("note") is None
    assert columns.values(None) is None
    assert ShownColumns(computed=(RATIO,)).values("tey / i0") is None


def test_what_is_computed_is_told_from_what_was_measured() -> None:
    assert shown().is_computed("tey / i0")
    assert not shown().is_computed("i0")
    assert not shown().is_computed(None)


def test_of_another_run_nothing_is_known() -> None:
    columns = shown()
    columns.outliers = {"i0": np.array([True, False])}
    columns.clear()
    assert columns == ShownColumns()


def test_the_columns_to_choose_from_are_called_by_their_headings_and_those_shown_are_marked() -> None:
    taken: list[tuple[str, ...]] = []
    wanted = shown().choice(["energy_position", "i0", "time"], {"i0"}, taken.append)
    assert [(choice.key, choice.name) for choice in wanted.choices] == [
        ("energy_position", "energy"),
        ("i0", "i0"),
        ("time", "time"),
    ]
    assert list(wanted.marked) == ["energy_position", "time"]
    assert (wanted.several, wanted.may_be_empty, wanted.only_marked) == (True, True, True)
    wanted.done(("i0",))
    assert taken == [("i0",)]
