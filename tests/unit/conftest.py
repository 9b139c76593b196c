"""Unit tests read as on a machine that does nothing else."""

from __future__ import annotations

import pytest

from resonance_tui.catalog.sqlite import connection, reader_process
from tests.unhurried_service import OWN_TIME


@pytest.fixture(autouse=True)
def unhurried(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read's budget is its own time: no read is cut short because others have the cores. Not where time counts."""
    if request.node.get_closest_marker("timing") is None:
        monkeypatch.setattr(connection, "time", OWN_TIME)
        monkeypatch.setattr(reader_process, "_MODULE", "tests.unhurried_service")
