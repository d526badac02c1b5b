"""What one verdict says of shapes, of what it cannot explain and of what nobody could see agrees with
itself."""

import re

import numpy as np
import pytest
from lesson_functions import functions, namespace
from lost_bank import in_a_cell

from autograder import assess
from autograder.exercises import find_exercise
from autograder.exercises.logistic_neuron.cases import WRONG
from autograder.exercises.two_two_one.solutions import forward
from autograder.judging.judge import draw_cases


def judged(name, code):
    scope = namespace(name.partition(".")[0])
    in_a_cell(code, scope)
    return assess(name, *functions(name, scope), seed=5)


def of_one_example(w, b, x):
    z = w @ x + b
    a = 1 / (1 + np.exp(-z))
    return float(z[0, 0]), float(a[0, 0])


def turned(x, d, W1, W2):
    y1 = np.tanh(x @ W1)
    y2 = 1 / (1 + np.exp(-y1 @ W2))
    dy2 = y2 - d
    dz2 = dy2 * y2 * (1 - y2)
    dy1 = W2 @ dz2
    dz1 = dy1 * (1 - y1**2)
    outer = lambda a, b: np.outer(b, a)
    return {
        "y2": dy2,
        "z2": dz2,
        "W2": outer(y1, dz2),
        "y1": dy1,
        "z1": dz1,
        "W1": outer(x, dz1),
    }


@pytest.mark.parametrize(
    ("name", "function"),
    [("logistic_neuron.forward", of_one_example), ("two_two_one.backward", turned)],
)
def test_the_shapes_that_a_verdict_names_are_those_of_the_case_that_it_shows(name, function):
    rows = assess(name, function, seed=5).rows
    pair = re.compile(r"shape(?: is)? (\(.*?\)), wanted is (\(.*?\))")
    told = next(pair.search(row.comment).groups() for row in rows if row.name == "shape")
    beside = [m.groups() for row in rows if row.name != "shape" and (m := pair.search(row.comment))]
    assert beside
    assert told == beside[0]


def sums_not_products(x, d, W1, W2):
    right = find_exercise("two_two_one.backward").solution[0](x, d, W1, W2)
    return right | {"W2": forward(x, W1, W2)["y1"] * right["z2"]}


def first_for_both(W1, W2, gradients, eta):
    return W1 - eta * gradients["W1"], W2 - eta * gradients["W1"]


@pytest.mark.parametrize(
    ("name", "function"),
    [("two_two_one.backward", sums_not_products), ("two_two_one.update", first_for_both)],
)
def test_a_shape_of_a_case_that_is_not_shown_is_said_to_be_of_that_case(name, function):
    found = assess(name, function, seed=5)
    said = next(row.comment for row in found.rows if row.name == "shape")
    told = re.fullmatch(r"W\d has shape \(.*?\), wanted is \(.*?\) \(for (.*)\)", said)
    assert told, said
    assert found.case != told[1] in [case.label for case in draw_cases(find_exercise(name), 5)]


@pytest.mark.parametrize("digits", [2, 3, 4])
def test_rounding_on_the_way_is_named_and_no_digit_of_yours_lacks_its_exact_one(digits):
    rounded = lambda v: np.round(v, digits)

    def on_the_way(x, W1, W2):
        z1 = rounded(x @ W1)
        y1 = rounded(np.tanh(z1))
        z2 = rounded(y1 @ W2)
        return {"z1": z1, "y1": y1, "z2": z2, "y2": rounded(1 / (1 + np.exp(-z2)))}

    found = assess("two_two_one.forward", on_the_way, seed=5)
    assert f"Yours is the exact one rounded to {digits} decimals" in str(found)
    decimals = lambda text: [len(part) for part in re.findall(r"\.(\d+)", text)]
    z1 = found.rows[0]
    assert all(np.array(decimals(z1.exact)) >= decimals(z1.yours)), (z1.yours, z1.exact)


@pytest.mark.parametrize(("low", "mine"), [(1e-7, "16.118096"), (1e-9, "20.723266")])
def test_the_table_shows_what_came_back_where_more_than_one_answer_is_right(low, mine):
    def loss(a, y):
        a = np.clip(a, low, 1 - low)
        return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))

    found = assess("logistic_neuron.loss", loss, seed=5)
    assert found.passed
    assert next(row for row in found.rows if row.name == WRONG).yours == mine


MEAN_FORGOTTEN = """def loss(a, y):
    a = np.clip(a, 1e-9, 1 - 1e-9)
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))
"""


def test_of_numbers_that_could_not_be_compared_nothing_is_said_but_why():
    found = judged("logistic_neuron.loss", MEAN_FORGOTTEN)
    assert found.diagnosis.explanation == "One number is wanted: the mean over the examples."
    assert "does not explain" not in str(found)


