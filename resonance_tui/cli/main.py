"""The command line: its arguments, its subcommands, and the start of the app, which is imported last."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from .arguments import build_parser
from .process_guard import EndGuard, forget_stale_size, missing_terminal
from .sandbox import lies_near, protect

if TYPE_CHECKING:
    from ..app.options import Options

_FRAME_RATE = "200"  # a key waits for the next drawing of the screen: not up to 17 ms, but 5

_SWITCH_INTERVAL_S = 0.001

EXIT_USAGE = 2
EXIT_CANNOT_OPEN = EXIT_FAILED = 1

_SUBCOMMANDS = ("simulate", "doctor", "show")


def _options(arguments: argparse.Namespace, state_folder: Path | None = None) -> Options:
    from ..app.options import Options

    return Options(
        colours=arguments.colours,
        cache_bytes=int(arguments.cache * 2**20),
        show_stats=arguments.stats,
        notify=arguments.notify,
        copy=arguments.copy,
        saturated=arguments.saturated,
        dim=arguments.dim,
        over_pixels=arguments.over_pixels,
        under_share=arguments.under_share,
        state_folder=state_folder,
    )


def _set_colours(colours: str) -> None:
    """Draw everything else in these colours, too; the libraries look at the environment when they are imported."""
    if colours == "mono":
        os.environ["NO_COLOR"] = "1"
    elif colours != "auto":
        os.environ.pop("NO_COLOR", None)
        os.environ["TEXTUAL_COLOR_SYSTEM"] = {"16": "standard"}.get(colours, colours)


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the program; it always ends by exiting the process.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments without the program's name; those of the process by default.
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    if argv and argv[0] in _SUBCOMMANDS and (len(argv) > 1 or not Path(argv[0]).exists()):
        sys.exit(_subcommand(argv[0], argv[1:]))
    arguments = build_parser().parse_args(argv)
    if reason := missing_terminal():
        _fail(reason, EXIT_USAGE)
    forget_stale_size()
    _set_colours(arguments.colours)
    os.environ.setdefault("TEXTUAL_FPS", _FRAME_RATE)
    if arguments.path == "demo" and not Path("demo").exists():
        _leave(_demo(arguments))
    data = Path(arguments.path)
    state_folder = _prepare_user_files(data, arguments.log)  # before Landlock closes what lies near the data
    if not arguments.no_landlock:  # before anything is opened there, and any thread is started
        protect(data)
    _leave(_browse(_checked(data), arguments, state_folder))


def _prepare_user_files(data: Path | None, log: Path | None) -> Path | None:
    """Make the user's folders and start the log; where neither can be, the program goes on without.

    Returns
    -------
    pathlib.Path or None
        The folder for the state; None where it cannot be written.
    """
    from ..user_files.atomic import UserFileError
    from ..user_files.locations import make_folders
    from ..user_files.log import FILE_NAME, start_log

    def is_near(path: Path) -> bool:
        return data is not None and lies_near(data, path)

    folders = make_folders(lambda folder: is_near(folder / "file"))
    try:
        if log is None:
            if (folder := folders.log.usable) is not None:
                with contextlib.suppress(UserFileError):
                    start_log(folder / FILE_NAME)
            return folders.state.usable
        if is_near(log):
            _fail(f"--log {log}: nothing is written near the data; name another folder", EXIT_USAGE)
        start_log(Path(os.path.realpath(log)), everything=True)
    except UserFileError as error:
        _fail(f"--log {error}", EXIT_USAGE)
    except (OSError, ValueError):
        _fail(f"--log {log}: this cannot be the name of a file", EXIT_USAGE)
    return folders.state.usable


def _subcommand(word: str, rest: Sequence[str]) -> int:
    if word == "show":
        from .show import show

        return show(rest, _say)
    if word == "simulate":
        from .simulate import simulate

        return simulate(rest, _say)
    from .doctor import doctor

    return doctor(rest, _one_line)


def _checked(path: Path) -> Path:
    """Return the path to open; end with the reason, before the screen is taken over, where that is known at once."""
    from ..catalog.errors import CatalogError
    from ..catalog.sqlite.files import check_database_file, find_beamtimes

    try:
        if path.is_dir():
            if not find_beamtimes(path):
                _fail(f"{path.absolute()}: no beamtime (.db file) in this folder", EXIT_CANNOT_OPEN)
        else:
            check_database_file(path)
    except CatalogError as error:
        _fail(str(error), EXIT_CANNOT_OPEN)
    except OSError as error:  # even to ask what it is may be forbidden
        _fail(f"{path}: {error.strerror}; check the name and your access", EXIT_CANNOT_OPEN)
    return path


def _demo(arguments: argparse.Namespace) -> int:
    from .demo import demo

    _prepare_user_files(None, arguments.log)
    return demo(
        lambda path: _browse(path, arguments), _fail, frame_size=arguments.frame_size, still=arguments.still
    )


def _browse(path: Path, arguments: argparse.Namespace, state_folder: Path | None = None) -> int:
    from ..catalog.sqlite.reader_process import use_reader_process

    use_reader_process()  # it starts while the app is imported
    gc.disable()  # until the app has started (`app.idle`): of what is imported nothing is garbage
    from ..app.app import ResonanceApp
    from ..user_files.log import attach_log

    attach_log()
    # neither the event loop nor a reader thread must wait long for the others
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    app = ResonanceApp(path, options=_options(arguments, state_folder))
    if app.driver_class.__name__ == "LinuxDriver":
        from ..terminal.driver import steady_driver

        app.driver_class = steady_driver(app)
    guard = EndGuard(app.end_from_thread)
    try:
        app.run(mouse=False)
    except Exception as error:  # noqa: BLE001 - at the very end, too: one line, and the rest in the log
        app.note_failure(error)
    if app.failure:
        _say(app.failure)
        return EXIT_FAILED
    return 128 + guard.signal_number if guard.signal_number else app.return_code or 0


def _fail(reason: str, code: int) -> NoReturn:
    _say(reason)
    sys.exit(code)


def _say(reason: str) -> None:
    sys.stderr.write(f"resonance-tui: {_one_line(reason)}\n")


def _one_line(text: str) -> str:
    from ..text.printable import printable

    return printable(text)


def _leave(code: int) -> NoReturn:
    """End at once: a reader thread may still be inside a slow read."""
    if (copies := sys.modules.get("resonance_tui.catalog.sqlite.private_copy")) is not None:
        copies.remove_all()
    from ..user_files.log import end_log

    end_log()
    for stream in (sys.stdout, sys.stderr):
        if stream:
            stream.flush()
    os._exit(code)
