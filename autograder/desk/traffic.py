"""What an instructor types between a class and its learning platform: ``backprop collect`` and
``backprop return``."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.desk import Refused

NAMED = 20


def add_verbs(verbs) -> None:
    """Add the commands to those of ``backprop``.

    Parameters
    ----------
    verbs
        What ``argparse`` gives for subcommands.
    """
    verb = verbs.add_parser(
        "collect", help="take in what students handed in, from the zip of Canvas or Moodle"
    )
    verb.add_argument("lesson", metavar="LESSON")
    verb.add_argument(
        "archives",
        nargs="*",
        type=Path,
        metavar="ZIP",
        help="as the platform made it; those of earlier runs count too",
    )
    verb.add_argument(
        "--newer", action="store_true", help="take the newest also where an earlier one holds more"
    )
    verb.add_argument(
        "--new", action="store_true", help="make a student of everybody who is not in the gradebook"
    )
    _add_owners(verb)
    verb.set_defaults(run=_collect)
    verb = verbs.add_parser(
        "return", help="pack the feedback pages into a zip that Canvas or Moodle takes"
    )
    verb.add_argument("lesson", metavar="LESSON")
    verb.add_argument(
        "--as-they-are", action="store_true", help="pack the pages that there are; make none anew"
    )
    _add_owners(verb)
    verb.set_defaults(run=_return, newer=False, new=False)


def _add_owners(verb) -> None:
    verb.add_argument(
        "--table",
        type=Path,
        metavar="FILE.csv",
        help="Moodle's grading worksheet: who is who, and when they handed in",
    )
    verb.add_argument(
        "--timezone", default="", metavar="ZONE", help="of its times (default: this machine's)"
    )
    verb.add_argument(
        "--who",
        nargs="+",
        default=[],
        metavar="NAME=ID",
        help="whose a submission is, where the platform's name or number does not say it",
    )


def _asked(arguments: argparse.Namespace):
    from zoneinfo import ZoneInfo

    from autograder.lms.collecting import Asked

    who = dict(each.rpartition("=")[::2] for each in arguments.who)
    if "" in who:
        raise Refused("After --who come pairs: the platform's name or number, =, the student's id.")
    try:
        if arguments.timezone:
            ZoneInfo(arguments.timezone)
    except (ValueError, OSError, KeyError):
        wrong = f"There is no time zone {arguments.timezone!r}. Europe/Berlin is one."
        raise Refused(wrong) from None
    return Asked(arguments.table, arguments.timezone, who, arguments.newer, arguments.new)


def _class(arguments: argparse.Namespace) -> tuple[Path, str]:
    from nbgrader.api import Gradebook

    from autograder.desk.regrading import known_lesson
    from autograder.plugins.directory import find_class, open_class

    root = find_class(Path.cwd())
    if root is None:
        raise Refused(
            "No class here (nbgrader_config.py). Run this inside a class's folder; `backprop init`"
            " makes one."
        )
    directory = open_class(root)
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        return root, known_lesson(gradebook, arguments.lesson).name


def _collect(arguments: argparse.Namespace) -> int:
    from autograder.lms.collecting import collect
    from autograder.lms.problem import Refused as NotTaken

    root, lesson = _class(arguments)
    try:
        told = collect(root, lesson, arguments.archives, _asked(arguments))
    except NotTaken as problem:
        raise Refused(str(problem)) from None
    for line in told.remarks:
        print(f"note: {line}")
    for line in told.left:
        print(f"not taken: {line}")
    print(
        f"{lesson}: {_count(told.taken, 'submission')} collected, {len(told.unchanged)} as before"
    )
    for what, names in (("late", told.late), ("nothing from", told.absent)):
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            print(f"{what} ({len(names)}): {', '.join(names[:NAMED])}{more}")
    return 1 if told.left else 0


def _return(arguments: argparse.Namespace) -> int:
    from autograder.desk.returning import feedback, tell
    from autograder.lms.problem import Refused as NotTaken
    from autograder.lms.returning import give_back

    root, lesson = _class(arguments)
    asked, failed = _asked(arguments), {}
    if not arguments.as_they_are:
        made = feedback(root, lesson)
        print(tell(made))
        failed = made.failed
    try:
        told = give_back(root, lesson, asked)
    except NotTaken as problem:
        raise Refused(str(problem)) from None
    for line in told.left:
        print(f"left out: {line}")
    for path, count in told.zips.items():
        print(f"packed {path.relative_to(root)}: {count} page{'s' * (count != 1)}")
    return 1 if told.left or failed else 0


def _count(names: list[str], what: str) -> str:
    return f"{len(names)} {what}{'s' * (len(names) != 1)}"
