"""Feedback pages for a class, made in one go (``backprop feedback``).

The pages are those of ``nbgrader generate_feedback``, made by the same converter. Here everybody's
are made by one program: what is loaded, compiled and rendered once serves all, and the processors
share the students.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.converters.generate_feedback import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from autograder.desk import Refused
from autograder.desk.regrading import known_lesson
from autograder.plugins.directory import configuration, folder_of, open_class

FEW = 4  # so many are made sooner than a process is begun


@dataclass
class Returned:
    """What came of a run: whose pages were made, and for whom there is none and why."""

    lesson: str
    made: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


class _Pages(GenerateFeedback):
    """nbgrader's converter, for some students of a lesson."""

    wanted: frozenset[str] = frozenset()

    def init_notebooks(self) -> None:
        """List the notebooks of those who are wanted."""
        super().init_notebooks()
        places = {
            os.path.normpath(self._format_source(self.coursedir.assignment_id, student))
            for student in self.wanted
        }
        self.assignments = {
            place: found
            for place, found in self.assignments.items()
            if os.path.normpath(place) in places
        }


class _Heard(logging.Handler):
    """Keeps what the converter says of what went wrong."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.said.append(record.getMessage())


def feedback(root: Path, lesson: str, students: Iterable[str] = ()) -> Returned:
    """Make the feedback pages of a lesson.

    Parameters
    ----------
    root
        The folder of the class.
    lesson
        Its name.
    students
        Whose pages; empty for all that are graded.

    Raises
    ------
    Refused
        When nobody of them is graded.
    """
    started, directory, wanted = time.monotonic(), open_class(root), set(students)
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        known_lesson(gradebook, lesson)
    graded = _graded(directory, lesson)
    if missing := sorted(wanted - set(graded)):
        raise Refused(f"Nothing of {lesson} is graded of {', '.join(missing)}.")
    if not graded:
        raise Refused(f"Nothing of {lesson} is graded yet: backprop grade {lesson}")
    todo = sorted(wanted) or graded
    found = Returned(lesson)
    # the first page fills what the others share: templates, lexers, the lesson's own text
    results = _make(root, lesson, todo[:1])
    for more in _side_by_side(root, lesson, todo[1:]):
        results |= more
    for student in todo:
        if results.get(student) == "":
            found.made.append(student)
        else:
            found.failed[student] = results.get(student) or "its process ended before it was made"
    found.seconds = time.monotonic() - started
    return found


def _graded(directory: CourseDirectory, lesson: str) -> list[str]:
    """Whose notebooks of a lesson lie graded."""
    found = []
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        for student in gradebook.students:
            folder = folder_of(directory, directory.autograded_directory, student.id, lesson)
            if any(folder.glob("*.ipynb")):
                found.append(student.id)
    return sorted(found)


def _side_by_side(root: Path, lesson: str, students: Sequence[str]) -> list[dict[str, str]]:
    workers = min(os.cpu_count() or 1, len(students) // FEW)
    if workers < 2 or "fork" not in get_all_start_methods():
        return [_make(root, lesson, students)] if students else []
    # small shares, so that nobody waits long for the last one
    size = max(1, min(25, len(students) // (2 * workers)))
    shares = [(root, lesson, students[k : k + size]) for k in range(0, len(students), size)]
    with get_context("fork").Pool(workers) as pool:
        return pool.starmap(_make, shares, chunksize=1)


_converters: dict[tuple[Path, str], Any] = {}


def _make(root: Path, lesson: str, students: Sequence[str]) -> dict[str, str]:
    """Make pages in this process. Student -> why there is none, empty where there is one."""
    key = root, lesson
    if key not in _converters:  # a process that is forked has the one that made the first page
        directory = open_class(root)
        directory.assignment_id = lesson
        _converters[key] = _Pages(coursedir=directory, config=configuration(root))
    converter = _converters[key]
    heard = _Heard()
    converter.log = logging.Logger("backprop.feedback", logging.ERROR)
    converter.log.addHandler(heard)
    converter.wanted = frozenset(students)
    began = time.time_ns()
    try:
        converter.start()
    except NbGraderException as problem:
        heard.said.append(str(problem))
    return {student: _why(converter, lesson, student, began, heard.said) for student in students}


def _why(converter: _Pages, lesson: str, student: str, began: int, said: list[str]) -> str:
    """Why there is no page of a student; empty where one was made."""
    place = Path(converter._format_dest(lesson, student))
    source = Path(converter._format_source(lesson, student))
    wanted = [place / f"{path.stem}.html" for path in source.glob("*.ipynb")]
    # a file's time is a little coarser than the clock's
    if wanted and all(p.exists() and p.stat().st_mtime_ns >= began - 50_000_000 for p in wanted):
        return ""
    for before, text in zip(said, said[1:], strict=False):
        if before.endswith(f"processing assignment: {source}"):
            return text.strip().splitlines()[-1]
    return said[0].strip().splitlines()[-1] if said else "no page was made"


def tell(found: Returned) -> str:
    """What came of a run, in words."""
    pages = f"{len(found.made)} feedback page{'s' * (len(found.made) != 1)} made"
    lines = [f"{found.lesson}: {pages} in {found.seconds:.1f} s."]
    lines += [f"  {student}: no page: {why}" for student, why in sorted(found.failed.items())]
    return "\n".join(lines)
