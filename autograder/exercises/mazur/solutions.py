"""What is right in lesson 5: the deck's network, the solutions, and oracles that compute the same
by other means."""

# pyright: reportPossiblyUnboundVariable=false
# The loops here run at least once, and a solution stands as a student may write it.

from __future__ import annotations

import numpy as np

from autograder.exercises.numeric import slope

I, TARGET = np.array([0.05, 0.10]), np.array([0.01, 0.99])
W1, B1 = np.array([[0.15, 0.25], [0.20, 0.30]]), np.array([0.35, 0.35])
W2, B2 = np.array([[0.40, 0.50], [0.45, 0.55]]), np.array([0.60, 0.60])


def logistic(z):
    """1/(1 + e^−z), entry by entry."""
    return 1 / (1 + np.exp(-z))


def forward(i, W1, b1, W2, b2):
    """net_h, out_h (h,) and net_o, out_o (m,) of an input i (d,)."""
    net_h = i @ W1 + b1
    out_h = logistic(net_h)
    net_o = out_h @ W2 + b2
    return {"net_h": net_h, "out_h": out_h, "net_o": net_o, "out_o": logistic(net_o)}


def total_error(out, target):
    """E = Σ ½(target − out)²."""
    return 0.5 * np.sum((target - out) ** 2)  # E = Σ ½ (target - out)²


def deltas(i, target, W1, b1, W2, b2):
    """∂E/∂net_o (m,) under `o`, ∂E/∂net_h (h,) under `h`."""
    f = forward(i, W1, b1, W2, b2)
    o = (f["out_o"] - target) * f["out_o"] * (1 - f["out_o"])  # δ_o = ∂E/∂net_o
    h = (W2 @ o) * f["out_h"] * (1 - f["out_h"])  # δ_h = (Σ_o w_ho δ_o) out_h (1 - out_h)
    return {"o": o, "h": h}


def gradients(i, target, W1, b1, W2, b2):
    """∂E/∂W1 (d, h), ∂E/∂b1 (h,), ∂E/∂W2 (h, m), ∂E/∂b2 (m,)."""
    f, delta = forward(i, W1, b1, W2, b2), deltas(i, target, W1, b1, W2, b2)
    return {
        "W1": np.outer(i, delta["h"]),
        "b1": delta["h"],
        "W2": np.outer(f["out_h"], delta["o"]),
        "b2": delta["o"],
    }


def update(i, target, W1, b1, W2, b2, eta):
    """W1 and W2 after one step, the hidden deltas with the old W2; the biases stay."""
    g = gradients(i, target, W1, b1, W2, b2)
    return W1 - eta * g["W1"], W2 - eta * g["W2"]


def train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    """The parameters after `steps` steps, and E after each of them. Biases move where they are
    "trained"."""
    errors = []
    for _ in range(steps):
        g = gradients(i, target, W1, b1, W2, b2)
        W1, W2 = W1 - eta * g["W1"], W2 - eta * g["W2"]
        if biases == "trained":
            b1, b2 = b1 - eta * g["b1"], b2 - eta * g["b2"]
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors


CORNERS, XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def train_xor(rng, hidden=4, eta=2.0, steps=4000):
    """A 2-h-1 network on the four corners, afresh up to five times until the error is below
    0.01."""
    X, t = CORNERS, XOR[:, None]
    for _attempt in range(5):
        W1, b1 = rng.normal(size=(2, hidden)), rng.normal(size=hidden)
        W2, b2 = rng.normal(size=(hidden, 1)), rng.normal(size=1)
        errors = []
        for _ in range(steps):
            H = logistic(X @ W1 + b1)
            y = logistic(H @ W2 + b2)
            errors.append(float(0.5 * np.sum((y - t) ** 2)))
            if errors[-1] < 0.01:
                break
            do = (y - t) * y * (1 - y)
            dh = (do @ W2.T) * H * (1 - H)
            W2, b2 = W2 - eta * H.T @ do, b2 - eta * do.sum(axis=0)
            W1, b1 = W1 - eta * X.T @ dh, b1 - eta * dh.sum(axis=0)
        if errors[-1] < 0.01:
            break
    return (lambda points: logistic(logistic(points @ W1 + b1) @ W2 + b2)[:, 0]), errors


