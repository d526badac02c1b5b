"""The verb ``backprop grade LESSON``: what is typed, what is said."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from autograder.classroom.progress import JsonLines, fitting
from autograder.desk import Refused, grading
from autograder.desk.again import grade_again
from autograder.desk.grading import Stopped, Workers
from autograder.desk.regrading import Plan
from autograder.desk.regrading import tell as tell_plan

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
    if arguments.again and arguments.json is not None:
        raise Refused("--again asks before it writes; it does not go with --json.")
    if (arguments.fresh or arguments.yes) and not arguments.again:
        raise Refused("--fresh and --yes go with --again.")
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
        print(grading.tell(found), flush=True)
    if arguments.again and found.unchanged:
        _again(root, found.unchanged, arguments, on)
    return 1 if found.failed else 0


def _again(root: Path, students: list[str], arguments: argparse.Namespace, on: Workers) -> None:
    """Grade again what has a grade, when what would change was read and agreed to."""
    agreed = []

    def agree(plan: Plan) -> bool:
        print(tell_plan(plan), flush=True)
        agreed.append(
            arguments.yes
            or sys.stdin.isatty()
            and input("Write these grades? [y/N] ").strip().lower() in ("y", "yes")
        )
        return agreed[-1]

    grade_again(root, arguments.what, students, agree, on, fitting(), arguments.fresh)
    if agreed[-1]:
        print(f"Written. Feedback is made anew by: backprop feedback {arguments.what}")
    else:
        print("Nothing was changed. The same command with --yes writes these grades.")
