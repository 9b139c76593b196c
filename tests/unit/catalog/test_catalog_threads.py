"""One Catalog, several threads."""

from __future__ import annotations

import concurrent.futures
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from resonance_tui.catalog import Catalog, CatalogClosedError, RunNotFoundError
from tests.beamtime import NEXAFS_55_UID, NEXAFS_UID, RSOXS_UID, SMALL_UIDS, nexafs_events, small_frames
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("read_both_ways")

THREADS = 8


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls give, each made in a thread of its own, all started together."""
    gate = threading.Barrier(len(calls))

    def wait_and(call: Callable[[], Any]) -> Any:
        gate.wait(PATIENCE_S)
        return call()

    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(60) for future in [pool.submit(wait_and, call) for call in calls]]


def test_a_catalog_opened_here_is_read_there(small_beamtime: Path) -> None:
    with Catalog(small_beamtime) as catalog:
        run = catalog[NEXAFS_UID]
        recent, table = at_once(catalog.recent, run.table)
    assert [run.uid for run in recent] == SMALL_UIDS
    assert len(table) == 30


def test_many_threads_read_one_catalog_and_all_is_right(small_beamtime: Path) -> None:
    thetas = {NEXAFS_UID: 20.0, NEXAFS_55_UID: 55.0}
    expected = nexafs_events(30, 0.0)

    def look(number: int) -> int:
        for turn in range(15):
            uid = (NEXAFS_UID, NEXAFS_55_UID)[(number + turn) % 2]
            run = catalog[uid]
            table = run.table()
            assert set(table["sam_th_position"]) == {thetas[uid]}
            assert list(table["energy_position"]) == [e["energy_position"] for e in expected]  # type: ignore[index,call-overload]
            page = run.event_page(offset=turn, limit=5)
            assert page.seq_num == list(range(turn + 1, turn + 6))
            assert [r.uid for r in catalog.recent()] == SMALL_UIDS
            assert run.sample is not None
            assert run.sample.name == "ps_100kd"
            assert np.array_equal(catalog[RSOXS_UID].images()[turn % 6], small_frames()[turn % 6])
            with pytest.raises(RunNotFoundError):
                catalog["nonesuch"]
        return number

    with Catalog(small_beamtime) as catalog:
        assert at_once(*(lambda i=i: look(i) for i in range(THREADS))) == list(range(THREADS))


def test_one_run_and_its_cached_facts_are_shared(small_beamtime: Path) -> None:
    with Catalog(small_beamtime) as catalog:
        run = catalog[RSOXS_UID]
        images = run.images()
        facts = at_once(*[lambda: (run.sample, run.streams, run.image_fields, images[2].sum())] * THREADS)
    assert all(fact == facts[0] for fact in facts)
    assert facts[0][2] == ["detector_image"]
    assert facts[0][3] == small_frames()[2].sum()


def test_a_long_read_does_not_keep_the_others_waiting(long_beamtime: Path) -> None:
    with Catalog(long_beamtime) as catalog:
        run = catalog[-1]
        run.event_page()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            reading = pool.submit(run.table)
            served = 0
            while not reading.done():
                assert len(run.event_page(offset=50_000, limit=10).seq_num) == 10
                served += 1
            assert len(reading.result()) == 100_000
    assert served > 3  # had the others to wait for its end, it would be one


def test_closing_while_others_read_ends_in_our_own_words(small_beamtime: Path) -> None:
    for _ in range(10):
        catalog = Catalog(small_beamtime)
        started = threading.Semaphore(0)

        def read(catalog: Catalog = catalog, started: threading.Semaphore = started) -> str:
            for turn in range(100_000):
                if turn == 2:
                    started.release()
                try:
                    assert len(catalog.recent()) == 6
                except CatalogClosedError:
                    return "closed"
            return "never told"

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            readers = [pool.submit(read) for _ in range(3)]
            for _ in readers:
                assert started.acquire(timeout=PATIENCE_S)
            catalog.close()
            assert [reader.result(PATIENCE_S) for reader in readers] == ["closed"] * 3
