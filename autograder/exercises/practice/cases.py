"""The inputs on which the exercises of lesson 8 are judged. No deck shows a number on these
topics."""

from __future__ import annotations

import numpy as np

from autograder.exercises.exercise import Call, Case, Ref, Rng
from autograder.exercises.practice.solutions import adam_step, momentum_step, rmsprop_step


def draw_initialisation(rng):
    """One network with many numbers for the statistics, three small ones for the shapes."""
    sizes = [int(rng.integers(270, 330)), int(rng.integers(90, 110)), int(rng.integers(210, 260))]
    a, b, c, d = (Rng(int(s)) for s in rng.integers(2**31, size=4))
    large = (
        Call(0, (sizes, a)),
        Call(0, (sizes, b, "xavier")),
        Call(0, (sizes, c, "he")),
        Call(0, (sizes, a)),
        Call(0, (sizes, b)),
    )
    small = [
        Case.of(f"a network of sizes {s}", s, d, kind)
        for s, kind in (([4, 3, 1], "he"), ([5, 5, 5, 5], "xavier"), ([2, 7], "he"))
    ]
    return [Case(f"a network of sizes {sizes}", large), *small]


def draw_optimisers(rng):
    """Steps of the three optimisers on arrays (2, 3) and on single numbers."""
    return [
        _steps(rng, which, shape, eps)
        for shape, eps in (((2, 3), 0.3), ((), 1e-8))
        for which in range(3)
    ]


def _steps(rng, which, shape, eps):
    """Three steps of one optimiser, then the first step of another array, which has a state of its
    own.

    The parameters are the exact ones, the state is the student's.
    """
    eta, a, b = rng.uniform(0.2, 0.5), rng.uniform(0.7, 0.9), rng.uniform(0.92, 0.98)
    fixed = ((eta, a), (eta, a, eps), (eta, a, b, eps))[which]
    p, state, calls = np.array(rng.normal(size=shape)), None, []
    for t in (1, 2, 3, 1):
        g = np.array(rng.uniform(0.3, 1.5, shape) * rng.choice([-1, 1], shape))
        if shape:
            g.flat[0] = 0.0  # a parameter that no example reaches
        last = (t,) if which == 2 else ()
        state = None if t == 1 else state
        calls.append(Call(which, (p, g, Ref(t - 2, (1,)) if t > 1 else None, *fixed, *last)))
        p, state = (momentum_step, rmsprop_step, adam_step)[which](p, g, state, *fixed, *last)
        p = np.array(p)
    names = (("eta", "beta"), ("eta", "rho", "eps"), ("eta", "beta1", "beta2", "eps"))[which]
    settings = ", ".join(f"{name} = {value:.3g}" for name, value in zip(names, fixed, strict=True))
    return Case(
        f"{('momentum', 'RMSprop', 'Adam')[which]}, three steps and a fresh start, shape {shape},"
        f" {settings}",
        tuple(calls),
    )


def draw_batchnorm(rng):
    """Columns on different scales; as many rows as columns once; the cache is handed back twice,
    after another batch."""
    cases = []
    for n, d, eps in ((5, 3, 0.4), (4, 4, 1e-5), (3, 2, 0.2), (6, 1, 0.5)):
        Z = rng.normal(size=(n, d)) * rng.uniform(0.6, 1.6, d) + rng.uniform(1, 2, d) * rng.choice(
            [-1, 1], d
        )
        gamma, beta = (
            rng.uniform(1.2, 2, d) * rng.choice([-1, 1], d),
            rng.uniform(0.3, 1, d) * rng.choice([-1, 1], d),
        )
        back = [
            Call(1, (rng.normal(size=(n, d)) + rng.uniform(-1, 1, d), Ref(0, (1,))))
            for _ in range(2)
        ]
        calls = (
            Call(0, (Z, gamma, beta, eps)),
            Call(0, (rng.normal(size=(n + 1, d)), gamma, beta, eps)),
            *back,
        )
        cases.append(Case(f"a batch of {n}, {d} unit{'s' * (d > 1)}, eps = {eps:g}", calls))
    return cases


#: n and fractions. Of 9 examples three rounded sizes are 5, 2 and 1: one is lost.
SMALL = (
    (10, (0.8, 0.1, 0.1)),
    (7, (0.7, 0.2, 0.1)),
    (9, (0.6, 0.25, 0.15)),
    (23, (0.6, 0.25, 0.15)),
)


def draw_split(rng):
    """Three splits of one n near 1,000, two of them with the same seed, and four small ones."""
    a, b, c = (Rng(int(s)) for s in rng.integers(2**31, size=3))
    n, fractions = (
        int(rng.integers(900, 1100)),
        ((0.7, 0.15, 0.15), (0.6, 0.25, 0.15), (0.5, 0.2, 0.3))[int(rng.integers(3))],
    )
    large = tuple(Call(0, (n, fractions, seed)) for seed in (a, b, a))
    small = [Case.of(f"n = {k}, fractions {f}", k, f, c) for k, f in SMALL]
    return [Case(f"n = {n}, fractions {fractions}", large), *small]


EPOCHS = (
    ([5.0, 4.0, 3.0, 3.1, 3.2, 1.0], 2),
    ([3.0, 2.0, 2.0, 2.0, 1.0], 2),
    ([4.0, 5.0, 3.0, 6.0], 10),
    ([2.5], 1),
    ([5.0, 3.0, 4.0, 3.5, 3.2, 3.1, 2.0], 3),
    ([900.0, 800.0, 700.0, 650.0], 2),
    ([1.0, 2.0, 3.0, 0.5], 3),
)


def draw_epochs(rng):
    """Given runs of validation losses and drawn ones, each with a patience."""
    runs = list(EPOCHS)
    for length in (9, 14):
        losses = np.round(
            2 + 0.5 * np.abs(np.arange(length) - length // 2) + rng.uniform(-0.9, 0.9, length), 1
        )
        runs.append(([float(v) for v in losses], int(rng.integers(2, 4))))
    return [
        Case.of(f"losses {losses}, patience {patience}", losses, patience)
        for losses, patience in runs
    ]
