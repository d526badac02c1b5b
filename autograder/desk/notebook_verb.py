"""The verb ``backprop grade NOTEBOOK.ipynb``: what is typed, what is said."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from autograder.desk import Refused
from autograder.desk.beginning import course_folder
from autograder.desk.files import may_be_written, write
from autograder.desk.single import all_right, grade_notebook, tell

SAID = Path("-")
"""What ``--json`` without a file is."""
OF_A_CLASS = ("again", "fresh", "yes", "workers", "scheduler")


def grade_one(arguments: argparse.Namespace) -> int:
    """Grade one notebook, without a class.

    Returns
    -------
    int
        0 when all is right, 1 when points are missing, 2 when it cannot be graded.
    """
    try:
        result = _graded(arguments)
        page = result.pop("feedback")
        if arguments.html:
            write(arguments.html, page)
        text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
        if arguments.json == SAID:
            print(text, end="")
        elif arguments.json:
            write(arguments.json, text)
    except Refused as problem:
        print(f"backprop: {problem}", file=sys.stderr)
        return 2
    if arguments.json != SAID:
        print(tell(result))
    return 0 if all_right(result) else 1


def _graded(arguments: argparse.Namespace) -> dict:
    given = [f"--{name}" for name in OF_A_CLASS if getattr(arguments, name)]
    if wrong := ["STUDENT"] * bool(arguments.student) + given:
        raise Refused(
            f"One notebook is graded by itself: {', '.join(wrong)} goes with a lesson of a class."
        )
    for path in (arguments.html, arguments.json):
        if path not in (None, SAID):
            may_be_written(path)
    course, page = course_folder(Path.cwd()), arguments.html is not None
    return grade_notebook(Path(arguments.what), course, arguments.lesson, page)
