"""Slips in the network's forward pass."""

from __future__ import annotations

import numpy as np

from autograder.exercises.mnist.solutions import (
    feedforward,
    logistic,
)


def layers(squash=logistic, bias=True, last=None, feed=None):
    """The forward pass with one thing replaced."""

    def wrong(X, weights, biases):
        a, carried = [X], X
        for l, (W, b) in enumerate(zip(weights, biases, strict=True)):
            z = carried @ W + (b if bias else 0)
            f = last if last and l == len(weights) - 1 else squash
            a.append(f(z))
            carried = z if feed == "z" else a[-1]
        return a

    return wrong


def softmax(z):
    """Softmax over each row, in place of the logistic."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def from_x(X, weights, biases):
    """The slip of computing every layer from X."""
    return [X, *(logistic(X @ W + b) for W, b in zip(weights, biases, strict=True))]


FEEDFORWARD = (
    ("biases left out", "z = a W + b. Your z has no b.", layers(bias=False)),
    (
        "bias added after the activation",
        "σ(a W) + b is not σ(a W + b): the bias shifts what goes into the unit.",
        lambda X, ws, bs: [X, *_running(lambda a, W, b: logistic(a @ W) + b, X, ws, bs)],
    ),
    (
        "no activation at the output",
        "The last layer is logistic too, as in the deck's listing.",
        layers(last=lambda z: z),
    ),
    (
        "softmax at the output",
        "Softmax comes with cross-entropy. This network's outputs are ten logistic units.",
        layers(last=softmax),
    ),
    ("tanh instead of logistic", "These units are logistic: 1/(1 + e^-z).", layers(squash=np.tanh)),
    (
        "a layer fed with z instead of a",
        "The next layer takes a = σ(z) of the one before. You handed it z.",
        layers(feed="z"),
    ),
    (
        "every layer fed with X",
        (
            "Each of your layers takes X, the input of the network. A layer takes what the one"
            " before it gave, the last array in the list. The first layer is right so, and a"
            " network whose layers are all as wide as X raises no error."
        ),
        from_x,
    ),
    (
        "only the last layer returned",
        (
            "The deck's own feedforward gives the last activations. "
            "The backward pass needs those of all layers: "
            "return the list [X, a_1, …, a_L]."
        ),
        lambda X, ws, bs: feedforward(X, ws, bs)[-1],
    ),
    (
        "only the last layer returned",
        "The backward pass needs the activations of all layers: return the list [X, a_1, …, a_L].",
        lambda X, ws, bs: feedforward(X, ws, bs)[-1:],
    ),
    (
        "the input left out of the list",
        (
            "The list starts with X itself, the activations of layer 0: the gradient of the first"
            " weights needs it."
        ),
        lambda X, ws, bs: feedforward(X, ws, bs)[1:],
    ),
    *(
        (
            "written for two layers",
            (
                "This is right for two layers of weights. The check also asks networks of three:"
                " loop over weights and biases."
            ),
            lambda X, ws, bs, last=last: feedforward(X, [ws[0], ws[last]], [bs[0], bs[last]]),
        )
        for last in (1, -1)
    ),
)


def _running(f, a, weights, biases):
    for W, b in zip(weights, biases, strict=True):
        a = f(a, W, b)
        yield a
