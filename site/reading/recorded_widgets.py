"""What stands on a page where a notebook has something that needs Python."""

from __future__ import annotations

from html import escape
from pathlib import Path

import anywidget
import traitlets
from IPython.display import display

from autograder.review import form
from autograder.review.questions import of_lesson

HERE = Path(__file__).parent
#: With which the numbers on a page are drawn: the same whenever it is made.
SEED = 1
ONE_SET = (
    "On this page each question has one set of numbers. The lesson's notebook draws others each time"
    " and looks at what you type."
)


class Recorded(anywidget.AnyWidget):
    """Shows kept states of a picture when its controls are moved.

    Attributes
    ----------
    file : str
        Name of the file that holds the states, below the page's folder of recordings.
    screen : str
        Id of the model that shows the picture.
    controls : list of [str, str]
        Ids of the controls, and the trait of each that says where it stands.
    buttons : list of str
        Ids of the buttons.
    note : str
        What a reader is told about it.
    """

    _esm = HERE / "recorded.js"

    file = traitlets.Unicode("").tag(sync=True)
    screen = traitlets.Unicode("").tag(sync=True)
    controls = traitlets.List().tag(sync=True)
    buttons = traitlets.List().tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)


class Opener(anywidget.AnyWidget):
    """Opens a box that keeps a picture back when its button is pressed.

    Attributes
    ----------
    button, box, inside : str
        Ids of the button, the box, and what the box shows afterwards.
    """

    _esm = HERE / "opener.js"

    button = traitlets.Unicode("").tag(sync=True)
    box = traitlets.Unicode("").tag(sync=True)
    inside = traitlets.Unicode("").tag(sync=True)


class Question:
    """A question to predict, in words."""

    def __init__(self, question: str, choices=None) -> None:
        self.question, self.choices = question, choices

    def _repr_mimebundle_(self, **kwargs) -> dict:
        choices = "".join(f"<li>{escape(str(one))}</li>" for one in self.choices or ())
        html = (
            f'<div class="bp-asked"><p><b>Predict first.</b> {escape(self.question)}</p>'
            f"{f'<ul>{choices}</ul>' if choices else ''}</div>"
        )
        return {"text/html": html, "text/plain": self.question}


class Practised:
    """The questions at the end of a lesson, each with one set of numbers; its answer opens by
    itself.

    Parameters
    ----------
    lesson : str
        As exercises name it, ``"two_two_one"``.
    """

    def __init__(self, lesson: str) -> None:
        self.cards = [one.card(SEED) for one in of_lesson(form.number_of(lesson))]

    def _repr_mimebundle_(self, **kwargs) -> dict:
        each = "".join(
            f'<div class="bp-asked">{form.as_html(card)}'
            f"<details><summary>The answer</summary><p>{escape(card.solved())}</p></details></div>"
            for card in self.cards
        )
        html = f"{form.STYLE}<p>{ONE_SET}</p>{each}"
        words = [f"{form.in_words(card)}\n{card.solved()}" for card in self.cards]
        return {"text/html": html, "text/plain": "\n\n".join([ONE_SET, *words])}


def practised(lesson: str) -> None:
    """Show a lesson's questions, in place of `autograder.review.form.practise`."""
    display(Practised(lesson))


def asked(self, key, question, choices=None) -> Question:
    """Ask in words, in place of `Predict.form`."""
    return Question(question, choices)
