"""The verb ``backprop grade LESSON``: what is typed, what is said."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from autograder.classroom.progress import JsonLines, fitting
from autograder.desk import Refused, grading
from autograder.desk.grading import Stopped, Workers

LINES = Path("-")
"""What ``--json`` without a file is."""


def grade_lesson(root: Path, arguments: argparse.Namespace) -> int:
    """Grade a lesson of the class in a folder.

    Returns
    -------
    int
        0 when every submission has a grade.
    """
    if arguments.html or arguments.lesson or arguments.json not in (None, LINES):
        raise Refused(
            "--html, --lesson and a file for --json go with the path of one notebook (.ipynb). With a"
            " lesson --json stands alone, at the end."
        )
    on = Workers(arguments.scheduler, arguments.workers)
    progress = fitting(arguments.json is not None)
    try:
        found = grading.grade(root, arguments.what, arguments.student, on, progress)
    except Stopped as problem:
        if not isinstance(progress, JsonLines):
            raise
        progress.write("stopped", text=str(problem))
        return 1
    if isinstance(progress, JsonLines):
        progress.write(
            "end",
            lesson=found.lesson,
            graded=len(found.graded),
            unchanged=len(found.unchanged),
            failed=found.failed,
            fell={student: list(points) for student, points in found.fell.items()},
            seconds=round(found.seconds, 1),
        )
    else:
        print(grading.tell(found))
        sys.stdout.flush()
    return 1 if found.failed else 0
