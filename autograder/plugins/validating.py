"""nbgrader's Validate, which begins with how the lesson stands and calls written questions by their
titles.

`backprop lab` puts it in the place of nbgrader's own; a server that is started otherwise may load
this module as an extension. Without it Validate is nbgrader's, and works.
"""

from __future__ import annotations

from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.validator import Validator

from autograder.notebook.ending import headline
from autograder.notebook.found import told_by_outputs, written_questions


class LessonValidator(Validator):
    """nbgrader's Validator; where something is missing, its first entry says how much is right."""

    def validate(self, filename: str) -> dict[str, list[dict[str, str]]]:
        """Run the notebook and say what is missing, as nbgrader does.

        Parameters
        ----------
        filename
            The notebook's path.

        Returns
        -------
        dict
            nbgrader's, with one more entry before the failed ones.
        """
        self._said, self._titles = "", {}
        results = super().validate(filename)
        if results.get("failed") and self._said:
            results["failed"].insert(
                0, {"source": "How the lesson stands", "error": self._said, "raw_error": self._said}
            )
        return results

    def _get_failed_cells(self, nb: NotebookNode) -> list[NotebookNode]:
        questions = written_questions(nb.cells)
        checks = [cell for cell in nb.cells if cell.cell_type == "code" and utils.is_grade(cell)]
        self._titles = {id(cell): title for title, _, cell in questions}
        if checks:
            missing = [title for title, there, _ in questions if not there]
            self._said = headline(
                [(_score(cell), float(cell.metadata.nbgrader["points"])) for cell in checks]
            )
            self._said += "".join(f"\nNo answer yet: {title}" for title in missing)
        return super()._get_failed_cells(nb)

    def _extract_error(self, cell: NotebookNode) -> str:
        said, title = super()._extract_error(cell), self._titles.get(id(cell))
        return f"{title}: {said}" if title else said


def _score(cell: NotebookNode) -> float:
    """The share of a test cell's points: as its verdict says, else as nbgrader reads it (an
    instructor's own test)."""
    told = [one["score"] for one in told_by_outputs([cell]).values()]
    points, most = utils.determine_grade(cell)
    return float(told[-1]) if told else points / most if most else 0.0


def take_place() -> None:
    """Let the Validate button of a server that runs in this process use `LessonValidator`."""
    from nbgrader.server_extensions.validate_assignment import handlers

    handlers.Validator = LessonValidator


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:
    take_place()
