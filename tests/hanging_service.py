"""The process that reads for another one, for tests: it never answers about a file whose name begins with "hung".

It opens ``hung.db`` and hangs at the first read; ``hung-at-once.db`` it does not even open. It is as deaf as one whose
storage is gone: that its questions end does not end it.
"""

from __future__ import annotations

import threading
from typing import Any

from resonance_tui.catalog.sqlite import connection, worker_main
from tests.unhurried_service import OWN_TIME


class HangingService(worker_main.ReadingService):
    """Answers as the real one, or never."""

    def answer(self, question: tuple[Any, ...]) -> tuple[Any, ...]:
        """Do what is asked for."""
        match question:
            case ("open", _, path):
                hangs = path.name == "hung-at-once.db"
            case ("read", number, *_):
                hangs = self._open[number].file.path.name == "hung.db"
            case _:
                hangs = False
        if hangs:
            threading.Event().wait()
        return super().answer(question)


if __name__ == "__main__":
    connection.time = OWN_TIME  # type: ignore[assignment]
    worker_main.ReadingService = HangingService  # type: ignore[misc]
    worker_main.main()
