"""Slips in the neuron: forward, gradients, and the change to rows."""

from __future__ import annotations

import numpy as np

from autograder.exercises.logistic_neuron import neuron
from autograder.exercises.logistic_neuron.neuron import sigma


def forward_with(collect=lambda w, b, x: w @ x + b, activate=sigma):
    """The forward pass with another sum or another activation."""

    def wrong(w, b, x):
        z = collect(w, b, x)
        return z, activate(z)

    return wrong


def bias_after(w, b, x):
    """The slip of adding b behind σ."""
    z = w @ x
    return z, sigma(z) + b


def cross(a, y):
    """−(y ln a + (1 − y) ln(1 − a)), entry by entry."""
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


def gradients_with(
    dz=lambda a, y, z: a - y,
    w=lambda dz, x: dz @ x.T / x.shape[1],
    b=lambda dz, x: dz.mean(axis=1, keepdims=True),
):
    """The right gradients with one of the three lines replaced."""

    def wrong(weights, bias, x, y):
        z, a = neuron.forward(weights, bias, x)
        d = dz(a, y, z)
        return {"w": w(d, x), "b": b(d, x)}

    return wrong


def literally(a, y, z):
    """The chain rule factor by factor: 0/0 where a is exactly 1."""
    a = 1 / (1 + np.exp(-z))
    return -(y / a - (1 - y) / (1 - a)) * a * (1 - a)


BY_FEATURES = (  # also the bug of “break it”
    "divided by the number of features",
    (
        "You divided by x.shape[0]. Examples are columns here, so x is (d, n) and the number of"
        " examples is x.shape[1]. With as many examples as features the mistake does not show."
    ),
    gradients_with(
        w=lambda dz, x: dz @ x.T / x.shape[0],
        b=lambda dz, x: dz.sum(axis=1, keepdims=True) / x.shape[0],
    ),
)

FORWARD = (
    (
        "bias left out",
        (
            "z = w x + b: the bias is missing. Without it the boundary z = 0 always runs through"
            " the origin."
        ),
        forward_with(lambda w, b, x: w @ x),
    ),
    (
        "bias added after σ",
        (
            "The bias belongs inside: a = σ(w x + b). You added it to σ(w x), so a can leave the"
            " range from 0 to 1."
        ),
        bias_after,
    ),
    (
        "bias subtracted",
        "z = w x + b, and you have w x - b.",
        forward_with(lambda w, b, x: w @ x - b),
    ),
    (
        "sign of the exponent",
        "Your a is 1/(1 + e^z), which falls when z grows. The logistic function is 1/(1 + e^(-z)).",
        forward_with(activate=lambda z: sigma(-z)),
    ),
    (
        "no activation",
        "Your a equals z: the logistic function is missing, so a is not between 0 and 1.",
        forward_with(activate=lambda z: z),
    ),
    (
        "tanh instead of the logistic function",
        "You used tanh, which goes from -1 to 1. Labels 0 and 1 ask for σ(z) = 1/(1 + e^(-z)).",
        forward_with(activate=np.tanh),
    ),
    (
        "hard step",
        (
            "You cut z at 0 and returned 0 or 1. A step has slope 0 on both sides of its jump, so there"
            " is no gradient to train by; σ(z) changes gradually."
        ),
        forward_with(activate=lambda z: (z > 0) * 1.0),
    ),
    (
        "results in the other order",
        "The function returns (z, a), in this order.",
        lambda w, b, x: neuron.forward(w, b, x)[::-1],
    ),
)

