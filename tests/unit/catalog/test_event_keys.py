"""The order of events: counted once, found by key at any length, and a repeated number keeps both its events."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.catalog import Catalog, CatalogDamagedError, Run
from resonance_tui.catalog import event_keys as event_keys_module
from tests.beamtime import BeamtimeBuilder, long_run


@pytest.fixture
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of seven events, so that few of them make many steps."""
    monkeypatch.setattr(event_keys_module, "STEP", 7)


def with_numbers(b: BeamtimeBuilder, numbers: list[int]) -> str:
    """A run whose events have these numbers, in the order in which they were written; ``n`` tells which."""
    b.raw("DROP INDEX IF EXISTS idx_events_seq")  # as in a file that was copied without its indexes
    return b.run(events=[{"n": n} for n in range(len(numbers))], seq_nums=numbers)


def test_a_repeated_number_keeps_both_its_events(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    with beamtime() as b:
        uid = with_numbers(b, [*range(1, 201), 199, 200, *range(201, 425)])
    with Catalog(b.path) as catalog:
        run = catalog[uid]
        table = run.table()
        assert len(table) == 426 == run.count_events()
        assert table["seq_num"].tolist()[197:203] == [198, 199, 199, 200, 200, 201]
        assert table["n"].tolist()[197:203] == [197, 198, 200, 199, 201, 202]
        assert [n for page in run.event_pages() for n in page.columns["n"]] == table["n"].tolist()
        assert run.event_page(199, 3).columns["n"] == [200, 199, 201]
        assert run.events_at([200, 199, 199, 5, 200, 7000]).columns["n"] == [199, 198, 200, 4, 201]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.usefixtures("short_steps")
def test_any_numbers_are_paged_counted_and_found_as_they_are_sorted(
    beamtime: Callable[..., BeamtimeBuilder], seed: int
) -> None:
    chance = random.Random(seed)
    spread = chance.choice([20, 60, 2**40])
    numbers = [chance.randrange(-5, spread) for _ in range(chance.randrange(60))]
    with beamtime() as b:
        uid = with_numbers(b, numbers)
    right = sorted(range(len(numbers)), key=lambda n: (numbers[n], n))
    with Catalog(b.path) as catalog:
        run = catalog[uid]
        assert run.count_events() == len(numbers)
        assert run.table().get("n", []).__len__() == len(numbers)
        for start in range(len(numbers) + 1):
            page = run.event_page(start, 5)
            assert page.columns.get("n", []) == right[start : start + 5]
            assert page.total == len(numbers)
            told = [n for part in run.event_pages(start=start) for n in part.columns["n"]]
            assert told == right[start:]
        wanted = sorted({*numbers, -9, 3, 2**41})
        before = [sum(number < one for number in numbers) for one in wanted]
        assert run.event_indices(wanted) == before


@pytest.mark.usefixtures("short_steps")
def test_an_open_run_is_counted_on_from_where_it_was(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    b = beamtime()
    uid = b.run(stop=None, events=[{"n": n} for n in range(20)])
    (stream,) = b.raw("SELECT uid FROM streams")[0]
    with Catalog(b.path) as catalog:
        assert catalog[uid].count_events() == 20
        read: list[str] = []
        catalog._conn.set_trace_callback(read.append)
        for n in range(20, 40):
            b.raw(
                "INSERT INTO events (uid, stream_uid, seq_num, time, data) VALUES (?, ?, ?, 0.0, '{}')",
                (f"more{n}", stream, n + 1),
            )
            b.conn.commit()
            read.clear()
            assert catalog[uid].count_events() == n + 1
            counted = [sql for sql in read if "FROM events" in sql]
            assert len(counted) <= 5, counted


def statements(run: Run, read: Callable[[Run], object]) -> list[str]:
    """What is asked of SQLite for a read."""
    asked: list[str] = []
    run._conn.set_trace_callback(asked.append)  # type: ignore[union-attr]
    read(run)
    run._conn.set_trace_callback(None)  # type: ignore[union-attr]
    return asked


def test_the_events_of_a_closed_run_are_counted_once(long_beamtime: Path) -> None:
    with Catalog(long_beamtime) as catalog:
        run = catalog[-1]
        first = statements(run, lambda run: run.event_page(0, 1))
        for offset in (0, 1, 5_000, 99_999):
            later = statements(run, lambda run, at=offset: run.event_page(at, 1))
            assert len(later) <= 4 < len(first), later
            assert not any("count(" in sql for sql in later)


def test_a_page_costs_the_same_in_a_short_and_in_a_long_run(tmp_path: Path) -> None:
    steps: dict[int, int] = {}
    for n in (2_000, 60_000):
        path = tmp_path / f"{n}.db"
        uid = long_run(path, n, 2)
        with Catalog(path) as catalog:
            run = catalog[uid]
            run.count_events()
            count = 0

            def tick() -> int:
                nonlocal count
                count += 1
                return 0

            catalog._conn.set_progress_handler(tick, 1)
            run.event_page(n - 200)
            steps[n] = count
    assert steps[60_000] < 2 * steps[2_000] + 20 * event_keys_module.STEP


def references(
    b: BeamtimeBuilder, per_event: list[int], field: str = "detector_image"
) -> list[tuple[int, int]]:
    """A run whose events have so many references each, written in an order of chance; (event, index) as they belong."""
    b.run(events=[{"n": n} for n in range(len(per_event))])
    events = [uid for (uid,) in b.raw("SELECT uid FROM events ORDER BY seq_num")]
    made = [(event, index) for event, n in enumerate(per_event) for index in range(n)]
    rows = [(events[event], field, f"runs/x/{field}", index, 4, 4, "int32", "blosc") for event, index in made]
    b.conn.executemany(
        "INSERT INTO image_refs (event_uid, field_name, zarr_group, index_in_stack, shape_x, shape_y, dtype,"
        " compression_codec) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return made


@pytest.mark.parametrize(
    "per_event",
    [[2000], [0, 2000, 0, 3, 450, 1], [1] * 900, [3] * 300, [0] * 500 + [700]],
    ids=lambda n: str(n)[:24],
)
def test_thousands_of_references_of_one_event_are_read_page_by_page(
    beamtime: Callable[..., BeamtimeBuilder], per_event: list[int]
) -> None:
    with beamtime() as b:
        made = references(b, per_event)
        b.zarr_path.mkdir(exist_ok=True)
    with Catalog(b.path) as catalog:
        run = catalog[-1]
        longest = 0
        real = run._conn.page  # type: ignore[union-attr]

        def page(*arguments: Any, **options: Any) -> Any:
            nonlocal longest
            rows, whole = real(*arguments, **options)
            longest = max(longest, len(rows))
            return rows, whole

        run._conn.page = page  # type: ignore[union-attr]
        images = run.images()
        found = [(ref["seq_num"] - 1, ref["index_in_stack"]) for ref in images._refs]
        assert found == made
        assert longest <= 250


@pytest.mark.parametrize("n", [1, 3, 260])
def test_numbers_that_are_no_text_end_in_an_error_and_not_never(
    beamtime: Callable[..., BeamtimeBuilder], n: int
) -> None:
    with beamtime() as b:
        references(b, [1] * n)
        b.raw("DROP INDEX idx_events_seq")
        b.raw("UPDATE events SET seq_num = CAST(x'ff61' AS TEXT)")
        b.zarr_path.mkdir(exist_ok=True)
        other = b.run(events=[{"n": 1}])
    with Catalog(b.path) as catalog:
        run = catalog[-2]
        for read in (
            run.table,
            run.images,
            run.count_events,
            lambda: list(run.event_pages()),
            run.event_page,
        ):
            with contextlib.suppress(CatalogDamagedError):
                read()
        assert len(catalog[other].table()) == 1
