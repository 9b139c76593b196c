"""The command line: arguments, the terminal guard, and exit codes. The app is imported last."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from . import __version__
from .terminal import EndGuard, forget_stale_size, missing_terminal

EXIT_USAGE = 2
EXIT_CANNOT_OPEN = 1

_EPILOG = """\
keys: j k g G and the arrows move, enter goes in, esc goes back, / searches by sample,
      [ ] step frames, z zooms a pane, ? lists all keys, q quits

examples:
  resonance-tui beamtime.db     open a beamtime
  resonance-tui /data/2026-02   the beamtime in a folder; of several, choose one
  resonance-tui demo            look around in a simulated one
"""


def build_parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    parser = argparse.ArgumentParser(
        prog="resonance-tui",
        description="Browse a beamtime in the terminal: runs, events, curves and detector frames. Read-only.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "path",
        nargs="?",
        default=".",
        metavar="PATH",
        help="a beamtime's .db file, a folder that holds some (default: this one), or the word demo",
    )
    parser.add_argument("--version", action="version", version=f"resonance-tui {__version__}")
    return parser


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the program; it always ends by exiting the process."""
    arguments = build_parser().parse_args(argv)
    if reason := missing_terminal():
        _fail(reason, EXIT_USAGE)
    forget_stale_size()
    if arguments.path == "demo" and not Path("demo").exists():
        _demo()
    _leave(_browse(_checked(Path(arguments.path))))


def _checked(path: Path) -> Path:
    """The path to open; what can be said about it at once is said before the screen is taken over."""
    from .catalog.errors import CatalogError
    from .catalog.files import check_database_file, find_beamtimes

    try:
        if path.is_dir():
            if not find_beamtimes(path):
                _fail(f"{path.absolute()}: no beamtime (.db file) in this folder", EXIT_CANNOT_OPEN)
        else:
            check_database_file(path)
    except CatalogError as error:
        _fail(str(error), EXIT_CANNOT_OPEN)
    except OSError as error:  # even to ask what it is may be forbidden
        _fail(f"{path}: {error.strerror}; check the name and your access", EXIT_CANNOT_OPEN)
    return path


def _demo() -> NoReturn:
    from .simulate import write_demo

    with tempfile.TemporaryDirectory(prefix="resonance-tui-demo-") as folder:

        def tell(text: str) -> None:
            sys.stderr.write(f"\r\x1b[Kwriting a simulated beamtime to {folder}: {text}")
            sys.stderr.flush()

        try:
            path = write_demo(Path(folder), tell=tell)
        except OSError as error:
            _fail(f"the demo cannot be written to {folder}: {error.strerror}", EXIT_CANNOT_OPEN)
        except KeyboardInterrupt:
            _fail("stopped", 130)
        sys.stderr.write("\r\x1b[K")
        code = _browse(path)
    _leave(code)


def _browse(path: Path) -> int:
    from .app import ResonanceApp

    app = ResonanceApp(path)
    guard = EndGuard(app.end_from_thread)
    app.run(mouse=False)
    return 128 + guard.signal_number if guard.signal_number else app.return_code or 0


def _fail(reason: str, code: int) -> NoReturn:
    sys.stderr.write(f"resonance-tui: {_one_line(reason)}\n")
    sys.exit(code)


def _one_line(text: str) -> str:
    from .present.text import printable

    return printable(text)


def _leave(code: int) -> NoReturn:
    """End at once: a reader thread may still be inside a slow read."""
    for stream in (sys.stdout, sys.stderr):
        if stream:
            stream.flush()
    os._exit(code)
