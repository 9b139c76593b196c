"""Finding events by what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from resonance_tui.panes.events.queries import (
    INFINITE,
    NAN,
    OUTLIERS,
    Found,
    Query,
    column_called,
    nearest,
    odd_values,
    ranks,
    sorted_rows,
    understood,
    words_in,
)

COLUMNS = [("energy_position", "energy"), ("i0", "i0"), ("i0_gain", "i0_gain"), ("tey", "TEY signal")]
PLACES = np.array([3, 7, 8])


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("285.1", Query("285.1", "", 285.1)),
        ("-1e3", Query("-1e3", "", -1000.0)),
        ("energy 285.1", Query("energy 285.1", "energy", 285.1)),
        ("TEY signal 3", Query("TEY signal 3", "TEY signal", 3.0)),
        ("nan", Query("nan", "", None, NAN)),
        ("i0 NaN", Query("i0 NaN", "i0", None, NAN)),
        ("inf", Query("inf", "", None, INFINITE)),
        ("i0 !", Query("i0 !", "i0", None, OUTLIERS)),
        ("sample moved", Query("sample moved", "sample")),
        ("moved", Query("moved")),
    ],
)
def test_what_was_typed_is_understood(text: str, query: Query) -> None:
    assert understood(text) == query


def test_the_value_is_told_as_it_was_typed() -> None:
    assert understood("energy 285.10").last == "285.10"
    assert understood("285.10").last == "285.10"


def test_the_next_place_comes_after_an_event_and_the_first_after_the_last() -> None:
    found = Found("x", PLACES)
    assert [found.after(position) for position in (-1, 2, 3, 7, 8, 100)] == [0, 0, 1, 2, 0, 0]


def test_a_value_that_is_not_there_says_which_is_nearest() -> None:
    values = np.array([1.0, 2.0, np.nan, 4.0])
    exact, near = nearest("i0", values, understood("2")), nearest("i0", values, understood("3.9"))
    assert exact is not None
    assert (exact.words, exact.places.tolist()) == ("i0 nearest to 2", [1])
    assert near is not None
    assert (near.words, near.places.tolist()) == ("i0 nearest to 3.9: 4", [3])
    assert nearest("i0", np.array([np.nan]), understood("2")) is None


def test_zero_is_found_as_it_is() -> None:
    found = nearest("i0", np.array([-1.0, 0.0, 1.0]), understood("0"))
    assert found is not None
    assert (found.words, found.places.tolist()) == ("i0 nearest to 0", [1])


@pytest.mark.parametrize(
    ("odd", "words", "places"),
    [(NAN, "i0 is NaN", [1]), (INFINITE, "i0 is infinite", [2, 3]), (OUTLIERS, "outlier in i0", [0])],
)
def test_odd_values_are_told_apart(odd: str, words: str, places: list[int]) -> None:
    values = np.array([90.0, np.nan, np.inf, -np.inf])
    found = odd_values("i0", values, np.array([True, False, False, False]), odd)
    assert found is not None
    assert (found.words, found.places.tolist()) == (words, places)


def test_where_nothing_is_odd_nothing_is_found() -> None:
    values = np.array([1.0, 2.0])
    assert odd_values("i0", values, None, NAN) is None
    assert odd_values("i0", values, None, OUTLIERS) is None
    assert odd_values("i0", values, np.zeros(2, dtype=bool), OUTLIERS) is None
    assert odd_values("note", None, None, INFINITE) is None


def test_words_are_found_in_any_case_in_any_column_and_each_event_once() -> None:
    columns: dict[str, list[Any]] = {"a": ["Moved", None, "x"], "b": ["moved", "unmoved", 5]}
    checks: list[str] = []
    found = words_in(columns, "MOVED", lambda: checks.append("asked"))
    assert (found.words, found.places.tolist()) == ('"MOVED"', [0, 1])
    assert len(checks) == 2  # it can be given up between two columns
    assert words_in(columns, "5", lambda: None).places.tolist() == [2]
    assert words_in(columns, "none", lambda: None).places.tolist() == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("energy", "energy_position"),
        ("ENERGY", "energy_position"),
        ("i0", "i0"),  # not the one that only begins so
        ("i0_", "i0_gain"),
        ("ene", "energy_position"),
        ("signal", "tey"),
        ("position", None),  # its heading does not hold it
        ("x", None),
    ],
)
def test_a_column_is_called_by_its_heading_a_beginning_or_a_part_of_it(name: str, key: str | None) -> None:
    assert column_called(name, COLUMNS) == key


def test_words_are_ranked_by_the_alphabet() -> None:
    assert ranks(["b", "a", "b", 3]).tolist() == [2.0, 1.0, 2.0, 0.0]
    assert np.isnan(ranks([None, "a"])).tolist() == [True, False]


def test_sorted_rows_know_both_ways_and_put_what_is_missing_last() -> None:
    values = np.array([2.0, np.nan, 1.0, 2.0])
    order = sorted_rows("i0", "i0", values, descending=False)
    assert order.positions.tolist() == [2, 0, 3, 1]
    assert [order.row_of(position) for position in range(4)] == [1, 3, 0, 2]
    down = sorted_rows("i0", "i0", values, descending=True)
    assert down.positions.tolist() == [0, 3, 2, 1]
    assert (down.name, down.by) == ("i0", ("i0", True))
