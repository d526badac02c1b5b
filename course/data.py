"""The small data sets of the course: vehicles, blobs, XOR. One example a row.

MNIST, which is not small, has a module of its own.
"""

from typing import NamedTuple

import numpy as np


class Dataset(NamedTuple):
    """Examples with two classes.

    Attributes
    ----------
    X : array (n, d)
        One example a row.
    y : array (n,)
        Its class, 0.0 or 1.0.
    features : tuple of d texts
        What the columns of X hold.
    classes : tuple of two texts
        What 0 and 1 mean.
    """

    X: np.ndarray
    y: np.ndarray
    features: tuple[str, ...]
    classes: tuple[str, str]


def vehicles():
    """Six vehicles with two or four wheels: number of wheels, height, weight (no units are given).

    Source: lecture series, lessons 8-13 on neural networks, loss and activation functions, "Mean
    Square Errors". The deck names its classes by pictures; here they are named by the wheels.

    Returns
    -------
    Dataset
        X (6, 3), new arrays at each call.
    """
    X = np.array(
        [[4, 6, 500], [4, 5.5, 600], [4, 5, 550], [2, 3, 200], [2, 3.5, 150], [2, 4, 250]],
        dtype=float,
    )
    y = np.array([1, 1, 1, 0, 0, 0], dtype=float)
    return Dataset(X, y, ("wheels", "height", "weight"), ("two wheels", "four wheels"))


def blobs(rng, n=60, distance=3.0, spread=1.0):
    """Two round clouds of points in the plane, half of the points each, in random order.

    Parameters
    ----------
    rng : numpy.random.Generator
    n : int
        How many points; with an odd n class 1 has one more.
    distance : float
        From the centre of class 0 to that of class 1. The origin lies halfway.
    spread : float
        Standard deviation of a cloud in each direction.

    Returns
    -------
    Dataset
        X (n, 2).
    """
    y = rng.permutation((np.arange(n) + 1) % 2).astype(float)
    centre = distance / np.sqrt(8) * np.ones(2)  # halfway to the other cloud, along the diagonal
    X = np.where(y[:, None] == 1, centre, -centre) + spread * rng.normal(size=(n, 2))
    return Dataset(X, y, ("x1", "x2"), ("class 0", "class 1"))


def xor():
    """The four corners of the unit square; the class is 1 where exactly one coordinate is 1.

    Returns
    -------
    Dataset
        X (4, 2), in the order (0, 0), (0, 1), (1, 0), (1, 1).
    """
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    return Dataset(X, np.array([0, 1, 1, 0], dtype=float), ("x1", "x2"), ("equal", "different"))


def standardise(X):
    """Shift and scale every column to mean 0 and standard deviation 1.

    Parameters
    ----------
    X : array (n, d)

    Returns
    -------
    X, mean, deviation : arrays (n, d), (d,), (d,)
        (X - mean) / deviation, the deviation with 1/n. A column that never varies becomes 0; its
        deviation is given as 1.
    """
    X = np.asarray(X, dtype=float)
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    deviation = np.where(deviation == 0, 1.0, deviation)
    return (X - mean) / deviation, mean, deviation
