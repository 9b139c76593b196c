"""What cannot be opened: one clear error of our own, which is the fitting built-in too, naming the file."""

from __future__ import annotations

import concurrent.futures
import copy
import os
import pickle
import shutil
import socket
import sqlite3
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from resonance_tui import catalog as core
from resonance_tui.catalog import Catalog
from resonance_tui.catalog.errors import foreign_errors, plain_reason
from tests.beamtime import NEXAFS_UID, nexafs_events, small, tree_state
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.usefixtures("read_both_ways")

NOBODY = 65534

TREE = [
    (core.CatalogNotFoundError, core.CatalogError, FileNotFoundError),
    (core.CatalogIsFolderError, core.CatalogError, IsADirectoryError),
    (core.CatalogPermissionError, core.CatalogError, PermissionError),
    (core.NotACatalogError, core.CatalogError, ValueError),
    (core.SchemaVersionError, core.NotACatalogError, ValueError),
    (core.CatalogDamagedError, core.CatalogError, OSError),
    (core.CatalogBusyError, core.CatalogError, TimeoutError),
    (core.CatalogInterruptedError, core.CatalogBusyError, TimeoutError),
    (core.CatalogClosedError, core.CatalogError, ValueError),
    (core.RunNotFoundError, core.CatalogError, KeyError),
    (core.AmbiguousUidError, core.RunNotFoundError, KeyError),
    (core.FrameUnavailableError, core.CatalogError, OSError),
    (core.FrameUnavailableError, core.CatalogError, ValueError),
    (core.UnsafePathError, core.FrameUnavailableError, OSError),
]


@pytest.mark.parametrize(("error", "kin", "builtin"), TREE, ids=lambda c: c.__name__)
def test_every_error_is_of_our_tree_and_a_builtin(
    error: type[Exception], kin: type[Exception], builtin: type[Exception]
) -> None:
    assert issubclass(error, kin)
    assert issubclass(error, core.CatalogError)
    assert issubclass(error, builtin)
    assert str(error("run 'x' is not here")) == "run 'x' is not here"


def whole_tree(error: type[core.CatalogError] = core.CatalogError) -> list[type[core.CatalogError]]:
    return [error, *(kin for child in error.__subclasses__() for kin in whole_tree(child))]


def fields(error: core.CatalogError) -> tuple[object, ...]:
    return type(error), error.path, error.reason, error.hint, str(error)


@pytest.mark.parametrize("kind", whole_tree(), ids=lambda c: c.__name__)
def test_an_error_keeps_its_fields_through_pickle_and_copies(kind: type[core.CatalogError]) -> None:
    path = Path("somewhere") / "beam.db"
    error = kind("locked", path=path, hint="wait")
    assert fields(error) == (kind, path, "locked", "wait", f"{path}: locked; wait")
    assert fields(pickle.loads(pickle.dumps(error))) == fields(error)
    assert fields(copy.copy(error)) == fields(copy.deepcopy(error)) == fields(error)


@pytest.mark.parametrize("kind", whole_tree(), ids=lambda c: c.__name__)
def test_a_reason_alone_is_the_whole_line(kind: type[core.CatalogError]) -> None:
    assert fields(kind("no such thing")) == (kind, None, "no such thing", "", "no such thing")
    assert kind("broken", path=Path("a.db")).sentence == "broken"
    assert kind("broken", hint="copy it").sentence == str(kind("broken", hint="copy it")) == "broken; copy it"
    assert str(kind()) == kind.__name__


def test_every_field_that_is_shown_is_one_printable_line() -> None:
    error = core.CatalogError("a\nb\x1b[1m", path=Path("x\u202ey.db"), hint="c\rd\udcff")
    assert (error.reason, error.hint) == (r"a\nb\x1b[1m", r"c\rd\udcff")
    assert str(error) == r"x\u202ey.db: a\nb\x1b[1m; c\rd\udcff"
    assert error.path == Path("x\u202ey.db")


