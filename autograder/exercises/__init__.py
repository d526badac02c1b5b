"""All exercises: one module a lesson, each with a list `EXERCISES`. A new module is found by being
here."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache

from autograder.exercises.exercise import Exercise


class NoSuchExercise(KeyError):
    """There is no exercise or lesson of this name; the message gives near ones."""

    def __str__(self) -> str:
        return str(self.args[0])

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows instead of a traceback through our code."""
        return [f"NoSuchExercise: {self}"]


@cache
def lesson_exercises(lesson: str) -> tuple[Exercise, ...]:
    """The exercises of one lesson, in the order in which the notebook asks them.

    Raises
    ------
    KeyError
        When there is no such lesson.
    """
    if lesson not in lessons():
        raise NoSuchExercise(f"there is no lesson {lesson!r}; there are {', '.join(lessons())}")
    return tuple(importlib.import_module(f"{__name__}.{lesson}").EXERCISES)


@cache
def lessons() -> tuple[str, ...]:
    """The names of the lessons that have exercises."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))


@cache
def find_exercise(name: str) -> Exercise:
    """Look an exercise up by its name, ``"<lesson>.<exercise>"``.

    Raises
    ------
    KeyError
        When there is none of this name; the nearest names are given.
    """
    lesson = name.partition(".")[0]
    found = lesson_exercises(lesson) if lesson in lessons() else ()
    for exercise in found:
        if exercise.name == name:
            return exercise
    known = [exercise.name for exercise in all_exercises()]
    near = difflib.get_close_matches(name, known, 3) or known
    raise NoSuchExercise(f"there is no exercise {name!r}; did you mean {' or '.join(near)}?")


def all_exercises() -> tuple[Exercise, ...]:
    """Every exercise of the course."""
    return tuple(exercise for lesson in lessons() for exercise in lesson_exercises(lesson))
