"""The parser of the command line and its subcommands."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn


class PlainParser(argparse.ArgumentParser):
    """A parser whose errors show what was typed literally: a file's name can hold commands to the terminal."""

    def error(self, message: str) -> NoReturn:
        """End with the usage and what is wrong."""
        from ..text.printable import printable

        super().error(printable(message))


def named_path(text: str) -> Path:
    """Take a path from the command line; an empty one, as of a variable that is not set, is none."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)
