"""An answer that is one for arrays only: where single numbers make it fail, what it does with
arrays still counts."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from autograder.evidence.inputs import Call, Strided
from autograder.evidence.probe import Evidence
from autograder.exercises.exercise import Exercise
from autograder.judging.findings import error_text
from autograder.judging.plainwords import in_words

ROW = "single numbers"
ENOUGH = 2  # cases of arrays that each failing function must have answered


class Part(NamedTuple):
    """What was asked and answered without the inputs that made the functions fail, and a word on
    those."""

    exercise: Exercise
    evidence: Evidence
    failed: str


def for_arrays(exercise: Exercise, evidence: Evidence) -> Part | None:
    """The part of the evidence that is about arrays, where a function fails for single numbers and
    for nothing else.

    Parameters
    ----------
    exercise
    evidence

    Returns
    -------
    Part or None
        None where no call failed, or some that were given an array failed as well.
    """
    failing = [
        k
        for k, records in enumerate(evidence.observations)
        if any(record.error for record in records)
    ]
    if not failing or not all(_single(evidence, k) for k in failing):
        return None
    kept = [k for k in range(len(evidence.cases)) if k not in failing]
    arrays = [
        (call.function, call.row)
        for k in kept
        for call in evidence.cases[k].calls
        if _holds_array(call)
    ]
    functions = [function for function, _ in arrays]
    for call in (call for k in failing for call in evidence.cases[k].calls):
        if (call.function, call.row) not in arrays or functions.count(call.function) < ENOUGH:
            return None
    decks = len(exercise.deck_cases)
    mine = exercise.but(
        deck_cases=tuple(evidence.cases[k] for k in kept if k < decks),
        deck=exercise.deck if 0 in kept else {},
    )
    again = kept.index(evidence.again_case) if evidence.again_case in kept else None
    part = replace(
        evidence,
        cases=tuple(evidence.cases[k] for k in kept),
        again_case=again,
        observations=tuple(evidence.observations[k] for k in kept),
        again=evidence.again if again is not None else (),
    )
    record = next(record for record in evidence.observations[failing[0]] if record.error)
    number = record.function
    name = "the function that came back" if number is None else exercise.signatures[number].name
    said = f"{name}, for {evidence.cases[failing[0]].label}: {error_text(record, exercise)}"
    return Part(mine, part, f"{said}. {in_words(record.error) if record.error else ''}".strip())


def _single(evidence: Evidence, case: int) -> bool:
    """Whether a case calls the student's functions with single numbers alone, and what failed
    raised something of its own."""
    errors = [record.error for record in evidence.observations[case] if record.error]
    return all(
        isinstance(call.function, int) and all(map(_is_number, call.arguments))
        for call in evidence.cases[case].calls
    ) and not any(
        error.kind in ("took too long", "NotImplementedError", "wrong parameters")
        for error in errors
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) or isinstance(value, np.ndarray) and value.ndim == 0


def _holds_array(call: Call) -> bool:
    return any(
        isinstance(value, Strided) or isinstance(value, np.ndarray) and value.ndim
        for value in call.arguments
    )
