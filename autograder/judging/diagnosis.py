"""Which known misconception a wrong answer is: the one whose numbers the student's are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from autograder.evidence.probe import Evidence
from autograder.exercises.exercise import Close, Exercise, Misconception
from autograder.judging.compare import Compared, compare
from autograder.judging.table import COUNTED, Entry, Follow, Table
from autograder.judging.trial import Alternative, Trial, filled

if TYPE_CHECKING:
    from autograder.evidence.plain import Plain

    #: What came back, where it holds numbers; anything else has no shape.
    Numbers: TypeAlias = list[Any] | np.ndarray | float

__all__ = ["diagnose", "filled"]

ABSOLUTELY = 1e-3  # numbers that differ by more are not the same, however large they are


def diagnose(
    trial: Trial,
    evidence: Evidence,
    table: Table,
    follow: Follow,
    properties: Mapping[str, str],
    first: str,
) -> tuple[Misconception | None, list[str]]:
    """The misconception that the evidence shows, and the wrong rows that it does not explain.

    A misconception is named when

    - it gives the student's numbers of the `first` wrong row in every case, and contradicts no
      right row;
    - it gives those of all rows that come back with it (from the same function, for inputs of the
      same kind) and that are wrong with the misconception by themselves, not only because they
      follow from earlier ones;
    - nothing else that comes back with it is wrong, unless a chain tells the two slips apart. Where
      the first wrong row is zero throughout, which has many causes, not even then.
    """
    exercise, (best, most, left) = trial.exercise, (None, 0, [])
    for alternative in trial.alternatives:
        if first in table and not _starts_like(exercise, table, alternative, first):
            continue
        theirs, their_properties = alternative.table, alternative.properties
        agree = [row for row in table if _agrees(exercise, table[row], theirs[row])]
        failing = [
            name for name, text in properties.items() if text and their_properties.get(name) == text
        ]
        contradicted = [row for row in table if _right(table[row]) and row not in agree]
        # all numbers are right: then the same properties must fail, in the same way
        if first in properties:
            contradicted += [
                name
                for name, text in properties.items()
                if their_properties.get(name, text) != text
            ]
        unexplained = [
            row
            for row in table
            if not _right(table[row]) and row not in agree and row not in follow
        ]
        count = len(agree) + len(failing)
        if first not in agree + failing or contradicted or count <= most:
            continue
        if first in table and not any(
            _has_numbers(table[row]) or _right(table[row]) for row in agree
        ):
            continue  # that both raise an exception is no evidence by itself
        if first in table and not _is_whole(
            evidence, table, alternative, agree, unexplained, first
        ):
            continue
        best, most = alternative.misconception, count
        left = [row for row in unexplained if not _same_problem(table[row], theirs[row])]
    return best, left


def _right(entries: list[Entry]) -> bool:
    return all(c.right for _, c in entries)


def _has_numbers(entries: list[Entry]) -> bool:
    return any(not c.right and c.given is not None for _, c in entries)


def _starts_like(exercise: Exercise, table: Table, alternative: Alternative, first: str) -> bool:
    """Whether a misconception agrees on the first wrong quantity in one case: seven of eight are
    ruled out here."""
    wrong = [(p, c) for p, c in table[first] if not c.right]
    place = next((p for p, c in wrong if c.given is not None), wrong[0][0])
    theirs = alternative.table_alone(place.case)
    return _agrees(
        exercise, [entry for entry in table[first] if entry[0].case == place.case], theirs[first]
    )


def _is_whole(
    evidence: Evidence,
    table: Table,
    alternative: Alternative,
    agree: Collection[str],
    unexplained: Collection[str],
    first: str,
) -> bool:
    exercise = alternative.trial.exercise
    kind = _kind(evidence, table, first)
    together = [row for row in table if _kind(evidence, table, row) == kind]
    theirs, own = alternative.table, alternative.follow
    if any(not _right(theirs[row]) and row not in own and row not in agree for row in together):
        return False
    others = [row for row in unexplained if row in together]
    zero = not any(
        np.any(c.yours)
        for _, c in table[first]
        if c.problem is None and not isinstance(c.yours, list)
    )
    return not others or not zero and all(row in exercise.chain for row in [first, *others])


def _kind(evidence: Evidence, table: Table, row: str) -> tuple[int | None, str]:
    place = table[row][0][0]
    return place.function, evidence.cases[place.case].calls[place.call].row


def _agrees(exercise: Exercise, mine: list[Entry], theirs: list[Entry]) -> bool:
    """Whether a misconception reproduces the student's values of one quantity in every case.

    Where it gives the exact ones, wrong ones are not its own, however near they are.
    """
    for (place, a), (_, b) in zip(mine, theirs, strict=True):
        if b.right and not a.right:
            return False
        if a.problem or b.problem:
            if _problem(a) != _problem(b) or a.given is not None and not _same(a.given, b.given):
                return False
        elif not (
            _same(a.given, b.given)
            or compare(a.given, b.given, exercise.rules.get(place.row, _usual(b.given))).right
        ):
            return False
    return True


def _same_problem(mine: list[Entry], theirs: list[Entry]) -> bool:
    """Whether what is wrong of a quantity is in every case that it cannot be compared, and for the
    same reason: then it is not known whether its numbers hold another slip.
    """
    return all(a.right or a.problem and a.problem == b.problem for (_, a), (_, b) in
               zip(mine, theirs, strict=True))  # fmt: skip


def _usual(value: Plain) -> Close:
    """How near is the same: of whole numbers, which may be counts, and of large ones nearer than of
    others."""
    parts = [
        np.asarray(part, dtype=float) for part in (value if isinstance(value, list) else [value])
    ]
    if all(np.all(part % 1 == 0) for part in parts):
        return COUNTED
    largest = max(float(np.max(np.abs(part), initial=1.0)) for part in parts)
    return Close(min(Close().tolerance, ABSOLUTELY / largest))


def _problem(compared: Compared) -> str:
    return (compared.problem or "").split(":")[0]


def _same(a: Numbers, b: Numbers) -> bool:
    """Whether two results that could not be compared with the exact one are the same."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    try:
        if np.shape(a) != np.shape(b):
            return False
        mine, theirs = np.asarray(a, float), np.asarray(b, float)
        if np.isfinite(theirs).all():  # what `allclose` says, in a tenth of its time
            return bool((abs(mine - theirs) <= 1e-7 + 1e-4 * abs(theirs)).all())
        return np.allclose(mine, theirs, rtol=1e-4, atol=1e-7, equal_nan=True)
    except (TypeError, ValueError):
        return type(a) is type(b)
