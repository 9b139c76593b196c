"""``python -m tests``: style, types, layers, then the tests in three processes; ends with the first that fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BESIDE_PYTHON = Path(sys.executable).parent

STEPS = (
    [sys.executable, "-m", "ruff", "check", "."],
    [sys.executable, "-m", "ruff", "format", "--check", "resonance_tui", "tests", "benchmarks"],
    [sys.executable, "-m", "mypy"],
    [str(BESIDE_PYTHON / "lint-imports")],
    [sys.executable, "-m", "pytest", "-n", "3", "--dist", "loadfile"],
)


def main() -> int:
    """Run every step in the repository's root; arguments go to pytest."""
    for step in STEPS:
        arguments = sys.argv[1:] if "pytest" in step else []
        print("$", " ".join([Path(step[0]).name, *step[1:], *arguments]), flush=True)
        code = subprocess.run([*step, *arguments], cwd=ROOT, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
