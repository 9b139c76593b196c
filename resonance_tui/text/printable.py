"""The one door through which text from data reaches the screen."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 4096
_MARKS_IN_A_ROW = 4
_UNSEEN = "\ufffd"
_BLANK_LETTERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u034f") | {
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
# Latin, Greek, punctuation, super- and subscripts, arrows, mathematics, boxes, blocks and marks: shown as they are
_PLAIN = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03a1\u03a3-\u03c9\u2010-\u2027\u2030-\u205e\u2070\u2071"
    "\u2074-\u208e\u2190-\u23ff\u2500-\u27ff]*\\Z"
)


def printable(value: object, limit: int = _LONGEST) -> str:
    """One line of text that shows literally and moves nothing on the terminal.

    C0 controls become their pictures (␀ … ␟), DEL ␡; C1 controls, direction overrides, zero-width and
    unassigned characters become U+FFFD; of stacked combining marks four remain. What is longer than `limit`
    characters is cut and ends in an ellipsis. Markup is left alone: nothing may interpret it.
    """
    text = value if isinstance(value, str) else str(value)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if _PLAIN.match(text):
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        seen = _shown(character)
        marks = marks + 1 if unicodedata.category(seen).startswith("M") else 0
        if marks <= _MARKS_IN_A_ROW:
            shown.append(seen)
    return "".join(shown)


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if character in _BLANK_LETTERS or unicodedata.category(character) in _HIDDEN:
        return _UNSEEN
    return character


def plural(count: int, noun: str) -> str:
    """``1 run``, ``2 runs``, ``12,345 runs``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
