"""Controllers of panes that show a run are made late, and told then what was published before."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from resonance_tui.app.controllers import Controllers
from resonance_tui.panes.signals import LiveRunChanged, LockReleased, Notice, RunSelected, Signal
from resonance_tui.session.beamtime import BeamtimeSession
from tests.unit.panes.fake_host import FakeHost


class Made:
    """The controllers that are made late, as far as it matters here."""

    detail = events = plot = frame = SimpleNamespace(line=None)

    def __init__(self) -> None:
        self.told: list[Signal] = []

    def receive(self, signal: Signal) -> None:
        self.told.append(signal)


@pytest.fixture
def made() -> Made:
    return Made()


@pytest.fixture
def controllers(tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch) -> Controllers:
    monkeypatch.setattr("resonance_tui.app.controllers._ForTheRun", lambda *_: made)
    screen: Any = SimpleNamespace(query_one=lambda _: SimpleNamespace(prompt=None))
    return Controllers(
        screen, cast(Any, FakeHost()), BeamtimeSession(tmp_path / "x.db"), depth="256", settle_s=0.1,
        is_occupied=lambda: False, ring=lambda _: None, notifies=False,
    )  # fmt: skip


def test_they_are_told_what_was_published_before_in_its_order(controllers: Controllers, made: Made) -> None:
    controllers.receive(RunSelected(None, by_user=False))
    controllers.receive(LockReleased())
    assert not controllers.are_complete
    controllers.complete()
    assert made.told == [RunSelected(None, by_user=False), LockReleased()]
    controllers.receive(LockReleased())
    assert len(made.told) == 3


def test_whoever_asks_for_one_has_them_made(controllers: Controllers) -> None:
    assert list(controllers.panes) == ["runs"]
    assert controllers.may_have_frames, "it is not known yet"
    assert controllers.plot is Made.plot
    assert set(controllers.panes) == {"runs", "detail", "events", "plot", "frame"}


def test_of_what_comes_at_every_look_only_the_newest_is_kept(controllers: Controllers, made: Made) -> None:
    for unread in (True, False) * 50:
        controllers.receive(LiveRunChanged(None, unread=unread))
        controllers.receive(Notice("the file is gone"))
    controllers.complete()
    assert made.told == [LiveRunChanged(None, unread=False)]
