"""Grade a lesson again, say who gains and who loses, and write it only when that was agreed to.

The grading happens on a copy: gradebook, sources and submissions of one lesson in a folder of its
own. What was said is what is written afterwards; nothing is graded twice. What a person gave
(points, extra points, comments) is never touched.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import Assignment, Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory

from autograder.classroom import standing
from autograder.classroom.run import CannotGrade, alone
from autograder.desk import Refused
from autograder.plugins.directory import folder_of, open_class, submissions

MARK = ".before-the-regrade"
SQLITE = "sqlite:///"


class Cell(NamedTuple):
    """One score of a submission: by the grader, by hand, whether it waits for a person, and the
    most there is."""

    auto: float | None
    by_hand: float | None
    waits: bool
    most: float


class Standing(NamedTuple):
    """How a submission stands: its score after penalties, the most there is, and its cells by
    (notebook, name)."""

    score: float
    most: float
    cells: dict[tuple[str, str], Cell]


class Change(NamedTuple):
    """A submission before and after."""

    student: str
    before: Standing
    after: Standing

    @property
    def gain(self) -> float:
        """Points gained; negative where some are lost."""
        return round(self.after.score - self.before.score, 2)

    def moved(self) -> list[tuple[str, float, float]]:
        """(cell, score before, score after) where the grader's score has changed."""
        return [
            (name, old.auto or 0.0, new.auto or 0.0)
            for (notebook, name), new in self.after.cells.items()
            if (old := self.before.cells.get((notebook, name)))
            and (old.auto or 0.0) != (new.auto or 0.0)
        ]

    def reopened(self) -> list[str]:
        """Cells graded by hand that wait again, as the answer has changed."""
        return [
            name
            for (notebook, name), new in self.after.cells.items()
            if new.waits
            and new.by_hand is not None
            and not self.before.cells.get((notebook, name), new).waits
        ]

    def above(self) -> list[tuple[str, float, float]]:
        """(cell, points by hand, most) where more was given by hand than there is now."""
        return [
            (name, new.by_hand, new.most)
            for (_, name), new in self.after.cells.items()
            if new.by_hand is not None and new.by_hand > new.most
        ]


@dataclass
class Plan:
    """What a regrade will change."""

    lesson: str
    changes: list[Change] = field(default_factory=list)
    points: dict[str, tuple[float, float]] = field(default_factory=dict)
    ungraded: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    scratch: Path = Path()


@contextlib.contextmanager
def plan(root: Path, lesson: str, students: list[str], fresh: bool = False) -> Iterator[Plan]:
    """Grade a lesson again on a copy; the context gives what would change, and holds the copy.

    Parameters
    ----------
    root
        The folder of the class.
    lesson
        Its name.
    students
        Whose submissions; empty for all that were graded.
    fresh
        Draw new inputs. Those of last time are drawn again when False.

    Raises
    ------
    Refused
        When there is nothing to grade, or the class cannot be copied.
    """
    from autograder.rehearsal import Refused as Stopped
    from autograder.rehearsal import autograde, run_nbgrader

    if not hasattr(os, "fork"):
        raise Refused(
            "Regrading needs a Unix machine; on Windows use WSL, or nbgrader's own: nbgrader"
            " autograde --force"
        )
    directory = open_class(root)
    root = Path(directory.root)
    if not directory.db_url.startswith(SQLITE):
        raise Refused(
            "The gradebook is no file, so it cannot be copied. Grade again by nbgrader: nbgrader"
            " autograde --force"
        )
    before = standings(directory, lesson)
    handed_in = {found.student: found for found in submissions(directory) if found.lesson == lesson}
    if missing := sorted(set(students) - handed_in.keys()):
        raise Refused(f"Nothing of {lesson} was handed in by {', '.join(missing)}.")
    graded = sorted(
        student
        for student in before
        if student in (students or handed_in) and _graded(directory, student, lesson).is_dir()
    )
    if not graded:
        raise Refused(f"No submission of {lesson} has been graded yet: nbgrader autograde {lesson}")
    with tempfile.TemporaryDirectory(prefix="backprop-regrade-") as made:
        scratch = Path(made).resolve()
        _copy(directory, root, scratch, lesson, graded)
        options = [
            f"--CourseDirectory.root={scratch}",
            f"--CourseDirectory.db_url={SQLITE}{scratch / 'gradebook.db'}",
            "--NbGrader.logfile=",
        ]
        try:
            run_nbgrader(root, "generate_assignment", lesson, "--force", *options, home=scratch)
        except Stopped as problem:
            raise Refused(str(problem)) from None
        seeds = {  # who handed in anew has seen the inputs of last time
            student: seed_of(_graded(directory, student, lesson))
            for student in graded
            if not fresh and not standing.handed_in_anew(directory, handed_in[student])
        }
        own = CourseDirectory(config=directory.config)
        own.root, own.db_url = str(scratch), f"{SQLITE}{scratch / 'gradebook.db'}"
        # nbgrader removes the folder when it begins: a grading that did not happen keeps the mark
        for student in graded:
            (_graded(own, student, lesson) / MARK).touch()
        autograde(
            root,
            [(student, lesson) for student in graded],
            home=scratch,
            options=lambda student: [*options, "--force"],
            seeds=seeds,
        )
        after = standings(own, lesson)
        found = Plan(lesson, scratch=scratch)
        found.ungraded = sorted({*(students or handed_in)} - set(graded))
        for student in graded:
            again = _graded(own, student, lesson)
            if again.is_dir() and not (again / MARK).exists():
                found.changes.append(Change(student, before[student], after[student]))
            else:
                found.failed.append(student)
        found.points = points_of(found.changes)
        yield found


