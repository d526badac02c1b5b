"""Read one verdict and compute every claim of it again."""

from __future__ import annotations

import warnings

import numpy as np

from autograder.evidence.probe import Evidence
from autograder.exercises.exercise import Exercise
from recheck.below import check_words
from recheck.facts import ROUND, Facts
from recheck.report import Report
from recheck.table import check_table


def recheck(
    exercise: Exercise, evidence: Evidence, verdict, exact: Evidence | None = None, answer: str = ""
) -> Report:
    """What of a verdict is so.

    Parameters
    ----------
    exercise
        What was asked.
    evidence
        What came back.
    verdict
        What was said of it.
    exact
        What the exact functions return on the same cases; they are called where it is left out.
    answer
        What the report calls the answer.

    Returns
    -------
    Report
    """
    report = Report(verdicts=1, answer=f"{exercise.name}: {answer}")
    if (
        evidence.problem
        or not verdict.written
        or verdict.finding.endswith((" calls it.", " calls them."))
        and not verdict.rows
    ):
        _check_unwritten(exercise, evidence, verdict, report)
        return report
    with warnings.catch_warnings(), np.errstate(**ROUND):
        warnings.simplefilter("ignore")
        arrays_only = any(row.name == "single numbers" for row in verdict.rows)
        facts = Facts(exercise, evidence, exact, arrays_only)
        if exercise.properties is None:
            check_table(facts, verdict, report)
            check_words(facts, verdict, report)
        else:
            from recheck.whole import check_whole

            check_whole(facts, verdict, report)
    return report


def _check_unwritten(exercise: Exercise, evidence: Evidence, verdict, report: Report) -> None:
    records = [r for records in evidence.observations for r in records if r.function is not None]
    raised = [r.error.kind for r in records if r.error]
    if evidence.problem:
        report.claim("nothing could be called", verdict.finding == evidence.problem)
    elif not verdict.written:
        report.claim(
            "not written yet", "NotImplementedError" in raised and len(raised) == len(records)
        )
    else:
        lines = " ".join(r.error.where for r in records if r.error)
        names = verdict.finding.split("`")[1:2]
        report.claim(
            "an earlier function is not written", all(f"of {name}" in lines for name in names)
        )
