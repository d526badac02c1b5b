"""Draw the path of two weights over the contours of their error, and the signs of the two gradients
step by step.

Axes and data in, artists out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from course.plots import style
from course.plots.palette import LIGHT

#: The part of the weight plane that is shown: w1 to the right, w2 up.
SIDE = np.linspace(-2.6, 2.6, 53)


@dataclass
class PlaneArtists:
    """What `draw_plane` put on the axes."""

    image: QuadMesh
    quadrants: tuple[Rectangle, ...]
    path: Line2D
    here: Line2D
    title: Text


@dataclass
class SignArtists:
    """What `draw_signs` and `draw_error` put on their axes."""

    marks: dict[tuple[int, int], Line2D]
    title: Text
    error: Line2D
    now: Line2D


def draw_plane(ax: Axes, target: np.ndarray) -> PlaneArtists:
    """Draw the weight plane with its goal; `move_plane` fills in the error, the path, and where one
    step may lead."""
    image = ax.pcolormesh(
        SIDE,
        SIDE,
        np.ones((SIDE.size, SIDE.size)),
        cmap="Greys",
        vmin=-3.5,
        vmax=9,
        shading="nearest",
        zorder=0,
    )
    quadrants = tuple(
        style.put(
            ax,
            Rectangle(
                (0, 0),
                9 * s,
                9 * s,
                facecolor=LIGHT.gradient,
                alpha=0.16,
                edgecolor=LIGHT.gradient,
                hatch="//",
                linewidth=0,
            ),
        )
        for s in (1, -1)
    )
    (path,) = ax.plot([], [], "o-", color=LIGHT.weight, markersize=3, linewidth=1.5, zorder=4)
    (here,) = ax.plot(
        [], [], "o", color=LIGHT.weight, markersize=10, markeredgecolor="white", zorder=6
    )
    ax.plot(*target, "*", color=LIGHT.target, markersize=17, markeredgecolor="white", zorder=1.8)
    ax.annotate(
        "goal",
        (target[0], target[1]),
        xytext=(0, -17),
        textcoords="offset points",
        ha="center",
        color=LIGHT.target,
        fontsize=style.LABEL,
        zorder=1.8,
    )
    ax.set(
        xlim=SIDE[[0, -1]],
        ylim=SIDE[[0, -1]],
        xlabel="$w_1$",
        ylabel="$w_2$",
        xticks=[-2, 0, 2],
        yticks=[-2, 0, 2],
        aspect="equal",
    )
    style.dress(ax, grid=False, spines=())
    ax.tick_params(length=0)
    return PlaneArtists(image, quadrants, path, here, style.head(ax))


def move_plane(
    artists: PlaneArtists, error: np.ndarray, path: np.ndarray, all_positive: bool, title: str
) -> None:
    """Show log10 of the error (rows: w2), the path (steps + 1, 2), and the two quadrants open to
    the next step.

    Where an input may have any sign, every direction is open and no quadrant is shaded.
    """
    artists.image.set_array(error)
    inside = np.clip(path, -9, 9)
    artists.path.set_data(inside[:, 0], inside[:, 1])
    artists.here.set_data(inside[-1:, 0], inside[-1:, 1])
    for quadrant in artists.quadrants:
        quadrant.set_xy(inside[-1])
        quadrant.set_visible(all_positive)
    artists.title.set_text(title)


def draw_signs(signs: Axes, errors: Axes, steps: int) -> SignArtists:
    """Draw two rows for the signs of the gradients by w1 and w2, and an error curve below;
    `move_signs` fills them."""
    marks = {}
    for row in (0, 1):
        for sign, shape, colour in ((1, "^", LIGHT.gradient), (-1, "v", "white")):
            (marks[row, sign],) = signs.plot(
                [], [], shape, color=LIGHT.gradient, markerfacecolor=colour, markersize=5.5
            )
    signs.set(
        xlim=(0, steps + 1),
        ylim=(-0.5, 1.5),
        yticks=[0, 1],
        yticklabels=["$\\partial E/\\partial w_2$", "$\\partial E/\\partial w_1$"],
    )
    for row in (0, 1):
        signs.axhline(row, color=LIGHT.faint, linewidth=0.8, zorder=1)
    style.dress(signs, grid=False, spines=())
    signs.tick_params(labelbottom=False, bottom=False, left=False)
    (error,) = errors.plot([], [], color=LIGHT.error, linewidth=1.8)
    (now,) = errors.plot([], [], "o", color=LIGHT.error, markersize=8, markeredgecolor="white")
    errors.set_yscale("log")
    errors.set(
        xlim=(0, steps + 1),
        ylim=(1e-5, 1e3),
        xlabel="steps",
        ylabel="mean error",
        yticks=[1e-4, 1e-2, 1, 1e2],
    )
    errors.minorticks_off()
    style.dress(errors)
    return SignArtists(marks, style.head(signs), error, now)


def move_signs(artists: SignArtists, gradients: np.ndarray, errors: np.ndarray, title: str) -> None:
    """Show the signs of gradients (steps, 2) and the mean error before, between and after the steps
    (steps + 1,)."""
    steps = np.arange(1, len(gradients) + 1)
    for (row, sign), line in artists.marks.items():
        chosen = np.sign(gradients[:, row]) == sign
        line.set_data(steps[chosen], np.full(chosen.sum(), 1 - row + 0.2 * sign))
    shown = np.clip(errors, 1e-5, 1e6)
    artists.error.set_data(np.arange(len(errors)), shown)
    artists.now.set_data([len(errors) - 1], [shown[-1]])
    artists.title.set_text(title)
