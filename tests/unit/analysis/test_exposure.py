"""Exposure of a frame: counted on every pixel, told in few words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.exposure import Exposure, Thresholds, Verdict, assess_exposure
from resonance_tui.picture.cells import pieces
from resonance_tui.picture.exposure_strip import MARKS, FrameMark, line_cells, strip_of
from resonance_tui.picture.palettes import ALARM, FAINT, GOOD, INK, OUTSIDE
from resonance_tui.text.exposure import extremes_texts, verdict_texts

Array = np.ndarray[Any, np.dtype[Any]]

PLAIN = Thresholds()


def verdict_text(exposure: Exposure, thresholds: Thresholds, seconds: float | None) -> str:
    """The longest of the texts; each of the others is shorter than the one before."""
    texts = verdict_texts(exposure, thresholds, seconds)
    assert sorted(texts, key=len, reverse=True) == list(texts)
    return texts[0] if texts else ""


def exposure(verdict: Verdict = "good", **more: Any) -> Exposure:
    facts: dict[str, Any] = {
        "pixels": 1_000_000, "saturated": 0, "dim": 0, "negative": 0, "missing": 0,
        "lowest": 0.0, "highest": 1e5, "dark": 100.0, "bright": 1000.0,
    }  # fmt: skip
    return Exposure(verdict, **(facts | more))


# -- verdicts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "saturated", "verdict"),
    [
        ((1024, 1024), 499, "good"),
        ((1024, 1024), 500, "over"),
        ((2048, 1024), 999, "good"),
        ((2048, 1024), 1000, "over"),
        ((512, 512), 124, "good"),
        ((512, 512), 125, "over"),
        ((30, 30), 0, "good"),
        ((30, 30), 1, "over"),
    ],
)
def test_a_frame_is_overexposed_from_five_hundred_saturated_pixels_per_megapixel(
    shape: tuple[int, int], saturated: int, verdict: Verdict
) -> None:
    frame = np.full(shape, 199_999, np.int32)
    frame.reshape(-1)[:saturated] = 200_000
    judged = assess_exposure(frame, PLAIN)
    assert judged.saturated == saturated
    assert judged.verdict == verdict


@pytest.mark.parametrize(
    ("dim", "verdict"), [(8999, "good"), (9000, "under"), (9001, "under"), (10_000, "under"), (0, "good")]
)
def test_a_frame_is_underexposed_where_nine_tenths_are_dim(dim: int, verdict: Verdict) -> None:
    frame = np.full((100, 100), 50, np.uint16)
    frame.reshape(-1)[:dim] = 49
    judged = assess_exposure(frame, PLAIN)
    assert judged.dim == dim
    assert judged.verdict == verdict


def test_what_is_missing_does_not_count_as_seen() -> None:
    frame = np.full((100, 100), np.nan)
    frame[:10] = 60
    assert assess_exposure(frame, PLAIN).verdict == "good"
    frame[:9] = 10
    judged = assess_exposure(frame, PLAIN)
    assert judged.verdict == "under"
    assert judged.missing == 9000


@pytest.mark.parametrize("kind", ["i4", "u2", "f4", "?"])
def test_a_frame_of_nothing_but_zeros_is_told_as_such(kind: str) -> None:
    assert assess_exposure(np.zeros((50, 40), kind), PLAIN).verdict == "zero"
    assert assess_exposure(np.zeros((50, 40)) - 0.0, PLAIN).verdict == "zero"


def test_zeros_among_missing_pixels_are_zeros() -> None:
    frame = np.zeros((50, 40))
    frame[3:7] = np.nan
    assert assess_exposure(frame, PLAIN).verdict == "zero"


def test_a_frame_that_is_almost_zero_is_underexposed() -> None:
    frame = np.zeros((50, 40), np.int32)
    frame[7, 7] = 1
    assert assess_exposure(frame, PLAIN).verdict == "under"
    frame[7, 7] = -1
    assert assess_exposure(frame, PLAIN).verdict == "under"


def test_too_much_light_comes_before_too_little() -> None:
    frame = np.zeros((100, 100), np.int32)
    frame[0, :5] = 2**31 - 1
    assert assess_exposure(frame, PLAIN).verdict == "over"


def test_a_frame_of_nothing_but_missing_pixels_has_no_numbers() -> None:
    judged = assess_exposure(np.full((20, 20), np.nan), PLAIN)
    assert judged.verdict == "good"
    assert (judged.pixels, judged.missing, judged.dim) == (400, 400, 0)
    assert math.isnan(judged.lowest)
    assert math.isnan(judged.highest)


def test_other_thresholds_can_be_chosen() -> None:
    frame = np.full((64, 64), 100, np.int32)
    assert assess_exposure(frame, PLAIN).verdict == "good"
    assert assess_exposure(frame, Thresholds(saturated=100)).verdict == "over"
    assert assess_exposure(frame, Thresholds(dim=101)).verdict == "under"
    frame[:32] = 10
    assert assess_exposure(frame, PLAIN).verdict == "good"
    assert assess_exposure(frame, Thresholds(under_share=0.5)).verdict == "under"
    frame[0, :8] = 300_000
    assert assess_exposure(frame, PLAIN).verdict == "over"
    assert assess_exposure(frame, Thresholds(over_pixels=8 * 256 + 1)).verdict == "good"


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.sampled_from(("i4", "u2", "i2", "f4", "f8")),
    st.integers(0, 2**32 - 1),
    st.sampled_from((0.0, 0.1, 1.0)),
)
def test_the_counts_are_those_of_all_pixels(n: int, m: int, kind: str, seed: int, odd: float) -> None:
    rng = np.random.default_rng(seed)
    low = 0 if kind == "u2" else -20
    frame = rng.integers(low, rng.choice([60, 1000]), (n, m)).astype(kind)
    if frame.dtype.kind == "f":
        hit = rng.random(frame.shape) < odd
        frame[hit] = rng.choice([np.nan, np.inf, -np.inf], int(hit.sum()))
    judged = assess_exposure(frame, Thresholds(saturated=700, dim=30))
    values = frame.astype(np.float64)
    values = values[np.isfinite(values)]
    assert judged.pixels == frame.size
    assert judged.missing == frame.size - values.size
    assert judged.saturated == np.count_nonzero(values >= 700)
    assert judged.dim == np.count_nonzero(values < 30)
    assert judged.negative == np.count_nonzero(values < 0)
    if values.size:
        assert (judged.lowest, judged.highest) == (values.min(), values.max())
        assert (judged.dark, judged.bright) == pytest.approx(tuple(np.percentile(values, (1, 99.9))))


def test_a_frame_of_many_blocks_is_counted_like_a_small_one() -> None:
    frame = np.random.default_rng(1).integers(-100, 400_000, (1500, 1100), dtype=np.int32)
    judged = assess_exposure(frame, PLAIN)
    assert judged.saturated == np.count_nonzero(frame >= 200_000)
    assert judged.dim == np.count_nonzero(frame < 50)
    assert judged.negative == np.count_nonzero(frame < 0)
    assert (judged.lowest, judged.highest) == (frame.min(), frame.max())


class StoppedError(Exception):
    """Nobody wants to know any more."""


def test_judging_can_be_given_up_between_blocks() -> None:
    calls = []

    def check() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise StoppedError

    with pytest.raises(StoppedError):
        assess_exposure(np.zeros((4000, 1000), np.int32), PLAIN, check)
    assert len(calls) == 3


# -- what would be better --------------------------------------------------------------------------------


def test_the_suggested_exposure_is_linear_above_the_dark_level() -> None:
    judged = exposure(dark=100, bright=10_100)
    # 10 000 counts above the dark level in 2 s; 99 900 are wanted
    assert judged.suggested(2.0, PLAIN) == pytest.approx(19.98)
    assert judged.suggested(4.0, PLAIN) == pytest.approx(2 * 19.98)


@settings(max_examples=100)
@given(st.floats(0.001, 1000), st.floats(0, 1000), st.floats(1, 1e5))
def test_the_suggested_exposure_brings_the_bright_pixels_to_their_target(
    seconds: float, dark: float, net: float
) -> None:
    better = exposure(dark=dark, bright=dark + net).suggested(seconds, PLAIN)
    assert better is not None
    reached = dark + ((dark + net) - dark) * better / seconds
    assert reached == pytest.approx(PLAIN.target * PLAIN.saturated, rel=1e-6)


@pytest.mark.parametrize(
    ("seconds", "dark", "bright"),
    [(0.0, 0, 100), (-1.0, 0, 100), (math.nan, 0, 100), (1.0, 100, 100), (1.0, 0, 0)],
)
def test_nothing_is_suggested_from_nothing(seconds: float, dark: float, bright: float) -> None:
    assert exposure(dark=dark, bright=bright).suggested(seconds, PLAIN) is None


# -- words -----------------------------------------------------------------------------------------------


def test_a_good_frame_needs_no_words() -> None:
    assert verdict_text(exposure("good"), PLAIN, 1.0) == ""


def test_a_frame_of_zeros_is_told() -> None:
    assert verdict_text(exposure("zero"), PLAIN, 1.0) == "ALL ZERO"


def test_an_overexposed_frame_is_told_with_what_is_better_at_most() -> None:
    over = exposure("over", saturated=12_345, dark=0.0, bright=200_000.0)
    assert verdict_text(over, PLAIN, None) == "OVEREXPOSED 12,345 px"
    assert verdict_text(over, PLAIN, 2.0) == "OVEREXPOSED 12,345 px in 2 s, try ≤ 1 s"


def test_an_underexposed_frame_is_told_with_what_is_better() -> None:
    under = exposure("under", dim=950_000, dark=0.0, bright=1000.0)
    assert verdict_text(under, PLAIN, None) == "UNDEREXPOSED 95% dim"
    assert verdict_text(under, PLAIN, 0.1) == "UNDEREXPOSED 95% dim in 0.1 s, try 10 s"


@pytest.mark.parametrize("seconds", [None, 0.0, -1.0, math.nan])
def test_without_an_exposure_time_there_is_no_better_one(seconds: float | None) -> None:
    assert "try" not in verdict_text(exposure("under", dim=950_000), PLAIN, seconds)


def test_what_cannot_be_a_better_exposure_is_not_told() -> None:
    far = verdict_text(exposure("under", dim=1, dark=0.0, bright=1e-3), PLAIN, 1.0)
    assert far.endswith("try far longer"), "a number would be reckoned from noise"
    assert "try" not in verdict_text(exposure("over", saturated=9, dark=3e5, bright=4e5), PLAIN, 1.0)


# -- the strip of all frames -----------------------------------------------------------------------------


@settings(max_examples=100)
@given(st.integers(0, 500), st.data())
def test_the_strip_keeps_the_cursor_in_view(frames: int, data: st.DataObject) -> None:
    width = data.draw(st.integers(0, 120))
    at = data.draw(st.none() | st.integers(0, max(0, frames - 1)))
    known = data.draw(st.dictionaries(st.integers(0, max(0, frames - 1)), st.sampled_from(("good", "over"))))
    some = st.integers(0, max(0, frames - 1))
    others: dict[int, FrameMark] = data.draw(st.dictionaries(some, st.sampled_from(("lost", "zero"))))
    first, marks = strip_of({n: exposure(v) for n, v in known.items()}, others, frames, at, width)
    assert len(marks) == min(width, frames)
    assert 0 <= first <= frames - len(marks)
    if marks:
        assert first <= (at or 0) < first + len(marks)
    for frame, mark in enumerate(marks, first):
        assert mark == known.get(frame, others.get(frame))


def test_every_mark_is_another_character() -> None:
    assert len(set(MARKS.values())) == len(MARKS)
    assert all(len(mark) == 1 for mark in MARKS.values())


def test_a_line_has_words_and_a_mark_for_each_frame() -> None:
    verdicts: list[FrameMark] = ["good", None, "over", "under", "zero", "lost"]
    line = line_cells(30, "words", True, 10, verdicts, 12)
    assert line.shape == (30,)
    text = "".join(text for text, _, _ in pieces(line.tolist()))
    assert text.rstrip() == "words  ▪·▲▼○×"
    looks = [(int(cell) & 63, int(cell) >> 6 & 63) for cell in line]
    assert looks[0] == (INK, OUTSIDE)
    assert looks[7:9] == [(GOOD, OUTSIDE), (FAINT, OUTSIDE)]
    assert looks[9] == (OUTSIDE, ALARM)  # the one under the cursor
    assert looks[10:13] == [(ALARM, OUTSIDE)] * 3


def test_weak_words_are_faint() -> None:
    assert int(line_cells(10, "words", False, 0, [], None)[0]) & 63 == FAINT


def test_without_words_the_marks_begin_at_the_left() -> None:
    text = "".join(text for text, _, _ in pieces(line_cells(5, "", True, 0, ["good"], None).tolist()))
    assert text == "▪    "


@settings(max_examples=60)
@given(st.integers(0, 40), st.text("abc", max_size=50), st.lists(st.sampled_from(list(MARKS)), max_size=50))
def test_a_line_is_as_wide_as_its_pane(width: int, words: str, verdicts: list[FrameMark]) -> None:
    line = line_cells(width, words, True, 0, verdicts, 3)
    assert line.shape == (width,)
    wanted = words + "  " * bool(words) + "".join(MARKS[verdict] for verdict in verdicts)
    assert "".join(text for text, _, _ in pieces(line.tolist())) == wanted[:width].ljust(width)


def test_the_extremes_of_a_frame_are_told_with_its_saturated_pixels() -> None:
    frame = np.full((10, 10), 70, dtype=np.int32)
    assert extremes_texts(assess_exposure(frame, Thresholds()))[0] == "min 70 max 70"
    frame[0, :3] = 250_000
    assert extremes_texts(assess_exposure(frame, Thresholds()))[0] == "min 70 max 250000 · 3 saturated"


def test_missing_pixels_do_not_count_as_well_lit() -> None:
    frame = np.full((100, 100), np.nan)
    frame[:10], frame[:9] = 60.0, 10.0
    assert "90% dim" in verdict_text(assess_exposure(frame, Thresholds()), Thresholds(), None)
