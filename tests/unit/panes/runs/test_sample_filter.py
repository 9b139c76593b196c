"""The run list: states, rows, and the search for a sample."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.panes.runs.sample_filter import SampleFilter
from resonance_tui.text.run_overview import RunRow, run_row
from resonance_tui.text.states import State

START = 1_770_715_648.0


def row(sample: str | None, status: str | None = "success", stop: float | None = START + 90) -> RunRow:
    return run_row("u1", "scan", START, stop, sample, status)


@pytest.mark.parametrize(
    ("status", "stop", "without_end", "state"),
    [
        ("success", START, State.ABANDONED, State.SUCCESS),
        ("aborted", START, State.ABANDONED, State.ABORTED),
        ("failed", START, State.ABANDONED, State.FAILED),
        ("weird", START, State.ABANDONED, State.OTHER),
        ("SUCCESS", START, State.ABANDONED, State.OTHER),
        ("", START, State.ABANDONED, State.OTHER),
        ("success", None, State.RUNNING, State.SUCCESS),
        (None, None, State.RUNNING, State.RUNNING),
        (None, None, State.ABANDONED, State.ABANDONED),
        (None, START, State.RUNNING, State.OTHER),
        (None, START, State.ABANDONED, State.OTHER),
    ],
)
def test_the_state_of_a_run(status: str | None, stop: float | None, without_end: State, state: State) -> None:
    assert run_row("u1", "scan", START, stop, None, status, without_end).state is state


def test_every_state_is_told_by_its_glyph_alone_and_by_its_word_alone() -> None:
    assert len({state.glyph for state in State}) == len(State)
    assert len({state.word for state in State}) == len(State)
    assert {len(state.glyph) for state in State} == {1}


def test_an_unknown_status_is_shown_in_its_own_words() -> None:
    assert row("a", "weird").status == "weird"
    assert row("a", "\x1b[31m" + "x" * 50).status == "␛[31mxxxxxx…"
    assert row("a", "aborted").status == "aborted"


def test_the_names_of_a_row_are_printable() -> None:
    shown = run_row("u1", "\x1bplan", START, None, "a\nb\u202e[/]", None, State.RUNNING)
    assert shown.plan == "␛plan"
    assert shown.sample == "a␊b\ufffd[/]"
    assert shown.state is State.RUNNING


def test_a_run_without_a_sample_has_an_empty_name() -> None:
    assert row(None).sample == ""


def test_a_run_without_an_end_took_no_time_yet() -> None:
    assert row("a", None, None).duration == "–"
    assert row("a").duration == "2m"


@pytest.mark.parametrize("start", [0, -1.0, 1e300, "text", float("inf"), 1.7e12])
def test_an_odd_start_is_doubted(start: Any) -> None:
    assert run_row("u1", "scan", start, None, "a", None).when.endswith("?")


@pytest.mark.parametrize(
    ("text", "sample"),
    [
        ("p3ht", "P3HT:PCBM 1:1"),
        ("PCBM", "P3HT:pcbm 1:1"),
        ("1:1", "P3HT:PCBM 1:1"),
        (":", "P3HT:PCBM 1:1"),
        ("  p3ht ", "P3HT:PCBM 1:1"),
        ("m 1", "P3HT:PCBM 1:1"),
        ("STRASSE", "Straße 7"),
        ("straße", "STRASSE 7"),
        ("µ-GRID", "µ-grid [blank]"),
        ("μ-grid", "µ-grid [blank]"),  # the Greek letter for the micro sign
        ("ΜΑΣ", "μας"),
        ("[blank]", "µ-grid [blank]"),
        ("[/]", "x [/] y"),
        (".*", "a.*b"),
        ("ÅNG", "ångström"),
    ],
)
def test_a_sample_is_found_in_any_case_anywhere_in_its_name(text: str, sample: str) -> None:
    assert SampleFilter(text).matches(row(sample))


@pytest.mark.parametrize(("text", "sample"), [("p3ht", "ps_100kd"), (".*", "ab"), ("x", ""), ("p  3", "P 3")])
def test_a_sample_of_another_name_is_not_found(text: str, sample: str) -> None:
    assert not SampleFilter(text).matches(row(sample))


@pytest.mark.parametrize("text", ["", "  ", "\t"])
def test_an_empty_search_keeps_everything(text: str) -> None:
    rows = [row("a"), row(None), row("b")]
    assert not SampleFilter(text)
    assert SampleFilter(text).keep(rows) == rows


def test_the_runs_kept_stay_in_their_order() -> None:
    rows = [row(name) for name in ("P3HT", "ps", "p3ht 2", None, "P3HT", "xp3htx")]
    assert SampleFilter("p3ht").keep(rows) == [rows[0], rows[2], rows[4], rows[5]]


def test_the_rows_given_are_not_changed() -> None:
    rows = [row("a"), row("b")]
    SampleFilter("").keep(rows).clear()
    assert len(rows) == 2


@given(st.lists(st.text(max_size=6), max_size=12), st.text(max_size=3))
def test_what_is_kept_is_what_matches(names: list[str], text: str) -> None:
    rows = [row(name) for name in names]
    wanted = SampleFilter(text)
    assert wanted.keep(rows) == [r for r in rows if text.strip().casefold() in r.sample.casefold()]


@given(st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=10), st.data())
def test_every_part_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    shown = row(name)
    start = data.draw(st.integers(0, len(shown.sample) - 1))
    part = shown.sample[start : data.draw(st.integers(start + 1, len(shown.sample)))]
    assert SampleFilter(part).matches(shown)


def test_the_caption_says_how_many_of_how_many() -> None:
    assert SampleFilter("p3ht").caption(12, 340, False) == "12 of 340 runs: sample ~ p3ht"
    assert SampleFilter("p3ht").caption(0, 12_345, False) == "0 of 12,345 runs: sample ~ p3ht"
    assert SampleFilter(" p3ht ").caption(1_000, 20_000, False) == "1,000 of 20,000 runs: sample ~ p3ht"
    assert SampleFilter("").caption(340, 340, False) == "340 runs"
    assert SampleFilter("").caption(1, 1, False) == "1 run"


def test_the_caption_says_that_more_are_coming() -> None:
    assert SampleFilter("").caption(5_000, 5_000, True) == "5,000 runs…"
    assert SampleFilter("a").caption(3, 5_000, True) == "3 of 5,000 runs…: sample ~ a"


def test_the_caption_is_printable_and_short() -> None:
    caption = SampleFilter("\x1b[2J" + "x" * 500).caption(0, 1, False)
    assert caption.startswith("0 of 1 run: sample ~ ␛[2Jxx")
    assert len(caption) < 70
