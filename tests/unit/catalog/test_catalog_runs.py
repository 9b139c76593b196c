"""Runs, samples and streams: listing them, finding them, and what they say of themselves."""

from __future__ import annotations

import os
import re
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from resonance_tui.catalog import (
    AmbiguousUidError,
    Catalog,
    Run,
    RunNotFoundError,
    RunSummary,
    SampleMetadata,
    Stream,
)
from tests.beamtime import (
    ABORTED_UID,
    FAILED_UID,
    FIRST_START,
    NEXAFS_55_UID,
    NEXAFS_UID,
    OPEN_UID,
    RSOXS_UID,
    SMALL_UIDS,
    nexafs_events,
    small_frames,
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


def test_odd_figures_come_through_as_they_are(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uid = b.run(start=1e9, stop=9e8, status="weird")
    b.close()
    with Catalog(b.path) as catalog:
        run = catalog[uid]
    assert (run.time_start, run.time_stop, run.exit_status) == (1e9, 9e8, "weird")


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


# What a run says


def test_a_run_tells_its_row(catalog: Catalog) -> None:
    run = catalog[NEXAFS_UID]
    told = (run.plan_name, run.time_start, run.time_stop, run.exit_status, run.num_events)
    assert told == ("nexafs", FIRST_START, FIRST_START + 600, "success", 30)
    run = catalog[OPEN_UID]
    assert (run.time_stop, run.exit_status, run.num_events) == (None, None, 0)


RUN_COLUMNS = [
    "uid",
    "sample_id",
    "plan_name",
    "time_start",
    "time_stop",
    "exit_status",
    "num_events",
    "operator",
    "metadata",
]


@pytest.mark.parametrize("kind", ["Row", "mapping", "tuple"])
def test_a_run_is_made_from_any_kind_of_row(small_beamtime: Path, kind: str) -> None:
    plain = sqlite3.connect(small_beamtime)
    plain.row_factory = sqlite3.Row
    found = plain.execute("SELECT * FROM runs WHERE uid = ?", (RSOXS_UID,)).fetchone()
    plain.close()
    row = {"Row": found, "mapping": dict(found), "tuple": tuple(found)}[kind]
    with Catalog(small_beamtime) as catalog:
        run = Run(catalog._conn, row, small_beamtime.with_suffix(".zarr"))
        assert (run.uid, run.plan_name, run.num_events) == (RSOXS_UID, "rsoxs", 6)
        assert run.sample is not None
        assert run.sample.name == "P3HT:PCBM 1:1"
        assert len(run.table()) == 6
        assert (run.images()[2] == small_frames()[2]).all()


def test_a_run_reads_through_a_plain_connection_too(small_beamtime: Path) -> None:
    plain = sqlite3.connect(f"file:{small_beamtime}?mode=ro", uri=True)
    row = plain.execute("SELECT * FROM runs WHERE uid = ?", (NEXAFS_UID,)).fetchone()
    run = Run(plain, row, small_beamtime.with_suffix(".zarr"))
    assert run.sample is not None
    assert (run.sample.name, len(run.table()), run.images().shape) == ("ps_100kd", 30, (0, 0, 0))
    plain.close()


@pytest.mark.parametrize(
    ("stop", "stored", "events", "expected"),
    [(2e9, 7, 3, 7), (2e9, 0, 3, 0), (None, 0, 3, 3), (None, 9, 3, 3), (None, 0, 0, 0)],
)
def test_events_of_a_run_that_was_never_closed_are_counted(
    beamtime: Callable[..., Any], stop: float | None, stored: int, events: int, expected: int
) -> None:
    b = beamtime()
    uid = b.run(stop=stop, num_events=stored, events=[{"a": 1}] * events)
    b.close()
    with Catalog(b.path) as catalog:
        assert catalog[uid].num_events == expected
        assert catalog[uid].count_events() == events


def test_a_sample_is_decoded(catalog: Catalog) -> None:
    sample = catalog[NEXAFS_UID].sample
    assert isinstance(sample, SampleMetadata)
    assert (sample.name, sample.formula, sample.serial) == ("ps_100kd", "C8H8", "S1234")
    assert (sample.tags, sample.extra, sample.beamline_pos) == (["polymer", "reference"], {"nm": 40}, None)
    assert isinstance(sample.id, int)
    other = catalog[RSOXS_UID].sample
    assert other is not None
    assert (other.beamline_pos, other.serial, other.id == sample.id) == ("B1", None, False)


BROKEN = [None, "", "{", "not json", "\x00", "[" * 100_000, "null", "5", '"text"', b"\xff\xfe", "9" * 5000]


@pytest.mark.parametrize("stored", [*BROKEN, '{"a": 1}'], ids=lambda v: repr(v)[:12])
@pytest.mark.filterwarnings("ignore::resonance_tui.catalog.CatalogWarning")
def test_broken_tags_cost_the_tags_only(beamtime: Callable[..., Any], stored: Any) -> None:
    b = beamtime()
    uid = b.run(b.sample("s", formula="C", tags=stored, extra={"a": [1, {"b": None}]}))
    b.close()
    with Catalog(b.path) as catalog:
        sample = catalog[uid].sample
    assert sample is not None
    assert (sample.name, sample.formula, sample.extra) == ("s", "C", {"a": [1, {"b": None}]})
    assert isinstance(sample.tags, list)


@pytest.mark.parametrize("stored", [*BROKEN, "[1, 2]"], ids=lambda v: repr(v)[:12])
@pytest.mark.filterwarnings("ignore::resonance_tui.catalog.CatalogWarning")
def test_a_broken_extra_costs_the_extra_only(beamtime: Callable[..., Any], stored: Any) -> None:
    b = beamtime()
    uid = b.run(b.sample("s", serial="S1", tags=["µ", "x"], extra=stored))
    b.close()
    with Catalog(b.path) as catalog:
        sample = catalog[uid].sample
    assert sample is not None
    assert (sample.name, sample.serial, sample.tags) == ("s", "S1", ["µ", "x"])
    assert isinstance(sample.extra, dict)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (
            {"operator": "ann", "theta": 20.0, "µ": [1, None]},
            {"operator": "ann", "theta": 20.0, "µ": [1, None]},
        ),
        ('{"limit": Infinity}', {"limit": float("inf")}),
        ("{}", {}),
        *((broken, {}) for broken in [*BROKEN, "[1, 2]"]),
    ],
    ids=lambda v: repr(v)[:16],
)
@pytest.mark.filterwarnings("ignore::resonance_tui.catalog.CatalogWarning")
def test_metadata_is_a_dict_whatever_is_stored(
    beamtime: Callable[..., Any], stored: Any, expected: dict[str, Any]
) -> None:
    b = beamtime()
    uid = b.run(metadata=stored)
    b.close()
    with Catalog(b.path) as catalog:
        assert catalog[uid].metadata == expected


