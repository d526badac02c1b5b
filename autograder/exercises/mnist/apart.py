"""Lesson 7, one function built on another: what their results look like, and who may call whom."""

from __future__ import annotations

import numpy as np

from autograder.exercises.exercise import Call, Case, Recorder, Ref, Rng

LOOKS = {
    "one_hot": "draw(np.zeros((len(labels), k)))",
    "initialise": (
        "([draw(np.zeros(shape)) for shape in zip(sizes, sizes[1:])], [draw(np.zeros(n)) for n in"
        " sizes[1:]])"
    ),
    "feedforward": "[np.array(X), *(draw(X[:, :1] + b) for b in biases)]",
    "backprop": "([draw(W) for W in weights], [draw(b) for b in biases])",
}


def backprop(own, X, T, weights, biases):
    """Backpropagation through the student's own `feedforward`."""
    a = own.feedforward(X, weights, biases)
    delta = (a[-1] - T) * a[-1] * (1 - a[-1]) / len(X)
    dweights, dbiases = [], []
    for l in reversed(range(len(weights))):
        dweights.append(a[l].T @ delta)
        dbiases.append(delta.sum(axis=0))
        if l:
            delta = (delta @ weights[l].T) * a[l] * (1 - a[l])
    return dweights[::-1], dbiases[::-1]


def sgd(own, X, T, sizes, epochs, size, eta, rng, progress=None):
    """Training with the student's own `initialise`, `backprop` and `feedforward`."""
    weights, biases = own.initialise(sizes, rng)
    history = []
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), size):
            batch = order[k : k + size]
            dweights, dbiases = own.backprop(X[batch], T[batch], weights, biases)
            weights = [W - eta * dW for W, dW in zip(weights, dweights, strict=True)]
            biases = [b - eta * db for b, db in zip(biases, dbiases, strict=True)]
        history.append(
            float(np.sum((own.feedforward(X, weights, biases)[-1] - T) ** 2) / (2 * len(X)))
        )
        if progress is not None:
            progress(epoch, history[-1])
    return weights, biases, history


def accuracy(own, X, labels, weights, biases):
    """The share of right answers by the student's own `feedforward`."""
    return float(np.mean(own.feedforward(X, weights, biases)[-1].argmax(axis=1) == labels))


def draw_sgd(rng):
    """A few steps, with and without somebody who is told of them: with drawn values nothing is
    learnt."""
    X, T = rng.uniform(-2, 2, (5, 3)), rng.uniform(0, 1, (5, 2))
    told = (
        Call("build", (Recorder(),)),
        Call(0, (X, T, [3, 4, 4, 2], 2, 2, 0.7, Rng(int(rng.integers(2**31))), Ref(0))),
        Call("recorded", (Ref(0),), "progress(epoch, loss)"),
    )
    return [
        Case.of(
            "5 examples, 2 epochs, mini-batches of 3",
            X,
            T,
            [3, 4, 4, 2],
            2,
            3,
            0.9,
            Rng(int(rng.integers(2**31))),
        ),
        Case("5 examples, 2 epochs, mini-batches of 2", told),
    ]


WAYS = {"backprop": (backprop,), "sgd": (sgd,), "accuracy": (accuracy,)}
