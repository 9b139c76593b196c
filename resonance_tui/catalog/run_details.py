"""The details of a run: metadata, sample and streams, decoded from the JSON that the database holds of them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import CatalogWarning
from .events import UnreadableError, decode_any
from .models import SampleMetadata, Stream
from .sqlite.paging import Connection, Row, columns_of, fetch

_RUN_COLUMNS = (
    "uid", "sample_id", "plan_name", "time_start", "time_stop", "exit_status", "num_events", "operator", "metadata",
)  # fmt: skip


class StoredObjects:
    """Decodes the JSON that is stored of a run; what cannot be read costs itself only."""

    def __init__(self) -> None:
        self.problems: dict[tuple[str, str], str] = {}
        """What could not be read: where and a code → the reason."""

    def decode_object(self, text: Any, where: str, what: str) -> dict[str, Any]:
        """Decode a JSON object; as `decode`."""
        found: dict[str, Any] = self.decode(text, dict, where, what)
        return found

    def decode(self, text: Any, kind: type, where: str, what: str) -> Any:
        """Decode JSON of a kind; an empty one, a warning and a problem, where it is something else.

        Parameters
        ----------
        text : str, bytes or None
        kind : type
            ``dict`` or ``list``.
        where : str
            The problem's place.
        what : str
            Named in the warning.
        """
        if text is None or text == "":
            return kind()
        code = "wrong_type"
        try:
            value, _ = decode_any(text)
        except UnreadableError as error:
            value, code = text, error.code
        if value is None:
            return kind()
        if not isinstance(value, kind):
            reason = f"no JSON {kind.__name__}"
            self.problems[where, code] = reason
            warnings.warn(f"the {what} cannot be read ({reason})", CatalogWarning, stacklevel=6)
            return kind()
        return value


def read_metadata(text: Any, run_uid: str, objects: StoredObjects) -> dict[str, Any]:
    """Decode what the plan was given besides; empty where it cannot be read."""
    return objects.decode_object(text, "metadata", f"metadata of run {run_uid[:8]}")


def read_sample(conn: Connection, sample_id: int | None, objects: StoredObjects) -> SampleMetadata | None:
    """Read a sample; None where there is none of that id."""
    known = columns_of(conn, "samples")
    if sample_id is None or not {"id", "name"} <= known:
        return None
    rows = fetch(conn, "SELECT * FROM samples WHERE id = ?", (sample_id,))
    if not rows:
        return None
    row = as_mapping(rows[0])
    what = f"of sample {row['name']!s:.60}"
    return SampleMetadata(
        name=str(row["name"]),
        formula=row.get("formula"),
        serial=row.get("serial"),
        tags=[str(tag) for tag in objects.decode(row.get("tags"), list, "sample tags", f"tags {what}")],
        beamline_pos=row.get("beamline_pos"),
        extra=objects.decode_object(row.get("extra"), "sample extra", f"extra {what}"),
        id=row["id"],
    )


def read_streams(conn: Connection, run_uid: str, objects: StoredObjects) -> dict[str, Stream]:
    """Read the streams of a run by name, in order of creation."""
    if not {"uid", "run_uid", "name"} <= columns_of(conn, "streams"):
        return {}
    rows = fetch(conn, "SELECT * FROM streams WHERE run_uid = ? ORDER BY rowid LIMIT 1000", (run_uid,))
    found: dict[str, Stream] = {}
    for row in map(as_mapping, rows):
        keys = objects.decode_object(row.get("data_keys"), "data_keys", f"data_keys of run {run_uid[:8]}")
        described = {name: key if isinstance(key, dict) else {} for name, key in keys.items()}
        name = str(row["name"])
        found.setdefault(name, Stream(name, str(row["uid"]), described, row.get("time_created")))
    return found


def as_mapping(row: Row | Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    """Return a row as a dict; a plain sequence is taken in the order of the schema."""
    if isinstance(row, Mapping):
        return dict(row)
    if isinstance(row, Row):
        return dict(zip(row.keys(), row, strict=True))
    return dict(zip(_RUN_COLUMNS, row, strict=False))
