"""What there is to pick from in the plot, and what becomes of it."""

from __future__ import annotations

import numpy as np

from resonance_tui.analysis.axes import Axes
from resonance_tui.analysis.curves import RunColumns
from resonance_tui.panes.actions import Action, PlotAction
from resonance_tui.panes.plot.choices import motors_at_few_places, wanted, with_choice
from resonance_tui.panes.signals import ChoiceWanted
from tests.columns import run_columns, spec_of

N = 24
ENERGY, ANGLE, CREEPING, STILL = "energy_position", "sam_th_position", "sam_x_position", "sam_z_position"
SPEC = spec_of(ENERGY, ("tey_signal",))


def run() -> RunColumns:
    """The energy swept at three angles; one motor moves along with it, and one not at all."""
    numbers = np.arange(float(N))
    columns = {
        "seq_num": numbers + 1,
        "time": numbers,
        "tey_signal": np.cos(numbers),
        "i0": np.full(N, 0.5),
        ENERGY: np.tile(np.linspace(270, 290, N // 3), 3),
        ANGLE: np.repeat([20.0, 55, 90], N // 3),
        CREEPING: np.linspace(0, 1, N),
        STILL: np.full(N, 3.0),
    }
    keys = {name: {"source": "motor", "units": "mm"} for name in columns if name.endswith("_position")}
    return run_columns("u", columns, {}, keys)


def asked(action: PlotAction) -> tuple[ChoiceWanted, list[tuple[Action, tuple[str, ...]]]]:
    """What is asked for, and what is taken of it."""
    taken: list[tuple[Action, tuple[str, ...]]] = []
    choice = wanted(action, SPEC, run(), lambda *picked: taken.append(picked))
    assert choice is not None
    return choice, taken


def test_motors_come_first_among_what_may_be_x_then_the_events_number_and_time() -> None:
    choice, _ = asked(PlotAction.X)
    keys = [one.key for one in choice.choices]
    assert set(keys[:4]) == {ENERGY, ANGLE, CREEPING, STILL}
    assert keys[4:6] == ["seq_num", "time"]
    assert set(keys[6:]) == {"tey_signal", "i0"}
    assert choice.marked == (ENERGY,)
    assert not choice.several


def test_a_field_is_called_by_its_short_name_with_its_unit() -> None:
    choice, _ = asked(PlotAction.X)
    named = {one.key: (one.name, one.remark) for one in choice.choices}
    assert named[ANGLE] == ("sam_th", "°")
    assert named["seq_num"] == ("event", "")


def test_signals_come_first_among_what_may_be_y_and_several_may_be_picked() -> None:
    choice, _ = asked(PlotAction.Y)
    assert choice.choices[0].key == "tey_signal"
    assert choice.marked == ("tey_signal",)
    assert (choice.several, choice.may_be_empty) == (True, False)


def test_curves_are_told_apart_by_motors_that_stood_at_few_places_or_by_none() -> None:
    choice, _ = asked(PlotAction.GROUP_BY)
    assert [one.key for one in choice.choices] == ["", ANGLE]
    assert choice.may_be_empty
    assert motors_at_few_places(run(), ANGLE) == [ENERGY]


def test_where_no_motor_stood_at_few_places_there_is_nothing_to_pick_from() -> None:
    n = np.arange(6.0)
    alone = run_columns("u", {"seq_num": n, "time": n, ENERGY: n, "y": n}, {}, {ENERGY: {"source": "motor"}})
    assert wanted(PlotAction.GROUP_BY, SPEC, alone, lambda *_: None) is None


def test_what_is_picked_is_taken_with_the_key_that_asked_for_it() -> None:
    choice, taken = asked(PlotAction.Y)
    choice.done(("i0",))
    assert taken == [(PlotAction.Y, ("i0",))]


def test_a_choice_is_how_curves_are_made_from_then_on() -> None:
    axes = Axes(ENERGY, slow=(ANGLE,))
    assert with_choice(SPEC, PlotAction.X, ("time",), axes).x == "time"
    assert with_choice(SPEC, PlotAction.Y, ("i0", "tey_signal"), axes).ys == ("i0", "tey_signal")
    assert with_choice(SPEC, PlotAction.GROUP_BY, ("", ANGLE), axes).group_by == (ANGLE,)
    assert with_choice(SPEC, PlotAction.GROUP_BY, (), axes).group_by == ()
