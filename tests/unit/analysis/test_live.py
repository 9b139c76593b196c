"""How fast frames come, when that is a stall, how many there may be, and which points had no beam."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.analysis.beam import beam_lost
from resonance_tui.analysis.live import cadence, estimate_events, patience, stalled, time_left
from resonance_tui.catalog import EarlierRun
from resonance_tui.simulator.channels import energy_grid, incident_flux

MOTORS = frozenset({"energy_position"})
OTHERS = frozenset({"sam_x_position"})


def earlier(*numbers: int, same: bool = False, motors: frozenset[str] = MOTORS) -> list[EarlierRun]:
    return [EarlierRun(f"{i:032x}", n, same, motors) for i, n in enumerate(numbers)]


def test_the_cadence_is_that_of_the_fast_axis() -> None:
    times = [0.0, 2.0, 4.0, 6.0, 36.0, 38.0, 40.0]
    assert cadence(times) == 2.0


@pytest.mark.parametrize("times", [[], [5.0], [5.0, 9.0]])
def test_two_frames_make_no_cadence(times: list[float]) -> None:
    assert cadence(times) is None
    assert stalled(times, 1e9) is None


def test_ten_seconds_of_silence_are_never_a_stall() -> None:
    times = [0.0, 0.5, 1.0]
    assert stalled(times, 11.0) is None
    assert stalled(times, 11.1) == pytest.approx(10.1)


def test_slow_frames_have_more_time() -> None:
    times = [0.0, 60.0, 120.0, 180.0]
    assert stalled(times, 180.0 + 299.0) is None
    assert stalled(times, 180.0 + 301.0) == 301.0


def test_a_slow_move_may_come_again_and_take_twice_as_long() -> None:
    times = [0.0, 2.0, 4.0, 34.0, 36.0, 38.0]
    assert patience(times) == 60.0
    assert stalled(times, 38.0 + 59.0) is None
    assert stalled(times, 38.0 + 61.0) == 61.0


def test_a_slow_move_that_has_left_the_window_is_remembered() -> None:
    times = [100.0, 102.0, 104.0]
    assert stalled(times, 134.0) == 30.0
    assert stalled(times, 134.0, longest_gap=40.0) is None


def test_a_clock_set_back_is_no_gap() -> None:
    assert cadence([100.0, 102.0, 50.0, 52.0]) == 2.0


@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=30).map(sorted), st.floats(0, 1e4))
def test_within_its_own_longest_gap_nothing_is_a_stall(times: list[float], wait: float) -> None:
    longest = max(b - a for a, b in itertools.pairwise(times))
    if wait <= longest:
        assert stalled(times, times[-1] + wait) is None


def test_the_estimate_is_the_median_of_runs_of_the_same_kind() -> None:
    found = estimate_events([*earlier(730, 730, 40), *earlier(3, motors=OTHERS)], MOTORS)
    assert found is not None
    assert (found.events, found.runs, found.alike) == (730, 3, False)


def test_runs_of_the_same_sample_are_the_better_guide() -> None:
    found = estimate_events([*earlier(100, 100), *earlier(16, 16, same=True)], MOTORS)
    assert found is not None
    assert (found.events, found.runs, found.alike) == (16, 2, True)


def test_runs_that_were_shorter_than_this_one_already_is_are_no_guide() -> None:
    assert estimate_events(earlier(10, 20), MOTORS, taken=21) is None
    found = estimate_events(earlier(10, 20), MOTORS, taken=11)
    assert found is not None
    assert found.events == 20


@pytest.mark.parametrize("runs", [[], earlier(0), earlier(5, motors=OTHERS)], ids=["none", "empty", "others"])
def test_with_nothing_to_go_by_there_is_no_estimate(runs: list[EarlierRun]) -> None:
    assert estimate_events(runs, MOTORS) is None
    assert time_left(None, 5, 0.0, 10.0) is None


def test_the_time_left_is_reckoned_at_the_pace_so_far() -> None:
    estimate = estimate_events(earlier(100), MOTORS)
    assert time_left(estimate, 25, 1000.0, 1050.0) == 150.0
    assert time_left(estimate, 120, 1000.0, 1050.0) == 0.0
    assert time_left(estimate, 1, 1000.0, 1050.0) is None


# -- beam ------------------------------------------------------------------------------------------------


def ring(n: int) -> np.ndarray:
    """A storage ring that is filled up again and again, with channels that read nothing now and then."""
    current = 500.0 - 0.9 * (0.01 * np.arange(n) % 1.0)
    current[:: max(n // 7, 1)] = np.nan
    return current


@pytest.mark.parametrize("n", [1, 5, 31, 32, 33, 1000])
def test_with_beam_no_point_is_marked(n: int) -> None:
    current = ring(n)
    current[-1] = 500.0
    mask = beam_lost(current)
    assert mask is not None
    assert mask.shape == (n,)
    assert not mask.any()


def test_a_beam_dump_is_marked_from_its_first_point_to_its_last() -> None:
    current = ring(1000)
    current[301:340] = 0.2
    mask = beam_lost(current)
    assert mask is not None
    assert np.flatnonzero(mask).tolist() == list(range(301, 340))


def test_a_loss_for_two_thirds_of_a_run_is_still_marked() -> None:
    current = ring(1001)
    current[1:700] = 0.1
    mask = beam_lost(current)
    assert mask is not None
    assert mask[1:700].all()
    assert not mask[700:].any()


def test_a_beam_that_decays_is_no_loss() -> None:
    mask = beam_lost(np.linspace(500.0, 180.0, 3000))
    assert mask is not None
    assert not mask.any()


def test_a_channel_that_read_nothing_is_not_judged() -> None:
    assert beam_lost() is None
    assert beam_lost(np.full(5, np.nan)) is None
    assert beam_lost(np.full(5, np.nan), np.full(5, np.nan)) is None


def test_the_carbon_dip_of_i0_is_no_loss() -> None:
    energy = energy_grid(370.0)
    mask = beam_lost(None, incident_flux(energy), energy)
    assert mask is not None
    assert not mask.any()


def test_with_several_sweeps_i0_tells_although_it_follows_the_energy() -> None:
    energy = np.tile(energy_grid(370.0), 4)
    i0 = incident_flux(energy)
    i0[600:640] *= 0.01
    mask = beam_lost(None, i0, energy)
    assert mask is not None
    assert np.flatnonzero(mask).tolist() == list(range(600, 640))


def test_where_the_energy_rests_i0_tells_by_itself() -> None:
    i0 = np.full(100, 0.12)
    i0[40:43] = 1e-4
    mask = beam_lost(None, i0, np.full(100, 320.0))
    assert mask is not None
    assert np.flatnonzero(mask).tolist() == [40, 41, 42]


@pytest.mark.timing
def test_a_hundred_thousand_points_take_a_quarter_of_a_second_at_most() -> None:
    current = ring(100_000)
    begun = time.thread_time()
    mask = beam_lost(current)
    assert time.thread_time() - begun < 0.25
    assert mask is not None
    assert not mask.any()


def test_a_signal_that_is_known_only_where_the_energy_is_not_is_not_judged() -> None:
    energy, i0 = np.linspace(280.0, 320.0, 100), np.full(100, 0.12)
    energy[50:], i0[:50] = np.nan, np.nan
    i0[70:80] = 1e-4  # as dark as where the beam was lost
    mask = beam_lost(None, i0, energy)
    assert mask is not None
    assert not mask.any()
