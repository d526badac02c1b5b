"""The frequent slips of lessons 5 to 8 are named, and nothing that is said beside the name
contradicts the numbers."""

from __future__ import annotations

import importlib
import re
from itertools import pairwise

import numpy as np
import pytest
from bank_late import BANK

from autograder import assess
from autograder.check import _held_back
from autograder.exercises import find_exercise, lesson_exercises
from autograder.exercises.mazur.failed_runs import why_not
from autograder.exercises.mazur.solutions import CORNERS, XOR, logistic
from autograder.exercises.mnist import solutions as mnist
from course.making.build import LESSONS

LATE = {"mazur": "05", "softmax": "06", "mnist": "07", "practice": "08"}
EXERCISES = [e for lesson in LATE for e in lesson_exercises(lesson)]
every_late_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)


def trained_xor(rng, hidden=4, eta=2.0, scale=1.0, steps=3000):
    """A 2-h-1 network on XOR, full batch."""
    X, t = CORNERS, XOR[:, None]
    shapes = ((2, hidden), hidden, (hidden, 1), 1)
    W1, b1, W2, b2 = [scale * rng.normal(size=s) for s in shapes]
    errors = []
    for _ in range(steps):
        H = logistic(X @ W1 + b1)
        y = logistic(H @ W2 + b2)
        errors.append(float(0.5 * np.sum((y - t) ** 2)))
        do = (y - t) * y * (1 - y)
        dh = (do @ W2.T) * H * (1 - H)
        W2, b2 = W2 - eta * H.T @ do, b2 - eta * do.sum(axis=0)
        W1, b1 = W1 - eta * X.T @ dh, b1 - eta * dh.sum(axis=0)
    return (lambda points: logistic(logistic(points @ W1 + b1) @ W2 + b2)[:, 0]), errors


def trained_digits(X, labels, sizes, rng, epochs, eta, size):
    """A network of logistic units, started from scaled weights."""
    X, T = X.astype(np.float32), mnist.one_hot(labels, 10).astype(np.float32)
    weights, biases = mnist.initialise(sizes, rng)
    weights = [(W / np.sqrt(len(W))).astype(np.float32) for W in weights]
    biases = [b.astype(np.float32) for b in biases]
    mnist.train_from(weights, biases, X, T, epochs, size, eta, rng)
    return weights, biases


def written(name, code):
    """The functions that a student's cell defines, beside the lesson's right ones."""
    exercise = find_exercise(name)
    solutions = importlib.import_module(f"autograder.exercises.{exercise.lesson}.solutions")
    scope = {
        "np": np,
        "trained_xor": trained_xor,
        "trained_digits": trained_digits,
        **vars(solutions),
    }
    exec(compile(code, "notebook", "exec"), scope)
    return [scope[signature.name] for signature in exercise.signatures]


@pytest.mark.parametrize(("name", "slip", "code"), BANK, ids=[f"{n}-{s}" for n, s, _ in BANK])
def test_a_frequent_slip_is_named_and_nothing_contradicts_it(name, slip, code):
    found = assess(name, *written(name, code), seed=3)
    assert not found.passed
    assert found.diagnosis is not None, str(found)
    assert found.diagnosis.name == slip
    says_no_two_things_at_once(found)


def says_no_two_things_at_once(found):
    text = str(found)
    assert not ("in every case" in text and "in other cases it is otherwise" in text), text
    assert not re.search(r"numbers say: *,", text), text
    for row in found.rows:
        same = (
            row.yours == row.exact
            and row.yours not in ("", "—")
            and "numbers, shape" not in row.yours
        )
        assert row.ok or not same, f"{row.name} is called wrong: {row.yours} beside {row.exact}"


# ---- what is judged by what it learns


def sgd_with(order, told=True):
    """Mini-batch training whose epochs take the examples in `order(epoch, n, rng)`."""

    def sgd(X, T, sizes, epochs, size, eta, rng, progress=None):
        weights, biases = mnist.initialise(sizes, rng)
        history = []
        for epoch in range(epochs):
            rows = order(epoch, len(X), rng)
            for k in range(0, len(X), size):
                dW, db = mnist.backprop(
                    X[rows[k : k + size]], T[rows[k : k + size]], weights, biases
                )
                weights = [W - eta * g for W, g in zip(weights, dW, strict=True)]
                biases = [b - eta * g for b, g in zip(biases, db, strict=True)]
            history.append(mnist.cost(X, T, weights, biases))
            if told and progress is not None:
                progress(epoch, history[-1])
        return weights, biases, history

    return sgd


def wrong_rows(found):
    return {row.name for row in found.rows if not row.ok}


