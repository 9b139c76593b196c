"""The runs of a catalog as a list: all of them, those of a sample, and page by page."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from resonance_tui.catalog import Catalog, RunNotFoundError, RunSummary
from tests.beamtime import (
    ABORTED_UID,
    FAILED_UID,
    FIRST_START,
    NEXAFS_55_UID,
    NEXAFS_UID,
    OPEN_UID,
    RSOXS_UID,
    SMALL_UIDS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def catalog(small_beamtime: Path) -> Iterator[Catalog]:
    with Catalog(small_beamtime) as opened:
        yield opened


# Listing


@pytest.mark.parametrize(("n", "expected"), [(1, 1), (3, 3), (6, 6), (7, 6), (10**9, 6), (0, 0), (-1, 0)])
def test_recent_gives_the_newest_runs_first_and_no_more_than_asked(
    catalog: Catalog, n: int, expected: int
) -> None:
    assert [run.uid for run in catalog.recent(n)] == SMALL_UIDS[:expected]


def test_recent_gives_ten_when_not_told(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uids = [b.run() for _ in range(13)]
    b.close()
    with Catalog(b.path) as catalog:
        found = catalog.recent()
    assert isinstance(found, list)
    assert [run.uid for run in found] == uids[::-1][:10]


def test_recent_goes_by_the_start_and_not_by_the_order_of_writing(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    starts = [5e8, 9e8, 7e8, 1e9, 6e8]
    uids = [b.run(start=start) for start in starts]
    b.close()
    with Catalog(b.path) as catalog:
        assert [run.uid for run in catalog.recent()] == [uids[i] for i in (3, 1, 2, 4, 0)]
        assert catalog[-2].uid == uids[1]


def test_a_summary_says_what_the_run_is(catalog: Catalog) -> None:
    by_uid = {run.uid: run for run in catalog.recent()}
    assert all(type(run) is RunSummary for run in by_uid.values())

    def tell(uid: str) -> list[Any]:
        run = by_uid[uid]
        return [run.plan_name, run.time_start, run.sample_name, run.time_stop, run.exit_status]

    start = FIRST_START
    assert tell(NEXAFS_UID) == ["nexafs", start, "ps_100kd", start + 600, "success"]
    assert tell(ABORTED_UID) == ["rsoxs", start + 3000, "P3HT:PCBM 1:1", start + 3600, "aborted"]
    assert tell(FAILED_UID) == ["line_up", start + 4000, "µ-grid [blank]", start + 4600, "failed"]
    assert tell(OPEN_UID) == ["rsoxs", start + 5000, "P3HT:PCBM 1:1", None, None]


def test_a_run_without_a_sample_is_listed(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    b.run(None)
    b.run(4711)  # the sample is gone
    b.close()
    with Catalog(b.path) as catalog:
        assert [run.sample_name for run in catalog.recent()] == [None, None]
        assert [catalog[-1].sample, catalog[-2].sample] == [None, None]


def test_by_sample_gives_the_runs_of_that_sample_newest_first(catalog: Catalog) -> None:
    assert [run.uid for run in catalog.by_sample("ps_100kd")] == [NEXAFS_55_UID, NEXAFS_UID]
    assert [run.uid for run in catalog.by_sample("P3HT:PCBM 1:1")] == [OPEN_UID, ABORTED_UID, RSOXS_UID]
    assert {run.sample_name for run in catalog.by_sample("µ-grid [blank]")} == {"µ-grid [blank]"}


@pytest.mark.parametrize(
    "name", ["", "ps", "PS_100KD", "ps-100kd", "%", "ps%", "_s_100kd", "*", "ps_100kd ", "' OR 1=1 --"]
)
def test_by_sample_wants_the_exact_name(catalog: Catalog, name: str) -> None:
    assert catalog.by_sample(name) == []


def test_by_sample_finds_every_sample_of_one_name(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    one, two, other = b.sample("it's 50%"), b.sample("it's 50%"), b.sample("it's 50")
    first, second = b.run(one), b.run(two)
    b.run(other)
    b.close()
    with Catalog(b.path) as catalog:
        assert [run.uid for run in catalog.by_sample("it's 50%")] == [second, first]


def test_samples_are_counted(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    a, _unused, z = b.sample("a"), b.sample("m, never measured"), b.sample("z")
    b.run(z, start=1e9)
    b.run(a, start=2e9)
    b.run(z, start=3e9)
    b.run(None)
    b.close()
    with Catalog(b.path) as catalog:
        found = [(s.name, s.n_runs, s.newest) for s in catalog.samples()]
    assert found == [("a", 1, 2e9), ("m, never measured", 0, None), ("z", 2, 3e9)]


def test_a_catalog_has_a_length_and_gives_its_uids_newest_first(catalog: Catalog) -> None:
    assert len(catalog) == 6
    assert list(catalog) == SMALL_UIDS
    assert all(uid in catalog for uid in SMALL_UIDS)
    assert "0" * 32 not in catalog


def test_an_empty_beamtime_is_a_beamtime(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    b.close()
    with Catalog(b.path) as catalog:
        assert bool(catalog) is True
        assert len(catalog) == 0
        assert (list(catalog), catalog.recent(), catalog.samples()) == ([], [], [])
        assert catalog.by_sample("x") == []
        with pytest.raises(RunNotFoundError):
            catalog[-1]


# Pages of runs


def page_through(catalog: Catalog, limit: int) -> list[list[RunSummary]]:
    return list(catalog.run_pages(limit))


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 200])
def test_pages_of_runs_hold_every_run_once_and_in_order(catalog: Catalog, limit: int) -> None:
    pages = page_through(catalog, limit)
    assert [run.uid for page in pages for run in page] == SMALL_UIDS
    assert all(len(page) == limit for page in pages[:-1])


def test_a_page_holds_two_hundred_runs_when_not_told(many_beamtime: Path) -> None:
    with Catalog(many_beamtime) as catalog:
        first = next(catalog.run_pages())
        assert [run.uid for run in first] == [run.uid for run in catalog.recent(200)]
        assert len(first) == 200


@pytest.mark.parametrize("limit", [1, 3, 4])
def test_pages_lose_no_run_among_equal_and_odd_starts(beamtime: Callable[..., Any], limit: int) -> None:
    b = beamtime()
    starts = [2e9, 1e9, 1e9, "yesterday", 1e9, 1e9, float("inf"), 1.5e9, "tomorrow", float("-inf")]
    uids = [b.run(start=start, stop=1e9) for start in starts]
    b.close()
    with Catalog(b.path) as catalog:
        found = [run.uid for page in page_through(catalog, limit) for run in page]
        assert sorted(found) == sorted(uids)
        assert found[0] == uids[0]
        assert found == list(catalog)
        assert found == [run.uid for run in catalog.recent(100)]


def test_equal_and_odd_starts_lose_no_run(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    starts = [2e9, *[1e9] * 300, "yesterday", float("inf"), 1.5e9, *["tomorrow"] * 300, float("-inf")]
    uids = [b.run(start=start, stop=1e9) for start in starts]
    b.close()
    with Catalog(b.path) as catalog:
        found = list(catalog)
        assert sorted(found) == sorted(uids)
        assert found == [run.uid for run in catalog.recent(10_000)]
        assert found[:2] == [uids[0], uids[303]]
        assert set(found[2:302]) == set(uids[1:301])


def test_a_page_is_not_moved_by_a_run_that_starts_meanwhile(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uids = [b.run() for _ in range(6)]
    with Catalog(b.path) as catalog:
        pages = catalog.run_pages(3)
        first = next(pages)
        b.run()
        second = next(pages)
    assert [run.uid for run in first + second] == uids[::-1]


def test_twenty_thousand_runs_are_listed_whole(many_beamtime: Path) -> None:
    with Catalog(many_beamtime) as catalog:
        assert len(catalog) == 20_000
        runs = catalog.recent(20_000)
        assert len({run.uid for run in runs}) == 20_000
        starts = [run.time_start for run in runs]
        assert starts == sorted(starts, reverse=True)
        assert sum(sample.n_runs for sample in catalog.samples()) == 20_000
        assert len(catalog.by_sample("sample 03")) == 1000


# Odd rows


@pytest.mark.parametrize(
    "start", ["yesterday", "9999-12-31", b"\xff\x00", float("inf"), float("-inf")], ids=repr
)
def test_a_start_that_is_no_time_comes_after_all_sane_ones(beamtime: Callable[..., Any], start: Any) -> None:
    b = beamtime()
    sane = [b.run(start=1e9)]
    odd = b.run(start=start, stop=None)
    sane.append(b.run(start=1.1e9))
    b.close()
    with Catalog(b.path) as catalog:
        assert [run.uid for run in catalog.recent()] == [sane[1], sane[0], odd]
        assert catalog.recent(1)[0].uid == sane[1]
        assert catalog[-1].uid == sane[1]
        assert catalog[odd].uid == odd
        assert len(catalog[odd].table()) == 0


@pytest.mark.parametrize("column", ["plan_name", "exit_status", "metadata", "operator", "sample"])
def test_invalid_utf8_hides_no_run(beamtime: Callable[..., Any], column: str) -> None:
    b = beamtime()
    sample = b.sample("s")
    uids = [b.run(sample, plan="scan") for _ in range(3)]
    if column == "sample":
        b.raw("UPDATE samples SET name = CAST(x'7363ff616e' AS TEXT)")
    else:
        b.raw(f"UPDATE runs SET {column} = CAST(x'7363ff616e' AS TEXT) WHERE uid = ?", (uids[1],))
    b.close()
    with Catalog(b.path) as catalog:
        found = catalog.recent()
        assert [run.uid for run in found] == uids[::-1]
        assert found[0].plan_name == "scan"
        assert catalog[uids[1]].uid == uids[1]
        if column in ("plan_name", "exit_status"):
            text = getattr(found[1], column)
            assert isinstance(text, str)
            assert text.startswith("sc")
            assert text.endswith("an")
        if column == "sample":
            assert str(found[1].sample_name).startswith("sc")
            assert len(catalog.samples()) == 1


@pytest.mark.parametrize("table", ["samples", "streams", "events", "image_refs"])
def test_a_table_that_is_gone_hides_no_run(small_beamtime: Path, table: str) -> None:
    conn = sqlite3.connect(small_beamtime)
    conn.execute(f"DROP TABLE {table}")
    conn.close()
    with Catalog(small_beamtime) as catalog:
        assert [run.uid for run in catalog.recent()] == SMALL_UIDS
        run = catalog[RSOXS_UID]
        assert (run.sample is None) is (table == "samples")
        assert len(run.table()) == (0 if table in ("streams", "events") else 6)
        assert len(run.images()) == (6 if table == "samples" else 0)
