"""All events of a run as columns: read once, kept within bounds, for plots, sorting and finding."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..catalog.field_names import DataKeys, describe_fields, monitors_of
from .loads import Progress

if TYPE_CHECKING:
    import numpy as np

    from ..analysis.axes import Axes
    from ..analysis.curves import RunColumns
    from ..catalog import Run
    from ..text.scan_label import ScanLabel
    from .loads import Ticket

    Values = np.ndarray[Any, np.dtype[np.float64]]

_STREAM = "primary"
_KEPT_BYTES = 128 * 2**20
_KEPT_AXES = 4096
_TELL_EVERY = 0.5


@dataclass(frozen=True, slots=True)
class ReadRun:
    """All events of a run, and what it scanned."""

    columns: RunColumns
    axes: Axes
    label: ScanLabel


class ColumnsReader:
    """Reads the events of runs; safe to use from several reader threads.

    Parameters
    ----------
    run_of : callable
        The run of a uid.
    """

    def __init__(self, run_of: Callable[[str], Run]) -> None:
        self._run_of = run_of
        self._kept: OrderedDict[str, RunColumns] = OrderedDict()
        self._axes: OrderedDict[str, Axes] = OrderedDict()
        self._growing: RunColumns | None = None
        self._guard = threading.Lock()

    def forget(self) -> None:
        """Read everything anew from here on."""
        with self._guard:
            self._kept.clear()
            self._axes.clear()
            self._growing = None

    def forget_run(self, uid: str) -> None:
        """Read one run anew from here on."""
        with self._guard:
            self._kept.pop(uid, None)
            self._axes.pop(uid, None)
            if self._growing is not None and self._growing.uid == uid:
                self._growing = None

    def columns(self, uid: str, ticket: Ticket, *, tell: bool = False) -> RunColumns:
        """All events of a run; with `tell`, how far the reading is."""
        with self._guard:
            known = self._kept.get(uid)
            if known is not None:
                self._kept.move_to_end(uid)
                return known
            before = self._growing if self._growing is not None and self._growing.uid == uid else None
        run = self._run_of(uid)
        columns = self._read(run, ticket, before, tell=tell)
        axes = columns.find_axes()
        with self._guard:
            self._axes[uid] = axes
            while len(self._axes) > _KEPT_AXES:
                self._axes.popitem(last=False)
            if run.time_stop is None:  # what still grows is read on from here
                self._growing = columns
            else:
                self._kept[uid] = columns
                while len(self._kept) > 1 and sum(kept.size for kept in self._kept.values()) > _KEPT_BYTES:
                    self._kept.popitem(last=False)
        return columns

    def read_run(self, uid: str, ticket: Ticket) -> ReadRun:
        """All events of a run, and what it scanned; how far the reading is, is told."""
        from ..text.scan_words import scan_label

        columns = self.columns(uid, ticket, tell=True)
        axes = self.known_axes(uid) or columns.find_axes()
        return ReadRun(columns, axes, scan_label(self._run_of(uid).plan_name, axes, columns.fields, columns))

    def known_axes(self, uid: str) -> Axes | None:
        """What a run scanned, where all of it was read."""
        with self._guard:
            return self._axes.get(uid)

    def _read(self, run: Run, ticket: Ticket, before: RunColumns | None, *, tell: bool) -> RunColumns:
        """All events; where some are known already, only those that came after them."""
        import numpy as np

        from ..analysis.curves import SEQ_NUM, TIME
        from ..analysis.values import as_floats

        stream = run.streams.get(_STREAM)
        parts: list[dict[str, Values]] = []
        words: dict[str, list[Any]] = {}
        lengths: list[int] = []
        seq: list[Any] = []
        times: list[Any] = []
        told = time.monotonic()
        if before is not None and not _goes_on(run, before):
            before = None
        for page in run.event_pages(_STREAM, start=0 if before is None else len(before)):
            ticket.check()
            part, rest = sort_out(page.columns)
            parts.append(part)
            for name, values in rest.items():
                words.setdefault(name, [None] * len(seq)).extend(values)
            lengths.append(len(page))
            seq += page.seq_num
            times += page.time
            for missing in words.values():
                missing.extend([None] * (len(seq) - len(missing)))
            if tell and time.monotonic() - told > _TELL_EVERY:
                told = time.monotonic()
                ticket.tell(Progress(len(seq), page.total))
        columns = stacked(parts, lengths)
        columns[SEQ_NUM] = as_floats(seq) if seq else np.zeros(0)
        columns[TIME] = as_floats(times) if times else np.zeros(0)
        only_words = {name: values for name, values in words.items() if any(v is not None for v in values)}
        read = run_columns(run.uid, columns, only_words, stream.data_keys if stream else {})
        return read if before is None else before.extended(read)


def run_columns(
    uid: str, columns: dict[str, Values], words: dict[str, list[Any]], data_keys: DataKeys
) -> RunColumns:
    """Columns of a run, with what each field is."""
    from ..analysis.curves import RunColumns

    fields = describe_fields(data_keys, dict.fromkeys((*columns, *words)))
    return RunColumns(uid, columns, words, fields, monitors_of(columns))


def _goes_on(run: Run, before: RunColumns) -> bool:
    """Whether the events that are known still come first: a repeated number lands between older ones."""
    from ..analysis.curves import SEQ_NUM

    if not len(before):
        return False
    last = run.event_page(len(before) - 1, 1, _STREAM).seq_num
    return last == [before.columns[SEQ_NUM][-1]]


def sort_out(columns: dict[str, list[Any]]) -> tuple[dict[str, Values], dict[str, list[Any]]]:
    """The columns that hold numbers, as float64 with NaN where a value is none; and the other ones."""
    from ..analysis.values import as_floats, is_number

    numbers: dict[str, Values] = {}
    words: dict[str, list[Any]] = {}
    for name, values in columns.items():
        if any(map(is_number, values)):
            numbers[name] = as_floats(values)
        else:
            words[name] = values
    return numbers, words


def stacked(parts: list[dict[str, Values]], lengths: list[int]) -> dict[str, Values]:
    """Pages of columns one below the other; NaN where a page lacks one."""
    import numpy as np

    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: np.concatenate(
            [part.get(name, np.full(n, np.nan)) for part, n in zip(parts, lengths, strict=True)]
        )
        for name in names
    }
