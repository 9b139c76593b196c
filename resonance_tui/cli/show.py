"""``resonance-tui show``: what is known of a run, as text or as JSON. Without Textual."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from .arguments import PlainParser, named_path
from .standard_output import write_lines

if TYPE_CHECKING:
    from ..session.description import RunDescription
    from ..session.scan import Curve

EXIT_NOT_TO_BE_HAD = 1

_PLACE = re.compile(r"-\d{1,18}")
_NAME_WIDTH, _MAX_NAME_WIDTH = 14, 32
_MAX_NAMES = 3


def build_show_parser() -> PlainParser:
    """Return the parser of ``resonance-tui show``."""
    parser = PlainParser(
        prog="resonance-tui show",
        description="Say what is known of a run: sample, state, streams, what was scanned, curves with their numbers.",
    )
    parser.add_argument(
        "path", type=named_path, metavar="PATH", help="a beamtime's .db file, or a folder that holds one"
    )
    parser.add_argument(
        "run",
        metavar="RUN",
        help="the run's uid, a unique beginning of it (4 characters or more), or -1: the newest, -2: the one before, …",
    )
    parser.add_argument(
        "--stream",
        metavar="NAME",
        help="the stream to describe (default: primary, or the longest where that has no event)",
    )
    parser.add_argument(
        "--json", action="store_true", help="as JSON, one document on one line (see docs/json.md)"
    )
    return parser


def show(argv: Sequence[str], fail: Callable[[str], object]) -> int:
    """Print what is known of a run.

    Parameters
    ----------
    argv
        What stands after the word.
    fail
        Told in one line why it cannot be had.

    Returns
    -------
    int
        The process's exit code: 0; 1 where file, run or stream cannot be had; 2 for wrong usage, by the parser;
        141 where the reader of a pipe has gone.
    """
    parser = build_show_parser()
    arguments = parser.parse_args(_guarded(argv))
    from ..catalog.errors import CatalogDamagedError, CatalogError, foreign_errors

    warnings.simplefilter(
        "ignore"
    )  # of numbers that overflow: standard error is for why something cannot be had
    try:
        path = _beamtime(arguments.path)
        with foreign_errors(CatalogDamagedError, f"{path}: this run cannot be described"):
            lines = _lines(path, arguments.run, arguments.stream, as_json=arguments.json)
    except CatalogError as error:
        fail(str(error))
        return EXIT_NOT_TO_BE_HAD
    except OSError as error:  # even to ask what it is may be forbidden
        fail(f"{arguments.path}: {error.strerror or error}; check the name and your access")
        return EXIT_NOT_TO_BE_HAD
    return write_lines(lines, fail)


def _guarded(argv: Sequence[str]) -> list[str]:
    """Return the arguments with ``-1`` and the like told from options."""
    return [" " + word if _PLACE.fullmatch(word) else word for word in argv]


def _beamtime(path: Path) -> Path:
    """Return the database of a path: itself, or the only one in a folder."""
    from ..catalog.errors import CatalogNotFoundError
    from ..catalog.sqlite.files import find_beamtimes

    if not path.is_dir():
        return path
    found = find_beamtimes(path)
    if len(found) != 1:
        names = ", ".join(one.name for one in found[:_MAX_NAMES]) + (", …" if len(found) > _MAX_NAMES else "")
        reason = f"{len(found)} beamtimes ({names})" if found else "no beamtime (.db file)"
        raise CatalogNotFoundError(reason, path=path.absolute(), hint="name one of them" if found else "")
    return found[0]


def _lines(path: Path, run: str, stream: str | None, *, as_json: bool) -> list[str]:
    from ..catalog.errors import StreamNotFoundError
    from ..session import open_beamtime
    from ..text import json_shapes

    word = run.strip()
    with open_beamtime(path) as session:
        wanted: str | int = int(word) if _PLACE.fullmatch(word) else word
        described = session.describe(wanted, stream or session.main_stream(wanted), ("row", "scan"))
        if stream is not None and stream not in {one.name for one in described.streams}:
            names = ", ".join(one.name for one in described.streams) or "none"
            reason = f"run {described.uid[:8]} has no stream {stream!r}"
            raise StreamNotFoundError(reason, path=path, hint=f"it has: {names}")
    if as_json:
        problems = json_shapes.problems_json(described)
        told = json_shapes.run_json(described)
        return [json_shapes.document("run/1", __version__, str(path), problems, **told)]
    return list(text_of(described))


def text_of(run: RunDescription) -> Iterator[str]:
    """Return the description of a run, line by line, printable."""
    from ..text.details import run_details
    from ..text.labels import scan_label
    from ..text.printable import plural, printable

    label = scan_label(run.plan, run.scan).full
    told = [printable(label), printable(run.sample or "")]
    if run.stream != "primary":
        told.append(f"stream {printable(run.stream, 40)}")
    yield " · ".join(part for part in told if part)
    for section in run_details(run):
        yield ""
        yield section.title
        width = min(_MAX_NAME_WIDTH, max([_NAME_WIDTH, *(len(name) for name, _ in section.lines)]))
        for name, value in section.lines:
            yield f"  {name or 'uid':<{width}}  {value}"
    if run.image_fields:
        yield ""
        yield "Frames"
        for one in run.image_fields:
            shape = "×".join(map(str, one.shape)) if one.shape is not None else "shape unknown"
            where = "on disk, not in the catalog" if one.live else f"stream {printable(one.stream, 40)}"
            what = f"{plural(one.count, 'frame')}, {shape}, {one.dtype or 'dtype unknown'}, {where}"
            yield f"  {printable(one.field, 40):<{_NAME_WIDTH}}  {what}"
    for curve in run.curves or ():
        yield ""
        yield from _curve_lines(curve)
    if run.problems:
        yield ""
        yield "Problems"
        for problem in run.problems:
            yield f"  {printable(problem.where, 60):<{_NAME_WIDTH}}  {printable(problem.text, 400)}"


def _curve_lines(curve: Curve) -> Iterator[str]:
    from ..text.formulas import formula
    from ..text.hidden import hidden_notes
    from ..text.numbers import number
    from ..text.printable import plural, printable
    from ..text.read_outs import readings

    x = printable(curve.label(curve.spec.x), 40)
    unit = f" ({printable(curve.x_unit, 12)})" if curve.x_unit else ""
    group = "".join(
        f", {printable(curve.label(name), 40)} {number(at, 4)}" for name, at in curve.group.items()
    )
    yield f"Curve {formula(curve.y, curve.spec, curve, divided=curve.divided)} over {x}{unit}{group}"
    yield f"  {'points':<{_NAME_WIDTH}}  {'; '.join([plural(curve.points, 'point'), *hidden_notes(curve.hidden)])}"
    step = curve.readout.step if curve.readout is not None else 0.0
    read = readings(curve.read_outs, step, printable(curve.x_unit, 12))
    if read:
        yield f"  {'read-outs':<{_NAME_WIDTH}}  {'  '.join(one.text for one in read)}"
