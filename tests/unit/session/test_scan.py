"""What was scanned, and its curves, as values: sweeps and their direction, maps, groups, hidden points that add up."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.analysis.curves import PlotSpec, RunColumns
from resonance_tui.session.scan import Curve, Scan, Sweep, describe_curves, describe_scan, direction_of
from tests.columns import run_columns

NAN = float("nan")
E = "energy_position"
TH = "sam_th_position"


def run_of(first_number: int = 1, **columns: Any) -> RunColumns:
    """Columns of a run with its own; a `_position` is a motor."""
    n = len(next(iter(columns.values())))
    own = {"seq_num": np.arange(float(first_number), first_number + n), "time": np.arange(float(n))}
    return run_columns("u", {name: np.asarray(values, float) for name, values in columns.items()} | own)


def scan_of(**columns: Any) -> Scan:
    run = run_of(**columns)
    return describe_scan(run, run.find_axes())


def curves_of(run: RunColumns, spec: PlotSpec | None = None) -> tuple[Curve, ...]:
    return describe_curves(run, run.find_axes(), "primary", spec)


UP = np.arange(280.0, 290.0)
DOWN = UP[::-1]


# sweeps


def test_one_sweep_upwards() -> None:
    scan = scan_of(energy_position=UP, i0=UP)
    assert scan.kind == "energy"
    assert scan.sweeps == (Sweep("up", 1, 10),)
    assert (scan.points, scan.passes, scan.size, scan.sampled) == (10, 1, None, False)
    (axis,) = scan.axes
    assert scan.fast is axis
    assert (axis.field, axis.label, axis.unit, axis.role) == (E, "energy", "eV", "fast")
    assert (axis.setpoints, axis.first, axis.last, axis.decimals) == (10, 280.0, 289.0, 1)


def test_a_sweep_downwards_begins_at_its_high_end() -> None:
    scan = scan_of(energy_position=DOWN)
    assert scan.sweeps == (Sweep("down", 1, 10),)
    assert (scan.axes[0].first, scan.axes[0].last) == (289.0, 280.0)


def test_up_and_down_are_passes_each_with_its_direction() -> None:
    scan = scan_of(energy_position=[*UP, *DOWN[1:], *UP[1:]])
    assert scan.sweeps == (Sweep("up", 1, 10), Sweep("down", 11, 19), Sweep("up", 20, 28))
    assert (scan.points, scan.passes) == (9, 3)


def test_a_sweep_that_starts_over_is_a_pass_of_its_own() -> None:
    scan = scan_of(energy_position=[*UP, *UP, *UP[:4]])
    assert scan.sweeps == (Sweep("up", 1, 10), Sweep("up", 11, 20), Sweep("up", 21, 24))
    assert (scan.points, scan.passes) == (10, 3), "the last one was cut short"


def test_a_slow_motor_has_a_sweep_at_each_of_its_places_in_the_order_of_the_events() -> None:
    theta = np.repeat([90.0, 20.0, 55.0], 10)
    scan = scan_of(energy_position=np.tile(UP, 3), sam_th_position=theta)
    assert [(axis.field, axis.role, axis.setpoints) for axis in scan.axes] == [
        (E, "fast", 10),
        (TH, "slow", 3),
    ]
    slow = scan.axes[1]
    assert (slow.first, slow.last, slow.unit) == (90.0, 20.0, "°")
    assert scan.sweeps == (Sweep("up", 1, 10), Sweep("up", 11, 20), Sweep("up", 21, 30))
    assert (scan.points, scan.passes) == (10, 1)
    assert scan.of_role("slow") == (slow,)


def test_two_slow_motors_are_told_the_outermost_last() -> None:
    theta = np.tile(np.repeat([20.0, 55.0], 10), 3)
    polarization = np.repeat([100.0, 145.0, 190.0], 20)
    scan = scan_of(energy_position=np.tile(UP, 6), sam_th_position=theta, polarization_position=polarization)
    assert [axis.field for axis in scan.axes] == [E, TH, "polarization_position"], "the fastest first"
    assert scan.sweeps is not None
    assert len(scan.sweeps) == 6


def test_numbers_of_events_are_theirs_and_one_that_is_none_is_not_made_up() -> None:
    run = run_of(first_number=101, energy_position=UP)
    assert describe_scan(run, run.find_axes()).sweeps == (Sweep("up", 101, 110),)
    columns = dict(run.columns) | {"seq_num": np.array([NAN, *range(2, 10), 1e300])}
    odd = run_columns("u", columns)
    assert describe_scan(odd, odd.find_axes()).sweeps == (Sweep("up", None, None),)


def test_a_count_moves_nothing_and_has_no_sweeps() -> None:
    scan = scan_of(i0=[1.0, 2.0, 3.0])
    assert (scan.kind, scan.axes, scan.sweeps, scan.points, scan.fast) == ("count", (), (), None, None)


def test_a_motor_that_moves_along_and_one_that_moves_otherwise() -> None:
    x = np.arange(0.0, 20.0)
    scan = scan_of(sam_x_position=x, sam_y_position=2 * x + 1)
    assert [(axis.field, axis.role) for axis in scan.axes] == [
        ("sam_x_position", "fast"), ("sam_y_position", "comoving"),
    ]  # fmt: skip
    assert scan.kind == "line-up"
    rng = np.random.default_rng(1)
    scan = scan_of(
        energy_position=np.arange(280.0, 300.0), sam_x_position=rng.permutation(20.0 * np.arange(20))
    )
    assert [(axis.field, axis.role) for axis in scan.axes] == [(E, "fast"), ("sam_x_position", "other")]


def test_a_map_tells_its_lines_and_their_points() -> None:
    lines = [np.arange(8.0) if line % 2 == 0 else np.arange(8.0)[::-1] for line in range(3)]
    scan = scan_of(sam_x_position=np.concatenate(lines), sam_z_position=np.repeat([0.0, 1.0, 2.0], 8))
    assert (scan.kind, scan.size) == ("map", (8, 3))
    assert scan.sweeps is not None
    assert [sweep.direction for sweep in scan.sweeps] == ["up", "down", "up"]


def test_of_samples_no_sweeps_are_told() -> None:
    run = run_of(energy_position=UP)
    scan = describe_scan(run, run.find_axes(), sampled=True)
    assert (scan.sweeps, scan.points, scan.sampled) == (None, None, True)
    assert scan.axes[0].setpoints == 10


def test_readings_that_are_missing_do_not_tell_where_a_motor_began() -> None:
    scan = scan_of(energy_position=[NAN, *UP, NAN])
    assert (scan.axes[0].first, scan.axes[0].last) == (280.0, 289.0)


@pytest.mark.parametrize(
    ("step", "decimals"), [(1.0, 1), (0.1, 2), (0.05, 3), (100.0, 0), (1e-20, 12), (2.0, 1)]
)
def test_a_readback_is_worth_a_hundredth_of_a_step(step: float, decimals: int) -> None:
    x = step * np.arange(1000.0)
    (axis,) = scan_of(energy_position=x).axes
    assert axis.decimals == decimals


def test_steps_that_are_none_tell_no_decimals() -> None:
    run = run_of(energy_position=[1.7e308, -1.7e308, 1.7e308])
    assert describe_scan(run, run.find_axes()).axes[0].decimals is None


@pytest.mark.parametrize(
    ("x", "direction"),
    [
        ([1, 2, 3], "up"), ([3, 1], "down"), ([NAN, 1, NAN, 2, NAN], "up"), ([1, 5, 1], "none"), ([1], "none"),
        ([], "none"), ([NAN, NAN], "none"),
    ],
)  # fmt: skip
def test_the_direction_of_a_sweep_is_from_its_first_value_to_its_last(x: list[float], direction: str) -> None:
    assert direction_of(np.array(x, float)) == direction


# curves


def test_over_the_energy_the_yield_is_divided_by_the_monitor() -> None:
    i0 = np.full(10, 2.0)
    (curve,) = curves_of(run_of(energy_position=UP, tey_signal=np.arange(10.0), i0=i0))
    assert (curve.y, curve.spec.x, curve.spec.normalisation, curve.spec.monitor) == (
        "tey_signal",
        E,
        "ratio",
        "i0",
    )
    assert curve.divided
    assert (curve.x_unit, curve.y_unit, curve.direction, curve.group) == ("eV", "", "up", {})
    np.testing.assert_array_equal(curve.x, UP)
    np.testing.assert_array_equal(curve.values, np.arange(10.0) / 2)
    assert (curve.points, curve.hidden) == (10, ())
    assert (curve.label(E), curve.label("unknown")) == ("energy", "unknown")
    assert curve.nbytes == 3 * 80


@pytest.mark.parametrize("i0", [{}, {"i0": np.zeros(10)}, {"i0": np.full(10, NAN)}])
def test_without_a_beam_to_divide_by_it_is_drawn_as_measured(i0: dict[str, Any]) -> None:
    (curve,) = curves_of(run_of(energy_position=UP, tey_signal=np.arange(10.0), **i0))
    assert (curve.divided, curve.spec.normalisation, curve.points) == (False, "none", 10)
    asked = PlotSpec(E, ("tey_signal",), normalisation="ratio", monitor="i0")
    (curve,) = curves_of(run_of(energy_position=UP, tey_signal=np.arange(10.0), **i0), asked)
    assert not curve.divided


def test_a_monitor_is_not_divided_by_itself() -> None:
    spec = PlotSpec(E, ("i0", "tey_signal"), normalisation="ratio", monitor="i0")
    own, other = curves_of(run_of(energy_position=UP, tey_signal=UP, i0=np.full(10, 2.0)), spec)
    assert (own.divided, other.divided) == (False, True)
    assert own.values.tolist() == [2.0] * 10


def test_each_place_of_a_slow_motor_is_a_curve_with_its_own_hidden_points() -> None:
    theta = np.repeat([20.0, 55.0], 10)
    i0 = np.ones(20)
    i0[:3] = 0.001
    i0[12] = NAN
    tey = np.arange(20.0)
    tey[15] = np.inf
    tey[16] = NAN
    curves = curves_of(run_of(energy_position=np.tile(UP, 2), sam_th_position=theta, tey_signal=tey, i0=i0))
    assert [curve.group for curve in curves] == [{TH: 20.0}, {TH: 55.0}]
    assert [curve.label(TH) for curve in curves] == ["sam_th", "sam_th"]
    assert [{one.code: one.count for one in curve.hidden} for curve in curves] == [
        {"monitor_weak": 3}, {"no_value": 1, "too_large": 1, "no_monitor": 1},
    ]  # fmt: skip
    assert curves[0].hidden[0].limit == pytest.approx(0.07)
    assert curves[0].hidden[0].field == "i0"
    assert [curve.points for curve in curves] == [7, 7]
    assert [curve.positions.tolist() for curve in curves] == [list(range(10)), list(range(10, 20))]


def test_sweeps_in_different_directions_in_one_curve_have_none() -> None:
    (curve,) = curves_of(run_of(energy_position=[*UP, *DOWN], tey_signal=np.arange(20.0)))
    assert curve.direction == "none"
    (curve,) = curves_of(run_of(energy_position=[*DOWN, *DOWN], tey_signal=np.arange(20.0)))
    assert curve.direction == "down"


def test_a_derivative_has_no_unit_of_what_was_measured() -> None:
    run = run_of(sam_x_position=np.arange(10.0), photodiode=np.arange(10.0) ** 2)
    (curve,) = curves_of(run, PlotSpec("sam_x_position", ("photodiode",), derivative=True))
    assert curve.y_unit == ""
    assert curve.values[5] == pytest.approx(10.0)


def test_the_numbers_of_a_curve_are_those_of_its_points() -> None:
    y = np.exp(-((np.arange(281) - 140) ** 2) / (2 * 20.0**2))
    (curve,) = curves_of(run_of(sam_x_position=np.arange(281) / 10, photodiode=y))
    assert curve.shape == "peak"
    found = {one.name: one.value for one in curve.read_outs}
    assert found["max"] == 1.0
    assert found["fwhm"] == pytest.approx(2.3548 * 2.0, abs=0.01)
    assert found["centroid"] == pytest.approx(14.0)


def test_a_curve_without_a_point_has_no_shape_and_no_numbers() -> None:
    spec = PlotSpec(E, ("missing",))
    (curve,) = curves_of(run_of(energy_position=UP, tey_signal=UP), spec)
    assert (curve.points, curve.readout, curve.read_outs, curve.shape) == (0, None, (), "none")
    (curve,) = curves_of(run_of(energy_position=UP, tey_signal=UP), PlotSpec("missing", ("tey_signal",)))
    assert (curve.points, curve.direction) == (0, "none")


def test_where_there_is_nothing_to_draw_there_is_no_curve() -> None:
    nothing = run_columns("u", {"seq_num": np.arange(3.0), "time": np.arange(3.0)})
    assert describe_curves(nothing, nothing.find_axes(), "primary") == ()


numbers = st.sampled_from([0.0, 1.0, -1.0, 0.01, 1e300, NAN, float("inf"), 285.0, 290.0])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(st.data(), st.integers(1, 30), st.sampled_from(["none", "ratio", "absorbance", "edge"]), st.booleans())
def test_points_and_hidden_points_of_all_curves_add_up_to_the_events(
    data: st.DataObject, n: int, normalisation: Any, derivative: bool
) -> None:
    names = (E, TH, "tey_signal", "i0")
    run = run_of(**{name: data.draw(st.lists(numbers, min_size=n, max_size=n)) for name in names})
    curves = curves_of(
        run,
        PlotSpec(E, ("tey_signal",), (TH,), normalisation=normalisation, derivative=derivative, monitor="i0"),
    )
    events: Counter[int] = Counter()
    for curve in curves:
        assert curve.points + sum(one.count for one in curve.hidden) == curve.positions.size
        assert curve.points == np.isfinite(curve.values).sum()
        events.update(curve.positions.tolist())
    assert events == Counter(range(n)), "every event is in one curve"
