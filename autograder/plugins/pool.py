"""The trials that a class is graded with.

Their seeds are drawn when grading starts, each trial when it is first needed.

A submission then pays for its own answers only. No seed can be known to whoever submitted: all of
them come from the system's random numbers after the submissions were made, and a pool ends with the
run that it was made for.
"""

from __future__ import annotations

import secrets
from typing import Any

from autograder.exercises.exercise import Exercise
from autograder.judging.trial import Trial

BITS = 48

#: (exercise, seed) -> a trial that the process from which this one was forked has computed
#: (`autograder.plugins.handed_down`).
handed_down: dict[tuple[str, int], Trial] = {}


class Pool:
    """Trials shared by the submissions of one run of grading.

    Every seed is given out once before any is given out again, each time in another order. Nothing
    of a submission gets into a pool: a trial is made of the grader's data alone, and its arrays are
    read-only.

    Parameters
    ----------
    size
        How many seeds; with 0 every submission has one of its own, and no trial is kept.

    Attributes
    ----------
    seeds
        The seeds, different from each other.
    """

    def __init__(self, size: int):
        seeds: dict[int, None] = {}
        while len(seeds) < size:
            seeds[secrets.randbits(BITS)] = None
        self.seeds = tuple(seeds)
        self._waiting: list[int] = []
        self._trials: dict[tuple[str, int], Trial] = {}

    def seed(self) -> int:
        """The seed of the next submission."""
        if not self.seeds:
            return secrets.randbits(BITS)
        if not self._waiting:
            self._waiting = list(self.seeds)
            secrets.SystemRandom().shuffle(self._waiting)
        return self._waiting.pop()

    def trial(self, exercise: Exercise, seed: int) -> Trial:
        """The trial of an exercise for a seed: the kept one, or a new one for a foreign seed."""
        key = exercise.name, seed
        if key in handed_down:
            return handed_down[key]
        if key not in self._trials:
            drawn = Trial.drawn(exercise, seed, full=True)
            if seed not in self.seeds:
                return drawn
            self._trials.setdefault(key, drawn)
        return self._trials[key]


def pool_of(run: Any, size: int) -> Pool:
    """The pool of a run of grading, made when it is first asked for.

    Parameters
    ----------
    run
        An object that lives as long as the run: nbgrader's exporter. None where there is none; then
        a pool of its own is given.
    size
        Of a new pool.
    """
    found = getattr(run, "pool", None)
    if not isinstance(found, Pool):
        found = Pool(size)
        if run is not None:
            run.pool = found
    return found
