"""Lesson 2, the trusted answers, and the same computed by other means: loops and central
differences."""

from __future__ import annotations

import cmath
import math

import numpy as np

from autograder.exercises.numeric import slope


def sigmoid(z):
    """σ(z) = 1/(1 + e^−z), in the shape of z. It never overflows."""
    e = np.exp(-np.abs(z))  # never overflows
    return np.where(np.asarray(z) >= 0, 1.0, e) / (1 + e)  # σ(z) = 1 / (1 + e^-z) = e^z / (1 + e^z)


def sigmoid_derivative(z):
    """σ′(z) = σ(z)(1 − σ(z)), in the shape of z. It never overflows."""
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2  # σ'(z) = σ(z) (1 - σ(z))


def tanh_derivative(z):
    """1 − tanh² z, in the shape of z."""
    return 1 - np.tanh(z) ** 2


def relu(z):
    """max(z, 0), in the shape of z."""
    return np.maximum(z, 0.0)


def relu_derivative(z):
    """1 where z > 0, else 0, also at 0; in the shape of z."""
    return np.where(np.asarray(z) > 0, 1.0, 0.0)


def leaky_relu(z, alpha=0.01):
    """z where z > 0, else αz; in the shape of z."""
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))


def leaky_relu_derivative(z, alpha=0.01):
    """1 where z > 0, else α; in the shape of z."""
    return np.where(np.asarray(z) > 0, 1.0, alpha)


def elu(z, alpha=1.0):
    """z where z > 0, else α(e^z − 1); in the shape of z."""
    return np.where(np.asarray(z) > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))  # α (e^z - 1)


def elu_derivative(z, alpha=1.0):
    """1 where z > 0, else αe^z; in the shape of z."""
    return np.where(np.asarray(z) > 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))  # α e^z


def softplus(z):
    """ln(1 + e^z), in the shape of z. It never overflows."""
    return np.logaddexp(0.0, z)  # ln(1 + e^z)


def softplus_derivative(z):
    """The slope of softplus, which is σ(z); in the shape of z."""
    return sigmoid(z)


def prelu_gradients(z, alpha, upstream):
    """(dz, dα): dz in the shape of z, dα = Σ upstream · min(z, 0), one number for all of z."""
    dz = np.where(np.asarray(z) > 0, 1.0, alpha) * upstream
    return dz, float(np.sum(upstream * np.minimum(z, 0.0)))  # ∂/∂α = Σ upstream · min(z, 0)


def maxout(x, W, b):
    """The largest of k linear pieces, and its number counted from 0: x (d,), W (k, d), b (k,)."""
    z = W @ x + b
    winner = int(np.argmax(z))
    return float(z[winner]), winner


def maxout_gradients(x, W, b, upstream):
    """The gradients on x (d,), W (k, d) and b (k,): only the winner's row of W and b gets one."""
    _, winner = maxout(x, W, b)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    dW[winner], db[winner] = upstream * x, upstream
    return {"x": upstream * W[winner], "W": dW, "b": db}


def collapse(W1, b1, W2, b2):
    """The one linear layer that two are: W (d, m), b (m,) of W1 (d, h), b1 (h,), W2 (h, m), b2
    (m,)."""
    return W1 @ W2, b1 @ W2 + b2  # (x W1 + b1) W2 + b2 = x (W1 W2) + (b1 W2 + b2)


def chain_gradients(x, weights, f, f_prime):
    """∂y_L/∂y_k for k = 0 … L − 1, an array (L,), walked from the last layer to the first."""
    y, slopes = x, []
    for w in weights:
        z = w * y
        slopes.append(f_prime(z))
        y = f(z)
    gradients, g = [], 1.0
    for w, slope_here in zip(weights[::-1], slopes[::-1], strict=True):
        g = g * w * slope_here  # ∂y_L/∂y_(k-1) = w_k f'(z_k) ∂y_L/∂y_k
        gradients.insert(0, g)
    return np.array(gradients)


def dead_fraction(Z):
    """The share of units that are positive for no example; Z (n, units)."""
    return float(np.mean(~np.any(Z > 0, axis=0)))


# -------------------------------------------------------------------------- oracles, by other means


def each(rule):
    """A function of one number, applied entry by entry with a loop; the result has the shape of
    z."""

    def looped(z, *alpha):
        values = [rule(float(v), *alpha) for v in np.ravel(z)]
        return np.reshape(values, np.shape(z))

    return looped


def measured(f, h=1e-5):
    """The derivative of such a function by central differences."""
    return each(lambda v, *alpha: (f(v + h, *alpha) - f(v - h, *alpha)) / (2 * h))


def plain_sigmoid(v):
    """σ of one number, by tanh."""
    return 0.5 * (1 + math.tanh(v / 2))


def sigmoid_slope(v, h=1e-20):
    """σ′ from one complex value. No difference is taken, so no digits cancel; σ′ is even, and
    e^(−|v|) never overflows."""
    return (1 / (1 + cmath.exp(-complex(abs(v), h)))).imag / h  # f′(v) = Im f(v + ih) / h


def plain_softplus(v):
    """ln(1 + e^v) of one number."""
    return max(v, 0.0) + math.log1p(math.exp(-abs(v)))


def plain_leaky(v, alpha=0.01):
    """Leaky ReLU of one number."""
    return v if v > 0 else alpha * v


def plain_elu(v, alpha=1.0):
    """ELU of one number."""
    return v if v > 0 else alpha * (math.exp(v) - 1)


def prelu_measured(z, alpha, upstream):
    """PReLU's gradients by central differences of Σ upstream · PReLU(z)."""

    def total(z, alpha):
        return sum(
            u * (v if v > 0 else alpha * v)
            for u, v in zip(np.ravel(upstream), np.ravel(z), strict=True)
        )

    return slope(lambda z: total(z, alpha), z), slope(lambda a: total(z, float(a)), alpha)


def maxout_loop(x, W, b):
    """Maxout in plain Python, without numpy's products."""
    values = [
        sum(w * v for w, v in zip(row, x, strict=True)) + c for row, c in zip(W, b, strict=True)
    ]
    best = max(range(len(values)), key=values.__getitem__)
    return values[best], best


def maxout_measured(x, W, b, upstream):
    """Maxout's gradients by central differences."""
    value = lambda x, W, b: upstream * maxout_loop(x, W, b)[0]
    return {
        "b": slope(lambda b: value(x, W, b), b),
        "W": slope(lambda W: value(x, W, b), W),
        "x": slope(lambda x: value(x, W, b), x),
    }


def collapse_by_questions(W1, b1, W2, b2):
    """Ask the two layers themselves: at 0 they answer b, at a unit vector b and one row of W."""
    answer = lambda x: [
        sum(h * w for h, w in zip(x @ W1 + b1, column, strict=True)) for column in W2.T
    ]
    b = np.array(answer(np.zeros(len(W1)))) + b2
    return np.array([np.array(answer(row)) + b2 - b for row in np.eye(len(W1))]), b


def chain_measured(x, weights, f, f_prime):
    """Each ∂y_L/∂y_k by a central difference: y_k is nudged, and the rest of the chain run."""

    def rest(y, k):
        for w in weights[k:]:
            y = f(w * y)
        return y

    ys = [x]
    for w in weights:
        ys.append(f(w * ys[-1]))
    return [float(slope(lambda y, k=k: rest(float(y), k), ys[k])) for k in range(len(weights))]


def dead_fraction_loop(Z):
    """The share of dead units, column by column."""
    dead = [j for j in range(len(Z[0])) if max(row[j] for row in Z) <= 0]
    return len(dead) / len(Z[0])
