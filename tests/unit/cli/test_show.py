"""``resonance-tui show``: every value against an independent script, and all that can be in its way."""

from __future__ import annotations

import json
import math
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.simulator.demo import write_demo
from tests.beamtime import (
    NEXAFS_UID,
    OPEN_UID,
    RSOXS_UID,
    SMALL_UIDS,
    BeamtimeBuilder,
    nexafs_events,
    small_frames,
    tree_state,
)
from tests.conftest import python_env, unmeasured_env
from tests.independent import every_run
from tests.waiting import PATIENCE_S

Done = subprocess.CompletedProcess[str]
PROGRAM = (sys.executable, "-m", "resonance_tui", "show")


def show(*words: object, env: dict[str, str] | None = None) -> Done:
    """What the command line says, in a process of its own."""
    return subprocess.run(
        [*PROGRAM, *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        env=python_env() | (env or {}),
        check=False,
    )


def no_constant(word: str) -> Any:
    raise AssertionError(f"{word} is no JSON")


def document(*words: object) -> dict[str, Any]:
    """The one document that ``--json`` prints, as strict JSON."""
    done = show(*words, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert done.stdout.count("\n") == 1
    assert done.stdout.endswith("}\n")
    found: dict[str, Any] = json.loads(done.stdout, parse_constant=no_constant)
    return found


def assert_one_line_why(done: Done, *words: str) -> None:
    """It ended with 1, nothing on standard output, and one line that says all of these."""
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("resonance-tui: ")
    for word in words:
        assert word in done.stderr


# every value, by an independent script


def differences(expected: Any, told: Any, where: str = "") -> Iterator[str]:
    """Where two documents differ, floats by more than the last digits."""
    if isinstance(expected, dict) and isinstance(told, dict):
        for key in sorted({*expected, *told}):
            if key in expected and key in told:
                yield from differences(expected[key], told[key], f"{where}.{key}")
            else:
                yield f"{where}.{key} is told by one only"
    elif isinstance(expected, list) and isinstance(told, list) and len(expected) == len(told):
        for place, (one, other) in enumerate(zip(expected, told, strict=True)):
            yield from differences(one, other, f"{where}[{place}]")
    elif isinstance(expected, float) and type(told) is float:
        if not math.isclose(expected, told, rel_tol=1e-9, abs_tol=1e-12):
            yield f"{where}: {expected!r}, told {told!r}"
    elif type(expected) is not type(told) or expected != told:
        yield f"{where}: {expected!r}, told {told!r}"


def assert_told_as_it_is(database: Path, n_runs: int) -> None:
    runs = every_run(database)
    assert len(runs) == n_runs
    found = []
    for uid, expected in runs.items():
        told = document(database, uid)
        head = {key: told.pop(key) for key in ("schema", "program", "beamtime")}
        assert head["schema"] == "resonance-tui/run/1"
        assert head["beamtime"] == str(database)
        assert head["program"]
        found += [f"{uid[:8]}{difference}" for difference in differences(expected, told)]
    assert found == []


def test_every_value_of_every_real_run_is_what_an_independent_script_finds(real_beamtime: Path) -> None:
    assert_told_as_it_is(real_beamtime, 10)


def test_every_value_of_every_run_of_the_demo_is_what_an_independent_script_finds(tmp_path: Path) -> None:
    assert_told_as_it_is(write_demo(tmp_path / "demo", frame_size=64), 16)


def test_the_independent_comparison_sees_a_difference_of_any_kind() -> None:
    same = {"a": [1, 2.0, None], "b": "x"}
    assert list(differences(same, {"a": [1, 2.0 + 1e-12, None], "b": "x"})) == []
    for other in (
        {"a": [1, 2.1, None], "b": "x"}, {"a": [1, 2.0], "b": "x"}, {"a": [1.0, 2.0, None], "b": "x"},
        {"a": [1, 2.0, None]}, {"a": [1, 2.0, None], "b": "x", "c": None}, {"a": [1, 2.0, 0.0], "b": "x"},
    ):  # fmt: skip
        assert len(list(differences(same, other))) == 1


# which run


@pytest.mark.parametrize(
    ("run", "uid"),
    [
        (NEXAFS_UID, NEXAFS_UID),
        ("c3c3", RSOXS_UID),
        ("-1", SMALL_UIDS[0]),
        ("-2", SMALL_UIDS[1]),
        ("-6", SMALL_UIDS[5]),
    ],
)
def test_a_run_is_named_by_its_uid_a_beginning_of_it_or_its_place(
    small_beamtime: Path, run: str, uid: str
) -> None:
    assert document(small_beamtime, run)["uid"] == uid


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("a1a1", ["several runs begin with 'a1a1'", "give more of the uid"]),
        ("c3", ["too short", "at least 4 characters"]),
        ("0000", ["no run '0000'"]),
        ("", ["no run ''"]),
        ("-7", ["no run -7: there are 6"]),
        ("-0", ["the newest, which is -1"]),
        ("-" + "9" * 5000, ["no run '-9999"]),
        ("a1' OR 1=1", ["no run"]),
    ],
)
def test_a_run_that_cannot_be_found_is_said_in_one_line(
    small_beamtime: Path, run: str, words: list[str]
) -> None:
    assert_one_line_why(show(small_beamtime, run), "beamtime.db", *words)


