"""One neuron set by hand: turn its weights and its bias yourself, beside gradient descent; and see
how each example pulls at the weights.

`pulls` is the mathematics, tested without a browser; `HandNeuron` and `Pulls` show it with sliders.
"""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.plots.hand_neuron import draw_answers, draw_pulls, move_answers, move_pulls
from course.plots.neuron import draw_plane, move_neuron, set_examples
from course.plots.palette import LIGHT
from course.plots.style import head
from course.widgets.common.picture import Picture, play_along
from course.widgets.neuron_trainer import NeuronTraining, examples, logistic

#: Of the gradient descent that one plays against: learning rate, and how many steps.
ETA, STEPS = 0.5, 40


def pulls(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Return what each example alone would add to w and to b in a step with learning rate 1.

    Parameters
    ----------
    X, y : arrays (n, d), (n,)
        One example a row.
    w, b : array (d,), float

    Returns
    -------
    arrays (n, d) and (n,)
        -(a - y) x and -(a - y): minus the gradient of each example's cross-entropy.
    """
    back = np.asarray(y) - logistic(X @ w + b)
    return back[:, None] * X, back


def right(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> int:
    """Count the examples on their own side of the boundary; on the boundary is on no side."""
    return int(np.sum((X @ w + b) * (2 * y - 1) > 0))


def _slider(value: float, name: str) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=value,
        min=-5,
        max=5,
        step=0.05,
        description=name,
        layout=widgets.Layout(width="280px"),
    )


class _Neuron(Picture):
    """Three sliders, and the plane with the neuron that they set."""

    def __init__(self, width: float, height: float, start: tuple[float, float, float]) -> None:
        super().__init__(width, height)
        self._plane_axes = self.figure.add_axes((0.085, 0.14, 0.43, 0.76))
        self._plane = draw_plane(self._plane_axes)
        self.w1, self.w2, self.b = map(_slider, start, ("w₁", "w₂", "b"))

    @property
    def neuron(self) -> tuple[np.ndarray, float]:
        """w (2,) and b, as the sliders stand."""
        return np.array([self.w1.value, self.w2.value]), float(self.b.value)

    def _show_examples(self, name: str) -> None:
        found = examples(name)
        self.X, self.y = found.X, found.y
        set_examples(self._plane_axes, self._plane, found.X, found.y, found.features, found.classes)

    def _move_plane(self) -> None:
        w, b = self.neuron
        wrong = (self.X @ w + b) * (2 * self.y - 1) < 0
        move_neuron(self._plane_axes, self._plane, w, b, self.X, wrong, logistic)


class HandNeuron(_Neuron):
    """The picture: six vehicles, a neuron that the reader sets, and one that gradient descent sets.

    Parameters
    ----------
    start : (float, float, float)
        w₁, w₂ and b to begin with.
    """

    lines = 3

    def __init__(self, start: tuple[float, float, float] = (-1.0, 0.5, 0.8)) -> None:
        super().__init__(8.8, 3.9, start)
        self._show_examples("vehicles")
        self._rival = NeuronTraining(self.X, self.y, ETA, len(self.y))
        (self._rival_line,) = self._plane_axes.plot(
            [], [], color=LIGHT.ink, linewidth=1.8, linestyle=(0, (2, 2)), zorder=3
        )
        self._answer_axes = self.figure.add_axes((0.6, 0.14, 0.385, 0.76))
        self._answers = draw_answers(self._answer_axes, self.y)
        head(self._answer_axes, "what it answers (diamonds: descent)")
        self.steps = widgets.IntSlider(
            value=0, min=0, max=STEPS, description="Descent", layout=widgets.Layout(width="280px")
        )
        self.play = play_along(self.steps, 150, "Play gradient descent")
        self.arrange(
            widgets.HBox([self.w1, self.w2, self.b]), widgets.HBox([self.steps, self.play]),
            follow=(self.w1, self.w2, self.b, self.steps),
        )  # fmt: skip

    def move(self) -> None:
        """Put both neurons into the picture."""
        self._move_plane()
        w, b = self._rival.state(self.steps.value)
        ends = np.array(self._plane_axes.get_xlim())
        self._rival_line.set_data(
            *((ends, -(w[0] * ends + b) / w[1]) if abs(w[1]) > 1e-9 else ([], []))
        )
        mine, bias = self.neuron
        move_answers(
            self._answers, self.y, logistic(self.X @ mine + bias), logistic(self.X @ w + b)
        )

    def text(self) -> str:
        """Return how both neurons do, in words and numbers."""
        n, steps = len(self.y), self.steps.value
        (w, b), (v, c) = self.neuron, self._rival.state(steps)
        scores = right(self.X, self.y, w, b), right(self.X, self.y, v, c)
        losses = self._rival.loss(np.array([*w, b])), self._rival.loss(np.array([*v, c]))
        lines = [
            f"By hand: {scores[0]} of {n} right, loss {losses[0]:.4f}.",
            f"Gradient descent, {steps} step{'s' * (steps != 1)} from zero (the dotted line):"
            f" {scores[1]} of {n} right, loss {losses[1]:.4f}.",
        ]
        if steps == 0:
            lines[1] = (
                "Gradient descent stands at zero: it answers ½ to every vehicle. Play it when you"
                " have all six."
            )
        if scores == (n, n):
            lower = "Yours is lower." if losses[0] < losses[1] else "Its loss is lower."
            lines.append(f"A tie: both have all {n}. {lower}")
        elif scores[0] < n:
            lines.append("A cross marks a vehicle on the wrong side of your line.")
        return "\n".join(lines)


class Pulls(_Neuron):
    """The picture: each example's pull at the weights, -(a - y) x, and their mean, which is the
    step that gradient descent takes.

    Parameters
    ----------
    name : "vehicles" or "XOR"
        The data to begin with.
    """

    lines = 8

    def __init__(self, name: str = "vehicles") -> None:
        super().__init__(8.8, 4.1, (0.0, 0.0, 0.0))
        self._pull_axes = self.figure.add_axes((0.61, 0.14, 0.36, 0.76))
        self._pulls = draw_pulls(self._pull_axes, most=6, reach=1.6)
        head(self._pull_axes, "the pulls (star: their mean)")
        self.name: Any = widgets.ToggleButtons(
            options=["vehicles", "XOR"], value=name, description="Data"
        )
        self.step = widgets.Button(
            description="One step, η = 1", icon="step-forward", layout=widgets.Layout(width="150px")
        )
        self.zero = widgets.Button(
            description="Back to zero", icon="undo", layout=widgets.Layout(width="130px")
        )
        self.step.on_click(self._one_step)
        self.zero.on_click(lambda button: self._put(np.zeros(3)))
        self._shown = None
        self.arrange(
            self.name, widgets.HBox([self.w1, self.w2, self.b]), widgets.HBox([self.step, self.zero]),
            follow=(self.name, self.w1, self.w2, self.b),
        )  # fmt: skip

    def _put(self, theta: np.ndarray) -> None:
        for control, value in zip((self.w1, self.w2, self.b), theta, strict=True):
            control.value = float(np.clip(np.round(value, 2), control.min, control.max))

    def _one_step(self, button: object = None) -> None:
        w, b = self.neuron
        at_w, at_b = pulls(self.X, self.y, w, b)
        self._put(np.array([*(w + at_w.mean(axis=0)), b + at_b.mean()]))

    def move(self) -> None:
        """Put the neuron and the pulls of the present settings into the picture."""
        if self._shown != self.name.value:
            self._show_examples(self.name.value)
            self._shown = self.name.value
        self._move_plane()
        move_pulls(self._pulls, self.y, pulls(self.X, self.y, *self.neuron)[0])

    def text(self) -> str:
        """Return every pull in numbers, and their mean."""
        at_w, at_b = (np.round(v, 3) + 0.0 for v in pulls(self.X, self.y, *self.neuron))  # no -0
        a = logistic(self.X @ self.neuron[0] + self.neuron[1])
        lines = [
            f"   x = ({x[0]:5.2f}, {x[1]:5.2f})   label {y:.0f}   a = {answer:.3f}   pull"
            f" ({p[0]:+.3f}, {p[1]:+.3f}) at w, {q:+.3f} at b"
            for x, y, answer, p, q in zip(self.X, self.y, a, at_w, at_b, strict=True)
        ]
        exact = [v.mean(axis=0) for v in pulls(self.X, self.y, *self.neuron)]
        mean, bias = (np.round(v, 3) + 0.0 for v in exact)  # + 0.0 makes -0 a 0
        lines.insert(
            0, f"Mean pull ({mean[0]:+.3f}, {mean[1]:+.3f}) at w, {bias:+.3f} at b, of these:"
        )
        if max(np.abs(exact[0]).max(), abs(exact[1])) < 1e-12:
            lines.append("The pulls cancel: gradient descent stands still here.")
        return "\n".join(lines)
