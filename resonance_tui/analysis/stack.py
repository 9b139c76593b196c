"""Several frames as one: their mean, their sum, or the largest value of each pixel."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[Any]


class Stack:
    """Takes frames one by one, so that never more than one of them is in memory.

    Parameters
    ----------
    kind : {"mean", "sum", "max"}
        Pixels that are not finite are left out; a pixel that never is finite is NaN.
    """

    def __init__(self, kind: Literal["mean", "sum", "max"]) -> None:
        self._kind = kind
        self._total: Frame | None = None
        self._counts: NDArray[np.int32] | None = None
        self.frames = 0

    def add(self, frame: Frame) -> None:
        """Take another frame.

        Raises
        ------
        ValueError
            It is of another shape than the others.
        """
        if self._total is not None and self._total.shape != frame.shape:
            raise ValueError(f"frames differ in shape: {frame.shape} and {self._total.shape}")
        floating = frame.dtype.kind == "f"
        if self._kind == "max":
            self._total = frame.copy() if self._total is None else np.fmax(self._total, frame)
        else:
            wide = np.float64 if floating or frame.itemsize > 4 else np.int64
            if self._total is None:
                self._total = np.zeros(frame.shape, dtype=wide)
                self._counts = np.zeros(frame.shape, dtype=np.int32) if floating else None
            if self._counts is not None:
                finite = np.isfinite(frame)
                self._counts += finite
                self._total += np.where(finite, frame, 0)
            else:
                self._total = np.add(self._total, frame, out=self._total, casting="unsafe")
        self.frames += 1

    def result(self) -> Frame:
        """Return the mean, sum or largest value of the frames, shape (n, m); a mean is float32.

        Raises
        ------
        ValueError
            There was none.
        """
        if self._total is None:
            raise ValueError("none of the frames can be read")
        if self._kind == "max":
            return self._total
        counts = self.frames if self._counts is None else np.where(self._counts > 0, self._counts, np.nan)
        if self._kind == "mean":
            mean = np.empty(self._total.shape, dtype=np.float32)
            return np.divide(self._total, counts, out=mean, casting="unsafe")  # no copy as float64
        return self._total if self._counts is None else np.where(self._counts > 0, self._total, np.nan)
