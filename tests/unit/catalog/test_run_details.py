"""The details of a run: its row, sample, metadata and streams, whatever is stored of them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from resonance_tui.catalog import Catalog, Run, SampleMetadata, Stream
from tests.beamtime import FIRST_START, NEXAFS_UID, OPEN_UID, RSOXS_UID, nexafs_events, small_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def catalog(small_beamtime: Path) -> Iterator[Catalog]:
    with Catalog(small_beamtime) as opened:
        yield opened


def test_odd_figures_come_through_as_they_are(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uid = b.run(start=1e9, stop=9e8, status="weird")
    b.close()
    with Catalog(b.path) as catalog:
        run = catalog[uid]
    assert (run.time_start, run.time_stop, run.exit_status) == (1e9, 9e8, "weird")


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
