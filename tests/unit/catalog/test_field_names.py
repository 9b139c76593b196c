"""What a field is: motors, monitors, units, labels."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.catalog.field_names import (
    Role,
    describe_fields,
    field_labels,
    field_role,
    field_unit,
    monitors_of,
    motors_of,
)
from resonance_tui.catalog.models import Stream

MOTOR = {"dtype": "number", "units": "mm", "source": "motor"}
INPUT = {"dtype": "number", "units": "V", "source": "ai"}

ROLES: list[tuple[str, dict[str, Any], str]] = [
    ("energy_position", MOTOR, "motor"),
    ("gap", MOTOR, "motor"),
    ("sam_th_position", {}, "motor"),
    ("sam_th_position", {"dtype": "number"}, "motor"),
    ("sam_th_position", {"source": "PV:XF:12ID:m3"}, "motor"),
    ("ring_position", INPUT, "signal"),
    ("i0", INPUT, "monitor"),
    ("izero", {}, "monitor"),
    ("beam_current", INPUT, "monitor"),
    ("tey_signal", INPUT, "signal"),
    ("mono_energy", INPUT, "signal"),
    ("polarization", INPUT, "signal"),
    ("counts", {"source": "detector", "dtype": "number", "shape": []}, "signal"),
    ("detector_image", {"source": "detector", "external": True, "shape": []}, "image"),
    ("detector_image", {"source": "detector", "shape": [1024, 1024]}, "image"),
    ("exposure", {"source": "plan", "units": "s"}, "setting"),
    ("exposure", {}, "setting"),
    ("ccd_exposure_time", {}, "setting"),
    ("shutter", {"dtype": "string"}, "setting"),
    ("time", {}, "time"),
    ("ioc_timestamp", INPUT, "time"),
    ("downtime", INPUT, "signal"),
]


@pytest.mark.parametrize(("name", "key", "role"), ROLES)
def test_the_role_of_a_field_follows_its_source_and_else_its_name(
    name: str, key: dict[str, Any], role: str
) -> None:
    assert field_role(name, key) == role


def test_all_who_ask_for_motors_get_the_same_ones() -> None:
    keys = {"energy_position": MOTOR, "gap": MOTOR, "ring_position": INPUT, "hos_position": {}}
    stream = Stream("primary", "uid", keys)
    assert stream.motors == {"energy_position", "gap", "hos_position"}
    assert motors_of(keys, keys) == ["energy_position", "gap", "hos_position"]
    described = describe_fields(keys)
    assert [name for name, field in described.items() if field.role is Role.MOTOR] == motors_of(keys, keys)


UNITS: list[tuple[str, dict[str, Any], str]] = [
    ("energy_position", MOTOR, "eV"),
    ("mono_energy", INPUT, "eV"),
    ("beamline_energy_goal", INPUT, "eV"),
    ("energy_position", {"units": "keV"}, "keV"),
    ("sam_x_position", MOTOR, "mm"),
    ("sample_y_position", MOTOR, "mm"),
    ("ccd_x_position", MOTOR, "mm"),
    ("hexapod_u_position", MOTOR, "mm"),
    ("slits_vert_position", MOTOR, "mm"),
    ("slits_horz_position", MOTOR, "mm"),
    ("sam_x_position", {}, ""),
    ("sam_x_position", {"units": "um"}, "um"),
    ("sam_th_position", MOTOR, "°"),
    ("det_th_position", MOTOR, "°"),
    ("t-2t_position", MOTOR, "°"),
    ("sample_azimuthal_rotation_position", MOTOR, "°"),
    ("sam_th_position", {"units": "deg"}, "°"),
    ("epu_gap_position", MOTOR, ""),
    ("hos_position", MOTOR, ""),
    ("polarization_position", MOTOR, ""),
    ("polarization", INPUT, ""),
    ("epu_polarization", INPUT, ""),
    ("i0", INPUT, "V"),
    ("photodiode", INPUT, "V"),
    ("ai_6_beamstop", INPUT, "V"),
    ("beam_current", INPUT, ""),
    ("beam_current", {"units": "mA"}, "mA"),
    ("ccd_temperature", INPUT, ""),
    ("cryo_temp", INPUT, ""),
    ("exposure", {"units": "s"}, "s"),
    ("exposure", {}, "s"),
    ("time", {}, "s"),
    ("tey_signal", {}, ""),
    ("tey_signal", {"units": None}, ""),
    ("tey_signal", {"units": ["V"]}, ""),
    ("method", MOTOR, ""),
]


@pytest.mark.parametrize(("name", "key", "unit"), UNITS)
def test_a_unit_is_believed_only_where_it_can_be_right(name: str, key: dict[str, Any], unit: str) -> None:
    assert field_unit(name, key) == unit


def test_signals_are_divided_by_i0_before_izero_and_never_unasked_by_the_current_of_the_ring() -> None:
    assert monitors_of(["beam_current", "izero", "i0", "tey_signal"]) == ("i0", "izero")
    assert monitors_of(["beam_current", "izero"]) == ("izero",)
    assert monitors_of(["beam_current"]) == ()


def test_two_fields_of_a_stream_never_have_one_label() -> None:
    names = ["polarization", "polarization_position", "energy_position", "seq_num", "time"]
    assert field_labels(names) == {
        "polarization": "polarization",
        "polarization_position": "polarization_position",
        "energy_position": "energy",
        "seq_num": "event",
        "time": "time",
    }


@given(
    st.lists(
        st.text("abx_position", max_size=30) | st.sampled_from(["x", "x_position", "x_position_position"])
    )
)
def test_labels_are_one_to_one_whatever_fields_are_called(names: list[str]) -> None:
    labels = field_labels(names)
    assert set(labels) == set(names)
    assert len(set(labels.values())) == len(labels)
    assert all(labels[name] for name in labels if name)


def test_fields_are_described_by_the_stream_and_by_their_values() -> None:
    keys: dict[str, Any] = {
        "energy_position": MOTOR,
        "detector_image": {"dtype": "int32", "external": True, "shape": [4, 5]},
        "odd": {"dtype": 3, "shape": "many"},
    }
    found = describe_fields(keys, {"i0": "float64", "energy_position": "float64"})
    assert list(found) == ["i0", "energy_position", "detector_image", "odd"]
    assert found["i0"].dtype == "float64"
    assert found["energy_position"].dtype == "number"
    assert (found["detector_image"].role, found["detector_image"].shape) == ("image", (4, 5))
    assert (found["odd"].dtype, found["odd"].shape) == (None, None)
