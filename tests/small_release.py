"""A small release made without nbgrader, and what a student does in a copy of it."""

from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.utils import compute_checksum

from course.folder.student_folder import dump
from course.making.fingerprints import mark_release

NAME = "04-small"
STUB = "def f(x):\n    '''Twice x.'''\n    # YOUR CODE HERE\n    raise NotImplementedError()"
WORK = STUB.replace(
    "    # YOUR CODE HERE\n    raise NotImplementedError()", "    y = 2 * x\n    return y"
)


def graded(make, source, name, **told):
    """A cell that nbgrader knows."""
    metadata = {
        "grade": False,
        "locked": False,
        "solution": False,
        "task": False,
        "schema_version": 3,
        "grade_id": name,
        **told,
    }
    cell = make(
        source, id=name, metadata={"nbgrader": {**metadata, "cell_type": make("").cell_type}}
    )
    cell.metadata.nbgrader.checksum = compute_checksum(cell)
    return cell


def release(*cells):
    """A release of these cells, which bears what was given."""
    nb = new_notebook(cells=list(cells))
    nb.metadata = NotebookNode(
        kernelspec={
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        backprop={"lesson": NAME},
    )
    mark_release(nb)
    return nb


def usual(
    text="# Small\n\nA text.", given="eta = 0.1", stub=STUB, check='check("a.f", f)', points=2
):
    """A release with a text, a given cell, a function to write, its check, and a written
    question."""
    return release(
        new_markdown_cell(text, id="small-1"),
        new_code_cell(given, id="small-2"),
        graded(new_code_cell, stub, "f", solution=True),
        graded(new_code_cell, check, "check-f", grade=True, locked=True, points=points),
        graded(new_markdown_cell, "Why?", "question", locked=True),
        graded(
            new_markdown_cell, "YOUR ANSWER HERE", "answer", grade=True, solution=True, points=1
        ),
    )


def put(folder: Path, nb, name=NAME):
    """Write a notebook where a lesson's lies."""
    path = folder / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dump(nb))
    return path


def cell_of(nb, name):
    """The only cell with an id."""
    (found,) = (cell for cell in nb.cells if cell.id == name)
    return found


def ran(cell, text="1.0"):
    """A code cell as a run leaves it."""
    cell.outputs, cell.execution_count = (
        [new_output("execute_result", {"text/plain": text}, execution_count=7)],
        7,
    )
