"""The detail of a run as headed lines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.text.details import section, shown

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**400), 10**400) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("P3HT:PCBM 1:1", "P3HT:PCBM 1:1"),
        ("[/] \x1b[2J\n", "[/] ␛[2J␊"),
        (55.0, "55"),
        (285.123456, "285.123"),
        (7, "7"),
        (True, "true"),
        (None, "·"),
        (float("nan"), "NaN"),
        (["polymer", "reference"], "polymer, reference"),
        ([1, 2.5], "[1, 2.5]"),
        ({"nm": 40, "µ": "β"}, '{"nm": 40, "µ": "β"}'),
        ({"a": float("nan")}, '{"a": NaN}'),
        ({"a": object}, f'{{"a": "{object}"}}'),
    ],
    ids=str,
)
def test_a_value_is_shown_as(value: Any, text: str) -> None:
    assert shown(value) == text


@settings(max_examples=120)
@given(json_values)
def test_any_metadata_is_shown_as_one_bounded_line(value: Any) -> None:
    text = shown(value)
    assert len(text) <= 400
    assert len(text.splitlines()) <= 1


def test_deeply_nested_metadata_is_cut() -> None:
    assert len(shown(json.loads("[" * 500 + "]" * 500))) == 400


def test_long_text_is_cut() -> None:
    assert len(shown("x" * 100_000)) == 400
    assert len(shown(["x" * 100_000])) == 400
    assert len(shown({"x" * 100_000: 1})) == 400


def test_what_is_empty_is_left_out_and_zero_is_not_empty() -> None:
    values: dict[str, Any] = {"a": None, "b": "", "c": [], "d": {}, "e": 0, "f": 0.0, "g": False, "h": "x"}
    assert section("Run", values).lines == (("e", "0"), ("f", "0"), ("g", "false"), ("h", "x"))


def test_a_section_takes_pairs_with_names_that_repeat() -> None:
    lines = section("Run", [("", "uid"), ("", "more"), ("plan", "scan")])
    assert lines.title == "Run"
    assert lines.lines == (("", "uid"), ("", "more"), ("plan", "scan"))


def test_names_are_printable_and_short() -> None:
    ((name, value),) = section("Metadata", {"\x1b[2J" + "n" * 100: "[/]"}).lines
    assert name.startswith("␛[2Jnnn")
    assert len(name) == 40
    assert value == "[/]"


def test_a_long_section_says_how_many_lines_are_left_out() -> None:
    lines = section("Metadata", {f"k{i}": i for i in range(1000)}).lines
    assert len(lines) == 201
    assert lines[199] == ("k199", "199")
    assert lines[-1] == ("…", "800 more")


def test_a_section_that_just_fits_leaves_nothing_out() -> None:
    assert section("Metadata", {f"k{i}": i for i in range(200)}).lines[-1] == ("k199", "199")


def test_nothing_is_a_section_without_lines() -> None:
    assert section("Metadata", {}).lines == ()