def test_a_foreign_error_becomes_a_reason_and_remains_the_cause() -> None:
    foreign = PermissionError(13, "Permission denied", "secret")
    with (
        pytest.raises(core.FrameUnavailableError) as caught,
        foreign_errors(core.FrameUnavailableError, "no"),
    ):
        raise foreign
    assert fields(caught.value)[1:] == (None, "no (Permission denied)", "", "no (Permission denied)")
    assert caught.value.__cause__ is foreign


def test_the_warning_is_a_warning() -> None:
    assert issubclass(core.CatalogWarning, UserWarning)


def missing(place: Path) -> Path:
    return place / "missing.db"


def missing_folder(place: Path) -> Path:
    return place / "no" / "such" / "beam.db"


def dangling_link(place: Path) -> Path:
    (place / "link.db").symlink_to(place / "gone.db")
    return place / "link.db"


def below_a_file(place: Path) -> Path:
    (place / "file").write_text("x")
    return place / "file" / "beam.db"


def folder(place: Path) -> Path:
    (place / "folder.db").mkdir()
    return place / "folder.db"


def folder_link(place: Path) -> Path:
    (place / "folder").mkdir()
    (place / "link.db").symlink_to(place / "folder")
    return place / "link.db"


def holding(content: bytes) -> Callable[[Path], Path]:
    def make(place: Path) -> Path:
        (place / "odd.db").write_bytes(content)
        return place / "odd.db"

    return make


def fifo(place: Path) -> Path:
    os.mkfifo(place / "fifo.db")
    return place / "fifo.db"


def unix_socket(place: Path) -> Path:
    here = Path.cwd()
    os.chdir(place)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.bind("s.db")
    finally:
        os.chdir(here)
    return place / "s.db"


def made_by(*statements: str) -> Callable[[Path], Path]:
    def make(place: Path) -> Path:
        conn = sqlite3.connect(place / "other.db")
        for statement in statements:
            conn.execute(statement)
        conn.commit()
        conn.close()
        return place / "other.db"

    return make


def changed(*statements: str) -> Callable[[Path], Path]:
    def make(place: Path) -> Path:
        path = small(place / "beam.db")
        conn = sqlite3.connect(path)
        for statement in statements:
            conn.execute(statement)
        conn.commit()
        conn.close()
        return path

    return make


CASES: dict[str, tuple[Callable[[Path], Path], type[Exception]]] = {
    "no file": (missing, core.CatalogNotFoundError),
    "no folder": (missing_folder, core.CatalogNotFoundError),
    "a dangling link": (dangling_link, core.CatalogNotFoundError),
    "a folder": (folder, core.CatalogIsFolderError),
    "a link to a folder": (folder_link, core.CatalogIsFolderError),
    "an empty file": (holding(b""), core.NotACatalogError),
    "a text file": (holding(b"seq_num,time\n" * 1000), core.NotACatalogError),
    "a short text file": (holding(b"hello"), core.NotACatalogError),
    "an HDF5 file": (holding(b"\x89HDF\r\n\x1a\n" + bytes(4000)), core.NotACatalogError),
    "a FIFO": (fifo, core.NotACatalogError),
    "a socket": (unix_socket, core.NotACatalogError),
    "a database of another kind": (made_by("CREATE TABLE songs (title)"), core.NotACatalogError),
    "a database without tables": (made_by("PRAGMA user_version = 2"), core.NotACatalogError),
    "tables of our names with other columns": (
        made_by("CREATE TABLE runs (x)", "CREATE TABLE streams (x)", "CREATE TABLE events (x)"),
        core.NotACatalogError,
    ),
    "no runs table": (changed("DROP TABLE runs"), core.NotACatalogError),
    "runs as a view": (
        changed("ALTER TABLE runs RENAME TO x", "CREATE VIEW runs AS SELECT * FROM x"),
        core.NotACatalogError,
    ),
    "schema version 3": (changed("PRAGMA user_version = 3"), core.SchemaVersionError),
    "schema version 99": (changed("PRAGMA user_version = 99"), core.SchemaVersionError),
}


def opening(path: Path) -> BaseException | None:
    """What opening raises; in a thread of its own, so that an open() that hangs fails and does not stop us."""
    pool = concurrent.futures.ThreadPoolExecutor(1)
    try:
        return pool.submit(lambda: Catalog(path).close()).exception(timeout=PATIENCE_S)
    finally:
        pool.shutdown(wait=False)


