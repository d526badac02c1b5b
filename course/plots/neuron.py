"""Draw one neuron with two inputs: its answer over the plane, its boundary, the examples, and its
loss.

Axes and data in, artists out. Each `draw_…` returns the artists that the matching `move_…` changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from course.plots import style
from course.plots.palette import CLASSES, LIGHT

#: Marker, colour and size of the examples of class 0 and 1.
CLASS_STYLES = {k: (CLASSES[k].marker, CLASSES[k].colour, 8) for k in (0, 1)}
GRID = 41


@dataclass(frozen=True)
class PlaneArtists:
    """What `draw_plane` put on the axes: shading, boundary, w as an arrow, examples of each class,
    the wrong ones."""

    shading: AxesImage
    boundary: Line2D
    arrow: FancyArrowPatch
    classes: tuple[Line2D, ...]
    wrong: Line2D


@dataclass(frozen=True)
class LossArtists:
    """What `draw_loss` put on the axes."""

    curve: Line2D
    now: Line2D


def draw_plane(ax: Axes) -> PlaneArtists:
    """Draw the empty plane; `set_examples` and `move_neuron` fill it."""
    blank = np.full((GRID, GRID), 0.5)
    shading = ax.imshow(
        blank,
        origin="lower",
        cmap=style.SIGNED,
        vmin=-0.35,
        vmax=1.35,
        interpolation="bilinear",
        aspect="auto",
    )
    (boundary,) = ax.plot([], [], color=LIGHT.ink, linewidth=2, zorder=3)
    arrow = FancyArrowPatch(
        (0, 0),
        (0, 0),
        arrowstyle="-|>",
        mutation_scale=16,
        linewidth=1.8,
        color=LIGHT.ink,
        zorder=4,
    )
    ax.add_patch(arrow)
    classes = tuple(
        ax.plot(
            [],
            [],
            marker,
            color=colour,
            markersize=size,
            markeredgecolor="white",
            linestyle="none",
            zorder=5,
        )[0]
        for marker, colour, size in CLASS_STYLES.values()
    )
    (wrong,) = ax.plot(
        [],
        [],
        "x",
        color=LIGHT.ink,
        markersize=14,
        markeredgewidth=1.8,
        linestyle="none",
        zorder=6,
        label="wrong",
    )
    style.dress(ax, grid=False)
    return PlaneArtists(shading, boundary, arrow, classes, wrong)


def set_examples(
    ax: Axes,
    artists: PlaneArtists,
    X: np.ndarray,
    y: np.ndarray,
    names: tuple[str, ...],
    classes: tuple[str, ...],
) -> None:
    """Put other examples, X (n, 2) and y (n,), into the plane and fit it to them."""
    for k, marks in enumerate(artists.classes):
        marks.set_data(*X[y == k].T)
        marks.set_label(classes[k])
    middle, half = (X.max(axis=0) + X.min(axis=0)) / 2, 0.65 * np.ptp(X, axis=0).max()
    ax.set(
        xlim=(middle[0] - half, middle[0] + half),
        ylim=(middle[1] - half, middle[1] + half),
        xlabel=names[0],
        ylabel=names[1],
    )
    artists.shading.set_extent((*ax.get_xlim(), *ax.get_ylim()))
    style.key_above(ax, 3, handles=[*artists.classes, artists.wrong])


def move_neuron(
    ax: Axes,
    artists: PlaneArtists,
    w: np.ndarray,
    b: float,
    X: np.ndarray,
    wrong: np.ndarray,
    answer: Callable,
) -> None:
    """Show the neuron with weights w (2,) and bias b: shading, boundary z = 0, and w as an arrow
    across it.

    `wrong` (n,) says which examples X (n, 2) are on the wrong side; `answer` takes z and gives a.
    """
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x1, x2 = np.meshgrid(np.linspace(left, right, GRID), np.linspace(bottom, top, GRID))
    artists.shading.set_data(answer(w[0] * x1 + w[1] * x2 + b))
    artists.wrong.set_data(*X[wrong].T)
    length, size = np.hypot(*w), right - left
    if length < 1e-9:
        artists.boundary.set_data([], [])
        artists.arrow.set_visible(False)
        return
    unit, middle = w / length, np.array([(left + right) / 2, (bottom + top) / 2])
    # the point of the boundary nearest to the middle of the picture
    foot = middle - unit * (middle @ w + b) / length
    along = np.array([-unit[1], unit[0]]) * 2 * size
    artists.boundary.set_data(*np.transpose([foot - along, foot + along]))
    artists.arrow.set_positions(foot, foot + unit * 0.14 * size)
    artists.arrow.set_visible(bool(np.all(np.abs(foot - middle) < size / 2)))


def draw_loss(ax: Axes, epochs: int) -> LossArtists:
    """Draw the empty loss curve over `epochs` epochs, with a line at ln 2, the loss of a neuron
    that always says ½."""
    ax.axhline(np.log(2), color=LIGHT.weight, linewidth=1.2, linestyle=(0, (2, 2)), zorder=1)
    ax.annotate("ln 2: always says ½", (epochs, np.log(2)), xytext=(0, -4), textcoords="offset points",
                ha="right", va="top", fontsize=style.NOTE, color=LIGHT.ink, zorder=1.2)  # fmt: skip
    (curve,) = ax.plot([], [], color=LIGHT.error, linewidth=2, zorder=3)
    (now,) = ax.plot(
        [], [], "o", color=LIGHT.error, markersize=9, markeredgecolor="white", zorder=4
    )
    ax.set(xlim=(-0.02 * epochs, epochs * 1.02), ylim=(0, 1.0), xlabel="epoch", ylabel="loss J")
    style.dress(ax)
    return LossArtists(curve, now)


def move_loss(ax: Axes, artists: LossArtists, losses: np.ndarray) -> None:
    """Show the losses after 0, 1, …, len - 1 epochs; the axis grows with them, in leaps, never
    below 1."""
    artists.curve.set_data(np.arange(len(losses)), losses)
    artists.now.set_data([len(losses) - 1], losses[-1:])
    ax.set_ylim(0, 2.0 ** max(0, np.ceil(np.log2(1.02 * np.max(losses)))))
