"""Evidence -> Verdict: the one place where right and wrong are decided.

The judge calls the trusted solution on the inputs that the evidence names and compares quantity by
quantity. Where quantities are computed one from another, those after a wrong one are judged from
the student's own value (`autograder.judging.chains`). Where something is wrong it calls every known
misconception on the same inputs: the one that reproduces the student's numbers is the diagnosis
(`autograder.judging.diagnosis`). It never calls student code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from autograder.evidence.drawn import Drawing
from autograder.evidence.inputs import Case
from autograder.evidence.probe import Evidence, Record
from autograder.exercises.exercise import Exercise
from autograder.judging.apart import Apart, before, judge_apart, slips_of
from autograder.judging.chains import followers
from autograder.judging.diagnosis import diagnose
from autograder.judging.findings import error_text
from autograder.judging.partly import ROW, for_arrays
from autograder.judging.plainwords import in_words
from autograder.judging.properties import properties_of
from autograder.judging.relations import in_numbers
from autograder.judging.rows import rows_of, shown_label
from autograder.judging.saying import besides, finding_of, notes_on, nothing_counts
from autograder.judging.scoring import giveaways, share
from autograder.judging.table import Table, tabulate
from autograder.judging.trial import ORDINARY, Trial
from autograder.judging.unwritten import waits_for
from autograder.judging.verdict import Diagnosis, Row, Verdict, coded, listed


def draw_cases(exercise: Exercise, seed: int, full: bool = False) -> tuple[Case, ...]:
    """The deck's cases and fresh random ones, on which every misconception is off by more than 1e-2
    somewhere.

    `full` asks for the larger cases of an exercise that has them: those of a class's grading.

    Raises
    ------
    RuntimeError
        When no such inputs are found in `DRAWS` attempts: the exercise's data is at fault.
    """
    return Trial.drawn(exercise, seed, full).cases


@np.errstate(**ORDINARY)
def judge(
    exercise: Exercise,
    evidence: Evidence,
    earlier: Mapping[str, bool | None] | None = None,
    drawing: Drawing | None = None,
    trial: Trial | None = None,
) -> Verdict:
    """Decide on an exercise.

    Parameters
    ----------
    exercise
        What is asked.
    evidence
        What the student's functions did.
    earlier
        For functions of the same lesson that were judged before: name -> whether it was right, None
        where it is not written (`standing`).
    drawing
        What stood in for earlier functions where the evidence has a `drawn` part.
    trial
        What is known of the evidence's cases already; computed here when left out.

    Returns
    -------
    Verdict
        Its score is the share of quantities that are right in every case, or follow rightly from
        the student's own earlier ones, times the share of rows left when the failed properties
        (shape, inputs unchanged, …) are taken off. It is 0 where nothing is right but what needs no
        work (`autograder.judging.scoring`). Where an earlier function that this one calls is not
        right, the better of two counts: with that function, and with drawn values in its place.
    """
    earlier = earlier or {}
    trial = (trial or Trial(exercise, evidence.cases)).on(exercise, evidence.cases)
    stood = evidence.drawn.uses if evidence.drawn else ()
    used = dict.fromkeys((*evidence.uses, *stood))
    suspects = [name for name in used if earlier.get(name, True) is not True]
    others = slips_of(exercise, set(suspects))
    first = _blaming(_together(trial, evidence, others), suspects, earlier)
    if (
        first.passed
        or drawing is None
        or not (suspects or [name for name in stood if name not in earlier])
    ):
        return first
    worth = partial(_beyond_planted, trial=trial)
    apart = judge_apart(exercise, evidence, drawing, worth, trial)
    if (
        apart is None
        or apart.score <= first.score
        or exercise.properties is not None
        and apart.score < 1.0
    ):
        return first
    return _apart(exercise, apart, suspects, earlier)


NOT_WRITTEN = "Not written yet: the function still raises NotImplementedError."


def standings(exercise: Exercise, verdict: Verdict) -> dict[str, bool | None]:
    """How an exercise's functions stand where a later one calls them: right, not right, or not
    written (None).

    Where some rows are wrong, a function all of whose own rows are right is right.
    """
    names = _names(exercise)
    if verdict.passed or not verdict.written or len(names) == 1:
        return dict.fromkeys(names, verdict.passed if verdict.written else None)
    owned = {name: [row.ok for row in verdict.rows if _of(name, row)] for name in names}
    if all(all(rows) for rows in owned.values()):  # what is wrong holds for all of them together
        return dict.fromkeys(names, False)
    return {name: bool(rows) and all(rows) for name, rows in owned.items()}


def _of(function: str, row: Row) -> bool:
    """Whether a row is one of this function's results."""
    return not row.general and re.match(rf"{function}(?!\w)", row.name) is not None


