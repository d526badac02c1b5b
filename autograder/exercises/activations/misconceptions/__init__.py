"""Lesson 2, what goes wrong: named wrong implementations, each with what a tutor would say."""

from __future__ import annotations

from autograder.exercises.activations.misconceptions.layers import (
    CHAIN,
    COLLAPSE,
    DEAD,
    chain_with,
)
from autograder.exercises.activations.misconceptions.leaky import LEAKY, PRELU
from autograder.exercises.activations.misconceptions.maxout import MAXOUT
from autograder.exercises.activations.misconceptions.sigmoid import SIGMOID, TANH_RELU

__all__ = [
    "SIGMOID",
    "TANH_RELU",
    "LEAKY",
    "PRELU",
    "MAXOUT",
    "COLLAPSE",
    "CHAIN",
    "DEAD",
    "chain_with",
]
