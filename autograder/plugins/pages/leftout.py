"""Demonstrations of a lesson that are left out when a submission is graded: a quiet word instead of
an error.

Gradient checks and pictures need helpers of the course that are not there while a submission is
graded. Their cells carry no points, and an error in them would look like one of the student's.
"""

from __future__ import annotations

import ast

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils

from autograder.plugins.pages.outputs import PagePreprocessor

ABSENT = "is not there while a submission is graded"
SAID = (
    "Left out when a submission is graded; in your own notebook this cell runs. It carries no"
    " points."
)


class LeaveOut(PagePreprocessor):
    """Replace the errors of cells that fail only because a helper of the course is absent; answers
    and tests keep theirs."""

    def preprocess(self, nb, resources):
        """Say in one line that a cell could not run, where that is for a name that a failed cell
        would have made."""
        lost: set[str] = set()
        for cell in nb.cells:
            if cell.cell_type != "code" or utils.is_solution(cell) or utils.is_grade(cell):
                continue
            failed = [o for o in cell.get("outputs", []) if o.output_type == "error"]
            if failed and all(_absent(output, lost) for output in failed):
                lost |= _defined(cell.source)
                kept = [o for o in cell.outputs if o.output_type != "error"]
                cell.outputs = [*kept, new_output("stream", name="stdout", text=SAID)]
        return nb, resources


def _absent(error: NotebookNode, lost: set[str]) -> bool:
    """Whether an error says that a helper is absent, or that a name is missing that a cell left out
    would have defined."""
    if error.ename in ("ImportError", "ModuleNotFoundError"):
        return ABSENT in error.evalue
    return error.ename == "NameError" and any(f"'{name}'" in error.evalue for name in lost)


def _defined(source: str) -> set[str]:
    """The names that a cell defines at its top level, and the functions in it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return functions | {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
