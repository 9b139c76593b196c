"""The keys of the main screen: what they are called, where they work, and what the help says of them."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding

from ..panes.actions import (
    Action,
    DetailAction,
    EventsAction,
    FrameAction,
    LiveAction,
    Move,
    PlotAction,
    RunsAction,
)

PANES = ("runs", "events", "plot", "frame", "detail")
"""The panes, in the order of their numbers."""

EVERY_PANE = "beamtime"
"""Where keys belong that concern the whole beamtime."""

ACTIONS: dict[str, type[Action]] = {
    "runs": RunsAction, "detail": DetailAction, "events": EventsAction, "plot": PlotAction, "frame": FrameAction,
    EVERY_PANE: LiveAction,
}  # fmt: skip
"""Pane → its own keys."""

_ID_PREFIXES = {"events": "table", EVERY_PANE: "browse"}
_OTHER_IDS = {("runs", "search"): "browse.search"}
# what users have in their keymaps stays as it is

EVERYWHERE, MOVING, PROGRAM = "In every pane", "Moving", "Program"
"""Headings of the help for keys that are no pane's own."""

WHILE_TYPING = frozenset(("next_pane", "line", "quit", "command_palette"))
"""Actions that work while a line is typed."""


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the help, and the bindings that stand under it, by their ids."""

    title: str
    ids: tuple[str, ...]


def _key(
    keys: str, action: str, name: str, id: str, tooltip: str, *, show: str = "", looks: str = ""
) -> Binding:
    """Make a key of the screen; in the footer where `show` says how it looks there, in the help as `looks`."""
    # All with priority: a key that comes in one packet with another must not go where the focus was before
    return Binding(
        keys, action, name, show=bool(show), key_display=show or looks or None, priority=True, id=id,
        tooltip=tooltip,
    )  # fmt: skip


def _own(
    pane: str, keys: str, what: Action, name: str, tooltip: str, *, show: str = "", looks: str = ""
) -> Binding:
    """Make a key that works in one pane, and only there."""
    name_id = _OTHER_IDS.get((pane, what.value), f"{_ID_PREFIXES.get(pane, pane)}.{what.value}")
    return _key(keys, f"own('{pane}', '{what.value}')", name, name_id, tooltip, show=show, looks=looks)


def _runs(keys: str, what: RunsAction, name: str, tooltip: str, *, show: str = "") -> Binding:
    return _own("runs", keys, what, name, tooltip, show=show)


def _events(
    keys: str, what: EventsAction, name: str, tooltip: str, *, show: str = "", looks: str = ""
) -> Binding:
    return _own("events", keys, what, name, tooltip, show=show, looks=looks)


def _plot(
    keys: str, what: PlotAction, name: str, tooltip: str, *, show: str = "", looks: str = ""
) -> Binding:
    return _own("plot", keys, what, name, tooltip, show=show, looks=looks)


def _frame(keys: str, what: FrameAction, name: str, tooltip: str, *, looks: str = "") -> Binding:
    return _own("frame", keys, what, name, tooltip, looks=looks)


def _move(keys: str, where: Move, name: str, tooltip: str) -> Binding:
    return _key(keys, f"move('{where.value}')", name, f"move.{where.value}", tooltip)


_SEARCH = "Search by sample name, as you type; enter keeps it, esc clears it"
_X_ZOOM = "A smaller part of x around the cursor, a larger one, all of it"
_ZOOM = "Zoom in, zoom out, the whole frame"
_STEP, _TEN = "The frame before, the next frame", "Ten frames back or on"
_MAPS, _PAN = "The next colour map, the one before", "Pan over the frame"
_CENTRE = "Centre of the radial profile: here, or C for the centroid"
_AXES = "Pick what is x, and what is drawn; space marks several"
_DIGITS = "Fewer or more digits in this column"

SCREEN_KEYS: tuple[Binding, ...] = (
    _key("enter", "open", "Open", "browse.open", "Go in: to the events, the frame, the whole screen", show="⏎"),
    _key("escape", "back", "Back", "browse.back", "Back one step", show="esc"),
    _key("left_square_bracket", "step_frame(-1)", "Frame before", "browse.frame_before", _STEP, looks="[ ]"),
    _key("right_square_bracket", "step_frame(1)", "Frame", "browse.frame_after", _STEP, show="[ ]"),
    _key("left_curly_bracket", "step_frame(-10)", "Ten frames back", "browse.frames_back", _TEN, looks="{ }"),
    _key("right_curly_bracket", "step_frame(10)", "Ten frames on", "browse.frames_on", _TEN, looks="{ }"),
    _key("z", "zoom", "Zoom", "browse.zoom", "The pane to the whole screen, and back", show="z"),
    _key("tab", "next_pane(1)", "Pane", "browse.next_pane", "To the next pane", show="tab"),
    _key("shift+tab", "next_pane(-1)", "Pane before", "browse.pane_before", "To the pane before"),
    _key("1", "pane('runs')", "Runs", "browse.runs", "To the runs"),
    _key("2", "pane('events')", "Events", "browse.events", "To the events"),
    _key("3", "pane('plot')", "Plot", "browse.plot", "To the plot"),
    _key("4", "pane('frame')", "Frame", "browse.frame", "To the frame"),
    _key("5", "pane('detail')", "Details", "browse.detail", "Run details"),
    _key("slash", "search", "Sample", "browse.search_from_here", _SEARCH),
    _own(EVERY_PANE, "f", LiveAction.FOLLOW, "Follow",
         "Follow the newest run and its newest frame; any move pauses it, f or G goes on"),
    _key("equals_sign", "overlay", "Overlay", "browse.overlay",
         "Overlay the marked runs, or the latest of this sample; again: stop"),
    _own(EVERY_PANE, "B", LiveAction.COPY, "Private copy",
         "Browse a private copy of a database that is locked, or the database itself again"),
    _own(EVERY_PANE, "N", LiveAction.NOTIFICATIONS, "Notify", "Notifications on/off (bell, desktop)"),
    _own(EVERY_PANE, "r", LiveAction.RELOAD, "Reload", "Reload the run list and the run"),
    _own(EVERY_PANE, "S", LiveAction.STATISTICS, "Statistics", "Connection statistics"),
)  # fmt: skip

MOVE_KEYS: tuple[Binding, ...] = (
    _move("down,j", Move.DOWN, "Down", "One down; in Plot the next curve, at the same x"),
    _move("up,k", Move.UP, "Up", "One up; in Plot the curve before, at the same x"),
    _move("pagedown,ctrl+f", Move.PAGE_DOWN, "Page down", "A page down"),
    _move("pageup,ctrl+b", Move.PAGE_UP, "Page up", "A page up"),
    _move("home,g", Move.FIRST, "First", "To the first"),
    _move("end,G", Move.LAST, "Last", "To the last"),
    _move("left,h", Move.LEFT, "Left", "In Events a column to the left, in Plot and Frame the event before"),
    _move(
        "right,l", Move.RIGHT, "Right", "In Events a column to the right, in Plot and Frame the next event"
    ),
)

LINE_KEYS: tuple[Binding, ...] = (
    _key("enter", "line('enter')", "Take", "line.take", "Take what was typed", show="⏎"),
    _key("escape", "line('escape')", "Cancel", "line.cancel", "Stop typing; a search is cleared", show="esc"),
)  # fmt: skip
"""While a line is typed; the line takes them itself, they stand here for the footer."""

RUNS_KEYS: tuple[Binding, ...] = (
    _runs("slash", RunsAction.SEARCH, "Sample", _SEARCH, show="/"),
    _runs("colon", RunsAction.GO_TO, "Go to run", "Go to a run: the beginning of its uid, or -1 for the newest"),
    _runs("space", RunsAction.MARK, "Mark", "Mark this run for an overlay, and go on"),
)  # fmt: skip

DETAIL_KEYS: tuple[Binding, ...] = (
    _own("detail", "colon", DetailAction.GO_TO, "Go to run",
         "Go to a run: the beginning of its uid, or -1 for the newest"),
)  # fmt: skip

EVENTS_KEYS: tuple[Binding, ...] = (
    _events("slash", EventsAction.FIND, "Find",
            "Find the nearest value: 285.1, or energy 285.1; nan, inf, ! for outliers, or a word", show="/"),
    _events("n", EventsAction.NEXT, "Next", "To the next event that was found"),
    _events("colon", EventsAction.GO_TO, "Go to event", "Go to an event by its place: 8, or -1 for the last"),
    _events("s", EventsAction.SORT, "Sort", "Sort by this column, the other way round, as taken", show="s"),
    _events("c", EventsAction.CHOOSE_COLUMNS, "Columns", "Choose the columns"),
    _events("minus", EventsAction.HIDE, "Hide", "Hide this column"),
    _events("less_than_sign", EventsAction.FEWER_DIGITS, "Fewer digits", _DIGITS, looks="< >"),
    _events("greater_than_sign", EventsAction.MORE_DIGITS, "More digits", _DIGITS, looks="< >"),
    _events("t", EventsAction.TOTALS, "Totals", "What this column holds, below the table"),
    _events("i", EventsAction.COMPUTED, "Computed", "Computed columns (÷ i0, as in the plot) beside the measured ones"),
)  # fmt: skip

PLOT_KEYS: tuple[Binding, ...] = (
    _plot("x", PlotAction.X, "Axes", _AXES, show="x y"),
    _plot("y", PlotAction.Y, "y axis", _AXES, looks="x y"),
    _plot("c", PlotAction.GROUP_BY, "Curves", "One curve per value of …"),
    _plot("i", PlotAction.NORMALISATION, "÷ i0",
          "As measured, ÷ i0, −ln(÷ i0), edge step normalised (pre-edge 0, post-edge 1)"),
    _plot("I", PlotAction.CUT_OFF, "Weak i0", "i0 cut-off"),
    _plot("L", PlotAction.SCALE, "Scale", "Linear, logarithmic, symmetric logarithmic y"),
    _plot("d", PlotAction.DERIVATIVE, "Derivative", "Derivative on/off"),
    _plot("o", PlotAction.OFFSET, "Offset", "Curves set apart on/off"),
    _plot("p", PlotAction.PEAK, "Maximum", "To the maximum of this curve"),
    _plot("colon", PlotAction.GO_TO, "Go to x", "Go to an x on this curve, or show a range: 283 292", looks=":"),
    _plot("plus", PlotAction.ZOOM_IN, "Zoom in", _X_ZOOM, looks="+ - 0"),
    _plot("minus", PlotAction.ZOOM_OUT, "Zoom out", _X_ZOOM, looks="+ - 0"),
    _plot("0", PlotAction.WHOLE, "Whole range", _X_ZOOM, looks="+ - 0"),
    _plot("m", PlotAction.NEXT_READ_OUT, "Next number", "The next of the numbers read from this curve"),
    _plot("Y", PlotAction.COPY, "Copy number", "Copy the number that stands out"),
    _plot("D", PlotAction.COMPARE, "Compare", "Overlaid runs: as they are, minus the first, ÷ the first"),
    _plot("b", PlotAction.DOTS, "Dots", "Curves of quarter cells, or of braille dots, which are finer"),
    _plot("a", PlotAction.RESET, "Reset plot", "Reset the plot of this kind of scan"),
)  # fmt: skip

FRAME_KEYS: tuple[Binding, ...] = (
    _frame("colon", FrameAction.GO_TO, "Go to frame",
           "Go to a frame (8, -1), a pixel (row,column), or a value of the scan (284.5 eV)"),
    _frame("b", FrameAction.REDUCTION, "Mean or max", "Each cell the mean, or the largest, of its pixels"),
    _frame("s", FrameAction.STRETCH, "Stretch", "Contrast: square root, logarithm, linear"),
    _frame("percent_sign", FrameAction.PERCENTILES, "Limits",
           "Contrast: the percentiles that are dark and bright, or min–max"),
    _frame("W", FrameAction.TYPE_LIMITS, "Type limits",
           "Contrast: type the limits (low high, enter) and lock them"),
    _frame("w", FrameAction.LOCK_LIMITS, "Lock limits",
           "Contrast: lock the limits across frames and runs, or free them"),
    _frame("m", FrameAction.NEXT_MAP, "Colours", _MAPS, looks="m M"),
    _frame("M", FrameAction.PREVIOUS_MAP, "Colours", _MAPS, looks="m M"),
    _frame("plus,equals_sign", FrameAction.ZOOM_IN, "Zoom in", _ZOOM, looks="+ - 0"),
    _frame("minus", FrameAction.ZOOM_OUT, "Zoom out", _ZOOM, looks="+ - 0"),
    _frame("0", FrameAction.WHOLE, "Whole frame", _ZOOM, looks="+ - 0"),
    _frame("H", FrameAction.PAN_LEFT, "Pan", _PAN, looks="H J K L"),
    _frame("J", FrameAction.PAN_DOWN, "Pan", _PAN, looks="H J K L"),
    _frame("K", FrameAction.PAN_UP, "Pan", _PAN, looks="H J K L"),
    _frame("L", FrameAction.PAN_RIGHT, "Pan", _PAN, looks="H J K L"),
    _frame("x", FrameAction.CROSSHAIR, "Crosshair",
           "Crosshair: arrows and h j k l move it, page and g G far; x or esc ends"),
    _frame("u", FrameAction.CUTS, "Cuts", "Row and column through the crosshair"),
    _frame("o", FrameAction.RADIAL_PROFILE, "Radial profile", "Azimuthal mean around the centre"),
    _frame("c", FrameAction.CENTRE_HERE, "Centre here", _CENTRE, looks="c C"),
    _frame("C", FrameAction.CENTROID, "Centroid", _CENTRE, looks="c C"),
    _frame("i", FrameAction.HISTOGRAM, "Histogram", "Histogram of the whole frame"),
    _frame("a", FrameAction.REGION, "Region", "A corner of a region at the crosshair, then the other"),
    _frame("A", FrameAction.REGION_CURVE, "Region over frames", "Sum of the region over the frames of the run"),
    _frame("t", FrameAction.CONTACT_SHEET, "Contact sheet", "Contact sheet: thumbnails of the frames"),
    _frame("p,space", FrameAction.PLAY, "Play", "Play the frames from here to the last, or stop"),
    _frame("F", FrameAction.STACK, "All frames", "Mean, largest, sum of all frames of the run"),
    _frame("d", FrameAction.MARK, "Mark", "Mark this frame, to compare others with it"),
    _frame("D", FrameAction.DIFFERENCE, "Difference", "Difference from the marked frame"),
    _frame("y", FrameAction.BLINK, "Blink", "Blink between this and the marked frame"),
    _frame("v", FrameAction.CHECK_EXPOSURES, "Exposures", "Check the exposure of every frame of the run"),
)  # fmt: skip

KEYS: tuple[Binding, ...] = (
    *LINE_KEYS, SCREEN_KEYS[0], *RUNS_KEYS, *DETAIL_KEYS, *EVENTS_KEYS, *PLOT_KEYS, *FRAME_KEYS, *SCREEN_KEYS[1:],
    *MOVE_KEYS,
)  # fmt: skip

GROUPS: tuple[Group, ...] = (
    Group("Find", ("browse.search", "runs.goto", "detail.goto", "table.find", "table.next", "table.goto")),
    Group("Columns", ("table.sort", "table.choose", "table.hide", "table.fewer", "table.more",
                      "table.statistics", "table.computed")),
    Group("What is drawn", ("plot.x", "plot.y", "plot.by", "plot.normalisation", "plot.beam", "plot.derivative")),
    Group("How it is drawn", ("plot.scale", "plot.offset", "plot.dots", "plot.nearer", "plot.further", "plot.whole",
                              "plot.first")),
    Group("Numbers", ("plot.peak", "plot.goto", "plot.reading", "plot.copy")),
    Group("Contrast and colours", ("frame.stretch", "frame.limits", "frame.limits_entry", "frame.lock",
                                   "frame.map_next", "frame.map_before", "frame.reduction")),
    Group("Zoom and pan", ("frame.nearer", "frame.further", "frame.whole", "frame.pan_left", "frame.pan_down",
                           "frame.pan_up", "frame.pan_right")),
    Group("Measure", ("frame.cross", "frame.cuts", "frame.radial", "frame.hub", "frame.centroid",
                      "frame.histogram", "frame.region", "frame.region_curve")),
    Group("Frames of the run", ("frame.goto", "frame.sheet", "frame.play", "frame.stack", "frame.mark",
                                "frame.difference", "frame.blink", "frame.check")),
    Group("Overlay", ("runs.mark", "browse.overlay", "plot.compare")),
)  # fmt: skip
"""What a pane's own keys are for, in the order of the help."""


def group_of(id: str) -> str:
    """Return the heading under which a binding stands in the help."""
    for group in GROUPS:
        if id in group.ids:
            return group.title
    return {"move": MOVING, "app": PROGRAM}.get(id.partition(".")[0], EVERYWHERE)


def place_of(id: str) -> tuple[int, int]:
    """Return where a binding stands in the help: its heading's place, and its own below that."""
    heading = headings().index(group_of(id))
    ids = next((group.ids for group in GROUPS if id in group.ids), ())
    return heading, ids.index(id) if id in ids else 0


def headings() -> tuple[str, ...]:
    """Return the headings of the help, in their order: a pane's own keys first."""
    return (*(group.title for group in GROUPS), EVERYWHERE, MOVING, PROGRAM)
