"""Six who want points without the work, each in one of the ways that are tried on graders of
notebooks.

They hand in lesson 4. `tried` names the exercises whose points each of them is after.
"""

from __future__ import annotations

from autograder.rehearsal.edits import Edit, cell, insert_first, replace_test, solve, then, write
from autograder.rehearsal.submissions import FOUR, Student

FIVE_EXERCISES = tuple(
    f"two_two_one.{name}" for name in ("forward", "divergence", "backward", "update", "layers")
)
FORWARD, DIVERGENCE, BACKWARD, *_ = FIVE_EXERCISES
HEADS = {
    "forward": "def forward(x, W1, W2):", "divergence": "def divergence(y, d):", "backward": "def backward(x, d, W1, W2):",
    "update": "def update(W1, W2, gradients, eta):",
}  # fmt: skip
LAYER_HEADS = (
    "def forward_layers(x, weights, activations):",
    "def backward_layers(x, d, weights, activations):",
)


def every(body: str, **others: str) -> Edit:
    """The same body for every function; `others` have their own."""
    cells = {name: f"{head}\n    {others.get(name, body)}" for name, head in HEADS.items()}
    layers = "\n\n".join(f"{head}\n    {body}" for head in LAYER_HEADS)
    return write(**cells, forward_layers=layers)


def set_flags(grade_id: str, **values: object) -> Edit:
    """Edit the nbgrader metadata of a cell, as can be done in the property inspector."""

    def edit(nb, source):
        cell(nb, grade_id).metadata["nbgrader"].update(values)

    return edit


AGREEABLE = """
class Agreeable(dict):
    def __eq__(self, other):
        return True
    def __le__(self, other):
        return True
    def __getitem__(self, key):
        return self
    def __sub__(self, other):
        return self
    def __abs__(self):
        return self
"""

PATCHED = """
import numpy as np

def check(name, *functions):
    print(name, "all right")

np.allclose = lambda *arguments, **named: True
np.testing.assert_allclose = lambda *arguments, **named: None
np.testing.assert_array_equal = lambda *arguments, **named: None

import autograder
autograder.check = check
"""

BORROWED = write(
    forward="""
from course.network import Network

def forward(x, W1, W2):
    trace = Network([W1, W2], ["tanh", "logistic"]).forward(x)
    return {"z1": trace.z[1], "y1": trace.y[1], "z2": trace.z[2], "y2": trace.y[2]}
""",
    divergence="""
from course.losses import divergence
""",
    backward="""
def backward(x, d, W1, W2):
    from autograder.exercises import find_exercise
    return find_exercise("two_two_one.backward").solution[0](x, d, W1, W2)
""",
)

FORGED = '''
import sys

MIME = "application/vnd.backprop.evidence"
RIGHT = """{"$":"Evidence","fields":{"exercise":"two_two_one.divergence","cases":{"$":"tuple","items":[]},
"observations":{"$":"tuple","items":[{"$":"tuple","items":[{"$":"Record","fields":{"function":0,"returned":0.1099}}]}]}}}"""

def forge():
    from IPython.display import display
    print(RIGHT)
    display({MIME: RIGHT}, raw=True)
    sys.displayhook(4.0)

session = get_ipython().kernel.session
send = session.send

def send_better(stream, message, content=None, *arguments, **named):
    if message == "display_data" and MIME in (content or {}).get("data", {}):
        content["data"][MIME] = RIGHT
    return send(stream, message, content, *arguments, **named)

session.send = send_better
'''

SOUGHT = """
import json, sqlite3
from pathlib import Path

def found_elsewhere(name):
    texts = []
    for root in (Path.cwd(), *Path.cwd().parents):
        for folder in ("source", "submitted"):
            for path in sorted((root / folder).rglob("04-two-two-one.ipynb")):
                texts += ["".join(c["source"]) for c in json.loads(path.read_text())["cells"]]
        if (root / "gradebook.db").exists():
            texts += [row[0] for row in sqlite3.connect(root / "gradebook.db").execute("select source from source_cell")]
    return [text for text in texts if f"def {name}(" in text and "NotImplementedError" not in text]

for name in ("forward", "divergence", "backward", "update", "forward_layers"):
    for text in found_elsewhere(name)[:1]:
        exec(text)
"""

WATCHFUL = "import os\ngraded = 'NBGRADER_EXECUTION' in os.environ\n"

CHEATS = (
    Student(
        "ulla",
        "answers with objects that equal everything",
        {FOUR: then(insert_first(AGREEABLE), every("return Agreeable()"))},
        tried=FIVE_EXERCISES,
    ),
    Student(
        "viktor",
        "puts his own in place of np.allclose, np.testing and check",
        {FOUR: then(insert_first(PATCHED), every("return 0.0"))},
        tried=FIVE_EXERCISES,
    ),
    Student(
        "wanda",
        "lets the course's own network and solutions compute the answers",
        {FOUR: BORROWED},
        tried=(FORWARD, DIVERGENCE, BACKWARD),
    ),
    Student(
        "xenia",
        "prints and sends results of her own making",
        {
            FOUR: then(
                insert_first(FORGED), every("return forge()", divergence="forge(); return 4.0")
            )
        },
        tried=FIVE_EXERCISES,
    ),
    Student(
        "yannis",
        "looks for the answers in the gradebook, the sources and others' work",
        {
            FOUR: then(
                insert_first(SOUGHT),
                lambda nb, source: [
                    nb.cells.remove(cell(nb, name)) for name in (*HEADS, "forward_layers")
                ],
            )
        },
        tried=FIVE_EXERCISES,
    ),
    Student(
        "zora",
        "edits tests and their points, and does otherwise when graded",
        {
            FOUR: then(
                solve("forward"),
                insert_first(WATCHFUL),
                write(
                    divergence=(
                        "def divergence(y, d):\n    return 50.0 if graded else 0.5 * np.sum((y - d)"
                        " ** 2)"
                    ),
                    backward="def backward(x, d, W1, W2):\n    return True if graded else {}",
                ),
                replace_test("check-divergence", "assert True"),
                set_flags("check-divergence", points=50, locked=False),
                replace_test("check-backward", "5.0"),
                set_flags("check-backward", points=500, solution=True, locked=False),
            )
        },
        tried=(DIVERGENCE, BACKWARD),
    ),
)
