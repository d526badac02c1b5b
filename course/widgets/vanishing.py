"""Vanishing gradients: how large a gradient still is, layer by layer, for a depth, an activation
and a weight scale.

`GradientFlow` is the mathematics, tested without a browser; `VanishingGradients` shows it.
"""

from __future__ import annotations

from functools import cache, cached_property

import ipywidgets as widgets
import numpy as np

from course import activations
from course.plots.vanishing import draw_flow, draw_map, move_flow, move_map
from course.widgets.common.picture import Picture

DEEPEST = 50
GAINS = 2.0 ** np.linspace(-2, 6, 49)  # 1/4 to 64

#: What one can choose, and how the lesson calls it.
CHOICES = {
    "logistic": activations.logistic,
    "tanh": activations.tanh,
    "ReLU": activations.relu,
    "leaky ReLU, α = 0.01": activations.leaky_relu(),
    "ELU, α = 1": activations.elu(),
    "linear": activations.linear,
}

#: n layers back: the best case of the sigmoid with weights 1, and the factors of the class notes,
#: which go on growing.
LANDMARKS = {
    "0.25ⁿ": 0.25 ** np.arange(DEEPEST + 1),
    "1.2 · 1.3 · 1.4 · …": np.concatenate([[1.0], np.cumprod(1.2 + 0.1 * np.arange(DEEPEST))]),
}


class GradientFlow:
    """Gradients in a network of layers of equal width, z = W y, without biases, weights N(0,
    gain²/width).

    Parameters
    ----------
    name : str
        A key of `CHOICES`.
    width, examples, seed : int
        Units a layer, examples averaged over, and the seed of weights, inputs and upstream
        gradients.

    Attributes
    ----------
    sizes : array (gains, DEEPEST, DEEPEST + 1)
        `sizes[g, L - 1, n]` is the size of the gradient n layers back in a network of L layers,
        where it is 1 at the output: the root mean square over the examples of |∂(u · y_L)/∂y_(L-n)|
        with |u| = 1. nan for n > L.
    """

    def __init__(self, name: str, width: int = 32, examples: int = 6, seed: int = 2) -> None:
        f, f_prime = CHOICES[name].f, CHOICES[name].f_prime
        rng = np.random.default_rng(seed)
        base = rng.normal(size=(DEEPEST, width, width)) / np.sqrt(width)
        y = np.broadcast_to(rng.normal(size=(examples, width)), (len(GAINS), examples, width))
        upstream = rng.normal(size=(examples, width))
        upstream /= np.linalg.norm(upstream, axis=1, keepdims=True)
        weights, slopes = [], []
        for layer in range(DEEPEST):
            W = GAINS[:, None, None] * base[layer]
            z = y @ W
            weights.append(W.transpose(0, 2, 1))
            slopes.append(f_prime(z))
            y = f(z)
        self.sizes = np.full((len(GAINS), DEEPEST, DEEPEST + 1), np.nan)
        # one gradient for each depth that has been begun
        g = np.zeros((len(GAINS), 0, examples, width))
        # all depths walk back together; depth layer + 1 joins here
        for layer in reversed(range(DEEPEST)):
            begun = np.broadcast_to(upstream, (len(GAINS), 1, examples, width))
            g = np.concatenate([begun, g], axis=1)
            # ∂/∂y_(k-1) = (f'(z_k) ∂/∂y_k) W_kᵀ
            g = (g * slopes[layer][:, None]) @ weights[layer][:, None]
            size = np.sqrt(np.mean(np.sum(g**2, axis=-1), axis=-1))
            for joined in range(g.shape[1]):
                self.sizes[:, layer + joined, joined + 1] = size[:, joined]
        self.sizes[:, :, 0] = 1.0

    def path(self, row: int, depth: int) -> np.ndarray:
        """Return the sizes (depth + 1,) from the output back, for gain number `row`."""
        return self.sizes[row, depth - 1, : depth + 1]

    def map(self) -> np.ndarray:
        """Return log10 of the size at the input, (gains, depths); −inf where it is exactly 0."""
        return self._map

    @cached_property
    def _map(self) -> np.ndarray:
        at_input = self.sizes[:, np.arange(DEEPEST), np.arange(DEEPEST) + 1]
        with np.errstate(divide="ignore"):
            return np.log10(at_input)


