"""Lesson 2, what goes wrong while typing: a bracket, an axis, a branch that is not taken."""

from __future__ import annotations

import numpy as np

from autograder.exercises.activations.solutions import (
    dead_fraction,
    elu,
    leaky_relu,
    relu,
    sigmoid,
    softplus,
)


def of(place, count, wrong):
    """A tuple of `count` functions with one wrong one."""
    return tuple(wrong if k == place else None for k in range(count))


def both_branches(z):
    """σ from a form for each sign, both of which are computed for every z: numpy warns."""
    z = np.asarray(z)
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


SIGMOID = (
    (
        "1/1 + e^(−z)",
        (
            "You computed 1 + e^(−z). In Python `1 / 1 + np.exp(-z)` divides first; the whole sum"
            " belongs under the line: `1 / (1 + np.exp(-z))`."
        ),
        of(0, 2, lambda z: 1 + np.exp(-np.asarray(z))),
    ),
    (
        "both branches of np.where",
        (
            "The numbers are right, but numpy warns: np.where chooses between two arrays that are"
            " both computed for every z, so each formula meets the z that it cannot bear. Use"
            " e^(−|z|) in both, or clip z to ±500 first."
        ),
        of(0, 2, both_branches),
    ),
    (
        "s * 1 − s",
        (
            "Everything is 0, as it is with `s * 1 - s`. Python multiplies first, so that is s − s."
            " The difference needs brackets: `s * (1 - s)`."
        ),
        of(1, 2, lambda z: 0 * np.asarray(z)),
    ),
    (
        "z in one of the two factors",
        "You computed σ(z) (1 − z). Both factors hold the output: σ(z) (1 − σ(z)).",
        of(1, 2, lambda z: sigmoid(z) * (1 - np.asarray(z))),
    ),
    (
        "σ² for the slope",
        "You returned σ². The second factor is what is missing to 1: σ (1 − σ).",
        of(1, 2, lambda z: sigmoid(z) ** 2),
    ),
    (
        "the sum under the line became a difference",
        "You computed 1/(1 − e^(−z)), which has no value at 0. The sigmoid has a sum under the line.",
        of(0, 2, lambda z: 1 / (1 - np.exp(-np.asarray(z)))),
    ),
)

TANH_RELU = (
    (
        "slope 1 everywhere",
        (
            "Your slope is the number 1, whatever z is. Left of 0 ReLU is flat, and its slope there"
            " is 0."
        ),
        of(2, 3, lambda z: 1.0),
    ),
    (
        "the slope of |z|",
        (
            "Left of 0 you returned −1: that is the slope of |z|. ReLU is flat there, so its slope"
            " is 0."
        ),
        of(2, 3, np.sign),
    ),
    (
        "max(1, z)",
        "You took the larger of 1 and z. ReLU compares z with 0.",
        of(1, 3, lambda z: np.maximum(z, 1.0)),
    ),
    (
        "1/cosh for tanh′",
        "You returned 1/cosh z. The square is missing: tanh′(z) = 1/cosh²(z) = 1 − tanh²(z).",
        of(0, 3, lambda z: 1 / np.cosh(z)),
    ),
    (
        "the square inside tanh",
        "You computed 1 − tanh(z²). The square belongs to tanh, not to z: 1 − tanh²(z).",
        of(0, 3, lambda z: 1 - np.tanh(np.asarray(z) ** 2)),
    ),
    (
        "the sign of tanh′",
        "You returned tanh²(z) − 1, which is never positive. tanh rises everywhere: 1 − tanh²(z).",
        of(0, 3, lambda z: np.tanh(z) ** 2 - 1),
    ),
    (
        "times 2 for the square",
        (
            "You computed 1 − 2 tanh z. The square is wanted: 1 − tanh²(z), in Python `1 -"
            " np.tanh(z) ** 2`."
        ),
        of(0, 3, lambda z: 1 - 2 * np.tanh(z)),
    ),
    (
        "(1 − tanh)²",
        "You squared the difference. Only tanh is squared: 1 − tanh²(z).",
        of(0, 3, lambda z: (1 - np.tanh(z)) ** 2),
    ),
)

