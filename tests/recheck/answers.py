"""The answers whose verdicts are read: the judge is called here, and nowhere else in this
folder.
"""

from __future__ import annotations

import sys
import tomllib
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from autograder.evidence.probe import Evidence, probe
from autograder.exercises import all_exercises, find_exercise
from autograder.exercises.exercise import Exercise
from autograder.judging.judge import draw_cases, judge
from recheck.reading import recheck
from recheck.report import Report

TESTS = Path(__file__).parents[1]
SEED = 11
PATIENCE = {
    "mnist.reach_95": 30.0,
    "mazur.xor": 2.0,
}  # seconds; every other solution needs less than a tenth of one
SLOW = ("mazur.xor", "mnist.reach_95", "mnist.sgd")

#: Times its limit that a function of the course's own has: on a busy machine it must not be late.
PATIENT = 30


class Answer(NamedTuple):
    """An exercise, what the answer is called, and what makes its evidence."""

    exercise: str
    name: str
    evidence: Callable[[], Evidence | None]


@cache
def asked(name: str) -> tuple[Exercise, tuple, Evidence]:
    """An exercise with a short limit, its cases, and what is exact on them."""
    exercise = find_exercise(name)
    exercise = exercise.but(limit=PATIENCE.get(name, 1.0))
    cases = draw_cases(exercise, SEED)
    patience = PATIENT * exercise.limit
    return exercise, cases, probe(name, exercise.solution, cases, patience, repeat=False)


def read(answer: Answer) -> Report:
    """Judge an answer and read its verdict."""
    exercise, _, exact = asked(answer.exercise)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evidence = answer.evidence()
        if evidence is None:
            return Report()
        verdict = judge(exercise, evidence)
        return recheck(exercise, evidence, verdict, exact, answer.name)


def _called(name: str, functions: Callable[[], tuple]) -> Callable[[], Evidence | None]:
    def evidence() -> Evidence | None:
        exercise, cases, _ = asked(name)
        try:
            handed = functions()
        except Exception:  # a mutant whose definition fails is no answer
            return None
        return probe(name, handed, cases, exercise.limit, exercise.repeat)

    return evidence


def misconceptions(exercise: Exercise) -> Iterator[Answer]:
    """Every known mistake of an exercise."""
    for one in exercise.misconceptions:
        functions = tuple(a or b for a, b in zip(one.functions, exercise.solution, strict=True))
        yield Answer(
            exercise.name, one.name, _called(exercise.name, lambda functions=functions: functions)
        )


def slips() -> Iterator[Answer]:
    """The frequent slips of the bank, as students write them."""
    from lesson_functions import functions, namespace

    texts = [
        tomllib.loads(path.read_text(encoding="utf-8"))["slip"]
        for path in sorted((TESTS / "bank").glob("frequent_slips_*.toml"))
    ]
    bank = [
        (slip["exercise"], slip["name"], slip["code"])
        for text in texts
        for slip in text
        if "code" in slip
    ]
    try:
        from bank_late import BANK
        from test_frequent_slips_late import trained_digits, trained_xor

        given = {"trained_digits": trained_digits, "trained_xor": trained_xor}
    except ImportError:
        BANK, given = [], {}
    for name, called, code in [*bank, *(entry[:3] for entry in BANK)]:

        def handed(name=name, code=code):
            scope = namespace(name.partition(".")[0]) | given
            exec(code, scope)
            return functions(name, scope)

        yield Answer(name, f"slip: {called}", _called(name, handed))


def mutants(exercise: Exercise) -> Iterator[Answer]:
    """The solution with one slip in it."""
    sys.path.append(str(TESTS / "mutation")) if str(TESTS / "mutation") not in sys.path else None
    from mutants import build
    from samples import sample

    for mutant in sample(exercise, every=True):
        yield Answer(
            exercise.name, mutant.name, _called(exercise.name, lambda m=mutant: build(exercise, m))
        )


# ---------------------------------------- results changed at random


