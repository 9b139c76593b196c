"""What a frame costs: time to reduce and draw it, bytes to send it, and how long a key waits for it.

    pip install textual-image pillow pyte
    python benchmarks/frames.py [--skip-terminal]

Prints the table of ``benchmarks/README.md``: noisy ring frames of the simulator, a pane of 100×60 cells. What
others make of the same frames (textual-image's half-cell widget, plotext's matrix plot) is measured in the
same process. The last part runs the program in pseudo-terminals that answer as a terminal does, one of them
behind a simulated line of 1 Mbit/s and 50 ms.
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections import deque
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from resonance_tui.picture.frame_picture import make_picture
from resonance_tui.picture.order import FramePicture, Order
from resonance_tui.picture.palettes import Depth, palette
from resonance_tui.picture.view import View
from resonance_tui.simulator.demo import write_demo
from resonance_tui.simulator.detector import Detector
from resonance_tui.simulator.materials import PM6_Y6
from resonance_tui.terminal.ansi import Pen

WIDTH, HEIGHT = 100, 60
ENERGIES = (275.0, 280.0, 283.0, 284.2, 284.6, 285.0, 285.4, 287.0)


def ring_frames(size: int, count: int) -> list[np.ndarray[Any, Any]]:
    """Noisy ring frames of a series, as the demo has them."""
    detector = Detector(size, 11)
    return [detector.frame(PM6_Y6, ENERGIES[n % len(ENERGIES)], dose=1 + 0.01 * n) for n in range(count)]


def milliseconds(work: Callable[[], object], times: int = 15) -> float:
    """The median of several runs."""
    work()
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - begun))
    return statistics.median(spent)


def drawn(
    frame: np.ndarray[Any, Any], order: Order, pen: Pen, previous: FramePicture | None
) -> tuple[FramePicture, list[str]]:
    """From the decoded frame to the text of the lines that changed."""
    picture = make_picture(frame, order, previous)
    lines = picture.cells.tolist()
    if previous is None:
        return picture, [pen.draw(line) for line in lines]
    changed = picture.cells != previous.cells
    return picture, [
        pen.redraw(line, new) for line, new in zip(lines, changed.tolist(), strict=True) if any(new)
    ]


def ours(frames: list[np.ndarray[Any, Any]], depth: Depth, stretch: Any) -> tuple[float, int, int]:
    """Milliseconds, bytes of a whole picture, bytes of the change to the next; medians, and the largest sizes."""
    # two lines below the picture are the pane's own
    order = Order(View(stretch=stretch), WIDTH, HEIGHT + 2, palette("viridis", depth))
    pen = Pen(order.palette)
    whole, changed, spent = [], [], []
    shown: FramePicture | None = None
    for frame in frames:
        begun = time.perf_counter()
        picture, lines = drawn(frame, order, pen, None)
        spent.append(1000 * (time.perf_counter() - begun))
        whole.append(sum(len(line.encode()) for line in lines))
        if shown is not None:
            picture, lines = drawn(frame, order, pen, shown)
            changed.append(sum(len(line.encode()) for line in lines))
        shown = picture
    return statistics.median(spent), max(whole), max(changed)


def plotext_matrix(frame: np.ndarray[Any, Any]) -> tuple[float, int]:
    """plotext's matrix plot of the frame, reduced for it as it wants pixels: milliseconds and bytes."""
    import plotext

    from resonance_tui.analysis.reduce import area_mean

    def draw() -> str:
        plotext.clear_figure()
        plotext.limit_size(False, False)  # else it is cut to the terminal of whoever runs this
        plotext.plotsize(WIDTH, HEIGHT)
        low, high = np.percentile(frame, (1, 99.5))
        grey = 255 * np.clip((area_mean(frame, HEIGHT, WIDTH) - low) / (high - low), 0, 1)
        plotext.matrix_plot(grey.tolist())
        return str(plotext.build())

    return milliseconds(draw, 3), len(draw().encode())


def textual_image(frame: np.ndarray[Any, Any]) -> tuple[float, int] | None:
    """textual-image's half-cell renderable of the frame; None where it is not installed."""
    try:
        from io import StringIO

        from PIL import Image
        from rich.console import Console
        from textual_image.renderable.halfcell import Image as HalfCell
    except ImportError:
        return None

    def draw() -> str:
        low, high = np.percentile(frame, (1, 99.5))
        grey = (np.clip((frame - low) / (high - low), 0, 1) * 255).astype(np.uint8)
        out = StringIO()
        console = Console(file=out, force_terminal=True, color_system="truecolor", width=WIDTH, height=HEIGHT)
        console.print(HalfCell(Image.fromarray(grey).convert("RGB"), width=WIDTH, height=HEIGHT))
        return out.getvalue()

    return milliseconds(draw, 3), len(draw().encode())


