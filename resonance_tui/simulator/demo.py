"""A simulated beamtime of one day, written at once."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from resonance_tui.simulator.channels import channels, energy_grid, knife_edge, rocking_curve
from resonance_tui.simulator.detector import Detector
from resonance_tui.simulator.fields import CHANNELS, IMAGE, data_key
from resonance_tui.simulator.samples import SAMPLES
from resonance_tui.simulator.writer import BeamtimeWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_SERIES = (275, 278, 280, 282, 283, 283.6, 284.2, 284.6, 285, 285.4, 286, 287, 288.5, 290, 292.5, 300)
_LARGE = 2048


def write_demo(
    folder: Path,
    *,
    now: float | None = None,
    seed: int = 11,
    frame_size: int = 1024,
    tell: Callable[[str], None] | None = None,
) -> Path:
    """Write a simulated beamtime of one day: ``demo.db`` and ``demo.zarr``.

    Parameters
    ----------
    folder
        Where to; made if missing. It must not hold a ``demo.db`` yet.
    now
        Unix time at which the beamtime stands, the clock's by default; the newest run began 14 minutes ago.
    seed
        The same seed, time and size give the same beamtime, uids included.
    frame_size
        Rows and columns of a frame; of frames beyond 2048² there are fewer.
    tell
        Called with a short line of progress now and then.

    Returns
    -------
    Path
        The path of ``demo.db``.

    Raises
    ------
    FileExistsError
        There is a ``demo.db`` already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    db_path = folder / "demo.db"
    if db_path.exists():
        raise FileExistsError(f"{db_path} is there already")
    uids = random.Random(seed)
    with BeamtimeWriter(db_path, new_uid=lambda: f"{uids.getrandbits(128):032x}") as writer:
        _Demo(writer, time.time() if now is None else now, seed, frame_size, tell).write()
    return db_path


