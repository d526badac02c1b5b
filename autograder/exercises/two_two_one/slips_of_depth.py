"""Lesson 4, what goes wrong where the layers are a list: forward and backward, any depth, any
number of rows."""

from __future__ import annotations

import numpy as np

from autograder.exercises.two_two_one.misconceptions import layers_with
from autograder.exercises.two_two_one.solutions import forward_layers


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


def walked_with_outputs(x, d, weights, activations):
    """The slip of the slope 1 - y² in every layer."""
    ys = forward_layers(x, weights, activations)
    return walked(
        x, d, weights, activations, slope=lambda k, n, z, own: 1 - np.asarray(ys[k + 1]) ** 2
    )


def of_one_example(up):
    """The backward pass by outer products, as for one example; `up` sends dz to the layer before."""

    def wrong(x, d, weights, activations):
        ys = forward_layers(x, weights, activations)
        dy, dW = ys[-1] - d, []
        for k in reversed(range(len(weights))):
            dz = activations[k][1](ys[k] @ weights[k]) * dy
            dW.insert(0, np.outer(ys[k], dz))
            dy = up(dz, weights[k])
        return dW

    return wrong


def of_a_batch(x, d, weights, activations):
    """The backward pass that takes one example for a batch: `y.T @ dz` of two vectors."""
    ys = forward_layers(x, weights, activations)
    dy, dW = ys[-1] - d, []
    for k in reversed(range(len(weights))):
        dz = activations[k][1](ys[k] @ weights[k]) * dy
        dW.insert(0, ys[k].T @ dz)
        dy = dz @ weights[k].T
    return dW


LAYERS = (
    *(
        (
            "right for one example only",
            (
                "This is right for one example. Of a batch np.outer makes one long row, and the"
                " examples get mixed. With one example a row, `y.T @ dz` adds up over the rows, and"
                " `dz @ W.T` goes back row by row; np.atleast_2d makes one row of one example."
            ),
            (None, of_one_example(up)),
        )
        for up in (lambda dz, W: W @ dz, lambda dz, W: dz @ W.T)
    ),
    (
        "right for a batch only",
        (
            "This is right for a batch. One example has a single axis: there `.T` changes nothing,"
            " and `@` adds all products up. np.atleast_2d makes one row of it."
        ),
        (None, of_a_batch),
    ),
    (
        "only the last layer returned",
        (
            "The output of the last layer came back alone. The backward pass needs those of all"
            " layers: return the list [x, y_1, …, y_N]."
        ),
        (lambda x, w, a: forward_layers(x, w, a)[-1], None),
    ),
    (
        "tanh in every layer",
        "You used tanh in every layer. Layer k has its own activation, activations[k].",
        (lambda x, w, a: forward_layers(x, w, [(np.tanh, None)] * len(w)), None),
    ),
    (
        "the slope of tanh in every layer",
        (
            "You used 1 - y² in every layer, the slope of tanh. Layer k has its own, the f_prime of"
            " activations[k], and it is a function of z."
        ),
        (None, walked_with_outputs),
    ),
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
