"""How long locks were held, from looks at who holds them: bounds from below and from above, and what they prove.

Pure: no clock and no lock is touched here; `tests.lock_watch` looks.

A hold is bounded from above by the looks around it that saw the lock free, and from below by the looks that saw it
held. A look that comes late therefore makes a hold longer, never shorter, and a stretch without a look counts as a
hold that nobody saw.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

LATE_S = 0.005
"""Seconds between two looks after which the second one is late: the lock may have been released and taken again."""

NOTED_S = 0.010
"""Seconds from which on a hold, and a stretch without a look, is kept in the report."""

Verdict = Literal["within", "over", "not measured"]


@dataclass(slots=True)
class Hold:
    """A lock that a process held.

    Attributes
    ----------
    pid : int
    at_least : float
        Seconds from the first to the last look that saw it held, over looks in time: a late look starts it again, and
        the longest part counts. (A release for less than the interval between two looks in time is not seen.)
    at_most : float
        Seconds from the last look that saw it free to the first that saw it free again; to the last look, if the
        measurement ended first.
    ended : float
        When, by the clock of the looks.
    ran_waited_stolen_ms : list of float
        What the holder's main thread ran and waited for a core meanwhile, and what the machine itself was kept
        waiting; empty where it was not asked.
    """

    pid: int
    at_least: float
    at_most: float
    ended: float
    ran_waited_stolen_ms: list[float] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A hold under way: the last look before it, and the looks in time that saw it."""

    free_until: float
    chain_begun: float
    chain_ended: float
    longest_chain: float = 0.0


@dataclass(slots=True)
class Report:
    """What a measurement found.

    Attributes
    ----------
    looks, late : int
    seconds, late_seconds : float
        The time from the first look to the last, and the part of it that passed before late looks.
    priority : str
        How the watching process was scheduled.
    count : dict
        Process → its holds that were seen.
    longest : dict
        Process → the largest `at_least` and the largest `at_most` of its holds.
    noted : list of Hold
        Those whose `at_most` exceeds `NOTED_S`.
    blind : list of float
        Stretches between two looks that exceed `NOTED_S`, in seconds.
    """

    looks: int = 0
    late: int = 0
    seconds: float = 0.0
    late_seconds: float = 0.0
    priority: str = "normal"
    count: dict[int, int] = field(default_factory=dict)
    longest: dict[int, tuple[float, float]] = field(default_factory=dict)
    noted: list[Hold] = field(default_factory=list)
    blind: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Report:
        """From what `as_json` gave, after JSON has made text of the processes' numbers."""
        return cls(
            **{
                **plain,
                "count": {int(pid): n for pid, n in plain["count"].items()},
                "longest": {int(pid): (low, high) for pid, (low, high) in plain["longest"].items()},
                "noted": [Hold(**hold) for hold in plain["noted"]],
            }
        )

    def without(self, pids: Collection[int]) -> Report:
        """The same measurement of all other processes."""
        return Report(
            self.looks, self.late, self.seconds, self.late_seconds, self.priority,
            {pid: n for pid, n in self.count.items() if pid not in pids},
            {pid: bounds for pid, bounds in self.longest.items() if pid not in pids},
            [hold for hold in self.noted if hold.pid not in pids],
            self.blind,
        )  # fmt: skip

    @property
    def holds(self) -> int:
        """How many holds were seen."""
        return sum(self.count.values())

    @property
    def at_least(self) -> float:
        """The largest lower bound of all holds, seconds."""
        return max((low for low, _ in self.longest.values()), default=0.0)

    @property
    def at_most(self) -> float:
        """The largest upper bound of all holds that were seen, seconds."""
        return max((high for _, high in self.longest.values()), default=0.0)

    def undecided(self, budget: float) -> list[float]:
        """Stretches that may hide a hold longer than `budget` seconds, and may not."""
        holds = [hold.at_most for hold in self.noted if hold.at_least <= budget < hold.at_most]
        return [*holds, *(gap for gap in self.blind if gap > budget)]

    def verdict(self, budget: float) -> Verdict:
        """Whether all holds stayed within `budget` seconds.

        ``within`` is a proof: the lock was seen free at least every `budget` seconds by each process, so that no
        hold, seen or not, was longer. ``over``: a hold was longer for certain. Anything else was not measured.
        """
        if budget < NOTED_S:
            raise ValueError(f"what is shorter than {NOTED_S} s is not kept")
        if self.at_least > budget:
            return "over"
        return "not measured" if not self.holds or self.undecided(budget) else "within"

    def line(self) -> str:
        """What was measured, for the message of a test."""
        share = self.late_seconds / self.seconds if self.seconds else 0.0
        worst = max(self.noted, key=lambda hold: hold.at_least, default=None)
        spent = f", ran/waited/stolen {worst.ran_waited_stolen_ms} ms" if worst is not None else ""
        return (
            f"{self.holds} holds, the longest {1000 * self.at_least:.1f} to {1000 * self.at_most:.1f} ms{spent};"
            f" {self.looks} looks in {self.seconds:.2f} s, {self.late} of them late ({share:.1%} of the time),"
            f" longest stretch without a look {1000 * max(self.blind, default=0.0):.1f} ms,"
            f" priority {self.priority}"
        )


