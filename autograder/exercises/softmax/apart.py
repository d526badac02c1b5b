"""Lesson 6, one function built on another: what their results look like, and who may call whom."""

from __future__ import annotations

from itertools import product

import numpy as np

LOOKS = {
    "softmax": "(lambda P: P / P.sum(axis=1, keepdims=True))(draw(Z))",  # rows of probabilities
    "cross_entropy": "draw(0.0)",
    "cross_entropy_bits": "draw(0.0)",
    "cross_entropy_from_logits": "draw(0.0)",
    "softmax_jacobian": "draw(np.outer(z, z))",
    "softmax_cross_entropy_gradient": "draw(Z)",
    "output_layer_gradients": "{'W': draw(W), 'b': draw(b), 'H': draw(H)}",
}


def softmax_jacobian(own, z):
    """The Jacobian (k, k) from the student's own `softmax`."""
    p = own.softmax(np.asarray(z)[None])[0]
    return np.diag(p) - np.outer(p, p)


def softmax_cross_entropy_gradient(own, Z, T):
    """(p − t)/n with the student's own `softmax`."""
    return (own.softmax(Z) - T) / len(Z)


def output_layer_gradients(own, H, W, b, T):
    """The gradients on W, b and H from the student's own gradient on the logits."""
    dZ = own.softmax_cross_entropy_gradient(H @ W + b, T)
    return {"W": H.T @ dZ, "b": dZ.sum(axis=0), "H": dZ @ W.T}


def _z_first(own, z):
    flat = np.ravel(z)
    return own.softmax(np.column_stack([flat, 0 * flat]))[:, 0].reshape(np.shape(z))


def _z_last(own, z):
    flat = np.ravel(z)
    return own.softmax(np.column_stack([0 * flat, flat]))[:, 1].reshape(np.shape(z))


def _one_by_one(own, z):
    return np.reshape([own.softmax(np.array([[v, 0.0]]))[0, 0] for v in np.ravel(z)], np.shape(z))


def _by_the_layer(own, X, W, b, T):
    g = own.output_layer_gradients(X, W, b, T)
    return g["W"], g["b"]


def _by_the_combined(own, X, W, b, T):
    dZ = own.softmax_cross_entropy_gradient(X @ W + b, T)
    return X.T @ dZ, dZ.sum(axis=0)


def _regression_by(slopes, loss):
    def softmax_regression(own, X, T, eta, steps):
        W, b, losses = np.zeros((X.shape[1], T.shape[1])), np.zeros(T.shape[1]), []
        for _ in range(steps):
            dW, db = slopes(own, X, W, b, T)
            W, b = W - eta * dW, b - eta * db
            losses.append(loss(own, X @ W + b, T))
        return W, b, losses

    return softmax_regression


WAYS = {
    "softmax_jacobian": (softmax_jacobian,),
    "softmax_cross_entropy_gradient": (softmax_cross_entropy_gradient,),
    "output_layer_gradients": (output_layer_gradients,),
    "sigmoid_from_softmax": (_z_first, _z_last, _one_by_one),
    "softmax_regression": tuple(
        _regression_by(*ways)
        for ways in product(
            (_by_the_layer, _by_the_combined),
            (
                lambda own, Z, T: own.cross_entropy(own.softmax(Z), T),
                lambda own, Z, T: own.cross_entropy_from_logits(Z, T),
            ),
        )
    ),
}
