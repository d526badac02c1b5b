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
    """i (d,), target (m,), and the weights and biases of a d-h-m network."""
    i = rng.uniform(0.5, 1.5, d) * rng.choice([-1, 1], d)
    weights = (
        rng.uniform(-1.2, 1.2, (d, h)),
        rng.uniform(-0.6, 0.6, h),
        rng.uniform(-1.2, 1.2, (h, m)),
        rng.uniform(-0.6, 0.6, m),
    )
    return i, rng.uniform(-0.5, 1.5, m), *weights


def label(d, h, m):
    """The words for a drawn d-h-m network."""
    return f"a random {d}-{h}-{m} network"


def draw_forward(rng):
    """Inputs, weights and biases of three widths."""
    return [Case.of(label(*s), i, *p) for s in SIZES for i, _, *p in [draw_network(rng, *s)]]


def draw_error(rng):
    """Outputs and targets, 3, 1 and 5 of them."""
    return [Case.of(f"{n} outputs", rng.uniform(0, 1, n), rng.uniform(0, 1, n)) for n in (3, 1, 5)]


def draw_passes(rng):
    """Networks of three widths with their targets."""
    return [Case.of(label(*s), *draw_network(rng, *s)) for s in SIZES]


def draw_update(rng):
    """Networks with a learning rate that is not 1."""
    return [
        Case.of(f"{label(*s)}, eta = {eta}", *draw_network(rng, *s), eta)
        for s, eta in zip(SIZES, (0.7, 2.0, 1.3), strict=True)
    ]


def draw_train(rng):
    """Runs of few steps: biases left out, frozen, trained."""
    runs = ((2.0, 3), (1.5, 1, "frozen"), (2.0, 4, "trained"))
    return [
        Case.of(
            f"{label(*s)}, {run[1]} steps, biases {(*run, 'left out')[2]}",
            *draw_network(rng, *s),
            *run,
        )
        for s, run in zip(SIZES, runs, strict=True)
    ]
