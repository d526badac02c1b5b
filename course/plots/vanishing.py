"""Draw how a gradient shrinks or grows on its way back through the layers, and a map of it over
depth and gain.

Axes and data in, artists out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from course.plots import style
from course.plots.palette import LIGHT

#: Powers of ten that the pictures reach down and up to.
LOWEST, HIGHEST = -30, 30

#: Limits of the colour map, in powers of ten.
SPAN = 8


@dataclass
class FlowArtists:
    """What `draw_flow` put on the axes."""

    sizes: Line2D
    zeros: Line2D
    said: Text


def draw_flow(ax: Axes, deepest: int, landmarks: dict[str, np.ndarray]) -> FlowArtists:
    """Draw the empty log axis with its landmarks; `move_flow` puts the sizes in.

    Parameters
    ----------
    ax : matplotlib Axes
    deepest : int
        The largest number of layers.
    landmarks : mapping of text to array (deepest + 1,)
        Reference sizes, entry n for n layers back.
    """
    back = np.arange(deepest + 1)
    ax.axhspan(1e-3, 1e3, **style.BAND, zorder=0)
    ax.axhline(1, color=LIGHT.faint, linewidth=1, zorder=1)
    for (name, sizes), dots in zip(landmarks.items(), ((0, (1, 1.6)), (0, (5, 2))), strict=False):
        ax.plot(back, sizes, color=LIGHT.weight, linewidth=1.4, linestyle=dots, zorder=2)
        k = int(0.62 * deepest)
        above = sizes[k] > 1
        ax.annotate(
            name,
            (k, sizes[k]),
            xytext=(-6, 5) if above else (6, 5),
            textcoords="offset points",
            fontsize=style.NOTE,
            color=LIGHT.weight,
            ha="right" if above else "left",
            zorder=2,
        )
    ax.set_yscale("log")
    ax.set(
        xlim=(-0.5, deepest + 0.5),
        ylim=(10.0**LOWEST, 10.0**HIGHEST),
        yticks=[10.0**k for k in range(LOWEST, HIGHEST + 1, 10)],
    )
    ax.minorticks_off()
    ax.set_xlabel("layers back from the output")
    ax.set_ylabel("size of ∂y/∂y$_k$, output = 1")
    style.dress(ax)
    (sizes,) = ax.plot([], [], "o-", color=LIGHT.gradient, markersize=5, linewidth=2, zorder=5)
    (zeros,) = ax.plot(
        [], [], "x", color=LIGHT.error, markersize=8, markeredgewidth=2, zorder=6, clip_on=False
    )
    return FlowArtists(sizes, zeros, style.head(ax))


def move_flow(artists: FlowArtists, sizes: np.ndarray, title: str) -> None:
    """Show sizes (depth + 1,), from the output back; exact zeros become crosses at the bottom."""
    back = np.arange(len(sizes))
    positive = sizes > 0
    artists.sizes.set_data(back[positive], sizes[positive])
    artists.zeros.set_data(back[~positive], np.full((~positive).sum(), 10.0**LOWEST))
    artists.said.set_text(title)


@dataclass
class MapArtists:
    """What `draw_map` put on the axes."""

    image: AxesImage
    cursor: Line2D
    title: Text
    shown: np.ndarray | None = None
    """The sizes that the image shows."""


def draw_map(ax: Axes, colour_bar: Axes, gains: np.ndarray, depths: np.ndarray) -> MapArtists:
    """Draw an empty map of the gradient at the input over depth (right) and gain (up); `move_map`
    fills it."""
    image = ax.imshow(
        np.zeros((len(gains), len(depths))),
        origin="lower",
        aspect="auto",
        cmap=style.SIGNED,
        vmin=-SPAN,
        vmax=SPAN,
        extent=(depths[0] - 0.5, depths[-1] + 0.5, -0.5, len(gains) - 0.5),
        interpolation="nearest",
    )
    shown = np.flatnonzero(np.isclose(np.log2(gains) % 1, 0, atol=1e-9))
    ax.set_yticks(shown, [f"{gains[k]:g}" for k in shown])
    ax.set(
        xlabel="depth",
        ylabel="gain of the weights",
        xticks=[1, *range(10, int(depths[-1]) + 1, 10)],
    )
    style.dress(ax, grid=False, spines=())
    ax.tick_params(length=0)
    bar = ax.figure.colorbar(image, cax=colour_bar, ticks=[-8, -4, 0, 4, 8], extend="both")
    bar.ax.set_yticklabels(
        ["10⁻⁸", "10⁻⁴", "1", "10⁴", "10⁸"], fontsize=style.NOTE, color=LIGHT.ink
    )
    (cursor,) = ax.plot(
        [],
        [],
        "s",
        color="none",
        markeredgecolor=LIGHT.ink,
        markersize=9,
        markeredgewidth=2,
        clip_on=False,
    )
    cursor.set_path_effects([withStroke(linewidth=5, foreground="white")])
    return MapArtists(image, cursor, style.head(ax))


def move_map(artists: MapArtists, logs: np.ndarray, depth: int, row: int, title: str) -> None:
    """Show log10 sizes (gains, depths) and put the cursor on one of them."""
    if artists.shown is not logs:
        artists.image.set_data(np.clip(logs, -2 * SPAN, 2 * SPAN))
        artists.shown = logs
    artists.cursor.set_data([depth], [row])
    artists.title.set_text(title)
