"""Colour maps as levels: each a short list of colours whose luminance rises."""

from __future__ import annotations

from functools import lru_cache

Rgb = tuple[int, int, int]

LEVELS = 32
"""Steps of a picture: enough to look smooth, few enough that neighbouring cells share colours."""

NO_DATA: Rgb = (70, 70, 78)
"""Where a picture has no finite value; no map holds it."""

# anchors of the perceptual maps of matplotlib (CC0), evenly spaced
_ANCHORS: dict[str, tuple[str, ...]] = {
    "viridis": (
        "440154", "482475", "414487", "355f8d", "2a788e", "21918c", "22a884", "44bf70", "7ad151", "bddf26", "fde725",
    ),
    "inferno": (
        "000004", "160b39", "420a68", "6a176e", "932667", "bc3754", "dd513a", "f37819", "fca50a", "f6d746", "fcffa4",
    ),
    "gray": ("0a0a0a", "f5f5f5"),
}  # fmt: skip

NAMES = tuple(_ANCHORS)


@lru_cache(maxsize=16)
def colour_map(name: str, levels: int = LEVELS) -> tuple[Rgb, ...]:
    """The colours of a map from dark to bright.

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
