"""A digit on its way through a network, as a still picture: the image, the hidden activations, the
outputs."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from course.plots.palette import LIGHT
from course.plots.style import NOTE, TITLE, dress

ACTIVE = LinearSegmentedColormap.from_list("active", ["#ffffff", LIGHT.value])


def draw_layers(figure: Figure, layers: list[np.ndarray], label: int | None = None) -> None:
    """Draw the image, every hidden layer as a grid of activations from 0 to 1, and the outputs as
    bars.

    Parameters
    ----------
    figure : matplotlib Figure
    layers : list of arrays
        One example's activations: 784 numbers, the hidden layers, the outputs.
    label : int, optional
        What the image is said to show.
    """
    axes = figure.subplots(1, len(layers), width_ratios=[1.2] + [1] * (len(layers) - 2) + [1.2])
    axes[0].imshow(layers[0].reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
    axes[0].set(xticks=[], yticks=[])
    axes[0].set_title("what the network sees", fontsize=TITLE)
    for k, (ax, a) in enumerate(zip(axes[1:-1], layers[1:-1], strict=True), start=1):
        columns = max(1, int(np.ceil(np.sqrt(a.size * 1.2))))
        grid = np.full(-(-a.size // columns) * columns, np.nan)
        grid[: a.size] = a
        ax.imshow(grid.reshape(-1, columns), cmap=ACTIVE, vmin=0, vmax=1)
        for j, value in enumerate(a if a.size <= 60 else ()):
            ax.text(
                j % columns,
                j // columns,
                f"{value:.2f}".lstrip("0"),
                ha="center",
                va="center",
                fontsize=8,
                color="white" if value > 0.86 else "black",
            )
        ax.set(xticks=[], yticks=[])
        ax.set_title(f"hidden layer {k}", fontsize=TITLE)
    y, last = layers[-1], axes[-1]
    best = None if np.isnan(y).any() else int(np.argmax(y))
    for k, value in enumerate(y):
        last.barh(k, value, color=LIGHT.value, alpha=1 if k == best else 0.55, height=0.72)
        at = 0.0 if np.isnan(value) else float(value)
        last.text(
            at + 0.02,
            k,
            f"{value:.3f}" + (" ◀" if k == best else ""),
            va="center",
            fontsize=NOTE,
            fontfamily="DejaVu Sans",
        )
        if k == label:
            last.text(
                1.5,
                k,
                "● label",
                va="center",
                ha="right",
                fontsize=NOTE,
                color=LIGHT.target,
                fontfamily="DejaVu Sans",
            )
    dress(last, grid=False)
    last.set(xlim=(0, 1.5), ylim=(y.size - 0.4, -0.6), yticks=range(y.size), xticks=[0, 0.5, 1])
    last.set_title("outputs", fontsize=TITLE)
    figure.subplots_adjust(left=0.01, right=0.99, top=0.88, bottom=0.1, wspace=0.15)
