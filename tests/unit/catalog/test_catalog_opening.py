"""Which file is opened: signatures, odd names, links, schema versions, and what importing costs."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import os
import sqlite3
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from resonance_tui import catalog as core
from resonance_tui.catalog import Catalog, LazyImageSequence, Run, RunSummary, SampleMetadata
from tests.beamtime import RSOXS_UID, SMALL_UIDS, small, small_frames

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


SIGNATURES = [
    (Catalog, "__init__", {"db_path": None}),
    (Catalog, "close", {}),
    (Catalog, "recent", {"n": 10}),
    (Catalog, "by_sample", {"name": None}),
    (Catalog, "run_pages", {"page_rows": 200}),
    (Catalog, "samples", {}),
    (Run, "__init__", {"conn": None, "row": None, "zarr_path": None}),
    (Run, "table", {"stream": "primary"}),
    (Run, "images", {"field": "detector_image"}),
    (Run, "count_events", {"stream": "primary"}),
    (Run, "event_page", {"offset": 0, "limit": 200, "stream": "primary"}),
    (Run, "event_pages", {"stream": "primary", "start": 0}),
    (LazyImageSequence, "__init__", {"conn": None, "refs": None, "zarr_store_path": None}),
]


@pytest.mark.parametrize(("owner", "name", "expected"), SIGNATURES)
def test_names_and_defaults_are_those_of_the_contract(
    owner: type, name: str, expected: dict[str, Any]
) -> None:
    parameters = dict(inspect.signature(getattr(owner, name)).parameters)
    parameters.pop("self")
    given = {name: None if p.default is p.empty else p.default for name, p in parameters.items()}
    assert given == expected
    required = [name for name, p in parameters.items() if p.default is p.empty]
    assert required == [n for n, d in expected.items() if d is None and n != "before"]


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        *(
            (Run, n)
            for n in [
                "uid",
                "plan_name",
                "time_start",
                "time_stop",
                "exit_status",
                "num_events",
                "sample",
                "operator",
                "metadata",
                "streams",
                "image_fields",
            ]
        ),
        (LazyImageSequence, "shape"),
        (LazyImageSequence, "dtype"),
        (LazyImageSequence, "seq_nums"),
    ],
)
def test_facts_are_properties(owner: type, name: str) -> None:
    assert isinstance(inspect.getattr_static(owner, name), property | functools.cached_property)


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (RunSummary, ["uid", "plan_name", "time_start", "sample_name", "time_stop", "exit_status"]),
        (SampleMetadata, ["name", "formula", "serial", "tags", "beamline_pos", "extra", "id"]),
    ],
)
def test_models_are_dataclasses_with_the_named_fields_in_that_order(model: Any, names: list[str]) -> None:
    assert [field.name for field in dataclasses.fields(model) if not field.name.startswith("_")] == names
    assert list(inspect.signature(model).parameters)[: len(names)] == names


@pytest.mark.parametrize(
    "make", [lambda: RunSummary("a" * 32, "scan", 1.0), lambda: SampleMetadata("film")], ids=["run", "sample"]
)
def test_models_are_plain_values_that_a_notebook_may_change(make: Callable[[], Any]) -> None:
    model, other = make(), make()
    assert model == other
    name = dataclasses.fields(model)[0].name
    setattr(model, name, "changed")
    model.comment = "a notebook's own"
    assert (getattr(model, name), vars(model)["comment"]) == ("changed", "a notebook's own")
    assert model != other
    assert "changed" in repr(model)


def test_everything_a_caller_needs_is_importable_from_the_package() -> None:
    names = [
        "Catalog",
        "Run",
        "LazyImageSequence",
        "RunSummary",
        "SampleMetadata",
        "Stream",
        "EventPage",
        "SampleCount",
        "CatalogWarning",
        "CatalogError",
        "CatalogNotFoundError",
        "CatalogIsFolderError",
        "CatalogPermissionError",
        "NotACatalogError",
        "SchemaVersionError",
        "CatalogDamagedError",
        "CatalogBusyError",
        "CatalogInterruptedError",
        "CatalogClosedError",
        "RunNotFoundError",
        "AmbiguousUidError",
        "FrameUnavailableError",
        "UnsafePathError",
    ]
    assert [name for name in names if not hasattr(core, name)] == []
    assert set(names) <= set(core.__all__)


def test_it_keeps_its_connection_and_paths(small_beamtime: Path) -> None:
    with Catalog(small_beamtime) as catalog:
        assert isinstance(catalog._conn, sqlite3.Connection)
        assert catalog._db_path == small_beamtime
        assert catalog._zarr_path == small_beamtime.with_suffix(".zarr")


def test_a_path_may_be_given_as_a_string(small_beamtime: Path) -> None:
    with Catalog(str(small_beamtime)) as catalog:  # type: ignore[arg-type,unused-ignore]
        assert catalog._zarr_path == small_beamtime.with_suffix(".zarr")
        assert len(catalog) == 6


def test_a_relative_path_opens(small_beamtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_beamtime.parent)
    with Catalog(type(small_beamtime)(small_beamtime.name)) as catalog:
        assert len(catalog.recent()) == 6
        assert np.array_equal(catalog[RSOXS_UID].images()[3], small_frames()[3])


def test_its_connection_writes_nothing(small_beamtime: Path) -> None:
    with Catalog(small_beamtime) as catalog:
        with pytest.raises(sqlite3.OperationalError):
            catalog._conn.execute("DELETE FROM runs").fetchall()
        with pytest.raises(sqlite3.OperationalError):
            catalog._conn.execute("CREATE TABLE x (y)").fetchall()
        assert len(catalog) == 6


@pytest.mark.parametrize(("pragma", "value"), [("mmap_size", 0), ("query_only", 1)])
def test_its_connection_is_set_up_for_a_file_that_lives(
    small_beamtime: Path, pragma: str, value: int
) -> None:
    with Catalog(small_beamtime) as catalog:
        assert catalog._conn.execute(f"PRAGMA {pragma}").fetchone()[0] == value


def test_a_link_to_a_beamtime_opens_it_with_its_frames(small_beamtime: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(small_beamtime)
    with Catalog(link) as catalog:
        assert len(catalog) == 6
        assert np.array_equal(catalog[RSOXS_UID].images()[2], small_frames()[2])


def test_a_store_that_is_a_link_itself_is_read(small_beamtime: Path, tmp_path: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    store.rename(tmp_path / "elsewhere")
    store.symlink_to(tmp_path / "elsewhere")
    with Catalog(small_beamtime) as catalog:
        assert np.array_equal(catalog[RSOXS_UID].images()[2], small_frames()[2])


# Odd names: what stands before `#` or `?`, and what `%41` decodes to, are other files.

ODD_NAMES = [
    "beam time.db",
    "beam#1.db",
    "what?.db",
    "q?mode=rwc.db",
    "q?mode=rwc&cache=shared#x.db",
    "100%.db",
    "pct%41.db",
    "nul%00.db",
    "µ-grid ☃ 試料.db",
    "new\nline.db",
    "it's.db",
    'double"quote.db',
    "semi;colon:and,comma.db",
    "back\\slash.db",
    "c:drive.db",
    "-dash.db",
    "~tilde$HOME.db",
    "[x]*.db",
    "plus+and&amp.db",
    "no_suffix",
    "two.dots.v1.db",
    "file:memory.db",
    os.fsdecode(b"caf\xe9.db"),
]
odd_names = pytest.mark.parametrize("name", ODD_NAMES, ids=[ascii(name) for name in ODD_NAMES])


def decoy_names(name: str) -> list[str]:
    names = {
        name.split("#")[0],
        name.split("?")[0],
        name.replace("\\", "/").split("/")[-1],
        name.split("\n")[0],
    }
    if "%00" not in name:
        names.add(unquote(name, errors="surrogateescape"))
    return sorted(names - {name, ""})


def listing(folder: Path) -> list[bytes]:
    return sorted(os.fsencode(path) for path in folder.rglob("*"))


@odd_names
def test_an_oddly_named_file_is_the_one_opened_and_none_is_created(
    beamtime: Callable[..., Any], name: str
) -> None:
    b = beamtime(name)
    b.run(plan="right", frames={"detector_image": small_frames(2)})
    b.close()
    before = listing(b.path.parent)
    with Catalog(b.path) as catalog:
        assert [run.plan_name for run in catalog.recent()] == ["right"]
        assert len(catalog[-1].table()) == 2
        assert np.array_equal(catalog[-1].images()[1], small_frames(2)[1])
        assert listing(b.path.parent) == before
    assert listing(b.path.parent) == before


@pytest.mark.parametrize("name", [n for n in ODD_NAMES if decoy_names(n)], ids=ascii)
def test_an_oddly_named_file_is_not_mistaken_for_its_neighbour(
    beamtime: Callable[..., Any], name: str
) -> None:
    for decoy in decoy_names(name):
        other = beamtime(decoy)
        other.run(plan="wrong")
        other.close()
    b = beamtime(name)
    b.run(plan="right")
    b.close()
    with Catalog(b.path) as catalog:
        assert [run.plan_name for run in catalog.recent()] == ["right"]


@odd_names
def test_a_missing_oddly_named_file_is_missing_and_stays_so(tmp_path: Path, name: str) -> None:
    for decoy in decoy_names(name):
        small(tmp_path / decoy)
    before = listing(tmp_path)
    with pytest.raises(core.CatalogNotFoundError):
        Catalog(tmp_path / name)
    assert listing(tmp_path) == before


@pytest.mark.parametrize("folder", ["a b", "a#b", "what?", "pct%41", "µ☃", "new\nline", "it's"])
def test_an_oddly_named_folder_makes_no_difference(
    beamtime: Callable[..., Any], tmp_path: Path, folder: str
) -> None:
    b = beamtime(folder=tmp_path / folder / "inner")
    b.run(plan="right", frames={"detector_image": small_frames(1)})
    b.close()
    before = listing(tmp_path)
    with Catalog(b.path) as catalog:
        assert catalog[-1].plan_name == "right"
        assert np.array_equal(catalog[-1].images()[0], small_frames(1)[0])
    assert listing(tmp_path) == before


# Versions


def facts(path: Path) -> list[Any]:
    with Catalog(path) as catalog:
        found: list[Any] = [catalog.recent(), catalog.by_sample("ps_100kd"), catalog.samples(), list(catalog)]
        for uid in catalog:
            run = catalog[uid]
            images = run.images()
            found.append([run.sample, run.metadata, run.operator, run.num_events, run.image_fields])
            found.append([run.streams, run.table().to_dict("list"), images.shape, images[:].tolist()])
    return found


def test_version_1_of_the_schema_reads_as_version_2(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    one, two = small(tmp_path / "1" / "b.db", version=1), small(tmp_path / "2" / "b.db", version=2)
    assert [run.uid for run in facts(one)[0]] == SMALL_UIDS
    assert facts(one) == facts(two)


# What importing costs


def test_importing_the_catalog_brings_no_terminal_library_and_nothing_heavy(
    python: Callable[..., Any], tmp_path: Path
) -> None:
    code = (
        "import sys, resonance_tui.catalog\n"
        "print([m for m in ('textual', 'rich', 'plotext', 'pandas', 'zarr') if m in sys.modules])"
    )
    done = python(code, cwd=tmp_path)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def test_listing_runs_brings_nothing_heavy_either(python: Callable[..., Any], small_beamtime: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from resonance_tui.catalog import Catalog\n"
        "c = Catalog(Path(sys.argv[1])); c.recent(); c.samples(); c.by_sample('ps_100kd')\n"
        "print([m for m in ('textual', 'rich', 'plotext', 'pandas', 'zarr') if m in sys.modules], len(c))"
    )
    done = python(code, small_beamtime)
    assert (done.stdout.strip(), done.returncode) == ("[] 6", 0), done.stderr


# The real thing


def test_the_real_beamtime_opens_and_reads(real_beamtime: Path) -> None:
    with Catalog(real_beamtime) as catalog:
        assert len(catalog) == 10
        assert [run.plan_name for run in catalog.recent(2)] == ["rsoxs", "sam_z_lineup"]
        assert [(s.name, s.n_runs) for s in catalog.samples()] == [
            ("P3HT:PCBM 1:1", 3),
            ("ps_100kd", 6),
            ("µ-grid [blank]", 1),
        ]
        run = catalog["8c26cf6d"]
        assert (run.num_events, run.operator, run.metadata["note"]) == (3650, "user", "all angles in one run")
        assert run.event_page(offset=500, limit=1).seq_num == [501]
        table = run.table()
        assert len(table) == 3650
        assert set(table["sam_th_position"]) == {20.0, 40.0, 55.0, 70.0, 90.0}
        assert all(dtype == np.float64 for dtype in table.dtypes.drop(["seq_num"]))
        rsoxs = catalog["2b01bdb5a800435aa00a2f1abbba3a08"]
        assert rsoxs.images().shape == (61, 256, 256)
        frame = rsoxs.images()[17]
        assert frame.dtype == np.int32
        assert frame.any()
        assert catalog[-1].num_events == 9  # counted: this run was never closed
        assert catalog[-1].time_stop is None


def test_a_real_table_is_what_its_json_says(real_beamtime: Path) -> None:
    uid = "06fd231ad0284308ba8fa409591864a1"
    with Catalog(real_beamtime) as catalog:
        table = catalog[uid].table()
    conn = sqlite3.connect(f"file:{real_beamtime}?mode=ro", uri=True)
    rows = conn.execute(
        "SELECT seq_num, time, data FROM events WHERE stream_uid = (SELECT uid FROM streams WHERE run_uid = ?)"
        " ORDER BY seq_num",
        (uid,),
    ).fetchall()
    conn.close()
    import json

    expected = pd.DataFrame([{"seq_num": s, "time": t, **json.loads(d)} for s, t, d in rows])
    pd.testing.assert_frame_equal(table, expected, check_exact=True)
