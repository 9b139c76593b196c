"""What a terminal answers is never taken for keys, however it is cut; what is typed always is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

from resonance_tui.terminal.answers import ANSWER_S, ESCAPE_S, AnswerFilter, seven_bits

ANSWERS = {
    "device attributes": "\x1b[?62;4;22c",
    "secondary device attributes": "\x1b[>41;354;0c",
    "tertiary device attributes": "\x1bP!|00000000\x1b\\",
    "device attributes of a vt52": "\x1b[0c",
    "version": "\x1bP>|xterm(380)\x1b\\",
    "version with a bell": "\x1bP>|WezTerm 20240203\x07",
    "setting of colours": "\x1bP1$r0;38:2::1:2:3m\x1b\\",
    "capability": "\x1bP1+r524742=38\x1b\\",
    "no such capability": "\x1bP0+r\x1b\\",
    "background": "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    "background with a bell": "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
    "a colour of the palette": "\x1b]4;1;rgb:cdcd/0000/0000\x9c",
    "clipboard": "\x1b]52;c;aGVsbG8gcXF xqjjj\x07",
    "title": "\x1b]lsome title jjqq\x1b\\",
    "graphics": "\x1b_Gi=31;OK\x1b\\",
    "ready": "\x1b[0n",
    "colour scheme": "\x1b[?997;1n",
    "extended cursor position": "\x1b[?12;40;1R",
    "keyboard flags": "\x1b[?1u",
    "text area": "\x1b[8;40;120t",
    "text area in pixels": "\x1b[4;800;1200t",
    "window state": "\x1b[1t",
    "terminal parameters": "\x1b[2;1;1;128;128;1;0x",
    "an ANSI mode": "\x1b[4;2$y",
    "unknown": "\x1b[>4;2m",
}
KEYS = [
    "j", "q", "5", "é", "漢", "\r", "\t", "\x7f", "\x03", "\x1b[A", "\x1bOP", "\x1b[5~", "\x1b[1;5C", "\x1b[Z", "\x1bx",
    "\x1b[27;5;9~", "\x1b[106;1u", "\x1b[I", "\x1b[O", "\x1b[[A", "\x1b[12;40R", "\x1b[?2026;2$y", "\x1b[<0;3;4M",
    "\x1b[48;40;120;800;1200t", "\x1b[200~pasted \x1b[?62c \x1b]52;c;x\x07 as it is\x1b[201~",
]  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def passed(packets: list[str], pause: float = 0.0) -> str:
    """What comes through of packets that arrive one after the other."""
    clock = Clock()
    sorter = AnswerFilter(ANSI_SEQUENCES_KEYS, clock)
    typed = ""
    for packet in packets:
        typed += sorter.feed(packet)
        clock.now += pause
        typed += sorter.expire()
    clock.now += 60.0
    return typed + sorter.expire()


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_no_key_wherever_it_is_cut(answer: str) -> None:
    assert passed([answer]) == ""
    assert passed(["j", answer, "q"]) == "jq"
    assert passed([f"j{answer}q{answer}"]) == "jq"
    for at in range(1, len(answer)):
        assert passed([f"j{answer[:at]}", f"{answer[at:]}q"]) == "jq", at
    assert passed(list(answer)) == ""


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_the_rest_of_an_answer_may_be_late(answer: str) -> None:
    for at in range(3, len(answer)):
        assert passed([answer[:at], answer[at:]], pause=0.9 * ANSWER_S) == "", at


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_where_an_escape_passed_for_the_key_the_rest_is_no_keys_all_the_same(answer: str) -> None:
    assert passed([answer[:1], answer[1:], "j"], pause=0.5) == "\x1bj"


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_in_three_late_packets_is_no_key_but_for_an_escape(answer: str) -> None:
    for first in (1, *range(3, len(answer) - 1)):
        for second in range(first + 4, len(answer)):
            packets = [answer[:first], answer[first:second], answer[second:]]
            assert passed(packets, pause=0.3) == ("\x1b" if first == 1 else ""), packets


@pytest.mark.parametrize("key", ["\x03", "\r", "\x11", "\x1b[A", "\x1bOP"])
@pytest.mark.parametrize("open_answer", ["\x1b]11;rgb:1c1c/1c", "\x1bP>|xterm", "\x1b_Gi=31", "\x1b[?62;4"])
def test_an_answer_that_never_ends_keeps_no_key_of_control(open_answer: str, key: str) -> None:
    typed = passed([open_answer, key], pause=0.5)
    assert typed.endswith(key)


@pytest.mark.parametrize("open_answer", ["\x1b]11;rgb:1c1c/1c", "\x1bP>|xterm", "\x1b[?62;4"])
def test_an_answer_that_never_ends_keeps_letters_for_three_seconds_at_most(open_answer: str) -> None:
    clock = Clock()
    sorter = AnswerFilter(ANSI_SEQUENCES_KEYS, clock)
    typed = sorter.feed(open_answer)
    for _ in range(20):
        clock.now += 0.5
        typed += sorter.expire() + sorter.feed("1")
    assert len(typed) >= 20 - 2 * ANSWER_S - 1


@pytest.mark.parametrize("typed", ["\x1b[", "\x1b[[[", "\x1b[j", "\x1bj"])
def test_keys_typed_right_after_escape_are_none_lost(typed: str) -> None:
    assert passed([typed, "k"], pause=0.2) == f"{typed}k"


def test_introducers_of_one_byte_are_known() -> None:
    raw = b"\x9b?62;4;22c|\x90>|xterm\x9c|\x9d11;rgb:0/0/0\x07|\xff"
    text = seven_bits(raw.decode("utf-8", "surrogateescape"))
    assert passed([text]) == "|||\ufffd"
    assert seven_bits("漢é") == "漢é"


@pytest.mark.parametrize("typed", ["[", "]", "[[", "]5", "P", "_", "[5", "j"])
def test_what_is_typed_after_escape_comes_through(typed: str) -> None:
    assert passed(["\x1b", typed], pause=0.5) == f"\x1b{typed}"


def test_half_an_answer_that_never_ends_is_dropped_and_keys_go_on() -> None:
    assert passed(["\x1b[?62;4", "j"], pause=ANSWER_S + 0.1) == "j"
    assert passed(["\x1b]11;rgb:1e", "j", "k"], pause=ANSWER_S + 0.1) == "jk"


@pytest.mark.parametrize("key", KEYS)
def test_keys_and_what_textual_waits_for_come_through_wherever_they_are_cut(key: str) -> None:
    assert passed([key]) == key
    for at in range(1, len(key)):
        assert passed([key[:at], key[at:]]) == key, at


@pytest.mark.parametrize(
    "sequence", sorted(key for key in ANSI_SEQUENCES_KEYS if not key.startswith("\x1b\x1b"))
)
def test_every_key_that_textual_knows_comes_through(sequence: str) -> None:
    assert passed([sequence]) == sequence


@pytest.mark.parametrize("key", ["\x1b", "\x1bP", "\x1b]", "\x1b_", "\x1bX", "\x1b^", "\x1bO"])
def test_escape_and_alt_with_a_letter_are_keys_after_a_moment(key: str) -> None:
    clock = Clock()
    sorter = AnswerFilter(ANSI_SEQUENCES_KEYS, clock)
    assert sorter.feed(key) == ""
    assert sorter.expire() == ""
    remaining = sorter.remaining
    assert remaining is not None
    assert 0 < remaining <= ESCAPE_S
    clock.now += ESCAPE_S + 0.001
    assert sorter.expire() == key
    assert sorter.remaining is None


def test_an_escape_before_another_key_is_the_key_at_once() -> None:
    assert AnswerFilter().feed("\x1b\x1b[A") == "\x1b\x1b[A"


def test_a_string_without_an_end_is_bounded() -> None:
    sorter = AnswerFilter(ANSI_SEQUENCES_KEYS, Clock())
    assert sorter.feed("\x1b]52;c;" + "A" * 70_000) == ""
    assert sorter.feed("j") == "j"


@settings(max_examples=300)
@given(st.data())
def test_whatever_comes_in_whatever_packets_only_what_is_typed_comes_through(data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.sampled_from([*ANSWERS.values(), *KEYS]), max_size=8))
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    packets = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert passed(packets) == "".join(part for part in parts if part in KEYS)


@settings(max_examples=300)
@given(st.lists(st.text(st.sampled_from("\x1b[]P_O?;0123cRn~AjM\x07\\ \x9cé"), max_size=12), max_size=6))
def test_any_input_is_taken_and_nothing_is_held_for_ever(packets: list[str]) -> None:
    clock = Clock()
    sorter = AnswerFilter(ANSI_SEQUENCES_KEYS, clock)
    for packet in packets:
        sorter.feed(packet)
    for _ in range(3):
        clock.now += 60.0
        sorter.expire()
    assert sorter.remaining is None


def test_the_keys_that_textual_makes_of_the_rest_are_those_that_were_typed() -> None:
    def keys(text: str) -> list[str]:
        parser = XTermParser()
        return [event.key for event in parser.feed(text) if isinstance(event, events.Key)]

    late = "4\x1b[?62;4;22cj\x1bP>|xterm(380)\x1b\\k"
    assert "6" in keys(late)  # what it would make of the answers
    assert keys(passed([late])) == ["4", "j", "k"]
