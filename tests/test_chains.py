"""Quantities that are computed one from another: the first wrong one is named, and one slip costs
one slip's points."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from autograder import assess
from autograder.evidence.probe import probe
from autograder.exercises import all_exercises, find_exercise
from autograder.exercises import two_two_one as lesson
from autograder.judging.chains import Own, given
from autograder.judging.compare import find
from autograder.judging.judge import draw_cases, judge
from autograder.judging.relations import symbol
from autograder.judging.table import places

CHAINED = [e for e in all_exercises() if e.chain]
WHOLE = [e for e in CHAINED if not e.planted]
BREAKS = [(e, row) for e in WHOLE for row in list(e.chain)[:-1]]
BACKWARD = "two_two_one.backward"


@cache
def exact_of(name):
    exercise = find_exercise(name)
    return probe(name, exercise.solution, draw_cases(exercise, 8), exercise.limit, repeat=False)


def filled_in(exercise, value):
    """Evidence in which every quantity is `value(place, exact, values so far)`, in the order of the
    computation."""
    exact, made = exact_of(exercise.name), {}
    order = list(exercise.chain)
    rank = {row: k for k, row in enumerate(order)}
    for place in sorted(
        places(exercise, exact), key=lambda p: (p.case, rank.get(p.row, len(rank)), p.call)
    ):
        right = find(exact.observations[place.case][place.call].returned, place.path)
        made[place] = value(place, right, made)
    observations = [[r.returned for r in records] for records in exact.observations]
    for place, new in made.items():
        observations[place.case][place.call] = put(
            observations[place.case][place.call], place.path, new
        )
    records = tuple(tuple(replace(r, returned=new) for r, new in zip(before, after, strict=True))
                    for before, after in zip(exact.observations, observations, strict=True))  # fmt: skip
    return replace(exact, observations=records, again_case=None)


def put(result, path, new):
    if not path:
        return new
    if isinstance(result, dict):
        return {**result, path[0]: put(result[path[0]], path[1:], new)}
    return [put(part, path[1:], new) if k == path[0] else part for k, part in enumerate(result)]


def by_formula(exercise, place, right, made):
    """The value of a quantity's formula on the values made so far."""
    formula = exercise.chain.get(place.row)
    if formula is None:
        return right
    case = exact_of(exercise.name).cases[place.case]
    calls = [
        place.call,
        *(a.call for a in case.calls[place.call].arguments if hasattr(a, "call")),
        *reversed(range(place.call + 2)),
    ]
    values = {
        row: next(
            (
                made[p]
                for j in calls
                for p in made
                if (p.case, p.call, p.row) == (place.case, j, row)
            ),
            None,
        )
        for row in exercise.chain
    }
    values[place.row] = right
    array = lambda v: (
        [np.asarray(part, dtype=float) for part in v] if is_list(v) else np.asarray(v, dtype=float)
    )
    return formula(
        given(exercise, case, place.call),
        Own({row: array(v) for row, v in values.items() if v is not None}),
    )


def is_list(value):
    return isinstance(value, list) and any(np.ndim(part) for part in value)


def bent(value, pieces=1):
    """Another value of the same shape: the next winner of the `pieces` that there are, other
    numbers a tenth larger and moved."""
    if is_list(value):
        return [bent(part) for part in value]
    if isinstance(value, int):
        return (value + 1) % pieces
    array = np.asarray(value, dtype=float)
    return 1.1 * array + 0.05 * np.cos(np.arange(array.size)).reshape(array.shape)


def same(a, b):
    pairs = zip(a, b, strict=True) if is_list(b) else [(a, b)]
    return all(np.allclose(x, y, rtol=1e-9, atol=1e-12) for x, y in pairs)


@pytest.mark.parametrize("exercise", CHAINED, ids=lambda e: e.name)
def test_the_formulas_of_a_chain_give_the_solution(exercise):
    def formula(place, right, made):
        assert same(by_formula(exercise, place, right, made), right), place
        return right

    assert judge(exercise, filled_in(exercise, formula)).passed


@pytest.mark.parametrize(
    ("exercise", "broken"), BREAKS, ids=[f"{e.name}-{row}" for e, row in BREAKS]
)
def test_one_slip_costs_one_quantity_and_the_later_ones_follow(exercise, broken):
    later = set()

    def value(place, right, made):
        if place.row == broken:
            at = given(exercise, exact_of(exercise.name).cases[place.case], place.call)
            return bent(right, len(at.b) if hasattr(at, "b") else 1)
        new = by_formula(exercise, place, right, made)
        if not same(new, right):
            later.add(place.row)
        return new

    evidence = filled_in(exercise, value)
    found = judge(exercise, evidence)
    assert [row.name for row in found.rows if not row.ok] == [broken]
    assert {row.name for row in found.rows if row.given} == later
    assert all(row.mark.startswith("right, given your ") for row in found.rows if row.given)
    numbers = [row for row in found.rows if not row.general]
    assert found.score == pytest.approx(1 - 1 / len(numbers))
    said = " ".join(
        text for label, text in found.paragraphs() if label.startswith(("What", "In numbers"))
    )
    assert broken in said or symbol(exercise, broken) in said


@pytest.mark.parametrize("exercise", CHAINED, ids=lambda e: e.name)
@pytest.mark.parametrize("number", [0.0, 1.0, 1e9, -1e9, 1e-12, np.nan, np.inf], ids=str)
def test_the_same_number_everywhere_lets_nothing_follow(exercise, number):
    constant = lambda v: (
        [constant(part) for part in v] if is_list(v) else np.full(np.shape(v), number)
    )
    found = judge(exercise, filled_in(exercise, lambda place, right, made: constant(right)))
    assert not [row.name for row in found.rows if row.given]
    assert found.score <= 0.25


