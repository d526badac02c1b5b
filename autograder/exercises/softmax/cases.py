"""The inputs of lesson 6: batches of logits, probabilities and targets, ordinary and extreme."""

from __future__ import annotations

import numpy as np

from autograder.exercises.exercise import Call, Case

EXTREME, APART, ZEROS = "at ±1000", "rows far apart", "0 · log 0"
BEHIND = "right class far behind"


def one_hot(rng, n, k):
    """At least two classes occur, whatever n ≥ 2 is."""
    return np.eye(k)[rng.permutation(np.arange(n) % k)]


def soft(rng, n, k):
    """n rows of k probabilities."""
    return rng.dirichlet(np.full(k, 1.5), size=n)


def draw_softmax(rng):
    """Random logits (n, k), logits around ±1000, and rows that lie far apart."""
    cases = [
        Case.of(f"{n} rows of {k} random logits", rng.normal(0, 1.5, (n, k)))
        for n, k in ((3, 4), (3, 3), (5, 2), (1, 5))
    ]
    far = np.array([[1000.0], [-1000.0], [0.0]]) + rng.uniform(-2, 2, (3, 4))
    far[2, :2] = 1000, -1000
    apart = np.array([[0.0], [-850.0], [-1700.0], [2.0]]) + rng.uniform(-2, 2, (4, 3))
    return [
        *cases,
        Case("logits around ±1000", (Call(0, (far,), f"softmax {EXTREME}"),)),
        Case("rows far apart", (Call(0, (apart,), f"softmax, {APART}"),)),
    ]


def draw_cross_entropy(rng):
    """Predictions and targets (n, k), hard and soft, and two distributions; P is 0 only where T
    is."""
    cases = []
    for n, k, kind in ((4, 3, one_hot), (3, 5, soft), (6, 2, soft)):
        P, T = 0.85 * soft(rng, n, k) + 0.15 / k, kind(rng, n, k)
        p, q = (0.8 * soft(rng, 1, k)[0] + 0.2 / k for _ in range(2))
        cases.append(
            Case(
                f"{n} random rows of {k} classes, and two random distributions",
                (Call(0, (P, T)), Call(1, (p, q))),
            )
        )
    P, T = soft(rng, 4, 3) * 0.8 + 0.2 / 3, soft(rng, 4, 3) * 0.8 + 0.2 / 3
    # P is 0 only where T is
    P[0, 1], T[0, 1], P[1], T[1], T[2] = 0, 0, (0, 0, 1), (0, 0, 1), (1, 0, 0)
    P[0], T[0] = P[0] / P[0].sum(), T[0] / T[0].sum()
    small = np.array([[0.01, 0.97, 0.02], [0.3, 0.01, 0.69]])
    # one permutation for both: no entry below .01
    small, small_T = small[:, rng.permutation(3)], soft(rng, 2, 3) * 0.7 + 0.1
    p = rng.permutation([0.01, 0.04, 0.95])
    confident = (Call(0, (small, small_T)), Call(1, (p, small_T[0])))
    return [
        *cases,
        Case("predictions that are sure of themselves, p from 0.01", confident),
        Case(
            "probabilities that are exactly 0 where the target is 0",
            (Call(0, (P, T), f"cross_entropy, {ZEROS}"),),
        ),
    ]


def draw_jacobian(rng):
    """Logits (k,), also around ±1000."""
    cases = [Case.of(f"{k} random logits", rng.normal(0, 1, k)) for k in (3, 5, 2)]
    extremes = (
        1000 + rng.uniform(-1, 1, 3),
        -1000 + rng.uniform(-1, 1, 4),
        np.array([1000, -1000, 999 + rng.uniform(0, 1)]),
    )
    calls = tuple(Call(0, (z,), f"softmax_jacobian {EXTREME}") for z in extremes)
    return [*cases, Case("logits around ±1000", calls)]


SIZES = ((4, 3, one_hot), (3, 5, soft), (5, 2, soft), (3, 3, one_hot))
KIND = {one_hot: "one-hot targets", soft: "soft targets"}


