"""What is done already, as gradebook and folders say it; nothing else is kept."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.plugins.directory import Submission, folder_of
from autograder.plugins.intake.choosing import ASIDE
from autograder.plugins.rules import rules

KEY = "backprop"
AS_WRITTEN = 1e-9
Grades = dict[str, dict[tuple[str, str], float]]


class Judged(NamedTuple):
    """What the judge left in a test cell: of which exercise, the seed of its inputs, the fingerprint
    of what it was judged by, and the points."""

    exercise: str
    seed: int
    rules: str
    points: float


def stands(directory: CourseDirectory, config: Config, each: Submission, grades: Grades) -> bool:
    """Whether a submission has a grade, and nothing that it is made of was changed afterwards: what
    was handed in, the lesson's source, its exercises, the class's settings.

    Parameters
    ----------
    directory, config
        Of the class.
    each
        The submission.
    grades
        What the gradebook says of the lesson, as `grades_of` reads it.
    """
    made, told = made_at(directory, each), judged(directory, each)
    if made is None or not told or each.student not in grades:
        return False
    if (
        handed_in_anew(directory, each)
        or _changed(
            *_below(folder_of(directory, directory.source_directory, ".", each.lesson)),
            Path(directory.root) / "nbgrader_config.py",
        )
        > made
    ):
        return False
    noted = grades[each.student]
    return all(
        cell.rules == rules(cell.exercise, config)
        and math.isclose(noted.get(place, math.nan), cell.points, abs_tol=AS_WRITTEN)
        for place, cell in told.items()
    )


def made_at(directory: CourseDirectory, each: Submission) -> int | None:
    """When the graded notebooks of a submission were written, or what they were made of was read,
    in nanoseconds; None where there are none."""
    times = [path.stat().st_mtime_ns for path in graded_folder(directory, each).glob("*.ipynb")]
    return max(times) if times else None


def judged(directory: CourseDirectory, each: Submission) -> dict[tuple[str, str], Judged]:
    """What stands in the graded folder of a submission: (notebook, cell) -> what the judge left
    there."""
    return judged_in(graded_folder(directory, each))


def judged_in(folder: Path) -> dict[tuple[str, str], Judged]:
    """The same of a folder.

    It is empty in one that was left half way, as nbgrader puts a cleared copy in its place first,
    and where no notebook can be read.
    """
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                for output in cell.get("outputs", []):
                    told = output.get("metadata", {}).get(KEY, {})
                    if "seed" in told:
                        name = cell["metadata"]["nbgrader"]["grade_id"]
                        found[path.stem, name] = _judged(told, output["data"]["text/plain"])
    return found


def _judged(told: dict[str, Any], points: str | list[str]) -> Judged:
    return Judged(told["exercise"], told["seed"], told.get("rules", ""), float("".join(points)))


def grades_of(gradebook: Gradebook, lesson: str) -> Grades:
    """What the grader gave in a lesson: student -> (notebook, cell) -> points; nan where none."""
    rows = (
        gradebook.db.query(
            SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Grade.auto_score
        )
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .filter(Assignment.name == lesson)
    )
    found: Grades = {}
    for student, notebook, cell, points in rows:
        found.setdefault(student, {})[notebook, cell] = math.nan if points is None else points
    return found


def scores_of(gradebook: Gradebook, lesson: str) -> dict[str, float]:
    """What every submission of a lesson has: points by the grader and by hand, less penalties."""
    rows = (
        gradebook.db.query(
            SubmittedAssignment.student_id,
            SubmittedNotebook.id,
            SubmittedNotebook.late_submission_penalty,
            Grade.score,
        )
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .filter(Assignment.name == lesson)
    )
    found: dict[str, float] = {}
    penalties: dict[tuple[str, str], float] = {}
    for student, notebook, penalty, score in rows:
        found[student] = found.get(student, 0.0) + score
        penalties[student, notebook] = penalty or 0.0
    for (student, _), penalty in penalties.items():
        found[student] = max(0.0, found[student] - penalty)
    return found


def handed_in_anew(directory: CourseDirectory, each: Submission) -> bool:
    """Whether something in a submission's folder was changed after it was graded, or it has not been
    graded yet."""
    made = made_at(directory, each)
    return made is None or _changed(*_below(each.folder)) > made


def graded_folder(directory: CourseDirectory, each: Submission) -> Path:
    """The folder of the graded notebooks of a submission."""
    return folder_of(directory, directory.autograded_directory, each.student, each.lesson)


def _below(folder: Path) -> list[Path]:
    """The files of a folder, without what JupyterLab puts there when one is merely opened."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if not set(path.relative_to(folder).parts) & {*ASIDE}]


def _changed(*paths: Path) -> int:
    """When the last of some files was changed, in nanoseconds."""
    return max((time for path in paths for time in _times(path)), default=0)


def _times(path: Path) -> Iterable[int]:
    with contextlib.suppress(OSError):
        told = path.stat()
        yield max(told.st_mtime_ns, told.st_ctime_ns)
