"""A neuron with two inputs on its zig-zag way: its examples, and how many steps it needs."""

import numpy as np

START, TARGET = np.array([-1.2, 1.4]), np.array([1.5, -1.3])


def examples(mean: float, seed: int) -> np.ndarray:
    """Twelve examples, (12, 2): both inputs are spread evenly over mean ± 0.9, in an order drawn
    with `seed`."""
    rng = np.random.default_rng(seed)
    even = np.linspace(-0.9, 0.9, 12)
    return mean + np.column_stack([rng.permutation(even), rng.permutation(even)])


def steps_needed(mean: float, order: int, etas, limit: int = 300) -> int:
    """The steps of z = w · x, from START, until w is within 0.05 of TARGET, at the best of the
    learning rates; `limit` where none gets there.

    The error of an example is ½ (z - d)² with d = TARGET · x; each step uses one example.

    Parameters
    ----------
    mean : float
        Of the inputs.
    order : int
        Seed of the order of the examples.
    etas : array (rates,)
        The learning rates to choose from.
    limit : int
        No step is made behind this one.
    """
    X, etas = examples(mean, order), np.asarray(etas, dtype=float)
    w, needed = np.tile(START, (len(etas), 1)), np.full(len(etas), limit)  # one row for each rate
    for step in range(limit):
        there = np.linalg.norm(w - TARGET, axis=1) < 0.05
        needed = np.where(there, np.minimum(needed, step), needed)
        x = X[step % len(X)]
        gradient = ((w - TARGET) @ x)[:, None] * x  # ∂E/∂w = (z - d) x
        w = np.clip(w - etas[:, None] * gradient, -1e6, 1e6)
    return int(needed.min())
