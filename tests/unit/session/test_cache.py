"""The cache stays within its bytes, and makes a thing once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.session.cache import ByteCache
from tests.waiting import PATIENCE_S


@dataclass(frozen=True)
class Thing:
    nbytes: int
    name: str = ""


keys = st.integers(0, 6)
steps = st.lists(
    st.tuples(st.just("put"), keys, st.integers(0, 120))
    | st.tuples(st.just("get"), keys, st.just(0))
    | st.tuples(st.just("made"), keys, st.integers(0, 120))
    | st.tuples(st.just("clear"), st.just(0), st.just(0)),
    max_size=40,
)


@settings(max_examples=100)
@given(st.integers(0, 200), steps)
def test_the_cache_keeps_what_was_used_last_within_its_bytes(
    limit: int, done: list[tuple[str, int, int]]
) -> None:
    cache = ByteCache(limit)
    kept: OrderedDict[int, Thing] = OrderedDict()

    def keep(key: int, thing: Thing) -> None:
        kept.pop(key, None)
        if thing.nbytes <= limit:
            kept[key] = thing
        while sum(thing.nbytes for thing in kept.values()) > limit:
            kept.popitem(last=False)

    for kind, key, size in done:
        thing = Thing(size)
        if kind == "put":
            cache.put(key, thing)
            keep(key, thing)
        elif kind == "clear":
            cache.clear()
            kept.clear()
        else:
            found = cache.get(key) if kind == "get" else cache.made(key, lambda thing=thing: thing)
            if key in kept:
                kept.move_to_end(key)
                assert found is kept[key]
            elif kind == "made":
                assert found is thing
                keep(key, thing)
            else:
                assert found is None
        assert cache.size == sum(thing.nbytes for thing in kept.values())
        assert cache.size <= limit
    for key in range(7):
        assert cache.get(key) is kept.get(key)


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache = ByteCache(30)
    for key in "abc":
        cache.put(key, Thing(10, key))
    cache.get("a")
    cache.put("d", Thing(10, "d"))
    assert [cache.get(key) is not None for key in "abcd"] == [True, False, True, True]


def test_what_is_larger_than_the_cache_is_not_kept_and_pushes_nothing_out() -> None:
    cache = ByteCache(30)
    cache.put("small", Thing(10))
    cache.put("huge", Thing(31))
    assert cache.get("huge") is None
    assert cache.get("small") == Thing(10)
    assert cache.made("huge", lambda: Thing(31, "made")) == Thing(31, "made")
    assert cache.size == 10


def test_a_new_thing_takes_the_place_of_the_old_one() -> None:
    cache = ByteCache(30)
    cache.put("a", Thing(20, "old"))
    cache.put("a", Thing(25, "new"))
    assert cache.get("a") == Thing(25, "new")
    assert cache.size == 25
    cache.put("a", Thing(31, "too large"))
    assert cache.get("a") is None
    assert cache.size == 0


def test_what_is_kept_is_not_made_again() -> None:
    cache = ByteCache(30)
    first = cache.made("a", lambda: Thing(10))
    assert cache.made("a", lambda: pytest.fail("made again")) is first


def test_what_many_threads_want_is_made_once() -> None:
    cache, made, threads = ByteCache(1000), [], 8
    together = threading.Barrier(threads)
    several = threading.Event()

    def make() -> Thing:
        made.append(1)
        several.wait(0.05)  # the others come meanwhile
        return Thing(10)

    def want() -> Thing:
        together.wait(PATIENCE_S)
        return cache.made("a", make)

    with ThreadPoolExecutor(threads) as pool:
        found = [task.result(PATIENCE_S) for task in [pool.submit(want) for _ in range(threads)]]
    assert len(made) == 1
    assert all(thing is found[0] for thing in found)


def test_different_things_are_made_at_the_same_time() -> None:
    cache = ByteCache(1000)
    together = threading.Barrier(2)

    def make() -> Thing:
        together.wait(PATIENCE_S)  # breaks, if one waits for the other to end
        return Thing(1)

    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(cache.made, key, make) for key in "ab"]
        assert [task.result(PATIENCE_S) for task in tasks] == [Thing(1), Thing(1)]


def test_a_failure_leaves_the_cache_usable() -> None:
    cache = ByteCache(30)

    def fail() -> Thing:
        raise OSError("the disk is gone")

    for _ in range(2):
        with pytest.raises(OSError, match="the disk is gone"):
            cache.made("a", fail)
    assert cache.get("a") is None
    assert cache.made("a", lambda: Thing(10)) == Thing(10)
    assert cache.size == 10


def test_after_a_failure_the_next_thread_in_line_tries_itself() -> None:
    cache = ByteCache(30)
    begun, go_on = threading.Event(), threading.Event()

    def fail() -> Thing:
        begun.set()
        go_on.wait(PATIENCE_S)
        raise OSError("the disk is gone")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.made, "a", fail)
        assert begun.wait(PATIENCE_S)
        second = pool.submit(cache.made, "a", lambda: Thing(10))
        go_on.set()
        assert second.result(5) == Thing(10)
        with pytest.raises(OSError, match="the disk is gone"):
            first.result(5)


def test_making_one_thing_may_need_another() -> None:
    cache = ByteCache(30)
    outer = cache.made("outer", lambda: Thing(cache.made("inner", lambda: Thing(4)).nbytes * 2))
    assert outer == Thing(8)
    assert cache.size == 12


def test_many_threads_leave_the_count_of_bytes_right() -> None:
    cache = ByteCache(100)

    def work(seed: int) -> None:
        for step in range(200):
            key = (seed * 7 + step * 3) % 11
            cache.made(key, lambda size=key + 5: Thing(size))
            cache.put((key + 1) % 11, Thing(key + 3))

    with ThreadPoolExecutor(4) as pool:
        for task in [pool.submit(work, seed) for seed in range(4)]:
            task.result(10)
    left = [thing for key in range(11) if (thing := cache.get(key)) is not None]
    assert cache.size == sum(thing.nbytes for thing in left) <= 100


def test_what_was_being_made_while_all_was_forgotten_is_not_kept() -> None:
    cache = ByteCache(1000)

    def make() -> np.ndarray:
        cache.clear()
        return np.zeros(10, dtype=np.uint8)

    assert cache.made("old", make).nbytes == 10
    assert cache.get("old") is None
    assert cache.size == 0


def test_room_is_made_for_what_is_kept_elsewhere() -> None:
    cache = ByteCache(100)
    for name in "abcd":
        cache.put(name, np.zeros(25, dtype=np.uint8))
    cache.make_room(60)
    assert cache.size <= 40
    assert cache.get("d") is not None
    assert cache.get("a") is None
    cache.make_room(1000)
    assert cache.size == 0