def test_a_stream_is_named_and_one_that_is_not_there_is_said_with_those_that_are(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime() as b:
        uid = b.run(events=nexafs_events(8, 20.0))
        b.stream(uid, "dark", [{"i0": 1.0}, {"i0": 2.0}])
    assert document(b.path, uid)["events"] == 8
    dark = document(b.path, uid, "--stream", "dark")
    assert (dark["stream"], dark["events"], dark["scan"]["kind"]) == ("dark", 2, "count")
    assert [stream["name"] for stream in dark["streams"]] == ["primary", "dark"]
    assert dark["curves"][0]["spec"]["stream"] == "dark"
    assert_one_line_why(show(b.path, uid, "--stream", "nope"), "no stream 'nope'", "primary, dark")


# what is no beamtime


def test_a_folder_with_one_beamtime_stands_for_it(small_beamtime: Path) -> None:
    assert document(small_beamtime.parent, "-1")["beamtime"] == str(small_beamtime)


def test_a_folder_with_none_or_several_is_said_in_one_line(small_beamtime: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert_one_line_why(show(empty, "-1"), str(empty), "no beamtime")
    with (
        sqlite3.connect(small_beamtime) as source,
        closing(sqlite3.connect(small_beamtime.with_name("b.db"))) as to,
    ):
        source.backup(to)
    assert_one_line_why(show(small_beamtime.parent, "-1"), "2 beamtimes")


def test_a_file_that_is_not_there_or_no_beamtime_is_said_in_one_line(tmp_path: Path) -> None:
    assert_one_line_why(show(tmp_path / "nothing.db", "-1"), "no such file")
    assert not (tmp_path / "nothing.db").exists()
    text, empty, other = tmp_path / "text.db", tmp_path / "empty.db", tmp_path / "other.db"
    text.write_text("no database, but longer than a header of one\n" * 20)
    empty.touch()
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE something (a)")
    assert_one_line_why(show(text, "-1"), "text.db", "not a SQLite file")
    assert_one_line_why(show(empty, "-1"), "empty.db", "an empty file")
    assert_one_line_why(show(other, "-1"), "other.db")


def test_a_beamtime_without_a_run_has_no_newest(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    with beamtime() as b:
        pass
    assert_one_line_why(show(b.path, "-1"), "no run -1: there are 0")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_entered_is_said_in_one_line(small_beamtime: Path) -> None:
    small_beamtime.parent.chmod(0)
    try:
        assert_one_line_why(show(small_beamtime, "-1"), "ermission denied")
    finally:
        small_beamtime.parent.chmod(0o755)


def test_a_locked_database_is_said_in_one_line_after_a_while(small_beamtime: Path) -> None:
    with closing(sqlite3.connect(small_beamtime, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert_one_line_why(show(small_beamtime, "-1"), "beamtime.db", "locked")
        writer.execute("ROLLBACK")
        assert document(small_beamtime, "-1")["uid"] == OPEN_UID


def test_a_fault_of_ours_is_one_line_too(small_beamtime: Path, python: Callable[..., Done]) -> None:
    code = (
        "import sys; from resonance_tui.text import json_shapes; from resonance_tui.cli.main import main\n"
        "json_shapes.run_json = None\n"
        "main(['show', sys.argv[1], '-1', '--json'])"
    )
    assert_one_line_why(python(code, small_beamtime), "this run cannot be described", "TypeError")


# wrong usage


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("x.db",),
        ("x.db", "-1", "more"),
        ("x.db", "-1", "--bogus"),
        ("x.db", "-1", "--stream"),
        ("x.db", "-²"),
    ],
)
def test_wrong_usage_ends_with_two(words: tuple[str, ...]) -> None:
    done = show(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: resonance-tui show")
    assert "Traceback" not in done.stderr


# as text


def test_text_tells_what_was_scanned_details_frames_and_curves(small_beamtime: Path) -> None:
    done = show(small_beamtime, RSOXS_UID)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "energy 270→275 (6) rsoxs · P3HT:PCBM 1:1"
    assert lines[1:3] == ["", "Sample"]
    assert f"  uid             {RSOXS_UID}" in lines
    assert "  exit status     success" in lines
    assert "  events          6" in lines
    assert "  detector_image  6 frames, 32×48, int32, stream primary" in lines
    assert "Curve energy over event" in lines
    assert not any(line != line.rstrip() for line in lines)


def test_text_tells_the_numbers_of_a_divided_curve_with_units_and_hidden_points(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    events = [
        {"energy_position": 280.0 + i, "tey_signal": math.exp(-((i - 20) ** 2) / 18), "i0": 0.0001 if i < 2 else 1.0}
        for i in range(41)
    ]  # fmt: skip
    with beamtime() as b:
        b.run(events=events)
    lines = show(b.path, "-1").stdout.splitlines()
    at = lines.index("Curve tey_signal ÷ i0 over energy (eV)")
    assert lines[at + 1] == "  points          39 points; 2 points hidden (|i0| < 0.07)"
    assert lines[at + 2].startswith("  read-outs       max 1  at 300 eV")
    assert "FWHM 7.09 eV" in lines[at + 2]


def test_a_run_in_text_tells_where_frames_of_an_open_run_are(small_beamtime: Path) -> None:
    assert (
        "  detector_image  3 frames, 32×48, int32, on disk, not in the catalog"
        in show(small_beamtime, OPEN_UID).stdout.splitlines()
    )


# names of any kind

HOSTILE = "\x1b[31m[red]\u202e\x9b\x07\n\u200bÅ"


@pytest.fixture
def hostile_beamtime(beamtime: Callable[..., BeamtimeBuilder]) -> Path:
    """A run of which everything that has a name has a hostile one."""
    surrogate = "lone \ud800 surrogate"
    events = [{f"{HOSTILE}_position": float(i), f"y{HOSTILE}": i * 0.5, "word": HOSTILE} for i in range(8)]
    with beamtime() as b:
        sample = b.sample(
            f"s{HOSTILE}", formula=HOSTILE, tags=[HOSTILE], extra={HOSTILE: HOSTILE, surrogate: surrogate}
        )
        uid = b.run(
            sample,
            f"p{HOSTILE}",
            events=events,
            metadata={HOSTILE: {HOSTILE: [HOSTILE]}, "operator": surrogate},
        )
        b.stream(uid, f"z{HOSTILE}", ["{broken"])
    return b.path


def test_hostile_names_move_nothing_on_the_terminal(hostile_beamtime: Path) -> None:
    done = show(hostile_beamtime, "-1")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(line.isprintable() or "\ufffd" in line for line in done.stdout.splitlines())
    assert not set(done.stdout) & {"\x1b", "\u202e", "\x9b", "\x07", "\u200b"}
    assert "␛[31m[red]" in done.stdout


def test_hostile_names_are_raw_in_json_and_escaped(hostile_beamtime: Path) -> None:
    told = document(hostile_beamtime, "-1")
    assert told["sample"] == f"s{HOSTILE}"
    assert told["plan"] == f"p{HOSTILE}"
    assert told["metadata"][HOSTILE] == {HOSTILE: [HOSTILE]}
    assert (
        told["operator"]
        == told["sample_details"]["extra"]["lone \ud800 surrogate"]
        == "lone \ud800 surrogate"
    )
    assert told["streams"][0]["fields"][0]["name"] == f"{HOSTILE}_position"
    assert told["curves"][0]["y"] == f"y{HOSTILE}"


def test_a_hostile_file_name_is_shown_literally(tmp_path: Path) -> None:
    assert_one_line_why(show(tmp_path / f"{HOSTILE}.db", "-1"), "no such file")
    assert "\x1b" not in show(tmp_path / f"{HOSTILE}.db", "-1").stderr


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=["C", "ascii", "latin-1"],
)
def test_a_terminal_that_cannot_show_a_character_gets_its_number(
    small_beamtime: Path, env: dict[str, str]
) -> None:
    done = subprocess.run(
        [*PROGRAM, str(small_beamtime), NEXAFS_UID], capture_output=True, env=python_env() | env, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(rb"energy 270\u2192284.5 (30) nexafs")


# where the output goes


@pytest.fixture
def long_metadata(beamtime: Callable[..., BeamtimeBuilder]) -> Path:
    """A run of which more is told than fits into a pipe."""
    with beamtime() as b:
        b.run(events=nexafs_events(5, 20.0), metadata={f"key {i}": "long " * 70 for i in range(2000)})
    return b.path


@pytest.mark.parametrize("env", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["buffered", "unbuffered"])
def test_a_reader_that_has_enough_ends_it_quietly(long_metadata: Path, env: dict[str, str]) -> None:
    environment = {name: value for name, value in python_env().items() if name != "PYTHONUNBUFFERED"} | env
    with subprocess.Popen(
        [*PROGRAM, str(long_metadata), "-1", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.read(9) == b'{"schema"'
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(PATIENCE_S) == 141


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_pipe_that_nobody_reads_ends_it_quietly(small_beamtime: Path, words: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*PROGRAM, str(small_beamtime), "-1", *words],
        stdout=write, stderr=subprocess.PIPE, timeout=PATIENCE_S, env=python_env(), check=False,
    )  # fmt: skip
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_said_in_one_line(small_beamtime: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*PROGRAM, str(small_beamtime), "-1"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S, env=python_env(), check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        1, "resonance-tui: standard output: No space left on device\n"
    )  # fmt: skip


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_a_standard_output_that_is_closed_is_said_in_one_line(small_beamtime: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", '"$@" >&-', "bash", *PROGRAM, str(small_beamtime), "-1"],
        capture_output=True, text=True, timeout=PATIENCE_S, env=python_env(), check=False,
    )  # fmt: skip
    assert_one_line_why(done, "standard output is closed")


# what cannot be read, and what is no number


def test_what_is_no_number_is_null(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    events = [
        '{"energy_position": 280.0, "tey_signal": NaN, "i0": 1.0}',
        '{"energy_position": 281.0, "tey_signal": 1.0, "i0": Infinity}',
        '{"energy_position": 282.0, "tey_signal": -Infinity, "i0": 1.0}',
        *(
            '{"energy_position": 283.0, "tey_signal": 2.0, "i0": 1.0}'.replace("283", str(i))
            for i in range(283, 290)
        ),
    ]
    with beamtime() as b:
        b.run(
            b.sample("s", extra='{"thickness": NaN}'),
            events=events,
            metadata='{"a": NaN, "b": [Infinity, {"c": -Infinity}], "d": 1e400, "e": 1.5}',
        )
    told = document(b.path, "-1")
    assert told["metadata"] == {"a": None, "b": [None, {"c": None}], "d": None, "e": 1.5}
    assert told["sample_details"]["extra"] == {"thickness": None}
    curve = told["curves"][0]
    hidden = {one["code"]: one["count"] for one in curve["hidden"]}
    assert hidden == {"no_value": 1, "too_large": 1, "no_monitor": 1}
    assert curve["points"] == 7


def test_numbers_that_overflow_are_no_reason_to_warn(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    events = [{"energy_position": 1.7e308 * (-1) ** i, "tey_signal": 1e-320, "i0": 1e308} for i in range(5)]
    with beamtime() as b:
        b.run(events=events)
    assert document(b.path, "-1")["events"] == 5


def test_what_cannot_be_read_is_among_the_problems_and_the_rest_is_told(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    events = nexafs_events(6, 20.0)
    events[2] = "{broken"
    events[4] = "[1, 2]"
    with beamtime() as b:
        sample = b.sample("s", tags='{"no": "list"}', extra="nothing")
        uid = b.run(sample, events=events, metadata="[1, 2]", frames={"detector_image": small_frames(2)})
        shutil.rmtree(b.zarr_path)
    told = document(b.path, uid)
    problems = {(one["where"], one["code"]): one["text"] for one in told["problems"]}
    assert {key for one in told["problems"] for key in one} == {"where", "code", "text"}
    assert set(problems) == {
        ("event 3", "broken_json"), ("event 5", "no_object"), ("metadata", "wrong_type"),
        ("sample tags", "wrong_type"), ("sample extra", "broken_json"), ("frames", "missing_frames"),
    }  # fmt: skip
    assert "beamtime.zarr" in problems["frames", "missing_frames"]
    assert (told["metadata"], told["sample_details"]["tags"], told["sample_details"]["extra"]) == ({}, [], {})
    assert told["events"] == 6
    assert told["frames"] == 2
    assert told["curves"][0]["points"] == 4
    text = show(b.path, uid).stdout
    assert "Problems" in text
    assert "event 3" in text


def test_fields_that_only_events_have_are_among_the_fields(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    with beamtime() as b:
        closed = b.run(events=nexafs_events(4, 20.0), data_keys={})
        still_open = b.run(events=nexafs_events(4, 20.0), data_keys={}, stop=None)
    for uid in (closed, still_open):
        fields = {field["name"]: field for field in document(b.path, uid)["streams"][0]["fields"]}
        assert list(fields) == ["energy_position", "sam_th_position", "i0", "tey_signal", "exposure"]
        energy = fields["energy_position"]
        assert (energy["role"], energy["unit"], energy["dtype"]) == ("motor", "eV", "float64")


def test_a_run_without_events_has_no_scan_and_no_curves(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    with beamtime() as b:
        b.run(events=[])
        bare = b.run(stream=None)
    for uid in ("-2", bare):
        told = document(b.path, uid)
        assert (told["scan"], told["curves"], told["events"]) == (None, [], 0)
        assert show(b.path, uid).returncode == 0


# no trace


def test_nothing_near_the_data_is_changed(small_beamtime: Path) -> None:
    before = tree_state(small_beamtime.parent)
    for uid in (RSOXS_UID, OPEN_UID):
        document(small_beamtime, uid)
        assert show(small_beamtime, uid).returncode == 0
    assert show(small_beamtime, "none").returncode == 1
    assert tree_state(small_beamtime.parent) == before


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_neither_textual_nor_rich_is_loaded(
    small_beamtime: Path, python: Callable[..., Done], words: tuple[str, ...]
) -> None:
    code = (
        "import sys; from resonance_tui.cli.main import main\n"
        "try: main(['show', *sys.argv[1:]])\n"
        "except SystemExit as end: assert not end.code\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = python(code, small_beamtime, RSOXS_UID, *words, env=unmeasured_env())
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.split())
    assert "resonance_tui" in loaded
    assert loaded & {"textual", "rich", "textual_plotext", "plotext"} == set()