class Session:
    """The program in a pseudo-terminal that answers ``ESC[6n`` when it has drawn what came before.

    Parameters
    ----------
    rate : float, optional
        Bytes in a second that the line carries.
    delay : float
        Seconds a byte is under way, in each direction.
    """

    def __init__(self, path: Path, *options: str, rate: float | None = None, delay: float = 0.0) -> None:
        self._rate, self._delay = rate, delay
        self._drawn_until = 0.0
        self._to_program: deque[tuple[float, bytes]] = deque()
        self.seen = bytearray()
        self.last = 0.0
        self.arrivals: list[tuple[float, int]] = []
        pid, self._fd = pty.fork()
        if pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execvp(sys.executable, [sys.executable, "-m", "resonance_tui", str(path), *options])
        self._pid = pid
        ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT + 6, WIDTH + 2, 0, 0))

    def press(self, text: str) -> None:
        """Type at the far end of the line."""
        self._to_program.append((time.monotonic() + self._delay, text.encode()))

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let time pass at the terminal's end."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not until():
            now = time.monotonic()
            while self._to_program and self._to_program[0][0] <= now:
                os.write(self._fd, self._to_program.popleft()[1])
            if self._rate is not None and self._drawn_until > now + 0.02:
                time.sleep(0.002)  # the line is full: nothing is taken from the program
                continue
            ready, _, _ = select.select([self._fd], [], [], 0.002)
            if not ready:
                continue
            data = os.read(self._fd, 4096)
            now = time.monotonic()
            took = len(data) / self._rate if self._rate else 0.0
            self._drawn_until = max(self._drawn_until, now) + took
            arrived = self._drawn_until + self._delay
            self.seen += data
            self.last = arrived
            self.arrivals.append((arrived, len(self.seen)))
            for _ in range(data.count(b"\x1b[6n")):
                self._to_program.append((arrived + self._delay, b"\x1b[1;1R"))

    def close(self) -> None:
        """End it."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)


def to_the_frame(session: Session) -> None:
    """To the first run of the demo that has frames, its frame pane on the whole screen."""
    session.run(15, lambda: b"Runs" in session.seen)
    session.run(1.5)
    session.press("jjj")
    session.run(1.0)
    session.press("4z")
    session.run(3.0)


def key_to_last_byte(path: Path) -> tuple[float, float, float]:
    """Milliseconds from `]` to the last byte of its picture, frame in memory: median, 90th percentile; bytes."""
    session = Session(path)
    to_the_frame(session)
    for key in "]" * 9 + "[" * 9:  # all in memory
        session.press(key)
        session.run(0.25)
    spent, sizes = [], []
    for key in ("]" * 9 + "[" * 9) * 2:
        before, begun = len(session.seen), time.monotonic()
        session.last = begun
        session.press(key)
        session.run(0.25)
        spent.append(1000 * (session.last - begun))
        sizes.append(len(session.seen) - before)
    session.close()
    spent.sort()
    return statistics.median(spent), spent[int(0.9 * len(spent))], statistics.median(sizes)


def key_to_sight(path: Path, per_second: float, **line: Any) -> tuple[float, float, int]:
    """Of a key that is held for three seconds: seconds from the last press until its picture is seen, the longest
    time between two pictures, and how many were seen.

    A picture is seen when the title with its number has arrived, which is sent behind it.
    """
    session = Session(path, **line)
    to_the_frame(session)
    session.press("g")
    session.run(1.5)
    presses, at = int(3 * per_second), 1
    start = len(session.seen)
    begun = pressed = time.monotonic()
    for n in range(presses):
        forward = (n // 12) % 2 == 0
        at = min(16, at + 1) if forward else max(1, at - 1)
        pressed = time.monotonic()
        session.press("]" if forward else "[")
        session.run(1 / per_second)
    session.run(3.0)
    titles: list[tuple[float, int]] = []  # when each number was seen
    for match in re.finditer(rb"(\d+) of 16\b", session.seen[start:]):
        end = start + match.end()
        titles.append((next(when for when, size in session.arrivals if size >= end), int(match[1])))
    shown = [when for when, _ in titles if when <= pressed + 1 / per_second]
    gaps = [b - a for a, b in zip([begun, *shown], shown, strict=False)]
    last = [when for when, number in titles if number == at]
    changes = [
        when for (when, number), (_, before) in zip(titles[1:], titles, strict=False) if number != before
    ]
    session.close()
    if not last or titles[-1][1] != at:
        return float("inf"), max(gaps, default=0.0), len(changes)
    return max(0.0, changes[-1] - pressed), max(gaps, default=0.0), len(changes)


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skip-terminal", action="store_true", help="only what needs no terminal")
    arguments = parser.parse_args()
    small, large = ring_frames(1024, 8), ring_frames(4096, 4)
    print(f"a pane of {WIDTH}×{HEIGHT} cells, noisy ring frames")
    for name, frames in (("1024²", small), ("4096²", large)):
        depths: tuple[Depth, ...] = ("truecolor", "256", "16", "mono") if name == "1024²" else ("truecolor",)
        for depth in depths:
            for stretch in ("sqrt", "linear", "log") if depth in ("truecolor", "256") else ("sqrt",):
                ours(frames, depth, stretch)
                spent, whole, changed = ours(frames * 3, depth, stretch)
                print(
                    f"  {name} {depth:<9} {stretch:<6} {spent:5.1f} ms   whole {whole:6,} B   changed {changed:6,} B"
                )
    spent, size = plotext_matrix(small[4])
    print(f"  plotext's matrix plot, 1024²     {spent:6.1f} ms   {size:,} B")
    others = textual_image(small[4])
    print("  textual-image is not installed" if others is None else
          f"  textual-image, half cells, 1024² {others[0]:6.1f} ms   {others[1]:,} B")  # fmt: skip
    if arguments.skip_terminal:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = write_demo(Path(folder))
        median, most, size = key_to_last_byte(path)
        print(
            f"  ] → last byte, frame in memory: median {median:.1f} ms, p90 {most:.1f} ms; {size:,.0f} B a step"
        )
        for label, line in (("local", {}), ("1 Mbit/s, 50 ms", {"rate": 125_000.0, "delay": 0.05})):
            wait, gap, pictures = key_to_sight(path, 20, **line)
            print(f"  ] held, 20 a second, {label}: {pictures} pictures in 3 s, longest gap {gap:.2f} s, "
                  f"last key → sight {wait:.2f} s")  # fmt: skip


if __name__ == "__main__":
    main()
