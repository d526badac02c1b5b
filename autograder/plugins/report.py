"""Who got what, and why: the class report, also as an exporter for ``nbgrader export``.

`lines` reads the class, `report_text` says it: the class first, then each submission.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from nbformat import NotebookNode, from_dict
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin

from autograder.plugins import ungraded
from autograder.plugins.directory import Submission, folder_of, open_class, strays, submissions
from autograder.plugins.facts import facts
from autograder.plugins.intake.reading import NotReadable, fingerprint, parse
from autograder.plugins.intake.submissions import look, submitted_folder
from autograder.plugins.report_text import Class, Line, Slip, show
from autograder.plugins.results import Graded, Kept, kept, load, results, side_by_side, told_of
from autograder.plugins.stubs import code_below_the_stub
from autograder.plugins.waiting import file_of, noted

__all__ = ["Class", "Line", "ReportExporter", "Slip", "lines", "read_class", "show"]

NAMED = 3
UNWRITTEN = "not written"


class ReportExporter(ExportPlugin):
    """Write the class report: ``nbgrader export --exporter=autograder.plugins.report.ReportExporter
    --to=report.md``."""

    def export(self, gradebook) -> None:
        """Write the class report, to `report.md` in the class's folder where nothing else is
        said."""
        directory = self.parent.coursedir if self.parent is not None else open_class(Path.cwd())
        target = Path(directory.root) / (self.to or "report.md")
        target.write_text(show(_read(directory, gradebook)) + "\n", encoding="utf-8")
        self.log.info("Wrote the class report to %s", target)


def lines(root: Path) -> list[Line]:
    """The report on the class in a folder: a line for every submission, in the order of students
    and lessons."""
    return read_class(root).lines


def read_class(root: Path, lesson: str | None = None) -> Class:
    """The class in a folder, as its configuration describes it; one lesson of it, where one is
    named."""
    directory = open_class(root)
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        return _read(directory, gradebook, lesson)


class _Lesson(NamedTuple):
    """What is read once for all submissions of a lesson."""

    most: float
    notebooks: list[str]
    kept: dict[str, Kept]


def _read(directory: CourseDirectory, gradebook: Gradebook, only: str | None = None) -> Class:
    known = {
        assignment.name: (
            assignment.max_score,
            sorted(notebook.name for notebook in assignment.notebooks),
        )
        for assignment in gradebook.assignments
    }
    handed_in = [
        submission
        for submission in submissions(directory)
        if submission.lesson in known and only in (None, submission.lesson)
    ]
    begun = {submission.lesson for submission in handed_in}
    there = {(submission.student, submission.lesson) for submission in handed_in}
    students = sorted(student.id for student in gradebook.students)
    absent = {
        lesson: [student for student in students if (student, lesson) not in there]
        for lesson in begun
    }
    of = {lesson: _Lesson(*known[lesson], kept(gradebook, lesson)) for lesson in begun}
    read = lambda submission: _line(directory, of[submission.lesson], submission)
    return Class(side_by_side(read, handed_in), absent, strays(directory, set(known)))


def _line(directory: CourseDirectory, of: _Lesson, submission: Submission) -> Line:
    student, lesson, folder = submission
    graded = {
        name: (
            folder_of(directory, directory.autograded_directory, student, lesson) / f"{name}.ipynb"
        )
        for name in of.notebooks
    }
    submitted, in_gradebook = submitted_folder(directory), of.kept.get(student)
    there, damaged = {}, []
    for name, path in graded.items():
        try:
            there |= {name: load(path)} if path.exists() else {}
        except (OSError, ValueError):
            damaged.append(path.name)
    if damaged:
        why = f"its graded {' and '.join(damaged)} cannot be read. To grade it anew: backprop grade"
        return Line(student, lesson, None, of.most, 0, (f"{why} {lesson} {student}",))
    if in_gradebook is None or not there:
        why = ungraded.reason(folder, submitted, lesson, Path(directory.root))
        return Line(student, lesson, None, of.most, 0, (why,))
    slips, seen, found = [], [], []
    for name, path in graded.items():
        label = name if len(of.notebooks) > 1 else ""
        if name in there:
            nb, grades = there[name], in_gradebook.notebooks.get(name, {})
            given = _given(directory, lesson, path.name)
            slips += _slips(nb, grades, label)
            seen += _facts(given, submission, path, nb)
            found += results(nb, grades, label, given.solutions)
        else:
            why = (
                "it is not among what was handed in"
                if not (folder / path.name).exists()
                else "nbgrader could not process it"
            )
            slips.append(Slip(name, f"no points, as {why}", None, None))
    every = [grade for grades in in_gradebook.notebooks.values() for grade in grades.values()]
    waiting = [grade for grade in every if grade.needs_manual_grade]
    checks = sum(grade.kind == "code" and grade.auto_score is not None for grade in waiting)
    # a penalty takes off no more than there is
    taken_off = min(in_gradebook.penalty, in_gradebook.score)
    return Line(
        student,
        lesson,
        in_gradebook.score - taken_off,
        of.most,
        len(waiting) - checks,
        (*map(str, slips), *not_used(folder, lesson, submitted)),
        tuple(seen),
        tuple(slips),
        taken_off,
        checks,
        tuple(_by_hand(grade) for grade in every if grade.settled),
        tuple(found),
    )


def _by_hand(grade: Graded) -> str:
    extra = f" and {grade.extra_credit:g} extra" if grade.extra_credit else ""
    return (
        f"{grade.name.removeprefix('check-')}: {grade.manual_score:g} of {grade.max_score:g}{extra}"
    )


def _facts(
    given: _Given, submission: Submission, path: Path, nb: dict[str, Any]
) -> tuple[str, ...]:
    """What was noted when a notebook was graded, and facts about it; those that need a file that is
    gone are left out."""
    told: tuple[str, ...] = tuple(noted(nb))
    locked = [
        {**cell, "source": "".join(cell["source"])}
        for cell in nb["cells"]
        if cell["metadata"].get("nbgrader", {}).get("locked")
    ]
    try:
        handed_in = parse(file_of(nb, submission.folder / path.name).read_bytes(), given.known)
        return (*told, *facts(handed_in, given.nb, from_dict({**nb, "cells": locked})))
    except (OSError, NotReadable):
        return told


class _Given(NamedTuple):
    """What was given out: the notebook, its cells as they lie in the file (where a student changed
    nothing, there is nothing to say), and the text of its solution cells."""

    nb: NotebookNode | None = None
    known: frozenset[tuple] = frozenset()
    solutions: Mapping[str, str] = MappingProxyType({})


def _given(directory: CourseDirectory, lesson: str, name: str) -> _Given:
    return _released(folder_of(directory, directory.release_directory, ".", lesson) / name)


@lru_cache(maxsize=64)
def _released(path: Path) -> _Given:
    """A released notebook, read once for a class; nothing where it is gone."""
    try:
        nb = parse(path.read_bytes())
    except (OSError, NotReadable):
        return _Given()
    solutions = {
        told["grade_id"]: cell.source.strip()
        for cell in nb.cells
        if (told := cell.metadata.get("nbgrader", {})).get("solution")
    }
    return _Given(nb, frozenset(map(fingerprint, load(path)["cells"])), solutions)


def not_used(folder: Path, lesson: str, submitted: Path | None = None) -> list[str]:
    """What was handed in beside the notebook and was not used, in a few words."""
    left_out = look(folder, submitted or folder.parent.parent, lesson).left_out
    said = [
        f"{'some files' if path == folder else path.relative_to(folder)} not used: {why}"
        for path, why in sorted(left_out.items())
    ]
    return said[:NAMED] + (
        [f"{len(said) - NAMED} more files not used"] if len(said) > NAMED else []
    )


def _slips(nb: dict[str, Any], grades: dict[str, Graded], label: str) -> Iterator[Slip]:
    """What cost points in a graded notebook. What a person gave points for is that person's word,
    and no slip."""
    unwritten = []
    for position, cell in enumerate(nb["cells"]):
        graded = cell["metadata"].get("nbgrader", {})
        grade = grades.get(graded.get("grade_id"))
        told = told_of(cell)
        if told.get("score", 1.0) == 1.0 or (grade is not None and grade.settled):
            continue
        exercise = " ".join(filter(None, [label, told["exercise"].partition(".")[2]]))
        if not told["why"].startswith("Not written yet"):
            yield Slip(exercise, told["why"], told["score"], float(graded["points"]))
        elif below := code_below_the_stub(
            nb["cells"][:position], told["exercise"].partition(".")[2]
        ):
            yield Slip(exercise, below, told["score"], float(graded["points"]))
        else:
            unwritten.append(exercise)
    yield from [Slip(", ".join(unwritten), UNWRITTEN, 0.0, None)] if unwritten else []
