"""A slip anywhere in a solution is rejected, unless it changes nothing that the exercise asks for.

survivors.toml lists the slips that pass, each with the reason: the same numbers come out
(``equal``), the contract leaves the choice open (``allowed``), or the slip shows only on inputs of
another exercise, which rejects it (``elsewhere``).
"""

from __future__ import annotations

import ast
from functools import cache

import pytest
from mutants import build, mutants, reached, slips_of
from naming import diagnosis
from samples import NAMED, explained, listed, sample, unrun
from trials import Bench, Outcome

from autograder.exercises import all_exercises, find_exercise

EXERCISES = all_exercises()
GROUPS = listed()["group"]
every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)

pytestmark = pytest.mark.filterwarnings("ignore")  # slips divide by zero and worse


@cache
def bench(name: str) -> Bench:
    return Bench(find_exercise(name))


@cache
def outcomes(name: str) -> list[Outcome]:
    """The fate of every mutant of an exercise that is tried here."""
    return [bench(name).trial(mutant) for mutant in sample(find_exercise(name))]


@every_exercise
def test_every_slip_is_rejected_or_its_passing_is_explained(exercise, record_property):
    tried = outcomes(exercise.name)
    record_property("mutants tried", f"{len(tried)} of {len(mutants(exercise))}")
    print(
        f"{exercise.name}: {len(tried)} of {len(mutants(exercise))} mutants tried,"
        f" {sum(not o.accepted for o in tried)} rejected"
    )
    assert tried
    passed = {outcome.mutant.name for outcome in tried if outcome.accepted}
    expected = explained(exercise.name).keys() & {outcome.mutant.name for outcome in tried}
    assert sorted(passed - expected) == [], "these pass and nobody has said why"
    assert sorted(expected - passed) == [], "survivors.toml says that these pass; they are rejected"


@every_exercise
def test_a_slip_that_passes_gives_the_same_numbers_unless_the_contract_leaves_them_open(exercise):
    here, reasons = bench(exercise.name), explained(exercise.name)
    for outcome in outcomes(exercise.name):
        if outcome.accepted and outcome.mutant.name in reasons:
            found = here.difference(outcome.mutant)
            assert bool(found) == (reasons[outcome.mutant.name]["kind"] == "allowed"), (
                f"{outcome.mutant.name}: {found}"
            )


@every_exercise
def test_a_slip_that_is_given_a_name_has_the_numbers_of_that_misconception(exercise):
    rejected = [
        outcome
        for outcome in outcomes(exercise.name)
        if not outcome.accepted and outcome.evidence is not None
    ]
    named = {
        outcome.mutant.name: diagnosis(bench(exercise.name), outcome.evidence)
        for outcome in rejected[::NAMED]
    }
    assert {
        name: f"{found.misconception}: {found.false}"
        for name, found in named.items()
        if found and found.false
    } == {}


@pytest.mark.parametrize(
    "group", [g for g in GROUPS if g["kind"] == "elsewhere"], ids=lambda g: g["reason"][:50]
)
def test_what_shows_only_in_another_exercise_is_rejected_there(group):
    there = find_exercise(group["rejected_in"])
    known = {mutant.name: mutant for mutant in mutants(there)}
    for name in group["mutants"]:
        assert not bench(there.name).trial(known[name]).accepted, name


def test_survivors_are_listed_once_with_a_reason_and_exist():
    seen = set()
    for group in GROUPS:
        assert group["kind"] in ("equal", "allowed", "elsewhere")
        assert ("rejected_in" in group) == (group["kind"] == "elsewhere")
        assert len(group["reason"].split()) >= 5
        for name in group["exercises"]:
            missing = set(group["mutants"]) - {
                mutant.name for mutant in mutants(find_exercise(name))
            }
            assert missing == set(), f"{name} has no such mutants"
            assert not seen & {(name, mutant) for mutant in group["mutants"]}
            seen |= {(name, mutant) for mutant in group["mutants"]}
    for entry in listed()["unrun"]:
        assert unrun(entry["exercise"]) <= {
            mutant.name for mutant in mutants(find_exercise(entry["exercise"]))
        }
        assert entry["reason"]


@every_exercise
def test_a_mutant_is_the_solution_with_one_slip_in_it(exercise):
    found = mutants(exercise)
    assert len({mutant.name for mutant in found}) == len(found)
    assert len({(mutant.function, mutant.source) for mutant in found}) == len(found)
    assert {mutant.function for mutant in found} <= set(reached(exercise))
    last = next(mutant for mutant in reversed(found) if "def " not in mutant.name)
    changed = build(exercise, last)
    assert all(new.__code__.co_filename == "<mutant>" for new in changed)
    assert [new.__name__ for new in changed] == [old.__name__ for old in exercise.solution]


def slips(source: str) -> set[str]:
    """The changed bodies of a one-line function."""
    return {
        ast.unparse(ast.parse(changed).body[0].body[-1]).removeprefix("return ")
        for _, changed in slips_of(source)
    }


@pytest.mark.parametrize(("line", "wanted"), [
    ("x @ W + b", {"x @ W - b", "x * W + b", "W @ x + b", "x.T @ W + b", "x @ W.T + b", "x @ W", "b", "x + b", "W + b"}),
    ("-a * b.T", {"a * b.T", "-a / b.T", "-a", "b.T", "-a * b"}),
    ("2 * a[k]", {"3 * a[k]", "0 * a[k]", "-2 * a[k]", "4 * a[k]", "2 * a[k + 1]", "2 * a[k - 1]", "2 / a[k]"}),
    ("a[i, j] < 0", {"a[j, i] < 0", "a[i, j] <= 0", "a[i, j] > 0"}),
    ("a.sum(axis=1, keepdims=True)", {"a.sum(axis=0, keepdims=True)", "a.sum(axis=1)", "a.mean(axis=1, keepdims=True)", "a"}),
    ("np.sin(x) / np.tanh(x)", {"np.cos(x) / np.tanh(x)", "np.sin(x) / x", "np.sin(-x) / np.tanh(x)"}),
    ("a[::-1].copy()", {"a[::-1]", "a.copy()"}),
    ("[i for i in reversed(range(n))]", {"[i for i in range(n)]", "[i for i in reversed(range(n - 1))]", "[i for i in reversed(range(1, n))]"}),
    ("(a, {'u': b, 'v': c})", {"({'u': b, 'v': c}, a)", "(a, {'v': b, 'u': c})", "(-a, {'u': b, 'v': c})", "(a, {'u': -b, 'v': c})"}),
    ("a if c else b", {"a", "b"}),
    ("b ** t", {"b * t", "t ** b", "b"}),
])  # fmt: skip
def test_the_slips_of_a_line_are_those_that_a_hand_makes(line, wanted):
    assert wanted <= slips(f"def f(x):\n    return {line}")


def test_a_statement_or_one_of_several_values_may_be_left_out():
    changed = slips("def f(a, b):\n    a += b")
    assert {"pass", "a -= b", "a = b"} <= changed
    assert {"a, b = (a, b - 1)", "a, b = (b, b)", "pass"} <= slips(
        "def f(a, b):\n    a, b = b, b - 1"
    )
