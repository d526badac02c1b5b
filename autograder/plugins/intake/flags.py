"""What a cell is worth, and whether it is a test, is read in the gradebook and not in the
submission."""

from __future__ import annotations

from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor


class TrueFlags(NbGraderPreprocessor):
    """Give every graded cell of a submission the nbgrader metadata that it was released with.

    A student may have edited points or flags. A cell that was pasted from another lesson carries
    that lesson's; nbgrader would not grade the submission at all because of it. Here it becomes an
    ordinary cell.
    """

    def preprocess(self, nb, resources):
        """Give every cell the points and flags that the gradebook has for it; a cell of another
        lesson becomes an ordinary one."""
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(
                resources["nbgrader"]["notebook"], resources["nbgrader"]["assignment"]
            )
            points = {
                cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)
            }
            graded, tasks = (
                {cell.name for cell in notebook.grade_cells},
                {cell.name for cell in notebook.task_cells},
            )
            answers, known = (
                {cell.name for cell in notebook.solution_cells},
                {cell.name: cell.locked for cell in notebook.source_cells},
            )
        for cell in nb.cells:
            told = cell.metadata.get("nbgrader", {})
            name = told.get("grade_id", "")
            if name and name not in known:
                self.log.warning("The cell %s is none of this lesson; it is an ordinary cell", name)
                del cell.metadata["nbgrader"]
            elif name:
                true = {
                    "grade": name in graded,
                    "solution": name in answers,
                    "task": name in tasks,
                    "locked": known[name],
                }
                true |= {"points": points[name]} if name in points else {}
                changed = [flag for flag, value in true.items() if told.get(flag) != value]
                if changed:
                    self.log.warning(
                        "The cell %s had its %s edited; put back", name, ", ".join(changed)
                    )
                if name not in points:
                    told.pop("points", None)
                told.update(true)
        return nb, resources
