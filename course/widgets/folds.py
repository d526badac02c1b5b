"""Folds: what a few ReLU units add up to, and what is left of it when they are linear.

`Hinges` is the mathematics, tested without a browser; `Folds` shows it with sliders.
"""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from course.plots.folds import draw_folds, move_folds
from course.widgets.common.picture import Picture

MOST = 6
#: Where each unit folds and how much the slope changes there, at the start.
FOLD_AT = (-2.0, -0.5, 1.5, 2.0, -1.0, 0.5)
BENDS = (1.0, -1.5, 1.0, 1.0, -1.0, -1.0)
X = np.linspace(-3, 3, 241)


def tent(x: np.ndarray) -> np.ndarray:
    """The goal: 0, up to 1 at x = 0, down to 0 again at x = 1."""
    return np.maximum(0.0, 1 - np.abs(x))


class Hinges:
    """A network of one input, a few hidden units and a linear output: y = Σ v f(x - c).

    Parameters
    ----------
    at : array-like (units,)
        c: where each unit folds. Its pre-activation is x - c.
    bends : array-like (units,)
        v: how much the slope of y changes there.
    linear : bool
        Whether f is the identity instead of ReLU.
    """

    def __init__(self, at, bends, linear: bool = False) -> None:
        self.at, self.bends = np.asarray(at, dtype=float), np.asarray(bends, dtype=float)
        self.linear = linear

    def units(self, x: np.ndarray) -> np.ndarray:
        """What each unit adds at x (n,): (n, units)."""
        z = np.asarray(x, dtype=float)[:, None] - self.at
        return self.bends * (z if self.linear else np.maximum(z, 0))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return y at x (n,)."""
        return self.units(x).sum(axis=1)

    def folds(self) -> np.ndarray:
        """Where y has a fold, in order: none where the units are linear or two cancel."""
        places = np.unique(self.at)
        changes = [self.bends[self.at == place].sum() for place in places]
        return places[~np.isclose(changes, 0)] if not self.linear else places[:0]

    def slopes(self) -> np.ndarray:
        """The slopes of y from left to right: one more than there are folds."""
        if self.linear:
            return np.array([self.bends.sum()])
        steps = [self.bends[self.at == place].sum() for place in self.folds()]
        return np.concatenate([[0.0], np.cumsum(steps)])


class Folds(Picture):
    """The picture: each unit as a thin line, their sum as a thick one, and a tent to build.

    Parameters
    ----------
    units : int
        How many there are at first, 1 to 6.
    """

    lines = 4

    def __init__(self, units: int = 1) -> None:
        super().__init__(9.0, 4.0)
        self._at, self._bends = list(FOLD_AT), list(BENDS)
        wide = widgets.Layout(width="400px")
        style = {"description_width": "120px"}
        self.units = widgets.IntSlider(
            value=units, min=1, max=MOST, description="Units", layout=wide, style=style
        )
        self.kind = widgets.ToggleButtons(options=["ReLU", "linear"], description="Units are")
        self.chosen = widgets.IntSlider(
            value=1, min=1, max=MOST, description="Unit to drag", layout=wide, style=style
        )
        self.at = widgets.FloatSlider(
            value=self._at[0], min=-3, max=3, step=0.25, description="It folds at", layout=wide,
            style=style,
        )  # fmt: skip
        self.bend = widgets.FloatSlider(
            value=self._bends[0], min=-3, max=3, step=0.25, description="Slope changes by",
            layout=wide, style=style,
        )  # fmt: skip
        self._artists = draw_folds(self.figure.add_axes((0.07, 0.13, 0.9, 0.76)), X, tent(X), MOST)
        self._held = 1  # the unit whose numbers the two sliders show
        self.chosen.observe(self._take_up, names="value")
        for slider in (self.at, self.bend):
            slider.observe(self._put, names="value")
        self.arrange(
            widgets.HBox([self.units, self.kind]),
            widgets.HBox([self.chosen]),
            widgets.HBox([self.at, self.bend]),
            follow=(self.units, self.kind, self.chosen, self.at, self.bend),
        )

    def _take_up(self, change: dict) -> None:
        """Let the sliders show the unit that was chosen."""
        k = change["new"] - 1
        self.at.value, self.bend.value = self._at[k], self._bends[k]
        self._held = change["new"]

    def _put(self, change: dict) -> None:
        """Give the unit what the sliders say; while they are being set to another unit, nothing."""
        if self._held == self.chosen.value:
            k = self._held - 1
            self._at[k], self._bends[k] = self.at.value, self.bend.value

    @property
    def hinges(self) -> Hinges:
        """The network that the sliders ask for."""
        n = self.units.value
        return Hinges(self._at[:n], self._bends[:n], self.kind.value == "linear")

    def move(self) -> None:
        """Put the units and their sum into the picture."""
        k = self.chosen.value - 1
        net = self.hinges
        count = len(net.folds())
        title = f"folds: {count}; straight pieces: {count + 1}"
        move_folds(self._artists, net.units(X), net(X), net.folds(), net(net.folds()), k, title)

    def text(self) -> str:
        """Return the folds, the slopes between them, and how far the sum is from the tent."""
        net, far = self.hinges, float(np.max(np.abs(self.hinges(X) - tent(X))))
        n, k = self.units.value, self.chosen.value
        folds = net.folds()
        where = "folds at " + ", ".join(f"{c:g}" for c in folds) if len(folds) else "has no fold"
        slopes = ", ".join(f"{slope + 0.0:g}" for slope in net.slopes())
        return "\n".join(
            [
                f"{n} {self.kind.value} unit{'s' if n > 1 else ''}. The sum {where}.",
                f"Its slopes from left to right: {slopes}.",
                f"Unit {k} folds at {self.at.value:g}, and the slope changes by"
                f" {self.bend.value:g} there." + ("" if k <= n else " It does not take part."),
                f"Farthest from the tent: {far:.3g}."
                + (" That is the tent." if far < 1e-9 else ""),
            ]
        ).replace("-", "−")
