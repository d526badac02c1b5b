"""What is right in lesson 4: the deck's network, the solutions, and oracles that compute the same
by other means."""

from __future__ import annotations

import numpy as np

from autograder.exercises.numeric import slope

X, D = np.array([1.1, 0.4]), np.array([1.0])
W1, W2 = np.array([[0.3, -0.3], [-0.4, 0.6]]), np.array([[0.9], [0.3]])


def logistic(z):
    """1/(1 + e^−z), entry by entry."""
    return 1 / (1 + np.exp(-z))


def forward(x, W1, W2):
    """z1, y1 (h,) and z2, y2 (m,) of an example x (d,)."""
    z1 = x @ W1  # z_j = Σ_i w_ij x_i
    y1 = np.tanh(z1)
    z2 = y1 @ W2
    y2 = logistic(z2)
    return {"z1": z1, "y1": y1, "z2": z2, "y2": y2}


def divergence(y, d):
    """Div = ½ Σ (y − d)²."""
    return 0.5 * np.sum((y - d) ** 2)  # Div = ½ Σ (y - d)²


def backward(x, d, W1, W2):
    """The gradients of Div, each in the shape of what it is of, from y2 back to W1."""
    f = forward(x, W1, W2)
    dy2 = f["y2"] - d  # ∂Div/∂y = y - d
    dz2 = f["y2"] * (1 - f["y2"]) * dy2  # logistic: f' = y (1 - y)
    dW2 = np.outer(f["y1"], dz2)  # ∂Div/∂w_ij = y_i ∂Div/∂z_j
    dy1 = W2 @ dz2  # ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j
    dz1 = (1 - f["y1"] ** 2) * dy1  # tanh: f' = 1 - y²
    dW1 = np.outer(x, dz1)
    return {"y2": dy2, "z2": dz2, "W2": dW2, "y1": dy1, "z1": dz1, "W1": dW1}


def update(W1, W2, gradients, eta):
    """New arrays W1 and W2, one step down the gradient."""
    return W1 - eta * gradients["W1"], W2 - eta * gradients["W2"]


def forward_layers(x, weights, activations):
    """[x, y_1, …, y_N] for x (d,) or (n, d)."""
    ys = [x]
    for W, (f, _) in zip(weights, activations, strict=True):
        ys.append(f(ys[-1] @ W))
    return ys


def backward_layers(x, d, weights, activations):
    """The gradients on the weights, summed over examples, in the order of the weights."""
    return backward_layers_from(forward_layers(x, weights, activations), d, weights, activations)


def backward_layers_from(ys, d, weights, activations):
    """The same from the list of activations that `forward_layers` gives."""
    dy, dW = ys[-1] - d, []
    for k in reversed(range(len(weights))):  # the deck's "for k = N … 1"
        z = ys[k] @ weights[k]
        dz = activations[k][1](z) * dy
        dW.insert(0, np.atleast_2d(ys[k]).T @ np.atleast_2d(dz))
        dy = dz @ weights[k].T
    return dW


# The oracles: loops, and finite differences wherever a gradient is asked.


def forward_loops(x, W1, W2):
    """The forward pass by loops, σ by tanh."""
    z1 = [sum(x[i] * W1[i][j] for i in range(len(x))) for j in range(len(W1[0]))]
    y1 = [np.tanh(z) for z in z1]
    z2 = [sum(y1[i] * W2[i][j] for i in range(len(y1))) for j in range(len(W2[0]))]
    return {"y2": [0.5 * (1 + np.tanh(z / 2)) for z in z2], "z2": z2, "y1": y1, "z1": z1}


def divergence_loop(y, d):
    """Div, output by output."""
    return sum((a - b) ** 2 / 2 for a, b in zip(y, d, strict=True))


def backward_numeric(x, d, W1, W2):
    """Each gradient by central differences of the rest of the way."""
    from_z2 = lambda z2: divergence(logistic(z2), d)
    from_y1 = lambda y1: from_z2(y1 @ W2)
    from_z1 = lambda z1: from_y1(np.tanh(z1))
    f = forward(x, W1, W2)
    return {
        "W1": slope(lambda W: from_z1(x @ W), W1),
        "z1": slope(from_z1, f["z1"]),
        "y1": slope(from_y1, f["y1"]),
        "W2": slope(lambda W: from_z2(f["y1"] @ W), W2),
        "z2": slope(from_z2, f["z2"]),
        "y2": slope(lambda y: divergence(y, d), f["y2"]),
    }


def update_loops(W1, W2, gradients, eta):
    """One step, weight by weight."""
    step = lambda W, g: [
        [w - eta * dw for w, dw in zip(a, b, strict=True)] for a, b in zip(W, g, strict=True)
    ]
    return step(W1, gradients["W1"]), step(W2, gradients["W2"])


def forward_layers_loops(x, weights, activations):
    """The forward pass of any depth by loops."""
    ys = [x]
    for k in range(len(weights)):
        rows = np.atleast_2d(ys[-1])
        z = np.array(
            [
                [
                    sum(r[i] * weights[k][i, j] for i in range(len(r)))
                    for j in range(weights[k].shape[1])
                ]
                for r in rows
            ]
        )
        ys.append(activations[k][0](z if np.ndim(x) == 2 else z[0]))
    return ys


def backward_layers_numeric(x, d, weights, activations):
    """The gradients on the weights by central differences."""

    def loss(k, W):
        return divergence(
            forward_layers(x, [*weights[:k], W, *weights[k + 1 :]], activations)[-1], d
        )

    return [slope(lambda W, k=k: loss(k, W), weights[k]) for k in range(len(weights))]
