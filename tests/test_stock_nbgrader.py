"""Plain nbgrader, with nothing of ours configured: tags for "Run All" change no score and no word
of it."""

import os

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader import utils
from nbgrader.preprocessors import Execute
from nbgrader.validator import Validator

SETUP = "import numpy as np\nfrom autograder import check, hint, summary"
WORK = {
    "right": "def divergence(y, d):\n    return 0.5 * np.sum((y - d) ** 2)",
    "wrong": "def forward(x, W1, W2):\n    return {'z1': 7, 'y1': 7, 'z2': 7, 'y2': 7}",
    "unwritten": (
        "def update(W1, W2, gradients, eta):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    ),
}
CHECKS = {"right": ("divergence", 1), "wrong": ("forward", 3), "unwritten": ("update", 2)}
pytestmark = pytest.mark.timeout(240)


def graded(grade_id, points=None):
    told = {"grade": points is not None, "locked": points is not None, "solution": points is None, "grade_id": grade_id,
            "schema_version": 3, "task": False, "cell_type": "code"}  # fmt: skip
    return told if points is None else {**told, "points": points}


def submission(tagged):
    tags = {"tags": ["raises-exception"]} if tagged else {}
    cells = [new_code_cell(SETUP)]
    for kind, (name, points) in CHECKS.items():
        cells.append(new_code_cell(WORK[kind], metadata={"nbgrader": graded(name), **tags}))
        cells.append(
            new_code_cell(
                f'check("two_two_one.{name}", {name})',
                metadata={"nbgrader": graded(f"check-{name}", points), **tags},
            )
        )
    cells.append(new_code_cell('summary("two_two_one")', metadata=tags))
    nb = new_notebook(cells=cells)
    for cell in nb.cells:
        if "nbgrader" in cell.metadata and cell.metadata.nbgrader["locked"]:
            cell.metadata.nbgrader["checksum"] = utils.compute_checksum(cell)
    return nb


def plain_scores(nb, folder):
    """The points that plain nbgrader reads off each test cell once it has run the notebook, and the
    errors it shows."""
    with utils.setenv(NBGRADER_EXECUTION="autograde"), utils.chdir(str(folder)):
        nb, _ = Execute().preprocess(nb, {"metadata": {"path": str(folder)}})
    cells = [cell for cell in nb.cells if utils.is_grade(cell)]
    return [utils.determine_grade(cell) for cell in cells], [
        o.ename for c in nb.cells for o in c.get("outputs", []) if o.output_type == "error"
    ]


def plain_validation(nb, folder):
    path = folder / "work.ipynb"
    nbformat.write(nb, path)
    return [(one["source"], one["raw_error"]) for one in Validator().validate(str(path))["failed"]]


def test_scores_and_messages_are_those_of_an_untagged_notebook(tmp_path):
    tagged, untagged = (plain_scores(submission(tags), tmp_path) for tags in (True, False))
    assert tagged == untagged == ([(1, 1), (0, 3), (0, 2)], ["NotYetRight", "NotYetRight"])
    tagged, untagged = (plain_validation(submission(tags), tmp_path) for tags in (True, False))
    assert [source for source, _ in tagged] == [
        'check("two_two_one.forward", forward)',
        'check("two_two_one.update", update)',
    ]
    assert [error.splitlines()[0] for _, error in tagged] == [
        error.splitlines()[0] for _, error in untagged
    ]
    assert "Not written yet" in tagged[1][1] and "Traceback" not in tagged[0][1]
    assert sorted(os.listdir(tmp_path)) == ["work.ipynb"]


def test_our_validate_begins_with_how_the_lesson_stands_and_names_written_questions(tmp_path):
    from autograder.plugins import validating

    nb = submission(tagged=True)
    nb.cells.append(
        new_code_cell(
            'check("two_two_one.backward", backward)',
            metadata={"nbgrader": graded("check-backward", 5)},
        )
    )
    nb.cells += [nbformat.v4.new_markdown_cell("### Why?"),
                 nbformat.v4.new_markdown_cell("YOUR ANSWER HERE", metadata={"nbgrader": {**graded("answer", 2), "locked": False,
                                               "solution": True, "cell_type": "markdown"}})]  # fmt: skip
    nb.cells[-1].metadata.nbgrader["checksum"] = utils.compute_checksum(nb.cells[-1])
    path = tmp_path / "work.ipynb"
    nbformat.write(nb, path)
    first, *others = validating.LessonValidator().validate(str(path))["failed"]
    assert first["raw_error"].splitlines() == [
        "1 of 4 right, 1 of 11 points",
        "No answer yet: Why?",
    ]
    assert [one["source"] for one in others] == [
        'check("two_two_one.forward", forward)',
        'check("two_two_one.update", update)',
        'check("two_two_one.backward", backward)',
        "YOUR ANSWER HERE",
    ]
    assert others[-1]["raw_error"] == "Why?: You did not provide a response."


def test_the_lab_puts_our_validate_in_place(monkeypatch):
    from nbgrader.server_extensions.validate_assignment import handlers

    from autograder.plugins import validating

    monkeypatch.setattr(handlers, "Validator", Validator)
    validating.take_place()
    assert handlers.Validator is validating.LessonValidator