GRADIENTS = (
    (
        "slope of σ kept",
        (
            "Your ∂J/∂z is (a - y) a (1 - a). With cross-entropy the slope a(1 - a) cancels against"
            " the a(1 - a) in the denominator of ∂J/∂a, and a - y is all that is left. With the"
            " slope a confident mistake would hardly be corrected: at a = .999, y = 0 you get"
            " .000998 instead of .999."
        ),
        gradients_with(lambda a, y, z: (a - y) * a * (1 - a)),
    ),
    (
        "gradient of the squared error",
        (
            "This is the gradient of (a - y)², which is 2 (a - y) a (1 - a). The loss here is the"
            " cross-entropy, whose ∂J/∂z is a - y."
        ),
        gradients_with(lambda a, y, z: 2 * (a - y) * a * (1 - a)),
    ),
    (
        "sign of the gradient lost",
        "You have y - a. The derivative is a - y: where a is too large, the loss grows with z.",
        gradients_with(lambda a, y, z: y - a),
    ),
    (
        "z instead of a",
        "You subtracted the label from z. It is the output a = σ(z) that is compared with y.",
        gradients_with(lambda a, y, z: z - y),
    ),
    (
        "the notes' slip 1/a",
        (
            "In the notes a line reads (1 - y) · 1/a where 1/(a - 1) is meant. Followed literally,"
            " it gives a - 1 for both labels. At a = 0.7, y = 0 that is -0.3; the right value is"
            " +0.7."
        ),
        gradients_with(lambda a, y, z: a - 1),
    ),
    (
        "minus of the inner derivative lost",
        (
            "The derivative of ln(1 - a) is 1/(a - 1) = -1/(1 - a). Its minus is missing, so every"
            " example with y = 0 pulls the wrong way."
        ),
        gradients_with(lambda a, y, z: -(y * (1 - a) + (1 - y) * a)),
    ),
    (
        "0/0 where the neuron saturates",
        (
            "The chain rule taken factor by factor divides by 1 - a, which is exactly 0 in floating"
            " point when z is about 40 or more. Cancel on paper first: a - y needs no division."
        ),
        gradients_with(literally),
    ),
    (
        "sum instead of mean",
        (
            "Your gradients are n times too large: J is the mean over the n examples, so its"
            " gradient is too."
        ),
        gradients_with(w=lambda dz, x: dz @ x.T, b=lambda dz, x: dz.sum(axis=1, keepdims=True)),
    ),
    (
        "bias gradient summed",
        (
            "∂J/∂w is right, and ∂J/∂b is n times too large. J is a mean, so both gradients are"
            " means: divide the sum by n."
        ),
        gradients_with(b=lambda dz, x: dz.sum(axis=1, keepdims=True)),
    ),
    (
        "weight gradient summed",
        (
            "∂J/∂b is right, and ∂J/∂w is n times too large. The product (a - y) xᵀ adds over the"
            " examples; divide it by n."
        ),
        gradients_with(w=lambda dz, x: dz @ x.T),
    ),
    (
        "divided by n twice",
        "Your gradients are n times too small: the mean was taken, and then divided by n again.",
        gradients_with(lambda a, y, z: (a - y) / y.size),
    ),
    BY_FEATURES,
    (
        "mean over everything",
        (
            "np.mean of the whole product is one number. The product (a - y) xᵀ already sums over"
            " the examples; divide it by n and keep its d entries."
        ),
        gradients_with(w=lambda dz, x: np.mean(dz @ x.T)),
    ),
    (
        "the factor x forgotten",
        (
            "∂z/∂w is x: each weight's gradient is (a - y) times the input that it multiplies. Two"
            " lines of the notes leave the x out as well."
        ),
        gradients_with(w=lambda dz, x: np.full((1, len(x)), dz.mean())),
    ),
    (
        "each prediction with every label",
        (
            "Shapes (n, 1) and (1, n) together became (n, n), and each a met every y. Compare each"
            " prediction with its own label: both are (1, n)."
        ),
        gradients_with(lambda a, y, z: (a - y.T).mean(axis=0, keepdims=True)),
    ),
    (
        "a bias for each example",
        (
            "You returned one ∂J/∂b an example. All examples share one bias, so its gradient is"
            " their mean, (1, 1)."
        ),
        gradients_with(b=lambda dz, x: dz),
    ),
    (
        "bias gradient zero",
        "z = w x + b, so ∂z/∂b is 1, and ∂J/∂b is the mean of a - y.",
        gradients_with(b=lambda dz, x: np.zeros((1, 1))),
    ),
)

ROWS = (
    (
        "reshaped instead of transposed",
        (
            "Your X has the shape of xᵀ, but the numbers are in the order of x, cut anew: features"
            " and examples are mixed. reshape does that. Turning columns into rows is a transpose:"
            " x.T."
        ),
        (None, lambda w, b, x: (w.reshape(-1, 1), b.ravel(), x.reshape(x.shape[1], x.shape[0]))),
    ),
    (
        "not transposed",
        (
            "An array came back as it was. With examples as rows X is (n, d) and W is (d, 1): both"
            " are transposed, X = xᵀ and W = wᵀ."
        ),
        (None, lambda w, b, x: (w, b, x)),
    ),
    (
        "a bias for each example",
        (
            "You made n copies of the bias. There is one bias, and it is broadcast over the rows;"
            " with n of them every example would have its own."
        ),
        (None, lambda w, b, x: (w.T, np.full((x.shape[1], 1), b), x.T)),
    ),
    (
        "results in another order",
        "The function returns (W, b, X), in this order.",
        (None, lambda w, b, x: (x.T, w.T, b.ravel())),
    ),
    (
        "activation left out",
        "A is σ(X W + b): the logistic function is missing.",
        (lambda X, W, b: X @ W + b, None),
    ),
    (
        "bias left out",
        "A is σ(X W + b): the bias is missing.",
        (lambda X, W, b: sigma(X @ W), None),
    ),
)
