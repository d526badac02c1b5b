"""Slips in the relatives of ReLU: leaky ReLU, ELU, softplus, and PReLU, whose slope is learned."""

from __future__ import annotations

import numpy as np

from autograder.exercises.activations.misconceptions.sigmoid import at, where_positive
from autograder.exercises.activations.solutions import (
    elu,
    leaky_relu,
    leaky_relu_derivative,
    relu,
    relu_derivative,
    sigmoid_derivative,
)


def softplus_naive(z):
    """ln(1 + e^z) as it stands on paper: infinite where e^z is."""
    return np.log(1 + np.exp(z))


LEAKY = (
    (
        "leaky slope on the wrong side",
        "You put α on the right side. leaky ReLU is z for z > 0 and αz for z < 0.",
        at(0, 6, lambda z, alpha=0.01: where_positive(z, alpha * np.asarray(z), z)),
    ),
    (
        "0.1 for the usual 0.01",
        (
            "Where alpha is left out it is 0.01. The overview slide of the deck has 0.1, its own"
            " slide on leaky ReLU 0.01; the signature says alpha=0.01."
        ),
        (
            lambda z, alpha=0.1: leaky_relu(z, alpha),
            lambda z, alpha=0.1: leaky_relu_derivative(z, alpha),
            None,
            None,
            None,
            None,
        ),
    ),
    (
        "alpha fixed",
        "Your leaky ReLU has 0.01 written into it. Use the alpha that is handed in.",
        (
            lambda z, alpha=0.01: leaky_relu(z),
            lambda z, alpha=0.01: leaky_relu_derivative(z),
            None,
            None,
            None,
            None,
        ),
    ),
    (
        "alpha fixed in the function",
        (
            "Your leaky ReLU has 0.01 written into it; its slope is right. Use the alpha that is"
            " handed in."
        ),
        at(0, 6, lambda z, alpha=0.01: leaky_relu(z)),
    ),
    (
        "alpha fixed in the slope",
        (
            "The slope of your leaky ReLU has 0.01 written into it. Left of 0 it is the alpha that"
            " is handed in."
        ),
        at(1, 6, lambda z, alpha=0.01: leaky_relu_derivative(z)),
    ),
    (
        "plain ReLU",
        "Left of 0 your leaky ReLU is 0. It leaks: αz.",
        at(0, 6, lambda z, alpha=0.01: relu(z)),
    ),
    (
        "the slope of plain ReLU",
        "Left of 0 your slope is 0. The line αz has slope α.",
        at(1, 6, lambda z, alpha=0.01: relu_derivative(z)),
    ),
    (
        "αz for the slope",
        "Left of 0 you returned αz, which is the function. Its slope is α.",
        at(1, 6, lambda z, alpha=0.01: where_positive(z, 1.0, alpha * np.asarray(z))),
    ),
    (
        "ELU without its α",
        "Left of 0 ELU is α(e^z − 1). You left the α out, which shows as soon as α is not 1.",
        at(2, 6, lambda z, alpha=1.0: elu(z)),
    ),
    (
        "the −1 of ELU forgotten",
        "You returned αe^z. Then the function jumps at 0. ELU is α(e^z − 1), which is 0 there.",
        at(2, 6, lambda z, alpha=1.0: where_positive(z, z, alpha * np.exp(np.minimum(z, 0.0)))),
    ),
    (
        "αe^z − 1",
        "α multiplies the whole bracket: α(e^z − 1), not αe^z − 1.",
        at(2, 6, lambda z, alpha=1.0: where_positive(z, z, alpha * np.exp(np.minimum(z, 0.0)) - 1)),
    ),
    (
        "ELU′ without its α",
        "Left of 0 the slope of α(e^z − 1) is αe^z. You returned e^z.",
        at(3, 6, lambda z, alpha=1.0: np.exp(np.minimum(z, 0.0))),
    ),
    (
        "ELU′ = f(z)",
        (
            "Left of 0 the slope is αe^z = f(z) + α. You returned f(z) alone, which is negative;"
            " ELU rises everywhere."
        ),
        at(3, 6, lambda z, alpha=1.0: where_positive(z, 1.0, elu(z, alpha))),
    ),
    (
        "ELU′ = f(z) + 1",
        "Left of 0 the slope is αe^z = f(z) + α. You added 1, which is the same only for α = 1.",
        at(3, 6, lambda z, alpha=1.0: where_positive(z, 1.0, elu(z, alpha) + 1)),
    ),
    (
        "softplus overflows",
        (
            "ln(1 + e^z) is right on paper. For z = 1000, e^z is no float any more. Take the z out:"
            " max(z, 0) + ln(1 + e^(−|z|)), or `np.logaddexp(0, z)`."
        ),
        at(4, 6, softplus_naive),
    ),
    (
        "the slope of ReLU for softplus",
        "softplus is ReLU with the corner rounded off, and so is its slope: σ(z), which is ½ at 0.",
        at(5, 6, relu_derivative),
    ),
    (
        "one derivative too far",
        "The slope of softplus is σ(z). You returned σ(1 − σ), the slope of the sigmoid.",
        at(5, 6, sigmoid_derivative),
    ),
    (
        "∞/∞ in the slope of softplus",
        "e^z/(1 + e^z) is σ(z), but for z = 1000 it is ∞/∞, which is nan. Use your `sigmoid`.",
        at(5, 6, lambda z: np.exp(z) / (1 + np.exp(z))),
    ),
)


