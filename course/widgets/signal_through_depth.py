"""Signal through depth: what a start does to the activations on their way up and to the gradients
on their way down.

`Depth` is the mathematics, tested without a browser; `SignalThroughDepth` shows it with a few
controls.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np

from course.plots.signal_through_depth import (
    STYLES,
    draw_histogram,
    draw_sizes,
    move_histogram,
    move_sizes,
)
from course.plots.style import key
from course.widgets.common.picture import Picture

#: f and f′, both of z.
ACTIVATIONS = {
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "ReLU": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
    "logistic": (lambda z: 0.5 * (1 + np.tanh(z / 2)), lambda z: 0.25 * (1 - np.tanh(z / 2) ** 2)),
}
#: The standard deviation of the weights of a layer with as many units as inputs, `width` of both.
DEVIATIONS = {
    "N(0, 1)": lambda width: 1.0,
    "N(0, 0.01²)": lambda width: 0.01,
    "Xavier": lambda width: np.sqrt(2 / (width + width)),
    "He": lambda width: np.sqrt(2 / width),
}


DEEPEST = 50
REACHES = (10, 20, 30, 40, DEEPEST)  # where the axis of layers may end: it moves seldom


class Depth:
    """A stack of equal layers, seen right after initialisation: one batch up, one random gradient
    down.

    z = a W, batch-normalised if asked, a = f(z). No biases; γ = 1, β = 0. The gradient that enters
    at the top is drawn from N(0, 1).

    Parameters
    ----------
    start : str
        A key of `DEVIATIONS`.
    activation : str
        A key of `ACTIVATIONS`.
    layers, width, batch : int
    batchnorm : bool
    seed : int

    Attributes
    ----------
    activations : list of arrays (batch, width)
        a_0 (the input, from N(0, 1)) to a_L.
    gradients : list of arrays (batch, width)
        ∂L/∂a_0 to ∂L/∂a_L.
    """

    def __init__(
        self,
        start: str,
        activation: str,
        layers: int,
        batchnorm: bool,
        width: int = 64,
        batch: int = 64,
        seed: int = 0,
    ) -> None:
        up = _way_up(start, activation, batchnorm, width, batch, seed)
        self._up, self._layers = up, layers
        self.activations = [up.start, *up.activations[:layers]]
        self.gradients = [up.top]
        for k in reversed(range(layers)):
            dz = self.gradients[0] * up.slopes[k]
            if batchnorm:  # ∂L/∂z_i = (g_i - mean g - ẑ_i mean(g ẑ)) / s
                z = up.normed[k]
                dz = (dz - dz.mean(axis=0) - z * (dz * z).mean(axis=0)) / up.scales[k]
            self.gradients.insert(0, dz @ up.weights[k].T)

    def sizes(self) -> tuple[np.ndarray, np.ndarray]:
        """What is left of the signal in a_1 … a_L, and the root mean squares of ∂L/∂a_0 … ∂L/∂a_L.

        The signal is what tells the examples apart: the deviation over the batch, root mean square
        over the units.
        """
        return self._sizes

    @cached_property
    def told_apart(self) -> int:
        """In how many layers, from the first, the examples differ by more than the rounding of
        float64."""
        lost = np.flatnonzero(self.sizes()[0] <= self._up.rounding[: self._layers])
        return int(lost[0]) if len(lost) else self._layers

    @cached_property
    def _sizes(self) -> tuple[np.ndarray, np.ndarray]:
        down = np.array([np.sqrt(np.mean(g**2)) for g in self.gradients])
        return self._up.spread[: self._layers], down


class _Up(NamedTuple):
    """The way up through the deepest network: a shallower one is its beginning. Lists have an entry
    a layer, from the first."""

    start: np.ndarray
    top: np.ndarray
    weights: list[np.ndarray]
    activations: list[np.ndarray]
    slopes: list[np.ndarray]
    normed: list[np.ndarray]
    scales: list[np.ndarray]
    spread: np.ndarray
    rounding: np.ndarray


@lru_cache(maxsize=8)
def _way_up(start: str, activation: str, batchnorm: bool, width: int, batch: int, seed: int) -> _Up:
    f, slope = ACTIVATIONS[activation]
    a, top, normal = _draws(width, batch, seed)
    weights = [DEVIATIONS[start](width) * W for W in normal]
    found = _Up(a, top, weights, [], [], [], [], np.empty(0), np.empty(0))
    for W in found.weights:
        z = a @ W
        if batchnorm:
            centred = z - z.mean(axis=0)
            scale = np.sqrt((centred**2).mean(axis=0) + 1e-8)
            z = centred / scale
            found.normed.append(z)
            found.scales.append(scale)
        a = f(z)
        found.activations.append(a)
        found.slopes.append(slope(z))
    spread = np.array([np.sqrt(np.mean(a.var(axis=0))) for a in found.activations])
    size = np.array([np.sqrt(np.mean(a**2)) for a in found.activations])
    return found._replace(spread=spread, rounding=16 * np.finfo(float).eps * size)


@lru_cache(maxsize=4)
def _draws(width: int, batch: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, gradients at the top, and weights of every layer, all from N(0, 1)."""
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(batch, width)),
        rng.normal(size=(batch, width)),
        rng.normal(size=(DEEPEST, width, width)),
    )


