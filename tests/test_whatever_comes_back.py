"""Whatever a function gives back, there is a verdict: `assess` raises nothing of ours."""

from __future__ import annotations

import decimal
import fractions
import types

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder import assess
from autograder.exercises import all_exercises, find_exercise
from autograder.judging.verdict import Verdict

QUICK = [e for e in all_exercises() if e.limit <= 2.0]
NAMES = [
    "w",
    "x",
    "b",
    "z",
    "y",
    "W",
    "W1",
    "W2",
    "b1",
    "z1",
    "y1",
    "z2",
    "y2",
    "h",
    "o",
    "H",
    "Z",
    "gamma",
    "beta",
]


def recursive():
    itself: list = [1.0]
    itself.append(itself)
    return itself


def state():
    own: dict = {"v": np.zeros(2)}
    own["own"] = own
    return own


class Rude:
    """An object that fails wherever it is touched."""

    def __array__(self, *arguments, **named):
        raise RuntimeError("no array")

    def __getitem__(self, key):
        raise RuntimeError("no item")

    def __iter__(self):
        raise RuntimeError("no items")

    def __len__(self):
        raise RuntimeError("no length")

    def __eq__(self, other):
        raise RuntimeError("not comparable")

    __hash__ = None


class RudeDict(dict):
    """A dictionary that does not give its entries."""

    def items(self):
        raise RuntimeError("no entries")

    def keys(self):
        raise RuntimeError("no keys")


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=5),
    st.binary(max_size=3),
    st.sampled_from(
        [
            0.357,
            "0.357",
            b"1",
            10**400,
            -(10**25),
            np.float32(0.5),
            np.longdouble(1.5),
            np.int8(3),
            np.nan,
            np.inf,
        ]
    ),
    st.sampled_from(
        [
            fractions.Fraction(1, 3),
            decimal.Decimal("0.1"),
            np.datetime64("2020-01-01"),
            ...,
            print,
            int,
            object(),
        ]
    ),
    st.builds(recursive),
    st.builds(state),
    st.builds(Rude),
    st.builds(lambda: RudeDict(a=1)),
    st.sampled_from(
        [
            np.zeros(0),
            np.zeros((0, 3)),
            np.zeros((2, 0, 2)),
            np.array(["a", "0.5"]),
            np.array([1j, 2]),
            np.array([1.0, "2", None], dtype=object),
            np.array([[1], [2, 3]], dtype=object),
            np.float64(2.0),
            np.ma.masked_array([1.0, 2.0], mask=[True, False]),
            np.ma.masked,
            np.zeros(3, dtype="i4,f8"),
            np.array([True, False]),
            np.zeros((1,) * 20),
            np.full((2, 2), np.nan),
        ]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.tuples(inner, inner, inner),
        st.dictionaries(
            st.one_of(st.sampled_from(NAMES), st.integers(), st.none()), inner, max_size=5
        ),
        st.dictionaries(st.sampled_from(NAMES), inner, min_size=8),
    ),
    max_leaves=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(QUICK), VALUES, st.booleans())
def test_whatever_comes_back_there_is_a_verdict(exercise, value, mixed):
    """All functions return the value; or the first alone, beside right ones."""
    functions = [lambda *arguments: value for _ in exercise.signatures]
    if mixed:
        functions[1:] = exercise.solution[1:]
    found = assess(exercise.name, *functions, seed=3)
    assert isinstance(found, Verdict)
    assert str(found)
    assert found._repr_html_()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["two_two_one.forward", "mazur.gradients", "practice.optimisers"]), VALUES)
def test_a_value_among_right_ones_costs_its_own_row(name, value):
    """One entry of a right result is replaced."""
    right = find_exercise(name).solution

    def around(function):
        def answer(*arguments):
            found = function(*arguments)
            return (
                {**found, list(found)[0]: value} if isinstance(found, dict) else (found[0], value)
            )

        return answer

    assert str(assess(name, *map(around, right), seed=3))


@pytest.mark.parametrize(
    "value",
    [
        "0.357",
        b"0.357",
        0.357 + 0j,
        np.array("0.357"),
        np.array(0.357 + 0j),
        ["0.357"],
        np.array("0.357", dtype=object),
        np.array(0.357 + 0j, dtype=object),
    ],
)
def test_text_and_complex_numbers_are_no_numbers(value):
    """The divergence is asked, and given as something else that numpy would read as the number."""
    right = find_exercise("two_two_one.divergence").solution[0]

    def as_told(y, d):
        exact = right(y, d)
        if isinstance(value, (str, bytes)):
            return type(value)(str(exact), "ascii") if isinstance(value, bytes) else str(exact)
        if isinstance(value, list):
            return [str(exact)]
        return (
            exact + 0j
            if isinstance(value, complex)
            else np.array(
                str(exact) if isinstance(value.item(), str) else exact + 0j,
                dtype=value.dtype.char if value.dtype == object else None,
            )
        )

    found = assess("two_two_one.divergence", as_told, seed=1)
    assert found.score == 0
    assert "numbers are wanted" in str(found)


def spelt(value, found):
    """The first number inside a result as text, everything else as it is; `found` notes it."""
    if isinstance(value, types.GeneratorType):
        value = list(value)
    if isinstance(value, dict):
        return {key: spelt(item, found) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([spelt(item, found) for item in value])
    numeric = isinstance(value, (int, float, np.number, np.ndarray)) and not isinstance(value, bool)
    if found or not numeric or np.size(value) == 0 or np.asarray(value).dtype.kind not in "if":
        return value
    found.append(value)
    if np.ndim(value) == 0:
        return str(value)
    entries = np.asarray(value).astype(object)
    entries[(0,) * entries.ndim] = str(entries[(0,) * entries.ndim])
    return entries.tolist()


@pytest.mark.parametrize("exercise", QUICK, ids=lambda exercise: exercise.name)
def test_one_number_written_as_text_is_not_right(exercise):
    met = []
    for number, right in enumerate(exercise.solution):

        def as_text(*arguments, right=right):
            found = []
            answer = spelt(right(*arguments), found)
            met.extend(found)
            return answer

        answer = [*exercise.solution]
        answer[number], before = as_text, len(met)
        verdict = assess(exercise.name, *answer, seed=5)
        assert not verdict.passed or len(met) == before, verdict
    assert met or exercise.name in NO_NUMBERS


NO_NUMBERS = {"chain_rule.backpropagate"}
"""Exercises whose functions return nothing: their work is looked at."""
