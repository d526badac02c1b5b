"""Grade a lesson of a class, as many submissions at a time as there are processors.

What `nbgrader autograde` would do with each submission is what is done with it; only the programs
are loaded once, and the submissions do not wait for each other. What is done already is seen from
what lies there, so that a run that was stopped is simply begun again.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from autograder.desk import Refused
from autograder.desk.regrading import known_lesson, seed_of
from autograder.plugins import ungraded
from autograder.plugins.directory import Submission, folder_of, open_class, submissions
from autograder.plugins.intake.submissions import submitted_folder


@dataclass
class Graded:
    """What came of a run: who was graded, whose grade stands as it was, who has none and why."""

    lesson: str
    graded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def grade(root: Path, lesson: str, students: Iterable[str] = (), again: bool = False) -> Graded:
    """Grade what was handed in of a lesson and has no grade, or was changed after it had one.

    Parameters
    ----------
    root
        The folder of the class.
    lesson
        Its name.
    students
        Whose submissions; empty for all.
    again
        Grade also what is graded already.

    Raises
    ------
    Refused
        When there is nothing to grade, or this machine cannot.
    """
    from autograder.rehearsal import autograde

    if not hasattr(os, "fork"):
        raise Refused(
            "Grading side by side needs a Unix machine; on Windows use WSL, or nbgrader's own:"
            f" nbgrader autograde {lesson}"
        )
    directory = open_class(root)
    handed_in = _handed_in(directory, lesson, set(students))
    found, started = Graded(lesson), time.monotonic()
    found.unchanged = [each.student for each in handed_in if not again and _stands(directory, each)]
    todo = [each for each in handed_in if each.student not in found.unchanged]
    before = {each.student: _made(directory, each) for each in todo}
    if todo:
        with tempfile.TemporaryDirectory(prefix="backprop-grade-") as home:  # for Jupyter's files
            try:
                autograde(
                    root,
                    [(each.student, lesson) for each in todo],
                    home=Path(home),
                    options=lambda student: ["--force"],
                )
            except KeyboardInterrupt:  # Ctrl-C reaches those that are being graded too
                _wait_for_all()
                raise Refused(
                    "Stopped. What is graded is kept; the same command grades the rest."
                ) from None
    for each in todo:
        made = _made(directory, each)
        if made != before[each.student] and _judged(directory, each):
            found.graded.append(each.student)
        else:
            submitted = submitted_folder(directory)
            found.failed[each.student] = ungraded.reason(
                each.folder, submitted, lesson, Path(directory.root)
            )
    found.seconds = time.monotonic() - started
    return found


def _handed_in(directory: CourseDirectory, lesson: str, students: set[str]) -> list[Submission]:
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        known_lesson(gradebook, lesson)
    there = [each for each in submissions(directory) if each.lesson == lesson]
    if missing := sorted(students - {each.student for each in there}):
        raise Refused(f"Nothing of {lesson} was handed in by {', '.join(missing)}.")
    if not there:
        place = folder_of(directory, directory.submitted_directory, "STUDENT", lesson)
        raise Refused(f"Nothing of {lesson} was handed in yet. It belongs into {place}")
    return [each for each in there if not students or each.student in students]


def _made(directory: CourseDirectory, each: Submission) -> int | None:
    """When the graded notebooks of a submission were written, in nanoseconds; None where there are
    none."""
    folder = folder_of(directory, directory.autograded_directory, each.student, each.lesson)
    times = [path.stat().st_mtime_ns for path in folder.glob("*.ipynb")]
    return max(times) if times else None


def _judged(directory: CourseDirectory, each: Submission) -> bool:
    """Whether the graded notebook is whole: nbgrader puts a cleared copy in its place first."""
    folder = folder_of(directory, directory.autograded_directory, each.student, each.lesson)
    return seed_of(folder) is not None


def _wait_for_all() -> None:
    """Wait until every process that was begun here has ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _stands(directory: CourseDirectory, each: Submission) -> bool:
    """Whether a submission has a grade, and nothing it is made of was changed afterwards: what was
    handed in, the lesson's source, the class's settings."""
    made = _made(directory, each)
    if made is None or not _judged(directory, each):
        return False
    source = folder_of(directory, directory.source_directory, ".", each.lesson)
    files = [path for folder in (each.folder, source) for path in folder.rglob("*")]
    files += [each.folder, Path(directory.root) / "nbgrader_config.py"]
    changed = max((max(info.st_mtime_ns, info.st_ctime_ns) for info in _seen(files)), default=0)
    if changed > made:
        return False
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        try:
            gradebook.find_submission(each.lesson, each.student)
        except MissingEntry:
            return False
    return True


def _seen(files: Iterable[Path]) -> Iterable[os.stat_result]:
    for path in files:
        if path.is_file() or path.is_dir():
            yield path.stat()


def tell(found: Graded) -> str:
    """What came of a run, in words: one line, and one for each submission without a grade."""
    parts = [f"{len(found.graded)} graded"]
    if found.unchanged:
        parts.append(f"{len(found.unchanged)} graded before and not changed since")
    if found.failed:
        parts.append(f"{len(found.failed)} without a grade")
    rate = f", {found.seconds / len(found.graded):.1f} s each" if found.graded else ""
    lines = [f"{found.lesson}: {', '.join(parts)}, in {found.seconds:.0f} s{rate}."]
    lines += [f"  {student}: {why}" for student, why in sorted(found.failed.items())]
    return "\n".join(lines)