def standings(directory: CourseDirectory, lesson: str) -> dict[str, Standing]:
    """How every submission of a lesson stands in the gradebook.

    Raises
    ------
    Refused
        When the gradebook does not know the lesson.
    """
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        assignment, found = known_lesson(gradebook, lesson), {}
        for submission in assignment.submissions:
            found[submission.student.id] = standing_of(submission)
        return found


def standing_of(submission: SubmittedAssignment) -> Standing:
    """How one submission stands in an open gradebook."""
    cells = {
        (notebook.name, grade.name): Cell(
            grade.auto_score, grade.manual_score, grade.needs_manual_grade, grade.max_score
        )
        for notebook in submission.notebooks
        for grade in notebook.grades
    }
    score = max(0.0, submission.score - submission.late_submission_penalty)
    return Standing(score, submission.assignment.max_score, cells)


def known_lesson(gradebook: Gradebook, lesson: str) -> Assignment:
    """A lesson of the gradebook.

    Raises
    ------
    Refused
        When the gradebook does not know it.
    """
    try:
        return gradebook.find_assignment(lesson)
    except MissingEntry:
        known = ", ".join(sorted(other.name for other in gradebook.assignments)) or "none"
        raise Refused(f"The gradebook knows no lesson {lesson}. It knows: {known}.") from None


def _graded(directory: CourseDirectory, student: str, lesson: str) -> Path:
    return folder_of(directory, directory.autograded_directory, student, lesson)


def _in(scratch: Path, root: Path, path: Path) -> Path:
    try:
        return scratch / path.resolve().relative_to(root.resolve())
    except ValueError:
        raise Refused(
            f"{path} lies outside the class's folder, so it cannot be copied. Grade again by"
            " nbgrader: nbgrader autograde --force"
        ) from None


def _copy(
    directory: CourseDirectory, root: Path, scratch: Path, lesson: str, students: list[str]
) -> None:
    """The part of a class that grading one lesson needs, in the same places below another
    folder."""
    source = folder_of(directory, directory.source_directory, ".", lesson)
    folders = [
        source,
        *(
            folder_of(directory, step, student, lesson)
            for student in students
            for step in (directory.submitted_directory, directory.autograded_directory)
        ),
    ]
    for folder in folders:
        shutil.copytree(folder, _in(scratch, root, folder), symlinks=True)
    with (
        contextlib.closing(sqlite3.connect(directory.db_url.removeprefix(SQLITE))) as whole,
        contextlib.closing(sqlite3.connect(scratch / "gradebook.db")) as copy,
    ):
        whole.backup(copy)


def seed_of(folder: Path) -> int | None:
    """The seed that the inputs of a graded submission were drawn with; None where nothing was
    judged, as in one whose grading was stopped, or whose notebook cannot be read."""
    return next((cell.seed for cell in standing.judged_in(folder).values()), None)


def points_of(changes: list[Change]) -> dict[str, tuple[float, float]]:
    """The cells that are worth more or less than before: name -> (before, after)."""
    return {
        name: (old.most, new.most)
        for change in changes
        for (notebook, name), new in change.after.cells.items()
        if (old := change.before.cells.get((notebook, name))) and old.most != new.most
    }


