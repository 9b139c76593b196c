"""Where the stylesheets lie, and that none is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.css.stylesheet import Stylesheet
from textual.theme import Theme

from resonance_tui.app import stylesheets as styles
from resonance_tui.app.theme import THEMES


def test_every_stylesheet_there_is_is_listed_once() -> None:
    there = {path.name for path in styles.sheet_folder().rglob("*.tcss")}
    assert set(styles.SHEETS) == there
    assert len(set(styles.SHEETS)) == len(styles.SHEETS)


def test_the_sheets_are_found_in_the_order_they_apply() -> None:
    paths = [Path(path) for path in styles.sheet_paths()]
    assert [path.name for path in paths] == list(styles.SHEETS)
    assert all(path.is_absolute() and path.is_file() for path in paths)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("name", styles.SHEETS)
def test_a_stylesheet_is_not_empty_and_is_understood_in_every_theme(name: str, theme: Theme) -> None:
    variables = theme.to_color_system().generate() | theme.variables
    sheet = Stylesheet(variables=variables)
    sheet.read(styles.sheet_folder() / name)
    assert sheet.rules


def as_if_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(styles, "__file__", str(folder / "app" / "stylesheets.py"))


def put_sheets(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in styles.SHEETS:
        (folder / name).touch()


def test_an_installed_package_has_its_sheets_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_if_in(tmp_path / "resonance_tui", monkeypatch)
    put_sheets(tmp_path / "resonance_tui" / "tcss")
    assert styles.sheet_folder() == tmp_path / "resonance_tui" / "tcss"


def test_a_checkout_has_its_sheets_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_if_in(tmp_path / "resonance_tui", monkeypatch)
    put_sheets(tmp_path / "tcss")
    assert styles.sheet_folder() == tmp_path / "tcss"
    assert styles.sheet_paths()[0] == tmp_path / "tcss" / styles.SHEETS[0]


def test_the_sheets_inside_go_before_those_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_if_in(tmp_path / "resonance_tui", monkeypatch)
    put_sheets(tmp_path / "tcss")
    put_sheets(tmp_path / "resonance_tui" / "tcss")
    assert styles.sheet_folder() == tmp_path / "resonance_tui" / "tcss"


def test_an_installation_without_its_sheets_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_if_in(tmp_path / "resonance_tui", monkeypatch)
    (tmp_path / "tcss").mkdir()
    with pytest.raises(FileNotFoundError, match="install it again"):
        styles.sheet_paths()
