"""Unit map: which hidden unit is on for which example. A dead unit is an empty column.

The networks are those of `course.widgets.dying_relu`; `on_map` is the mathematics, tested without a
browser, and `UnitMap` shows it.
"""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from course.plots.unit_map import draw_units, move_units
from course.widgets.common.picture import Picture
from course.widgets.dying_relu import BIASES, ETAS, STEPS, UNITS, ReluRuns, controls, every_run


def on_map(W: np.ndarray, b: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Whether each unit is on for each example.

    Parameters
    ----------
    W, b : arrays (d, units), (units,)
    X : array (n, d)

    Returns
    -------
    array (n, units) of bool
        The units in the order of how many examples switch them on, the busiest first.
    """
    on = np.asarray(X) @ W + b > 0
    return on[:, np.argsort(-on.sum(axis=0), kind="stable")]


class UnitMap(Picture):
    """The picture: examples down, units across; dark where a unit is on.

    Parameters
    ----------
    eta, bias : float
        Where the sliders start: one of `ETAS`, one of `BIASES`.
    """

    lines = 3

    def __init__(self, eta: float = 10.0, bias: float = 0.0) -> None:
        super().__init__(9.0, 4.2)
        self.eta, self.bias, self.moment = controls(eta, bias)
        self._artists = draw_units(
            self.figure.add_axes((0.075, 0.34, 0.9, 0.58)),
            self.figure.add_axes((0.075, 0.12, 0.9, 0.18)),
            (len(every_run().X), UNITS),
        )
        self.arrange(
            widgets.HBox([self.eta, self.bias]),
            self.moment,
            follow=(self.eta, self.bias, self.moment),
        )

    def map(self) -> np.ndarray:
        """The map that the controls ask for, (examples, units)."""
        runs = every_run()
        if self.moment.value == "after training":
            k = BIASES.index(self.bias.value) * len(ETAS) + ETAS.index(self.eta.value)
            return on_map(runs.W[k], runs.b[k], runs.X)
        start = ReluRuns([self.eta.value], [self.bias.value], steps=0)
        return on_map(start.W[0], start.b[0], runs.X)

    def move(self) -> None:
        """Put the map, and the share of examples of each unit, into the picture."""
        on = self.map()
        dead = int(np.sum(~on.any(axis=0)))
        move_units(self._artists, on, f"{dead} of {UNITS} units are off for every example")

    def text(self) -> str:
        """Return how many columns are empty, and for how many examples a unit and an example are
        on."""
        on = self.map()
        busy, lonely = on.sum(axis=0), on.sum(axis=1)
        steps = f"after {STEPS} steps" if self.moment.value == "after training" else "at the start"
        return "\n".join(
            [
                f"η = {self.eta.value:g}, bias {self.bias.value:g}, {steps}:"
                f" {np.sum(busy == 0)} of {UNITS} columns are empty: dead units.",
                f"{np.sum(busy == len(on))} columns are full: units that are on for every example,"
                " and so as good as linear on these data.",
                f"{np.sum(lonely == 0)} of {len(on)} rows are empty: examples for which every unit"
                " is off, so that they move no unit.",
            ]
        ).replace("-", "−")
