"""The state of a run in words: one sentence for the run details, the plot and ``doctor``, one word for the list."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from .printable import plural
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
    def reason(self) -> Enum | None:
        """Why it is thought to be so; its value says which text."""

    @property
    def pid(self) -> int | None:
        """The process that writes, or wrote."""

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
    """Return the state of a run that has an end."""
    return _BY_STATUS.get(exit_status or "", State.OTHER)


def shown_state(state: SeenState) -> State:
    """How the list shows a state."""
    word = str(state.phase.value)
    return closed_state(state.exit_status) if word == State.OTHER.word else BY_WORD.get(word, State.UNKNOWN)


def state_text(state: SeenState) -> str:
    """Say ``running (PID 4711)``, ``interrupted: 3 frames on disk, no events saved``: by what it is known, too."""
    word = str(state.phase.value)
    if word == "closed":
        return state.exit_status or word
    if word == "running":
        return f"{word} ({_who(state)})"
    if word == "starting":
        return f"{word}: no event yet"
    if word in ("open", "unknown"):
        why = (
            "not closed, no writer right now"
            if word == "open"
            else "who writes cannot be told on this system"
        )
        return f"{word}: {why}{_written(state.changed)}"
    return _with_rest(word, state)


def reason_text(state: SeenState) -> str:
    """Why a run does not go on: ``process 4711 ended without closing it``; empty where it may go on."""
    code = str(state.reason.value) if state.reason is not None else ""
    if str(state.phase.value) not in ("interrupted", "abandoned"):
        return ""
    who = f"process {state.pid}" if state.pid is not None else "its writer"
    return {
        "newer run": "a newer run has begun",
        "other writer": f"{who} no longer writes, another process does",
        "journal": "a write was left unfinished",
        "writer gone": f"{who} ended without closing it",
        "silence": "nothing was written for ten minutes or more",
    }.get(code, "")


def state_lines(state: SeenState) -> dict[str, str]:
    """Return what the run details say of the state of a run without an end."""
    word = str(state.phase.value)
    ends = "still open" if word in ("starting", "running", "open", "unknown") else "never"
    return {
        "stopped": "after this copy was taken" if word == "closed" else ends,
        "state": state_text(state),
        "reason": reason_text(state),
    }


def _who(state: SeenState) -> str:
    if state.by_this_process:
        return "by this process"
    if state.pid is not None:
        return f"PID {state.pid}"
    grows = state.reason is not None and state.reason.value == "grows"
    return "its files grow" if grows else "by a process out of sight"


def _written(changed: float | None) -> str:
    return "" if changed is None else f", last written {clock(changed)[:8]}"


def _with_rest(word: str, state: SeenState) -> str:
    frames = f"{plural(state.frames, 'frame')} on disk" if state.frames else ""
    events = ""
    if state.events is not None:
        events = f"{plural(state.events, 'event')} saved" if state.events else "no events saved"
    rest = ", ".join(part for part in (frames, events) if part)
    return f"{word}: {rest}" if rest else word
