"""The shapes that simulated spectra are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Curve: TypeAlias = npt.NDArray[np.float64]


def bell(x: Curve, centre: float, width: float) -> Curve:
    """Return a Gaussian of height 1; `width` is its standard deviation, shape (n,)."""
    height: Curve = np.exp(-0.5 * np.square((x - centre) / width))
    return height


def step(x: Curve, centre: float, width: float) -> Curve:
    """Return a step from 0 to 1, a hyperbolic tangent of that width; shape (n,)."""
    height: Curve = 0.5 * (1.0 + np.tanh((x - centre) / width))
    return height
