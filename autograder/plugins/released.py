"""What students were given: every graded or locked cell of a lesson, and the text of all others."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from nbgrader.utils import compute_checksum

from autograder.plugins.intake.reading import NotReadable, parse

GIVEN = "backprop-given"


class Given(NamedTuple):
    """A graded or locked cell as the release had it.

    `text` is what the gradebook keeps, hidden tests and all; `shown` is what students saw; `told`
    is the nbgrader metadata.
    """

    name: str
    cell_type: str
    text: str
    shown: str
    told: dict

    @property
    def locked(self) -> bool:
        """Whether the student was not to write in it."""
        return self.told["locked"]

    @property
    def written(self) -> bool:
        """Whether it is an answer that a person grades."""
        return self.told["grade"] and self.told["solution"]

    def is_untouched(self, text: str) -> bool:
        """Whether a text is this cell's as it was given, but for blanks and empty lines."""
        return bare(text) == bare(self.shown)


@lru_cache(maxsize=2048)  # a class hands in the same texts over and over
def bare(text: str) -> str:
    """A text without empty lines and without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def is_a_release(cell: NotebookNode) -> bool:
    """Whether the checksum that nbgrader wrote into a cell when it was released is that of the
    cell: then it is as it was given out, now or earlier."""
    plain = NotebookNode({**cell, "source": re.sub(r"\r\n?", "\n", cell.source)})
    return cell.metadata["nbgrader"].get("checksum") == compute_checksum(plain)


def given_cells(resources: dict, parent=None) -> list[Given]:
    """The graded and locked cells of the notebook that is converted, in their order.

    Parameters
    ----------
    resources
        nbgrader's, with the names of notebook and assignment and the gradebook's address.
    parent
        Whose configuration says how hidden tests and mark schemes are marked.
    """
    if GIVEN in resources:  # read for an earlier preprocessor of this run
        return resources[GIVEN]
    told = resources["nbgrader"]
    with Gradebook(told["db_url"]) as gradebook:
        notebook = gradebook.find_notebook(told["notebook"], told["assignment"])
        points = {
            cell.name: cell.max_score for cell in (*notebook.grade_cells, *notebook.task_cells)
        }
        graded, answers = (
            {cell.name for cell in notebook.grade_cells},
            {cell.name for cell in notebook.solution_cells},
        )
        tasks = {cell.name for cell in notebook.task_cells}
        cells = [
            (c.name, c.cell_type, c.source, c.locked, c.checksum) for c in notebook.source_cells
        ]
    hides = ClearHiddenTests(parent=parent), ClearMarkScheme(parent=parent)
    found = []
    for name, kind, text, locked, checksum in cells:
        told = {
            "grade": name in graded,
            "grade_id": name,
            "locked": locked,
            "solution": name in answers,
            "task": name in tasks,
            "schema_version": 3,
            "checksum": checksum,
            "cell_type": kind,
            **({"points": points[name]} if name in points else {}),
        }
        found.append(Given(name, kind, text, _shown(text, *hides), told))
    resources[GIVEN] = found
    return found


def _shown(text: str, tests: ClearHiddenTests, schemes: ClearMarkScheme) -> str:
    cell = NotebookNode(cell_type="code", source=text, metadata={})
    tests._remove_hidden_test_region(cell)
    schemes._remove_mark_scheme_region(cell)
    return cell.source


def other_texts(parent, lesson: str, notebook: str) -> frozenset[str]:
    """The texts of a notebook's cells that are neither graded nor locked, as `bare` has them.

    None when they are not known.

    Parameters
    ----------
    parent
        What nbgrader made the preprocessor for: its converter knows the folders of the course.
    lesson, notebook
        The assignment, and which of its notebooks.
    """
    for path in _paths(coursedir_of(parent), lesson, notebook):
        try:
            info = path.stat()
            return _others(path, info.st_mtime_ns, info.st_size)
        except (OSError, NotReadable):
            continue
    return frozenset()


@lru_cache(maxsize=32)
def _others(path: Path, changed: int, size: int) -> frozenset[str]:
    """The texts of a file as it is now: `changed` and `size` are the file's."""
    cells = _notebook(path, changed, size).cells
    return frozenset(bare(cell.source) for cell in cells if "nbgrader" not in cell.metadata)


def coursedir_of(parent):
    """nbgrader's course directory, from any part of a converter; None when there is none."""
    while parent is not None and getattr(parent, "coursedir", None) is None:
        parent = parent.parent
    return getattr(parent, "coursedir", None)


def released(coursedir, lesson: str) -> NotebookNode | None:
    """The notebook that was given out, or the one it was made of; None when neither is here.

    It is read once for all submissions, so nobody may change it.
    """
    for path in _paths(coursedir, lesson, lesson):
        try:
            info = path.stat()
            return _notebook(path, info.st_mtime_ns, info.st_size)
        except (OSError, NotReadable):
            continue
    return None


@lru_cache(maxsize=4)
def _notebook(path: Path, changed: int, size: int) -> NotebookNode:
    """The notebook of a file as it is now: `changed` and `size` are the file's."""
    return parse(path.read_bytes())


def _paths(coursedir, lesson: str, notebook: str) -> list[Path]:
    """Where a notebook of a lesson lies as it was given out, and as it was made."""
    folders = (coursedir.release_directory, coursedir.source_directory) if coursedir else ()
    return [
        Path(coursedir.format_path(folder, ".", lesson)) / f"{notebook}.ipynb" for folder in folders
    ]
