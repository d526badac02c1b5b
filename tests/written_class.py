"""A class whose graded notebooks and grades are written down directly, with nothing executed: what
is to be found in it is known beforehand."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import NamedTuple

from nbgrader import api
from nbgrader.api import Gradebook
from traitlets.config import Config

from autograder.exercises import find_exercise
from autograder.plugins import configure
from course.making.cells import checked

ROOT = Path(__file__).resolve().parents[1]
LESSON = "04-two-two-one"
CONFIG = """from autograder.plugins import configure

c = get_config()
c.CourseDirectory.course_id = "written"
configure(c)
"""


class Got(NamedTuple):
    """What a check came to: the share of its points and, where some are missing, why."""

    share: float = 1.0
    why: str = ""


RIGHT, UNWRITTEN = Got(), Got(0.0, "Not written yet: raise NotImplementedError stands in it.")


class Student(NamedTuple):
    """One student of a written class.

    `got` says how each exercise went, right where it says nothing; None for a student who handed in
    nothing. `answers` are the points of the written answers, None while they wait; `code` is put
    into a cell of the student's own.
    """

    id: str
    got: dict[str, Got] | None = {}
    answers: tuple[float | None, ...] = (None, None)
    first_name: str = ""
    last_name: str = ""
    code: str = ""


def write_class(folder: Path, students: list[Student], lesson: str = LESSON) -> Path:
    """Write a class that has one lesson, with submissions, graded notebooks and a gradebook.

    Parameters
    ----------
    folder
        Of the class; it is made.
    students
        Who is in it.
    lesson
        Its name, among those of the repository's ``source/``.
    """
    configure(Config())  # puts the programs that nbgrader calls on the path
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    for step in ("source", "release"):
        shutil.copytree(ROOT / step / lesson, folder / step / lesson)
    name = f"{lesson}.ipynb"
    source, release = (
        json.loads((folder / step / lesson / name).read_text()) for step in ("source", "release")
    )
    cells = [cell for cell in source["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "written") as gradebook:
        gradebook.add_assignment(lesson)
        gradebook.add_notebook(lesson, lesson)
        for cell in cells:
            told = cell["metadata"]["nbgrader"]
            gradebook.add_grade_cell(
                told["grade_id"],
                lesson,
                lesson,
                max_score=told["points"],
                cell_type=cell["cell_type"],
            )
        answered = [
            cell["metadata"]["nbgrader"]["grade_id"]
            for cell in source["cells"]
            if cell["metadata"].get("nbgrader", {}).get("solution")
        ]
        for grade_id in answered:
            gradebook.add_solution_cell(grade_id, lesson, lesson)
        rows: dict[type, list[dict]] = {
            table: []
            for table in (
                api.Student,
                api.SubmittedAssignment,
                api.SubmittedNotebook,
                api.Grade,
                api.Comment,
            )
        }
        assignment = gradebook.find_assignment(lesson)
        known = {cell.name: cell.id for cell in assignment.notebooks[0].grade_cells}
        commented = [cell.id for cell in assignment.notebooks[0].solution_cells]
        ids = assignment.id, assignment.notebooks[0].id
        for number, student in enumerate(students):
            _write(folder, lesson, student, source, release)
            _rows(rows, number, student, cells, ids, known)
            rows[api.Comment] += [
                {"id": f"c{number:024}{k:07}", "notebook_id": f"n{number:031}", "cell_id": cell}
                for k, cell in enumerate(commented if student.got is not None else [])
            ]
        for table, lines in rows.items():
            gradebook.db.execute(table.__table__.insert(), lines) if lines else None
        gradebook.db.commit()
    return folder


def _got(student: Student, cell: dict) -> Got | None:
    exercise = checked("".join(cell["source"]))
    name = (exercise or "").partition(".")[2]
    return student.got.get(name, RIGHT) if exercise and student.got is not None else None


def _write(folder: Path, lesson: str, student: Student, source: dict, release: dict) -> None:
    if student.got is None:
        return
    handed_in, graded = copy.deepcopy(release), copy.deepcopy(source)
    own = {
        "cell_type": "code",
        "id": "own",
        "metadata": {},
        "source": student.code or f"# {student.id}",
        "outputs": [],
        "execution_count": None,
    }
    given = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["source"]
        for cell in release["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }
    above: list[dict] = []
    for cell in graded["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in given:
            above.append(cell)
        if (got := _got(student, cell)) is None or not cell["metadata"]["nbgrader"].get("grade"):
            continue
        points = round(got.share * cell["metadata"]["nbgrader"]["points"], 2)
        if got.why == UNWRITTEN.why:
            for own_code in above:
                own_code["source"] = given[own_code["metadata"]["nbgrader"]["grade_id"]]
        above = []
        told = {"exercise": checked("".join(cell["source"])), "score": got.share, "why": got.why}
        cell["outputs"] = [
            {
                "output_type": "execute_result",
                "data": {"text/plain": str(points)},
                "metadata": {"backprop": {"seed": 1, **told}},
                "execution_count": None,
            }
        ]
    for step, nb in (("submitted", handed_in), ("autograded", graded)):
        nb["cells"].append(own)
        place = folder / step / student.id / lesson
        place.mkdir(parents=True)
        (place / f"{lesson}.ipynb").write_text(json.dumps(nb), encoding="utf-8")


def _rows(rows: dict, number: int, student: Student, cells: list, ids: tuple, known: dict) -> None:
    names = {"first_name": student.first_name or None, "last_name": student.last_name or None}
    rows[api.Student].append({"id": student.id, "email": None, **names})
    if student.got is None:
        return
    submitted, notebook = f"a{number:031}", f"n{number:031}"
    rows[api.SubmittedAssignment].append(
        {"id": submitted, "assignment_id": ids[0], "student_id": student.id}
    )
    rows[api.SubmittedNotebook].append(
        {
            "id": notebook,
            "assignment_id": submitted,
            "notebook_id": ids[1],
            "late_submission_penalty": None,
        }
    )
    answers = iter(student.answers)
    for k, cell in enumerate(cells):
        told, got = cell["metadata"]["nbgrader"], _got(student, cell)
        given = next(answers) if got is None else None
        rows[api.Grade].append(
            {
                "id": f"g{number:024}{k:07}",
                "notebook_id": notebook,
                "cell_id": known[told["grade_id"]],
                "auto_score": round(got.share * told["points"], 2) if got else None,
                "manual_score": given,
                "needs_manual_grade": got is None and given is None,
            }
        )


def slips_of(exercise: str) -> list[str]:
    """The names of an exercise's misconceptions."""
    return [slip.name for slip in find_exercise(exercise).misconceptions]
