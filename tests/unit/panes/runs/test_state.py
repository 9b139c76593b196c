"""Marks and the colours of runs."""

from __future__ import annotations

from resonance_tui.panes.curve_colours import MAX_COLOURS, free_colour
from resonance_tui.panes.runs.state import RunsState


def marked(*uids: str) -> RunsState:
    state = RunsState()
    for uid in uids:
        state = state.toggled(uid)
    return state


def test_marks_are_kept_in_their_order_each_in_a_colour_of_its_own() -> None:
    assert list(marked("c", "a", "b").marks.items()) == [("c", 0), ("a", 1), ("b", 2)]


def test_a_second_key_takes_a_mark_away_and_leaves_the_others_as_they_are() -> None:
    assert dict(marked("a", "b", "a").marks) == {"b": 1}


def test_a_run_that_is_marked_again_has_its_colour_again() -> None:
    assert dict(marked("a", "b", "a", "a").marks) == {"b": 1, "a": 0}


def test_two_marked_runs_never_have_the_same_colour_while_others_are_free() -> None:
    state = marked("a", "a", "b", "a")
    assert len(set(state.marks.values())) == len(state.marks) == 2


def test_a_mark_has_no_colour_of_a_run_that_is_overlaid() -> None:
    state = RunsState().with_overlaid({"x": 0, "y": 1})
    assert state.toggled("a").marks == {"a": 2}
    assert state.toggled("y").marks == {"y": 1}  # as it is drawn


def test_with_all_colours_used_there_is_still_one_for_the_next() -> None:
    uids = [f"run {i}" for i in range(MAX_COLOURS + 1)]
    assert marked(*uids).marks[uids[-1]] == MAX_COLOURS
    assert free_colour([0, 1, 3], 99) == 2
    assert free_colour(range(MAX_COLOURS), 99) == 99


def test_marks_can_all_be_taken_away_or_those_of_runs_that_are_gone() -> None:
    state = marked("a", "b", "c")
    assert state.without_marks().marks == {}
    assert dict(state.keeping({"c", "a"}).marks) == {"a": 0, "c": 2}
    assert state.without_marks().toggled("b").marks == {"b": 1}


def test_what_is_overlaid_takes_the_place_of_what_was() -> None:
    state = RunsState().with_overlaid({"x": 4}).with_overlaid({"y": 5})
    assert state.overlaid == {"y": 5}
    assert state.colours == {"x": 4, "y": 5}
