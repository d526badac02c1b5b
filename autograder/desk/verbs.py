"""Commands of the desk that only read what is graded: ``backprop report``, ``backprop feedback``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """What `argparse` reads an option with that is a whole number.

    Parameters
    ----------
    least, most
        Between which it lies; no end where `most` is None.
    """

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least or most is not None and number > most:
            end = f"to {most}" if most is not None else "upwards"
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} {end}")
        return number

    return read


def add(verbs: Any, class_here: Callable[[], Path]) -> None:
    """Add the commands to the command line.

    Parameters
    ----------
    verbs
        What `argparse` adds commands to.
    class_here
        Finds the folder of the class, or raises `Refused`.
    """

    def report(arguments: argparse.Namespace) -> int:
        from autograder.desk.plan import write_plan

        path, told = write_plan(class_here(), arguments.lesson, arguments.to)
        print(f"{arguments.lesson}: {told}. The lesson plan is {path}")
        return 0

    def feedback(arguments: argparse.Namespace) -> int:
        from autograder.desk import returning

        found = returning.feedback(class_here(), arguments.lesson, arguments.student)
        print(returning.tell(found))
        return 1 if found.failed else 0

    verb = verbs.add_parser("feedback", help="make the pages that students get back, all at once")
    verb.add_argument("lesson", metavar="LESSON")
    verb.add_argument(
        "student", nargs="*", metavar="STUDENT", help="only these (default: all that are graded)"
    )
    verb.set_defaults(run=feedback)
    verb = verbs.add_parser(
        "report", help="what a class got wrong in a lesson, and what to do about it, as one page"
    )
    verb.add_argument("lesson", metavar="LESSON")
    verb.add_argument(
        "--to", type=Path, metavar="FILE", help="(default: report-LESSON.html in the class)"
    )
    verb.set_defaults(run=report)
