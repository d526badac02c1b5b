"""Locked cells of a submission are put back as they were released: edited ones, and deleted ones too."""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import OverwriteCells


class RestoreCells(OverwriteCells):
    """nbgrader's OverwriteCells, which also puts back locked cells that were deleted.

    nbgrader can add missing cells by itself, but fails the whole submission when the cell before a missing one is
    missing too, or when a cell was duplicated. Here a missing cell goes after the nearest cell before it that is still
    there; a test cell with none before it goes to the end, so that it runs after the student's work.
    """

    def preprocess(self, nb, resources):
        for cell in nb.cells:  # a duplicate that lost its id is an ordinary cell
            if not cell.metadata.get("nbgrader", {"grade_id": ""}).get("grade_id", ""):
                cell.metadata.pop("nbgrader", None)
        nb, resources = super().preprocess(nb, resources)
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(resources["nbgrader"]["notebook"], resources["nbgrader"]["assignment"])
            graded = {cell.name: cell.max_score for cell in notebook.grade_cells}
            answers = {cell.name for cell in notebook.solution_cells}
            self._restore(nb, list(notebook.source_cells), graded, answers)
        return nb, resources

    def _restore(self, nb: NotebookNode, source_cells: list, graded: dict, answers: set) -> None:
        for position, source in enumerate(source_cells):
            present = {c.metadata["nbgrader"]["grade_id"]: i for i, c in enumerate(nb.cells) if "nbgrader" in c.metadata}
            if source.name in present or not (source.locked or source.name in graded):
                continue
            before = [present[s.name] for s in source_cells[:position] if s.name in present]
            at = max(before) + 1 if before else len(nb.cells) if source.name in graded else 0
            self.log.warning("The cell %s was missing from the submission; it was put back", source.name)
            nb.cells.insert(at, _made_again(source, graded.get(source.name), source.name in answers))


def _made_again(source, points: float | None, is_answer: bool) -> NotebookNode:
    """A cell as the release had it."""
    told = {
        "grade": points is not None, "grade_id": source.name, "locked": source.locked, "solution": is_answer, "task": False,
        "schema_version": 3, "checksum": source.checksum, "cell_type": source.cell_type,
    }
    if points is not None:
        told["points"] = points
    make = new_code_cell if source.cell_type == "code" else new_markdown_cell
    return make(source.source, id=f"{source.name}-again"[:64], metadata={"nbgrader": told})
