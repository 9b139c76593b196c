"""A run's events as columns: what is added later, and what they take in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from resonance_tui.analysis.beam import beam_lost
from resonance_tui.analysis.contrast import sample
from resonance_tui.analysis.curves import RunColumns
from resonance_tui.analysis.readout import half_cut, half_width
from resonance_tui.catalog.columns import ColumnsBuilder
from resonance_tui.catalog.models import EventPage
from resonance_tui.session.run_columns import run_columns


def page(first: int, last: int, **fields: Any) -> EventPage:
    """Events of these numbers, each field constant."""
    numbers = list(range(first, last + 1))
    n = len(numbers)
    return EventPage(
        first - 1, last, numbers, [1e9] * n, {name: [value] * n for name, value in fields.items()}
    )


def extended(*pages: EventPage, data_keys: Any = None) -> RunColumns:
    """What the session makes of pages that came one after the other."""
    builder = ColumnsBuilder()
    for one in pages:
        builder.add(one)
        read = builder.columns()
    return run_columns("uid", read, data_keys or {})


def test_later_events_follow_the_earlier_ones() -> None:
    grown = extended(page(1, 3, energy=280.0), page(4, 5, energy=290.0))
    assert len(grown) == 5
    assert grown.columns["seq_num"].tolist() == [1, 2, 3, 4, 5]
    assert grown.fields["energy"].tolist() == [280.0] * 3 + [290.0] * 2


def test_a_field_that_one_part_lacks_is_not_a_number_there() -> None:
    grown = extended(page(1, 2, energy=280.0), page(3, 4, i0=0.5))
    np.testing.assert_array_equal(grown.columns["energy"], [280.0, 280.0, np.nan, np.nan])
    np.testing.assert_array_equal(grown.columns["i0"], [np.nan, np.nan, 0.5, 0.5])


def test_words_that_one_part_lacks_are_none_there() -> None:
    keys = {"filter": {"dtype": "string"}}
    grown = extended(page(1, 1, shutter="open"), page(2, 2, filter="Al"), data_keys=keys)
    assert dict(grown.words) == {"shutter": ["open", None], "filter": [None, "Al"]}
    assert grown.roles["filter"] == "setting"


def test_no_later_events_leave_a_run_as_it_is() -> None:
    alone = extended(page(1, 3, energy=280.0))
    grown = extended(page(1, 3, energy=280.0), page(4, 3))
    assert len(grown) == 3
    assert grown.columns["energy"].tolist() == alone.columns["energy"].tolist()


def test_more_columns_and_more_words_take_more_memory() -> None:
    def nbytes(**fields: Any) -> int:
        builder = ColumnsBuilder()
        builder.add(page(1, 100, **fields))
        return builder.columns().nbytes

    assert nbytes(energy=280.0) == 3 * 100 * 8
    assert nbytes(energy=280.0, shutter="open") > nbytes(energy=280.0, i0=0.5)


def test_integers_are_numbers_and_floats_are_not_copied_for_it() -> None:
    builder = ColumnsBuilder()
    builder.add(page(1, 4, counts=7, energy=280.5, flag=True))
    read = builder.columns()
    run = run_columns("uid", read, {})
    assert run.columns["counts"].dtype == np.float64
    assert run.columns["energy"] is read.columns["energy"].values
    assert list(run.words) == ["flag"]
    assert list(run.fields) == ["counts", "energy"]


def test_a_field_of_numbers_and_words_is_numbers_where_it_can_be() -> None:
    run = extended(page(1, 2, mixed=1.5), page(3, 3, mixed="off"))
    np.testing.assert_array_equal(run.columns["mixed"], [1.5, 1.5, np.nan])
    assert "mixed" not in run.words


def test_of_a_part_of_a_large_frame_only_its_own_pixels_are_drawn() -> None:
    frame = np.zeros((400, 600))
    frame[:, 300:] = 7.0
    part = frame[:, 300:]
    assert not part.flags.c_contiguous
    drawn = sample(part, 1_000)
    assert drawn.shape == (1_000,)
    assert set(drawn) == {7.0}


def test_pixels_that_are_no_numbers_are_not_drawn() -> None:
    frame = np.array([[1.0, np.nan], [np.inf, 2.0]])
    assert sorted(sample(frame, 100)) == [1.0, 2.0]


def test_a_peak_that_is_nowhere_above_zero_has_no_width() -> None:
    x = np.arange(5.0)
    width = half_width(x, -np.ones(5))
    assert (width.left, width.right) == (None, None)


def test_a_signal_that_never_crosses_the_middle_has_no_edge() -> None:
    assert half_cut(np.arange(5.0), np.ones(5), (2.0, 4.0)) is None


def test_a_step_is_cut_midway_between_its_levels() -> None:
    x = np.arange(6.0)
    assert half_cut(x, np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), (0.0, 1.0)) == pytest.approx(2.5)


def test_a_signal_that_is_known_only_where_the_energy_is_not_is_not_judged() -> None:
    energy, i0 = np.linspace(280.0, 320.0, 100), np.full(100, 0.12)
    energy[50:], i0[:50] = np.nan, np.nan
    i0[70:80] = 1e-4  # as dark as where the beam was lost
    mask = beam_lost(None, i0, energy)
    assert mask is not None
    assert not mask.any()