@pytest.mark.parametrize("seed", range(5))
def test_a_new_order_each_epoch_is_asked_and_given(seed):
    shuffled = sgd_with(lambda epoch, n, rng: rng.permutation(n))
    assert assess("mnist.sgd", shuffled, seed=seed).passed
    as_they_stand = assess("mnist.sgd", sgd_with(lambda epoch, n, rng: np.arange(n)), seed=seed)
    assert wrong_rows(as_they_stand) == {"a new order in every epoch"}
    backwards = assess("mnist.sgd", sgd_with(lambda epoch, n, rng: np.arange(n)[::-1]), seed=seed)
    assert wrong_rows(backwards) == {"a new order in every epoch"}


def test_a_progress_that_is_called_unasked_costs_one_row():
    code = next(code for name, slip, code in BANK if slip == "progress called unasked")
    found = assess("mnist.sgd", *written("mnist.sgd", code), seed=1)
    assert wrong_rows(found) == {"progress may be left out"}
    assert found.score > 0.85
    assert "without `return`" not in str(found)


UNPACKED = {
    "mnist.count_parameters": """
def count_parameters(sizes):
    inputs, hidden, outputs = sizes
    return inputs * hidden + hidden + hidden * outputs + outputs
""",
    "mnist.feedforward": """
def feedforward(X, weights, biases):
    (W1, W2), (b1, b2) = weights, biases
    hidden = logistic(X @ W1 + b1)
    return [X, hidden, logistic(hidden @ W2 + b2)]
""",
    "mnist.backprop": """
def backprop(X, T, weights, biases):
    W1, W2 = weights
    _, hidden, out = feedforward(X, weights, biases)
    d2 = (out - T) * out * (1 - out) / len(X)
    d1 = (d2 @ W2.T) * hidden * (1 - hidden)
    return [X.T @ d1, hidden.T @ d2], [d1.sum(axis=0), d2.sum(axis=0)]
""",
}


@pytest.mark.parametrize("name", UNPACKED)
def test_where_layers_are_given_names_of_their_own_the_loop_is_pointed_to(name):
    found = assess(name, *written(name, UNPACKED[name]), seed=3)
    assert "not as many names as values" in found.finding
    assert "loop over" in found.finding


@pytest.mark.parametrize(
    "answer",
    ["feedforward(X, weights, biases).argmax(axis=1)",
     "np.argmax(feedforward(X, weights, biases), axis=1)"],
)  # fmt: skip
def test_all_layers_in_place_of_the_last_one_are_called_so(answer):
    code = f"def accuracy(X, labels, weights, biases):\n    return np.mean({answer} == labels)"
    found = assess("mnist.accuracy", *written("mnist.accuracy", code), seed=3)
    assert "the outputs are its last entry, [-1]" in found.finding


def test_parameters_for_two_layers_are_too_few_for_three():
    code = """
def initialise(sizes, rng):
    weights = [rng.normal(size=(sizes[0], sizes[1])), rng.normal(size=(sizes[1], sizes[2]))]
    return weights, [rng.normal(size=sizes[1]), rng.normal(size=sizes[2])]
"""
    found = assess("mnist.initialise", *written("mnist.initialise", code), seed=3)
    assert found.score == 0
    assert "the sizes ask for" in str(found)


def test_a_step_for_two_layers_is_none_for_three():
    code = """
def sgd(X, T, sizes, epochs, size, eta, rng, progress=None):
    weights, biases = initialise(sizes, rng)
    history = []
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), size):
            rows = order[k : k + size]
            dw, db = backprop(X[rows], T[rows], weights, biases)
            for l in (0, 1):
                weights[l] = weights[l] - eta * dw[l]
                biases[l] = biases[l] - eta * db[l]
        history.append(cost(X, T, weights, biases))
        if progress is not None:
            progress(epoch, history[-1])
    return weights, biases, history
"""
    found = assess("mnist.sgd", *written("mnist.sgd", code), seed=3)
    assert not found.passed


def test_a_run_of_no_epoch_is_not_called_one_that_does_not_move():
    right = next(
        code for name, slip, code in BANK if (name, slip) == ("mnist.sgd", "shuffled once")
    )
    code = right.replace("range(epochs)", "range(1, epochs)")
    found = assess("mnist.sgd", *written("mnist.sgd", code), seed=3)
    assert "Nothing moves" not in str(found)
    assert "Yours has 0 in a run with epochs = 1" in str(found)


