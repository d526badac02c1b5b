"""Lesson 3, what goes wrong while typing: a bracket, a minus, a mean of the wrong thing."""

from __future__ import annotations

import numpy as np

from autograder.exercises.logistic_neuron import neuron
from autograder.exercises.logistic_neuron.neuron import sigma

BRACKET = (
    "In Python `1 / 1 + np.exp(-z)` divides first, so it is 1 + e^(-z). The whole sum belongs "
    "under the line: "
    "`1 / (1 + np.exp(-z))`."
)


def forward_as(answer):
    """The right z beside another a, a function of (w, b, x)."""
    return lambda w, b, x: (w @ x + b, answer(w, b, x))


FORWARD = (
    (
        "1/1 + e^(-z)",
        f"Your a is above 1 everywhere. {BRACKET}",
        forward_as(lambda w, b, x: 1 + np.exp(-(w @ x + b))),
    ),
    (
        "the minus does not reach b",
        (
            "Your exponent is -w x + b: the minus stands before w x alone. It belongs before the"
            " whole of z: -(w x + b)."
        ),
        forward_as(lambda w, b, x: sigma(w @ x - b)),
    ),
    (
        "the bias once more",
        "Your z is right, but a is σ(z + b): b is in z already.",
        forward_as(lambda w, b, x: sigma(w @ x + 2 * b)),
    ),
    (
        "σ in place of z",
        "Your z and your a are both σ(w x + b). z is the sum before the activation.",
        lambda w, b, x: (sigma(w @ x + b), sigma(w @ x + b)),
    ),
)


def loss_from(one, gather=np.mean):
    """A loss from the wrong term for each example, a kept inside [1e-12, 1 - 1e-12]."""
    return lambda a, y: gather(one(np.clip(a, 1e-12, 1 - 1e-12), y))


def cross(a, y):
    """−(y ln a + (1 − y) ln(1 − a)), entry by entry."""
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


LOSS = (
    (
        "the minus reaches the first term only",
        (
            "Your terms are -y ln a + (1 - y) ln(1 - a): the minus stands before the first alone,"
            " so every example with y = 0 lowers the loss. It belongs before both: -(y ln a + (1 -"
            " y) ln(1 - a))."
        ),
        loss_from(lambda a, y: -y * np.log(a) + (1 - y) * np.log(1 - a)),
    ),
    (
        "logarithm to base 10",
        (
            "You took the logarithm to base 10. J uses the natural logarithm, `np.log`, whose"
            " derivative is 1/a."
        ),
        loss_from(lambda a, y: cross(a, y) / np.log(10)),
    ),
    (
        "labels 1 left out",
        "Only the examples with y = 0 count in your loss. Those with y = 1 bring -y ln a.",
        loss_from(lambda a, y: -(1 - y) * np.log(1 - a)),
    ),
    (
        "half of it",
        (
            "Your value is half of the right one. The ½ belongs to the squared error; the"
            " cross-entropy has none."
        ),
        loss_from(lambda a, y: cross(a, y) / 2),
    ),
    (
        "ln a in both terms",
        (
            "Your second term has ln a. What the neuron gives to the label 0 is 1 - a: the term is"
            " (1 - y) ln(1 - a)."
        ),
        loss_from(lambda a, y: -(y * np.log(a) + (1 - y) * np.log(a))),
    ),
    (
        "clipped a little too early",
        (
            "Your a stops at about 1e-6, and -ln 1e-6 is 13.8: a neuron that is quite sure and"
            " wrong costs no more than that. Here above 15 an example is wanted. Clip at something"
            " like 1e-12."
        ),
        lambda a, y: np.mean(cross(np.clip(a, 1e-6, 1 - 1e-6), y)),
    ),
)


def gradients_as(w=lambda dz, x: dz @ x.T / x.shape[1], a=None):
    """The right gradients with one of the lines replaced."""

    def wrong(weights, bias, x, y):
        output = sigma(weights @ x + bias) if a is None else a(weights, bias, x)
        dz = output - y
        return {"w": w(dz, x), "b": dz.mean(axis=1, keepdims=True)}

    return wrong


GRADIENTS = (
    (
        "product of the means",
        (
            "You multiplied the mean of a - y by the mean of x. The mean of the products is wanted:"
            " for each example (a - y) times its own x, then the mean. That is (a - y) xᵀ / n."
        ),
        gradients_as(w=lambda dz, x: dz.mean() * x.mean(axis=1)[None]),
    ),
    (
        "x not turned",
        (
            "(a - y) x entry by entry is (d, n), one column an example. (a - y) xᵀ / n adds them"
            " up: (1, d)."
        ),
        gradients_as(w=lambda dz, x: dz * x / x.shape[1]),
    ),
    (
        "the gradient as a column",
        (
            "Your ∂J/∂w is x (a - y)ᵀ / n, a column (d, 1). A gradient has the shape of what it is"
            " a gradient of: w is a row (1, d), so (a - y) xᵀ / n."
        ),
        gradients_as(w=lambda dz, x: x @ dz.T / x.shape[1]),
    ),
    (
        "divided by n + 1",
        "You divided by n + 1. A mean over n examples divides by n.",
        lambda w, b, x, y: {
            key: g * x.shape[1] / (x.shape[1] + 1)
            for key, g in neuron.gradients(w, b, x, y).items()
        },
    ),
    (
        "the first example only",
        (
            "You used the first example alone; the others never come in. So it comes out when"
            " `return` stands inside the loop over the examples, or an index 0 was left in. J is"
            " the mean over all n."
        ),
        lambda w, b, x, y: neuron.gradients(w, b, x[:, :1], y[:, :1]),
    ),
    (
        "the last example only",
        (
            "You used the last example alone. So it comes out when = stands in the loop where +="
            " belongs. J is the mean over all n."
        ),
        lambda w, b, x, y: neuron.gradients(w, b, x[:, -1:], y[:, -1:]),
    ),
    (
        "bias left out of a",
        "Your a is σ(w x): the bias is missing in the forward pass, and a - y is wrong with it.",
        gradients_as(a=lambda w, b, x: sigma(w @ x)),
    ),
    (
        "bias gradient divided by n twice",
        (
            "∂J/∂w is right, and ∂J/∂b is n times too small: a - y was divided by n already, so sum"
            " it; a mean divides once more."
        ),
        lambda w, b, x, y: {
            key: g / (x.shape[1] if key == "b" else 1)
            for key, g in neuron.gradients(w, b, x, y).items()
        },
    ),
)

ROWS = (
    (
        "X not transposed",
        "X came back as x is, (d, n). With examples as rows it is (n, d): X = xᵀ.",
        (None, lambda w, b, x: (w.T, b.ravel(), x)),
    ),
    (
        "W not transposed",
        "W came back as w is, (1, d). With examples as rows it is (d, 1): W = wᵀ.",
        (None, lambda w, b, x: (w, b.ravel(), x.T)),
    ),
    (
        "1/1 + e^(-z)",
        f"Your A is above 1 everywhere. {BRACKET}",
        (lambda X, W, b: 1 + np.exp(-(X @ W + b)), None),
    ),
    (
        "the minus does not reach b",
        (
            "Your exponent is -X W + b: the minus stands before X W alone. It belongs before the"
            " whole sum: -(X W + b)."
        ),
        (lambda X, W, b: sigma(X @ W - b), None),
    ),
    (
        "sign of the exponent",
        "Your A is 1/(1 + e^z), which falls when z grows. The logistic function is 1/(1 + e^(-z)).",
        (lambda X, W, b: sigma(-(X @ W + b)), None),
    ),
)
