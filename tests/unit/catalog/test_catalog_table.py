"""Run.table(): every value comes through, numbers keep their dtype, and no bad event hides the others."""

from __future__ import annotations

import math
import string
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.catalog import Catalog, CatalogWarning
from tests.beamtime import FAILED_UID, FIRST_START, NEXAFS_UID, OPEN_UID, BeamtimeBuilder, nexafs_events

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def table(beamtime: Callable[..., Any]) -> Callable[..., pd.DataFrame]:
    """The table of one run with these events."""

    def make(*events: Any, **options: Any) -> pd.DataFrame:
        b = beamtime()
        uid = b.run(events=list(events), **options)
        b.close()
        with Catalog(b.path) as catalog:
            return catalog[uid].table()

    return make


def is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def test_a_table_holds_what_was_measured(small_beamtime: Path) -> None:
    with Catalog(small_beamtime) as catalog:
        found = catalog[NEXAFS_UID].table()
    expected = pd.DataFrame(nexafs_events(30, 20.0))
    expected.insert(0, "seq_num", range(1, 31))
    expected.insert(1, "time", FIRST_START + 1.0 + np.arange(30))
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert not found.attrs.get("unreadable")


@pytest.mark.parametrize("stream", ["primary", "no such stream"])
def test_no_events_make_an_empty_frame_with_two_columns(small_beamtime: Path, stream: str) -> None:
    with Catalog(small_beamtime) as catalog:
        found = catalog[OPEN_UID].table(stream)
    assert isinstance(found, pd.DataFrame)
    assert list(found.columns) == ["seq_num", "time"]
    assert len(found) == 0


def test_a_stream_that_is_not_there_has_no_events(small_beamtime: Path) -> None:
    with Catalog(small_beamtime) as catalog:
        assert len(catalog[FAILED_UID].table()) == 1
        assert catalog[FAILED_UID].table("baseline").shape == (0, 2)


def test_events_come_in_the_order_of_their_numbers(table: Callable[..., pd.DataFrame]) -> None:
    found = table({"a": 30}, {"a": 10}, {"a": 20}, seq_nums=[30, 10, 20])
    assert list(found["seq_num"]) == [10, 20, 30]
    assert list(found["a"]) == [10, 20, 30]
    assert list(found["time"]) == [FIRST_START + t for t in (2.0, 3.0, 1.0)]
    assert list(found.index) == [0, 1, 2]


def test_columns_stand_in_the_order_of_first_appearance(table: Callable[..., pd.DataFrame]) -> None:
    found = table({"b": 1, "a": 2}, {"c": 3, "a": 4}, {"0": 5, "b": 6})
    assert list(found.columns) == ["seq_num", "time", "b", "a", "c", "0"]


def test_a_field_that_first_appears_late_has_a_column(table: Callable[..., pd.DataFrame]) -> None:
    found = table(
        *({"a": i} for i in range(900)), {"z": 1.5, "a": 900}, *({"a": i} for i in range(901, 1000))
    )
    assert list(found.columns) == ["seq_num", "time", "a", "z"]
    assert found["a"].dtype == np.int64
    assert list(found["a"]) == list(range(1000))
    assert found["z"].dtype == np.float64
    assert [i for i, v in enumerate(found["z"]) if not math.isnan(v)] == [900]


NAN, INF = float("nan"), float("inf")

