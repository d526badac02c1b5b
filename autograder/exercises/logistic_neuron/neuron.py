"""The trusted functions of lesson 3, and the same computed by other means.

`sigma`, `forward`, … are the solutions; each has an oracle below that takes another path: loops,
counting, central differences.
"""

from __future__ import annotations

import numpy as np

from autograder.exercises.numeric import slope


def sigma(z):
    """σ(z), entry by entry; it never overflows."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1 + e)


def forward(w, b, x):
    """z = w x + b and a = σ(z), both (1, n), for x (d, n)."""
    z = w @ x + b  # z = w x + b
    return z, sigma(z)


def loss(a, y):
    """The mean cross-entropy of a and y (1, n), in nats; finite also where a is 0 or 1."""
    a = np.clip(a, 1e-13, 1 - 1e-13)  # ln 0 does not exist
    return float(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))


def gradients(w, b, x, y):
    """The gradients of the mean loss: w (1, d), b (1, 1)."""
    _, a = forward(w, b, x)
    dz = (a - y) / x.shape[1]  # ∂J/∂z of the mean over n examples
    return {"w": dz @ x.T, "b": dz.sum(axis=1, keepdims=True)}


def minibatches(X, Y, size, rng):
    """Columns of X and Y, shuffled together and cut into parts of `size`; the last may be short."""
    order = rng.permutation(X.shape[1])
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        yield X[:, chosen], Y[:, chosen]


def iterations_per_epoch(n, size):
    """How many mini-batches an epoch has: n / size, rounded up."""
    return (n + size - 1) // size  # n / size, rounded up


def train(X, Y, eta, epochs, size, rng):
    """w (1, d), b (1, 1) and the loss on all examples after each epoch, from w = 0, b = 0."""
    return descend(X, Y, eta, [rng.permutation(X.shape[1]) for _ in range(epochs)], size)


def forward_rows(X, W, b):
    """A = σ(X W + b), (n, 1), for X (n, d) and W (d, 1)."""
    return sigma(X @ W + b)


def to_rows(w, b, x):
    """The same neuron in the other convention: W (d, 1), b (1,), X (n, d)."""
    return w.T, b.ravel(), x.T


def descend(
    X, Y, eta, orders, size, scale="mean", bias=True, slope_kept=False, drop=False, after=True
):
    """Mini-batch gradient descent from zero, one order of the columns an epoch; the options are
    what goes wrong."""
    w, b, losses = np.zeros((1, X.shape[0])), np.zeros((1, 1)), []
    for order in orders:
        before = loss(forward(w, b, X)[1], Y)
        for start in range(0, len(order), size):
            x, y = X[:, order[start : start + size]], Y[:, order[start : start + size]]
            if drop and x.shape[1] < size:
                continue
            a = forward(w, b, x)[1]
            dz = (
                (a - y)
                * (a * (1 - a) if slope_kept else 1)
                / {"mean": x.shape[1], "sum": 1, "size": size, "features": len(x)}[scale]
            )
            w, b = w - eta * dz @ x.T, b - eta * bias * dz.sum()
        losses.append(loss(forward(w, b, X)[1], Y) if after else before)
    return w, b, losses


# ---- the same by other means


def forward_loops(w, b, x):
    """The forward pass by loops over inputs and examples."""
    z = [[b[0, 0] + sum(w[0, i] * x[i, k] for i in range(x.shape[0])) for k in range(x.shape[1])]]
    return z, [[0.5 * (1 + np.tanh(t / 2)) for t in z[0]]]


def loss_loop(a, y):
    """The loss, example by example."""
    total = 0.0
    for p, t in zip(a[0], y[0], strict=True):
        total -= np.log(max(p if t == 1 else 1 - p, 1e-9))
    return total / a.shape[1]


def gradients_numeric(w, b, x, y):
    """The gradients by central differences of a form of the loss that never overflows."""

    # ln(1 + e^z) - y z: the same loss as a function of z, which never overflows
    def mean_loss(w, b):
        z = w @ x + b
        return np.mean(np.logaddexp(0, z) - y * z)

    return {"w": slope(lambda w: mean_loss(w, b), w), "b": slope(lambda b: mean_loss(w, b), b)}


def minibatches_list(X, Y, size, rng):
    """Mini-batches as nested lists, each column drawn from those that are left."""
    left, batches = list(range(X.shape[1])), []
    while left:
        chosen = [left.pop(int(rng.integers(len(left)))) for _ in range(min(size, len(left)))]
        batches.append(
            [[[row[k] for k in chosen] for row in X], [[row[k] for k in chosen] for row in Y]]
        )
    return batches


def iterations_counted(n, size):
    """The mini-batches of an epoch, counted by their starts."""
    return len(range(0, n, size))


def train_numeric(X, Y, eta, epochs, size, rng):
    """Training with measured gradients and drawn mini-batches."""
    w, b, losses = np.zeros((1, X.shape[0])), np.zeros((1, 1)), []
    for _ in range(epochs):
        for x, y in minibatches_list(X, Y, size, rng):
            g = gradients_numeric(w, b, np.array(x), np.array(y))
            w, b = w - eta * g["w"], b - eta * g["b"]
        losses.append(loss_loop(np.array(forward_loops(w, b, X)[1]), Y))
    return w.tolist(), b.tolist(), np.array(losses)


def forward_rows_loops(X, W, b):
    """The forward pass in rows, by loops."""
    return [
        [1 / (1 + np.exp(-sum(v * W[i, 0] for i, v in enumerate(row)) - np.ravel(b)[0]))]
        for row in X
    ]


def to_rows_loops(w, b, x):
    """The other convention, entry by entry."""
    return (
        [[v] for v in w[0]],
        b.copy(),
        [[x[i, k] for i in range(x.shape[0])] for k in range(x.shape[1])],
    )
