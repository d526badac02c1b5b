"""Dying ReLU: how many hidden units a learning rate and a start kill for good.

`ReluRuns` is the mathematics, tested without a browser; `DyingRelu` shows it with two sliders.
"""

from __future__ import annotations

from functools import cache

import ipywidgets as widgets
import numpy as np

from course.plots.dying_relu import draw_cloud, draw_share, move_cloud, move_share
from course.widgets.common.picture import Picture

ETAS = (0.1, 0.3, 1.0, 3.0, 5.0, 10.0, 20.0)
BIASES = (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0)
UNITS, STEPS = 30, 60


class ReluRuns:
    """Networks 2-30-1 with ReLU hidden units, trained side by side on the same examples by
    full-batch steps.

    y = v · relu(x W + b), E = mean of ½ (y - d)², d = sin(2 x₁) + x₂ / 2; W starts as N(0, 1),
    every bias at the same number; v is N(0, 1/30) and stays, so that only the units themselves
    learn. The question is that of Inha University, "Backpropagation, activation function".

    Parameters
    ----------
    etas, biases : array-like (runs,)
        Learning rate and starting bias of each run.
    steps, seed : int

    Attributes
    ----------
    X : array (60, 2)
    dead : array (steps + 1, runs, units)
        Whether a unit is off for every example, before, between and after the steps.
    errors : array (steps + 1, runs)
    W, b : arrays (runs, 2, units), (runs, units)
        After training.
    """

    def __init__(self, etas, biases, steps: int = STEPS, seed: int = 5) -> None:
        rng = np.random.default_rng(seed)
        self.X = rng.normal(size=(60, 2))
        d = np.sin(2 * self.X[:, 0]) + self.X[:, 1] / 2
        runs = len(etas)
        eta = np.asarray(etas, dtype=float)
        W = np.tile(rng.normal(size=(2, UNITS)), (runs, 1, 1))
        v = rng.normal(size=UNITS) / np.sqrt(UNITS)
        b = np.repeat(np.asarray(biases, dtype=float)[:, None], UNITS, axis=1)
        history, errors = [], []
        for step in range(steps + 1):
            Z = self.X @ W + b[:, None, :]
            history.append(~np.any(Z > 0, axis=1))
            slope = np.where(Z > 0, 1.0, 0.0)
            H = slope * Z
            errors.append(0.5 * np.mean((H @ v - d) ** 2, axis=1))
            if step == steps:
                break
            dy = (H @ v - d) / len(d)  # ∂E/∂y of the mean
            dZ = dy[..., None] * v * slope
            W = W - eta[:, None, None] * (self.X.T @ dZ)
            b = b - eta[:, None] * dZ.sum(axis=1)
        self.dead, self.errors = np.array(history), np.array(errors)
        self.W, self.b = W, b

    def shares(self) -> np.ndarray:
        """Return the dead share (steps + 1, runs)."""
        return self.dead.mean(axis=-1)


@cache
def every_run() -> ReluRuns:
    """All pairs of `BIASES` and `ETAS`, in this order, trained once."""
    biases, etas = np.meshgrid(BIASES, ETAS, indexing="ij")
    return ReluRuns(etas.ravel(), biases.ravel())


def controls(
    eta: float, bias: float
) -> tuple[widgets.SelectionSlider, widgets.SelectionSlider, widgets.ToggleButtons]:
    """What chooses one of the runs, and whether it is seen before or after training."""
    wide = widgets.Layout(width="420px")
    style = {"description_width": "120px"}
    return (
        widgets.SelectionSlider(
            options=ETAS, value=eta, description="Learning rate η", layout=wide, style=style
        ),
        widgets.SelectionSlider(
            options=BIASES, value=bias, description="Bias at the start", layout=wide, style=style
        ),
        widgets.ToggleButtons(
            options=["before training", "after training"],
            value="after training",
            description="Units",
        ),
    )


class DyingRelu(Picture):
    """The picture: where each unit switches on among the examples, the dead share in training, and
    its map.

    Parameters
    ----------
    eta, bias : float
        Where the sliders start: one of `ETAS`, one of `BIASES`.
    """

    lines = 3

    def __init__(self, eta: float = 10.0, bias: float = 0.0) -> None:
        super().__init__(9.6, 4.3)
        runs = every_run()
        self.eta, self.bias, self.moment = controls(eta, bias)
        self._cloud = draw_cloud(self.figure.add_axes((0.055, 0.115, 0.36, 0.8)), runs.X)
        shares = runs.shares()[-1].reshape(len(BIASES), len(ETAS))
        self._share = draw_share(
            self.figure.add_axes((0.525, 0.73, 0.455, 0.22)),
            self.figure.add_axes((0.525, 0.115, 0.455, 0.41)),
            shares,
            ETAS,
            BIASES,
            STEPS,
        )
        self.arrange(
            widgets.HBox([self.eta, self.bias]),
            self.moment,
            follow=(self.eta, self.bias, self.moment),
        )

    def _place(self) -> tuple[int, int, int]:
        row, column = BIASES.index(self.bias.value), ETAS.index(self.eta.value)
        return row, column, row * len(ETAS) + column

    def move(self) -> None:
        """Put the chosen run into all three parts of the picture."""
        runs, (row, column, k) = every_run(), self._place()
        move_share(self._share, runs.shares()[:, k], row, column)
        if self.moment.value == "after training":
            W, b, dead = runs.W[k], runs.b[k], runs.dead[-1, k]
        else:
            start = ReluRuns([self.eta.value], [self.bias.value], steps=0)
            W, b, dead = start.W[0], start.b[0], start.dead[0, 0]
        move_cloud(self._cloud, W, b, dead, f"where each unit switches on, {self.moment.value}")

    def text(self) -> str:
        """Return how many units were dead before and are dead after training, how many training
        killed, and the error."""
        runs, (_, _, k) = every_run(), self._place()
        before, after = runs.dead[0, k], runs.dead[-1, k]
        rows = [
            f"η = {self.eta.value:g}, biases start at {self.bias.value:g}: {before.sum()} of"
            f" {UNITS} units dead before training, {after.sum()} after {STEPS} steps"
            f" ({after.mean():.0%}).".replace("-", "−"),
            (
                f"Killed by training: {(after & ~before).sum()}. Come back to life:"
                f" {(before & ~after).sum()}; a unit that is off for every example gets no gradient"
                " at all."
            ),
            f"Mean error {runs.errors[0, k]:.3g} before, {runs.errors[-1, k]:.3g} after.",
        ]
        return "\n".join(rows)
