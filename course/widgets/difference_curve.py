"""The V-curve of finite differences: a step too large misses the curve, a step too small drowns in
rounding.

`DifferenceErrors` is the mathematics, tested without a browser; `DifferenceCurve` shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np

from course.plots.difference_curve import draw_errors, draw_zoom, show_errors, show_zoom
from course.widgets.common.picture import Picture

PER_DECADE = 4
STEPS = 10.0 ** (np.arange(-16 * PER_DECADE, 1) / PER_DECADE)  # 1e-16 … 1


class Subject(NamedTuple):
    """A function, its derivative, and where it is taken."""

    f: Callable
    slope: Callable
    x: float


def _sigma(z):
    return 1 / (1 + np.exp(-z))


SUBJECTS = {
    "σ at 0.5": Subject(_sigma, lambda x: _sigma(x) * (1 - _sigma(x)), 0.5),
    "x³ at 1": Subject(lambda x: x * x * x, lambda x: 3 * x * x, 1.0),
    "sin at 1": Subject(np.sin, np.cos, 1.0),
    "exp at 10": Subject(np.exp, np.exp, 10.0),
}


class DifferenceErrors:
    """The relative error of finite differences of one function, for every step in `STEPS`.

    Parameters
    ----------
    subject : str
        One of `SUBJECTS`.

    Attributes
    ----------
    errors : dict of str to array
        "central": (f(x + h) - f(x - h)) / 2h, "one-sided": (f(x + h) - f(x)) / h, "central,
        float32": the first, with every number in single precision.
    """

    def __init__(self, subject: str) -> None:
        self.name = subject
        self.f, slope, self.x = SUBJECTS[subject]
        self.exact = float(slope(np.float64(self.x)))
        x, h = np.float64(self.x), STEPS
        small_x, small_h = np.float32(self.x), STEPS.astype(np.float32)
        measured = {
            "central": (self.f(x + h) - self.f(x - h)) / (2 * h),
            "one-sided": (self.f(x + h) - self.f(x)) / h,
            "central, float32": (
                (self.f(small_x + small_h) - self.f(small_x - small_h)) / (2 * small_h)
            ),
        }
        self.measured = measured
        self.errors = {
            name: np.abs(value.astype(float) / self.exact - 1) for name, value in measured.items()
        }

    def zoom(self, h: float) -> tuple[np.ndarray, np.ndarray, tuple[float, float]]:
        """The function around x in units of h and of the tangent's rise: t, rise(t), and the rises
        at t = -1 and 1."""
        t = np.linspace(-2, 2, 401)
        rise = lambda t: (self.f(self.x + t * h) - self.f(np.float64(self.x))) / (h * self.exact)
        return t, rise(t), (float(rise(np.float64(-1))), float(rise(np.float64(1))))

    def best(self, name: str) -> float:
        """The step with the smallest error."""
        return float(STEPS[int(np.argmin(self.errors[name]))])

    def describe(self, index: int) -> str:
        """Return the numbers of the picture as text."""
        h = STEPS[index]
        rows = [f"h = {h:.2g}, derivative {self.exact:.12g}"]
        for name, error in self.errors.items():
            lost = (
                "  (the two values of f are one and the same number)"
                if self.measured[name][index] == 0
                else ""
            )
            rows.append(
                f"  {name:<17} {float(self.measured[name][index]):<19.12g} relative error"
                f" {error[index]:.1e}{lost}"
            )
        where = self.best("central")
        if h > 10 * where:
            why = (
                "h is large: the curve bends between x − h and x + h, and the line through them"
                " misses the slope"
            )
        elif h < where / 10:
            why = (
                "h is small: f(x + h) and f(x − h) agree in most digits, and their difference is"
                " mostly rounding"
            )
        else:
            why = "h is about right for central differences here: neither error is large"
        return "\n".join([*rows, f"  {why}."])


class DifferenceCurve(Picture):
    """The picture: choose a function and a step h; see the error, and what the function looks like
    at that scale.

    Without a browser it shows its first picture and the numbers as text.

    Parameters
    ----------
    subject : str
        One of `SUBJECTS`.
    """

    lines = 5

    def __init__(self, subject: str = "σ at 0.5") -> None:
        super().__init__(9.4, 4.2)
        self._errors = draw_errors(self.figure.add_axes((0.075, 0.13, 0.43, 0.83)), STEPS)
        self._zoom = draw_zoom(self.figure.add_axes((0.565, 0.13, 0.41, 0.78)))
        wide = {"description_width": "60px"}
        self.subject: Any = widgets.ToggleButtons(
            options=list(SUBJECTS), value=subject, description="f", style=wide
        )
        options = [(f"{h:.1e}", k) for k, h in enumerate(STEPS)]
        self.h = widgets.SelectionSlider(options=options, value=len(STEPS) - 1, description="h", style=wide,
                                         layout=widgets.Layout(width="600px"))  # fmt: skip
        self.differences = DifferenceErrors(subject)
        self.arrange(self.subject, self.h, follow=(self.subject, self.h))

    def move(self) -> None:
        """Show the errors of the chosen function, and the function at the scale of the chosen
        step."""
        if self.differences.name != self.subject.value:
            self.differences = DifferenceErrors(self.subject.value)
        h = float(STEPS[self.h.value])
        show_errors(self._errors, self.differences.errors, STEPS, self.h.value)
        show_zoom(self._zoom, *self.differences.zoom(h), h)

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        return f"{self.subject.value}: {self.differences.describe(self.h.value)}"
