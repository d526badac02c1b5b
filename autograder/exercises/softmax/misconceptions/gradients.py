"""Slips in the gradient p − t, and in what an output layer makes of it."""

from __future__ import annotations

import numpy as np

from autograder.exercises.softmax.solutions import (
    softmax,
)
from autograder.exercises.softmax.wrong import (
    by_way_of_p,
    columns,
    each,
    gradient_with,
    largest,
    layer_with,
    squared_error,
    two_outputs,
    unshifted,
)

COMBINED = (
    (
        "no shift by the maximum",
        (
            "For ordinary logits your gradient is right. At 1000 e^z overflows, and inf/inf is nan:"
            " subtract the row's largest logit first, as in your softmax."
        ),
        gradient_with(lambda P, T: P - T, unshifted),
    ),
    (
        "by way of p, where p is 0",
        (
            "By way of -t/p your gradient is right for ordinary logits. At ±1000 some p are exactly"
            " 0, and 0/0 is nan. On paper the p cancels before anything is divided: p - t needs no"
            " division by p."
        ),
        gradient_with(by_way_of_p),
    ),
    (
        "sign of the gradient lost",
        (
            "Every sign is turned round: you have t - p. The loss falls when the right logit rises,"
            " so its gradient p - t is negative there."
        ),
        gradient_with(lambda P, T: T - P),
    ),
    (
        "sum over the rows",
        "Your gradient is n times too large: the loss is the mean over the rows, so divide by n.",
        lambda Z, T: softmax(Z) - T,
    ),
    (
        "1/n applied twice",
        "You divided by n twice. The mean brings it in once.",
        lambda Z, T: (softmax(Z) - T) / len(Z) ** 2,
    ),
    (
        "mean over the classes too",
        (
            "You divided by n · k. The loss sums over the classes and averages over the rows only:"
            " divide by n."
        ),
        lambda Z, T: (softmax(Z) - T) / Z.size,
    ),
    (
        "divided by the classes, not by the rows",
        "You divided by k, the classes. The mean is over the n rows: divide by n.",
        lambda Z, T: (softmax(Z) - T) / Z.shape[1],
    ),
    (
        "diagonal of the Jacobian only",
        (
            "You have -t (1 - p): the factor -t/p times the diagonal p (1 - p). In softmax every"
            " probability depends on every logit, so the chain rule sums over all of them. With"
            " one-hot targets your gradient is 0 for the wrong classes, as if their logits had no"
            " influence on the right one. A row of a right gradient sums to 0."
        ),
        gradient_with(lambda P, T: -T * (1 - P)),
    ),
    (
        "softmax slope kept",
        (
            "You multiplied p - t by p (1 - p) once more. The slope of softmax is already in p - t:"
            " it has cancelled against the 1/p of the logarithm."
        ),
        gradient_with(lambda P, T: (P - T) * P * (1 - P)),
    ),
    *each(
        "gradient of the squared error",
        "This is the gradient of a squared error through softmax. The loss here is the "
        "cross-entropy, and its gradient is simpler: p - t.",
        gradient_with(squared_error),
        gradient_with(lambda P, T: 2 * squared_error(P, T)),
    ),
    (
        "gradient at P instead of Z",
        "You stopped at ∂L/∂p = -t/p. Between p and z lies softmax: the result is p - t.",
        gradient_with(lambda P, T: -T / P),
    ),
    (
        "softmax down the columns",
        "You normalised the columns of Z. Each row is one example: axis 1.",
        gradient_with(lambda P, T: P - T, columns),
    ),
    (
        "softmax forgotten",
        "You subtracted the target from the logits. The gradient is softmax(Z) - T.",
        gradient_with(lambda Z, T: Z - T, lambda Z: Z),
    ),
    (
        "target not subtracted",
        (
            "You returned the probabilities. The gradient is p - t: only the deviation from the"
            " target counts."
        ),
        gradient_with(lambda P, T: P),
    ),
    (
        "only the likeliest class of the target",
        "You subtracted 1 at the largest t. That is right for one-hot targets; in general p - t.",
        gradient_with(lambda P, T: P - largest(T)),
    ),
    (
        "1 taken off where t is exactly 1",
        (
            "You subtracted 1 where T == 1. In soft targets no t is exactly 1, so nothing is"
            " subtracted there. Every class counts with its t: P - T."
        ),
        gradient_with(lambda P, T: P - (T == 1)),
    ),
    (
        "in bits",
        (
            "Your gradient is 1/ln 2 = 1.44 times too large: it belongs to log₂. The loss uses the"
            " natural logarithm."
        ),
        gradient_with(lambda P, T: (P - T) / np.log(2)),
    ),
)

