"""What a field is: the one rule for motors, monitors, signals, settings, units, short names and labels.

The acquisition describes its fields in ``data_keys``, with errors that are known: every motor says ``mm``, every
analogue input ``V``. What it says is believed only where it can be right; what cannot be known is empty, never guessed.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

DataKeys = Mapping[str, Mapping[str, Any]]
"""A stream's ``data_keys``: field → what is said of it."""

SEQ_NUM, TIME = "seq_num", "time"
"""An event's own columns: its number, and when it was taken, in Unix seconds."""

MONITORS = ("i0", "izero", "ai_3_izero", "beam_current")
"""Channels that follow the beam itself, the one to divide by first; the ring's current comes last."""

_DIVISORS = ("i0", "izero", "ai_3_izero")
_POSITION = "_position"
_OWN_LABELS = {SEQ_NUM: "event", TIME: "time"}


class Role(enum.StrEnum):
    """What a field is in a scan."""

    MOTOR = "motor"
    MONITOR = "monitor"
    """Follows the beam, not the sample."""
    SIGNAL = "signal"
    SETTING = "setting"
    """Chosen by the plan, as the exposure."""
    TIME = "time"
    IMAGE = "image"
    """Detector frames."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a stream.

    Attributes
    ----------
    name : str
        As the events have it.
    label : str
        A short name, that no other field of the stream has.
    unit : str
        Empty where none is known.
    role : Role
    dtype : str or None
        As the stream says, or else as the values are.
    shape : tuple of int or None
        Of an image, as the stream says: rows and columns; empty for a number; None where nothing is said.
    """

    name: str
    label: str
    unit: str
    role: Role
    dtype: str | None = None
    shape: tuple[int, ...] | None = None


def describe_fields(data_keys: DataKeys, columns: Mapping[str, str | None] | None = None) -> dict[str, Field]:
    """Describe the fields of a stream: those that events have, and those that are only announced.

    Parameters
    ----------
    data_keys : mapping
    columns : mapping of str to (str or None), optional
        The fields that events have, in their order, with the dtype of their values.
    """
    columns = columns or {}
    names = dict.fromkeys((*columns, *data_keys))
    labels = field_labels(names)
    found = {}
    for name in names:
        key = data_keys.get(name, {})
        said = key.get("dtype")
        dtype = said if isinstance(said, str) else columns.get(name)
        # what the values are counts before what is said of them
        role = field_role(name, {**key, "dtype": "string" if columns.get(name) == "string" else dtype})
        found[name] = Field(name, labels[name], field_unit(name, key), role, dtype, _shape(key.get("shape")))
    return found


def _shape(said: Any) -> tuple[int, ...] | None:
    if not isinstance(said, list) or not all(isinstance(size, int) for size in said[:8]):
        return None
    return tuple(int(size) for size in said[:8])


# -- roles -----------------------------------------------------------------------------------------------

_SETTINGS = re.compile(r"(.*_)?(exposure|exposure_time|count_time|integration_time|dwell|dwell_time)")
_TIMES = re.compile(r"time|timestamp|.*_timestamp|elapsed(_time)?")


def field_role(name: str, key: Mapping[str, Any]) -> Role:
    """Return what a field is: by what the stream says of it, else by its name.

    A field is a motor where its source says so; where the source is none that the acquisition knows, if its name
    ends in ``_position``.

    Parameters
    ----------
    name : str
    key : mapping
        Its entry in ``data_keys``; empty where it has none.
    """
    source, shape = key.get("source"), _shape(key.get("shape"))
    if key.get("external") or (source == "detector" and shape is not None and len(shape) > 1):
        return Role.IMAGE
    if source == "motor":
        return Role.MOTOR
    if source not in ("ai", "plan", "detector") and name.endswith(_POSITION):
        return Role.MOTOR
    if key.get("dtype") in ("string", "str"):
        return Role.SETTING
    if name in MONITORS:
        return Role.MONITOR
    if source == "plan" or _SETTINGS.fullmatch(name):
        return Role.SETTING
    return Role.TIME if _TIMES.fullmatch(name) else Role.SIGNAL


def motors_of(data_keys: DataKeys, columns: Iterable[str]) -> list[str]:
    """Return the fields among `columns` that are motors, in their order."""
    return [name for name in columns if field_role(name, data_keys.get(name, {})) is Role.MOTOR]


def monitors_of(columns: Iterable[str]) -> tuple[str, ...]:
    """Return the fields among `columns` that signals are divided by unasked, the first choice first."""
    there = set(columns)
    return tuple(name for name in _DIVISORS if name in there)


# -- units -----------------------------------------------------------------------------------------------

_ENERGY = re.compile(r"(.*_)?energy(_.*)?")
_POLARIZATION = re.compile(r"(.*_)?polari[sz]ation(_.*)?")
_ANGLE = re.compile(r"(.*_)?(th|tth|theta|two_?theta|2theta|t-2t|chi|phi|omega|rotation|azimuth|angle)(_.*)?")
_LENGTH = re.compile(r"(sam|sample|ccd|hexapod)_[xyz]|hexapod.*|(.*_)?slits?(_.*)?")
_NO_VOLTS = re.compile(r"(.*_)?(beam_current|temp|temperature)(_.*)?")
_DEGREES = ("deg", "degree", "degrees")


def field_unit(name: str, key: Mapping[str, Any]) -> str:
    """Return the unit of a field's values; empty where none is known.

    ``mm`` is believed of sample stages, the CCD's, the hexapod and slits only, and ``V`` neither of the ring's current
    nor of temperatures. Energies are in eV, angles in degrees, exposures in seconds, whatever is said of them in ``mm``
    or ``V``. The polarization is no angle and has no unit.
    """
    said = key.get("units", key.get("unit"))
    unit = said.strip() if isinstance(said, str) else ""
    if unit.casefold() in _DEGREES:
        unit = "°"
    short = short_name(name).casefold()
    if _POLARIZATION.fullmatch(short):
        return ""
    if unit not in ("", "mm", "V"):
        return unit
    if name == TIME or _SETTINGS.fullmatch(short):
        return "s"
    if _ENERGY.fullmatch(short):
        return "eV"
    if _ANGLE.fullmatch(short):
        return "°"
    if unit == "mm":
        return unit if _LENGTH.fullmatch(short) else ""
    return "" if _NO_VOLTS.fullmatch(short) else unit


# -- names -----------------------------------------------------------------------------------------------


def short_name(name: str) -> str:
    """Shorten a field's name: ``energy_position`` → ``energy``."""
    return name.removesuffix(_POSITION) or name


def field_labels(names: Iterable[str]) -> dict[str, str]:
    """Name the fields of a stream, each shortly and differently from all others: field → label.

    ``polarization_position`` is called ``polarization`` unless an analogue input has that name.
    """
    names = dict.fromkeys(names)
    short = {name: _OWN_LABELS.get(name) or short_name(name) for name in names}
    counts: dict[str, int] = {}
    for label in short.values():
        counts[label] = counts.get(label, 0) + 1
    return {
        name: label if counts[label] == 1 and (label == name or label not in names) else name
        for name, label in short.items()
    }