def _one_entry(rng, v):
    new = np.array(v, dtype=float)
    new[tuple(rng.integers(n) for n in v.shape)] += rng.uniform(0.2, 0.9)
    return new


def _shuffled(rng, v):
    return rng.permutation(np.ravel(v)).reshape(v.shape)


def _nan(rng, v):
    new = np.array(v, dtype=float)
    new[tuple(rng.integers(n) for n in v.shape)] = rng.choice([np.nan, np.inf, -np.inf])
    return new


CHANGES: dict[str, Callable] = {
    "times a number": lambda rng, v: v * rng.choice([-1.0, 0.5, 2.0, 3.7, -0.25]),
    "another factor a case": lambda rng, v: v * rng.choice([1.0, 1.0, 2.0, 3.0]),
    "a number added": lambda rng, v: v + rng.normal(),
    "transposed": lambda rng, v: v.T,
    "backwards": lambda rng, v: v[::-1] if v.ndim else -v,
    "permuted": _shuffled,
    "zero": lambda rng, v: 0 * v,
    "zero here and there": lambda rng, v: v * rng.integers(0, 2),
    "nan": _nan,
    "one entry": lambda rng, v: _one_entry(rng, v) if v.size else v,
    "summed": lambda rng, v: np.asarray(v.sum(axis=0)) if v.ndim else v + 1.0,
    "one axis more": lambda rng, v: v[None] * 1.5,
    "in one row": lambda rng, v: np.ravel(v),
    "mean for sum": lambda rng, v: v / max(1, v.shape[0] if v.ndim else 3),
    "one": lambda rng, v: np.ones_like(v),
    "squared": lambda rng, v: v * v,
    "one minus": lambda rng, v: 1 - v,
    "single precision": lambda rng, v: (v * 1.1).astype(np.float32),
    "text": lambda rng, v: str(v),
    "None": lambda rng, v: None,
    "complex": lambda rng, v: v + 1j,
    "nearly": lambda rng, v: v * (1 + 4e-5) + 2e-5,
}
KEYS: dict[str, Callable] = {
    "keys swapped": lambda rng, d: dict(zip(list(d)[::-1], d.values(), strict=True)),
    "a key missing": lambda rng, d: {key: d[key] for key in list(d)[1:]},
    "a list for a dictionary": lambda rng, d: list(d.values()),
}


def _leaves(value) -> int:
    items = (
        value.values()
        if isinstance(value, dict)
        else value
        if isinstance(value, (list, tuple))
        else None
    )
    return 1 if items is None else sum(map(_leaves, items))


