"""Times and durations, in local time, of whatever a file may hold."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.text.times import clock, day_and_minute, duration, full

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")

CALIFORNIA = "PST8PDT,M3.2.0,M11.1.0"
BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
START = 1_770_715_648.195155  # 2026-02-10 09:27:28 UTC

SHOWN: list[Callable[[Any], str]] = [day_and_minute, clock, full]


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def put(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield put
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("name", "minute", "second", "day"),
    [
        ("UTC0", "Feb 10 09:27", "09:27:28.1", "2026-02-10 09:27:28"),
        (CALIFORNIA, "Feb 10 01:27", "01:27:28.1", "2026-02-10 01:27:28"),
        (BERLIN, "Feb 10 10:27", "10:27:28.1", "2026-02-10 10:27:28"),
        ("NST3:30", "Feb 10 05:57", "05:57:28.1", "2026-02-10 05:57:28"),
        ("LINT-14", "Feb 10 23:27", "23:27:28.1", "2026-02-10 23:27:28"),
    ],
)
def test_times_are_local(zone: Callable[[str], None], name: str, minute: str, second: str, day: str) -> None:
    zone(name)
    assert day_and_minute(START) == minute
    assert clock(START) == second
    assert full(START).startswith(f"{day} ")


@pytest.mark.parametrize(
    ("name", "offset"),
    [(CALIFORNIA, "-08:00"), (BERLIN, "+01:00"), ("NST3:30", "-03:30"), ("Nonsense/Zone", "")],
)
def test_the_full_time_says_its_offset_from_utc(zone: Callable[[str], None], name: str, offset: str) -> None:
    zone(name)
    assert full(START).endswith(f"UTC{offset}")


def test_an_hour_that_comes_twice_is_told_apart(zone: Callable[[str], None]) -> None:
    zone(BERLIN)
    first, second = 1_792_888_200.0, 1_792_891_800.0  # 02:30 twice, on 2026-10-25
    assert clock(first) == clock(second) == "02:30:00.0"
    assert full(first) != full(second)
    assert duration(first, second) == "1 h 00"


def test_days_are_aligned(zone: Callable[[str], None]) -> None:
    zone("UTC0")
    assert day_and_minute(1_769_990_400.0) == "Feb  2 00:00"
    assert len(day_and_minute(1_769_990_400.0)) == len(day_and_minute(START))


def test_tenths_of_a_second_are_cut_and_not_rounded_into_the_next_minute(zone: Callable[[str], None]) -> None:
    zone("UTC0")
    assert clock(1_770_000_059.9999) == "02:40:59.9"
    assert clock(1_770_000_060) == "02:41:00.0"


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0?"),
        (0.0, "0.0?"),
        (-1, "-1?"),
        (-1e12, "-100000000000…?"),
        (1e300, "1e+300?"),
        (math.inf, "inf?"),
        (-math.inf, "-inf?"),
        (math.nan, "nan?"),
        ("yesterday", "yesterday?"),
        ("\x1b[2J", "␛[2J?"),
        (1_770_715_648_195, "1770715648195?"),
        (1.7e12, "1700000000000…?"),
        (946_684_799.9, "946684799.9?"),
        (4_102_444_800, "4102444800?"),
        (True, "True?"),
        (None, "–"),
    ],
)
def test_an_odd_time_is_shown_as_it_is_and_doubted(
    show: Callable[[Any], str], value: Any, shown: str
) -> None:
    assert show(value) == shown


@pytest.mark.parametrize("show", SHOWN)
def test_the_first_and_the_last_good_second_are_times(show: Callable[[Any], str]) -> None:
    assert not show(946_684_800).endswith("?")
    assert not show(4_102_444_799.999).endswith("?")


anything = (
    st.floats()
    | st.integers(-(10**400), 10**400)
    | st.floats(9.4e8, 4.2e9)
    | st.none()
    | st.booleans()
    | st.text(max_size=30)
    | st.binary(max_size=5)
)


@settings(max_examples=200)
@given(anything)
def test_any_value_has_a_time_of_one_short_line(value: Any) -> None:
    for show in SHOWN:
        text = show(value)
        assert 0 < len(text) <= 32
        assert len(text.splitlines()) == 1


@settings(max_examples=200)
@given(anything, anything)
def test_any_two_values_have_a_duration(start: Any, stop: Any) -> None:
    text = duration(start, stop)
    assert re.fullmatch(r"–|\d+(\.\d)? s|\d+ min|\d+ h [0-5]\d|\d+ d", text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (0.04, "0.0 s"),
        (4.25, "4.2 s"),
        (12.3, "12 s"),
        (59, "59 s"),
        (60, "1 min"),
        (36 * 60, "36 min"),
        (59 * 60 + 29, "59 min"),
        (59 * 60 + 30, "1 h 00"),
        (3 * 3600 + 60, "3 h 01"),
        (99 * 3600, "99 h 00"),
        (10 * 86400, "10 d"),
    ],
)
def test_a_duration_is_shown_as(seconds: float, text: str) -> None:
    assert duration(1_770_000_000, 1_770_000_000 + seconds) == text


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (START, None),
        (None, START),
        (START, START - 1),
        (0, START),
        (START, 1e300),
        (START, "x"),
        (START, math.nan),
    ],
)
def test_there_is_no_duration_where_an_end_is_missing_or_odd(start: Any, stop: Any) -> None:
    assert duration(start, stop) == "–"
