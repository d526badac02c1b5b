"""Draw a network with two inputs on the square of XOR: its decision surface, and the space of its
hidden units.

Axes and data in, artists out. Each `draw_…` returns the artists that the matching `move_…` changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from contourpy import contour_generator
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D

from course.plots import style
from course.plots.palette import CLASSES, LIGHT

#: The four corners of XOR and their targets.
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([0.0, 1.0, 1.0, 0.0])

#: Marker, colour and size for target 0 and 1; where two corners meet, the square shows behind the
#: circle.
CORNER_STYLES = {
    0.0: (CLASSES[0].marker, CLASSES[0].colour, 10),
    1.0: (CLASSES[1].marker, CLASSES[1].colour, 14),
}

#: How far beyond the unit square the decision surface is drawn.
MARGIN = 0.35
LOW, HIGH = -MARGIN, 1 + MARGIN


@dataclass
class SurfaceArtists:
    """What `draw_surface` put on the axes."""

    image: AxesImage
    boundary: LineCollection


@dataclass
class HiddenArtists:
    """What `draw_hidden_space` put on the axes."""

    image: AxesImage
    mesh: LineCollection
    boundary: Line2D
    corners: tuple[Line2D, ...]


def grid(n: int = 61, low: float = LOW, high: float = HIGH) -> np.ndarray:
    """Return the n x n points of a square as rows (n * n, 2), row by row from the bottom, as
    `imshow` wants them."""
    x1, x2 = np.meshgrid(np.linspace(low, high, n), np.linspace(low, high, n))
    return np.column_stack([x1.ravel(), x2.ravel()])


def draw_surface(
    ax: Axes, predict: Callable[[np.ndarray], np.ndarray], n: int = 61
) -> SurfaceArtists:
    """Shade the square by the network's output, draw the line where it is 1/2 and the four corners.

    Parameters
    ----------
    ax : matplotlib Axes
    predict : callable
        (k, 2) points to (k,) or (k, 1) numbers between 0 and 1.
    n : int
        Points along each side.
    """
    output = np.reshape(predict(grid(n)), (n, n))
    image = ax.imshow(
        output,
        origin="lower",
        extent=(LOW, HIGH, LOW, HIGH),
        cmap=style.SIGNED,
        vmin=-0.35,
        vmax=1.35,
        interpolation="bilinear",
        interpolation_stage="rgba",
    )
    boundary = style.put(ax, LineCollection(_half_lines(output), colors=LIGHT.ink, linewidths=1.8))
    for corner, target in zip(CORNERS, TARGETS, strict=True):
        _corner(ax, corner, target)
        ax.annotate(
            f"{target:.0f}",
            corner,
            xytext=(0, 11),
            textcoords="offset points",
            ha="center",
            fontsize=style.TICK,
            color=LIGHT.ink,
        )
    ax.set(
        xlabel="$x_1$",
        ylabel="$x_2$",
        xticks=[0, 1],
        yticks=[0, 1],
        xlim=(LOW, HIGH),
        ylim=(LOW, HIGH),
    )
    style.dress(ax, grid=False, spines=("left", "bottom", "top", "right"))
    return SurfaceArtists(image, boundary)


def move_surface(artists: SurfaceArtists, output: np.ndarray) -> None:
    """Put new outputs (n * n,), at the points of `grid(n)`, into the surface."""
    n = int(np.sqrt(output.size))
    artists.image.set_data(output.reshape(n, n))
    artists.boundary.set_segments(_half_lines(output.reshape(n, n)))


def draw_hidden_space(ax: Axes) -> HiddenArtists:
    """Draw the empty unit square of two hidden activations; `move_hidden_space` fills it."""
    blank = np.full((61, 61), 0.5)
    image = ax.imshow(
        blank,
        origin="lower",
        extent=(0, 1, 0, 1),
        cmap=style.SIGNED,
        vmin=-0.35,
        vmax=1.35,
        interpolation="bilinear",
        interpolation_stage="rgba",
    )
    mesh = style.put(ax, LineCollection([], colors=LIGHT.weight, linewidths=0.7, alpha=0.7))
    (boundary,) = ax.plot([], [], color=LIGHT.ink, linewidth=1.8)
    corners = tuple(_corner(ax, (0.5, 0.5), target) for target in TARGETS)
    ax.set(
        xlabel="$h_1$",
        ylabel="$h_2$",
        xticks=[0, 1],
        yticks=[0, 1],
        xlim=(-0.06, 1.06),
        ylim=(-0.06, 1.06),
    )
    style.dress(ax, grid=False, spines=("left", "bottom", "top", "right"))
    return HiddenArtists(image, mesh, boundary, corners)


def move_hidden_space(
    artists: HiddenArtists,
    hidden: Callable[[np.ndarray], np.ndarray],
    output: np.ndarray,
    w: np.ndarray | None,
    b: float,
) -> None:
    """Show where two hidden units put the unit square, and the line with which the output unit cuts
    it.

    Parameters
    ----------
    artists : HiddenArtists
    hidden : callable
        (k, 2) points to the (k, 2) activations of the two hidden units.
    output : array (n * n,)
        The output unit's answer at the points of `grid(n, 0, 1)` of the hidden square.
    w, b : array (2,), float
        The output unit: the cut is w[0] h1 + w[1] h2 + b = 0. None where there is no line to draw,
        because the output depends on more than the two.
    """
    n = int(np.sqrt(output.size))
    artists.image.set_data(output.reshape(n, n))
    along = np.linspace(0, 1, 25)
    across = [np.column_stack([along, np.full(25, c)]) for c in np.linspace(0, 1, 9)]
    artists.mesh.set_segments(
        [hidden(line) for line in across] + [hidden(line[:, ::-1]) for line in across]
    )
    for marker, (h1, h2) in zip(artists.corners, hidden(CORNERS), strict=True):
        marker.set_data([h1], [h2])
    artists.boundary.set_data(*(([], []) if w is None else _straight(w, b)))


def draw_unit_lines(ax: Axes, units: int) -> tuple[Line2D, ...]:
    """Draw one dashed line a hidden unit; `move_unit_lines` puts it where the unit's output is
    1/2."""
    return tuple(
        ax.plot([], [], color=LIGHT.weight, linewidth=1.2, linestyle=(0, (5, 3)))[0]
        for _ in range(units)
    )


def move_unit_lines(lines: tuple[Line2D, ...], W: np.ndarray, b: np.ndarray) -> None:
    """Put line j where W[0, j] x1 + W[1, j] x2 + b[j] = 0; lines of units that are not there
    vanish."""
    for j, line in enumerate(lines):
        line.set_data(*(_straight(W[:, j], b[j]) if j < len(b) else ([], [])))


def _straight(w: np.ndarray, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Return two far points of the line w · x + b = 0: from its foot nearest the origin along (-w2,
    w1)."""
    length = max(np.hypot(*w), 1e-12)
    foot, along = -b * w / length**2, np.array([-w[1], w[0]]) / length
    t = np.array([-4.0, 4.0])
    return foot[0] + t * along[0], foot[1] + t * along[1]


def _corner(ax: Axes, at: tuple[float, float], target: float) -> Line2D:
    marker, colour, size = CORNER_STYLES[target]
    (artist,) = ax.plot(
        [at[0]],
        [at[1]],
        marker,
        color=colour,
        markersize=size,
        markeredgecolor="white",
        zorder=6 - target,
    )
    return artist


def _half_lines(output: np.ndarray) -> list[np.ndarray]:
    """Return the curves on which the output is 1/2, as polylines."""
    n = len(output)
    if not output.min() < 0.5 < output.max():
        return []
    side = np.linspace(LOW, HIGH, n)
    lines = (np.asarray(line) for line in contour_generator(side, side, output).lines(0.5))
    return [line for line in lines if len(line) > 1]
