"""Finding events by what they hold: the nearest value, values that are missing or stand out, words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...text.numbers import number
from .table_page import RowOrder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]

OUTLIERS, NAN, INFINITE = "!", "nan", "inf"
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, as it was typed.

    Attributes
    ----------
    text : str
        The whole of it.
    column : str
        The name of a column that was typed before the value; empty for the one under the cursor.
    value : float or None
    odd : str
        One of `OUTLIERS`, `NAN`, `INFINITE`; empty for none.
    """

    text: str
    column: str = ""
    value: float | None = None
    odd: str = ""

    @property
    def last(self) -> str:
        """The value as it was typed."""
        return self.text.rpartition(" ")[2]


@dataclass(frozen=True, slots=True)
class Found:
    """Events that have what was looked for, in words, and by their places in the stream."""

    words: str
    places: Places

    def after(self, position: int) -> int:
        """Return which of the places comes next after an event; the first where none does."""
        later = self.places > position
        return int(later.argmax()) if bool(later.any()) else 0


def understood(text: str) -> Query:
    """Read ``energy 285.1``, ``285.1``, ``nan``, ``inf``, ``!`` for outliers, or words."""
    name, _, last = text.rpartition(" ")
    odd = OUTLIERS if last == OUTLIERS else ""
    try:
        value = None if odd else float(last)
    except ValueError:
        value = None
    if value is not None and not math.isfinite(value):  # also -inf, or infinity
        odd = NAN if math.isnan(value) else INFINITE
        value = None
    return Query(text, name.strip(), value, odd)


def nearest(name: str, values: Floats, query: Query) -> Found | None:
    """Find the events whose value is nearest to that of a query; None where there is no value."""
    from ...analysis.ordering import nearest_places

    wanted = query.value or 0.0
    places = nearest_places(values, wanted)
    if not places.size:
        return None
    found = float(values[places[0]])
    near = "" if abs(found - wanted) <= _CLOSE * max(abs(wanted), abs(found)) else f": {number(found)}"
    return Found(f"{name} nearest to {query.last}{near}", places)


def odd_values(name: str, values: Floats | None, outliers: Any | None, odd: str) -> Found | None:
    """Find values that are missing, infinite, or stand out; None where there are none."""
    import numpy as np

    if odd == OUTLIERS:
        places = np.flatnonzero(outliers) if outliers is not None else np.zeros(0, dtype=np.intp)
        words = f"outlier in {name}"
    elif values is None:
        return None
    else:
        places = np.flatnonzero(np.isnan(values) if odd == NAN else np.isinf(values))
        words = f"{name} is {'NaN' if odd == NAN else 'infinite'}"
    return Found(words, places) if places.size else None


def words_in(columns: Mapping[str, Sequence[Any]], text: str, check: Callable[[], object]) -> Found:
    """Find the events that hold a text in any column; `check` is called between two of them."""
    import numpy as np

    wanted = text.casefold()
    places: set[int] = set()
    for values in columns.values():
        check()
        places |= {
            place for place, word in enumerate(values) if word is not None and wanted in str(word).casefold()
        }
    return Found(f'"{text}"', np.array(sorted(places), dtype=np.intp))


def column_called(name: str, columns: Iterable[tuple[str, str]]) -> str | None:
    """Return the key of the column of that name, or of the first whose name begins with it or holds it.

    Parameters
    ----------
    columns : iterable of (str, str)
        Key and heading.
    """
    wanted = name.casefold()
    known = [(key, label.casefold()) for key, label in columns]
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for key, label in known:
            if fits(label, wanted):
                return key
    return None


def ranks(words: Sequence[Any]) -> Floats:
    """Return words as numbers in their alphabetical order; NaN where there is none."""
    import numpy as np

    order = {text: rank for rank, text in enumerate(sorted({str(w) for w in words if w is not None}))}
    return np.array([order[str(word)] if word is not None else np.nan for word in words], dtype=np.float64)


def sorted_rows(name: str, key: str, values: Floats, descending: bool) -> RowOrder:
    """Return the events in the order of a column called `name`."""
    from ...analysis.ordering import sort_order

    return RowOrder.of(name, (key, descending), sort_order(values, descending=descending))