@pytest.mark.parametrize(("make", "expected"), CASES.values(), ids=CASES)
def test_what_cannot_be_opened_says_so_and_names_the_file(
    tmp_path: Path, make: Callable[[Path], Path], expected: type[Exception]
) -> None:
    path = make(tmp_path)
    before = tree_state(tmp_path)
    error = opening(path)
    assert type(error) is expected
    assert isinstance(error, core.CatalogError)
    assert error.path == path
    assert error.hint
    assert str(path) not in error.reason + error.hint
    message = str(error)
    assert message == f"{path}: {error.reason}; {error.hint}"
    assert "\n" not in message
    assert len(message) < 1000
    assert tree_state(tmp_path) == before


@pytest.mark.skipif(sys.platform == "win32", reason="a device of Unix")
def test_a_device_is_no_catalog() -> None:
    assert type(opening(Path("/dev/null"))) is core.NotACatalogError


def test_a_file_in_place_of_a_folder_is_an_error_of_ours(tmp_path: Path) -> None:
    error = opening(below_a_file(tmp_path))
    assert isinstance(error, core.CatalogNotFoundError)
    assert "beam.db" in str(error)


def test_a_link_to_itself_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "loop.db").symlink_to(tmp_path / "loop.db")
    error = opening(tmp_path / "loop.db")
    assert isinstance(error, core.CatalogError)
    assert "loop.db" in str(error)


def test_a_name_with_a_newline_keeps_the_message_on_one_line(tmp_path: Path) -> None:
    error = opening(tmp_path / "new\nline.db")
    assert type(error) is core.CatalogNotFoundError
    assert "\n" not in str(error)
    assert "line.db" in str(error)


def test_an_empty_path_is_an_error_of_ours() -> None:
    assert isinstance(opening(Path()), core.CatalogError)  # Path("") is the folder we are in


def test_the_version_is_named_when_it_is_too_new(tmp_path: Path) -> None:
    error = opening(changed("PRAGMA user_version = 7")(tmp_path))
    assert type(error) is core.SchemaVersionError
    assert "7" in str(error).replace(str(tmp_path), "")


def read_all(path: Path) -> None:
    with Catalog(path) as catalog:
        for uid in catalog:
            run = catalog[uid]
            _ = (run.sample, run.table(), run.images())


def big(path: Path, builder: Any) -> Path:
    builder.run(builder.sample("s"), events=nexafs_events(2000, 20.0))
    builder.close()
    return path


