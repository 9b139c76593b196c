"""The command line: its flags, and what all parsers have in common."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from .. import __version__
from ..picture.palettes import DEPTHS


class PlainParser(argparse.ArgumentParser):
    """A parser whose errors show what was typed literally: a file's name can hold commands to the terminal."""

    def error(self, message: str) -> NoReturn:
        """End with the usage and what is wrong."""
        from ..text.printable import printable

        super().error(printable(message))


def named_path(text: str) -> Path:
    """Take a path from the command line; an empty one, as of a variable that is not set, is none."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)


_EPILOG = """\
keys: j k g G and the arrows move, enter goes in, esc goes back, / searches by sample,
      [ ] step frames, z zooms a pane, ? lists the keys of each pane, q quits

examples:
  resonance-tui beamtime.db     open a beamtime
  resonance-tui /data/2026-02   the beamtime in a folder; of several, choose one
  resonance-tui demo            look around in a simulated one
  resonance-tui simulate x.db   write a simulated one, run after run (simulate --help tells more)
  resonance-tui show x.db -1    describe the newest run (--json as JSON; show --help tells more)
  resonance-tui doctor x.db     say what the program finds here: terminal, file locks, …
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the main command line."""
    parser = PlainParser(
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
    parser.add_argument(
        "--notify", action="store_true", help="notifications: the terminal's bell and the desktop (key N)"
    )
    parser.add_argument(
        "--copy",
        action="store_true",
        help="read a private copy of the database, also where a running scan has it locked",
    )
    parser.add_argument(
        "--no-landlock",
        action="store_true",
        help="do not ask the kernel to keep this program from writing near the data (see doctor)",
    )
    parser.add_argument(
        "--log",
        type=Path,
        metavar="FILE",
        help="log what is read there, too, not only what fails (in its usual place; see doctor)",
    )
    looks = parser.add_argument_group("detector frames")
    looks.add_argument(
        "--colors",
        dest="colours",
        choices=("auto", *DEPTHS),
        default="auto",
        help="colours to draw with (default: what the terminal says it shows)",
    )
    looks.add_argument(
        "--saturated",
        type=_counts,
        metavar="COUNTS",
        help="a pixel is saturated from so many counts on (default: 2e5)",
    )
    looks.add_argument(
        "--over-pixels",
        type=_counts,
        metavar="N",
        help="overexposed from so many saturated pixels per 1024×1024 (default: 500)",
    )
    looks.add_argument(
        "--dim", type=_counts, metavar="COUNTS", help="a pixel is dark below so many counts (default: 50)"
    )
    looks.add_argument(
        "--under-share",
        type=_share,
        metavar="SHARE",
        help="underexposed from such a share of dark pixels (default: 0.9)",
    )
    looks.add_argument(
        "--cache", type=_counts, default=256.0, metavar="MIB", help="memory for frames (default: 256)"
    )
    looks.add_argument("--stats", action="store_true", help="show connection statistics (key S)")
    looks.add_argument(
        "--frame-size",
        type=int,
        default=1024,
        choices=(256, 512, 1024, 2048, 4096),
        metavar="N",
        help="rows and columns of the demo's frames: 256 to 4096 (default: 1024)",
    )
    parser.add_argument("--still", action="store_true", help="the demo without a run in progress")
    parser.add_argument("--version", action="version", version=f"resonance-tui {__version__}")
    return parser


def _counts(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number above zero")
    return value


def _share(text: str) -> float:
    value = _counts(text)
    if value > 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share between 0 and 1")
    return value
