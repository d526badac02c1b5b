"""What a teacher can do about a slip: a picture to show, a question to ask.

It is data beside the exercises: a lesson's package may hold a module ``teaching`` with a table
`TEACHING`, keyed by an exercise (``"backward"``) or by one of its misconceptions (``("backward",
"the ½ forgotten")``). What it leaves open is found in the lesson itself, by `autograder.desk.plan`.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from importlib.util import find_spec
from typing import NamedTuple


class Teach(NamedTuple):
    """What to do about something that a class got wrong; empty where the lesson says it best.

    Parameters
    ----------
    ask
        A question to put to the class.
    answer
        What a right answer says.
    picture
        A widget of the lesson, by the name that the lesson calls it.
    show
        What to do with the picture, and what there is to see.
    section
        A heading of the lesson, where it is not the exercise's.
    """

    ask: str = ""
    answer: str = ""
    picture: str = ""
    show: str = ""
    section: str = ""


def table(lesson: str) -> Mapping[str | tuple[str, str], Teach]:
    """What a lesson's package says about its exercises; empty where it says nothing."""
    name = f"autograder.exercises.{lesson}"
    if find_spec(name) is None or find_spec(f"{name}.teaching") is None:
        return {}
    return importlib.import_module(f"{name}.teaching").TEACHING


def teaching(exercise: str, misconception: str = "") -> Teach:
    """What is said about an exercise, or about one of its misconceptions.

    Parameters
    ----------
    exercise
        ``"<lesson>.<exercise>"``.
    misconception
        Its name; the exercise itself when left out.
    """
    lesson, _, name = exercise.partition(".")
    known = table(lesson)
    return known.get((name, misconception) if misconception else name, Teach())
