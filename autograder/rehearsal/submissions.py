"""Who hands in what in the rehearsal: one student for each thing that happens in a real class.

A submission is made from the released notebook as a student would: by the edits of `edits`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.rehearsal.edits import (
    Edit,
    delete,
    duplicate,
    insert_first,
    mend,
    no_notebook,
    nothing,
    rename,
    replace_test,
    solve,
    then,
    write,
)

ONE, TWO, THREE, FOUR = "01-chain-rule", "02-activations", "03-logistic-neuron", "04-two-two-one"
FIVE, SIX, SEVEN, EIGHT = (
    "05-mazur",
    "06-softmax-cross-entropy",
    "07-mnist",
    "08-training-in-practice",
)
LESSONS = (ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT)


@dataclass(frozen=True)
class Student:
    """A student of the rehearsal.

    `story` says what is handed in; `lessons` maps a lesson to the edit that makes it from the
    release; `files` changes the files afterwards (a rename, a file that is no notebook); `tried`
    names the exercises whose points are sought without the work.
    """

    name: str
    story: str
    lessons: dict[str, Edit]
    files: Callable[[Path], None] | None = None
    tried: tuple[str, ...] = ()


LOOPS = write(
    forward="""
import math

def forward(x, W1, W2):
    def weighted(values, W):
        return [sum(values[i] * W[i][j] for i in range(len(values))) for j in range(len(W[0]))]
    z1 = weighted(x, W1)
    y1 = [math.tanh(z) for z in z1]
    z2 = weighted(y1, W2)
    y2 = [1 / (1 + math.exp(-z)) for z in z2]
    return {"y2": y2, "y1": y1, "z2": z2, "z1": z1}
""",
    divergence="""
def divergence(y, d):
    total = 0
    for a, b in zip(y, d):
        total += (a - b) ** 2 / 2
    return total
""",
    backward="""
def backward(x, d, W1, W2):
    f = forward(x, W1, W2)
    dy2 = [a - b for a, b in zip(f["y2"], d)]
    dz2 = [y * (1 - y) * g for y, g in zip(f["y2"], dy2)]
    dy1 = [sum(w * g for w, g in zip(row, dz2)) for row in W2]
    dz1 = [(1 - y * y) * g for y, g in zip(f["y1"], dy1)]
    return dict(W1=[[v * g for g in dz1] for v in x], z1=dz1, y1=dy1,
                W2=[[v * g for g in dz2] for v in f["y1"]], z2=dz2, y2=dy2)
""",
    update="""
def update(W1, W2, gradients, eta):
    moved = []
    for W, G in ((W1, gradients["W1"]), (W2, gradients["W2"])):
        moved.append([[w - eta * g for w, g in zip(rw, rg)] for rw, rg in zip(W, G)])
    return moved
""",
)

SINGLE = write(
    forward="""
class Layer:
    def __init__(self, f):
        self.f = f
    def __call__(self, y, W):
        z = np.asarray(y, dtype=np.float32) @ np.asarray(W, dtype=np.float32)
        return z, self.f(z)

hidden, output = Layer(np.tanh), Layer(lambda z: 1 / (1 + np.exp(-z)))

def forward(x, W1, W2):
    z1, y1 = hidden(x, W1)
    z2, y2 = output(y1, W2)
    return {"z1": z1, "y1": y1, "z2": z2, "y2": y2}
""",
    backward="""
def backward(x, d, W1, W2):
    x, d, W1, W2 = (np.asarray(given, dtype=np.float32) for given in (x, d, W1, W2))
    f = forward(x, W1, W2)
    dy2 = f["y2"] - d
    dz2 = dy2 * f["y2"] * (1 - f["y2"])
    dy1 = W2 @ dz2
    dz1 = (1 - f["y1"] ** 2) * dy1
    return {"y2": dy2, "z2": dz2, "W2": np.outer(f["y1"], dz2), "y1": dy1, "z1": dz1, "W1": np.outer(x, dz1)}
""",
)

FRAGMENT = """
def backward(x, d, W1, W2):
    f = forward(x, W1, W2)
    dy2 = f["y2"] - d
    {line}
    dW2 = np.outer(f["y1"], dz2)
    dy1 = W2 @ dz2
    dz1 = (1 - f["y1"] ** 2) * dy1
    return {{"y2": dy2, "z2": dz2, "W2": dW2, "y1": dy1, "z1": dz1, "W1": np.outer(x, dz1)}}
"""

DECK_DIGITS = """
def backward(x, d, W1, W2):
    # the numbers on the slides
    return {"y2": [-0.4688], "z2": [-0.1167], "W2": [[-0.01966], [0.010481]], "y1": [-0.10509, -0.03503],
            "z1": [-0.1021, -0.0347], "W1": [[-0.1123, -0.03822], [-0.04084, -0.013899]]}
