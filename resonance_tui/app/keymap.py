"""The keys of the main screen: what they are called, where they work, and what the help says of them."""

from __future__ import annotations

from textual.binding import Binding


def _frame_key(keys: str, what: str, name: str, tooltip: str, looks: str = "") -> Binding:
    """A key of the frame pane; only there does it work, and is it in the help."""
    return _key(keys, f"frame('{what}')", name, f"frame.{what}", tooltip, looks=looks)


def _key(
    keys: str, action: str, name: str, id: str, tooltip: str, show: str = "", looks: str = ""
) -> Binding:
    """A key of the screen; in the footer where `show` says how it looks there, in the help as `looks`."""
    return Binding(
        keys,
        action,
        name,
        show=bool(show),
        key_display=show or looks or None,
        priority=True,
        id=id,
        tooltip=tooltip,
    )


def _plot_key(keys: str, what: str, name: str, tooltip: str, show: str = "", looks: str = "") -> Binding:
    """A key of the plot pane."""
    return _key(keys, f"plot('{what}')", name, f"plot.{what}", tooltip, show=show, looks=looks)


def _table_key(keys: str, what: str, name: str, tooltip: str, show: str = "", looks: str = "") -> Binding:
    """A key of the events pane."""
    return _key(keys, f"table('{what}')", name, f"table.{what}", tooltip, show=show, looks=looks)


