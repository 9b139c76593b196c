"""What stands in the title bar: news for a while, and what stays true for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...catalog.errors import CatalogBusyError
from ...catalog.watch import Changes, FileState
from ...text.locked_catalog import copy_texts, interrupted_texts, locked_texts
from ..later import Later

if TYPE_CHECKING:
    from ..host import Host
    from .title_bar import TitleBar

NEWS_FOR_S = 20.0
LOCKED_AFTER_S = 1.0
"""Seconds that a catalog is locked before that is said: a commit is no news."""

FILE_TEXTS = {
    FileState.DELETED: "the beamtime's file was deleted or moved; this is its last state",
    FileState.RETURNED: "the beamtime's file is back",
    FileState.REPLACED: "the beamtime's file was replaced and reloaded",
}


class News:
    """Says things in the title bar."""

    def __init__(self, host: Host, bar: TitleBar) -> None:
        self._bar = bar
        self._told_later = Later(host, waited_for=False)
        self._locked_later = Later(host, waited_for=False)
        self._locked: tuple[str, ...] = ()
        self._is_blocked = False
        self._said = ""

    def tell(self, text: str, *, error: bool = False, for_s: float = NEWS_FOR_S) -> None:
        """Say something for a while; nothing, that is, with an empty text."""
        self._said = text
        self._bar.tell(text, error=error)
        if text:
            self._told_later.start(for_s, lambda: self.tell(""))
        else:
            self._told_later.stop()

    def take_back(self, said: str) -> None:
        """Say this no longer, if it is what is said."""
        if self._said == said:
            self.tell("")

    def stand(self, *texts: str) -> None:
        """Say something that stays true for long: the first of these that has room."""
        self._bar.stand(*texts)

    def badge(self, text: str) -> None:
        """Say at the right whether the newest is followed."""
        self._bar.badge(text)

    def say_state(
        self, changes: Changes, copied: float | None, not_in_copy: int, *, frames: bool, unread: bool
    ) -> None:
        """Say what keeps the catalog from being read, or what is read instead: a calm state.

        Parameters
        ----------
        copied : float or None
            When the private copy was taken that is shown, Unix seconds.
        not_in_copy : int
            Runs that are newer than that.
        frames, unread : bool
            See `text.locked_catalog.locked_texts`.
        """
        locks = changes.locks
        self._is_blocked = False
        if changes.file is FileState.DELETED:
            self.stand(FILE_TEXTS[FileState.DELETED])
        elif copied is not None:
            self.stand(*copy_texts(copied, not_in_copy))
        elif locks.interrupted:
            self.stand(*interrupted_texts(changes.as_of))
        elif locks.readers_blocked and changes.shut_since is not None:
            self._is_blocked = True
            self._locked = locked_texts(
                locks.pid, changes.shut_since, changes.as_of, frames=frames, unread=unread
            )
            if self._bar.stands:
                self.stand(*self._locked)
            elif not self._locked_later.pending:
                self._locked_later.start(LOCKED_AFTER_S, self._say_locked)
        else:
            self._locked_later.stop()
            error = changes.error
            self.stand(*[str(error)] if error is not None and not isinstance(error, CatalogBusyError) else ())

    def _say_locked(self) -> None:
        if self._is_blocked:
            self.stand(*self._locked)
