"""Grade again what has a grade: said first, written when it was agreed to.

Each submission is graded anew in the class's own gradebook, looked at there, and undone. What was
seen is what is written afterwards; nothing is graded twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.classroom.cluster import NEEDED, there_is_dask
from autograder.classroom.progress import Progress
from autograder.classroom.run import CannotGrade, Outcome, Review, run
from autograder.desk import Refused
from autograder.desk.grading import Stopped, Workers, settings, stopped
from autograder.desk.regrading import Change, Plan, points_of, seed_of, standing_of, standings
from autograder.plugins.directory import folder_of


def grade_again(
    root: Path,
    lesson: str,
    students: list[str],
    agree: Callable[[Plan], bool],
    on: Workers,
    progress: Progress,
    fresh: bool = False,
) -> Plan:
    """Grade again; what would change is written if `agree` says so.

    Parameters
    ----------
    root
        The folder of the class.
    lesson, students
        Whose submissions; each has a grade.
    agree
        Given what would change.
    on, progress
        The workers, and who is told how far it is.
    fresh
        Draw new inputs. Those of last time are drawn again when False.

    Raises
    ------
    Refused
        When it cannot be done here.
    Stopped
        When it was stopped in the middle.
    """
    if not there_is_dask():
        raise Refused(f"{NEEDED} Without it: backprop regrade {lesson}")
    config = settings(root)
    directory = CourseDirectory(config=config)
    before, found = standings(directory, lesson), Plan(lesson)
    graded = directory.autograded_directory
    seeds = {who: seed_of(folder_of(directory, graded, who, lesson)) for who in students}

    def seen(gradebook: Gradebook, student: str) -> None:
        after = standing_of(gradebook.find_submission(lesson, student))
        found.changes.append(Change(student, before[student], after))

    def agreed(outcomes: list[Outcome]) -> bool:
        progress.end()
        found.changes.sort(key=lambda change: change.student)
        found.failed = sorted(each.student for each in outcomes if each.kind != "graded")
        found.points = points_of(found.changes)
        return agree(found)

    progress.begin(lesson, len(students), 0)
    try:
        run(
            config,
            lesson,
            students,
            {} if fresh else seeds,
            scheduler=on.scheduler,
            number=min(on.number or os.cpu_count() or 1, len(students)),
            progress=progress,
            told=lambda outcome: progress.outcome(outcome, outcome.why or None),
            review=Review(seen, agreed),
        )
    except CannotGrade as problem:
        raise Stopped(stopped(str(problem))) from problem
    finally:
        progress.end()
    return found
