"""``resonance-tui simulate``: write a simulated beamtime, run after run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .arguments import PlainParser

DEMO_FOLDER = "resonance-tui-demo-"
"""How the temporary folders of the demo begin."""


def build_simulate_parser() -> PlainParser:
    """Return the parser of ``resonance-tui simulate``."""
    parser = PlainParser(
        prog="resonance-tui simulate",
        description="Write a simulated beamtime as the acquisition does, run after run; Ctrl-C ends it.",
    )
    parser.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="a new .db file, or one that this program has made (no other is touched)",
    )
    parser.add_argument("--runs", type=_positive, default=3, metavar="N", help="how many (default: 3)")
    parser.add_argument("--forever", action="store_true", help="go on until it is ended")
    parser.add_argument(
        "--events", type=_positive, default=40, metavar="N", help="events in a run (default: 40)"
    )
    parser.add_argument(
        "--rate", type=_rate, default=2.0, metavar="HZ", help="events a second; 0: no waiting (default: 2)"
    )
    parser.add_argument(
        "--frames",
        type=int,
        default=1024,
        choices=(0, 64, 128, 256, 512, 1024, 2048, 4096),
        metavar="SIZE",
        help="rows and columns of each event's frame, 64 to 4096; 0: none (default: 1024)",
    )
    parser.add_argument(
        "--pause", type=_rate, default=2.0, metavar="S", help="seconds between two runs (default: 2)"
    )
    parser.add_argument(
        "--commit-each",
        action="store_true",
        help="commit every event at once (the acquisition does so only when a run is closed)",
    )
    parser.add_argument(
        "--wal", action="store_true", help="make a new file with a write-ahead log (the acquisition does not)"
    )
    parser.add_argument("--until-eof", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--remove-folder", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=11, help="of what is measured (default: 11)")
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 on")
    return value


def _rate(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is neither 0 nor a number above")
    return value


def simulate(argv: Sequence[str], fail: Callable[[str], object]) -> int:
    """Write a beamtime in progress.

    Parameters
    ----------
    argv
        What stands after the word.
    fail
        Told in one line why it cannot be.

    Returns
    -------
    int
        The process's exit code.
    """
    arguments = build_simulate_parser().parse_args(argv)
    from ..simulator.live import LivePlan, run_until_told

    plan = LivePlan(
        runs=None if arguments.forever else arguments.runs,
        events=arguments.events,
        rate=arguments.rate,
        frame_size=arguments.frames,
        pause=arguments.pause,
        commit_each=arguments.commit_each,
        wal=arguments.wal,
        seed=arguments.seed,
    )
    try:
        run_until_told(arguments.path, plan, _tell, until_eof=arguments.until_eof)
        if arguments.remove_folder and arguments.path.parent.name.startswith(DEMO_FOLDER):
            import shutil

            shutil.rmtree(arguments.path.parent, ignore_errors=True)
    except FileExistsError as error:
        fail(str(error.args[-1] if error.args else error))
        return 1
    except OSError as error:
        fail(f"{arguments.path} cannot be written: {error.strerror or error}")
        return 1
    except Exception as error:
        if type(error).__module__ != "sqlite3":  # anything else is a fault of ours, to be seen whole
            raise
        fail(f"{arguments.path} cannot be written: {error}")
        return 1
    return 0


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
