"""The decks' activation functions as a table: for each its curve, slope, range, kinks, and what
goes wrong with it.

Sources: lecture series, lessons 8-13 on neural networks (the table of eight, leaky and parametric
ReLU, ELU); Inha University, "Backpropagation, activation function" (the comparison, maxout);
University of Central Florida, CAP 4453 Robot Vision, lecture 17 "Introduction to Deep Learning II"
(softplus, softmax).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course import activations
from course.activations import Activation


@dataclass(frozen=True)
class Kink:
    """A place without a derivative: where, the slopes just left and right of it, and whether the
    curve jumps."""

    z: float
    left: float
    right: float
    jump: bool = False


@dataclass(frozen=True)
class Portrait:
    """One row of the table.

    Attributes
    ----------
    title, formula, slope, range, trouble : str
        In words and plain signs, as a table shows them.
    make : callable
        alpha -> `Activation`; those without a parameter ignore it.
    kinks : callable
        alpha -> tuple of `Kink`.
    alpha : float or None
        The usual parameter; None where there is none.
    """

    title: str
    formula: str
    slope: str
    range: str
    trouble: str
    make: Callable[[Any], Activation]
    kinks: Callable[[Any], tuple[Kink, ...]] = lambda alpha: ()
    alpha: float | None = None


def _maxout(alpha):
    """Maxout of one input and three pieces, -z - 1, z/5 and z - 2: the largest of them."""
    w, b = np.array([-1.0, 0.2, 1.0]), np.array([-1.0, 0.0, -2.0])

    def pieces(z):
        return np.multiply.outer(np.asarray(z, dtype=float), w) + b

    return Activation(
        "maxout", lambda z: pieces(z).max(axis=-1), lambda z: w[pieces(z).argmax(axis=-1)], "", ""
    )


def _softmax(alpha):
    """The first probability of softmax over (z, 0, 0), as a function of z: p = e^z / (e^z + 2),
    slope p (1 - p)."""

    def p(z):
        return activations.logistic(np.asarray(z, dtype=float) - np.log(2))

    return Activation("softmax", p, lambda z: p(z) * (1 - p(z)), "", "")


def _always(activation):
    return lambda alpha: activation


PORTRAITS = {
    portrait.title: portrait
    for portrait in (
        Portrait(
            "unit step",
            "0, ½ or 1",
            "0",
            "0, ½, 1",
            "slope 0: nothing to learn from",
            _always(activations.unit_step),
            lambda alpha: (Kink(0.0, 0.0, 0.0, True),),
        ),
        Portrait(
            "sign",
            "−1, 0 or 1",
            "0",
            "−1, 0, 1",
            "slope 0: nothing to learn from",
            _always(activations.sign),
            lambda alpha: (Kink(0.0, 0.0, 0.0, True),),
        ),
        Portrait(
            "linear",
            "z",
            "1",
            "all numbers",
            "layers collapse into one",
            _always(activations.linear),
        ),
        Portrait(
            "piece-wise linear",
            "z + ½, kept in [0, 1]",
            "1 inside, 0 outside",
            "[0, 1]",
            "slope exactly 0 outside ±½",
            _always(activations.piecewise_linear),
            lambda alpha: (Kink(-0.5, 0.0, 1.0), Kink(0.5, 1.0, 0.0)),
        ),
        Portrait(
            "logistic (sigmoid)",
            "1/(1 + e^−z)",
            "f (1 − f) ≤ ¼",
            "(0, 1)",
            "saturates; never centred",
            _always(activations.logistic),
        ),
        Portrait(
            "tanh",
            "(e^z − e^−z)/(e^z + e^−z)",
            "1 − f² ≤ 1",
            "(−1, 1)",
            "saturates",
            _always(activations.tanh),
        ),
        Portrait(
            "ReLU",
            "max(0, z)",
            "0 or 1",
            "[0, ∞)",
            "slope 0 on the left: units can die",
            _always(activations.relu),
            lambda alpha: (Kink(0.0, 0.0, 1.0),),
        ),
        Portrait(
            "leaky ReLU",
            "z, or αz for z < 0",
            "1 or α",
            "all numbers",
            "α = 0.01: a hundredth gets through",
            activations.leaky_relu,
            lambda alpha: (Kink(0.0, alpha, 1.0),),
            0.01,
        ),
        Portrait(
            "parametric ReLU",
            "z, or αz for z < 0, α learnt",
            "1 or α; by α: min(z, 0)",
            "all numbers (α > 0)",
            "one more thing to fit",
            activations.leaky_relu,
            lambda alpha: (Kink(0.0, alpha, 1.0),),
            0.25,
        ),
        Portrait(
            "ELU",
            "z, or α(e^z − 1) for z < 0",
            "1 or αe^z",
            "(−α, ∞)",
            "saturates on the left; needs exp",
            activations.elu,
            lambda alpha: (Kink(0.0, alpha, 1.0),) if alpha != 1 else (),
            1.0,
        ),
        Portrait(
            "softplus",
            "ln(1 + e^z)",
            "1/(1 + e^−z)",
            "(0, ∞)",
            "saturates on the left; all positive; needs exp and ln",
            _always(activations.softplus),
        ),
        Portrait(
            "maxout",
            "the largest of −z − 1, z/5, z − 2",
            "w of the winner",
            "here [−1/6, ∞)",
            "k pieces cost k times the parameters",
            _maxout,
            lambda alpha: (Kink(-5 / 6, -1.0, 0.2), Kink(2.5, 0.2, 1.0)),
        ),
        Portrait(
            "softmax",
            "e^z/Σ e^z, here of (z, 0, 0)",
            "p (1 − p), −p pⱼ",
            "(0, 1), sum 1",
            "saturates; mixes all units",
            _softmax,
        ),
    )
}


def describe(title, z, alpha=None):
    """What the curve does at z, as numbers: f, the slope, and the kink that z stands on (None where
    there is none).

    Returns
    -------
    tuple (float, float, Kink or None)
    """
    portrait = PORTRAITS[title]
    alpha = portrait.alpha if alpha is None else alpha
    activation = portrait.make(alpha)
    kink = next((k for k in portrait.kinks(alpha) if abs(k.z - z) < 1e-9), None)
    return float(activation.f(z)), float(activation.f_prime(z)), kink
