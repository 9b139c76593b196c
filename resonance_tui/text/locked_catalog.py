"""What is said of a catalog that is locked or was left in the middle of a write, and of a private copy of it."""

from __future__ import annotations

from .printable import plural
from .times import clock, clock_minute


def locked_texts(
    pid: int | None, since: float | None, as_of: float | None, *, frames: bool, unread: bool
) -> tuple[str, ...]:
    """Say ``the running scan (PID 4711) has the catalog locked since 14:03; finished runs as of 14:02; frames live``.

    The whole of it first, then what is said where there is less room. `unread` is whether there is something that
    cannot be read before the scan ends, so that a copy is offered.
    """
    who = f" (PID {pid})" if pid is not None else ""
    by = f" by PID {pid}" if pid is not None else " by the running scan"
    began = f" since {clock_minute(since)}" if since is not None else ""
    seen = f" as of {clock_minute(as_of)}" if as_of is not None else ""
    live = "; frames live" if frames else ""
    offer, short_offer = ("B: browse a private copy · ", "B: a copy · ") if unread else ("", "")
    return (
        f"{offer}the running scan{who} has the catalog locked{began}{f'; finished runs{seen}' * bool(seen)}{live}",
        f"{short_offer}locked by the scan{who}{began}{f'; runs{seen}' * bool(seen)}{live}",
        f"{short_offer}locked{by}{began}{live}",
        f"{short_offer}locked{began}{live}",
    )


def interrupted_texts(as_of: float | None) -> tuple[str, ...]:
    """Say that a writer died in the middle of a write: the whole of it, and shorter."""
    seen = f"; runs as of {clock_minute(as_of)}" if as_of is not None else ""
    return (
        f"the acquisition stopped in the middle of a write · B: browse a private copy · finished runs are safe{seen}",
        "stopped in the middle of a write · B: a private copy · finished runs are safe",
        "stopped in a write · B: a copy",
    )


def copy_texts(taken: float, newer: int) -> tuple[str, ...]:
    """Say that a private copy is shown: the whole of it, and shorter."""
    at = clock(taken)[:8]
    more = f"; {plural(newer, 'run')} newer" if newer else ""
    return (
        f"private copy of the database, taken {at}{more}; B: the file itself again",
        f"private copy, taken {at}{more} · B: the file itself",
        f"copy of {at}{f', {newer} newer' * bool(newer)} · B: the file",
    )
