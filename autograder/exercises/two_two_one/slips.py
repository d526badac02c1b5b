"""Lesson 4, what goes wrong while typing: a neighbour's index, a bracket, two slopes exchanged."""

from __future__ import annotations

import numpy as np

from autograder.exercises.two_two_one.misconceptions import (
    backward_with,
    forward_with,
    layers_with,
)
from autograder.exercises.two_two_one.solutions import forward_layers, logistic

FORWARD = (
    (
        "both activations exchanged",
        (
            "The hidden units of this network are tanh units and the output is logistic. You have"
            " them the other way round."
        ),
        forward_with(hidden=logistic, output=np.tanh),
    ),
    (
        "1/1 + e^(-z)",
        (
            "Your y⁽²⁾ is 1 + e^(-z). In Python `1 / 1 + np.exp(-z)` divides first; the whole sum"
            " belongs under the line: `1 / (1 + np.exp(-z))`."
        ),
        forward_with(output=lambda z: 1 + np.exp(-z)),
    ),
    (
        "tanh of x before the weights",
        "Your y⁽¹⁾ is tanh(x) W: the activation comes after the weighted sum, tanh(x W).",
        lambda x, W1, W2: {
            "z1": x @ W1,
            "y1": np.tanh(x) @ W1,
            "z2": np.tanh(x) @ W1 @ W2,
            "y2": logistic(np.tanh(x) @ W1 @ W2),
        },
    ),
)

DIVERGENCE = (
    (
        "1//2 for ½",
        (
            "Everything is 0, as it is with 1//2: two strokes divide whole numbers and drop the"
            " rest, so 1//2 is 0. Write 0.5 or 1/2."
        ),
        lambda y, d: 0.0,
    ),
    (
        "the first output only",
        "You took the first output alone. Div adds up over all outputs: ½ Σ (y - d)².",
        lambda y, d: 0.5 * (y[0] - d[0]) ** 2,
    ),
    (
        "a root taken",
        (
            "You took the square root of the sum, which is the distance. Div is half of the sum"
            " itself: ½ Σ (y - d)²."
        ),
        lambda y, d: np.sqrt(np.sum((y - d) ** 2)),
    ),
    (
        "a quarter",
        "Your value is half of the right one: the ½ stands there twice. Div = ½ Σ (y - d)².",
        lambda y, d: 0.25 * np.sum((y - d) ** 2),
    ),
    (
        "times 2 for the square",
        (
            "You doubled the differences instead of squaring them. Div = ½ Σ (y - d)², in Python"
            " `(y - d) ** 2`."
        ),
        lambda y, d: 0.5 * np.sum((y - d) * 2),
    ),
)

BACKWARD = (
    (
        "second weight gradient taken from y instead of z",
        (
            "∂Div/∂W⁽²⁾ is y⁽¹⁾ times ∂Div/∂z⁽²⁾. You used ∂Div/∂y⁽²⁾, which leaves the slope of"
            " the logistic output out. A weight acts on z."
        ),
        backward_with(second=lambda f, dy2, dz2: np.outer(f["y1"], dy2)),
    ),
    (
        "second weight gradient transposed",
        (
            "Your ∂Div/∂W⁽²⁾ is transposed. W[i, j] leads from i to j, so its gradient is y_i · "
            "∂Div/∂z_j: input first, "
            "`np.outer(y1, dz2)`."
        ),
        backward_with(second=lambda f, dy2, dz2: np.outer(dz2, f["y1"])),
    ),
    (
        "first weight gradient transposed",
        (
            "Your ∂Div/∂W⁽¹⁾ is transposed. W[i, j] leads from i to j, so its gradient is x_i · "
            "∂Div/∂z_j: input first, "
            "`np.outer(x, dz1)`."
        ),
        backward_with(first=lambda x, dy1, dz1: np.outer(dz1, x)),
    ),
    (
        "both slopes exchanged",
        (
            "You used 1 - y² at the output and y (1 - y) in the hidden layer. The output is"
            " logistic, with the slope y (1 - y); the hidden units are tanh units, with the slope 1"
            " - y²."
        ),
        backward_with(out=lambda f: 1 - f["y2"] ** 2, hid=lambda f: f["y1"] * (1 - f["y1"])),
    ),
    (
        "both slopes forgotten",
        (
            "Both ∂Div/∂z equal their ∂Div/∂y. Between z and y lies an activation, so each layer"
            " asks for its slope: y (1 - y) at the logistic output, 1 - y² in the hidden layer."
        ),
        backward_with(out=lambda f: 1.0, hid=lambda f: 1.0),
    ),
    (
        "1 - y times 2",
        (
            "You computed 1 - 2y in the hidden layer. The slope of tanh is 1 - y², in Python `1 -"
            " y1 ** 2`."
        ),
        backward_with(hid=lambda f: 1 - 2 * f["y1"]),
    ),
    (
        "y * 1 - y",
        (
            "Your ∂Div/∂z⁽²⁾ is 0. So it comes out with y * 1 - y: Python multiplies first, and"
            " that is y - y. The difference needs brackets: y2 * (1 - y2). Everything is 0"
            " behind it."
        ),
        backward_with(out=lambda f: 0.0),
    ),
    (
        "only 1 - y at the output",
        "Your slope at the output is 1 - y. One factor y is missing: y (1 - y).",
        backward_with(out=lambda f: 1 - f["y2"]),
    ),
    (
        "sums multiplied instead of products added",
        (
            "You added the weights and the gradients apart and multiplied the sums. Multiply along"
            " each path first, then add: ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j."
        ),
        backward_with(up=lambda W2, dy2, dz2: W2.sum(axis=1) * dz2.sum()),
    ),
)


