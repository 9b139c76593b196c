"""A simulated beamtime in progress: run after run, at the pace of an experiment, in its own process.

Written as the acquisition writes: what of a run is visible to others, and when, is `BeamtimeWriter`'s.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from resonance_tui.simulator.channels import channels
from resonance_tui.simulator.detector import Detector
from resonance_tui.simulator.fields import CHANNELS, IMAGE, data_key
from resonance_tui.simulator.samples import SAMPLES
from resonance_tui.simulator.writer import BeamtimeWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType

_TAKEN = ("pm6", "p3ht", "ps")
_POLARIZATIONS = (100.0, 190.0)
_SLOW_MOVE = 3.0  # a slow axis takes this many times longer than a point
_FEWEST_FOR_SWEEPS = 8


@dataclass(frozen=True, slots=True)
class LivePlan:
    """What is taken, and how fast.

    Attributes
    ----------
    runs : int or None
        How many; None goes on until it is stopped.
    events : int
        Per run, in two sweeps of the energy where there are enough.
    rate : float
        Events per second; 0 writes as fast as it can.
    frame_size : int
        Rows and columns of the frame that goes with every event; 0 takes none.
    pause : float
        Seconds between two runs.
    commit_each : bool
        Commit every event at once, as some people's scripts do.
    wal : bool
        Make a new file with a write-ahead log.
    seed : int
    """

    runs: int | None = 3
    events: int = 40
    rate: float = 2.0
    frame_size: int = 1024
    pause: float = 2.0
    commit_each: bool = False
    wal: bool = False
    seed: int = 11


def simulate_live(
    db_path: Path, plan: LivePlan, stop: threading.Event, tell: Callable[[str], None] = lambda _: None
) -> int:
    """Take runs until the plan is done or `stop` is set; a run under way is then closed as ``aborted``.

    Returns
    -------
    int
        How many runs were closed.

    Raises
    ------
    NotSimulatedError
        Something is there that this program has not made.
    """
    with BeamtimeWriter(db_path, commit_each=plan.commit_each, wal=plan.wal) as writer:
        live = _Live(writer, plan, stop)
        done = 0
        while not stop.is_set() and (plan.runs is None or done < plan.runs):
            tell(live.take(done))
            done += 1
            if plan.runs is None or done < plan.runs:
                stop.wait(plan.pause)
    return done


class _Live:
    """Takes one run after the other."""

    def __init__(self, writer: BeamtimeWriter, plan: LivePlan, stop: threading.Event) -> None:
        self._writer = writer
        self._plan = plan
        self._stop = stop
        self._random = np.random.default_rng(plan.seed)
        self._detector = Detector(plan.frame_size, plan.seed) if plan.frame_size else None
        self._sample_ids = {key: writer.sample_id(SAMPLES[key][0]) for key in _TAKEN}

    def take(self, number: int) -> str:
        """Take one run; return plan, uid, events and exit status in one line."""
        key = _TAKEN[number % len(_TAKEN)]
        motors = ("energy_position", "polarization_position")
        fields = (*motors, *CHANNELS, "exposure", *([IMAGE] if self._detector else []))
        plan_name = "rsoxs" if self._detector else "nexafs"
        metadata = {"operator": "simulation", "note": f"run {number + 1}, being taken"}
        uid = self._writer.open_run(plan_name, self._sample_ids[key], time.time(), metadata)
        self._writer.open_stream({name: data_key(name, self._plan.frame_size) for name in fields})
        taken = self._sweeps(key)
        status = "success" if taken == self._plan.events else "aborted"
        self._writer.close_run(status, time.time())
        return f"{plan_name} {uid[:8]}: {taken} events, {status}"

    def _sweeps(self, key: str) -> int:
        material = SAMPLES[key][1]
        sweeps = len(_POLARIZATIONS) if self._plan.events >= _FEWEST_FOR_SWEEPS else 1
        interval = 1.0 / self._plan.rate if self._plan.rate else 0.0
        due = time.monotonic()
        taken = 0
        for sweep, polarization in enumerate(_POLARIZATIONS[:sweeps]):
            n = (self._plan.events + sweeps - 1 - sweep) // sweeps
            grid = np.round(np.linspace(275.0, 300.0, max(n, 2)), 2)[:n]
            columns = channels(material, grid, 90.0, self._random)
            rows = zip(*(column.tolist() for column in columns.values()), strict=True)
            due += _SLOW_MOVE * interval if sweep else 0.0
            for energy, row in zip(grid.tolist(), rows, strict=True):
                due += interval
                if self._stop.wait(max(0.0, due - time.monotonic())):
                    return taken
                readings = dict(zip(columns, row, strict=True))
                places = {"energy_position": energy, "polarization_position": polarization}
                event = self._writer.write_event({**places, **readings, "exposure": interval}, time.time())
                if self._detector is not None:
                    vertical = polarization == _POLARIZATIONS[1]
                    frame = self._detector.frame(material, energy, vertical=vertical)
                    self._writer.write_image(event, IMAGE, frame)
                taken += 1
        return taken


def run_until_told(
    db_path: Path, plan: LivePlan, tell: Callable[[str], None], *, until_eof: bool = False
) -> int:
    """Take runs until done, SIGTERM or SIGINT, as `simulate_live`; for a process that does nothing else.

    With `until_eof` also until its input ends: it does not outlive the process that started it, however that ends.
    """
    stop = threading.Event()

    def wait_for_the_end() -> None:
        while os.read(0, 4096):  # not through Python's own buffer, whose lock would be held at the end
            pass
        stop.set()

    if until_eof:
        threading.Thread(target=wait_for_the_end, daemon=True).start()

    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    return simulate_live(db_path, plan, stop, tell)


def start_simulation(db_path: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start ``resonance-tui simulate`` in a process of its own, quietly; it ends when its ``stdin`` is closed."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "resonance_tui",
            "simulate",
            str(db_path.absolute()),
            "--until-eof",
            *arguments,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # the terminal's Ctrl-C is the viewer's
    )
