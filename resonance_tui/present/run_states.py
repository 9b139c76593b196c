"""The state of a run in words: one sentence for the card, the plot and ``doctor``, one word for the list."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from .text import plural
from .times import clock


class SeenState(Protocol):
    """The state of a run, as the catalog tells it."""

    @property
    def phase(self) -> Enum:
        """Its value is the word for it."""

    @property
    def exit_status(self) -> str | None:
        """Of a closed run."""

    @property
    def pid(self) -> int | None:
        """The process that writes."""

    @property
    def by_this_process(self) -> bool:
        """Whether that is this very process."""

    @property
    def frames(self) -> int | None:
        """How many are on disk."""

    @property
    def events(self) -> int | None:
        """How many are in the database."""

    @property
    def changed(self) -> float | None:
        """When a file of it was last written, Unix seconds."""


class State(Enum):
    """How a run ended, or that it has not: a glyph and a word."""

    SUCCESS = ("✓", "success")
    ABORTED = ("⊘", "aborted")
    FAILED = ("✗", "failed")
    STARTING = ("◔", "starting")
    RUNNING = ("●", "running")
    OPEN = ("○", "open")
    ABANDONED = ("◌", "abandoned")
    INTERRUPTED = ("◍", "interrupted")
    UNKNOWN = ("◎", "unknown")
    OTHER = ("?", "closed")
    """Closed, with a status of its own or none."""

    @property
    def glyph(self) -> str:
        """One character that tells it without colour."""
        return self.value[0]

    @property
    def word(self) -> str:
        """The word for it."""
        return self.value[1]


BY_WORD = {state.word: state for state in State}
_BY_STATUS = {"success": State.SUCCESS, "aborted": State.ABORTED, "failed": State.FAILED}


def closed_state(exit_status: str | None) -> State:
    """The state of a run that has an end."""
    return _BY_STATUS.get(exit_status or "", State.OTHER)


def shown_state(state: SeenState) -> State:
    """How the list shows a state."""
    word = str(state.phase.value)
    return closed_state(state.exit_status) if word == State.OTHER.word else BY_WORD.get(word, State.UNKNOWN)


def state_text(state: SeenState) -> str:
    """``running (PID 4711)``, ``interrupted: 3 frames on disk, no events saved``: by what it is known, too."""
    word = str(state.phase.value)
    if word == "closed":
        return state.exit_status or word
    if word == "running":
        who = "by this process" if state.by_this_process else "elsewhere"
        return (
            f"{word} (PID {state.pid})"
            if state.pid is not None and not state.by_this_process
            else f"{word} ({who})"
        )
    if word == "starting":
        return f"{word}: no point yet"
    if word in ("open", "unknown"):
        why = (
            "not closed, no writer right now"
            if word == "open"
            else "who writes cannot be told on this system"
        )
        return f"{word}: {why}{_written(state.changed)}"
    return _with_rest(word, state)


def _written(changed: float | None) -> str:
    return "" if changed is None else f", last written {clock(changed)[:8]}"


def _with_rest(word: str, state: SeenState) -> str:
    frames = f"{plural(state.frames, 'frame')} on disk" if state.frames else ""
    events = ""
    if state.events is not None:
        events = f"{plural(state.events, 'event')} saved" if state.events else "no events saved"
    rest = ", ".join(part for part in (frames, events) if part)
    return f"{word}: {rest}" if rest else word
