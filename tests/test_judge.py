"""What holds for every exercise of the course, whatever it asks."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import assess
from autograder.evidence.probe import run_case
from autograder.exercises import all_exercises
from autograder.judging.judge import draw_cases

EXERCISES = all_exercises()
COMPARED = [e for e in EXERCISES if e.properties is None]
MISCONCEPTIONS = [(e, m) for e in EXERCISES for m in e.misconceptions]

every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
every_compared_exercise = pytest.mark.parametrize("exercise", COMPARED, ids=lambda e: e.name)


def restyled(function, style):
    """The same function, answering in another style."""
    return lambda *arguments: style(function(*arguments))


def nested(leaf):
    """Apply a change of style to every number and array of a result, whatever it is wrapped in."""

    def style(result):
        if isinstance(result, dict):
            return {key: style(value) for key, value in result.items()}
        if isinstance(result, (list, tuple)):
            return type(result)(style(value) for value in result)
        return leaf(result) if isinstance(result, (int, float, np.ndarray, np.generic)) else result

    return style


def sequences_as(kind):
    def style(result):
        if isinstance(result, dict):
            return {key: style(value) for key, value in result.items()}
        return (
            kind(style(value) for value in result) if isinstance(result, (list, tuple)) else result
        )

    return style


def keys_reversed(result):
    if isinstance(result, dict):
        return {key: keys_reversed(result[key]) for key in reversed(result)}
    return type(result)(map(keys_reversed, result)) if isinstance(result, (list, tuple)) else result


def tuples(value):
    return tuple(map(tuples, value)) if isinstance(value, list) else value


STYLES = {
    "arrays as lists": nested(lambda v: np.asarray(v).tolist()),
    "arrays as tuples": nested(lambda v: tuples(np.asarray(v).tolist())),
    "numbers as 0-d arrays": nested(np.asarray),
    "single precision": nested(lambda v: np.asarray(v).astype(np.float32)),
    "results in a list": sequences_as(list),
    "results in a tuple": sequences_as(tuple),
    "keys in another order, and extra ones": lambda r: (
        {**keys_reversed(r), "own note": "extra"} if isinstance(r, dict) else keys_reversed(r)
    ),
}


@every_exercise
def test_the_solution_passes(exercise):
    for seed in range(3):
        verdict = assess(exercise.name, *exercise.solution, seed=seed)
        assert verdict.passed, str(verdict)
        assert all(row.ok for row in verdict.rows)


@every_exercise
def test_the_solution_agrees_with_an_independent_computation(exercise):
    """Finite differences wherever a gradient is asked, loops elsewhere."""
    verdict = assess(exercise.name, *exercise.oracle, seed=11)
    assert verdict.passed, str(verdict)
    assert not set(exercise.oracle) & set(exercise.solution)


@pytest.mark.parametrize(
    ("exercise", "misconception"),
    MISCONCEPTIONS,
    ids=[f"{e.name}-{m.name}" for e, m in MISCONCEPTIONS],
)
def test_every_misconception_fails_and_is_diagnosed_as_itself(exercise, misconception):
    functions = [
        wrong or right
        for wrong, right in zip(misconception.functions, exercise.solution, strict=True)
    ]
    for seed in (0, 1):
        verdict = assess(exercise.name, *functions, seed=seed)
        assert not verdict.passed
        assert verdict.score < 1
        assert verdict.diagnosis is not None, str(verdict)
        assert verdict.diagnosis.name == misconception.name
        assert verdict.diagnosis.explanation in str(verdict)


@every_compared_exercise
@pytest.mark.parametrize("style", STYLES)
def test_right_work_in_another_style_is_right(exercise, style):
    if style == "single precision" and any(
        rule.single == rule.tolerance for rule in exercise.rules.values()
    ):
        style = "arrays as lists"  # its contract asks for double precision
    verdict = assess(
        exercise.name, *(restyled(f, STYLES[style]) for f in exercise.solution), seed=3
    )
    assert verdict.passed, str(verdict)


@every_compared_exercise
def test_returning_the_decks_numbers_is_not_enough(exercise):
    """The exact results of the first case, whatever the inputs are."""
    first = draw_cases(exercise, 5)[0]
    _, live = run_case(exercise.solution, first, exercise.limit)
    functions = []
    for index in range(len(exercise.signatures)):
        found = [
            result for call, result in zip(first.calls, live, strict=True) if call.function == index
        ]
        functions.append(lambda *_, found=found: found[0] if found else None)
    verdict = assess(exercise.name, *functions, seed=6)
    assert not verdict.passed
    assert verdict.score < 0.5


@every_exercise
def test_an_unwritten_function_scores_nothing_and_is_told_so(exercise):
    def stub(*arguments):
        raise NotImplementedError

    verdict = assess(exercise.name, *(stub for _ in exercise.signatures), seed=1)
    assert verdict.score == 0
    assert "Not written yet" in verdict.finding


@every_exercise
def test_a_wrong_number_of_functions_is_said_in_words(exercise):
    for handed in ((), (*exercise.solution, exercise.solution[0])):
        verdict = assess(exercise.name, *handed, seed=1)
        assert verdict.score == 0
        assert all(signature.name in verdict.finding for signature in exercise.signatures)


@every_exercise
def test_the_same_seed_gives_the_same_verdict(exercise):
    nothing = [lambda *arguments: None for _ in exercise.signatures]
    assert str(assess(exercise.name, *nothing, seed=4)) == str(
        assess(exercise.name, *nothing, seed=4)
    )


@every_exercise
def test_it_has_a_ladder_of_hints_and_a_place_to_read(exercise):
    assert len(exercise.hints) == 3
    assert len(set(exercise.hints)) == 3
    assert exercise.section
    assert exercise.points > 0


@pytest.mark.parametrize("exercise", [e for e in EXERCISES if e.planted], ids=lambda e: e.name)
def test_the_planted_bug_scores_nothing_while_it_is_there(exercise):
    verdict = assess(exercise.name, *exercise.planted, seed=2)
    assert verdict.score == 0
    assert verdict.diagnosis is not None


def test_every_lesson_has_an_exercise_called_break_it():
    lessons = {e.lesson for e in EXERCISES}
    assert {e.lesson for e in EXERCISES if e.name.endswith(".break_it")} == lessons
    assert all(e.planted for e in EXERCISES if e.name.endswith(".break_it"))
