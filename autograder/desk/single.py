"""Grade one notebook, with no class and no gradebook: the same judge, the same walls.

A class of one is made in a scratch folder, graded by nbgrader with the course's preprocessors, read
and thrown away. What comes of it is plain data.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.desk import Refused
from autograder.desk.beginning import Asked, begin, one_lesson
from autograder.plugins.intake.reading import NotReadable, parse
from course.making.build import lesson_files

STUDENT = "one"
KEY = "backprop"
ON = re.compile(r"Protection on: (.*)")
OFF = re.compile(r"Protection off: (\w+): NOT held: (.*?)\. Reason: (.*)")


def grade_notebook(
    path: Path, course: Path, lesson: str | None = None, page: bool = False
) -> dict[str, Any]:
    """Grade one notebook.

    Parameters
    ----------
    path
        Of the notebook, as a student wrote it.
    course
        The repository of the course; the lesson's ``source/`` is what the notebook is graded by.
    lesson
        Its name; read from the notebook when left out.
    page
        Make the feedback page too.

    Returns
    -------
    dict
        ``lesson``, ``score`` and ``max_score`` (points), ``exercises`` (name, title, points,
        max_points, and ``why`` where points are missing), ``written`` (title and max_points of what
        a person grades), ``walls`` (``on``: names; ``off``: name, what is not held, reason),
        ``feedback`` (a page of HTML, "" where none was asked for).

    Raises
    ------
    Refused
        When it cannot be graded; the message says why.
    """
    from autograder.desk.returning import feedback
    from autograder.plugins import ungraded
    from autograder.rehearsal import autograde

    if not hasattr(os, "fork"):
        raise Refused("Grading needs a Unix machine: on Windows use WSL.")
    nb = _read(path)
    lesson = _lesson(nb, path, course, lesson)
    with tempfile.TemporaryDirectory(prefix="backprop-grade-") as made:
        folder = Path(made).resolve() / "class"
        begin(course, folder, Asked(exchange=False, lessons=[lesson]))
        submitted = folder / "submitted" / STUDENT / lesson
        submitted.mkdir(parents=True)
        shutil.copyfile(path, submitted / f"{lesson}.ipynb")
        autograde(folder, [(STUDENT, lesson)])
        graded = folder / "autograded" / STUDENT / lesson / f"{lesson}.ipynb"
        if not graded.is_file():
            raise Refused(
                f"{path} could not be graded: "
                + ungraded.reason(submitted, folder / "submitted", lesson, folder)
            )
        shown = folder / "feedback" / STUDENT / lesson / f"{lesson}.html"
        for why in feedback(folder, lesson).failed.values() if page else ():
            raise Refused(f"{path} was graded, but its page could not be made: {why}")
        return {
            "lesson": lesson,
            **_points(folder, lesson, json.loads(graded.read_text(encoding="utf-8"))),
            "walls": _walls((folder / "nbgrader.log").read_text(encoding="utf-8")),
            "feedback": shown.read_text(encoding="utf-8") if page else "",
        }


def _read(path: Path) -> NotebookNode:
    try:
        return parse(path.read_bytes())
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror or problem}") from None
    except NotReadable as problem:
        raise Refused(f"{path} {problem}.") from None


def _lesson(nb: NotebookNode, path: Path, course: Path, lesson: str | None) -> str:
    """The lesson that a notebook is of: as asked for, as its metadata or its name says, or the one
    whose cells it has most of."""
    if lesson is not None:
        return one_lesson(course, lesson)
    every = [each.stem for each in lesson_files(course)]
    told = nb.metadata.get(KEY)
    named = told.get("lesson") if isinstance(told, dict) else None
    for name in (named, path.stem):
        if name in every:
            return name
    ids = _ids(nb)
    shared = {}
    for name in every:
        source = course / "source" / name / f"{name}.ipynb"
        if source.is_file():
            shared[name] = len(ids & _ids(parse(source.read_bytes())))
    best = max(shared, key=lambda name: shared[name], default=None)
    if best is None or not shared[best]:
        raise Refused(
            f"{path} is a notebook, but none of this course's lessons. If it is one all the same,"
            " name it: --lesson 4"
        )
    return best


def _ids(nb: NotebookNode) -> set[str]:
    """The names of the cells that are graded."""
    return {
        str(name)
        for cell in nb.cells
        if isinstance(told := cell.metadata.get("nbgrader"), dict)
        and told.get("grade")
        and (name := told.get("grade_id"))
    }


def _points(folder: Path, lesson: str, nb: dict[str, Any]) -> dict[str, Any]:
    """The points of a graded notebook, by exercise, and what waits for a person."""
    from nbgrader.api import Gradebook

    from autograder.plugins.directory import open_class

    directory = open_class(folder)
    told = {
        cell["metadata"]["nbgrader"]["grade_id"]: output["metadata"][KEY]
        for cell in nb["cells"]
        for output in cell.get("outputs", [])
        if KEY in output.get("metadata", {}) and cell["metadata"].get("nbgrader", {}).get("grade")
    }
    exercises, written = [], []
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        submission = gradebook.find_submission(lesson, STUDENT)
        for cell in nb["cells"]:
            if not cell["metadata"].get("nbgrader", {}).get("grade"):
                continue
            name = cell["metadata"]["nbgrader"]["grade_id"]
            grade = gradebook.find_grade(name, lesson, lesson, STUDENT)
            if cell["cell_type"] == "markdown":
                written.append({"name": name, "max_points": grade.max_score})
                continue
            judged = told.get(name, {})
            points = grade.auto_score or 0.0
            exercises.append(
                {
                    "name": judged.get("exercise", name),
                    "points": points,
                    "max_points": grade.max_score,
                    "why": judged.get("why", "") if points < grade.max_score else "",
                    "waits": bool(grade.needs_manual_grade),
                }
            )
        score = submission.score
    return {
        "score": score,
        "max_score": sum(each["max_points"] for each in exercises),
        "exercises": exercises,
        "written": written,
    }


def _walls(log: str) -> dict[str, list]:
    """Which layers of protection stood while the notebook ran, from what the kernel said."""
    on = [found.group(1) for found in ON.finditer(log)]
    off = {found.group(1): found.groups() for found in OFF.finditer(log)}
    return {
        "on": [name for name in on[-1].split(", ") if name != "none"] if on else [],
        "off": [
            {"layer": layer, "not_held": what, "reason": why} for layer, what, why in off.values()
        ],
    }


def all_right(result: dict[str, Any]) -> bool:
    """Whether no point is missing in what the grader decides."""
    return all(each["points"] >= each["max_points"] for each in result["exercises"])


def tell(result: dict[str, Any]) -> str:
    """A result in words: a line an exercise, what waits for a person, and which walls stood."""
    lines = [f"{result['lesson']}: {result['score']:g} of {result['max_score']:g} points"]
    for each in result["exercises"]:
        name = each["name"].partition(".")[2] or each["name"]
        why = f"  {each['why']}" if each["why"] else ""
        waits = "  (a person decides)" if each["waits"] else ""
        lines.append(f"  {name:<24}{each['points']:g} of {each['max_points']:g}{why}{waits}")
    if result["written"]:
        most = sum(each["max_points"] for each in result["written"])
        lines.append(
            f"  {len(result['written'])} written answers are for a person to grade ({most:g} points)"
        )
    on, off = result["walls"]["on"], result["walls"]["off"]
    lines.append(f"  walls around the notebook: {', '.join(on) or 'none'}")
    lines += [f"  not held: {each['not_held']} ({each['reason']})" for each in off]
    return "\n".join(lines)
