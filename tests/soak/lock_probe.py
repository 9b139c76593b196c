"""Watches from outside which process holds a read lock on a database, and for how long.

python -m tests.soak.lock_probe DATABASE LOG
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

_SHARED = str(0x40000002)
_GAP = 0.005  # seconds without a look after which a hold is counted anew
_PAUSE = 0.0003
_TELL_EVERY = 0.5
_LONG = 20.0  # milliseconds from which on each hold is noted with its time


def _account(pid: str) -> list[float]:
    """Milliseconds that a process ran, that it waited for a core, and that the machine itself was kept waiting."""
    try:
        ran, waited = Path(f"/proc/{pid}/schedstat").read_text().split()[:2]
        stolen = Path("/proc/stat").read_text().split("\n", 1)[0].split()[8]
    except (OSError, IndexError, ValueError):
        return []
    return [int(ran) / 1e6, int(waited) / 1e6, 1000 * int(stolen) / os.sysconf("SC_CLK_TCK")]


def watch(path: Path, log: Path) -> None:
    """Look about every half a millisecond; note the longest hold of each process."""
    inode = str(path.stat().st_ino)
    since: dict[str, float] = {}
    longest: dict[str, float] = {}
    before: dict[str, list[float]] = {}
    looks = holds = gaps = 0
    last = told = time.monotonic()
    locks = os.open("/proc/locks", os.O_RDONLY)
    with log.open("a", buffering=1) as file:
        while True:
            text = os.pread(locks, 65536, 0).decode("ascii", "replace")
            now = time.monotonic()
            looks += 1
            holding = set()
            if inode in text:
                for line in text.splitlines():
                    words = line.split()
                    is_shared = len(words) == 8 and words[3] == "READ" and words[6] == _SHARED
                    if is_shared and words[5].rpartition(":")[2] == inode:
                        holding.add(words[4])
            if now - last > _GAP:
                gaps += 1
                since.clear()
            last = now
            for pid in set(since) - holding:
                held = 1000 * (now - since.pop(pid))
                if held > _LONG:
                    spent = [
                        round(b - a, 1) for a, b in zip(before.get(pid, ()), _account(pid), strict=False)
                    ]
                    note = {
                        "pid": int(pid),
                        "held_ms": round(held, 1),
                        "at": now,
                        "ran_waited_stolen_ms": spent,
                    }
                    file.write(json.dumps(note) + "\n")
            for pid in holding:
                holds += pid not in since
                if pid not in since:
                    before[pid] = _account(pid)
                begun = since.setdefault(pid, now)
                longest[pid] = max(longest.get(pid, 0.0), 1000 * (now - begun))
            if now - told > _TELL_EVERY:
                told = now
                file.write(
                    json.dumps({"looks": looks, "holds": holds, "gaps": gaps, "longest": longest}) + "\n"
                )
            time.sleep(_PAUSE)


if __name__ == "__main__":
    watch(Path(sys.argv[1]), Path(sys.argv[2]))
