"""Benches with the plot's controller on small beamtimes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resonance_tui.panes.actions import PlotAction
from resonance_tui.session.beamtime import BeamtimeSession
from tests.beamtime import angle_run
from tests.unit.panes.plot.recorded_pane import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def bench(small_beamtime: Path) -> Iterator[Bench]:
    """On the typical little beamtime."""
    with BeamtimeSession(small_beamtime) as session:
        yield Bench(session)


@pytest.fixture
def angles(tmp_path: Path) -> Iterator[Bench]:
    """A run of five angles with ten energies each is shown."""
    yield from _with_angles(tmp_path, 5)


@pytest.fixture
def many_angles(tmp_path: Path) -> Iterator[Bench]:
    """A run of more angles than there are curves to tell apart is shown, and a curve for each was asked for."""
    for bench in _with_angles(tmp_path, 20):
        bench.pick(PlotAction.GROUP_BY, "sam_th_position")
        yield bench


def _with_angles(folder: Path, n_angles: int) -> Iterator[Bench]:
    path = folder / "angles.db"
    uid = angle_run(path, 10 * n_angles, n_angles)
    with BeamtimeSession(path) as session:
        bench = Bench(session)
        bench.show(uid)
        yield bench
