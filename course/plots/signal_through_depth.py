"""Draw how large the activations and the gradients of a deep network are, layer by layer.

Axes and data in, artists out. Everything is drawn once; the `move_…` functions then change the artists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import StepPatch
from matplotlib.ticker import MaxNLocator

#: Colour (Okabe-Ito, darkened), line style and marker of each start: three ways to tell them apart.
STYLES = {
    "N(0, 1)": ("#A0306F", (0, (6, 1.5)), "s"),
    "N(0, 0.01²)": ("#454545", (0, (1, 1.1)), "v"),
    "Xavier": ("#0072B2", "-", "o"),
    "He": ("#B84A00", (0, (5, 1.4, 1, 1.4)), "^"),
}


@dataclass(frozen=True)
class SizeArtists:
    """What `draw_sizes` put on the axes."""

    curves: Mapping[str, Line2D]


@dataclass(frozen=True)
class HistogramArtists:
    """What `draw_histogram` put on the axes."""

    patch: StepPatch
    edges: np.ndarray


def draw_sizes(ax: Axes, title: str, low: float, high: float) -> SizeArtists:
    """Draw one empty curve a start over the layers, on a logarithmic axis from `low` to `high`."""
    curves = {}
    for name, (colour, dashes, marker) in STYLES.items():
        (curves[name],) = ax.plot([], [], color=colour, linestyle=dashes, marker=marker, markersize=6, markeredgecolor="white", label=name)
    ax.axhspan(0.1, 10, color="#E9F0F4", zorder=0)
    ax.text(1.005, 1.0, "0.1 … 10", transform=ax.get_yaxis_transform(), fontsize=8, color="0.35", va="center")
    ax.set_yscale("log")
    ax.set(ylim=(low, high), yticks=[1e-8, 1e-4, 1, 1e4, 1e8])
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_title(title, fontsize=10.5, loc="left")
    ax.grid(True, which="major", color="0.91")
    ax.spines[["top", "right"]].set_visible(False)
    return SizeArtists(curves)


def move_sizes(ax: Axes, artists: SizeArtists, sizes: Mapping[str, np.ndarray], first: int, chosen: str) -> None:
    """Put new sizes (layers,) into the curves; the layers count from `first`, the chosen start is heavy.

    Sizes beyond the axis stay at its edge.
    """
    low, high = ax.get_ylim()
    for name, size in sizes.items():
        on, curve = name == chosen, artists.curves[name]
        curve.set_data(first + np.arange(len(size)), np.clip(size, low * 1.5, high / 1.5))
        curve.set(linewidth=3.0 if on else 1.3, alpha=1.0 if on else 0.55, markersize=7 if on else 4, zorder=4 if on else 2)
    last = first + len(size) - 1
    ax.set_xlim(first - 0.5 - 0.02 * last, last + 0.5 + 0.02 * last)


def draw_histogram(ax: Axes, bins: int = 31) -> HistogramArtists:
    """Draw an empty histogram; the title says whose it is."""
    edges = np.linspace(-1, 1, bins + 1)
    patch = ax.stairs(np.zeros(bins), edges, fill=True, color="#7FA8C4")
    ax.set(yticks=[], ylim=(0, 1.08))
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(labelsize=8.5)
    return HistogramArtists(patch, edges)


def move_histogram(ax: Axes, artists: HistogramArtists, values: np.ndarray, title: str, reach: float, colour: str) -> None:
    """Show how the values are spread between -reach and reach; what lies beyond is counted at the ends."""
    edges = np.linspace(-reach, reach, len(artists.edges))
    counts, _ = np.histogram(np.clip(values, -reach, reach), edges)
    artists.patch.set_data(counts / max(counts.max(), 1), edges)
    artists.patch.set_color(colour)
    ax.set_xlim(-1.02 * reach, 1.02 * reach)
    ax.set_title(title, fontsize=9.5, loc="left")
