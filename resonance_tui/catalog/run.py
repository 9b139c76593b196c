"""One run: what it is, its streams and events, and its frames."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import CatalogBusyError, CatalogDamagedError, CatalogWarning, UnsafePathError, foreign_errors
from .event_keys import AFTER, FIRST, EventKeys, Key, advanced
from .events import read_rows
from .frames.growing import live_fields, live_images
from .frames.image_references import has_refs, image_refs
from .frames.images import LazyImageSequence
from .models import EventPage, SampleMetadata, Stream
from .run_details import StoredObjects, as_mapping, read_metadata, read_sample, read_streams
from .sqlite.paging import PAGE_ROWS, Connection, Row, columns_of, fetch, fetch_page

if TYPE_CHECKING:
    import pandas as pd

    from .columns import StreamColumns

_NO_EVENTS = "the events of this run cannot be read"
_events = foreign_errors(CatalogDamagedError, _NO_EVENTS)
_details = foreign_errors(CatalogDamagedError, "the details of this run cannot be read")
_frames = foreign_errors(CatalogDamagedError, "the references to the frames of this run cannot be read")


class Run:
    """A run of a beamtime, read lazily.

    Parameters
    ----------
    conn : sqlite3.Connection
        A read-only connection, as `Catalog` keeps it.
    row : sqlite3.Row, mapping or sequence
        The run's row in ``runs``; a plain sequence is taken in the order of the schema.
    zarr_path : pathlib.Path
        The Zarr store beside the database; it need not be there.
    """

    def __init__(
        self, conn: Connection, row: Row | Mapping[str, Any] | Sequence[Any], zarr_path: Path
    ) -> None:
        self._conn = conn
        self._row = as_mapping(row)
        self._zarr_path = Path(zarr_path)
        self._event_keys: dict[str, EventKeys] = {}
        self._objects = StoredObjects()

    def __repr__(self) -> str:
        events = "not closed" if self.time_stop is None else f"{self._row.get('num_events') or 0} events"
        state = self.exit_status or ("not stopped" if self.time_stop is None else "stopped")
        plan = self.plan_name if len(self.plan_name) <= 40 else self.plan_name[:39] + "…"
        return f"<Run {self.uid[:8]} {plan!r}, {events}, {str(state)[:20]}>"

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """What could not be read of it so far, other than events: where, a code, and the reason."""
        return [(where, code, reason) for (where, code), reason in self._objects.problems.items()]

    @property
    def zarr_path(self) -> Path:
        """The Zarr store beside the database; it need not be there."""
        return self._zarr_path

    @property
    def uid(self) -> str:
        """The run's identifier, 32 hex digits."""
        return str(self._row["uid"])

    @property
    def sample_id(self) -> int | None:
        """The sample's key in the database; None where the run has none."""
        return self._row.get("sample_id")

    @property
    def plan_name(self) -> str:
        """The plan that took it; nearly always ``scan``."""
        return str(self._row["plan_name"])

    @property
    def time_start(self) -> float:
        """When it started, Unix seconds."""
        start: float = self._row["time_start"]
        return start

    @property
    def time_stop(self) -> float | None:
        """When it ended, Unix seconds; None while it is in progress, or when its writer died."""
        return self._row.get("time_stop")

    @property
    def exit_status(self) -> str | None:
        """``success``, ``aborted``, ``failed``, or None for a run that was not closed."""
        return self._row.get("exit_status")

    @property
    @_events
    def num_events(self) -> int:
        """Number of events: as stored for a closed run; counted for one that is not, where 0 is stored."""
        stored = self._row.get("num_events")
        if self.time_stop is not None and isinstance(stored, int) and stored >= 0:
            return stored
        return sum(self.count_events(name) for name in self.streams)

    @cached_property
    @_details
    def metadata(self) -> dict[str, Any]:
        """What the plan was given besides; empty where there is none or it cannot be read."""
        return read_metadata(self._row.get("metadata"), self.uid, self._objects)

    @property
    @_details
    def operator(self) -> str | None:
        """Who took it: the operator column, or else the metadata's ``operator``."""
        named = self._row.get("operator") or self.metadata.get("operator")
        return named if isinstance(named, str) else None

    @cached_property
    @_details
    def sample(self) -> SampleMetadata | None:
        """The sample; None where the run has none."""
        return read_sample(self._conn, self._row.get("sample_id"), self._objects)

    @property
    @_details
    def streams(self) -> dict[str, Stream]:
        """The streams by name, in order of creation."""
        return read_streams(self._conn, self.uid, self._objects)

    # -- events ------------------------------------------------------------------------------------------

    def _stream_uid(self, stream: str) -> str | None:
        if not {"stream_uid", "seq_num", "time", "data"} <= columns_of(self._conn, "events"):
            return None
        if not {"uid", "run_uid", "name"} <= columns_of(self._conn, "streams"):
            return None
        rows = fetch(
            self._conn, "SELECT uid FROM streams WHERE run_uid = ? AND name = ? LIMIT 1", (self.uid, stream)
        )
        return rows[0]["uid"] if rows else None

    def share_event_keys(self, keys: dict[str, EventKeys]) -> None:
        """Keep where the order of events is known, by stream, in a dict that outlives this run."""
        self._event_keys = keys

    def _keys(self, stream_uid: str) -> EventKeys:
        """Return the order of a stream's events: counted once for a run that has its end, else counted on."""
        keys = self._event_keys.setdefault(stream_uid, EventKeys(self._conn, stream_uid))
        keys.grow(final=self.time_stop is not None)
        return keys

    @_events
    def count_events(self, stream: str = "primary") -> int:
        """Count the events of a stream that are committed; 0 where there is no such stream."""
        uid = self._stream_uid(stream)
        return 0 if uid is None else self._keys(uid).total

    @_events
    def event_indices(self, seq_nums: Sequence[int], stream: str = "primary") -> list[int]:
        """For each ``seq_num``, rising, how many events of the stream come before it."""
        uid = self._stream_uid(stream)
        if uid is None:
            return [0 for _ in seq_nums]
        return self._keys(uid).event_indices(seq_nums)

    @_events
    def event_page(self, offset: int = 0, limit: int = PAGE_ROWS, stream: str = "primary") -> EventPage:
        """Read `limit` events from position `offset`, counted from 0.

        The cost depends on `limit`, not on the length of the run.
        """
        uid = self._stream_uid(stream)
        offset = max(0, offset)
        if uid is None:
            return EventPage(offset, 0, [], [], {})
        keys = self._keys(uid)
        total = keys.total
        found: list[Row] = []
        if offset < total and limit > 0:
            for rows in self._rows(uid, keys.before(offset), min(limit, total - offset)):
                found += rows
        return _page(offset, total, found)

    @_events
    def events_at(self, seq_nums: Sequence[int], stream: str = "primary") -> EventPage:
        """Read the events of these numbers, in this order; those that are not there are left out.

        Of a repeated number, its first mention gets the first event. The page's `offset` is 0. The cost depends on
        how many are asked for, not on the length of the run.
        """
        uid = self._stream_uid(stream)
        if uid is None:
            return EventPage(0, 0, [], [], {})
        wanted = [int(number) for number in seq_nums]
        numbers = sorted(set(wanted))
        found: dict[Any, deque[Row]] = {}
        for start in range(0, len(numbers), PAGE_ROWS):
            part = numbers[start : start + PAGE_ROWS]
            marks = ", ".join("?" * len(part))
            for rows in self._rows(uid, FIRST, None, f" AND seq_num IN ({marks})", part):
                for row in rows:
                    found.setdefault(row["seq_num"], deque()).append(row)
        rows = [found[number].popleft() for number in wanted if found.get(number)]
        return _page(0, self._keys(uid).total, rows)

    def event_pages(self, stream: str = "primary", start: int = 0) -> Iterator[EventPage]:
        """All events of a stream from position `start` on, page by page; no lock is held between two pages.

        What is read depends on how many events follow, not on the length of the run.
        """
        with foreign_errors(CatalogDamagedError, _NO_EVENTS):
            uid = self._stream_uid(stream)
            if uid is None:
                return
            keys = self._keys(uid)
            total, offset = keys.total, start
            for rows in self._rows(uid, keys.before(start), None):
                total = max(total, offset + len(rows))
                yield _page(offset, total, rows)
                offset += len(rows)

    def _rows(
        self, stream_uid: str, after: Key, limit: int | None, where: str = "", params: Sequence[Any] = ()
    ) -> Iterator[Sequence[Row]]:
        sql = (
            f"SELECT seq_num, time, data, rowid FROM events WHERE {AFTER}{where}"
            " ORDER BY seq_num, rowid LIMIT ?"
        )
        more = True
        while more and (limit is None or limit > 0):
            ask = PAGE_ROWS if limit is None else min(PAGE_ROWS, limit)
            rows, more = fetch_page(self._conn, sql, (stream_uid, *after, *params), ask)
            if not rows:
                return
            yield rows
            after = advanced(after, (rows[-1]["seq_num"], rows[-1]["rowid"]))
            limit = None if limit is None else limit - len(rows)

    @_events
    def columns(self, stream: str = "primary") -> StreamColumns:
        """All events of a stream as typed columns.

        Raises
        ------
        CatalogError
            The database is locked, damaged or closed.
        """
        from .columns import ColumnsBuilder

        builder = ColumnsBuilder()
        builder.extend(self.event_pages(stream))
        return builder.columns()

    @_events
    def table(self, stream: str = "primary") -> pd.DataFrame:
        """All events of a stream as one table.

        Parameters
        ----------
        stream : str

        Returns
        -------
        pandas.DataFrame
            ``seq_num``, ``time`` (Unix seconds), then every scalar field in order of first appearance. An
            event whose data cannot be read keeps its row, the rest missing; a `CatalogWarning` says how
            many there are, and ``attrs["unreadable"]`` maps the ``seq_num`` of each to the reason.

        Raises
        ------
        CatalogError
            The database is locked, damaged or closed.
        """
        columns = self.columns(stream)
        frame = columns.frame()
        if columns.unreadable:
            bad, n = columns.unreadable, len(columns)
            seq_num, why = next(iter(bad.items()))
            frame.attrs["unreadable"] = dict(bad)
            warnings.warn(
                f"run {self.uid[:8]}: {len(bad)} of {n} events unreadable; the first, {seq_num}: {why}",
                CatalogWarning,
                stacklevel=3,
            )
        return frame

    # -- frames ------------------------------------------------------------------------------------------

    @property
    @_frames
    def image_fields(self) -> list[str]:
        """The fields whose values are frames: from the data keys, and from what is stored."""
        fields = {
            name: None
            for stream in self.streams.values()
            for name, key in stream.data_keys.items()
            if key.get("external")
        }
        uid = self._stream_uid("primary")
        if uid is not None and has_refs(self._conn):
            sql = (
                "SELECT DISTINCT i.field_name FROM (SELECT uid FROM events WHERE stream_uid = ? "
                "ORDER BY seq_num, rowid LIMIT 20) AS e CROSS JOIN image_refs AS i ON i.event_uid = e.uid"
            )
            fields |= {str(row[0]): None for row in fetch(self._conn, sql, (uid,))}
        return list(fields)

    @_frames
    def images(self, field: str = "detector_image") -> LazyImageSequence:
        """Return the frames of a field, in the order of their events; no frame is read before it is indexed.

        Returns
        -------
        LazyImageSequence
            Shape (n_frames, rows, columns); empty where no image of that field is stored, or where there
            is no Zarr store.
        """
        return self._images(field, list(self.streams))

    @_frames
    def images_of(self, stream: str, field: str = "detector_image") -> LazyImageSequence:
        """As `images`, but the frames of one stream only, so that they can be matched with its events."""
        return self._images(field, [stream])

    def _images(self, field: str, streams: list[str]) -> LazyImageSequence:
        refs: list[Row] = []
        if has_refs(self._conn) and self._zarr_path.is_dir():
            for name, stream in self.streams.items():
                if name in streams:
                    refs.extend(self._refs(stream.uid, field))
        return LazyImageSequence(self._conn, refs, self._zarr_path)

    @property
    @_frames
    def live_fields(self) -> list[str]:
        """The fields that frames are being written for, found without the database where that is locked."""
        try:
            streams = self.streams.values()
        except CatalogBusyError:
            streams = {}.values()
        described = [name for s in streams for name, key in s.data_keys.items() if key.get("external")]
        try:
            return live_fields(self._zarr_path, self.uid, described)
        except UnsafePathError:
            return []

    def live_images(self, field: str = "detector_image") -> LazyImageSequence:
        """Return the frames of a run in progress, or of one whose events were lost, as they lie in the Zarr store.

        Nothing in the database tells of them yet. The sequence grows as frames are written; the newest counts
        once it is there, and one that a dead writer announced but never wrote does not count.
        """
        return live_images(self._conn, self._zarr_path, self.uid, field)

    @_frames
    def count_images(self, field: str = "detector_image") -> int:
        """How many frames of a field the database knows, without looking at the store."""
        if not has_refs(self._conn):
            return 0
        return sum(len(self._refs(stream.uid, field)) for stream in self.streams.values())

    def _refs(self, stream_uid: str, field: str) -> list[Row]:
        return image_refs(self._conn, stream_uid, field, self._keys(stream_uid).total)


def _page(offset: int, total: int, rows: Sequence[Row]) -> EventPage:
    events = read_rows(rows)
    return EventPage(offset, total, events.seq_num, events.time, events.columns, events.unreadable)
