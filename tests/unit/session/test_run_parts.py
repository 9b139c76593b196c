"""The list of runs in parts: the newest first, with the state of the run started last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resonance_tui.session import BeamtimeSession, open_beamtime
from resonance_tui.session import run_parts as run_list_module
from tests.beamtime import NEXAFS_UID, OPEN_UID, SMALL_UIDS, many_runs


@pytest.fixture
def session(small_beamtime: Path) -> Iterator[BeamtimeSession]:
    with open_beamtime(small_beamtime) as session:
        yield session


def test_the_run_list_comes_in_parts_the_newest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_list_module, "_PART", 300)
    uids = many_runs(tmp_path / "many.db", 1000)
    with open_beamtime(tmp_path / "many.db") as session:
        parts = list(session.run_list())
    assert [run.uid for part in parts for run in part.runs] == uids[::-1]
    assert [part.first for part in parts] == [True, *[False] * (len(parts) - 1)]
    assert [part.done for part in parts] == [*[False] * (len(parts) - 1), True]
    assert len(parts) > 2
    assert parts[0].states == {}


def test_the_run_list_tells_the_state_of_the_run_started_last(session: BeamtimeSession) -> None:
    (part,) = [part for part in session.run_list() if part.runs]
    assert [run.uid for run in part.runs] == SMALL_UIDS
    assert list(part.states) == [OPEN_UID]
    assert part.states[OPEN_UID].frames == 3
    assert session.state(session.run(NEXAFS_UID)).exit_status == "success"
