"""The runs as they come in, the search that narrows them, and runs by name or place."""

from __future__ import annotations

import pytest

from resonance_tui.panes.runs.listed_runs import Listing
from resonance_tui.text.states import State
from tests.unit.panes.runs.listing_rows import open_row, row, rows


def listing(uids: str = "", *, done: bool = True) -> Listing:
    made = Listing()
    made.take(rows(uids), first=True, done=done)
    return made


def uids(made: Listing) -> str:
    return "".join(one.uid for one in made.rows)


# -- parts -----------------------------------------------------------------------------------------------------


def test_the_first_time_runs_are_listed_as_they_come() -> None:
    made = Listing()
    assert made.newest is None
    assert made.take(rows("fe"), first=True, done=False) is None
    assert (uids(made), made.is_partial) == ("fe", True)
    assert made.take(rows("dc"), first=False, done=False) == rows("dc")  # they follow below
    assert made.take(rows("ba"), first=False, done=True) == rows("ba")
    assert (uids(made), made.is_partial) == ("fedcba", False)
    assert made.newest == row("f")


def test_while_it_is_read_again_what_was_listed_stays_until_the_list_is_whole() -> None:
    made = listing("cba")
    assert made.take(rows("dc"), first=True, done=False) == ()
    assert made.take(rows("b"), first=False, done=False) == ()
    assert (uids(made), made.is_partial) == ("cba", True)
    assert made.take(rows("a"), first=False, done=True) is None
    assert uids(made) == "dcba"


def test_with_a_search_each_part_is_listed_anew() -> None:
    made = listing("d", done=False)
    made.search("ps")
    assert made.take(rows("c"), first=False, done=False) is None
    assert [one.uid for one in made.listed()] == ["d", "c"]


# -- new runs --------------------------------------------------------------------------------------------------


def test_runs_that_were_started_stand_above_and_known_ones_are_no_news() -> None:
    made = listing("ba")
    assert made.add(rows("dcb"))
    assert uids(made) == "dcba"
    assert not made.add(rows("cd"))
    assert uids(made) == "dcba"


def test_what_comes_while_the_list_is_read_the_first_time_stays_above_the_rest() -> None:
    made = listing("cb", done=False)
    made.add(rows("d"))
    made.take(rows("a"), first=False, done=True)
    assert uids(made) == "dcba"


def test_what_comes_while_it_is_read_again_is_in_the_new_list_too() -> None:
    made = listing("ba")
    made.take(rows("b"), first=True, done=False)  # begun before c was
    made.add(rows("c"))
    made.take(rows("a"), first=False, done=True)
    assert uids(made) == "cba"


def test_a_run_that_the_new_list_has_already_is_not_listed_twice() -> None:
    made = listing("ba")
    made.take(rows("cb"), first=True, done=False)  # c was started just before it was begun
    made.add(rows("c"))
    made.take(rows("a"), first=False, done=True)
    assert uids(made) == "cba"


# -- what changes of a run -------------------------------------------------------------------------------------


def test_what_is_known_of_a_run_by_now_takes_its_place() -> None:
    made = listing("cba")
    made.replace(row("b", "another sample"))
    made.replace(row("x"))  # not listed
    assert [one.sample for one in made.rows] == ["ps", "another sample", "ps"]
    assert made.row_of("b") == row("b", "another sample")
    assert made.row_of("x") is None


def test_only_a_run_without_an_end_comes_into_another_state() -> None:
    made = Listing()
    made.take([open_row("b"), row("a")], first=True, done=True)
    changed = made.in_state("b", State.INTERRUPTED)
    assert changed is not None
    assert (changed.state, changed.status) == (State.INTERRUPTED, "interrupted")
    assert made.in_state("b", State.RUNNING) is None  # it is in that
    assert made.in_state("a", State.INTERRUPTED) is None
    assert made.in_state("x", State.INTERRUPTED) is None


# -- the search ------------------------------------------------------------------------------------------------


def test_a_search_that_is_the_same_is_no_other() -> None:
    made = listing("a")
    assert made.search("p3ht")
    assert not made.search(" p3ht ")
    assert made.search("")
    assert not made.search("")


def test_the_caption_counts_what_is_listed_and_marked() -> None:
    made = listing("cba")
    assert made.caption(3, 0) == "3 runs"
    assert made.caption(3, 2) == "3 runs · 2 marked"
    made.search("x")
    assert made.caption(0, 0) == "0 of 3 runs: sample ~ x"
    assert listing("ba", done=False).caption(2, 0) == "2 runs…"


def test_an_empty_list_says_why_unless_it_is_still_read() -> None:
    assert listing().why_empty() == "No run was taken yet. r looks again."
    assert listing(done=False).why_empty() == ""
    searched = listing("a")
    searched.search("xyz")
    assert searched.why_empty() == 'No run matches "xyz". esc clears the search.'


# -- runs by name or place -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "uid"),
    [
        ("-1", "c0ffee01"),
        ("-3", "12345678"),
        ("-4", None),
        ("0", "12345678"),
        ("2", "c0ffee01"),
        ("3", None),
        ("c0", None),  # two begin so
        ("c0ffee0", "c0ffee01"),
        ("C0FFEE1", "c0ffee11"),
        ("12345678", "12345678"),  # as long as this it is no place
        ("beef", None),
        ("--1", None),
        ("²", None),
    ],
)
def test_a_run_is_called_by_the_beginning_of_its_uid_or_by_its_place(text: str, uid: str | None) -> None:
    made = Listing()
    made.take([row("c0ffee01"), row("c0ffee11"), row("12345678")], first=True, done=True)
    found = made.called(text)
    assert (found.uid if found else None) == uid


def test_the_newest_other_runs_of_a_sample() -> None:
    made = Listing()
    made.take([row("d"), row("c", "p3ht"), row("b"), row("a")], first=True, done=True)
    assert made.of_sample(row("b"), 5) == [row("d"), row("a")]
    assert made.of_sample(row("b"), 1) == [row("d")]
    assert made.of_sample(row("c", "p3ht"), 5) == []


# -- while the list is being read ------------------------------------------------------------------------------


def test_the_first_runs_of_the_beamtime_have_no_place_before_the_list_is_whole() -> None:
    made = listing("fed", done=False)
    assert made.called("-2") == row("e")
    assert made.called("0") is None
    made.take(rows("cba"), first=False, done=True)
    assert made.called("0") == row("a")


def test_that_nothing_matches_is_not_said_before_the_list_is_whole() -> None:
    made = listing("", done=False)
    made.search("no such sample")
    assert made.why_empty() == ""
    made.take(rows("a"), first=False, done=True)
    assert made.why_empty().startswith("No run matches")
