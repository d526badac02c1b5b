"""Slips where units stand together: two linear layers, a deep chain, dead units."""

from __future__ import annotations

import numpy as np

from autograder.exercises.activations.solutions import (
    dead_fraction,
)

COLLAPSE = (
    (
        "biases added",
        (
            "You returned b1 + b2. The second layer multiplies b1 as it multiplies everything: b ="
            " b1 W2 + b2."
        ),
        lambda W1, b1, W2, b2: (W1 @ W2, b1 + b2),
    ),
    (
        "b1 forgotten",
        "b1 passes through the second layer: b = b1 W2 + b2.",
        lambda W1, b1, W2, b2: (W1 @ W2, 1.0 * b2),
    ),
    (
        "b2 forgotten",
        "You returned b1 W2. The second layer adds its own bias: b = b1 W2 + b2.",
        lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2),
    ),
    (
        "W2 W1",
        (
            "With one example a row the first layer stands first: x W1, then (x W1) W2. So W = W1"
            " W2. W2 W1 belongs to columns."
        ),
        lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2),
    ),
    (
        "entry by entry",
        "`*` multiplies entry by entry. Two layers after one another are the matrix product `@`.",
        lambda W1, b1, W2, b2: (W1 * W2, b1 @ W2 + b2),
    ),
    (
        "b1 through W1",
        "b1 is added after W1. It passes through W2 only: b = b1 W2 + b2.",
        lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W1 + b2),
    ),
    (
        "b1 added to W1",
        (
            "You added b1 to every row of W1, where it is multiplied by x. b1 stands alone:"
            " W = W1 W2, b = b1 W2 + b2."
        ),
        lambda W1, b1, W2, b2: ((W1 + b1) @ W2, 1.0 * b2),
    ),
    (
        "W2 b1",
        "You computed W2 @ b1. b1 is a row like every h, so it stands on the left: b1 @ W2.",
        lambda W1, b1, W2, b2: (W1 @ W2, W2 @ b1 + b2),
    ),
)


def chain_with(
    factor=lambda k, w, z, y, f_prime: w[k - 1] * f_prime(z[k - 1]),
    result=lambda g, w, factors: g[:-1],
):
    """The walk back with another factor over layer k = L … 1 or another result; g[k] is ∂y_L/∂y_k,
    k = 0 … L."""

    def wrong(x, weights, f, f_prime):
        z, y = [], [x]
        for w in weights:
            z.append(w * y[-1])
            y.append(f(z[-1]))
        g, factors = [1.0], []
        for k in range(len(weights), 0, -1):
            factors.insert(0, factor(k, weights, z, y, f_prime))
            g.insert(0, factors[0] * g[0])
        return np.array(result(g, weights, factors))

    return wrong


CHAIN = (
    (
        "slope taken at y instead of z",
        (
            "f_prime takes z. You handed it y_k = f(z_k), so the activation was applied once too"
            " often."
        ),
        chain_with(lambda k, w, z, y, f_prime: w[k - 1] * f_prime(y[k])),
    ),
    (
        "slope taken at the layer's input",
        "f_prime takes z_k = w_k y_(k−1). You handed it y_(k−1), before the weight.",
        chain_with(lambda k, w, z, y, f_prime: w[k - 1] * f_prime(y[k - 1])),
    ),
    (
        "weights forgotten",
        (
            "Each step back is w_k f′(z_k): through the activation and through the weight. The"
            " weights are missing."
        ),
        chain_with(lambda k, w, z, y, f_prime: f_prime(z[k - 1])),
    ),
    (
        "slopes forgotten",
        (
            "Each step back is w_k f′(z_k): through the weight and through the activation. The"
            " slopes are missing."
        ),
        chain_with(lambda k, w, z, y, f_prime: w[k - 1]),
    ),
    (
        "weight of the neighbouring layer",
        (
            "The slope and the weight in one factor belong to different layers. Over layer k the"
            " factor is w_k f′(z_k), and w_k is weights[k − 1]. In Python weights[−1] is the last"
            " weight, so the slip raises no error; with equal weights it cannot be seen at all."
        ),
        chain_with(lambda k, w, z, y, f_prime: w[k - 2] * f_prime(z[k - 1])),
    ),
    (
        "∂y_L/∂z instead of ∂y_L/∂y",
        (
            "Your entries stop in front of the weight: they are ∂y_L/∂z_(k+1). One more factor"
            " w_(k+1) leads to y_k."
        ),
        chain_with(result=lambda g, w, factors: np.array(g[:-1]) / w),
    ),
    (
        "k from 1 to L",
        (
            "Entry 0 is ∂y_L/∂y_0, the gradient on the input. You started at y_1 and ended with"
            " ∂y_L/∂y_L = 1."
        ),
        chain_with(result=lambda g, w, factors: g[1:]),
    ),
    (
        "in the order of the walk back",
        (
            "The walk goes from L to 1, so appending gives the list in reverse. Entry k belongs to"
            " y_k."
        ),
        chain_with(result=lambda g, w, factors: g[:-1][::-1]),
    ),
    (
        "∂y_k/∂x instead of ∂y_L/∂y_k",
        (
            "You multiplied from the input on, which gives ∂y_(k+1)/∂x. The gradient of the output"
            " by y_k needs the layers after k."
        ),
        chain_with(result=lambda g, w, factors: np.cumprod(factors)),
    ),
    (
        "one layer at a time",
        (
            "Your entries are the factors w_k f′(z_k) one by one. From y_L to y_k all of them"
            " between are multiplied."
        ),
        chain_with(result=lambda g, w, factors: factors),
    ),
    (
        "factors added up",
        "Along a chain the factors multiply. You added them.",
        chain_with(result=lambda g, w, factors: np.cumsum(factors[::-1])[::-1]),
    ),
)

DEAD = (
    (
        "share of entries",
        (
            "You counted the entries of Z that are not positive. A unit that is off for some"
            " examples is alive; it is dead when no row of its column is positive."
        ),
        lambda Z: float(np.mean(Z <= 0)),
    ),
    (
        "rows for columns",
        "You asked each example. Units are columns: use axis=0.",
        lambda Z: float(np.mean(~np.any(Z > 0, axis=1))),
    ),
    (
        "alive, not dead",
        "You returned the share that is alive. Dead is 1 minus that.",
        lambda Z: 1 - dead_fraction(Z),
    ),
    (
        "per cent",
        "A fraction between 0 and 1 is wanted, not per cent.",
        lambda Z: 100 * dead_fraction(Z),
    ),
    (
        "a number, not a fraction",
        "You counted the dead units. Divide by the number of units.",
        lambda Z: Z.shape[1] * dead_fraction(Z),
    ),
    (
        "Z = 0 counted as alive",
        (
            "Alive means Z > 0 for some row. At Z = 0 the output is 0, and the usual slope there is"
            " 0 as well."
        ),
        lambda Z: float(np.mean(~np.any(Z >= 0, axis=0))),
    ),
    (
        "dead when off once",
        (
            "You called a unit dead that is off for one example. It is dead when it is off for all"
            " of them."
        ),
        lambda Z: float(np.mean(np.any(Z <= 0, axis=0))),
    ),
    (
        "mean pre-activation",
        (
            "You looked at the mean over the examples. One positive row is enough to keep a unit"
            " alive, whatever the mean."
        ),
        lambda Z: float(np.mean(Z.mean(axis=0) <= 0)),
    ),
)
