"""Lesson 8, what goes wrong, and what a tutor says about it."""

from __future__ import annotations

from autograder.exercises.practice.misconceptions.normalisation import NORM_BUGS
from autograder.exercises.practice.misconceptions.optimisers import OPTIMISER_BUGS
from autograder.exercises.practice.misconceptions.passes import back_with, whole
from autograder.exercises.practice.misconceptions.stopping import STOP_BUGS

__all__ = ["OPTIMISER_BUGS", "NORM_BUGS", "back_with", "STOP_BUGS", "whole"]
