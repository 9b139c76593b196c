"""What colours look like, for the tests of colour maps: the terminal's 256, and how light a colour is."""

from __future__ import annotations

from functools import lru_cache

from resonance_tui.picture.palettes import Rgb

_CUBE = (0, 95, 135, 175, 215, 255)


def rgb_of_256(number: int) -> Rgb:
    """The colour of a number from 16 to 255, as xterm has it; the first sixteen are the user's own."""
    if number >= 232:
        gray = 8 + 10 * (number - 232)
        return (gray, gray, gray)
    place = number - 16
    return (_CUBE[place // 36], _CUBE[place // 6 % 6], _CUBE[place % 6])


@lru_cache(maxsize=2048)
def lightness(colour: Rgb) -> float:
    """L* of an sRGB colour, 0 … 100 (IEC 61966-2-1; CIE 1976 L*a*b*, D65)."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)
    )
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 116 * (y ** (1 / 3) if y > 0.008856 else 7.787 * y + 16 / 116) - 16
