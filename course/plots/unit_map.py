"""Draw which unit is on for which example, and for how many examples each unit is on.

Axes and data in, artists out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.text import Text

from course.plots import style
from course.plots.palette import LIGHT


@dataclass
class UnitArtists:
    """What `draw_units` put on the axes."""

    image: AxesImage
    shares: LineCollection
    dead: Line2D
    title: Text


def draw_units(ax: Axes, below: Axes, shape: tuple[int, int]) -> UnitArtists:
    """Draw an empty map of so many examples and units, and a column for each unit below it;
    `move_units` fills both."""
    examples, units = shape
    image = ax.imshow(
        np.zeros(shape),
        aspect="auto",
        cmap=ListedColormap(["#ffffff", LIGHT.value]),
        vmin=0,
        vmax=1,
        interpolation="nearest",
        extent=(0.5, units + 0.5, examples + 0.5, 0.5),
    )
    ax.set(ylabel="example", yticks=[1, 20, 40, examples], xticks=[])
    style.dress(ax, grid=False, spines=())
    ax.tick_params(length=0)
    below.set(
        xlim=(0.5, units + 0.5), ylim=(0, 1.08), xlabel="unit, the busiest first", yticks=[0, 1],
        yticklabels=["0", "all"], ylabel="on for",
    )  # fmt: skip
    style.dress(below, grid=False)
    # above the axis on which they stand
    shares = LineCollection([], colors=LIGHT.value, linewidths=8, zorder=4)
    below.add_collection(shares)
    (dead,) = below.plot(
        [], [], "x", color=LIGHT.error, markersize=7, markeredgewidth=2, clip_on=False, zorder=5
    )
    return UnitArtists(image, shares, dead, style.head(ax))


def move_units(artists: UnitArtists, on: np.ndarray, title: str) -> None:
    """Show a map (examples, units) of bool; a unit that is never on gets a cross."""
    artists.image.set_data(on)
    share = on.mean(axis=0)
    unit = np.arange(1, len(share) + 1)
    artists.shares.set_segments(
        [np.array([(k, 0), (k, h)]) for k, h in zip(unit, share, strict=True)]
    )
    off = share == 0
    artists.dead.set_data(unit[off], np.full(off.sum(), 0.12))
    artists.title.set_text(title)
