"""Whether the misconception that the judge names is the one whose numbers a mutant returns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from trials import Bench, short

from autograder.evidence.probe import Evidence
from autograder.exercises.exercise import Misconception
from autograder.judging.compare import Problem, find
from autograder.judging.judge import judge
from autograder.judging.table import places


class Named(NamedTuple):
    """A diagnosis put to the test.

    `false` says why it does not hold: the first wrong quantity is another one than the
    misconception's, or the two have no wrong number in common at all. `beyond` is a later quantity
    in which they differ: a slip may do more than one thing.
    """

    misconception: str
    false: str = ""
    beyond: str = ""


def diagnosis(bench: Bench, evidence: Evidence) -> Named | None:
    """What the judge names, compared with what the misconception returns; None where it names
    nothing."""
    verdict = judge(bench.exercise, evidence)
    if verdict.diagnosis is None:
        return None
    said = verdict.diagnosis.name, verdict.diagnosis.explanation
    known = [m for m in bench.exercise.misconceptions if (m.name, m.explanation) == said]
    first = next((row.name for row in verdict.rows if not row.ok and not row.general), "")
    held = [_held_against(bench, m, evidence, first) for m in known]
    return min(
        held, key=lambda named: (bool(named.false), bool(named.beyond)), default=Named(said[0])
    )


def _held_against(bench: Bench, known: Misconception, evidence: Evidence, first: str) -> Named:
    functions = [
        wrong or right
        for wrong, right in zip(known.functions, bench.exercise.solution, strict=True)
    ]
    unlike, shared = {}, not first  # without a wrong quantity a property is at fault, not a number
    for row, common, text in _quantities(bench, bench.probe(functions, evidence.cases), evidence):
        shared |= common
        if text:
            unlike.setdefault(row, text)
    if first in unlike:
        return Named(known.name, false=unlike[first])
    if not shared:
        return Named(
            known.name,
            false="they only raise exceptions in the same cases; no wrong number is common to both",
        )
    return Named(known.name, beyond=next(iter(unlike.values()), ""))


def _quantities(bench: Bench, theirs: Evidence, mine: Evidence) -> Iterator[tuple[str, bool, str]]:
    """For every quantity: its row, whether both have the same wrong value, and in words where they
    differ."""
    exact = bench.probe(bench.exercise.solution, mine.cases)
    for place in places(bench.exercise, exact):
        one, other, right = (
            evidence.observations[place.case][place.call] for evidence in (theirs, mine, exact)
        )
        where = f"{place.row} in {mine.cases[place.case].label}"
        if one.error or other.error:
            same = one.error is not None and other.error is not None
            yield (
                place.row,
                False,
                (
                    ""
                    if same
                    else (
                        f"{where}: {one.error or 'a result'}, the mutant"
                        f" {other.error or 'a result'}"
                    )
                ),
            )
            continue
        call = mine.cases[place.case].calls[place.call]
        x, y = (
            find(_accepted(bench, call, record.returned, right.returned), place.path)
            for record in (one, other)
        )
        target = find(right.returned, place.path)
        same = _same_numbers(x, y) or _same_wrong_shape(x, y, target)
        yield (
            place.row,
            same and not _same_numbers(y, target),
            "" if same else f"{where}: {short(x)}, the mutant {short(y)}",
        )


def _accepted(bench: Bench, call, yours: Any, exact: Any) -> Any:
    """A result with the alternatives that the exercise accepts turned into the exact one."""
    try:
        return bench.exercise.accept(call, yours, exact) if bench.exercise.accept else yours
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return yours


def _same_numbers(x: Any, y: Any) -> bool:
    """Whether two wrong values are one and the same for a reader: to six digits; where both
    overflow, so far."""
    if isinstance(x, Problem) or isinstance(y, Problem):
        return isinstance(x, Problem) and isinstance(y, Problem)
    try:
        x, y = np.ravel(np.asarray(x, dtype=float)), np.ravel(np.asarray(y, dtype=float))
    except (TypeError, ValueError):
        return type(x) is type(y) and (
            not isinstance(x, list) or len(x) == len(y) and all(map(_same_numbers, x, y))
        )
    if x.shape != y.shape or np.isfinite(x).all() != np.isfinite(y).all():
        return False
    both = np.isfinite(x) & np.isfinite(y)
    return bool(np.all(np.abs(x[both] - y[both]) <= 1e-6 * np.max(np.abs(x[both]), initial=1.0)))


def _same_wrong_shape(x: Any, y: Any, target: Any) -> bool:
    """Whether both are arrays of one shape that cannot hold the exact answer: then the shape is
    what is named."""
    return (
        all(isinstance(v, np.ndarray) for v in (x, y))
        and x.shape == y.shape
        and x.size != np.size(target)
    )
