"""The real app, with a measure of how late its event loop is; nothing of this is in the product.

python -m tests.soak.launch LOG [arguments of resonance-tui]
"""

from __future__ import annotations

import asyncio
import faulthandler
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import IO

from resonance_tui.app import app as app_module
from resonance_tui.catalog.sqlite import reader_process
from resonance_tui.cli.main import main

_STEP = 0.005
_TELL_EVERY = 0.5
_SCHEDULER = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)


def _waited() -> float:
    """Milliseconds that this thread has waited for a core so far: no fault of the app's; 0 where not told."""
    try:
        return int(os.pread(_SCHEDULER, 100, 0).split()[1]) / 1e6
    except (OSError, ValueError, IndexError):
        return 0.0


def _pids() -> list[int]:
    """The app, and the processes that read for it."""
    pool = reader_process.use_reader_process()
    return [os.getpid(), *(pool.pids if pool is not None else [])]


async def _measure(log: IO[str]) -> None:
    pages = os.sysconf("SC_PAGE_SIZE")
    lags: list[tuple[float, float]] = []
    told = time.monotonic()
    while True:
        before, waited = time.monotonic(), _waited()
        await asyncio.sleep(_STEP)
        now = time.monotonic()
        late = max(0.0, 1000 * (now - before - _STEP) - (_waited() - waited))
        lags.append((round(now, 2), round(late, 2)))
        if now - told > _TELL_EVERY:
            pids = _pids()
            rss = sum(int(Path(f"/proc/{p}/statm").read_text().split()[1]) for p in pids) * pages / 2**20
            fds = sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)
            note = {"pid": pids[0], "pids": pids, "at": now, "lags": lags, "rss_mb": rss, "fds": fds}
            log.write(json.dumps(note) + "\n")
            lags, told = [], now


def instrument(log: Path) -> None:
    """Have the app measure itself from its first moment on."""
    file = log.open("a", buffering=1)  # opened before the app gives up the right to write near its data
    faulthandler.register(signal.SIGUSR2, file=file)  # where it is, should it not end
    mount = app_module.ResonanceApp.on_mount
    kept: list[asyncio.Task[None]] = []

    def on_mount(self: app_module.ResonanceApp) -> None:
        mount(self)
        kept.append(asyncio.get_running_loop().create_task(_measure(file)))

    app_module.ResonanceApp.on_mount = on_mount  # type: ignore[method-assign]


if __name__ == "__main__":
    instrument(Path(sys.argv[1]))
    main(sys.argv[2:])
