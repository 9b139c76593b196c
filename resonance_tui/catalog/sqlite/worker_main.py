"""The other side of `reader_process`: opens databases and reads them for the process that started it.

    python -m resonance_tui.catalog.sqlite.worker_main

Questions come and answers go pickled, one after the other. It ends when its standard input does.
"""

from __future__ import annotations

import gc
import itertools
import pickle
import sys
from pathlib import Path
from typing import Any

from ..errors import CatalogClosedError, CatalogDamagedError, CatalogError, plain_reason
from .connection import ReadOnlyConnection, open_database
from .paging import Params

_TIDY_EVERY = 500


class ReadingService:
    """The databases that are open here, by number."""

    def __init__(self) -> None:
        self._open: dict[int, ReadOnlyConnection] = {}

    def answer(self, question: tuple[Any, ...]) -> tuple[Any, ...]:
        """Do what is asked for; what goes wrong is an answer, too."""
        try:
            match question:
                case ("open", number, path):
                    return ("done", *self._open_one(number, path))
                case ("read", number, sql, params, budget):
                    return ("done", *self._read(number, sql, params, budget))
        except CatalogError as error:
            return ("error", error)
        except Exception as error:  # noqa: BLE001 - it is raised where the question came from
            return ("error", CatalogDamagedError(f"the database cannot be read ({plain_reason(error)})"))
        return ("error", CatalogError(f"the reader process does not know {question[0]!r}"))

    def close(self, number: int) -> None:
        """Close one of them."""
        if (connection := self._open.pop(number, None)) is not None:
            connection.close()

    def _open_one(self, number: int, path: Path) -> tuple[Any, ...]:
        connection = self._open[number] = open_database(path, patience=0.0)
        return connection.file, connection.columns

    def _read(self, number: int, sql: str, params: Params, budget: float) -> tuple[Any, ...]:
        connection = self._open.get(number)
        if connection is None:  # closed meanwhile, or opened in a process that this one replaces
            raise CatalogClosedError(f"number {number} is not open")
        rows, whole = connection.read_once(sql, params, budget)
        names = rows[0].keys() if rows else []
        return names, [tuple(row) for row in rows], whole, connection.page_rows


def main() -> None:
    """Answer until the pipe is closed."""
    service = ReadingService()
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    gc.disable()  # between two questions, never under a lock
    for asked in itertools.count(1):
        try:
            unwanted, question = pickle.load(questions)
        except EOFError:
            return
        for number in unwanted:
            service.close(number)
        pickle.dump(service.answer(question), answers)
        answers.flush()
        if asked % _TIDY_EVERY == 0:
            gc.collect()


if __name__ == "__main__":
    main()
