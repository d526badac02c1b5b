"""What a row is worth, and which rows are worth nothing by themselves.

Some rows can be right without any work: a gradient that is 1 for every input, zeros where the exact
answer is 0, "the inputs are left as they are". Such a row is a giveaway: it counts only beside one
that is not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.evidence.inputs import Case
from autograder.exercises.exercise import Exercise
from autograder.judging.compare import Compared
from autograder.judging.table import Place, Table

if TYPE_CHECKING:
    from autograder.evidence.inputs import Value
    from autograder.evidence.plain import Plain

ONLY_GIVEAWAYS = (
    "The rows that are right so far come out right without any work. "
    "They count as soon as another row is right."
)


def giveaways(exercise: Exercise, cases: tuple[Case, ...], table: Table) -> set[str]:
    """The quantities that come out right by writing one number, or by handing an input back as it
    came.

    Those whose exact value is one and the same number in every entry of every case, and those that
    equal the argument in their own place: the second result the second argument, the key ``W`` the
    argument ``W``.

    Parameters
    ----------
    exercise
        What is asked.
    cases
        The inputs it is asked on.
    table
        Every quantity, with its exact values.

    Returns
    -------
    set of str
        Row names. Empty where it would be all of them.
    """
    found = {
        row
        for row, entries in table.items()
        if one_number(entries)
        or all(_handed_back(exercise, cases, place, c.exact) for place, c in entries)
    }
    return found if len(found) < len(table) else set()


def share(right: Mapping[str, bool], follow: Collection[str], free: Collection[str]) -> float:
    """The share of rows that are right, or right given the student's own earlier ones; 0 where only
    giveaways are."""
    held = [name for name, ok in right.items() if ok or name in follow]
    return len(held) / len(right) if set(held) - set(free) else 0.0


def _numbers(value: Plain) -> np.ndarray:
    parts = value if isinstance(value, list) else [value]
    return (
        np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in parts])
        if parts
        else np.zeros(0)
    )


def one_number(entries: list[tuple[Place, Compared]]) -> bool:
    """Whether a quantity's exact value is one and the same number in every entry of every case."""
    whole = np.concatenate([_numbers(compared.exact) for _, compared in entries])
    return bool(np.all(whole == whole[:1]))


def _handed_back(exercise: Exercise, cases: tuple[Case, ...], place: Place, exact: Any) -> bool:
    if place.function is None:
        return False
    arguments = cases[place.case].calls[place.call].arguments
    names, step = exercise.signatures[place.function].parameters, place.path[0] if place.path else 0
    at = names.index(step) if step in names else step
    given: Value = arguments[at] if isinstance(at, int) and at < len(arguments) else None
    if not isinstance(given, (int, float, np.ndarray)) or isinstance(exact, list):
        return False
    return np.size(given) == np.size(exact) and np.array_equal(np.ravel(given), np.ravel(exact))
