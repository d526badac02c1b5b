"""Answers with no work in them are worth nothing, in every exercise; and what only looks like
training neither."""

from __future__ import annotations

import copy
from functools import cache
from types import GeneratorType

import numpy as np
import pytest

from autograder import assess
from autograder.evidence.inputs import make
from autograder.evidence.plain import plain
from autograder.evidence.probe import Evidence, Record, probe, run_case
from autograder.exercises import all_exercises, find_exercise
from autograder.exercises.exercise import Digits
from autograder.exercises.mnist.solutions import train_network_softly
from autograder.judging.judge import draw_cases, judge

EXERCISES = all_exercises()
BY_PROPERTIES = [e for e in EXERCISES if e.properties is not None]
NOTHING = 0.1

every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)


def filled(result, fill):
    """A result of the same form, every number of it made up by `fill(shape)`; a function that came
    back gives such numbers."""
    if isinstance(result, dict):
        return {key: filled(value, fill) for key, value in result.items()}
    if isinstance(result, (list, tuple, GeneratorType)):
        parts = [filled(value, fill) for value in result]
        return parts if isinstance(result, GeneratorType) else type(result)(parts)
    if callable(result):
        return lambda X, *_: fill((len(X),))
    if isinstance(result, (int, float, np.ndarray, np.generic)):
        return fill(np.shape(result)) if np.ndim(result) else float(fill(()))
    return result


def solutions(exercise):
    """The right functions; for the exercise that trains for a minute, one that returns arrays of
    the right shapes."""
    if exercise.name == "mnist.reach_95":
        return (lambda X, labels, rng: ([np.zeros((784, 10))], [np.zeros(10)]),)
    return exercise.solution


def in_the_form_of(exercise, fill):
    """Functions whose results look like the right ones and have made-up numbers in them."""
    return [
        lambda *arguments, right=right: filled(right(*copy.deepcopy(arguments)), fill)
        for right in solutions(exercise)
    ]


STRANGER = np.random.default_rng(1)
MADE_UP = {
    "zeros": np.zeros, "ones": np.ones, "halves": lambda shape: np.full(shape, 0.5), "minus ones": lambda shape: -np.ones(shape),
    "nan": lambda shape: np.full(shape, np.nan), "random numbers": lambda shape: STRANGER.uniform(-1, 1, shape),
    "random numbers between 0 and 1": lambda shape: STRANGER.uniform(0, 1, shape),
}  # fmt: skip
WHATEVER = {
    "None": lambda *arguments: None, "nothing in a list": lambda *arguments: [], "nothing in a dictionary": lambda *arguments: {},
    "0": lambda *arguments: 0.0, "1": lambda *arguments: 1.0, "the first input": lambda *arguments: arguments[0],
    "the last input": lambda *arguments: arguments[-1], "all inputs": lambda *arguments: arguments,
    "the first two inputs, in one piece": lambda *arguments: [arguments[:2]],
}  # fmt: skip


@cache
def cases(name):
    return draw_cases(find_exercise(name), 3)


def score(exercise, functions):
    """What functions get. Nobody looks for words here."""
    evidence = probe(
        exercise.name, functions, cases(exercise.name), exercise.limit, exercise.repeat
    )
    return judge(exercise.but(misconceptions=(), known=()), evidence).score


@every_exercise
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_made_up_numbers_in_the_right_form_are_worth_nothing(exercise):
    got = {kind: score(exercise, in_the_form_of(exercise, fill)) for kind, fill in MADE_UP.items()}
    assert {kind: points for kind, points in got.items() if points > NOTHING} == {}


@every_exercise
def test_an_empty_answer_or_the_inputs_themselves_are_worth_nothing(exercise):
    got = {
        kind: score(exercise, [answer] * len(exercise.signatures))
        for kind, answer in WHATEVER.items()
    }
    assert {kind: points for kind, points in got.items() if points > NOTHING} == {}


@every_exercise
def test_the_right_result_of_one_case_is_worth_nothing_on_the_others(exercise):
    for k, case in enumerate(cases(exercise.name)[:3]):
        _, live = run_case(solutions(exercise), case, exercise.limit)
        pasted = []
        for index in range(len(exercise.signatures)):
            found = [
                result
                for call, result in zip(case.calls, live, strict=True)
                if call.function == index
            ]
            pasted.append(
                lambda *_, found=found: (
                    copy.deepcopy(found[0])
                    if found and not isinstance(found[0], GeneratorType)
                    else None
                )
            )
        assert score(exercise, pasted) <= NOTHING, f"case {k}"


