"""What is asked for and what is read about frames, on its way between the screen and the reader threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    from ..analysis.exposure import Exposure
    from ..analysis.profiles import Region
    from ..picture.exposure_strip import Mark
    from ..picture.frame_picture import FramePicture

    Array = np.ndarray[Any, Any]

Kind = Literal["frame", "difference", "mean", "max", "sum"]
STACKS: tuple[Kind, ...] = ("mean", "max", "sum")


@dataclass(frozen=True, slots=True)
class Frames:
    """Which events of a run have a frame.

    Attributes
    ----------
    positions : list of int
        Of the events, rising, one per frame.
    live : bool
        They are on disk, but not in the catalog: those of a run that is being taken, or whose writer died.
    """

    field: str
    positions: list[int]
    shape: tuple[int, int, int]
    dtype: str
    live: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture is of: one frame, its difference from a marked one, or all frames of the run together."""

    kind: Kind
    index: int
    marked: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture, what it is of, its array's dtype, the levels of its palette, how many frames went into it, and
    whether its colours were settled on those of the picture before."""

    subject: Subject
    picture: FramePicture
    dtype: str
    levels: int
    used: int | None = None
    after_another: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """Exposures by frame, the marks of frames that have none as they are damaged or not on disk, and the seconds
    the event of a single one tells."""

    exposures: dict[int, Exposure]
    others: dict[int, Mark]
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class NewestVerdict:
    """What is wrong with the newest frame of the run that is being taken, in words; empty where nothing is."""

    uid: str
    index: int
    text: str


@dataclass(frozen=True, slots=True)
class RegionCurve:
    """The sum of a region in the frames read so far; NaN for those that could not be read."""

    region: Region
    label: str
    x: Array
    total: Array
    done: int
