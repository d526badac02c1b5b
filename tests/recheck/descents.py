"""Gradient descent of one logistic neuron, right and with every slip that a verdict on `train`
may name.
"""

from __future__ import annotations

import numpy as np

#: How the sentence on a slip begins, and what is done otherwise than it should be.
SLIPS = {
    "The gradient was added": {"sign": -1.0},
    "The gradients of a mini-batch were added up": {"by": "one"},
    "A mini-batch that is not full was divided": {"by": "size"},
    "The last, short mini-batch was left out": {"drop": True},
    "There was one step an epoch": {"whole": True},
    "The bias was not trained": {"bias": 0.0},
    "The slope a(1 - a) is in the gradient": {"slope": True},
    "You divided by the number of features": {"by": "features"},
    "The learning rate is missing": {"rate": 1.0},
    "∂J/∂b was taken after w had moved": {"late": True},
    "Every step used the gradient at the start": {"start": True},
    "Every epoch began at w = 0": {"made": 1},
    "One epoch was made": {"made": 1},
    "From the second epoch on only the last mini-batch was used": {"last": True},
    "The step is `size` times too short": {"shorter": True},
}


def ends(X, Y, eta, epochs, size, **slip) -> np.ndarray:
    """The parameters (w, b) at the end, the examples taken as they stand; `slip` is an entry of
    `SLIPS`.
    """
    d, n = X.shape
    w, b = np.zeros(d), 0.0
    eta, size = slip.get("rate", eta), n if slip.get("whole") else size
    eta = eta / size if slip.get("shorter") else eta
    starts = range(0, n, size)
    for epoch in range(slip.get("made", epochs)):
        for at in starts[-1:] if slip.get("last") and epoch else starts:
            x, y = X[:, at : at + size], Y[0, at : at + size]
            if slip.get("drop") and len(y) < size:
                continue
            divisor = {"one": 1, "size": size, "features": d}.get(slip.get("by"), len(y))

            def error(w, b, x=x, y=y, divisor=divisor):
                a = 1 / (1 + np.exp(-(w @ x + b)))
                return (a - y) * (a * (1 - a) if slip.get("slope") else 1) / divisor

            now = error(0 * w, 0.0) if slip.get("start") else error(w, b)
            w = w - slip.get("sign", 1.0) * eta * x @ now
            last = error(w, b) if slip.get("late") else now
            b = b - slip.get("sign", 1.0) * slip.get("bias", 1.0) * eta * last.sum()
    return np.append(w, b)


def is_end(case, record, slip: dict) -> bool:
    """Whether a call's parameters are those at the end of such a descent."""
    X, Y, eta, epochs, size, _ = case.calls[0].arguments
    try:
        mine = np.append(
            np.ravel(np.asarray(record.returned[0], float)),
            np.ravel(np.asarray(record.returned[1], float)),
        )
        with np.errstate(all="ignore"):
            wanted = ends(X, Y, eta, epochs, size, **slip)
    except (TypeError, ValueError, IndexError, KeyError):
        return False
    return mine.shape == wanted.shape and bool(
        np.all(np.abs(mine - wanted) <= 2e-4 * np.maximum(1, np.abs(wanted)))
    )


def slip_of(text: str) -> dict | None:
    """What a sentence says was done otherwise; None where it names no slip."""
    return next((slip for start, slip in SLIPS.items() if text.startswith(start)), None)