def _together(trial: Trial, evidence: Evidence, others: Collection[str]) -> Verdict:
    """The verdict on functions with what they call; slips of the names `others` are those of
    earlier functions."""
    exercise = trial.exercise
    if evidence.problem:
        return _verdict(exercise, 0.0, (), finding=evidence.problem)
    records = [record for observation in evidence.observations for record in observation]
    tried = [
        r
        for r in records
        if r.function is not None and r.error and r.error.kind not in ("took too long", "no result")
    ]
    answered = any(r.function is not None and r.error is None for r in records)
    if (
        tried
        and not answered
        and all(r.error and r.error.kind == "NotImplementedError" for r in tried)
    ):
        said = _unwritten(exercise, evidence, tried)
        return replace(_verdict(exercise, 0.0, (), finding=said), written=said != NOT_WRITTEN)
    if exercise.properties is not None:
        return _by_properties(exercise, exercise.properties(evidence), records)
    part = for_arrays(exercise, evidence)
    exercise, evidence = part[:2] if part else (exercise, evidence)
    trial = trial.on(exercise, evidence.cases)
    exact = trial.exact
    table = tabulate(exercise, exact, evidence, exercise.rules)
    properties = properties_of(exercise, evidence, table) | ({ROW: part.failed} if part else {})
    right = {name: all(c.right for _, c in entries) for name, entries in table.items()}
    follow = followers(exercise, evidence.cases, table)
    failed = sum(bool(text) for text in properties.values())
    total = len(right) + len(properties)
    score = (
        share(right, follow, giveaways(exercise, evidence.cases, table)) * (total - failed) / total
    )
    score = _beyond_planted(score, trial)
    rows = rows_of(exercise, evidence, table, right, follow, properties)
    if score == 1.0:
        return _verdict(
            exercise,
            score,
            rows,
            case=shown_label(exercise, evidence, table),
            notes=notes_on(records),
        )
    first = next((name for name, ok in right.items() if not ok), None) or next(
        n for n, t in properties.items() if t
    )
    known, unexplained = diagnose(trial, evidence, table, follow, properties, first)
    if known and known.name not in others:
        explained = [row for row in [first, *table] if row in table and row not in unexplained]
        numbers = next(
            filter(None, (in_numbers(exercise, exact, table, row, mend=True) for row in explained)),
            "",
        )
        diagnosis = Diagnosis(known.name, known.explanation, numbers)
        finding = besides(exercise, unexplained)
    else:
        diagnosis, finding = None, finding_of(exercise, exact, evidence, table, follow, first)
    finding = f"{finding} {_story(exercise, evidence, table)}".strip()
    return _verdict(
        exercise,
        score,
        rows,
        diagnosis,
        finding,
        shown_label(exercise, evidence, table),
        notes_on(records) + nothing_counts(exercise, score, any(right.values())),
    )


def _story(exercise: Exercise, evidence: Evidence, table: Table) -> str:
    """What an exercise has to say of the first wrong case of which it has anything to say."""
    story = exercise.story
    if story is None:
        return ""
    cases = sorted({p.case for entries in table.values() for p, c in entries if not c.right})
    told = (story(evidence.cases[k], evidence.observations[k]) for k in cases)
    return next(filter(None, told), "")


def _unwritten(exercise: Exercise, evidence: Evidence, tried: Sequence[Record]) -> str:
    """Which function it is that raises NotImplementedError: this one, or an earlier one that it
    calls."""
    mine = _names(exercise)
    raised = {
        m[1] if (m := re.match(r"line \d+ of (\w+)", record.error.where)) else ""
        for record in tried
        if record.error
    }
    others = [s.name for other in before(exercise) for s in other.signatures if s.name in raised]
    others += [name for name in waits_for(evidence, tried, mine) if name not in others]
    if not others or len(others) < len(raised):
        return NOT_WRITTEN
    them, are = ("it", "is") if len(others) == 1 else ("them", "are")
    return f"{coded(others)} {are} not written yet, and {coded(mine)} calls {them}."


def _names(exercise: Exercise) -> list[str]:
    return [signature.name for signature in exercise.signatures]


