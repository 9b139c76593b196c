"""Writers of beamtimes in processes of their own, who do what they are told: killed, restarted, slow to start."""

from __future__ import annotations

import subprocess

# does what it is told to a beamtime of its own, line by line, and answers each line
WRITER = """
import sys
from pathlib import Path
import numpy as np
from resonance_tui.simulator.writer import BeamtimeWriter, SimulatedSample
writer = BeamtimeWriter(Path(sys.argv[1]), wal="wal" in sys.argv, commit_each="each" in sys.argv)
event = None
print("ready", flush=True)
for line in sys.stdin:
    word, _, n = line.strip().partition(" ")
    if word == "run":
        uid = writer.open_run("scan", None, float(n or 1.77e9)); writer.open_stream({}); event = None
        print(uid, flush=True); continue
    if word == "events":
        for i in range(int(n)): event = writer.write_event({"i0": float(i), "text": "x" * 200}, 1.77e9 + i)
    if word == "frames":
        for i in range(int(n)):
            event = event or writer.write_event({}, 1.77e9)
            writer.write_image(event, "detector_image", np.full((8, 8), i + 1, np.int32))
    if word == "close": writer.close_run(n or "success", 1.77e9 + 100)
    print("done", flush=True)
"""


class Writer:
    """A writer in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.pid = process.pid
        assert self.answer() == "ready"

    def answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def __call__(self, line: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.answer()
        assert answer, f"the writer died at {line!r}"
        return answer

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
