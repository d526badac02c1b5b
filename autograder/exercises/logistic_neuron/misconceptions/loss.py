"""Slips in the loss, and in counting the steps of an epoch."""

from __future__ import annotations

import numpy as np

from autograder.exercises.logistic_neuron.misconceptions.neuron import cross


def loss_with(term, mean=np.mean, low=1e-12):
    """A loss from the wrong term for each example; a stays `low` away from 0 and 1."""
    return lambda a, y: mean(term(np.clip(a, low, 1 - low), y))


LOSS = (
    (
        "logarithm of zero",
        (
            "The formula is right, but ln 0 is not a number, and 0 · ln 0 is nan in floating point."
            " Keep a away from 0 and 1 by a tiny amount before taking logarithms: np.clip(a, 1e-12,"
            " 1 - 1e-12)."
        ),
        lambda a, y: np.mean(cross(a, y)),
    ),
    (
        "sign lost",
        (
            "Logarithms of numbers below 1 are negative, so the loss needs a minus in front: J ="
            " -(y ln a + (1 - y) ln(1 - a))."
        ),
        loss_with(lambda a, y: -cross(a, y)),
    ),
    (
        "sum instead of mean",
        (
            "Your value is the sum of the examples' losses. J is their mean, so that it does not"
            " grow with the number of examples: divide by n, which is a.shape[1]; a.shape[0] and"
            " len(a) are 1."
        ),
        loss_with(cross, np.sum),
    ),
    (
        "divided by n twice",
        "Your value is n times too small: the mean was divided by n once more.",
        loss_with(cross, lambda v: np.mean(v) / v.size),
    ),
    (
        "labels 0 left out",
        (
            "Only the examples with y = 1 count in your loss. Those with y = 0 bring -(1 - y) ln(1"
            " - a)."
        ),
        loss_with(lambda a, y: -y * np.log(a)),
    ),
    (
        "logarithm to base 2",
        "You measured in bits. J uses the natural logarithm, whose derivative is 1/a.",
        loss_with(lambda a, y: cross(a, y) / np.log(2)),
    ),
    (
        "squared error",
        (
            "This is the mean of (a - y)². The logistic neuron uses the cross-entropy -(y ln a + (1"
            " - y) ln(1 - a))."
        ),
        loss_with(lambda a, y: (a - y) ** 2),
    ),
    (
        "a and y exchanged",
        (
            "The logarithms belong to the prediction a, the factors to the label y. You took"
            " logarithms of the labels."
        ),
        lambda a, y: np.mean(cross(np.clip(y, 1e-12, 1 - 1e-12), a)),
    ),
    (
        "1 - y forgotten",
        (
            "The second term is (1 - y) ln(1 - a). Without its factor every example pays for both"
            " labels."
        ),
        loss_with(lambda a, y: -(y * np.log(a) + np.log(1 - a))),
    ),
    (
        "each prediction with every label",
        (
            "Shapes (n, 1) and (1, n) together became (n, n): each a met every y. Both are (1, n);"
            " keep them so."
        ),
        loss_with(lambda a, y: cross(a, y.T)),
    ),
    (
        "one value for each example",
        "One number is wanted: the mean over the examples.",
        loss_with(cross, lambda v: v),
    ),
    (
        "clipped too early",
        (
            "You keep a so far away from 0 and 1 that the loss itself changes. Something like 1e-12"
            " is enough."
        ),
        loss_with(cross, low=0.02),
    ),
)

EPOCHS = (
    (
        "remainder left out",
        (
            "n // size rounds down, so the examples that are left over would never be seen. They"
            " make one more, short mini-batch."
        ),
        lambda n, size: n // size,
    ),
    (
        "always one more",
        "n // size + 1 is one too many when size divides n: the last mini-batch would be empty.",
        lambda n, size: n // size + 1,
    ),
    (
        "rounded to the nearest",
        "A remainder counts, however small: round up, not to the nearest.",
        lambda n, size: round(n / size),
    ),
    (
        "not a whole number",
        "A part of a mini-batch is a mini-batch too: round n / size up.",
        lambda n, size: n / size,
    ),
    (
        "the other way round",
        (
            "You divided size by n. Read literally, a line of the notes does so too: 1000/10⁷ is no"
            " number of points."
        ),
        lambda n, size: size / n,
    ),
    (
        "examples instead of iterations",
        "n is the number of examples in an epoch. Each iteration takes `size` of them.",
        lambda n, size: n,
    ),
)
