"""Zig-zag: why inputs that are all positive make a neuron walk in zig-zag.

`Walk` is the mathematics, tested without a browser; `ZigZag` shows it with three sliders.
"""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from course.plots.zigzag import SIDE, draw_plane, draw_signs, move_plane, move_signs
from course.widgets.common.picture import Picture
from course.zigzag import START, TARGET, examples

MAX_STEPS = 60


class Walk:
    """One neuron with two inputs, z = w · x, trained example by example towards w* = (1.5, −1.3).

    E = ½ (z - d)² with d = w* · x. The gradient by w is (z - d) x: one upstream number times the
    inputs, so where both inputs are positive both gradients have the sign of z - d. Inha
    University, "Backpropagation, activation function".

    Parameters
    ----------
    mean : float
        Both inputs are spread evenly over mean ± 0.9.
    eta : float
        Learning rate.
    steps : int
    seed : int
        Of the twelve examples.

    Attributes
    ----------
    X : array (12, 2)
    path : array (steps + 1, 2)
        w before, between and after the steps; it stops moving where it has left the range of
        floats.
    gradients : array (steps, 2)
    errors : array (steps + 1,)
        Mean of E over the twelve examples.
    """

    def __init__(self, mean: float, eta: float, steps: int = MAX_STEPS, seed: int = 3) -> None:
        self.X = examples(mean, seed)
        w, path, gradients = START, [START], []
        for step in range(steps):
            x = self.X[step % len(self.X)]
            g = ((w - TARGET) @ x) * x  # ∂E/∂w = (z - d) x
            gradients.append(g)
            w = np.clip(w - eta * g, -1e100, 1e100)
            path.append(w)
        self.path, self.gradients = np.array(path), np.array(gradients).reshape(-1, 2)
        self.errors = self.error(self.path)

    def error(self, w: np.ndarray) -> np.ndarray:
        """Return the mean error (…) at weights (…, 2)."""
        return 0.5 * np.mean(((np.asarray(w) - TARGET) @ self.X.T) ** 2, axis=-1)

    @property
    def all_positive(self) -> bool:
        """Whether every input of every example is positive."""
        return bool(np.all(self.X > 0))

    @property
    def agreement(self) -> float:
        """The share of steps in which both gradients have the same sign; 0 where there were no
        steps."""
        return (
            float(np.mean(np.prod(np.sign(self.gradients), axis=1) > 0))
            if len(self.gradients)
            else 0.0
        )


class ZigZag(Picture):
    """The picture: the walk in the weight plane, the signs of both gradients, and the error.

    Parameters
    ----------
    mean, eta : float
        Where the sliders start.
    """

    lines = 3

    def __init__(self, mean: float = 1.0, eta: float = 0.25) -> None:
        super().__init__(9.2, 4.3)
        wide = widgets.Layout(width="440px")
        style = {"description_width": "135px"}
        self.mean = widgets.FloatSlider(
            value=mean,
            min=0,
            max=2,
            step=0.1,
            description="Mean of the inputs",
            layout=wide,
            style=style,
        )
        self.eta = widgets.FloatSlider(
            value=eta,
            min=0.01,
            max=0.6,
            step=0.01,
            description="Learning rate η",
            layout=wide,
            style=style,
        )
        self.steps = widgets.IntSlider(
            value=40, min=0, max=MAX_STEPS, description="Steps", layout=wide, style=style
        )
        self._plane = draw_plane(self.figure.add_axes((0.065, 0.12, 0.4, 0.8)), TARGET)
        self._signs = draw_signs(
            self.figure.add_axes((0.6, 0.66, 0.385, 0.24)),
            self.figure.add_axes((0.6, 0.13, 0.385, 0.43)),
            MAX_STEPS,
        )
        w1, w2 = np.meshgrid(SIDE, SIDE)
        self._weights = np.stack([w1, w2], axis=-1)
        self.arrange(
            widgets.HBox([self.mean, self.eta]),
            self.steps,
            follow=(self.mean, self.eta, self.steps),
        )

    @property
    def walk(self) -> Walk:
        """The walk that the sliders ask for."""
        return Walk(self.mean.value, self.eta.value, self.steps.value)

    def move(self) -> None:
        """Put the walk into all three parts of the picture."""
        walk = self.walk
        title = (
            "hatched: where the next step may go"
            if walk.all_positive
            else "the next step may go anywhere"
        )
        move_plane(
            self._plane,
            np.log10(walk.error(self._weights) + 1e-4),
            walk.path,
            walk.all_positive,
            title,
        )
        move_signs(
            self._signs,
            walk.gradients,
            walk.errors,
            (
                f"same sign in {walk.agreement:.0%} of the steps"
                if len(walk.gradients)
                else "no step yet"
            ),
        )

    def text(self) -> str:
        """Return the range of the inputs, how often the signs agree, how far the walk came, and
        whether it diverges."""
        walk = self.walk
        low, high = walk.X.min(), walk.X.max()
        length = float(np.sum(np.linalg.norm(np.diff(walk.path, axis=0), axis=1)))
        straight = float(np.linalg.norm(TARGET - START))
        taken = len(walk.gradients)
        signs = (
            f"The two gradients have the same sign in {walk.agreement:.0%} of {taken}"
            f" step{'s' if taken != 1 else ''}."
        )
        rows = [
            f"Inputs from {low:.2f} to {high:.2f}:"
            f" {'all positive' if walk.all_positive else 'of both signs'}."
            f" {signs if taken else 'After 0 steps nothing has moved.'}".replace("-", "−"),
        ]
        if walk.errors[-1] > 10 * walk.errors[0]:
            return "\n".join(
                [
                    *rows,
                    (
                        f"The walk diverges: η = {self.eta.value:.2f} is too large for inputs of"
                        " this size, and the picture has lost it."
                    ),
                ]
            )
        rows.append(
            f"Mean error {walk.errors[0]:.3g} at the start, {walk.errors[-1]:.3g} now. "
            f"Walked {length:.2f}; the straight way to the goal is {straight:.2f}."
        )
        reached = np.flatnonzero(walk.errors < 1e-3)
        rows.append(
            f"The error fell below 0.001 after {reached[0]} steps."
            if reached.size
            else "The error has not fallen below 0.001."
        )
        return "\n".join(rows)
