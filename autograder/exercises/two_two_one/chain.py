"""Lesson 4, step by step: each quantity from what was given (`at`) and from the student's own
quantities before it (`own`)."""

from __future__ import annotations

import numpy as np

from autograder.exercises.two_two_one.solutions import (
    backward_layers_from,
    forward,
    forward_layers,
    logistic,
)

FORWARD = {
    "z1": lambda at, own: at.x @ at.W1,
    "y1": lambda at, own: np.tanh(own["z1"]),
    "z2": lambda at, own: own["y1"] @ at.W2,
    "y2": lambda at, own: logistic(own["z2"]),
}

#: The gradients have the names of what they are gradients of: at.y2 is an output, own["y2"] is
#: ∂Div/∂y2.
BACKWARD = {
    "y2": lambda at, own: at.y2 - at.d,  # ∂Div/∂y = y - d
    "z2": lambda at, own: at.y2 * (1 - at.y2) * own["y2"],  # logistic: f' = y (1 - y)
    "W2": lambda at, own: np.outer(at.y1, own["z2"]),  # ∂Div/∂w_ij = y_i ∂Div/∂z_j
    "y1": lambda at, own: at.W2 @ own["z2"],  # ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j
    "z1": lambda at, own: (1 - at.y1**2) * own["y1"],  # tanh: f' = 1 - y²
    "W1": lambda at, own: np.outer(at.x, own["z1"]),
}

LAYERS = {
    "forward_layers: y": lambda at, own: forward_layers(at.x, at.weights, at.activations),
    "backward_layers: dW": lambda at, own: backward_layers_from(
        own["forward_layers: y"], at.d, at.weights, at.activations
    ),
}


def on_the_way(x, d, W1, W2):
    """What the lesson names: the forward pass, and an activation applied twice, a frequent slip."""
    f = forward(x, W1, W2)
    return {**f, "σ(y2)": logistic(f["y2"]), "tanh(y1)": np.tanh(f["y1"])}


def rows_of(x, d, weights, activations):
    """How many examples there are, under `n`; 1 for a vector."""
    return {"n": len(x)} if np.ndim(x) == 2 else {"n": 1}


def steps(W1, W2, gradients, eta):
    """The two steps that an update takes: eta times the gradient on W1 and on W2."""
    return {f"eta ∂Div/∂{name}": eta * gradients[name] for name in ("W1", "W2")}