LEAKY = (
    (
        "ELU′ = f(z) + α on both sides",
        (
            "f(z) + α is the slope left of 0. Right of 0 ELU is the line z, and its slope is 1; you"
            " added α to z there as well."
        ),
        of(3, 6, lambda z, alpha=1.0: elu(z, alpha) + alpha),
    ),
    (
        "the slope of leaky ReLU for ELU′",
        "Left of 0 you returned α, the slope of leaky ReLU. That of ELU falls off: αe^z.",
        of(3, 6, lambda z, alpha=1.0: np.where(np.asarray(z) > 0, 1.0, alpha)),
    ),
    (
        "ELU called without its α",
        (
            "Your slope holds elu(z) with the α of the default, 1, beside the α that is handed in. Hand"
            " it on: elu(z, alpha) + alpha."
        ),
        of(3, 6, lambda z, alpha=1.0: np.where(np.asarray(z) > 0, 1.0, elu(z) + alpha)),
    ),
    (
        "a z in front of αe^z",
        "Left of 0 you returned αze^z. The derivative of e^z is e^z: the slope is αe^z.",
        of(
            3,
            6,
            lambda z, alpha=1.0: np.where(
                np.asarray(z) > 0, 1.0, alpha * np.asarray(z) * np.exp(np.minimum(z, 0.0))
            ),
        ),
    ),
    (
        "α for αz",
        "Left of 0 you returned α, which is its slope there. Leaky ReLU is αz: max(z, αz), not max(z, α).",
        of(0, 6, lambda z, alpha=0.01: np.where(np.asarray(z) > 0, z, alpha)),
    ),
    (
        "divided by α",
        "Left of 0 you divided by α. The leak makes z small: αz.",
        of(0, 6, lambda z, alpha=0.01: np.where(np.asarray(z) > 0, z, np.asarray(z) / alpha)),
    ),
    (
        "softplus without max(z, 0)",
        (
            "You returned ln(1 + e^(−|z|)) alone. That is right left of 0; right of 0 z is missing"
            " in front of it: max(z, 0)."
        ),
        of(4, 6, lambda z: np.log1p(np.exp(-np.abs(z)))),
    ),
    (
        "softplus for its slope",
        "You returned softplus itself. Its slope is σ(z), which stays below 1.",
        of(5, 6, softplus),
    ),
    (
        "ELU′ = αe^z on both sides",
        "αe^z is the slope left of 0. Right of 0 ELU is the line z, and its slope is 1.",
        of(3, 6, lambda z, alpha=1.0: alpha * np.exp(z)),
    ),
    (
        "ELU = α(e^z − 1) on both sides",
        "α(e^z − 1) belongs left of 0. Right of 0 ELU is the line z.",
        of(2, 6, lambda z, alpha=1.0: alpha * np.expm1(z)),
    ),
    *(
        (
            "both branches of ELU",
            (
                "The numbers are right, but numpy warns: np.where computes both branches for every"
                " z, and e^z overflows for z = 1000. Let no large z reach it: e^min(z, 0)."
            ),
            of(place, 6, both),
        )
        for place, both in (
            (2, lambda z, alpha=1.0: np.where(np.asarray(z) > 0, z, alpha * (np.exp(z) - 1))),
            (3, lambda z, alpha=1.0: np.where(np.asarray(z) > 0, 1.0, alpha * np.exp(z))),
        )
    ),
    (
        "leaky ReLU = αz on both sides",
        "Your leaky ReLU is αz for every z. Right of 0 it is z.",
        of(0, 6, lambda z, alpha=0.01: alpha * np.asarray(z)),
    ),
    (
        "the sign of the leak",
        "Left of 0 you returned −αz, which is positive. The leak keeps the sign of z: αz.",
        of(0, 6, lambda z, alpha=0.01: leaky_relu(z, -alpha)),
    ),
    (
        "softplus with log10",
        (
            "You took the logarithm to base 10. softplus is ln(1 + e^z): the natural one, which is "
            "`np.log`."
        ),
        of(4, 6, lambda z: softplus(z) / np.log(10)),
    ),
    (
        "softplus with log2",
        (
            "You took the logarithm to base 2. softplus is ln(1 + e^z): the natural one, which is "
            "`np.log`."
        ),
        of(4, 6, lambda z: softplus(z) / np.log(2)),
    ),
    (
        "softplus without the bars",
        "The bars are missing: ln(1 + e^(−|z|)), not ln(1 + e^(−z)).",
        of(4, 6, lambda z: np.maximum(z, 0.0) + np.log(1 + np.exp(-np.asarray(z)))),
    ),
    (
        "z for max(z, 0) in softplus",
        "For z < 0 no z stands before the logarithm: max(z, 0), not z.",
        of(4, 6, lambda z: np.asarray(z) + np.log1p(np.exp(-np.abs(z)))),
    ),
    (
        "ReLU for softplus",
        "You returned max(0, z). softplus rounds the corner off: ln(1 + e^z), which is ln 2 at 0.",
        of(4, 6, relu),
    ),
    (
        "the slope of softplus falls",
        (
            "Your slope is 1/(1 + e^z), which falls. softplus bends upwards: its slope is σ(z) ="
            " 1/(1 + e^(−z))."
        ),
        of(5, 6, lambda z: sigmoid(-np.asarray(z))),
    ),
)