@lru_cache(maxsize=16)
def _depth(start: str, activation: str, layers: int, batchnorm: bool) -> Depth:
    return Depth(start, activation, layers, batchnorm)


def verdict(first: float, last: float) -> str:
    """A word for what happened between the first and the last size."""
    if last == 0:
        return "died out completely"
    ratio = last / first
    if 0.1 <= ratio <= 10:
        return f"times {ratio:.2g}"
    return f"{'grew' if ratio > 1 else 'shrank'} {max(ratio, 1 / ratio):.2g}-fold"


class SignalThroughDepth(Picture):
    """The picture: the sizes of the signal and of the gradients for every layer, and three
    histograms.

    Choose an activation, a depth, batch normalisation, and the start that is drawn heavy. Without a
    browser it shows one network and its numbers.
    """

    lines = 6

    def __init__(self) -> None:
        super().__init__(9.6, 5.1)
        self._up_axes = self.figure.add_axes((0.07, 0.53, 0.54, 0.36))
        self._down_axes = self.figure.add_axes((0.07, 0.09, 0.54, 0.34))
        self._up = draw_sizes(
            self._up_axes,
            "signal: by how much the examples differ in each layer, on the way up →",
            1e-10,
            1e10,
        )
        self._down = draw_sizes(
            self._down_axes, "gradients: size at each layer, on the way back ←", 1e-10, 1e10
        )
        self._down_axes.set_xlabel("layer")
        key(self._up_axes, loc="lower center", bbox_to_anchor=(0.5, 1.09), ncols=4, handlelength=3)
        self._histogram_axes = [
            self.figure.add_axes((0.715, bottom, 0.265, 0.19)) for bottom in (0.7, 0.4, 0.1)
        ]
        self._histograms = [draw_histogram(ax) for ax in self._histogram_axes]

        buttons = {"button_width": "110px"}
        self.start: Any = widgets.ToggleButtons(
            options=list(STYLES), value="Xavier", description="Start", style=buttons
        )
        self.activation = widgets.ToggleButtons(
            options=list(ACTIVATIONS), description="Activation", style=buttons
        )
        self.layers = widgets.IntSlider(
            value=20, min=2, max=DEEPEST, description="Layers", layout=widgets.Layout(width="430px")
        )
        self.batchnorm = widgets.Checkbox(
            value=False,
            description="batch normalisation before every activation",
            indent=False,
            layout=widgets.Layout(width="max-content"),
        )
        self.arrange(
            self.start,
            self.activation,
            widgets.HBox([self.layers, self.batchnorm]),
            follow=(self.start, self.activation, self.layers, self.batchnorm),
        )

    def _networks(self) -> dict[str, Depth]:
        return {
            name: _depth(name, self.activation.value, self.layers.value, self.batchnorm.value)
            for name in STYLES
        }

    def move(self) -> None:
        """Put the four networks into the curves and the chosen one into the histograms."""
        networks, chosen, layers = self._networks(), self.start.value, self.layers.value
        sizes = {name: network.sizes() for name, network in networks.items()}
        move_sizes(
            self._up_axes, self._up, {name: up for name, (up, _) in sizes.items()}, 1, chosen
        )
        move_sizes(
            self._down_axes,
            self._down,
            {name: down for name, (_, down) in sizes.items()},
            0,
            chosen,
        )
        reach = next(stop for stop in REACHES if stop >= layers)
        for ax in (self._up_axes, self._down_axes):
            ax.set_xlim(-0.02 * reach - 0.4, 1.02 * reach + 0.4)
        self._histogram_axes[1].set_visible(layers > 2)  # between two layers there is no third
        for artists, layer in zip(self._histograms, (1, (layers + 1) // 2, layers), strict=True):
            values = networks[chosen].activations[layer].ravel()
            reach = (
                1.0
                if self.activation.value != "ReLU"
                else 4.0
                if self.batchnorm.value
                else max(4 * float(values.std()), 1e-300)
            )
            move_histogram(artists, values, f"activations of layer {layer}", reach)

    def text(self) -> str:
        """Return how much the signal and the gradients changed between the first and the last
        layer, for every start."""
        norm = "with" if self.batchnorm.value else "without"
        lines = [
            f"{self.layers.value} layers of 64 {self.activation.value} units, {norm} batch"
            " normalisation:"
        ]
        for name, network in self._networks().items():
            up, down = network.sizes()
            mark = "▸" if name == self.start.value else " "
            signal = f"{up[-1]:.2g}, {verdict(up[0], up[-1])}"
            if network.told_apart < len(up):
                signal = f"nothing but rounding from layer {network.told_apart + 1} on"
            lines.append(
                f" {mark} {name:<12} signal {up[0]:.2g} → {signal};  "
                f"gradients {down[-1]:.2g} → {down[0]:.2g}, {verdict(down[-1], down[0])}"
            )
        if self.batchnorm.value:
            lines.append("The four curves lie on each other: a factor in W is divided out again.")
        else:
            network = self._networks()[self.start.value]
            up, down = network.sizes()
            factors = [
                (a[-1] / a[0]) ** (1 / max(len(a) - 1, 1))
                for a in (up[: max(network.told_apart, 1)], down[::-1])
            ]
            lines.append(
                f"{self.start.value}, a layer on average: signal times {factors[0]:.3g}, gradients"
                f" times {factors[1]:.3g}."
            )
        return "\n".join(lines)