def test_a_return_inside_the_loop_is_asked_after_and_a_missing_history_is_said_once():
    right = next(
        code for name, slip, code in BANK if (name, slip) == ("mnist.sgd", "shuffled once")
    )
    inside = assess(
        "mnist.sgd",
        *written("mnist.sgd", right.replace("\n    return", "\n        return")),
        seed=3,
    )
    assert "It was called 1 time in 40 epochs. Does `return` stand inside" in str(inside)
    two = assess(
        "mnist.sgd", *written("mnist.sgd", right.replace("biases, history\n", "biases\n")), seed=3
    )
    assert "the same C that goes into the history" not in str(two)


def test_of_weights_in_pairs_it_is_said_that_two_lists_are_wanted():
    code = """
def initialise(sizes, rng):
    return [(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in zip(sizes, sizes[1:])]
"""
    found = assess("mnist.initialise", *written("mnist.initialise", code), seed=3)
    assert "a pair for each layer came back" in str(found)


def test_a_network_that_has_hardly_learnt_is_told_so_without_a_hidden_layer_too():
    code = """
def train_network(X, labels, rng):
    return trained_digits(X, labels, [784, 10], rng, epochs=1, eta=0.1, size=50)
"""
    found = assess("mnist.reach_95", *written("mnist.reach_95", code), seed=1)
    assert found.diagnosis.name == "no hidden layer"
    assert "it has not yet learnt those" in str(found)


def test_the_quick_trial_renumbers_pixels_and_classes_as_grading_does():
    known = mnist.one_hot(np.arange(10), 10)
    (trial,), (full,) = (draw(np.random.default_rng(1)) for draw in _draws("mnist.reach_95"))
    shuffles = [case.calls[0].arguments[0].shuffle for case in (trial, full)]
    assert None not in shuffles
    assert known.shape == (10, 10)


def _draws(name):
    exercise = find_exercise(name)
    return exercise.draw, exercise.draw_full


def test_weights_that_were_trained_on_other_digits_are_worth_nothing_in_the_trial():
    weights = trained_digits(
        *_test_digits(), [784, 30, 10], np.random.default_rng(0), epochs=3, eta=3.0, size=10
    )
    found = assess("mnist.reach_95", lambda X, labels, rng: weights, seed=1)
    assert found.score == 0
    assert "pixels and classes come in another order" in str(found)


def _test_digits():
    from course import mnist as digits

    return digits.images("test"), digits.labels("test")


def test_a_right_start_has_no_comment_on_a_right_row():
    for seed in range(5):
        found = assess("mnist.initialise", mnist.initialise, seed=seed)
        assert found.passed
        assert not any(row.comment for row in found.rows)


def a_walk(corners):
    """Answers along the edges of the square, straight from corner to corner."""
    at = dict(zip(((0, 0), (0, 1), (1, 0), (1, 1)), corners, strict=True))
    way = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    return np.concatenate([np.linspace(at[a], at[b], 201) for a, b in pairwise(way)])


TRAPPED = (0.03, 0.97, 0.5, 0.501)
steps = np.arange(1000)


@pytest.mark.parametrize(
    ("run", "corners", "words"),
    [
        (
            0.4 + 0.1 * (-1.0) ** steps,
            (0.3, 0.6, 0.6, 0.8),
            "it rises 249 times in the last 499 steps",
        ),
        (0.5 + 0.001 * (-1.0) ** steps - 1e-5 * steps, (0.48, 0.5, 0.52, 0.5), "Take more steps"),
        (0.25 + 1 / (10 + steps), TRAPPED, "0.501 at (1, 1) and 0.500 at (1, 0)"),
        (
            1 - 0.5 * (steps == 0) - 1e-9 * steps,
            (1.0, 1.0, 1.0, 0.999),
            "1.000, 1.000, 1.000, 0.999",
        ),
        (0.25 + 0.1 * 0.999**steps, (0.4, 0.6, 0.55, 0.3), ""),
    ],
    ids=(
        "too large a rate",
        "single corners, not finished",
        "a trap",
        "saturated",
        "none of these",
    ),
)
def test_what_failed_runs_have_in_common_is_said_with_numbers_of_the_first(run, corners, words):
    seen = [(run, a_walk(corners))] * 3
    said = why_not(seen)
    assert (words in said and "In all 3 runs" in said) if words else not said, said


def test_of_runs_that_fail_in_different_ways_the_most_frequent_one_is_told():
    trapped = [(0.25 + 1 / (10 + steps), a_walk(TRAPPED))]
    falling = [(0.5 - 1e-4 * steps, a_walk((0.4, 0.45, 0.55, 0.5)))]
    assert why_not([*3 * trapped, *2 * falling]).startswith(
        "In 3 of the 5 runs that do not solve XOR"
    )
    assert "has come to rest" in why_not([*3 * trapped, *2 * falling])
    assert "still falls when you stop" in why_not([*2 * trapped, *3 * falling])


