"""Who may import whom, and what stays out of the Python files."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import resonance_tui
from tests.conftest import unmeasured_env

PACKAGE = Path(resonance_tui.__file__).resolve().parent
ROOT = Path(__file__).resolve().parent.parent.parent

TERMINAL_LIBRARIES = {"textual", "rich", "textual_plotext", "plotext"}

BELOW_THE_SCREENS = ["analysis", "picture", "session", "text", "user_files"]
"""Rooms that the command line and notebooks use, too."""

STARTED_AS_PROCESSES = ("worker_main", "copy_main")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


PANES = ["runs", "detail", "events", "plot", "frame", "live"]

WIDGET_FILES = {
    "panes/literal.py", "panes/pane.py", "panes/popup_list.py", "panes/curve_view.py",
    "panes/detail/pane.py", "panes/events/pane.py", "panes/events/event_table.py", "panes/frame/pane.py",
    "panes/frame/side_panel.py", "panes/live/title_bar.py", "panes/plot/pane.py", "panes/runs/pane.py",
    "panes/runs/run_list_widget.py",
}  # fmt: skip
"""The files of the panes that know Textual."""


def modules_of(folder: str) -> list[str]:
    """Every module of a room and of the rooms in it."""
    return [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((PACKAGE / folder).rglob("*.py"))
        if path.stem not in STARTED_AS_PROCESSES
    ]


def test_the_arrows_between_the_rooms_are_kept(tmp_path: Path) -> None:
    pytest.importorskip("importlinter")
    code = (
        "import sys; from importlinter.cli import lint_imports_command; "
        f"sys.argv[1:] = ['--config', {str(ROOT / 'pyproject.toml')!r}, '--cache-dir', {str(tmp_path)!r}]; "
        "lint_imports_command()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def imported_with(python: Run, modules: list[str]) -> set[str]:
    """The top-level packages that are loaded once these modules are, in a process of their own."""
    code = f"import sys, {', '.join(modules)}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = python(code, env=unmeasured_env())
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_catalog_pulls_in_no_terminal_library(python: Run) -> None:
    modules = modules_of("catalog")
    assert "resonance_tui.catalog.sqlite.paging" in modules
    loaded = imported_with(python, modules)
    assert "sqlite3" in loaded
    assert loaded & TERMINAL_LIBRARIES == set()


@pytest.mark.parametrize("room", BELOW_THE_SCREENS)
def test_a_room_below_the_screens_pulls_in_no_terminal_library(python: Run, room: str) -> None:
    modules = modules_of(room)
    assert len(modules) > 1
    loaded = imported_with(python, modules)
    assert "resonance_tui" in loaded
    assert loaded & TERMINAL_LIBRARIES == set()


def test_importing_the_catalog_alone_pulls_in_nothing_else_of_ours(python: Run) -> None:
    done = python(
        "import sys, resonance_tui.catalog\nprint(*(m for m in sys.modules if m.startswith('resonance_tui')))"
    )
    ours = {name for name in done.stdout.split() if not name.startswith("resonance_tui.catalog")}
    assert ours == {"resonance_tui"}


@pytest.mark.parametrize("room", ["analysis", "picture", "text"])
def test_a_pure_room_pulls_in_neither_terminal_nor_database_nor_store(python: Run, room: str) -> None:
    modules = modules_of(room)
    assert len(modules) > 3
    loaded = imported_with(python, modules)
    assert "resonance_tui" in loaded
    assert loaded & {"textual", "textual_plotext", "plotext", "sqlite3", "zarr", "pandas"} == set()


def test_states_controllers_and_pure_files_of_the_panes_load_no_textual(python: Run) -> None:
    widgets = {f"resonance_tui.{file.removesuffix('.py').replace('/', '.')}" for file in WIDGET_FILES}
    modules = [name for name in modules_of("panes") if name not in widgets]
    assert {f"resonance_tui.panes.{pane}.controller" for pane in PANES} <= set(modules)
    assert "textual" not in imported_with(python, modules)


def test_the_package_itself_is_light(python: Run) -> None:
    loaded = imported_with(python, ["resonance_tui"])
    assert loaded & {"textual", "rich", "numpy", "pandas", "zarr", "sqlite3"} == set()


# what each file imports, also where only the type checker sees it


def imports_of(name: str, path: Path, known: set[str]) -> set[str]:
    """The modules that a file imports: of ours by their whole name, of others the top-level package."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = name.split(".") if path.stem == "__init__" else name.split(".")[:-1]
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                found.add(f"{module}.{alias.name}" if f"{module}.{alias.name}" in known else module)
    return {one if one in known else one.partition(".")[0] for one in found} - {name}


def imports_of_all() -> dict[str, set[str]]:
    """Every module of the package, with what it imports."""
    paths = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    return {name: imports_of(name, path, set(paths)) for name, path in paths.items()}


def circle_in(arrows: dict[str, set[str]]) -> list[str]:
    """A circle of modules that import one another; empty where there is none."""
    try:
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def test_no_files_import_one_another_in_a_circle_not_even_for_the_type_checker() -> None:
    arrows = imports_of_all()
    assert len(arrows) > 150
    assert "resonance_tui.panes.plot.pane" in arrows["resonance_tui.panes.plot.controller"], (
        "TYPE_CHECKING counts"
    )
    assert circle_in(arrows) == []


def test_the_search_finds_a_circle() -> None:
    arrows = imports_of_all()
    arrows["resonance_tui.panes.plot.pane"].add("resonance_tui.panes.plot.controller")
    assert set(circle_in(arrows)) == {"resonance_tui.panes.plot.pane", "resonance_tui.panes.plot.controller"}


def test_textual_is_imported_in_app_in_terminal_and_in_the_widget_files_only() -> None:
    knows = {
        name.removeprefix("resonance_tui.").replace(".", "/") + ".py"
        for name, imports in imports_of_all().items()
        if "textual" in imports
    }
    elsewhere = {file for file in knows if not file.startswith(("app/", "terminal/"))}
    assert elsewhere == WIDGET_FILES


def test_plotext_is_known_to_one_file() -> None:
    knows = [name for name, imports in imports_of_all().items() if imports & {"plotext", "textual_plotext"}]
    assert knows == ["resonance_tui.panes.curve_renderer"]


@pytest.mark.parametrize("pane", PANES)
def test_a_pane_imports_no_other_pane(pane: str) -> None:
    own = f"resonance_tui.panes.{pane}."
    others = tuple(f"resonance_tui.panes.{other}." for other in PANES if other != pane)
    imported = {
        name for module, names in imports_of_all().items() if module.startswith(own) for name in names
    }
    assert any(name.startswith(own) for name in imported)
    assert [name for name in imported if name.startswith(others)] == []


def test_no_stylesheet_stands_in_a_python_file() -> None:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
                targets = [node.target]
            else:
                continue
            names = {target.id if isinstance(target, ast.Name) else "" for target in targets}
            names |= {target.attr for target in targets if isinstance(target, ast.Attribute)}
            if names & {"CSS", "DEFAULT_CSS"}:
                found.append(f"{path.name}:{node.lineno}")
    assert found == []


def test_no_python_file_stands_among_the_stylesheets() -> None:
    folder = ROOT / "tcss"
    assert {path.suffix for path in folder.iterdir() if path.is_file()} == {".tcss"}
