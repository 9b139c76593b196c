"""What holds in every test that runs the app."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from textual import visual


@pytest.fixture(autouse=True)
def raw_texts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """No widget of ours, nor a `Static` of Textual's in one of our screens, is given a plain `str` to draw."""
    found: list[str] = []
    real = visual.visualize

    def watch(widget: Any, shown: object, markup: bool = True) -> Any:
        kind = type(widget)
        ours = kind.__module__.startswith("resonance_tui") or kind.__name__ in ("Static", "OptionList")
        if ours and isinstance(shown, str) and shown:
            found.append(f"{kind.__name__}#{widget.id}: {shown!r}")
        return real(widget, shown, markup=markup)

    for module in list(sys.modules.values()):
        if module.__name__.startswith("textual") and getattr(module, "visualize", None) is real:
            monkeypatch.setattr(module, "visualize", watch)
    yield found
    assert found == []
