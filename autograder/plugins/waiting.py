"""What a person is to look at.

It is noted in the graded notebook, so that the report can say it, and kept in the gradebook.
"""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from autograder.plugins.kept import KeepHandGrades

KEY = "backprop"
NOTED, WAITS, FILE = "noted", "waits", "file"


def begin(nb: NotebookNode, file: str, noted: tuple[str, ...] = ()) -> None:
    """Forget what a student's file says here, and note what is known of the file itself.

    Parameters
    ----------
    nb
        As it was handed in.
    file
        The path of the file in the submission's folder.
    noted
        What is to be said of it.
    """
    told = nb.metadata.get(KEY)
    nb.metadata[KEY] = {
        **(told if isinstance(told, dict) else {}),
        FILE: file,
        NOTED: list(noted),
        WAITS: [],
    }


def note(nb: NotebookNode, text: str, waits: str | None = None) -> None:
    """Note something for the instructor; `waits` names a graded cell that a person decides on."""
    told = nb.metadata.setdefault(KEY, {})
    told.setdefault(NOTED, []).append(text)
    if waits:
        told.setdefault(WAITS, []).append(waits)


def noted(nb: dict) -> list[str]:
    """What is noted in a graded notebook, in words."""
    told = nb.get("metadata", {}).get(KEY, {})
    return (
        [text for text in told.get(NOTED, []) if isinstance(text, str)]
        if isinstance(told, dict)
        else []
    )


def file_of(nb: dict, proper: Path) -> Path:
    """The file that a graded notebook was made of; `proper` is where it should have been."""
    told = nb.get("metadata", {}).get(KEY, {})
    name = told.get(FILE, "") if isinstance(told, dict) else ""
    return proper.parent / name if name else proper


class SaveGrades(KeepHandGrades):
    """Save the scores and keep what a person gave; a test whose cell could not be taken apart waits
    for a person."""

    def preprocess(self, nb, resources):
        """Note which graded cells wait for a person, then save the grades."""
        told = nb.metadata.get(KEY, {})
        self._waits = set(told.get(WAITS, []))
        return super().preprocess(nb, resources)

    def _add_score(self, cell, resources):
        super()._add_score(cell, resources)
        name = cell.metadata["nbgrader"]["grade_id"]
        if name not in self._waits:
            return
        grade = self.gradebook.find_grade(
            name, self.notebook_id, self.assignment_id, self.student_id
        )
        decided = grade.manual_score is not None
        if not decided and (grade.auto_score is None or grade.auto_score < grade.max_score):
            grade.needs_manual_grade = True
            self.gradebook.db.commit()
