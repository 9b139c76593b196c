"""A bench with the frame pane's controller on a small beamtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resonance_tui.session.beamtime import BeamtimeSession
from tests.beamtime import RSOXS_UID
from tests.unit.panes.frame.recorded_pane import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def bench(small_beamtime: Path) -> Iterator[Bench]:
    """On the typical little beamtime; no run is selected."""
    with BeamtimeSession(small_beamtime) as session:
        yield Bench(session)


@pytest.fixture
def shown(bench: Bench) -> Bench:
    """The first of six frames is shown, each of 32 × 48 pixels."""
    bench.show(RSOXS_UID)
    return bench