# All with priority: a key that comes in one packet with another must not go where the focus was before
KEYS: tuple[Binding, ...] = (
    _key("enter", "open", "Open", "browse.open", "Go in: to the events, the frame, the whole screen",
         show="⏎"),
    _key("slash", "search", "Sample", "browse.search",
         "Search by sample name, as you type; enter keeps it, esc clears it", show="/"),
    _key("slash", "search_from_here", "Sample", "browse.search_from_here",
         "Search by sample name, as you type; enter keeps it, esc clears it"),
    _key("escape", "back", "Back", "browse.back",
         "Back one step",
         show="esc"),
    _key("left_square_bracket", "step_frame(-1)", "Frame before", "browse.frame_before",
         "The frame before, the next frame", looks="[ ]"),
    _key("right_square_bracket", "step_frame(1)", "Frame", "browse.frame_after",
         "The frame before, the next frame", show="[ ]"),
    _key("z", "zoom", "Zoom", "browse.zoom", "The pane to the whole screen, and back", show="z"),
    _key("tab", "next_pane(1)", "Pane", "browse.next_pane", "To the next pane", show="tab"),
    _key("shift+tab", "next_pane(-1)", "Pane before", "browse.pane_before", "To the pane before"),
    _key("1", "pane('runs')", "Runs", "browse.runs", "To the runs"),
    _key("2", "pane('events')", "Events", "browse.events", "To the events"),
    _key("3", "pane('plot')", "Plot", "browse.plot", "To the plot"),
    _key("4", "pane('frame')", "Frame", "browse.frame", "To the frame"),
    _key("5", "pane('detail')", "Details", "browse.detail", "Run details"),
    _key("f", "follow", "Follow", "browse.follow",
         "Follow the newest run and its newest frame; any move pauses it, f or G goes on"),
    _key("B", "copy", "Private copy", "browse.copy",
         "Browse a private copy of a database that is locked, or the database itself again"),
    _key("N", "tell_me", "Notify", "browse.notify", "Notifications on/off (bell, desktop)"),
    _key("r", "refresh", "Reload", "browse.refresh", "Reload the run list and the run"),
    _key("down,j", "move('down')", "Down", "move.down", "One down"),
    _key("up,k", "move('up')", "Up", "move.up", "One up"),
    _key("pagedown,ctrl+f", "move('page_down')", "Page down", "move.page_down", "A page down"),
    _key("pageup,ctrl+b", "move('page_up')", "Page up", "move.page_up", "A page up"),
    _key("home,g", "move('first')", "First", "move.first", "To the first"),
    _key("end,G", "move('last')", "Last", "move.last", "To the last"),
    _key("left,h", "move('left')", "Left", "move.left", "Columns to the left; in Plot and Frame the event before"),
    _key("right,l", "move('right')", "Right", "move.right",
         "Columns to the right; in Plot and Frame the next event"),
    _key("left_curly_bracket", "step_frame(-10)", "Ten frames back", "browse.frames_back",
         "Ten frames back or on", looks="{ }"),
    _key("right_curly_bracket", "step_frame(10)", "Ten frames on", "browse.frames_on",
         "Ten frames back or on", looks="{ }"),
    _frame_key("6,7,8,9", "number", "Go to frame", "A number and enter: to that frame", looks="1…9 ⏎"),
    _frame_key("b", "reduction", "Mean or max", "Each cell the mean, or the largest, of its pixels"),
    _frame_key("s", "stretch", "Stretch", "Contrast: square root, logarithm, linear"),
    _frame_key("e", "limits", "Limits", "Contrast: the percentiles that are dark and bright, or min–max"),
    _frame_key("E", "limits_entry", "Type limits", "Contrast: type the limits (low high, enter) and lock them"),
    _frame_key("w", "lock", "Lock limits", "Contrast: lock the limits across frames and runs, or free them"),
    _frame_key("m", "map_next", "Colours", "The next colour map, the one before", looks="m M"),
    _frame_key("M", "map_before", "Colours", "The next colour map, the one before", looks="m M"),
    _frame_key("plus,equals_sign", "nearer", "Zoom in", "Zoom in, zoom out, the whole frame", looks="+ - 0"),
    _frame_key("minus", "further", "Zoom out", "Zoom in, zoom out, the whole frame", looks="+ - 0"),
    _frame_key("0", "whole", "Whole frame", "Zoom in, zoom out, the whole frame", looks="+ - 0"),
    _frame_key("H", "pan_left", "Pan", "Pan over the frame", looks="H J K L"),
    _frame_key("J", "pan_down", "Pan", "Pan over the frame", looks="H J K L"),
    _frame_key("K", "pan_up", "Pan", "Pan over the frame", looks="H J K L"),
    _frame_key("L", "pan_right", "Pan", "Pan over the frame", looks="H J K L"),
    _frame_key("x", "cross", "Crosshair", "Crosshair: arrows and h j k l move it, page and g G far; x or esc ends"),
    _frame_key("u", "cuts", "Cuts", "Row and column through the crosshair"),
    _frame_key("o", "radial", "Radial profile", "Azimuthal mean around the centre"),
    _frame_key("c", "hub", "Centre here", "Centre of the radial profile: here, or C for the centroid", looks="c C"),
    _frame_key("C", "centroid", "Centroid", "Centre of the radial profile: here, or C for the centroid",
               looks="c C"),
    _frame_key("i", "histogram", "Histogram", "Histogram of the whole frame"),
    _frame_key("a", "region", "Region", "A corner of a region at the crosshair, then the other"),
    _frame_key("A", "region_curve", "Region over frames", "Sum of the region over the frames of the run"),
    _frame_key("t", "sheet", "Contact sheet", "Contact sheet: thumbnails of the frames"),
    _frame_key("p,space", "play", "Play", "Play the frames from here to the last, or stop"),
    _frame_key("F", "stack", "All frames", "Mean, largest, sum of all frames of the run"),
    _frame_key("d", "mark", "Mark", "Mark this frame, to compare others with it"),
    _frame_key("D", "difference", "Difference", "Difference from the marked frame"),
    _frame_key("y", "blink", "Blink", "Blink between this and the marked frame"),
    _frame_key("v", "check", "Exposures", "Check the exposure of every frame of the run"),
    _key("space", "mark", "Mark", "runs.mark", "Mark this run for an overlay, and go on"),
    _key("equals_sign", "overlay", "Overlay", "browse.overlay",
         "Overlay the marked runs, or the latest of this sample; again: stop"),
    _plot_key("x", "x", "Axes", "Pick what is x, and what is drawn; space marks several", show="x y"),
    _plot_key("y", "y", "y axis", "Pick what is x, and what is drawn; space marks several", looks="x y"),
    _plot_key("c", "by", "Curves", "One curve per value of …"),
    _plot_key("i", "normalisation", "÷ i0",
              "As measured, ÷ i0, −ln(÷ i0), edge step normalised (pre-edge 0, post-edge 1)"),
    _plot_key("I", "beam", "Weak i0", "i0 cut-off"),
    _plot_key("L", "scale", "Scale", "Linear, logarithmic, symmetric logarithmic y"),
    _plot_key("d", "derivative", "Derivative", "The derivative, or not"),
    _plot_key("o", "offset", "Offset", "Set the curves apart, or not"),
    _plot_key("p", "peak", "Maximum", "To the maximum of this curve"),
    _plot_key("colon", "goto", "Go to x", "Go to an x, on this curve", looks=":"),
    _plot_key("plus", "nearer", "Zoom in", "A smaller part of x around the cursor, a larger one, all of it",
              looks="+ - 0"),
    _plot_key("minus", "further", "Zoom out", "A smaller part of x around the cursor, a larger one, all of it",
              looks="+ - 0"),
    _plot_key("0", "whole", "Whole range", "A smaller part of x around the cursor, a larger one, all of it",
              looks="+ - 0"),
    _plot_key("m", "reading", "Next number", "The next of the numbers read from this curve"),
    _plot_key("Y", "copy", "Copy number", "Copy the number that stands out"),
    _plot_key("D", "compare", "Compare", "Overlaid runs: as they are, minus the first, ÷ the first"),
    _plot_key("b", "dots", "Dots", "Curves of quarter cells, or of braille dots, which are finer"),
    _plot_key("a", "first", "Reset plot", "Reset the plot of this kind of scan"),
    _table_key("slash", "find", "Find", "Find the nearest value: 285.1, or energy 285.1, or a word", show="/"),
    _table_key("n", "next", "Next", "To the next event that was found"),
    _table_key("s", "sort", "Sort", "Sort by this column, the other way round, as taken", show="s"),
    _table_key("c", "choose", "Columns", "Choose the columns"),
    _table_key("minus", "hide", "Hide", "Hide this column"),
    _table_key("less_than_sign", "fewer", "Fewer digits", "Fewer or more digits in this column", looks="< >"),
    _table_key("greater_than_sign", "more", "More digits", "Fewer or more digits in this column", looks="< >"),
    _table_key("exclamation_mark", "statistics", "Statistics", "What this column holds, below the table"),
    _table_key("i", "computed", "Computed", "The plot's own columns (÷ i0) beside the measured ones"),
    _key("S", "stats", "Statistics", "browse.stats", "Connection statistics"),
)  # fmt: skip
