"""Draw how large the activations and the gradients of a deep network are, layer by layer.

Axes and data in, artists out. Everything is drawn once; the `move_…` functions then change the
artists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import StepPatch
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from course.plots import style
from course.plots.palette import LIGHT, SERIES

#: Colour, line style and marker of each start: three ways to tell them apart.
STYLES = {"N(0, 1)": SERIES[1], "N(0, 0.01²)": SERIES[2], "Xavier": SERIES[0], "He": SERIES[3]}

BINS = 31


@dataclass(frozen=True)
class SizeArtists:
    """What `draw_sizes` put on the axes."""

    curves: Mapping[str, Line2D]


@dataclass(frozen=True)
class HistogramArtists:
    """What `draw_histogram` put on the axes."""

    patch: StepPatch
    title: Text
    ends: tuple[Text, Text]


def draw_sizes(ax: Axes, title: str, low: float, high: float) -> SizeArtists:
    """Draw one empty curve a start over the layers, on a logarithmic axis from `low` to `high`."""
    curves = {}
    for name, (colour, dashes, marker) in STYLES.items():
        (curves[name],) = ax.plot(
            [],
            [],
            color=colour,
            linestyle=dashes,
            marker=marker,
            markersize=6,
            markeredgecolor="white",
            label=name,
        )
    ax.axhspan(0.1, 10, **style.BAND, zorder=0)
    ax.text(
        1.005,
        1.0,
        "0.1 … 10",
        transform=ax.get_yaxis_transform(),
        fontsize=style.NOTE,
        color=LIGHT.ink,
        va="center",
    )
    ax.set_yscale("log")
    ax.set(ylim=(low, high), yticks=[1e-8, 1e-4, 1, 1e4, 1e8])
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    style.head(ax, title)
    style.dress(ax)
    return SizeArtists(curves)


def move_sizes(
    ax: Axes, artists: SizeArtists, sizes: Mapping[str, np.ndarray], first: int, chosen: str
) -> None:
    """Put new sizes (layers,) into the curves; the layers count from `first`, the chosen start is
    heavy.

    Sizes beyond the axis stay at its edge.
    """
    low, high = ax.get_ylim()
    for name, size in sizes.items():
        on, curve = name == chosen, artists.curves[name]
        curve.set_data(first + np.arange(len(size)), np.clip(size, low * 1.5, high / 1.5))
        curve.set(
            linewidth=3.0 if on else 1.5,
            alpha=1.0 if on else 0.75,
            markersize=7 if on else 4,
            zorder=4 if on else 2,
        )
        curve.set_markevery(1 + len(size) // 26)


def draw_histogram(ax: Axes) -> HistogramArtists:
    """Draw an empty histogram; its title and the numbers at its ends are set with its values."""
    patch = ax.stairs(np.zeros(BINS), np.linspace(-1, 1, BINS + 1), fill=True, color=LIGHT.value)
    ax.set(xlim=(-1.02, 1.02), ylim=(0, 1.08), xticks=[-1, 0, 1], yticks=[])
    style.dress(ax, grid=False, spines=("bottom",))
    ax.set_xticklabels(["", "0", ""])
    low, high = (ax.text(x, -0.08, "", transform=ax.get_xaxis_transform(), ha=side, va="top", fontsize=style.TICK, color=LIGHT.ink)
                 for x, side in ((-1.02, "left"), (1.02, "right")))  # fmt: skip
    return HistogramArtists(patch, style.head(ax), (low, high))


def move_histogram(artists: HistogramArtists, values: np.ndarray, title: str, reach: float) -> None:
    """Show how the values are spread between -reach and reach; what lies beyond is counted at the
    ends."""
    counts, edges = np.histogram(np.clip(values / reach, -1, 1), np.linspace(-1, 1, BINS + 1))
    artists.patch.set_data(counts / max(counts.max(), 1), edges)
    artists.title.set_text(title)
    for text, end in zip(artists.ends, (-reach, reach), strict=True):
        text.set_text(f"{end:.2g}".replace("-", "−"))
