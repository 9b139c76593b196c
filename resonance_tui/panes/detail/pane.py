"""Run details: sample, metadata and streams of the selected run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ...text.details import Section
from ..literal import assemble, literal
from ..pane import Pane

_NAME_WIDTH, _MAX_NAME_WIDTH = 11, 18


class DetailPane(Pane):
    """What is known about the run beside its data."""

    TITLE = "Details"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._sections: tuple[Section, ...] = ()

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
        self._sections = tuple(sections)
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

    def update_lines(self, title: str, changes: Mapping[str, str]) -> None:
        """Show other values in a section that is shown; an empty one takes its line away."""
        if not any(part.title == title for part in self._sections):
            return
        changed = [part.with_lines(changes) if part.title == title else part for part in self._sections]
        self.show_sections(changed, keep_scroll=True)

    def move(self, where: str) -> None:
        """Scroll."""
        scroll = self.query_one(VerticalScroll)
        page = max(1, scroll.size.height - 1)
        step = {"down": 1, "up": -1, "page_down": page, "page_up": -page}.get(where)
        if step is not None:
            scroll.scroll_relative(y=step, animate=False)
        elif where in ("first", "last"):
            scroll.scroll_to(y=0 if where == "first" else scroll.max_scroll_y, animate=False)
