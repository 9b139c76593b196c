"""The events of a run as `analysis` takes them: which fields are numbers, which are words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

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
