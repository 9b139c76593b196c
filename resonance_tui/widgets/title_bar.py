"""The line at the top: which beamtime this is, and what there is to say about all of it."""

from __future__ import annotations

from pathlib import Path

from textual.content import Content
from textual.widgets import Static

from ..present.text import printable


class TitleBar(Static):
    """File name and folder, or a message."""

    def __init__(self, path: Path) -> None:
        super().__init__("", markup=False, id="title-bar")
        self._path = path

    def on_mount(self) -> None:
        """Show the file."""
        self.tell("")

    def tell(self, message: str, *, error: bool = False) -> None:
        """Say something after the file's name; an empty message takes it back."""
        name = (printable(self._path.name, 60), "bold")
        rest = (printable(message, 400), "$text-error" if error else "$text-warning") if message else (
            printable(self._path.parent, 200), "$text-muted")  # fmt: skip
        self.update(Content.assemble(name, "  ", rest))
