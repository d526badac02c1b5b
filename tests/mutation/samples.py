"""Which mutants the tests try, and what survivors.toml says about those that pass."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from mutants import Mutant, mutants

from autograder.exercises.exercise import Exercise

# every how many-th mutant the tests try where not all of them: the exercises whose functions train
# or are slow
EVERY = {
    "mazur.xor": 61,
    "mnist.reach_95": 97,
    "mnist.backprop": 4,
    "mnist.break_it": 8,
    "mnist.sgd": 3,
    "logistic_neuron.train": 3,
    "mnist.initialise": 2,
    "chain_rule.backpropagate": 2,
    "mazur.train": 2,
    "mazur.update": 2,
    "softmax.softmax_regression": 2,
    "chain_rule.break_it": 4,
    "mazur.break_it": 4,
    "practice.break_it": 4,
    "two_two_one.break_it": 4,  # the mended functions are tried above
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
    step = 1 if every else EVERY.get(exercise.name, 1)
    return [mutant for mutant in mutants(exercise)[::step] if mutant.name not in left_out]
