"""Text from data reaches a terminal through one door only: looked for in the source, sink by sink."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from textual.content import Content

import resonance_tui
from resonance_tui.panes.literal import assemble, literal, segment
from resonance_tui.text.details import section

PACKAGE = Path(resonance_tui.__file__).resolve().parent
DOOR = "panes/literal.py"
EXEMPT = {
    DOOR: "is the door",
    "terminal/cells_view.py": "draws block characters of its own",
    "panes/curve_renderer.py": "draws what plotext drew, whose labels are made printable before",
}
"""File → why it may make segments by itself."""

_MAKERS = {"Content", "Text", "Segment"}
_FACTORIES = {"styled", "assemble", "from_text", "from_markup", "from_rich_text", "from_ansi"}
_WIDGETS = {"Static", "Label", "Button", "ListItem", "Markdown", "Log", "RichLog", "Collapsible"}
_METHODS = {"notify", "write_line", "add_row", "add_column", "add_option", "set_tooltip"}
_ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "placeholder", "sub_title"}
_TEXTS = {"content", "text", "message", "title", "renderable", "label"}
_CLEAN = {"literal", "assemble", "segment", "cell_text", "printable", "Content"}


def name_of(node: ast.expr) -> str:
    """The last part of a dotted name; empty for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_constant(node: ast.expr) -> bool:
    """Whether it is text that stands in the source."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Tuple):
        return all(map(is_constant, node.elts))
    if isinstance(node, ast.IfExp):
        return is_constant(node.body) and is_constant(node.orelse)
    # the module's own constants and names of Textual's actions
    return isinstance(node, ast.Name | ast.Attribute) and name_of(node).isupper()


def is_clean(node: ast.expr) -> bool:
    """Whether it is a constant, or passed the door right here."""
    if isinstance(node, ast.Call):
        return name_of(node.func) in _CLEAN
    return is_constant(node)


def texts_of(call: ast.Call) -> list[ast.expr]:
    """What a call would put on the terminal; empty where it is no sink."""
    function = call.func
    name = name_of(function)
    owner = name_of(function.value) if isinstance(function, ast.Attribute) else ""
    named = [word.value for word in call.keywords if word.arg in _TEXTS]
    if (name in _MAKERS and owner in ("", "text", "segment", "content")) or (
        owner in _MAKERS and name in _FACTORIES
    ):
        return [*(call.args if name == "assemble" else call.args[:1]), *named]
    if name in _WIDGETS and owner == "":
        return [*call.args[:1], *named]
    # what is said through the host goes through the door in the title bar
    if name in _METHODS and owner.removeprefix("_") not in ("", "host"):
        return [*call.args, *named]
    return []


def raw_sinks(source: str) -> list[int]:
    """The lines where a text that is no constant reaches a sink without passing the door."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            makes = name_of(node.func) in _MAKERS | _FACTORIES
            if not all(map(is_constant if makes else is_clean, texts_of(node))):
                found.append(node.lineno)
            found += [
                node.lineno
                for word in node.keywords
                if word.arg in _ATTRIBUTES
                and name_of(node.func) not in ("Binding", "_key")
                and not is_clean(word.value)
            ]
        elif isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if {name_of(target) for target in targets} & _ATTRIBUTES and not is_clean(node.value):
                found.append(node.lineno)
    return found


SCREEN_FILES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for folder in ("panes", "app", "terminal")
    for path in (PACKAGE / folder).rglob("*.py")
    if path.relative_to(PACKAGE).as_posix() not in EXEMPT
)


def test_the_files_that_are_searched_are_there() -> None:
    assert len(SCREEN_FILES) > 60
    assert all((PACKAGE / file).exists() for file in EXEMPT)


@pytest.mark.parametrize("file", SCREEN_FILES)
def test_no_text_that_is_no_constant_goes_into_a_sink_beside_the_door(file: str) -> None:
    lines = raw_sinks((PACKAGE / file).read_text(encoding="utf-8"))
    assert lines == [], f"{file}: use panes/literal.py in lines {lines}"


@pytest.mark.parametrize(
    "source",
    [
        "Content(name)",
        "Content(f'{name}')",
        "Content.styled(part.title, 'bold')",
        "Content.assemble('a', name)",
        "Content.assemble(('a', 'bold'), (name, 'dim'))",
        "Content.from_markup('x' + name)",
        "Text(name)",
        "Text.from_markup(name)",
        "[Segment(name, style)]",
        "Static(name)",
        "Label(str(name))",
        "self.notify(name)",
        "self.app.notify(f'{name}')",
        "table.add_row('a', name)",
        "box.border_title = name",
        "Input(placeholder=name)",
        "Static(content=name)",
        "Static(name, markup=False)",
        "Segment(text=name)",
        "self.notify(message=name)",
        "self.notify('a', title=name)",
        "box.border_title += name",
        "rich.text.Text(name)",
    ],
)
def test_the_search_finds_a_raw_text(source: str) -> None:
    assert raw_sinks(source) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "Content('')",
        "Content('a' if several else 'b')",
        "Content.assemble(('a', 'bold'), TITLE)",
        "literal(name)",
        "assemble((name, 'bold'))",
        "Static('')",
        "self.notify(printable(name))",
        "box.border_title = literal(name)",
    ],
)
def test_the_search_lets_constants_and_the_door_pass(source: str) -> None:
    assert raw_sinks(source) == []


HOSTILE = "a\x1b]52;c;aGVsbG8=\x07b\u202ec[red]"
CLEANED = "a␛]52;c;aGVsbG8=␇b\ufffdc[red]"


def test_the_door_makes_every_part_printable_and_leaves_markup_alone() -> None:
    assert literal(HOSTILE).plain == CLEANED
    parts = assemble(HOSTILE, (HOSTILE, "bold"), Content("as it is"), literal(HOSTILE))
    assert parts.plain == 2 * CLEANED + "as it is" + CLEANED
    assert segment(HOSTILE).text == CLEANED


def test_a_section_of_the_card_has_a_printable_title_and_lines() -> None:
    made = section(f"Stream {HOSTILE}", [(HOSTILE, HOSTILE)])
    assert made.title == f"Stream {CLEANED}"
    assert made.lines == ((CLEANED, CLEANED),)
    assert len(section("x" * 500, []).title) == 80
