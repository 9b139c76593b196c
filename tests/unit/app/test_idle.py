"""Garbage is collected while nobody types: a key puts it off."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from resonance_tui.app import idle
from resonance_tui.app.idle import REST_S, IdleCollector


class Timer:
    """A timer that rings when a test says so."""

    def __init__(self, seconds: float, ring: Callable[[], object]) -> None:
        self.seconds, self.ring, self.stopped = seconds, ring, False

    def stop(self) -> None:
        self.stopped = True


class Pump:
    """Makes timers."""

    def __init__(self) -> None:
        self.timers: list[Timer] = []

    def set_timer(self, seconds: float, ring: Callable[[], object]) -> Timer:
        self.timers.append(Timer(seconds, ring))
        return self.timers[-1]


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the garbage collector is asked to do."""
    done: list[str] = []
    monkeypatch.setattr(idle, "gc", SimpleNamespace(
        collect=lambda: done.append("collect"),
        enable=lambda: done.append("enable"),
        freeze=lambda: done.append("freeze"),
        set_threshold=lambda *counts: done.append(f"full passes after {counts[-1]}"),
    ))  # fmt: skip
    return done


def test_garbage_is_collected_once_after_a_rest(collected: list[str]) -> None:
    pump = Pump()
    IdleCollector(pump)  # type: ignore[arg-type]
    (timer,) = pump.timers
    assert timer.seconds == REST_S
    assert collected == ["enable", "freeze", "full passes after 200"], "nothing yet, and seldom by itself"
    timer.ring()
    assert collected[3:] == ["collect"]
    assert len(pump.timers) == 1, "nothing more until the next key"


def test_a_key_puts_it_off(collected: list[str]) -> None:
    pump = Pump()
    collector = IdleCollector(pump)  # type: ignore[arg-type]
    for _ in range(3):
        collector.put_off()
    assert [timer.stopped for timer in pump.timers] == [True, True, True, False]
    assert all(timer.seconds == REST_S for timer in pump.timers)
    assert "collect" not in collected
    pump.timers[-1].ring()
    assert collected.count("collect") == 1
    collector.put_off()
    assert not pump.timers[-1].stopped
    pump.timers[-1].ring()
    assert collected.count("collect") == 2
