"""Gradients by finite differences: slow, and the referee of every gradient worked out by hand."""

import numpy as np


def numeric_gradient(f, x, h=1e-5):
    """The gradient of f at x by central differences.

    Entry i is (f(x + h e_i) - f(x - h e_i)) / 2h.

    Parameters
    ----------
    f : callable
        Takes a float64 array of x's shape and returns one number.
    x : array_like
        Any shape, () included. It is left as it was; f is given a copy.
    h : float
        Half the distance between the two points, in the units of x.

    Returns
    -------
    ndarray
        float64, of x's shape.

    Raises
    ------
    ValueError
        If h is not a positive number.
    """
    if not h > 0:
        raise ValueError(f"h must be a positive number, not {h!r}")
    x = np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[i] += h
        below[i] -= h
        gradient[i] = (float(f(above)) - float(f(below))) / (2 * h)
    return gradient


def relative_error(a, b):
    """How far two gradients are apart: the largest difference over the largest entry of either.

    max |a - b| / max(max |a|, max |b|). In float64, central differences of a smooth function come
    within about 1e-7 of a right gradient; near a kink the difference itself is wrong. Two zero
    gradients give 0.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        raise ValueError(f"the gradients have different shapes, {a.shape} and {b.shape}")
    if a.size == 0:
        return 0.0
    largest = max(np.max(np.abs(a)), np.max(np.abs(b)))
    return float(np.max(np.abs(a - b)) / largest) if largest != 0 else 0.0