@cache
def flow(name: str) -> GradientFlow:
    """The flow of one activation, computed once."""
    return GradientFlow(name)


def verdict(size: float) -> str:
    """Return one word for the size of a gradient at the input, where it is 1 at the output."""
    if size == 0:
        return "gone: exactly 0"
    return "vanished" if size < 1e-3 else "exploded" if size > 1e3 else "alive"


def bands(chosen: np.ndarray) -> str:
    """Say which of `GAINS` are chosen (gains,), the two ends of each run of neighbours."""
    ends = np.flatnonzero(np.diff(np.concatenate([[0], chosen.astype(int), [0]])))
    runs = [(GAINS[a], GAINS[b - 1]) for a, b in ends.reshape(-1, 2)]
    return ", ".join(f"{a:.2f} to {b:.2f}" if a < b else f"{a:.2f}" for a, b in runs)


class VanishingGradients(Picture):
    """The picture: gradient size per layer on a log axis, and a map over depth and gain.

    Parameters
    ----------
    activation : str
        A key of `CHOICES`.
    depth : int
        Layers, 1 to 50.
    """

    lines = 3

    def __init__(self, activation: str = "logistic", depth: int = 20) -> None:
        super().__init__(9.6, 4.1)
        self.activation = widgets.Dropdown(
            options=list(CHOICES), value=activation, description="Activation"
        )
        self.depth = widgets.IntSlider(
            value=depth,
            min=1,
            max=DEEPEST,
            description="Depth",
            layout=widgets.Layout(width="430px"),
        )
        self.gain = widgets.SelectionSlider(
            options=[(f"{g:.2f}", k) for k, g in enumerate(GAINS)],
            value=12,
            description="Gain",
            layout=widgets.Layout(width="420px"),
        )
        self._path = draw_flow(self.figure.add_axes((0.085, 0.14, 0.44, 0.77)), DEEPEST, LANDMARKS)
        self._map = draw_map(
            self.figure.add_axes((0.605, 0.14, 0.3, 0.77)),
            self.figure.add_axes((0.92, 0.14, 0.016, 0.77)),
            GAINS,
            np.arange(1, DEEPEST + 1),
        )
        self.arrange(
            widgets.HBox([self.activation, self.depth]),
            self.gain,
            follow=(self.activation, self.depth, self.gain),
        )

    def move(self) -> None:
        """Put the chosen network into both halves of the picture."""
        chosen = flow(self.activation.value)
        path = chosen.path(self.gain.value, self.depth.value)
        move_flow(
            self._path,
            path,
            f"{self.activation.value}, gain {GAINS[self.gain.value]:.2f}, depth {self.depth.value}",
        )
        move_map(
            self._map, chosen.map(), self.depth.value, self.gain.value, "gradient at the input"
        )

    def text(self) -> str:
        """Return the size at the input, its verdict, the factor a layer, and the gains that keep
        this depth alive."""
        depth, gain = self.depth.value, GAINS[self.gain.value]
        chosen = flow(self.activation.value)
        size = chosen.path(self.gain.value, depth)[-1]
        logs = chosen.map()[:, depth - 1]
        alive = np.abs(logs) <= 3
        layers = f"{depth} layer{'s' if depth > 1 else ''}"
        rows = [
            (
                f"{self.activation.value}, {layers}, gain {gain:.2f}: 1 at the output is {size:.2e}"
                f" at the input: {verdict(size)}."
            ),
            (
                f"Each layer multiplies by {size ** (1 / depth):.3f} on geometric average (0.25 is"
                " the sigmoid's best case with weights of 1)."
            ),
            f"Gains that keep {layers} between 1/1000 and 1000: "
            + (f"{bands(alive)}." if alive.any() else "none of those shown."),
        ]
        return "\n".join(rows)
