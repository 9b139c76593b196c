"""What the details pane shows: sections, and single lines of them that change."""

from __future__ import annotations

from resonance_tui.panes.detail.state import DetailState
from resonance_tui.text.details import section

RUN = section("Run", {"plan": "scan", "state": "running", "events": 3})
SAMPLE = section("Sample", {"name": "ps", "state": "thin film"})


def test_other_sections_take_the_place_of_all_that_was_shown() -> None:
    state = DetailState((RUN,), seen="running").with_sections([SAMPLE])
    assert state.sections == (SAMPLE,)
    assert state.seen == "running"


def test_a_line_changes_in_its_own_section_only() -> None:
    state = DetailState((SAMPLE, RUN)).with_lines("Run", {"state": "open"}, "open")
    assert state.sections == (SAMPLE, section("Run", {"plan": "scan", "state": "open", "events": 3}))
    assert state.seen == "open"


def test_an_empty_value_takes_its_line_away_and_a_new_one_follows_those_that_change() -> None:
    changed = DetailState((RUN,)).with_lines(
        "Run", {"state": "interrupted", "reason": "it died", "events": ""}, 1
    )
    assert changed.sections[0].lines == (("plan", "scan"), ("state", "interrupted"), ("reason", "it died"))


def test_a_section_that_is_not_shown_is_not_made_of_a_line() -> None:
    assert DetailState((SAMPLE,)).with_lines("Run", {"state": "open"}, 1).sections == (SAMPLE,)