def prelu_with(
    dz=lambda z, a, u: where_positive(z, 1.0, a) * u,
    dalpha=lambda z, a, u: np.sum(u * np.minimum(z, 0.0)),
):
    """PReLU's gradients with one of the two computed another way, from (z, alpha, upstream)."""
    return lambda z, alpha, upstream: (dz(z, alpha, upstream), dalpha(z, alpha, upstream))


PRELU = (
    (
        "one dα for each z",
        (
            "One α serves every z, so its gradient is one number: the contributions add up, Σ"
            " upstream · min(z, 0)."
        ),
        prelu_with(dalpha=lambda z, a, u: u * np.minimum(z, 0.0)),
    ),
    (
        "mean instead of sum",
        (
            "You averaged the contributions. Nothing in the function divides by their number;"
            " gradients of a shared parameter add up."
        ),
        prelu_with(dalpha=lambda z, a, u: np.mean(u * np.minimum(z, 0.0))),
    ),
    (
        "upstream forgotten in dα",
        "Every contribution to dα is local slope times upstream. You added up min(z, 0) alone.",
        prelu_with(dalpha=lambda z, a, u: np.sum(np.minimum(z, 0.0))),
    ),
    (
        "positive z counted in dα",
        "For z > 0 the output is z, whatever α is. Only negative z contribute: min(z, 0), not z.",
        prelu_with(dalpha=lambda z, a, u: np.sum(u * z)),
    ),
    (
        "dα from the wrong side",
        "You used max(z, 0). α stands on the left side of 0: ∂f/∂α = min(z, 0).",
        prelu_with(dalpha=lambda z, a, u: np.sum(u * np.maximum(z, 0.0))),
    ),
    (
        "dα multiplied by α",
        "∂(αz)/∂α is z. You multiplied by α once more.",
        prelu_with(dalpha=lambda z, a, u: a * np.sum(u * np.minimum(z, 0.0))),
    ),
    (
        "z missing in dα",
        "∂(αz)/∂α is z. You added up the upstream gradients of the negative z without that factor.",
        prelu_with(dalpha=lambda z, a, u: np.sum(u * (np.asarray(z) < 0))),
    ),
    (
        "sign of dα",
        (
            "dα has the wrong sign. min(z, 0) is negative, and it stays so: raise α, and αz falls"
            " where z < 0."
        ),
        prelu_with(dalpha=lambda z, a, u: -np.sum(u * np.minimum(z, 0.0))),
    ),
    (
        "upstream forgotten in dz",
        "dz is the local slope, 1 or α, times upstream.",
        prelu_with(dz=lambda z, a, u: where_positive(z, 1.0, a)),
    ),
    (
        "plain ReLU on the way back",
        "Left of 0 your dz is 0. The slope there is α.",
        prelu_with(dz=lambda z, a, u: where_positive(z, 1.0, 0.0) * u),
    ),
    (
        "slopes exchanged",
        "Your slope is α for z > 0 and 1 for z < 0. It is the other way round.",
        prelu_with(dz=lambda z, a, u: where_positive(z, a, 1.0) * u),
    ),
    (
        "max(αz, z) for α above 1",
        (
            "The decks write PReLU as max(αz, z). That is right only for α ≤ 1; a learned α may"
            " grow beyond, and then the two sides change places. Ask for the sign of z, not for the"
            " larger of the two."
        ),
        lambda z, a, u: (
            np.where(a * np.asarray(z) > z, a, 1.0) * u,
            np.sum(u * np.where(a * np.asarray(z) > z, z, 0.0)),
        ),
    ),
)
