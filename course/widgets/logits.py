"""Logits to probabilities: the three stages of softmax, with a temperature, and what overflow does without the shift.

`Stages` is the mathematics, tested without a browser; `LogitsToProbabilities` shows it with sliders.
"""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np

from course.plots.logits import draw_bars, draw_logits, in_figures, move_bars, move_logits
from course.widgets.picture import Picture

#: softmax of these four is printed by a lecture series, lessons 8–13 on neural networks, loss and activation functions.
DECK = (1.1, 2.2, 0.2, -1.7)
TEMPERATURES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 50.0)
ADDED = (-1000.0, -746.0, -743.0, -100.0, -10.0, 0.0, 10.0, 100.0, 707.2, 708.0, 1000.0)


class Stages:
    """Softmax in floating point, stage by stage, as a program would compute it.

    Parameters
    ----------
    z : sequence of k floats
        The logits before anything is done to them.
    temperature : float
        All logits are divided by it.
    added : float
        Added to all logits, after the division.
    shift : bool
        Whether the largest logit is subtracted before the exponential.

    Attributes
    ----------
    logits, exponents, exponentials, p : array (k,)
        What enters softmax, what stands in the exponent, e to its power, and the result: inf and nan where they occur.
    total : float
        The sum of the exponentials.
    exact : array (k,)
        The right probabilities.
    """

    def __init__(self, z: Sequence[float], temperature: float = 1.0, added: float = 0.0, shift: bool = True) -> None:
        scaled = np.asarray(z, dtype=float) / temperature
        self.logits = scaled + added
        self.exponents = self.logits - self.logits.max() if shift else self.logits
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            self.exponentials = np.exp(self.exponents)  # e^z
            self.total = float(self.exponentials.sum())
            self.p = self.exponentials / self.total  # e^z_i / Σ_j e^z_j
        rest = np.exp(scaled - scaled.max())
        self.exact = rest / rest.sum()
        self.shift = shift

    def verdict(self) -> str:
        """What happened, in a sentence or two."""
        if np.isnan(self.p).any():
            if self.total == 0:
                return "Every exponential is too small for a float and becomes 0. 0/0 is nan, not a number."
            return "An exponential is too large for a float (above 1.8·10³⁰⁸) and becomes inf. inf/inf is nan, not a number."
        if np.isinf(self.total):
            return "Each exponential fits into a float, but their sum does not: it is inf, and every probability becomes 0."
        if not np.allclose(self.p, self.exact, rtol=0, atol=1e-9):
            right = ", ".join(f"{p:.4f}" for p in self.exact)
            return f"The exponentials are so small that a float has lost their digits. Right would be {right}."
        largest = int(np.argmax(self.p))
        first = [str(i + 1) for i in np.flatnonzero(self.p > self.p[largest] - 1e-9)]
        if self.p[largest] > 0.99:
            return f"Class {largest + 1} has nearly everything."
        if np.ptp(self.p) < 0.02:
            return "All classes have nearly the same probability."
        if len(first) > 1:
            return f"Classes {', '.join(first[:-1])} and {first[-1]} share the largest logit and the largest probability."
        return f"Class {largest + 1} has the largest logit and the largest probability."

    def describe(self) -> str:
        """The numbers of the picture as text."""
        power = "e^(z - largest)" if self.shift else "e^z"
        rows = {"z": self.logits, power: self.exponentials, "p": self.p}
        lines = [f"{name:<16}" + "".join(f"{in_figures(v):>15}" for v in row) for name, row in rows.items()]
        lines.append(f"{'sum of p':<16}{float(self.p.sum()):>15.4g}")
        return "\n".join([*lines, self.verdict()])


class LogitsToProbabilities(Picture):
    """The picture: four logits, their exponentials, their probabilities; sliders for the logits and the temperature.

    Without a browser it shows its first picture and the numbers as text.

    Parameters
    ----------
    z : sequence of floats
        The logits to start with.
    """

    lines = 5

    def __init__(self, z: Sequence[float] = DECK) -> None:
        k = len(z)
        super().__init__(8.4, 3.5)
        self._axes = [self.figure.add_axes((left, 0.16, 0.262, 0.73)) for left in (0.072, 0.397, 0.725)]
        self._logits = draw_logits(self._axes[0], k)
        self._exponentials = draw_bars(self._axes[1], k, fontsize=8)
        self._probabilities = draw_bars(self._axes[2], k)
        self._titles = [ax.set_title("", fontsize=11) for ax in self._axes]
        self._axes[1].set_yticks([])
        self._axes[1].spines["left"].set_visible(False)

        wide = widgets.Layout(width="410px")
        self.z = [
            widgets.FloatSlider(value=v, min=-6, max=6, step=0.1, description=f"z{i + 1}", readout_format=".1f", layout=wide)
            for i, v in enumerate(z)
        ]
        self.temperature = _choice("Temperature", TEMPERATURES, 1.0, wide)
        self.added = _choice("Add to all", ADDED, 0.0, wide)
        self.shift = widgets.Checkbox(value=True, description="subtract the largest logit first", indent=False, layout=wide)
        self.reset = widgets.Button(description="Back to the start", layout=widgets.Layout(width="160px"))
        self._start = {c: c.value for c in (*self.z, self.temperature, self.added, self.shift)}

        left, right = widgets.VBox(self.z), widgets.VBox([self.temperature, self.added, self.shift, self.reset])
        self._quiet = False
        self.reset.on_click(self._back)
        self.arrange(widgets.HBox([left, right]), follow=tuple(self._start))

    @property
    def stages(self) -> Stages:
        """The three stages for what the controls say now."""
        return Stages([c.value for c in self.z], self.temperature.value, self.added.value, self.shift.value)

    def _back(self, button: object = None) -> None:
        self._quiet = True
        for control, value in self._start.items():
            control.value = value
        self._quiet = False
        self._follow()

    def _follow(self, change: object = None) -> None:
        if not self._quiet:  # going back moves all the controls, and draws once
            super()._follow(change)

    def move(self) -> None:
        """Put the three stages into the three pictures."""
        stages = self.stages
        move_logits(self._axes[0], self._logits, stages.logits)
        e = stages.exponentials
        largest = np.max(e[np.isfinite(e)], initial=0.0)
        heights = np.where(np.isfinite(e), e / largest if largest > 0 and np.isfinite(e).all() else 0.0, np.inf)
        move_bars(self._exponentials, heights, [f"{v:.2g}" if 1e-3 <= v < 0.01 else in_figures(v) for v in e])
        move_bars(self._probabilities, stages.p, ["nan" if np.isnan(p) else f"{p:.3f}" for p in stages.p])
        tau = "z" if self.temperature.value == 1 else "z / temperature"
        for title, text in zip(self._titles, (f"logits {tau}", _power(stages.shift), "divided by their sum: p"), strict=True):
            title.set_text(text)

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        return self.stages.describe()


def _power(shift: bool) -> str:
    return r"$e^{\,z - \mathrm{largest}}$" if shift else r"$e^{\,z}$"


def _choice(name: str, values: Sequence[float], value: float, layout: widgets.Layout) -> widgets.SelectionSlider:
    return widgets.SelectionSlider(options=[(f"{v:g}", v) for v in values], value=value, description=name, layout=layout,
                                   style={"description_width": "85px"})
