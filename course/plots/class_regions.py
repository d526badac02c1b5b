"""Draw a classifier of the plane: its regions, how sure it is in them, and the examples.

Axes and data in, artists out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from course.plots import style
from course.plots.palette import CLASSES, LIGHT

#: Sizes of the markers: a triangle looks smaller than a circle of its size.
SIZES = (30, 28, 36)


def draw_regions(
    ax: Axes,
    probabilities: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    labels: np.ndarray,
    n: int = 161,
) -> None:
    """Tint every point with the colour of its likeliest class, the stronger the surer, and draw the
    examples.

    Parameters
    ----------
    ax : matplotlib Axes
    probabilities : callable
        (m, 2) points to (m, k) probabilities, k at most 3.
    X, labels : array (examples, 2), array of int (examples,)
    n : int
        Points along each side.
    """
    low, high = X.min(axis=0) - 0.6, X.max(axis=0) + 0.6
    x1, x2 = np.meshgrid(np.linspace(low[0], high[0], n), np.linspace(low[1], high[1], n))
    P = np.asarray(probabilities(np.column_stack([x1.ravel(), x2.ravel()])), dtype=float)
    k = P.shape[1]
    colours = np.array([to_rgb(series.colour) for series in CLASSES[:k]])
    winner, sure = P.argmax(axis=1), (P.max(axis=1) - 1 / k) / (1 - 1 / k)
    strength = (0.06 + 0.36 * np.clip(sure, 0, 1))[:, None]
    image = 1 - strength * (1 - colours[winner])
    ax.imshow(
        image.reshape(n, n, 3),
        origin="lower",
        extent=(low[0], high[0], low[1], high[1]),
        aspect="auto",
        interpolation="bilinear",
    )
    for c in range(k):
        # 0 where the class ties with the best of the others
        lead = P[:, c] - np.delete(P, c, axis=1).max(axis=1)
        if lead.min() < 0 < lead.max():
            ax.contour(x1, x2, lead.reshape(n, n), levels=[0], colors=LIGHT.ink, linewidths=1.1)
    for c, (series, size) in enumerate(zip(CLASSES[:k], SIZES, strict=False)):
        ax.scatter(
            *X[labels == c].T,
            s=size,
            c=series.colour,
            marker=series.marker,
            edgecolors="white",
            linewidths=0.7,
            label=f"class {c + 1}",
        )
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    style.dress(ax, grid=False)
    ax.legend(
        frameon=True,
        framealpha=0.9,
        edgecolor="none",
        loc="best",
        fontsize=style.NOTE,
        labelcolor=LIGHT.ink,
    )