def _blaming(
    found: Verdict, suspects: Sequence[str], earlier: Mapping[str, bool | None]
) -> Verdict:
    """A verdict with a word on the earlier functions that are not right."""
    wrong, missing = (
        [name for name in suspects if earlier.get(name) is kind] for kind in (False, None)
    )
    if found.passed or not suspects:
        return found
    said = [
        f"This function uses your {coded(wrong)}, which did not pass its own check. Mend that"
        " first."
    ] * bool(wrong)
    said += [
        f"This function uses your {coded(missing)}, which is not written yet. Write that first."
    ] * bool(missing)
    return replace(found, hint=" ".join(filter(None, (*said, found.hint))), blamed=tuple(suspects))


def _apart(
    exercise: Exercise, apart: Apart, suspects: Sequence[str], earlier: Mapping[str, bool | None]
) -> Verdict:
    """The verdict on functions with drawn values in place of what they call."""
    table, mine = apart.table, apart.exercise
    right = {name: all(c.right for _, c in entries) for name, entries in table.items()}
    rows = rows_of(mine, apart.evidence, table, right, apart.follow, apart.properties)
    case = (
        f"{shown_label(mine, apart.evidence, table)}, with drawn values in place of your"
        f" {coded(apart.names)}"
    )
    if apart.score < 1.0:
        first = next((name for name, ok in right.items() if not ok), "")
        said = (
            f"Judged with drawn values in place of your {coded(apart.names)}, by which more of it"
            " is right."
        )
        finding = finding_of(mine, apart.exact, apart.evidence, table, apart.follow, first)
        return _blaming(
            _verdict(exercise, apart.score, rows, None, finding, case, (said,)), suspects, earlier
        )
    wrong, missing = (
        [name for name in suspects if earlier.get(name) is kind] for kind in (False, None)
    )
    told = [f"the slip is in {coded(wrong)}"] * bool(wrong)
    told += [f"{coded(missing)} {'is' if len(missing) == 1 else 'are'} not written yet"] * bool(
        missing
    )
    names = _names(exercise)
    said = (
        f"With drawn values in place of your {coded(apart.names)}, {coded(names)}"
        f" {'is' if len(names) == 1 else 'are'} right"
    )
    return _verdict(
        exercise, 1.0, rows, case=case, notes=(f"{said}{': ' * bool(told)}{listed(told)}.",)
    )


def _beyond_planted(score: float, trial: Trial) -> float:
    """What a score is worth when the function as it was released already has some quantities
    right."""
    return max(0.0, (score - trial.given) / (1 - trial.given))


def _verdict(
    exercise: Exercise,
    score: float,
    rows: Sequence[Row],
    diagnosis: Diagnosis | None = None,
    finding: str = "",
    case: str = "",
    notes: Sequence[str] = (),
) -> Verdict:
    hint = exercise.hints[0] if score < 1.0 and exercise.hints else None
    return Verdict(
        exercise.name,
        score,
        tuple(rows),
        diagnosis,
        finding,
        hint,
        case,
        exercise.section,
        exercise.points,
        tuple(notes),
    )


def _failed(records: Sequence[Record], exercise: Exercise, known: Diagnosis | None) -> str:
    """What stopped the first call that failed, and what its message means; empty where none did,
    and where a diagnosis speaks of that message already."""
    failed = [(record, record.error) for record in records if record.error]
    if not failed:
        return ""
    first, error = next((each for each in failed if each[1].kind != "no result"), failed[0])
    if known and error.message and error.message in known.explanation:
        return ""
    said = error_text(first, exercise).rstrip(".")
    return f"{said}{'.' * (not said.endswith('?'))} {in_words(error)}".strip()


def _by_properties(
    exercise: Exercise, found: Sequence[tuple[Any, ...]], records: Sequence[Record]
) -> Verdict:
    first = next((entry for entry in found if not entry[1] and entry[4]), ())
    known = Diagnosis(first[5], first[4]) if len(first) > 5 and first[5] else None
    rows = [
        Row(
            name,
            bool(ok),
            yours=yours,
            exact=wanted,
            comment="" if ok or known and comment == known.explanation else comment,
            general=True,
            judged=bool(ok or yours or comment),
        )
        for name, ok, yours, wanted, comment, *_ in found
    ]  # right needs no word
    score = share({row.name: row.ok for row in rows}, (), exercise.giveaways)
    return _verdict(
        exercise,
        score,
        rows,
        known,
        _failed(records, exercise, known),
        notes=nothing_counts(exercise, score, any(row.ok for row in rows)),
    )
