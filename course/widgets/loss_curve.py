"""What a prediction costs: cross-entropy and squared error, and how hard each pulls on the logit.

`TwoClassLosses` is the mathematics, tested without a browser; `LossCurve` shows it with a slider.
"""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from course.plots.loss_curve import draw_curves, move_marks
from course.plots.style import head, key
from course.widgets.common.picture import Picture


class TwoClassLosses:
    """Two classes, logits (z, 0), the first class is right: its probability is p = 1 / (1 + e^-z).

    `losses` and `pulls` map a loss's name to a function. The squared error is 1/2 Σ (p - t)², which
    for two classes is (1 - p)². A pull is -∂L/∂z: how much the loss wants the logit to rise.
    """

    losses = {
        "cross-entropy": lambda p: -np.log(p),
        "squared error": lambda p: (1 - p) ** 2,
    }
    pulls = {
        "cross-entropy": lambda z: 1 - TwoClassLosses.p(z),
        "squared error": lambda z: 2 * TwoClassLosses.p(z) * (1 - TwoClassLosses.p(z)) ** 2,
    }

    @staticmethod
    def p(z):
        """The probability of the right class for its logit z; float or array."""
        return 0.5 * (1 + np.tanh(0.5 * np.asarray(z, dtype=float)))

    @classmethod
    def describe(cls, z: float) -> str:
        """The numbers of the picture in words."""
        p = float(cls.p(z))
        loss = {name: float(f(p)) for name, f in cls.losses.items()}
        pull = {name: float(f(z)) for name, f in cls.pulls.items()}
        kinds = (
            (0.02, "confidently wrong"),
            (0.4, "wrong"),
            (0.6, "undecided"),
            (0.98, "right"),
            (1.0, "confidently right"),
        )
        kind = next(word for limit, word in kinds if p <= limit)
        ratio = pull["cross-entropy"] / pull["squared error"]
        lines = [f"The right class has logit z = {z:.1f} against 0, so p = {p:.5g}: {kind}."]
        lines += [
            f"   {name:<15} loss {loss[name]:<10.4g} pull on z {pull[name]:.4g}" for name in loss
        ]
        lines.append(f"Cross-entropy pulls {ratio:,.4g} times as hard as the squared error.")
        return "\n".join(lines)


class LossCurve(Picture):
    """The picture: the loss against p on the left, the pull on the logit against z on the right,
    one slider for both.

    Without a browser it shows its first picture and the numbers as text.

    Parameters
    ----------
    z : float
        The logit of the right class to start with, between -8 and 8; the other class has logit 0.
    """

    lines = 4

    def __init__(self, z: float = -3.0) -> None:
        super().__init__(8.4, 3.6)
        self._loss_axes = self.figure.add_axes((0.065, 0.15, 0.4, 0.75))
        self._pull_axes = self.figure.add_axes((0.56, 0.15, 0.4, 0.75))
        self._losses = draw_curves(
            self._loss_axes,
            np.concatenate([np.geomspace(1e-4, 0.05, 60), np.linspace(0.055, 1, 90)]),
            TwoClassLosses.losses,
        )
        self._pulls = draw_curves(self._pull_axes, np.linspace(-8, 8, 200), TwoClassLosses.pulls)
        self._loss_axes.set(xlim=(0, 1), ylim=(0, 8.2), xlabel="p of the right class")
        head(self._loss_axes, "what it costs")
        self._pull_axes.set(xlim=(-8, 8), ylim=(0, 1.08), xlabel="logit z of the right class")
        head(self._pull_axes, "how hard it pulls the logit up")
        key(self._loss_axes, loc="upper right", handlelength=3)

        self.z = widgets.FloatSlider(
            value=z,
            min=-8,
            max=8,
            step=0.1,
            description="logit z",
            readout_format=".1f",
            layout=widgets.Layout(width="600px"),
        )
        self.arrange(self.z, follow=(self.z,))

    def move(self) -> None:
        """Move the four marks to the logit that the slider says."""
        z = self.z.value
        p = float(TwoClassLosses.p(z))
        move_marks(
            self._loss_axes,
            self._losses,
            p,
            {name: float(f(p)) for name, f in TwoClassLosses.losses.items()},
        )
        move_marks(
            self._pull_axes,
            self._pulls,
            z,
            {name: float(f(z)) for name, f in TwoClassLosses.pulls.items()},
        )

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        return TwoClassLosses.describe(self.z.value)