@pytest.mark.parametrize("keep", [0.5, 0.9])
def test_a_truncated_file_is_damaged(beamtime: Callable[..., Any], keep: float) -> None:
    b = beamtime()
    path = big(b.path, b)
    os.truncate(path, int(path.stat().st_size * keep) // 4096 * 4096)
    with pytest.raises(core.CatalogDamagedError) as caught:
        read_all(path)
    assert path.name in str(caught.value)


def test_a_file_cut_within_its_first_page_is_an_error_of_ours(small_beamtime: Path) -> None:
    os.truncate(small_beamtime, 200)
    error = opening(small_beamtime)
    assert type(error) in (core.CatalogDamagedError, core.NotACatalogError)
    assert small_beamtime.name in str(error)


def test_pages_of_noise_are_damage_and_no_bare_sqlite_error(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    path = big(b.path, b)
    size = path.stat().st_size
    with path.open("r+b") as file:
        for page in range(4, size // 4096):
            file.seek(page * 4096)
            file.write(bytes(range(256)) * 16)
    with pytest.raises(core.CatalogDamagedError) as caught:
        read_all(path)
    assert path.name in str(caught.value)


# A file one may not read: as somebody who is not root


@pytest.fixture
def public_folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="beam-"))
    place.chmod(0o755)
    yield place
    for path in [place, *place.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(place)


@pytest.fixture
def unprivileged(python: Callable[..., Any]) -> Callable[..., str]:
    """Opens a catalog as a user for whom permissions hold, and says what came of it."""

    def run(path: Path) -> str:
        code = (
            "import os, sys; from pathlib import Path; import pandas\n"
            "from resonance_tui.catalog import Catalog, CatalogError\n"
            f"if os.geteuid() == 0: os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
            "try:\n"
            f"    c = Catalog(Path(sys.argv[1])); print(len(c), len(c['{NEXAFS_UID}'].table()))\n"
            "except CatalogError as e:\n"
            "    print(type(e).__name__, e)\n"
        )
        done = python(code, path, cwd="/")
        assert done.returncode == 0, done.stderr
        return str(done.stdout.strip())

    return run


needs_unix = pytest.mark.skipif(sys.platform == "win32", reason="permissions of Unix")


@needs_unix
def test_a_file_one_may_not_read_says_so(public_folder: Path, unprivileged: Callable[..., str]) -> None:
    path = small(public_folder / "secret.db")
    path.chmod(0)
    said = unprivileged(path)
    assert said.startswith("CatalogPermissionError ")
    assert "secret.db" in said


@needs_unix
def test_a_folder_one_may_not_enter_says_so(public_folder: Path, unprivileged: Callable[..., str]) -> None:
    (public_folder / "locked").mkdir()
    path = small(public_folder / "locked" / "beam.db")
    path.parent.chmod(0)
    said = unprivileged(path)
    assert said.startswith("CatalogPermissionError ")
    assert "beam.db" in said


@needs_unix
def test_a_read_only_file_in_a_read_only_folder_reads(
    public_folder: Path, unprivileged: Callable[..., str]
) -> None:
    path = small(public_folder / "beam.db")
    for each in public_folder.rglob("*"):
        each.chmod(0o555 if stat.S_ISDIR(each.stat().st_mode) else 0o444)
    public_folder.chmod(0o555)
    assert unprivileged(path) == "6 30"


# A closed catalog


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.recent(),
        lambda c: c.by_sample("ps_100kd"),
        lambda c: c.samples(),
        lambda c: c[NEXAFS_UID],
        lambda c: c[-1],
        lambda c: NEXAFS_UID in c,
        lambda c: list(c),
        lambda c: len(c),
    ],
    ids=["recent", "by_sample", "samples", "uid", "recency", "in", "iter", "len"],
)
def test_a_closed_catalog_says_that_it_is_closed(small_beamtime: Path, call: Callable[..., Any]) -> None:
    with Catalog(small_beamtime) as catalog:
        call(catalog)
    with pytest.raises(core.CatalogClosedError) as caught:
        call(catalog)
    assert fields(caught.value)[1:4] == (small_beamtime, "the catalog is closed", "open it again")


@pytest.mark.parametrize("method", ["table", "event_page", "count_events"])
def test_a_run_of_a_closed_catalog_reads_no_more_events(small_beamtime: Path, method: str) -> None:
    catalog = Catalog(small_beamtime)
    run = catalog[NEXAFS_UID]
    catalog.close()
    with pytest.raises(core.CatalogClosedError):
        getattr(run, method)()
    assert run.uid == NEXAFS_UID


def test_closing_twice_is_once(small_beamtime: Path) -> None:
    catalog = Catalog(small_beamtime)
    catalog.close()
    catalog.close()
    with pytest.raises(core.CatalogClosedError):
        catalog.recent()


def test_an_exception_passes_through_the_context_and_closes(small_beamtime: Path) -> None:
    catalog = Catalog(small_beamtime)

    def fail() -> None:
        with catalog as entered:
            assert entered is catalog
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with pytest.raises(core.CatalogClosedError):
        catalog.recent()


# Reasons of what is not ours


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (core.CatalogBusyError("locked", path=Path("a.db"), hint="wait"), "a.db: locked; wait"),
        (MemoryError(), "not enough memory"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("no errno"), "unexpected OSError"),
        (KeyError("secret"), "unexpected KeyError"),
    ],
    ids=["ours", "memory", "system", "no errno", "unforeseen"],
)
def test_a_reason_is_plain_whatever_the_error(error: Exception, words: str) -> None:
    assert plain_reason(error) == words
