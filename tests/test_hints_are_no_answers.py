"""No rung of a ladder of hints is an answer: pasted as the function's body, none passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lesson_functions import namespace

from autograder import assess
from autograder.exercises import all_exercises, lesson_exercises, lessons
from autograder.exercises.exercise import Exercise

every_lesson = pytest.mark.parametrize("lesson", lessons())


def pieces(hint: str) -> set[str]:
    """Code that a hint may hold: all of it, its parts between ;, what stands in `…`."""
    parts = {hint, *re.split(r";", hint), *re.findall(r"`([^`]+)`", hint)}
    parts |= {part.split(": ", 1)[-1] for part in parts}
    return {part.strip() for part in parts if part.strip()}


def bodies(code: str) -> list[str]:
    """A function's body made of a piece: as it stands, and returned. A new line after each ;."""
    lines = [line.strip().rstrip(".") for line in code.split(";")]
    returned = [*lines[:-1], f"return {lines[-1]}"]
    return ["\n".join(f"    {line}" for line in made) for made in (lines, returned)]


def pasted(exercise: Exercise, body: str) -> list:
    """The exercise's functions, each with this body; empty where it is no Python."""
    scope = namespace(exercise.lesson)
    made = []
    for signature in exercise.signatures:
        head = signature.text.split(" ->")[0]
        try:
            exec(f"def {head}:\n{body}", scope)
        except SyntaxError:
            return []
        made.append(scope[signature.name])
    return made


def rungs(lesson: str) -> list[tuple[Exercise, str, str]]:
    """Each piece of each rung of a lesson that is Python, as a body."""
    found = {(e.name, hint, body): e for e in lesson_exercises(lesson) for hint in e.hints
             for piece in pieces(hint) for body in bodies(piece)}  # fmt: skip
    return [(e, hint, body) for (_, hint, body), e in found.items() if pasted(e, body)]


@every_lesson
def test_no_rung_pasted_as_a_body_passes(lesson):
    for exercise, hint, body in rungs(lesson):
        right = exercise.solution
        mine = pasted(exercise, body)
        alone = ([m if k == j else f for k, f in enumerate(right)] for j, m in enumerate(mine))
        for functions in [mine] if len(mine) == 1 else [mine, *alone]:
            found = assess(exercise.name, *functions, seed=1)
            assert not found.passed, f"{exercise.name}: {hint!r} can be pasted"


@every_lesson
def test_the_last_rung_works_the_formula_through_on_numbers(lesson):
    """Numbers, and no statement of Python: no `return`, no assignment of a call, no loop."""
    for exercise in lesson_exercises(lesson):
        if exercise.name.endswith(".break_it"):
            continue  # its last rung points at the line
        last = exercise.hints[-1]
        assert len(re.findall(r"\d", last)) >= 3, f"{exercise.name}: {last!r}"
        code = re.search(r"\breturn \S+[(\[]|\bfor \w+ in \w+.*:|\w = \w*np\.|\+= \w+|-= \w+", last)
        assert code is None, f"{exercise.name}: {code and code[0]!r} in {last!r}"


def test_the_hints_of_all_exercises_are_looked_at():
    assert sum(len(lesson_exercises(lesson)) for lesson in lessons()) == len(all_exercises()) == 64


@pytest.mark.parametrize("text", sorted(Path("course/lessons").glob("*.md")), ids=lambda p: p.stem)
def test_a_lesson_says_where_its_hints_are(text):
    """A button stands below the check: nobody has to type."""
    words = text.read_text("utf-8")
    assert "press *Hint* below it" in words and "hint(" not in words
