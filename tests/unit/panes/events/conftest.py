"""What the tests of the event table can ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resonance_tui.session.beamtime import BeamtimeSession
from tests.unit.panes.events.event_run import LONG_UID, Events, make_beamtime
from tests.unit.panes.fake_host import FakeHost


@pytest.fixture
def events_path(tmp_path: Path) -> Path:
    """The file of the beamtime of `event_run`."""
    return make_beamtime(tmp_path / "events.db")


@pytest.fixture
def pane(host: FakeHost, events_path: Path) -> Iterator[Events]:
    """The pane, in which nothing is shown yet."""
    with BeamtimeSession(events_path) as session:
        yield Events(host, session)


@pytest.fixture
def table(pane: Events) -> Events:
    """The first page of the long run."""
    pane.show(LONG_UID)
    return pane


@pytest.fixture
def whole(table: Events) -> Events:
    """The same, once all of its events were read."""
    table.read_all()
    return table