class _Demo:
    """Writes the runs of the day, in order."""

    def __init__(
        self,
        writer: BeamtimeWriter,
        now: float,
        seed: int,
        frame_size: int,
        tell: Callable[[str], None] | None,
    ) -> None:
        self._writer = writer
        self._now = now
        self._random = np.random.default_rng(seed)
        self._detector = Detector(frame_size, seed)
        self._tell = tell or (lambda _: None)
        self._sample_ids = {key: writer.add_sample(sample) for key, (sample, _) in SAMPLES.items()}
        self._clock = now
        self._frames_done = 0
        self._few = frame_size > _LARGE
        self._frames_planned = 17 if self._few else 47  # two whole series, the aborted and the abandoned one

    def write(self) -> None:
        self._line_up(20.2, "ps", "sam_x", -6.0, 6.0, 61, "sample edge in x")
        self._line_up(20.0, "ps", "sam_z", -1.5, 1.5, 61, "half cut in z")
        self._line_up(19.8, "ps", "sam_th", -2.0, 2.0, 81, "zero of theta")
        for hours, angle in zip((19.4, 19.0, 18.6, 18.2, 17.8), (20.0, 40.0, 55.0, 70.0, 90.0), strict=True):
            self._nexafs(hours, "nexafs", "ps", (angle,), 370.0, f"theta series, {angle:g}°")
        self._count(11.6, "blank", 24)
        self._failed(11.3, "grid")
        self._line_up(11.0, "p3ht", "sam_x", -6.0, 6.0, 61, "sample edge in x, after the break")
        self._nexafs(10.6, "scan", "p3ht", (20.0, 40.0, 55.0, 70.0, 90.0), 340.0, "all angles in one run")
        self._rsoxs(6.5, "rsoxs", "p3ht", _SERIES, 100.0, "as cast")
        self._rsoxs(3.9, "scan", "pm6", _SERIES[:7], 190.0, "vertical polarization", status="aborted")
        self._rsoxs(2.9, "rsoxs", "pm6", _SERIES[:9], 190.0, "vertical polarization, again", status=None)
        self._rsoxs(0.24, "scan", "pm6", _SERIES[:-1], 100.0, "285.4 far too long, 286 hardly open", odd=True)

    def _open(
        self,
        hours_ago: float,
        plan: str,
        key: str,
        fields: tuple[str, ...],
        metadata: dict[str, Any],
        data_keys: dict[str, Any] | None = None,
    ) -> None:
        """Open a run and its stream; the clock stands at its start."""
        self._clock = self._now - 3600.0 * hours_ago
        operator = "owl shift" if 7.0 < hours_ago < 14.0 else "day shift"
        self._writer.open_run(plan, self._sample_ids[key], self._clock, {"operator": operator, **metadata})
        if data_keys is None:
            data_keys = {name: data_key(name, self._detector.size) for name in fields}
        self._writer.open_stream(data_keys, time_created=self._clock)

    def _close(self, status: str) -> None:
        self._writer.close_run(status, self._clock + 1.5)

    def _event(self, data: dict[str, Any], exposure: float) -> str:
        self._clock += exposure + float(self._random.uniform(1.6, 2.6))
        return self._writer.write_event({**data, "exposure": exposure}, round(self._clock, 6))

    def _readings(
        self, key: str, energy: Floats, theta: float, passing: Floats | float = 1.0
    ) -> Iterator[dict[str, Any]]:
        """Go through what the channels read at each energy, shape (n,); `passing`: the share of the beam left."""
        columns = channels(SAMPLES[key][1], energy, theta, self._random, passing)
        rows = zip(*(column.tolist() for column in columns.values()), strict=True)
        return (dict(zip(columns, row, strict=True)) for row in rows)

    def _line_up(
        self, hours_ago: float, key: str, motor: str, first: float, last: float, n: int, note: str
    ) -> None:
        """Scan a motor through the beam: a blade's edge, or a rocking curve for an angle."""
        self._tell(f"line-up {motor}")
        position = np.linspace(first, last, n)
        centre = float(self._random.uniform(-0.12, 0.12)) * (last - first)
        if motor == "sam_th":
            passing = rocking_curve(position, centre, 0.22)
        else:
            passing = 0.015 + 0.985 * knife_edge(position, centre, 0.02 * (last - first))
        # aligned well above the edge, where the beam is strong: the diode's edge stands clear of its noise
        energy = np.full(n, 320.0)
        name = f"{motor}_position"
        fields = (name, "energy_position", *CHANNELS, "exposure")
        self._open(hours_ago, "scan", key, fields, {"note": note, "lineup": motor})
        rows = self._readings(key, energy, 90.0, passing)
        for where, readings in zip(position.tolist(), rows, strict=True):
            self._event({name: round(where, 4), "energy_position": 320.0, **readings}, 0.5)
        self._close("success")

    def _nexafs(
        self, hours_ago: float, plan: str, key: str, angles: tuple[float, ...], last: float, note: str
    ) -> None:
        """Sweep the energy across the carbon edge, up to `last` (eV), at each of the angles (degrees)."""
        metadata: dict[str, Any] = {"note": note, "edge": "C K"}
        metadata["theta"] = angles[0] if len(angles) == 1 else list(angles)
        fields = ("energy_position", "sam_th_position", "polarization_position", *CHANNELS, "exposure")
        self._open(hours_ago, plan, key, fields, metadata)
        grid = energy_grid(last)
        for angle in angles:
            self._tell(f"nexafs at {angle:g}°")
            for energy, readings in zip(grid.tolist(), self._readings(key, grid, angle), strict=True):
                motors = {"energy_position": energy, "sam_th_position": angle, "polarization_position": 100.0}
                self._event({**motors, **readings}, 1.0)
        self._close("success")

    def _rsoxs(
        self,
        hours_ago: float,
        plan: str,
        key: str,
        energies: tuple[float, ...],
        polarization: float,
        note: str,
        *,
        status: str | None = "success",
        odd: bool = False,
    ) -> None:
        """Take a frame at each energy; without a status the run is abandoned. `odd` spoils two of the frames."""
        material = SAMPLES[key][1]
        motors = ("energy_position", "polarization_position", "sam_th_position", "det_th_position")
        fields = (*motors, *CHANNELS, "exposure", IMAGE)
        metadata = {"note": note, "energies_planned": len(_SERIES), "detector_distance_mm": 51.0}
        self._open(hours_ago, plan, key, fields, metadata)
        # the spoilt ones are among the last
        grid = np.array(energies[-8 if odd else -3 :] if self._few else energies, dtype=np.float64)
        for energy, readings in zip(grid.tolist(), self._readings(key, grid, 90.0), strict=True):
            exposure = 5.0 if energy < 284.0 else 2.0  # longer where the beam is weak, so the doses are alike
            if odd and energy == 285.4:
                exposure, frame = 200.0, self._detector.overexposed(material, energy)
            elif odd and energy == 286.0:
                exposure, frame = 0.01, self._detector.underexposed(material, energy)
            else:
                dose = float(self._random.uniform(0.92, 1.08))
                vertical = polarization > 145.0  # 100 and 190: the beamline's names for the two
                frame = self._detector.frame(material, energy, vertical=vertical, dose=dose)
            places = dict(zip(motors, (energy, polarization, 90.0, 0.0), strict=True))
            event = self._event({**places, **readings}, exposure)
            self._writer.write_image(event, IMAGE, frame)
            self._frames_done += 1
            self._tell(f"rsoxs frame {self._frames_done} of {self._frames_planned}")
        if status is None:
            self._writer.abandon_run()
        else:
            self._close(status)

    def _count(self, hours_ago: float, key: str, n: int) -> None:
        """Count without a motion, as a script does that declares no fields and writes texts and truth values, too."""
        self._open(hours_ago, "count", key, (), {"note": "dark, then open"}, data_keys={})
        energy = np.full(n, 320.0)
        for number, readings in enumerate(self._readings(key, energy, 90.0)):
            is_open = number >= n // 2
            readings |= {"shutter_open": is_open, "filter": "Al 100 nm" if is_open else "none"}
            if not is_open:
                readings |= {"i0": 1.0e-4 * float(self._random.standard_normal()), "ai_6_beamstop": None}
            self._event(readings, 1.0)
        self._close("success")

    def _failed(self, hours_ago: float, key: str) -> None:
        """Fail after three events, the last with channels that read nothing."""
        fields = ("sam_z_position", *CHANNELS, "exposure")
        error = "sam_z: no answer from the motor controller after 10 s"
        self._open(hours_ago, "scan", key, fields, {"note": "line-up in z", "error": error})
        for number, readings in enumerate(self._readings(key, np.full(3, 320.0), 90.0)):
            if number == 2:
                readings |= {"i0": float("nan"), "tey_signal": float("nan")}
            self._event({"sam_z_position": -1.5 + 0.05 * number, **readings}, 0.5)
        self._close("failed")
