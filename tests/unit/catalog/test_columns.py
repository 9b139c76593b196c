"""Events as typed columns: parts joined once, values as the file has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.catalog.columns import Column, ColumnsBuilder, joined, typed
from resonance_tui.catalog.models import EventPage

VALUES = st.one_of(
    st.none(), st.floats(), st.integers(-10, 10), st.integers(2**53 - 2, 2**53 + 2), st.integers(),
    st.booleans(), st.text(max_size=3),
)  # fmt: skip
KINDS = [st.floats(), st.integers(-(2**60), 2**60), st.booleans(), st.text(max_size=3), st.none()]
LISTS = st.one_of(st.lists(VALUES, max_size=12), *(st.lists(kind, max_size=12) for kind in KINDS))


def same(a: list[Any], b: list[Any]) -> bool:
    """Whether two lists hold the same values of the same types, NaN being itself."""
    return [(type(v), repr(v)) for v in a] == [(type(v), repr(v)) for v in b]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1.5, 2.0], "float64"),
        ([1, 2], "int64"),
        ([True, False], "bool"),
        ([1, 2.5], "float64"),
        ([1, None], "float64"),
        ([1.0, None], "float64"),
        ([2**53 + 1, 1.5], "object"),
        ([2**53 + 1, None], "object"),
        ([2**70], "object"),
        ([True, None], "object"),
        (["a", 1], "object"),
        ([None], "object"),
        ([], "object"),
    ],
)
def test_a_column_is_in_the_dtype_of_its_values(values: list[Any], dtype: str) -> None:
    column = typed(values)
    assert column.values.dtype == dtype
    assert same(column.take(slice(None)), values)


@given(LISTS)
def test_a_column_gives_its_values_back_as_they_were(values: list[Any]) -> None:
    assert same(typed(values).take(slice(None)), values)


@given(st.lists(st.one_of(LISTS, st.integers(1, 3)), min_size=1, max_size=5))
def test_parts_joined_are_what_the_whole_is(parts: list[list[Any] | int]) -> None:
    whole = [value for part in parts for value in ([None] * part if isinstance(part, int) else part)]
    column = joined([part if isinstance(part, int) else typed(part) for part in parts])
    assert same(column.take(slice(None)), whole)
    if any(not isinstance(part, int) and part for part in parts):
        expected = typed(whole)
        assert column.values.dtype == expected.values.dtype
        for mask, wanted in ((column.missing, expected.missing), (column.integers, expected.integers)):
            assert (mask is not None and bool(mask.any())) == (wanted is not None and bool(wanted.any()))


def test_a_missing_value_is_told_from_one_that_is_not_a_number() -> None:
    column = joined([typed([1.0, float("nan")]), 1, typed([2, None])])
    assert same(column.take(slice(None)), [1.0, float("nan"), None, 2, None])
    np.testing.assert_array_equal(column.values, [1, np.nan, np.nan, 2, np.nan])


def page(first: int, rows: list[dict[str, Any]], total: int = 99) -> EventPage:
    names = dict.fromkeys(name for row in rows for name in row)
    numbers = list(range(first, first + len(rows)))
    columns = {name: [row.get(name) for row in rows] for name in names}
    return EventPage(first - 1, total, numbers, [100.0 + n for n in numbers], columns)


def test_fields_that_come_and_go_have_no_value_where_they_are_not() -> None:
    builder = ColumnsBuilder()
    told: list[tuple[int, int]] = []
    builder.extend(
        [page(1, [{"a": 1.0}, {"a": 2.0}]), page(3, [{"b": "x"}]), page(4, [{"a": 4.0, "b": "y"}])],
        lambda done, total: told.append((done, total)),
    )
    assert len(builder) == 4
    assert told == [(2, 99), (3, 99), (4, 99)]
    columns = builder.columns()
    assert list(columns.columns) == ["a", "b"]
    np.testing.assert_array_equal(columns.columns["a"].values, [1, 2, np.nan, 4])
    assert columns.columns["b"].take(slice(None)) == [None, None, "x", "y"]
    assert columns.seq_num.take(slice(None)) == [1, 2, 3, 4]


def test_a_stream_that_grows_is_read_on_and_the_older_columns_stay_as_they_were() -> None:
    builder = ColumnsBuilder()
    builder.add(page(1, [{"a": 1}, {"a": 2}]))
    before = builder.columns()
    builder.add(page(3, [{"a": 2.5, "c": True}]))
    after = builder.columns()
    assert before.columns["a"].values.dtype == np.int64
    assert len(before) == 2
    assert len(after) == 3
    assert same(after.columns["a"].take(slice(None)), [1, 2, 2.5])
    assert after.columns["c"].take(slice(None)) == [None, None, True]
    assert builder.columns().columns["a"].values is after.columns["a"].values


def test_pages_of_columns_are_those_of_the_file() -> None:
    builder = ColumnsBuilder()
    builder.add(page(1, [{"a": 1.0}, {"a": None, "b": 3}, {"b": 4}]))
    columns = builder.columns()
    found = columns.page(1, 5)
    assert (found.offset, found.total, found.seq_num) == (1, 3, [2, 3])
    assert found.columns == {"b": [3, 4]}
    assert columns.page_at([2, 0], 7).columns == {"a": [None, 1.0], "b": [4, None]}
    assert columns.page_at([2, 0], 7).offset == 7
    assert columns.page(9, 5).seq_num == []


def test_an_event_that_cannot_be_read_is_named_on_its_page_only() -> None:
    builder = ColumnsBuilder()
    broken = page(1, [{}, {"a": 1}])
    builder.add(EventPage(0, 2, broken.seq_num, broken.time, broken.columns, {1: "broken JSON"}))
    columns = builder.columns()
    assert columns.page(0, 1).unreadable == {1: "broken JSON"}
    assert columns.page(1, 1).unreadable == {}


def test_numbers_and_times_that_are_none_are_kept_as_they_are() -> None:
    builder = ColumnsBuilder()
    builder.add(page(1, [{"a": 1}]))
    builder.add(EventPage(1, 2, ["two"], [None], {"a": [2]}))  # type: ignore[list-item]
    columns = builder.columns()
    assert columns.seq_num.take(slice(None)) == [1, "two"]
    assert columns.time.take(slice(None)) == [101.0, None]


def test_no_events_are_columns_without_rows() -> None:
    columns = ColumnsBuilder().columns()
    assert len(columns) == 0
    assert list(columns.frame().columns) == ["seq_num", "time"]
    assert columns.frame()["seq_num"].dtype == np.int64


def test_the_size_in_memory_counts_values_masks_and_objects() -> None:
    assert Column(np.zeros(100)).nbytes == 800
    assert typed([1.0, None] * 50).nbytes == 900
    assert typed(["x"] * 100).nbytes > 6000
    builder = ColumnsBuilder()
    builder.add(page(1, [{"a": 1.0}] * 100))
    assert builder.columns().nbytes == 3 * 800
