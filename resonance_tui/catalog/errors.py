"""What can go wrong with a beamtime: one tree, whose members are also the fitting built-in errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class CatalogWarning(UserWarning):
    """Something in the data could not be read; the rest was."""


class CatalogError(Exception):
    """A beamtime, or something in it, cannot be read.

    ``str(error)`` is one plain line, "path: reason; hint". The fields survive copies, pickling and the reader process.

    Parameters
    ----------
    reason : str
        What is wrong, without the path and without advice.
    path : pathlib.Path, optional
        The file or folder that is concerned.
    hint : str, optional
        What the user can do.

    Attributes
    ----------
    path : pathlib.Path or None
    reason, hint : str
        Printable, whatever names from a file are in them; `hint` can be empty.
    """

    def __init__(self, reason: object = "", *, path: Path | None = None, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = _plain(str(reason)) or type(self).__name__
        self.path = path
        self.hint = _plain(hint)
        self.unforeseen = False
        """Whether an unexpected exception is the reason (`foreign_errors`)."""

    @property
    def sentence(self) -> str:
        """Reason and hint, for a place that names the file already."""
        return f"{self.reason}; {self.hint}" if self.hint else self.reason

    def __str__(self) -> str:
        # KeyError and OSError would show a repr or an errno instead of the sentence
        return self.sentence if self.path is None else f"{_plain(str(self.path))}: {self.sentence}"


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class CatalogNotFoundError(CatalogError, FileNotFoundError):
    """There is no such file."""


class CatalogIsFolderError(CatalogError, IsADirectoryError):
    """The path is a folder, not a database file."""


class CatalogPermissionError(CatalogError, PermissionError):
    """The file may not be read by this user."""


class NotACatalogError(CatalogError, ValueError):
    """The file is empty, no SQLite database, or one with another schema."""


class SchemaVersionError(NotACatalogError):
    """The beamtime was written by a newer acquisition system than this program knows."""


class CatalogDamagedError(CatalogError, OSError):
    """The database file is cut short or damaged, or the disk cannot be read."""


class CatalogBusyError(CatalogError, TimeoutError):
    """Another process keeps the database locked; what is asked for will be there later."""


class CatalogInterruptedError(CatalogBusyError):
    """The writer died in the middle of a write; readable again once the acquisition has opened the file."""


class CatalogSlowError(CatalogError, TimeoutError):
    """A read took longer than a lock may be held, and was broken off each time it was tried."""


class CatalogChangedError(CatalogError, OSError):
    """The file was replaced or taken into use since it was opened; open it again."""


class CatalogCopyError(CatalogError, OSError):
    """No private copy could be made: no room, or the file never stood still."""


class CatalogClosedError(CatalogError, ValueError):
    """The catalog was closed."""


class RunNotFoundError(CatalogError, KeyError):
    """There is no run of that uid, prefix or place."""


class AmbiguousUidError(RunNotFoundError):
    """Several runs begin with that prefix."""


class StreamNotFoundError(CatalogError, KeyError):
    """A run has no stream of that name."""


class FrameUnavailableError(CatalogError, OSError, ValueError):
    """A frame cannot be read: damaged, not there, or not of a kind this program can read."""


class UnsafePathError(FrameUnavailableError):
    """The database names a place outside the Zarr store; it is not read."""


@contextmanager
def foreign_errors(kind: type[CatalogError], what: str) -> Iterator[None]:
    """Turn unexpected exceptions, which odd data raise, into an error of this tree.

    Parameters
    ----------
    kind : type of CatalogError
    what : str
        What could not be done, in plain words; why is added in brackets. The exception itself is the error's
        ``__cause__``.
    """
    try:
        yield
    except CatalogError:
        raise
    except Exception as error:
        made = kind(f"{what} ({plain_reason(error)})")
        made.unforeseen = _is_unforeseen(error)
        raise made from error


def _is_unforeseen(error: Exception) -> bool:
    return not isinstance(error, MemoryError) and not (isinstance(error, OSError) and error.strerror)


def plain_reason(error: Exception) -> str:
    """Say in plain words why something of ours or of a library failed; never the exception's own sentence.

    The system's own words of a file that cannot be read are plain; else only the kind of the error is named.
    """
    if isinstance(error, CatalogError):
        return str(error)
    if isinstance(error, MemoryError):
        return "not enough memory"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"unexpected {type(error).__name__}"
