"""Colours of a picture: maps as short lists of levels, designed for what each kind of terminal can show.

A picture is made of small codes. Codes from 0 are the levels of the map, from dark to bright; the special
codes from 48 on are what no map holds (saturated, negative, missing) and the theme_colours of lines and texts.
"""

from __future__ import annotations

from colorsys import rgb_to_hls
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Rgb = tuple[int, int, int]
Depth = Literal["truecolor", "256", "16", "mono"]

DEPTHS: tuple[Depth, ...] = ("truecolor", "256", "16", "mono")
MAPS = ("viridis", "inferno", "gray", "berlin")
"""The maps a frame can be drawn in; ``berlin`` diverges, for differences."""
DIVERGING = "berlin"

LEVELS = 18
"""Steps of a picture in true colour: smooth to the eye, few enough that neighbouring cells share colours."""

SATURATED, NEGATIVE, NAN, MISSING, OUTSIDE, CROSS, DARK, CURSOR, INK, FAINT, ALARM, GOOD = range(48, 60)
UNSET = 63
"""Code of a colour that is not known: what the terminal was last set to by others."""

# anchors of the perceptual maps of matplotlib and of F. Crameri's berlin, evenly spaced
_ANCHORS: dict[str, tuple[str, ...]] = {
    "viridis": (
        "440154", "482475", "414487", "355f8d", "2a788e", "21918c", "22a884", "44bf70", "7ad151", "bddf26", "fde725",
    ),
    "inferno": (
        "000004", "160b39", "420a68", "6a176e", "932667", "bc3754", "dd513a", "f37819", "fca50a", "f6d746", "fcffa4",
    ),
    "gray": ("0a0a0a", "f5f5f5"),
    "berlin": ("9eb0ff", "5aa1d8", "2d7597", "1a4155", "11181b", "2a0e06", "501803", "8a3f2a", "c6766a", "ffadad"),
}  # fmt: skip

_SPECIAL: dict[int, tuple[Rgb, int, int]] = {
    # code: (true colour, number of the 256, number of the 16)
    SATURATED: ((255, 0, 255), 201, 13),
    NEGATIVE: ((0, 255, 255), 51, 10),
    NAN: (( 0, 100, 0), 22, 2),
    MISSING: ((160, 120, 60), 136, 3),
    CROSS: ((255, 255, 255), 231, 15),
    DARK: ((0, 0, 0), 16, 0),
    CURSOR: ((255, 255, 255), 231, 15),
}  # fmt: skip

# The maps again in colours the terminal has. The nearest ones would leave viridis nine steps, grays among them;
# these keep its colour_indices, and lightness rises with every step (in berlin it falls to the middle).
_OF_256 = {
    "viridis": (53, 54, 55, 24, 25, 30, 36, 72, 77, 113, 149, 184, 220, 227),
    "inferno": (16, 17, 53, 89, 125, 161, 166, 202, 208, 214, 220, 229),
    "gray": tuple(range(232, 256)),
    "berlin": (153, 111, 67, 31, 24, 236, 233, 52, 88, 131, 167, 210, 217),
}

_SIXTEEN = {
    "viridis": (0, 4, 12, 6, 14, 15),
    "inferno": (0, 1, 9, 11, 15),
    "gray": (0, 8, 7, 15),
    "berlin": (14, 12, 4, 0, 1, 9, 11),
}

DENSITY = " .:-=+*#%@"
"""Characters of a monochrome picture, from dark to bright."""

_MONO = {
    SATURATED: "S",
    NEGATIVE: "_",
    NAN: "?",
    MISSING: "x",
    OUTSIDE: " ",
    CROSS: "|",
    CURSOR: "#",
}


_GREYISH = 0.15
"""Saturation below which a colour is taken for a grey."""


@dataclass(frozen=True, slots=True)
class ThemeColours:
    """The theme's colours for what is written into a picture."""

    back: Rgb = (16, 18, 22)
    ink: Rgb = (216, 220, 226)
    faint: Rgb = (128, 136, 148)
    alarm: Rgb = (255, 107, 107)
    good: Rgb = (123, 216, 143)


