"""The frames of the simulated detector: rings, beamstop, hot pixels, exposure."""

from __future__ import annotations

import numpy as np
import pytest

from resonance_tui.simulator.detector import Detector, contrast
from resonance_tui.simulator.materials import PM6_Y6


def test_the_rings_are_strongest_at_the_resonance_and_shrink_with_energy():
    assert contrast(PM6_Y6, 275.0) < 0.2 < 0.8 < contrast(PM6_Y6, 284.8)
    detector = Detector(256, 1)

    def ring(energy: float) -> tuple[float, float]:
        """Radius in pixels and height of the second ring, along the row right of the beam."""
        frame = np.mean([detector.frame(PM6_Y6, energy)[60:180] for _ in range(3)], axis=0)
        down, right = np.ogrid[60 - 0.468 * 256 : 180 - 0.468 * 256, -0.527 * 256 : 256 - 0.527 * 256]
        shell = np.hypot(down, right).astype(int)
        radial = [np.median(frame[shell == radius]) for radius in range(52, 85)]
        return 52 + float(np.argmax(radial)), float(np.max(radial))

    assert ring(275.0)[0] > ring(300.0)[0]
    assert ring(284.8)[1] > 2 * ring(275.0)[1]


def test_the_beamstop_hides_the_direct_beam():
    frame = Detector(256, 1).frame(PM6_Y6, 285.0)
    row, column = round(0.468 * 256), round(0.527 * 256)
    hidden = np.median(frame[row - 3 : row + 4, column - 3 : column + 4])
    halo = np.median(frame[row - 3 : row + 4, column + 12 : column + 15])
    assert hidden < 0.2 * halo


def test_the_same_pixels_are_hot_in_every_frame():
    detector = Detector(128, 1)
    dark = [detector.frame(PM6_Y6, 275.0, dose=0.0) for _ in range(3)]
    always = np.min(dark, axis=0) > 800
    assert 4 <= always.sum() <= 6
    assert np.median(dark[0]) == pytest.approx(70, abs=1)


def test_the_anisotropy_turns_with_the_polarization():
    detector = Detector(256, 1)
    row, column = round(0.468 * 256), round(0.527 * 256)
    ratios = []
    for vertical in (False, True):
        frame = detector.frame(PM6_Y6, 284.8, vertical=vertical)
        beside = np.median(frame[row - 4 : row + 5, column + 28 : column + 34])
        above = np.median(frame[row - 33 : row - 27, column - 4 : column + 5])
        ratios.append(beside / above)
    assert ratios[0] > 1.15
    assert ratios[1] < 0.87


@pytest.mark.parametrize("size", [64, 256])
def test_spoiled_frames_are_spoiled_at_every_size(size):
    detector = Detector(size, 3)
    assert (detector.overexposed(PM6_Y6, 285.0) >= 200_000).sum() >= 500
    assert (detector.underexposed(PM6_Y6, 285.0) < 50).mean() >= 0.9
