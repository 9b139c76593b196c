"""The log: what failed, with tracebacks; and with ``--log FILE`` what was asked, too.

Nothing is logged before `start_log`: in a notebook, in tests, in scripts these functions do nothing. The logger is
called ``resonance_tui``. Logging neither raises nor prints, and waits for no disk.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .log_file import BoundedLogFile
from .plain import one_line

if TYPE_CHECKING:
    from .log_handler import FileHandler

FILE_NAME = "resonance-tui.log"
LOGGER_NAME = "resonance_tui"
_LOGGERS = (LOGGER_NAME, "asyncio")
_FLUSH_S = 0.2


class _Running:
    def __init__(self, file: BoundedLogFile, everything: bool) -> None:
        self.file = file
        self.everything = everything
        self.thread_hook = threading.excepthook
        self.handler: FileHandler | None = None


_running: _Running | None = None
_attach_lock = threading.Lock()


def start_log(path: Path, *, everything: bool = False) -> None:
    """Log to a file from now on, instead of where it went before.

    Parameters
    ----------
    path : pathlib.Path
        Made if it is not there: to be called before Landlock closes the folders near the data.
    everything : bool
        What was asked too, not only what failed unexpectedly.

    Raises
    ------
    UserFileError
        The file cannot be written, or is there and no log.
    """
    global _running
    file = BoundedLogFile(path)
    file.open()
    end_log()
    _running = _Running(file, everything)
    threading.excepthook = _log_thread_failure


def attach_log() -> None:
    """Take what the loggers are told from now on; at the latest the first thing to be logged does this.

    The library is imported only here, as the program's first picture must not wait for it.
    """
    if (running := _running) is not None:
        _handler(running)


def _handler(running: _Running) -> FileHandler:
    with _attach_lock:
        if running.handler is None:
            import logging

            from .log_handler import FileHandler

            running.handler = FileHandler(running.file)
            for name in _LOGGERS:
                logger = logging.getLogger(name)
                logger.addHandler(running.handler)
                logger.propagate = False  # no other handler may print over the screen
            level = logging.DEBUG if running.everything else logging.WARNING
            logging.getLogger(LOGGER_NAME).setLevel(level)
        return running.handler


def end_log(seconds: float = _FLUSH_S) -> None:
    """Log nothing more; what was logged is written, if that takes no longer than `seconds`."""
    global _running
    running, _running = _running, None
    if running is None:
        return
    threading.excepthook = running.thread_hook
    if running.handler is None:
        running.file.close()
        return
    import logging

    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.removeHandler(running.handler)
        logger.propagate = True
    if running.handler.flush_for(seconds):
        running.file.close()


def log_path() -> Path | None:
    """Name the log's file; None where there is none, or it could not be written last time."""
    running = _running
    if running is None or (running.handler is not None and not running.handler.works):
        return None
    return running.file.path


def log_event(text: str) -> None:
    """Log something worth knowing, where everything is logged."""
    if _running is not None and _running.everything:
        _log("INFO", text)


def log_asked(kind: str, key: object, seconds: float) -> None:
    """Log that something was read, where everything is logged.

    Parameters
    ----------
    kind : str
        What kind of read it was.
    key : object
        Of what, the run's uid for one.
    seconds : float
        How long it took.
    """
    if _running is not None and _running.everything:
        _log("INFO", f"{kind} {one_line(key, 500)} read in {1000 * seconds:,.1f} ms")


def log_failure(what: str, error: BaseException, *, expected: bool = False) -> Path | None:
    """Log a failure with its traceback.

    Parameters
    ----------
    what : str
        What could not be done.
    error : Exception
    expected : bool
        Whether it is said in plain words anyway, as that a file is locked: logged only where everything is.

    Returns
    -------
    pathlib.Path or None
        The log that holds it now; None where it could not be written. To know that for an unexpected failure the
        disk is waited for, up to 0.2 s.
    """
    running = _running
    if running is None or (expected and not running.everything):
        return None
    _log("INFO" if expected else "ERROR", f"{what} failed: {one_line(error, 500)}", error)
    if not expected and not _handler(running).flush_for(_FLUSH_S):
        return None
    return log_path()


def _log(level: str, text: str, error: BaseException | None = None) -> None:
    with suppress(Exception):
        attach_log()
        import logging

        number = logging.getLevelNamesMapping()[level]
        logging.getLogger(LOGGER_NAME).log(number, "%s", text, exc_info=error)


def _log_thread_failure(arguments: threading.ExceptHookArgs) -> None:
    """Log what ended a thread, in place of printing it over the screen."""
    if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
        name = arguments.thread.name if arguments.thread is not None else "a thread"
        _log("ERROR", f"thread {name} ended", arguments.exc_value)
