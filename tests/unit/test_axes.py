"""What a run scanned: fast and slow motors as a scientist would name them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.axes import (
    MOST_CURVES,
    Axes,
    clusters,
    find_axes,

    motor_names,
    moves,
    nearest_cluster,
    short_name,
)
from resonance_tui.analysis.signals import first_signal
from resonance_tui.catalog import Catalog
from resonance_tui.present.scan import scan_label

Values = np.ndarray[Any, np.dtype[np.float64]]

ENERGY = np.concatenate([np.arange(270.0, 280.0), np.arange(280.0, 290.0, 0.1), np.arange(290.0, 340.0, 2.0)])
ANGLES = [20.0, 40.0, 55.0, 70.0, 90.0]
N = ENERGY.size


def noise(n: int, size: float, seed: int = 1) -> Values:
    return np.random.default_rng(seed).standard_normal(n) * size


def constant(n: int, value: float = 20.0) -> Values:
    return np.full(n, value)


def grid(n_fast: int, n_slow: int) -> tuple[Values, Values]:
    fast, slow = np.meshgrid(np.linspace(0.0, 2.0, n_fast), np.linspace(5.0, 7.0, n_slow))
    return fast.ravel(), slow.ravel()


def snake(sweep: Values, times: int) -> Values:
    return np.concatenate([sweep if i % 2 == 0 else sweep[::-1] for i in range(times)])


MAP_X, MAP_Y = grid(20, 20)
SNAKE_X = snake(np.linspace(0.0, 2.0, 20), 20)

# name: (columns, fast, slow, label of the run list)
SCANS: dict[str, tuple[dict[str, Values], str | None, tuple[str, ...], str]] = {
    "single sweep with varying steps": (
        {"energy": ENERGY, "sam_th": constant(N)}, "energy", (), "energy 270→338",
    ),
    "downward sweep": ({"energy": ENERGY[::-1], "sam_th": constant(N)}, "energy", (), "energy 338→270"),
    "energy at five angles": (
        {"energy": np.tile(ENERGY, 5), "sam_th": np.repeat(ANGLES, N)},
        "energy", ("sam_th",), "energy 270→338 × 5 sam_th",
    ),
    "energy at five angles, back and forth": (
        {"energy": snake(ENERGY, 5), "sam_th": np.repeat(ANGLES, N)},
        "energy", ("sam_th",), "energy 270→338 × 5 sam_th",
    ),
    "energy at five angles, all readbacks jitter": (
        {
            "energy": np.tile(ENERGY, 5) + noise(5 * N, 0.002),
            "sam_th": np.repeat(ANGLES, N) + noise(5 * N, 0.001, 2),
        },
        "energy", ("sam_th",), "energy 270→338 × 5 sam_th",
    ),
    "repeated sweeps": ({"energy": np.tile(ENERGY, 4), "sam_th": constant(4 * N)}, "energy", (), "energy 270→338"),
    "jitter on a motor that stands": (
        {"energy": ENERGY, "sam_th": 20 + noise(N, 1e-4)}, "energy", (), "energy 270→338",
    ),
    "jitter on a motor that stands at zero": (
        {"energy": ENERGY, "sam_z": noise(N, 1e-3)}, "energy", (), "energy 270→338",
    ),
    "cut short in the third sweep": (
        {"energy": np.tile(ENERGY, 5)[:300], "sam_th": np.repeat(ANGLES, N)[:300]},
        "energy", ("sam_th",), "energy 270→338 × 3 sam_th",
    ),
    "cut short in its first sweep": (
        {"energy": ENERGY[:30], "sam_th": constant(30)}, "energy", (), "energy 270→281.9",
    ),
    "one point": ({"energy": ENERGY[:1], "sam_th": constant(1)}, None, (), "count"),
    "two points": ({"energy": ENERGY[:2], "sam_th": constant(2)}, "energy", (), "energy 270→271"),
    "nothing read": ({"energy": constant(20, np.nan), "sam_th": constant(20, np.nan)}, None, (), "count"),
    "no events": ({"energy": constant(0), "sam_th": constant(0)}, None, (), "count"),
    "nothing moved": ({"energy": constant(50, 285.0), "sam_th": constant(50)}, None, (), "count"),
    "some readings missing": (
        {"energy": np.where(np.arange(N) % 7 == 3, np.nan, ENERGY), "sam_th": constant(N)},
        "energy", (), "energy 270→338",
    ),
    "polarization alternates at each energy": (
        {"energy": np.repeat(ENERGY, 2), "polarization": np.tile([0.0, 90.0], N)},
        "energy", ("polarization",), "energy 270→338 × 2 polarization",
    ),
    "four polarizations at each energy": (
        {"energy": np.repeat(ENERGY, 4), "polarization": np.tile([0.0, 90.0, 45.0, 135.0], N)},
        "energy", ("polarization",), "energy 270→338 × 4 polarization",
    ),
    "one sweep for each polarization": (
        {"energy": np.tile(ENERGY, 2), "polarization": np.repeat([0.0, 90.0], N)},
        "energy", ("polarization",), "energy 270→338 × 2 polarization",
    ),
    "three angles times two polarizations": (
        {
            "energy": np.tile(ENERGY, 6),
            "sam_th": np.repeat([20.0, 55.0, 90.0], 2 * N),
            "polarization": np.tile(np.repeat([0.0, 90.0], N), 3),
        },
        "energy", ("sam_th", "polarization"), "energy 270→338 × 3 sam_th × 2 polarization",
    ),
    "map of 5 × 5": (
        {"sam_x": grid(5, 5)[0], "sam_y": grid(5, 5)[1]}, "sam_x", ("sam_y",), "sam_x 0→2 × 5 sam_y",
    ),
    "map of 20 × 20, more lines than curves": ({"sam_x": MAP_X, "sam_y": MAP_Y}, "sam_x", (), "sam_x 0→2 × sam_y"),
    "map of 20 × 20, back and forth": ({"sam_x": SNAKE_X, "sam_y": MAP_Y}, "sam_x", (), "sam_x 0→2 × sam_y"),
    "fine scan around an edge": ({"energy": np.linspace(285.0, 285.02, 30)}, "energy", (), "energy 285→285.02"),
    "jitter in a scan of three points": (
        {"energy": np.array([270.0, 271.0, 272.0]), "sam_z": np.array([1.0, 1.0001, 0.9999])},
        "energy", (), "energy 270→272",
    ),
}  # fmt: skip


def as_fields(columns: dict[str, Values]) -> dict[str, Values]:
    return {f"{name}_position": np.asarray(values, dtype=np.float64) for name, values in columns.items()}


@pytest.mark.parametrize("name", SCANS)
def test_the_fast_and_the_slow_motors_are_found_in(name: str) -> None:
    scan, fast, slow, _ = SCANS[name]
    columns = as_fields(scan)
    expected = Axes(fast and f"{fast}_position", tuple(f"{motor}_position" for motor in slow))
    assert find_axes(columns, list(columns)) == expected


@pytest.mark.parametrize("name", SCANS)
def test_the_order_of_the_motors_does_not_matter_in(name: str) -> None:
    scan, fast, slow, _ = SCANS[name]
    columns = dict(reversed(as_fields(scan).items()))
    axes = find_axes(columns, list(columns))
    assert axes.fast == (fast and f"{fast}_position")
    assert set(axes.slow) == {f"{motor}_position" for motor in slow}


@pytest.mark.parametrize("name", SCANS)
def test_the_run_list_says_what_was_scanned_in(name: str) -> None:
    scan, _, _, label = SCANS[name]
    columns = {field: values.tolist() for field, values in as_fields(scan).items()}
    assert scan_label("scan", {}, columns, min(40, len(next(iter(columns.values()))))) == label


def test_of_two_motors_that_move_together_one_is_fast_and_none_slow() -> None:
    place = np.linspace(0.0, 10.0, 50)
    axes = find_axes(
        {"sam_th_position": place, "det_th_position": 2 * place}, ["sam_th_position", "det_th_position"]
    )
    assert axes.fast in ("sam_th_position", "det_th_position")
    assert axes.slow == ()


def test_slow_motors_that_move_together_do_not_hide_the_energy() -> None:
    columns = as_fields(
        {
            "energy": np.tile(ENERGY, 3),
            "sam_th": np.repeat([20.0, 55, 90], N),
            "det_th": np.repeat([40.0, 110, 180], N),
        }
    )
    axes = find_axes(columns, list(columns))
    assert axes.fast == "energy_position"
    assert "sam_th_position" in axes.slow


def test_more_sweeps_than_curves_can_be_told_apart_are_no_curves() -> None:
    angles = np.arange(MOST_CURVES + 1.0) * 5
    columns = as_fields({"energy": np.tile(ENERGY, angles.size), "sam_th": np.repeat(angles, N)})
    assert find_axes(columns, list(columns)) == Axes("energy_position")


def test_as_many_sweeps_as_can_be_told_apart_are_curves() -> None:
    angles = np.arange(MOST_CURVES * 1.0) * 5
    columns = as_fields({"energy": np.tile(ENERGY, angles.size), "sam_th": np.repeat(angles, N)})
    assert find_axes(columns, list(columns)) == Axes("energy_position", ("sam_th_position",))


def test_a_motor_that_is_no_column_is_passed_over() -> None:
    assert find_axes({"energy_position": ENERGY}, ["hos_position", "energy_position"]) == Axes(
        "energy_position"
    )


def test_no_motors_scan_nothing() -> None:
    assert find_axes({"i0": np.arange(9.0)}, []) == Axes(None)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "values",
    [
        [0.0, 1e-170] * 5,
        [0.0, 5e-324] * 5,
        [1e308, -1e308] * 5,
        [1.7e308, 0.0, -1.7e308],
        [np.inf, -np.inf, np.nan] * 4,
        [1e16, 1e16 + 2] * 5,
    ],
    ids=str,
)
def test_values_at_the_ends_of_floating_point_do_not_raise(values: list[float]) -> None:
    columns = {"a_position": np.array(values), "b_position": np.arange(len(values) * 1.0)}
    assert find_axes(columns, list(columns)).fast in columns
    assert scan_label("scan", {}, {name: array.tolist() for name, array in columns.items()}, 5)


floats = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, 1.0, 270.0, 1e300, 5e-324])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=120)
@given(st.data(), st.integers(0, 30), st.integers(1, 4))
def test_any_columns_have_axes_among_their_motors(data: st.DataObject, n: int, motors: int) -> None:
    columns = {
        f"m{i}_position": np.array(data.draw(st.lists(floats, min_size=n, max_size=n)), dtype=np.float64)
        for i in range(motors)
    }
    axes = find_axes(columns, list(columns))
    assert axes.fast is None or axes.fast in columns
    assert set(axes.slow) <= set(columns) - {axes.fast}
    assert len(set(axes.slow)) == len(axes.slow)
    count = 1
    for name in axes.slow:
        count *= clusters(columns[name]).size
    assert count <= MOST_CURVES


cells = (
    floats
    | st.none()
    | st.booleans()
    | st.text(max_size=5)
    | st.integers(-(10**400), 10**400)
    | st.just([1, 2])
)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=120)
@given(st.text(max_size=40), st.lists(st.lists(cells, min_size=6, max_size=6), max_size=3), st.integers(0, 8))
def test_any_values_have_a_label_of_one_printable_line(
    plan: str, rows: list[list[Any]], consecutive: int
) -> None:
    columns = {f"m{i}\n_position": row for i, row in enumerate(rows)}
    label = scan_label(plan, {}, columns, consecutive)
    assert "\n" not in label
    assert "\x1b" not in label
    assert len(label) < 120


def test_an_integer_beyond_all_floats_does_not_cost_the_label() -> None:
    columns = {"energy_position": [270.0, 271.0, 10**400, 273.0]}
    assert scan_label("scan", {}, columns, 4) == "energy 270→273"


def test_words_among_the_values_are_passed_over() -> None:
    columns = {"energy_position": [270.0, "moving", None, True, 271.0, 272]}
    assert scan_label("scan", {}, columns, 6) == "energy 270→272"


def test_a_plan_with_a_name_comes_first() -> None:
    columns = {"energy_position": ENERGY.tolist()}
    assert scan_label("nexafs", {}, columns, 40) == "energy 270→338 nexafs"
    assert scan_label("nexafs", {}, {}, 0) == "nexafs"
    assert scan_label("scan", {}, {}, 0) == "scan"


def test_a_plan_with_a_hostile_name_is_printable() -> None:
    assert scan_label("\x1b[2J[/]", {}, {}, 0) == "␛[2J[/]"


def test_motors_are_known_by_their_data_key_or_by_their_name() -> None:
    keys = {
        "energy_position": {"source": "motor"},
        "gap": {"source": "motor"},
        "ring_position": {"source": "ai"},
    }
    columns = ["i0", "energy_position", "sam_th_position", "gap", "ring_position"]
    assert motor_names(keys, columns) == ["energy_position", "sam_th_position", "gap"]


def test_the_short_name_of_a_field_is_never_empty() -> None:
    assert short_name("energy_position") == "energy"
    assert short_name("_position") == "_position"
    assert short_name("i0") == "i0"


def test_the_first_signal_is_no_motor_no_monitor_and_has_values() -> None:
    columns = {
        "energy_position": np.arange(3.0),
        "exposure": np.ones(3),
        "i0": np.ones(3),
        "dead": np.full(3, np.nan),
        "tey_signal": np.array([np.nan, 1.0, np.nan]),
        "photodiode": np.ones(3),
    }
    keys = {"exposure": {"source": "plan"}}
    assert first_signal(columns, keys) == "tey_signal"


def test_a_monitor_is_better_than_nothing_and_nothing_is_none() -> None:
    assert first_signal({"energy_position": np.ones(3), "i0": np.ones(3)}, {}) == "i0"
    assert first_signal({"energy_position": np.ones(3), "dead": np.full(3, np.inf)}, {}) is None
    assert first_signal({}, {}) is None


def test_positions_that_jitter_are_one_cluster_each() -> None:
    values = np.repeat(ANGLES, 40) + noise(200, 0.01)
    np.random.default_rng(0).shuffle(values)
    assert clusters(values) == pytest.approx(ANGLES, abs=0.01)
    assert (np.diff(clusters(values)) > 0).all()


def test_every_value_belongs_to_its_nearest_cluster() -> None:
    places = np.array([20.0, 55.0, 90.0])
    assert nearest_cluster(np.array([19.0, 56.0, 300.0, -5.0, 89.0]), places).tolist() == [0, 1, 2, 0, 2]


@pytest.mark.parametrize("size", [1e-9, 1e-4, 0.01])
def test_noise_on_a_standing_motor_is_no_movement(size: float) -> None:
    assert not moves(20 + noise(100, size))


def test_a_small_step_in_the_middle_of_a_scan_is_a_movement() -> None:
    assert moves(np.repeat([20.0, 21.0], 20))
    assert moves(np.linspace(0.0, 0.01, 20))


def test_the_angle_series_of_the_real_beamtime_is_energy_at_five_angles(real_beamtime: Path) -> None:
    with Catalog(real_beamtime) as catalog:
        run = catalog["8c26cf6d"]
        table = run.table()
        keys = run.streams["primary"].data_keys
    columns = {
        name: table[name].to_numpy(dtype=np.float64)
        for name in table.columns
        if name not in ("seq_num", "time") and table[name].dtype.kind in "if"
    }
    axes = find_axes(columns, motor_names(keys, list(columns)))
    assert axes == Axes("energy_position", ("sam_th_position",))
    assert clusters(columns["sam_th_position"]) == pytest.approx(ANGLES, abs=0.5)
    assert first_signal(columns, keys) in ("photodiode", "tey_signal")


def test_every_run_of_the_real_beamtime_says_its_energies(real_beamtime: Path) -> None:
    labels = {}
    with Catalog(real_beamtime) as catalog:
        for summary in catalog.recent(10):
            run = catalog[summary.uid]
            page = run.event_page(0, 4000)
            labels[run.uid[:8]] = scan_label(
                run.plan_name, run.streams["primary"].data_keys, page.columns, len(page)
            )
    assert len(labels) == 10
    assert labels["8c26cf6d"] == "energy 270→369 × 5 sam_th"
    assert labels["cb5341a8"] == "energy 270→369 nexafs"
    assert labels["2b01bdb5"] == "energy 270→360 rsoxs"
    assert labels["9be30769"] == "energy 270→281.4 sam_z_lineup"
    assert all("energy 270→" in label for label in labels.values())
