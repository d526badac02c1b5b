"""Bias and variance: one network, many training sets; how its errors change with width, data and
weight decay.

`Experiment` is the mathematics, tested without a browser; `BiasAndVariance` shows it with three
sliders.
"""

from __future__ import annotations

from functools import lru_cache

import ipywidgets as widgets
import numpy as np

from course.plots.bias_and_variance import draw_errors, draw_fits, move_errors, move_fits
from course.plots.style import key_above
from course.widgets.common.picture import Picture

NOISE = 0.3
WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)
SIZES = (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256)
DECAYS = (1e-6, 1e-4, 1e-2, 1e-1, 1.0, 10.0)
GRID = np.linspace(-1, 1, 81)


def truth(x: np.ndarray) -> np.ndarray:
    """The curve that is to be learnt, on [-1, 1]."""
    return 1.1 * np.cos(5 * x - 0.6)


def hidden(x: np.ndarray, width: int) -> np.ndarray:
    """The hidden layer: tanh(5 (x - c)), its units evenly placed, and a 1 for the output's bias.
    (…, n) -> (…, n, width + 1)."""
    centres = np.linspace(-1, 1, width + 2)[1:-1]
    H = np.tanh(5 * (x[..., None] - centres))
    return np.concatenate([H, np.ones((*H.shape[:-1], 1))], axis=-1)


class Experiment:
    """The same network fitted to many training sets, drawn alike: y = truth(x) + noise, x uniform
    on [-1, 1].

    A hidden layer of evenly placed tanh units is left as it is; only the output layer is trained,
    and trained to the end: by least squares with weight decay, Σ (y - ŷ)² + decay · Σ w². So
    nothing here hangs on a start, on a learning rate or on when the training was stopped.

    Parameters
    ----------
    width, size : int
        Hidden units; examples of a training set.
    decay : float
        What large output weights cost.
    runs : int
        How many training sets.

    Attributes
    ----------
    train, validation : float
        Mean squared error on the training sets, and on fresh data; medians over the training sets.
    bias2, variance : float
        The parts of the validation error without the noise: the squared distance of the mean fit
        from the truth, and the mean squared distance of the fits from the mean fit.
    fits : array (runs, len(GRID))
    x, y : arrays (runs, size)
    """

    def __init__(self, width: int, size: int, decay: float, runs: int = 40, seed: int = 5) -> None:
        rng = np.random.default_rng(seed)
        self.x = rng.uniform(-1, 1, (runs, size))
        self.y = truth(self.x) + NOISE * rng.normal(size=(runs, size))
        H = hidden(self.x, width)
        penalty = decay * np.eye(width + 1)
        penalty[-1, -1] = 1e-9  # the bias is free
        w = np.linalg.solve(
            H.transpose(0, 2, 1) @ H + penalty, H.transpose(0, 2, 1) @ self.y[..., None]
        )
        self.fits = (hidden(GRID, width) @ w)[..., 0]
        mean = self.fits.mean(axis=0)
        self.train = float(np.median(np.mean((self.y - (H @ w)[..., 0]) ** 2, axis=1)))
        self.validation = (
            float(np.median(np.mean((self.fits - truth(GRID)) ** 2, axis=1))) + NOISE**2
        )
        self.variance = float(np.mean((self.fits - mean) ** 2)) * runs / (runs - 1)
        # a mean of few fits strays, too
        self.bias2 = max(0.0, float(np.mean((mean - truth(GRID)) ** 2)) - self.variance / runs)
        self.mean = mean


@lru_cache(maxsize=2048)
def experiment(width: int, size: int, decay: float) -> Experiment:
    """The experiment with these settings, made once."""
    return Experiment(width, size, decay)


def diagnosis(e: Experiment) -> str:
    """What the errors are made of, and what to do about them, in words."""
    if e.validation < 1.5 * NOISE**2:
        return "Little is left to gain: the validation error is near the noise."
    if e.bias2 > e.variance:
        return (
            "High bias: even the mean fit misses the truth. A wider network or less decay helps;"
            " more data does not."
        )
    return (
        "High variance: every training set gives another curve. More data, decay or a narrower"
        " network helps."
    )


class BiasAndVariance(Picture):
    """The picture: fits to many training sets above, errors against width and against the amount of
    data below.

    Without a browser it shows one setting and its numbers.
    """

    lines = 5

    def __init__(self) -> None:
        super().__init__(9.6, 5.6)
        fits = self.figure.add_axes((0.065, 0.51, 0.91, 0.43))
        self._width_axes = self.figure.add_axes((0.065, 0.085, 0.42, 0.3))
        self._size_axes = self.figure.add_axes((0.565, 0.085, 0.41, 0.3))
        self._fits = draw_fits(fits, GRID, truth(GRID))
        self._by_width = draw_errors(self._width_axes, "width: hidden units", NOISE**2)
        self._by_size = draw_errors(self._size_axes, "examples in the training set", NOISE**2)
        self._width_axes.set_ylabel("squared error")
        self._width_axes.set_xlim(0.9, WIDTHS[-1] * 1.1)
        self._size_axes.set_xlim(3.6, SIZES[-1] * 1.1)
        key_above(self._size_axes, 3)

        wide = widgets.Layout(width="400px")
        self.width = widgets.SelectionSlider(
            options=WIDTHS, value=12, description="Width", layout=wide
        )
        self.size = widgets.SelectionSlider(
            options=SIZES, value=24, description="Examples", layout=wide
        )
        self.decay = widgets.SelectionSlider(
            options=[(f"{d:g}", d) for d in DECAYS], value=1e-4, description="Decay", layout=wide
        )
        self.arrange(
            widgets.HBox([self.width, self.size]),
            self.decay,
            follow=(self.width, self.size, self.decay),
        )

    @property
    def experiment(self) -> Experiment:
        """The experiment that is shown."""
        return experiment(self.width.value, self.size.value, self.decay.value)

    def move(self) -> None:
        """Show the fits of the chosen experiment and the errors of its neighbours in width and
        size."""
        e, decay = self.experiment, self.decay.value
        move_fits(self._fits, GRID, e.fits[:25], e.mean, e.x[0], e.y[0])
        across = [experiment(width, self.size.value, decay) for width in WIDTHS]
        along = [experiment(self.width.value, size, decay) for size in SIZES]
        for artists, at, row, now in (
            (self._by_width, WIDTHS, across, self.width.value),
            (self._by_size, SIZES, along, self.size.value),
        ):
            move_errors(
                artists,
                np.array(at),
                np.array([r.train for r in row]),
                np.array([r.validation for r in row]),
                now,
            )

    def text(self) -> str:
        """Return the errors, the parts of the validation error, and what they call for."""
        e, width, size = self.experiment, self.width.value, self.size.value
        lines = [
            (
                f"{width} hidden unit{'s' * (width > 1)}, {size} examples, decay"
                f" {self.decay.value:g}; noise {NOISE**2:.3g}:"
            ),
            f"   training error {e.train:.3g}, validation error {e.validation:.3g}",
            f"   over all training sets: bias² {e.bias2:.3g}, variance {e.variance:.3g}",
            diagnosis(e),
        ]
        through = width + 1 >= size and self.decay.value < 1e-3
        lines.append(
            "With as many weights as examples the fit can go through every point, noise included."
            if through
            else f"{width + 1} output weights, {size} examples."
        )
        return "\n".join(lines)
