"""``python -m tests.soak [--seconds N] [--seed S]``: one line of numbers; exit status 1 and the reasons if any."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

from resonance_tui.user_files.locations import HOME_VARIABLE
from tests.soak.soak import soak


def main() -> int:
    """Run it, print the line."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument(
        "--seed", type=int, default=None, help="of faults, keys and runs (default: a new one)"
    )
    parser.add_argument(
        "--folder", type=Path, default=None, help="an empty folder, kept; by default temporary"
    )
    arguments = parser.parse_args()
    seed = random.randrange(10**6) if arguments.seed is None else arguments.seed
    print(f"seed={seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="soak-user-files-") as home:
        os.environ[HOME_VARIABLE] = home  # state and log of the programs that are started
        result = soak(arguments.seconds, seed, arguments.folder)
    print(result.line())
    print("faults:", ", ".join(f"{name} {n}" for name, n in sorted(result.kinds.items())))
    for reason in result.reasons:
        print("FAILED:", reason)
    return 1 if result.reasons else 0


if __name__ == "__main__":
    sys.exit(main())
