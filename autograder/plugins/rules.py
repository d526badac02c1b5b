"""What a grade was given by, as a short fingerprint that is kept with the grade.

When an exercise, the judge, or a limit of the class changes, the fingerprint changes, and the grades
that were given by another one can be found in what lies in the class's folder.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS = (
    "AssignLatePenalties",
    "Execute",
    "ExecuteWithLimits",
    "IgnorePattern",
    "JudgeEvidence",
    "LateSubmissionPlugin",
    "LimitOutput",
    "LockedProvisioner",
)
"""The sections of a class's settings on which a grade depends."""
LENGTH = 16


def rules(exercise: str, config: Config) -> str:
    """The fingerprint of what an exercise is graded by: its text, the judge's, and the settings.

    Parameters
    ----------
    exercise
        Its name, ``"<lesson>.<exercise>"``.
    config
        The class's settings.
    """
    settings = {name: dict(config[name]) for name in SETTINGS if name in config}
    told = json.dumps(settings, sort_keys=True, default=_plain)
    texts = _texts(exercise.partition(".")[0])
    return hashlib.sha256(f"{texts}\0{told}".encode()).hexdigest()[:LENGTH]


@cache
def release() -> str:
    """The fingerprint of everything that judges, as this process found it when it first asked."""
    return _digest(path for room in ("autograder", "course") for path in _files(room, deep=True))


@cache
def _texts(lesson: str) -> str:
    exercises = Path("autograder") / "exercises"
    return _digest(
        [
            *_files("course"),
            *_files(exercises),
            *_files(exercises / lesson, deep=True),
            *_files("autograder/evidence", deep=True),
            *_files("autograder/judging", deep=True),
        ]
    )


def _files(folder: str | Path, deep: bool = False) -> list[Path]:
    place = PROJECT / folder
    return sorted(place.rglob("*.py") if deep else place.glob("*.py"))


def _digest(paths) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(f"{path.relative_to(PROJECT)}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:LENGTH]


def _plain(value: Any) -> Any:
    """A setting as JSON can say it; a class by its name, never by where it lies in memory."""
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, LazyConfigValue):
        return value.to_dict()
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    return f"{type(value).__module__}.{type(value).__qualname__}"
