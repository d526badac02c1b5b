"""A small course of one lesson, for tests of what becomes of a submission: its text in pieces, and
a folder to grade in."""

import os
import subprocess
import sys

import nbformat

from autograder.app import nbgrader_configuration, points
from autograder.rehearsal import CONFIG
from course.making.build import build

LESSON = "04-mini"


def code(source, options=""):
    """A code cell of a lesson's text."""
    return f"```{{code-cell}} ipython3\n{options}{source}\n```\n\n"


HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---

"""
SETUP = code("import numpy as np\nfrom autograder import check", ":tags: [setup]\n\n")
FORWARD = code("""def forward(x, W1, W2):
    ### BEGIN SOLUTION
    z1 = x @ W1
    y1 = np.tanh(z1)
    z2 = y1 @ W2
    return {"z1": z1, "y1": y1, "z2": z2, "y2": 1 / (1 + np.exp(-z2))}
    ### END SOLUTION""") + code('check("two_two_one.forward", forward)')
DIVERGENCE = code("""def divergence(y, d):
    ### BEGIN SOLUTION
    return 0.5 * np.sum((y - d) ** 2)
    ### END SOLUTION""") + code('check("two_two_one.divergence", divergence)')
BACKWARD = code("""def backward(x, d, W1, W2):
    ### BEGIN SOLUTION
    f = forward(x, W1, W2)
    dy2 = f["y2"] - d
    dz2 = f["y2"] * (1 - f["y2"]) * dy2
    dy1 = W2 @ dz2
    dz1 = (1 - f["y1"] ** 2) * dy1
    return {"y2": dy2, "z2": dz2, "W2": np.outer(f["y1"], dz2), "y1": dy1, "z1": dz1, "W1": np.outer(x, dz1)}
    ### END SOLUTION""") + code('check("two_two_one.backward", backward)')


def double(*asserts):
    """A function with a test cell of the instructor's own, worth 4 points: ordinary asserts, as
    nbgrader knows them."""
    options = (
        "---\nnbgrader:\n  grade: true\n  grade_id: my-test\n  locked: true\n  points: 4\n "
        " schema_version: 3\n  solution: false\n  task: false\n---\n"
    )
    solved = (
        "def double(number):\n    ### BEGIN SOLUTION\n    return 2 * number\n    ### END SOLUTION"
    )
    return code(solved) + code("\n".join(asserts), options)


def written(question, answer):
    """A written question of 2 points, and its model answer."""
    return (
        f'+++ {{"tags": ["question"]}}\n\n{question}\n\n+++ {{"tags": ["written"], "points":'
        f" 2}}\n\n{answer}\n"
    )


def cell(nb, grade_id):
    """The cell of a notebook that nbgrader knows by this name."""
    return next(
        c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )


class SmallClass:
    """The folder of a course whose one lesson was built and released.

    Parameters
    ----------
    root : Path
        An empty folder.
    text : str
        Of the lesson.
    """

    def __init__(self, root, text):
        self.root = root
        (root / "course" / "lessons").mkdir(parents=True)
        (root / "course" / "lessons" / f"{LESSON}.md").write_text(text, encoding="utf-8")
        build(root, points, nbgrader_configuration())
        (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
        self.nbgrader("generate_assignment", LESSON, "--force")

    def run(self, *arguments):
        """Run Python in the folder, away from the user's settings; what became of it."""
        folders = {
            f"JUPYTER_{kind}_DIR": str(self.root / "jupyter")
            for kind in ("CONFIG", "DATA", "RUNTIME")
        }
        environment = {**os.environ, **folders, "IPYTHONDIR": str(self.root / "ipython")}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=560,
        )

    def nbgrader(self, *arguments):
        """Run one of nbgrader's commands, as it is typed. It must succeed."""
        done = self.run("-m", "nbgrader", *arguments)
        assert done.returncode == 0, done.stderr[-4000:]

    def solved(self, *grade_ids):
        """The students' notebook with the model solutions of some cells in it."""
        source = nbformat.read(self.root / "source" / LESSON / f"{LESSON}.ipynb", as_version=4)
        nb = nbformat.read(self.root / "release" / LESSON / f"{LESSON}.ipynb", as_version=4)
        for grade_id in grade_ids:
            cell(nb, grade_id).source = cell(source, grade_id).source
        return nb

    def folder_of(self, student):
        """Where a student's submission goes, made."""
        folder = self.root / "submitted" / student / LESSON
        folder.mkdir(parents=True)
        return folder

    def autograde(self, students):
        """Grade students side by side, as the rehearsal of a class does."""
        everybody = [(name, LESSON) for name in students]
        done = self.run(
            "-c",
            "from pathlib import Path; from autograder.rehearsal import autograde;"
            f" autograde(Path('.').resolve(), {everybody})",
        )
        assert done.returncode == 0, done.stderr[-4000:]
