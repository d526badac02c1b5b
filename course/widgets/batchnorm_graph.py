"""Batch normalisation as a graph that is walked back node by node.

`Walk` is the mathematics, tested without a browser; `BatchNormGraph` shows it with a slider.
"""

from __future__ import annotations

from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

from course.plots.batchnorm_graph import draw_graph, show_gradients
from course.widgets.common.picture import Picture


class Stop(NamedTuple):
    """One gradient of the walk: its node, how the picture writes it, the edges it came back
    through, and what to say."""

    node: str
    formula: str
    edges: tuple[tuple[str, str], ...]
    said: str


STOPS = (
    Stop(
        "out",
        "$g_i$",
        (),
        "The gradient g_i = ∂L/∂out_i arrives from the layers above, one for each example.",
    ),
    Stop(
        "γ, β",
        r"$\sum_i g_i \hat z_i,\ \ \sum_i g_i$",
        (("γ, β", "out"),),
        "One γ and one β serve all examples: n arrows leave each, n gradients add. ∂γ = Σ g_i ẑ_i,"
        " ∂β = Σ g_i.",
    ),
    Stop("ẑ", r"$\gamma\, g_i$", (("ẑ", "out"),), "ẑ_i is multiplied by γ: ∂ẑ_i = γ g_i."),
    Stop(
        "s",
        r"$-\sum_i \partial\hat z_i\, c_i / s^2$",
        (("s", "ẑ"),),
        "One s divides all c_i: n arrows, a sum. The slope of c/s in s is -c/s². ∂s = -Σ ∂ẑ_i"
        " c_i/s².",
    ),
    Stop(
        "v",
        r"$\partial s / 2s$",
        (("v", "s"),),
        "s is a square root, its slope is 1/(2s): ∂v = ∂s/(2s).",
    ),
    Stop(
        "c",
        r"$\partial\hat z_i/s + \frac{2}{n} c_i\, \partial v$",
        (("c", "ẑ"), ("c", "v")),
        "A branch: c_i goes into ẑ_i and into v. Both gradients add. ∂c_i = ∂ẑ_i/s + (2/n) c_i ∂v.",
    ),
    Stop(
        "μ",
        r"$-\sum_i \partial c_i$",
        (("μ", "c"),),
        "One μ is taken from every z_i: n arrows, each with slope -1. ∂μ = -Σ ∂c_i.",
    ),
    Stop(
        "z",
        r"$\partial c_i + \frac{1}{n}\partial\mu$",
        (("z", "c"), ("z", "μ")),
        "A branch again: z_i goes into c_i and into μ. ∂z_i = ∂c_i + ∂μ/n.",
    ),
)


class Walk:
    """Forward and backward values for one unit and a small batch.

    Parameters
    ----------
    z, g : arrays (n,)
        The unit's values, and ∂L/∂out.
    gamma, beta, eps : float

    Attributes
    ----------
    values, gradients : dict of node name to float or array (n,)
        Under ``"γ, β"`` both hold a pair.
    """

    def __init__(self, z, g, gamma: float, beta: float, eps: float) -> None:
        z, g = np.asarray(z, dtype=float), np.asarray(g, dtype=float)
        n, mu = len(z), z.mean()
        c = z - mu
        v = np.mean(c**2)
        s = np.sqrt(v + eps)
        z_hat = c / s
        self.values = {
            "z": z,
            "μ": mu,
            "c": c,
            "v": v,
            "s": s,
            "ẑ": z_hat,
            "out": gamma * z_hat + beta,
            "γ, β": np.array([gamma, beta]),
        }
        dz_hat = gamma * g
        ds = -np.sum(dz_hat * c) / s**2
        dv = ds / (2 * s)
        dc = dz_hat / s + 2 / n * c * dv
        dmu = -np.sum(dc)
        self.gradients = {
            "out": g,
            "γ, β": np.array([np.sum(g * z_hat), np.sum(g)]),
            "ẑ": dz_hat,
            "s": ds,
            "v": dv,
            "c": dc,
            "μ": dmu,
            "z": dc + dmu / n,
        }

    def describe(self, stops: int) -> str:
        """The walk as far as `stops` gradients, in words and numbers."""
        lines = [
            f"forward:   {name:<4} = {_numbers(self.values[name])}"
            for name in ("z", "μ", "c", "v", "s", "ẑ", "out")
        ]
        known = [
            _numbers(self.gradients[stop.node]) if k < stops else "?"
            for k, stop in enumerate(STOPS)
        ]
        lines += [
            f"backward: ∂{stop.node:<4} = {numbers}"
            for stop, numbers in zip(STOPS, known, strict=True)
        ]
        lines.append(
            STOPS[stops - 1].said if stops else "Only the values of the forward pass so far."
        )
        return "\n".join(lines)


def _numbers(value) -> str:
    return ", ".join(f"{v + 0.0:.4g}" for v in np.atleast_1d(np.round(value, 12)))


class BatchNormGraph(Picture):
    """The picture: the graph of one unit's batch normalisation, and a slider that walks back
    through it.

    It begins with the forward pass, with or without a browser.
    """

    lines = 16

    def __init__(
        self,
        z=(1.0, 2.0, 6.0),
        g=(0.5, -0.2, 0.1),
        gamma: float = 1.5,
        beta: float = 0.5,
        eps: float = 1e-5,
    ) -> None:
        super().__init__(9.6, 3.1)
        self.walk = Walk(z, g, gamma, beta, eps)
        self._graph = draw_graph(self.figure.add_axes((0, 0, 1, 1)))
        self.figure.draw_without_rendering()  # arrows end at boxes, whose sizes are known only now
        self.steps = widgets.IntSlider(
            value=0,
            min=0,
            max=len(STOPS),
            description="Steps back",
            layout=widgets.Layout(width="430px"),
        )
        self.arrange(self.steps, follow=(self.steps,))

    def move(self) -> None:
        """Show the gradients that are known after the chosen number of steps."""
        known = STOPS[: self.steps.value]
        latest = known[-1] if known else Stop("", "", (), "")
        show_gradients(
            self._graph,
            {stop.node: stop.formula for stop in known},
            latest.edges,
            latest.node or None,
        )

    def text(self) -> str:
        """Return the values, the gradients known so far, and the rule that gave the latest."""
        return self.walk.describe(self.steps.value)
