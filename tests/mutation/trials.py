"""What becomes of a mutant: judged like an answer, and, where it is taken for right, held against
the solution itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from mutants import Mutant, build

from autograder.evidence.probe import Evidence, probe
from autograder.exercises.exercise import Exercise
from autograder.judging.judge import draw_cases, judge

SEED, OTHER_SEEDS = 0, (101, 102, 103)
# seconds a call; every other solution needs less than a tenth of one
PATIENCE = {"mnist.reach_95": 30.0, "mazur.xor": 2.0}
EQUAL = 1e-9


class Outcome(NamedTuple):
    """A mutant on trial. `evidence` is None where the slip already raised when the functions were
    defined."""

    mutant: Mutant
    evidence: Evidence | None
    accepted: bool


class Bench:
    """An exercise with its cases drawn. No call may take longer than `PATIENCE`, or one second."""

    def __init__(self, exercise: Exercise):
        self.cases = draw_cases(exercise, SEED)
        self.exercise = exercise.but(limit=PATIENCE.get(exercise.name, 1.0))
        # judged without looking for words, which takes longest
        self.unnamed = self.exercise.but(misconceptions=(), known=())
        self._others: list[Evidence] = []

    def probe(self, functions, cases, repeat: bool = False) -> Evidence:
        """What functions return on cases."""
        return probe(self.exercise.name, functions, cases, self.exercise.limit, repeat)

    def trial(self, mutant: Mutant) -> Outcome:
        """Let the mutant answer and the judge decide: full points, or rejected."""
        try:
            functions = build(self.exercise, mutant)
        except (
            Exception
        ):  # whatever a slip in a default argument or at the top of a definition raises
            return Outcome(mutant, None, False)
        evidence = self.probe(functions, self.cases, self.exercise.repeat)
        return Outcome(mutant, evidence, judge(self.unnamed, evidence).score == 1.0)

    def difference(self, mutant: Mutant) -> str:
        """The first value, shape or change of an input in which the mutant differs from the
        solution; empty where none.

        Looked for on the cases it was judged on, and on those that other seeds draw.
        """
        if not self._others:
            drawn = (
                self.cases,
                *(tuple(self.exercise.draw(np.random.default_rng(seed))) for seed in OTHER_SEEDS),
            )
            self._others = [self.probe(self.exercise.solution, cases) for cases in drawn]
        functions = build(self.exercise, mutant)
        found = (
            next(differences(exact, self.probe(functions, exact.cases)), "")
            for exact in self._others
        )
        return next(filter(None, found), "")


def differences(exact: Evidence, other: Evidence) -> Iterator[str]:
    """Everything in which the results of two sets of functions differ by more than `EQUAL`, in
    words."""
    for case, right, mine in zip(exact.cases, exact.observations, other.observations, strict=True):
        for k, (a, b) in enumerate(zip(right, mine, strict=True)):
            where = f"{case.label}, call {k + 1}"
            if b.error:
                yield f"{where}: {b.error.kind} {b.error.message}"
            elif not alike(a.returned, b.returned):
                yield f"{where}: {short(a.returned)}, the mutant {short(b.returned)}"
            elif a.changed != b.changed:
                yield f"{where}: the mutant changes its arguments {b.changed}"


def alike(a: Any, b: Any) -> bool:
    """Equal in kind, shape and every number."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, (int, float, np.ndarray)) and isinstance(b, (int, float, np.ndarray)):
        return np.shape(a) == np.shape(b) and bool(
            np.allclose(a, b, rtol=EQUAL, atol=EQUAL, equal_nan=True)
        )
    return type(a) is type(b) and a == b


def short(value: Any) -> str:
    """A value on one line, not too long."""
    return " ".join(repr(value).split())[:160]
