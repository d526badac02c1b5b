"""XOR regions: watch a 2-2-1 network bend the square until one straight cut is enough, or fail to.

`XorTraining` is the mathematics, tested without a browser; `XorRegions` shows it with a select box
and a slider.
"""

from __future__ import annotations

from functools import cached_property

import ipywidgets as widgets
import numpy as np

from course.plots import style
from course.plots.palette import LIGHT
from course.plots.xor_regions import (
    CORNERS,
    TARGETS,
    draw_hidden_space,
    draw_surface,
    draw_unit_lines,
    grid,
    move_hidden_space,
    move_surface,
    move_unit_lines,
)
from course.widgets.common.picture import Picture


def logistic(z: np.ndarray) -> np.ndarray:
    """σ(z) = 1 / (1 + e^-z)."""
    return 1 / (1 + np.exp(-z))


class XorTraining:
    """A 2-2-1 logistic network trained on the four corners of XOR by full-batch gradient descent,
    with snapshots.

    The error is E = 1/2 Σ (target - out)² over the four corners. The task is the exercise of Inha
    University, "Backpropagation, activation function".

    Parameters
    ----------
    W1, b1, W2, b2 : arrays (2, 2), (2,), (2, 1), (1,)
        Where to start.
    eta : float
        Learning rate.
    stops : sequence of int
        The steps, in rising order, at which a snapshot is kept.

    Attributes
    ----------
    errors : array (stops[-1] + 1,)
        E after 0, 1, 2, … steps.
    snapshots : dict of int to tuple (W1, b1, W2, b2)
    """

    def __init__(
        self, W1, b1, W2, b2, eta: float = 2.0, stops: tuple[int, ...] = (0, 10, 100, 1000)
    ) -> None:
        self.errors = np.empty(stops[-1] + 1)
        self.snapshots = {}
        kept, target = set(stops), TARGETS[:, None]
        for step in range(stops[-1] + 1):
            out_h = logistic(CORNERS @ W1 + b1)
            out_o = logistic(out_h @ W2 + b2)
            self.errors[step] = 0.5 * np.sum((target - out_o) ** 2)
            if step in kept:
                self.snapshots[step] = (W1, b1, W2, b2)
            delta_o = (out_o - target) * out_o * (1 - out_o)
            delta_h = delta_o @ W2.T * out_h * (1 - out_h)
            W1, W2 = W1 - eta * CORNERS.T @ delta_h, W2 - eta * out_h.T @ delta_o
            b1, b2 = b1 - eta * delta_h.sum(axis=0), b2 - eta * delta_o.sum(axis=0)

    def hidden(self, step: int, points: np.ndarray) -> np.ndarray:
        """Return the activations (k, 2) of the hidden units at points (k, 2), in the snapshot after
        `step` steps."""
        W1, b1, _, _ = self.snapshots[step]
        return logistic(points @ W1 + b1)

    def cut(self, step: int, hidden: np.ndarray) -> np.ndarray:
        """Return the output unit's answer (k,) at hidden activations (k, 2), after `step` steps."""
        _, _, W2, b2 = self.snapshots[step]
        return logistic(hidden @ W2 + b2)[:, 0]

    def predict(self, step: int, points: np.ndarray) -> np.ndarray:
        """Return the network's outputs (k,) at points (k, 2), after `step` steps."""
        return self.cut(step, self.hidden(step, points))


