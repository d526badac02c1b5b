"""How long a check takes: from the call to the verdict, for right work and for every known mistake.

A student reads the verdict after each change, so it must feel instant: the median over the
exercises of a lesson is to stay below 100 ms, and the command fails where it does not. Exercises
that are judged by properties, since the student's function trains a network or draws at random, are
listed apart; there the training is the time. At the end stands what the judge spends without a
trial, with one, and in a class, with pooled ones (`parts.trials`).
"""

from __future__ import annotations

import statistics
import sys
import time

from parts import trials

from autograder import assess
from autograder.exercises import all_exercises
from autograder.exercises.exercise import Exercise

LIMIT = 0.100
BUDGET = 40.0  # seconds, shared among the exercises


def functions(exercise: Exercise) -> list[tuple]:
    """The solution and every misconception, as they would be handed in."""
    filled = (
        tuple(mine or right for mine, right in zip(m.functions, exercise.solution, strict=True))
        for m in exercise.misconceptions
    )
    return [exercise.solution, *filled]


def seconds(exercise: Exercise, handed_in: tuple, seed: int) -> float:
    """From the call to the verdict."""
    started = time.perf_counter()
    assess(exercise.name, *handed_in, seed=seed)
    return time.perf_counter() - started


def measure(exercise: Exercise, share: float) -> tuple[list[float], int]:
    """Times of checks, and how many of the submissions were checked at least once.

    The solution and one mistake are always checked; the others, and all of them again with other
    inputs, while the exercise's share of the time lasts.
    """
    end, handed_in, found = time.perf_counter() + share, functions(exercise), []
    while len(found) < 2 or (len(found) < 40 and time.perf_counter() < end):
        found.append(seconds(exercise, handed_in[len(found) % len(handed_in)], seed=len(found)))
    return found, min(len(found), len(handed_in))


def row(name: str, times: list[float], tried: str) -> None:
    """Print one line of the table."""
    print(
        f"{name:<36}{tried:>10}{statistics.median(times) * 1000:>9.1f}"
        f" ms{max(times) * 1000:>9.1f} ms",
        flush=True,
    )


def main() -> int:
    """Measure everything, print the tables, and return 1 where a lesson is too slow."""
    exercises = all_exercises()
    training = [e for e in exercises if e.properties is not None]
    compared = [e for e in exercises if e.properties is None]
    end = time.perf_counter() + BUDGET
    print(f"{'exercise':<36}{'tried':>10}{'median':>12}{'longest':>12}")
    times: dict[str, list[float]] = {}
    for place, exercise in enumerate(compared):
        seconds(exercise, exercise.solution, seed=0)  # warm up: imports, the decks' numbers, numpy
        share = (end - time.perf_counter()) / (len(compared) - place)
        measured, tried = measure(exercise, share)
        times.setdefault(exercise.lesson, []).append(statistics.median(measured))
        row(exercise.name, measured, f"{tried} of {1 + len(exercise.misconceptions)}")
    print("\nThe student's function trains or draws at random (the solution, once):")
    for exercise in training:
        row(exercise.name, [seconds(exercise, exercise.solution, seed=0)], "1 of 1")
    print(f"\n{'lesson':<46}{'median':>12}   at most {LIMIT * 1000:.0f} ms")
    slow = [lesson for lesson, found in times.items() if statistics.median(found) > LIMIT]
    for lesson, found in times.items():
        print(
            f"{lesson:<46}{statistics.median(found) * 1000:>9.1f} ms  "
            f" {'TOO SLOW' if lesson in slow else 'ok'}"
        )
    print("\nWhat computing once saves, and what a pool of trials saves in a class:")
    return max(1 if slow else 0, trials.main())


if __name__ == "__main__":
    sys.exit(main())
