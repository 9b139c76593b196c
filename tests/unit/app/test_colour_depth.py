"""How many colours are drawn with: as the command line says, as NO_COLOR says, as the terminal says of itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual import constants

from resonance_tui.app.app import ResonanceApp
from resonance_tui.app.options import Options
from resonance_tui.cli import main as cli


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that says nothing of colours; what is changed in it is changed back."""
    for name in ("NO_COLOR", "COLORTERM", "TERM", "TEXTUAL_COLOR_SYSTEM"):
        monkeypatch.setenv(name, "")  # so that it is restored, whoever changes it
        monkeypatch.delenv(name)
    monkeypatch.setattr(constants, "COLOR_SYSTEM", "auto")
    return monkeypatch


@pytest.mark.parametrize(
    ("environment", "depth"),
    [
        ({"COLORTERM": "truecolor", "TERM": "xterm"}, "truecolor"),
        ({"COLORTERM": "24bit", "TERM": "xterm-256color"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-16color"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "dumb"}, "mono"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "mono"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(f"{k}={v}" for k, v in value.items()),
)
def test_by_itself_the_depth_is_what_the_terminal_says(
    terminal: pytest.MonkeyPatch, environment: dict[str, str], depth: str
) -> None:
    for name, value in environment.items():
        terminal.setenv(name, value)
    assert ResonanceApp(Path("beamtime.db")).colour_depth() == depth


@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "mono"])
def test_what_the_command_line_says_comes_before_the_terminal_and_no_color(
    terminal: pytest.MonkeyPatch, depth: str
) -> None:
    terminal.setenv("TERM", "xterm-256color")
    terminal.setenv("NO_COLOR", "1")
    options = Options(colours=depth)  # type: ignore[arg-type]
    assert ResonanceApp(Path("beamtime.db"), options=options).colour_depth() == depth


@pytest.mark.parametrize(
    ("colours", "no_color", "system"),
    [
        ("auto", "as it was", "as it was"),
        ("mono", "1", "as it was"),
        ("16", None, "standard"),
        ("256", None, "256"),
        ("truecolor", None, "truecolor"),
    ],
)
def test_the_rest_of_the_screen_is_drawn_in_the_colours_asked_for(
    terminal: pytest.MonkeyPatch, colours: str, no_color: str | None, system: str
) -> None:
    terminal.setenv("NO_COLOR", "as it was")
    terminal.setenv("TEXTUAL_COLOR_SYSTEM", "as it was")
    cli._set_colours(colours)
    assert os.environ.get("NO_COLOR") == no_color
    assert os.environ.get("TEXTUAL_COLOR_SYSTEM") == system
