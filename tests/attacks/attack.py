"""What an attack is: a submission made from the release, and how its parts are written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

LESSON = "04-attacked"
POINTS = {"forward": 3, "divergence": 1, "backward": 5, "sigmoid": 2, "train_validation_test": 2}
ALL = sum(POINTS.values())
TESTS = {"forward": "check-forward", "divergence": "check-divergence", "backward": "check-backward",
         "sigmoid": "check-sigmoid", "train_validation_test": "check-split"}  # fmt: skip
HEADS = {
    "forward": ("forward(x, W1, W2)",), "divergence": ("divergence(y, d)",), "backward": ("backward(x, d, W1, W2)",),
    "sigmoid": ("sigmoid(z)", "sigmoid_derivative(z)"), "train_validation_test": ("train_validation_test(n, fractions, rng)",),
}  # fmt: skip

#: What a student must never get to see. Each place that holds something secret holds a word of its
#: own.
SECRETS = {
    "the gradebook or a source notebook": "kept-in-the-source-5f1d", "another submission": "written-by-another-8c3a",
    "a file outside": "kept-outside-71be", "the environment": "kept-in-the-environment-d209",
}  # fmt: skip
#: A file name, an argument of a process, a text in a page: whatever an attack leaves behind bears
#: it.
MARK = "backprop-attack"
SLEEP = "98765431"

Edit = Callable[[NotebookNode], None]


@dataclass(frozen=True)
class Attack:
    """One submission that tries something.

    Parameters
    ----------
    name
        The student's name: the kind, and what is tried.
    what
        The attack in one sentence.
    cells
        Code of solution cells, by their ids; a cell that is not named stays as it was released.
    first, last
        Code of a cell of its own before and after everything else.
    edit
        Changes the notebook when all cells are filled in.
    files
        Files beside the notebook: relative path -> text.
    plant
        Makes files beside the notebook that are no texts; called with the submission's folder.
    solved
        The cells that are honestly right: what they earn is deserved.
    lock
        Whether it would damage a machine on which student code is not locked in.
    ours
        Whether it is aimed at something that a plain nbgrader course does not have.
    slow
        Whether it ends only by running into a time limit.
    """

    name: str
    what: str
    cells: dict[str, str] = field(default_factory=dict)
    first: str = ""
    last: str = ""
    edit: Edit | None = None
    files: dict[str, str] = field(default_factory=dict)
    plant: Callable[[Path], None] | None = None
    solved: tuple[str, ...] = ()
    lock: bool = False
    ours: bool = False
    slow: bool = False

    @property
    def kind(self) -> str:
        """The first word of the name."""
        return self.name.partition("_")[0]

    @property
    def deserved(self) -> float:
        """What the honest part of the submission earns."""
        return sum(POINTS[grade_id] for grade_id in self.solved)


def attack(name: str, what: str, **parts) -> Attack:
    """Write an `Attack` down with code in indented texts."""
    for key in ("first", "last"):
        parts[key] = dedent(parts.get(key, "")).strip()
    parts["cells"] = {
        grade_id: dedent(code).strip() for grade_id, code in parts.get("cells", {}).items()
    }
    return Attack(name, what, **parts)


def everywhere(result: str, *only: str) -> dict[str, str]:
    """Solution cells in which every function returns one and the same expression."""
    return {
        grade_id: "\n\n".join(f"def {head}:\n    return {result}" for head in HEADS[grade_id])
        for grade_id in only or POINTS
    }


def cell(nb: NotebookNode, grade_id: str) -> NotebookNode:
    """A graded cell by its id."""
    return next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def make(attack: Attack, released: NotebookNode, source: NotebookNode) -> NotebookNode:
    """Turn the released notebook into the attack's; `source` holds the right solutions."""
    for grade_id in attack.solved:
        cell(released, grade_id).source = cell(source, grade_id).source.replace(
            f"# {SECRETS['the gradebook or a source notebook']}", ""
        )
    for grade_id, code in attack.cells.items():
        cell(released, grade_id).source = code
    if attack.first:
        released.cells.insert(0, new_code_cell(attack.first, id="first-of-all"))
    if attack.last:
        released.cells.append(new_code_cell(attack.last, id="last-of-all"))
    if attack.edit:
        attack.edit(released)
    return released