@pytest.mark.parametrize("exercise", CHAINED, ids=lambda e: e.name)
def test_copying_an_input_lets_nothing_follow(exercise):
    def copy(place, right, made):
        arguments = vars(
            given(exercise, exact_of(exercise.name).cases[place.case], place.call)
        ).values()
        source = next(
            np.ravel(np.asarray(a, dtype=float))
            for a in arguments
            if isinstance(a, (np.ndarray, float))
        )
        return (
            [np.resize(source, np.shape(part)) for part in right]
            if is_list(right)
            else np.resize(source, np.shape(right))
        )

    found = judge(exercise, filled_in(exercise, copy))
    assert not [row.name for row in found.rows if row.given]
    assert found.score <= 0.2


# ---- the worked example: the backward pass of a 2-2-1 network


def backward_with(**slips):
    """The right pass, each step from the values before it, some of them changed."""

    def backward(x, d, W1, W2):
        f, g = lesson.forward(x, W1, W2), {}
        steps = {
            "y2": lambda: f["y2"] - d,
            "z2": lambda: f["y2"] * (1 - f["y2"]) * g["y2"],
            "W2": lambda: np.outer(f["y1"], g["z2"]),
            "y1": lambda: W2 @ g["z2"],
            "z1": lambda: (1 - f["y1"] ** 2) * g["y1"],
            "W1": lambda: np.outer(x, g["z1"]),
        }
        for name, step in steps.items():
            g[name] = slips.get(name, lambda v: v)(step())
        return g

    return backward


def verdict(function, name=BACKWARD):
    return assess(name, function, seed=7)


def test_a_wrong_dz2_costs_only_its_own_share():
    found = verdict(backward_with(z2=lambda v: 1.3 * v + 0.01))
    assert [row.name for row in found.rows if not row.ok] == ["z2"]
    assert found.score == pytest.approx(5 / 6)
    assert not found.passed
    assert {row.name: row.mark for row in found.rows if row.given} == {
        "W2": "right, given your ∂Div/∂z⁽²⁾",
        "y1": "right, given your ∂Div/∂z⁽²⁾",
        "z1": "right, given your ∂Div/∂y⁽¹⁾",
        "W1": "right, given your ∂Div/∂z⁽¹⁾",
    }
    assert (
        "∂Div/∂z⁽²⁾ is the first wrong quantity; ∂Div/∂W⁽²⁾, ∂Div/∂y⁽¹⁾, ∂Div/∂z⁽¹⁾ and ∂Div/∂W⁽¹⁾"
        " follow rightly" in found.finding
    )
    assert "right, given your ∂Div/∂z⁽²⁾" in str(found)
    assert "right</b>, given your" in found._repr_html_()


def test_two_slips_cost_two():
    found = verdict(backward_with(y2=lambda v: -v, z1=lambda v: 1.3 * v + 0.01))
    assert [row.name for row in found.rows if not row.ok] == ["y2", "z1"]
    assert found.score == pytest.approx(4 / 6)
    assert found.diagnosis.name == "sign of the gradient lost"
    assert "This does not explain ∂Div/∂z⁽¹⁾, which is wrong as well." in found.finding


def test_a_later_value_must_follow_in_every_case():
    found = verdict(
        lambda x, d, W1, W2: {
            **backward_with(z2=lambda v: 2 * v)(x, d, W1, W2),
            "y1": 2 * lesson.backward(x, d, W1, W2)["y1"] + (len(x) == 4),
        }
    )
    assert "y1" in [row.name for row in found.rows if not row.ok]


@pytest.mark.parametrize(
    "odd",
    [
        lambda v: np.zeros(7),
        lambda v: None,
        lambda v: "many",
        lambda v: v * np.nan,
        lambda v: [[1.0], [2.0, 3.0]],
    ],
)
def test_from_an_earlier_value_that_is_no_number_nothing_follows(odd):
    found = verdict(
        lambda *a: {**backward_with(y2=lambda v: 2 * v)(*a), "z2": odd(lesson.backward(*a)["z2"])}
    )
    # from y1, which is a number
    assert [row.name for row in found.rows if row.given] == ["z1", "W1"]
    assert [row.name for row in found.rows if not row.ok and not row.general] == [
        "y2",
        "z2",
        "W2",
        "y1",
    ]


def test_what_follows_from_something_right_is_not_marked():
    assert not [row for row in verdict(lesson.backward).rows if row.given]
    found = verdict(backward_with(W1=lambda v: -v))
    assert not [row for row in found.rows if row.given]
    assert [row.name for row in found.rows if not row.ok] == ["W1"]


def test_single_precision_values_follow_as_well():
    single = lambda *a: {
        k: v.astype(np.float32) for k, v in backward_with(z2=lambda v: 1.3 * v)(*a).items()
    }
    assert verdict(single).score == pytest.approx(5 / 6)


def test_the_order_of_the_table_is_that_of_the_computation():
    found = assess("mazur.gradients", find_exercise("mazur.gradients").solution[0], seed=1)
    assert [row.name for row in found.rows if not row.general] == ["b2", "W2", "b1", "W1"]


def test_entries_that_are_computed_backwards_are_reported_from_the_end():
    right = find_exercise("activations.chain_gradients").solution[0]
    found = assess("activations.chain_gradients", lambda *a: right(*a) * 3.7, seed=1)
    row = found.rows[0]
    assert row.comment == "first wrong entry on the way back: [2]"
    layers = find_exercise("mnist.backprop").solution[0]
    found = assess(
        "mnist.backprop", lambda *a: tuple([3.7 * g for g in part] for part in layers(*a)), seed=1
    )
    assert "number 2 of 2 is the first wrong one on the way back" in found.rows[0].comment
