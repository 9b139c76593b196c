"""What the plot pane costs: reading, working out and drawing curves, and what is left in memory.

    python benchmarks/plots.py [--events 100000] [--redraws 10000]

Times are medians of ten, in ms, of work done beside the event loop; what the loop itself does for a plot that
was drawn (showing it, and moving the cursor on it) is timed in the running app.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import resource
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


from resonance_tui.analysis.curves import PlotSpec, RunColumns, first_spec
from resonance_tui.analysis.peaks import read_out
from resonance_tui.app.app import ResonanceApp
from resonance_tui.app.browse import BrowseScreen
from resonance_tui.panes.plot.drawing import draw_plot
from resonance_tui.panes.plot.reads import Drawn
from resonance_tui.panes.plot.series import make_plot
from resonance_tui.panes.signals import EventSelected
from tests.beamtime import angle_run

SIZES = ((66, 11), (118, 11), (118, 35))


def sweeps(n: int, n_angles: int) -> RunColumns:
    """A run of noisy sweeps, one at each angle."""
    rng = np.random.default_rng(1)
    per_angle = n // n_angles
    energy = np.tile(np.linspace(270, 370, per_angle), n_angles)
    columns = {
        "energy_position": energy,
        "sam_th_position": np.repeat(np.linspace(20, 90, n_angles), per_angle),
        "tey_signal": np.exp(-((energy - 285) ** 2) / 50) + rng.normal(0, 0.02, energy.size),
        "i0": rng.normal(0.2, 0.01, energy.size),
        "seq_num": np.arange(1.0, energy.size + 1),
        "time": np.arange(energy.size * 1.0),
    }
    return RunColumns("u", columns)


def median(work: Callable[[], object]) -> float:
    """Milliseconds of the middle one of ten."""
    times = []
    for _ in range(10):
        begun = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


def work_beside_the_loop(events: int) -> None:
    """Time the steps from columns to lines of cells."""
    for n_angles in (1, 5, 12):
        run = sweeps(events, n_angles)
        axes = run.find_axes()
        spec = first_spec(run, axes)
        assert spec is not None
        plot = make_plot(run, spec)
        print(f"{events:,} events, {n_angles} curves: axes {median(run.find_axes):.0f} ms, "
              f"curves {median(lambda run=run, spec=spec: make_plot(run, spec)):.0f} ms, "
              f"read-outs {median(lambda plot=plot: read_out(plot.x, plot.ys[0])):.0f} ms")  # fmt: skip
        for width, height in SIZES:
            took = median(
                lambda plot=plot, width=width, height=height: draw_plot(
                    plot, 0, width, height, dark=True, background=(16, 20, 24)
                )
            )
            print(f"  drawn on {width}×{height} cells: {took:.0f} ms")


async def work_on_the_loop(path: Path) -> None:
    """Time what the event loop does for a plot, in the app at 120×40."""
    app = ResonanceApp(path)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, BrowseScreen)
        controller, host = screen.controllers.plot, screen.host
        pane = controller.pane
        while host.is_waited_for or pane.plot is None:
            await asyncio.sleep(0.05)
        await pilot.press("3")
        plot, drawing = pane.plot, pane.view.drawing
        assert plot is not None
        shown = Drawn(plot, drawing, ("energy", "energy_position"), {})
        times: dict[str, list[float]] = {"show": [], "cursor": []}
        for step in range(40):
            begun = time.perf_counter()
            controller.take_drawn(shown)
            pane.view.render_lines(pane.view.size.region)
            times["show"].append(1000 * (time.perf_counter() - begun))
            begun = time.perf_counter()
            host.publish(EventSelected(1000 + step, host.selection.position))
            times["cursor"].append(1000 * (time.perf_counter() - begun))
            await pilot.pause()
        for what, taken in times.items():
            print(
                f"  on the event loop, {what}: median {statistics.median(taken):.1f} ms, worst {max(taken):.1f} ms"
            )


def redraws(count: int) -> None:
    """Draw again and again, and see what stays."""
    x = np.arange(40.0)
    columns = {"x": x, "y": np.sin(x), "seq_num": x + 1, "time": x}
    plot = make_plot(RunColumns("u", columns), PlotSpec("x", ("y",)))
    for _ in range(50):
        draw_plot(plot, 0, 20, 6, dark=True, background=(16, 20, 24))
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    start = tracemalloc.get_traced_memory()[0]
    for _ in range(count):
        draw_plot(plot, 0, 20, 6, dark=True, background=(16, 20, 24))
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - start
    tracemalloc.stop()
    print(f"{count:,} redraws: {grown / 1024:.0f} KiB of Python objects more, "
          f"{(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:.1f} MiB of memory more")  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--redraws", type=int, default=10_000)
    options = parser.parse_args()
    work_beside_the_loop(options.events)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "angles.db"
        angle_run(path, options.events, 12)
        asyncio.run(work_on_the_loop(path))
    redraws(options.redraws)


if __name__ == "__main__":
    main()