def divided_by_eta(W1, W2, g, eta):
    """The slip of dividing by eta."""
    with np.errstate(all="ignore"):
        return W1 - g["W1"] / np.float64(eta), W2 - g["W2"] / np.float64(eta)


UPDATE = (
    (
        "one matrix only",
        "W⁽²⁾ came back as it was. Both matrices take a step.",
        lambda W1, W2, g, eta: (W1 - eta * g["W1"], W2 + 0.0),
    ),
    (
        "divided by the learning rate",
        "You divided the gradient by eta. The step is eta times the gradient.",
        divided_by_eta,
    ),
    (
        "the step alone",
        (
            "You returned the steps, -eta times the gradients. New weights are wanted: W - eta · "
            "gradient."
        ),
        lambda W1, W2, g, eta: (-eta * g["W1"], -eta * g["W2"]),
    ),
)


def every_layer_from_x(x, weights, activations):
    """The slip of computing every layer from x."""
    return [x, *(f(x @ W) for W, (f, _) in zip(weights, activations, strict=True))]


def sums_in_the_list(x, weights, activations):
    """The slip of listing the sums z in place of the activations."""
    ys = forward_layers(x, weights, activations)
    return [x, *(y @ W for y, W in zip(ys, weights, strict=False))]


def one_activation(which):
    """The slip of one activation for all layers: the first one's, or the last one's."""

    def wrong(x, weights, activations):
        return forward_layers(x, weights, [activations[which]] * len(weights))

    return wrong


def walked(x, d, weights, activations, slope=lambda k, n, z, own: own(z), into=lambda k, ys: ys[k]):
    """`backward_layers` with another slope, or another value that enters a layer's weights."""
    ys = forward_layers(x, weights, activations)
    zs = [y @ W for y, W in zip(ys, weights, strict=False)]
    dy, dW = ys[-1] - d, []
    for k in reversed(range(len(weights))):
        dz = slope(k, len(weights), zs[k], activations[k][1]) * dy
        dW.insert(0, np.atleast_2d(into(k, ys)).T @ np.atleast_2d(dz))
        dy = dz @ weights[k].T
    return dW


def with_slope(slope):
    """The backward pass with the slope taken in another way."""
    return lambda x, d, weights, activations: walked(x, d, weights, activations, slope=slope)


LAYERS = (
    (
        "every layer starts from x",
        (
            "Each layer of your forward pass takes x. It takes what the layer before it gave: y_k ="
            " f_k(y_(k-1) W_k)."
        ),
        (every_layer_from_x, None),
    ),
    (
        "the first activation everywhere",
        (
            "You used the first layer's activation in every layer. Layer k has its own,"
            " activations[k]."
        ),
        (one_activation(0), None),
    ),
    (
        "the last activation everywhere",
        "You used the last layer's activation in every layer. Layer k has its own, activations[k].",
        (one_activation(-1), None),
    ),
    (
        "no activation",
        "Your layers are y W without f. Each layer applies its activation: y_k = f_k(y_(k-1) W_k).",
        (lambda x, w, a: forward_layers(x, w, [(lambda z: z, None)] * len(w)), None),
    ),
    (
        "z in the list",
        "Your list holds the sums z_k. y_k = f_k(z_k) belongs into it.",
        (sums_in_the_list, None),
    ),
    (
        "slope of the neighbouring layer",
        (
            "The slope is that of another layer's activation: layer k was given the one before it."
            " In Python activations[-1] is the last one, so the slip raises no error."
        ),
        (None, lambda x, d, w, a: walked(x, d, w, a, slope=lambda k, n, z, own: a[k - 1][1](z))),
    ),
    (
        "slope at the last layer only",
        (
            "The factor f′(z) is there at the last layer and missing in all others. Every layer has"
            " an activation between z and y, so every step back has its slope."
        ),
        (None, with_slope(lambda k, n, z, own: own(z) if k == n - 1 else 1.0)),
    ),
    (
        "slope missing at the last layer",
        (
            "The factor f′(z) is missing at the last layer. ∂Div/∂y is not yet ∂Div/∂z: the output"
            " has an activation too."
        ),
        (None, with_slope(lambda k, n, z, own: 1.0 if k == n - 1 else own(z))),
    ),
    (
        "the input in front of every layer",
        (
            "Every dW of yours is built with x. What enters layer k is y_(k-1); only for the first"
            " layer is that x."
        ),
        (None, lambda x, d, w, a: walked(x, d, w, a, into=lambda k, ys: ys[0])),
    ),
    (
        "one step back and out",
        (
            "One gradient came back, that of the last layer. So it comes out when `return` stands"
            " inside the loop."
        ),
        (None, lambda x, d, w, a: walked(x, d, w, a)[-1:]),
    ),
    (
        "first layer missing",
        (
            "The gradient of the first layer is missing. So it comes out when the loop is"
            " `range(n - 1, 0, -1)`, which stops before 0. Layer 1 is `weights[0]`; write"
            " `range(n - 1, -1, -1)`."
        ),
        (None, lambda x, d, w, a: walked(x, d, w, a)[1:]),
    ),
    (
        "y - d divided by the length of y",
        "You divided y - d by len(y). The contract is the sum: nothing is divided.",
        (None, layers_with(start=lambda y, d: (y - d) / len(y))),
    ),
)