DTYPES: dict[str, tuple[list[str], str, list[Any]]] = {
    "ints": (["1", "-2", "0"], "int64", [1, -2, 0]),
    "the largest ints": (["9223372036854775807", "-9223372036854775808"], "int64", [2**63 - 1, -(2**63)]),
    "floats": (["1.5", "-2e-30", "0.1"], "float64", [1.5, -2e-30, 0.1]),
    "ints and floats": (["1", "2.5"], "float64", [1.0, 2.5]),
    "a NaN": (["1.5", "NaN", "2.5"], "float64", [1.5, NAN, 2.5]),
    "nothing but NaN": (["NaN", "NaN"], "float64", [NAN, NAN]),
    "a NaN among ints": (["1", "NaN", "2"], "float64", [1.0, NAN, 2.0]),
    "Infinity": (["Infinity", "-Infinity", "1.0"], "float64", [INF, -INF, 1.0]),
    "too large for a float": (["1e400", "-1e400"], "float64", [INF, -INF]),
    "a null among floats": (["1.5", "null"], "float64", [1.5, None]),
    "a null among ints": (["1", "null", "3"], "float64", [1.0, None, 3.0]),
    "a missing float": (["1.5", "", "2.5"], "float64", [1.5, None, 2.5]),
    "a missing int": (["", "1", str(2**53)], "float64", [None, 1.0, 2.0**53]),
    "a missing int among large ones": ([str(2**53 + 1), ""], "object", [2**53 + 1, None]),
    "a null among large ints": (["null", str(-(2**53) - 1), "7"], "object", [None, -(2**53) - 1, 7]),
    "bools": (["true", "false"], "bool", [True, False]),
    "a missing bool": (["true", "", "false"], "object", [True, None, False]),
    "a null among bools": (["null", "false"], "object", [None, False]),
    "strings": (['"on"', '""', '"µ ☃"'], "object", ["on", "", "µ ☃"]),
    "strings that look like numbers": (['"1"', '"NaN"', '"null"'], "object", ["1", "NaN", "null"]),
    "a missing string": (['"on"', ""], "object", ["on", None]),
    "a null among strings": (['"on"', "null"], "object", ["on", None]),
    "nothing but nulls": (["null", "null"], "object", [None, None]),
    "beyond 64 bits": ([str(2**70), "1"], "object", [2**70, 1]),
    "just beyond 64 bits": ([str(2**63 + 1), str(-(2**63) - 1)], "object", [2**63 + 1, -(2**63) - 1]),
    "beyond 64 bits, one missing": ([str(-(10**40)), ""], "object", [-(10**40), None]),
    "numbers and strings": (["1", '"on"', "2.5"], "object", [1, "on", 2.5]),
    "bools and numbers": (["true", "2", "0.5"], "object", [True, 2, 0.5]),
    "a lone surrogate": (['"\\ud800"', '"x"'], "object", ["\ud800", "x"]),
    "a long string": (['"' + "y" * 100_000 + '"'], "object", ["y" * 100_000]),
}


@pytest.mark.parametrize(("stored", "dtype", "expected"), DTYPES.values(), ids=DTYPES)
def test_a_column_keeps_its_values_and_their_kind(
    table: Callable[..., pd.DataFrame], stored: list[str], dtype: str, expected: list[Any]
) -> None:
    found = table(*(f'{{"x": {text}, "n": 0}}' if text else '{"n": 0}' for text in stored))
    column = found["x"]
    assert str(column.dtype) == dtype
    for value, wanted in zip(column, expected, strict=True):
        if wanted is None and dtype == "object":
            assert value is None
        elif wanted is None or (isinstance(wanted, float) and math.isnan(wanted)):
            assert math.isnan(value)
        else:
            assert value == wanted
            if dtype == "object":
                assert type(value) is type(wanted)
    assert found["seq_num"].dtype == np.int64
    assert found["time"].dtype == np.float64


def test_values_that_are_no_scalars_are_no_columns(table: Callable[..., pd.DataFrame]) -> None:
    found = table({"list": [1], "a": 1, "object": {"b": 2}}, {"list": [], "a": 2, "object": {}})
    assert list(found.columns) == ["seq_num", "time", "a"]


def test_a_field_that_is_a_scalar_now_and_then_is_missing_elsewhere(
    table: Callable[..., pd.DataFrame],
) -> None:
    found = table({"x": 1.5, "s": "on"}, {"x": [1, 2], "s": {"b": 1}}, {"x": 2.5, "s": "off"})
    assert found["x"].dtype == np.float64
    assert math.isnan(found["x"][1])
    assert [found["x"][0], found["x"][2]] == [1.5, 2.5]
    assert list(found["s"]) == ["on", None, "off"]


def test_an_events_own_number_and_time_are_never_overridden(table: Callable[..., pd.DataFrame]) -> None:
    found = table({"seq_num": 99, "a": 1, "time": "noon"}, {"time": 5, "seq_num": 98.5, "a": 2})
    assert list(found.columns) == ["seq_num", "time", "data.seq_num", "a", "data.time"]
    assert list(found["seq_num"]) == [1, 2]
    assert list(found["time"]) == [FIRST_START + 1, FIRST_START + 2]
    assert list(found["data.seq_num"]) == [99.0, 98.5]
    assert list(found["data.time"]) == ["noon", 5]


