"""Labels of overlaid runs: what differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .numbers import number
from .printable import printable

if TYPE_CHECKING:
    from ..analysis.curves import RunColumns


def run_labels(runs: Sequence[tuple[tuple[str, str], RunColumns]]) -> list[str]:
    """Label each run by its sample, its start and where a motor stood that stood elsewhere for the others.

    Parameters
    ----------
    runs : sequence of ((sample, start), RunColumns)
        ``start`` as ``Feb 10 04:55``. What all of them share is left out.
    """
    same_sample = len({sample for (sample, _), _ in runs}) == 1
    same_day = len({start[:-6] for (_, start), _ in runs}) == 1
    stood = _stood(runs)
    labels = []
    for place, ((sample, start), _) in enumerate(runs):
        parts = ["" if same_sample else printable(sample, 24), start[-5:] if same_day else start]
        parts += [f"{printable(name, 16)} {number(values[place], 4)}" for name, values in stood.items()]
        labels.append(" ".join(part for part in parts if part))
    return labels


def _stood(runs: Sequence[tuple[tuple[str, str], RunColumns]]) -> dict[str, list[float]]:
    """Return the first motor that stood still in each of several runs, but not at the same place."""
    import numpy as np

    from ..analysis.axes import clusters, moves

    if len(runs) < 2:
        return {}
    for name in runs[0][1].motors:
        if not all(name in run.columns and not moves(run.columns[name]) for _, run in runs):
            continue
        values = [float(np.nanmedian(run.columns[name])) if np.isfinite(run.columns[name]).any() else float("nan")
                  for _, run in runs]  # fmt: skip
        if clusters(np.array(values)).size > 1 and float(np.ptp(values)) > 1e-3 * max(map(abs, values)):
            return {runs[0][1].label(name): values}
    return {}
