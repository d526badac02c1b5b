"""Lesson 3, what goes wrong, and what a tutor would say about each."""

from __future__ import annotations

from autograder.exercises.logistic_neuron.misconceptions.loss import EPOCHS, LOSS
from autograder.exercises.logistic_neuron.misconceptions.neuron import (
    BY_FEATURES,
    FORWARD,
    GRADIENTS,
    ROWS,
)

__all__ = ["FORWARD", "GRADIENTS", "ROWS", "BY_FEATURES", "LOSS", "EPOCHS"]
