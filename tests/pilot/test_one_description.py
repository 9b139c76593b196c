"""List, card, the plot's title and `resonance-tui show` tell one thing of a run: its label and its state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resonance_tui.catalog import Catalog
from resonance_tui.cli.show import show
from resonance_tui.text.states import BY_WORD
from tests.pilot.driving import Drive, driving


def in_card(drive: Drive) -> str:
    """The state that the card shows: that of a run without an end, else how it ended."""
    parts = (line.partition("  ") for line in drive.details_text().splitlines())
    lines = {name.strip(): text.strip() for name, _, text in parts}
    return lines.get("state", lines["exit status"]).partition(":")[0].partition(" (")[0]


def shown(path: Path, uid: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """Label and state, as ``show --json`` has them; the first line of ``show`` says the same label."""
    assert show([str(path), uid, "--json"], print) == 0
    told = json.loads(capsys.readouterr().out)
    assert show([str(path), uid], print) == 0
    label = told["scan"]["label"] if told["scan"] else told["plan"]
    assert capsys.readouterr().out.startswith(label)
    return label, told["exit_status"] or told["state"]


async def every_run_agrees(path: Path, capsys: pytest.CaptureFixture[str]) -> int:
    """Go over all runs of a beamtime; how many there are."""
    with Catalog(path) as catalog:
        uids = [run.uid for run in catalog.recent(100)]
    told = {uid: shown(path, uid, capsys) for uid in uids}  # before the app takes the output
    async with driving(path) as drive:
        assert [row.uid for row in drive.all_runs] == uids
        assert {uid: drive.listed_label(uid) for uid in uids} == {
            uid: label for uid, (label, _) in told.items()
        }
        for place, uid in enumerate(uids):
            if place:
                await drive.press("j")
            assert drive.uid == uid
            row = drive.row_of(uid)
            label, state = told[uid]
            assert row is not None
            assert drive.listed_label(uid) == label
            assert row.status == state
            assert in_card(drive) == ("none" if state == "closed" else state)
            assert row.state is BY_WORD.get(state, row.state)
            plot = drive.plot.plot
            if plot is not None:
                assert plot.scanned == label
    return len(uids)


async def test_list_card_title_and_show_agree_on_every_run_of_a_small_beamtime(
    small_beamtime: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await every_run_agrees(small_beamtime, capsys) == 6


async def test_list_card_title_and_show_agree_on_every_run_of_the_real_beamtime(
    real_beamtime: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await every_run_agrees(real_beamtime, capsys) >= 9
