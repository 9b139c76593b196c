"""What has changed in a beamtime since one last looked: the files' states first, one small read only if they moved."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .catalog import Catalog, store_beside
from .errors import (
    CatalogChangedError,
    CatalogDamagedError,
    CatalogError,
    FrameUnavailableError,
    foreign_errors,
)
from .frames.growing import live_fields, run_folder
from .frames.zarr_store import read_layout, stored_frames
from .models import RunSummary
from .run_state import RunState
from .run_witness import RunWitness
from .sqlite.files import Identity, identity, wal_sidecar
from .sqlite.locks import NOTHING_KNOWN, Locks, probe

_OPEN_RUNS = 20  # of the runs started last, those without an end are watched for one
_NEW_AT_ONCE = 200
_UNSETTLED_S = 2.0
_PATIENCE_S = 0.02


class FileState(enum.Enum):
    """What has become of the database file since one last looked."""

    THERE = "there"
    DELETED = "deleted"
    """Deleted, or moved away; what was read stays."""
    RETURNED = "put back"
    REPLACED = "replaced"
    """Another file has its name, or its runs are others: what was read of the old one is void."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed since one last looked.

    Attributes
    ----------
    file : FileState
    locks : Locks
        Who writes now, and whether the database can be read.
    shut_since : float or None
        Since when readers are kept out, as far as we saw, Unix seconds.
    as_of : float or None
        When the database was last read, or known to be as it was read, Unix seconds.
    error : CatalogError or None
        Why it could not be read now; it is tried again the next time.
    new_runs : tuple of RunSummary
        Started since, in that order.
    ended : tuple of RunSummary
        Runs whose end came.
    committed : bool
        Something was committed since: of an open run there may be new events.
    left : tuple of (RunSummary, RunState)
        Runs without an end that a newer one has overtaken since: the acquisition takes one at a time.
    open_run : RunSummary or None
        The run started last, where it has no end.
    state : RunState or None
        Its state.
    frames : mapping of str to int
        Of that run: field → frames on disk.
    new_frames : bool
        There are more of them than the last time.
    """

    file: FileState = FileState.THERE
    locks: Locks = NOTHING_KNOWN
    shut_since: float | None = None
    as_of: float | None = None
    error: CatalogError | None = None
    new_runs: tuple[RunSummary, ...] = ()
    ended: tuple[RunSummary, ...] = ()
    committed: bool = False
    left: tuple[tuple[RunSummary, RunState], ...] = ()
    open_run: RunSummary | None = None
    state: RunState | None = None
    frames: Mapping[str, int] = field(default_factory=dict)
    new_frames: bool = False


class Watch:
    """Watches one beamtime; to be asked by one thread, about once a second or two.

    What a look costs does not depend on the number of runs. The first one only takes note of what is there.

    Parameters
    ----------
    db_path : pathlib.Path
    clock : callable
        Gives Unix seconds.
    witness : RunWitness, optional
        Who is told what is seen of the runs; its own by default.
    """

    def __init__(
        self, db_path: Path, clock: Callable[[], float] = time.time, witness: RunWitness | None = None
    ) -> None:
        self.db_path = Path(db_path)
        self.catalog: Catalog | None = None
        """The beamtime, opened again when its file is replaced; None until it could be opened."""
        self._clock = clock
        self._store = store_beside(self.db_path).absolute()
        self.witness = witness or RunWitness(self.db_path, self._store, clock)
        self._opened: Identity | None = None
        self._seen: tuple[Identity | None, Identity | None] | None = None
        self._gone = False
        self._place = 0
        self._newest: RunSummary | None = None
        self._open: dict[str, RunSummary] = {}
        self._as_of: float | None = None
        self._shut_since: float | None = None
        self._events: int | None = None
        self._frames = _FrameCount(self._store)

    def close(self) -> None:
        """Close the catalog."""
        if self.catalog is not None:
            self.catalog.close()

    @property
    def store(self) -> Path:
        """The Zarr store beside the database; it need not be there."""
        return self._store

    @property
    def newest(self) -> RunSummary | None:
        """The run started last, as it was last read."""
        return self._newest

    def poll(self) -> Changes:
        """Look what has changed. Never waits, and never raises for what is wrong with the beamtime."""
        now = self._clock()
        # before the file is looked at: who holds the lock has begun its run by then, so that it is read, too
        locks = probe(self.db_path)
        here = identity(self.db_path)
        if here is None:
            self._gone = True
            frames, new_frames = self._count()
            return Changes(
                FileState.DELETED,
                as_of=self._as_of,
                open_run=self._open_run(),
                state=self._state(frames, NOTHING_KNOWN),
                frames=frames,
                new_frames=new_frames,
            )
        state = FileState.RETURNED if self._gone else FileState.THERE
        self._gone = False
        self._shut_since = (self._shut_since or now) if locks.readers_blocked or locks.interrupted else None
        replaced = self._opened is not None and here[:2] != self._opened[:2]
        log = identity(wal_sidecar(self.db_path))
        token = (here, log)
        written = max(here[3], log[3] if log else 0) / 1e9
        ran: _Read | None = None
        error: CatalogError | None = None
        if self.catalog is None or replaced or token != self._seen:
            if locks.readers_blocked and self.catalog is not None and not replaced:
                error = None  # known to be shut: not even tried
            else:
                try:
                    with foreign_errors(CatalogDamagedError, f"{self.db_path.name} cannot be looked at"):
                        ran = self._read(here, replaced)
                except CatalogError as caught:
                    error = caught
            if ran is not None:
                self._as_of = now
                # a second write within the clock tick of the first would not show: look once more
                again = abs(now - written) < _UNSETTLED_S or len(ran.new) == _NEW_AT_ONCE
                self._seen = None if again else token
        elif self._shut_since is None:
            self._as_of = now
        if ran is not None and ran.void:
            state = FileState.REPLACED
        frames, new_frames = self._count()
        return Changes(
            state,
            locks,
            self._shut_since,
            self._as_of,
            error,
            tuple(ran.new) if ran else (),
            tuple(ran.ended) if ran else (),
            committed=ran is not None,
            left=tuple(ran.left) if ran else (),
            open_run=self._open_run(),
            state=self._state(frames, locks),
            frames=frames,
            new_frames=new_frames,
        )

    def _open_run(self) -> RunSummary | None:
        run = self._newest
        return run if run is not None and run.uid in self._open else None

    def _state(self, frames: Mapping[str, int], locks: Locks) -> RunState | None:
        run = self._open_run()
        if run is None:
            return None
        most = max(frames.values(), default=0)
        return self.witness.state(run, newest=True, frames=most, events=self._events, locks=locks)

    def _count(self) -> tuple[dict[str, int], bool]:
        run = self._open_run()
        try:
            with foreign_errors(FrameUnavailableError, "the frames of the open run cannot be counted"):
                return self._frames.of(None if run is None else run.uid)
        except CatalogError:  # what is known of them stays; the pane that shows them says what is wrong
            return dict(self._frames.counts), False

    # -- the one small read ------------------------------------------------------------------------------

    def _read(self, here: Identity, replaced: bool) -> _Read:
        try:
            return self._read_once(here, replaced)
        except CatalogChangedError:  # read as immutable until somebody took it into use
            return self._read_once(here, replaced, again=True)

    def _read_once(self, here: Identity, replaced: bool, again: bool = False) -> _Read:
        catalog = self.catalog
        if catalog is None or replaced or again:
            catalog = Catalog.open_patiently(self.db_path, _PATIENCE_S)
        first = self.catalog is None or replaced
        if replaced:
            self.witness.forget()
        found = self._take_note(catalog) if first else self._compare(catalog)
        found.void |= replaced
        if catalog is not self.catalog:
            if self.catalog is not None:
                self.catalog.close()
            self.catalog, self._opened = catalog, here
        return found

    def _take_note(self, catalog: Catalog) -> _Read:
        last = catalog.last_started(_OPEN_RUNS)
        self._place = last[0][0] if last else 0
        self._newest = last[0][1] if last else None
        self._open = {run.uid: run for _, run in last if _is_open(run)}
        self.witness.note_newest(self._newest.uid if self._newest else None)
        self._events = self._count_events(catalog)
        return _Read()

    def _state_of_left(self, catalog: Catalog, run: RunSummary) -> RunState:
        try:
            catalog.witness = self.witness
            return catalog.state(run)
        except CatalogError:
            return self.witness.state(run, newest=False)

    def _count_events(self, catalog: Catalog) -> int | None:
        """Return the events of the open run, which a writer that commits as it goes has saved."""
        run = self._open_run()
        if run is None:
            return None
        try:
            found = catalog[run.uid]
            return sum(found.count_events(name) for name in found.streams)
        except CatalogError:
            return self._events

    def _compare(self, catalog: Catalog) -> _Read:
        asked = [*self._open, *([self._newest.uid] if self._newest else [])]
        now = {run.uid: (place, run) for place, run in catalog.summaries(list(dict.fromkeys(asked)))}
        new = catalog.runs_after(self._place, _NEW_AT_ONCE)
        if self._newest is not None and now.get(self._newest.uid, (None,))[0] != self._place:
            self.witness.forget()
            found = self._take_note(catalog)  # rows were deleted or renumbered
            found.void = True
            return found
        ended = [run for _, run in now.values() if run.uid in self._open and not _is_open(run)]
        for run in ended:
            self.witness.note_end(run.uid, run.exit_status)
        for uid in [uid for uid in self._open if uid not in now or not _is_open(now[uid][1])]:
            del self._open[uid]
        left: list[tuple[RunSummary, RunState]] = []
        if new:
            begun = [self._open_run(), *(run for _, run in new[:-1])]
            passed = [run for run in begun if run is not None and _is_open(run)]
            self._place, self._newest = new[-1]
            self.witness.note_newest(self._newest.uid, appeared=True)
            left = [(run, self._state_of_left(catalog, run)) for run in passed]
        elif self._newest is not None:
            self._newest = now[self._newest.uid][1]
        self._open |= {run.uid: run for _, run in new if _is_open(run)}
        for uid in list(self._open)[:-_OPEN_RUNS]:
            del self._open[uid]
        self._events = self._count_events(catalog)
        return _Read([run for _, run in new], ended, left)


@dataclass(slots=True)
class _Read:
    """What one read of the database found."""

    new: list[RunSummary] = field(default_factory=list)
    ended: list[RunSummary] = field(default_factory=list)
    left: list[tuple[RunSummary, RunState]] = field(default_factory=list)
    void: bool = False


def _is_open(run: RunSummary) -> bool:
    return run.time_stop is None and run.exit_status is None


class _FrameCount:
    """How many frames of the open run are on disk; counted again only when its arrays have moved."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._uid: str | None = None
        self._folder: Identity | None = None
        self._arrays: dict[str, Identity | None] = {}
        self.counts: dict[str, int] = {}
        self._waiting: set[str] = set()

    def of(self, uid: str | None) -> tuple[dict[str, int], bool]:
        """Field → frames, and whether there are more than the last time."""
        if uid is None:
            return {}, False
        if uid != self._uid:
            self._uid, self._folder, self._arrays, self.counts = uid, None, {}, {}
            self._waiting.clear()
        before = sum(self.counts.values())
        folder = self._store.joinpath(*run_folder(uid).split("/"))
        now = identity(folder)
        if now is not None and now != self._folder:
            try:
                names = live_fields(self._store, uid)
            except FrameUnavailableError:
                names = []
            self._arrays = {name: self._arrays.get(name) for name in names}
            self._folder = now
        for name, seen in self._arrays.items():
            token = identity(folder / name / "zarr.json")
            if token is not None and (token != seen or name in self._waiting):
                self._recount(uid, name, token)
        return dict(self.counts), sum(self.counts.values()) > before

    def _recount(self, uid: str, name: str, token: Identity) -> None:
        try:
            group = f"{run_folder(uid)}/{name}"
            n = stored_frames(self._store, group)
            announced = read_layout(self._store, group).shape[0]
        except FrameUnavailableError:
            return
        # the array grows before its chunk is written: until that is there, it is asked again
        unsettled = n < announced or abs(time.time() - token[3] / 1e9) < _UNSETTLED_S
        (self._waiting.add if unsettled else self._waiting.discard)(name)
        self._arrays[name] = token
        self.counts[name] = n
