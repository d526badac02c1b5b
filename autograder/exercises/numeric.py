"""Finite differences for the oracles of the exercises: the independent path that every gradient is
tested against."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def slope(f: Callable[[np.ndarray], float], x, h: float = 1e-5) -> np.ndarray:
    """Central differences of a scalar function, entry by entry.

    Parameters
    ----------
    f
        Takes an array of the shape of `x`, returns a number.
    x
        Where; any shape.
    h
        The step.

    Returns
    -------
    ndarray
        Entry i is (f(x + h eᵢ) - f(x - h eᵢ)) / 2h; its error falls with h².
    """
    x = np.array(x, dtype=float)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient[index] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient
