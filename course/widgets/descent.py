"""Descent: how the learning rate decides whether a ball creeps, converges, bounces, or is thrown
out.

`descend` and `behaviour` are the mathematics, tested without a browser; `Descent` shows them with
sliders.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.plots.descent import draw_bowl, draw_curve, move_walk, set_curve
from course.plots.style import head
from course.widgets.common.picture import Picture, play_along

#: The curves: J(w) and its slope.
CURVES = {
    "one valley: J = w²": (lambda w: w**2, lambda w: 2 * w),
    "two valleys": (lambda w: w**4 / 4 - 1.5 * w**2 + 0.4 * w, lambda w: w**3 - 3 * w + 0.4),
}

#: The curvatures of the bowl J = ½ (0.2 w1² + 2 w2²): ten times steeper across than along.
CURVATURES = np.array([0.2, 2.0])

FAR = 1e6  # a ball further out than this stays where it is: it will not come back


def bowl(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
    """J = ½ (0.2 w1² + 2 w2²)."""
    return 0.5 * (CURVATURES[0] * w1**2 + CURVATURES[1] * w2**2)


def descend(slope: Callable, start: np.ndarray | float, eta: float, steps: int) -> np.ndarray:
    """Return the places of w ← w - η ∂J/∂w, the start first.

    Parameters
    ----------
    slope : callable
        w to ∂J/∂w, both of the shape of `start`.
    start : float or array (k,)
    eta : float
        Learning rate.
    steps : int

    Returns
    -------
    array (steps + 1,) or (steps + 1, k)
    """
    places = [np.asarray(start, dtype=float)]
    for _ in range(steps):
        w = places[-1]
        places.append(w if np.max(np.abs(w)) > FAR else w - eta * slope(w))
    return np.array(places)


def behaviour(factor: float) -> str:
    """Say what repeated multiplication by `factor` does: on J = ½ k w² each step multiplies w by 1
    - η k."""
    if factor > 1:
        return "runs away"
    if factor >= 0.9:
        return "creeps"
    if factor > 0.05:
        return "converges"
    if factor >= -0.05:
        return "is there at once"
    if factor > -0.995:
        return "bounces from side to side, and settles"
    return "bounces for ever" if factor >= -1.005 else "diverges, bouncing higher each time"


class Descent(Picture):
    """The picture: a ball on a curve, and on a bowl that is ten times steeper across than along.

    Parameters
    ----------
    eta : float
        Learning rate to start with, 0.01 to 1.2.
    """

    lines = 4

    def __init__(self, eta: float = 0.1) -> None:
        super().__init__(8.8, 4.1)
        self._curve_axes = self.figure.add_axes((0.075, 0.135, 0.47, 0.78))
        self._bowl_axes = self.figure.add_axes((0.63, 0.135, 0.36, 0.78))
        self._curve, self._tangent, self._on_curve = draw_curve(self._curve_axes)
        self._in_bowl = draw_bowl(self._bowl_axes, bowl)
        head(self._curve_axes, "a ball on a curve")
        head(self._bowl_axes, "the same steps in a bowl, from above")

        wide = widgets.Layout(width="430px")
        self.curve: Any = widgets.ToggleButtons(options=list(CURVES), description="Curve")
        self.eta = widgets.FloatSlider(
            value=eta, min=0.01, max=1.2, step=0.01, description="η", layout=wide
        )
        self.start = widgets.FloatSlider(
            value=-2.2, min=-2.4, max=2.4, step=0.1, description="Start", layout=wide
        )
        self.steps = widgets.IntSlider(value=12, min=0, max=40, description="Steps", layout=wide)
        self.play = play_along(self.steps, 250, "Play the steps")
        self.arrange(
            self.curve, widgets.HBox([self.eta, self.start]), widgets.HBox([self.steps, self.play]),
            follow=(self.curve, self.eta, self.start, self.steps),
        )  # fmt: skip

    @property
    def walk(self) -> np.ndarray:
        """The places on the curve, (steps + 1,)."""
        return descend(
            CURVES[self.curve.value][1], self.start.value, self.eta.value, self.steps.value
        )

    @property
    def bowl_walk(self) -> np.ndarray:
        """The places in the bowl, (steps + 1, 2). It begins as far out along w1, and half as far
        across."""
        start = self.start.value * np.array([1.0, 0.5])
        return descend(lambda w: CURVATURES * w, start, self.eta.value, self.steps.value)

    def move(self) -> None:
        """Put curve, tangent and both walks where the controls say."""
        f, slope = CURVES[self.curve.value]
        set_curve(self._curve_axes, self._curve, f)
        w = self.walk
        move_walk(self._curve_axes, self._on_curve, w, f(w))
        ends = w[-1] + np.array([-0.7, 0.7])
        self._tangent.set_data(ends, f(w[-1]) + slope(w[-1]) * (ends - w[-1]))
        b = self.bowl_walk
        move_walk(self._bowl_axes, self._in_bowl, b[:, 0], b[:, 1])

    def text(self) -> str:
        """Return what the two walks do, in words and numbers."""
        f, slope = CURVES[self.curve.value]
        eta, w, b = self.eta.value, self.walk[-1], self.bowl_walk[-1]
        head = f"η = {eta:.2f}, {self.steps.value} step{'s' if self.steps.value != 1 else ''}"
        if np.abs(w) > FAR:
            line = f"On the curve the ball is gone: |w| is above {FAR:,.0f}."
        else:
            line = f"On the curve w = {w:.5g}, J = {f(w):.5g}, slope {slope(w):.5g}."
        if self.curve.value == "two valleys":
            rule = self._valley(w)
        else:
            rule = (
                f"Each step multiplies w by 1 - 2η = {1 - 2 * eta:.2f}: it"
                f" {behaviour(1 - 2 * eta)}."
            )
        along, across = 1 - eta * CURVATURES
        return "\n".join([
            f"{head}. {line}",
            rule,
            f"In the bowl w1 = {b[0]:.5g}, w2 = {b[1]:.5g}, J = {bowl(*b):.5g}.",
            f"Along w1 times {along:.3f}: it {behaviour(along)}. Along w2 times {across:.3f}: it {behaviour(across)}.",
        ])  # fmt: skip

    def _valley(self, w: float) -> str:
        roots = np.sort(np.roots([1, 0, -3, 0.4]).real)
        if np.abs(w) > FAR:
            return "No valley holds it: the slope grows faster than the way back."
        nearest = np.argmin(np.abs(roots - w))
        if np.abs(roots[nearest] - w) > 0.05:
            return (
                f"It has not come to rest. The deep valley is at w = {roots[0]:.2f}, the shallow"
                f" one at w = {roots[2]:.2f}."
            )
        if nearest == 1:
            return "It stands on the crest between the valleys, where the slope is zero as well."
        return (
            f"It rests in the {'deep' if nearest == 0 else 'shallow'} valley at w ="
            f" {roots[nearest]:.2f}. From another start it may end elsewhere."
        )
