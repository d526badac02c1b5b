"""Recognise the exact quantities of an exercise among the values of a student's variables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.exercises.landmarks import Landmark
from autograder.judging.compare import SINGLE_PRECISION

if TYPE_CHECKING:
    from autograder.evidence.inputs import Value

NEAR, SINGLE = 1e-6, 1e-4  # of the largest entry
MOST_SOURCES = 3  # values in question of which one is computed
MOST_TRIES = 3_000  # landmarks computed anew in one run
MISFIT = (ArithmeticError, ValueError, TypeError, LookupError, AttributeError)


def flat(value: np.ndarray) -> tuple[tuple[int, ...], np.ndarray]:
    """The shape of a value without axes of length 1, and its numbers."""
    array = np.squeeze(np.asarray(value, dtype=float))
    return array.shape, np.ravel(array)


def close(a: np.ndarray, b: np.ndarray, near: float = NEAR) -> bool:
    """Whether numbers are nearly the same, measured by the largest; zeros are like nothing."""
    size = float(np.max(np.abs(b), initial=0.0))
    return size > 0 and bool(np.all(np.abs(a - b) <= near * size))


def telling(value: np.ndarray) -> bool:
    """Whether numbers do not come up by themselves: not zeros, not halves, not one and the same."""
    if value.size == 0 or not np.isfinite(value).all():
        return False
    if value.size == 1:
        return float(value.ravel()[0]) % 0.5 != 0
    return bool(np.ptp(value) > 1e-6 * np.max(np.abs(value)))


def numbers(value: Value | np.number) -> Iterator[np.ndarray]:
    """All arrays and numbers in an argument."""
    if isinstance(value, dict):
        for item in value.values():
            yield from numbers(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, (int, float, np.ndarray, np.number)):
        yield np.asarray(value, dtype=float)


class Clear:
    """The landmarks of a case by which a value can be recognised without mistake."""

    def __init__(self, found: list[Landmark], arguments: tuple[Any, ...]):
        self.every = found
        given = [*numbers(arguments)]
        taken = [flat(form) for part in given for form in (part, part**2)]
        sizes = [size for part in given for size in part.shape]
        self.sure: list[tuple[Landmark, tuple[int, ...], np.ndarray]] = []
        self.counts: set[int] = set()
        for mark in found:
            shape, numbers_ = flat(mark.value)
            if mark.is_count:
                number = int(mark.value)
                if number > 2 and number in sizes:
                    self.counts.add(number)
            elif telling(numbers_) and not any(s == shape and close(numbers_, v) for s, v in taken):
                self.sure.append((mark, shape, numbers_))
        self.named = {
            mark.name
            for mark, shape, v in self.sure
            if mark.name and not self._twice(mark, shape, v)
        }
        self.count = len(self.named)
        self.tries = MOST_TRIES
        self.behind: dict[str, set[str]] = {}
        for mark in found:
            if mark.name:
                self.behind[mark.name] = set(mark.needs).union(
                    *(self.behind[need] for need in mark.needs)
                )

    def _twice(self, mark: Landmark, shape: tuple[int, ...], value: np.ndarray) -> bool:
        """Whether another landmark has the same numbers in this case."""
        return any(m.name != mark.name and s == shape and close(value, v) for m, s, v in self.sure)

    def which(self, value: np.ndarray) -> list[Landmark]:
        """The named landmarks that a value is."""
        shape, part = flat(value)
        near = SINGLE if value.dtype in SINGLE_PRECISION else NEAR
        return [m for m, s, v in self.sure if m.name and s == shape and close(part, v, near)]

    def is_count(self, value: np.ndarray) -> bool:
        """Whether a value is the number of rows or of units."""
        return value.ndim == 0 and value.dtype.kind == "i" and int(value) in self.counts

    def follows(self, value: np.ndarray, sources: list[np.ndarray]) -> bool:
        """Whether a value is what the lesson computes, from other values than the exact ones.

        Each of `sources` is tried in the place of every landmark of its shape.
        """
        shape, part = flat(value)
        if not sources or len(sources) > MOST_SOURCES or not telling(part):
            return False
        places = [
            [
                None,
                *(
                    m.name
                    for m in self.every
                    if m.name
                    and flat(m.value)[0] == flat(source)[0]
                    and not close(flat(source)[1], flat(m.value)[1])
                ),
            ]
            for source in sources
        ]
        targets = [m for m in self.every if m.name and m.step and flat(m.value)[0] == shape]
        for chosen in product(*places):
            taken = {name: source for name, source in zip(chosen, sources, strict=True) if name}
            for mark in targets if taken else ():
                self.tries -= 1
                if self.tries < 0:
                    return False
                own = self._from(mark, taken)
                if own is not None and flat(own)[0] == shape and close(part, flat(own)[1]):
                    return True
        return False

    def _from(self, mark: Landmark, taken: dict[str, np.ndarray]) -> np.ndarray | None:
        """A landmark with other values in the place of some before it; None if none matters."""
        if mark.name in taken or not taken.keys() & self.behind[mark.name]:
            return None
        values: dict[str, np.ndarray] = {}
        try:
            for one in self.every:
                if one.name in taken:
                    values[one.name] = np.reshape(
                        np.asarray(taken[one.name], dtype=float), one.value.shape
                    )
                elif one.name in self.behind[mark.name] or one is mark:
                    step = one.step if taken.keys() & self.behind[one.name] else None
                    values[one.name] = step(*(values[n] for n in one.needs)) if step else one.value
            return np.asarray(values[mark.name], dtype=float)
        except MISFIT:
            return None

    def absent(self, name: str, values: list[np.ndarray]) -> bool:
        """Whether a landmark is in none of some values, not even transposed or in another order."""
        target = np.sort(np.ravel(next(m.value for m in self.every if m.name == name)))
        return not any(
            value.size == target.size and np.allclose(np.sort(np.ravel(value)), target, 1e-4, 0)
            for value in values
        )


def alike(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two values are the same, number by number."""
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=True)
