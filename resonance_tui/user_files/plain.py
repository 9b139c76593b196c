"""Text in one line without control characters, for logs and for errors of this room."""

from __future__ import annotations

LONGEST = 2000
"""Characters."""


def one_line(value: object, limit: int = LONGEST) -> str:
    r"""Escape what does not print, line breaks too (``\n``, ``\x1b``), and cut what is longer than `limit`."""
    if isinstance(value, str):
        text = value
    else:
        try:
            text = str(value)
        except Exception:  # noqa: BLE001 - whatever the __str__ of a foreign object raises
            text = f"({type(value).__name__} that cannot be shown)"
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
