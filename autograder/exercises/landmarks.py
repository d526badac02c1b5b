"""The quantities that lie on the right way through an exercise, exact, in the order of the
computation.

`known` of an exercise also names what a mistake gives (tanh(y¹), σ(out)); here stand right
quantities only, each with a name that a verdict may use. What lies on which way is written down in
`autograder.exercises.landmark_ways`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Landmark(NamedTuple):
    """A right quantity.

    Parameters
    ----------
    name
        As the lesson writes it; "" for a count.
    value
        Exact, in the shape that the lesson gives it.
    needs
        Names of the earlier landmarks from which it is computed.
    step
        The values of `needs` -> its value. None where it is computed from the arguments alone.
    vouches
        Whether it can be right only if all is right that it is computed from: not so for a square,
        or for a sum in which a part vanishes.
    is_count
        Whether it is a number of things (rows, units).
    """

    name: str
    value: np.ndarray
    needs: tuple[str, ...] = ()
    step: Callable[..., Any] | None = None
    vouches: bool = True
    is_count: bool = False


class Way:
    """Collects the landmarks of one call."""

    def __init__(self) -> None:
        self.found: list[Landmark] = []
        self.values: dict[str, np.ndarray] = {}

    def __call__(self, name: str, step: Any, *needs: str, vouches: bool = True) -> np.ndarray:
        """Add a quantity that has a name; gives its value.

        `step` is its value, or what computes it from the values of `needs`.
        """
        value = step(*(self.values[need] for need in needs)) if callable(step) else step
        array = np.asarray(value, dtype=float)
        self.values[name] = array
        self.found.append(Landmark(name, array, needs, step if callable(step) else None, vouches))
        return array

    def counts(self, *values: int) -> None:
        """Add numbers of things."""
        self.found += [Landmark("", np.asarray(float(value)), is_count=True) for value in values]


@np.errstate(all="ignore")
def landmarks(way: Callable[..., Any], arguments: tuple[Any, ...]) -> list[Landmark]:
    """What lies on the right way through one call.

    Parameters
    ----------
    way
        One of `autograder.exercises.landmark_ways.WAYS`.
    arguments
        What the call is given, as fresh objects.

    Returns
    -------
    list of Landmark
        In the order of the computation.
    """
    collected = Way()
    way(collected, *arguments)
    return collected.found
