"""A reader process for each open file: one on storage that hangs delays no other."""

from __future__ import annotations

import gc
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from resonance_tui.catalog import Catalog, CatalogClosedError, CatalogNotFoundError, background_reads
from resonance_tui.catalog.sqlite import reader_process as reader_process_module
from resonance_tui.catalog.sqlite.reader_process import HUNG_AFTER_S, ReaderPool
from tests.beamtime import SMALL_UIDS, small
from tests.conftest import end_by_closing
from tests.waiting import PATIENCE_S, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    return lambda name: small(tmp_path / name)


class Clock:
    """Goes on when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hanging_pool(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[ReaderPool]:
    """Processes that never answer about ``hung.db``."""
    monkeypatch.setattr(reader_process_module, "_MODULE", "tests.hanging_service")
    pool = ReaderPool(clock)
    monkeypatch.setattr(reader_process_module, "_pool", pool)
    yield pool
    for process in pool.processes:
        if process.busy:
            process.end()
        else:
            end_by_closing(process)


class Asked:
    """A question in a thread of its own, that may never be answered."""

    def __init__(self, question: Callable[[], Any]) -> None:
        self.answer: Any = None
        self._question = question
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        try:
            self.answer = self._question()
        except Exception as error:  # noqa: BLE001
            self.answer = error

    def ended(self) -> Any:
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        return self.answer


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def uids(catalog: Catalog) -> list[str]:
    return [run.uid for run in catalog.recent()]


def no_process(*_: object) -> Any:
    raise OSError(11, "Resource temporarily unavailable")


def test_each_file_has_a_process_and_its_connections_share_it(
    reader_pool: ReaderPool, file: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm = reader_pool.pids
    first, other = file("first.db"), file("other.db")
    catalogs = [Catalog(first), Catalog(first)]
    monkeypatch.chdir(tmp_path)
    catalogs.append(Catalog(Path("first.db")))
    assert reader_pool.pids == warm, "the warm one reads the first file, however it is named"
    catalogs.append(Catalog(other))
    assert len(reader_pool.pids) == 2
    assert reader_pool.pids[0] == warm[0]
    assert [uids(catalog) for catalog in catalogs] == [SMALL_UIDS] * 4


@linux_only
def test_after_the_last_connection_a_process_is_warm_or_ends(
    reader_pool: ReaderPool, file: Callable[[str], Path], tmp_path: Path
) -> None:
    first, second = Catalog(file("first.db")), Catalog(file("second.db"))
    again = Catalog(tmp_path / "first.db")
    pids = reader_pool.pids
    first.close()
    first.close()
    assert reader_pool.pids == pids, "it is open once more"
    again.close()
    assert sorted(reader_pool.pids) == sorted(pids), "it is the warm one now"
    second.close()
    assert reader_pool.pids == pids[:1]
    until(lambda: not is_there(pids[1]), "what is not needed ends")
    assert uids(Catalog(file("third.db"))) == SMALL_UIDS
    assert reader_pool.pids == pids[:1]


@linux_only
def test_what_is_collected_and_what_could_not_be_opened_gives_its_process_back(
    reader_pool: ReaderPool, file: Callable[[str], Path]
) -> None:
    kept = Catalog(file("kept.db"))
    other = Catalog(file("other.db"))
    pid = reader_pool.pids[1]
    del other
    gc.collect()
    with pytest.raises(CatalogNotFoundError):
        Catalog(Path("missing.db"))
    assert reader_pool.pids[1:] == [pid]
    assert uids(Catalog(file("third.db"))) == SMALL_UIDS
    assert reader_pool.pids[1:] == [pid]
    assert uids(kept) == SMALL_UIDS


def test_what_is_given_back_in_the_middle_of_a_choice_is_seen_to_after_it(
    reader_pool: ReaderPool, file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Catalog(file("first.db"))
    (process,) = reader_pool.processes
    start = reader_process_module.start_helper

    def close_and_start(module: str) -> Any:
        first.close()  # as the garbage collector would, which runs at any moment
        return start(module)

    monkeypatch.setattr(reader_process_module, "start_helper", close_and_start)
    second = Catalog(file("second.db"))
    assert len(reader_pool.processes) == 2
    third = Catalog(file("third.db"))
    assert len(reader_pool.processes) == 2, "the first one's process had become the warm one"
    assert reader_pool.processes[1] is process
    assert uids(second) == uids(third) == SMALL_UIDS


def test_more_files_than_processes_share_them(
    reader_pool: ReaderPool, file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_process_module, "MAX_PROCESSES", 2)
    catalogs = [Catalog(file(f"{n}.db")) for n in range(5)]
    assert len(reader_pool.pids) == 2
    assert [uids(catalog) for catalog in catalogs] == [SMALL_UIDS] * 5
    catalogs[0].close()
    assert len(reader_pool.pids) == 2
    assert [uids(catalog) for catalog in catalogs[1:]] == [SMALL_UIDS] * 4


def test_where_no_process_more_can_be_started_files_share_one(
    reader_pool: ReaderPool, file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_process_module, "start_helper", no_process)
    catalogs = [Catalog(file(f"{n}.db")) for n in range(3)]
    assert len(reader_pool.pids) == 1
    assert [uids(catalog) for catalog in catalogs] == [SMALL_UIDS] * 3


def test_a_beamtime_that_hangs_delays_no_other_and_closing_it_kills_its_process(
    hanging_pool: ReaderPool, file: Callable[[str], Path]
) -> None:
    hung = Catalog(file("hung.db"))
    (process,) = hanging_pool.processes
    asked = [Asked(hung.recent), Asked(lambda: len(hung))]
    until(lambda: sum(process._lanes.waiting) == 1, "both have asked")
    with Catalog(file("other.db")) as other:
        assert uids(other) == SMALL_UIDS
        with background_reads():
            assert len(other[-1].streams) == 1
    hung.close()
    assert [type(one.ended()) for one in asked] == [CatalogClosedError] * 2
    assert str(asked[0].answer).endswith("hung.db: the catalog is closed; open it again")
    assert process not in hanging_pool.processes
    assert process._process.wait(PATIENCE_S) != 0, "it was killed"


def test_a_file_whose_opening_hangs_delays_no_other(
    hanging_pool: ReaderPool, file: Callable[[str], Path], tmp_path: Path
) -> None:
    path = file("hung-at-once.db")
    asked = Asked(lambda: Catalog(path))
    until(lambda: hanging_pool.processes[0].busy, "it is asked for")
    assert uids(Catalog(file("other.db"))) == SMALL_UIDS
    assert asked.answer is None


def test_processes_that_hang_do_not_count(
    hanging_pool: ReaderPool, file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(reader_process_module, "MAX_PROCESSES", 1)
    hung = Catalog(file("hung.db"))
    Asked(hung.recent)
    (process,) = hanging_pool.processes
    until(lambda: process._asked_at == clock.now and process.busy, "it is asked")
    assert not process.hangs
    clock.now += HUNG_AFTER_S + 0.1
    assert process.hangs
    catalogs = [Catalog(file("first.db")), Catalog(file("second.db"))]
    assert [uids(catalog) for catalog in catalogs] == [SMALL_UIDS] * 2
    assert len(hanging_pool.processes) == 2
    hung.close()


@linux_only
def test_quitting_waits_for_no_process_that_hangs(
    start_python: Callable[..., Any], file: Callable[[str], Path]
) -> None:
    code = (
        "import sys, threading; from pathlib import Path; from resonance_tui.catalog import Catalog\n"
        "from resonance_tui.catalog.sqlite import reader_process\n"
        "reader_process._MODULE = 'tests.hanging_service'\n"
        "pool = reader_process.use_reader_process(); catalog = Catalog(Path(sys.argv[1]))\n"
        "threading.Thread(target=catalog.recent, daemon=True).start()\n"
        "while not pool.processes[0].busy: pass\n"
        "print(*pool.pids, flush=True)"
    )
    process = start_python(code, file("hung.db"))
    pid = int(process.stdout.readline())
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    until(lambda: not is_there(pid), "the one that hangs ends, too")


@linux_only
def test_a_question_that_was_broken_off_by_the_end_starts_no_other_process(
    reader_pool: ReaderPool, file: Callable[[str], Path]
) -> None:
    catalog = Catalog(file("first.db"))
    (process,) = reader_pool.processes
    process.end()
    process.end()
    with pytest.raises(CatalogClosedError):
        catalog.recent()
    until(lambda: not is_there(process.pid), "it has ended")