def draw_gradient(rng):
    """Logits and targets (n, k), hard and soft."""
    return [
        Case.of(
            f"{n} rows of {k} classes, {KIND[kind]}", rng.normal(0, 1.2, (n, k)), kind(rng, n, k)
        )
        for n, k, kind in SIZES
    ]


def draw_combined(rng):
    """Ordinary logits, and logits around ±1000; there no target is on a probability of 0, so that
    the loss is finite."""
    far = np.array([[1000.0], [-1000.0], [0.0]]) + rng.uniform(-2, 2, (3, 4))
    far[2, :2] = 1000, -1000
    target = np.eye(4)[[rng.integers(4), rng.integers(4), 0]]
    extreme = Case("logits around ±1000", (Call(0, (far, target), f"dZ {EXTREME}"),))
    return [*draw_gradient(rng), extreme]


def draw_from_logits(rng):
    """Ordinary logits; rows around ±1000, where every p is ordinary; and rows in which the right
    class lies so far behind that its p is below every float, though the loss is not large."""
    near = np.array([[1000.0], [-1000.0], [0.0]]) + rng.uniform(-2, 2, (3, 4))
    behind = np.array([[0.0, 1000.0, -1000.0]]) + rng.uniform(-9, 9, (4, 3))
    target = np.array([[1.0, 0, 0], [0, 0, 1], [0.5, 0.25, 0.25], [0, 1, 0]])
    return [
        *draw_gradient(rng),
        Case("rows around ±1000", (Call(0, (near, soft(rng, 3, 4)), f"loss {EXTREME}"),)),
        Case("a right class far behind", (Call(0, (behind, target), f"loss, {BEHIND}"),)),
    ]


def layer(rng, n, h, k, kind):
    """H, W, b, T of a layer whose hidden values and biases are well away from 0."""
    H = rng.uniform(0.3, 1.5, (n, h)) * rng.choice([-1, 1], (n, h))
    b = rng.uniform(0.5, 1.5, k) * rng.choice([-1, 1], k)
    return H, rng.normal(0, 1, (h, k)), b, kind(rng, n, k)


def draw_output_layer(rng):
    """Hidden activations, weights, biases and targets of four sizes, one of a single row."""
    return [
        Case.of(
            f"{n} row{'s' * (n > 1)}, {h} hidden units, {k} classes, {KIND[kind]}",
            *layer(rng, n, h, k, kind),
        )
        for n, h, k, kind in ((5, 3, 4, one_hot), (3, 3, 3, soft), (4, 2, 3, soft), (1, 4, 3, soft))
    ]


def draw_two_classes(rng):
    """A number and arrays of several shapes, also around ±1000."""
    five = rng.normal(0, 2, 5)
    five[2] = 0.0
    drawn = (
        five,
        float(rng.uniform(-3, -1)),
        rng.normal(0, 2, (2, 3)),
        rng.normal(0, 2, (3, 1, 2)),
    )
    cases = [Case.of(f"z of shape {np.shape(z)}" if np.ndim(z) else "a single z", z) for z in drawn]
    extreme = np.array([1000.0, -1000.0, rng.uniform(0.5, 2), -999.0])
    calls = tuple(
        Call(0, (z,), f"sigmoid_from_softmax {EXTREME}") for z in (extreme, 1000.0, -1000.0)
    )
    return [*cases, Case("z around ±1000", calls)]


RUNS = (
    (6, 3, 2, soft, 0.8, 1),
    (9, 3, 4, one_hot, 0.5, 12),
    (8, 2, 3, soft, 1.5, 5),
    (30, 2, 3, one_hot, 0.4, 60),
)


def draw_regression(rng):
    """Examples whose classes can be told apart, with eta and a number of steps."""
    cases = []
    for n, d, k, kind, eta, steps in RUNS:
        T = kind(rng, n, k)
        X = T @ rng.normal(0, 1.2, (k, d)) + rng.normal(0, 0.8, (n, d)) + 0.5
        label = (
            f"{n} examples, {d} features, {k} classes, {KIND[kind]}, eta = {eta}, {steps}"
            f" step{'s' * (steps > 1)}"
        )
        cases.append(Case.of(label, X, T, eta, steps))
    return cases