def write(root: Path, found: Plan) -> None:
    """Write what a plan says into the class, while its copy is there.

    Only what the grader gives is written. What a person has given since the plan was made stays,
    and so does whether that cell waits. Refused while another grading of the class goes on.
    """
    from autograder.rehearsal import run_nbgrader

    directory = open_class(root)
    own = CourseDirectory(config=directory.config)
    own.root, own.db_url = str(found.scratch), f"{SQLITE}{found.scratch / 'gradebook.db'}"
    run_nbgrader(root, "generate_assignment", found.lesson, "--force", home=found.scratch)
    with (
        _held(Path(directory.root)),
        Gradebook(directory.db_url, directory.course_id) as there,
        Gradebook(own.db_url, own.course_id) as new,
    ):
        for change in found.changes:
            _take_over(
                there.find_submission(found.lesson, change.student),
                new.find_submission(found.lesson, change.student),
                change,
            )
            _swap(
                _graded(own, change.student, found.lesson),
                _graded(directory, change.student, found.lesson),
            )
            there.db.commit()


@contextlib.contextmanager
def _held(root: Path) -> Iterator[None]:
    try:
        with alone(root):
            yield
    except CannotGrade as problem:
        raise Refused(f"Nothing was written: {problem}.") from None


def _take_over(there, new, change: Change) -> None:
    """Bring the grader's part of a submission from one gradebook into the other."""
    graded = {notebook.name: notebook for notebook in new.notebooks}
    for notebook in there.notebooks:
        notebook.late_submission_penalty = graded[notebook.name].late_submission_penalty
        grades = {grade.name: grade for grade in graded[notebook.name].grades}
        for grade in notebook.grades:
            grade.auto_score = grades[grade.name].auto_score
            before = change.before.cells.get((notebook.name, grade.name))
            if before is not None and (before.by_hand, before.waits) == (
                grade.manual_score,
                grade.needs_manual_grade,
            ):
                grade.needs_manual_grade = grades[grade.name].needs_manual_grade
        comments = {comment.name: comment for comment in graded[notebook.name].comments}
        for comment in notebook.comments:
            comment.auto_comment = comments[comment.name].auto_comment


def _swap(new: Path, old: Path) -> None:
    """Put a folder in the place of another, which is there until the new one is beside it."""
    beside, away = old.with_name(f".{old.name}.new"), old.with_name(f".{old.name}.old")
    for left in (beside, away):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(new, beside, symlinks=True)
    old.rename(away)
    beside.rename(old)
    shutil.rmtree(away)


def tell(found: Plan) -> str:
    """What a plan changes, in words."""
    text = [
        f"{found.lesson}: {len(found.changes)} graded submission{'s' * (len(found.changes) != 1)}"
    ]
    text += [
        f"  {name} is worth {new:g} points, before {old:g}"
        for name, (old, new) in found.points.items()
    ]
    gains = [change for change in found.changes if change.gain > 0]
    losses = [change for change in found.changes if change.gain < 0]
    wide = max((len(change.student) for change in found.changes), default=0)
    for change in sorted([*gains, *losses], key=lambda change: (change.gain, change.student)):
        moved = ", ".join(
            f"{name.removeprefix('check-')} {old:g} → {new:g}" for name, old, new in change.moved()
        )
        text.append(
            f"  {change.student:<{wide}}  {change.before.score:g} of {change.before.most:g} →"
            f" {change.after.score:g} of {change.after.most:g} "
            f" ({change.gain:+g}){f'  {moved}' if moved else ''}"
        )
    stay = len(found.changes) - len(gains) - len(losses)
    lose = f"{len(losses)} lose{'s' * (len(losses) == 1)}"
    text.append(f"{len(gains)} gain{'s' * (len(gains) == 1)}, {lose}, {stay} stay as they are.")
    kept = sum(
        cell.by_hand is not None for change in found.changes for cell in change.after.cells.values()
    )
    if kept:
        text.append(f"{kept} score{'s' * (kept != 1)} given by hand stay{'s' * (kept == 1)}.")
    for change in found.changes:
        text += [
            f"{change.student}: the answer of {name} has changed since it was graded by hand; it"
            " waits to be read again"
            for name in change.reopened()
        ]
        text += [
            f"{change.student}: {name} has {given:g} points by hand, of {most:g} now; look at it"
            for name, given, most in change.above()
        ]
    text += [
        f"{student}: could not be graded again and keeps its grade" for student in found.failed
    ]
    text += [f"{student}: not graded yet, left out" for student in found.ungraded]
    return "\n".join(text)
