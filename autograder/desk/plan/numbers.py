"""What a class got right and wrong, in numbers: everything here is counted from the lines of
`autograder.plugins.report`."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from autograder.exercises import NoSuchExercise, find_exercise
from autograder.exercises.exercise import Exercise
from autograder.plugins.report_text import FOLLOWS, Line, is_stuck
from autograder.plugins.results import Result

BINS = 10
ENOUGH = 10
WEAK = 0.2
NUMBERS = re.compile(r"[-−+]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")
NOT_WRITTEN = "Not written yet"


class Slip(NamedTuple):
    """Something that went wrong in an exercise: a misconception where `explanation` is not empty,
    else what the verdict found; and who did it."""

    name: str
    explanation: str
    students: tuple[str, ...]


class Discrimination(NamedTuple):
    """How an exercise goes with the rest: the correlation `r` over `n` submissions, and the 95 %
    interval in which it may lie."""

    r: float
    n: int
    low: float
    high: float


class Item(NamedTuple):
    """One graded cell in a class.

    `graded` counts the submissions in which its points are given, `right` those that have all of
    them, `mean` is the mean share of the points; `waiting` counts those a person has still to read.
    `slips` are misconceptions, `others` what else was found, `follows` counts what only follows
    from an earlier exercise, `unwritten` names who has written nothing. `discrimination` is None
    where it cannot be told.
    """

    name: str
    exercise: str
    most: float
    graded: int
    right: int
    mean: float
    waiting: int
    slips: tuple[Slip, ...]
    others: tuple[Slip, ...]
    follows: int
    unwritten: tuple[str, ...]
    by_hand: int
    discrimination: Discrimination | None

    @property
    def discriminates_badly(self) -> bool:
        """Whether those who have it right are hardly better at the rest than those who have not."""
        return self.discrimination is not None and self.discrimination.r < WEAK


class Stuck(NamedTuple):
    """A student below half of the points that are given so far, and the first exercise with points
    missing that does not only follow from another; `begun` is False where nothing is written."""

    student: str
    score: float
    of: float
    first: str
    why: str
    begun: bool


def items(lines: Sequence[Line]) -> list[Item]:
    """Every graded cell of a lesson, in the order of the notebook.

    Parameters
    ----------
    lines
        The submissions of one lesson; those without a score are left out.
    """
    graded = [line for line in lines if line.score is not None]
    found: dict[tuple[str, str], list[tuple[str, Result]]] = {}
    longest = sorted(graded, key=lambda line: -len(line.results))
    for line in longest:  # the fullest notebook says the order
        for result in line.results:
            found.setdefault((result.notebook, result.name), []).append((line.student, result))
    rests = _rests(graded)
    return [_item(key, results, rests) for key, results in found.items()]


def _item(key: tuple[str, str], results: list[tuple[str, Result]], rests: dict) -> Item:
    notebook, name = key
    results = sorted(results)
    decided = [result.share for _, result in results if result.share is not None]
    exercise = next((result.exercise for _, result in results if result.exercise), "")
    slips, others, follows, unwritten = _sorted_out(exercise, results)
    return Item(
        f"{notebook} {name}".strip(),
        exercise,
        results[0][1].most,
        len(decided),
        sum(share >= 1.0 for share in decided),
        sum(decided) / len(decided) if decided else 0.0,
        len(results) - len(decided),
        slips,
        others,
        follows,
        unwritten,
        sum(result.by_hand for _, result in results),
        _discrimination(
            [
                (result.share, rest)
                for student, result in results
                if result.share is not None and (rest := rests[student].without(result)) is not None
            ]
        ),
    )


def known(exercise: str) -> Exercise | None:
    """An exercise of the course; None for one that it has no more."""
    try:
        return find_exercise(exercise) if exercise else None
    except NoSuchExercise:
        return None


def _sorted_out(exercise: str, results: Iterable[tuple[str, Result]]) -> tuple:
    """What went wrong: misconceptions, other findings, how many only follow, who wrote nothing."""
    asked = known(exercise)
    explained = {slip.name: slip.explanation for slip in asked.misconceptions} if asked else {}
    who: dict[str, list[str]] = defaultdict(list)
    example: dict[str, str] = {}
    follows, unwritten = 0, []
    for student, result in results:
        if result.share is None or result.share >= 1.0 or not result.why:
            continue
        if _nothing_done(result):
            unwritten.append(student)
        elif result.why.startswith(FOLLOWS):
            follows += 1
        else:
            name = result.why
            # the inputs of each submission are its own: the same finding has other numbers in it
            kind = name if name in explained else NUMBERS.sub("#", name)
            who[kind].append(student)
            example.setdefault(kind, name)
    rows = sorted(
        (
            Slip(example[kind], explained.get(kind, ""), tuple(students))
            for kind, students in who.items()
        ),
        key=lambda slip: (-len(slip.students), slip.name),
    )
    return (
        tuple(slip for slip in rows if slip.explanation),
        tuple(slip for slip in rows if not slip.explanation),
        follows,
        tuple(unwritten),
    )


class _Rest(NamedTuple):
    """What a student has in all: points reached and points decided."""

    got: float
    of: float

    def without(self, result: Result) -> float | None:
        """The share of the points of everything else; None where there is nothing else."""
        of = self.of - result.most
        return (self.got - (result.share or 0.0) * result.most) / of if of > 0 else None


def _rests(lines: Iterable[Line]) -> dict[str, _Rest]:
    decided = {
        line.student: [result for result in line.results if result.share is not None]
        for line in lines
    }
    return {
        student: _Rest(
            sum(result.share * result.most for result in results),
            sum(result.most for result in results),
        )
        for student, results in decided.items()
    }


def _discrimination(pairs: list[tuple[float, float]]) -> Discrimination | None:
    """The item–rest correlation, with its interval by Fisher's z; None for fewer than `ENOUGH`
    submissions, or where all have the same."""
    n = len(pairs)
    if n < ENOUGH:
        return None
    mean_x, mean_y = (sum(values) / n for values in zip(*pairs, strict=True))
    xx = sum((x - mean_x) ** 2 for x, _ in pairs)
    yy = sum((y - mean_y) ** 2 for _, y in pairs)
    if min(xx, yy) < 1e-12 * n:
        return None
    r = sum((x - mean_x) * (y - mean_y) for x, y in pairs) / math.sqrt(xx * yy)
    z, half = math.atanh(max(-0.999999, min(0.999999, r))), 1.96 / math.sqrt(n - 3)
    return Discrimination(r, n, math.tanh(z - half), math.tanh(z + half))


def distribution(lines: Iterable[Line]) -> list[tuple[float, float, int]]:
    """How many submissions have how many points: (from, to, count) for each tenth of the points; a
    tenth holds its lower end, the last one both."""
    graded = [line for line in lines if line.score is not None]
    most = graded[0].most if graded else 0.0
    if most <= 0:
        return []
    counts = Counter(max(0, min(BINS - 1, int(line.score / most * BINS))) for line in graded)
    return [(most * k / BINS, most * (k + 1) / BINS, counts[k]) for k in range(BINS)]


def stuck(lines: Iterable[Line]) -> list[Stuck]:
    """Who is below half of the points that are given so far, the lowest first."""
    found = []
    for line in lines:
        if not is_stuck(line):
            continue
        missing = [
            result
            for result in line.results
            if result.share is not None and result.share < 1.0 and result.exercise
        ]
        own = [result for result in missing if not result.why.startswith(FOLLOWS)]
        first = (own or missing or [None])[0]
        checks = [result for result in line.results if result.exercise]
        begun = not checks or not all(_nothing_done(result) for result in checks)
        of = sum(result.most for result in line.results if result.share is not None) or line.most
        found.append(
            Stuck(
                line.student,
                line.score + line.penalty,
                of,
                first.name if first else "",
                first.why if first else "",
                begun,
            )
        )
    return sorted(found, key=lambda one: (one.score / one.of if one.of else 0.0, one.student))


def _nothing_done(result: Result) -> bool:
    """Whether an exercise is as it was given out; a bug that is planted there is nobody's slip."""
    return not result.share and (result.why.startswith(NOT_WRITTEN) or not result.touched)
