"""Lesson 2, one function built on another: what their results look like, and who may call whom."""

from __future__ import annotations

import numpy as np

from autograder.exercises.activations import solutions

#: Every one of them gives an array of z's shape.
LOOKS: dict[str, str] = dict.fromkeys(
    (
        "sigmoid",
        "sigmoid_derivative",
        "tanh_derivative",
        "relu",
        "relu_derivative",
        "leaky_relu",
        "leaky_relu_derivative",
    ),
    "draw(z)",
)


def softplus_derivative(own, z):
    """The slope of softplus by the student's own σ."""
    return own.sigmoid(z)  # the slope of softplus is σ


def _slopes(own, z, alpha, upstream):
    dz = own.leaky_relu_derivative(z, alpha) * upstream
    return dz, float(np.sum(upstream * np.minimum(z, 0.0)))


def _slopes_and_relu(own, z, alpha, upstream):
    return own.leaky_relu_derivative(z, alpha) * upstream, float(
        np.sum(upstream * (z - own.relu(z)))
    )


def _by_relu(own, z, alpha, upstream):
    wins = own.relu_derivative(z)
    return (wins + alpha * (1 - wins)) * upstream, float(np.sum(upstream * np.minimum(z, 0.0)))


def _leaky_by_relu(own, z, alpha=0.01):
    return own.relu(z) + alpha * np.minimum(z, 0.0)


WAYS = {
    "softplus_derivative": (softplus_derivative,),
    "leaky_relu": (lambda own, *a: solutions.leaky_relu(*a), _leaky_by_relu),
    "prelu_gradients": (_slopes, _slopes_and_relu, _by_relu),
}
