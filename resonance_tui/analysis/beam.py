"""Points that were taken without beam."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

LOST = 0.25
"""A signal below this share of what it usually is means that the beam was lost."""

_BLOCK_EVENTS = 32
_BLOCKS_AROUND = 2  # blocks to each side that say what is usual
_REPEATS = 3


def beam_lost(
    current: Floats | None = None, i0: Floats | None = None, energy: Floats | None = None, share: float = LOST
) -> Mask | None:
    """Find the points taken without beam: their beam current, or else i0, is far below what is usual there.

    The storage ring's current tells by itself. i0 follows the energy, by a factor of a hundred at the carbon
    edge: where the energy is scanned, a point is compared with those of other sweeps at the same energy, and
    is not judged where there are no three.

    Parameters
    ----------
    current, i0, energy
        Shape (n,), in mA, V and eV; None for a channel that was not read. NaN values are not judged.
    share
        Of the usual value.

    Returns
    -------
    array or None
        Shape (n,), True where the beam was lost; None where no channel tells.
    """
    if current is not None and np.isfinite(current).any():
        return _below(current, _usual(current), share)
    if i0 is None or not np.isfinite(i0).any():
        return None
    if energy is None or not _is_scanned(energy):
        return _below(i0, _usual(i0), share)
    return _below(i0, _usual_at(energy, i0), share)


def _below(values: Floats, usual: Floats, share: float) -> Mask:
    with np.errstate(invalid="ignore"):  # NaN is not below anything
        lost: Mask = (usual > 0.0) & (values < share * usual)
    return lost


def _usual(values: Floats) -> Floats:
    """Estimate the usual value of a signal around each point, shape (n,): medians, not pulled down by a long loss."""
    n = len(values)
    blocks = -(-n // _BLOCK_EVENTS)
    padded = np.full(blocks * _BLOCK_EVENTS, np.nan)
    padded[:n] = values
    medians = _nanmedian(padded.reshape(blocks, _BLOCK_EVENTS))
    around = np.full((blocks, 2 * _BLOCKS_AROUND + 1), np.nan)
    for column, shift in enumerate(range(-_BLOCKS_AROUND, _BLOCKS_AROUND + 1)):
        source = np.arange(blocks) + shift
        inside = (source >= 0) & (source < blocks)
        around[inside, column] = medians[source[inside]]
    local = np.repeat(_nanmedian(around), _BLOCK_EVENTS)[:n]
    # after an hour without beam nothing around a point would tell: the better part of the whole run does
    return np.fmax(local, float(np.nanpercentile(values, 75.0)))


def _nanmedian(rows: Floats) -> Floats:
    """Return the lower median of each row without its NaN, shape (k,); NaN for a row of NaN, without a warning."""
    ordered = np.sort(rows, axis=1)  # NaN goes last
    count = np.isfinite(ordered).sum(axis=1)
    at = np.maximum(count - 1, 0) // 2
    medians: Floats = ordered[np.arange(len(rows)), at]
    return medians


def _is_scanned(energy: Floats) -> bool:
    known = energy[np.isfinite(energy)]
    return known.size > 0 and float(np.ptp(known)) > 1e-4 * abs(float(np.median(known)))


def _usual_at(energy: Floats, values: Floats) -> Floats:
    """Return the median of a signal at each point's energy, shape (n,); NaN where that has too few points."""
    usual = np.full(len(values), np.nan)
    known = np.flatnonzero(np.isfinite(energy) & np.isfinite(values))
    if not known.size:
        return usual
    _, group = np.unique(np.round(energy[known], 2), return_inverse=True)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) > 0])
    for part in np.split(known[order], starts[1:]):
        if len(part) >= _REPEATS:
            usual[part] = np.median(values[part])
    return usual