@pytest.mark.parametrize("exercise", BY_PROPERTIES, ids=lambda e: e.name)
def test_a_row_that_counts_only_beside_another_is_one_of_the_rows_and_not_all_of_them(exercise):
    evidence = probe(
        exercise.name, solutions(exercise), cases(exercise.name), exercise.limit, exercise.repeat
    )
    rows = [row.name for row in judge(exercise, evidence).rows]
    optional = {"shape", "inputs unchanged"}  # in two exercises named only where they fail
    assert set(exercise.giveaways) <= set(rows) | optional
    assert set(rows) - set(exercise.giveaways) and exercise.giveaways
    assert len(rows) == len(set(rows))


def test_a_gradient_that_is_always_1_counts_beside_another_quantity():
    """b of w x + b: its gradient is 1 for every input."""
    right = find_exercise("chain_rule.linear").solution[0]
    alone = lambda w, x, b: (0.5, {"w": 0.5, "x": 0.5, "b": 1.0})
    assert assess("chain_rule.linear", alone, seed=1).score == 0
    assert assess(
        "chain_rule.linear", lambda *a: (right(*a)[0], alone(*a)[1]), seed=1
    ).score == pytest.approx(0.5)


def test_a_verdict_says_why_right_rows_are_worth_nothing():
    found = assess("logistic_neuron.loss", lambda a, y: 0.0, seed=1)
    assert found.score == 0
    assert any(row.ok for row in found.rows)
    assert "come out right without any work" in str(found)


# ---- XOR: formulas and weights written down


def xor_formula(X):
    return 0.01 + 0.98 * (X[:, 0] + X[:, 1] - 2 * X[:, 0] * X[:, 1])


def network_by_hand(X):
    """Two hidden units with weights that anybody can work out: OR, AND, and their difference."""
    sigma = lambda z: 1 / (1 + np.exp(-z))
    total = X.sum(axis=1)
    return sigma(8 * sigma(8 * total - 4) - 8 * sigma(8 * total - 12) - 4)


@pytest.mark.parametrize("train_xor", [
    lambda rng: (xor_formula, [1.0, 0.1]),
    lambda rng: (xor_formula, np.geomspace(1, 2e-4, 500).tolist()),
    lambda rng: (lambda X, e=rng.uniform(0, 0.005): xor_formula(X) + e, [1.0, 0.1]),
    lambda rng: (network_by_hand, np.geomspace(1, 2e-4, 500).tolist()),
    lambda rng: (network_by_hand, [rng.uniform(0.8, 1.0), 1e-3]),
])  # fmt: skip
def test_xor_by_a_formula_or_weights_written_down_is_worth_nothing(train_xor):
    assert assess("mazur.xor", train_xor, seed=5).score == 0


def xor_trained(
    hidden=4,
    eta=2.0,
    steps=3000,
    measure=lambda y, t: 0.5 * np.sum((y - t) ** 2),
    every=1,
    hidden_unit="logistic",
):
    """Right work in another style: other sizes, another error, noted every few steps, and a hidden
    layer of tanh."""
    logistic = lambda z: 1 / (1 + np.exp(-z))
    squash, slope = (
        (np.tanh, lambda h: 1 - h**2)
        if hidden_unit == "tanh"
        else (logistic, lambda h: h * (1 - h))
    )
    X, t = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([[0], [1], [1], [0.0]])

    def train_xor(rng):
        for _ in range(10):
            W1, b1, W2, b2 = (
                rng.normal(size=shape) for shape in ((2, hidden), hidden, (hidden, 1), 1)
            )
            errors = []
            for step in range(steps):
                h = squash(X @ W1 + b1)
                y = logistic(h @ W2 + b2)
                if step % every == 0:
                    errors.append(float(measure(y, t)))
                delta = (y - t) * y * (1 - y)
                back = delta @ W2.T * slope(h)
                W1, b1, W2, b2 = (
                    W1 - eta * X.T @ back,
                    b1 - eta * back.sum(0),
                    W2 - eta * h.T @ delta,
                    b2 - eta * delta.sum(0),
                )
            if np.abs(y - t).max() < 0.3:
                break
        return (lambda P: logistic(squash(P @ W1 + b1) @ W2 + b2)), errors

    return train_xor


