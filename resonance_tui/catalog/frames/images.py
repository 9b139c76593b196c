"""Frames of a run, read one by one when they are asked for."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from .zarr_store import frame_time, is_stored, read_frame

if TYPE_CHECKING:
    import numpy as np

    from ..sqlite.paging import Connection, Row


class LazyImageSequence:
    """The frames of one field of a run; nothing is read before it is indexed.

    Usable after the catalog is closed: what it needs of the database it has. Of a run in progress
    (`Run.live_images`) it grows: ask `len` again.

    Parameters
    ----------
    conn : sqlite3.Connection or None
        The connection the references were read from; None where they come from the store itself.
    refs : sequence of rows
        Rows of ``image_refs`` (``zarr_group``, ``index_in_stack``, ``shape_x``, ``shape_y``, …) in the order
        of the frames; with ``seq_num`` where the event is known.
    zarr_store_path : pathlib.Path
        The Zarr store's folder.
    """

    def __init__(
        self, conn: Connection | None, refs: Sequence[Row | Mapping[str, Any]], zarr_store_path: Path
    ) -> None:
        self._conn = conn
        self._refs = refs
        self._zarr_store_path = Path(zarr_store_path)

    def __len__(self) -> int:
        return len(self._refs)

    def __repr__(self) -> str:
        n, rows, columns = self.shape
        return (
            f"<LazyImageSequence {n} frames of {rows}×{columns} {self.dtype or ''}>"
            if n
            else "<LazyImageSequence, no frames>"
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """(n_frames, shape_x, shape_y) as the database has it; (0, 0, 0) where empty."""
        if not self._refs:
            return (0, 0, 0)
        return (len(self._refs), _length(self._refs[0]["shape_x"]), _length(self._refs[0]["shape_y"]))

    @property
    def dtype(self) -> str | None:
        """The dtype's name as the database has it; None where empty or not known."""
        return self._value(0, "dtype") if self._refs else None

    @property
    def seq_nums(self) -> list[int | None]:
        """For each frame the ``seq_num`` of its event; None where that is not known."""
        return [self._value(i, "seq_num") for i in range(len(self._refs))]

    def _value(self, index: int, name: str) -> Any:
        ref = self._refs[index]
        return ref[name] if name in ref.keys() else None  # noqa: SIM118 - a sqlite3.Row's `in` looks at values

    def is_stored(self, index: int) -> bool:
        """Whether the frame's chunk is on disk; without it, a frame reads as the fill value.

        Raises
        ------
        IndexError
            There is no such frame.
        """
        ref = self._refs[self._index(index)]
        return is_stored(self._zarr_store_path, ref["zarr_group"], ref["index_in_stack"])

    def frame_times(self, last: int = 16) -> list[float]:
        """When the last few frames were written, Unix seconds, oldest first; the files' times, nothing is read.

        Frames without a file of their own (dark ones, other layouts) are left out.
        """
        n = len(self)
        refs = [self._refs[index] for index in range(max(0, n - last), n)]
        times = [frame_time(self._zarr_store_path, ref["zarr_group"], ref["index_in_stack"]) for ref in refs]
        return [time for time in times if time is not None]

    def __iter__(self) -> Iterator[np.ndarray]:
        for index in range(len(self)):
            yield self[index]

    @overload
    def __getitem__(self, index: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, index: slice) -> np.ndarray: ...
    def __getitem__(self, index: int | slice) -> np.ndarray:
        """Read one frame, shape (shape_x, shape_y), or a slice of them, shape (n, shape_x, shape_y).

        Raises
        ------
        IndexError
            There is no such frame.
        TypeError
            The index is neither an integer nor a slice.
        FrameUnavailableError
            The frame is damaged, missing or outside the store; or the frames of a slice differ in shape.
        """
        if isinstance(index, slice):
            return self._stack(range(len(self))[index])
        return self._read(self._index(index))

    def _index(self, index: Any) -> int:
        try:
            wanted = operator.index(index)
        except TypeError:
            raise TypeError(
                f"frames are indexed by an integer or a slice, not {type(index).__name__}"
            ) from None
        if not -len(self) <= wanted < len(self):
            raise IndexError(f"frame {wanted} is out of range: there are {len(self)}")
        return wanted % len(self)

    def _read(self, index: int) -> np.ndarray:
        ref = self._refs[index]
        return read_frame(self._zarr_store_path, ref["zarr_group"], ref["index_in_stack"])

    def _stack(self, wanted: range) -> np.ndarray:
        import numpy as np

        if not wanted:
            return np.zeros((0, *self.shape[1:]), dtype=self.dtype or np.int32)
        first = self._read(wanted[0])
        stack = np.empty((len(wanted), *first.shape), dtype=first.dtype)
        stack[0] = first
        for place, index in enumerate(wanted[1:], start=1):
            frame = self._read(index)
            if (frame.shape, frame.dtype) != (first.shape, first.dtype):
                from ..errors import FrameUnavailableError

                raise FrameUnavailableError(
                    f"frame {index} is {frame.shape} {frame.dtype}, the first one {first.shape} {first.dtype}",
                    path=self._zarr_store_path,
                    hint="read them one by one",
                )
            stack[place] = frame
        return stack


def _length(value: Any) -> int:
    """Return a length as the database has it; 0 where it holds none."""
    return value if isinstance(value, int) and value >= 0 else 0
