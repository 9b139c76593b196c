"""Bounds of holds, from looks that were made up: what is certain, what is possible, and what was not measured."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.holds import LATE_S, Bounds, Report, bounded

US, THEM = 7, 8
BUDGET = 0.05


def every_ms(held: range, until: int = 400) -> list[tuple[float, set[int]]]:
    """Looks at each millisecond, all in time."""
    return [(ms / 1000, {US} if ms in held else set()) for ms in range(until)]


def test_a_hold_lies_between_the_looks_that_saw_it_and_those_around_it() -> None:
    report = bounded(every_ms(range(100, 120)))
    assert report.count == {US: 1}
    assert report.at_least == pytest.approx(0.019)
    assert report.at_most == pytest.approx(0.021)
    assert report.verdict(BUDGET) == "within"


def test_a_long_hold_is_over_the_budget_for_certain() -> None:
    report = bounded(every_ms(range(100, 200)))
    assert report.at_least > BUDGET
    assert report.verdict(BUDGET) == "over"


def test_late_looks_make_a_hold_longer_and_never_shorter() -> None:
    looks = [look for look in every_ms(range(100, 140)) if not 90 < 1000 * look[0] < 150]
    report = bounded([*looks[:91], (0.120, {US}), *looks[91:]])
    assert report.at_least == 0.0
    assert report.at_most >= 0.040
    assert report.verdict(BUDGET) == "not measured"


def test_a_look_that_comes_late_does_not_forget_the_hold() -> None:
    report = bounded([(0.0, set()), (0.001, {US}), (0.3, {US}), (0.301, {US}), (0.302, set())])
    assert report.at_most == pytest.approx(0.302)
    assert report.at_least == pytest.approx(0.001)  # between the looks it may have been released
    assert report.verdict(0.1) == "not measured"


def test_a_stretch_without_a_look_may_hide_a_hold() -> None:
    looks = [look for look in every_ms(range(10, 12)) if not 100 < 1000 * look[0] < 200]
    report = bounded(looks)
    assert report.at_most < BUDGET
    assert report.undecided(BUDGET) == [pytest.approx(0.1)]
    assert report.verdict(BUDGET) == "not measured"
    assert report.verdict(0.2) == "within"


def test_a_measurement_that_saw_no_hold_says_nothing() -> None:
    assert bounded(every_ms(range(0))).verdict(BUDGET) == "not measured"
    assert Report().verdict(BUDGET) == "not measured"


def test_a_hold_under_way_at_the_end_counts_to_the_last_look() -> None:
    report = bounded(every_ms(range(300, 400)))
    assert report.at_least == pytest.approx(0.099)
    assert report.verdict(BUDGET) == "over"


def test_a_hold_under_way_at_the_beginning_counts_from_the_first_look() -> None:
    assert bounded(every_ms(range(80))).at_least == pytest.approx(0.079)


def test_looks_take_time_and_the_bounds_know_it() -> None:
    bounds = Bounds()
    for before, after, holders in ((0.000, 0.001, ()), (0.002, 0.003, (US,)), (0.004, 0.005, (US,))):
        bounds.look(before, after, holders)
    _, (hold,) = bounds.look(0.006, 0.007, ())
    assert hold.at_least == pytest.approx(
        0.001
    )  # it was seen at 3 ms at the latest, and at 4 ms at the earliest
    assert hold.at_most == pytest.approx(
        0.007
    )  # it was free at 0 ms at the earliest, and at 7 ms at the latest


def test_each_process_has_its_own_holds() -> None:
    looks = [(ms / 1000, {US} if ms % 10 < 5 else {THEM}) for ms in range(1, 200)]
    report = bounded([(0.0, set()), *looks, (0.2, set())])
    assert report.count == {US: 20, THEM: 20}
    assert report.at_most < 0.010
    both = bounded([(ms / 1000, {US, THEM} if ms % 10 < 5 else {THEM}) for ms in range(200)])
    assert both.longest[US][1] < 0.010
    assert both.longest[THEM][0] == pytest.approx(0.199)
    assert both.verdict(BUDGET) == "over"
    assert both.without({THEM}).verdict(BUDGET) == "within"


def test_no_budget_is_judged_that_is_shorter_than_what_is_kept() -> None:
    with pytest.raises(ValueError, match="not kept"):
        bounded(every_ms(range(10, 12))).verdict(0.001)


def test_a_report_goes_through_json_unchanged() -> None:
    report = bounded([*every_ms(range(100, 200)), (0.9, set())])
    assert Report.from_json(json.loads(json.dumps(report.as_json()))) == report
    assert "1 holds, the longest 99.0 to 101.0 ms" in report.line()
    assert "without a look 501.0 ms" in report.line()


@given(
    steps=st.lists(st.integers(1, 80), min_size=2, max_size=200),
    holds=st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 200)), max_size=20),
)
def test_whatever_the_looks_no_hold_is_forgotten(steps: list[int], holds: list[tuple[int, int]]) -> None:
    """Real holds, in milliseconds, against looks at random moments: bounds and verdict are never wrong."""
    real: list[tuple[int, int]] = []
    for begin, length in sorted(holds):
        if (
            not real or begin > real[-1][1] + 1000 * LATE_S
        ):  # a shorter release cannot be seen between two looks
            real.append((begin, begin + length))
    moments = [sum(steps[:n]) for n in range(len(steps))]
    report = bounded([(t / 1000, {US} if any(a <= t < b for a, b in real) else set()) for t in moments])
    inside = [(max(a, moments[0]), min(b, moments[-1])) for a, b in real]
    longest = max((b - a for a, b in inside if b > a), default=0) / 1000
    assert report.at_least <= longest + 1e-9
    widest = max((b - a for a, b in pairwise(moments)), default=0) / 1000
    assert longest <= max(report.at_most, widest) + 1e-9
    if report.verdict(BUDGET) == "within":
        assert longest <= BUDGET + 1e-9
    if report.verdict(BUDGET) == "over":
        assert longest > BUDGET
