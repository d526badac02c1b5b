"""The slips that students make most often: each is known by its name, and what is said of it holds.

The codes stand in ``tests/bank``, as students write them. What a slip does not define is the
notebook's own, so that a function is judged together with the earlier ones that it calls.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from lesson_functions import functions, namespace

from autograder import assess
from autograder.evidence.probe import probe
from autograder.exercises import find_exercise
from autograder.judging.judge import draw_cases
from autograder.judging.table import tabulate

BANK = sorted(Path(__file__).with_name("bank").glob("frequent_slips_*.toml"))
SEED = 5


@cache
def bank() -> list[dict]:
    """Every slip of the bank."""
    texts = (path.read_text(encoding="utf-8") for path in BANK)
    return [slip for text in texts for slip in tomllib.loads(text)["slip"]]


every_slip = pytest.mark.parametrize(
    "slip", bank(), ids=[f"{s['exercise']}-{s['name']}-{k}" for k, s in enumerate(bank())]
)


def written(slip: dict) -> tuple:
    """What the notebook hands over with this slip in it."""
    scope = namespace(slip["exercise"].partition(".")[0])
    exec(slip["code"], scope)
    return functions(slip["exercise"], scope)


@every_slip
def test_a_frequent_slip_is_known_by_its_name(slip):
    found = assess(slip["exercise"], *written(slip), seed=SEED)
    assert not found.passed
    assert found.diagnosis is not None, str(found)
    assert found.diagnosis.name == slip["name"]


@every_slip
def test_what_is_said_of_it_does_not_contradict_itself(slip):
    found = assess(slip["exercise"], *written(slip), seed=SEED)
    said = str(found)
    for text in slip.get("not_said", ()):
        assert text not in said
    for name in slip.get("right", ()):
        assert next(row for row in found.rows if row.name == name).ok, said
    assert not re.search(
        r"(in other cases it is otherwise|not in every case)[^\n]*in every case", said
    )
    assert "Are the numbers written into the function" not in said
    assert "What the numbers say: ," not in said


#: Words of an explanation, and whether what they say of the values is so: (yours, exact) -> bool.
CLAIMS = {
    "Everything is 0": lambda mine, right: not np.any(mine),
    "is transposed": lambda mine, right: np.allclose(np.ravel(mine), np.ravel(right.T)),
    "half of the right one": lambda mine, right: np.allclose(2 * mine, right),
    "h² times what it should be": lambda mine, right: np.all(np.abs(mine) < np.abs(right) + 1e-12),
    "to base 10": lambda mine, right: np.allclose(np.log(10) * mine, right, rtol=1e-3),
}


@every_slip
def test_what_an_explanation_says_of_the_numbers_is_so_in_every_case(slip):
    exercise = find_exercise(slip["exercise"])
    known = assess(exercise.name, *written(slip), seed=SEED).diagnosis.explanation
    told = (holds for words, holds in CLAIMS.items() if words in known)
    claims = [] if "about half" in known else [*told]
    if not claims or exercise.properties is not None:
        return
    cases = draw_cases(exercise, SEED)
    returned = lambda answers: probe(exercise.name, answers, cases, exercise.limit, repeat=False)
    exact, mine = returned(exercise.solution), returned(written(slip))
    table = tabulate(exercise, exact, mine, exercise.rules)
    first = next(row for row, entries in table.items() if not all(c.right for _, c in entries))
    array = lambda value: np.asarray(value, dtype=float)
    wrong = [(array(c.given), array(c.exact)) for _, c in table[first] if not c.right]
    for holds in claims:
        assert all(holds(*pair) for pair in wrong)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (
            "forward",
            """
def forward(x, W1, W2):
    x1, x2 = x
    z1 = x1 * W1[0] + x2 * W1[1]
    y1 = np.tanh(z1)
    return {"z1": z1, "y1": y1, "z2": y1 @ W2, "y2": 1 / (1 + np.exp(-y1 @ W2))}
""",
        ),
        (
            "backward",
            """
def backward(x, d, W1, W2):
    f = forward(x, W1, W2)
    a, b = f["y1"]
    y = f["y2"]
    dz2 = y * (1 - y) * (y - d)
    dz1 = np.array([1 - a**2, 1 - b**2]) * (W2 @ dz2)
    dW2 = np.array([a * dz2, b * dz2])
    return {"y2": y - d, "z2": dz2, "W2": dW2, "y1": W2 @ dz2, "z1": dz1, "W1": np.outer(x, dz1)}
""",
        ),
    ],
)
def test_where_units_are_given_names_of_their_own_whole_arrays_are_pointed_to(name, code):
    slip = {"exercise": f"two_two_one.{name}", "code": code}
    found = assess(slip["exercise"], *written(slip), seed=SEED)
    assert "It must hold for any widths" in found.finding
