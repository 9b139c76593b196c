"""The one door for text: whatever comes in, one harmless line goes out."""

from __future__ import annotations

import sys
import timeit
import unicodedata
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.terminal.text_width import left, right, shorten, width_of
from resonance_tui.text.printable import plural, printable

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

any_text = st.text(st.characters(exclude_categories=()), max_size=60)
awkward = st.text(
    st.sampled_from("a[/]\x00\x1b\x7f\x9b\n\r\t\u0301\u0300\u200d\u202e\u2028\ufe0f\ud800\U000e0041é漢😀 "),
    max_size=60,
)


def test_no_code_point_comes_through_that_moves_or_hides_something() -> None:
    bad = []
    for code in range(sys.maxunicode + 1):
        shown = printable(chr(code))
        if len(shown) != 1 or unicodedata.category(shown) in HIDDEN or printable(shown) != shown:
            bad.append(hex(code))
    assert bad == []


def test_ordinary_characters_are_left_as_they_are() -> None:
    kept = [
        chr(code)
        for code in range(0x20, 0x3000)
        if unicodedata.category(chr(code)) not in HIDDEN and printable(chr(code)) != chr(code)
    ]
    assert kept == ["\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u2800"]  # letters without a shape


@settings(max_examples=250)
@given(any_text | awkward)
def test_any_text_becomes_one_harmless_line_and_stays_it(text: str) -> None:
    shown = printable(text)
    assert not HIDDEN & {unicodedata.category(character) for character in shown}
    assert len(shown.splitlines()) <= 1
    assert len(shown) <= len(text)
    assert printable(shown) == shown


@settings(max_examples=150)
@given(any_text | awkward, st.integers(1, 70))
def test_the_length_is_bounded(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) <= limit
    assert printable(shown, limit) == shown
    if len(text) > limit:
        assert "…" in shown[-1:] or unicodedata.category(text[limit - 2]).startswith("M")


def test_controls_become_pictures() -> None:
    assert printable("a\x00b\nc\td\re\x1b[31mf\x7fg") == "a␀b␊c␉d␍e␛[31mf␡g"


@pytest.mark.parametrize(
    "character",
    [
        "\x80",
        "\x9b",
        "\x9d",
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u2028",
        "\u2029",
        "\u00ad",
        "\ud800",
        "\ue000",
        "\U000e0041",
        "\ufe0f",
        "\u3164",
        "\u115f",
        "\uffa0",
        "\u2800",
        "\u0378",
        "\uffff",
        "\U0010ffff",
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_what_cannot_be_seen_becomes_a_replacement_character(character: str) -> None:
    assert printable(f"a{character}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "text",
    [
        "[/]",
        "[red]x[/]",
        "x [/nope] y",
        "[@click=app.quit]x[/]",
        ":smile:",
        "[link=https://x.y]z",
        "\\[b]",
        "*a*",
    ],
)
def test_markup_is_left_literal(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    "text", ["µ-grid [blank]", "P3HT:PCBM 1:1", "β-NPB", "サンプル", "Straße", "naïve", "😀", "5 Å"]
)
def test_names_of_samples_are_left_as_they_are(text: str) -> None:
    assert printable(text) == text


def test_of_stacked_marks_four_remain() -> None:
    assert printable("e" + "\u0301" * 200 + "x" + "\u0301\u0302") == "e" + "\u0301" * 4 + "x" + "\u0301\u0302"
    assert len(printable("\u0301" * 4000)) == 4


def test_long_text_is_cut_and_says_so() -> None:
    assert printable("a" * 4096) == "a" * 4096
    cut = printable("a" * 1_000_000)
    assert len(cut) == 4096
    assert cut.endswith("a…")
    assert printable("abcdef", 4) == "abc…"
    assert printable("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        (1, "1"),
        (1.5, "1.5"),
        (True, "True"),
        (b"\x1b", r"b'\x1b'"),
        (["\x1b"], r"['\x1b']"),
        ("", ""),
    ],
)
def test_anything_can_be_shown(value: object, shown: str) -> None:
    assert printable(value) == shown


def test_a_type_that_writes_escapes_is_cleaned_too() -> None:
    class Hostile:
        def __str__(self) -> str:
            return "\x1b]52;c;aGVsbG8=\x07"

    assert printable(Hostile()) == "␛]52;c;aGVsbG8=␇"


@pytest.mark.timing
def test_a_short_name_costs_next_to_nothing() -> None:
    best = (
        min(timeit.repeat(lambda: printable("ps_100kd"), timer=thread_time, number=5_000, repeat=5)) / 5_000
    )
    assert best < 5e-6


@pytest.mark.timing
def test_the_longest_text_of_marks_is_done_in_a_moment() -> None:
    text = "\u0301" * 10_000_000
    assert min(timeit.repeat(lambda: printable(text), timer=thread_time, number=1, repeat=3)) < 0.1


@given(any_text, st.integers(1, 80))
def test_shortening_keeps_the_width(text: str, width: int) -> None:
    text = printable(text)
    short = shorten(text, width)
    assert width_of(short) <= width
    assert short == text or short.endswith("…")


@given(any_text, st.integers(1, 80))
def test_left_and_right_fill_exactly_the_cells(text: str, width: int) -> None:
    text = printable(text)
    assert width_of(left(text, width)) == width
    assert width_of(right(text, width)) == width


def test_a_cjk_name_takes_two_cells_a_character() -> None:
    assert left("试样", 6) == "试样  "
    assert shorten("试样三号", 5) == "试样…"


def test_shortening_marks_what_is_cut() -> None:
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"
    assert shorten("abc", 1) == "…"
    assert shorten("", 0) == ""


def test_numbers_of_things_are_words() -> None:
    assert [plural(n, "run") for n in (0, 1, 2, 12_345)] == ["0 runs", "1 run", "2 runs", "12,345 runs"]
