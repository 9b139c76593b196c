"""The door for text at the widgets: what passes it shows literally and moves nothing on the terminal.

A `Content`, a `Text` or a `Segment` takes any text as it is, control characters and all. So no other module makes one
of a text that is not a constant; a test looks for that.
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.content import Content

from ..text.printable import printable

Part = str | tuple[str, str] | Content


def literal(text: str, style: str = "") -> Content:
    """One line of text in one style."""
    return Content.styled(printable(text), style)


def assemble(*parts: Part) -> Content:
    """One line of several parts: texts, pairs of a text and its style, or contents made here."""
    return Content.assemble(*map(_clean, parts))


def _clean(part: Part) -> Part:
    if isinstance(part, Content):
        return part
    if isinstance(part, str):
        return printable(part)
    text, style = part
    return printable(text), style


def segment(text: str, style: Style | None = None) -> Segment:
    """Return a piece of a line that a widget draws itself."""
    return Segment(printable(text), style)


class CellText(Text):
    """A text in a `DataTable` whose columns have widths: unmeasured, which saves half the time to fill it."""

    __rich_measure__ = None  # type: ignore[assignment]  # as Rich and Textual treat what has no width of its own


def cell_text(text: str, style: Style | str = "") -> Text:
    """Return a cell or a heading of a `DataTable` whose columns have widths; it shows no `Content`."""
    return CellText(printable(text), style, no_wrap=True, end="")
