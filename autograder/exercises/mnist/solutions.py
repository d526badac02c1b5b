"""Trusted solutions of lesson 7, and the same computed by other means.

Rows: ``X`` (n, d), ``weights[l]`` (sizes[l], sizes[l+1]), ``biases[l]`` (sizes[l+1],); every unit
is logistic.
"""

from __future__ import annotations

import numpy as np

from autograder.exercises.numeric import slope


def logistic(z):
    """1/(1 + e^−z), entry by entry, in one new array."""
    y = np.exp(np.negative(z))  # σ(z) = 1 / (1 + e^-z), in one array
    y += 1
    return np.reciprocal(y, out=y)


def count_parameters(sizes):
    """How many weights and biases a network of these layer sizes has."""
    return sum(n * m + m for n, m in zip(sizes, sizes[1:]))


def one_hot(labels, k):
    """One row for each label, (n, k): 1 in the label's column, 0 elsewhere."""
    return np.eye(k)[labels]


def initialise(sizes, rng):
    """Weights (n, m) and biases (m,) of each layer, every entry from N(0, 1)."""
    return [rng.normal(size=shape) for shape in zip(sizes, sizes[1:])], [
        rng.normal(size=n) for n in sizes[1:]
    ]


def feedforward(X, weights, biases):
    """The activations [X, a_1, …, a_L] of examples X (n, d)."""
    a = [X]
    for W, b in zip(weights, biases, strict=True):
        z = a[-1] @ W
        z += b
        a.append(logistic(z))  # a_l = σ(a_(l-1) W + b)
    return a


def cost(X, T, weights, biases):
    """C = 1/(2n) Σ ‖a_L − t‖²."""
    # C = 1/2n Σ ‖a_L - t‖²
    return float(np.sum((feedforward(X, weights, biases)[-1] - T) ** 2) / (2 * len(X)))


def backprop(X, T, weights, biases):
    """The gradients of C on the weights and on the biases, two lists in the order of the layers."""
    a = feedforward(X, weights, biases)
    delta = (a[-1] - T) * a[-1] * (1 - a[-1]) / len(X)  # δ_L = (a_L - t) a_L (1 - a_L) / n
    dweights, dbiases = [], []
    for l in reversed(range(len(weights))):
        dweights.append(a[l].T @ delta)  # ∂C/∂W_l = a_lᵀ δ
        dbiases.append(delta.sum(axis=0))
        if l:  # to the layer before; nobody needs the delta of the inputs
            delta = (delta @ weights[l].T) * a[l] * (1 - a[l])
    return dweights[::-1], dbiases[::-1]


def descend(X, T, weights, biases, eta):
    """One mini-batch: weights and biases move by -eta times their gradients, in place.

    The gradients are those of `backprop`. Here a layer's weights change as soon as its delta has
    been sent back, so no gradient is kept, and eta/n is put into the small delta instead of the
    large gradients.
    """
    a = feedforward(X, weights, biases)
    delta = (a[-1] - T) * a[-1] * (1 - a[-1]) * (eta / len(X))
    for l in reversed(range(len(weights))):
        back = delta @ weights[l].T if l else None  # the old weights
        weights[l] -= a[l].T @ delta
        biases[l] -= delta.sum(axis=0)
        if l:
            delta = back * a[l] * (1 - a[l])


def train_from(weights, biases, X, T, epochs, size, eta, rng, progress=None):
    """Mini-batches from given weights, which are changed. Returns C after every epoch."""
    history = []
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), size):
            batch = order[k : k + size]
            descend(X[batch], T[batch], weights, biases, eta)
        history.append(cost(X, T, weights, biases))
        if progress:
            progress(epoch, history[-1])
    return history


def sgd(X, T, sizes, epochs, size, eta, rng, progress=None):
    """Weights, biases, and C on all examples after each epoch, from `initialise`."""
    weights, biases = initialise(sizes, rng)
    weights, biases = [W.astype(X.dtype) for W in weights], [b.astype(X.dtype) for b in biases]
    history = train_from(weights, biases, X, T, epochs, size, eta, rng, progress)
    return weights, biases, history


def accuracy(X, labels, weights, biases):
    """The share of examples whose largest output is at their label."""
    return float(np.mean(feedforward(X, weights, biases)[-1].argmax(axis=1) == labels))


def train_network(X, labels, rng):
    """[784, 60, 10], started small enough that no hidden unit is saturated: W / √fan_in."""
    X, T = X.astype(np.float32), one_hot(labels, 10).astype(np.float32)
    weights, biases = initialise([784, 60, 10], rng)
    weights = [(W / np.sqrt(len(W))).astype(X.dtype) for W in weights]
    biases = [b.astype(X.dtype) for b in biases]
    train_from(weights, biases, X, T, 10, 10, 3.0, rng)
    return weights, biases


# -------------------------------------------------------------------------- oracles, by other means


