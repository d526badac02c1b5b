"""One submission, graded on the machine of somebody else: the folder that holds it, and a result
that says which walls stood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.desk import Refused
from autograder.desk.single import grade_notebook
from autograder.plugins.intake.choosing import choose, where_it_lies
from autograder.plugins.intake.reading import parse


def grade_folder(folder: Path, course: Path, lesson: str, page: bool = False) -> dict[str, Any]:
    """Grade the notebook of a lesson, wherever it lies in a folder.

    Parameters
    ----------
    folder
        What was handed in.
    course
        That of the course; its ``source/`` holds the lesson.
    page
        Make the feedback page too.

    Returns
    -------
    dict
        As `grade_notebook` has it, and ``told``: what is to be said of the files.

    Raises
    ------
    Refused
        When it cannot be graded; the message says why.
    """
    given = parse((course / "source" / lesson / f"{lesson}.ipynb").read_bytes())
    chosen = choose(folder, lesson, given)
    if chosen is None:
        why = where_it_lies(folder)
        raise Refused(f"{why[0].upper()}{why[1:]}.")
    return {**grade_notebook(chosen.path, course, lesson, page), "told": list(chosen.told)}


def most(course: Path, lesson: str) -> float:
    """What can be had for a lesson by its checks, in points."""
    nb = parse((course / "source" / lesson / f"{lesson}.ipynb").read_bytes())
    told = [cell.metadata.get("nbgrader", {}) for cell in nb.cells if cell.cell_type == "code"]
    return float(sum(each["points"] for each in told if each.get("grade")))


def by_hand(result: dict[str, Any]) -> str:
    """What of a result waits for a person, in a sentence; empty where nothing does."""
    count = len(result["written"])
    if not count:
        return ""
    points = sum(each["max_points"] for each in result["written"])
    what = "written answer is" if count == 1 else "written answers are"
    return f"{count} {what} for a person to grade ({points:g} points), and not in this score."


def walls(result: dict[str, Any]) -> list[str]:
    """Which walls stood around the notebook, and what was not held: a line each."""
    on = ", ".join(result["walls"]["on"]) or "none"
    return [f"Walls around the notebook while it ran: {on}."] + [
        f"Not held: {each['not_held']}. Reason: {each['reason']}."
        for each in result["walls"]["off"]
    ]


def shown(name: str) -> str:
    """An exercise's name as a student knows it."""
    return name.partition(".")[2] or name
