"""Neuron trainer: watch one logistic neuron turn and shift its boundary, on data that it can and
that it cannot learn.

`NeuronTraining` is the mathematics, tested without a browser; `NeuronTrainer` shows it, with play,
pause and step.
"""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from course import data
from course.plots.neuron import draw_loss, draw_plane, move_loss, move_neuron, set_examples
from course.plots.style import head
from course.widgets.common.picture import Picture, play_along


def logistic(z: np.ndarray) -> np.ndarray:
    """σ(z) = 1 / (1 + e^-z), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z, dtype=float)))


class NeuronTraining:
    """One logistic neuron, trained on examples by mini-batch gradient descent, epoch by epoch as
    they are asked for.

    Parameters
    ----------
    X, y : arrays (n, d), (n,)
        One example a row.
    eta : float
        Learning rate.
    size : int
        Examples in a mini-batch; n or more for the full batch.
    start : array (d + 1,), optional
        w and, last, b to begin with; zeros if left out.
    seed : int
        Of the shuffles.
    """

    def __init__(self, X, y, eta: float, size: int, start=None, seed: int = 0) -> None:
        self.X, self.y, self.eta, self.size = (
            np.asarray(X, dtype=float),
            np.asarray(y, dtype=float),
            eta,
            size,
        )
        # the bias is the weight of an input 1
        self._extended = np.column_stack([self.X, np.ones(len(self.y))])
        self._rng = np.random.default_rng(seed)
        theta = np.zeros(self.X.shape[1] + 1) if start is None else np.array(start, dtype=float)
        self._states, self._losses = [theta], [self.loss(theta)]

    def loss(self, theta: np.ndarray) -> float:
        """Mean cross-entropy on all examples: mean of ln(1 + e^z) - y z, which is the usual formula
        written with z."""
        z = self._extended @ theta
        return float(np.mean(np.logaddexp(0, z) - self.y * z))

    def _train(self, epochs: int) -> None:
        X, y = self._extended, self.y
        while len(self._states) <= epochs:
            theta, order = self._states[-1], self._rng.permutation(len(y))
            for first in range(0, len(y), self.size):
                chosen = order[first : first + self.size]
                x = X[chosen]
                # θ - η (a - y)ᵀ x / n
                theta = theta - self.eta / len(chosen) * (logistic(x @ theta) - y[chosen]) @ x
            self._states.append(theta)
            self._losses.append(self.loss(theta))

    def state(self, epoch: int) -> tuple[np.ndarray, float]:
        """Return w (d,) and b after `epoch` epochs."""
        self._train(epoch)
        return self._states[epoch][:-1], float(self._states[epoch][-1])

    def losses(self, epoch: int) -> np.ndarray:
        """Return the losses after 0, 1, …, `epoch` epochs."""
        self._train(epoch)
        return np.array(self._losses[: epoch + 1])

    def _side(self, epoch: int) -> np.ndarray:
        """z, counted positive towards the example's own class (n,)."""
        w, b = self.state(epoch)
        return (self.X @ w + b) * (2 * self.y - 1)

    def right(self, epoch: int) -> np.ndarray:
        """Return which examples (n,) lie on their own side: a above ½ for class 1, below for 0."""
        return self._side(epoch) > 0

    def wrong(self, epoch: int) -> np.ndarray:
        """Return which examples (n,) lie on the other side. Where a is exactly ½ an example is
        neither right nor wrong."""
        return self._side(epoch) < 0


def examples(name: str) -> data.Dataset:
    """Two features of each data set, as the picture shows them."""
    if name == "vehicles":
        full = data.vehicles()
        X, *_ = data.standardise(full.X[:, 1:])
        return data.Dataset(
            X, full.y, ("height, standardised", "weight, standardised"), full.classes
        )
    return data.xor() if name == "XOR" else data.blobs(np.random.default_rng(2), n=40, distance=2.2)


