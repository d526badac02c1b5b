"""What a few steps of a student's `sgd` were made of: which rows, with which targets, how often."""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement, permutations

import numpy as np

from autograder.exercises.mnist.cases import ETA
from autograder.exercises.mnist.networks import flat
from autograder.exercises.mnist.solutions import backprop, feedforward


def stepped(X, T, weights, biases):
    """The parameters after one step with the mean gradient of these rows."""
    dweights, dbiases = backprop(X, T, weights, biases)
    return [W - ETA * g for W, g in zip(weights, dweights, strict=True)], [
        b - ETA * g for b, g in zip(biases, dbiases, strict=True)
    ]


def walked(X, T, start, batches):
    """The parameters after one step for each list of rows in `batches`."""
    weights, biases = start
    for rows in batches:
        weights, biases = stepped(X[list(rows)], T[list(rows)], weights, biases)
    return weights, biases


def there(found, goal) -> bool:
    """Whether two networks, each (weights, biases), are the same but for rounding."""
    return np.allclose(flat(*found), flat(*goal), rtol=0, atol=1e-5)


def of_a_full_batch(X, T, start, end) -> str:
    """What a step with all rows was made of that is no such step; "" where it is not known."""
    rows = range(len(X))
    if there(_updated_between(X, T, *start), end):
        return (
            "The last layer moves as it should. Before its delta went back, its weights had been"
            " changed, so the layers before got a delta of another network. Compute all deltas with"
            " the old weights, or send delta @ W.T back before W changes."
        )
    for order in permutations(rows):
        if there(stepped(X, T[list(order)], *start), end):
            return (
                "Your step takes the rows of X with the targets of other rows. Take X and T with the"
                " same indices: X[batch], T[batch]."
            )
        if there(walked(X, T, start, [[row] for row in order]), end):
            return (
                f"You took {len(X)} steps, one after each example. A mini-batch is one step, with"
                " the mean gradient of all its examples."
            )
    for drawn in combinations_with_replacement(rows, len(X)):
        if there(walked(X, T, start, [drawn]), end):
            return (
                "Some rows are drawn twice and others not at all. Each epoch takes every row once:"
                " `rng.permutation` draws such an order."
            )
    return ""


def of_two_batches(X, T, start, end, size=3) -> tuple[bool, str]:
    """Whether one epoch in mini-batches of `size` led from one network to the other; if not, what
    did, as far as it is known."""
    rows = range(len(X))
    for first in combinations(rows, size):
        rest = [row for row in rows if row not in first]
        if there(walked(X, T, start, [first, rest]), end):
            return True, ""
        if there(walked(X, T, start, [first]), end):
            return False, (
                f"Only one step was taken, with {size} examples. The example that is left over is a"
                " mini-batch too, a short one."
            )
    if there(walked(X, T, start, [rows, rows]), end):
        return False, (
            f"Each of your two steps takes all {len(X)} examples. A mini-batch takes its own rows:"
            " X[batch], T[batch]."
        )
    return False, (
        f"{len(X)} examples in mini-batches of {size} are two steps: {size} examples, then the one"
        " that is left, each with the mean over its own examples. No split of them gives your"
        " numbers. Are X and T shuffled together? Is the short mini-batch used, and divided by 1?"
    )


def of_every_epoch(X, T, start, end, epochs) -> str:
    """The order that leads, the same in every epoch, from one network to the other; "" if none
    does."""
    kept = list(range(len(X)))
    for order in permutations(kept):
        if there(walked(X, T, start, [[row] for row in order] * epochs), end):
            return (
                "Your examples come in the same order in every epoch, as they stand in X. Draw a "
                "new one at the start of each epoch."
                if list(order) == kept
                else (
                    "Your examples are shuffled, but come in the same order in every epoch. Draw "
                    "a new one at the start of each epoch."
                )
            )
    return ""


def _updated_between(X, T, weights, biases):
    """The parameters after a step in which each layer's weights change before its delta goes back
    through them."""
    a, weights, biases = feedforward(X, weights, biases), list(weights), list(biases)
    delta = (a[-1] - T) * a[-1] * (1 - a[-1]) / len(X)
    for l in reversed(range(len(weights))):
        weights[l], biases[l] = (
            weights[l] - ETA * a[l].T @ delta,
            biases[l] - ETA * delta.sum(axis=0),
        )
        delta = (delta @ weights[l].T) * a[l] * (1 - a[l])
    return weights, biases
