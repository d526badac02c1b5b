"""The inputs of lesson 5's exercises: the deck's network, and random ones of widths that the deck
never shows."""

from __future__ import annotations

from autograder.exercises.exercise import Case
from autograder.exercises.mazur.solutions import B1, B2, TARGET, W1, W2, I

DECK = "the deck's 2-2-2 network"
SIZES = ((3, 4, 2), (2, 3, 3), (3, 2, 4))
ARGUMENTS = (I, TARGET, W1, B1, W2, B2)


def printed(*ids):
    """Where the deck prints each of some quantities: its ids there, None for what it does not."""
    return tuple("inha003.mazur." + i if i else None for i in ids)


def draw_network(rng, d, h, m):
    i = rng.uniform(0.5, 1.5, d) * rng.choice([-1, 1], d)
    weights = (
        rng.uniform(-1.2, 1.2, (d, h)),
        rng.uniform(-0.6, 0.6, h),
        rng.uniform(-1.2, 1.2, (h, m)),
        rng.uniform(-0.6, 0.6, m),
    )
    return i, rng.uniform(-0.5, 1.5, m), *weights


def label(d, h, m):
    return f"a random {d}-{h}-{m} network"


def draw_forward(rng):
    return [Case.of(label(*s), i, *p) for s in SIZES for i, _, *p in [draw_network(rng, *s)]]


def draw_error(rng):
    return [Case.of(f"{n} outputs", rng.uniform(0, 1, n), rng.uniform(0, 1, n)) for n in (3, 1, 5)]


def draw_passes(rng):
    return [Case.of(label(*s), *draw_network(rng, *s)) for s in SIZES]


def draw_update(rng):
    return [
        Case.of(f"{label(*s)}, eta = {eta}", *draw_network(rng, *s), eta)
        for s, eta in zip(SIZES, (0.7, 2.0, 1.3), strict=True)
    ]


def draw_train(rng):
    runs = ((2.0, 3), (1.5, 1, "frozen"), (2.0, 4, "trained"))
    return [
        Case.of(
            f"{label(*s)}, {run[1]} steps, biases {(*run, 'left out')[2]}",
            *draw_network(rng, *s),
            *run,
        )
        for s, run in zip(SIZES, runs, strict=True)
    ]
