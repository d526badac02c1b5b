"""The half squared error, which the decks call the divergence between an output and its target.

Sources: University of Central Florida, CAP 4453 Robot Vision, lecture 17 "Introduction to Deep
Learning II" (Div); Inha University, "Backpropagation, activation function" (E_total, the same
formula).
"""

import numpy as np


def _pair(y, d):
    y, d = np.asarray(y, dtype=float), np.asarray(d, dtype=float)
    if y.shape != d.shape:
        raise ValueError(
            f"the output y has shape {y.shape}, the target d has shape {d.shape}; they must agree"
        )
    return y, d


def divergence(y, d):
    """Div = 1/2 sum_i (y_i - d_i)^2.

    Parameters
    ----------
    y, d : array_like
        Output and target, of one common shape.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    y, d = _pair(y, d)
    return float(0.5 * np.sum((y - d) ** 2))


def divergence_prime(y, d):
    """dDiv/dy_i = y_i - d_i, an array of y's shape. Raises ValueError if the shapes differ."""
    y, d = _pair(y, d)
    return y - d