class NeuronTrainer(Picture):
    """The picture: examples, the neuron's answer and boundary on the left, its loss on the right.

    Parameters
    ----------
    name : "vehicles", "blobs" or "XOR"
        The data to begin with.
    epochs : int
        How far one can train.
    """

    lines = 3

    STARTS = {"zero": None, "random": (-1.1, 0.8, 0.4)}

    def __init__(self, name: str = "vehicles", epochs: int = 60) -> None:
        super().__init__(8.8, 4.5)
        self._plane_axes = self.figure.add_axes((0.085, 0.12, 0.425, 0.8))
        self._loss_axes = self.figure.add_axes((0.585, 0.12, 0.4, 0.8))
        self._plane, self._loss = draw_plane(self._plane_axes), draw_loss(self._loss_axes, epochs)
        head(self._loss_axes, "loss on all examples")

        slider = widgets.Layout(width="430px")
        self.name: Any = widgets.ToggleButtons(
            options=["vehicles", "blobs", "XOR"], value=name, description="Data"
        )
        self.eta = widgets.SelectionSlider(
            options=[0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0],
            value=0.3,
            description="η",
            layout=slider,
        )
        self.size: Any = widgets.Dropdown(
            options=[("all examples", 1000), ("4", 4), ("1", 1)], description="Mini-batch"
        )
        self.start: Any = widgets.Dropdown(options=list(self.STARTS), description="Start")
        self.epoch = widgets.IntSlider(
            value=0, min=0, max=epochs, description="Epoch", layout=slider
        )
        self.play = play_along(self.epoch, 150, "Play or pause the training")
        self.step = widgets.Button(
            description="One epoch", icon="step-forward", layout=widgets.Layout(width="110px")
        )
        self.step.on_click(self._one_more)
        self._runs, self._shown = {}, None
        self.arrange(
            self.name, widgets.HBox([self.eta, self.size, self.start]), widgets.HBox([self.epoch, self.play, self.step]),
            follow=(self.name, self.eta, self.size, self.start, self.epoch),
        )  # fmt: skip

    def _one_more(self, button: object = None) -> None:
        self.epoch.value = min(self.epoch.max, self.epoch.value + 1)

    @property
    def run(self) -> NeuronTraining:
        """The training that the controls ask for. Each is computed once."""
        wanted = (self.name.value, self.eta.value, self.size.value, self.start.value)
        if wanted not in self._runs:
            X, y, *_ = examples(self.name.value)
            self._runs[wanted] = NeuronTraining(
                X, y, self.eta.value, self.size.value, self.STARTS[self.start.value]
            )
        return self._runs[wanted]

    def move(self) -> None:
        """Put the neuron after so many epochs into the picture."""
        run, epoch = self.run, self.epoch.value
        if self._shown != self.name.value:
            found = examples(self.name.value)
            set_examples(
                self._plane_axes, self._plane, found.X, found.y, found.features, found.classes
            )
            self._shown = self.name.value
        w, b = run.state(epoch)
        move_neuron(self._plane_axes, self._plane, w, b, run.X, run.wrong(epoch), logistic)
        move_loss(self._loss_axes, self._loss, run.losses(epoch))

    def text(self) -> str:
        """Return what the neuron has learnt, in words and numbers."""
        run, epoch = self.run, self.epoch.value
        w, b = (np.round(v, 3) + 0.0 for v in run.state(epoch))  # + 0.0 makes -0 a 0
        J, right, n = run.losses(epoch)[-1], int(np.sum(run.right(epoch))), len(run.y)
        undecided = n - right - int(np.sum(run.wrong(epoch)))
        rest = f", {undecided} undecided" * bool(undecided)
        lines = [
            f"{self.name.value}, epoch {epoch}: J = {J:.4f}, {right} of {n} right{rest}",
            (
                f"w = ({w[0]:.3f}, {w[1]:.3f}), b = {b:.3f}. The boundary is where {w[0]:.3f} x1"
                f" {w[1]:+.3f} x2 {b:+.3f} = 0."
            ),
        ]
        if not w.any():
            lines[1] = (
                f"w = (0, 0), b = {b:.3f}. There is no boundary: the neuron gives every point the"
                " same answer."
            )
        lines.append(self._remark(run, epoch))
        return "\n".join(lines)

    def _remark(self, run: NeuronTraining, epoch: int) -> str:
        right, J = [int(np.sum(run.right(e))) for e in range(epoch + 1)], run.losses(epoch)
        if self.name.value == "XOR":
            best = f"{max(right)} of {len(run.y)} right, and a loss of {J.min():.4f}"
            return f"The best so far, with these settings: {best}; ln 2 = {np.log(2):.4f}."
        if not run.right(epoch).any() and not run.wrong(epoch).any():
            return "Every answer is exactly one half: nothing is decided yet."
        if right[-1] == len(run.y):
            return (
                "All are on their side. J can still fall: with larger weights the neuron is more"
                " certain."
            )
        return (
            "A cross marks an example on the wrong side."
            if J[-1] < np.log(2)
            else "The loss is no lower than that of a neuron that always says one half."
        )
