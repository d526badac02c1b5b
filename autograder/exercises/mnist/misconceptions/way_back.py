"""Slips in backprop."""

from __future__ import annotations

import numpy as np

from autograder.exercises.mnist.solutions import (
    feedforward,
    logistic,
)


def _slope_of_z(a):
    return logistic(a) * (1 - logistic(a))


def passes(
    error=lambda a, t: a - t,
    out=lambda a: a * (1 - a),
    hid=lambda a: a * (1 - a),
    back=lambda d, W: d @ W.T,
    n=len,
    again=None,
    sent=None,
    db=lambda d: d.sum(axis=0),
    dw=lambda a, d: a.T @ d,
    upstream=None,
    through=0,
    slope_of=0,
    into=0,
):
    """The backward pass with one thing replaced, or with the index of a neighbouring layer."""

    def wrong(X, T, weights, biases):
        a = feedforward(X, weights, biases)
        delta = error(a[-1], T) * out(a[-1]) / n(X)
        dweights, dbiases = [], []
        for l in reversed(range(len(weights))):
            below = a[l + into] if upstream is None or l == 0 else upstream(a[l])
            dweights.append(dw(below, delta))
            dbiases.append(db(delta))
            if l:
                send = delta if sent is None or l < len(weights) - 1 else sent(a[-1], T, X)
                delta = back(send, weights[l + through]) * hid(a[l + slope_of])
                delta = delta if again is None else delta / again(X)
        return dweights[::-1], dbiases[::-1]

    return wrong


def back_to_front(X, T, weights, biases):
    """The slip of handing over the lists with the last layer first."""
    dweights, dbiases = passes()(X, T, weights, biases)
    return dweights[::-1], dbiases[::-1]


def first_layer_left_out(*of):
    """The loop stops before layer 0: the first entries are still those the lists were made with."""

    def wrong(X, T, weights, biases):
        dweights, dbiases = passes()(X, T, weights, biases)
        dweights = [None, *dweights[1:]] if "W" in of else dweights
        return dweights, [None, *dbiases[1:]] if "b" in of else dbiases

    return wrong


def square_only(delta, W):
    """The weights the wrong way round, where their shape hides it."""
    return delta @ (W if W.shape[0] == W.shape[1] else W.T)


def two_layers(h, o):
    """The slip of writing two layers out: the hidden one is activations[h], the output is
    activations[o]."""

    def wrong(X, T, weights, biases):
        a = feedforward(X, weights, biases)
        do = (a[o] - T) * a[o] * (1 - a[o]) / len(X)
        dh = (do @ weights[-1 if h < 0 else 1].T) * a[h] * (1 - a[h])
        below = X if h > 0 else a[h - 1]
        return [below.T @ dh, a[h].T @ do], [dh.sum(axis=0), do.sum(axis=0)]

    return wrong


MEAN_IN_EVERY_LAYER = passes(again=len)

