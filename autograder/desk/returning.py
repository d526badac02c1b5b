"""Feedback pages for a class, made in one go (``backprop feedback``).

The pages are those of ``nbgrader generate_feedback``, made by the same converter. Here everybody's
are made by one program: what is loaded, compiled and rendered once serves all, and the processors
share the students.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
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
KILLED = (
    "its process was killed before the page was made (for want of memory, or by hand). The same"
    " command makes it"
)


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
    whole: set[str] = set()

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

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        """Note whose pages are written: this comes after the last of them."""
        super().set_permissions(assignment_id, student_id)
        self.whole.add(student_id)


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
    results |= _side_by_side(root, lesson, todo[1:])
    found.made = [student for student in todo if not results[student]]
    found.failed = {student: why for student, why in results.items() if why}
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


def _side_by_side(root: Path, lesson: str, students: Sequence[str]) -> dict[str, str]:
    workers = min(os.cpu_count() or 1, len(students) // FEW)
    if workers < 2 or "fork" not in get_all_start_methods():
        return _make(root, lesson, students) if students else {}
    # small shares, so that nobody waits long for the last one
    size = max(1, min(25, len(students) // (2 * workers)))
    shares = [students[k : k + size] for k in range(0, len(students), size)]
    results = _in_processes(root, lesson, shares, workers)
    # one that is killed takes the others down: who is left gets a process alone, so that one page
    # that cannot be made costs nobody else theirs
    for student in [student for student in students if student not in results]:
        results |= _in_processes(root, lesson, [[student]], 1) or {
            student: _killed(root, lesson, student)
        }
    return results


def _in_processes(
    root: Path, lesson: str, shares: Sequence[Sequence[str]], workers: int
) -> dict[str, str]:
    """What `_make` says of the shares; nothing of those whose process was killed."""
    results: dict[str, str] = {}
    pool = ProcessPoolExecutor(workers, mp_context=get_context("fork"))
    try:
        for each in [pool.submit(_make, root, lesson, share) for share in shares]:
            results |= each.result()
    except BrokenProcessPool:
        pass
    finally:
        pool.shutdown(cancel_futures=True)
    return results


def _killed(root: Path, lesson: str, student: str) -> str:
    """Take away what a killed process left of a page, and say why there is none."""
    directory = open_class(root)
    place = folder_of(directory, directory.feedback_directory, student, lesson)
    shutil.rmtree(place, ignore_errors=True)
    return KILLED


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
    converter.wanted, converter.whole = frozenset(students), set()
    try:
        converter.start()
    except (NbGraderException, OSError) as problem:
        heard.said.append(str(problem))
    return {student: _why(converter, lesson, student, heard.said) for student in students}


def _why(converter: _Pages, lesson: str, student: str, said: list[str]) -> str:
    """Why there is no page of a student; empty where one was made."""
    place = Path(converter._format_dest(lesson, student))
    source = Path(converter._format_source(lesson, student))
    wanted = [place / f"{path.stem}.html" for path in source.glob("*.ipynb")]
    # one that fails after it is written is taken away again
    if student in converter.whole and wanted and all(page.exists() for page in wanted):
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
