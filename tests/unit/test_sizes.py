"""No file and no class of the package is longer than a reader keeps in mind."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import resonance_tui

PACKAGE = Path(resonance_tui.__file__).resolve().parent

MAX_FILE_LINES = 400
MAX_CLASS_LINES = 300
"""Lines of a class, not counting docstrings."""

LONG_FILES: set[str] = set()
"""Files that are still longer; only ever shortened: what is no longer needed here fails, too."""

LONG_CLASSES: set[str] = set()
"""Classes that are still longer; only ever shortened, as `LONG_FILES`."""


def sources() -> Iterator[tuple[str, str]]:
    """Each file of the package: its path within it, and its text."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")


def lines_of(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def class_lines(node: ast.ClassDef) -> int:
    """The lines of a class without its docstrings and those of its methods and attributes."""
    return lines_of(node) - sum(
        lines_of(part) for part in ast.walk(node) if isinstance(part, ast.stmt) and is_docstring(part)
    )


def long_classes(name: str, text: str, most: int = MAX_CLASS_LINES) -> list[str]:
    return [
        f"{name}: {node.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef) and class_lines(node) > most
    ]


def test_no_file_is_too_long_but_those_listed() -> None:
    found = {name: len(text.splitlines()) for name, text in sources()}
    assert len(found) > 100
    assert {name for name, lines in found.items() if lines > MAX_FILE_LINES} == LONG_FILES


def test_no_class_is_too_long_but_those_listed() -> None:
    assert {found for name, text in sources() for found in long_classes(name, text)} == LONG_CLASSES


def test_below_the_panes_there_is_no_exception() -> None:
    assert [name for name in LONG_FILES | LONG_CLASSES if not name.startswith(("panes/", "app/"))] == []


def test_docstrings_do_not_count() -> None:
    text = (
        'class A:\n    """One.\n\n    Two.\n    """\n\n    x = 1\n    """What it is."""\n'
        '    def f(self) -> str:\n        """Three."""\n        return "four"\n'
    )
    assert long_classes("a.py", text, 5) == []
    assert long_classes("a.py", text, 4) == ["a.py: A"]