def _put(value, change, which: int | None, count: list[int]):
    if isinstance(value, dict):
        return {key: _put(item, change, which, count) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([_put(item, change, which, count) for item in value])
    count[0] += 1
    if (
        which is not None
        and which != count[0] - 1
        or value is None
        or isinstance(value, (str, bool))
        or callable(value)
    ):
        return value
    return change(np.asarray(value, dtype=float))


def _spoilt(exercise: Exercise, kind: str, number: int) -> tuple:
    """The exact functions with results changed: all of them, or one quantity."""
    rng = np.random.default_rng((number, len(kind), *map(ord, kind[:6])))
    one = int(rng.integers(len(exercise.solution)))

    def wrapped(k, right):
        def function(*arguments):
            result = right(*arguments)
            if k != one:
                return result
            if kind in KEYS:
                inside = next(
                    (
                        p
                        for p in (result if isinstance(result, tuple) else [result])
                        if isinstance(p, dict)
                    ),
                    None,
                )
                if inside is None:
                    return result[::-1] if isinstance(result, (tuple, list)) else {"result": result}
                changed = KEYS[kind](rng, inside)
                return (
                    tuple(changed if p is inside else p for p in result)
                    if isinstance(result, tuple)
                    else changed
                )
            which = number % max(1, _leaves(result)) if number % 3 else None
            return _put(result, lambda v: CHANGES[kind](rng, v), which, [0])

        return function

    return tuple(wrapped(k, right) for k, right in enumerate(exercise.solution))


def changed(exercise: Exercise, rounds: int = 3) -> Iterator[Answer]:
    """Right results that were scaled, transposed, permuted, zeroed, cut, or made something else."""
    for kind in (*CHANGES, *KEYS):
        for number in range(rounds):
            make = lambda kind=kind, number=number: _spoilt(exercise, kind, number)
            yield Answer(exercise.name, f"changed: {kind}, {number}", _called(exercise.name, make))


# ---------------------------------------- answers that fight back


def _raises(error):
    def function(*arguments):
        raise error

    return function


class _Fights:
    def __array__(self, *args, **kwargs):
        raise SystemExit

    def keys(self):
        raise KeyboardInterrupt


def _itself():
    found = []
    found.append(found)
    return found


HOSTILE: dict[str, Callable[[Callable], Callable]] = {
    "nothing": lambda f: lambda *a: None,
    "zero": lambda f: lambda *a: 0.0,
    "its first argument": lambda f: lambda *a: a[0],
    "all arguments": lambda f: lambda *a: a,
    "text": lambda f: lambda *a: "0.357",
    "a list that holds itself": lambda f: lambda *a: _itself(),
    "fights": lambda f: lambda *a: _Fights(),
    "too much": lambda f: lambda *a: np.zeros(2_000_000),
    "ragged": lambda f: lambda *a: [[1.0], [1.0, 2.0]],
    "masked": lambda f: lambda *a: np.ma.array([1.0, 2.0], mask=[True, False]),
    "objects": lambda f: lambda *a: np.array([1.0, "a"], dtype=object),
    "empty": lambda f: lambda *a: [],
    "a dictionary": lambda f: lambda *a: {},
    "one too many": lambda f: lambda *a: (f(*a), 1.0),
    "in a list": lambda f: lambda *a: [f(*a)],
    "raises": lambda f: _raises(ValueError("unlucky. Very. unlucky")),
    "raises a multi-line": lambda f: _raises(RuntimeError("a\nb: yours 3, exact 4.")),
    "exits": lambda f: _raises(SystemExit(3)),
    "not written": lambda f: _raises(NotImplementedError()),
    "no arguments": lambda f: lambda: 0.0,
    "changes its inputs": lambda f: (
        lambda *a: _and(
            f(*a), [np.add(v, 1, out=v, casting="unsafe") for v in a if isinstance(v, np.ndarray)]
        )
    ),
    "hands on its input": lambda f: lambda *a: _and(f(*a), None),
    "other results the second time": lambda f: _unsteady(f),
    "fails for single numbers": lambda f: lambda *a: _indexed(f, a),
    "fails at times": lambda f: _sometimes(f),
}


def _and(result, _):
    return result


def _indexed(f, arguments):
    for value in arguments:
        if (
            isinstance(value, (float, np.floating))
            or isinstance(value, np.ndarray)
            and value.ndim == 0
        ):
            value[0]
    return f(*arguments)


def _unsteady(f):
    calls = []

    def function(*arguments):
        calls.append(1)
        return _put(f(*arguments), lambda v: v + 1e-3 * len(calls), None, [0])

    return function


def _sometimes(f):
    calls = []

    def function(*arguments):
        calls.append(1)
        if len(calls) % 3 == 2:
            raise ZeroDivisionError("division by zero")
        return f(*arguments)

    return function


def hostile(exercise: Exercise) -> Iterator[Answer]:
    """Answers that are no answers, or do harm."""
    for kind, make in HOSTILE.items():
        functions = lambda make=make: tuple(make(f) for f in exercise.solution)
        yield Answer(exercise.name, f"hostile: {kind}", _called(exercise.name, functions))


def everything(mutated: bool = True) -> Iterator[Answer]:
    """All answers, the slow exercises' random ones left out."""
    yield from slips()
    for exercise in all_exercises():
        yield from misconceptions(exercise)
        if exercise.name not in SLOW:
            yield from changed(exercise)
            yield from hostile(exercise)
        if mutated:
            yield from mutants(exercise)
