"""Which mutants the tests try, and what survivors.toml says about those that pass."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from mutants import Mutant, mutants

from autograder.exercises.exercise import Exercise

# every how many-th mutant the tests try; more seldom where functions train or are slow. All of them
# are tried by run.py
STEP = 2
EVERY = {
    "mazur.xor": 61,
    "mnist.reach_95": 97,
    "mnist.backprop": 7,
    "mnist.break_it": 11,
    "mnist.sgd": 7,
    "logistic_neuron.train": 7,
    "mnist.initialise": 3,
    "chain_rule.backpropagate": 5,
    "mazur.train": 5,
    "mazur.update": 3,
    "softmax.softmax_regression": 3,
    "activations.leaky_family": 3,
    "practice.optimisers": 5,
    "practice.batch_normalisation": 3,
    "chain_rule.break_it": 7,
    "mazur.break_it": 7,
    "practice.break_it": 7,
    "two_two_one.break_it": 7,  # the mended functions are tried above
}
NAMED = 12  # every how many-th rejected mutant is also put to the test of its diagnosis


@cache
def listed() -> dict:
    """survivors.toml as it is written."""
    return tomllib.loads(Path(__file__).with_name("survivors.toml").read_text(encoding="utf-8"))


@cache
def explained(exercise: str) -> dict[str, dict]:
    """Mutant name -> the group of survivors.toml that explains why it passes in this exercise."""
    return {
        mutant: group
        for group in listed()["group"]
        if exercise in group["exercises"]
        for mutant in group["mutants"]
    }


def unrun(exercise: str) -> set[str]:
    """Mutants that are never run, as they would take the machine's memory."""
    return {entry["mutant"] for entry in listed()["unrun"] if entry["exercise"] == exercise}


def sample(exercise: Exercise, every: bool = False) -> list[Mutant]:
    """All mutants of an exercise, or, where that takes long, every few of them."""
    left_out = unrun(exercise.name)
    step = 1 if every else EVERY.get(exercise.name, STEP)
    return [mutant for mutant in mutants(exercise)[::step] if mutant.name not in left_out]
