"""What a person gave stays when a submission is graded again.

nbgrader marks every score that was given by hand as waiting again, whether or not there is
something new to read. Here it waits only when the answer itself has changed since.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import SaveAutoGrades

from autograder.plugins.intake.reading import NotReadable, parse
from autograder.plugins.thrift import one_commit

Answers = dict[tuple[str, str], dict[str, str]]


def answers(nb: NotebookNode) -> dict[str, str]:
    """For each graded cell of a notebook, a fingerprint of what its points are given for.

    That is the cell itself where the student writes in it. For a test it is all code that the
    student may write.
    """
    own = [
        cell.source
        for cell in nb.cells
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("locked")
    ]
    found = {}
    for cell in nb.cells:
        told = cell.metadata.get("nbgrader", {})
        if told.get("grade") or told.get("task"):
            found[told["grade_id"]] = _digest(
                [cell.source] if told.get("solution") or told.get("task") else own
            )
    return found


def _digest(sources: list[str]) -> str:
    return hashlib.sha256(
        "\0".join(re.sub(r"\r\n?", "\n", source).strip() for source in sources).encode()
    ).hexdigest()


def graded_before(converter: Autograde) -> Answers:
    """What was graded last time, of every submission that is about to be graded: (student,
    notebook) -> `answers`.

    It is read before nbgrader deletes the graded notebooks of last time.
    """
    found: Answers = {}
    for assignment in converter.assignments:
        m = re.match(
            converter._format_source("(?P<lesson>.*)", "(?P<student>.*)", escape=True), assignment
        )
        for path in (
            Path(converter._format_dest(m["lesson"], m["student"])).glob("*.ipynb") if m else ()
        ):
            try:
                found[m["student"], path.stem] = answers(parse(path.read_bytes()))
            except (OSError, NotReadable) as problem:
                converter.log.warning(
                    "%s cannot be read, so scores given by hand will wait again: %s", path, problem
                )
    return found


class KeepHandGrades(SaveAutoGrades):
    """nbgrader's SaveAutoGrades, but a score that a person gave waits again only when its answer
    has changed."""

    def preprocess(self, nb, resources):
        """Note what each graded cell rests on, now and when it was graded last, then save the
        grades."""
        told = resources["nbgrader"]
        known = getattr(self.parent, "graded_before", {})
        self._before, self._now = known.get((told["student"], told["notebook"]), {}), answers(nb)
        self.notebook_id, self.assignment_id = told["notebook"], told["assignment"]
        self.student_id, self.db_url = told["student"], told["db_url"]
        with Gradebook(self.db_url) as self.gradebook, one_commit(self.gradebook):
            self.gradebook.find_grade = cache(self.gradebook.find_grade)
            for index, cell in enumerate(nb.cells):
                nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
        return nb, resources

    def _add_score(self, cell, resources):
        name = cell.metadata["nbgrader"]["grade_id"]
        place = (name, self.notebook_id, self.assignment_id, self.student_id)
        waited = self.gradebook.find_grade(*place).needs_manual_grade
        super()._add_score(cell, resources)
        grade = self.gradebook.find_grade(*place)
        if grade.manual_score is None or waited:
            return
        if name in self._before and self._before[name] == self._now.get(name):
            grade.needs_manual_grade = False
            self.gradebook.db.commit()
        else:
            self.log.warning(
                "%s of %s was graded by hand and its answer has changed since; it waits again",
                name,
                self.student_id,
            )