BACKPROP = (
    (
        "lists back to front",
        (
            "Each array is right, but the list begins with the last layer, in the "
            "order in which you computed them. Turn both "
            "lists round at the end: dweights[l] belongs to weights[l]."
        ),
        back_to_front,
    ),
    *(
        (
            "the first layer left out",
            (
                "The first entry is still None: the loop on the way back ends "
                "before layer 0. Its range is "
                "reversed(range(len(weights))), from the last layer down to 0."
            ),
            first_layer_left_out(*of),
        )
        for of in (("W", "b"), ("W",), ("b",))
    ),
    (
        "weight gradients transposed",
        (
            "∂C/∂W has the shape of W, (from, to): the activations before "
            "it come first, `a[l].T @ delta`. You have "
            "`delta.T @ a[l]`."
        ),
        passes(dw=lambda a, d: d.T @ a),
    ),
    (
        "delta sent back through another layer's weights",
        (
            "You send δ back through weights[l - 1]. It goes back as it came, through the weights"
            " between the two layers: weights[l]."
        ),
        passes(through=-1),
    ),
    (
        "slope of another layer",
        (
            "The slope is that of another layer: you took a[l - 1]. What comes back through"
            " weights[l] arrives at the units that put out a[l]."
        ),
        passes(slope_of=-1),
    ),
    (
        "what leaves the layer in place of what enters it",
        (
            "∂C/∂W takes what enters the weights, a[l], the activations of the layer before. You took"
            " a[l + 1], which leaves the layer."
        ),
        passes(into=1),
    ),
    (
        "entry by entry in place of the matrix product",
        (
            "`a[l].T * delta` multiplies entry by entry. `a[l].T @ delta` multiplies each unit's"
            " activations with each δ and adds over the examples."
        ),
        passes(dw=lambda a, d: a.T * d),
    ),
    (
        "a pair for each layer",
        (
            "You returned a pair (∂C/∂W, ∂C/∂b) for each layer. Two lists are wanted: all weight"
            " gradients, then all bias gradients."
        ),
        lambda X, T, ws, bs: list(zip(*passes()(X, T, ws, bs), strict=True)),
    ),
    (
        "divided by n in every layer",
        (
            "The last layer is right; every layer before it is too small by the number of examples,"
            " once a layer. C is one mean: 1/n belongs to δ of the last layer, and everything sent"
            " back carries it already."
        ),
        MEAN_IN_EVERY_LAYER,
    ),
    (
        "1/n forgotten",
        (
            "You add the gradients of the examples. C = (1/2n) Σ ‖a - t‖² is a mean: divide by the"
            " number of rows, once."
        ),
        passes(n=lambda X: 1),
    ),
    (
        "1/n twice",
        "Everything is too small by the number of examples: 1/n is applied twice.",
        passes(n=lambda X: len(X) ** 2),
    ),
    (
        "the ½ forgotten",
        (
            "Everything is exactly twice too large. The deck's slide has the loss (1/m) Σ (ŷ - y)²,"
            " but its listing returns a - y, the gradient of ½ ‖a - y‖²; C here has the ½."
        ),
        passes(error=lambda a, t: 2 * (a - t)),
    ),
    (
        "sign of the gradient lost",
        "∂C/∂a = (a - t)/n. You have t - a, so every step would climb.",
        passes(error=lambda a, t: t - a),
    ),
    (
        "mean over the outputs as well",
        (
            "C adds up the ten outputs of an example and averages over examples only. You divided"
            " by the number of outputs too."
        ),
        lambda X, T, ws, bs: passes(n=lambda X: T.size)(X, T, ws, bs),
    ),
    (
        "output activation derivative forgotten",
        (
            "δ_L = (a_L - t) a_L (1 - a_L) / n: the slope of the logistic output is missing. (It"
            " cancels only with cross-entropy; this loss is the squared error.)"
        ),
        passes(out=lambda a: 1.0),
    ),
    (
        "hidden activation derivative forgotten",
        "What comes back through W still has to pass the hidden unit: times a (1 - a).",
        passes(hid=lambda a: 1.0),
    ),
    *(
        (
            "logistic applied twice in its derivative",
            (
                f"You took σ'(a) = σ(a)(1 - σ(a)){where}. The listing's `sigmoid_prime` takes z; from"
                " an activation a the slope is a (1 - a)."
            ),
            changed,
        )
        for where, changed in (
            ("", passes(out=_slope_of_z, hid=_slope_of_z)),
            (" in the hidden layers", passes(hid=_slope_of_z)),
            (" at the output", passes(out=_slope_of_z)),
        )
    ),
    *(
        (
            "written for two layers",
            (
                "This is right for two layers of weights. The check also asks networks of three:"
                " loop over len(weights)."
            ),
            two_layers(h, o),
        )
        for h, o in ((1, 2), (-2, -1), (1, -1))
    ),
    (
        "error sent back without the output's slope",
        "What travels back is δ_L, with the factor a_L (1 - a_L). You sent (a_L - t)/n.",
        passes(sent=lambda a, t, X: (a - t) / len(X)),
    ),
    (
        "`W` where `W.T` belongs",
        (
            "W[i, j] leads from i to j, so the way back is `delta @ W.T`. Two layers of equal width"
            " hide the mistake."
        ),
        passes(back=square_only),
    ),
    (
        "bias gradients summed over everything",
        (
            "All your bias gradients of a layer are equal: you summed over examples and units. Sum"
            " over the examples only, axis=0."
        ),
        passes(db=lambda d: np.full(d.shape[1], d.sum())),
    ),
    (
        "bias gradients summed to one number",
        "You added up all of δ. Each unit has its own bias: sum over the examples only, axis=0.",
        passes(db=lambda d: d.sum()),
    ),
    (
        "bias gradients summed along the rows",
        (
            "You summed along each row and have one number for each example. A bias belongs to a unit"
            " and is used by every example: add the rows, axis=0."
        ),
        passes(db=lambda d: d.sum(axis=1)),
    ),
    (
        "bias gradients not summed",
        (
            "Your bias gradient has a row for each example. A bias is used by every example: add"
            " the rows of δ, axis=0."
        ),
        passes(db=lambda d: d),
    ),
    (
        "bias gradient of one example only",
        (
            "A bias is used by every example, so its gradient is the sum of all rows of δ. Yours is"
            " one row."
        ),
        passes(db=lambda d: d[0]),
    ),
    (
        "bias gradients averaged once more",
        "δ has 1/n in it already. Add its rows: delta.sum(axis=0), not the mean.",
        passes(db=lambda d: d.mean(axis=0)),
    ),
)
