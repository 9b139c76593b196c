"""What is typed to go to a frame, a pixel or a value."""

from __future__ import annotations

import numpy as np
import pytest

from resonance_tui.panes.frame.go_to import (
    FrameNumber,
    Pixel,
    ScannedValue,
    Target,
    nearest_frame,
    understood,
)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("8", FrameNumber(8)), (" 8 ", FrameNumber(8)), ("-1", FrameNumber(-1)), ("0", FrameNumber(0)),
        ("1,000,000", FrameNumber(1_000_000)), ("512,300", Pixel(512, 300)), ("5 , 7", Pixel(5, 7)),
        ("284.5 eV", ScannedValue(284.5, "eV")), ("284.5", ScannedValue(284.5, "")),
        ("-3.5mm", ScannedValue(-3.5, "mm")), (".5", ScannedValue(0.5, "")), ("1e-3 s", ScannedValue(1e-3, "s")),
        ("8 eV", ScannedValue(8.0, "eV")),
    ],
)  # fmt: skip
def test_a_number_is_a_frame_two_are_a_pixel_and_a_fraction_or_a_unit_makes_a_value(
    text: str, target: Target
) -> None:
    assert understood(text) == target


@pytest.mark.parametrize("text", ["", "eV", "5,x", "1.5,2.5", "1e999", "²", "8 of 9", "--3", "- 3"])
def test_anything_else_is_nothing_to_go_to(text: str) -> None:
    assert understood(text) is None


def test_a_number_of_many_digits_is_no_trouble() -> None:
    assert understood("9" * 60) == FrameNumber(10**12 - 1)
    assert understood("9" * 60 + "," + "9" * 60) == Pixel(10**9 - 1, 10**9 - 1)


def test_the_frame_whose_event_was_nearest_to_a_value_is_found() -> None:
    values = np.array([270.0, 271, 272, np.nan, 280])
    assert nearest_frame(values, [0, 2, 3, 4], 276.5) == 3
    assert nearest_frame(values, [0, 2, 3, 4], 271.4) == 1


def test_frames_whose_events_have_no_value_are_not_found() -> None:
    assert nearest_frame(np.array([np.nan, 1.0]), [0, 9], 1.0) is None
