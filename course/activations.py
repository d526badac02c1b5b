"""Activation functions, each with its slope and with the formulas a lesson prints.

Sources: University of Central Florida, CAP 4453 Robot Vision, lecture 17 "Introduction to Deep
Learning II" (tanh, logistic, softplus); Inha University, "Backpropagation, activation function"
(leaky ReLU, ELU); lecture series, lessons 8-13 on neural networks (unit step, sign, piece-wise
linear).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Activation:
    r"""One activation function y = f(z), applied to every entry of an array.

    Attributes
    ----------
    name : str
        What `course.network.Network` calls it.
    f, f_prime : callable
        f(z) and its slope f'(z). Both take z, a float or an array of any shape, and return that
        shape.
    formula : str
        f in LaTeX, with `@z@` where the argument stands.
    slope : str
        f' in LaTeX, written with whatever is cheapest: `@y@`, which the forward pass kept, or
        `@z@`.
    """

    name: str
    f: Callable
    f_prime: Callable
    formula: str
    slope: str

    def __call__(self, z):
        """f(z): the same as `.f(z)`."""
        return self.f(z)


def _logistic(z):
    # 1 / (1 + e^-z); for z < 0 written as e^z / (1 + e^z), so that the exponential never overflows
    z = np.asarray(z, dtype=float)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def _logistic_prime(z):
    # e^-|z| / (1 + e^-|z|)^2 = y (1 - y), without cancellation where y is close to 1
    e = np.exp(-np.abs(np.asarray(z, dtype=float)))
    return e / (1.0 + e) ** 2


def _tanh_prime(z):
    return 1.0 - np.tanh(z) ** 2


def _relu(z):
    return np.maximum(np.asarray(z, dtype=float), 0.0)


def _relu_prime(z):
    # the slope at exactly 0 is taken as 0, one of its valid subgradients
    return np.where(np.asarray(z, dtype=float) > 0, 1.0, 0.0)


def _linear(z):
    return np.array(z, dtype=float)


def _linear_prime(z):
    return np.ones_like(np.asarray(z, dtype=float))


logistic = Activation(
    "logistic", _logistic, _logistic_prime, r"\frac{1}{1 + e^{-@z@}}", r"@y@ \cdot (1 - @=y@)"
)
tanh = Activation("tanh", np.tanh, _tanh_prime, r"\tanh(@=z@)", "(1 - (@=y@)^{2})")
relu = Activation("relu", _relu, _relu_prime, r"\max(0, @=z@)", "[@=z@ > 0]")
linear = Activation("linear", _linear, _linear_prime, "@=z@", "1")


def _softplus(z):
    # ln(1 + e^z) = max(z, 0) + ln(1 + e^-|z|), so that the exponential never overflows
    return np.logaddexp(0.0, np.asarray(z, dtype=float))


def _unit_step(z):
    return np.heaviside(np.asarray(z, dtype=float), 0.5)


def _flat(z):
    # the slope of a step: 0 on either side; at the jump there is none, and 0 stands for it
    return np.zeros_like(np.asarray(z, dtype=float))


def _piecewise_linear(z):
    return np.clip(np.asarray(z, dtype=float) + 0.5, 0.0, 1.0)


def _piecewise_linear_prime(z):
    return np.where(np.abs(np.asarray(z, dtype=float)) < 0.5, 1.0, 0.0)


softplus = Activation(
    "softplus", _softplus, _logistic, r"\ln(1 + e^{@z@})", r"\frac{1}{1 + e^{-@z@}}"
)
unit_step = Activation("unit step", _unit_step, _flat, r"[@=z@ > 0]", "0")
sign = Activation(
    "sign", lambda z: np.sign(np.asarray(z, dtype=float)), _flat, r"\mathrm{sign}(@=z@)", "0"
)
piecewise_linear = Activation(
    "piece-wise linear",
    _piecewise_linear,
    _piecewise_linear_prime,
    r"\min(1, \max(0, @=z@ + \tfrac12))",
    r"[-\tfrac12 < @=z@ < \tfrac12]",
)


def leaky_relu(alpha=0.01):
    """Leaky ReLU: z for z > 0, alpha z for z < 0. Its slope at exactly 0 is taken as alpha."""

    def f(z):
        z = np.asarray(z, dtype=float)
        return np.where(z > 0, z, alpha * z)

    def f_prime(z):
        return np.where(np.asarray(z, dtype=float) > 0, 1.0, alpha)

    return Activation(
        "leaky relu",
        f,
        f_prime,
        rf"\max(@=z@, 0) + {alpha:g} \min(@=z@, 0)",
        rf"[@=z@ > 0] + {alpha:g} [@=z@ < 0]",
    )


def elu(alpha=1.0):
    """Exponential linear unit: z for z > 0, alpha (e^z - 1) for z < 0. Its slope at exactly 0 is
    taken as alpha."""

    def f(z):
        z = np.asarray(z, dtype=float)
        return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))

    def f_prime(z):
        z = np.asarray(z, dtype=float)
        return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))

    return Activation(
        "elu",
        f,
        f_prime,
        rf"\max(@=z@, 0) + {alpha:g} (e^{{\min(@=z@, 0)}} - 1)",
        rf"[@=z@ > 0] + [@=z@ < 0] \cdot {alpha:g} e^{{@z@}}",
    )


#: What `course.network.Network` and the stepper know by name.
ACTIVATIONS = {activation.name: activation for activation in (logistic, tanh, relu, linear)}


def named(name):
    """The activation called `name`.

    Raises
    ------
    ValueError
        If there is none of that name; the message lists those there are.
    """
    if isinstance(name, Activation):
        return name
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise ValueError(
            f"no activation is called {name!r}; there are {', '.join(sorted(ACTIVATIONS))}"
        )
    return ACTIVATIONS[name]
