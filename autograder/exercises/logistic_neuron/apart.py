"""Lesson 3, one function built on another: what their results look like, and who may call whom."""

from __future__ import annotations

import numpy as np

from autograder.exercises.exercise import Case, Rng
from autograder.exercises.logistic_neuron import neuron
from autograder.exercises.logistic_neuron.neuron import sigma

LOOKS = {
    "forward": "(draw(b + x[:1]), draw(b + x[:1]))",
    "loss": "draw(0.0)",
    "gradients": "{'w': draw(w), 'b': draw(b)}",
    "minibatches": (
        "[(draw(X), draw(Y)), (draw(X[:, :1]), draw(Y[:, :1]))]"
    ),  # pairs, and nothing of how X is cut
}


def _gradients_from(answer):
    def gradients(own, w, b, x, y):
        dz = (answer(*own.forward(w, b, x)) - y) / x.shape[1]
        return {"w": dz @ x.T, "b": dz.sum(axis=1, keepdims=True)}

    return gradients


def train(own, X, Y, eta, epochs, size, rng):
    """Train as the solution does, with the student's own earlier functions."""
    w, b, losses = np.zeros((1, X.shape[0])), np.zeros((1, 1)), []
    for _ in range(epochs):
        for x, y in own.minibatches(X, Y, size, rng):
            g = own.gradients(w, b, x, y)
            w, b = w - eta * g["w"], b - eta * g["b"]
        losses.append(own.loss(own.forward(w, b, X)[1], Y))
    return w, b, losses


def _rows_by_columns(own, X, W, b):
    return own.forward(W.T, np.reshape(b, (1, 1)), X.T)[1].T


def draw_train(rng):
    """A few steps: with drawn values nothing is learnt, and every step counts."""
    cases = []
    for d, n, size, epochs in ((2, 7, 3, 3), (3, 5, 5, 2), (1, 4, 1, 2)):
        X, Y = rng.normal(size=(d, n)), rng.integers(0, 2, (1, n)).astype(float)
        cases.append(
            Case.of(
                f"{n} examples in mini-batches of {size}, {epochs} epochs",
                X,
                Y,
                float(rng.uniform(0.3, 0.8)),
                epochs,
                size,
                Rng(int(rng.integers(2**31))),
            )
        )
    return cases


WAYS = {
    "gradients": (_gradients_from(lambda z, a: a), _gradients_from(lambda z, a: sigma(z))),
    "train": (train,),
    "forward_rows": (lambda own, *a: neuron.forward_rows(*a), _rows_by_columns),
}