def test_what_a_diagnosis_leaves_wrong_is_still_named():
    found = judged(
        "activations.tanh_relu",
        "def tanh_derivative(z):\n    t = np.tanh(z)\n    return t * (1 - t)\n"
        "def relu(z):\n    return np.abs(z)\n"
        "def relu_derivative(z):\n    return np.sign(z)\n",
    )
    assert "This does not explain ReLU(z) and ReLU′(z), which are wrong as well." in str(found)


ROWS_TAKEN = """def minibatches(X, Y, size, rng):
    order = rng.permutation(X.shape[0])
    return [(X[order[k:k+size]], Y[order[k:k+size]]) for k in range(0, len(order), size)]
"""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("logistic_neuron.minibatches", ROWS_TAKEN),
        ("mnist.initialise", "def initialise(sizes, rng):\n    return [1.0, 2.0]\n"),
        ("mazur.xor", "def train_xor(rng):\n    return 1 / 0\n"),
    ],
)
def test_what_nobody_could_see_is_not_called_wrong(name, code):
    """Whether a function that fails leaves its inputs alone, or takes all its numbers from `rng`."""
    found = judged(name, code)
    unseen = [row for row in found.rows if not (row.ok or row.yours or row.comment)]
    assert unseen
    assert {row.mark for row in unseen} == {"not judged"}
    assert found.score == 0


def test_a_network_that_never_learns_xor_is_told_so_and_not_left_unjudged():
    code = (
        "def train_xor(rng):\n    b = rng.normal()\n"
        "    return lambda X: np.full(len(X), 1 / (1 + np.exp(-b))), [1.0, abs(b)]\n"
    )
    rows = {row.name: row for row in judged("mazur.xor", code).rows}
    assert rows["XOR from one start at least"].mark == "wrong"


def test_no_sentence_shows_a_minus_before_a_zero():
    code = (
        "def leaky_relu(z, alpha=0.0):\n    return np.where(z > 0, z, alpha * z)\n"
        "def leaky_relu_derivative(z, alpha=0.01):\n    return np.where(z > 0, 1.0, alpha)\n"
    )
    scope = namespace("activations")
    in_a_cell(code, scope)
    found = assess(
        "activations.leaky_family", *functions("activations.leaky_family", scope), seed=5
    )
    assert re.search(r"the first at \[\d\]: 0, exact -", found.finding)
    assert "-0," not in str(found)


SPLIT = "from 0 to upstream, with da + db = upstream"


@pytest.mark.parametrize(
    "shares",
    [
        "np.where(a > b, upstream, 0), np.where(b > a, upstream, 0)",
        "np.where(a >= b, upstream, 0) + (a == b) * 0.1, np.where(b > a, upstream, 0)",
    ],
    ids=("known", "unknown"),
)
def test_at_a_tie_no_share_is_called_the_exact_one(shares):
    found = judged("chain_rule.gates", f"def max_gate(a, b, upstream):\n    return {shares}\n")
    rows = {row.name: row for row in found.rows}
    assert (rows["max_gate: da"].exact, rows["max_gate: db"].exact) == (SPLIT, SPLIT)
    assert found.case == "two equal numbers"
    told = found.finding + (found.diagnosis.numbers if found.diagnosis else "")
    assert "exact" not in told, told
    assert f"right is {SPLIT}" in told


def test_another_case_is_shown_before_one_that_has_several_right_values():
    shares = "np.where(a > b, upstream, -upstream), np.where(a > b, -upstream, upstream)"
    found = judged("chain_rule.gates", f"def max_gate(a, b, upstream):\n    return {shares}\n")
    assert "equal" not in found.case


def test_beside_some_ties_the_table_shows_what_is_exact_and_says_where_it_is_not():
    code = (
        "def max_gate(a, b, upstream):\n"
        "    if np.ndim(a) == 0:\n"
        "        return (upstream, 0.0) if a >= b else (0.0, upstream)\n"
        "    return np.where(a > b, upstream, 0), np.where(b > a, upstream, 0)\n"
    )
    row = next(r for r in judged("chain_rule.gates", code).rows if r.name == "max_gate: da")
    assert row.exact.endswith(f"; where a = b {SPLIT}") and row.exact.startswith("[")


def test_where_any_large_number_is_right_the_table_says_so_and_shows_the_students():
    code = """
def loss(a, y):
    a = np.clip(a, 1e-9, 1 - 1e-9)
    return float(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))
"""
    found = judged("logistic_neuron.loss", code)
    rows = {row.symbol: row for row in found.rows}
    assert found.passed
    assert rows["J where a = 1 - y"].exact == "any number above 15"
    assert float(rows["J where a = 1 - y"].yours) == pytest.approx(-np.log(1e-9), rel=1e-6)
    assert rows["J where a = y"].exact == "0, or up to 1e-6 off"
    wrong = judged("logistic_neuron.loss", code.replace("1e-9", "1e-5"))
    assert "right is 0, or up to 1e-6 off" in str(wrong) and "exact 1.0" not in str(wrong)
