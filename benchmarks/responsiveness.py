"""How long the event loop stands still while somebody walks through a large beamtime.

    python benchmarks/responsiveness.py [--runs 20000] [--events 100000] [--fields 20]

Builds the two beamtimes in a temporary folder, drives the app with a held-down key and with jumps, and prints
the longest and the 99th percentile of the loop's delays in ms, and when the first rows and the whole list were there.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from resonance_tui.app.app import ResonanceApp
from resonance_tui.app.browse import BrowseScreen
from tests.beamtime import angle_run, long_run, many_runs


class LagProbe:
    """Sleeps 5 ms again and again, and notes by how much it woke up too late."""

    def __init__(self) -> None:
        self.lags: list[float] = []
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            self.lags.append(1000 * (time.perf_counter() - before - 0.005))

    def report(self, what: str) -> None:
        """Print what was noted since the last report."""
        lags = sorted(self.lags) or [0.0]
        print(f"  {what:<44} worst {lags[-1]:6.1f} ms   p99 {lags[int(0.99 * (len(lags) - 1))]:6.1f} ms")
        self.lags = []


async def walk(path: Path, steps: list[tuple[str, list[str], float]], size: tuple[int, int]) -> None:
    """Open a beamtime, do the steps (label, keys, seconds between keys), and report after each."""
    app = ResonanceApp(path)
    begun = time.perf_counter()
    async with app.run_test(size=size) as pilot:
        probe = LagProbe()
        screen = app.screen
        assert isinstance(screen, BrowseScreen)
        await _until(lambda: screen.controllers.runs.pane.current is not None)
        print(f"  first rows after {1000 * (time.perf_counter() - begun):.0f} ms")
        await _until(lambda: not screen.host.is_waited_for)
        print(f"  {len(screen.controllers.runs.pane.run_list.rows):,} runs listed and the newest read after "
              f"{1000 * (time.perf_counter() - begun):.0f} ms")  # fmt: skip
        probe.report("opening")
        for label, keys, pause in steps:
            for key in keys:
                await pilot.press(key)
                await asyncio.sleep(pause)
            await _until(lambda: not screen.host.is_waited_for)
            probe.report(label)


async def _until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.01)


def main() -> None:
    """Build, walk, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--fields", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        many, long, angles = (Path(folder) / f"{name}.db" for name in ("many", "long", "angles"))
        many_runs(many, options.runs)
        long_run(long, options.events, options.fields)
        angle_run(angles, options.events, 12)
        for size in ((120, 40), (80, 24)):
            print(f"{options.runs:,} runs at {size[0]}×{size[1]}")
            steps = [
                ("j held down, 100 times", ["j"] * 100, 0.03),
                ("50 pages down", ["pagedown"] * 50, 0.03),
                ("end and home", ["G", "g"] * 5, 0.05),
                ("search typed", [*"/sample", "1", "escape"], 0.03),
            ]
            asyncio.run(walk(many, steps, size))
            print(f"{options.events:,} events × {options.fields} fields at {size[0]}×{size[1]}")
            steps = [
                ("into the table, j held down, 300 times", ["enter", *["j"] * 300], 0.03),
                ("50 pages down", ["pagedown"] * 50, 0.03),
                ("end and home", ["G", "g"] * 5, 0.2),
                ("the plot: l held down, 60 times", ["3", *["l"] * 60], 0.03),
                ("the plot drawn anew: i L d o, ten times", ["i", "L", "d", "o"] * 10, 0.3),
                ("the plot nearer and further, 20 times", ["plus", "minus"] * 20, 0.3),
                ("the table sorted and as taken", ["2", "l", "s", "s", "s"] * 4, 0.5),
            ]
            asyncio.run(walk(long, steps, size))
            print(f"{options.events:,} events at twelve angles at {size[0]}×{size[1]}")
            asyncio.run(walk(angles, steps[3:], size))


if __name__ == "__main__":
    main()
