"""GD, SGD, mini-batch: three walks down one loss surface, compared after equally many examples.

`NeuronLoss` and `walk` are the mathematics, tested without a browser; `DescentPaths` shows them
with sliders.
"""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from course.plots.descent_paths import (
    draw_curves,
    draw_surface,
    move_curves,
    move_paths,
    name_walks,
)
from course.plots.style import head
from course.widgets.common.picture import Picture, play_along
from course.widgets.neuron_trainer import logistic


class NeuronLoss:
    """The loss of a neuron with one input, as a surface over w and b.

    Parameters
    ----------
    x, y : arrays (n,)
        The examples.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self.x, self.y = x, y

    def __call__(self, w, b):
        """J(w, b) = mean of ln(1 + e^z) - y z with z = w x + b; w, b floats or arrays of one
        shape."""
        z = np.multiply.outer(w, self.x) + np.expand_dims(b, -1)
        return np.mean(np.logaddexp(0, z) - self.y * z, axis=-1)

    def gradient(self, theta: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Return ∂J/∂(w, b), (2,), on the chosen examples: the mean of (a - y) x and of a - y."""
        x, error = self.x[chosen], logistic(theta[0] * self.x[chosen] + theta[1]) - self.y[chosen]
        return np.array([error @ x, error.sum()]) / len(chosen)

    def lowest(self) -> np.ndarray:
        """Return (w, b) where J is least, by Newton's method, which needs few steps and no learning
        rate."""
        theta, X = np.zeros(2), np.column_stack([self.x, np.ones(len(self.x))])
        for _ in range(30):
            a = logistic(X @ theta)
            theta = theta - np.linalg.solve((X * (a * (1 - a))[:, None]).T @ X, X.T @ (a - self.y))
        return theta


def walk(
    loss: NeuronLoss, start: np.ndarray, eta: float, size: int, epochs: int, seed: int
) -> np.ndarray:
    """Return w and b after 0, 1, 2, … updates with mini-batches of `size`, (updates + 1, 2)."""
    rng, n = np.random.default_rng(seed), len(loss.x)
    places = [np.asarray(start, dtype=float)]
    for _ in range(epochs):
        order = rng.permutation(n)
        for first in range(0, n, size):
            places.append(places[-1] - eta * loss.gradient(places[-1], order[first : first + size]))
    return np.array(places)


def crowd(n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """One feature of two groups that overlap: heights of 40 vehicles, say, in units of their
    spread."""
    rng = np.random.default_rng(8)
    y = np.arange(n) % 2
    return 0.9 + np.where(y == 1, 0.9, -0.9) + rng.normal(size=n), y.astype(float)


class DescentPaths(Picture):
    """The picture: three walks over the contour lines of one loss, and their losses against epochs.

    Parameters
    ----------
    epochs : int
        How far the walks go.
    """

    lines = 4

    START = np.array([-1.2, 1.6])

    def __init__(self, epochs: int = 20) -> None:
        super().__init__(8.8, 4.6)
        self.loss = NeuronLoss(*crowd())
        self.least = self.loss.lowest()
        self._surface_axes = self.figure.add_axes((0.075, 0.125, 0.44, 0.79))
        self._curve_axes = self.figure.add_axes((0.6, 0.125, 0.39, 0.79))
        self._paths = draw_surface(
            self._surface_axes, self.loss, (-1.6, 4.4), (-3.6, 2.4), self.least
        )
        self._curves = draw_curves(self._curve_axes, epochs, float(self.loss(*self.least)), 1.7)
        head(self._surface_axes, "the walks, seen from above")
        head(self._curve_axes, "what they have reached")
        name_walks(
            self._curve_axes, {"GD": "GD: all 40", "mini-batch": "mini-batches", "SGD": "SGD: one"}
        )

        n, wide = len(self.loss.x), widgets.Layout(width="430px")
        self.eta = widgets.FloatSlider(
            value=0.5, min=0.05, max=4, step=0.05, description="η", layout=wide
        )
        self.size = widgets.IntSlider(
            value=8, min=2, max=n - 1, description="Mini-batch", layout=wide
        )
        self.epochs = widgets.IntSlider(
            value=6, min=0, max=epochs, description="Epochs", layout=wide
        )
        self.play = play_along(self.epochs, 400, "Play the epochs")
        self.seed = widgets.BoundedIntText(
            value=1, min=0, max=999, description="Seed", layout=widgets.Layout(width="180px")
        )
        self.arrange(
            widgets.HBox([self.eta, self.size]), widgets.HBox([self.epochs, self.play, self.seed]),
            follow=(self.eta, self.size, self.epochs, self.seed),
        )  # fmt: skip

    @property
    def sizes(self) -> dict[str, int]:
        """How many examples each way to train takes for one update."""
        return {"SGD": 1, "mini-batch": self.size.value, "GD": len(self.loss.x)}

    def walks(self) -> dict[str, np.ndarray]:
        """The three walks, w and b after every update, (updates + 1, 2)."""
        return {
            name: walk(
                self.loss, self.START, self.eta.value, size, self.epochs.value, self.seed.value
            )
            for name, size in self.sizes.items()
        }

    def move(self) -> None:
        """Draw the walks of the present settings."""
        walks = self._walks = self.walks()
        move_paths(self._paths, walks)
        epochs = {
            name: np.linspace(0, self.epochs.value, len(places)) for name, places in walks.items()
        }
        losses = {name: self.loss(places[:, 0], places[:, 1]) for name, places in walks.items()}
        move_curves(self._curves, epochs, losses)

    def text(self) -> str:
        """Return how many updates each walk made and where it is."""
        least = float(self.loss(*self.least))
        seen = self.epochs.value * len(self.loss.x)
        lines = [
            f"{self.epochs.value} epoch{'s' if self.epochs.value != 1 else ''}: {seen} gradients of"
            f" single examples in each walk. The least possible J is {least:.4f}."
        ]
        for name, places in reversed(self._walks.items()):
            w, b = places[-1]
            J = float(self.loss(w, b))
            updates = len(places) - 1
            lines.append(
                f"   {name:<10}  {updates:>4} update{'s' if updates != 1 else ' '}   w = {w:6.3f}  "
                f" b = {b:6.3f}   J = {J:.4f}"
            )
        return "\n".join(lines)
