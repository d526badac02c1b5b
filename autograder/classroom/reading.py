"""The first part of grading a submission: read it, put its locked cells back, note what goes with it.

Everything here is nbgrader's autograde and the course's own preprocessors, up to the place where the
notebook would be run. Nothing is written but a folder beside the graded one.
"""

from __future__ import annotations

import datetime
import os
import shutil
import time
import traceback
from pathlib import Path
from typing import Any

from nbgrader import utils
from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.classroom.gradebook import OneGradebook
from autograder.classroom.travel import NO_ROOM
from autograder.plugins.released import released
from autograder.plugins.spared import KEY, demonstrations

ENDING = ".grading"


class NothingToGrade(Exception):
    """What was handed in is refused before anything is read; the log says why."""


def beside(place: Path) -> Path:
    """Where a graded folder is made before it takes its place: hidden, and beside it."""
    return place.with_name(f".{place.name}{ENDING}")


class OneSubmission(Autograde):
    """nbgrader's autograde of one submission, cut in three: `read` it, have it worked on, `save` it.

    Parameters
    ----------
    config
        The settings of the class.
    lesson, student
        Whose work.
    gradebook
        The one that is open; nothing that is done to it here lasts.
    log
        Where nbgrader's lines go.

    Attributes
    ----------
    texts
        The notebooks as they will be run, with the resources that nbgrader gives to each.
    begun_at
        When reading began, in nanoseconds since 1970: what is changed later is not in the grade.
    trouble
        Why the submission cannot be graded; None when it can.
    """

    def __init__(
        self, config: Config, lesson: str, student: str, gradebook: OneGradebook, log: Any
    ):
        directory = CourseDirectory(config=config)
        directory.assignment_id, directory.student_id = lesson, student
        super().__init__(coursedir=directory, config=config, log=log)
        self.lesson, self.student, self.opened = lesson, student, gradebook
        self.texts: list[tuple[dict[str, Any], str]] = []
        self.trouble: str | None = None
        self.known = False  # whether nbgrader would have noted the submission in the gradebook
        self.complete = False  # and the notebooks that are missing in it
        self.given_at: datetime.datetime | None = None
        self._aside = False
        self.begun_at = time.time_ns()

    @property
    def place(self) -> Path:
        """The folder of the graded notebooks."""
        return Path(os.path.normpath(super()._format_dest(self.lesson, self.student)))

    def _format_dest(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        found = super()._format_dest(assignment_id, student_id, escape)
        return str(beside(Path(os.path.normpath(found)))) if self._aside and not escape else found

    def read(self) -> None:
        """Read what was handed in.

        Raises
        ------
        NothingToGrade
            When the submission is refused as it lies there.
        """
        with self.opened.looking():
            try:
                self.start()
            except NbGraderException as problem:
                if not self._aside:  # the intake left nothing on the list
                    raise NothingToGrade(str(problem)) from None
                self._fails(problem)
            except self.opened.faults:
                raise
            except Exception as problem:
                if isinstance(problem, OSError) and problem.errno in NO_ROOM:
                    raise
                self._fails(problem)

    def convert_notebooks(self) -> None:
        """nbgrader's loop over the submissions, for the one, up to where it would be run."""
        ((_, notebooks),) = self.assignments.items()
        self.notebooks, self._aside = sorted(notebooks), True
        shutil.rmtree(beside(self.place), ignore_errors=True)
        self.run_pre_convert_hook()
        BaseConverter.init_assignment(self, self.lesson, self.student)
        self._look_up()
        self._give_files()
        self._leave_unknown()
        for notebook in self.notebooks:
            self.log.info("Sanitizing %s", notebook)
            self._sanitizing = True
            self._init_preprocessors()
            resources = self.init_single_notebook_resources(notebook)
            text, _ = self.exporter.from_filename(notebook, resources=_copy(resources))
            given = released(self.coursedir, self.lesson)
            resources[KEY] = demonstrations(given.cells) if given else []
            self.texts.append((resources, text))

    def _look_up(self) -> None:
        """What nbgrader asks first: whether lesson and student are known, and when it was given."""
        self.known = True
        self.given_at = self.coursedir.get_existing_timestamp(
            self._format_source(self.lesson, self.student)
        )
        gradebook = self.opened.gradebook
        try:
            gradebook.find_assignment(self.lesson)
        except MissingEntry:
            self.known = False
            raise NbGraderException(
                f"No assignment with ID '{self.lesson}' exists in the database"
            ) from None
        if not self.create_student:
            try:
                gradebook.find_student(self.student)
            except MissingEntry:
                self.known = False
                raise NbGraderException(
                    f"No student with ID '{self.student}' exists in the database"
                ) from None

    def _give_files(self) -> None:
        """Lay the files of the lesson over those of the submission."""
        source = self.coursedir.format_path(self.coursedir.source_directory, ".", self.lesson)
        kept = {
            os.path.join(source, each) for each in self.exclude_overwriting.get(self.lesson, [])
        }
        ignored = [*self.coursedir.ignore, "*.ipynb"]
        for path in set(utils.find_all_files(source, ignored)) - kept:
            target = os.path.join(
                self._format_dest(self.lesson, self.student), os.path.relpath(path, source)
            )
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.exists(target):
                os.remove(target)
            shutil.copy(path, target)

    def _leave_unknown(self) -> None:
        """Leave out notebooks that the gradebook does not know."""
        known = {each.name for each in self.opened.gradebook.find_assignment(self.lesson).notebooks}
        for path in list(self.notebooks):
            if Path(path).stem not in known:
                self.log.warning("Skipping unknown notebook: %s", path)
                self.notebooks.remove(path)
        if not self.notebooks:
            raise NbGraderException(
                "No notebooks found, did you forget to run 'nbgrader generate_assignment'?"
            )
        self.complete = True

    def _fails(self, problem: Exception) -> None:
        source = self._format_source(self.lesson, self.student)
        self.fails(f"{type(problem).__name__}: {problem}", source, traceback.format_exc())

    def fails(self, why: str, source: str, trace: str) -> None:
        """Note that the submission cannot be graded, in nbgrader's words."""
        self.trouble = why
        self.log.error("There was an error processing assignment: %s", source)
        self.log.error(trace)

    def drop(self) -> None:
        """Take away what was laid beside the graded folder."""
        shutil.rmtree(beside(self.place), ignore_errors=True)


def _copy(resources: dict[str, Any]) -> dict[str, Any]:
    return {**resources, "nbgrader": dict(resources["nbgrader"])}
