"""What a student does with a released notebook: fill in, leave out, break, rename."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

Edit = Callable[[NotebookNode, NotebookNode], object]


def cell(nb: NotebookNode, grade_id: str) -> NotebookNode:
    """A graded cell by its id."""
    return next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def ids(nb: NotebookNode, **wanted: bool) -> list[str]:
    """The ids of cells with these nbgrader flags."""
    found = []
    for c in nb.cells:
        told = c.metadata.get("nbgrader", {})
        if told and all(bool(told.get(key)) == value for key, value in wanted.items()):
            found.append(told["grade_id"])
    return found


def solve(*only: str) -> Edit:
    """Fill in the solution of the source notebook, everywhere or in the cells named."""

    def edit(nb: NotebookNode, source: NotebookNode) -> None:
        for grade_id in only or ids(nb, solution=True):
            cell(nb, grade_id).source = cell(source, grade_id).source

    return edit


def then(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(nb: NotebookNode, source: NotebookNode) -> None:
        for one in edits:
            one(nb, source)

    return edit


def write(**answers: str) -> Edit:
    """Write code into solution cells."""

    def edit(nb: NotebookNode, source: NotebookNode) -> None:
        for grade_id, code in answers.items():
            cell(nb, grade_id).source = code.strip("\n")

    return edit


def mend(grade_id: str, right: str, wrong: str) -> Edit:
    """Take the solution and make one mistake in it."""

    def edit(nb: NotebookNode, source: NotebookNode) -> None:
        text = cell(source, grade_id).source
        if right not in text:
            raise ValueError(f"{grade_id}: the solution holds no {right!r} to get wrong")
        cell(nb, grade_id).source = text.replace(right, wrong)

    return edit


def nothing(nb: NotebookNode, source: NotebookNode) -> None:
    """Hand in the notebook as it was released."""


def delete(grade_id: str) -> Edit:
    """Delete a graded cell."""

    def edit(nb: NotebookNode, source: NotebookNode) -> None:
        nb.cells.remove(cell(nb, grade_id))

    return edit


def duplicate(grade_id: str) -> Edit:
    """Copy a graded cell below itself, nbgrader's id included."""

    def edit(nb: NotebookNode, source: NotebookNode) -> None:
        original = cell(nb, grade_id)
        twin = copy.deepcopy(original)
        twin["id"] = original["id"] + "-copy"
        nb.cells.insert(nb.cells.index(original) + 1, twin)

    return edit


def replace_test(grade_id: str, code: str) -> Edit:
    """Write other code into a locked test cell."""

    def edit(nb: NotebookNode, source: NotebookNode) -> None:
        cell(nb, grade_id).source = code

    return edit


def insert_first(code: str) -> Edit:
    """Put a code cell of one's own before all others."""

    def edit(nb: NotebookNode, source: NotebookNode) -> None:
        nb.cells.insert(0, new_code_cell(code, id="my-own-cell"))

    return edit


def rename(folder: Path) -> None:
    """The browser saved it under another name."""
    for path in folder.glob("*.ipynb"):
        path.rename(path.with_name(f"{path.stem} (1).ipynb"))


def no_notebook(folder: Path) -> None:
    """Half an upload."""
    for path in folder.glob("*.ipynb"):
        path.write_text(path.read_text(encoding="utf-8")[:2000], encoding="utf-8")