@pytest.mark.parametrize(
    ("column", "metadata", "expected"),
    [
        ("ann", {"operator": "bob"}, "ann"),
        (None, {"operator": "bob"}, "bob"),
        (None, {"operator": 5}, None),
        (None, {"operator": None}, None),
        (None, {"operator": ["bob"]}, None),
        (None, {}, None),
        (None, None, None),
    ],
)
def test_the_operator_is_the_column_or_else_stands_in_the_metadata(
    beamtime: Callable[..., Any], column: str | None, metadata: Any, expected: str | None
) -> None:
    b = beamtime()
    uid = b.run(operator=column, metadata=metadata)
    b.close()
    with Catalog(b.path) as catalog:
        assert catalog[uid].operator == expected


# Streams and image fields


def test_streams_are_given_by_name_with_their_data_keys(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uid = b.run(events=nexafs_events(2, 20.0))
    baseline = b.stream(uid, "baseline", [{"temperature": 21.5}], data_keys={})
    b.run(events=[{"other": 1}])
    b.close()
    with Catalog(b.path) as catalog:
        run = catalog[uid]
        streams = run.streams
        assert sorted(streams) == ["baseline", "primary"]
        primary = streams["primary"]
        assert isinstance(primary, Stream)
        assert (primary.name, primary.time_created) == ("primary", run.time_start)
        assert primary.data_keys["energy_position"] == {"dtype": "number", "units": "mm", "source": "motor"}
        assert list(primary.data_keys) == [
            "energy_position",
            "sam_th_position",
            "i0",
            "tey_signal",
            "exposure",
        ]
        assert (streams["baseline"].uid, streams["baseline"].data_keys) == (baseline, {})
        assert (run.count_events(), run.count_events("baseline")) == (2, 1)
        assert list(run.table("baseline").columns) == ["seq_num", "time", "temperature"]
        assert run.event_page(stream="baseline").columns == {"temperature": [21.5]}


@pytest.mark.parametrize("stored", [b for b in BROKEN if b is not None], ids=lambda v: repr(v)[:12])
@pytest.mark.filterwarnings("ignore::resonance_tui.catalog.CatalogWarning")
def test_broken_data_keys_cost_no_stream(beamtime: Callable[..., Any], stored: Any) -> None:
    b = beamtime()
    uid = b.run(events=[{"a": 1}], data_keys=stored)
    b.close()
    with Catalog(b.path) as catalog:
        assert catalog[uid].streams["primary"].data_keys == {}
        assert catalog[uid].image_fields == []
        assert list(catalog[uid].table()["a"]) == [1]


def test_a_run_without_a_stream_is_a_run(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uid = b.run(stream=None, stop=None)
    b.close()
    with Catalog(b.path) as catalog:
        run = catalog[uid]
        assert (run.streams, run.image_fields, run.num_events) == ({}, [], 0)
        assert list(run.table().columns) == ["seq_num", "time"]
        assert run.images().shape == (0, 0, 0)
        assert run.event_page().total == 0


def test_image_fields_come_from_the_data_keys_and_from_what_is_stored(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    frames = small_frames(2)
    described = b.run(events=[{"a": 1}], data_keys={"cam": {"external": True}, "i0": {"dtype": "number"}})
    stored = b.run(frames={"detector_image": frames, "side": frames}, data_keys={})
    none = b.run(events=[{"a": 1}])
    b.close()
    with Catalog(b.path) as catalog:
        assert catalog[described].image_fields == ["cam"]
        assert sorted(catalog[stored].image_fields) == ["detector_image", "side"]
        assert catalog[none].image_fields == []


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