@dataclass(frozen=True, slots=True)
class Palette:
    """What each code of a picture looks like in one kind of terminal.

    Attributes
    ----------
    levels : int
        Codes 0 … levels − 1 are the map.
    colours : tuple
        For each code from 0 to 63 a colour, or the number of one of the terminal's, or None.
    foreground, background : tuple of str
        For each code the SGR parameters (ECMA-48, 8.3.117) that choose it; empty where there is none.
    """

    name: str
    depth: Depth
    levels: int
    colours: tuple[Rgb | int | None, ...]
    foreground: tuple[str, ...]
    background: tuple[str, ...]

    @property
    def dithered(self) -> bool:
        """Whether the levels are too few to go without dithering."""
        return self.depth == "16"


@lru_cache(maxsize=64)
def palette(
    name: str, depth: Depth = "truecolor", levels: int = LEVELS, theme: ThemeColours = ThemeColours()
) -> Palette:
    """Return a map as a terminal of some depth can show it, with at most so many levels.

    Raises
    ------
    KeyError
        There is no map of that name.
    """
    table: list[Rgb | int | None] = [None] * 64
    if depth == "mono":
        _ANCHORS[name]
        return Palette(name, depth, len(DENSITY), tuple(table), ("",) * 64, ("",) * 64)
    steps: list[Rgb] | list[int]
    if depth == "truecolor":
        steps = list(colour_map(name, levels))
    else:
        steps = list(_OF_256[name] if depth == "256" else _SIXTEEN[name])
        if len(steps) > levels:
            last = len(steps) - 1
            steps = [steps[round(n * last / (levels - 1))] for n in range(levels)]
    table[: len(steps)] = steps
    column = {"truecolor": 0, "256": 1, "16": 2}[depth]
    for code, looks in _SPECIAL.items():
        table[code] = looks[column]
    written = {OUTSIDE: theme.back, INK: theme.ink, FAINT: theme.faint, ALARM: theme.alarm, GOOD: theme.good}
    sixteen = {OUTSIDE: 0, INK: 15, FAINT: 7, ALARM: 9, GOOD: 10}
    for code, rgb in written.items():
        table[code] = (
            rgb if depth == "truecolor" else nearest_of_256(rgb) if depth == "256" else sixteen[code]
        )
    return Palette(
        name, depth, len(steps), tuple(table),
        tuple(_sgr(colour, 38, depth) for colour in table), tuple(_sgr(colour, 48, depth) for colour in table),
    )  # fmt: skip


def _sgr(colour: Rgb | int | None, layer: int, depth: Depth) -> str:
    if colour is None:
        return ""
    if isinstance(colour, tuple):
        return f"{layer};2;{colour[0]};{colour[1]};{colour[2]}"
    if depth == "256":
        return f"{layer};5;{colour}"
    return str(layer - 8 + colour if colour < 8 else layer + 44 + colour)


@lru_cache(maxsize=64)
def colour_map(name: str, levels: int = LEVELS) -> tuple[Rgb, ...]:
    """Return the colours of a map in true colour, from dark to bright.

    Raises
    ------
    KeyError
        There is no map of that name.
    """
    anchors = [tuple(bytes.fromhex(code)) for code in _ANCHORS[name]]
    colours: list[Rgb] = []
    for level in range(levels):
        place = level * (len(anchors) - 1) / max(levels - 1, 1)
        left = min(int(place), len(anchors) - 2)
        share = place - left
        red, green, blue = (
            round(a + (b - a) * share) for a, b in zip(anchors[left], anchors[left + 1], strict=True)
        )
        colours.append((red, green, blue))
    return tuple(colours)


def mono_text(code: int) -> str:
    """Return the character of a code in a monochrome picture."""
    return DENSITY[code] if code < len(DENSITY) else _MONO.get(code, " ")


@lru_cache(maxsize=64)
def nearest_of_256(colour: Rgb) -> int:
    """Return the number of the nearest xterm colour: a grey where there is little colour, else of the 6×6×6 cube.

    The very one that Rich takes, which draws all around the picture (`test_colours.py` compares them).
    """
    _, lightness, saturation = rgb_to_hls(*(part / 255 for part in colour))
    if saturation < _GREYISH:
        grey = round(lightness * 25)
        return {0: 16, 25: 231}.get(grey, 231 + grey)
    red, green, blue = (round(part / 95 if part < 95 else 1 + (part - 95) / 40) for part in colour)
    return 16 + 36 * red + 6 * green + blue
