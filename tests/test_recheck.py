"""What verdicts say is computed again by code of its own.

Of a sample of verdicts everything holds; what is false is found.

The whole bank is read by ``python tests/recheck/run.py --all``.
"""

from __future__ import annotations

import ast
import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from recheck.answers import SLOW, asked, changed, hostile, misconceptions, mutants, read, slips
from recheck.planted import ANSWERS, PLANTED
from recheck.reading import recheck
from recheck.report import Report

from autograder.evidence.probe import probe
from autograder.exercises import all_exercises
from autograder.judging.judge import judge

ROOM = Path(__file__).with_name("recheck")
JUDGES = {
    "judge",
    "table",
    "compare",
    "claims",
    "findings",
    "relations",
    "diagnosis",
    "chains",
    "scoring",
    "rows",
    "saying",
    "verdict",
    "partly",
    "properties",
    "plainwords",
    "apart",
    "check",
    "elementwise",
    "judging",
}
EVERY = {
    misconceptions: 9,
    changed: 23,
    hostile: 17,
    mutants: 71,
}  # one answer of so many is read here
LESSONS = sorted({exercise.lesson for exercise in all_exercises()})

pytestmark = pytest.mark.filterwarnings("ignore")  # wrong answers divide by zero and worse


def chosen(answers, every):
    """One of so many answers, always the same ones."""
    return [a for a in answers if zlib.crc32(f"{a.exercise} {a.name}".encode()) % every == 0]


def sample(name):
    """Some answers of a lesson, of every kind."""
    exercises = [e for e in all_exercises() if e.lesson == name and e.name not in SLOW]
    return [a for e in exercises for kind, every in EVERY.items() for a in chosen(kind(e), every)]


def said(found: Report) -> list[str]:
    return [f"{answer} | {kind}: {text}" for kind, text, answer in found.false]


@pytest.mark.parametrize("name", LESSONS)
def test_every_claim_in_a_sample_of_verdicts_holds(name, record_property):
    found = Report()
    for answer in sample(name):
        found.add(read(answer))
    record_property("verdicts read", found.verdicts)
    assert found.verdicts > 20
    assert sum(found.held.values()) > 5 * found.verdicts
    assert said(found) == []


def test_every_claim_about_frequent_slips_holds():
    found = Report()
    for answer in chosen([a for a in slips() if a.exercise not in SLOW], 4):
        found.add(read(answer))
    assert found.held["diagnosis"] > 10
    assert said(found) == []


def test_the_rechecker_imports_nothing_that_judges():
    for path in ROOM.glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        names = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
        names |= {
            alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
        }
        judging = {
            name
            for name in names
            if name.startswith("autograder.") and set(name.split(".")[1:]) & JUDGES
        }
        assert judging == ({"autograder.judging.judge"} if path.name == "answers.py" else set()), (
            path.name
        )


# ---- it can fail: a false claim of each kind is planted in a verdict that is true


def right_or_not(name, *functions):
    """An exercise, what functions give, and the verdict."""
    exercise, cases, _ = asked(name)
    evidence = probe(name, functions, cases, exercise.limit, exercise.repeat)
    return exercise, evidence, judge(exercise, evidence)


@pytest.mark.parametrize("name", ANSWERS)
def test_the_answers_in_which_false_claims_are_planted_get_true_verdicts(name):
    wrong, function = ANSWERS[name]
    exercise, evidence, verdict = right_or_not(wrong, function)
    assert not verdict.passed
    assert said(recheck(exercise, evidence, verdict)) == []


@pytest.mark.parametrize("what", PLANTED)
def test_a_false_claim_is_found(what):
    answer, plant, kind = PLANTED[what]
    exercise, evidence, verdict = right_or_not(ANSWERS[answer][0], ANSWERS[answer][1])
    found = recheck(exercise, evidence, plant(verdict))
    assert found.false, str(plant(verdict))
    assert kind is None or kind in {false[0] for false in found.false}, said(found)


@pytest.mark.parametrize(
    "slip", ["stopped before the end", "stuck from a bad start", "saturated units"]
)
def test_a_false_number_of_a_run_that_failed_is_found(slip):
    (answer,) = (a for a in slips() if a.exercise == "mazur.xor" and a.name == f"slip: {slip}")
    exercise, evidence = asked("mazur.xor")[0], answer.evidence()
    verdict = judge(exercise, evidence)
    assert verdict.diagnosis.name == slip
    told = verdict.diagnosis.explanation
    assert said(recheck(exercise, evidence, verdict)) == []
    for number in re.finditer(r"\d\.\d{3,}|(?<=all )\d", told):
        other = told[: number.start()] + "7" + told[number.start() + 1 :]
        changed = replace(verdict, diagnosis=verdict.diagnosis._replace(explanation=other))
        assert said(recheck(exercise, evidence, changed)), other
