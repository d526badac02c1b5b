"""“Where it got lost” when a class is graded: the kernel follows the call, the grader says it."""

from __future__ import annotations

import os
import time

import numpy as np
import pytest
from lesson_functions import functions, namespace
from lost_bank import in_a_cell, slips
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from autograder.evidence.probe import probe
from autograder.evidence.transport import BadTransport, dumps, loads
from autograder.evidence.walk import MAX_STEPS, Step, Walk, walk
from autograder.exercises import find_exercise
from autograder.judging.trial import Trial
from autograder.judging.way.wayfinding import ask, lost, told
from autograder.kernel import provisioner
from autograder.plugins import configure
from autograder.plugins.evidence import DrawInputs, ExecuteWithLimits, JudgeEvidence
from autograder.plugins.judged import MOST_STEPS, Judging

SEED = 12
FORWARD = """import numpy as np

def forward(x, W1, W2):
    z1 = x @ W1
    y1 = np.tanh(z1)
    z2 = y1 @ W2 + 0.3
    y2 = 1 / (1 + np.exp(-z2))
    return {"z1": z1, "y1": y1, "z2": z2, "y2": y2}
"""
LINE = "line 6 (<code>z2 = y1 @ W2 + 0.3</code>) is the next"


@pytest.fixture(scope="module", autouse=True)
def walls():
    """A warm parent of these tests' own."""
    yield
    for parent in provisioner._parents.values():
        parent.close()
    provisioner._parents.clear()


def graded(tmp_path, *cells, check='check("two_two_one.forward", forward)', **settings):
    """A notebook of some cells and a check after them, graded: what stands in its last cell."""
    test = new_code_cell(check)
    test.metadata["nbgrader"] = {"grade": True, "solution": False, "locked": True, "points": 3,
                                 "grade_id": "check-it", "schema_version": 3}  # fmt: skip
    nb, config = new_notebook(cells=[*map(new_code_cell, cells), test]), Config()
    configure(config)
    config.ExecuteWithLimits.update(timeout=20, **settings)
    config.DrawInputs.seed = SEED
    resources = {"metadata": {"path": str(tmp_path)}}
    for step in (DrawInputs, ExecuteWithLimits, JudgeEvidence):
        nb, resources = step(config=config).preprocess(nb, resources)
    (output,) = nb.cells[-1].outputs
    return output


def in_text(output):
    return output["data"]["text/html"]


@pytest.mark.parametrize("fast", [True, False], ids=["shell", "kernel"])
def test_the_feedback_names_the_line(tmp_path, fast):
    page = in_text(graded(tmp_path, FORWARD, fast=fast))
    assert "Where it got lost" in page
    assert LINE in page


@pytest.mark.parametrize("fast", [True, False], ids=["shell", "kernel"])
def test_the_cells_and_their_outputs_are_what_they_were(tmp_path, fast):
    test = new_code_cell('check("two_two_one.forward", forward)')
    test.metadata["nbgrader"] = {"grade": True, "solution": False, "locked": True, "points": 3,
                                 "grade_id": "check-it", "schema_version": 3}  # fmt: skip
    nb = new_notebook(cells=[new_code_cell(FORWARD), test, new_code_cell("print('the last')")])
    config = Config()
    configure(config)
    config.ExecuteWithLimits.fast = fast
    sources = [cell.source for cell in nb.cells]
    resources = {"metadata": {"path": str(tmp_path)}}
    for step in (DrawInputs, ExecuteWithLimits, JudgeEvidence):
        nb, resources = step(config=config).preprocess(nb, resources)
    assert [cell.source for cell in nb.cells] == sources
    assert nb.cells[-1].outputs[0].text == "the last\n"
    assert "Where it got lost" in in_text(nb.cells[1].outputs[0])


def test_a_right_answer_is_asked_nothing_more(tmp_path, monkeypatch):
    asked = []
    question = Judging.question

    def noted(self, cell, index):
        more = question(self, cell, index)
        asked.append(more)
        return more

    monkeypatch.setattr(Judging, "question", noted)
    assert "Where it got lost" not in in_text(graded(tmp_path, FORWARD.replace(" + 0.3", "")))
    assert asked == [None, None]
    assert "Where it got lost" in in_text(graded(tmp_path, FORWARD))
    assert sum(more is not None for more in asked) == 1


@pytest.mark.parametrize("slip", [*slips(9)], ids=lambda s: f"{s.exercise}:{s.line}")
def test_it_is_what_the_notebook_says(slip):
    """What crosses between the two processes is enough for the same words."""
    exercise = find_exercise(slip.exercise)
    scope = namespace(slip.exercise.partition(".")[0])
    in_a_cell(slip.code, scope)
    handed = functions(slip.exercise, scope)
    trial = Trial.drawn(exercise, SEED)
    evidence = probe(exercise.name, handed, trial.cases, exercise.limit, exercise.repeat)
    here = lost(exercise, trial.exact, evidence, handed)
    question = ask(exercise, trial.exact, evidence)
    if question is None:
        assert here is None
        return
    case, call = loads(dumps((question.case, question.call)))
    followed = walk(handed, case, call)
    there = told(question, loads(dumps(followed), Walk)) if followed else None
    assert (here and here.text) == (there and there.text)


# ---- a kernel may show anything


