"""Where the stylesheets lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path, PurePath

SHEETS = ("app.tcss", "panes.tcss", "modals.tcss")


def sheet_folder() -> Path:
    """Return the folder of the stylesheets.

    Raises
    ------
    FileNotFoundError
        The installation is incomplete.
    """
    here = Path(__file__).resolve().parent.parent
    for folder in (here / "tcss", here.parent / "tcss"):
        if (folder / SHEETS[0]).is_file():
            return folder
    raise FileNotFoundError(f"the stylesheets of resonance-tui are missing beside {here}: install it again")


def sheet_paths() -> list[str | PurePath]:
    """All stylesheets, in the order they apply."""
    folder = sheet_folder()
    return [folder / name for name in SHEETS]