# The oracles: loops, and finite differences wherever a gradient is asked.


def forward_loops(i, W1, b1, W2, b2):
    """The forward pass by loops, σ by tanh."""
    squash = lambda z: 0.5 * (1 + np.tanh(z / 2))
    net = lambda a, W, b: [sum(a[r] * W[r][c] for r in range(len(a))) + b[c] for c in range(len(b))]
    net_h = net(i, W1, b1)
    out_h = [squash(z) for z in net_h]
    net_o = net(out_h, W2, b2)
    return {"out_o": [squash(z) for z in net_o], "net_o": net_o, "out_h": out_h, "net_h": net_h}


def total_error_loop(out, target):
    """E, output by output."""
    return sum((t - o) ** 2 / 2 for o, t in zip(out, target, strict=True))


def deltas_numeric(i, target, W1, b1, W2, b2):
    """The deltas by central differences on net_o and net_h."""
    f = forward(i, W1, b1, W2, b2)
    error = lambda net_o: total_error(logistic(net_o), target)
    return {
        "h": slope(lambda net_h: error(logistic(net_h) @ W2 + b2), f["net_h"]),
        "o": slope(error, f["net_o"]),
    }


def gradients_numeric(i, target, W1, b1, W2, b2):
    """The gradients by central differences on every weight and bias."""
    error = lambda *p: total_error(forward(i, *p)["out_o"], target)
    return {
        "b2": slope(lambda v: error(W1, b1, W2, v), b2),
        "W2": slope(lambda v: error(W1, b1, v, b2), W2),
        "b1": slope(lambda v: error(W1, v, W2, b2), b1),
        "W1": slope(lambda v: error(v, b1, W2, b2), W1),
    }


def update_numeric(i, target, W1, b1, W2, b2, eta):
    """One step with measured gradients."""
    g = gradients_numeric(i, target, W1, b1, W2, b2)
    return [W1 - eta * g["W1"], W2 - eta * g["W2"]]


def train_numeric(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    """Training with measured gradients."""
    p, errors = [W1, b1, W2, b2], []
    for _ in range(steps):
        g = gradients_numeric(i, target, *p)
        p = [
            v if biases == "frozen" and k[0] == "b" else v - eta * g[k]
            for v, k in zip(p, ("W1", "b1", "W2", "b2"), strict=True)
        ]
        errors.append(total_error_loop(forward_loops(i, *p)["out_o"], target))
    return dict(zip(("W1", "b1", "W2", "b2"), p, strict=True)), np.array(errors)


def train_xor_by_layers(rng):
    """Plain Python, another rule of training (momentum), the same contract."""
    for _attempt in range(8):
        p = [rng.normal(size=s) for s in ((2, 4), (4,), (4, 1), (1,))]
        v, errors = [np.zeros_like(a) for a in p], []
        for _ in range(1500):
            error = lambda *q: sum(
                total_error(forward(x, *q)["out_o"], t)
                for x, t in zip(CORNERS, XOR[:, None], strict=True)
            )
            g = [
                sum(gradients(x, t, *p)[k] for x, t in zip(CORNERS, XOR[:, None], strict=True))
                for k in ("W1", "b1", "W2", "b2")
            ]
            v = [0.9 * a + b for a, b in zip(v, g, strict=True)]
            p = [a - 0.5 * b for a, b in zip(p, v, strict=True)]
            errors.append(error(*p))
            if errors[-1] < 0.01:
                return (
                    lambda X: [float(forward(x, *p)["out_o"][0]) for x in np.asarray(X)]
                ), errors
    return (lambda X: [0.5 for _ in X]), errors
