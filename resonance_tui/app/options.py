"""What the command line may change: colours, thresholds, memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..picture.palettes import Depth
from ..session.cache import DEFAULT_BYTES

if TYPE_CHECKING:
    from ..analysis.exposure import Thresholds


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line may change.

    Attributes
    ----------
    colours : {"auto", "truecolor", "256", "16", "mono"}
        What pictures are drawn with; ``auto`` asks the terminal's description.
    cache_bytes : int
        Frames kept in memory.
    show_stats : bool
        Whether the traffic to the terminal is shown.
    notify : bool
        Whether news ring the terminal's bell and are sent to the desktop.
    copy : bool
        Whether a private copy of the database is read instead of the database itself.
    saturated, dim, target : float, optional
        See `analysis.exposure.Thresholds`; None leaves its default.
    state_folder : pathlib.Path, optional
        Where the program remembers what was opened; None: nowhere.
    """

    colours: Depth | Literal["auto"] = "auto"
    cache_bytes: int = DEFAULT_BYTES
    show_stats: bool = False
    notify: bool = False
    copy: bool = False
    saturated: float | None = None
    dim: float | None = None
    over_pixels: float | None = None
    under_share: float | None = None
    state_folder: Path | None = None

    def thresholds(self) -> Thresholds | None:
        """When a frame is over- or underexposed; None for the usual."""
        given = {
            name: value
            for name in ("saturated", "dim", "over_pixels", "under_share")
            if (value := getattr(self, name)) is not None
        }
        if not given:
            return None  # numpy is not needed to start
        from ..analysis.exposure import Thresholds

        return Thresholds(**given)
