"""A line that is typed: what each key does to it, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.panes.line_input import MAX_CHARACTERS, Line, LineInput, edited


@dataclass
class Typing:
    """A line, what was shown of it, and what came of it."""

    shown: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    left: int = 0

    def __post_init__(self) -> None:
        self.line = LineInput(self.shown.append)

    def leave(self) -> None:
        """Count that esc ended it."""
        self.left += 1

    def press(self, *keys: str) -> bool:
        """Press keys; whether the last one was taken."""
        taken = False
        for key in keys:
            taken = self.line.take_key(key, key if len(key) == 1 else None)
        return taken


def asking(label: str = "go to", text: str = "") -> Typing:
    """A line that asks for something that is done once it is typed."""
    typing = Typing()
    typing.line.begin(label, typing.done.append, text=text, left=typing.leave)
    return typing


def searching(text: str = "") -> Typing:
    """A line that is used on the way, as a search is."""
    typing = Typing()
    typing.line.begin("", typing.done.append, text=text, changed=typing.changes.append, left=typing.leave)
    return typing


# -- the text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "text", "cursor"),
    [
        ("backspace", "ab cd yz", 6),
        ("ctrl+h", "ab cd yz", 6),
        ("delete", "ab cd xz", 7),
        ("left", "ab cd xyz", 6),
        ("right", "ab cd xyz", 8),
        ("home", "ab cd xyz", 0),
        ("ctrl+a", "ab cd xyz", 0),
        ("end", "ab cd xyz", 9),
        ("ctrl+e", "ab cd xyz", 9),
        ("ctrl+w", "ab cd yz", 6),
        ("ctrl+u", "yz", 0),
        ("ctrl+k", "ab cd x", 7),
    ],
)
def test_each_editing_key_does_what_it_does_in_a_shell(key: str, text: str, cursor: int) -> None:
    assert edited(Line("ab cd xyz", 7), key, None) == Line(text, cursor)


@pytest.mark.parametrize("key", ["backspace", "left", "ctrl+u", "ctrl+w", "home"])
def test_at_the_beginning_nothing_before_it_is_taken_away(key: str) -> None:
    assert edited(Line("abc", 0), key, None) == Line("abc", 0)


@pytest.mark.parametrize("key", ["delete", "right", "ctrl+k", "end"])
def test_at_the_end_nothing_behind_it_is_taken_away(key: str) -> None:
    assert edited(Line("abc", 3), key, None) == Line("abc", 3)


def test_a_word_is_taken_away_with_the_blanks_behind_it() -> None:
    assert edited(Line("energy 285   ", 13), "ctrl+w", None) == Line("energy ", 7)


def test_a_character_is_typed_at_the_cursor() -> None:
    assert edited(Line("28.1", 2), "5", "5") == Line("285.1", 3)


@pytest.mark.parametrize(
    ("key", "character"), [("down", None), ("f1", None), ("tab", "\t"), ("ctrl+x", "\x18")]
)
def test_a_key_that_does_not_write_is_none_of_the_lines(key: str, character: str | None) -> None:
    assert edited(Line("a", 1), key, character) is None


def test_what_is_typed_or_pasted_holds_no_control_characters() -> None:
    assert Line("ac", 1).typed("\x1b[2J\nb\t") == Line("a[2Jbc", 5)


def test_a_line_takes_no_more_than_there_is_room_for() -> None:
    full = Line().typed("x" * 1000)
    assert full == Line("x" * MAX_CHARACTERS, MAX_CHARACTERS)
    assert full.typed("y") == full
    assert Line("abc", 1).typed("12345", limit=5) == Line("a12bc", 3)


def test_the_cursor_is_marked_where_it_is() -> None:
    assert Line("abc", 3).marked() == "abc_"
    assert Line("abc", 1).marked() == "a▏bc"
    assert Line().marked() == "_"


KEYS = ["backspace", "delete", "left", "right", "home", "end", "ctrl+w", "ctrl+u", "ctrl+k", "a", "µ", " "]


@given(st.lists(st.sampled_from(KEYS), max_size=30))
def test_whatever_is_pressed_the_cursor_stays_in_the_line(keys: list[str]) -> None:
    line: Line | None = Line("some text", 4)
    for key in keys:
        assert line is not None
        line = edited(line, key, key if len(key) == 1 else None)
    assert line is not None
    assert 0 <= line.cursor <= len(line.text) <= MAX_CHARACTERS


# -- from its opening to its end -------------------------------------------------------------------------------


def test_what_is_typed_is_shown_key_by_key_and_taken_by_enter() -> None:
    typing = asking("go to event")
    assert typing.press("1", "2", "enter")
    assert typing.shown == [
        "go to event ▸ _   ⏎ esc",
        "go to event ▸ 1_   ⏎ esc",
        "go to event ▸ 12_   ⏎ esc",
        "",
    ]
    assert typing.done == ["12"]
    assert not typing.line.is_open
    assert (typing.line.text, typing.line.prompt) == (None, "")


def test_blanks_around_what_was_typed_are_not_meant() -> None:
    typing = asking()
    typing.press(" ", "8", " ", "enter")
    assert typing.done == ["8"]


@pytest.mark.parametrize("keys", [[], [" "], ["1", "backspace"]])
def test_enter_without_a_text_asks_for_nothing(keys: list[str]) -> None:
    typing = asking()
    assert typing.press(*keys, "enter")
    assert typing.done == []
    assert not typing.line.is_open


def test_esc_leaves_what_was_typed_undone() -> None:
    typing = asking()
    assert typing.press("1", "escape")
    assert (typing.done, typing.left, typing.shown[-1]) == ([], 1, "")


def test_esc_without_anything_to_be_told_just_closes_the_line() -> None:
    typing = Typing()
    typing.line.begin("go to", typing.done.append)
    assert typing.press("1", "escape")
    assert not typing.line.is_open
    assert typing.done == []


def test_another_key_ends_the_line_and_does_what_it_does() -> None:
    typing = asking()
    assert not typing.press("1", "down")
    assert not typing.line.is_open
    assert typing.done == []  # what was half typed is not gone to


@pytest.mark.parametrize("key", ["ctrl+q", "ctrl+c"])
def test_the_keys_that_end_the_program_are_not_taken(key: str) -> None:
    typing = asking()
    assert not typing.press("1", key)
    assert typing.line.text == "1"


def test_a_closed_line_takes_no_key_and_no_paste() -> None:
    typing = Typing()
    assert not typing.press("a")
    typing.line.paste("text")
    typing.line.close()
    assert typing.shown == []


def test_a_text_is_pasted_at_the_cursor() -> None:
    typing = asking(text="ac")
    typing.press("left")
    typing.line.paste("b\n")
    assert typing.line.text == "abc"


# -- a search --------------------------------------------------------------------------------------------------


def test_a_search_is_used_with_every_key_and_begins_with_what_is_searched_for() -> None:
    typing = searching("p3")
    assert typing.shown == ["p3_"]
    typing.press("h", "left", "backspace")
    assert typing.changes == ["p3h", "ph"]  # moving the cursor changes nothing


def test_an_empty_search_is_a_search_too() -> None:
    typing = searching("p")
    typing.press("backspace", "enter")
    assert typing.changes == [""]
    assert typing.done == [""]


def test_another_key_keeps_the_search_and_does_what_it_does() -> None:
    typing = searching()
    assert not typing.press("p", "down")
    assert typing.done == ["p"]
    assert not typing.line.is_open


def test_esc_ends_a_search_without_keeping_it() -> None:
    typing = searching()
    typing.press("p", "escape")
    assert (typing.done, typing.left) == ([], 1)


def test_what_is_asked_for_while_a_line_is_open_takes_its_place() -> None:
    typing = searching("abc")
    typing.line.begin("go to", typing.done.append)
    typing.press("7", "enter")
    assert (typing.changes, typing.done) == ([], ["7"])
