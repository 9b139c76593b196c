"""Events page by page."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import pytest

from resonance_tui.catalog import Catalog, EventPage
from tests.beamtime import FIRST_START, OPEN_UID

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("read_both_ways")


@pytest.fixture
def pages(beamtime: Callable[..., Any]) -> Callable[..., list[EventPage]]:
    """Pages (offset, limit) of a run of these events."""

    def make(events: list[Any], *wanted: tuple[int, int], **options: Any) -> list[EventPage]:
        b = beamtime()
        uid = b.run(events=events, **options)
        b.close()
        with Catalog(b.path) as catalog:
            run = catalog[uid]
            return [run.event_page(offset=offset, limit=limit) for offset, limit in wanted]

    return make


@pytest.mark.parametrize(
    ("offset", "limit", "first", "last"),
    [
        (0, 200, 1, 200),
        (200, 200, 201, 400),
        (400, 200, 401, 450),
        (449, 1, 450, 450),
        (7, 3, 8, 10),
        (0, 1000, 1, 450),
    ],
)
def test_a_page_holds_the_events_of_its_place(
    pages: Callable[..., list[EventPage]], offset: int, limit: int, first: int, last: int
) -> None:
    (page,) = pages([{"a": i, "b": i / 2} for i in range(1, 451)], (offset, limit))
    numbers = list(range(first, last + 1))
    assert isinstance(page, EventPage)
    assert (page.offset, page.total) == (offset, 450)
    assert page.seq_num == numbers
    assert page.time == [FIRST_START + n for n in numbers]
    assert page.columns == {"a": numbers, "b": [n / 2 for n in numbers]}
    assert page.unreadable == {}


def test_a_page_holds_two_hundred_events_when_not_told(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uid = b.run(events=[{"a": 1}] * 250)
    b.close()
    with Catalog(b.path) as catalog:
        page = catalog[uid].event_page()
    assert (page.offset, page.total, page.seq_num) == (0, 250, list(range(1, 201)))


@pytest.mark.parametrize("offset", [5, 6, 1000, 10**12])
def test_a_page_past_the_end_is_empty_and_still_knows_the_total(
    pages: Callable[..., list[EventPage]], offset: int
) -> None:
    (page,) = pages([{"a": 1}] * 5, (offset, 10))
    assert (page.total, page.seq_num, page.time, page.unreadable) == (5, [], [], {})
    assert all(values == [] for values in page.columns.values())


@pytest.mark.parametrize("stream", ["primary", "no such stream"])
def test_a_run_without_events_has_one_empty_page(small_beamtime: Path, stream: str) -> None:
    with Catalog(small_beamtime) as catalog:
        run = catalog[OPEN_UID]
        page = run.event_page(stream=stream)
        assert (page.offset, page.total, page.seq_num, page.time, page.columns) == (0, 0, [], [], {})
        assert [p.seq_num for p in run.event_pages(stream) if p.seq_num] == []
        assert run.count_events(stream) == 0


def test_pages_go_by_place_where_numbers_have_gaps(pages: Callable[..., list[EventPage]]) -> None:
    numbers = [2, 3, 5, 9, 100, 1000, 10**12]
    first, middle, last, one = pages(
        [{"n": n} for n in numbers], (0, 3), (3, 3), (6, 3), (4, 1), seq_nums=numbers
    )
    assert first.seq_num == [2, 3, 5]
    assert middle.seq_num == [9, 100, 1000]
    assert last.seq_num == [10**12]
    assert one.seq_num == [100]
    assert one.columns == {"n": [100]}
    assert {page.total for page in (first, middle, last, one)} == {7}


def test_numbers_below_one_are_events_too(pages: Callable[..., list[EventPage]]) -> None:
    first, second = pages([{"n": n} for n in (-5, 0, 1)], (0, 2), (2, 2), seq_nums=[-5, 0, 1])
    assert (first.seq_num, second.seq_num) == ([-5, 0], [1])


def test_pages_do_not_mix_streams_or_runs(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uid = b.run(events=[{"a": i} for i in range(5)])
    b.stream(uid, "baseline", [{"t": 1.5}])
    other = b.run(events=[{"z": 1}] * 3)
    b.close()
    with Catalog(b.path) as catalog:
        assert catalog[uid].event_page(offset=3).columns == {"a": [3, 4]}
        assert catalog[uid].event_page(stream="baseline").columns == {"t": [1.5]}
        assert catalog[other].event_page().columns == {"z": [1, 1, 1]}


def test_missing_values_leave_their_place(pages: Callable[..., list[EventPage]]) -> None:
    (page,) = pages([{"a": 1}, {"b": "x"}, '{"a": NaN, "b": null}', {"a": True}], (0, 10))
    assert list(page.columns) == ["a", "b"]
    assert page.columns["b"] == [None, "x", None, None]
    a = page.columns["a"]
    assert (a[0], a[1], a[3]) == (1, None, True)
    assert math.isnan(a[2])


def test_data_named_like_an_events_own_columns_stands_apart(pages: Callable[..., list[EventPage]]) -> None:
    (page,) = pages([{"seq_num": 99, "time": 5}], (0, 10))
    assert (page.seq_num, page.time) == ([1], [FIRST_START + 1])
    assert page.columns == {"data.seq_num": [99], "data.time": [5]}


def test_an_unreadable_event_keeps_its_place_and_is_reported_on_its_page(
    pages: Callable[..., list[EventPage]],
) -> None:
    events: list[Any] = [{"a": 1}, "{", {"a": 3}, "[1]", {"a": 5}]
    whole, first, last = pages(events, (0, 10), (0, 3), (4, 3))
    assert whole.seq_num == [1, 2, 3, 4, 5]
    assert whole.columns == {"a": [1, None, 3, None, 5]}
    assert sorted(whole.unreadable) == [2, 4]
    assert all(why and isinstance(why, str) for why in whole.unreadable.values())
    assert sorted(first.unreadable) == [2]
    assert last.unreadable == {}


@pytest.mark.parametrize("n", [0, 1, 199, 200, 201, 1234])
def test_all_pages_together_are_all_events(beamtime: Callable[..., Any], n: int) -> None:
    b = beamtime()
    uid = b.run(events=[{"a": i} for i in range(n)], seq_nums=[3 * i + 1 for i in range(n)])
    b.close()
    with Catalog(b.path) as catalog:
        found = list(catalog[uid].event_pages())
    assert [number for page in found for number in page.seq_num] == [3 * i + 1 for i in range(n)]
    assert [value for page in found for value in page.columns.get("a", [])] == list(range(n))
    places = [page.offset for page in found if page.seq_num]
    lengths = [len(page.seq_num) for page in found if page.seq_num]
    assert places == [sum(lengths[:i]) for i in range(len(lengths))]
    assert all(page.total == n for page in found)


def test_pages_follow_events_that_are_removed(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uid = b.run(events=[{"a": i} for i in range(10)])
    with Catalog(b.path) as catalog:
        run = catalog[uid]
        assert run.event_page(offset=4, limit=2).seq_num == [5, 6]
        b.raw("DELETE FROM events WHERE seq_num IN (2, 5)")
        page = catalog[uid].event_page(offset=4, limit=2)
        assert (page.seq_num, page.total) == ([7, 8], 8)


def test_any_page_of_a_long_run_can_be_opened(long_beamtime: Path) -> None:
    with Catalog(long_beamtime) as catalog:
        run = catalog[-1]
        assert run.num_events == 100_000
        for offset in (0, 99_800, 50_000, 99_990):
            page = run.event_page(offset=offset)
            assert page.total == 100_000
            assert page.seq_num == list(range(offset + 1, min(offset + 200, 100_000) + 1))
            assert page.columns["ch_07"][0] == offset + 0.07


@pytest.mark.timing
def test_the_last_page_of_a_long_run_opens_much_faster_than_all_of_it_is_read(long_beamtime: Path) -> None:
    def spent(read: Callable[[], Any]) -> float:
        begun = time.thread_time()
        read()
        return time.thread_time() - begun

    with Catalog(long_beamtime) as catalog:
        run = catalog[-1]
        run.event_page(limit=10)
        whole = spent(run.table)
        last = min(spent(lambda: run.event_page(offset=99_800)) for _ in range(3))
    assert last < whole / 10


def test_a_long_table_is_whole(long_beamtime: Path) -> None:
    with Catalog(long_beamtime) as catalog:
        table = catalog[-1].table()
    assert table.shape == (100_000, 22)
    assert table["seq_num"].is_monotonic_increasing
    assert table["ch_19"].iloc[-1] == 99_999.19
    assert table["energy_position"].sum() == sum(range(100_000))
