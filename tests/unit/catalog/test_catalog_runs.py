"""Runs of a catalog: finding them, and what they say of themselves."""

from __future__ import annotations

import os
import re
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from resonance_tui.catalog import AmbiguousUidError, Catalog, Run, RunNotFoundError
from tests.beamtime import NEXAFS_55_UID, NEXAFS_UID, OPEN_UID, RSOXS_UID, SMALL_UIDS, nexafs_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def catalog(small_beamtime: Path) -> Iterator[Catalog]:
    with Catalog(small_beamtime) as opened:
        yield opened


# Finding one


def test_a_run_is_found_by_its_uid(catalog: Catalog) -> None:
    for uid in SMALL_UIDS:
        run = catalog[uid]
        assert type(run) is Run
        assert run.uid == uid


@pytest.mark.parametrize(
    ("prefix", "uid"),
    [("c3c3", RSOXS_UID), (RSOXS_UID[:31], RSOXS_UID), ("a1a1a", NEXAFS_UID), ("a1a1b", NEXAFS_55_UID)],
)
def test_a_run_is_found_by_a_unique_beginning_of_its_uid(catalog: Catalog, prefix: str, uid: str) -> None:
    assert catalog[prefix].uid == uid


@pytest.mark.parametrize("prefix", ["a1a1"])
def test_a_beginning_that_several_runs_share_is_ambiguous(catalog: Catalog, prefix: str) -> None:
    with pytest.raises(AmbiguousUidError) as caught:
        catalog[prefix]
    assert prefix in str(caught.value)
    assert not str(caught.value).startswith(("'", '"'))


@pytest.mark.parametrize(
    "key",
    ["0" * 32, "zz", RSOXS_UID + "0", "", "%", "c%", "c3_3", "c*", "c?", "[c]", "3c3", "c'", "\x00"],
    ids=ascii,
)
def test_no_run_is_a_key_error_that_reads_as_a_sentence(catalog: Catalog, key: str) -> None:
    with pytest.raises(KeyError) as caught:
        catalog[key]
    assert isinstance(caught.value, RunNotFoundError)
    message = str(caught.value)
    assert " " in message
    assert "\n" not in message
    assert not re.fullmatch(r"'.*'|\".*\"", message)