"""

STUDENTS = (
    Student("ada", "everything right, in every lesson", {lesson: solve() for lesson in LESSONS}),
    Student("basil", "everything right, with loops and lists", {FOUR: then(solve(), LOOPS)}),
    Student("carla", "everything right, in float32 with a class", {FOUR: then(solve(), SINGLE)}),
    Student(
        "dora",
        "the first two exercises only",
        {FOUR: solve("forward", "divergence"), FIVE: solve("forward", "total_error")},
    ),
    Student("emil", "handed in untouched", {FOUR: nothing, FIVE: nothing}),
    Student(
        "fritz",
        "hidden tanh derivative forgotten",
        {FOUR: then(solve(), mend("backward", "(1 - y1**2) * dy1", "dy1"))},
    ),
    Student(
        "greta",
        "logistic derivative forgotten",
        {FOUR: then(solve(), write(backward=FRAGMENT.format(line="dz2 = dy2")))},
    ),
    Student(
        "hugo",
        "update changes the weights in place",
        {
            FOUR: then(
                solve(),
                write(
                    update="""
def update(W1, W2, gradients, eta):
    W1 -= eta * gradients["W1"]
    W2 -= eta * gradients["W2"]
    return W1, W2
"""
                ),
            )
        },
    ),
    Student("ida", "copies the deck's digits", {FOUR: then(solve(), write(backward=DECK_DIGITS))}),
    Student(
        "jan",
        "a syntax error in one cell",
        {
            FOUR: then(
                solve(),
                write(divergence="def divergence(y, d)\n    return 0.5 * np.sum((y - d) ** 2)"),
            )
        },
    ),
    Student(
        "kira",
        "an endless loop in one function",
        {
            FOUR: then(
                solve(), write(divergence="def divergence(y, d):\n    while True:\n        pass")
            )
        },
    ),
    Student(
        "leo",
        "an exception in one function",
        {
            FOUR: then(
                solve(),
                write(
                    update=(
                        "def update(W1, W2, gradients, eta):\n    return W1 - eta *"
                        ' gradients["w1"], W2'
                    )
                ),
            )
        },
    ),
    Student("mona", "deleted a test cell", {FOUR: then(solve(), delete("check-backward"))}),
    Student(
        "nils",
        "edited a test cell, backward not written",
        {
            FOUR: then(
                solve("forward", "divergence", "update"),
                replace_test("check-backward", "assert True"),
            )
        },
    ),
    Student("olga", "a cell duplicated by accident", {FOUR: then(solve(), duplicate("backward"))}),
    Student("paul", "the notebook renamed by the browser", {FOUR: solve()}, rename),
    Student("quinn", "a file that is no notebook", {FOUR: solve()}, no_notebook),
    Student(
        "rosa",
        "W2 where W2.T belongs",
        {
            FIVE: then(
                solve(),
                write(
                    deltas="""
def deltas(i, target, W1, b1, W2, b2):
    f = forward(i, W1, b1, W2, b2)
    o = (f["out_o"] - target) * f["out_o"] * (1 - f["out_o"])
    return {"o": o, "h": (o @ W2) * f["out_h"] * (1 - f["out_h"])}
"""
                ),
            )
        },
    ),
    Student(
        "samir",
        "output weights updated before the hidden deltas",
        {
            FIVE: then(
                solve(),
                write(
                    update="""
def update(i, target, W1, b1, W2, b2, eta):
    f, o = forward(i, W1, b1, W2, b2), deltas(i, target, W1, b1, W2, b2)["o"]
    W2 = W2 - eta * np.outer(f["out_h"], o)
    h = (W2 @ o) * f["out_h"] * (1 - f["out_h"])
    return W1 - eta * np.outer(i, h), W2
"""
                ),
            )
        },
    ),
    Student(
        "vera",
        "one slip in each of the other lessons",
        {
            ONE: then(
                solve(),
                write(
                    linear="""
def linear(w, x, b):
    return w * x + b, {"w": w, "x": x, "b": 1.0}
"""
                ),
            ),
            TWO: then(
                solve(),
                write(
                    collapse="""
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b2
"""
                ),
            ),
            THREE: then(
                solve(),
                write(
                    gradients="""
def gradients(w, b, x, y):
    z, a = forward(w, b, x)
    return {"w": (a - y) @ x.T, "b": np.sum(a - y, keepdims=True)}
"""
                ),
            ),
            SIX: then(
                solve(),
                write(
                    softmax="""
def softmax(Z):
    e = np.exp(Z)
    return e / e.sum(axis=1, keepdims=True)
"""
                ),
            ),
            SEVEN: then(
                solve(),
                write(
                    one_hot="""
def one_hot(labels, k):
    return np.eye(k)[labels].T
"""
                ),
            ),
            EIGHT: then(
                solve(),
                write(
                    best_epoch="""
def best_epoch(validation_losses, patience):
    best = int(np.argmin(validation_losses))
    return len(validation_losses) - 1, best
"""
                ),
            ),
        },
    ),
    Student(
        "tilda",
        "a cell of her own that fails",
        {FIVE: then(solve(), insert_first("print(forward(0, 0, 0, 0, 0))"))},
    ),
)


def hand_in(student: Student, lesson: str, fetched: Path, source: Path) -> None:
    """Turn a fetched assignment into what this student hands in."""
    path = fetched / f"{lesson}.ipynb"
    nb, solved = nbformat.read(path, as_version=4), nbformat.read(source, as_version=4)
    student.lessons[lesson](nb, solved)
    nbformat.write(nb, path)
    if student.files:
        student.files(fetched)
