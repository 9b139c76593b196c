"""Text from data shows literally, wherever it stands: it is no markup, and it moves nothing on the terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pty")
pytest.importorskip("pyte")

from tests.beamtime import BeamtimeBuilder, chunk_file, small_frames
from tests.pty.terminal import NARROW, WIDE, Terminal, resonance_tui

CLIPBOARD = "\x1b]52;c;aGVsbG8=\x1b\\"
CONTROLS = {
    "clipboard": CLIPBOARD,
    "clipboard, 8 bits": "\x9d52;c;aGVsbG8=\x9c",
    "window title": "\x1b]0;pwned\x07",
    "erase": "\x1b[2J",
    "erase, 8 bits": "\x9b2J",
    "other screen": "\x1b[?1049lX",
    "reset": "\x1bcX",
    "query": "\x1b[5n",
    "device": "\x1bP$q q\x1b\\",
    "lines": "one\ntwo\r\nthree\x0bfour\x0cfive",
    "tab": "a\tb",
    "null": "a\x00b\x08c\x7fd",
    "next line": "a\x85b\u2028c\u2029d",
    "right to left": "abc\u202edef\u2066ghi",
    "zero width": "a\u200bb\u200dc\ufeffd",
    "marks": "e" + "\u0301" * 300,
}
MARKUP = [
    "[/]", "[red]x", "[red]x[/red]", "[@click=app.quit]x[/]", "[$error]x[/]", "[link=https://x.y]x[/link]",
    "[a=b]", "[/red]", "[", "]", "\\[", ":smile:", "{0}", "%s", "[link=https://…]",
]  # fmt: skip
LONG = "0123456789" * 500

# What the app itself may send: colours, moves, and the modes of a full-screen program.
_SEQUENCES = re.compile(
    rb"\x1b\[[0-9;]*[mHC]"
    rb"|\x1b\[6n"  # where is the cursor: asked behind each picture
    rb"|\x1b\[\?(?:7|25|1004|2004|2026|2048)[hl]"
    rb"|\A\x1b\[\?1049h|\x1b\[\?1049l(?=\x1b\[\?25h\x1b\[\?1004l\Z)"
    rb"|\x1b\[\?(?:2026|2048)\$p"
    rb"|\x1b\]22;[a-z]*\x07"  # the shape of the mouse pointer
    rb"|\x1b\[(?:>[0-9]+|<|=[0-9;]+)u"
)
_CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def foreign(raw: bytes) -> list[str]:
    """What in the output is neither text nor a sequence that the app itself sends."""
    text = _SEQUENCES.sub(b"", raw).decode("utf-8", "replace")
    return [repr(text[max(0, match.start() - 20) : match.end() + 20]) for match in _CONTROL.finditer(text)]


def hostile(text: str, n: int = 4) -> dict[str, Any]:
    """What a run takes, with one text in every place that takes one."""
    return {
        "plan": text,
        "operator": text,
        "metadata": {text: text, "note": text, "list": [text, {text: text}], "operator": text},
        "data_keys": {
            "energy_position": {"dtype": text, "units": text, "source": text, "shape": [text]},
            text: {"dtype": "string", "units": text},
            f"{text}_position": {"dtype": "number", "units": "mm"},
        },
        "events": [
            {"energy_position": 270.0 + i, text: text, "value": text, f"{text}_position": 0.5 * i, "y": 1.0 * i * i}
            for i in range(n)
        ],
    }  # fmt: skip


def make_beamtime(
    beamtime: Callable[..., BeamtimeBuilder], texts: list[str], name: str = "beamtime.db"
) -> Path:
    """One run per text, the first the newest; the last two of its events are not readable."""
    with beamtime(name) as b:
        for i, text in enumerate(reversed(texts)):
            sample = b.sample(
                text, formula=text, serial=text, tags=[text], beamline_pos=text, extra={text: text}
            )
            status = "success" if i % 2 else text
            run = hostile(text)
            run["events"] += [f'{{"broken": "{text}', json.dumps([text])]
            uid = b.run(sample, status=status, **run)
            b.stream(uid, text, [{text: text}], {text: {"dtype": text, "units": text}})
    return b.path


def walk(terminal: Terminal, runs: int) -> None:
    """Go over all runs, and in the newest and the oldest through all panes."""
    terminal.until_matches(rf"Runs  {runs} runs?[ ━]")
    for jump in ("g", "G"):
        terminal.press("1", jump)
        terminal.until("unreadable here")
        for pane in ("2", "3", "4", "5"):
            terminal.press(pane, "z", "j", "l", "l", "G", "pagedown", "h", "g", "z")
        terminal.press("5", "z")
        terminal.until_gone("Runs  ")
        terminal.until_matches(r"(?m)^.? *Sample\b")  # all of the details are there
        terminal.press("G")
        terminal.until_matches(
            r"(?m)^.? *Stream [^p]"
        )  # the last of the card: the stream with the text for a name
        terminal.press("z", "2")
        terminal.press("r")
    terminal.type("1g")
    for _ in range(runs):
        terminal.until("unreadable here")
        terminal.press("j")
    terminal.press("?")
    terminal.until("Keys in Runs")
    terminal.press("escape")
    terminal.until_gone("Keys in Runs")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
def test_control_characters_never_reach_the_terminal(
    beamtime: Callable[..., BeamtimeBuilder], size: tuple[int, int]
) -> None:
    texts = list(CONTROLS.values())
    path = make_beamtime(beamtime, texts)
    with Terminal(resonance_tui(path), size) as terminal:
        walk(terminal, len(texts))
        assert terminal.quit() == 0
        raw = bytes(terminal.raw)
    assert_nothing_got_through(raw)
    assert b"aGVsbG8=" in raw, "the text itself was never shown, so nothing was tested"


def assert_nothing_got_through(raw: bytes) -> None:
    for name, text in CONTROLS.items():
        assert text.encode() not in raw, name
    assert b"\x1b]52" not in raw
    assert b"\x1b]0" not in raw
    assert b"\x07" not in re.sub(rb"\x1b\]22;[a-z]*\x07", b"", raw)
    assert foreign(raw) == []


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS.keys())
def test_the_oracle_finds_each_of_them(text: str) -> None:
    if text != CONTROLS["marks"]:
        assert foreign(b"\x1b[1mbefore" + text.encode() + b"after\x1b[0m")


def test_markup_shows_literally_in_every_pane(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    path = make_beamtime(beamtime, MARKUP)
    with Terminal(resonance_tui(path)) as terminal:
        terminal.until_matches(rf"Runs  {len(MARKUP)} runs━")
        for i, text in enumerate(MARKUP):
            if i:
                terminal.press("j")
            shown = re.escape(text)
            terminal.until_under_cursor("Runs", f" {text[:12]}")  # the sample
            cut = re.escape(text[:22])
            terminal.until_matches(rf"(?m) {shown}$")  # in the card
            terminal.until_matches(rf"(?m)^ +# .*{cut}")  # the heading of a column
            terminal.until_matches(rf"(?m)^ +1 .*{cut}")  # a cell of it
            terminal.until_matches(r"Plot  y over energy \(")
            terminal.until_matches(rf"(?m)^ energy \+ {re.escape(text[:19])}")  # what was scanned
        assert terminal.quit() == 0


def test_frames_and_errors_show_literally(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    fields = [f"[red]{CLIPBOARD[:-1]}", "[@click=app.quit]x", "a\nb\x9b2J"]
    with beamtime("[red]\x1b[2J[@click=app.quit]x.db") as b:
        for field in fields:
            uid = b.run(b.sample("s"), frames={field: small_frames(3)}, metadata={"broken": "x"})
            chunk_file(b.zarr_path, f"runs/{uid}/{field}", 1).write_bytes(b"\x1b[2J\x1b]52;c;aGVsbG8=\x07")
        outside = b.run(b.sample("s"), events=[{"energy_position": 270.0, "y": 1.0}])
        (event,) = b.raw(
            "SELECT e.uid FROM events e JOIN streams s ON s.uid = e.stream_uid WHERE s.run_uid = ?",
            (outside,),
        )[0]
        for i, group in enumerate(("../[/]" + CLIPBOARD, f"runs/{CLIPBOARD}[red]")):
            b.image_ref(event, f"image_{i}", group, 0, (32, 48))
            b.raw("SELECT 1")
    with Terminal(resonance_tui(b.path)) as terminal:
        terminal.until("Runs  4 runs")
        terminal.until("[red]␛[2J[@click=app.quit]x.db")
        for i in range(4):
            terminal.until_matches(r"Frame  [1n]" if i else r"Frame")
            terminal.press("]")
            if i:
                terminal.until("Frame  2 of 3")
            terminal.press("5", "G", "1", "j")
        assert terminal.quit() == 0
        raw = bytes(terminal.raw)
    assert_nothing_got_through(raw)


def test_a_chooser_shows_names_literally(beamtime: Callable[..., BeamtimeBuilder], tmp_path: Path) -> None:
    folder = tmp_path / "[a]\x1b[2J[red]"
    for name in ("[@click=app.quit]x.db", "\x1b]52;c;aGVsbG8=.db"):
        with beamtime(name, folder=folder) as b:
            b.run(b.sample("s"), events=[{"y": 1.0}])
    with Terminal(resonance_tui(folder.name), cwd=tmp_path) as terminal:
        terminal.until("Which beamtime?")
        terminal.until("[@click=app.quit]x.db")
        terminal.until("␛]52;c;aGVsbG8=.db")
        terminal.until("[a]␛[2J[red]")
        terminal.press("enter")
        terminal.until("␛]52;c;aGVsbG8=.db")
        terminal.until("Runs  1 run")
        assert terminal.quit() == 0
        raw = bytes(terminal.raw)
    assert_nothing_got_through(raw)


def test_very_long_texts_are_cut_and_cost_nothing_else(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    path = make_beamtime(beamtime, [LONG, "[red]" * 1000, "\x1b[2J" * 1250, "ok"])
    with Terminal(resonance_tui(path)) as terminal:
        walk(terminal, 4)
        terminal.press("1", "g")
        terminal.until("0123456789")
        assert terminal.quit() == 0
        raw = bytes(terminal.raw)
    assert_nothing_got_through(raw)
