"""Lesson 3, standardise the features: the trusted function, its oracle, its cases, and what goes
wrong."""

from __future__ import annotations

import math

import numpy as np

from autograder.exercises.exercise import Case, exercise
from autograder.exercises.logistic_neuron.cases import VEHICLES

NEW = np.array([[4.0, 2, 3], [5.2, 3.2, 4.5], [520, 180, 375]])


def standardise(X, new):
    """X (d, n) and new (d, m), each feature minus the mean of X and over the deviation of X."""
    mean = X.mean(axis=1, keepdims=True)
    deviation = X.std(axis=1, keepdims=True)
    return (X - mean) / deviation, (new - mean) / deviation


def standardise_loops(X, new):
    """One feature after the other, with sums of numbers."""
    scaled, scaled_new = [], []
    for row, others in zip(X.tolist(), new.tolist(), strict=True):
        mean = math.fsum(row) / len(row)
        deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in row) / len(row))
        scaled.append([(value - mean) / deviation for value in row])
        scaled_new.append([(value - mean) / deviation for value in others])
    return np.array(scaled), np.array(scaled_new)


def draw(rng):
    """Features of unlike size, none constant; the new examples lie elsewhere than the first."""
    cases = []
    for d, n, m in ((3, 5, 2), (2, 7, 4), (4, 4, 3), (1, 6, 2), (5, 3, 5)):
        middle = rng.uniform(2, 9, (d, 1)) * rng.choice([-1, 1], (d, 1))
        size = np.exp(rng.uniform(0.4, 1.2, (d, 1)) * rng.choice([-1, 1], (d, 1)))
        spread = np.linspace(-1.4, 1.6, n) + rng.uniform(-0.2, 0.2, (d, n))
        X = middle + size * rng.permuted(spread, axis=1)
        new = middle + size * rng.uniform(0.6, 2.2, (d, m))
        text = f"{n} examples with {d} feature{'s' * (d > 1)}, and {m} new ones"
        cases.append(Case.of(text, X, new))
    return cases


def known(X, new):
    """What the lesson names on the way, for a verdict to refer to."""
    return {
        "mean": X.mean(axis=1, keepdims=True),
        "deviation": X.std(axis=1, keepdims=True),
        "n": X.shape[1],
        "d": X.shape[0],
    }


def scaled_by(centre, size):
    """Both arrays with other numbers in the place of mean and deviation."""
    return lambda X, new: ((X - centre(X)) / size(X), (new - centre(X)) / size(X))


def mean_of(X):
    """The mean of each feature, (d, 1)."""
    return X.mean(axis=1, keepdims=True)


def deviation_of(X):
    """The standard deviation of each feature, (d, 1); the sum is over n."""
    return X.std(axis=1, keepdims=True)


def together(X, new):
    """Mean and deviation over the old and the new examples together."""
    every = np.hstack([X, new])
    return tuple((A - mean_of(every)) / deviation_of(every) for A in (X, new))


MISCONCEPTIONS = (
    (
        "the new ones by their own numbers",
        (
            "You scaled the new examples with their own mean and deviation. The same vehicle would"
            " get other numbers in other company, and the neuron would not recognise it: use the"
            " mean and the deviation of X for both."
        ),
        lambda X, new: tuple((A - mean_of(A)) / deviation_of(A) for A in (X, new)),
    ),
    (
        "both together",
        (
            "You took mean and deviation over X and the new examples together. The new ones are"
            " not known when the neuron is trained: the numbers come from X alone."
        ),
        together,
    ),
    (
        "the new ones left as they were",
        (
            "X is scaled and the new examples came back as they were. So it comes out, too, when X"
            " is overwritten first: the mean and the deviation of the scaled X are 0 and 1. Take"
            " both from X before you change it, and use them for X and for new."
        ),
        lambda X, new: (standardise(X, new)[0], new.copy()),
    ),
    (
        "each example instead of each feature",
        (
            "You took the mean and the deviation down the columns, over the features of one"
            " example. That mixes wheels with weight. A feature is a row here: go along axis 1."
        ),
        lambda X, new: tuple((A - A.mean(axis=0)) / A.std(axis=0) for A in (X, new)),
    ),
    (
        "one mean for all features",
        (
            "You used one mean and one deviation for the whole array. Each feature, each row of X,"
            " needs its own."
        ),
        scaled_by(np.mean, np.std),
    ),
    (
        "divided by the variance",
        (
            "You divided by the variance. Its unit is the feature's unit squared; the standard"
            " deviation, its root, has the feature's own."
        ),
        scaled_by(mean_of, lambda X: X.var(axis=1, keepdims=True)),
    ),
    (
        "not divided",
        "The mean is subtracted, and the division by the standard deviation is missing.",
        scaled_by(mean_of, lambda X: 1.0),
    ),
    (
        "mean not subtracted",
        "You divided by the deviation without subtracting the mean first.",
        scaled_by(lambda X: 0.0, deviation_of),
    ),
    (
        "divided before subtracting",
        (
            "Only the mean was divided by the deviation: your result is X - mean/deviation. The"
            " difference belongs in brackets."
        ),
        lambda X, new: tuple(A - mean_of(X) / deviation_of(X) for A in (X, new)),
    ),
    (
        "deviation with n - 1",
        (
            "Your deviation divides by n - 1. That is the estimate for a sample; this exercise asks"
            " for the one with n, as np.std has it."
        ),
        scaled_by(mean_of, lambda X: X.std(axis=1, keepdims=True, ddof=1)),
    ),
    (
        "scaled to the range from 0 to 1",
        (
            "You subtracted the smallest value and divided by the range. That is another scaling,"
            " called min-max. Asked are mean 0 and standard deviation 1."
        ),
        scaled_by(lambda X: X.min(axis=1, keepdims=True), lambda X: np.ptp(X, axis=1)[:, None]),
    ),
    (
        "mean added",
        "The mean was added. It is subtracted, so that the scaled features have mean 0.",
        scaled_by(lambda X: -mean_of(X), deviation_of),
    ),
    (
        "results in the other order",
        "The function returns (X, new), in this order.",
        lambda X, new: standardise(X, new)[::-1],
    ),
)

STANDARDISE = exercise(
    "logistic_neuron.standardise",
    "standardise(X, new) -> (X, new)",
    points=2,
    section="Scale the inputs",
    solution=standardise,
    oracle=standardise_loops,
    results=("X", "new"),
    deck_cases=(Case.of("the deck's six vehicles, and three new ones", VEHICLES, NEW),),
    draw=draw,
    symbols={"X": "(X - mean) / deviation", "new": "new, scaled with the numbers of X"},
    known=known,
    misconceptions=MISCONCEPTIONS,
    hints=(
        (
            "Each feature is a row of X. What do you subtract from a row so that its mean becomes"
            " 0, and what do you divide by so that its spread becomes 1? Which numbers must the"
            " new examples be scaled with?"
        ),
        (
            "(X - mean) / deviation and (new - mean) / deviation, both with the mean and the"
            " deviation of the rows of X, as columns of shape (d, 1)."
        ),
        (
            "The wheels of the six vehicles are 4, 4, 4, 2, 2, 2: mean 3, deviation 1. So a 4"
            " becomes (4 - 3)/1 = 1, and a new vehicle with 3 wheels becomes (3 - 3)/1 = 0. Their"
            " weights have mean 375, and a new weight of 375 becomes 0 as well. np.mean and np.std"
            " take axis and keepdims."
        ),
    ),
)
