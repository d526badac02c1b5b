"""Files that a person names on the command line to be written."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.desk import Refused


def may_be_written(path: Path) -> None:
    """Whether a file can be written, asked before the work whose result it is to hold.

    Parameters
    ----------
    path
        Of the file.

    Raises
    ------
    Refused
        When it is a folder, or lies in none, or is not yours to write.
    """
    if path.is_dir():
        raise Refused(f"{path} is a folder. Name a file in it.")
    if not path.parent.is_dir():
        raise Refused(f"{path} cannot be written: {path.parent} is no folder.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise Refused(f"You may not write {path}. Name another file.")


def write(path: Path, content: str | bytes) -> None:
    """Write a file.

    Parameters
    ----------
    path
        Of the file.
    content
        Bytes, or text for UTF-8.

    Raises
    ------
    Refused
        When it cannot be written.
    """
    may_be_written(path)
    try:
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    except OSError as problem:
        raise Refused(f"{path} cannot be written: {problem.strerror or problem}.") from None
