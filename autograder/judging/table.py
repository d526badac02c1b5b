"""Every quantity of every call, looked up in the exact results and held against the student's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from autograder.evidence.inputs import KeyPath
from autograder.evidence.plain import arrays, no_numbers
from autograder.evidence.probe import Evidence, Record
from autograder.exercises.exercise import Close, Exercise
from autograder.judging.compare import (
    SINGLE_PRECISION,
    Compared,
    Pair,
    Problem,
    compare,
    find,
    numbers,
    slots,
)
from autograder.judging.findings import error_text
from autograder.judging.plainwords import in_words


class Place(NamedTuple):
    """A quantity of one call of one case."""

    row: str
    case: int
    call: int
    function: int | None
    path: KeyPath


Entry = tuple[Place, Compared]
Table = dict[str, list[Entry]]
#: Wrong rows that follow rightly from wrong earlier ones -> these.
Follow = Mapping[str, tuple[str, ...]]

COUNTED = Close(1e-7, 1e-7)  # of a large count, 1e-5 would be several


def _counted(exact: Any) -> bool:
    """Whether an exact value is a count or an index: an integer by its type."""
    return not isinstance(exact, list) and np.asarray(exact).dtype.kind in "iu"


def shown_case(table: Table) -> int:
    """The case that a verdict shows: that in which most quantities are wrong, the first of
    those. One in which no single value is exact is shown only where no other is wrong."""
    wrong = [{p.case for p, c in entries if not c.right} for entries in table.values()]
    cases = sorted(set[int]().union(*wrong))
    sure = {p.case for entries in table.values() for p, c in entries if not c.right and not c.open}
    return max(cases, key=lambda case: (case in sure, sum(case in row for row in wrong)), default=0)


def shown_first(table: Table, row: str) -> list[tuple[Place, Compared]]:
    """A row's comparisons, those that are wrong first, and of these the one of the shown case."""
    case = shown_case(table)
    return sorted(table[row], key=lambda entry: (entry[1].right, entry[0].case != case))


def only(evidence: Evidence, case: int) -> Evidence:
    """The evidence of a single case."""
    return replace(
        evidence,
        cases=(evidence.cases[case],),
        observations=(evidence.observations[case],),
        again_case=None,
        again=(),
    )


def places(exercise: Exercise, exact: Evidence) -> list[Place]:
    """Every quantity of every call, named from the exact results."""
    several = len(exercise.signatures) > 1
    found: list[Place] = []
    for i, records in enumerate(exact.observations):
        for j, record in enumerate(records):
            if record.error:
                raise RuntimeError(f"{exercise.name}: the solution raised {record.error}")
            named = exact.cases[i].calls[j].row
            if named:
                found += [
                    Place(slot.name, i, j, record.function, slot.path)
                    for slot in slots(record.returned, named)
                ]
            elif record.function is not None:
                name = exercise.signatures[record.function].name
                for slot in slots(record.returned, exercise.results[record.function]):
                    row = f"{name}: {slot.name}" if several and slot.name != name else slot.name
                    found.append(Place(row, i, j, record.function, slot.path))
    return found


def tabulate(
    exercise: Exercise, exact: Evidence, yours: Evidence, rules: Mapping[str, Close]
) -> Table:
    """Compare every quantity in every case; the quantities of a chain come in the order in which
    they are computed."""
    table: Table = {row: [] for row in exercise.chain}
    seen: dict[int, bool] = {}
    for place in places(exercise, exact):
        target = find(exact.observations[place.case][place.call].returned, place.path)
        record = _failed_before(yours.observations[place.case], place.call)
        mine = (
            Problem(error_text(record, exercise), True, in_words(record.error))
            if record.error
            else find(_accepted(exercise, exact, place, record), place.path)
        )
        rule = rules.get(place.row, COUNTED if _counted(target) else Close())
        if _single(record, seen):
            # part of it was computed in single precision
            rule = rule._replace(tolerance=max(rule.tolerance, rule.single))
        compared = compare(mine, target, rule, place.row in exercise.backwards)
        if compared.right and exercise.accept is not None:
            compared = _as_returned(compared, find(record.returned, place.path))
        if exercise.accepted is not None and place.function is not None:
            call = exact.cases[place.case].calls[place.call]
            compared = replace(compared, several=exercise.accepted(call, place.row))
        table.setdefault(place.row, []).append((place, compared))
    return {row: entries for row, entries in table.items() if entries}


def _as_returned(compared: Compared, own: Any) -> Compared:
    """A right comparison that shows what came back, where another answer is accepted for it."""
    if len(compared.pairs) != 1 or isinstance(own, Problem):
        return compared
    accepted, exact, _ = compared.pairs[0]
    read = numbers(own)
    if isinstance(read, Problem) or read[0].shape != accepted.shape:
        return compared
    mine = read[0].reshape(np.shape(compared.exact))
    return replace(compared, yours=mine, pairs=(Pair(read[0], exact, True),))


def _single(record: Record, seen: dict[int, bool]) -> bool:
    """Whether part of what came back was computed in single precision; `seen` keeps the answer."""
    if id(record) not in seen:
        found = arrays(record.returned)
        seen[id(record)] = any(a.dtype in SINGLE_PRECISION for a in found)
    return seen[id(record)]


def _failed_before(records: Sequence[Record], call: int) -> Record:
    """The record of a call; where it only reads what an earlier call of the case left behind, that
    call's if it failed."""
    if records[call].function is not None:
        return records[call]
    return next((r for r in records[:call] if r.error and r.function is not None), records[call])


def _accepted(exercise: Exercise, exact: Evidence, place: Place, record: Record) -> Any:
    """A student's result, with acceptable alternatives turned into the exact answer."""
    if exercise.accept is None or record.returned is None:
        return record.returned
    if any(isinstance(part, str) for part in no_numbers(record.returned)):
        return record.returned  # text is no number, whatever it says
    try:
        return exercise.accept(
            exact.cases[place.case].calls[place.call],
            record.returned,
            exact.observations[place.case][place.call].returned,
        )
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return record.returned  # no acceptable alternative: not even of its form
