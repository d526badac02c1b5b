"""What went wrong: a confusion matrix, and every mistake to be looked at.

`Mistakes` counts, tested without a browser; `WhatWentWrong` shows it.
"""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from course.mnist import Split
from course.plots.palette import LIGHT
from course.plots.style import LABEL
from course.plots.what_went_wrong import (
    draw_confusion,
    draw_digit,
    draw_outputs,
    move_confusion,
    move_outputs,
)
from course.widgets.common.picture import Picture
from course.widgets.digit_training import forward

ANY = "any"


class Mistakes:
    """What a network answers on labelled images.

    Parameters
    ----------
    digits : course.mnist.Split
        Images (n, inputs) and labels (n,).
    weights, biases : lists of arrays
        Of a network of logistic units, ``W`` (from, to).

    Attributes
    ----------
    outputs : array (n, k)
    answers : array (n,)
    confusion : array (k, k)
        ``confusion[i, j]``: how many images of an i the network calls a j.
    """

    def __init__(self, digits: Split, weights, biases) -> None:
        self.digits = digits
        self.outputs = forward(digits.images, weights, biases)[-1]
        self.answers = self.outputs.argmax(axis=1)
        k = self.outputs.shape[1]
        self.confusion = np.zeros((k, k), dtype=int)
        np.add.at(self.confusion, (digits.labels, self.answers), 1)

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return float(np.mean(self.answers == self.digits.labels))

    def find(self, truth: int | None = None, answer: int | None = None) -> np.ndarray:
        """Numbers of the images of this truth and answer, most self-assured first; None means any,
        but a mistake."""
        chosen = np.ones(len(self.answers), dtype=bool)
        if truth is not None:
            chosen &= self.digits.labels == truth
        if answer is not None:
            chosen &= self.answers == answer
        if truth is None or truth != answer:
            chosen &= self.answers != self.digits.labels
        found = np.flatnonzero(chosen)
        return found[np.argsort(-self.outputs[found].max(axis=1), kind="stable")]

    def pairs(self) -> list[tuple[int, int]]:
        """All pairs i < j, the one that is confused most often, in both directions together,
        first."""
        both = self.confusion + self.confusion.T
        every = list(zip(*np.triu_indices(len(both), k=1), strict=True))
        return [(int(i), int(j)) for i, j in sorted(every, key=lambda pair: -both[pair])]

    def worst(self) -> tuple[int, int]:
        """The most frequent mistake: (what it is, what the network says)."""
        off = np.where(np.eye(len(self.confusion), dtype=bool), -1, self.confusion)
        truth, answer = np.unravel_index(np.argmax(off), off.shape)
        return int(truth), int(answer)


class WhatWentWrong(Picture):
    """Choose a cell of the confusion matrix and page through its images, the most self-assured
    mistakes first.

    Parameters
    ----------
    digits, weights, biases
        As `Mistakes` takes them.
    """

    lines = 2

    def __init__(self, digits: Split, weights, biases) -> None:
        super().__init__(9.2, 4.9)
        self.mistakes = Mistakes(digits, weights, biases)
        self._cells = draw_confusion(
            self.figure.add_axes((0.055, 0.02, 0.47, 0.86)), self.mistakes.confusion
        )
        self._digit = draw_digit(self.figure.add_axes((0.565, 0.53, 0.2, 0.38)))
        self._title = self.figure.text(
            0.785, 0.9, "", va="top", fontsize=LABEL, color=LIGHT.ink, linespacing=1.5
        )
        self._outputs = draw_outputs(self.figure.add_axes((0.585, 0.1, 0.26, 0.4)))
        choices = [(ANY, None), *((str(k), k) for k in range(len(self.mistakes.confusion)))]
        truth, answer = self.mistakes.worst()
        narrow = widgets.Layout(width="190px")
        self.truth = widgets.Dropdown(
            options=choices, value=truth, description="what it is", layout=narrow
        )
        self.answer = widgets.Dropdown(
            options=choices, value=answer, description="the answer", layout=narrow
        )
        # a slider keeps its first end
        self.number = widgets.BoundedIntText(
            value=1, min=1, max=1, description="image", layout=narrow
        )
        self.previous = widgets.Button(description="Previous", layout=widgets.Layout(width="90px"))
        self.next = widgets.Button(description="Next", layout=widgets.Layout(width="90px"))
        self.previous.on_click(lambda _: self._turn(-1))
        self.next.on_click(lambda _: self._turn(1))
        for control in (self.truth, self.answer):
            control.observe(self._choose, names="value")
        self._find()
        self.arrange(
            widgets.HBox([self.truth, self.answer, self.previous, self.next, self.number]),
            follow=(self.number,),
        )

    def _turn(self, by: int) -> None:
        self.number.value = min(max(self.number.value + by, 1), self.number.max)

    def _find(self) -> None:
        self.found = self.mistakes.find(self.truth.value, self.answer.value)
        self.number.max = max(1, len(self.found))
        self.number.value = 1
        self.number.disabled = self.previous.disabled = self.next.disabled = len(self.found) < 2

    def _choose(self, change: object = None) -> None:
        self.number.unobserve(self._follow, names="value")
        self._find()
        self.number.observe(self._follow, names="value")
        self._follow()

    @property
    def shown(self) -> int | None:
        """The number of the image that is shown; None where the cell is empty."""
        return int(self.found[self.number.value - 1]) if len(self.found) else None

    def move(self) -> None:
        """Frame the chosen cell and show one of its images with the outputs for it."""
        move_confusion(
            self._cells, self.truth.value, self.answer.value, len(self.mistakes.confusion)
        )
        n = self.shown
        if n is None:
            self._digit.set_data(np.zeros((28, 28)))
            move_outputs(self._outputs, np.zeros(len(self.mistakes.confusion)), -1)
            for mark in self._outputs.marks:
                mark.set_text("")
            self._title.set_text("no such image")
        else:
            label, answer = int(self.mistakes.digits.labels[n]), int(self.mistakes.answers[n])
            self._digit.set_data(self.mistakes.digits.images[n].reshape(28, 28))
            move_outputs(self._outputs, self.mistakes.outputs[n], label)
            self._title.set_text(
                f"image {n}\nit is a {label}\nthe answer is {answer}\n{self.number.value} of"
                f" {len(self.found)}"
            )

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        m, n = self.mistakes, self.shown
        wrong = int(np.sum(m.answers != m.digits.labels))
        said = (
            f"{wrong:,} mistakes in {len(m.answers):,} images: {100 * m.accuracy:.2f} % are right."
        )
        lost = int(np.sum(~np.isfinite(m.outputs).all(axis=1)))
        if lost:
            said += f" For {lost:,} the outputs are not numbers (nan): the training has diverged."
        if n is None:
            return f"{said}\nNo image of this kind."
        label, answer, outputs = int(m.digits.labels[n]), int(m.answers[n]), m.outputs[n]
        kind = "right" if label == answer else "wrong"
        return (
            f"{said}\nImage {n}, {self.number.value} of {len(self.found)} here: a {label}, the"
            f" answer is {answer}, {kind}. "
            f"Output {answer} is"
            f" {outputs[answer]:.3f}{'' if label == answer else f', output {label} is {outputs[label]:.3f}'}."
        )
