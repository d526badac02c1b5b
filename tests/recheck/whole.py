"""Exercises that are judged by what holds for the whole: what can be computed again of their verdicts."""

from __future__ import annotations

import inspect
import sys

import numpy as np

from recheck.facts import Facts
from recheck.problems import in_words
from recheck.report import Report


def check_whole(facts: Facts, verdict, report: Report) -> None:
    """Hold the rows' marks against the score, what was raised against the records; the rest is listed."""
    every = all(row.ok for row in verdict.rows)
    report.claim("all right", "" if verdict.passed == every else f"the score is {verdict.score}")
    world = " ".join(f"{row.name} {row.yours} {row.exact}" for row in verdict.rows)
    for row in verdict.rows:
        if row.comment:
            report.unknown(f"{row.name} | {row.comment}", f"{world} {_source(facts)}")
    raised = [in_words(facts, r) for records in facts.evidence.observations for r in records if r.error]
    if verdict.finding:
        holds = any(said and verdict.finding.startswith(said.rstrip(".?")) for said in raised)
        report.claim("what was raised, and where", "" if holds else f"{verdict.finding} But raised is {raised[:2]}")
    if verdict.diagnosis:
        report.unknown(f"diagnosis | {verdict.diagnosis.explanation}", f"{world} {_source(facts)}")


def _source(facts: Facts) -> str:
    """The text of the exercise's own module, whose sentences may hold numbers of their own."""
    given = [repr(a) for case in facts.cases for call in case.calls for a in call.arguments if np.size(a) < 20]
    return " ".join([inspect.getsource(sys.modules[facts.exercise.properties.__module__]), *given])
