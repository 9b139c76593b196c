"""A cache bounded in bytes: what was not used for longest goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar, cast


class Sized(Protocol):
    """An array, or what holds one."""

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        ...


T = TypeVar("T", bound=Sized)

DEFAULT_BYTES = 256 * 2**20


class ByteCache:
    """Arrays and the like by key, for several threads; what two of them want at once is made by one.

    Parameters
    ----------
    limit : int
        Bytes of all together; what is larger than that is not kept.
    """

    def __init__(self, limit: int = DEFAULT_BYTES) -> None:
        self.limit = limit
        self._arrays: OrderedDict[Hashable, Sized] = OrderedDict()
        self._size = 0
        self._cleared = 0
        self._guard = threading.Lock()
        self._making: dict[Hashable, tuple[threading.Lock, list[int]]] = {}

    @property
    def size(self) -> int:
        """Bytes of what is kept."""
        return self._size

    def get(self, key: Hashable) -> Sized | None:
        """Return what is kept under a key."""
        with self._guard:
            array = self._arrays.get(key)
            if array is not None:
                self._arrays.move_to_end(key)
            return array

    def put(self, key: Hashable, array: Sized) -> None:
        """Keep something, and let go of others where it becomes too much."""
        with self._guard:
            self._remove(key)
            if array.nbytes > self.limit:
                return
            self._arrays[key] = array
            self._size += array.nbytes
            while self._size > self.limit:
                self._remove(next(iter(self._arrays)))

    def make_room(self, size: int) -> None:
        """Let go of so much that something of `size` bytes, kept elsewhere, fits within the limit too."""
        with self._guard:
            while self._arrays and self._size + size > self.limit:
                self._remove(next(iter(self._arrays)))

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key, made first where it is not; a key always stands for one type."""
        found = self.get(key)
        if found is None:
            with self._only_one(key):
                found, cleared = self.get(key), self._cleared
                if found is None:
                    found = make()
                    if cleared == self._cleared:  # else it is already old
                        self.put(key, found)
        return cast("T", found)

    def clear(self) -> None:
        """Keep nothing."""
        with self._guard:
            self._arrays.clear()
            self._size = 0
            self._cleared += 1

    def _remove(self, key: Hashable) -> None:
        old = self._arrays.pop(key, None)
        if old is not None:
            self._size -= old.nbytes

    @contextmanager
    def _only_one(self, key: Hashable) -> Iterator[None]:
        with self._guard:
            lock, users = self._making.setdefault(key, (threading.Lock(), [0]))
            users[0] += 1
        try:
            with lock:
                yield
        finally:
            with self._guard:
                users[0] -= 1
                if not users[0]:
                    self._making.pop(key, None)
