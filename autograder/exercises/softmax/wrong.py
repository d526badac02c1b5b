"""Softmax, cross-entropy and their gradients with one step replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.exercises.softmax.solutions import (
    cross_entropy,
    softmax,
    softmax_cross_entropy_gradient,
)


def each(name, text, *functions):
    """One misconception that comes in several forms."""
    return tuple((name, text, function) for function in functions)


def rescaled(E, axis=1):
    """E divided by its sums along an axis."""
    return E / E.sum(axis=axis, keepdims=True)


def shifted_exp(Z):
    """e^Z with each row's largest logit taken off."""
    return np.exp(Z - Z.max(axis=1, keepdims=True))


def shift_in_place(Z):
    """The slip of shifting the logits in place: softmax is right, the input is changed."""
    Z -= Z.max(axis=1, keepdims=True)
    return rescaled(np.exp(Z))


def columns(Z):
    """The slip of normalising the columns."""
    return softmax(Z.T).T


def largest(T):
    """One-hot rows at the largest entry of each row of T."""
    return np.eye(T.shape[1])[T.argmax(axis=1)]


def jacobian_with(make, p=lambda z: softmax(z[None])[0]):
    """A Jacobian made of the probabilities in another way."""
    return lambda z: make(p(z))


def off_diagonal_positive(p):
    """The slip of the sign off the diagonal: +p_i p_j."""
    J = np.outer(p, p)
    np.fill_diagonal(J, p * (1 - p))
    return J


def squared_error(P, T):
    """∂/∂z of ½ Σ (p - t)²: the Jacobian times p - t."""
    dP = P - T
    return P * (dP - np.sum(P * dP, axis=1, keepdims=True))


def by_way_of_p(P, T):
    """∂L/∂p = -t/p times the Jacobian: P - T, but 0/0 where a p is 0."""
    dP = -T / P
    return P * (dP - np.sum(P * dP, axis=1, keepdims=True))


def gradient_with(change, normalise=softmax):
    """`change(P, T)` in place of P - T; divided by n as it should be."""
    return lambda Z, T: change(normalise(Z), T) / len(Z)


def layer_with(
    gradient=softmax_cross_entropy_gradient,
    W=lambda H, dZ: H.T @ dZ,
    b=lambda dZ: dZ.sum(axis=0),
    H=lambda dZ, W, H: dZ @ W.T,
    bias=1.0,
):
    """`output_layer_gradients` with one of its steps replaced."""

    def wrong(H_, W_, b_, T):
        dZ = gradient(H_ @ W_ + bias * b_, T)
        return {"W": W(H_, dZ), "b": b(dZ), "H": H(dZ, W_, H_)}

    return wrong


def regression_with(
    gradient=softmax_cross_entropy_gradient,
    step=lambda eta: eta,
    loss=lambda P, T: float(cross_entropy(P, T)),
    order="after",
    bias=1.0,
    late=False,
    give: Callable[[list[float]], Any] = list,
    once=False,
    measured=1.0,
):
    """`softmax_regression` with one of its steps replaced; `order` says when the loss is
    measured, `measured` how much of b is in it."""

    def wrong(X, T, eta, steps):
        W, b, losses = np.zeros((X.shape[1], T.shape[1])), np.zeros(T.shape[1]), []
        dZ = np.zeros_like(T)
        for _ in range(steps):
            if order != "after" and (order == "before" or not losses):
                losses.append(loss(softmax(X @ W + measured * b), T))
            if not once or not losses:
                dZ = gradient(X @ W + b, T)
            W = W - step(eta) * X.T @ dZ
            b = b - step(eta) * bias * (gradient(X @ W + b, T) if late else dZ).sum(axis=0)
            if order != "before":
                losses.append(loss(softmax(X @ W + measured * b), T))
        return W, b, give(losses)

    return wrong


def one_row_at_a_time(X, T, eta, steps):
    """The slip of a step for each example."""
    W, b, losses = np.zeros((X.shape[1], T.shape[1])), np.zeros(T.shape[1]), []
    for _ in range(steps):
        for x, t in zip(X[:, None], T[:, None], strict=True):
            dZ = softmax_cross_entropy_gradient(x @ W + b, t)
            W, b = W - eta * x.T @ dZ, b - eta * dZ[0]
        losses.append(float(cross_entropy(softmax(X @ W + b), T)))
    return W, b, losses


def one_step_only(X, T, eta, steps):
    """The slip of a `return` inside the loop: one step, whatever `steps` says."""
    return regression_with()(X, T, eta, 1)


def two_outputs(*rows):
    """The layer's gradients with the first two outputs written out in `rows`."""

    def wrong(H, W, b, T):
        dZ = softmax_cross_entropy_gradient(H @ W + b, T)
        two = {"W": H.T @ dZ[:, :2], "b": dZ[:, :2].sum(axis=0), "H": dZ[:, :2] @ W[:, :2].T}
        whole = {"W": H.T @ dZ, "b": dZ.sum(axis=0), "H": dZ @ W.T}
        return {name: (two if name in rows else whole)[name] for name in whole}

    return wrong


def unshifted(Z):
    """Softmax as it stands on paper: e^z overflows for large logits."""
    return rescaled(np.exp(Z))


def broken_gradient(Z, T):
    """As the release shows it: the chain through p, with the Jacobian's diagonal in place of the
    Jacobian."""
    P = softmax(Z)
    dP = -T / P / len(Z)
    return dP * P * (1 - P)
