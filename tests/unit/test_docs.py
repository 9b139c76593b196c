"""What the pages name is there, and the Python on them runs."""

from __future__ import annotations

import ast
import re
import warnings
from functools import cache
from pathlib import Path

import pytest

from resonance_tui.simulator.demo import write_demo

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("", "resonance_tui", "tests", "tests/unit")
"""Folders from which a path is written."""

PAGES = ("architecture.md", "glossary.md", "../CONTRIBUTING.md")
MOST_TERMS = 40


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@cache
def python_files() -> tuple[Path, ...]:
    return tuple(
        path for room in ("resonance_tui", "tests", "benchmarks") for path in (ROOT / room).rglob("*.py")
    )


@cache
def defined() -> frozenset[str]:
    """The names of all classes, functions, methods, attributes and module variables."""
    names: set[str] = set()
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return frozenset(names)


def is_file(name: str) -> bool:
    """Whether there is such a file: of that path from one of the places, or of that name anywhere."""
    if any((ROOT / place / name).is_file() for place in PLACES):
        return True
    return "/" not in name and any(path.name == name for path in python_files())


def missing(text: str) -> list[str]:
    """The files, folders, tests and names of the code that a page mentions and that are not there."""
    files = set(re.findall(r"[\w/]+\.py\b", text))
    quoted = set(re.findall(r"`([^`\n]+)`", text))
    tests = {name for name in quoted if re.fullmatch(r"test_\w+", name)}
    folders = {name for name in quoted if re.fullmatch(r"(tests|resonance_tui|catalog)/[\w/]*", name)}
    calls = {re.sub(r"\(.*\)$", "", name) for name in quoted}
    camel = {name for name in calls if re.fullmatch(r"[A-Z]\w*[a-z]\w*(\.\w+)?", name)}
    constants = {name for name in quoted if re.fullmatch(r"[A-Z][A-Z0-9]+(_[A-Z0-9]+)+|FLOORS", name)}
    own = {"RESONANCE_TUI_HOME", "KeyError", "DataTable"}
    return sorted(
        [name for name in files if not is_file(name)]
        + [name for name in tests if name not in defined()]
        + [name for name in folders if not any((ROOT / place / name).exists() for place in PLACES)]
        + [name for name in camel | constants if not set(name.split(".")) <= defined() | own]
    )


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_names_is_there(name: str) -> None:
    text = page(name)
    assert len(re.findall(r"[\w/]+\.py\b", text)) > 10
    assert missing(text) == []


def test_the_search_finds_what_is_not_there() -> None:
    text = (
        "`session/nowhere.py` `test_nothing_is_so` `tests/nowhere/` `NoSuchClass` `BrowseScreen.no_such` `NO_SUCH`"
        " `session/tasks.py` `test_startup.py` `tests/pty/` `TaskRunner` `BrowseScreen.take_key` and old_name.py"
    )
    assert missing(text) == [
        "BrowseScreen.no_such",
        "NO_SUCH",
        "NoSuchClass",
        "old_name.py",
        "session/nowhere.py",
        "test_nothing_is_so",
        "tests/nowhere/",
    ]


def test_a_glossary_has_few_terms_and_each_once() -> None:
    terms = re.findall(r"^\| ([^|]+) \| ", page("glossary.md"), re.MULTILINE)
    terms = [term for term in terms if term not in ("term", "---")]
    assert 20 < len(terms) <= MOST_TERMS
    assert len(set(terms)) == len(terms)


# -- Python on the pages -----------------------------------------------------------------------------------


def run_blocks(text: str, path: Path) -> dict[str, object]:
    """Run the Python of a page, block after block, on a beamtime; what is defined at its end."""
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        code = block.replace('"beamtime.db"', repr(str(path)))
        exec(compile(code, "page", "exec"), names)
    return names


@pytest.fixture(params=["real", "demo"])
def any_beamtime(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A beamtime of the acquisition, and one of the simulator."""
    if request.param == "real":
        return Path(request.getfixturevalue("real_beamtime"))
    return write_demo(tmp_path, frame_size=256)


def test_the_python_of_the_session_page_runs(any_beamtime: Path) -> None:
    with warnings.catch_warnings():  # a session silences one kind for good
        names = run_blocks(page("session.md"), any_beamtime)
    assert names["curves"]
    assert names["image"].shape == (256, 256)
    assert str(names["newest"][0].uid) == names["run"].uid


def test_the_python_of_the_readme_runs(any_beamtime: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        names = run_blocks((ROOT / "README.md").read_text(encoding="utf-8"), any_beamtime)
    assert names["frames"].shape[0] > 0
    assert "max" in capsys.readouterr().out