def test_xor_that_takes_too_long_is_called_once(monkeypatch):
    from dataclasses import replace

    from autograder.evidence.probe import probe
    from autograder.judging.judge import draw_cases

    exercise = replace(find_exercise("mazur.xor"), limit=0.2)
    called = []

    def endless(rng):
        called.append(1)
        while True:
            pass

    probe(exercise.name, (endless,), draw_cases(exercise, 1), exercise.limit, repeat=False)
    assert len(called) == 1


# ---- a mend by a second bug


def normalised_backwards(dv, dc, nodes=True):
    """The function of “break it” with these factors in ∂L/∂v and ∂L/∂c."""

    def backward(dout, cache):
        C, s, gamma = cache
        n = len(dout)
        dZ_hat = dout * gamma
        to_s = -(dZ_hat * C).sum(axis=0) / s**2
        to_v = dv * to_s / s
        dC = dZ_hat / s + dc * C * to_v / n
        dmu = -dC.sum(axis=0)
        found = {"Z": dC + dmu / n, "gamma": (dout * C / s).sum(axis=0), "beta": dout.sum(axis=0)}
        return (
            {**found, "Z_hat": dZ_hat, "s": to_s, "v": to_v, "C": dC, "mu": dmu} if nodes else found
        )

    return backward


def normalised(Z, gamma, beta, eps):
    C = Z - Z.mean(axis=0)
    s = np.sqrt((C**2).mean(axis=0) + eps)
    return gamma * C / s + beta, (C, s, gamma)


def test_a_bug_that_hides_the_planted_one_is_no_mend():
    mended = assess("practice.break_it", normalised, normalised_backwards(0.5, 2.0), seed=1)
    assert mended.passed
    assert assess(
        "practice.break_it", normalised, normalised_backwards(0.5, 2.0, nodes=False), seed=1
    ).passed
    hidden = assess("practice.break_it", normalised, normalised_backwards(1.0, 1.0), seed=1)
    assert not hidden.passed
    assert hidden.diagnosis.name == "two bugs that cancel"
    as_given = assess(
        "practice.break_it", normalised, normalised_backwards(0.5, 1.0, nodes=False), seed=1
    )
    assert as_given.score == 0


@pytest.mark.parametrize(
    ("dv", "dc", "first"), [(0.5, 1.0, "∂L/∂c"), (0.5, 2.7, "∂L/∂c"), (0.7, 2.0, "∂L/∂v")]
)
def test_the_first_wrong_quantity_is_the_first_on_the_walk_back(dv, dc, first):
    found = assess("practice.break_it", normalised, normalised_backwards(dv, dc), seed=1)
    walk = [row.symbol for row in found.rows if "∂L" in (row.symbol or "")]
    assert walk == [f"∂L/∂{node}" for node in "γβẑsvcμZ"]
    assert next(row for row in found.rows if not row.ok).symbol == first
    assert f"{first} is the first wrong quantity." in _held_back(found).finding
    if found.lost:
        assert found.lost.missing == first


def test_beside_nodes_that_are_left_out_a_number_is_named_first():
    code = normalised_backwards(0.5, 2.7, nodes=False)
    found = _held_back(assess("practice.break_it", normalised, code, seed=1))
    assert "∂L/∂Z is the first wrong quantity." in found.finding and found.diagnosis is None


# ---- hints and places to read


@every_late_exercise
def test_a_hint_that_is_pasted_is_no_answer(exercise):
    for rung in exercise.hints:
        for body in (rung, f"return {rung}"):
            try:
                compile(f"def f():\n    {body}", "hint", "exec")
            except SyntaxError:
                continue
            pytest.fail(f"{exercise.name}: this hint is code: {rung}")


@every_late_exercise
def test_the_last_hint_works_the_formula_out_in_numbers(exercise):
    numbers = re.findall(r"\d+(?:\.\d+)?", exercise.hints[-1])
    assert len(numbers) >= 3, exercise.hints[-1]


@every_late_exercise
def test_where_to_read_is_a_section_of_the_lesson_and_not_the_exercise(exercise):
    (lesson,) = LESSONS.glob(f"{LATE[exercise.lesson]}-*.md")
    headings = re.findall(r"^#{2,3} (.+)$", lesson.read_text(encoding="utf-8"), flags=re.M)
    assert exercise.section in headings
    assert not exercise.section.startswith(("Do:", "Break it"))