@pytest.mark.parametrize("name", ["", " ", "µ ☃", "a.b", "new\nline", 'q"', "0", "uid", "data", "x" * 5000])
def test_a_field_may_have_any_name(table: Callable[..., pd.DataFrame], name: str) -> None:
    found = table({name: 1.5}, {name: 2.5})
    assert list(found.columns) == ["seq_num", "time", name]
    assert list(found[name]) == [1.5, 2.5]


def test_the_last_of_two_equal_keys_counts(table: Callable[..., pd.DataFrame]) -> None:
    assert list(table('{"a": 1, "a": 2}')["a"]) == [2]


def test_events_of_all_different_fields_make_a_wide_table(table: Callable[..., pd.DataFrame]) -> None:
    found = table(*({f"f{i}_{k}": i + k for k in range(20)} for i in range(50)))
    assert found.shape == (50, 1002)
    assert found["f49_19"][49] == 68
    assert found.notna().to_numpy().sum() == 50 * 22


# Events that cannot be read

BROKEN: dict[str, Any] = {
    "empty": "",
    "cut short": '{"a": 1, "b"',
    "an open brace": "{",
    "words": "not json",
    "a byte-order mark": '\ufeff{"a": 1}',
    "single quotes": "{'a': 1}",
    "something after it": '{"a": 1} {"a": 2}',
    "null": "null",
    "a number": "5",
    "a bool": "true",
    "a string": '"text"',
    "a list": "[1, 2]",
    "a list of pairs": '[["a", 1]]',
    "a list of strings of two": '["ab", "cd"]',
    "NUL": "\x00",
    "deep nesting": "[" * 100_000,
    "deep nesting in a field": '{"a": ' + "[" * 100_000,
    "bytes that are no text": b"\xff\xfe\x00",
    "a number where text should be": 5,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_an_unreadable_event_keeps_its_row_and_is_reported(
    table: Callable[..., pd.DataFrame], broken: Any
) -> None:
    with pytest.warns(CatalogWarning) as caught:
        found = table({"a": 1.5, "s": "on"}, broken, {"a": 2.5, "s": "off"})
    assert list(found.columns) == ["seq_num", "time", "a", "s"]
    assert list(found["seq_num"]) == [1, 2, 3]
    assert list(found["time"]) == [FIRST_START + i for i in (1, 2, 3)]
    assert found["a"].dtype == np.float64
    assert math.isnan(found["a"][1])
    assert [found["a"][0], found["a"][2]] == [1.5, 2.5]
    assert list(found["s"]) == ["on", None, "off"]
    assert list(found.attrs["unreadable"]) == [2]
    assert found.attrs["unreadable"][2]
    assert len(found.attrs["unreadable"][2]) < 500
    assert len(caught) == 1


def test_many_unreadable_events_are_one_warning(table: Callable[..., pd.DataFrame]) -> None:
    events = ["{" if i % 2 else {"a": i} for i in range(600)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = table(*events)
    assert len(found) == 600
    assert sorted(found.attrs["unreadable"]) == list(range(2, 601, 2))
    ours = [w for w in caught if issubclass(w.category, CatalogWarning)]
    assert len(ours) == 1
    assert "300" in str(ours[0].message)
    assert len(str(ours[0].message)) < 1000


def test_nothing_but_unreadable_events_is_still_rows(table: Callable[..., pd.DataFrame]) -> None:
    with pytest.warns(CatalogWarning):
        found = table("{", "[]", "")
    assert list(found.columns) == ["seq_num", "time"]
    assert list(found["seq_num"]) == [1, 2, 3]


def test_good_events_warn_of_nothing(table: Callable[..., pd.DataFrame]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = table({"a": NAN}, {}, {"b": None, "c": [1], "s": "x"})
    assert len(found) == 3
    assert not found.attrs.get("unreadable")


@pytest.mark.parametrize("digits", [4301, 5000, 50_000])
@pytest.mark.filterwarnings("ignore::resonance_tui.catalog.CatalogWarning")
def test_an_enormous_integer_costs_its_cell_or_row_at_most(
    table: Callable[..., pd.DataFrame], digits: int
) -> None:
    found = table({"a": 1, "b": 0.5}, '{"a": 2, "huge": ' + "7" * digits + ', "b": 1.5}', {"a": 3, "b": 2.5})
    assert list(found["seq_num"]) == [1, 2, 3]
    assert [found["a"][0], found["a"][2], found["b"][0], found["b"][2]] == [1, 3, 0.5, 2.5]
    came_through = "huge" in found and not is_missing(found["huge"][1])
    assert came_through or 2 in found.attrs["unreadable"]
    assert found["a"][1] == 2 or 2 in found.attrs["unreadable"]


@pytest.mark.filterwarnings("ignore::resonance_tui.catalog.CatalogWarning")
def test_invalid_utf8_in_one_event_hides_no_other(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uid = b.run(events=[{"s": "one"}, {"s": "two"}, {"s": "three"}])
    b.raw("UPDATE events SET data = CAST(x'7b2273223a22ff227d' AS TEXT) WHERE seq_num = 2")  # {"s":"\xff"}
    b.close()
    with Catalog(b.path) as catalog:
        found = catalog[uid].table()
    assert list(found["seq_num"]) == [1, 2, 3]
    assert [found["s"][0], found["s"][2]] == ["one", "three"]
    assert isinstance(found["s"][1], str) or 2 in found.attrs["unreadable"]


# Properties

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["NaN", "µ", "\ud800", "1", ""])
)
NAMES = st.sampled_from(["a", "b", "energy_position", "seq_num", "time"]) | st.text(
    string.printable, max_size=4
)
EVENTS = st.lists(st.dictionaries(NAMES, SCALARS, max_size=5), max_size=6)


def same(value: Any, wanted: Any, kinds: set[type]) -> bool:
    if wanted is None or (isinstance(wanted, float) and math.isnan(wanted)):
        return is_missing(value)
    if isinstance(wanted, bool):
        return isinstance(value, bool | np.bool_) and bool(value) is wanted
    if isinstance(wanted, str):
        return isinstance(value, str) and value == wanted
    if isinstance(value, bool | np.bool_ | str) or value is None:
        return False
    if isinstance(wanted, int) and float in kinds:  # ints and floats in one column are floats
        return bool(float(value) == float(wanted))
    return bool(value == wanted)


@settings(max_examples=150)
@given(events=EVENTS)
def test_every_scalar_comes_through(
    events: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("events", numbered=True) / "b.db"
    with BeamtimeBuilder(path) as b:
        uid = b.run(events=events, data_keys={})
    with warnings.catch_warnings(), Catalog(path) as catalog:
        warnings.simplefilter("error")
        found = catalog[uid].table()
        pages = list(catalog[uid].event_pages())
    renamed = [{_shown(name): value for name, value in event.items()} for event in events]
    names = list(dict.fromkeys(name for event in renamed for name in event))
    assert list(found.columns) == ["seq_num", "time", *names]
    assert list(found["seq_num"]) == list(range(1, len(events) + 1))
    for name in names:
        kinds = {type(event[name]) for event in renamed if name in event}
        for i, event in enumerate(renamed):
            assert same(found[name].iloc[i], event.get(name), kinds), (name, i, event.get(name))
    if events:
        (page,) = pages
        assert list(page.columns) == names
        for name in names:
            for i, event in enumerate(renamed):
                assert same(page.columns[name][i], event.get(name), set()), (name, i, event.get(name))


def _shown(name: str) -> str:
    return f"data.{name}" if name in ("seq_num", "time") else name


@settings(max_examples=60)
@given(
    raw=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.binary(max_size=6), max_size=5
    )
)
def test_no_text_hides_another_event(raw: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("raw", numbered=True) / "b.db"
    with BeamtimeBuilder(path) as b:
        uid = b.run(events=[*raw, {"last": 1.5}], data_keys={})
    with warnings.catch_warnings(), Catalog(path) as catalog:
        warnings.simplefilter("ignore", CatalogWarning)
        found = catalog[uid].table()
    assert list(found["seq_num"]) == list(range(1, len(raw) + 2))
    assert found["last"].iloc[-1] == 1.5


def test_a_column_is_there_from_its_first_scalar_on_in_that_order(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime() as b:
        lists = b.run(events=[{"a": [1], "b": 1}, {"a": 5, "b": 2}])
        nulls = b.run(events=[{"a": [1], "b": 1}, {"a": None, "b": 2}])
        never = b.run(events=[{"a": [1], "b": 1}, {"a": {"c": 2}, "b": 2}])
    with Catalog(b.path) as catalog:
        assert list(catalog[lists].table().columns) == ["seq_num", "time", "b", "a"]
        assert list(catalog[nulls].table().columns) == ["seq_num", "time", "b", "a"]
        assert catalog[nulls].event_page().columns["a"] == [None, None]
        assert list(catalog[never].table().columns) == ["seq_num", "time", "b"]
