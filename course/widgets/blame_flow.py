"""Blame flow: in the 2-2-1 network each line is as wide as the derivative of its weight is large.
Set something to 0 and see which lines die.

`blame` is the mathematics, tested without a browser; `BlameFlow` shows it with sliders.
"""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from course import examples
from course.network import Network
from course.plots.blame_flow import WIDE, WIDEST, draw_flow, move_flow, signed
from course.plots.style import head
from course.steps import format_number
from course.widgets.common.picture import Picture

ROUNDING = 1e-15
#: The six weights, layer by layer, row by row of the matrices.
EDGES = [("x1", "h1"), ("x1", "h2"), ("x2", "h1"), ("x2", "h2"), ("h1", "y"), ("h2", "y")]


def blame(x: np.ndarray, W2: np.ndarray) -> tuple[dict[tuple[str, str], float], dict[str, float]]:
    """Return ∂Div/∂w of the six weights, and the output and the blame of each unit.

    Parameters
    ----------
    x : array (2,)
        The inputs. First layer and target are those of the worked example.
    W2 : array (2, 1)

    Returns
    -------
    derivatives : dict
        (from, to) -> ∂Div/∂w.
    values : dict
        `BackwardTrace.values` of the network; what is 0 but for rounding is 0.
    """
    network, _, d = examples.two_two_one()
    changed = Network([network.weights[0], W2], ["tanh", "logistic"])
    values = changed.backward(x, d).values
    # 0.4 · 0.3 − 0.3 · 0.4 is 0 on paper; some processors round between the two products
    values = {key: 0.0 if abs(value) < ROUNDING else value for key, value in values.items()}
    keys = [f"dW1[{i},{j}]" for i in range(2) for j in range(2)] + ["dW2[0,0]", "dW2[1,0]"]
    return {edge: float(values[key]) for edge, key in zip(EDGES, keys, strict=True)}, values


def _slider(value: float, name: str) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=value, min=-3, max=3, step=0.1, description=name, layout=widgets.Layout(width="290px")
    )


class BlameFlow(Picture):
    """The picture: a 2-2-1 network with the first layer of the worked example, its lines as wide as
    |∂Div/∂w|; both inputs and both weights to the output can be turned."""

    lines = 4

    def __init__(self) -> None:
        super().__init__(8.8, 3.6)
        self._axes = self.figure.add_axes((0.01, 0.01, 0.98, 0.9))
        self._flow = draw_flow(self._axes, EDGES)
        head(
            self._axes,
            f"width of a line: |∂Div/∂w|, up to {WIDEST / WIDE:.2f}.  Dashed: negative",
        )
        self._start = [-0.8, 1.4, 1.5, -1.0]  # not the worked example: lesson 4 asks for its widths
        names = ("x₁", "x₂", "h₁ to y", "h₂ to y")
        self.x1, self.x2, self.v1, self.v2 = map(_slider, self._start, names)
        self._all = (self.x1, self.x2, self.v1, self.v2)
        self.reset = widgets.Button(
            description="Reset", icon="undo", layout=widgets.Layout(width="100px")
        )
        self.reset.on_click(self._back)
        self.arrange(
            widgets.HBox([self.x1, self.x2, self.reset]), widgets.HBox([self.v1, self.v2]),
            follow=self._all,
        )  # fmt: skip

    def _back(self, button: object = None) -> None:
        for control, value in zip(self._all, self._start, strict=True):
            control.value = value

    def _blame(self) -> tuple[dict[tuple[str, str], float], dict[str, float]]:
        x1, x2, v1, v2 = (float(control.value) for control in self._all)
        return blame(np.array([x1, x2]), np.array([[v1], [v2]]))

    def move(self) -> None:
        """Put widths and numbers into the picture."""
        derivatives, values = self._blame()
        units = {"x1": ("x₁", "x[0]"), "x2": ("x₂", "x[1]"), "h1": ("h₁", "y1[0]"),
                 "h2": ("h₂", "y1[1]"), "y": ("y", "y2[0]")}  # fmt: skip
        words = {
            name: f"{shown}\n{values[key] + 0.0:.3f}".replace("-", "−")
            for name, (shown, key) in units.items()
        }
        move_flow(self._flow, derivatives, words)

    def text(self) -> str:
        """Return the six derivatives and the blame of the units in numbers."""
        derivatives, values = self._blame()
        parts = [f"{start} to {end} {signed(v)}" for (start, end), v in derivatives.items()]
        dead = [f"{start} to {end}" for (start, end), value in derivatives.items() if value == 0]
        at = [signed(values[key]) for key in ("dz2[0]", "dz1[0]", "dz1[1]")]
        return "\n".join([
            f"∂Div/∂w of layer 1: {', '.join(parts[:4])}.",
            f"∂Div/∂w of layer 2: {', '.join(parts[4:])}.",
            f"Blame ∂Div/∂z: output {at[0]}, h1 {at[1]}, h2 {at[2]}."
            f" Div = {format_number(values['div'], 4)}.",
            f"Dead: {', '.join(dead)}." if dead else "No line is dead.",
        ])  # fmt: skip
