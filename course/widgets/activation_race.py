"""Activations raced: the same data, the same starts, several seeds, and for each the learning rate
that suits it best.

`Runs` is the mathematics, tested without a browser; `ActivationRace` shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import ipywidgets as widgets
import numpy as np

from course import activations
from course.plots.activation_race import draw_race, draw_rates, move_race, move_rates
from course.widgets.common.picture import Picture

#: The field, as the lesson calls it.
FIELD = {
    "logistic": activations.logistic,
    "tanh": activations.tanh,
    "ReLU": activations.relu,
    "leaky ReLU": activations.leaky_relu(0.1),
    "ELU": activations.elu(1.0),
    "softplus": activations.softplus,
    "linear": activations.linear,
}
ETAS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SEEDS, STEPS, SIZES = 5, 150, (2, 10, 10, 10, 1)
#: A loss that has left the range of floats counts as this.
LOST = 1e3


def rings(n: int = 60, seed: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Points of a disc (class 0) and of a ring around it (class 1): X (n, 2) and t (n, 1)."""
    rng = np.random.default_rng(seed)
    t = np.arange(n) % 2
    radius = np.where(t == 1, rng.uniform(1.1, 1.8, n), 0.9 * np.sqrt(rng.uniform(size=n)))
    angle = rng.uniform(0, 2 * np.pi, n)
    return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), t[:, None] * 1.0


class Runs:
    """Networks 2-10-10-10-1 with one activation, trained by full-batch descent: every learning
    rate with every seed.

    The output is logistic, the loss cross-entropy. The starts are N(0, 2/fan_in) and the same for
    every activation; biases start at 0.

    Parameters
    ----------
    f, f_prime : callable
        The activation and its slope, of z.
    etas : sequence of float
    seeds, steps : int

    Attributes
    ----------
    losses : array (steps + 1, etas, seeds)
        On the data that are trained on. What is no number or above `LOST` counts as `LOST`.
    best : int
        Number of the learning rate with the smallest median loss at the end.
    """

    def __init__(self, f: Callable, f_prime: Callable, etas=ETAS, seeds=SEEDS, steps=STEPS) -> None:
        self.X, self.t = rings()
        eta = np.repeat(np.asarray(etas, dtype=float), seeds)[:, None, None]
        start = [self._start(np.random.default_rng(seed)) for seed in range(seeds)]
        self.W = [np.tile(np.array(layer), (len(etas), 1, 1)) for layer in zip(*start, strict=True)]
        self.b = [np.zeros((len(etas) * seeds, 1, W.shape[2])) for W in self.W]
        losses = []
        with np.errstate(all="ignore"):  # a rate that is too large may leave the range of floats
            for step in range(steps + 1):
                loss, dW, db = self._backward(f, f_prime)
                losses.append(loss)
                if step < steps:
                    self.W = [W - eta * g for W, g in zip(self.W, dW, strict=True)]
                    self.b = [b - eta * g for b, g in zip(self.b, db, strict=True)]
        kept = np.array(losses).reshape(steps + 1, len(etas), seeds)
        self.losses = np.where(kept < LOST, kept, LOST)
        self.best = int(np.argmin(np.median(self.losses[-1], axis=1)))

    @staticmethod
    def _start(rng: np.random.Generator) -> list[np.ndarray]:
        pairs = zip(SIZES, SIZES[1:], strict=False)
        return [rng.normal(size=(a, b)) * np.sqrt(2 / a) for a, b in pairs]

    def _backward(self, f: Callable, f_prime: Callable) -> tuple:
        """The loss of each run, (runs,), and its gradients, as lists over the layers."""
        ys, zs = [self.X], []
        for W, b in zip(self.W, self.b, strict=True):
            zs.append(ys[-1] @ W + b)
            ys.append(f(zs[-1]))
        z = zs[-1]  # the output is logistic, so ∂L/∂z = p - t
        loss = np.mean(np.logaddexp(0, z) - self.t * z, axis=(1, 2))
        delta = (activations.logistic.f(z) - self.t) / len(self.t)
        dW, db = [], []
        for k in reversed(range(len(self.W))):
            dW.insert(0, np.swapaxes(ys[k], -1, -2) @ delta)
            db.insert(0, delta.sum(axis=1, keepdims=True))
            if k:
                delta = (delta @ np.swapaxes(self.W[k], 1, 2)) * f_prime(zs[k - 1])
        return loss, dW, db

    def median(self, eta: int) -> np.ndarray:
        """The median loss over the seeds, (steps + 1,), for learning rate number `eta`."""
        return np.median(self.losses[:, eta], axis=1)


@cache
def runs(name: str) -> Runs:
    """The runs of one activation of `FIELD`, computed once."""
    return Runs(FIELD[name].f, FIELD[name].f_prime)


def winner() -> str:
    """The activation of `FIELD` with the smallest median loss at its best learning rate."""
    return min(FIELD, key=lambda name: runs(name).median(runs(name).best)[-1])


class ActivationRace(Picture):
    """The picture: the loss of one activation in training, over seeds, and the loss at the end of
    every activation at every learning rate.

    Parameters
    ----------
    yours : (callable, callable), optional
        f and f′ of an activation of your own, both of z; it takes part.
    """

    lines = 4

    def __init__(self, yours: tuple[Callable, Callable] | None = None) -> None:
        super().__init__(9.6, 4.2)
        self._runs = {name: runs(name) for name in FIELD}
        if yours is not None:
            self._runs = {"yours": Runs(*yours)} | self._runs
        first = next(iter(self._runs))
        self.activation: Any = widgets.Dropdown(
            options=list(self._runs), value=first, description="Activation"
        )
        self.eta = widgets.SelectionSlider(
            options=[(f"{eta:g}", k) for k, eta in enumerate(ETAS)],
            value=self._runs[first].best,
            description="Learning rate η",
            layout=widgets.Layout(width="420px"),
            style={"description_width": "120px"},
        )
        self._race = draw_race(self.figure.add_axes((0.08, 0.14, 0.4, 0.76)), STEPS)
        ends = {name: np.median(each.losses[-1], axis=1) for name, each in self._runs.items()}
        self._rates = draw_rates(self.figure.add_axes((0.57, 0.14, 0.41, 0.76)), ETAS, ends)
        self.arrange(widgets.HBox([self.activation, self.eta]), follow=(self.activation, self.eta))

    def move(self) -> None:
        """Put the chosen runs into both halves of the picture."""
        name, eta = self.activation.value, self.eta.value
        move_race(self._race, self._runs[name].losses[:, eta], f"{name}, η = {ETAS[eta]:g}")
        move_rates(self._rates, np.median(self._runs[name].losses[-1], axis=1), eta)

    def text(self) -> str:
        """Return the loss of the chosen runs, and everybody's loss at their best learning rate."""
        name, eta = self.activation.value, self.eta.value
        end = self._runs[name].losses[-1, eta]
        ranked = sorted(self._runs, key=lambda each: self._best(each))
        said = [
            f"{each} {self._best(each):.2g} (η = {ETAS[self._runs[each].best]:g})"
            for each in ranked
        ]
        return "\n".join(
            [
                f"{name}, η = {ETAS[eta]:g}: after {STEPS} steps the loss is {np.median(end):.3g},"
                f" the median of {SEEDS} seeds; from {end.min():.3g} to {end.max():.3g}.",
                f"The best learning rate for {name} is {ETAS[self._runs[name].best]:g}.",
                "Everybody at the best learning rate: " + ", ".join(said) + ".",
            ]
        )

    def _best(self, name: str) -> float:
        return float(self._runs[name].median(self._runs[name].best)[-1])
