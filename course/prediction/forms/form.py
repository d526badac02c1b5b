"""What asks for a prediction, and what keeps a picture back until there is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.prediction.file import said as in_words
from course.prediction.forms.pad import Pad
from course.prediction.sketches import SKETCH, Page
from course.prediction.typed_numbers import read_number
from course.widgets.common.keys import own_keys

WIDE = widgets.Layout(width="260px")

#: Answers and buttons that a finger meets, and that wrap where the page is narrow; a form has no
#: file of styles of its own.
STYLE = """<style>
.pd-form .widget-radio-box { height: auto; width: auto; }
.pd-form .widget-radio-box label { display: flex; flex-direction: row-reverse; justify-content: flex-end; gap: 6px; min-height: 26px; height: auto; line-height: 26px; white-space: normal; }
.pd-form .widget-radio-box input { flex: none; width: 16px; height: 16px; margin: 5px 2px; }
.pd-form .widget-html-content { white-space: normal; line-height: 1.4; }
.pd-form .widget-box { flex-wrap: wrap; overflow: visible; }
.pd-form .widget-box > .widget-label { max-width: 100%; height: auto; white-space: normal; }
</style>"""


class Form(widgets.VBox):
    """A question, its answer, a button that keeps the answer, and a line that says what was kept.

    Parameters
    ----------
    question : str
    answer : Widget
        What the answer is given with.
    read : callable
        ``read()`` gives the answer; None where none is given yet. It raises ValueError, with a
        sentence for the reader, where what is given is none.
    missing : str
        What is said then.
    keep : callable
        ``keep(answer)`` keeps it and returns what to tell the reader.
    said : str
        What is told before the button is pressed.
    """

    def __init__(
        self,
        question: str,
        answer: widgets.Widget,
        read: Callable,
        missing: str,
        keep: Callable,
        said: str = "",
    ) -> None:
        self._question, self._read, self._missing, self._keep = question, read, missing, keep
        self._pad = answer if isinstance(answer, Pad) else None
        self._label, below = widgets.Label(said), []
        if self._pad:  # it has a button of its own
            self._pad.said = said
            self._pad.on_keep(self._press)
        else:
            button = widgets.Button(
                description="keep my prediction", layout=widgets.Layout(width="180px")
            )
            button.on_click(self._press)
            below = [widgets.HBox([button, self._label])]
        label = widgets.HTML(f"{STYLE}<b>{escape(question)}</b>")
        super().__init__([label, answer, *below], layout=widgets.Layout(margin="4px 0 14px"))
        self.add_class("pd-form")
        own_keys(self)

    @property
    def said(self) -> str:
        """What the reader was told last."""
        return self._pad.said if self._pad else self._label.value

    def _press(self, _button: object = None) -> None:
        try:
            answer = self._read()
        except ValueError as problem:
            told = str(problem)
        else:
            told = self._missing if answer is None else self._keep(answer)
        if self._pad:
            self._pad.said = told
        else:
            self._label.value = told

    def _repr_mimebundle_(self, **kwargs: object) -> Any:
        """Return the live view, and the question in words where there is no browser."""
        found = super()._repr_mimebundle_(**kwargs)
        data, *metadata = found if isinstance(found, tuple) else (found,)
        words = "\n    ".join(
            filter(None, (self._question, self.said or "(no prediction is kept)"))
        )
        data = {**(data or {}), "text/plain": words}
        return (data, *metadata) if metadata else data


def number_form(question: str, before: float | None, keep: Callable, said: str) -> Form:
    """Ask for a number; `before` is what was kept. The field is empty before: a 0 would be a
    prediction that nobody made."""
    answer = widgets.Text(
        value="" if before is None else in_words(before), placeholder="a number", description="your number",
        style={"description_width": "initial"}, layout=widgets.Layout(width="230px"),
    )  # fmt: skip
    return Form(question, answer, lambda: read_number(answer.value), "", keep, said)


def choice_form(
    question: str, choices: Sequence[str], before: object, keep: Callable, said: str
) -> Form:
    """Ask for one of several answers."""
    answer = widgets.RadioButtons(
        options=list(choices), value=before if before in choices else None
    )
    answer.layout.width = "auto"
    return Form(question, answer, lambda: answer.value, "Choose an answer first.", keep, said)


def drawn_form(
    question: str,
    page: Page,
    draw: Callable | None,
    before: np.ndarray | None,
    keep: Callable,
    said: str,
) -> Form:
    """Ask for a sketch or for a point; the answer is an array, as `Pad.drawn` gives it."""
    pad = Pad(question, page, draw)
    if before is not None:
        pad.put(before)
    missing = "Sketch a curve first." if page.kind == SKETCH else "Choose a point first."
    return Form(question, pad, lambda: pad.drawn, missing, keep, said)


class Gate:
    """Keeps a picture back until `open` is called, or its own button is pressed. Without a browser
    it is always open.

    Parameters
    ----------
    questions : sequence of str
        What is to be predicted first.
    picture : Picture or Widget
        Any picture of `course.widgets`.
    opened : bool
        Whether it is open from the start.

    Raises
    ------
    TypeError
        If `picture` is nothing that can be shown.
    """

    def __init__(self, questions: Sequence[str], picture: Any, opened: bool = False) -> None:
        inside = getattr(picture, "view", picture)
        if not isinstance(inside, widgets.Widget):
            raise TypeError(
                "first(key, picture) shows a picture of course.widgets, not"
                f" {type(picture).__name__}"
            )
        self.picture, self._inside, self.opened = picture, inside, False
        words = "<b>First your prediction.</b> The picture comes when you have kept it."
        if len(questions) > 1:
            words = (
                f"<b>First your {len(questions)} predictions.</b> The picture comes when you have"
                " kept them."
            )
        asked = "".join(f"<br>{escape(question)}" for question in questions if question)
        self.button = widgets.Button(description="show it without a prediction", layout=WIDE)
        self.button.on_click(self.open)
        self.view = own_keys(widgets.VBox([widgets.HTML(words + asked), self.button]))
        self.view.add_class("pd-gate")
        if opened:
            self.open()

    def open(self, _button: object = None) -> None:
        """Show the picture in place of the question."""
        self.opened = True
        self.view.children = [self._inside]

    def _repr_mimebundle_(self, **kwargs: object) -> dict:
        """Return the live view, and the picture itself where there is no browser."""
        found = self.picture._repr_mimebundle_(**kwargs)
        data = found[0] if isinstance(found, tuple) else found
        own = self.view._repr_mimebundle_() or {}
        return {**data, **{kind: value for kind, value in own.items() if kind != "text/plain"}}
