"""Lesson 8's network: tanh layers, perhaps batch-normalised, and one logistic output; and the
spirals that it learns.

Parameters are a dict: W1, b1, …, and with a normalisation gamma1, beta1, … as well.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Parameters = dict[str, np.ndarray]
#: The forward and the backward function of a normalisation, as the lesson's own.
Norm = tuple[Callable, Callable]


def spirals(rng: np.random.Generator, n: int, noise: float = 0.15):
    """Draw points of two interleaved spirals.

    Parameters
    ----------
    rng : numpy Generator
    n : int
    noise : float
        Deviation of each point from its spiral.

    Returns
    -------
    points : array (n, 2)
    classes : array (n, 1)
        0.0 or 1.0.
    """
    radius, side = np.sqrt(rng.uniform(0.02, 1, size=n)), rng.integers(2, size=n)
    angle = 2.2 * np.pi * radius + np.pi * side
    points = 3 * np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return points + noise * rng.normal(size=(n, 2)), side[:, None].astype(float)


def parameters(weights: list, biases: list, batchnorm: bool = False) -> Parameters:
    """Name weights (fan_in, fan_out) and biases (fan_out,) W1, b1, …; with `batchnorm` add gamma,
    of ones, and beta, of zeros, for every hidden layer."""
    p = {f"W{k}": W for k, W in enumerate(weights, 1)} | {
        f"b{k}": b for k, b in enumerate(biases, 1)
    }
    if batchnorm:
        p |= {f"gamma{k}": np.ones(len(b)) for k, b in enumerate(biases[:-1], 1)}
        p |= {f"beta{k}": np.zeros(len(b)) for k, b in enumerate(biases[:-1], 1)}
    return p


def forward_all(X: np.ndarray, p: Parameters, norm: Norm | None):
    """Return the output's z (n, 1), the activations of all layers before it, X first, and a dict of
    what each normalisation keeps for the way back."""
    if norm is None and "gamma1" in p:
        raise TypeError("with gamma1 a normalisation is needed: give `norm`, forward and backward")
    last, Y, caches = sum(name.startswith("W") for name in p), [X], {}
    for k in range(1, last):
        Z = Y[-1] @ p[f"W{k}"] + p[f"b{k}"]
        if norm is not None and "gamma1" in p:
            Z, caches[k] = norm[0](Z, p[f"gamma{k}"], p[f"beta{k}"], 1e-5)
        Y.append(np.tanh(Z))
    return Y[-1] @ p[f"W{last}"] + p[f"b{last}"], Y, caches


def loss_and_gradients(X: np.ndarray, T: np.ndarray, p: Parameters, norm: Norm | None = None):
    """Return the mean cross-entropy of the logistic output, and its gradients, keyed as `p`.

    Parameters
    ----------
    X : array (n, d)
    T : array (n, 1)
        Targets, 0 or 1.
    p : dict of arrays
    norm : pair of functions
        Forward ``(Z, gamma, beta, eps) -> (out, cache)`` and backward ``(dout, cache) -> dict`` with
        the keys Z, gamma, beta; needed where `p` has a gamma1.
    """
    z, Y, caches = forward_all(X, p, norm)
    y = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
    dZ, gradients = (y - T) / len(X), {}  # logistic and cross-entropy together
    for k in range(len(Y), 0, -1):
        gradients[f"W{k}"], gradients[f"b{k}"] = Y[k - 1].T @ dZ, dZ.sum(axis=0)
        if k == 1:
            break  # X has no tanh behind it
        dZ = dZ @ p[f"W{k}"].T * (1 - Y[k - 1] ** 2)  # through the weights and tanh
        if norm is not None and k - 1 in caches:
            back = norm[1](dZ, caches[k - 1])
            dZ = back["Z"]
            gradients[f"gamma{k - 1}"], gradients[f"beta{k - 1}"] = back["gamma"], back["beta"]
    return float(np.mean(np.logaddexp(0, z) - T * z)), gradients


def shortened(a: float, b: float) -> Norm:
    """Return a batch normalisation, forward and backward, whose gradient on Z has the factor a in
    front of the mean that is taken away, and b in front of the part along ẑ: (1, 1) is right."""

    def forward(Z, gamma, beta, eps):
        s = np.sqrt(Z.var(axis=0) + eps)
        Z_hat = (Z - Z.mean(axis=0)) / s
        return gamma * Z_hat + beta, (Z_hat, s, gamma)

    def backward(g, cache):
        Z_hat, s, gamma = cache
        dZ = gamma / s * (g - a * g.mean(axis=0) - b * Z_hat * (g * Z_hat).mean(axis=0))
        return {"Z": dZ, "gamma": (g * Z_hat).sum(axis=0), "beta": g.sum(axis=0)}

    return forward, backward