class Bounds:
    """Takes looks in their order and bounds every hold among them."""

    def __init__(self) -> None:
        self._report = Report()
        self._open: dict[int, _Open] = {}
        self._first: float | None = None
        self._last_before = self._last_after = 0.0

    def look(self, before: float, after: float, holders: Collection[int]) -> tuple[set[int], list[Hold]]:
        """Take one look, made at an unknown moment between two readings of the clock.

        Returns
        -------
        tuple
            The processes that hold the lock and did not at the last look, and the holds that have ended.
        """
        r = self._report
        if self._first is None:
            self._first = self._last_before = self._last_after = before
        gap = after - self._last_before
        late = gap > LATE_S
        r.looks += 1
        r.late += late
        r.late_seconds += gap if late else 0.0
        if gap > NOTED_S:
            r.blind.append(gap)
        ended = [self._end(pid, after) for pid in set(self._open).difference(holders)]
        new = set(holders).difference(self._open)
        for pid in holders:
            hold = self._open.get(pid)
            if hold is None:
                self._open[pid] = _Open(self._last_before, after, after)
                r.count[pid] = r.count.get(pid, 0) + 1
            elif late:
                hold.chain_begun = hold.chain_ended = after
            else:
                hold.chain_ended = max(before, hold.chain_begun)
                hold.longest_chain = max(hold.longest_chain, hold.chain_ended - hold.chain_begun)
        self._last_before, self._last_after = before, after
        return new, ended

    def _end(self, pid: int, after: float) -> Hold:
        hold = self._open.pop(pid)
        found = Hold(pid, hold.longest_chain, after - hold.free_until, after)
        self._keep(self._report, found)
        return found

    @staticmethod
    def _keep(report: Report, hold: Hold) -> None:
        low, high = report.longest.get(hold.pid, (0.0, 0.0))
        report.longest[hold.pid] = max(low, hold.at_least), max(high, hold.at_most)
        if hold.at_most > NOTED_S:
            report.noted.append(hold)

    def report(self) -> Report:
        """What was found so far; a hold still under way counts up to the last look."""
        r = self._report
        end = self._last_after
        so_far = Report(
            r.looks, r.late, end - (self._first or end), r.late_seconds, r.priority,
            dict(r.count), dict(r.longest), list(r.noted), list(r.blind),
        )  # fmt: skip
        for pid, hold in self._open.items():
            self._keep(so_far, Hold(pid, hold.longest_chain, end - hold.free_until, end))
        return so_far


def bounded(looks: Iterable[tuple[float, Collection[int]]]) -> Report:
    """The report of looks that took no time, each a moment and who held the lock then."""
    bounds = Bounds()
    for at, holders in looks:
        bounds.look(at, at, holders)
    return bounds.report()
