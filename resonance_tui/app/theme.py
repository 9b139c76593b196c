"""The themes of the app: calm, one dark and one light."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="resonance-dark",
    dark=True,
    primary="#6cb6ff",
    secondary="#4a6b8a",
    accent="#6cb6ff",
    foreground="#d5dae1",
    background="#11151a",
    surface="#11151a",
    panel="#1b222b",
    success="#7bd88f",
    warning="#f2a65a",
    error="#f2777a",
    variables={
        "border": "#3a4654",
        "border-blurred": "#2b3440",
        "footer-background": "#1b222b",
        "footer-key-foreground": "#6cb6ff",
        "block-cursor-background": "#2c4a66",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#232c37",
        "block-cursor-blurred-foreground": "#d5dae1",
        "input-selection-background": "#2c4a66",
    },
)

LIGHT = Theme(
    name="resonance-light",
    dark=False,
    primary="#1f6fb5",
    secondary="#7d8ea0",
    accent="#1f6fb5",
    foreground="#20262d",
    background="#f7f8f9",
    surface="#f7f8f9",
    panel="#e6eaee",
    success="#2b7a3b",
    warning="#a85600",
    error="#b3261e",
    variables={
        "border": "#b9c2cc",
        "border-blurred": "#d3d9df",
        "footer-background": "#e6eaee",
        "footer-key-foreground": "#1f6fb5",
        "block-cursor-background": "#bfdcf5",
        "block-cursor-foreground": "#10151a",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#dde5ec",
        "block-cursor-blurred-foreground": "#20262d",
        "input-selection-background": "#bfdcf5",
    },
)

THEMES = (DARK, LIGHT)
