"""Quantities that are computed one from another: a later one is judged from the student's own
earlier ones.

One slip then costs one quantity. What follows rightly from a wrong value is right, given that
value, and is said to be.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.evidence.inputs import Case, Digits, Ref, make
from autograder.exercises.exercise import Exercise
from autograder.judging.compare import Compared
from autograder.judging.table import Place, Table

if TYPE_CHECKING:
    from autograder.evidence.plain import Plain

#: What came back, by case, call and row.
Values = dict[tuple[int, int, str], Any]

NUDGE = 1 + 1e-3
#: What a formula may raise on a student's values: wrong sizes, no numbers, an index that there is
#: not.
MISFIT = (ArithmeticError, ValueError, TypeError, LookupError, AttributeError)


class Own(dict[str, Any]):
    """The student's values of one case, by row; remembers which of them a formula read."""

    def __init__(self, values: dict[str, Any]):
        super().__init__(values)
        self.read: set[str] = set()

    def __getitem__(self, row: str) -> Any:
        self.read.add(row)
        return super().__getitem__(row)


def given(exercise: Exercise, case: Case, call: int) -> SimpleNamespace:
    """What a call was given, by the names of its parameters, and what the lesson names on the way
    to its result.

    Where an argument refers to an earlier call of the case, as a cache does, that call's arguments
    are given as well.
    """
    names: dict[str, Any] = {}
    asked = case.calls[call]
    for argument in asked.arguments:
        if isinstance(argument, Ref) and isinstance(case.calls[argument.call].function, int):
            names |= vars(given(exercise, case, argument.call))
    parameters = (
        exercise.signatures[asked.function].parameters if isinstance(asked.function, int) else ()
    )
    names |= {
        name: make(value)
        for name, value in zip(parameters, asked.arguments, strict=False)
        if not isinstance(value, (Ref, Digits))
    }
    known = (
        exercise.known[asked.function]
        if exercise.known and isinstance(asked.function, int)
        else None
    )
    on_the_way = (
        known(*(value if isinstance(value, Digits) else make(value) for value in asked.arguments))
        if known
        else {}
    )
    return SimpleNamespace(
        **names, **{name: value for name, value in on_the_way.items() if name not in names}
    )


def followers(
    exercise: Exercise, cases: tuple[Case, ...], table: Table
) -> dict[str, tuple[str, ...]]:
    """The wrong quantities that follow rightly from wrong earlier ones: row -> the wrong rows that
    it is computed from.

    A quantity follows when it equals its formula on the student's own earlier values in every case,
    and when those values have an influence on it: zeros, one constant everywhere, saturated values
    and nan let nothing follow.
    """
    right = {row: all(c.right for _, c in entries) for row, entries in table.items()}
    if all(right[row] for row in exercise.chain):
        return {}
    values = {(p.case, p.call, row): _value(c) for row in exercise.chain for p, c in table[row]}
    found: dict[str, tuple[str, ...]] = {}
    for row in exercise.chain:
        if right[row] or exercise.chain[row] is None:
            continue
        parents: set[str] = set()
        if (
            not _constant(table[row])
            and all(
                _follows(exercise, cases, place, compared, values, right, parents)
                for place, compared in table[row]
            )
            and parents
        ):
            found[row] = tuple(r for r in exercise.chain if r in parents)
    return found


def _constant(entries: list[tuple[Place, Compared]]) -> bool:
    """Whether one and the same number came back everywhere."""
    found = [_numbers(_value(compared)) for _, compared in entries]
    whole = np.concatenate([part for part in found if part is not None] or [np.zeros(1)])
    return bool(np.all(whole == whole[:1]))


def _value(compared: Compared) -> Any:
    """The student's value in the shape of the exact one, or None where there is none."""
    if compared.parts is not None:
        single_numbers = all(part.ndim == 0 for part in compared.parts)
        return np.array(compared.parts) if single_numbers else compared.parts
    return (
        None
        if compared.problem or compared.note or isinstance(compared.exact, list)
        else compared.yours
    )


def _follows(
    exercise: Exercise,
    cases: tuple[Case, ...],
    place: Place,
    compared: Compared,
    values: Values,
    right: dict[str, bool],
    parents: set[str],
) -> bool:
    if compared.problem:
        return False
    own = Own(_at(exercise, cases[place.case], place, values))
    formula, at = exercise.chain[place.row], given(exercise, cases[place.case], place.call)

    def read(own: Own) -> np.ndarray | None:
        return _numbers(formula(at, own))

    with np.errstate(all="ignore"):
        try:
            expected = read(own)
            wrong = {row for row in own.read - {place.row} if not right[row]}
            parents |= wrong
            nudged = read(
                Own({row: _nudge(value) if row in wrong else value for row, value in own.items()})
            )
        except MISFIT:
            return False
        mine = _numbers(_value(compared))
        if (
            mine is None
            or expected is None
            or mine.size != expected.size
            or not np.isfinite(expected).all()
        ):
            return False
        size = float(np.max(np.abs(expected), initial=0.0))
        off = float(np.max(np.abs(mine.ravel() - expected.ravel()), initial=0.0))
        if not wrong or compared.right:
            return compared.right or off <= 1e-5 * size
        counted = all(
            isinstance(own[row], np.ndarray) and own[row].ndim == 0 and float(own[row]).is_integer()
            for row in wrong
        )
        moved = (
            nudged is not None
            and float(np.max(np.abs(nudged.ravel() - expected.ravel()), initial=0.0)) > 1e-7 * size
        )
        return 0 < size and off <= (1e-3 if compared.single else 1e-5) * size and (moved or counted)


def _at(exercise: Exercise, case: Case, place: Place, values: Values) -> dict[str, Any]:
    """The student's values that a call sees: its own, those of the calls that it refers to, else
    the latest before it."""
    referred = [a.call for a in case.calls[place.call].arguments if isinstance(a, Ref)]
    order = [place.call, *referred, *reversed(range(place.call))]
    found: dict[str, Any] = {}
    for row in exercise.chain:
        call = next((j for j in order if (place.case, j, row) in values), None)
        if call is not None and values[place.case, call, row] is not None:
            found[row] = values[place.case, call, row]
    return found


def _nudge(value: np.ndarray | list[np.ndarray]) -> np.ndarray | list[np.ndarray]:
    return [part * NUDGE for part in value] if isinstance(value, list) else value * NUDGE


def _numbers(value: Plain) -> np.ndarray | None:
    """All numbers of a value, one after the other."""
    if value is None:
        return None
    parts = value if isinstance(value, list) else [value]
    return (
        np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in parts])
        if parts
        else np.zeros(0)
    )
