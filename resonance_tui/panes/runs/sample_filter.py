"""Which runs a sample search keeps."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from ...text.printable import plural, printable
from ...text.run_overview import RunRow


def _folded(text: str) -> str:
    """Return a text as the search compares it: case and ways to compose an accent make no difference."""
    return unicodedata.normalize("NFC", text.casefold())


class SampleFilter:
    """Keeps the runs whose sample name holds a text, anywhere and in any case."""

    def __init__(self, text: str = "") -> None:
        self.text = text.strip()
        self._wanted = _folded(self.text)

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def matches(self, row: RunRow) -> bool:
        """Whether a run is kept."""
        return self._wanted in _folded(row.sample)

    def keep(self, rows: Sequence[RunRow]) -> list[RunRow]:
        """Return the runs that match, in their order; a name is looked at once however many runs it has."""
        if not self._wanted:
            return list(rows)
        verdicts: dict[str, bool] = {}
        kept = []
        for row in rows:
            verdict = verdicts.get(row.sample)
            if verdict is None:
                verdict = verdicts[row.sample] = self.matches(row)
            if verdict:
                kept.append(row)
        return kept

    def caption(self, shown: int, total: int, more: bool) -> str:
        """``12 of 340 runs: sample ~ p3ht``, or how many there are."""
        dots = "…" if more else ""
        if not self:
            return plural(total, "run") + dots
        return f"{shown:,} of {plural(total, 'run')}{dots}: sample ~ {printable(self.text, 40)}"
