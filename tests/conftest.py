"""What every test can ask for: beamtimes, small, large and real."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from resonance_tui.catalog.sqlite import paging
from resonance_tui.catalog.sqlite import reader_process as reader_process_module
from resonance_tui.catalog.sqlite.reader_process import ReaderPool, ReaderProcess
from resonance_tui.user_files.locations import HOME_VARIABLE
from tests.beamtime import BeamtimeBuilder, long_run, many_runs, small
from tests.waiting import PATIENCE_S
from tests.writers import WRITER, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "real" / "beamtime.db"

hypothesis.settings.register_profile("ours", deadline=None, database=None)
hypothesis.settings.load_profile("ours")


@pytest.fixture(scope="session", autouse=True)
def user_files_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's own files out of it: state and log lie in a temporary folder, in processes we start, too."""
    home = tmp_path_factory.mktemp("user files")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(home))
        yield home


@pytest.fixture
def beamtime(tmp_path: Path) -> Iterator[Callable[..., BeamtimeBuilder]]:
    """A factory of builders, by default of ``beamtime.db`` in a folder of its own; all are closed at the end."""
    builders: list[BeamtimeBuilder] = []

    def make(name: str = "beamtime.db", version: int = 2, folder: Path | None = None) -> BeamtimeBuilder:
        place = folder or tmp_path / "data"
        place.mkdir(parents=True, exist_ok=True)
        builders.append(BeamtimeBuilder(place / name, version))
        return builders[-1]

    yield make
    for builder in builders:
        if builder.path.parent.exists():
            builder.conn.close()


@pytest.fixture
def small_beamtime(tmp_path: Path) -> Path:
    """A typical little beamtime (see ``tests.beamtime.small`` for what is in it)."""
    folder = tmp_path / "small"
    folder.mkdir()
    return small(folder / "beamtime.db")


@pytest.fixture
def reader_pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReaderPool]:
    """The processes that read for the app; what is opened in this test is opened there."""
    pool = ReaderPool()
    monkeypatch.setattr(reader_process_module, "_pool", pool)
    yield pool
    for process in pool.processes:
        end_by_closing(process)


@pytest.fixture
def reader_process(reader_pool: ReaderPool) -> ReaderProcess:
    """The first of them, in which the first file is opened."""
    return reader_pool.processes[0]


def end_by_closing(process: ReaderProcess) -> None:
    """End a reader process as the end of this one would: killed, it could not write what it has measured."""
    child = process._process
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(PATIENCE_S)
    process.stop()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long reads have waited for a locked file; their clock goes on by that, and nobody waits in fact."""
    pauses: list[float] = []
    clock = SimpleNamespace(
        sleep=pauses.append, monotonic=lambda: time.monotonic() + sum(pauses), time=time.time
    )
    monkeypatch.setattr(paging, "time", clock)
    return pauses


@pytest.fixture(params=["here", "elsewhere"])
def read_both_ways(request: pytest.FixtureRequest) -> str:
    """The test is done twice: reading in this process, as a notebook does, and in another, as the app does."""
    if request.param == "elsewhere":
        request.getfixturevalue("reader_process")
    return str(request.param)


@pytest.fixture(scope="session")
def real_beamtime() -> Path:
    """A beamtime that the acquisition itself wrote. Never changed."""
    if not REAL.exists():
        pytest.skip("no real beamtime beside the repository")
    return REAL


@pytest.fixture(scope="session")
def many_beamtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20,000 runs. Shared: only to be read."""
    path = tmp_path_factory.mktemp("many") / "many.db"
    many_runs(path, 20_000)
    return path


@pytest.fixture(scope="session")
def long_beamtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run of 100,000 events × 20 fields. Shared: only to be read."""
    path = tmp_path_factory.mktemp("long") / "long.db"
    long_run(path, 100_000, 20)
    return path


@pytest.fixture(scope="session")
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a piece of Python in a process of its own, with the project importable."""

    def run(
        code: str, *args: object, timeout: float = 120.0, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *map(str, args)],
            capture_output=True,
            text=True,
            timeout=timeout,
            env=options.pop("env", None) or python_env(),
            check=False,
            **options,
        )

    return run


@pytest.fixture(scope="session")
def start_python() -> Callable[..., subprocess.Popen[str]]:
    """Start a piece of Python whose stdin and stdout are ours to talk through."""

    def start(code: str, *args: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, args)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=python_env(),
        )

    return start


@pytest.fixture
def start_writer(
    start_python: Callable[..., subprocess.Popen[str]],
) -> Iterator[Callable[..., Writer]]:
    """Writers of beamtimes, each in a process of its own; all are killed at the end."""
    writers: list[Writer] = []

    def start(path: Path, *words: str) -> Writer:
        writers.append(Writer(start_python(WRITER, path, *words)))
        return writers[-1]

    yield start
    for writer in writers:
        writer.process.kill()
        writer.process.communicate()


def python_env() -> dict[str, str]:
    """The environment of a child process that can import the project."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def unmeasured_env() -> dict[str, str]:
    """The same without the measurement of coverage, which imports modules and writes files of its own."""
    return {name: value for name, value in python_env().items() if not name.startswith("COVERAGE_")}
