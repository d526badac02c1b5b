"""The last part of grading a submission: gradebook and folder, whole or not at all.

The folder is made beside the one that is there. The gradebook is committed once; then the folder
takes its place. Stopped between the two, the folder says something else than the gradebook, and
`autograder.classroom.standing` has the submission graded again.
"""

from __future__ import annotations

import os
import re
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import nbformat.v4
from nbgrader.api import Gradebook
from nbgrader.utils import rmtree
from sqlalchemy.exc import SAWarning

from autograder.classroom.gradebook import OneGradebook
from autograder.classroom.reading import OneSubmission, beside
from autograder.classroom.travel import parted

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds that the writer waits for a gradebook that another program holds."""
AWAY = ".before"
HOPELESS = re.compile(r"full|readonly|read-only|disk I/O|malformed|no such table|too large", re.I)
"""Of a database's complaints, those that waiting does not help."""


class CannotWrite(Exception):
    """The gradebook or the disk does not take what is written; the message says why."""


class Writer:
    """The one that writes into gradebook and folders.

    Parameters
    ----------
    gradebook
        The open one.
    notice
        Told, in a sentence, when the writer has to wait.
    """

    def __init__(self, gradebook: OneGradebook, notice: Callable[[str], None]):
        self.gradebook, self.notice = gradebook, notice

    def save(self, one: OneSubmission, texts: Sequence[str]) -> None:
        """Note the grades of a submission, and put its graded folder in its place.

        Raises
        ------
        CannotWrite
            When nothing was written, as the gradebook or the disk cannot be written to.
        """

        def write() -> None:
            with self.gradebook.writing() as opened:
                self.note(opened, one)
                self.judge(one, texts)

        try:
            self.patiently(write)
            _take_place(one)
        except OSError as problem:
            raise CannotWrite(f"{one.place} cannot be written: {problem.strerror}") from problem

    def show(
        self, one: OneSubmission, texts: Sequence[str], seen: Callable[[Gradebook, str], None]
    ) -> None:
        """Show a gradebook in which the submission has its new grade; then undo it."""

        def write() -> None:
            with self.gradebook.looking() as opened:
                self.note(opened, one)
                self.judge(one, texts)
                seen(opened, one.student)

        try:
            self.patiently(write)
        except OSError as problem:
            raise CannotWrite(f"{one.place} cannot be written: {problem.strerror}") from problem

    def judge(self, one: OneSubmission, texts: Sequence[str]) -> None:
        """Run the preprocessors that write grades, and write the folder beside the graded one."""
        one.exporter._preprocessors = []
        for each in parted(one.autograde_preprocessors)[1]:
            one.exporter.register_preprocessor(each)
        one._sanitizing = False
        for path in beside(one.place).glob("*.ipynb"):  # of a try before this one
            path.unlink()
        for (resources, _), text in zip(one.texts, texts):
            nb = nbformat.v4.reads(text)
            output, told = one.exporter.from_notebook_node(nb, resources={**resources})
            one.write_single_notebook(output, told)
        one._sanitizing = True
        one.set_permissions(one.lesson, one.student)
        one.run_post_convert_hook()
        for path in beside(one.place).glob("*.ipynb"):  # what changed since is not in the grade
            os.utime(path, ns=(one.begun_at, one.begun_at))

    def refuse(self, one: OneSubmission) -> None:
        """Note a submission that cannot be graded, as nbgrader does: it is known, it has no folder."""

        def write() -> None:
            with self.gradebook.writing() as opened:
                self.note(opened, one)

        if one.known:
            self.patiently(write)
        one.drop()
        if one.place.exists():
            rmtree(str(one.place))

    def note(self, gradebook: Gradebook, one: OneSubmission) -> None:
        """Note student, time, and the notebooks that were not handed in."""
        if one.create_student:
            gradebook.update_or_create_student(one.student)
        given = {"timestamp": one.given_at} if one.given_at else {}
        with warnings.catch_warnings():  # nbgrader's own, about the order in which it makes rows
            warnings.simplefilter("ignore", SAWarning)
            submission = gradebook.update_or_create_submission(one.lesson, one.student, **given)
        if one.given_at and submission.total_seconds_late > 0:
            one.log.warning("%s is %s seconds late", submission, submission.total_seconds_late)
        if not one.complete:
            return
        folder = Path(
            one.coursedir.format_path(one.coursedir.submitted_directory, one.student, one.lesson)
        )
        for notebook in gradebook.find_assignment(one.lesson).notebooks:
            if (folder / f"{notebook.name}.ipynb").exists():
                continue
            one.log.warning("No submitted file: %s", folder / f"{notebook.name}.ipynb")
            missing = gradebook.find_submission_notebook(notebook.name, one.lesson, one.student)
            for grade in missing.grades:
                grade.auto_score, grade.needs_manual_grade = 0, False
            gradebook.db.commit()

    def patiently(self, do: Callable[[], T]) -> T:
        """Do something again while another program holds the gradebook, or its server is away.

        Raises
        ------
        CannotWrite
            When that takes too long, or waiting does not help.
        """
        until, waits = time.monotonic() + PATIENCE, False
        while True:
            try:
                return do()
            except self.gradebook.faults as problem:
                self.gradebook.begin_again()
                if HOPELESS.search(said := short(problem)) or time.monotonic() > until:
                    raise CannotWrite(f"the gradebook cannot be used: {said}") from problem
                if not waits:
                    self.notice(f"The gradebook does not answer ({said}). Waiting for it.")
                waits = True
                time.sleep(0.5)


def _take_place(one: OneSubmission) -> None:
    away = _away(one.place)
    if away.exists():
        rmtree(str(away))
    if one.place.exists():
        one.place.rename(away)
    beside(one.place).rename(one.place)
    if away.exists():
        rmtree(str(away))


def _away(place: Path) -> Path:
    return place.with_name(f".{place.name}{AWAY}")


def unfinished(graded: Path) -> bool:
    """Whether something of a run lies beside a graded folder."""
    return _away(graded).exists() or beside(graded).exists()


def mend(graded: Path) -> None:
    """Take away what a run that was killed left beside a graded folder; the folder itself is put
    back where it was on its way.

    Nobody else may be grading.
    """
    away = _away(graded)
    if away.exists() and not graded.exists():
        away.rename(graded)
    for left in (away, beside(graded)):
        if left.exists():
            rmtree(str(left))


def short(problem: Exception) -> str:
    """What a database complains about, in its own words."""
    lines = str(getattr(problem, "orig", None) or problem).strip().splitlines() or [""]
    return lines[0][:200]
