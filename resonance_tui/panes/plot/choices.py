"""What there is to pick from in the plot: the x axis, the fields that are drawn, motors with a curve for each value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..actions import PlotAction
from ..signals import Choice, ChoiceWanted
from .state import with_x

if TYPE_CHECKING:
    from ...analysis.axes import Axes
    from ...analysis.curves import PlotSpec, RunColumns
    from ..actions import Action

    Take = Callable[[Action, tuple[str, ...]], object]

MIN_PLACES = 2
"""Places at which a motor has to stand for a curve each."""


def wanted(action: Action, spec: PlotSpec, columns: RunColumns, take: Take) -> ChoiceWanted | None:
    """Return what is to be picked; None where there is nothing to pick from.

    Parameters
    ----------
    take : callable
        Called with the action and the keys that were picked.
    """

    def done(picked: tuple[str, ...]) -> None:
        take(action, picked)

    if action is PlotAction.X:
        fields = choices_of(columns, (*columns.motors, "seq_num", "time"))
        return ChoiceWanted("x axis", fields, (spec.x,), done)
    if action is PlotAction.Y:
        from ...analysis.signals import signal_names

        fields = choices_of(columns, signal_names(columns.fields, columns.roles, columns.monitors))
        return ChoiceWanted("y axis", fields, spec.ys, done, several=True)
    motors = motors_at_few_places(columns, spec.x)
    if not motors:
        return None
    fields = [Choice("", "one curve"), *choices_of(columns, motors)[: len(motors)]]
    return ChoiceWanted("a curve for each", fields, spec.group_by, done, several=True, may_be_empty=True)


def with_choice(spec: PlotSpec, action: Action, picked: tuple[str, ...], axes: Axes) -> PlotSpec:
    """Return a spec with what was picked."""
    if action is PlotAction.X:
        return with_x(spec, picked[0], axes)
    if action is PlotAction.Y:
        return replace(spec, ys=picked)
    return replace(spec, group_by=tuple(name for name in picked if name))


def motors_at_few_places(columns: RunColumns, x: str) -> list[str]:
    """Return the motors that stood at few places, other than what is x."""
    from ...analysis.axes import clusters, moves

    return [
        name for name in columns.motors
        if name != x
        and moves(columns.columns[name])
        and MIN_PLACES <= clusters(columns.columns[name]).size <= len(columns) // 2
    ]  # fmt: skip


def choices_of(columns: RunColumns, first: Sequence[str]) -> list[Choice]:
    """Return all fields to pick from, those that come first at the top."""
    from ...text.fields import field_name, unit_of

    order = dict.fromkeys((*first, *columns.fields))
    return [Choice(name, field_name(name, columns), unit_of(name, columns)) for name in order]
