"""What the columns of the event table hold, over all events of the run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..signals import Choice, ChoiceWanted
from .table_page import heading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...analysis.curves import RunColumns
    from ..signals import Computed
    from .table_page import TablePage

    Floats = NDArray[np.float64]


@dataclass(slots=True)
class ShownColumns:
    """Values and headings of columns, as far as they are known.

    Attributes
    ----------
    run : RunColumns or None
        All events; None while they are read.
    outliers : mapping of str to array of bool, shape (n,)
        Which events stand out.
    computed : tuple of Computed
        Columns of the plot, where they are shown.
    page : TablePage or None
        The page that is shown.
    """

    run: RunColumns | None = None
    outliers: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    computed: tuple[Computed, ...] = ()
    page: TablePage | None = None

    def clear(self) -> None:
        """Another run: nothing is known of it yet."""
        self.run = self.page = None
        self.outliers, self.computed = {}, ()

    def heading(self, key: str | None) -> str:
        """Return the heading of a column, whether it is shown or hidden."""
        known = self.page.labels if self.page is not None else {}
        return known.get(key or "", heading(key or ""))

    def values(self, key: str | None) -> Floats | None:
        """Return the values of a column, by position; None where it holds no numbers."""
        if key is None or self.run is None:
            return None
        for computed in self.computed:
            if computed.label == key:
                return computed.values
        return self.run.columns.get(key)

    def is_computed(self, key: str | None) -> bool:
        """Return whether a column is worked out, not measured."""
        return any(computed.label == key for computed in self.computed)

    def choice(
        self, names: Sequence[str], hidden: Collection[str], use: Callable[[tuple[str, ...]], object]
    ) -> ChoiceWanted:
        """Return the choice of the columns that are shown; `use` takes those that were picked."""
        choices = [Choice(name, self.heading(name)) for name in names]
        marked = [name for name in names if name not in hidden]
        return ChoiceWanted(
            "columns", choices, marked, use, several=True, may_be_empty=True, only_marked=True
        )
