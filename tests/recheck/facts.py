"""What came back and what is exact, quantity by quantity: held against each other once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from autograder.evidence.inputs import Digits, Ref, make
from autograder.evidence.plain import Opaque
from autograder.evidence.probe import Evidence, probe
from autograder.exercises.exercise import Exercise

ROUND = {"divide": "ignore", "over": "ignore", "under": "ignore", "invalid": "ignore"}
COUNT = 1e-7  # how near a count or an index has to be


class Held(NamedTuple):
    """One quantity of one call: where it is, what came back (or None), and what is exact.

    `pairs` are its arrays, as they came and as they should be; `marks` says of each whether it is
    right. `parts` are all items of a list that has the right length, with what is exact and whether
    it is right, also those that are no arrays.
    """

    case: int
    call: int
    path: tuple
    mine: Any
    exact: Any
    pairs: tuple[tuple[np.ndarray, np.ndarray], ...]
    marks: tuple[bool, ...]
    whole: bool
    near: float
    parts: tuple[tuple[Any, np.ndarray, bool], ...] = ()

    @property
    def right(self) -> bool:
        """Whether everything that is wanted came back and is right."""
        return self.whole and all(self.marks)

    @property
    def single(self) -> bool:
        """Whether it is one array or number, not a list of arrays."""
        return not is_list(self.exact)


def is_list(exact: Any) -> bool:
    """Whether an exact value is a list of arrays, whose length varies."""
    return isinstance(exact, list) and any(isinstance(part, np.ndarray) for part in exact)


def numbers(value: Any) -> np.ndarray | None:
    """A value as a float array; None where it is none."""
    pending = [value]
    while pending:
        part = pending.pop()
        if part is None or isinstance(part, (str, dict, Opaque)):
            return None
        pending += part if isinstance(part, list) else []
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None


def named_parts(exact: Any, name: Any, path: tuple = ()) -> Iterator[tuple[str, tuple]]:
    """Every quantity of an exact result, with the way to it."""
    if isinstance(exact, dict):
        for key, value in exact.items():
            yield from named_parts(value, key, (*path, key))
    elif isinstance(exact, list) and isinstance(name, tuple):
        for k, value in enumerate(exact):
            yield from named_parts(value, name[k], (*path, k))
    elif exact is not None and not isinstance(exact, Opaque):
        yield name, path


def part_of(value: Any, path: tuple) -> Any:
    """The part of a result at the end of a path; None where there is none."""
    for step in path:
        if isinstance(step, str):
            if not isinstance(value, Mapping) or step not in value:
                return None
            value = value[step]
        else:
            takes = isinstance(value, list) or isinstance(value, np.ndarray) and value.ndim > 0
            if not takes or isinstance(value, np.ndarray) and len(value) == 1 or step >= len(value):
                return None
            value = value[step]
    return value


def in_single(value: Any) -> bool:
    """Whether some array in a result was computed in single precision."""
    if isinstance(value, np.ndarray):
        return value.dtype.name in ("float32", "float16")
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(in_single(item) for item in items)


def is_near(mine: np.ndarray, exact: np.ndarray, near: float) -> bool:
    """Whether one array is right: as many numbers, each within `near` times the largest, or
    times 1.
    """
    if mine.size != exact.size:
        return False
    flat, target = np.ravel(mine), np.ravel(exact)
    if not np.isfinite(flat).all() and np.isfinite(target).all():
        return False
    room = near * max(1.0, float(np.max(np.abs(target), initial=0.0)))
    return bool(np.all(np.abs(flat - target) <= room))


def _only(evidence: Evidence, kept: list[int]) -> Evidence:
    again = kept.index(evidence.again_case) if evidence.again_case in kept else None
    take = lambda parts: tuple(parts[k] for k in kept)
    return replace(
        evidence,
        cases=take(evidence.cases),
        observations=take(evidence.observations),
        again_case=again,
    )


class Facts:
    """Everything that a verdict may speak of.

    Parameters
    ----------
    exercise
        What was asked.
    evidence
        What came back.
    exact
        What the exact functions return; those of the exercise are called where it is left out.
    arrays_only
        Leave out the cases in which a call failed; `left_out` are their labels and records.
    """

    def __init__(
        self,
        exercise: Exercise,
        evidence: Evidence,
        exact: Evidence | None = None,
        arrays_only: bool = False,
    ):
        if exact is None:
            exact = probe(
                exercise.name, exercise.solution, evidence.cases, exercise.limit, repeat=False
            )
        kept = [
            k
            for k in range(len(evidence.cases))
            if not arrays_only or not any(record.error for record in evidence.observations[k])
        ]
        self.left_out = [
            (case.label, records)
            for k, (case, records) in enumerate(
                zip(evidence.cases, evidence.observations, strict=True)
            )
            if k not in kept
        ]
        self.exercise, self.evidence, self.exact = (
            exercise,
            _only(evidence, kept),
            _only(exact, kept),
        )
        self.cases, evidence = self.evidence.cases, self.evidence
        self.rows: dict[str, list[Held]] = {row: [] for row in exercise.chain}
        with np.errstate(**ROUND):
            for row, held in self._held(evidence):
                self.rows.setdefault(row, []).append(held)
        self.rows = {row: entries for row, entries in self.rows.items() if entries}
        self._worlds: dict[tuple[int, int, str], dict[str, np.ndarray]] = {}

    def _held(self, evidence: Evidence) -> Iterator[tuple[str, Held]]:
        several = len(self.exercise.signatures) > 1
        for case, records in enumerate(self.exact.observations):
            for call, record in enumerate(records):
                named = self.cases[case].calls[call].row
                for name, path in self._parts(record, named):
                    row = name
                    if (
                        several
                        and not named
                        and name != (mine := self.exercise.signatures[record.function].name)
                    ):
                        row = f"{mine}: {name}"
                    yield row, self._one(evidence, case, call, path, record, row)

    def _parts(self, record, named: str) -> Iterator[tuple[str, tuple]]:
        if named:
            yield from named_parts(record.returned, named)
        elif record.function is not None:
            yield from named_parts(record.returned, self.exercise.results[record.function])

    def _one(self, evidence: Evidence, case: int, call: int, path: tuple, record, row: str) -> Held:
        exact, theirs = part_of(record.returned, path), self.record_behind(evidence, case, call)
        near = self._near(row, exact, theirs.returned)
        mine = (
            None
            if theirs.error
            else part_of(self._accepted(evidence, case, call, theirs, record), path)
        )
        if not is_list(exact):
            target, array = np.asarray(exact, dtype=float), numbers(mine)
            pairs = () if array is None else ((array, target),)
            marks = tuple(is_near(a, b, near) for a, b in pairs)
            own = None if theirs.error else numbers(part_of(theirs.returned, path))
            if own is not None and array is not None and all(marks) and own.shape == array.shape:
                mine, pairs = own, ((own, target),)  # what is accepted is shown as it came
            return Held(case, call, path, mine, exact, pairs, marks, array is not None, near)
        taken = (
            list(mine)
            if isinstance(mine, list) or isinstance(mine, np.ndarray) and mine.ndim
            else []
        )
        parts = []
        for raw, right in zip(taken, exact, strict=False) if len(taken) == len(exact) else ():
            array, wanted = numbers(raw), np.asarray(right, dtype=float)
            good = array is not None and is_near(
                array, wanted, self._near(row, right, theirs.returned)
            )
            parts.append((raw, wanted, good))
        pairs = tuple(
            (array, wanted) for raw, wanted, _ in parts if (array := numbers(raw)) is not None
        )
        marks = tuple(good for raw, _, good in parts if numbers(raw) is not None)
        whole = len(taken) == len(exact) and len(pairs) == len(parts)
        return Held(case, call, path, mine, exact, pairs, marks, whole, near, tuple(parts))

    def _near(self, row: str, exact: Any, returned: Any) -> float:
        rule = self.exercise.rules.get(row)
        if rule is None:
            counted = not isinstance(exact, list) and np.asarray(exact).dtype.kind in "iu"
            wide, single = (COUNT, COUNT) if counted else (1e-5, 1e-4)
        else:
            wide, single = rule.tolerance, rule.single
        return max(wide, single) if in_single(returned) else wide

    def _accepted(self, evidence: Evidence, case: int, call: int, theirs, record) -> Any:
        accept = self.exercise.accept
        parts = theirs.returned if isinstance(theirs.returned, list) else [theirs.returned]
        if accept is None or theirs.returned is None or any(isinstance(p, str) for p in parts):
            return theirs.returned
        try:
            return accept(self.cases[case].calls[call], theirs.returned, record.returned)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):
            return theirs.returned

    def record_behind(self, evidence: Evidence, case: int, call: int):
        """The record that a quantity comes from: of a service, the student's call before it that
        failed.
        """
        records = evidence.observations[case]
        if records[call].function is not None:
            return records[call]
        return next(
            (r for r in records[:call] if r.error and r.function is not None), records[call]
        )

    def right(self, row: str) -> bool:
        """Whether a quantity is right in every case."""
        return all(held.right for held in self.rows[row])

    def symbol(self, row: str) -> str:
        """A quantity as sentences name it."""
        whole = self.exercise.symbols.get(row, row)
        name, equals, _ = whole.partition(" = ")
        return name if equals and " " not in name else whole

    def called(self, name: str) -> list[str]:
        """The rows that go by a name in sentences."""
        return [
            row
            for row in self.rows
            if name in (self.symbol(row), row, self.exercise.symbols.get(row))
        ]

    def labels(self) -> list[str]:
        """The cases' labels, longer ones first."""
        return sorted({case.label for case in self.cases}, key=len, reverse=True)

    def held_under(self, row: str, label: str) -> list[Held]:
        """A quantity's comparisons in the cases of a label."""
        return [held for held in self.rows[row] if self.cases[held.case].label == label]

    def world(self, held: Held, row: str) -> dict[str, np.ndarray]:
        """What a sentence about a quantity may name beside it: arguments, what the lesson names,
        other exact ones.
        """
        key = held.case, held.call, row
        if key not in self._worlds:
            self._worlds[key] = self._world(held, row)
        return self._worlds[key]

    def _world(self, held: Held, row: str) -> dict[str, np.ndarray]:
        found = dict(self.arguments(held.case, held.call))
        for other, entries in self.rows.items():
            for near in entries:
                if near.case == held.case and near.call <= held.call and other != row:
                    name = self.symbol(other)
                    taken = name in found and near.call == held.call
                    found[f"the exact {name}" if taken else name] = near.exact
        flat: dict[str, np.ndarray] = {}
        for name, value in found.items():
            parts = (
                {f"{name}[{key!r}]": item for key, item in value.items()}
                if isinstance(value, dict)
                else {name: value}
            )
            for label, part in parts.items():
                array = (
                    None
                    if isinstance(part, (list, tuple, str, bool)) or callable(part)
                    else numbers(part)
                )
                if array is not None and array.size:
                    flat[label] = array
        return flat

    def arguments(self, case: int, call: int) -> dict[str, Any]:
        """What a call was given by name, with what it refers to, and what the lesson names on
        the way.
        """
        found, asked = {}, self.cases[case].calls[call]
        for argument in asked.arguments:
            if isinstance(argument, Ref) and isinstance(
                self.cases[case].calls[argument.call].function, int
            ):
                found |= self.arguments(case, argument.call)
        if not isinstance(asked.function, int):
            return found
        names = self.exercise.signatures[asked.function].parameters
        for name, value in zip(names, asked.arguments, strict=False):
            if not isinstance(value, (Ref, Digits)):
                found[name] = make(value)
        known = self.exercise.known[asked.function] if self.exercise.known else None
        if known:
            given = [
                value if isinstance(value, Digits) else make(value) for value in asked.arguments
            ]
            found = {**known(*given), **found}
        return found
