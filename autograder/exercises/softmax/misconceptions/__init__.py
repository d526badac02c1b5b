"""Lesson 6, what goes wrong: (name, explanation, the wrong functions)."""

from __future__ import annotations

from autograder.exercises.softmax.misconceptions.cross_entropy import CROSS_ENTROPY
from autograder.exercises.softmax.misconceptions.gradients import COMBINED, OUTPUT_LAYER
from autograder.exercises.softmax.misconceptions.regression import REGRESSION
from autograder.exercises.softmax.misconceptions.softmax import JACOBIAN, SOFTMAX, TWO_CLASSES

__all__ = [
    "SOFTMAX",
    "JACOBIAN",
    "TWO_CLASSES",
    "CROSS_ENTROPY",
    "COMBINED",
    "OUTPUT_LAYER",
    "REGRESSION",
]
