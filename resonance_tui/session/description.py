"""What is known of a run as one value: for the run list, run details, titles, the command line, exports and reports.

Values and codes, no sentences: `text` makes words of them. How deep is said by the parts asked for; what was not asked
for is None.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ..catalog.errors import CatalogBusyError, CatalogInterruptedError
from ..catalog.field_names import Field, describe_fields
from ..catalog.models import EventPage, SampleMetadata
from .columns import PAGE_EVENTS, PRIMARY, EventColumns
from .run_columns import columns_of, stacked
from .scan import Curve, Scan, describe_curves, describe_scan

if TYPE_CHECKING:
    from ..analysis.exposure import Exposure, FrameMark
    from ..catalog import Run
    from ..catalog.run_state import RunState
    from .frame_series import FrameSeries
    from .frames import FrameLoader
    from .tasks import Task

Part = Literal["row", "scan", "frames"]

PARTS: frozenset[Part] = frozenset(("row", "scan", "frames"))

SAMPLED_ABOVE = 5000
"""Events above which a run is read in samples where a label is all that is wanted."""

_SAMPLES = 40
_ENTRY_BYTES, _SWEEP_BYTES, _FIELD_BYTES, _VALUE_BYTES = 4096, 150, 500, 64
"""About what a description takes without its arrays, and what is in it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of a run that could not be read; the rest was.

    Attributes
    ----------
    where : str
        ``event 3``, ``metadata``, ``stream primary``, ``frames``.
    code : str
        ``broken_json``, ``unreadable``, ``missing_frames``, …
    text : str
        The reason, raw: it may hold names from the data.
    """

    where: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class StreamDescription:
    """A stream: its name, its events that are committed, and its fields."""

    name: str
    events: int
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class ImageField:
    """A field of frames: in which stream, how many, their shape (rows, columns) and dtype, where they are known."""

    field: str
    stream: str
    count: int
    shape: tuple[int, int] | None
    dtype: str | None
    live: bool = False
    """They are on disk, but not in the catalog: those of a run in progress, or whose writer died."""


@dataclass(frozen=True, slots=True)
class FrameDescription:
    """How well one frame of a field is exposed; `index` counts from 0, `event` is its ``seq_num``."""

    field: str
    index: int
    event: int | None
    exposure: Exposure | None
    mark: FrameMark


@dataclass(frozen=True, slots=True)
class RunDescription:
    """What is known of a run.

    Attributes
    ----------
    uid, plan : str
    sample, operator : str or None
    started : float
        Unix seconds.
    stopped : float or None
    exit_status : str or None
        As the database has it; `state` may know more, where a private copy is read.
    state : RunState
    stream : str
        The stream that `events`, `scan` and `curves` speak of.
    events : int
        Committed, in all streams together where the run has no end, as `Run.num_events`.
    frames : int
        In the catalog; of a run without an end, else on disk.
    sample_details : SampleMetadata or None
    metadata : mapping
    streams : tuple of StreamDescription
    image_fields : tuple of ImageField
    problems : tuple of Problem
    scan : Scan or None
        What was scanned; None where that was not asked for, or there is no event.
    curves : tuple of Curve or None
        What a plot shows of it at first; None where that was not asked for.
    exposures : tuple of FrameDescription or None
        None where frames were not asked for.
    """

    uid: str
    plan: str
    sample: str | None
    operator: str | None
    started: float
    stopped: float | None
    exit_status: str | None
    state: RunState
    stream: str
    events: int
    frames: int
    sample_details: SampleMetadata | None
    metadata: Mapping[str, Any]
    streams: tuple[StreamDescription, ...]
    image_fields: tuple[ImageField, ...]
    problems: tuple[Problem, ...] = ()
    scan: Scan | None = None
    curves: tuple[Curve, ...] | None = None
    exposures: tuple[FrameDescription, ...] | None = None
    parts: frozenset[Part] = field(default_factory=frozenset)

    @property
    def nbytes(self) -> int:
        """Bytes in memory, about."""
        size = _ENTRY_BYTES + sum(curve.nbytes for curve in self.curves or ())
        size += _SWEEP_BYTES * len(self.scan.sweeps or () if self.scan is not None else ())
        size += sum(_FIELD_BYTES * len(stream.fields) for stream in self.streams)
        extra = self.sample_details.extra if self.sample_details is not None else {}
        return size + _size_of(self.metadata) + _size_of(extra)


class Session(Protocol):
    """What a description is gathered from."""

    columns: EventColumns
    frames: FrameLoader
    series: FrameSeries

    def run(self, uid: str) -> Run:
        """Return the run of a uid."""
        ...

    def state(self, run: Run) -> RunState:
        """Return the state of a run now."""
        ...

    def image_fields(self, run: Run) -> tuple[tuple[ImageField, ...], tuple[Problem, ...]]:
        """Find the frames of a run, and what of them is missing."""
        ...


def describe_run(
    session: Session,
    uid: str,
    stream: str,
    parts: Collection[Part],
    task: Task[Any],
    *,
    sampled: bool,
) -> RunDescription:
    """Gather what is known of a run; see `BeamtimeSession.describe`."""
    run = session.run(uid)
    problems: list[Problem] = []
    state = session.state(run)
    sample, metadata = run.sample, run.metadata
    images, lost = session.image_fields(run) if not sampled else (_counted_frames(run), ())
    problems += lost
    scan = curves = None
    found: dict[str, dict[str, str | None]] = {}
    if "scan" in parts:
        scan, curves, found[stream] = _scanned(session, run, stream, task, sampled, problems)
    exposures = _exposures(session, run, stream, task) if "frames" in parts else None
    streams = tuple(
        StreamDescription(name, run.count_events(name), describe_fields(one.data_keys, found.get(name)))
        for name, one in run.streams.items()
    )
    problems += [Problem(*problem) for problem in run.problems]
    return RunDescription(
        uid=run.uid,
        plan=run.plan_name,
        sample=sample.name if sample is not None else None,
        operator=run.operator,
        started=run.time_start,
        stopped=run.time_stop,
        exit_status=run.exit_status,
        state=state,
        stream=stream,
        events=run.num_events if stream == PRIMARY else run.count_events(stream),
        frames=sum(image.count for image in images),
        sample_details=sample,
        metadata=metadata,
        streams=streams,
        image_fields=images,
        problems=tuple(problems),
        scan=scan,
        curves=curves,
        exposures=exposures,
        parts=frozenset(parts),
    )


def _size_of(value: Any) -> int:
    """Return the bytes of decoded JSON in memory, about."""
    if isinstance(value, Mapping):
        return _VALUE_BYTES + sum(_size_of(key) + _size_of(one) for key, one in value.items())
    if isinstance(value, list):
        return _VALUE_BYTES + sum(map(_size_of, value))
    return _VALUE_BYTES + len(value) if isinstance(value, str) else _VALUE_BYTES


def _counted_frames(run: Run) -> tuple[ImageField, ...]:
    """Count the frames of a run, without a look at the store where it has its end."""
    counts = {name: run.count_images(name) for name in run.image_fields}
    found = [ImageField(name, PRIMARY, count, None, None) for name, count in counts.items() if count]
    return tuple(found) if found or run.time_stop is not None else _live_fields(run)


def find_image_fields(run: Run) -> tuple[tuple[ImageField, ...], tuple[Problem, ...]]:
    """Find the frames of a run, and what of them is missing."""
    found: list[ImageField] = []
    problems: list[Problem] = []
    for name in run.image_fields:
        if not run.zarr_path.is_dir():
            if count := run.count_images(name):
                reason = f"there is no folder {run.zarr_path.name}"
                problems.append(Problem("frames", "missing_frames", reason))
                found.append(ImageField(name, PRIMARY, count, None, None))
            continue
        for stream in run.streams:
            images = run.images_of(stream, name)
            if len(images):
                _, rows, columns = images.shape
                found.append(ImageField(name, stream, len(images), (rows, columns), images.dtype))
    if run.time_stop is None and not found:
        return _live_fields(run), tuple(problems)
    return tuple(found), tuple(problems)


def _live_fields(run: Run) -> tuple[ImageField, ...]:
    """Find the frames on disk that no event tells of."""
    found = []
    for name in run.live_fields:
        images = run.live_images(name)
        if n := len(images):
            found.append(ImageField(name, PRIMARY, n, images.shape[1:], images.dtype, live=True))
    return tuple(found)


def _scanned(
    session: Session, run: Run, stream: str, task: Task[Any], sampled: bool, problems: list[Problem]
) -> tuple[Scan | None, tuple[Curve, ...] | None, dict[str, str | None]]:
    """Return what was scanned, the curves, and the fields that events have with the dtypes of their values."""
    columns, generation = session.columns, session.columns.generation
    if sampled and columns.known(run.uid, stream) is None and run.count_events(stream) > SAMPLED_ABOVE:
        return _scanned_by_samples(session, run, stream)
    read = columns.stream(run.uid, task, stream)
    for seq_num, reason in read.unreadable.items():
        problems.append(Problem(f"event {seq_num}", getattr(reason, "code", "unreadable"), reason))
    dtypes: dict[str, str | None] = {name: one.dtype for name, one in read.columns.items()}
    if not len(read):
        return None, None if sampled else (), dtypes
    numbers = columns.run_columns(run.uid, task, stream)
    axes = columns.axes_of(numbers, stream, generation)
    return describe_scan(numbers, axes), None if sampled else describe_curves(numbers, axes, stream), dtypes


def _scanned_by_samples(
    session: Session, run: Run, stream: str
) -> tuple[Scan | None, None, dict[str, str | None]]:
    """Return what a long run scanned, by its first page, some events between, and the last one."""
    from ..catalog.columns import typed

    total = run.count_events(stream)
    step = max(1, (total - 1) // _SAMPLES)
    pages: list[EventPage] = [session.columns.page(run.uid, 0, PAGE_EVENTS, stream)]
    pages += [run.event_page(at, 1, stream) for at in (*range(PAGE_EVENTS, total - 1, step), total - 1)]
    found = run.streams.get(stream)
    numbers = columns_of(run.uid, stacked(pages), found.data_keys if found is not None else {})
    axes = session.columns.known_axes(run.uid, stream) or numbers.find_axes()
    dtypes = {name: typed(values).dtype for page in pages for name, values in page.columns.items()}
    return describe_scan(numbers, axes, sampled=True), None, {**dtypes}


def _exposures(session: Session, run: Run, stream: str, task: Task[Any]) -> tuple[FrameDescription, ...]:
    """Assess the frames of all fields of a stream."""
    found: list[FrameDescription] = []
    for field_name in dict.fromkeys((*run.image_fields, *(run.live_fields if run.time_stop is None else ()))):
        images = run.images_of(stream, field_name)
        if not len(images) and run.time_stop is None and stream == PRIMARY:
            images = run.live_images(field_name)
        seen = session.series.assess(images, task)
        try:
            seq_nums: list[int | None] = list(images.seq_nums)
        except (CatalogBusyError, CatalogInterruptedError):
            seq_nums = []
        seq_nums += [None] * (len(images) - len(seq_nums))
        found += [
            FrameDescription(
                field_name,
                index,
                seq_nums[index],
                seen.exposures.get(index),
                _mark(seen.exposures, seen.others, index),
            )
            for index in range(len(images))
        ]
    return tuple(found)


def _mark(exposures: Mapping[int, Exposure], others: Mapping[int, FrameMark], index: int) -> FrameMark:
    return exposures[index].verdict if index in exposures else others.get(index)
