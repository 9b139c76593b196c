"""Beamtimes as an attacker would make them; their payloads leave a file, so that a test sees whether they ran."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from pathlib import Path


def payload(trace: Path) -> bytes:
    """A pickle that makes the folder `trace` when it is loaded."""

    class Leaves:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(trace),)

    return pickle.dumps(Leaves())


def executing_array(folder: Path, trace: Path) -> None:
    """Replace an array by one of Zarr v2 whose only chunk is `payload`, behind a filter that wants objects."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    metadata = {
        "zarr_format": 2,
        "shape": [6, 4, 4],
        "chunks": [6, 4, 4],
        "dtype": "|O",
        "order": "C",
        "fill_value": None,
        "filters": [{"id": "vlen-utf8"}],
        "compressor": {"id": "pickle", "protocol": 5},
    }
    (folder / ".zarray").write_text(json.dumps(metadata))
    (folder / "0.0.0").write_bytes(payload(trace))
