"""The events of a run as `analysis` takes them: numbers, words, and what is added later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from resonance_tui.analysis.curves import RunColumns
from resonance_tui.catalog.columns import ColumnsBuilder
from resonance_tui.catalog.models import EventPage
from resonance_tui.session import BeamtimeSession
from resonance_tui.session.run_columns import run_columns
from tests.beamtime import BeamtimeBuilder
from tests.unit.session.reads import a_task


@pytest.fixture
def mixed(beamtime: Callable[..., BeamtimeBuilder]) -> Iterator[tuple[BeamtimeSession, str]]:
    """A run whose events hold values of all kinds."""
    events: list[Any] = [
        {
            "float": 1.5 * i, "int": i, "huge": 10**400, "bool": i % 2 == 0, "word": f"w{i}", "null": None,
            "mixed": ["a", 1, None, True, 2.5, "b"][i], "some": None if i < 3 else i,
        }
        for i in range(6)
    ]  # fmt: skip
    with beamtime() as b:
        uid = b.run(events=events, data_keys={"int": {"units": "s"}})
    with BeamtimeSession(b.path) as session:
        yield session, uid


def test_numbers_are_floats_and_words_are_words(mixed: tuple[BeamtimeSession, str]) -> None:
    session, uid = mixed
    run = session.columns.run_columns(uid, a_task())
    numbers, words = run.columns, run.words
    assert set(numbers) == {"float", "int", "huge", "mixed", "some", "seq_num", "time"}
    assert set(words) == {"bool", "word"}
    assert (len(numbers), len(words), len(run)) == (7, 2, 6)
    assert ("int" in numbers, "word" in numbers, "word" in words) == (True, False, True)
    np.testing.assert_array_equal(numbers["int"], np.arange(6.0))
    np.testing.assert_array_equal(numbers["mixed"], [np.nan, 1, np.nan, np.nan, 2.5, np.nan])
    np.testing.assert_array_equal(numbers["some"], [np.nan] * 3 + [3, 4, 5])
    assert np.isposinf(numbers["huge"]).all()
    assert all(values.dtype == np.float64 for values in numbers.values())
    assert words["bool"] == [True, False] * 3
    assert words["word"] == [f"w{i}" for i in range(6)]
    assert set(run.described) == {
        "float",
        "int",
        "huge",
        "bool",
        "word",
        "null",
        "mixed",
        "some",
        "seq_num",
        "time",
    }
    assert (run.unit("int"), run.unit("time"), run.label("seq_num")) == ("s", "s", "event")


def test_a_column_is_copied_only_where_it_is_no_float_and_then_once(
    mixed: tuple[BeamtimeSession, str],
) -> None:
    session, uid = mixed
    columns = session.columns.stream(uid, a_task())
    numbers = run_columns(uid, columns, {}).columns
    assert numbers["float"] is columns.columns["float"].values
    assert numbers["mixed"] is numbers["mixed"]
    assert numbers["seq_num"] is numbers["seq_num"]


# pages that come one after the other


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
