"""What a run scanned: fast and slow motors as a scientist would name them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.axes import (
    Axes,
    clusters,
    find_axes,
    find_traces,
    moves,
    nearest_cluster,
    sweep_index,
)
from resonance_tui.analysis.values import as_floats
from resonance_tui.catalog import Catalog
from resonance_tui.catalog.field_names import motors_of, short_name
from resonance_tui.text.labels import ScanLabel
from resonance_tui.text.printable import printable
from tests.columns import scan_label

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

SCANS: dict[str, tuple[dict[str, Values], str | None, tuple[str, ...], str]] = {
    "single sweep with varying steps": (
        {"energy": ENERGY, "sam_th": constant(N)}, "energy", (), "energy 270→338 (135)",
    ),
    "downward sweep": (
        {"energy": ENERGY[::-1], "sam_th": constant(N)}, "energy", (), "energy 338→270 (135)",
    ),
    "energy at five angles": (
        {"energy": np.tile(ENERGY, 5), "sam_th": np.repeat(ANGLES, N)},
        "energy", ("sam_th",), "energy 270→338 (135) × sam_th 5",
    ),
    "energy at five angles, back and forth": (
        {"energy": snake(ENERGY, 5), "sam_th": np.repeat(ANGLES, N)},
        "energy", ("sam_th",), "energy 270→338 (135) × sam_th 5",
    ),
    "energy at five angles, all readbacks jitter": (
        {
            "energy": np.tile(ENERGY, 5) + noise(5 * N, 0.002),
            "sam_th": np.repeat(ANGLES, N) + noise(5 * N, 0.001, 2),
        },
        "energy", ("sam_th",), "energy 270→338 (135) × sam_th 5",
    ),
    "energy at five angles, in no order": (
        {"energy": np.tile(ENERGY, 5), "sam_th": np.repeat([55.0, 20.0, 90.0, 40.0, 70.0], N)},
        "energy", ("sam_th",), "energy 270→338 (135) × sam_th 5",
    ),
    "energy at thirty angles, more than curves can be told apart": (
        {"energy": np.tile(ENERGY, 30), "sam_th": np.repeat(np.arange(30) * 3.0, N)},
        "energy", ("sam_th",), "energy 270→338 (135) × sam_th 30",
    ),
    "repeated sweeps": (
        {"energy": np.tile(ENERGY, 4), "sam_th": constant(4 * N)}, "energy", (), "energy 270→338 (135, 4 sweeps)",
    ),
    "back and forth": (
        {"energy": snake(ENERGY, 3), "sam_th": constant(3 * N)}, "energy", (), "energy 270→338 (135, 3 sweeps)",
    ),
    "each angle swept twice": (
        {"energy": np.tile(ENERGY, 4), "sam_th": np.repeat([20.0, 55.0], 2 * N)},
        "energy", ("sam_th",), "energy 270→338 (135, 2 sweeps) × sam_th 2",
    ),
    "jitter on a motor that stands": (
        {"energy": ENERGY, "sam_th": 20 + noise(N, 1e-4)}, "energy", (), "energy 270→338 (135)",
    ),
    "jitter on a motor that stands at zero": (
        {"energy": ENERGY, "sam_z": noise(N, 1e-3)}, "energy", (), "energy 270→338 (135)",
    ),
    "cut short in the third sweep": (
        {"energy": np.tile(ENERGY, 5)[:300], "sam_th": np.repeat(ANGLES, N)[:300]},
        "energy", ("sam_th",), "energy 270→338 (135) × sam_th 3",
    ),
    "cut short at the first point of its second sweep": (
        {"energy": np.tile(ENERGY, 5)[: N + 1], "sam_th": np.repeat(ANGLES, N)[: N + 1]},
        "energy", ("sam_th",), "energy 270→338 (135) × sam_th 2",
    ),
    "cut short in its first sweep": (
        {"energy": ENERGY[:30], "sam_th": constant(30)}, "energy", (), "energy 270→281.9 (30)",
    ),
    "one point": ({"energy": ENERGY[:1], "sam_th": constant(1)}, None, (), "count"),
    "two points": ({"energy": ENERGY[:2], "sam_th": constant(2)}, "energy", (), "energy 270→271 (2)"),
    "nothing read": ({"energy": constant(20, np.nan), "sam_th": constant(20, np.nan)}, None, (), "count"),
    "no events": ({"energy": constant(0), "sam_th": constant(0)}, None, (), "count"),
    "nothing moved": ({"energy": constant(50, 285.0), "sam_th": constant(50)}, None, (), "count"),
    "some readings missing": (
        {"energy": np.where(np.arange(N) % 7 == 3, np.nan, ENERGY), "sam_th": constant(N)},
        "energy", (), "energy 270→338 (135)",
    ),
    "some readings of the slow motor missing": (
        {"energy": np.tile(ENERGY, 2), "sam_th": np.where(np.arange(2 * N) % 9 == 4, np.nan, np.repeat([20.0, 90], N))},
        "energy", ("sam_th",), "energy 270→338 (135) × sam_th 2",
    ),
    "polarization alternates at each energy": (
        {"energy": np.repeat(ENERGY, 2), "polarization": np.tile([0.0, 90.0], N)},
        "energy", ("polarization",), "energy 270→338 (135) × polarization 2",
    ),
    "four polarizations at each energy": (
        {"energy": np.repeat(ENERGY, 4), "polarization": np.tile([0.0, 90.0, 45.0, 135.0], N)},
        "energy", ("polarization",), "energy 270→338 (135) × polarization 4",
    ),
    "four polarizations at each energy, all readbacks jitter": (
        {
            "energy": np.repeat(ENERGY, 4) + noise(4 * N, 0.002),
            "polarization": np.tile([0.0, 90.0, 45.0, 135.0], N) + noise(4 * N, 0.01, 3),
        },
        "energy", ("polarization",), "energy 270→338 (135) × polarization 4",
    ),
    "one sweep for each polarization": (
        {"energy": np.tile(ENERGY, 2), "polarization": np.repeat([0.0, 90.0], N)},
        "energy", ("polarization",), "energy 270→338 (135) × polarization 2",
    ),
    "three angles times two polarizations": (
        {
            "energy": np.tile(ENERGY, 6),
            "sam_th": np.repeat([20.0, 55.0, 90.0], 2 * N),
            "polarization": np.tile(np.repeat([0.0, 90.0], N), 3),
        },
        "energy", ("sam_th", "polarization"), "energy 270→338 (135) × sam_th 3 × polarization 2",
    ),
    "a line-up": (
        {"sam_z": np.linspace(-1.5, 1.5, 61), "energy": constant(61, 320.0)},
        "sam_z", (), "line-up sam_z -1.5→1.5 (61)",
    ),
    "a line-up at each of three energies": (
        {"sam_x": np.tile(np.linspace(-2.0, 2.0, 41), 3), "energy": np.repeat([270.0, 285.0, 320.0], 41)},
        "sam_x", ("energy",), "sam_x -2→2 (41) × energy 3",
    ),
    "a line-up in which another motor drifts at random": (
        {"sam_z": np.linspace(-1.5, 1.5, 61), "sam_x": 3.0 + noise(61, 2e-3)},
        "sam_z", (), "line-up sam_z -1.5→1.5 (61)",
    ),
    "the polarization turned": (
        {"polarization": np.linspace(0.0, 180.0, 37), "energy": constant(37, 285.0)},
        "polarization", (), "polarization 0→180 (37)",
    ),
    "map of 5 × 5": (
        {"sam_x": grid(5, 5)[0], "sam_y": grid(5, 5)[1]}, "sam_x", ("sam_y",), "map sam_x × sam_y (5 × 5)",
    ),
    "map of 20 × 20, more lines than curves": (
        {"sam_x": MAP_X, "sam_y": MAP_Y}, "sam_x", ("sam_y",), "map sam_x × sam_y (20 × 20)",
    ),
    "map of 20 × 20, back and forth": (
        {"sam_x": SNAKE_X, "sam_y": MAP_Y}, "sam_x", ("sam_y",), "map sam_x × sam_y (20 × 20)",
    ),
    "map of 150 lines, all readbacks jitter": (
        {"sam_x": grid(40, 150)[0] + noise(6000, 1e-4), "sam_y": grid(40, 150)[1] + noise(6000, 1e-4, 4)},
        "sam_x", ("sam_y",), "map sam_x × sam_y (40 × 150)",
    ),
    "map of 20 × 20, cut short": (
        {"sam_x": MAP_X[:130], "sam_y": MAP_Y[:130]}, "sam_x", ("sam_y",), "map sam_x × sam_y (20 × 7)",
    ),
    "fine scan around an edge": (
        {"energy": np.linspace(285.0, 285.02, 30)}, "energy", (), "energy 285→285.02 (30)",
    ),
    "jitter in a scan of three points": (
        {"energy": np.array([270.0, 271.0, 272.0]), "sam_z": np.array([1.0, 1.0001, 0.9999])},
        "energy", (), "energy 270→272 (3)",
    ),
}  # fmt: skip
"""name: (columns, fast, slow, label of the run list)"""


def as_fields(columns: dict[str, Values]) -> dict[str, Values]:
    return {f"{name}_position": np.asarray(values, dtype=np.float64) for name, values in columns.items()}


@pytest.mark.parametrize("name", SCANS)
def test_the_fast_and_the_slow_motors_are_found_in(name: str) -> None:
    scan, fast, slow, _ = SCANS[name]
    columns = as_fields(scan)
    expected = Axes(fast and f"{fast}_position", tuple(f"{motor}_position" for motor in slow))
    axes = find_axes(columns, list(columns))
    assert (axes.fast, axes.slow, axes.comoving, axes.other) == (expected.fast, expected.slow, (), ())


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
    columns = as_fields(scan)
    assert scan_label("scan", find_axes(columns, list(columns)), columns).full == label


def test_there_are_thirty_scans_and_more() -> None:
    assert len(SCANS) >= 30


@pytest.mark.parametrize(
    ("other", "name"),
    [
        (lambda x: 2 * x, "sam_z"),
        (lambda x: -3 * x + 5, "sam_z"),
        (lambda x: np.exp(x / 30), "gap"),
        (lambda x: x + noise(x.size, 1e-5), "sam_z"),
    ],
    ids=["twice as far", "the other way", "along a curve", "with jitter"],
)
def test_of_two_motors_that_move_together_one_is_x_and_the_other_goes_along(other: Any, name: str) -> None:
    place = np.linspace(0.0, 60.0, 50)
    columns = {f"{name}_position": other(place), "sam_x_position": place}
    axes = find_axes(columns, list(columns))
    assert axes.fast == "sam_x_position"
    assert axes.comoving == (f"{name}_position",)
    assert axes.slow == ()
    assert scan_label("scan", axes, columns).full == f"line-up sam_x + {name} 0→60 (50)"


def test_the_energy_is_x_whatever_follows_it() -> None:
    columns = as_fields({"a_gap": ENERGY / 10, "energy": ENERGY})
    axes = find_axes(columns, list(columns))
    assert (axes.fast, axes.comoving) == ("energy_position", ("a_gap_position",))


def test_slow_motors_that_move_together_are_one() -> None:
    columns = as_fields(
        {
            "energy": np.tile(ENERGY, 3),
            "sam_th": np.repeat([20.0, 55, 90], N),
            "det_th": np.repeat([40.0, 110, 180], N),
        }
    )
    axes = find_axes(columns, list(columns))
    assert (axes.fast, axes.slow) == ("energy_position", ("sam_th_position",))
    assert len(find_traces(columns, axes.slow, 3 * N)) == 3


def test_a_motor_that_drifts_through_it_all_is_not_x() -> None:
    columns = as_fields(
        {
            "energy": np.tile(ENERGY, 5),
            "sam_th": np.repeat(ANGLES, N),
            "sam_z": np.linspace(1.0, 1.2, 5 * N) + noise(5 * N, 1e-4),
        }
    )
    axes = find_axes(columns, list(columns))
    assert (axes.fast, axes.slow, axes.other) == (
        "energy_position",
        ("sam_th_position",),
        ("sam_z_position",),
    )


@pytest.mark.parametrize(
    "other",
    [
        np.where(np.arange(N) < 70, 1.0, 1.0005),
        1.0 + 3e-3 * np.exp(-np.arange(N) / 20),
        np.linspace(1.0, 1.002, N) + noise(N, 2e-4),
        40 + noise(N, 2e-3),
    ],
    ids=["one count", "relaxes", "drifts", "noise"],
)
def test_a_readback_that_only_creeps_is_no_part_of_the_scan(other: Values) -> None:
    columns = as_fields({"energy": ENERGY, "sam_x": other})
    assert find_axes(columns, list(columns)) == Axes("energy_position")
    alone = as_fields(
        {"sam_x": np.linspace(0, 0.01, 30)}
    )  # but where nothing else moves, a small scan is one
    assert find_axes(alone, list(alone)) == Axes("sam_x_position")


def test_two_motors_on_a_spiral_are_a_map_without_lines() -> None:
    turn = np.linspace(0.5, 25.0, 300)
    columns = as_fields({"sam_x": turn * np.cos(turn), "sam_y": turn * np.sin(turn)})
    axes = find_axes(columns, list(columns))
    assert {axes.fast, *axes.other} == set(columns)
    assert axes.kind == "map"
    assert scan_label("scan", axes, columns).full in (
        "map sam_x × sam_y",
        "map sam_y × sam_x",
    )


@pytest.mark.parametrize(
    ("fast", "slow", "loose", "kind"),
    [
        (None, (), (), "count"),
        ("energy_position", ("sam_th_position",), (), "energy"),
        ("sam_z_position", (), (), "line-up"),
        ("polarization_position", (), (), "scan"),
        ("sam_x_position", ("sam_y_position",), (), "map"),
        ("sam_x_position", (), ("sam_y_position",), "map"),
        ("sam_x_position", ("energy_position",), (), "scan"),
        ("sam_x_position", ("sam_y_position",), ("sam_z_position",), "scan"),
    ],
)
def test_a_scan_is_of_a_kind(
    fast: str | None, slow: tuple[str, ...], loose: tuple[str, ...], kind: str
) -> None:
    assert Axes(fast, slow, (), loose).kind == kind


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
    axes = find_axes(columns, list(columns))
    assert axes.fast in columns
    assert scan_label("scan", axes, columns).full
    assert len(find_traces(columns, axes.slow, len(values))) >= 1


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
    found = [axes.fast, *axes.slow, *axes.comoving, *axes.other]
    assert axes.fast is None or axes.fast in columns
    assert len(set(found)) == len(found)
    assert set(found) - {None} <= set(columns)
    traces = find_traces(columns, axes.slow, n)
    assert sorted(at for group in traces.groups() for at in group.tolist()) == list(range(n))
    assert all(math.isfinite(place) for places in traces.setpoints for place in places)
    assert sweep_index(columns["m0_position"]).size == n
    label = scan_label("scan", axes, columns)
    assert label.full
    assert label.fitting(10) in (label.full, label.short, label.shortest)


def label_of(plan: str, columns: dict[str, Any]) -> ScanLabel:
    arrays = {name: as_floats(values) for name, values in columns.items()}
    return scan_label(plan, find_axes(arrays, motors_of({}, arrays)), arrays)


@settings(max_examples=60)
@given(st.text(max_size=40), st.text(max_size=30))
def test_any_names_make_a_label_of_one_printable_line(plan: str, motor: str) -> None:
    label = label_of(plan, {f"{motor}_position": [1.0, 2.0, 4.0]})
    for text in (label.full, label.short, label.shortest):
        assert text == printable(text)
        assert len(text) < 120


def test_an_integer_beyond_all_floats_does_not_cost_the_label() -> None:
    assert label_of("scan", {"energy_position": [270.0, 271.0, 10**400, 273.0]}).full == "energy 270→273 (4)"


def test_words_among_the_values_are_passed_over() -> None:
    assert (
        label_of("scan", {"energy_position": [270.0, "moving", None, True, 271.0, 272]}).full
        == "energy 270→272 (6)"
    )


def test_a_plan_with_a_name_is_named() -> None:
    label = label_of("nexafs", {"energy_position": ENERGY.tolist()})
    assert label == ScanLabel("energy 270→338 (135) nexafs", "energy 270→338 nexafs", "energy 270→338")
    assert label_of("nexafs", {}).full == "nexafs"
    assert label_of("scan", {}).full == "scan"
    assert label_of("count", {}).full == "count"


def test_the_longest_form_of_a_label_that_fits_is_shown() -> None:
    label = ScanLabel("energy 270→338 (135) nexafs", "energy 270→338 nexafs", "energy 270→338")
    assert [label.fitting(width) for width in (27, 26, 20, 5)] == [
        label.full,
        label.short,
        label.shortest,
        label.short,
    ]


def test_of_some_of_the_events_nothing_is_said_of_how_many_a_sweep_has() -> None:
    columns = as_fields({"energy": ENERGY})
    assert (
        scan_label("scan", find_axes(columns, list(columns)), columns, whole=False).full == "energy 270→338"
    )


def test_a_plan_with_a_hostile_name_is_printable() -> None:
    assert label_of("\x1b[2J[/]", {}).full == "␛[2J[/]"


def test_motors_are_known_by_their_data_key_or_by_their_name() -> None:
    keys = {
        "energy_position": {"source": "motor"},
        "gap": {"source": "motor"},
        "ring_position": {"source": "ai"},
    }
    columns = ["i0", "energy_position", "sam_th_position", "gap", "ring_position"]
    assert motors_of(keys, columns) == ["energy_position", "sam_th_position", "gap"]


def test_the_short_name_of_a_field_is_never_empty() -> None:
    assert short_name("energy_position") == "energy"
    assert short_name("_position") == "_position"
    assert short_name("i0") == "i0"


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
    axes = find_axes(columns, motors_of(keys, columns))
    assert axes == Axes("energy_position", ("sam_th_position",))
    traces = find_traces(columns, axes.slow, len(table))
    assert [places[0] for places in traces.setpoints] == pytest.approx(ANGLES, abs=0.5)
    assert [group.size for group in traces.groups()] == [730] * 5


def test_every_run_of_the_real_beamtime_says_its_energies(real_beamtime: Path) -> None:
    labels = {}
    with Catalog(real_beamtime) as catalog:
        for summary in catalog.recent(10):
            run = catalog[summary.uid]
            labels[run.uid[:8]] = label_of(run.plan_name, run.event_page(0, 4000).columns).full
    assert len(labels) == 10
    assert labels["8c26cf6d"] == "energy 270→369 (730) × sam_th 5"
    assert labels["cb5341a8"] == "energy 270→369 (730) nexafs"
    assert labels["2b01bdb5"] == "energy 270→360 (61) rsoxs"
    assert labels["9be30769"] == "energy 270→281.4 (3) sam_z_lineup"
    assert all("energy 270→" in label for label in labels.values())


# traces and sweeps


def test_a_missing_reading_of_a_slow_motor_is_where_it_stood() -> None:
    stood = np.array([20.0, 20, np.nan, 20, 90, np.nan, 90])
    traces = find_traces({"th": stood}, ["th"], 7)
    assert traces.index.tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_pairs_of_places_are_branches_in_their_order() -> None:
    columns = {"a": np.repeat([2.0, 1.0], 4), "b": np.tile([10.0, 10.0, 30.0, 30.0], 2)}
    traces = find_traces(columns, ["a", "b"], 8)
    assert traces.setpoints == ((1.0, 10.0), (1.0, 30.0), (2.0, 10.0), (2.0, 30.0))
    assert [group.tolist() for group in traces.groups()] == [[4, 5], [6, 7], [0, 1], [2, 3]]


SWEEP = np.arange(10.0)


@pytest.mark.parametrize(
    ("x", "starts"),
    [
        (SWEEP, []),
        (SWEEP[::-1], []),
        (np.tile(SWEEP, 3), [10, 20]),
        (np.tile(SWEEP[::-1], 2), [10]),
        (np.tile(SWEEP, 3)[:11], [10]),
        (np.repeat(np.tile(SWEEP, 2), 2), [20]),
        (np.concatenate([SWEEP, SWEEP[::-1], SWEEP]), [11, 21]),
        (np.full(5, 3.0), []),
        (np.full(5, np.nan), []),
        (np.zeros(0), []),
    ],
    ids=[
        "up",
        "down",
        "again",
        "down again",
        "cut short",
        "twice each",
        "back and forth",
        "stands",
        "nothing",
        "none",
    ],
)
def test_sweeps_begin_where_a_motor_starts_over_or_turns(x: Values, starts: list[int]) -> None:
    index = sweep_index(x)
    assert (np.flatnonzero(np.diff(index)) + 1).tolist() == starts


def test_jitter_makes_no_sweeps() -> None:
    assert sweep_index(np.linspace(0, 1, 500) + noise(500, 0.01)).max() == 0
