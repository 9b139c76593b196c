"""The Textual app: it owns the session, the themes and the keys that work everywhere."""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import Screen

from ..catalog.errors import CatalogWarning
from ..catalog.sqlite.files import find_beamtimes
from ..picture.palettes import Depth
from ..session.beamtime import BeamtimeSession
from ..user_files.locations import short_path
from ..user_files.log import log_event, log_failure
from .browse import SETTLE_S, BrowseScreen
from .chooser import Beamtime, ChooserScreen
from .commands import KeyCommands
from .idle import IdleCollector
from .options import Options
from .stylesheets import sheet_paths
from .theme import DARK, LIGHT, THEMES

_LOOK_AGAIN_S = 0.15
_REMEMBER_AFTER_S = 0.5  # the first rows come first
_LAST_ANSWER_S = 0.5  # seconds that the terminal's last answer is waited for


class ResonanceApp(App[None]):
    """Browses one beamtime.

    Parameters
    ----------
    path : pathlib.Path
        A ``.db`` file, or a folder: of several beamtimes in it one is chosen.
    settle : float
        Seconds the cursor has to rest before anything is read for it.
    options : Options, optional
        What the command line says.
    """

    TITLE = "resonance-tui"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = App.COMMANDS | {KeyCommands}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "question_mark", "help", "Help", id="app.help", key_display="?", tooltip="The keys that work here"
        ),
        Binding("q", "quit", "Quit", id="app.quit", tooltip="Quit"),
        Binding(
            "ctrl+p",
            "command_palette",
            "Commands",
            id="app.palette",
            show=False,
            tooltip="Search the commands",
        ),
        Binding("ctrl+q", "quit", "Quit", id="app.quit_always", show=False, priority=True, tooltip="Quit"),
    ]

    def __init__(self, path: Path, *, settle: float = SETTLE_S, options: Options | None = None) -> None:
        super().__init__(css_path=[*sheet_paths()])
        self.path = path
        self._settle = settle
        self._options = options or Options()
        self._session: BeamtimeSession | None = None
        self._event_loop: asyncio.AbstractEventLoop | None = None
        self._tidy: IdleCollector | None = None
        self._leaving = False
        self.failure = ""
        """What ended the app, if it was an unexpected exception."""
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name

    async def on_event(self, event: events.Event) -> None:
        """Every event; a key puts tidying up off, and the main screen may take it before anybody else."""
        if isinstance(event, events.Key) and self._tidy is not None:
            self._tidy.put_off()
            if isinstance(self.screen, BrowseScreen) and self.screen.take_key(event):
                return
        elif isinstance(event, events.CursorPosition):
            for screen in self.screen_stack:
                if isinstance(screen, BrowseScreen):
                    screen.flow.on_report()
            if self._leaving:
                self.exit()
            return
        await super().on_event(event)

    def on_resize(self) -> None:
        """Look again a moment later: of two quick changes the first can be reported last."""
        for screen in self.screen_stack:
            if isinstance(screen, BrowseScreen):
                screen.repaint_picture()
        if not self.is_headless:
            self.set_timer(_LOOK_AGAIN_S, self._correct_size)

    def _correct_size(self) -> None:
        width, height = self.console.size
        size = Size(width, height)
        if size != self.size:
            self.post_message(events.Resize(size, size))

    def _handle_exception(self, error: Exception) -> None:
        """End the app with one line, and the traceback in the log: a widget whose handler failed is lost for it."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self.note_failure(error)
        self._close_messages_no_wait()

    def note_failure(self, error: Exception) -> None:
        """Log an unexpected exception, and put `failure` into words: the first one counts."""
        log = log_failure("the app", error)
        if not self.failure:
            where = f"details in {short_path(log)}" if log else "run it with --log FILE to have the details"
            self.failure = f"ended by an unexpected {type(error).__name__}; {where}"

    def end_from_thread(self) -> None:
        """End the app; for other threads than its own."""
        if self._event_loop is not None:
            self._event_loop.call_soon_threadsafe(self.exit)

    def on_mount(self) -> None:
        """Open the beamtime, or ask which."""
        self._event_loop = asyncio.get_running_loop()
        self._tidy = IdleCollector(self)
        if not self.path.is_dir():
            self.open_beamtime(self.path)
            return
        found = [_beamtime(path) for path in find_beamtimes(self.path)]
        if len(found) == 1:
            self.open_beamtime(found[0].path)
        else:
            self._choose(found)

    def _choose(self, found: list[Beamtime]) -> None:
        self.push_screen(ChooserScreen(self.path, found), self._chosen)

    @on(BrowseScreen.Left)
    def choose_again(self) -> None:
        """Back to the chooser, where the beamtime came from it."""
        if self.path.is_dir() and len(found := [_beamtime(path) for path in find_beamtimes(self.path)]) > 1:
            self.pop_screen()
            self._choose(found)

    def _chosen(self, path: Path | None) -> None:
        if path is not None:
            self.open_beamtime(path)

    def open_beamtime(self, path: Path) -> None:
        """Browse a database file."""
        options = self._options
        if options.state_folder is not None:
            self.set_timer(_REMEMBER_AFTER_S, partial(_remember_in_thread, options.state_folder, path))
        log_event(f"open {path}")
        warnings.simplefilter("ignore", CatalogWarning)  # a line on stderr would be drawn over the screen
        self._session = BeamtimeSession(path, options.cache_bytes, options.thresholds())
        self.push_screen(
            BrowseScreen(self._session, options, settle_s=self._settle, depth=self.colour_depth())
        )

    def colour_depth(self) -> Depth:
        """Return the colours that pictures are drawn with: as asked for, else what the terminal says of itself."""
        if self._options.colours != "auto":
            return self._options.colours
        if self.no_color:
            return "mono"
        known: dict[str | None, Depth] = {
            "truecolor": "truecolor",
            "256": "256",
            "standard": "16",
            None: "mono",
        }
        return known.get(self.console.color_system, "16")

    def on_unmount(self) -> None:
        """Break off what is being read: quitting does not wait."""
        if self._session is not None:
            self._session.close()

    async def action_quit(self) -> None:
        """End, but not before the terminal has answered what it was asked: the shell would get the answer."""
        waiting = any(
            isinstance(screen, BrowseScreen) and screen.flow.waiting for screen in self.screen_stack
        )
        if not waiting or self._leaving:
            self.exit()
            return
        self._leaving = True
        self.set_timer(_LAST_ANSWER_S, self.exit)

    def action_help(self) -> None:
        """List the keys that work here."""
        from .help import HelpScreen, key_lines

        pane = getattr(self.focused, "TITLE", "") or "this screen"
        self.push_screen(HelpScreen(key_lines(self.screen), pane))

    def action_toggle_theme(self) -> None:
        """Dark or light."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return what the command palette offers beside the keys."""
        yield SystemCommand("Theme: dark or light", "Switch between the two themes", self.action_toggle_theme)


def _remember_in_thread(folder: Path, path: Path) -> None:
    threading.Thread(target=_remember, args=(folder, path), name="state", daemon=True).start()


def _remember(folder: Path, path: Path) -> None:
    from ..user_files.atomic import UserFileError
    from ..user_files.state import FILE_NAME, StateFile

    try:
        StateFile(folder / FILE_NAME).remember_beamtime(path)
    except UserFileError as error:
        log_failure("the state", error, expected=True)


def _beamtime(path: Path) -> Beamtime:
    status = path.stat()
    return Beamtime(path, status.st_mtime, status.st_size)
