"""What the tests of controllers can ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resonance_tui.session.beamtime import BeamtimeSession
from tests.unit.panes.fake_host import FakeHost


@pytest.fixture
def host() -> FakeHost:
    """A host on which nothing was asked for yet."""
    return FakeHost()


@pytest.fixture
def session(small_beamtime: Path) -> Iterator[BeamtimeSession]:
    """The little beamtime, opened when it is first read."""
    with BeamtimeSession(small_beamtime) as opened:
        yield opened


@pytest.fixture
def no_session(tmp_path: Path) -> BeamtimeSession:
    """A beamtime whose file is not there: where only the reaction to an answer matters."""
    return BeamtimeSession(tmp_path / "nothing.db")
