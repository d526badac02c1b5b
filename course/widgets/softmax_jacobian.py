"""The Jacobian of softmax: nudge one logit and see every probability answer; then use it to go from
∂L/∂p to ∂L/∂z.

`SoftmaxAt` is the mathematics, tested without a browser; `SoftmaxJacobian` shows it with sliders.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.plots.logits import signed
from course.plots.palette import LIGHT
from course.plots.softmax_jacobian import (
    draw_probabilities,
    draw_table,
    move_probabilities,
    move_table,
)
from course.plots.style import LABEL, TITLE
from course.widgets.common.picture import Picture


class SoftmaxAt:
    """Softmax at one point, with its derivatives, and the cross-entropy for one right class.

    Parameters
    ----------
    z : sequence of k floats
        The logits.
    right : int
        The right class, from 0.

    Attributes
    ----------
    p : array (k,)
    J : array (k, k)
        J[i, j] = ∂p_i/∂z_j = p_i (δ_ij - p_j).
    loss : float
        -ln p of the right class.
    dp, dz : array (k,)
        ∂L/∂p = -t/p, and ∂L/∂z = Jᵀ ∂L/∂p, which is p - t.
    """

    def __init__(self, z: Sequence[float], right: int) -> None:
        e = np.exp(np.asarray(z, dtype=float) - np.max(z))
        self.p = e / e.sum()
        self.J = np.diag(self.p) - np.outer(self.p, self.p)
        self.right = right
        self.loss = float(-np.log(self.p[right]))
        self.dp = np.zeros(len(self.p))
        self.dp[right] = -1 / self.p[right]
        self.dz = self.J.T @ self.dp  # ∂L/∂z_j = Σ_i ∂L/∂p_i ∂p_i/∂z_j

    def describe(self, nudged: int, by: float = 0.01) -> str:
        """What a small nudge of logit `nudged` (from 0) does, and what the loss says, in words and
        numbers."""
        moves = self.J[:, nudged] * by
        answers = ", ".join(f"p{i + 1} {signed(1000 * m)}" for i, m in enumerate(moves))
        gradient = ", ".join(signed(g) for g in self.dz)
        name, r = f"z{nudged + 1}", self.right
        return "\n".join(
            [
                f"Nudge {name} up by {by}. In thousandths: {answers}; together 0.",
                f"If class {r + 1} is right: L = {self.loss:.4f}. Column {name}, each entry times the"
                " ∂L/∂p of its row, added up:",
                f"∂L/∂{name} = {_four(self.dp[r])} · {_four(self.J[r, nudged])} ="
                f" {signed(self.dz[nudged])}, as the other ∂L/∂p are 0.",
                f"∂L/∂z = p − t = ({gradient}), which sums to 0.",
            ]
        )


def _four(value: float) -> str:
    """Four decimals: enough for a product that is shown with three."""
    return f"{value:.4f}".replace("-", "−")


class SoftmaxJacobian(Picture):
    """The picture: probabilities, Jacobian, ∂L/∂p and ∂L/∂z; sliders for the logits, buttons for
    the nudge and the class.

    It is laid out as it is computed: ∂L/∂p stands beside the rows of the Jacobian, and what a
    column adds up to, ∂L/∂z, stands below it.

    Without a browser it shows its first picture and the numbers as text.

    Parameters
    ----------
    z : sequence of floats
        The logits to start with: those of the lecture series, lessons 8–13 on neural networks, loss
        and activation functions, if left out.
    """

    lines = 5

    def __init__(self, z: Sequence[float] = (1.1, 2.2, 0.2, -1.7)) -> None:
        k = len(z)
        super().__init__(8.4, 4.0)
        low, high, left, wide = 0.235, 0.59, 0.46, 0.5
        head = low + high + 0.11
        self._p = draw_probabilities(self.figure.add_axes((0.04, low, 0.16, high)), k)
        self._dp = draw_table(self.figure.add_axes((0.285, low, 0.115, high)), k, 1, 5.5)
        self._J = draw_table(self.figure.add_axes((left, low, wide, high)), k, k, 0.35)
        self._dz = draw_table(self.figure.add_axes((left, 0.03, wide, 0.115)), 1, k, 1.4)
        write = lambda x, y, text, size, **how: self.figure.text(
            x, y, text, ha="center", fontsize=size, color=LIGHT.ink, **how
        )
        write(0.43, low + high / 2, "×", 1.6 * LABEL, va="center")
        write(left + wide / 2, 0.175, "each column added up", LABEL)
        write(0.3425, 0.07, r"$\partial L / \partial z_j$  =", TITLE)
        for x, text in (
            (0.12, "probabilities"),
            (0.3425, r"$\partial L / \partial p_i$"),
            (left + wide / 2, r"Jacobian  $\partial p_i / \partial z_j$"),
        ):
            write(x, head, text, TITLE, va="bottom")
        for j in range(k):
            write(left + wide * (j + 0.5) / k, low + high + 0.025, f"$z_{j + 1}$", TITLE)

        self.z = [
            widgets.FloatSlider(
                value=v,
                min=-6,
                max=6,
                step=0.1,
                description=f"z{i + 1}",
                readout_format=".1f",
                layout=widgets.Layout(width="410px"),
            )
            for i, v in enumerate(z)
        ]
        numbered = [(str(i + 1), i) for i in range(k)]
        style = {"button_width": "44px", "description_width": "90px"}
        self.nudged: Any = widgets.ToggleButtons(
            options=[(f"z{name}", i) for name, i in numbered], description="Nudge", style=style
        )
        self.right: Any = widgets.ToggleButtons(
            options=numbered, description="Right class", style=style
        )
        choices = widgets.VBox([self.nudged, self.right])
        self.arrange(
            widgets.HBox([widgets.VBox(self.z), choices]), follow=(*self.z, self.nudged, self.right)
        )

    @property
    def point(self) -> SoftmaxAt:
        """Softmax for what the controls say now."""
        return SoftmaxAt([c.value for c in self.z], self.right.value)

    def move(self) -> None:
        """Put probabilities, Jacobian and both gradients into the tables."""
        point = self.point
        move_probabilities(self._p, point.p)
        move_table(self._J, point.J, self.nudged.value)
        move_table(self._dp, point.dp[:, None])
        move_table(self._dz, point.dz[None], self.nudged.value)

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        return self.point.describe(self.nudged.value)
