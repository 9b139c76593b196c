"""All that panes tell one another: a pane publishes a signal, and knows none of those that take it.

A signal is delivered at once, to one controller after the other in the order of `app.browse`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..analysis.axes import Axes
    from ..analysis.curves import RunColumns
    from ..catalog.models import RunSummary
    from ..session.frames import Frames
    from ..session.monitor import LiveRun
    from ..text.labels import ScanLabel
    from ..text.run_overview import RunRow

# -- the selection ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunSelected:
    """Another run came under the cursor of the list, or none; `by_user`, not by follow mode."""

    run: RunRow | None
    by_user: bool = True


@dataclass(frozen=True, slots=True)
class RunSettled:
    """The cursor has rested on the selected run: now it is worth reading."""

    uid: str


@dataclass(frozen=True, slots=True)
class EventSelected:
    """Another event is under the cursor, by its place in the stream, from 0; it was on `before`."""

    position: int
    before: int = 0
    by_user: bool = True


@dataclass(frozen=True, slots=True)
class LastWanted:
    """The user went to the end of a pane of events or frames."""


# -- what was read ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunsListed:
    """The run list has other runs; `newest` is the first of all, whatever is searched for."""

    newest: str | None
    shows_any: bool


@dataclass(frozen=True, slots=True)
class ColumnsReady:
    """All events of the selected run were read."""

    columns: RunColumns
    axes: Axes
    label: ScanLabel


@dataclass(frozen=True, slots=True)
class PageShown:
    """A page of the event table is shown, of a table of `total` events.

    Attributes
    ----------
    scanned : mapping of int to str
        Position → what the event was taken at, of the events on the page.
    """

    total: int
    scanned: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FramesReady:
    """It is known which frames the selected run has; None: it has none, or that cannot be read (`failed`)."""

    frames: Frames | None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Computed:
    """A column that is worked out, not measured: its heading, and a value for every event of the run."""

    label: str
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CurvesShown:
    """Curves are drawn: their values as columns, and the colours of the overlaid runs."""

    computed: tuple[Computed, ...] = ()
    colours: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BeamLost:
    """Which events of the selected run were taken without beam; None where none was."""

    lost: NDArray[np.bool_] | None


# -- several runs ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OverlaidRun:
    """A run to draw: its sample and start, for the legend, and its colour; None until it has one."""

    uid: str
    label: tuple[str, str]
    colour_index: int | None = None


@dataclass(frozen=True, slots=True)
class OverlayWanted:
    """The user wants runs overlaid: the run list says which."""


@dataclass(frozen=True, slots=True)
class OverlayChosen:
    """These runs are to be overlaid; `alike`, only those of the selected run's kind, and few."""

    runs: tuple[OverlaidRun, ...]
    alike: bool


@dataclass(frozen=True, slots=True)
class MarksChanged:
    """Other runs are marked; in the order in which they were."""

    runs: tuple[OverlaidRun, ...]


# -- while the experiment runs ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LiveRunChanged:
    """What is seen of the runs without an end.

    Attributes
    ----------
    live : LiveRun or None
        The newest of them.
    seen : mapping of str to LiveRun
        By uid: `live`, and those that were overtaken.
    unread : bool
        Whether the catalog does not list it, as it cannot be read yet.
    readers_blocked : bool
        Whether the catalog cannot be read now.
    """

    live: LiveRun | None
    seen: Mapping[str, LiveRun] = field(default_factory=dict)
    unread: bool = False
    readers_blocked: bool = False


@dataclass(frozen=True, slots=True)
class RunsStarted:
    """Runs were started, newest first; one of them may be the one in progress."""

    runs: Sequence[RunRow]


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run has come to its end."""

    run: RunSummary


@dataclass(frozen=True, slots=True)
class RunOvertaken:
    """A run without an end was overtaken by a newer one; that `is_news` where it was thought to go on."""

    run: LiveRun
    is_news: bool


@dataclass(frozen=True, slots=True)
class EventsGrown:
    """There are more events of a run in progress."""

    uid: str
    events: int


@dataclass(frozen=True, slots=True)
class FramesGrown:
    """There are more frames of a run in progress."""

    uid: str
    frames: int


@dataclass(frozen=True, slots=True)
class RunReread:
    """The selected run is another now: it is to be read again; the cursor stays."""

    uid: str


@dataclass(frozen=True, slots=True)
class LockReleased:
    """The catalog can be read again."""


@dataclass(frozen=True, slots=True)
class BeamtimeReplaced:
    """All that was read is old: reload, a private copy from here on, or another file."""


@dataclass(frozen=True, slots=True)
class FollowNewest:
    """Follow mode goes to the newest run, and there to its newest event, or frame where `frames` come first."""

    newest: str
    frames: bool


# -- the screen ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PaneWanted:
    """Another pane is to have the focus, or `beside` it only to be in sight."""

    name: str
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: what it is to the program, what it is called, and a remark."""

    key: str
    name: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceWanted:
    """The user is to pick from a list; see `popup_list.PopupList`."""

    title: str
    choices: Sequence[Choice]
    marked: Sequence[str]
    done: Callable[[tuple[str, ...]], object]
    several: bool = False
    may_be_empty: bool = False
    only_marked: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something is to be said in the title bar for a while: see `host.Host.notify`."""

    text: str
    error: bool = False
    is_news: bool = False
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class StatisticsToggled:
    """What goes over the line to the terminal is to be shown, or no longer."""

    shown: bool


@dataclass(frozen=True, slots=True)
class ThemeChanged:
    """The colours are others."""


@dataclass(frozen=True, slots=True)
class TerminalReady:
    """The terminal has drawn all that it was sent: now comes the newest of what had to wait."""


Signal = (
    RunSelected | RunSettled | EventSelected | LastWanted | RunsListed | ColumnsReady | PageShown | FramesReady
    | CurvesShown | BeamLost | OverlayWanted | OverlayChosen | MarksChanged | LiveRunChanged | RunsStarted | RunEnded
    | RunOvertaken | EventsGrown | FramesGrown | RunReread | LockReleased | BeamtimeReplaced | FollowNewest | PaneWanted
    | ChoiceWanted | Notice | StatisticsToggled | ThemeChanged | TerminalReady
)  # fmt: skip
