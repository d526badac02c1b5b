"""XOR learnt by small logistic networks: one run, or many side by side.

The task is the exercise of Inha University, "Backpropagation, activation function".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course.plots.xor_regions import CORNERS, TARGETS

#: W1 (2, h), b1 (h,), W2 (h, 1), b2 (1,) of a network with h hidden units.
Start = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def logistic(z: np.ndarray) -> np.ndarray:
    """σ(z) = 1 / (1 + e^-z)."""
    return 1 / (1 + np.exp(-z))


class XorTraining:
    """A network with one logistic hidden layer trained on the four corners of XOR by full-batch
    gradient descent, with snapshots.

    The error is E = 1/2 Σ (target - out)² over the four corners.

    Parameters
    ----------
    W1, b1, W2, b2 : arrays (2, h), (h,), (h, 1), (1,)
        Where to start.
    eta : float
        Learning rate.
    stops : sequence of int
        The steps, in rising order, at which a snapshot is kept.

    Attributes
    ----------
    errors : array (stops[-1] + 1,)
        E after 0, 1, 2, … steps.
    snapshots : dict of int to tuple (W1, b1, W2, b2)
    """

    def __init__(
        self, W1, b1, W2, b2, eta: float = 2.0, stops: tuple[int, ...] = (0, 10, 100, 1000)
    ) -> None:
        (run,) = _side_by_side([(W1, b1, W2, b2)], [eta], stops)
        self.errors, self.snapshots = run

    @classmethod
    def together(
        cls, starts: Sequence[Start], etas: Sequence[float], stops: tuple[int, ...]
    ) -> list[XorTraining]:
        """Return one run for each start and its learning rate, all computed at once.

        The networks may have different numbers of hidden units.
        """
        runs = []
        for errors, snapshots in _side_by_side(starts, etas, stops):
            run = cls.__new__(cls)
            run.errors, run.snapshots = errors, snapshots
            runs.append(run)
        return runs

    def hidden(self, step: int, points: np.ndarray) -> np.ndarray:
        """Return the activations (k, h) of the hidden units at points (k, 2), in the snapshot after
        `step` steps."""
        W1, b1, _, _ = self.snapshots[step]
        return logistic(points @ W1 + b1)

    def cut(self, step: int, hidden: np.ndarray) -> np.ndarray:
        """Return the output unit's answer (k,) at hidden activations (k, h), after `step` steps."""
        _, _, W2, b2 = self.snapshots[step]
        return logistic(hidden @ W2 + b2)[:, 0]

    def predict(self, step: int, points: np.ndarray) -> np.ndarray:
        """Return the network's outputs (k,) at points (k, 2), after `step` steps."""
        return self.cut(step, self.hidden(step, points))

    def solved(self, step: int) -> bool:
        """Return whether all four corners are right after `step` steps."""
        return bool(np.all(np.round(self.predict(step, CORNERS)) == TARGETS))


def _side_by_side(
    starts: Sequence[Start], etas: Sequence[float], stops: tuple[int, ...]
) -> list[tuple[np.ndarray, dict[int, Start]]]:
    """Train networks of up to h hidden units at once: a unit that a network does not have keeps an
    outgoing weight of 0, so that nothing comes from it and nothing goes back to it.

    What is not in the first line of each comment is the lesson's four formulas, one network more in
    front of every shape.
    """
    widths = [W2.shape[0] for _, _, W2, _ in starts]
    h = max(widths)
    grown = lambda a, axis: np.pad(
        a, [(0, h - a.shape[k] if k == axis else 0) for k in range(a.ndim)]
    )
    W1 = np.array([grown(start[0], 1) for start in starts])  # (runs, 2, h)
    b1 = np.array([grown(start[1], 0) for start in starts])[:, None]  # (runs, 1, h)
    W2 = np.array([grown(start[2], 0) for start in starts])  # (runs, h, 1)
    b2 = np.array([start[3] for start in starts])[:, None]  # (runs, 1, 1)
    there = np.array([np.arange(h) < width for width in widths])[:, :, None]  # (runs, h, 1)
    eta = np.asarray(etas, dtype=float)[:, None, None]
    errors = np.empty((len(starts), stops[-1] + 1))
    kept, target, marked = {}, TARGETS[:, None], set(stops)
    for step in range(stops[-1] + 1):
        out_h = _squash(CORNERS @ W1 + b1)
        out_o = _squash(out_h @ W2 + b2)
        errors[:, step] = 0.5 * np.sum((target - out_o) ** 2, axis=(1, 2))
        if step in marked:
            kept[step] = (W1, b1[:, 0], W2, b2[:, 0])
        delta_o = (out_o - target) * out_o * (1 - out_o)
        delta_h = delta_o @ W2.transpose(0, 2, 1) * out_h * (1 - out_h)
        W1 = W1 - eta * (CORNERS.T @ delta_h)
        W2 = W2 - eta * (out_h.transpose(0, 2, 1) @ delta_o) * there
        b1 = b1 - eta * delta_h.sum(axis=1, keepdims=True)
        b2 = b2 - eta * delta_o.sum(axis=1, keepdims=True)
    return [
        (
            errors[run],
            {
                step: (W1[run][:, :n], b1[run][:n], W2[run][:n], b2[run])
                for step, (W1, b1, W2, b2) in kept.items()
            },
        )
        for run, n in enumerate(widths)
    ]


def _squash(z: np.ndarray) -> np.ndarray:
    """σ(z), without a warning where e^-z is too large for a float."""
    return 0.5 + 0.5 * np.tanh(0.5 * z)


def random_start(seed: int, units: int = 2) -> Start:
    """Return W1, b1, W2, b2 of a network with so many hidden units, every entry drawn from
    N(0, 1)."""
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(2, units)),
        rng.normal(size=units),
        rng.normal(size=(units, 1)),
        rng.normal(size=1),
    )


def equal_start(units: int = 2) -> Start:
    """Return W1, b1, W2, b2 with all hidden units exactly alike."""
    return (
        np.full((2, units), 0.5),
        np.full(units, -0.5),
        np.full((units, 1), 0.5),
        np.full(1, -0.5),
    )


def four_starts(seed: int) -> dict[str, Start]:
    """Return four starts of a 2-2-1 network from one seed, named by what is random in them.

    Parameters
    ----------
    seed : int

    Returns
    -------
    dict of str to tuple (W1, b1, W2, b2)
        Where two hidden units are alike they are so in W1 (0.5) and b1 (-0.5); or each array is one
        random number, repeated; or W2 is zero.
    """
    W1, b1, W2, b2 = random_start(seed)
    alike_W1, alike_b1 = equal_start()[:2]
    each = [np.full_like(a, a.flat[0]) for a in (W1, b1, W2, b2)]
    return {
        "each layer one random number": (each[0], each[1], each[2], each[3]),
        "W1 and b1 alike, W2 random": (alike_W1, alike_b1, W2, b2),
        "all random": (W1, b1, W2, b2),
        "W2 zero, the rest random": (W1, b1, np.zeros_like(W2), b2),
    }
