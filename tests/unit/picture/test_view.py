"""How a frame is looked at: windows stay inside it, the crosshair inside the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.contrast import STRETCHES
from resonance_tui.analysis.profiles import Region
from resonance_tui.picture.palettes import MAPS
from resonance_tui.picture.view import LIMITS, View, Window, window

Shape = tuple[int, int]

shapes = st.tuples(st.integers(1, 5000), st.integers(1, 5000)) | st.tuples(
    st.integers(1, 40), st.integers(1, 40)
)
sides = st.integers(1, 300)
ways = st.sampled_from((-1, 0, 1))
actions = st.lists(
    st.tuples(st.just("zoom"), st.sampled_from((-1, 1, 1)), st.just(0))
    | st.tuples(st.just("pan"), ways, ways)
    | st.tuples(st.just("cross"), ways, ways)
    | st.tuples(st.just("set"), st.just(0), st.just(0))
    | st.tuples(st.just("far"), ways, ways),
    max_size=25,
)


def act(view: View, action: tuple[str, int, int], shape: Shape, width: int, height: int) -> View:
    kind, down, right = action
    if kind == "zoom":
        return view.zoomed(down, shape, width, height)
    if kind == "pan":
        return view.panned(down, right, shape, width, height)
    if kind == "set":
        return view.with_cross(shape, width, height)
    return view.moved_cross(down, right, shape, width, height, far=kind == "far")


def is_inside(seen: Window, shape: Shape, width: int, height: int) -> bool:
    return (
        0 <= seen.top < seen.bottom <= shape[0]
        and 0 <= seen.left < seen.right <= shape[1]
        and 1 <= seen.rows <= height
        and 1 <= seen.columns <= width
    )


def extent(seen: Window) -> Shape:
    return (seen.bottom - seen.top, seen.right - seen.left)


# -- windows ---------------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(shapes, sides, sides, actions)
def test_whatever_is_done_the_window_stays_inside_the_frame(
    shape: Shape, width: int, height: int, done: list[tuple[str, int, int]]
) -> None:
    view = View()
    for action in done:
        view = act(view, action, shape, width, height)
        assert is_inside(window(view, shape, width, height), shape, width, height)


@settings(max_examples=100)
@given(shapes, shapes, sides, sides, actions)
def test_a_view_of_another_frame_or_pane_is_inside_this_one(
    before: Shape, shape: Shape, width: int, height: int, done: list[tuple[str, int, int]]
) -> None:
    view = View()
    for action in done:
        view = act(view, action, before, 120, 80)
    assert is_inside(window(view, shape, width, height), shape, width, height)


@settings(max_examples=100)
@given(shapes, sides, sides)
def test_at_first_the_whole_frame_is_seen(shape: Shape, width: int, height: int) -> None:
    seen = window(View(), shape, width, height)
    assert seen.whole(shape)
    assert seen.rows == height or seen.columns == width


@settings(max_examples=100)
@given(shapes, sides, sides, actions)
def test_zooming_out_comes_back_to_the_whole_frame(
    shape: Shape, width: int, height: int, done: list[tuple[str, int, int]]
) -> None:
    view = View()
    for action in done:
        view = act(view, action, shape, width, height)
    for _ in range(len(done)):
        view = view.zoomed(-1, shape, width, height)
    view = view.zoomed(-1, shape, width, height)
    assert (view.zoom, view.view_centre) == (0, None)
    assert window(view, shape, width, height).whole(shape)


@settings(max_examples=100)
@given(shapes, sides, sides)
def test_zooming_in_never_shows_more(shape: Shape, width: int, height: int) -> None:
    view, last = View(), shape
    for _ in range(12):
        view = view.zoomed(1, shape, width, height)
        seen = extent(window(view, shape, width, height))
        assert seen[0] <= last[0]
        assert seen[1] <= last[1]
        last = seen


@settings(max_examples=100)
@given(shapes, st.integers(16, 300), st.integers(16, 300))
def test_zooming_goes_down_to_single_pixels_and_no_further(shape: Shape, width: int, height: int) -> None:
    view = View()
    for _ in range(20):
        view = view.zoomed(1, shape, width, height)
    seen = window(view, shape, width, height)
    assert seen.magnified >= 8 or 1 in extent(seen)
    assert view.zoomed(1, shape, width, height) == view


@settings(max_examples=100)
@given(shapes, sides, sides, st.integers(1, 12))
def test_nearer_than_one_to_one_every_pixel_is_as_large_as_the_next(
    shape: Shape, width: int, height: int, zoom: int
) -> None:
    seen = window(View(zoom=zoom), shape, width, height)
    if seen.magnified > 1 and min(width, height) >= 16:
        assert seen.rows % extent(seen)[0] == 0
        assert seen.columns == extent(seen)[1] * seen.magnified


def test_a_step_of_zoom_halves_what_is_seen() -> None:
    sizes = [extent(window(View(zoom=zoom), (4096, 4096), 64, 64))[0] for zoom in range(8)]
    assert sizes == [4096, 2048, 1024, 512, 256, 128, 64, 32]


@pytest.mark.parametrize(("way", "at"), [((1, 0), (True, False)), ((0, 1), (False, True))])
def test_panning_moves_the_window_by_a_quarter_and_ends_at_the_border(way: Shape, at: Any) -> None:
    shape, width, height = (1000, 1000), 100, 100
    view = View(zoom=2)
    before = window(view, shape, width, height)
    view = view.panned(*way, shape, width, height)
    seen = window(view, shape, width, height)
    moved = (seen.top - before.top, seen.left - before.left)
    assert [abs(by - 62.5) < 1 if expected else by == 0 for by, expected in zip(moved, at, strict=True)] == [
        True,
        True,
    ]
    for _ in range(40):
        view = view.panned(*way, shape, width, height)
    last = window(view, shape, width, height)
    assert (last.bottom == 1000, last.right == 1000) == at
    back = view.panned(-way[0], -way[1], shape, width, height)
    assert window(back, shape, width, height) != last


def test_zooming_goes_to_the_crosshair() -> None:
    view = View(crosshair=(700, 90))
    for _ in range(6):
        view = view.zoomed(1, (1000, 1000), 100, 100)
        seen = window(view, (1000, 1000), 100, 100)
        assert seen.top <= 700 < seen.bottom
        assert seen.left <= 90 < seen.right
    assert extent(seen)[0] < 20


# -- crosshair -------------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(shapes, st.integers(32, 300), st.integers(32, 300), actions)
def test_a_crosshair_that_was_moved_is_in_the_window(
    shape: Shape, width: int, height: int, done: list[tuple[str, int, int]]
) -> None:
    view = View().with_cross(shape, width, height)
    for action in done:
        view = act(view, action, shape, width, height)
        assert view.crosshair is not None
        row, column = view.crosshair
        assert 0 <= row < shape[0]
        assert 0 <= column < shape[1]
        if action[0] in ("cross", "far", "set"):
            seen = window(view, shape, width, height)
            assert seen.top <= row < seen.bottom
            assert seen.left <= column < seen.right


def test_without_a_crosshair_there_is_nothing_to_move() -> None:
    assert View().moved_cross(1, 1, (10, 10), 5, 5) == View()


def test_the_crosshair_moves_by_a_pixel_of_the_screen_or_ten() -> None:
    view = View(crosshair=(500, 500))
    assert view.moved_cross(1, 0, (1000, 1000), 100, 100).crosshair == (510, 500)
    assert view.moved_cross(0, -1, (1000, 1000), 100, 100, far=True).crosshair == (500, 400)
    near = View(zoom=6, crosshair=(500, 500), view_centre=(500.0, 500.0))
    assert near.moved_cross(-1, 1, (1000, 1000), 100, 100).crosshair == (499, 501)


# -- what else can be chosen -----------------------------------------------------------------------------

CYCLES: dict[str, tuple[Callable[[View], View], Callable[[View], Any], int]] = {
    "stretch": (View.next_stretch, lambda view: view.stretch, len(STRETCHES)),
    "limits": (View.next_limits, lambda view: view.limits, len(LIMITS)),
    "map": (lambda view: view.next_map(1), lambda view: view.map, len(MAPS)),
    "map, back": (lambda view: view.next_map(-1), lambda view: view.map, len(MAPS)),
    "reduction": (View.other_reduction, lambda view: view.reduction, 2),
}


@pytest.mark.parametrize("what", CYCLES)
def test_every_choice_comes_round(what: str) -> None:
    step, value, choices = CYCLES[what]
    view, found = View(), set()
    for _ in range(choices):
        found.add(value(view))
        view = step(view)
    assert len(found) == choices
    assert view == View()


def test_locked_limits_are_freed_before_others_are_taken() -> None:
    assert View(limits=2, fixed=(0.0, 1.0)).next_limits() == View(limits=2)


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (View(), "sqrt 1–99.5%"),
        (View(stretch="log", limits=3), "log min–max"),
        (View(stretch="linear", fixed=(3.0, 4.0)), "linear locked"),
    ],
)
def test_the_contrast_is_told_in_words(view: View, text: str) -> None:
    assert view.contrast_text == text


pixels = st.tuples(st.integers(0, 400), st.integers(0, 400))


@settings(max_examples=100)
@given(pixels, pixels)
def test_a_region_between_two_pixels_includes_both_and_is_the_smallest(one: Shape, other: Shape) -> None:
    region = Region.between(one, other)
    assert region == Region.between(other, one)
    assert {region.top, region.bottom - 1} == {one[0], other[0]}
    assert {region.left, region.right - 1} == {one[1], other[1]}
    assert region.top < region.bottom
    assert region.left < region.right


def test_zoom_counts_no_further_than_it_goes() -> None:
    view = View()
    for _ in range(30):
        view = view.zoomed(1, (1000, 1000), 100, 10)
    assert view.zoom < 12
    for _ in range(view.zoom):
        view = view.zoomed(-1, (1000, 1000), 100, 10)
    assert window(view, (1000, 1000), 100, 10).whole((1000, 1000))


def test_the_window_follows_the_crosshair_where_it_holds_a_single_pixel() -> None:
    view = View(zoom=8, crosshair=(4, 4), view_centre=(4.5, 4.5))
    for row in range(5, 9):
        view = view.moved_cross(1, 0, (100, 100), 20, 20)
        seen = window(view, (100, 100), 20, 20)
        assert view.crosshair == (row, 4)
        assert seen.top <= row < seen.bottom
