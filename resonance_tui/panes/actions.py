"""What keys ask for: an enumeration for each pane. The values are the last parts of the bindings' ids."""

from __future__ import annotations

from enum import StrEnum


class Move(StrEnum):
    """A key that moves, in every pane."""

    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    PAGE_UP = "page_up"
    PAGE_DOWN = "page_down"
    FIRST = "first"
    LAST = "last"


class RunsAction(StrEnum):
    """A key of the run list."""

    SEARCH = "search"
    MARK = "mark"
    GO_TO = "goto"


class DetailAction(StrEnum):
    """A key of the run details."""

    GO_TO = "goto"


class EventsAction(StrEnum):
    """A key of the event table."""

    FIND = "find"
    NEXT = "next"
    SORT = "sort"
    CHOOSE_COLUMNS = "choose"
    HIDE = "hide"
    FEWER_DIGITS = "fewer"
    MORE_DIGITS = "more"
    TOTALS = "statistics"
    COMPUTED = "computed"
    GO_TO = "goto"


class PlotAction(StrEnum):
    """A key of the plot."""

    X = "x"
    Y = "y"
    GROUP_BY = "by"
    NORMALISATION = "normalisation"
    CUT_OFF = "beam"
    SCALE = "scale"
    DERIVATIVE = "derivative"
    OFFSET = "offset"
    PEAK = "peak"
    GO_TO = "goto"
    ZOOM_IN = "nearer"
    ZOOM_OUT = "further"
    WHOLE = "whole"
    NEXT_READ_OUT = "reading"
    COPY = "copy"
    COMPARE = "compare"
    DOTS = "dots"
    RESET = "first"


class FrameAction(StrEnum):
    """A key of the frame pane."""

    GO_TO = "goto"
    REDUCTION = "reduction"
    STRETCH = "stretch"
    PERCENTILES = "limits"
    TYPE_LIMITS = "limits_entry"
    LOCK_LIMITS = "lock"
    NEXT_MAP = "map_next"
    PREVIOUS_MAP = "map_before"
    ZOOM_IN = "nearer"
    ZOOM_OUT = "further"
    WHOLE = "whole"
    PAN_LEFT = "pan_left"
    PAN_DOWN = "pan_down"
    PAN_UP = "pan_up"
    PAN_RIGHT = "pan_right"
    CROSSHAIR = "cross"
    CUTS = "cuts"
    RADIAL_PROFILE = "radial"
    CENTRE_HERE = "hub"
    CENTROID = "centroid"
    HISTOGRAM = "histogram"
    REGION = "region"
    REGION_CURVE = "region_curve"
    CONTACT_SHEET = "sheet"
    PLAY = "play"
    STACK = "stack"
    MARK = "mark"
    DIFFERENCE = "difference"
    BLINK = "blink"
    CHECK_EXPOSURES = "check"


class LiveAction(StrEnum):
    """A key that concerns the whole beamtime; it works in every pane."""

    FOLLOW = "follow"
    COPY = "copy"
    NOTIFICATIONS = "notify"
    RELOAD = "refresh"
    STATISTICS = "stats"


Action = RunsAction | DetailAction | EventsAction | PlotAction | FrameAction | LiveAction