@pytest.mark.parametrize("style", [
    {"hidden": 2}, {"hidden": 8}, {"hidden": 30, "eta": 0.3}, {"hidden": 3, "hidden_unit": "tanh", "eta": 0.5}, {"every": 500},
    {"measure": lambda y, t: np.sum((y - t) ** 2)}, {"measure": lambda y, t: np.mean((y - t) ** 2)},
    {"measure": lambda y, t: np.sqrt(np.mean((y - t) ** 2))}, {"measure": lambda y, t: np.abs(y - t).max()},
    {"measure": lambda y, t: -np.sum(t * np.log(y) + (1 - t) * np.log(1 - y))},
    {"measure": lambda y, t: -np.mean(t * np.log2(y) + (1 - t) * np.log2(1 - y))}, {"measure": lambda y, t: 0.5 * (y[3, 0] - t[3, 0]) ** 2},
])  # fmt: skip
def test_xor_trained_in_whatever_style_is_right(style):
    for seed in (0, 1):
        verdict = assess("mazur.xor", xor_trained(**style), seed=seed)
        assert verdict.passed, str(verdict)


# ---- digits: weights that were trained before


@pytest.fixture(scope="module")
def trained_before():
    """A network of a single layer, trained on 5,000 digits in their own order."""
    X, labels = (make(Digits("train", 0, 5000, what)) for what in ("images", "labels"))
    return plain(train_network_softly(X, labels, np.random.default_rng(0)))


def digits_score(returned, full):
    exercise = find_exercise("mnist.reach_95")
    return judge(
        exercise,
        Evidence(exercise.name, draw_cases(exercise, 2, full=full), ((Record(0, returned),),)),
    ).score


@pytest.mark.parametrize(
    "full", [True, False], ids=["when a class is graded", "in the notebook's trial"]
)
def test_weights_trained_before_are_worth_nothing(trained_before, full):
    assert digits_score(trained_before, full=full) == 0


def test_pixels_and_classes_are_renumbered_alike_in_training_and_in_judging():
    exercise = find_exercise("mnist.reach_95")
    (case,) = draw_cases(exercise, 4, full=True)
    images, labels = (given._replace(stop=5000) for given in case.calls[0].arguments[:2])
    returned = plain(train_network_softly(make(images), make(labels), np.random.default_rng(0)))
    assert digits_score_on(case, returned) > 0.5


def digits_score_on(case, returned):
    exercise = find_exercise("mnist.reach_95")
    return judge(exercise, Evidence(exercise.name, (case,), ((Record(0, returned),),))).score


def test_a_shuffle_renumbers_all_digits_in_one_way():
    plainly, shuffled = (
        Digits("train", 100, 1400, "images"),
        Digits("train", 100, 1400, "images", 7),
    )
    old, new = make(plainly), make(shuffled)
    order = np.argsort(np.random.default_rng(7).permutation(784))
    assert np.array_equal(new[:, order], old) and not np.array_equal(new, old)
    pairs = set(
        zip(
            make(plainly._replace(what="labels")).tolist(),
            make(shuffled._replace(what="labels")).tolist(),
            strict=True,
        )
    )
    assert len(pairs) == 10 and {a for a, _ in pairs} == {b for _, b in pairs} == set(range(10))
    one_hot = make(shuffled._replace(what="targets"))
    assert np.array_equal(one_hot.argmax(axis=1), make(shuffled._replace(what="labels")))


# ---- what costs no training


def test_an_untrained_network_with_its_true_cost_is_not_mini_batch_training():
    from autograder.exercises.mnist.solutions import cost, initialise

    def sgd(X, T, sizes, epochs, size, eta, rng, progress=None):
        weights, biases = initialise(sizes, rng)
        history = [cost(X, T, weights, biases)] * epochs
        for epoch in range(epochs if progress else 0):
            progress(epoch, history[epoch])
        return weights, biases, history

    assert assess("mnist.sgd", sgd, seed=1).score == 0


def test_one_guess_does_not_part_two_clouds_and_the_same_with_labels_exchanged():
    guess = lambda X, Y, eta, epochs, size, rng: (
        np.full((1, len(X)), 1.5),
        np.zeros((1, 1)),
        [0.1] * epochs,
    )
    assert assess("logistic_neuron.train", guess, seed=1).score == 0


def test_everything_in_one_piece_is_no_mini_batch_and_no_split():
    assert (
        assess("logistic_neuron.minibatches", lambda X, Y, size, rng: [(X, Y)], seed=1).score == 0
    )
    assert (
        assess("practice.split", lambda n, fractions, rng: (np.arange(n), [], []), seed=1).score
        == 0
    )
