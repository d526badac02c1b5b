"""A notebook that was handed in under another name is found again."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from autograder.plugins.intake.reading import NotReadable, parse

log = logging.getLogger("traitlets")


def find_renamed(assignment: str, student: str, notebooks: list[str]) -> None:
    """Before a submission is graded: if the notebook is missing under its own name, take the one that is meant.

    nbgrader calls this with the paths of the submitted notebooks and goes on with the same list. A copy under the right
    name is made; the file that was handed in stays.

    Parameters
    ----------
    assignment, student
        As given on nbgrader's command line; the student may be ``"*"``.
    notebooks
        Paths of the submission's notebooks. Changed in place.
    """
    paths = [path for path in map(Path, notebooks) if path.is_file() and not path.is_symlink()]
    if not paths or any(path.stem == assignment for path in paths):
        return
    meant = [path for path in paths if _lesson(path) == assignment]
    if not meant:
        return
    newest = max(meant, key=lambda path: path.stat().st_mtime)
    proper = newest.with_name(f"{assignment}.ipynb")
    if os.path.lexists(proper):  # a link or a folder of that name; a copy would go where it leads
        return
    shutil.copy2(newest, proper)
    log.warning("%s was handed in as %s; grading a copy under its proper name", proper.name, newest.name)
    notebooks[:] = [str(proper)]


def _lesson(path: Path) -> str | None:
    """Which lesson a notebook belongs to, by what the build wrote into it."""
    try:
        told = parse(path.read_bytes()).metadata.get("backprop", {})
    except (OSError, NotReadable):
        return None
    return told.get("lesson") if isinstance(told, dict) else None
