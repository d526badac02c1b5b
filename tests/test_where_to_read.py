"""“Where to read” leads to a heading of the exercise's own lesson that explains the idea."""

from __future__ import annotations

import re
from functools import cache

import pytest
from lesson_functions import LESSONS

from autograder.exercises import all_exercises

every_exercise = pytest.mark.parametrize("exercise", all_exercises(), ids=lambda e: e.name)
#: Words that a section needs before its check to be an explanation and not only a task.
ENOUGH = 15


@cache
def lesson(name: str) -> list[str]:
    """The lines of the lesson in which an exercise is checked."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(LESSONS.glob("*.md")))
    return next(text for text in texts if f'check("{name}",' in text).splitlines()


def headings(lines: list[str]) -> dict[str, int]:
    """Heading -> its line. Comments of code cells are none."""
    found, inside = {}, False
    for number, line in enumerate(lines):
        inside ^= line.startswith("```")
        if not inside and (match := re.match(r"#+ (.*)", line)):
            found.setdefault(match[1].strip(), number)
    return found


def explained(lines: list[str], start: int) -> int:
    """How many words a section has outside its cells, before the next heading or the task."""
    words, inside = 0, False
    for line in lines[start + 1 :]:
        inside ^= line.startswith("```")
        if not inside and (line.startswith("#") or "**Your turn" in line):
            break
        words += 0 if inside else len(line.split())
    return words


@every_exercise
def test_where_to_read_is_a_heading_before_the_check(exercise):
    lines = lesson(exercise.name)
    check = next(n for n, line in enumerate(lines) if line.startswith(f'check("{exercise.name}",'))
    assert exercise.section in headings(lines), sorted(headings(lines))
    assert headings(lines)[exercise.section] < check


@every_exercise
def test_where_to_read_is_an_explanation_and_not_only_the_task(exercise):
    lines = lesson(exercise.name)
    assert not exercise.section.startswith(("Do:", "Break it")), "this is the task"
    assert explained(lines, headings(lines)[exercise.section]) >= ENOUGH
