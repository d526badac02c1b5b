"""What a trial saves: the judge's part of a check and of a graded notebook, side by side.

Three ways from a seed to the verdict on an answer, without the call of the answer itself:

- *apart*: the inputs are drawn, and what follows from them is computed again for the verdict;
- *one trial*: what was computed while drawing is handed on, as in the notebook's check;
- *pooled*: the trial is there already, as for most submissions of a large class; reading the
evidence and writing the
  page are counted.

All times are CPU times of this process. The judge's part of the median notebook of a class is to
stay below 50 ms once the pool is filled, and the command fails where it does not.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from autograder.evidence.probe import Evidence, probe
from autograder.evidence.transport import dumps, loads
from autograder.exercises import lesson_exercises, lessons
from autograder.exercises.exercise import Exercise
from autograder.judging.judge import judge
from autograder.judging.trial import Trial, filled

LIMIT = 0.050
SEED = 1
TIMES = 3


class Costs(NamedTuple):
    """Seconds that the verdict on one answer costs, in each of the three ways."""

    apart: float
    trial: float
    pooled: float

    @property
    def ratio(self) -> float:
        """How many times as much a fresh trial costs as a pooled one."""
        return self.trial / self.pooled


def seconds(action: Callable[[], object]) -> float:
    """CPU time of an action, the median of a few."""
    found = []
    for _ in range(TIMES):
        started = time.process_time()
        action()
        found.append(time.process_time() - started)
    return statistics.median(found)


def costs(exercise: Exercise, functions: tuple) -> Costs:
    """Measure one answer. The pooled trial has judged one like it before."""
    full = (
        exercise.name != "mnist.reach_95"
    )  # its full training takes minutes, and none of them are the judge's
    trial = Trial.drawn(exercise, SEED, full)
    evidence = probe(exercise.name, functions, trial.cases, exercise.limit, exercise.repeat)
    sent = dumps(replace(evidence, cases=()))
    judge(exercise, evidence, trial=trial)

    def apart() -> None:
        judge(exercise, replace(evidence, cases=Trial.drawn(exercise, SEED, full).cases))

    def fresh() -> None:
        drawn = Trial.drawn(exercise, SEED, full)
        judge(exercise, replace(evidence, cases=drawn.cases), trial=drawn)

    def pooled() -> None:
        came = replace(loads(sent, Evidence), cases=trial.cases)
        judge(exercise, came, trial=trial)._repr_html_()

    return Costs(seconds(apart), seconds(fresh), seconds(pooled))


def row(name: str, right: Costs, wrong: Costs | None) -> None:
    """Print one line of the table."""
    cells = "".join(f"{1000 * value:>9.1f}" for one in (right, wrong) if one for value in one)
    print(f"{name:<34}{cells}{right.ratio:>8.0f}×", flush=True)


def main() -> int:
    """Measure every exercise, right and with a known mistake; return 1 where it takes too long."""
    print(
        f"{'ms of CPU':<31}{'right: apart':>12}{'trial':>9}{'pooled':>9}"
        f"{'wrong: apart':>13}{'trial':>8}{'pooled':>9}"
    )
    notebooks: list[Costs] = []
    rights, wrongs = [], []
    for lesson in lessons():
        right, wrong = [], []
        for exercise in lesson_exercises(lesson):
            slips = exercise.misconceptions
            right.append(costs(exercise, exercise.solution))
            wrong.append(
                costs(exercise, filled(exercise, slips[len(slips) // 2].functions))
                if slips
                else None
            )
            row(exercise.name, right[-1], wrong[-1])
        rights += right
        wrongs += [one for one in wrong if one]
        total = Costs(*map(sum, zip(*right, strict=True)))
        notebooks.append(total)
        notebooks += [
            Costs(*(a - b + c for a, b, c in zip(total, mine, slip, strict=True)))
            for mine, slip in zip(right, wrong, strict=True)
            if slip
        ]
    middle = lambda found: Costs(*map(statistics.median, zip(*found, strict=True)))
    print()
    for what, found in (
        ("median right answer", rights),
        ("median known mistake", wrongs),
        ("median notebook", notebooks),
    ):
        one = middle(found)
        print(
            f"{what:<24} ({len(found):>2}) apart {1000 * one.apart:7.1f} ms, "
            f"one trial {1000 * one.trial:7.1f} ms, "
            f"pooled {1000 * one.pooled:6.1f} ms, {one.ratio:.0f} times less"
        )
    part = middle(notebooks).pooled
    ok = part < LIMIT
    print(
        "\nThe judge's part of a graded notebook (all right, or one mistake in it): "
        f"{1000 * part:.1f} ms, "
        f"at most {1000 * LIMIT:.0f} ms   {'ok' if ok else 'TOO SLOW'}"
    )
    return 0 if ok else 1
