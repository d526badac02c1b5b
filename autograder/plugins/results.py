"""What a class has in the gradebook, read at once, and what each graded cell of a notebook came to.

nbgrader's own objects ask the database again for every student, notebook and cell; a report on two
thousand submissions cannot wait for that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from multiprocessing import get_all_start_methods, get_context
from os import cpu_count
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from nbgrader import api
from nbgrader.api import Gradebook
from sqlalchemy import func, select

from course.making.cells import checked

KEY = "backprop"
FEW = 40
_T, _R = TypeVar("_T"), TypeVar("_R")


class Graded(NamedTuple):
    """A cell's grade as it stands in the gradebook; None where nothing was given."""

    name: str
    kind: str
    auto_score: float | None
    manual_score: float | None
    extra_credit: float | None
    needs_manual_grade: bool
    max_score: float

    @property
    def score(self) -> float:
        """The points that count: a person's before the judge's, and extra ones on top."""
        given = self.auto_score if self.manual_score is None else self.manual_score
        return 0.0 if given is None else given + (self.extra_credit or 0.0)

    @property
    def settled(self) -> bool:
        """Whether a person gave the points."""
        return self.manual_score is not None and not self.needs_manual_grade


class Kept(NamedTuple):
    """One submission in the gradebook: what is taken off for being late, and notebook -> cell ->
    grade."""

    penalty: float
    notebooks: dict[str, dict[str, Graded]]

    @property
    def score(self) -> float:
        """The points, without what is taken off."""
        return sum(grade.score for cells in self.notebooks.values() for grade in cells.values())


class Result(NamedTuple):
    """What one graded cell came to.

    `exercise` is empty for a cell that asks nothing of ours; `share` is None while a person has
    still to give the points; `by_hand` says that a person gave them. `touched` is False where the
    code above a check is as it was given out.
    """

    name: str
    exercise: str
    share: float | None
    most: float
    why: str
    by_hand: bool
    notebook: str = ""
    touched: bool = True


def kept(gradebook: Gradebook, lesson: str) -> dict[str, Kept]:
    """Student -> what the gradebook holds of a submission.

    Parameters
    ----------
    gradebook
        Open.
    lesson
        Its name.
    """
    submitted, notebook, cell = api.SubmittedAssignment, api.SubmittedNotebook, api.BaseCell
    checks, tasks = api.GradeCell.__table__, api.TaskCell.__table__
    of_lesson = select(submitted.id, submitted.student_id, submitted.late_submission_penalty).join(
        api.Assignment, submitted.assignment_id == api.Assignment.id
    )
    found, of = {}, {}
    for key, student, penalty in gradebook.db.execute(
        of_lesson.where(api.Assignment.name == lesson)
    ):
        found[student] = of[key] = Kept(penalty or 0.0, {})
    grades = (
        select(
            notebook.assignment_id,
            api.Notebook.name,
            cell.__table__.c.name,
            func.coalesce(checks.c.cell_type, tasks.c.cell_type),
            api.Grade.auto_score,
            api.Grade.manual_score,
            api.Grade.extra_credit,
            api.Grade.needs_manual_grade,
            func.coalesce(checks.c.max_score, tasks.c.max_score),
        )
        .select_from(api.Grade.__table__)
        .join(notebook.__table__, api.Grade.notebook_id == notebook.id)
        .join(submitted.__table__, notebook.assignment_id == submitted.id)
        .join(api.Assignment.__table__, submitted.assignment_id == api.Assignment.id)
        .join(api.Notebook.__table__, notebook.notebook_id == api.Notebook.id)
        .join(cell.__table__, api.Grade.cell_id == cell.__table__.c.id)
        .outerjoin(checks, checks.c.id == cell.__table__.c.id)
        .outerjoin(tasks, tasks.c.id == cell.__table__.c.id)
        .where(api.Assignment.name == lesson)
    )
    for key, name, *told in gradebook.db.execute(grades):
        grade = Graded(*told)
        of[key].notebooks.setdefault(name, {})[grade.name] = grade
    return found


def load(path: Path) -> dict[str, Any]:
    """A graded notebook, as plain data. nbgrader wrote it: it is taken as it is.

    Raises
    ------
    ValueError
        When it is no notebook, as where the writing of it was cut short.
    """
    nb = json.loads(path.read_bytes())
    cells = nb.get("cells") if isinstance(nb, dict) else None
    if not isinstance(cells, list) or not all(
        isinstance(cell, dict) and {"metadata", "source"} <= set(cell) for cell in cells
    ):
        raise ValueError("no notebook")
    return nb


def told_of(cell: dict[str, Any]) -> dict[str, Any]:
    """What the judge noted in a check's result; empty for every other cell, whose outputs are the
    student's."""
    graded = cell["metadata"].get("nbgrader", {})
    if not (graded.get("grade") and graded.get("locked") and checked("".join(cell["source"]))):
        return {}
    for output in cell.get("outputs", []):
        if told := output.get("metadata", {}).get(KEY):
            return told
    return {}


def results(
    nb: dict[str, Any],
    grades: Mapping[str, Graded],
    notebook: str = "",
    given: Mapping[str, str] = MappingProxyType({}),
) -> list[Result]:
    """What each graded cell of a notebook came to, in its order.

    Parameters
    ----------
    nb
        As it was graded.
    grades
        Cell -> grade, from the gradebook.
    notebook
        Its name, where a lesson has several.
    given
        Solution cell -> its text as it was given out, where that is known.
    """
    found, above = [], []
    for cell in nb["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("solution") and not about.get("grade"):
            text = given.get(about.get("grade_id"))
            above.append(text is None or "".join(cell["source"]).strip() != text)
        grade = grades.get(about.get("grade_id"))
        if grade is None:
            continue
        told = told_of(cell)
        share: float | None = grade.score / grade.max_score if grade.max_score else 1.0
        if grade.needs_manual_grade:
            share = None
        elif told and not grade.settled:
            share = told["score"]  # the points in the gradebook are rounded
        found.append(
            Result(
                grade.name.removeprefix("check-"),
                told.get("exercise", ""),
                share,
                grade.max_score,
                "" if grade.settled else told.get("why", ""),
                grade.settled,
                notebook,
                any(above) or not above,
            )
        )
        above = []
    return found


def side_by_side(work: Callable[[_T], _R], items: Iterable[_T]) -> list[_R]:
    """``[work(item) for item in items]``, by as many processes as there are processors where it
    pays and the machine can fork."""
    items = list(items)
    workers = min(cpu_count() or 1, len(items) // FEW)
    if workers < 2 or "fork" not in get_all_start_methods():
        return [work(item) for item in items]
    global _work
    _work = work  # a function that is made here cannot be sent; the forked processes have it
    with get_context("fork").Pool(workers) as pool:
        return pool.map(_call, items, chunksize=max(1, min(50, len(items) // (4 * workers))))


_work: Callable[[Any], Any]


def _call(item: Any) -> Any:
    return _work(item)
