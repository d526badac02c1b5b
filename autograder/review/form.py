"""Questions in a notebook: numbers are given, one is asked for, and the answer is judged at once."""

from __future__ import annotations

import os
import secrets
from html import escape
from typing import Any

import ipywidgets as widgets

from autograder.judging.verdict import prose
from autograder.notebook.found import lesson_text
from autograder.review.cards import Card, shown
from autograder.review.deck import Deck, next_questions
from autograder.review.questions import FUNCTIONS
from course.widgets.common.keys import own_keys

STYLE = """<style>
.rv-form .widget-html-content { white-space: normal; line-height: 1.5; font-size: 14px; }
.rv-form .widget-box { flex-wrap: wrap; overflow: visible; }
.rv-form .widget-button { width: auto; height: 30px; }
.rv-given { border-collapse: collapse; margin: 6px 0; font-size: 14px; }
.rv-given th, .rv-given td { padding: 2px 10px 2px 0; text-align: right; font-weight: 400; }
.rv-given th { text-align: left; padding-right: 18px; }
</style>"""
BEGIN = (
    "Where you need {}, use a calculator or a cell of your own; for the rest a pencil is enough."
    " Type three significant digits, or a product or quotient of numbers, without functions and"
    " sums; whole numbers exactly."
)


class Practice(widgets.VBox):
    """One question after the other; the first answer to each counts.

    Parameters
    ----------
    lesson : str
        ``"01"`` to ``"08"``.
    deck : Deck
        What comes back, and where that is kept.

    Attributes
    ----------
    card : Card
        What is asked now.
    right, asked : int
        How many were right at the first try, of how many.
    """

    def __init__(self, lesson: str, deck: Deck | None = None) -> None:
        self._lesson, self._deck = lesson, deck or Deck()
        self.right, self.asked = 0, 0
        self._waiting = next_questions(lesson, self._deck)
        self._head, self._given, self.said = (widgets.HTML() for _ in range(3))
        self.typed = widgets.Text(
            placeholder="a number", continuous_update=False, layout=widgets.Layout(width="230px")
        )
        self.typed.observe(
            lambda change: self._answer() if change["new"].strip() else None, "value"
        )
        self.check = self._button("Check", lambda _: self._answer())
        self.show = self._button("Show the answer", lambda _: self._show())
        self.other = self._button("Same question, other numbers", lambda _: self._ask(again=True))
        self.next = self._button("Next question", lambda _: self._ask())
        rows = (widgets.HBox([self.typed, self.check]),
                widgets.HBox([self.show, self.other, self.next]))  # fmt: skip
        super().__init__([self._head, self._given, *rows, self.said])
        self.add_class("rv-form")
        own_keys(self)
        self._ask()
        self._tell(BEGIN.format(FUNCTIONS[lesson]))

    def _button(self, words: str, action) -> widgets.Button:
        button = widgets.Button(description=words)
        button.on_click(action)
        return button

    def _ask(self, again: bool = False) -> None:
        """Put the next question, or the same with other numbers."""
        if not again:
            if not self._waiting:
                self._waiting = next_questions(self._lesson, self._deck)
            self._question, self._folder = self._waiting.pop(0)
        self.card: Card = self._question.card(secrets.randbits(32))
        self._judged = again  # other numbers are for practice: they do not count
        self._when = ""  # when the question comes back, once it is judged
        self.typed.value = ""
        self._tell("")  # what was said was said of the question before
        self._given.value = STYLE + as_html(self.card)
        self._count()

    def _count(self) -> None:
        ahead = [folder for _, folder in self._waiting]
        back = sum(
            folder is not None for folder in [*ahead, None if self._judged else self._folder]
        )
        waits = f" {_times(back)} back from earlier." if back else ""
        score = f"{self.right} of {self.asked} right at the first try." if self.asked else ""
        self._head.value = (
            f"<b>Practise: lesson {int(self._question.name[:2])}</b>. {waits} {score}"
        )

    def _answer(self) -> None:
        if not self.typed.value.strip():
            self._tell("Type a number first.")
            return
        found = self.card.answer(self.typed.value)
        when = self._note(found.right) if found.judged else ""
        self._tell(f"{prose(found.words)} {escape(when)}", html=True)

    def _show(self) -> None:
        self._tell(f"{self.card.solved()} {self._note(False)}")

    def _note(self, right: bool) -> str:
        """Count the first answer, keep when the question comes back, and say it of each answer."""
        if not self._judged:
            self._judged = True
            self.asked, self.right = self.asked + 1, self.right + right
            self._when = self._deck.note(self._question, right, self._folder)
            self._count()
        return self._when

    def _tell(self, words: str, html: bool = False) -> None:
        inside = words if html else escape(words)
        self.said.value = f'<div role="status">{inside}</div>'

    def _repr_mimebundle_(self, **kwargs: object) -> Any:
        """Return the live view, and the question in words where there is no browser."""
        found = super()._repr_mimebundle_(**kwargs)
        data, *metadata = found if isinstance(found, tuple) else (found,)
        data = {**(data or {}), "text/plain": in_words(self.card)}
        return (data, *metadata) if metadata else data


def _times(count: int) -> str:
    return f"{count} question comes" if count == 1 else f"{count} questions come"


def in_words(card: Card) -> str:
    """A card as plain text."""
    lines = [card.question.says] if card.question.says else []
    lines += [f"{name} = {_one_line(value)}" for name, value in card.given.items()]
    return "\n".join([*lines, f"What is {card.asked}?"])


def _one_line(value: object) -> str:
    rows = [", ".join(row) for row in shown(value)]
    return rows[0] if len(rows) == 1 else "; ".join(f"[{row}]" for row in rows)


def as_html(card: Card) -> str:
    """A card as HTML: what is given as a table, and what is asked."""
    rows = []
    for name, value in card.given.items():
        for k, row in enumerate(shown(value)):
            head = f'<th scope="row">{escape(name)}</th>' if k == 0 else "<td></td>"
            rows.append(f"<tr>{head}{''.join(f'<td>{escape(x)}</td>' for x in row)}</tr>")
    says = f"<div>{escape(card.question.says)}</div>" if card.question.says else ""
    return (
        f'{says}<table class="rv-given">{"".join(rows)}</table>'
        f"<div>What is <b>{escape(card.asked)}</b>?</div>"
    )


def practise(lesson: str) -> None:
    """Ask questions of a lesson, those that come back from earlier first; nothing while work is
    graded or validated.

    Parameters
    ----------
    lesson
        As exercises name it, ``"two_two_one"``.

    Raises
    ------
    KeyError
        When there is no such lesson.
    """
    if os.environ.get("NBGRADER_EXECUTION"):
        return
    from IPython.display import display

    display(Practice(number_of(lesson)))


def number_of(lesson: str) -> str:
    """The number of a lesson, ``"04"``; KeyError as `practise` raises it."""
    text = lesson_text(lesson)
    if text is None:
        raise KeyError(f"there is no lesson {lesson!r}")
    return text.stem[:2]
