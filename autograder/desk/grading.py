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

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.classroom import standing
from autograder.classroom.cluster import INSTALL, NEEDED, there_is_dask
from autograder.classroom.progress import Progress
from autograder.classroom.run import CannotGrade, Outcome, alone, run, tidy
from autograder.desk import Refused
from autograder.desk.regrading import known_lesson, seed_of
from autograder.plugins import ungraded
from autograder.plugins.directory import Submission, configuration, folder_of, submissions
from autograder.plugins.intake.submissions import submitted_folder


@dataclass
class Workers:
    """On what a lesson is graded: the address of a scheduler, or how many processes of this machine
    (None: as many as there are processors)."""

    scheduler: str | None = None
    number: int | None = None


@dataclass
class Graded:
    """What came of a run: who was graded, whose grade stands as it was, who has none and why, and
    whose new submission has fewer points than the one before."""

    lesson: str
    graded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    fell: dict[str, tuple[float, float]] = field(default_factory=dict)
    seconds: float = 0.0


class Stopped(Refused):
    """The run was stopped in the middle; what was graded is kept."""


def grade(
    root: Path,
    lesson: str,
    students: Iterable[str] = (),
    on: Workers | None = None,
    progress: Progress | None = None,
) -> Graded:
    """Grade what was handed in of a lesson and has no grade, or was changed after it had one.

    Parameters
    ----------
    root
        The folder of the class.
    lesson
        Its name.
    students
        Whose submissions; empty for all.
    on
        The workers; processes of this machine when None.
    progress
        Who is told how far it is; nobody when None.

    Raises
    ------
    Refused
        When there is nothing to grade, or this machine cannot.
    Stopped
        When it was stopped in the middle.
    """
    if not hasattr(os, "fork"):
        raise Refused(
            "Grading side by side needs a Unix machine; on Windows use WSL, or nbgrader's own:"
            f" nbgrader autograde {lesson}"
        )
    config, progress = settings(root), progress or Progress()
    directory = CourseDirectory(config=config)
    found, started = Graded(lesson), time.monotonic()
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        handed_in = _handed_in(directory, gradebook, lesson, set(students))
        try:
            tidy(directory, lesson, [each.student for each in handed_in])
        except CannotGrade as problem:
            raise Stopped(stopped(str(problem))) from None
        grades = standing.grades_of(gradebook, lesson)
        scores = standing.scores_of(gradebook, lesson)
    done = {each.student for each in handed_in if standing.stands(directory, config, each, grades)}
    found.unchanged = [each.student for each in handed_in if each.student in done]
    todo = [each for each in handed_in if each.student not in done]
    anew = {each.student for each in todo if standing.handed_in_anew(directory, each)}
    seeds = _seeds(directory, [each for each in todo if each.student not in anew])
    if todo and there_is_dask():
        _on_workers(config, lesson, todo, seeds, found, on or Workers(), progress)
    elif todo:
        if on and on.scheduler:
            raise Refused(NEEDED)
        progress.notice(INSTALL)
        try:
            with alone(root):
                _one_by_one(root, directory, lesson, todo, seeds, found, progress)
        except CannotGrade as problem:
            raise Stopped(stopped(str(problem))) from None
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        now = standing.scores_of(gradebook, lesson)
    found.fell = {
        student: (scores[student], now[student])
        for student in found.graded
        if student in anew & scores.keys() and now[student] < scores[student] - standing.AS_WRITTEN
    }
    found.seconds = time.monotonic() - started
    return found


def settings(root: Path) -> Config:
    """The settings of a class, with its folder in them."""
    config = configuration(root)
    if "root" not in config.CourseDirectory:
        config.CourseDirectory.root = str(root)
    return config


def _handed_in(
    directory: CourseDirectory, gradebook: Gradebook, lesson: str, students: set[str]
) -> list[Submission]:
    known_lesson(gradebook, lesson)
    there = [each for each in submissions(directory) if each.lesson == lesson]
    if missing := sorted(students - {each.student for each in there}):
        raise Refused(f"Nothing of {lesson} was handed in by {', '.join(missing)}.")
    if not there:
        place = folder_of(directory, directory.submitted_directory, "STUDENT", lesson)
        raise Refused(f"Nothing of {lesson} was handed in yet. It belongs into {place}")
    return [each for each in there if not students or each.student in students]


