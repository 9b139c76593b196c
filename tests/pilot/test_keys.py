"""Footer, help and command palette come from the bindings, so they have to be complete."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.widget import Widget

from resonance_tui.app.app import ResonanceApp
from resonance_tui.app.browse import BrowseScreen
from resonance_tui.app.chooser import ChooserScreen
from resonance_tui.app.commands import KeyCommands
from resonance_tui.app.footer import FooterLine
from resonance_tui.app.help import HelpScreen, key_lines
from resonance_tui.terminal.text_width import width_of
from tests.pilot.driving import driving


def test_every_binding_has_an_id_of_its_own_and_a_tooltip() -> None:
    bindings = [
        binding
        for owner in (ResonanceApp, BrowseScreen, ChooserScreen, HelpScreen)
        for binding in owner.BINDINGS
        if isinstance(binding, Binding)
    ]
    assert len(bindings) > 25
    assert all(binding.id and binding.tooltip for binding in bindings)
    assert len({binding.id for binding in bindings}) == len(bindings)


async def test_help_lists_the_keys_of_the_issue_and_narrows_as_one_types(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j")  # a run with frames
        keys = " ".join(line.keys for line in key_lines(drive.screen)).split()
        for key in ["j", "k", "g", "G", "tab", "1", "5", "⏎", "esc", "[", "z", "r", "?", "q", "/", "^p"]:
            assert key in keys, key
        await drive.pilot.press("question_mark")
        await drive.pilot.pause()
        app = drive.pilot.app
        assert isinstance(app.screen, HelpScreen)
        text = str(app.screen.query_one("#help-keys").render())
        assert "To the next pane" in text
        await drive.pilot.press(*"frame")
        narrowed = str(app.screen.query_one("#help-keys").render())
        assert "The frame before" in narrowed
        assert "To the next pane" not in narrowed
        await drive.pilot.press("escape")
        await drive.pilot.pause()
        assert drive.on_main_screen


async def test_the_footer_fits_into_80_columns_in_every_pane(small_beamtime: Path) -> None:
    async with driving(small_beamtime, (80, 24)) as drive:
        shown = [a.binding for a in drive.bindings.values() if a.binding.show]
        assert {"browse.open", "browse.search", "app.help", "app.quit"} <= {b.id for b in shown}
        await drive.press("j", "j", "j")  # a run with frames
        for pane in ("2", "3", "4", "tab"):
            await drive.press(pane)
            footer = drive.screen.query_one(FooterLine)
            assert " q Quit" in footer.text
            assert width_of(footer.text) <= 80
            assert footer.text.rstrip() == footer.render_line(0).text.rstrip()


async def test_going_from_pane_to_pane_leaves_nothing_behind(small_beamtime: Path) -> None:
    def widgets() -> int:
        gc.collect()
        return sum(isinstance(thing, Widget) for thing in gc.get_objects())

    async with driving(small_beamtime) as drive:
        rounds = ("1", "2", "question_mark", "escape", "3", "z", "escape", "4", "tab")
        await drive.press("j", "j", "j")
        for key in rounds:
            await drive.press_anywhere(key)
        before = widgets()
        for key in rounds * 4:
            await drive.press_anywhere(key)
        assert widgets() <= before + 5


async def test_a_key_that_is_another_in_each_pane_is_explained_for_the_pane(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j")
        for pane, name in [("2", "table.computed"), ("3", "plot.normalisation"), ("4", "frame.histogram")]:
            await drive.press(pane)
            assert drive.bindings["i"].binding.id == name


async def test_the_palette_names_each_command_once_with_the_key_that_does_it(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j")
        for pane in "1234":
            await drive.press(pane)
            commands = KeyCommands(drive.screen)._commands()
            texts, keys = [text for text, _, _ in commands], [key for _, key, _ in commands]
            assert len(texts) > 20
            assert len(set(texts)) == len(texts)
            assert len(set(keys)) == len(keys)


async def test_the_palette_offers_the_commands_and_both_themes(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        app = drive.pilot.app
        assert isinstance(app, ResonanceApp)
        assert app.current_theme.dark
        await drive.pilot.press("ctrl+p", *"theme", "enter")
        await drive.until(lambda: not app.current_theme.dark, "the light theme")
        await drive.pilot.pause()
        assert drive.on_main_screen


async def test_each_key_puts_off_tidying_up_in_the_program_and_in_its_dialogs(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driving(small_beamtime) as drive:
        put_off = drive.count_put_offs(monkeypatch)
        for key in ("j", "slash", "p", "escape", "question_mark", "f", "escape", "4", "3", "enter"):
            before = len(put_off)
            await drive.pilot.press(key)  # to a pane, to a line that is typed, to a dialog
            assert len(put_off) > before, key
        before = len(put_off)
        await drive.pilot.resize_terminal(100, 30)
        await drive.settled()
        assert len(put_off) == before, "what is no key puts nothing off"


async def test_the_footer_shows_the_keys_for_frames_where_the_run_has_some(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        footer = drive.screen.query_one(FooterLine)
        for key in [*"jjjjj", *"kkkkk", "space", "k", "space", *"jjj"]:
            await drive.press(key)
            drawn = "".join(part.text for part in footer.render_line(0))
            assert ("[ ] Frame" in drawn) is drive.screen.controllers.frame.may_have_frames, key


@pytest.mark.parametrize(
    "keys", [["slash"], ["colon"], ["3", "x"], ["3", "colon"], ["2", "slash"], ["4", "colon"]]
)
async def test_the_footer_names_the_keys_of_a_line_while_one_is_typed(
    small_beamtime: Path, keys: list[str]
) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j")  # a run with curves and frames
        footer = drive.screen.query_one(FooterLine)
        await drive.press(*keys[:-1])
        usual = footer.text
        assert "? Help" in usual
        await drive.press(keys[-1])
        assert footer.text == " ⏎ Take  esc Cancel "
        await drive.press("escape")
        assert footer.text == usual
