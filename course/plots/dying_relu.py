"""Draw where hidden ReLU units switch on among the inputs, and a map of the dead share over two
settings.

Axes and data in, artists out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from course.plots import style
from course.plots.palette import LIGHT

REACH = 3.6


@dataclass
class CloudArtists:
    """What `draw_cloud` put on the axes."""

    alive: LineCollection
    dead: LineCollection
    title: Text


def draw_cloud(ax: Axes, X: np.ndarray) -> CloudArtists:
    """Draw the examples (n, 2); `move_cloud` puts one line a unit, with ticks on the side where it
    is on."""
    ax.plot(X[:, 0], X[:, 1], ".", color=LIGHT.value, markersize=8, zorder=1.8)
    alive = style.put(ax, LineCollection([], colors=LIGHT.weight, linewidths=1.3, zorder=2))
    dead = style.put(
        ax,
        LineCollection([], colors=LIGHT.error, linewidths=1.3, linestyles=[(0, (4, 2))], zorder=4),
    )
    ax.plot([], [], color=LIGHT.weight, label="alive")
    ax.plot([], [], color=LIGHT.error, linestyle=(0, (4, 2)), label="dead")
    # the lines go everywhere
    style.key(ax, loc="lower left", frameon=True, framealpha=0.9, edgecolor="none").set_zorder(7)
    style.dress(ax, grid=False, spines=("left", "bottom", "top", "right"))
    ax.set(
        xlim=(-REACH, REACH),
        ylim=(-REACH, REACH),
        xlabel="$x_1$",
        ylabel="$x_2$",
        aspect="equal",
        xticks=[-3, 0, 3],
        yticks=[-3, 0, 3],
    )
    return CloudArtists(alive, dead, style.head(ax))


def move_cloud(
    artists: CloudArtists, W: np.ndarray, b: np.ndarray, dead: np.ndarray, title: str
) -> None:
    """Show the lines W[:, j] · x + b[j] = 0 of units W (2, units), b (units,); `dead` (units,) says
    which are dead."""
    for collection, chosen in ((artists.alive, ~dead), (artists.dead, dead)):
        collection.set_segments(
            [line for j in np.flatnonzero(chosen) for line in _edge(W[:, j], b[j])]
        )
    artists.title.set_text(title)


def _edge(w: np.ndarray, b: float) -> list[np.ndarray]:
    """The line where a unit switches on, and a short tick into the half-plane where it is on."""
    length = np.hypot(*w)
    if length < 1e-12 or abs(b) > 50 * length:
        return []
    normal = w / length
    foot, along = -b / length * normal, np.array([-normal[1], normal[0]])
    return [np.array([foot - 9 * along, foot + 9 * along]), np.array([foot, foot + 0.32 * normal])]


@dataclass
class ShareArtists:
    """What `draw_share` and `draw_share_map` put on their axes."""

    curve: Line2D
    image: AxesImage
    cursor: Line2D
    numbers: list[list[Text]]


def draw_share(
    curve: Axes, grid: Axes, shares: np.ndarray, etas, biases, steps: int
) -> ShareArtists:
    """Draw the dead share against training steps, and its map after training.

    Parameters
    ----------
    curve, grid : matplotlib Axes
    shares : array (biases, etas)
        Dead share after training.
    etas, biases : sequences of float
    steps : int
    """
    (line,) = curve.plot([], [], color=LIGHT.error, linewidth=2.2)
    curve.set(
        xlim=(0, steps),
        ylim=(-0.04, 1.04),
        xlabel="training steps",
        ylabel="dead share",
        yticks=[0, 0.5, 1],
        yticklabels=["0", "½", "all"],
    )
    style.dress(curve)
    image = grid.imshow(shares, origin="lower", aspect="auto", cmap=style.ERRORS, vmin=0, vmax=1.1)
    numbers = [
        [
            grid.text(
                k,
                i,
                f"{share:.0%}".rstrip("%"),
                ha="center",
                va="center",
                fontsize=style.NOTE,
                color=style.on_errors(share / 1.1),
            )
            for k, share in enumerate(row)
        ]
        for i, row in enumerate(shares)
    ]
    grid.set_xticks(range(len(etas)), [f"{eta:g}" for eta in etas])
    grid.set_yticks(range(len(biases)), [f"{b:g}".replace("-", "−") for b in biases])
    grid.set(xlabel="learning rate η", ylabel="bias at the start")
    style.dress(grid, grid=False, spines=())
    style.head(grid, "% dead after training")
    (cursor,) = grid.plot(
        [],
        [],
        "s",
        color="none",
        markeredgecolor=LIGHT.ink,
        markersize=23,
        markeredgewidth=2,
        clip_on=False,
        zorder=6,
    )
    cursor.set_path_effects([withStroke(linewidth=4.5, foreground="white")])
    return ShareArtists(line, image, cursor, numbers)


def move_share(artists: ShareArtists, shares: np.ndarray, row: int, column: int) -> None:
    """Show the dead share (steps + 1,) of one run and mark its cell in the map."""
    artists.curve.set_data(np.arange(len(shares)), shares)
    artists.cursor.set_data([column], [row])
