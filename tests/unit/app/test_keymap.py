"""Keys: one thing in one place, and where a key means something else in another pane it is one of few."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.binding import Binding

from resonance_tui.app import keymap
from resonance_tui.app.app import ResonanceApp
from resonance_tui.app.keys import Keys

ALIKE = {
    "go to": {"runs.goto", "detail.goto", "table.goto", "plot.goto", "frame.goto"},
    "search": {"browse.search", "browse.search_from_here", "table.find"},
    "zoom in": {"plot.nearer", "frame.nearer"},
    "zoom out": {"plot.further", "frame.further"},
    "the whole": {"plot.whole", "frame.whole"},
}
"""Bindings of several panes that are one thing to the user."""

MEANS_SOMETHING_ELSE = {
    "space", "equals_sign", "minus", "a", "b", "c", "d", "D", "i", "L", "m", "o", "p", "s", "t", "x", "y",
}  # fmt: skip
"""Keys with another meaning in another pane; the list is only ever shortened."""


def keys_in(pane: str, *, may_have_frames: bool = True) -> Keys:
    """The dispatcher, with the focus in a pane."""
    closed = SimpleNamespace(line=None)
    controllers = SimpleNamespace(panes=dict.fromkeys(keymap.PANES, closed), may_have_frames=may_have_frames)
    return Keys(
        cast(Any, controllers),
        cast(Any, SimpleNamespace(is_open=False)),
        cast(Any, SimpleNamespace(pane=pane)),
    )


def action_of(binding: Binding) -> tuple[str, tuple[object, ...]]:
    """The name and the parameters of a binding's action."""
    name, _, parameters = binding.action.partition("(")
    values = parameters.removesuffix(")").replace("'", "")
    return name, tuple(values.split(", ")) if values else ()


def works_in(pane: str) -> dict[str, list[str]]:
    """Key → the bindings that it has in a pane."""
    found: dict[str, list[str]] = defaultdict(list)
    for binding in keymap.KEYS:
        if keys_in(pane).allows(*action_of(binding)):
            for key in binding.key.split(","):
                found[key].append(str(binding.id))
    return found


@pytest.mark.parametrize("pane", keymap.PANES)
def test_no_two_bindings_of_a_pane_have_one_key(pane: str) -> None:
    found = works_in(pane)
    assert len(found) > 25
    for binding in ResonanceApp.BINDINGS:  # they work everywhere
        assert isinstance(binding, Binding)
        for key in binding.key.split(","):
            found[key].append(str(binding.id))
    assert found["q"] == ["app.quit"]
    assert {key: ids for key, ids in found.items() if len(ids) > 1} == {}


def test_a_key_that_means_something_else_in_another_pane_is_one_of_few() -> None:
    meanings: dict[str, set[str]] = defaultdict(set)
    for pane in keymap.PANES:
        for key, (name,) in works_in(pane).items():
            meanings[key].add(next((alike for alike, ids in ALIKE.items() if name in ids), name))
    assert {key for key, several in meanings.items() if len(several) > 1} == MEANS_SOMETHING_ELSE
    assert len(MEANS_SOMETHING_ELSE) <= 24


@pytest.mark.parametrize("pane", keymap.PANES)
@pytest.mark.parametrize("place", range(1, 6))
def test_a_digit_goes_to_a_pane_from_everywhere(pane: str, place: int) -> None:
    assert works_in(pane)[str(place)] == [f"browse.{keymap.PANES[place - 1]}"]


@pytest.mark.parametrize("pane", keymap.PANES)
def test_a_colon_goes_somewhere_in_every_pane(pane: str) -> None:
    assert len(works_in(pane)["colon"]) == 1


def test_every_action_has_a_binding_and_every_binding_an_action() -> None:
    bound = {action_of(binding)[1] for binding in keymap.KEYS if binding.action.startswith("own(")}
    assert bound == {(pane, action.value) for pane, actions in keymap.ACTIONS.items() for action in actions}


def test_every_key_of_a_pane_stands_under_a_heading_of_its_own() -> None:
    common = {keymap.EVERYWHERE, keymap.MOVING, keymap.PROGRAM}
    for binding in keymap.KEYS:
        name, parameters = action_of(binding)
        if name == "own":
            is_common = parameters[0] == keymap.EVERY_PANE
            assert (keymap.group_of(str(binding.id)) in common) is is_common, binding.id


def test_every_heading_names_bindings_that_are_there_and_each_once() -> None:
    named = [binding for group in keymap.GROUPS for binding in group.ids]
    assert len(named) == len(set(named))
    assert set(named) <= {binding.id for binding in keymap.KEYS}


def test_the_headings_of_a_pane_come_before_those_of_all_panes() -> None:
    assert keymap.headings()[-3:] == (keymap.EVERYWHERE, keymap.MOVING, keymap.PROGRAM)


def test_frames_are_stepped_through_only_where_there_may_be_some() -> None:
    assert keys_in("runs").allows("step_frame", (1,))
    assert not keys_in("runs", may_have_frames=False).allows("step_frame", (1,))
