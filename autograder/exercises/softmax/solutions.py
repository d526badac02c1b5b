"""Softmax and cross-entropy: the trusted functions, and oracles that compute the same by other
means."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from autograder.exercises.numeric import slope


def softmax(Z):
    """Each row of Z (n, k) as probabilities; the row's largest logit is taken off first."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))  # the row's largest logit becomes 0
    return E / E.sum(axis=1, keepdims=True)


def plogq(p, q):
    """p ln q entry by entry, with 0 · log 0 = 0."""
    return p * np.log(np.where(p > 0, q, 1.0))


def cross_entropy(P, T):
    """The mean over rows of −Σ T ln P, in nats; 0 · ln 0 is 0."""
    return -np.sum(plogq(T, P)) / len(T)  # mean over rows of -Σ T ln P


def cross_entropy_bits(p, q):
    """−Σ q log₂ p of two distributions (k,), in bits; q is the truth."""
    return -np.sum(plogq(q, p)) / np.log(2)  # -Σ q log₂ p


def cross_entropy_from_logits(Z, T):
    """The mean over rows of −Σ T ln softmax(Z), in nats, by ln Σ e^z without overflow."""
    m = Z.max(axis=1, keepdims=True)
    log_sum = m + np.log(np.exp(Z - m).sum(axis=1, keepdims=True))  # ln Σ e^z, no overflow
    return -np.sum(T * (Z - log_sum)) / len(T)  # ln p = z - ln Σ e^z


def softmax_jacobian(z):
    """∂p_i/∂z_j = p_i(δ_ij − p_j), (k, k), of logits (k,)."""
    p = softmax(z[None])[0]
    return np.diag(p) - np.outer(p, p)  # ∂p_i/∂z_j = p_i (δ_ij - p_j)


def softmax_cross_entropy_gradient(Z, T):
    """The gradient (n, k) of the mean loss on the logits: (p − t)/n."""
    return (softmax(Z) - T) / len(Z)  # (p - t) / n


def output_layer_gradients(H, W, b, T):
    """The gradients of the mean loss on W (h, k), b (k,) and H (n, h)."""
    dZ = softmax_cross_entropy_gradient(H @ W + b, T)
    return {"W": H.T @ dZ, "b": dZ.sum(axis=0), "H": dZ @ W.T}


def sigmoid_from_softmax(z):
    """The first entry of softmax((z, 0)), in the shape of z."""
    flat = np.ravel(z)
    return np.reshape(softmax(np.column_stack([flat, 0 * flat]))[:, 0], np.shape(z))


def softmax_regression(X, T, eta, steps):
    """W (d, k), b (k,) and the mean loss after each step, from zeros, on all examples."""
    W, b, losses = np.zeros((X.shape[1], T.shape[1])), np.zeros(T.shape[1]), []
    for _ in range(steps):
        dZ = softmax_cross_entropy_gradient(X @ W + b, T)
        W, b = W - eta * X.T @ dZ, b - eta * dZ.sum(axis=0)
        losses.append(float(cross_entropy(softmax(X @ W + b), T)))
    return W, b, losses


# -------------------------------------------------------------------------- oracles, by other means


def softmax_decimal(Z):
    """Without any shift: decimal numbers reach far beyond e^1000."""
    rows = [[Decimal(float(z)).exp() for z in row] for row in Z]
    return [[float(e / sum(row)) for e in row] for row in rows]


def cross_entropy_loop(P, T):
    """The mean loss, entry by entry."""
    return sum(
        -t * np.log(p)
        for ps, ts in zip(P, T, strict=True)
        for p, t in zip(ps, ts, strict=True)
        if t > 0
    ) / len(T)


def bits_loop(p, q):
    """−Σ q log₂ p, entry by entry."""
    return sum(-b * np.log2(a) for a, b in zip(p, q, strict=True) if b > 0)


def from_logits_decimal(Z, T):
    """Without any shift, in decimal numbers."""
    total = Decimal(0)
    for zs, ts in zip(Z, T, strict=True):
        zs = [Decimal(float(z)) for z in zs]
        log_sum = sum((z.exp() for z in zs), Decimal(0)).ln()
        total += sum(Decimal(float(t)) * (log_sum - z) for z, t in zip(zs, ts, strict=True))
    return float(total) / len(Z)


def jacobian_numeric(z):
    """The Jacobian by central differences of softmax in decimal numbers."""
    return [slope(lambda v, i=i: softmax_decimal(v[None])[0][i], z) for i in range(len(z))]


def mean_loss(Z, T):
    """The mean loss as a function of the logits."""
    return cross_entropy_loop(softmax(Z), T)


def gradient_numeric(Z, T):
    """The gradient on the logits by central differences."""
    return slope(lambda Z: mean_loss(Z, T), Z)


def output_layer_numeric(H, W, b, T):
    """The output layer's gradients by central differences."""
    loss = lambda H, W, b: mean_loss(H @ W + b, T)
    return {
        "W": slope(lambda W: loss(H, W, b), W),
        "b": slope(lambda b: loss(H, W, b), b),
        "H": slope(lambda H: loss(H, W, b), H),
    }


def sigmoid_by_tanh(z):
    """σ by tanh."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))


def regression_numeric(X, T, eta, steps):
    """Softmax regression with measured gradients."""
    W, b, losses = np.zeros((X.shape[1], T.shape[1])), np.zeros(T.shape[1]), []
    for _ in range(steps):
        g = output_layer_numeric(X, W, b, T)
        W, b = W - eta * g["W"], b - eta * g["b"]
        losses.append(mean_loss(X @ W + b, T))
    return W, b, losses
