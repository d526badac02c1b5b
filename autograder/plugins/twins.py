"""Of several cells of one name, the one that was worked in counts."""

from __future__ import annotations

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.plugins.released import Given, bare, given_cells
from autograder.plugins.waiting import note


def name_of(cell: NotebookNode) -> str:
    """The name of a graded or locked cell; empty for any other."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


class ChooseTwins(NbGraderPreprocessor):
    """Of several cells of one name, the last one that was written in counts.

    nbgrader's DeduplicateIds keeps the last whatever is in it. The others become ordinary cells; an
    untouched copy of a cell that was written in goes: run after it, it would undo the work.
    """

    def preprocess(self, nb, resources):
        """Of several cells of one name keep the last that was written in; the others become
        ordinary cells."""
        given = {known.name: known for known in given_cells(resources, self.parent)}
        twins: dict[str, list[NotebookNode]] = {}
        for cell in nb.cells:
            twins.setdefault(name_of(cell), []).append(cell)
        for name, cells in twins.items():
            known = given.get(name)
            if known is None or not known.told["solution"]:
                self._keep(cells[-1], cells if name else [])
                continue
            written = [cell for cell in cells if not known.is_untouched(cell.source)]
            self._keep(written[-1] if written else cells[-1], cells)
            if written:
                gone = {id(cell) for cell in nb.cells if _is_copy(cell, known, cells)}
                nb.cells = [cell for cell in nb.cells if id(cell) not in gone] if gone else nb.cells
            if known.written and len(written) > 1:
                note(
                    nb,
                    f"{name}: {len(written)} cells hold an answer; the last one stands to be"
                    " graded, the others beside it",
                )
        return nb, resources

    def _keep(self, chosen: NotebookNode, cells: list[NotebookNode]) -> None:
        for cell in cells:
            if cell is not chosen:
                self.log.warning(
                    "The cell %s is there more than once; one copy is an ordinary cell",
                    name_of(cell),
                )
                cell.metadata.pop("nbgrader", None)


def _is_copy(cell: NotebookNode, known: Given, cells: list[NotebookNode]) -> bool:
    """Whether a cell is an untouched copy, of the type that was given, of one that was written
    in."""
    if name_of(cell) or not known.is_untouched(cell.source):
        return False
    return (
        any(cell is one for one in cells)
        or known.cell_type == "code" == cell.cell_type
        and len(bare(known.shown)) > 1
    )
