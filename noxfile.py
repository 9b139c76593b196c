"""``nox``: the unit tests on every Python that is supported and installed here."""

import nox

nox.options.error_on_missing_interpreters = False
nox.options.default_venv_backend = "venv"


@nox.session(python=["3.11", "3.12", "3.13"])
def unit(session: nox.Session) -> None:
    """Run the unit tests; what measures time is left to ``python -m tests``."""
    session.install("--editable", ".[test]")
    session.run("pytest", "-n", "3", "--dist", "loadfile", "-m", "not timing", "tests/unit", *session.posargs)
