"""Numbers as physicists read them: few digits, aligned, nothing hidden."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.text.numbers import MISSING, column, in_span, number

HUGE = 10**400

values = (
    st.floats()
    | st.integers(-HUGE, HUGE)
    | st.none()
    | st.booleans()
    | st.text(max_size=20)
    | st.lists(st.integers(), max_size=2)
    | st.binary(max_size=5)
)
finite = st.floats(allow_nan=False, allow_infinity=False)
everyday = st.floats(-1e6, 1e6).map(lambda value: round(value, 4))


def significant(text: str) -> int:
    """How many significant digits a text shows."""
    mantissa = re.split("e", text.lstrip("-"))[0]
    return len(mantissa.replace(".", "").lstrip("0").rstrip("0"))


def harmless(text: str) -> bool:
    return text.isprintable() or all(character.isprintable() or character.isspace() for character in text)


@settings(max_examples=200)
@given(values)
def test_any_value_is_shown_as_one_line(value: Any) -> None:
    text = number(value)
    assert len(text.splitlines()) <= 1
    assert harmless(text)
    assert text or value == ""


@settings(max_examples=200)
@given(finite)
def test_a_float_is_shown_to_six_significant_digits(value: float) -> None:
    text = number(value)
    assert float(text) == pytest.approx(value, rel=5.1e-6, abs=0)
    assert significant(text) <= (7 if 1e6 <= abs(value) < 1e7 else 6)
    assert len(text) <= 14


@pytest.mark.parametrize("digits", [4, 5, 6])
@pytest.mark.parametrize("value", [math.pi, 285.123456, 0.00123456789, 1.23456789e-9, 9.87654321e12, -math.e])
def test_the_number_of_digits_can_be_chosen(value: float, digits: int) -> None:
    assert significant(number(value, digits)) == digits


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (285.1, "285.1"),
        (0.1 + 0.2, "0.3"),
        (-0.25, "-0.25"),
        (0.001, "0.001"),
        (123456.0, "123456"),
        (1e7, "1e7"),
        (2.5e8, "2.5e8"),
        (-1.6e-19, "-1.6e-19"),
        (9.99e-4, "9.99e-4"),
        (1e300, "1e300"),
        (5e-324, "4.94066e-324"),
        (1.7976931348623157e308, "1.79769e308"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
        (None, MISSING),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-17, "-17"),
        (1_024_000, "1024000"),
        (999_999_999_999, "999999999999"),
        ("carbon", "carbon"),
        ("", ""),
    ],
)
def test_a_value_is_shown_as(value: Any, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize("value", [1_234_567.0, 9_999_999.9, 2_000_000.0, -1_048_576.0])
def test_a_float_below_ten_million_is_not_scientific(value: float) -> None:
    text = number(value)
    assert "e" not in text
    assert float(text) == pytest.approx(value, rel=5.1e-6)


@pytest.mark.parametrize("value", [1e7, 1.5e7, 9.99e-4, 1e-12, 1e100])
def test_scientific_numbers_have_no_padding_in_their_exponent(value: float) -> None:
    assert re.fullmatch(r"\d(\.\d+)?e-?[1-9]\d*", number(value))


def test_minus_zero_has_no_sign() -> None:
    assert number(-0.0) == "0"
    assert [text.strip() for text in column([-0.0, 1.0])] == ["0", "1"]


@settings(max_examples=300)
@given(st.integers(-(10**12) + 1, 10**12 - 1))
def test_an_integer_of_up_to_eleven_digits_is_exact(value: int) -> None:
    if len(str(value)) <= 12:
        assert int(number(value)) == value


@pytest.mark.parametrize("exponent", [12, 13, 18, 29, 30, 31, 299, 300, 308, 309, 400, 5000])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_long_integer_keeps_its_size_and_sign(exponent: int, sign: int) -> None:
    text = number(sign * 3 * 10**exponent)
    assert text.startswith("-") == (sign < 0)
    assert len(text) <= 15
    assert int(text.rsplit("e", 1)[1]) == exponent


def test_hostile_text_is_printable() -> None:
    assert number("a\x1b[2J\n[/]") == "a␛[2J␊[/]"
    assert column(["a\x1b[2J", 1.0, "\u202e"]) == ["a␛[2J", "1", "\ufffd"]


# -- columns ---------------------------------------------------------------------------------------------


def places_after_the_point(text: str) -> int:
    return len(text.partition(".")[2])


@settings(max_examples=200)
@given(st.lists(values | everyday, max_size=12))
def test_any_column_has_a_text_for_every_value(cells: list[Any]) -> None:
    texts = column(cells)
    assert len(texts) == len(cells)
    for value, text in zip(cells, texts, strict=True):
        assert len(text.splitlines()) <= 1
        assert harmless(text)
        if value is None:
            assert text.strip() == MISSING
        elif isinstance(value, float) and math.isnan(value):
            assert text.strip() == "NaN"
        elif isinstance(value, float) and math.isinf(value):
            assert text.strip() == ("∞" if value > 0 else "-∞")


@settings(max_examples=200)
@given(st.lists(finite | everyday, min_size=1, max_size=12))
def test_the_points_of_a_column_stand_in_line(cells: list[float]) -> None:
    texts = column(cells)
    if any("e" in text for text in texts):
        assert {text.lstrip("-").index("e") for text in texts if float(text)} <= {5, 6}
    else:
        assert len({places_after_the_point(text) for text in texts}) == 1
        assert len({"." in text for text in texts}) == 1


@settings(max_examples=200)
@given(st.lists(st.floats(-1e307, 1e307) | everyday, min_size=1, max_size=12))
def test_a_column_shows_its_values_to_a_part_in_ten_thousand_of_the_largest(cells: list[float]) -> None:
    largest = max(abs(value) for value in cells)
    for value, text in zip(cells, column(cells), strict=True):
        assert abs(float(text) - value) <= 1e-4 * largest


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ([1.5, 2.25, 100.0], ["1.50", "2.25", "100.00"]),
        ([270.0, 270.1, 369.9], ["270.0", "270.1", "369.9"]),
        ([1.0, 2.0, 3.0], ["1", "2", "3"]),
        ([100_000.0, 200_000.0], ["100000", "200000"]),
        ([-1.5, 20.25], ["-1.50", "20.25"]),
        ([1.23456789, 2.0], ["1.23457", "2.00000"]),
        ([1e-5, 2e-5], ["1.0000e-05", "2.0000e-05"]),
        ([0.0, 0.0], ["0", "0"]),
        ([], []),
        ([None, None], [MISSING, MISSING]),
        ([1.0, None, math.nan, "text", True], ["1", MISSING, "NaN", "text", "true"]),
        ([1, 20, 300], ["1", "20", "300"]),
    ],
    ids=str,
)
def test_a_column_is_shown_as(cells: list[Any], texts: list[str]) -> None:
    assert [text.strip() for text in column(cells)] == texts


@pytest.mark.parametrize("cells", [[270, 270.5, 271], [1, 2.25], [0, 0.125, None]], ids=str)
def test_integers_among_floats_stand_in_line_with_them(cells: list[Any]) -> None:
    texts = [text for value, text in zip(cells, column(cells), strict=True) if value is not None]
    width = max(map(len, texts))
    units = {len(text.rjust(width).partition(".")[0].rstrip()) for text in texts}
    assert len(units) == 1


@pytest.mark.parametrize(
    "cells", [[100_000.0, 0.4], [123_456.789, 0.001], [9e6, 0.25], [50.0, 6e-4], [1.0, 2e-6]], ids=str
)
def test_a_value_in_a_column_is_not_shown_as_nothing(cells: list[float]) -> None:
    assert all(float(text) != 0 for text in column(cells))


@pytest.mark.parametrize(
    "cells", [[1e6, 1e-6], [1e7, 1.0], [5e-324, 1.0], [1.7e308, 5e-324], [3e-4, 2e-4]], ids=str
)
def test_a_column_of_very_different_or_odd_sizes_is_scientific(cells: list[float]) -> None:
    texts = column(cells)
    assert all(re.fullmatch(r"\d\.\d{4}e[+-]\d+", text) for text in texts)


def test_a_column_of_counts_has_no_decimals() -> None:
    assert column([70.0, 71.0, 200_000.0]) == ["70", "71", "200000"]


def test_a_range_is_its_two_ends() -> None:
    assert in_span(270.0, 369.9) == "270→369.9"
    assert in_span(-1.0, 1.0) == "-1→1"
    assert in_span(0.0001, 1e9) == "1e-4→1e9"
    assert in_span(math.nan, math.inf) == "NaN→∞"
