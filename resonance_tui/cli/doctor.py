"""``resonance-tui doctor``: what the program finds where it runs.

Versions, terminal, file locks, and whether the kernel keeps it from writing.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from .arguments import PlainParser

if TYPE_CHECKING:
    from ..user_files.locations import UserFolder

Finding = tuple[str, str]


def build_doctor_parser() -> PlainParser:
    """Return the parser of ``resonance-tui doctor``."""
    parser = PlainParser(
        prog="resonance-tui doctor",
        description="Say what the program finds here: terminal, versions, file locks, and whether it can write.",
    )
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a beamtime, or a folder of some")
    return parser


def doctor(argv: Sequence[str], printable: Callable[[str], str]) -> int:
    """Say what the program finds where it runs.

    Parameters
    ----------
    argv
        What stands after the word.
    printable
        Makes text that names files safe for the terminal.

    Returns
    -------
    int
        The exit code of the process.
    """
    arguments = build_doctor_parser().parse_args(argv)

    def write(line: str) -> None:
        sys.stdout.write(printable(line.rstrip("\n")) + "\n")

    print_findings(arguments.path, write)
    return 0


def examine(path: Path | None) -> Iterator[Finding]:
    """Find out, one after the other, what is to be said; the process gives up the right to write near the data.

    Parameters
    ----------
    path : pathlib.Path, optional
        A database, or a folder of some; the working folder by default, of which no database is read.

    Yields
    ------
    (str, str)
        What is examined, and what was found.
    """
    yield (
        "resonance-tui",
        f"{__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}",
    )
    yield "libraries", ", ".join(map(_version, ("textual", "rich", "numpy", "pandas", "zarr")))
    yield "SQLite", _sqlite_version()
    yield "text", _text()
    yield "terminal", _terminal()
    data = Path.cwd() if path is None else path
    folders = _user_folders(data)  # made before the right to do so is given up
    yield "kept from writing", _landlock(data)
    for name, folder in folders:
        yield name, _user_folder(folder)
    if path is not None:
        yield from _database(path)


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} is missing"


def _sqlite_version() -> str:
    from ..catalog.sqlite.connection import SQLITE_VERSION

    return SQLITE_VERSION


def _text() -> str:
    encoding = (sys.stdout.encoding or "none").lower()
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    setting = next(
        (f"{name}={os.environ[name]}" for name in names if os.environ.get(name)), "no locale is set"
    )
    good = "" if encoding.replace("-", "") == "utf8" else ": frames and marks need UTF-8, set LANG"
    return f"{encoding} ({setting}){good}"


def _terminal() -> str:
    from .process_guard import missing_terminal

    if (reason := missing_terminal()) is not None:
        return reason
    columns, lines = shutil.get_terminal_size()
    deep = os.environ.get("COLORTERM", "") in ("truecolor", "24bit")
    colours = (
        "true colour" if deep else "256 colours" if "256" in os.environ.get("TERM", "") else "16 colours"
    )
    if os.environ.get("NO_COLOR"):
        colours = "no colours (NO_COLOR is set)"
    return f"{os.environ.get('TERM', 'unnamed')}, {columns}×{lines}, {colours}"


def _landlock(data: Path) -> str:
    from .sandbox import protect

    found = protect(data)
    if not found.holds:
        return f"no: {found.why}; it is only by its own discipline that nothing is written"
    refused = _is_refused(data)
    if refused is None:
        return "the kernel was asked (Landlock); there is no beamtime here to try it on"
    return "yes, by the kernel (Landlock)" if refused else "no: Landlock was asked, but does not hold here"


def _user_folders(data: Path) -> list[tuple[str, UserFolder]]:
    from ..user_files.locations import make_folders
    from .sandbox import lies_near

    folders = make_folders(lambda folder: lies_near(data, folder / "file"))
    return [("state", folders.state), ("log", folders.log)]


def _user_folder(folder: UserFolder) -> str:
    from tempfile import TemporaryFile

    from ..user_files.locations import short_path

    where = short_path(folder.path) if folder.path is not None else "nowhere"
    problem = folder.problem
    if folder.usable is not None:
        try:
            with TemporaryFile(dir=folder.usable) as file:
                file.write(b"x")
        except OSError as error:
            problem = f"it cannot be written ({error.strerror})"
    return f"{where}: none, {problem}" if problem else f"{where}, can be written"


def _is_refused(data: Path) -> bool | None:
    """Tell whether the kernel refuses, by opening a file to write without a change to it; None without a file."""
    from ..catalog.sqlite.files import find_beamtimes

    files = find_beamtimes(data) if data.is_dir() else [data]
    if not files:
        return None
    try:
        os.close(os.open(files[0], os.O_WRONLY))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return True
    return False


def _database(path: Path) -> Iterator[Finding]:
    from ..catalog.errors import CatalogError
    from ..catalog.sqlite.files import check_database_file, find_beamtimes
    from ..catalog.sqlite.locks import probe
    from ..catalog.sqlite.private_copy import rooms

    try:
        if path.is_dir():
            found = find_beamtimes(path)
            yield "beamtimes", f"{len(found)} in {path}"
            if not found:
                return
            path = found[0]
        file = check_database_file(path)
        yield "beamtime", f"{path.name}, {'write-ahead log' if file.wal else 'rollback journal'}"
    except CatalogError as error:
        yield "beamtime", str(error)
        return
    store = path.with_suffix(".zarr")
    yield "frames", f"{store.name} is there" if store.is_dir() else f"no folder {store.name}"
    locks = probe(path)
    if not locks.supported:
        yield (
            "file locks",
            "cannot be asked on this system or file system: who writes is told by the files' times",
        )
    elif locks.interrupted:
        yield "file locks", "work; the last writer died in the middle of a write: read it with --copy"
    elif locks.writer_active:
        who = f"process {locks.pid}" if locks.pid is not None else "a process out of sight"
        yield (
            "file locks",
            f"work; {who} is writing" + (" and keeps readers out: use --copy" * locks.readers_blocked),
        )
    else:
        yield "file locks", "work; no writer right now"
    yield "newest run", _newest_run(path)
    places = rooms(path)
    yield (
        "room for a copy",
        f"{shutil.disk_usage(places[0]).free / 1e9:,.1f} GB in {places[0]}, {path.stat().st_size / 1e9:,.3f} GB needed"
        if places
        else "none: set TMPDIR",
    )


def _newest_run(path: Path) -> str:
    """Return the state of the run that was started last, as the list and the run details show it."""
    from ..catalog import Catalog, CatalogError
    from ..text.states import state_text

    try:
        with Catalog.open_patiently(path, 0.0) as catalog:
            runs = catalog.last_started(1)
            return state_text(catalog.state(catalog[runs[0][1].uid])) if runs else "none yet"
    except CatalogError as error:
        return error.sentence


def print_findings(path: Path | None, write: Callable[[str], object]) -> None:
    """Write the findings as a table of two columns."""
    for name, what in examine(path):
        write(f"{name:<18} {what}\n")