def count_parameters_one_by_one(sizes):
    """The parameters, counted one by one."""
    return sum(1 for n, m in zip(sizes, sizes[1:]) for _ in range(m) for _ in range(n + 1))


def one_hot_loop(labels, k):
    """One-hot rows by comparing each label with each class."""
    return [[1.0 if label == j else 0.0 for j in range(k)] for label in labels]


def initialise_by_columns(sizes, rng):
    """Box–Muller, unit by unit: its weights and its bias together."""
    weights, biases = [], []
    for n, m in zip(sizes, sizes[1:]):
        u, v = rng.random((2, n + 1, m))
        drawn = np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * v)
        weights.append(drawn[:n].tolist())
        biases.append(drawn[n].tolist())
    return weights, biases


def feedforward_each(X, weights, biases):
    """One example at a time, W[to, from] times a column, as in the deck's listing."""
    layers = [np.array(X).tolist()]
    for W, b in zip(weights, biases, strict=True):
        layers.append([0.5 * (1 + np.tanh((W.T @ np.array(a) + b) / 2)) for a in layers[-1]])
    return layers


def backprop_measured(X, T, weights, biases):
    """Central differences; where there are too many parameters, the sum of one example after the
    other."""
    if sum(W.size for W in weights) > 200:
        return backprop_each(X, T, weights, biases)
    error = lambda w, b: cost(X, T, w, b)
    at = lambda parts, l, part: [*parts[:l], part, *parts[l + 1 :]]
    dweights = [
        slope(lambda v, l=l: error(at(weights, l, v), biases), W) for l, W in enumerate(weights)
    ]
    return dweights, [
        slope(lambda v, l=l: error(weights, at(biases, l, v)), b) for l, b in enumerate(biases)
    ]


def backprop_each(X, T, weights, biases):
    """The deck's listing, example by example, in the row convention."""
    dweights, dbiases = [np.zeros_like(W) for W in weights], [np.zeros_like(b) for b in biases]
    for x, t in zip(X, T, strict=True):
        activations = [x]
        for W, b in zip(weights, biases, strict=True):
            activations.append(1 / (1 + np.exp(-(activations[-1] @ W + b))))
        delta = (activations[-1] - t) * activations[-1] * (1 - activations[-1])
        for l in range(len(weights) - 1, -1, -1):
            dweights[l] += np.outer(activations[l], delta) / len(X)
            dbiases[l] += delta / len(X)
            delta = weights[l] @ delta * activations[l] * (1 - activations[l])
    return dweights, dbiases


def sgd_each(X, T, sizes, epochs, size, eta, rng, progress=None):
    """New arrays at every step, gradients summed over single examples, lists shuffled as pairs."""
    weights, biases = initialise_by_columns(sizes, rng)
    weights, biases = [np.array(W) for W in weights], [np.array(b) for b in biases]
    pairs, history = list(zip(X, T, strict=True)), []
    for epoch in range(epochs):
        pairs = [pairs[i] for i in rng.permutation(len(pairs))]
        for k in range(0, len(pairs), size):
            images, targets = map(np.array, zip(*pairs[k : k + size], strict=True))
            dweights, dbiases = backprop_each(images, targets, weights, biases)
            weights = [W - eta * dW for W, dW in zip(weights, dweights, strict=True)]
            biases = [b - eta * db for b, db in zip(biases, dbiases, strict=True)]
        history.append(
            sum(np.sum((feedforward_each([x], weights, biases)[-1][0] - t) ** 2) for x, t in pairs)
            / 2
            / len(X)
        )
        if progress is not None:
            progress(epoch, history[-1])
    return [weights, biases, np.array(history)]


def accuracy_loop(X, labels, weights, biases):
    """The share of right answers, example by example."""
    hits = 0
    for row, label in zip(feedforward_each(X, weights, biases)[-1], labels, strict=True):
        hits += max(range(len(row)), key=lambda j: row[j]) == label
    return hits / len(labels)


def train_network_softly(X, labels, rng):
    """Cross-entropy instead of the squared error: another way to train such a network."""
    X, T = np.asarray(X, dtype=np.float32), np.asarray(one_hot(labels, 10), dtype=np.float32)
    shapes = ((784, 40), (40,), (40, 10), (10,))
    p = [
        np.float32(rng.normal(0, 1 / np.sqrt(s[0]), s) if len(s) == 2 else np.zeros(s))
        for s in shapes
    ]
    for _ in range(6):
        order = rng.permutation(len(X))
        for k in range(0, len(X), 10):
            x, t = X[order[k : k + 10]], T[order[k : k + 10]]
            h = 1 / (1 + np.exp(-(x @ p[0] + p[1])))
            dz = (1 / (1 + np.exp(-(h @ p[2] + p[3]))) - t) / len(x)
            dh = (dz @ p[2].T) * h * (1 - h)
            for a, g in zip(p, (x.T @ dh, dh.sum(axis=0), h.T @ dz, dz.sum(axis=0)), strict=True):
                a -= 0.5 * g
    return [p[0], p[2]], [p[1], p[3]]
