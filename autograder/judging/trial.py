"""One draw of an exercise's inputs, with what follows from them alone, each thing computed once.

For one check the drawing of the inputs, the comparison, the properties, the chains, the diagnosis
and the stand-ins all need what the solution returns on the inputs, and most of them what a known
misconception returns. A `Trial` holds the inputs and these answers. It never holds anything of a
student's, so one trial may serve many submissions.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from autograder.evidence.deadline import trusted
from autograder.evidence.drawn import Drawing
from autograder.evidence.inputs import Case
from autograder.evidence.plain import arrays
from autograder.evidence.probe import Evidence, probe
from autograder.exercises.exercise import Close, Exercise, Misconception
from autograder.judging.apart import drawing
from autograder.judging.chains import followers
from autograder.judging.properties import properties_of
from autograder.judging.scoring import giveaways, share
from autograder.judging.table import Table, only, places, tabulate

DRAWS = 20
#: numpy as it is when it starts.
ORDINARY: dict[str, Any] = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
FAR = 1e-2
PATIENT = 30  # times its limit the solution has: on a busy machine it must not be what is late
MOST_KEPT = 64  # values of `Trial.once`: what is kept must not grow with what is handed in

T = TypeVar("T")


class Trial:
    """The inputs of one exercise, what is exact on them, and what the known misconceptions answer.

    Every member is computed when it is first read, and then kept. All arrays are read-only: whoever
    writes into one gets numpy's ``ValueError``, and nobody reads numbers that another has changed.
    There are no locks. Two threads may compute a member at the same time; both get equal numbers. A
    forked process has what its parent had computed.

    Parameters
    ----------
    exercise
        What is asked.
    cases
        The inputs.
    seed
        What they were drawn with; None where they came from elsewhere.

    Attributes
    ----------
    exercise, cases, seed
        As given; the cases as a tuple.
    """

    def __init__(self, exercise: Exercise, cases: Sequence[Case], seed: int | None = None):
        self.exercise, self.cases, self.seed = exercise, tuple(cases), seed
        self._kept: dict[Hashable, Any] = {}

    @classmethod
    @np.errstate(**ORDINARY)
    def drawn(cls, exercise: Exercise, seed: int, full: bool = False) -> Trial:
        """The deck's cases and random ones, on which every misconception shows.

        Some number of it is off by more than 1e-2, or by a thousand times the tolerance of a
        quantity that is asked more exactly; or a property of the function fails.

        Parameters
        ----------
        exercise
            What is asked.
        seed
            Of the random cases: the same seed draws the same ones.
        full
            Ask for the larger cases of an exercise that has them: those of a class's grading.

        Raises
        ------
        RuntimeError
            When no such inputs are found in `DRAWS` attempts: the exercise's data is at fault.
        """
        rng, hidden = np.random.default_rng(seed), []
        draw = exercise.draw_full if full and exercise.draw_full else exercise.draw
        for _ in range(DRAWS):
            trial = cls(exercise, (*exercise.deck_cases, *draw(rng)), seed)
            hidden = [one.misconception.name for one in trial.alternatives if not one.shows()]
            if not hidden:
                _read_only(trial.cases)
                return trial
        raise RuntimeError(f"{exercise.name}: no inputs found on which {', '.join(hidden)} shows")

    def on(self, exercise: Exercise, cases: tuple[Case, ...]) -> Trial:
        """This trial where it is of just these cases of this exercise, else a new one of them."""
        return self if exercise is self.exercise and cases is self.cases else Trial(exercise, cases)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, called the first time only.

        Beyond `MOST_KEPT` keys nothing more is kept, and `make` is called each time.
        """
        if key not in self._kept:
            made = make()
            if len(self._kept) >= MOST_KEPT:
                return made
            return self._kept.setdefault(key, made)
        return self._kept[key]

    def answers(self, functions: Sequence[Any], cases: tuple[Case, ...] | None = None) -> Evidence:
        """What trusted functions return on the cases, or on others; the arrays are read-only."""
        limit, cases = self.exercise.limit, self.cases if cases is None else cases
        if functions is self.exercise.solution:
            limit *= PATIENT
        with trusted():
            found = probe(self.exercise.name, functions, cases, limit, repeat=False, named=False)
        _read_only([record.returned for records in found.observations for record in records])
        return found

    @cached_property
    def exact(self) -> Evidence:
        """What the solution returns."""
        return self.answers(self.exercise.solution)

    @cached_property
    def drawing(self) -> Drawing | None:
        """What may stand in for earlier functions; None where nothing may, or no seed is known."""
        found = None if self.seed is None else drawing(self.exercise, self.seed)
        _read_only(found.cases if found and found.cases else ())
        return found

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        """One for each of the exercise's misconceptions, in their order."""
        return tuple(Alternative(self, m) for m in self.exercise.misconceptions)

    @cached_property
    def given(self) -> float:
        """The share of rows that are right as released; 0 where no functions are given."""
        exercise = self.exercise
        if not exercise.planted:
            return 0.0
        table = tabulate(exercise, self.exact, self.answers(exercise.planted), exercise.rules)
        right = {name: all(c.right for _, c in entries) for name, entries in table.items()}
        follow = followers(exercise, self.cases, table)
        return share(right, follow, giveaways(exercise, self.cases, table))


