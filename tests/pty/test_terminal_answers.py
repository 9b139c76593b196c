"""What a terminal answers, asked for or not, opens nothing and moves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pty.terminal import Terminal, resonance_tui

ANSWERS = (
    "\x1b[?62;4;22c", "\x1b[>41;354;0c", "\x1bP>|xterm(380)\x1b\\", "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
    "\x1b_Gi=31;OK\x1b\\", "\x1b[?997;1n", "\x1b[8;40;120t",
)  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
def test_an_answer_opens_nothing_in_the_frame_pane(small_beamtime: Path, answer: str) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        terminal.until("Runs  6 runs")
        terminal.press("j", "j", "j", "4")
        terminal.until("━Frame  1 of 6")
        for at in (len(answer), 3, len(answer) // 2, len(answer) - 1):
            terminal.type_in_packets(answer[:at].encode(), answer[at:].encode() + b"]")
        terminal.until("━Frame  5 of 6")
        assert "go to frame" not in terminal.text()
        terminal.press("?")
        terminal.until("Keys in Frame")
        terminal.press("escape")
        terminal.until_gone("Keys in Frame")
        assert terminal.quit() == 0


def test_bytes_that_are_no_text_do_not_end_the_reading_of_keys(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        terminal.until("Runs  6 runs")
        terminal.type_in_packets(b"\xff\xfe\x80")
        terminal.press("?")
        terminal.until("Keys in Runs")
        terminal.press("escape")
        terminal.until_gone("Keys in Runs")
        assert terminal.quit() == 0
