"""What a look at a beamtime costs that may have changed: nothing moved, a run was committed, a frame came.

    python benchmarks/watching.py [--runs 100000] [--looks 2000]

Builds the beamtime in a temporary folder and prints microseconds per look (median, 99th percentile).
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from resonance_tui.catalog import Watch
from tests.beamtime import FIRST_START, many_runs, write_stack


def main() -> None:
    """Build, look, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=2000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.db"
        many_runs(path, arguments.runs)
        writer = sqlite3.connect(path, isolation_level=None)
        writer.execute("PRAGMA synchronous = OFF")
        place = arguments.runs

        def commit() -> None:
            nonlocal place
            place += 1
            start = FIRST_START + 30.0 * place
            writer.execute(
                "INSERT INTO runs VALUES (?, 1, 'scan', ?, ?, 'success', 0, NULL, '{}')",
                (f"{place:032x}", start, start + 1.0),
            )

        watch = Watch(path)
        begun = time.perf_counter()
        watch.poll()
        print(
            f"{arguments.runs:,} runs; the first look, which opens it, {1e3 * (time.perf_counter() - begun):.1f} ms"
        )
        old = time.time() - 100.0
        os.utime(path, (old, old))
        watch.poll()
        _report("nothing moved", watch, arguments.looks, lambda: None)
        _report("a run was committed", watch, arguments.looks, commit)
        uid = "f" * 32
        writer.execute("INSERT INTO runs VALUES (?, 1, 'scan', ?, NULL, NULL, 0, NULL, '{}')", (uid, 2e9))
        group = path.with_suffix(".zarr") / "runs" / uid / "detector_image"
        write_stack(path.with_suffix(".zarr"), f"runs/{uid}/detector_image", np.ones((2, 8, 8), np.int32))
        for moved in (path, group / "zarr.json"):
            os.utime(moved, (old, old))
        watch.poll()
        _report("nothing moved, a run is open", watch, arguments.looks, lambda: None)
        _report("its array was touched", watch, arguments.looks, lambda: (group / "zarr.json").touch())


def _report(what: str, watch: Watch, n: int, before: Callable[[], object]) -> None:
    took = []
    for _ in range(n):
        before()
        begun = time.perf_counter()
        watch.poll()
        took.append(1e6 * (time.perf_counter() - begun))
    took.sort()
    print(f"  {what:<32} {statistics.median(took):6.0f} µs   p99 {took[int(0.99 * n)]:6.0f} µs")


if __name__ == "__main__":
    main()
