"""One fact has one home: what would be a second one is looked for in the source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import resonance_tui

PACKAGE = Path(resonance_tui.__file__).resolve().parent


def files_with(pattern: str, *rooms: str) -> set[str]:
    """The files of the package, or of some rooms of it, in whose source a pattern is found."""
    return {
        path.relative_to(PACKAGE).as_posix()
        for room in rooms or (".",)
        for path in (PACKAGE / room).rglob("*.py")
        if re.search(pattern, path.read_text(encoding="utf-8"))
    }


def test_lines_are_typed_in_one_class() -> None:
    assert files_with(r"[\"']backspace[\"']") == {"panes/line_input.py"}


def test_what_was_asked_too_early_is_kept_in_one_class() -> None:
    keeps = files_with(r"TypeAhead\(\)", "panes", "app")
    assert keeps == {"panes/controller.py", "app/browse.py"}


def test_timers_of_the_panes_are_the_hosts() -> None:
    assert files_with(r"set_timer|set_interval", "panes") == set()
    assert files_with(r"_screen\.set_timer\(", "panes", "app") == {"app/host.py"}


def test_tasks_are_run_by_the_host() -> None:
    assert files_with(r"TaskRunner\(", "panes", "app", "cli") == {"app/host.py"}


def test_the_colours_of_curves_are_written_once() -> None:
    assert files_with("6cb6ff", "panes", "text", "picture") == {"panes/curve_colours.py"}


def test_the_state_of_a_run_is_worked_out_by_the_rule_only() -> None:
    assert files_with(r"def classify_run\b") == {"catalog/run_state.py"}


def test_units_and_roles_are_told_from_names_in_one_file() -> None:
    assert files_with(r"def (field_role|field_unit|motors_of|monitors_of|short_name|field_labels)\b") == {
        "catalog/field_names.py"
    }


@pytest.mark.parametrize("room", ["panes", "app"])
def test_nothing_is_dispatched_by_the_name_of_a_method(room: str) -> None:
    found = []
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Call):
                called = node.func.func
                if isinstance(called, ast.Name) and called.id in ("getattr", "attrgetter", "methodcaller"):
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []


def test_a_controller_holds_no_other_pane_and_no_screen() -> None:
    for pane in ("runs", "detail", "events", "plot", "frame", "live"):
        source = (PACKAGE / "panes" / pane / "controller.py").read_text(encoding="utf-8")
        assert not re.search(r"\bself\.(_?screen|_?app|_?browse|_?desk)\b|query_one", source), pane