def test_a_whole_uid_wins_over_those_it_begins(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    b.run(uid="abcdef")
    b.run(uid="abcdef12")
    b.close()
    with Catalog(b.path) as catalog:
        assert catalog["abcdef"].uid == "abcdef"
        with pytest.raises(AmbiguousUidError):
            catalog["abcde"]


@pytest.mark.parametrize("n", range(1, 7))
def test_a_negative_number_counts_back_from_the_newest(catalog: Catalog, n: int) -> None:
    assert catalog[-n].uid == SMALL_UIDS[n - 1]


@pytest.mark.parametrize("number", [0, 1, 5, -7, -(10**6), 10**30, -(10**30)])
def test_a_number_that_means_no_run_finds_none(catalog: Catalog, number: int) -> None:
    with pytest.raises(RunNotFoundError):
        catalog[number]


# What it says of itself


def test_a_repr_is_short_and_tells_something(catalog: Catalog, small_beamtime: Path) -> None:
    assert small_beamtime.name in repr(catalog)
    run = catalog[RSOXS_UID]
    for fact in (RSOXS_UID[:6], "rsoxs", "6"):
        assert fact in repr(run)
    for fact in ("6", "32", "48", "int32"):
        assert fact in repr(run.images())
    assert RSOXS_UID[:6] in repr(catalog.by_sample("P3HT:PCBM 1:1")[2])
    assert "ps_100kd" in repr(catalog.samples())
    assert "primary" in repr(run.streams["primary"])
    assert "30" in repr(catalog[NEXAFS_UID].event_page(limit=3))
    assert "ps_100kd" in repr(catalog[NEXAFS_UID].sample)


def test_the_repr_of_a_closed_catalog_says_so(small_beamtime: Path) -> None:
    catalog = Catalog(small_beamtime)
    run = catalog[RSOXS_UID]
    catalog.close()
    assert "closed" in repr(catalog)
    assert RSOXS_UID[:6] in repr(run)


def test_no_repr_is_long_however_large_the_data(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    long = "x" * 300_000
    sample = b.sample(
        long, formula=long, tags=[long] * 3, extra={long: long, **{f"k{i}": i for i in range(5000)}}
    )
    fields = {f"f{i}": long[:100] for i in range(2000)}
    keys = {f"f{i}": {"dtype": "number"} for i in range(5000)}
    uid = b.run(
        sample, plan=long, metadata={"note": long}, events=[fields] * 3, data_keys=keys, operator=long
    )
    (event,) = b.raw("SELECT uid FROM events LIMIT 1")[0]
    for i in range(2000):
        b.image_ref(event, "detector_image", long[:2000], i, (32, 48))
    b.close()
    b.zarr_path.mkdir()
    with Catalog(b.path) as catalog:
        run = catalog[uid]
        told = [catalog, run, run.sample, run.streams["primary"], run.event_page(), run.images()]
        told += [catalog.recent()[0], catalog.samples()[0]]
        assert {type(x).__name__: len(repr(x)) for x in told if len(repr(x)) >= 2000} == {}


def test_the_repr_of_a_large_catalog_is_short(many_beamtime: Path) -> None:
    with Catalog(many_beamtime) as catalog:
        assert "many.db" in repr(catalog)
        assert len(repr(catalog)) < 2000


# What is asked for wrongly, and files that lack what is asked for


def test_a_beginning_that_is_too_short_says_how_much_to_give(catalog: Catalog) -> None:
    with pytest.raises(RunNotFoundError) as caught:
        catalog[NEXAFS_UID[:3]]
    assert (caught.value.reason, caught.value.hint) == (
        f"'{NEXAFS_UID[:3]}' is too short",
        "give at least 4 characters of the uid",
    )


@pytest.mark.parametrize("key", [1.5, None, ("a",), b"abcd"], ids=repr)
def test_a_run_is_asked_for_by_uid_or_by_recency_and_by_nothing_else(catalog: Catalog, key: Any) -> None:
    with pytest.raises(TypeError, match=type(key).__name__):
        catalog[key]


def test_a_file_without_samples_has_runs_all_the_same(small_beamtime: Path) -> None:
    conn = sqlite3.connect(small_beamtime)
    conn.executescript(
        "PRAGMA foreign_keys = OFF; DROP TABLE samples; ALTER TABLE runs DROP COLUMN num_events"
    )
    conn.close()
    with Catalog(small_beamtime) as catalog:
        assert [run.uid for run in catalog.recent()] == SMALL_UIDS
        assert {run.sample_name for run in catalog.recent()} == {None}
        assert catalog.samples() == []
        assert catalog.by_sample("ps_100kd") == []
        assert catalog.earlier_like(catalog[OPEN_UID]) == []


def test_a_read_of_another_thread_can_be_broken_off_at_any_time(catalog: Catalog) -> None:
    catalog.interrupt()
    assert len(catalog) == 6


def test_the_last_change_of_a_run_is_that_of_its_newest_file(catalog: Catalog, small_beamtime: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    for path in [small_beamtime, *store.rglob("zarr.json")]:
        os.utime(path, (1e9, 1e9))
    assert catalog.last_change(OPEN_UID) == 1e9
    os.utime(store / "runs" / OPEN_UID / "detector_image" / "zarr.json", (2e9, 2e9))
    assert catalog.last_change(OPEN_UID) == 2e9
    assert catalog.last_change(NEXAFS_UID) == 1e9


def test_a_catalog_keeps_the_order_of_some_open_runs_only(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uids = [b.run(events=nexafs_events(3, 20.0), stop=None) for _ in range(103)]
    b.close()
    with Catalog(b.path) as catalog:
        assert {catalog[uid].count_events() for uid in uids} == {3}
        assert len(catalog._event_keys) < len(uids)
        assert catalog[uids[0]].count_events() == 3
