"""What ``show --json`` writes is what docs/schemas and docs/json.md say."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from resonance_tui.cli.show import show
from resonance_tui.session import open_beamtime
from resonance_tui.simulator.demo import write_demo
from resonance_tui.text import json_shapes
from tests.beamtime import NEXAFS_55_UID, NEXAFS_UID, OPEN_UID, RSOXS_UID, BeamtimeBuilder, nexafs_events

DOCS = Path(__file__).resolve().parents[2] / "docs"
SCHEMA: dict[str, Any] = json.loads((DOCS / "schemas" / "run-1.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

LATER = {"flags", "flag", "edges", "dimmed", "resolution", "at_resolution"}
"""Keys that have their meaning already, and that nothing writes yet."""


def documents(path: Path) -> Iterator[dict[str, Any]]:
    """Every stream of every run, as ``show --json`` writes it."""
    with open_beamtime(path) as session:
        for run in session.catalog().recent(100):
            for stream in ("primary", *session.run(run.uid).streams):
                described = session.describe(run.uid, stream)
                text = json_shapes.document(
                    "run/1", "1.0", str(path), json_shapes.problems_json(described),
                    **json_shapes.run_json(described),
                )  # fmt: skip
                yield json.loads(text)


def complaints(document: object) -> list[str]:
    """What the schema has against a document: where, and why."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(document)]


def a_document(path: Path) -> dict[str, Any]:
    return next(one for one in documents(path) if one["uid"] == RSOXS_UID)


def keys_of_schema(schema: object) -> set[str]:
    """The names of all properties, at every depth."""
    if isinstance(schema, list):
        return set().union(*map(keys_of_schema, schema))
    if not isinstance(schema, dict):
        return set()
    found = set().union(*map(keys_of_schema, schema.values()))
    properties = schema.get("properties")
    return found | set(properties if isinstance(properties, dict) else ())


def undescribed(document: object, schema: dict[str, Any]) -> set[str]:
    """The keys of a document that the schema does not have at their place."""
    if "$ref" in schema:
        return undescribed(document, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return min((undescribed(document, one) for one in schema["anyOf"]), key=len)
    if isinstance(document, list):
        return set().union(*(undescribed(one, schema.get("items", {})) for one in document))
    known = schema.get("properties")
    if not isinstance(document, dict) or known is None:
        return {"an object"} if isinstance(document, dict) and schema.get("type") != "object" else set()
    inside = [undescribed(value, known[key]) for key, value in document.items() if key in known]
    return (set(document) - set(known)).union(*inside)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_run_of_a_small_beamtime_is_as_the_schema_says(small_beamtime: Path) -> None:
    found = list(documents(small_beamtime))
    assert {one["uid"] for one in found} >= {NEXAFS_UID, NEXAFS_55_UID, RSOXS_UID, OPEN_UID}
    for one in found:
        assert complaints(one) == []
        assert undescribed(one, SCHEMA) == set()


def test_every_run_of_the_demo_is_as_the_schema_says(tmp_path: Path) -> None:
    found = list(documents(write_demo(tmp_path, frame_size=256)))
    assert {one["scan"]["kind"] for one in found if one["scan"]} >= {"energy", "line-up"}
    for one in found:
        assert complaints(one) == []
        assert undescribed(one, SCHEMA) == set()


def test_every_run_of_the_real_beamtime_is_as_the_schema_says(real_beamtime: Path) -> None:
    found = list(documents(real_beamtime))
    assert len({one["uid"] for one in found}) == 10
    for one in found:
        assert complaints(one) == []


def test_runs_with_odd_data_are_as_the_schema_says(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    with beamtime() as b:
        b.run(None, "scan", events=[], metadata="{broken", data_keys={})
        b.run(b.sample("x", tags='["a", 1]', extra="[]"), "map", events=nexafs_events(5, 20.0), operator="me")
        b.run(None, events=[{"i0": float("nan"), "energy_position": float("inf")}] * 3)
        b.run(
            None, events=["{broken", {"i0": 1.0}], data_keys={"cube": {"shape": [3, 4, 5], "external": True}}
        )
        other = b.run(None, stream=None)
        b.stream(other, "dark", [{"sam_x_position": float(i), "word": "on"} for i in range(4)])
        path = b.path
    found = list(documents(path))
    assert {problem["code"] for one in found for problem in one["problems"]} == {"broken_json", "wrong_type"}
    assert any(one["scan"] is None for one in found)
    for one in found:
        assert complaints(one) == []
        assert undescribed(one, SCHEMA) == set()


def test_show_writes_that_document(small_beamtime: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show([str(small_beamtime), RSOXS_UID[:8], "--json"], pytest.fail) == 0
    written = capsys.readouterr().out
    assert written.count("\n") == 1
    assert written.isascii()
    assert complaints(json.loads(written)) == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (["schema"], "resonance-tui/run/2"),
        (["events"], "60"),
        (["events"], -1),
        (["started"], "2026-02-10"),
        (["state"], "dead"),
        (["problems"], {}),
        (["scan", "kind"], "spiral"),
        (["scan", "axes", 0, "setpoints"], 1.5),
        (["streams", 0, "fields", 0, "role"], "counter"),
        (["streams", 0, "fields", 0, "unit"], None),
        (["curves", 0, "points"], None),
        (["curves", 0, "spec", "by"], "sam_th_position"),
        (["curves", 0, "read_outs", 0, "name"], "levels"),
        (["curves", 0, "read_outs", 0, "window"], [1.0]),
        (["image_fields", 0, "shape"], [8, 8, 8]),
    ],
)
def test_a_wrong_value_fails(small_beamtime: Path, path: list[str | int], wrong: object) -> None:
    document = a_document(small_beamtime)
    assert complaints(document) == []
    broken: Any = copy.deepcopy(document)
    place = broken
    for step in path[:-1]:
        place = place[step]
    assert place[path[-1]] != wrong
    place[path[-1]] = wrong
    assert complaints(broken) != []


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_a_missing_key_fails(small_beamtime: Path, key: str) -> None:
    document = a_document(small_beamtime)
    del document[key]
    assert complaints(document) != []


def test_a_key_that_is_added_later_passes(small_beamtime: Path) -> None:
    document = a_document(small_beamtime)
    document["new"] = document["curves"][0]["new"] = 1
    assert complaints(document) == []
    assert undescribed(document, SCHEMA) == {"new"}, "the search for keys without a description finds it"


def test_every_key_is_described_on_the_page() -> None:
    page = (DOCS / "json.md").read_text(encoding="utf-8")
    described = set(re.findall(r"`([a-z_0-9]+)`", page))
    keys = keys_of_schema(SCHEMA)
    assert {"uid", "read_outs", "at_resolution", "first_event"} <= keys
    assert keys - described == set()


def test_keys_of_later_are_named_as_such(small_beamtime: Path) -> None:
    page = (DOCS / "json.md").read_text(encoding="utf-8")
    later = page.partition("## Not written yet")[2]
    assert later
    for key in LATER:
        assert f"`{key}`" in later
    for one in documents(small_beamtime):
        assert {key for key in LATER if f'"{key}"' in json.dumps(one)} == set(), "it is written: move it up"


def test_the_example_on_the_page_is_as_the_schema_says() -> None:
    page = (DOCS / "json.md").read_text(encoding="utf-8")
    example = json.loads(page.partition("```json\n")[2].partition("```")[0])
    assert complaints(example) == []
    assert undescribed(example, SCHEMA) == set()
