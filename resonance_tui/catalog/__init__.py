"""The catalog core: read a beamtime without ever disturbing the acquisition.

Read-only, lazy, usable from several threads, and free of anything that draws; made to be imported in a
notebook as well as by the app.

Examples
--------
>>> from pathlib import Path
>>> from resonance_tui.catalog import Catalog
>>> with Catalog(Path("beamtime.db")) as catalog:    # doctest: +SKIP
...     run = catalog[-1]
...     table = run.table()
...     frames = run.images()
"""

from .catalog import Catalog
from .errors import (
    AmbiguousUidError,
    CatalogBusyError,
    CatalogChangedError,
    CatalogClosedError,
    CatalogCopyError,
    CatalogDamagedError,
    CatalogError,
    CatalogInterruptedError,
    CatalogIsFolderError,
    CatalogNotFoundError,
    CatalogPermissionError,
    CatalogSlowError,
    CatalogWarning,
    FrameUnavailableError,
    NotACatalogError,
    RunNotFoundError,
    SchemaVersionError,
    StreamNotFoundError,
    UnsafePathError,
)
from .frames.images import LazyImageSequence
from .models import EarlierRun, EventPage, RunSummary, SampleCount, SampleMetadata, Stream
from .run import Run
from .run_state import Phase, Reason, RunState
from .sqlite.lanes import background_reads
from .sqlite.locks import Locks
from .sqlite.reader_process import use_reader_process
from .watch import Changes, Watch

__all__ = [
    "AmbiguousUidError",
    "Catalog",
    "CatalogBusyError",
    "CatalogChangedError",
    "CatalogClosedError",
    "CatalogCopyError",
    "CatalogDamagedError",
    "CatalogError",
    "CatalogInterruptedError",
    "CatalogIsFolderError",
    "CatalogNotFoundError",
    "CatalogPermissionError",
    "CatalogSlowError",
    "CatalogWarning",
    "Changes",
    "EarlierRun",
    "EventPage",
    "FrameUnavailableError",
    "LazyImageSequence",
    "Locks",
    "NotACatalogError",
    "Phase",
    "Reason",
    "Run",
    "RunNotFoundError",
    "RunState",
    "RunSummary",
    "SampleCount",
    "SampleMetadata",
    "SchemaVersionError",
    "Stream",
    "StreamNotFoundError",
    "UnsafePathError",
    "Watch",
    "background_reads",
    "use_reader_process",
]
