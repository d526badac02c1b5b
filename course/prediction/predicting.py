"""Predictions: what a student expects before they see it, kept beside the notebook and shown next
to the truth.

They are kept in `predictions.json` in the current folder, which in a notebook is the notebook's
own. An answer is a number, one of several words, a sketched curve, or a point on a picture.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from course.prediction.file import PredictionFile, said
from course.prediction.sketches import (
    POINT,
    SKETCH,
    Page,
    compare_curves,
    compare_points,
    true_curve,
)
from course.steps import format_number


@dataclass(frozen=True)
class Asked:
    """A question of this session: what was asked under a key, on which page, over which
    background."""

    question: str
    page: Page | None = None
    draw: object = None


def _number(value):
    """A number as float, where `value` is one or holds a single one (a NumPy scalar, an array of
    one entry)."""
    if isinstance(value, (str, bool)):
        return None
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError):
        return None


def compared(entry, truth):
    """A prediction beside the truth, in words: `entry` is what `PredictionFile.read` holds for a
    key, or None."""
    number = _number(truth)
    true = said(truth if number is None else number)
    if entry is None:
        return f"You predicted nothing here. It is {true}."
    answer, guess = entry["answer"], _number(entry["answer"])
    if guess is None and not isinstance(answer, (str, bool)):
        return f"What is kept here is no answer to this question. It is {true}."
    if number is None or guess is None:
        verdict = "as you predicted" if str(answer) == true else "not what you predicted"
        return f"You predicted: {said(answer)}. It is: {true}, {verdict}."
    return (
        f"You predicted {said(guess)}. It is {true}: you were off by"
        f" {format_number(abs(guess - number), 2)}."
    )


class Predict:
    """`predict(key, question)` asks for a number, `predict(key, question, choices)` for one of
    several answers.

    `predict.sketch` asks for a curve, `predict.point` for a place on a picture. `predict.first`
    keeps a picture back until a prediction is kept; `predict.show` shows a prediction beside the
    truth.
    """

    def __init__(self, file=None):
        self.file = file or PredictionFile()
        self._asked = {}  # key -> Asked, of this session: what `show` names when nothing was kept
        self._waiting = []  # pairs: the keys that a picture waits for, its gate

    # ---- asking

    def __call__(self, key, question, choices=None, value=None):
        """Ask for a prediction and keep it.

        Parameters
        ----------
        key : str
            What `predict.show` finds it by, e.g. "04.output".
        question : str
        choices : sequence of str, optional
            The answers to choose from. Left out, the prediction is a number.
        value : optional
            Keep this answer right away, without asking.

        Raises
        ------
        ValueError
            If `value` is not one of `choices`, or not a number where there are none.
        """
        self._asked[key] = Asked(question)
        if value is None:
            _display(self.form(key, question, choices))
            return
        answer = value if choices is not None else _number(value)
        if choices is not None and answer not in choices:
            raise ValueError(f"{value!r} is not one of {list(choices)}")
        if answer is None:
            raise ValueError(f"the prediction {key} is a number, not {value!r}")
        print(self._keep(key, question, answer))

    def sketch(self, key, question, x, y, xlabel="z", ylabel="slope", draw=None, value=None):
        """Ask for a curve, sketched by mouse or keys, and keep it as up to 61 points.

        Parameters
        ----------
        key, question : str
        x, y : (float, float)
            The page: its left and right end, its lowest and highest height.
        xlabel, ylabel : str
            What the axes are called.
        draw : callable, optional
            ``draw(axes)`` draws the background with matplotlib.
        value : optional
            Keep this curve right away, without asking: {"x": [...], "y": [...]}, places rising.

        Raises
        ------
        ValueError
            If the page has no size, or `value` is no curve.
        """
        self._draw(key, Asked(question, Page(SKETCH, x, y, xlabel, ylabel), draw), value)

    def point(self, key, question, x, y, xlabel="x", ylabel="y", draw=None, value=None):
        """Ask for a place on a picture, by a click or with the arrow keys, and keep it.

        The parameters are those of `sketch`; `value` is (x, y).
        """
        self._draw(key, Asked(question, Page(POINT, x, y, xlabel, ylabel), draw), value)

    def _draw(self, key, asked, value):
        self._asked[key] = asked
        if value is None:
            _display(self.form(key, asked.question))
            return
        answer = asked.page.read_answer(value)
        if answer is None:
            raise ValueError(f"the prediction {key} is a {asked.page.kind}, not {value!r}")
        print(self._keep_drawn(key, asked, answer))

    def form(self, key, question, choices=None):
        """The widgets that ask: a box of the question, the answer, a button and a line that says
        what was kept."""
        from course.prediction.forms import form

        kept, remark = self.file.read()
        asked, entry = self._asked.get(key), kept.get(key)
        if asked is not None and asked.page is not None:
            before, remark = self._before(entry, asked.page, remark)
            told = remark if before is None else f"Kept: {asked.page.words(before)}."
            return form.drawn_form(
                question,
                asked.page,
                asked.draw,
                before,
                lambda answer: self._keep_drawn(key, asked, answer),
                told,
            )
        before = entry["answer"] if entry else None
        told = f"Kept: {said(before)}." if isinstance(before, (str, int, float)) else remark
        keep = partial(self._keep, key, question)
        if choices is not None:
            return form.choice_form(question, choices, before, keep, told)
        return form.number_form(question, _number(before), keep, told)

    @staticmethod
    def _before(entry, page, remark=""):
        """What was drawn before, None where there is nothing that can be read; and a remark for the
        reader."""
        if entry is None:
            return None, remark
        drawn = page.read_answer(entry["answer"])
        return drawn, (
            remark if drawn is not None else f"What is kept here is no {page.kind}; it is left out."
        )

    def _keep(self, key, question, answer, words=None, **about):
        told = self.file.keep(key, question, answer, words, **about)
        for missing, gate in self._waiting:
            missing.discard(key)
            if not missing:
                gate.open()
        self._waiting = [pair for pair in self._waiting if pair[0]]
        return told

    def _keep_drawn(self, key, asked, drawn):
        answer = asked.page.write_answer(drawn)
        return self._keep(
            key, asked.question, answer, asked.page.words(drawn), **asked.page.about()
        )

    def first(self, key, picture):
        """Keep `picture` back until the prediction `key` is kept, or the reader asks to see it
        without.

        Parameters
        ----------
        key : str, or list of str
            All of them are to be kept.
        picture : Picture or Widget
            Any picture of `course.widgets`.

        Returns
        -------
        course.prediction.forms.form.Gate
            To be shown. In a run without a browser it shows the picture as it is.

        Raises
        ------
        TypeError
            If `picture` is nothing that can be shown.
        """
        from course.prediction.forms.form import Gate

        kept = self.file.read()[0]
        missing = [one for one in ([key] if isinstance(key, str) else key) if one not in kept]
        questions = [self._asked[one].question if one in self._asked else "" for one in missing]
        gate = Gate(questions, picture, opened=not missing)
        self._waiting += [(set(missing), gate)] if missing else []
        return gate

    # ---- showing

    def show(self, key, truth):
        """Show the question asked under `key`, what was predicted, or that nothing was, and the
        truth.

        Parameters
        ----------
        key : str
        truth : number, str, callable, or pair
            Of a sketch a function of x, or two rows of numbers (x, y); of a point (x, y).
        """
        kept, remark = self.file.read()
        if remark:
            print(remark)
        entry, asked = kept.get(key), self._asked.get(key)
        question = (entry or {}).get("question") or (asked.question if asked else None)
        page = asked.page if asked else Page.read(entry)
        if page is not None:
            _display(self._comparison(question, page, asked.draw if asked else None, entry, truth))
            return
        told = compared(entry, "a curve" if callable(truth) else truth)
        print(f"{question}\n    {told}" if question else told)

    def _comparison(self, question, page, draw, entry, truth):
        from course.prediction.forms.comparison import Comparison

        mine, remark = self._before(entry, page)
        nothing = remark or "You predicted nothing here."
        worst = None
        if page.kind == POINT:
            true = np.asarray(truth, dtype=float).ravel()
            if true.shape != (2,) or not np.isfinite(true).all():
                true, told = None, f"It has no place that could be shown: {truth}."
            elif mine is None:
                told = f"{nothing} It is {page.place(*true)}."
            else:
                told = compare_points(page, mine, true).words
        else:
            true = true_curve(page, truth)
            if not true.size:
                true, told = None, "The truth has no numbers that could be shown."
            elif mine is None:
                told = f"{nothing} It is {page.words(true)}."
            else:
                off = compare_curves(page, mine, true)
                told, worst = off.words, off.worst
        return Comparison(question or "", page, draw, mine, true, worst, told)


def _display(shown):
    from IPython.display import display

    display(shown)


predict = Predict()