PRELU = (
    (
        "α in dα instead of z",
        (
            "You added α · upstream over the negative z. α is what the nudge is made of; the slope"
            " by α is z."
        ),
        lambda z, a, u: (
            np.where(np.asarray(z) > 0, 1.0, a) * u,
            np.sum(a * u * (np.asarray(z) < 0)),
        ),
    ),
    (
        "f for its slope in dz",
        "You multiplied upstream by f(z). What goes to z is upstream times the slope, 1 or α.",
        lambda z, a, u: (
            np.where(np.asarray(z) > 0, z, a * np.asarray(z)) * u,
            np.sum(u * np.minimum(z, 0.0)),
        ),
    ),
    (
        "results exchanged",
        "The function returns (dz, dalpha), in this order.",
        lambda z, a, u: (np.sum(u * np.minimum(z, 0.0)), np.where(np.asarray(z) > 0, 1.0, a) * u),
    ),
)

COLLAPSE = (
    (
        "in the order of the columns",
        (
            "You returned W2 W1 and W2 b1 + b2. That is right for columns, where W stands on the"
            " left. Here an example is a row: x W1 + b1 comes first, so W = W1 W2 and b = b1 W2"
            " + b2."
        ),
        lambda W1, b1, W2, b2: (W2 @ W1, W2 @ b1 + b2),
    ),
    (
        "both biases through W2",
        "You sent b2 through W2 as well. It is added after W2: b = b1 W2 + b2.",
        lambda W1, b1, W2, b2: (W1 @ W2, (b1 + b2) @ W2),
    ),
    (
        "weights added",
        "You added the weights. The second layer multiplies what the first one gives: W = W1 W2.",
        lambda W1, b1, W2, b2: (W1 + W2, b1 @ W2 + b2),
    ),
)


def walked(x, weights, f, f_prime, start=lambda y: 1.0, stop=None):
    """The walk back from `start` of the output; with `stop` it returns after so many steps."""
    slopes, y = [], x
    for w in weights:
        slopes.append(w * f_prime(w * y))
        y = f(w * y)
    g, found = start(y), np.zeros(len(weights))
    for k in list(reversed(range(len(weights))))[:stop]:
        g = g * slopes[k]
        found[k] = g
    return found


def without_activation(x, weights, f, f_prime):
    """The walk back with slopes at a z that skips the activations on the way forward."""
    z = x * np.cumprod(weights)
    return np.cumprod((np.asarray(weights) * f_prime(z))[::-1])[::-1]


CHAIN = (
    (
        "the activation forgotten on the way forward",
        (
            "On the way forward you went from z to the next layer without f. So every slope after the"
            " first is taken at a wrong place: y_k = f(z_k)."
        ),
        without_activation,
    ),
    (
        "started with y_L",
        (
            "You started the way back with the value y_L. Nudge y_L, and it moves by just as much: "
            "∂y_L/∂y_L = 1."
        ),
        lambda x, weights, f, f_prime: walked(x, weights, f, f_prime, start=lambda y: y),
    ),
    (
        "one step back and out",
        (
            "Only the last entry is there; the others are 0. So it comes out when `return` stands"
            " inside the loop. It belongs after it."
        ),
        lambda x, weights, f, f_prime: walked(x, weights, f, f_prime, stop=1),
    ),
    (
        "started with 0",
        (
            "Everything is 0, as it is when the way back starts with g = 0. ∂y_L/∂y_L = 1, and a"
            " product starts with 1."
        ),
        lambda x, weights, f, f_prime: np.zeros(len(weights)),
    ),
)

DEAD = (
    (
        "one answer for the whole array",
        (
            "You asked the whole of Z once. The question is one for each unit: np.any(Z > 0,"
            " axis=0) goes down the rows of each column."
        ),
        lambda Z: float(not np.any(Z > 0)),
    ),
    (
        "rows counted, units divided by",
        (
            "You counted the examples for which nothing is positive. Units are columns: go down the"
            " rows with axis=0."
        ),
        lambda Z: float(np.sum(~np.any(Z > 0, axis=1)) / Z.shape[1]),
    ),
    (
        "divided by the number of examples",
        (
            "You counted the dead units and divided by the number of examples, Z.shape[0] or"
            " len(Z). Divide by the number of units, Z.shape[1]."
        ),
        lambda Z: dead_fraction(Z) * Z.shape[1] / Z.shape[0],
    ),
)
