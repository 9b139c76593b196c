"""The event table: columns, order, finding, and what is marked in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.beamtime import BeamtimeBuilder, angle_run, long_run
from tests.pilot.driving import SMALL, Drive, driving


@pytest.fixture(scope="module")
def angles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("angles") / "angles.db"
    angle_run(path, 1000)
    return path


def line(drive: Drive, y: int) -> str:
    return drive.events.table.render_line(y).text


def column(drive: Drive, key: str) -> list[str]:
    page = drive.events.page
    assert page is not None
    at = [head.key for head in page.columns].index(key)
    return [cells[at].strip() for cells in page.cells]


async def test_only_whole_columns_are_shown_and_arrows_say_where_there_are_more(tmp_path: Path) -> None:
    long_run(tmp_path / "wide.db", 20, 20)
    async with driving(tmp_path / "wide.db", SMALL) as drive:
        await drive.press("2")
        page = drive.events.page
        assert page is not None
        assert line(drive, 0).rstrip().endswith("›")
        seen = set()
        for _ in page.columns:
            heads = line(drive, 0).replace("‹", " ").replace("›", " ").split()
            cells = line(drive, 3).split()
            assert heads[0] == "#"
            assert len(heads) == len(cells)  # no cell without its heading, none cut
            assert all(cell in {text.strip() for text in page.cells[2]} for cell in cells)
            seen.update(heads)
            await drive.press("l")
        assert "time" in seen
        assert len(seen) == len(page.columns)
        assert "‹" in line(drive, 0)
        assert not line(drive, 0).rstrip().endswith("›")
        await drive.press(*["h"] * len(page.columns))
        assert "‹" not in line(drive, 0)


async def test_a_column_sorts_the_events_and_the_other_way_round_and_back(angles: Path) -> None:
    async with driving(angles) as drive:
        await drive.press("2", "l", "l", "s")
        table = drive.events.table
        assert table.column_key == "tey_signal"
        assert drive.title("events") == "Events  1–200 of 1,000 · by tey_signal ↑"
        values = [float(text) for text in column(drive, "tey_signal")]
        assert values == sorted(values)
        assert column(drive, "seq_num")[:3] == ["1", "201", "401"]  # equal ones as they were taken
        await drive.press("s", "g")
        assert drive.event_under_cursor() == "200"
        assert "↓" in drive.title("events")
        await drive.press("j")
        assert drive.event_under_cursor() == "400"
        assert drive.position == 399
        await drive.press("s")
        assert drive.title("events").endswith("of 1,000")
        assert drive.event_under_cursor() == "400"


async def test_a_sorted_table_pages_around_the_cursor(angles: Path) -> None:
    async with driving(angles) as drive:
        await drive.press("2", "l", "l", "s", "G")
        assert drive.event_under_cursor() == "1000"
        assert drive.title("events").startswith("Events  801–1,000 of 1,000")
        await drive.press(*["k"] * 5)
        assert drive.event_under_cursor() == "999"


@pytest.mark.parametrize(
    ("text", "event"),
    [("energy 305.1", 71), ("305.1", 71), ("tey 0.6", 101), ("en 400", 200), ("# 777", 777)],
)
async def test_the_nearest_value_is_found(angles: Path, text: str, event: int) -> None:
    async with driving(angles) as drive:
        await drive.press("2", "slash", *text, "enter")
        assert drive.event_under_cursor() == str(event)
        assert f"event {event}" in drive.events.foot


async def test_n_goes_to_the_same_value_in_the_next_sweep_and_round(angles: Path) -> None:
    async with driving(angles) as drive:
        await drive.press("2", "slash", *"energy 370", "enter")
        found = [drive.event_under_cursor()]
        for _ in range(5):
            await drive.press("n")
            found.append(drive.event_under_cursor())
        assert found == ["200", "400", "600", "800", "1000", "200"]


async def test_keys_typed_in_one_go_are_the_lines_from_its_opening_on(angles: Path) -> None:
    async with driving(angles) as drive:
        await drive.pilot.press("2", "slash", *"sqz 1", "backspace", "escape", "j")
        await drive.settled()
        assert drive.pilot.app.is_running
        assert drive.event_under_cursor() == "2"


async def test_nan_and_outliers_are_found(tmp_path: Path) -> None:
    values = 1.0 + np.random.default_rng(1).normal(0, 0.01, 60)
    events = [{"energy_position": 270.0 + i, "tey_signal": float(v)} for i, v in enumerate(values)]
    events[40]["tey_signal"] = float("nan")
    events[20]["tey_signal"] = 9.0
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        b.run(None, events=events)
    async with driving(tmp_path / "b.db") as drive:
        await drive.press("2", "l", "slash", *"nan", "enter")
        assert drive.event_under_cursor() == "41"
        await drive.press("slash", "exclamation_mark", "enter")
        assert drive.event_under_cursor() == "21"
        await drive.press("h", "slash", *"nan", "enter")
        assert drive.events.foot == "no nan in energy"
        await drive.press("j")
        assert drive.events.foot.startswith("energy  min 270")


async def test_words_and_names_that_are_not_there_are_said(angles: Path) -> None:
    async with driving(angles) as drive:
        await drive.press("2", "slash", *"nonsense 1", "enter")
        assert drive.events.foot == 'no column is called "nonsense 1", and no event holds it'
        await drive.press("slash", *"whatever", "enter")
        assert drive.events.foot == 'no column is called "whatever", and no event holds it'
        await drive.press("n")
        assert drive.events.foot.startswith("nothing to find yet")


async def test_columns_are_chosen_and_hidden_and_stay_so_for_the_next_run(tmp_path: Path) -> None:
    with BeamtimeBuilder(tmp_path / "two.db") as b:
        for _ in range(2):
            b.run(
                None, events=[{"energy_position": 270.0 + i, "i0": 0.5, "tey_signal": 0.1} for i in range(4)]
            )
    async with driving(tmp_path / "two.db") as drive:
        await drive.press("2", "l", "minus")
        assert "i0" not in line(drive, 0)
        assert "1 column hidden" in drive.title("events")
        await drive.press("1", "j")
        assert "i0" not in line(drive, 0)
        await drive.press("2", "c", *"i0", "space", "backspace", "backspace", *"time", "space", "enter")
        assert "i0" in line(drive, 0)
        assert "time" not in line(drive, 0)
        await drive.press("c", "enter")  # nothing was changed
        assert "tey_signal" in line(drive, 0)


async def test_digits_are_more_or_fewer_in_the_column_under_the_cursor(angles: Path) -> None:
    async with driving(angles) as drive:
        await drive.press("2", "l", "l")
        assert column(drive, "tey_signal")[1] == "0.105"
        await drive.press("less_than_sign", "less_than_sign", "less_than_sign")
        assert column(drive, "tey_signal")[1] in ("0.10", "0.11")
        assert column(drive, "energy_position")[1] == "270.503"
        await drive.press(*["greater_than_sign"] * 3)
        assert column(drive, "tey_signal")[1] == "0.105"


async def test_the_foot_says_what_the_column_holds_and_can_be_put_away(tmp_path: Path) -> None:
    events = [
        {"energy_position": 270.0 + i, "tey_signal": float("nan") if i == 3 else float(i)} for i in range(5)
    ]
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        b.run(None, events=events)
    async with driving(tmp_path / "b.db") as drive:
        await drive.press("2", "l")
        assert drive.events.foot == "tey_signal  min 0  max 4  mean 1.75  σ 1.48  NaN 1"
        assert not drive.events.query_one("#events-foot").has_class("-away")
        await drive.press("t")
        assert drive.events.query_one("#events-foot").has_class("-away")


async def test_outliers_and_missing_values_are_marked(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    values = 1.0 + rng.normal(0, 0.01, 60)
    values[7] = 9.0
    events = [{"energy_position": 270.0 + i, "tey_signal": float(v)} for i, v in enumerate(values)]
    events[3]["tey_signal"] = float("nan")
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        b.run(None, events=events)
    async with driving(tmp_path / "b.db") as drive:
        await drive.press("2", "l", "z")
        assert "9.0000000!" in line(drive, 8) or "9.00000!" in line(drive, 8)
        assert [y for y in range(1, 30) if "!" in line(drive, y)] == [8]
        table = drive.events.table
        nan = table.get_component_rich_style("event-table--nan")
        assert any("NaN" in part.text and part.style == nan for part in table.render_line(4))
        assert "outliers (!) 1" in drive.events.foot


async def test_the_plots_own_columns_stand_beside_the_measured_ones(angles: Path) -> None:
    async with driving(angles) as drive:
        await drive.press("2", "i")
        assert "tey_signal ÷ i0" in line(drive, 0)
        assert column(drive, "tey_signal ÷ i0")[0] == "0.20"
        await drive.press("3", "i", "2")
        assert "−ln(tey_signal ÷ i0)" in line(drive, 0)
        await drive.press("i")
        assert "÷" not in line(drive, 0)


async def test_words_among_the_columns_are_sorted_and_found(tmp_path: Path) -> None:
    words = ["pear", "apple", None, "fig"]
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        b.run(None, events=[{"energy_position": 270.0 + i, "note": word} for i, word in enumerate(words)])
    async with driving(tmp_path / "b.db") as drive:
        await drive.press("2", "slash", *"fig", "enter")
        assert drive.event_under_cursor() == "4"
        await drive.press("l", "s")
        assert column(drive, "note") == ["apple", "fig", "pear", "·"]
