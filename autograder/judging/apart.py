"""Judge a function apart from the earlier ones that it calls: with drawn values in their place.

`drawing` says what may stand in for what; `autograder.evidence.drawn` puts it there, beside student
code. Here the exact solution, built on the same stand-ins, says what should have come back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Set
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograder.evidence.drawn import Drawing, StandIn
from autograder.evidence.inputs import Function
from autograder.evidence.probe import Evidence
from autograder.exercises import lesson_exercises
from autograder.exercises.exercise import Exercise
from autograder.judging.chains import followers
from autograder.judging.properties import properties_of
from autograder.judging.scoring import giveaways, one_number, share
from autograder.judging.table import Table, tabulate

if TYPE_CHECKING:
    from autograder.judging.trial import Trial


class Apart(NamedTuple):
    """A function judged with drawn values: in place of which functions, what is exact, what came
    back, and the score.

    `exercise` is what was asked, without what does not hold for drawn values; `follow` as
    `autograder.judging.chains` gives it.
    """

    exercise: Exercise
    names: tuple[str, ...]
    exact: Evidence
    evidence: Evidence
    table: Table
    properties: dict[str, str]
    follow: dict[str, tuple[str, ...]]
    score: float


class Own:
    """A lesson's functions, one built on another: those that stand in, and the exact ones, built on
    them, for the rest."""

    def __init__(self, lesson: str, stand_ins: dict[str, Callable[..., Any]] | None = None):
        self._lesson, self._stand_ins = lesson, stand_ins or {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in self._stand_ins:
            return self._stand_ins[name]
        for exercise in lesson_exercises(self._lesson):
            for signature, solution in zip(exercise.signatures, exercise.solution, strict=True):
                if signature.name == name:
                    ways = exercise.ways.get(name)
                    return partial(ways[0], self) if ways else solution
        raise AttributeError(name)


def before(exercise: Exercise) -> Iterator[Exercise]:
    """The exercises of the same lesson that come earlier and ask for other functions."""
    mine = {signature.name for signature in exercise.signatures}
    for other in lesson_exercises(exercise.lesson):
        if other.name == exercise.name:
            return
        if not mine & {signature.name for signature in other.signatures}:
            yield other


def drawing(exercise: Exercise, seed: int) -> Drawing | None:
    """What may stand in for the earlier functions that an exercise's functions call.

    Parameters
    ----------
    exercise
        What is asked.
    seed
        That of the exercise's inputs. It cannot be told from the drawing's own.

    Returns
    -------
    Drawing or None
        None where nothing is built on anything earlier.
    """
    looks = {}
    for other in before(exercise) if exercise.ways else ():
        for signature in other.signatures:
            if signature.name in other.looks:
                parameters = signature.text.partition("(")[2].partition(")")[0]
                looks[signature.name] = Function(parameters, other.looks[signature.name])
    if not looks:
        return None
    own = int.from_bytes(
        hashlib.blake2b(f"{seed} {exercise.name}".encode(), digest_size=6).digest()
    )
    cases = tuple(exercise.draw_apart(np.random.default_rng(own))) if exercise.draw_apart else None
    return Drawing(own, looks, cases)


def judge_apart(
    exercise: Exercise,
    evidence: Evidence,
    drawn: Drawing,
    worth: Callable[[float], float],
    trial: Trial,
) -> Apart | None:
    """Judge what came back with drawn values, by that way of building the solution which fits best.

    Parameters
    ----------
    exercise
        What is asked.
    evidence
        Its `drawn` is looked at.
    drawn
        What stood in. It is the grader's own: of the evidence only the names are taken.
    worth
        What a share of right rows is worth.
    trial
        Of the same cases; it keeps what is exact on its own drawing.

    Returns
    -------
    Apart or None
        None where nothing can be said: no stand-in was called, or with these the solution gives
        nothing to compare.
    """
    told = evidence.drawn
    if told is None or told.problem:
        return None
    names = tuple(name for name in told.uses if name in drawn.looks)
    if not names:
        return None
    cases = evidence.cases if drawn.cases is None else drawn.cases
    yours = Evidence(
        exercise.name, cases, told.observations, told.again_case, told.again, None, names
    )
    best, own = (
        None,
        Own(
            exercise.lesson, {name: StandIn(name, drawn.looks[name], drawn.seed) for name in names}
        ),
    )
    mine = _with_known(exercise, own)
    # what is exact on another drawing is not kept for this one
    mark = frozenset(names) if drawn is trial.drawing else object()
    for way, functions in enumerate(_built(exercise, own)):
        exact = trial.once((mark, way), partial(trial.answers, functions, cases))
        if any(record.error for records in exact.observations for record in records):
            continue
        table = tabulate(exercise, exact, yours, exercise.rules)
        if all(one_number(entries) for entries in table.values()):
            continue  # a number written down would do
        properties = properties_of(exercise, yours, table)
        right = {name: all(c.right for _, c in entries) for name, entries in table.items()}
        follow = followers(mine, cases, table)
        failed = sum(bool(text) for text in properties.values())
        total = len(right) + len(properties)
        score = worth(
            share(right, follow, giveaways(exercise, cases, table)) * (total - failed) / total
        )
        if best is None or score > best.score:
            best = Apart(mine, names, exact, yours, table, properties, follow, score)
        if score == 1.0:
            break
    return best


def _with_known(exercise: Exercise, own: Own) -> Exercise:
    """An exercise whose `known` quantities are those with drawn values; without them nothing
    follows from anything."""
    found = [exercise.known_apart.get(signature.name) for signature in exercise.signatures]
    known = tuple(one and partial(one, own) for one in found)
    return exercise.but(deck={}, known=known, chain=exercise.chain if any(known) else {})


def _built(exercise: Exercise, own: Own) -> Iterator[tuple[Callable[..., Any], ...]]:
    choices: list[list[Any]] = []
    for signature, solution in zip(exercise.signatures, exercise.solution, strict=True):
        ways = exercise.ways.get(signature.name, ())
        choices.append([partial(way, own) for way in ways] or [solution])
    yield from product(*choices)


def slips_of(exercise: Exercise, names: Set[str]) -> set[str]:
    """The names of the known slips of some earlier functions."""
    return {slip.name for other in before(exercise) for slip in other.misconceptions
            if names & {signature.name for signature in other.signatures}}  # fmt: skip
