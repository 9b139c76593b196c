"""``python -m tests``: style, types, layers, then the tests; ends with the first step that fails.

The unit tests run with branch coverage, the tests that drive the whole program without. What measures time (marked
``timing``) runs last and by itself. Arguments go to pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BESIDE_PYTHON = Path(sys.executable).parent

FLOORS = {
    "resonance_tui/catalog/*": 97,
    "resonance_tui/analysis/*": 98,
    "resonance_tui/session/*": 95,
    "resonance_tui/panes/*/controller.py": 97,
    "resonance_tui/panes/*/state.py": 97,
}
"""Files → branch coverage in percent of the unit tests; it is only ever raised."""

SEVERAL = ("-n", "3", "--dist", "loadfile")

STEPS: tuple[Sequence[str], ...] = (
    (PYTHON, "-m", "ruff", "check", "."),
    (PYTHON, "-m", "ruff", "format", "--check", "resonance_tui", "tests", "benchmarks"),
    (PYTHON, "-m", "mypy"),
    (str(BESIDE_PYTHON / "lint-imports"),),
    (PYTHON, "-m", "coverage", "erase"),
    (PYTHON, "-m", "coverage", "run", "-m", "pytest", *SEVERAL, "-m", "not timing", "tests/unit"),
    (PYTHON, "-m", "coverage", "combine", "--quiet"),
    *(
        (PYTHON, "-m", "coverage", "report", f"--include={files}", f"--fail-under={floor}")
        for files, floor in FLOORS.items()
    ),
    (PYTHON, "-m", "pytest", *SEVERAL, "-m", "not timing", "tests/pilot", "tests/pty", "tests/soak"),
    (PYTHON, "-m", "pytest", "-m", "timing", "tests"),
)


def main() -> int:
    """Run every step in the repository's root."""
    environment = {**os.environ, "COVERAGE_CORE": "ctrace"}  # the one that counts branches in every version
    for step in STEPS:
        arguments = sys.argv[1:] if "pytest" in step else []
        print("$", " ".join([Path(step[0]).name, *step[1:], *arguments]), flush=True)
        code = subprocess.run([*step, *arguments], cwd=ROOT, env=environment, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
