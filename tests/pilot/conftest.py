"""What holds in every test that runs the app, and what each can ask for: held-back reads, a run of a few frames."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import visual

from resonance_tui.app import host
from tests.beamtime import BeamtimeBuilder
from tests.pilot.driving import Gate
from tests.pilot.frames import ring_frames


@pytest.fixture(autouse=True)
def raw_texts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """No widget of ours, nor a `Static` of Textual's in one of our screens, is given a plain `str` to draw."""
    found: list[str] = []
    real = visual.visualize

    def watch(widget: Any, shown: object, markup: bool = True) -> Any:
        kind = type(widget)
        ours = kind.__module__.startswith("resonance_tui") or kind.__name__ in ("Static", "OptionList")
        if ours and isinstance(shown, str) and shown:
            found.append(f"{kind.__name__}#{widget.id}: {shown!r}")
        return real(widget, shown, markup=markup)

    for module in list(sys.modules.values()):
        if module.__name__.startswith("textual") and getattr(module, "visualize", None) is real:
            monkeypatch.setattr(module, "visualize", watch)
    yield found
    assert found == []


@pytest.fixture(autouse=True)
def not_shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Nothing that was read fails to be shown; a test that has it fail clears the list."""
    found: list[str] = []
    real = host.log_failure

    def watch(what: str, error: BaseException, *, expected: bool = False) -> Path | None:
        found.append("".join([f"{what}: ", *traceback.format_exception(error)]))
        return real(what, error, expected=expected)

    monkeypatch.setattr(host, "log_failure", watch)
    yield found
    assert found == []


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Gate]]:
    """Hold back a kind of read (see `driving.READS`); at the end of the test all is let through."""
    gates: list[Gate] = []

    def make(read: str, only: Callable[..., bool] | None = None) -> Gate:
        gates.append(Gate(monkeypatch, read, only))
        return gates[-1]

    yield make
    for gate in gates:
        gate.open()


@pytest.fixture
def frames_beamtime(beamtime: Callable[..., BeamtimeBuilder]) -> Path:
    """One run of twelve frames at rising energies."""
    with beamtime("frames.db") as builder:
        builder.run(builder.sample("PS"), "rsoxs", frames={"detector_image": ring_frames()})
    return builder.path
