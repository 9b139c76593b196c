"""What is read and drawn for the plot."""

from __future__ import annotations

from enum import StrEnum


class PlotTask(StrEnum):
    """Kinds of tasks."""

    COLUMNS = "columns"
    CURVES = "curves"
    READ_OUTS = "readings"
