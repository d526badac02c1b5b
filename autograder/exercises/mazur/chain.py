"""Lesson 5, step by step: each quantity from what was given (`at`) and from the student's own
quantities before it (`own`)."""

from __future__ import annotations

import numpy as np

from autograder.exercises.mazur.solutions import forward, gradients, logistic, total_error

FORWARD = {
    "net_h": lambda at, own: at.i @ at.W1 + at.b1,
    "out_h": lambda at, own: logistic(own["net_h"]),
    "net_o": lambda at, own: own["out_h"] @ at.W2 + at.b2,
    "out_o": lambda at, own: logistic(own["net_o"]),
}


def delta_o(at):
    """∂E/∂net_o (m,) from out_o and the target."""
    # δ_o = (out_o - target) out_o (1 - out_o)
    return (at.out_o - at.target) * at.out_o * (1 - at.out_o)


def delta_h(at, o):
    """∂E/∂net_h (h,) from the deltas of the outputs."""
    return (at.W2 @ o) * at.out_h * (1 - at.out_h)  # δ_h = (Σ_o w_ho δ_o) out_h (1 - out_h)


DELTAS = {"o": lambda at, own: delta_o(at), "h": lambda at, own: delta_h(at, own["o"])}

#: ∂E/∂b is δ itself, so the deltas of a student can be read off the bias gradients.
GRADIENTS = {
    "b2": lambda at, own: delta_o(at),
    "W2": lambda at, own: np.outer(at.out_h, own["b2"]),  # ∂E/∂w_ho = out_h δ_o
    "b1": lambda at, own: delta_h(at, own["b2"]),
    "W1": lambda at, own: np.outer(at.i, own["b1"]),  # ∂E/∂w_ih = i δ_h
}


def last_error(at, own):
    """The error after the last step is that of the parameters that came back; what was before them
    did not come back."""
    out = forward(at.i, own["W1"], own["b1"], own["W2"], own["b2"])["out_o"]
    return np.array([*own["errors"][:-1], total_error(out, at.target)])


TRAIN = {"W1": None, "b1": None, "W2": None, "b2": None, "errors": last_error}


def on_the_way(i, target, W1, b1, W2, b2):
    """What the lesson names: the forward pass, out_o − target, and σ of an output, a frequent
    slip."""
    f = forward(i, W1, b1, W2, b2)
    return {
        **f,
        "(out_o - target)": f["out_o"] - target,
        "σ(out_o)": logistic(f["out_o"]),
        "σ(out_h)": logistic(f["out_h"]),
    }


def steps(i, target, W1, b1, W2, b2, eta):
    """What a wrong update may be made of: the gradients, with and without eta."""
    g = gradients(i, target, W1, b1, W2, b2)
    return {
        "∂E/∂W1": g["W1"],
        "∂E/∂W2": g["W2"],
        "eta ∂E/∂W1": eta * g["W1"],
        "eta ∂E/∂W2": eta * g["W2"],
    }