OUTPUT_LAYER = (
    *(
        (name, text, layer_with(gradient))
        for name, text, gradient in COMBINED
        if name
        in (
            "sign of the gradient lost",
            "sum over the rows",
            "1/n applied twice",
            "mean over the classes too",
            "divided by the classes, not by the rows",
            "diagonal of the Jacobian only",
            "softmax slope kept",
            "softmax down the columns",
            "target not subtracted",
        )
    ),
    *each(
        "two outputs written out",
        "You wrote two outputs out, as in the deck's example. The layer has k of them, as many "
        "as W has columns: work on the whole "
        "array, H.T @ dZ, without naming a column.",
        two_outputs("W", "b", "H"),
        two_outputs("W", "b"),
        two_outputs("W"),
        two_outputs("b"),
        two_outputs("H"),
    ),
    *(
        (
            "weight gradient averaged once more",
            (
                f"{what} n times too small. The 1/n is in ∂L/∂Z already; over the rows you sum,"
                " and Hᵀ ∂L/∂Z does."
            ),
            layer_with(W=lambda H, dZ: H.T @ dZ / len(H), b=b),
        )
        for what, b in (
            ("∂L/∂W is", lambda dZ: dZ.sum(axis=0)),
            ("∂L/∂W and ∂L/∂b are", lambda dZ: dZ.mean(axis=0)),
        )
    ),
    (
        "bias left out of the logits",
        "Your probabilities come from H W alone. The logits are H W + b.",
        layer_with(bias=0.0),
    ),
    (
        "bias gradient averaged once more",
        "∂L/∂b is n times too small. The 1/n is in ∂L/∂Z already; over the rows you sum.",
        layer_with(b=lambda dZ: dZ.mean(axis=0)),
    ),
    (
        "bias gradient not summed",
        (
            "∂L/∂b has one row for each example. All examples use the same b, so its gradient is"
            " the sum over the rows, of shape (k,)."
        ),
        layer_with(b=lambda dZ: dZ),
    ),
    *each(
        "bias gradient summed over everything",
        "You added up everything, which is always 0, because each row of p - t sums to 0. Every "
        "class has its own bias: sum over axis 0 only.",
        layer_with(b=np.sum),
        layer_with(b=lambda dZ: np.full(dZ.shape[1], dZ.sum())),
    ),
    (
        "bias gradient summed along the rows",
        "You summed along each row: n numbers, and all are 0, because each row of p - t sums to 0. "
        "The bias of a class collects over the examples: sum over axis 0.",
        layer_with(b=lambda dZ: dZ.sum(axis=1)),
    ),
    (
        "weight gradient transposed",
        "∂L/∂W has the shape of W, (h, k): H.T @ dZ. You have dZ.T @ H.",
        layer_with(W=lambda H, dZ: dZ.T @ H),
    ),
    (
        "weights not transposed on the way back",
        "∂L/∂H = ∂L/∂Z · Wᵀ. Without the transpose a square W hides the mistake.",
        layer_with(H=lambda dZ, W, H: dZ @ W),
    ),
    (
        "mean forgotten on the way back",
        "∂L/∂H is n times too large: the factor 1/n of the mean belongs to it as well.",
        layer_with(H=lambda dZ, W, H: len(H) * dZ @ W.T),
    ),
    (
        "slope of the hidden units included",
        "∂L/∂H stops at H. The slope of whatever made H comes afterwards and is not asked here.",
        layer_with(H=lambda dZ, W, H: dZ @ W.T * H * (1 - H)),
    ),
)