def random_start(seed: int) -> tuple[np.ndarray, ...]:
    """Return W1, b1, W2, b2 of a 2-2-1 network, every entry drawn from N(0, 1)."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 2)), rng.normal(size=2), rng.normal(size=(2, 1)), rng.normal(size=1)


def equal_start() -> tuple[np.ndarray, ...]:
    """Return W1, b1, W2, b2 with the two hidden units exactly alike."""
    return np.full((2, 2), 0.5), np.full(2, -0.5), np.full((2, 1), 0.5), np.full(1, -0.5)


class XorRegions(Picture):
    """The picture: decision surface, hidden space and error of a 2-2-1 network while it learns XOR.

    Three starts to compare: a random one, another random one that gets stuck, and one whose hidden
    units are alike. It begins before the first step, with or without a browser.

    Parameters
    ----------
    seed, stuck_seed : int
        Seeds of the two random starts.
    steps : int
        Gradient steps of every run.
    """

    lines = 5

    def __init__(self, seed: int = 0, stuck_seed: int = 6, steps: int = 4000) -> None:
        super().__init__(8.4, 5.6)
        self._starts = {
            f"random, seed {seed}": random_start(seed),
            f"random, seed {stuck_seed}": random_start(stuck_seed),
            "all weights equal": equal_start(),
        }
        self.stops = (0, *(int(k) for k in np.unique(np.geomspace(1, steps, 70).round())))
        self.start = widgets.ToggleButtons(options=list(self._starts), description="Start")
        self.step = widgets.SelectionSlider(
            options=[(f"{k:,}", k) for k in self.stops],
            value=0,
            description="Steps",
            layout=widgets.Layout(width="600px"),
        )
        self._draw()
        self.arrange(self.start, self.step, follow=(self.start, self.step))

    @cached_property
    def runs(self) -> dict[str, XorTraining]:
        """The three training runs, by the name of their start."""
        return {name: XorTraining(*start, stops=self.stops) for name, start in self._starts.items()}

    @property
    def run(self) -> XorTraining:
        """The run that is chosen."""
        return self.runs[self.start.value]

    def _draw(self) -> None:
        surface_axes = self.figure.add_axes((0.065, 0.36, 0.4, 0.575))
        hidden_axes = self.figure.add_axes((0.575, 0.36, 0.4, 0.575))
        style.head(surface_axes, "what the network answers", loc="center")
        style.head(hidden_axes, "where the hidden units put the square", loc="center")
        last = self.stops[-1]
        self._surface = draw_surface(surface_axes, lambda points: self.run.predict(last, points))
        self._units = draw_unit_lines(surface_axes, 2)
        self._hidden = draw_hidden_space(hidden_axes)
        ax = self.figure.add_axes((0.115, 0.1, 0.86, 0.15))
        (self._error,) = ax.plot([], [], color=LIGHT.error, linewidth=1.8)
        (self._now,) = ax.plot(
            [],
            [],
            "o",
            color=LIGHT.error,
            markersize=8,
            markeredgecolor="white",
            zorder=5,
            clip_on=False,
        )
        ax.set_xscale("symlog", linthresh=1, linscale=0.35)
        ax.set(
            xlim=(-0.1, last * 1.1),
            ylim=(0, 0.85),
            yticks=[0, 0.25, 0.5],
            xlabel="steps",
            ylabel="error E",
        )
        style.dress(ax)
        # enough for the eye
        self._marked = np.unique(
            np.concatenate([np.arange(30), np.geomspace(30, last, 200).round().astype(int)])
        )

    def move(self) -> None:
        """Put the chosen run after so many steps into all three parts of the picture."""
        run, step = self.run, self.step.value
        W1, b1, W2, b2 = run.snapshots[step]
        move_surface(self._surface, run.predict(step, grid()))
        move_unit_lines(self._units, W1, b1)
        cut = run.cut(step, grid(61, 0, 1))
        move_hidden_space(
            self._hidden, lambda points: run.hidden(step, points), cut, W2[:, 0], float(b2[0])
        )
        # what is to come would be told before it happens
        so_far = self._marked[self._marked <= step]
        self._error.set_data(so_far, run.errors[so_far])
        self._now.set_data([step], [run.errors[step]])

    def text(self) -> str:
        """Return what the picture shows, in words and numbers: the error, and each corner's output
        and hidden pair."""
        run, step = self.run, self.step.value
        rows = [f"{self.start.value}, after {step:,} steps: E = {run.errors[step]:.6f}"]
        points = zip(
            CORNERS, TARGETS, run.predict(step, CORNERS), run.hidden(step, CORNERS), strict=True
        )
        for corner, target, output, hidden in points:
            verdict = "right" if round(float(output)) == target else "wrong"
            rows.append(
                f"   x = ({corner[0]:.0f}, {corner[1]:.0f})   target {target:.0f}   output"
                f" {output:.4f}   {verdict}   hidden ({hidden[0]:.3f}, {hidden[1]:.3f})"
            )
        return "\n".join(rows)
