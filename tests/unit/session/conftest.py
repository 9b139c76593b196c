"""What the tests of the session can ask for."""

from tests.unit.session.reads import reads

__all__ = ["reads"]
