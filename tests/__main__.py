"""``python -m tests``: style, types, layers, then the tests; ends with the first step that fails.

What measures time (marked ``timing``) runs last and by itself. Arguments go to pytest.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BESIDE_PYTHON = Path(sys.executable).parent

SEVERAL = ("-n", "3", "--dist", "loadfile")

STEPS: tuple[Sequence[str], ...] = (
    (PYTHON, "-m", "ruff", "check", "."),
    (PYTHON, "-m", "ruff", "format", "--check", "resonance_tui", "tests", "benchmarks"),
    (PYTHON, "-m", "mypy"),
    (str(BESIDE_PYTHON / "lint-imports"),),
    (PYTHON, "-m", "pytest", *SEVERAL, "-m", "not timing", "tests"),
    (PYTHON, "-m", "pytest", "-m", "timing", "tests"),
)


def main() -> int:
    """Run every step in the repository's root."""
    for step in STEPS:
        arguments = sys.argv[1:] if "pytest" in step else []
        print("$", " ".join([Path(step[0]).name, *step[1:], *arguments]), flush=True)
        code = subprocess.run([*step, *arguments], cwd=ROOT, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
