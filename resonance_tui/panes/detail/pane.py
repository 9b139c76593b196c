"""Run details: sample, metadata and streams of the selected run."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ...text.details import Section
from ..actions import Move
from ..literal import assemble, literal
from ..pane import Pane

_NAME_WIDTH, _MAX_NAME_WIDTH = 11, 18


class DetailPane(Pane):
    """What is known about the run beside its data."""

    TITLE = "Details"

    def compose_content(self) -> ComposeResult:
        """Compose a text that scrolls."""
        with VerticalScroll(can_focus=False, id="detail-scroll"):
            yield Static("", id="detail-text", markup=False)

    def clear(self) -> None:
        """Show nothing."""
        self.caption("")
        self.say("")

    def show_sections(self, sections: Sequence[Section], *, keep_scroll: bool = False) -> None:
        """Show headed lines, from the first one on unless the scroll is kept."""
        lines: list[Content] = []
        for part in sections:
            longest = max((len(name) for name, _ in part.lines), default=0)
            width = longest if _NAME_WIDTH < longest <= _MAX_NAME_WIDTH else _NAME_WIDTH
            if lines:
                lines.append(Content(""))
            lines.append(literal(part.title, "bold $accent"))
            for name, value in part.lines:
                head = f"{name:<{width}}  " if name else ""
                lines.append(assemble((head, "$text-muted"), value))
        self.query_one("#detail-text", Static).update(Content("\n").join(lines))
        self.show_content()
        if not keep_scroll:
            self.query_one(VerticalScroll).scroll_home(animate=False)

    def move(self, where: Move) -> None:
        """Scroll."""
        scroll = self.query_one(VerticalScroll)
        page = max(1, scroll.size.height - 1)
        step = {Move.DOWN: 1, Move.UP: -1, Move.PAGE_DOWN: page, Move.PAGE_UP: -page}.get(where)
        if step is not None:
            scroll.scroll_relative(y=step, animate=False)
        elif where in (Move.FIRST, Move.LAST):
            scroll.scroll_to(y=0 if where is Move.FIRST else scroll.max_scroll_y, animate=False)
