"""Tells what a terminal answers from what is typed: both come in by the same way, in packets cut anywhere.

A terminal answers questions of ours, of Textual's, and of whoever used it before: device attributes, its version,
modes, colours, its size. Whole answers are taken out before keys are made of the rest. Grammar: ECMA-48, section 5.4
(control sequences) and 5.6 (control strings).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Container

ESCAPE_S = 0.1
"""Seconds after which a lone ESC is the key."""

ANSWER_S = 3.0
"""Seconds that the rest of an answer is waited for; it is dropped then."""

_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"
_MOST_CHARACTERS = 65_536

_CSI = re.compile(r"\x1b\[([<=>?]?)([0-?]*)([ -/]*)([@-~])")
_OPEN_CSI = re.compile(r"\x1b\[[0-?]*[ -/]*")
_KEY_FINALS = frozenset("~ABCDEFHPQRSZuIO^@")
_STRING = re.compile(r"\x1b[PX\]^_][^\x00-\x1f\x9c]*(?:\x1b\\|\x07|\x9c)")
_OPEN_STRING = re.compile(r"\x1b[PX\]^_][^\x00-\x1f\x9c]*\x1b?\Z")
"""Text and then an end; a control character, as of a key, breaks it off."""
_BEGINS = re.compile(r"\x1b(?:\[[=>?]|P[0-9>!+$=|]|\][0-9lL]|_[!-~]|[X^][!-~])")
"""What only an answer begins with. Alt and a letter begin alike, but nothing follows them in the same packet."""
_SHORTEST = 3
_EIGHT_BITS = {0x9B: "\x1b[", 0x90: "\x1bP", 0x9D: "\x1b]", 0x9F: "\x1b_", 0x9C: "\x1b\\"}
"""Introducers as one byte: a terminal in that mode sends them, as no UTF-8 or as U+0080…U+009F."""


def seven_bits(text: str) -> str:
    """Input decoded with ``surrogateescape``, with introducers of one byte as the usual two; other bytes as U+FFFD."""
    if text.isascii():
        return text
    table = _EIGHT_BITS | {0xDC00 + byte: sequence for byte, sequence in _EIGHT_BITS.items()}
    return re.sub("[\ud800-\udfff]", "\ufffd", text.translate(table))


def is_key(sequence: re.Match[str]) -> bool:
    """Whether a whole control sequence is a key, or an answer that Textual or we wait for."""
    marker, parameters, between, final = sequence.groups()
    if marker == "<":
        return final in "Mm"  # the mouse
    if marker:
        return marker == "?" and between == "$" and final == "y"  # a mode: synchronised output, for one
    if final == "t":
        return parameters.startswith("48;")  # the size, as the window changes
    if between:
        return between == "$" and final == "~"
    return final in _KEY_FINALS or not parameters  # an answer has parameters


class AnswerFilter:
    """Takes the answers of a terminal out of its input.

    Parameters
    ----------
    keys : container of str
        Sequences that are known to be keys.
    clock : callable
        Gives monotonic seconds.
    """

    def __init__(self, keys: Container[str] = (), clock: Callable[[], float] = time.monotonic) -> None:
        self._keys = keys
        self._clock = clock
        self._held = ""
        self._since = 0.0
        self._pasting = False
        self._released = ""
        self._released_at = -ANSWER_S

    def feed(self, data: str) -> str:
        """Return what is typed, of what came in; a sequence that is not whole yet is held back."""
        if not data:
            return ""
        now = self._clock()
        before, text = self._held, self._held + data
        if not before and self._released and now - self._released_at < ANSWER_S:
            # its beginning has passed for a key: nobody types the rest of an answer in one packet
            whole = self._released + data
            length, is_typed = self._sequence(whole, 0)
            if not is_typed and length > _SHORTEST:
                text = whole[length:]
            elif not length and len(data) > _SHORTEST:
                text = whole
        self._released = ""
        typed, self._held = self._sort(text)
        if self._held and not (before and self._held.startswith(before)):
            self._since = now  # from where it began: more of it, or keys, do not make it wait longer
        return typed

    def _sort(self, text: str) -> tuple[str, str]:
        """Return what is typed, and what has to wait for more."""
        typed: list[str] = []
        at = 0
        while at < len(text):
            if self._pasting:
                end = text.find(_PASTE_ENDS, at)
                if end < 0:
                    kept = next((n for n in range(5, 0, -1) if text.endswith(_PASTE_ENDS[:n])), 0)
                    kept = min(kept, len(text) - at)
                    typed.append(text[at : len(text) - kept])
                    return "".join(typed), text[len(text) - kept :]
                self._pasting = False
                typed.append(text[at : end + len(_PASTE_ENDS)])
                at = end + len(_PASTE_ENDS)
                continue
            escape = text.find("\x1b", at)
            if escape < 0:
                typed.append(text[at:])
                break
            typed.append(text[at:escape])
            length, is_typed = self._sequence(text, escape)
            if not length:
                return "".join(typed), text[escape:]
            sequence = text[escape : escape + length]
            if is_typed:
                typed.append(sequence)
            self._pasting = sequence == _PASTE_BEGINS
            at = escape + length
        return "".join(typed), ""

    def _sequence(self, text: str, at: int) -> tuple[int, bool]:
        """Return the length of the sequence that an ESC begins, 0 while it is not whole; and whether it is typed."""
        following = text[at + 1 : at + 2]
        if following in ("", "\x1b"):
            return (1, True) if following else (0, True)
        if following == "[":
            if text.startswith("\x1b[[", at):  # a function key of the Linux console
                key = text[at + 3 : at + 4]
                return (4 if key in "ABCDE" else 3) if key else 0, True
            if whole := _CSI.match(text, at):
                return len(whole[0]), whole[0] in self._keys or is_key(whole)
            opened = _OPEN_CSI.match(text, at)
            if opened is None or opened.end() < len(
                text
            ):  # a control character, or none of ASCII, breaks it off
                return (opened.end() - at if opened else 2), False
            return 0, False
        if following in "PX]^_":
            if len(text) == at + 2:
                return 0, True
            if not _BEGINS.match(text, at):
                return 2, True
            if whole := _STRING.match(text, at):
                return len(whole[0]), False
            if _OPEN_STRING.match(text, at) and len(text) - at < _MOST_CHARACTERS:
                return 0, False
            broken = re.compile(r"\x1b.[^\x00-\x1f\x9c]*").match(text, at)
            return (len(broken[0]) if broken else 2), False
        if following == "O":
            return (0 if len(text) == at + 2 else 3), True
        return 2, True

    @property
    def remaining(self) -> float | None:
        """Seconds until `expire` has something to do; None where nothing is held back."""
        if not self._held:
            return None
        return max(0.0, self._since + self._allowed - self._clock())

    @property
    def _allowed(self) -> float:
        """How long what is held back may wait: only what can be a key must not wait for long."""
        return ESCAPE_S if self._may_be_key else ANSWER_S

    @property
    def _may_be_key(self) -> bool:
        return self._pasting or self._held in self._keys or len(self._held) <= 2 or self._held == "\x1b[["

    def expire(self) -> str:
        """Return what was held back for too long: a key where it can be one; half an answer is dropped."""
        if not self._held or (self.remaining or 0.0) > 0:
            return ""
        typed = self._held if self._may_be_key else ""
        self._held = ""
        if typed and not self._pasting:
            self._released, self._released_at = typed, self._clock()
        return typed