def _seeds(directory: CourseDirectory, same: list[Submission]) -> dict[str, int | None]:
    """The seeds to draw with again: of what is graded anew though nothing else was handed in."""
    return {each.student: seed_of(standing.graded_folder(directory, each)) for each in same}


def _on_workers(
    config: Config,
    lesson: str,
    todo: list[Submission],
    seeds: dict[str, int | None],
    found: Graded,
    on: Workers,
    progress: Progress,
) -> None:
    directory, submitted = CourseDirectory(config=config), {each.student: each for each in todo}

    def told(outcome: Outcome) -> None:
        why = None
        if outcome.kind == "graded":
            found.graded.append(outcome.student)
        else:
            why = ungraded.reason(
                submitted[outcome.student].folder,
                submitted_folder(directory),
                lesson,
                Path(directory.root),
                outcome.why,
            )
            found.failed[outcome.student] = why
        progress.outcome(outcome, why)

    progress.begin(lesson, len(todo), len(found.unchanged))
    try:
        students = [each.student for each in todo]
        run(
            config,
            lesson,
            students,
            seeds,
            scheduler=on.scheduler,
            number=min(on.number or os.cpu_count() or 1, len(todo)),
            progress=progress,
            told=told,
        )
    except CannotGrade as problem:
        raise Stopped(stopped(str(problem))) from problem
    except KeyboardInterrupt:  # a second Ctrl-C
        raise Stopped(stopped("stopped")) from None
    finally:
        progress.end()
    found.graded.sort()


def stopped(why: str) -> str:
    """What is said when a run was stopped."""
    why = "" if why == "stopped" else f" {why[0].upper()}{why[1:].rstrip('.')}."
    return f"Stopped.{why} What is graded is kept; the same command grades the rest."


def _one_by_one(
    root: Path,
    directory: CourseDirectory,
    lesson: str,
    todo: list[Submission],
    seeds: dict[str, int | None],
    found: Graded,
    progress: Progress,
) -> None:
    """Without Dask: a process of nbgrader's own for each submission."""
    from autograder.rehearsal import autograde

    before = {each.student: standing.made_at(directory, each) for each in todo}
    progress.begin(lesson, len(todo), len(found.unchanged))
    with tempfile.TemporaryDirectory(prefix="backprop-grade-") as home:  # for Jupyter's files
        try:
            autograde(
                root,
                [(each.student, lesson) for each in todo],
                home=Path(home),
                options=lambda student: ["--force"],
                seeds=seeds,
            )
        except KeyboardInterrupt:  # Ctrl-C reaches those that are being graded too
            _wait_for_all()
            raise Stopped(stopped("stopped")) from None
        finally:
            progress.end()
    for each in todo:
        made = standing.made_at(directory, each)
        why = None
        if made != before[each.student] and standing.judged(directory, each):
            found.graded.append(each.student)
        else:
            why = found.failed[each.student] = ungraded.reason(
                each.folder, submitted_folder(directory), lesson, Path(directory.root)
            )
        progress.outcome(Outcome(each.student, "failed" if why else "graded"), why)


def _wait_for_all() -> None:
    """Wait until every process that was begun here has ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def tell(found: Graded) -> str:
    """What came of a run, in words: one line, one for each submission without a grade, and one for
    each that has fewer points than the one it takes the place of."""
    parts = [f"{len(found.graded)} graded"]
    if found.unchanged:
        parts.append(f"{len(found.unchanged)} graded before and not changed since")
    if found.failed:
        parts.append(f"{len(found.failed)} without a grade")
    rate = f", {found.seconds / len(found.graded):.1f} s each" if found.graded else ""
    lines = [f"{found.lesson}: {', '.join(parts)}, in {found.seconds:.0f} s{rate}."]
    lines += [f"  {student}: {why}" for student, why in sorted(found.failed.items())]
    lines += [
        f"  {student}: {after:g} points, and {before:g} before this was handed in. The earlier one"
        " counts again if it is put back."
        for student, (before, after) in sorted(found.fell.items())
    ]
    return "\n".join(lines)
