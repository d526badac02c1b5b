"""Lesson 7, what goes wrong, and what a good tutor would say."""

from __future__ import annotations

from autograder.exercises.mnist.misconceptions.counting import ACCURACY, COUNT, ONE_HOT
from autograder.exercises.mnist.misconceptions.passes import FEEDFORWARD
from autograder.exercises.mnist.misconceptions.way_back import BACKPROP, MEAN_IN_EVERY_LAYER

__all__ = ["COUNT", "ONE_HOT", "ACCURACY", "FEEDFORWARD", "BACKPROP", "MEAN_IN_EVERY_LAYER"]
