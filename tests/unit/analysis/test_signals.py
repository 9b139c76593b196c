"""Which signal a scientist would draw first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resonance_tui.analysis.axes import Axes
from resonance_tui.analysis.curves import RunColumns, first_spec
from resonance_tui.analysis.signals import first_signal, signal_names
from resonance_tui.catalog import Catalog
from tests.columns import roles_of, run_columns

ENERGY = Axes("energy_position")
LINE_UP = Axes("sam_z_position")
MOTOR_AND_MONITOR = {"energy_position": "motor", "i0": "monitor"}
X = np.linspace(-3, 3, 61)


def noise(size: float, seed: int = 1) -> Any:
    return np.random.default_rng(seed).normal(0, size, X.size)


def test_signals_are_no_motors_and_have_values_and_monitors_come_last() -> None:
    columns = {
        "energy_position": np.arange(3.0),
        "exposure": np.ones(3),
        "beam_current": np.ones(3),
        "i0": np.ones(3),
        "dead": np.full(3, np.nan),
        "tey_signal": np.array([np.nan, 1.0, np.nan]),
        "photodiode": np.ones(3),
    }
    assert signal_names(columns, roles_of(columns, {"exposure": {"source": "plan"}}), ["i0"]) == [
        "tey_signal", "photodiode", "i0", "beam_current",
    ]  # fmt: skip


def test_over_the_energy_it_is_the_electron_yield() -> None:
    columns = {"photodiode": np.ones(3), "tey_signal": np.ones(3), "i0": np.ones(3)}
    assert first_signal(columns, roles_of(columns), ENERGY) == "tey_signal"
    assert first_signal({"photodiode": np.ones(3), "i0": np.ones(3)}, {}, ENERGY) == "photodiode"


def test_a_monitor_is_better_than_nothing_and_nothing_is_none() -> None:
    assert first_signal({"energy_position": np.ones(3), "i0": np.ones(3)}, MOTOR_AND_MONITOR, ENERGY) == "i0"
    assert (
        first_signal({"energy_position": np.ones(3), "dead": np.full(3, np.inf)}, MOTOR_AND_MONITOR, ENERGY)
        is None
    )
    assert first_signal({}, {}, Axes(None)) is None


def test_in_a_line_up_it_is_the_signal_that_follows_the_motor() -> None:
    columns = {
        "photodiode": -0.09 + noise(1e-4),
        "tey_signal": 0.06 + noise(2e-4, 2),
        "ai_6_beamstop": 1 / (1 + np.exp(4 * X)) + noise(0.01, 3),
    }
    assert first_signal(columns, roles_of(columns), LINE_UP) == "ai_6_beamstop"


def test_noise_however_large_does_not_follow_a_motor() -> None:
    columns = {"loud": noise(5.0), "tey_signal": np.exp(-(X**2)) + 2 + noise(0.01, 2)}
    assert first_signal(columns, roles_of(columns), LINE_UP) == "tey_signal"


def test_signals_that_are_constant_or_missing_do_not_disturb() -> None:
    columns = {"flat": np.ones(61), "two": np.where(np.arange(61) < 2, 1.0, np.nan), "good": X}
    assert first_signal(columns, roles_of(columns), LINE_UP) == "good"


def run_of(**columns: Any) -> RunColumns:
    n = len(next(iter(columns.values())))
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    return run_columns("u", {**arrays, "seq_num": np.arange(1.0, n + 1), "time": np.arange(float(n))})


def test_the_yield_is_divided_by_the_beam_where_that_was_measured() -> None:
    with_beam = run_of(energy_position=X, tey_signal=X, i0=np.ones(61))
    without = run_of(energy_position=X, tey_signal=X, i0=np.zeros(61))
    assert with_beam.monitor == "i0"
    assert without.monitor is None
    specs = [first_spec(run, run.find_axes()) for run in (with_beam, without)]
    assert [spec and spec.normalisation for spec in specs] == ["ratio", "none"]


def test_a_count_is_drawn_over_its_events() -> None:
    run = run_of(energy_position=np.full(61, 285.0), tey_signal=X, i0=np.ones(61))
    spec = first_spec(run, run.find_axes())
    assert spec is not None
    assert (spec.x, spec.ys, spec.group_by, spec.normalisation) == ("seq_num", ("tey_signal",), (), "none")


def test_where_no_signal_was_measured_it_is_how_the_motor_went() -> None:
    run = run_of(sam_z_position=X, exposure=np.ones(61))
    spec = first_spec(run, run.find_axes())
    assert spec is not None
    assert (spec.x, spec.ys) == ("seq_num", ("sam_z_position",))


@pytest.mark.parametrize("columns", [{}, {"tey_signal": []}], ids=["no field", "no event"])
def test_where_there_is_nothing_there_is_no_plot(columns: Any) -> None:
    run = run_columns(
        "u", {**{k: np.array(v) for k, v in columns.items()}, "seq_num": np.zeros(0), "time": np.zeros(0)}
    )
    assert first_spec(run, run.find_axes()) is None


def test_the_first_plot_of_every_real_run_is_the_yield_over_the_energy(real_beamtime: Path) -> None:
    with Catalog(real_beamtime) as catalog:
        for summary in catalog.recent(20):
            run = catalog[summary.uid]
            table = run.table()
            columns = {
                name: table[name].to_numpy(dtype=np.float64)
                for name in table.columns
                if table[name].dtype.kind in "if"
            }
            read = run_columns(run.uid, columns, {}, run.streams["primary"].data_keys)
            axes = read.find_axes()
            spec = first_spec(read, axes)
            assert spec is not None
            assert (spec.x, spec.ys, spec.normalisation) == ("energy_position", ("tey_signal",), "ratio")
            assert spec.group_by == (("sam_th_position",) if len(table) == 3650 else ())
