"""Chooser: which of the beamtimes in a folder to open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ..panes.literal import assemble, literal
from ..terminal.text_width import shorten
from ..text.printable import printable
from ..text.times import day_and_minute
from .footer import FooterLine


@dataclass(frozen=True, slots=True)
class Beamtime:
    """A database file to choose; when it was last written (Unix seconds), its size in bytes."""

    path: Path
    written: float
    size: int


class ChooserScreen(Screen[Path]):
    """Lists the beamtimes of a folder, the newest first."""

    # All with priority: of two keys in one packet the one without would come second
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down,j", "cursor(1)", "Down", id="chooser.down", show=False, priority=True, tooltip="One down"
        ),
        Binding("up,k", "cursor(-1)", "Up", id="chooser.up", show=False, priority=True, tooltip="One up"),
        Binding(
            "enter",
            "choose",
            "Open",
            id="chooser.open",
            key_display="⏎",
            priority=True,
            tooltip="Open this beamtime",
        ),
    ]

    def __init__(self, folder: Path, beamtimes: list[Beamtime]) -> None:
        super().__init__()
        self._folder = folder
        self._beamtimes = beamtimes

    def compose(self) -> ComposeResult:
        """One line a file."""
        with Vertical(id="chooser-box") as box:
            box.border_title = Content("Which beamtime?")
            box.border_subtitle = literal(printable(self._folder, 60))
            yield OptionList(*(Option(_line(b)) for b in self._beamtimes), id="chooser-list", markup=False)
        yield FooterLine()

    def on_mount(self) -> None:
        """Put the cursor on the newest."""
        self.query_one(OptionList).highlighted = 0
        self.query_one(OptionList).focus()

    def action_cursor(self, step: int) -> None:
        """Move."""
        options = self.query_one(OptionList)
        options.highlighted = max(0, min(options.option_count - 1, (options.highlighted or 0) + step))

    def action_choose(self) -> None:
        """Open what is under the cursor."""
        self._open(self.query_one(OptionList).highlighted or 0)

    @on(OptionList.OptionSelected)
    def chosen(self, event: OptionList.OptionSelected) -> None:
        """`enter` in the list."""
        self._open(event.option_index)

    def _open(self, index: int) -> None:
        self.dismiss(self._beamtimes[index].path)


def _line(beamtime: Beamtime) -> Content:
    name = shorten(printable(beamtime.path.name), 40)
    size = f"{beamtime.size / 2**20:,.1f} MB"
    return assemble(f"{name:<42}", (f"{day_and_minute(beamtime.written)}  {size:>10}", "$text-muted"))
