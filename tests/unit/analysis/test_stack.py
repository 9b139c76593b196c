"""Several frames as one: like numpy on all of them at once."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.stack import Stack

Array = np.ndarray[Any, np.dtype[Any]]
Kind = Literal["mean", "sum", "max"]

KINDS: tuple[Kind, ...] = ("mean", "sum", "max")

counts = st.integers(1, 6)
sides = st.integers(1, 8)
seeds = st.integers(0, 2**32 - 1)


def stacked(kind: Kind, frames: Array | list[Array]) -> Array:
    stack = Stack(kind)
    for frame in frames:
        stack.add(frame)
    return np.asarray(stack.result())


@settings(max_examples=80)
@given(st.sampled_from(("u1", "i1", "u2", ">u2", "i2", "i4", ">i4", "u4")), counts, sides, sides, seeds)
def test_integers_are_stacked_exactly(kind: str, count: int, n: int, m: int, seed: int) -> None:
    native = np.dtype(kind).newbyteorder("=")
    info = np.iinfo(native)
    frames = np.random.default_rng(seed).integers(
        info.min, info.max, (count, n, m), dtype=native.type, endpoint=True
    )
    given_frames = frames.astype(kind)
    total = frames.astype(np.int64).sum(axis=0)
    np.testing.assert_array_equal(stacked("sum", given_frames), total)
    np.testing.assert_array_equal(stacked("max", given_frames), frames.max(axis=0))
    np.testing.assert_allclose(stacked("mean", given_frames), total / count, rtol=1e-6, atol=1e-30)


@pytest.mark.parametrize("value", [2**31 - 1, -(2**31)])
def test_integers_at_their_limits_do_not_overflow(value: int) -> None:
    frames = [np.full((3, 4), value, np.int32)] * 100
    assert np.unique(stacked("sum", frames)).tolist() == [100 * value]
    assert np.unique(stacked("mean", frames)).tolist() == [np.float32(value)]
    assert np.unique(stacked("max", frames)).tolist() == [value]


@settings(max_examples=80)
@given(st.sampled_from(("f4", "f8")), counts, sides, sides, seeds, st.sampled_from((0.0, 0.3, 0.9, 1.0)))
def test_missing_pixels_are_left_out(
    kind: str, count: int, n: int, m: int, seed: int, missing: float
) -> None:
    rng = np.random.default_rng(seed)
    frames = rng.normal(100, 50, (count, n, m)).astype(kind)
    frames[rng.random(frames.shape) < missing] = np.nan
    held = (~np.isnan(frames)).sum(axis=0)
    total = np.where(held > 0, np.nansum(frames.astype(np.float64), axis=0), np.nan)
    np.testing.assert_allclose(stacked("sum", frames), total, rtol=1e-9)
    np.testing.assert_allclose(stacked("mean", frames), total / np.maximum(held, 1), rtol=1e-6)
    np.testing.assert_array_equal(stacked("max", frames), np.fmax.reduce(frames, axis=0))


@pytest.mark.parametrize("odd", [np.inf, -np.inf])
@pytest.mark.parametrize("kind", ["mean", "sum"])
def test_infinite_pixels_are_left_out_of_sums(kind: Kind, odd: float) -> None:
    frames = np.array([[[1.0, odd]], [[1.0, 1.0]], [[odd, odd]]])
    assert stacked(kind, frames).tolist() == [[1.0 if kind == "mean" else 2.0, 1.0]]


def test_large_floats_of_single_precision_are_added_in_double() -> None:
    frames = [np.full((2, 2), 16_777_216, np.float32), *[np.ones((2, 2), np.float32)] * 10]
    assert np.unique(stacked("sum", frames)).tolist() == [16_777_226.0]


@pytest.mark.parametrize("kind", KINDS)
def test_one_frame_is_itself(kind: Kind) -> None:
    frame = np.arange(12, dtype=np.uint16).reshape(3, 4)
    np.testing.assert_array_equal(stacked(kind, [frame]), frame)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(4, 3), (3, 5), (12, 1)])
def test_a_frame_of_another_shape_is_refused_and_the_others_stay(kind: Kind, shape: tuple[int, int]) -> None:
    stack = Stack(kind)
    stack.add(np.ones((3, 4), np.int32))
    with pytest.raises(ValueError, match="differ in shape"):
        stack.add(np.ones(shape, np.int32))
    assert stack.frames == 1
    np.testing.assert_array_equal(stack.result(), np.ones((3, 4)))


@pytest.mark.parametrize("kind", KINDS)
def test_of_no_frame_there_is_no_result(kind: Kind) -> None:
    with pytest.raises(ValueError, match="none of the frames"):
        Stack(kind).result()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["u2", "f4", "f8", "i8"])
def test_the_frames_are_not_changed(kind: Kind, dtype: str) -> None:
    frames = np.random.default_rng(1).integers(0, 100, (4, 5, 6)).astype(dtype)
    before = frames.copy()
    stack = Stack(kind)
    for count, frame in enumerate(frames, 1):
        stack.add(frame)
        assert stack.frames == count
    np.testing.assert_array_equal(frames, before)
