"""Wrong answers that match no known mistake are not accused of one, and what is said of their
numbers is true."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from autograder import assess
from autograder.evidence.probe import probe
from autograder.exercises import all_exercises, find_exercise
from autograder.exercises import two_two_one as lesson
from autograder.exercises.mnist import solutions as mnist
from autograder.judging.diagnosis import filled
from autograder.judging.judge import draw_cases, judge
from autograder.judging.relations import symbol
from autograder.judging.table import places, tabulate

COMPARED = [e for e in all_exercises() if e.properties is None and not e.name.endswith(".break_it")]
MISCONCEPTIONS = [(e, m) for e in COMPARED for m in e.misconceptions]
every_exercise = pytest.mark.parametrize("exercise", COMPARED, ids=lambda e: e.name)


@cache
def exact_of(name):
    exercise = find_exercise(name)
    return probe(name, exercise.solution, draw_cases(exercise, 21), exercise.limit, repeat=False)


def changed(exercise, start, change, rows=None):
    """Evidence whose quantities in `rows` (all where none are named) are changed:
    `change(array) -> array`."""
    observations = [list(records) for records in start.observations]
    for place in places(exercise, exact_of(exercise.name)):
        record = observations[place.case][place.call]
        if record.error or rows is not None and place.row not in rows:
            continue
        new = put(record.returned, place.path, lambda value: over_parts(value, change))
        observations[place.case][place.call] = replace(record, returned=new)
    return replace(start, observations=tuple(map(tuple, observations)), again_case=None)


def put(result, path, change):
    if not path:
        return change(result)
    if isinstance(result, dict):
        return {**result, path[0]: put(result[path[0]], path[1:], change)}
    return [put(part, path[1:], change) if k == path[0] else part for k, part in enumerate(result)]


def over_parts(value, change):
    if isinstance(value, list):
        return [over_parts(part, change) for part in value]
    return (
        value
        if isinstance(value, (str, bool)) or value is None
        else change(np.asarray(value, dtype=float))
    )


def one_entry(rng):
    def change(v):
        new = np.array(v)
        new[tuple(rng.integers(s) for s in v.shape)] += rng.uniform(0.2, 0.9)
        return new

    return change


def signs(rng):
    """A random pattern of signs: over all calls some of either kind."""
    turn = iter(np.tile([-1, 1, 1, -1, 1], 100_000))
    return lambda v: v * np.reshape([next(turn) for _ in range(v.size)], v.shape) * 1.0 + 0.013


def swapped(rng):
    def change(v):
        new = np.ravel(v).copy()
        new[:2] = new[:2][::-1] if new.size > 2 else new[:2] + 0.31
        return new.reshape(v.shape)

    return change


CHANGES = {
    "one entry": one_entry,
    "a factor": lambda rng: lambda v, r=rng.uniform(1.31, 1.69): r * v + (v == 0) * 0.07,
    "signs": signs,
    "a permutation": lambda rng: lambda v: (rng.permutation(np.ravel(v)) + 0.0173).reshape(v.shape),
    "noise": lambda rng: lambda v: v + rng.normal(0.2, 0.5, v.shape),
    "two entries swapped": swapped,
}


def numbers_said(found):
    return [
        float(text)
        for text in re.findall(r"is (-?[\d.]+(?:e[+-]?\d+)?) times the exact one\.", found.finding)
    ]


def is_true(exercise, start, found):
    """Hold what a finding says of all entries against the numbers."""
    table = tabulate(exercise, exact_of(exercise.name), start, exercise.rules)
    first = next(row for row, entries in table.items() if not all(c.right for _, c in entries))
    wrong = [c for _, c in table[first] if not c.right and c.problem is None]
    holds = lambda relation: all(
        np.allclose(relation(np.asarray(c.exact)), c.yours, rtol=1e-4, atol=1e-8) for c in wrong
    )
    said = found.finding
    for ratio in numbers_said(found):
        assert holds(lambda e, r=ratio: r * e), said
    if "wrong sign." in said:
        assert holds(lambda e: -e), said
    if "the transpose of the right array." in said:
        assert holds(lambda e: e.T), said
    if "in the opposite order." in said:
        assert holds(lambda e: e[::-1]), said
    if "zero throughout." in said:
        assert holds(lambda e: 0 * e), said
    if any(c.right for row in table for _, c in table[row]) or len(table) > 1 or wrong:
        assert first in said or symbol(exercise, first) in said, said


@every_exercise
@pytest.mark.parametrize("kind", CHANGES)
def test_a_random_change_is_no_known_mistake_and_is_described_truly(exercise, kind):
    rng = np.random.default_rng(zlib.crc32(f"{exercise.name} {kind}".encode()))
    exact = exact_of(exercise.name)
    rows = [place.row for place in places(exercise, exact)]
    chosen = None if kind == "noise" else {str(rng.choice(rows))}
    evidence = changed(exercise, exact, CHANGES[kind](rng), chosen)
    found = judge(exercise, evidence)
    assert not found.passed
    assert found.diagnosis is None, found.diagnosis
    is_true(exercise, evidence, found)


@pytest.mark.parametrize(
    ("exercise", "misconception"),
    MISCONCEPTIONS,
    ids=[f"{e.name}-{m.name}" for e, m in MISCONCEPTIONS],
)
def test_what_a_mistake_does_not_give_is_not_explained_by_it(exercise, misconception):
    """The numbers of a known mistake in the first wrong row, others in a row after it."""
    exact = exact_of(exercise.name)
    wrong = probe(
        exercise.name,
        filled(exercise, misconception.functions),
        exact.cases,
        exercise.limit,
        repeat=False,
    )
    table = tabulate(exercise, exact, wrong, exercise.rules)
    order = list(table)
    first = next(
        (k for k, row in enumerate(order) if not all(c.right for _, c in table[row])), len(order)
    )
    rng = np.random.default_rng(zlib.crc32(misconception.name.encode()))
    for other in dict.fromkeys((*order[first + 1 :][:1], *order[first + 1 :][-1:])):
        evidence = changed(
            exercise, wrong, lambda v: v + size(v) * rng.normal(0.4, 0.6, v.shape), {other}
        )
        entries = tabulate(exercise, exact, evidence, exercise.rules)[other]
        if all(c.right or c.problem for _, c in entries):
            continue  # where no number came back, or any number will do, there is nothing to change
        found = judge(exercise, evidence)
        unexplained = found.finding.partition("does not explain")[2]
        assert found.diagnosis is None or symbol(exercise, other) in unexplained, str(found)


def size(values):
    """The largest of the numbers, at least 1: a change that is to be seen is a share of it."""
    return np.max(np.abs(values[np.isfinite(values)]), initial=1.0)


@every_exercise
@pytest.mark.parametrize("error", [ValueError, TypeError, IndexError])
def test_an_error_alone_is_no_known_mistake(exercise, error):
    def raises(*arguments):
        raise error("unlucky")

    found = assess(exercise.name, *(raises for _ in exercise.signatures), seed=2)
    assert found.score == 0
    assert found.diagnosis is None


@every_exercise
def test_zeros_everywhere_are_a_known_mistake_only_where_it_gives_nothing_but_zeros(exercise):
    found = judge(exercise, changed(exercise, exact_of(exercise.name), lambda v: 0 * v))
    assert (
        found.diagnosis is None
        or not found.finding
        or "Everything is 0" in found.diagnosis.explanation
    )


# ---- what is said of yours and the exact one


def backward(**slips):
    return assess(
        "two_two_one.backward",
        lambda *a: {**(g := lesson.backward(*a)), **{k: f(g, *a) for k, f in slips.items()}},
        seed=4,
    )


def test_a_number_that_is_another_quantity_is_called_by_its_name():
    found = backward(W1=lambda g, x, d, W1, W2: W1)
    assert found.diagnosis is None
    assert "Yours is W1, in every case." in found.finding


def test_a_factor_that_is_a_quantity_is_named():
    found = backward(W1=lambda g, x, d, W1, W2: g["W1"] * lesson.forward(x, W1, W2)["z1"])
    assert "Yours / z1 is the exact one (× 5.882 here), in every case." in found.finding


def test_a_relation_that_holds_in_some_cases_only_is_not_named():
    found = backward(W1=lambda g, x, d, W1, W2: 3 * g["W1"] if len(x) == 2 else 2 * g["W1"])
    assert (
        "Every entry of ∂Div/∂W⁽¹⁾ is 3 times the exact one, for the deck's 2-2-1 network; not in"
        " every case." in found.finding
    )
    assert "in every case" not in found.finding.replace("not in every case", "")


def test_a_diagnosis_says_how_yours_becomes_the_exact_one():
    wrong = next(
        m
        for m in find_exercise("two_two_one.backward").misconceptions
        if m.name == "output activation derivative forgotten"
    )
    found = assess("two_two_one.backward", *wrong.functions, seed=1)
    numbers = (
        "∂Div/∂z⁽²⁾: yours -0.468886, exact -0.116768. Yours is ∂Div/∂y⁽²⁾; yours × y2 (1 - y2) is"
        " the exact one (× 0.249 here), in every case."
    )
    assert found.diagnosis.numbers == numbers
    assert f"In numbers: {numbers}" in str(found)


@pytest.mark.parametrize(
    ("exercise", "misconception"),
    MISCONCEPTIONS[::7],
    ids=[f"{e.name}-{m.name}" for e, m in MISCONCEPTIONS[::7]],
)
def test_every_diagnosis_shows_the_students_number_and_the_exact_one(exercise, misconception):
    found = assess(exercise.name, *filled(exercise, misconception.functions), seed=2)
    exact = [row for row in found.rows if not row.general]
    if any(
        not row.ok
        and re.search(r"\d", row.yours)
        and not re.search("shape|nan|infinite|is wanted", row.comment)
        for row in exact
    ):
        assert re.search(
            r"yours -?[\d.e+-]+(, exact -?[\d.e+-]+\. (Yours|Mending)|; right is from 0 to upstream)",
            found.diagnosis.numbers,
        ), found.diagnosis


# ---- results that are random: a slip is named where the evidence shows it, and only there


def random_start(draw):
    return lambda sizes, rng: (
        [draw(rng, shape) for shape in zip(sizes, sizes[1:], strict=False)],
        [draw(rng, (m,)) for m in sizes[1:]],
    )


def sgd_with(step):
    """Full mini-batches and short ones, each with its own
    `step(X, T, weights, biases, eta) -> (weights, biases)`."""

    def sgd(X, T, sizes, epochs, size, eta, rng, progress=None):
        weights, biases = mnist.initialise(sizes, rng)
        history = []
        for epoch in range(epochs):
            order = rng.permutation(len(X))
            for k in range(0, len(X), size):
                rows = order[k : k + size]
                weights, biases = step(X[rows], T[rows], weights, biases, eta)
            history.append(mnist.cost(X, T, weights, biases))
            if progress:
                progress(epoch, history[-1])
        return weights, biases, history

    return sgd


def updated_between_the_layers(X, T, weights, biases, eta):
    a, weights, biases = mnist.feedforward(X, weights, biases), list(weights), list(biases)
    delta = (a[-1] - T) * a[-1] * (1 - a[-1]) / len(X)
    for l in reversed(range(len(weights))):
        weights[l], biases[l] = (
            weights[l] - eta * a[l].T @ delta,
            biases[l] - eta * delta.sum(axis=0),
        )
        delta = delta @ weights[l].T * a[l] * (1 - a[l])
    return weights, biases


def scaled_step(factor):
    def step(X, T, weights, biases, eta):
        dweights, dbiases = mnist.backprop(X, T, weights, biases)
        return [W - factor(X) * eta * g for W, g in zip(weights, dweights, strict=True)], [
            b - factor(X) * eta * g for b, g in zip(biases, dbiases, strict=True)
        ]

    return step


def always(values):
    return lambda rng: (
        lambda X: values[: len(X)] if len(X) <= 4 else np.full(len(X), 0.5),
        [1.0, 0.1],
    )


def rounded(rng):
    predict, errors = find_exercise("mazur.xor").solution[0](rng)
    return lambda X: np.round(predict(X)), errors


def cut(order, n, fractions):
    first, second = np.round(np.cumsum(fractions)[:2] * n).astype(int)
    return np.split(order, [first, second])


def xavier(sizes, rng, kind="xavier"):
    pairs = list(zip(sizes, sizes[1:], strict=False))
    return [rng.normal(0, np.sqrt(2 / (i + o)), (i, o)) for i, o in pairs], [
        np.zeros(o) for _, o in pairs
    ]


CHANCE = [
    (
        "mnist.initialise",
        random_start(lambda rng, shape: rng.uniform(0, 1, shape)),
        "numbers between 0 and 1",
    ),
    ("mnist.initialise", random_start(lambda rng, shape: rng.normal(0.5, 1, shape)), None),
    (
        "mnist.initialise",
        random_start(lambda rng, shape: rng.uniform(-1, 1, shape)),
        "uniform instead of normal",
    ),
    (
        "mnist.initialise",
        random_start(lambda rng, shape: rng.normal(0, 0.1, shape)),
        "scaled start",
    ),
    ("mnist.initialise", random_start(lambda rng, shape: rng.normal(0, 1.5, shape)), None),
    (
        "mnist.initialise",
        random_start(lambda rng, shape: np.random.normal(size=shape)),
        "randomness from elsewhere",
    ),
    (
        "mnist.initialise",
        lambda sizes, rng: mnist.initialise(sizes, np.random.default_rng(1)),
        "the same whatever the rng",
    ),
    ("mnist.sgd", sgd_with(updated_between_the_layers), "weights updated between the layers"),
    ("mnist.sgd", sgd_with(scaled_step(len)), "sum instead of mean"),
    ("mnist.sgd", sgd_with(scaled_step(lambda X: -1)), "step uphill"),
    ("mnist.sgd", sgd_with(scaled_step(lambda X: 0.37)), None),
    ("mazur.xor", rounded, "rounded predictions"),
    ("mazur.xor", always([0.01, 0.99, 0.98, 0.02]), "the answers written down"),
    (
        "mazur.xor",
        lambda rng: (lambda X: np.full(len(X), 0.5), [1.0, 0.1]),
        "the same start whatever the rng",
    ),
    ("practice.split", lambda n, f, rng: cut(np.arange(n), n, f), "not shuffled"),
    ("practice.split", lambda n, f, rng: cut(rng.permutation(n) + 1, n, f), "counted from 1"),
    (
        "practice.split",
        lambda n, f, rng: cut(np.random.permutation(n), n, f),
        "randomness from elsewhere",
    ),
    ("practice.split", lambda n, f, rng: cut(rng.integers(n, size=n), n, f), "overlapping sets"),
    ("practice.scaled_initialisation", xavier, "Xavier's variance for He"),
    (
        "practice.scaled_initialisation",
        lambda s, rng, kind="xavier": ([np.abs(W) for W in xavier(s, rng)[0]], xavier(s, rng)[1]),
        "weights of one sign",
    ),
    (
        "practice.scaled_initialisation",
        lambda s, rng, kind="xavier": ([1.3 * W for W in xavier(s, rng)[0]], xavier(s, rng)[1]),
        None,
    ),
]


@pytest.mark.parametrize(
    ("name", "wrong", "slip"),
    CHANCE,
    ids=[f"{name}-{slip}-{k}" for k, (name, _, slip) in enumerate(CHANCE)],
)
def test_a_slip_with_chance_is_named_where_the_evidence_shows_it(name, wrong, slip):
    found = assess(name, wrong, seed=5)
    assert not found.passed
    assert (found.diagnosis and found.diagnosis.name) == slip, str(found)