class Alternative:
    """What one misconception answers on the cases of a trial.

    Parameters
    ----------
    trial
        Whose cases.
    misconception
        One of its exercise's.
    """

    _last_shown: dict[tuple[str, str], int] = {}

    def __init__(self, trial: Trial, misconception: Misconception):
        self.trial, self.misconception = trial, misconception
        self.functions = filled(trial.exercise, misconception.functions)
        self._alone: dict[int, Evidence] = {}
        self._tables: dict[int, Table] = {}

    def alone(self, case: int) -> Evidence:
        """What it returns on a single case."""
        if case not in self._alone:
            known = "evidence" in vars(self)
            here = (self.trial.cases[case],)
            self._alone[case] = (
                only(self.evidence, case) if known else self.trial.answers(self.functions, here)
            )
        return self._alone[case]

    def table_alone(self, case: int) -> Table:
        """Its quantities of a single case beside the exact ones."""
        if case not in self._tables:
            exercise, here = self.trial.exercise, only(self.trial.exact, case)
            found = tabulate(exercise, here, self.alone(case), exercise.rules)
            self._tables[case] = _settled(found)
        return self._tables[case]

    def shows(self) -> bool:
        """Whether some case shows it: a number that is far off, or a property that fails.

        The case that showed it last time is tried first: most often no other is needed. The answer
        is the same in any order.
        """
        key = self.trial.exercise.name, self.misconception.name
        first = self._last_shown.get(key, 0)
        order = sorted(range(len(self.trial.cases)), key=lambda case: case != first)
        found = next((case for case in order if self._shows_in(case)), None)
        if found is not None:
            self._last_shown[key] = found
        return found is not None

    def _shows_in(self, case: int) -> bool:
        exercise, here, wrong = self.trial.exercise, only(self.trial.exact, case), self.alone(case)
        far = {row: min(FAR, FAR / Close().tolerance * rule.tolerance)
               for row, rule in exercise.rules.items()}  # fmt: skip
        rows = {place.row: far.get(place.row, FAR) for place in places(exercise, here)}
        rules = {row: Close(off, off) for row, off in rows.items()}
        table = tabulate(exercise, here, wrong, rules)
        if not all(c.right for entries in table.values() for _, c in entries):
            return True
        return any(properties_of(exercise, wrong, table).values())

    @cached_property
    def evidence(self) -> Evidence:
        """What it returns on all cases."""
        return self.trial.answers(self.functions)

    @cached_property
    def table(self) -> Table:
        """All its quantities beside the exact ones."""
        exercise = self.trial.exercise
        return _settled(tabulate(exercise, self.trial.exact, self.evidence, exercise.rules))

    @cached_property
    def properties(self) -> dict[str, str]:
        """What fails for the functions as a whole, as `properties_of` gives it."""
        return properties_of(self.trial.exercise, self.evidence, self.table)

    @cached_property
    def follow(self) -> dict[str, tuple[str, ...]]:
        """Which of its wrong quantities follow from earlier ones, as `followers` gives it."""
        return followers(self.trial.exercise, self.trial.cases, self.table)


def filled(
    exercise: Exercise, functions: Sequence[Callable[..., Any] | None]
) -> tuple[Callable[..., Any], ...]:
    """A misconception's functions, with the solution where it has none."""
    return tuple(mine or right for mine, right in zip(functions, exercise.solution, strict=True))


def _settled(table: Table) -> Table:
    """A table whose arrays nobody can change."""
    compared = [c for entries in table.values() for _, c in entries]
    _read_only([list(vars(c).values()) for c in compared])
    return table


def _read_only(value: Iterable[Any]) -> None:
    for array in arrays(value):
        array.flags.writeable = False
