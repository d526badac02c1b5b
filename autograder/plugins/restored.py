"""Locked cells of a submission are put back as they were released: edited ones, and deleted ones too."""

from __future__ import annotations

from typing import NamedTuple

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import OverwriteCells


LOST_ANSWER = "*This answer cell was missing from the submission and was put back. The answer may stand in another cell.*"


class RestoreCells(OverwriteCells):
    """nbgrader's OverwriteCells, which also puts back locked cells that were deleted.

    nbgrader can add missing cells by itself, but fails the whole submission when the cell before a missing one is
    missing too, or when a cell was duplicated. Here a missing cell goes after the nearest cell before it that is still
    there. A test cell whose solution is missing as well goes to the end: the work may stand in a cell of the student's own.
    So may a written answer; the cell that is put back for it says so, and waits to be graded by hand.

    A cell that lost its metadata (some programs drop them) is recognised by its id, which is the name of the graded cell.
    """

    def preprocess(self, nb, resources):
        for cell in nb.cells:  # a duplicate that lost its id is an ordinary cell
            if not cell.metadata.get("nbgrader", {"grade_id": ""}).get("grade_id", ""):
                cell.metadata.pop("nbgrader", None)
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(resources["nbgrader"]["notebook"], resources["nbgrader"]["assignment"])
            points = {cell.name: cell.max_score for cell in notebook.grade_cells}
            answers = {cell.name for cell in notebook.solution_cells}
            source = [_Source(c.name, c.cell_type, c.source, _told(c, points.get(c.name), c.name in answers)) for c in notebook.source_cells]
        self._recognise(nb, source)
        nb, resources = super().preprocess(nb, resources)
        self._restore(nb, source)
        return nb, resources

    def _recognise(self, nb: NotebookNode, source: list[_Source]) -> None:
        present = {cell.metadata["nbgrader"]["grade_id"] for cell in nb.cells if "nbgrader" in cell.metadata}
        lost = {(known.name[:64], known.cell_type): known for known in source if known.name not in present}
        for cell in nb.cells:
            known = lost.pop((cell.get("id"), cell.cell_type), None) if "nbgrader" not in cell.metadata else None
            if known:
                self.log.warning("The cell %s had lost its metadata; it was recognised by its id", known.name)
                cell.metadata["nbgrader"] = dict(known.told)

    def _restore(self, nb: NotebookNode, source: list[_Source]) -> None:
        for position, known in enumerate(source):
            present = {c.metadata["nbgrader"]["grade_id"]: i for i, c in enumerate(nb.cells) if c.metadata.get("nbgrader", {}).get("grade_id")}
            if known.name in present or not (known.told["locked"] or known.told["grade"]):
                continue
            before = [present[s.name] for s in source[:position] if s.name in present]
            if known.told["grade"] and known.told["locked"] and not _tested(source[:position]) <= present.keys():
                at = len(nb.cells)
            else:
                at = max(before) + 1 if before else 0
            self.log.warning("The cell %s was missing from the submission; it was put back", known.name)
            make = new_code_cell if known.cell_type == "code" else new_markdown_cell
            text = f"{LOST_ANSWER}\n\n{known.text}" if known.told["grade"] and known.told["solution"] else known.text
            nb.cells.insert(at, make(text, id=f"{known.name}-again"[:64], metadata={"nbgrader": dict(known.told)}))


def _tested(source: list[_Source]) -> set[str]:
    """The names of the solution cells between the last test cell and the end of `source`: what a test here would test."""
    names: set[str] = set()
    for known in reversed(source):
        if known.told["grade"]:
            break
        if known.told["solution"]:
            names.add(known.name)
    return names


class _Source(NamedTuple):
    """A graded or locked cell as the release had it; `told` is its nbgrader metadata."""

    name: str
    cell_type: str
    text: str
    told: dict


def _told(source, points: float | None, is_answer: bool) -> dict:
    told = {
        "grade": points is not None, "grade_id": source.name, "locked": source.locked, "solution": is_answer, "task": False,
        "schema_version": 3, "checksum": source.checksum, "cell_type": source.cell_type,
    }
    return told if points is None else {**told, "points": points}