HONEST = Walk(
    FORWARD, 3, {"x": {(): np.ones(2)}}, (Step(4, {"z1": {(): np.ones(2)}}),), None, ("x",), ()
)


@pytest.mark.parametrize(
    "changed",
    [
        {"source": 3},
        {"source": "x" * 200_000},
        {"first": -1},
        {"first": "3"},
        {"steps": [Step(4, {})]},
        {"steps": (Step(4, {}),) * (MAX_STEPS + 1)},
        {"steps": ((4, {}),)},
        {"steps": (Step(-4, {}),)},
        {"steps": (Step(4, {f"a{k}": None for k in range(50)}),)},
        {"steps": (Step(4, {"<script>": None}),)},
        {"steps": (Step(4, {"a": [1.0]}),)},
        {"steps": (Step(4, {"a": {"path": np.ones(1)}}),)},
        {"steps": (Step(4, {"a": {(1.5,): np.ones(1)}}),)},
        {"steps": (Step(4, {"a": {(): 1.0}}),)},
        {"steps": (Step(4, {"a": {(): np.ones(300_000)}}),)},
        {"arguments": []},
        {"parameters": ["x"]},
        {"parameters": ("a b",)},
        {"notebook": ("`x`",)},
        {"returned": 4},
        {"returned": {(): "text"}},
    ],
    ids=str,
)
def test_a_walk_that_no_walk_writes_is_refused(changed):
    assert loads(dumps(HONEST), Walk).source == FORWARD
    with pytest.raises(BadTransport):
        loads(dumps(HONEST._replace(**changed)), Walk)


FORGING = """
import autograder.evidence.answering as answering
from IPython.display import display
def forged(order, functions):
    display({answering.MIME_WALK: TEXT}, raw=True)
answering.follow = forged
"""


def forged(tmp_path, text):
    return graded(tmp_path, FORWARD, FORGING.replace("TEXT", repr(text)))


@pytest.mark.parametrize(
    "text", ["", "no JSON", "{}", "[" * 5000, dumps(3), dumps(HONEST), dumps(HONEST._replace(first=4))],
    ids=["nothing", "words", "an object", "brackets", "a number", "another", "no function"],
)  # fmt: skip
def test_what_is_forged_moves_no_point_and_stops_nothing(tmp_path, text):
    honest, output = graded(tmp_path, FORWARD), forged(tmp_path, text)
    assert output["data"]["text/plain"] == honest["data"]["text/plain"] != "3.0"
    assert output.metadata["backprop"]["score"] == honest.metadata["backprop"]["score"]
    assert "<script" not in in_text(output)


def test_a_forged_source_is_shown_as_text(tmp_path):
    case = graded(tmp_path, FORWARD.replace("+ 0.3", "+ 0.3 * (1 if '<script>' else 2)"))
    assert "&lt;script&gt;" in in_text(case)
    assert "<script>" not in in_text(case)


def test_a_call_that_never_ends_when_it_is_followed_costs_seconds_and_nothing_else(tmp_path):
    """It can tell that it is followed; then it loses only what would have been said to it."""
    sly = FORWARD.replace(
        "    z1 = x", "    import sys\n    while sys.gettrace():\n        pass\n    z1 = x"
    )
    started = time.monotonic()
    output = graded(tmp_path, sly)
    assert time.monotonic() - started < 40
    assert "Where it got lost" not in in_text(output)
    assert output["data"]["text/plain"] == graded(tmp_path, FORWARD)["data"]["text/plain"]


def test_a_kernel_that_ends_while_a_call_is_followed_keeps_what_it_answered(tmp_path):
    dying = FORWARD.replace(
        "    z1 = x", "    import os, sys\n    if sys.gettrace():\n        os._exit(3)\n    z1 = x"
    )
    output = graded(tmp_path, dying)
    assert output["data"]["text/plain"] == graded(tmp_path, FORWARD)["data"]["text/plain"]


def test_a_walk_as_long_as_may_be_is_looked_through_in_seconds():
    """The grader's time is everybody's."""
    exercise = find_exercise("two_two_one.forward")
    scope = namespace("two_two_one")
    in_a_cell(FORWARD, scope)
    handed = functions("two_two_one.forward", scope)
    trial = Trial.drawn(exercise, SEED)
    evidence = probe(exercise.name, handed, trial.cases, exercise.limit, exercise.repeat)
    question = ask(exercise, trial.exact, evidence)
    rng = np.random.default_rng(1)
    changed = [
        {f"v{k}": {(j,): rng.normal(size=2) for j in range(5)} for k in range(10)}
        for _ in range(MOST_STEPS - 1)
    ]
    lines = (3, 4, 5, 6, 7)
    steps = tuple(Step(lines[k % 5], one) for k, one in enumerate(changed))
    followed = loads(dumps(HONEST._replace(steps=steps)), Walk)
    started = time.process_time()
    told(question, followed)
    assert time.process_time() - started < 10
    with pytest.raises(BadTransport):
        loads(dumps(HONEST._replace(steps=steps * 3)), Walk)


def test_it_is_told_only_where_no_mistake_is_named(tmp_path):
    known = FORWARD.replace(" + 0.3", "").replace("np.tanh(z1)", "1 / (1 + np.exp(-z1))")
    assert "Where it got lost" not in in_text(graded(tmp_path, known))
    assert os.listdir(tmp_path) == []
