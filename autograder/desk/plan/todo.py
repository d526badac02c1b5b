"""What to do about it: for a slip or an exercise, the section to go through again, the picture to
show, the question to ask.

What the exercises say (`autograder.exercises.teaching`) comes first; what they leave open is found
in the lesson: the section that the exercise names, the picture nearest to it, the prediction asked
there, and else the first hint.
"""

from __future__ import annotations

from typing import NamedTuple

from autograder.desk.plan.lesson import Lesson, explained
from autograder.desk.plan.numbers import known
from autograder.exercises.teaching import Teach, teaching

NO_PICTURE = "none"
ASK, PREDICTED, HINTED = "Ask", "Ask, as the lesson does", "Say, as the first hint does"


class Todo(NamedTuple):
    """What to do: empty fields where there is nothing to say.

    `section` is a heading of the lesson and `text` what it explains, in Markdown; `picture` a
    widget, `call` the code that opens it, `where` its section; `ask` a question, `answer` what a
    right answer says, `choices` what it offers, `source` where the question comes from.
    """

    section: str = ""
    text: str = ""
    picture: str = ""
    call: str = ""
    where: str = ""
    show: str = ""
    ask: str = ""
    answer: str = ""
    source: str = ""
    choices: tuple[str, ...] = ()


def todo(lesson: Lesson, exercise: str, misconception: str = "") -> Todo:
    """What to do about an exercise, or one of its misconceptions.

    Parameters
    ----------
    lesson
        As `read_lesson` found it.
    exercise
        ``"<lesson>.<exercise>"``.
    misconception
        Its name; the exercise itself when left out.
    """
    asked = known(exercise)
    if asked is None:
        return Todo()
    said = _merged(
        teaching(exercise, misconception) if misconception else Teach(), teaching(exercise)
    )
    section = said.section or asked.section
    check = lesson.checks.get(exercise)
    # no picture of a lesson is called NO_PICTURE, so none is found
    shown = lesson.named(said.picture) if said.picture else lesson.picture_for(section, check)
    found = Todo(
        section if lesson.begins(section) is not None else "",
        explained(lesson, section),
        shown.name if shown else "",
        f"from {shown.module} import {shown.name}\n{shown.call}" if shown else "",
        shown.section if shown else "",
        said.show if shown else "",
    )
    if said.ask:
        return found._replace(ask=said.ask, answer=said.answer, source=ASK)
    prediction = lesson.question_for(section)
    if prediction:
        return found._replace(ask=prediction.text, choices=prediction.choices, source=PREDICTED)
    return found._replace(ask=asked.hints[0], source=HINTED) if asked.hints else found


def _merged(own: Teach, general: Teach) -> Teach:
    """What is said about a slip, and about its exercise where that says nothing. A question and its
    answer belong together, and so do a picture and what to do with it."""
    question = own if own.ask else general
    # what is said about the picture of the exercise is about the exercise's own section
    picture = own if own.picture or own.section else general
    return Teach(
        question.ask,
        question.answer,
        picture.picture,
        picture.show,
        own.section or general.section,
    )
