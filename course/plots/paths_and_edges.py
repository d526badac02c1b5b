"""Draw how the number of paths through a graph outgrows the number of its edges.

Axes and data in, artists out; the `show_…` functions then only change the artists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text

from course.plots.palette import LIGHT

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class CountArtists:
    """What `draw_counts` put on the axes."""

    paths: Line2D
    edges: Line2D
    path_point: Line2D
    edge_point: Line2D
    cursor: Line2D
    path_text: Text
    edge_text: Text


def draw_counts(ax: Axes, deepest: int) -> CountArtists:
    """Draw the axes of the two counts against depth: paths as circles, edges as squares, on a logarithmic scale."""
    depths = list(range(1, deepest + 1))
    (paths,) = ax.semilogy(depths, [1] * deepest, color=LIGHT.error, linewidth=2)
    (edges,) = ax.semilogy(depths, [1] * deepest, color=LIGHT.target, linewidth=2, linestyle=(0, (5, 1.5)))
    cursor = ax.axvline(1, color="0.6", linewidth=1, zorder=1)
    (path_point,) = ax.plot([1], [1], "o", color=LIGHT.error, markersize=10, markeredgecolor="white", zorder=5)
    (edge_point,) = ax.plot([1], [1], "s", color=LIGHT.target, markersize=9, markeredgecolor="white", zorder=5)
    path_text = ax.text(0.03, 0.95, "", transform=ax.transAxes, color=LIGHT.error, va="top", fontsize=10.5)
    edge_text = ax.text(0.03, 0.87, "", transform=ax.transAxes, color=LIGHT.target, va="top", fontsize=10.5)
    ax.set_xlim(0, deepest + 1)
    ax.set_xlabel("depth")
    ax.grid(True, which="major", color="0.92")
    ax.spines[["top", "right"]].set_visible(False)
    return CountArtists(paths, edges, path_point, edge_point, cursor, path_text, edge_text)


def show_counts(artists: CountArtists, paths: Sequence[int], edges: Sequence[int], depth: int) -> None:
    """Show the counts of one family of graphs, and mark one depth (from 1)."""
    artists.paths.set_ydata([float(n) for n in paths])
    artists.edges.set_ydata([float(n) for n in edges])
    artists.cursor.set_xdata([depth, depth])
    artists.path_point.set_data([depth], [float(paths[depth - 1])])
    artists.edge_point.set_data([depth], [float(edges[depth - 1])])
    artists.path_text.set_text(f"●  {short(paths[depth - 1])} path{'s' * (paths[depth - 1] > 1)}")
    artists.edge_text.set_text(f"■  {short(edges[depth - 1])} edge{'s' * (edges[depth - 1] > 1)}")
    artists.paths.axes.set_ylim(0.7, max(10.0, float(paths[-1]), float(edges[-1])) ** 1.12)


def short(count: int) -> str:
    """A whole number, written out up to a million and with a power of ten from there on."""
    if count < 1_000_000:
        return f"{count:,}"
    mantissa, exponent = f"{count:.1e}".split("e+")
    return f"{mantissa}·10" + str(int(exponent)).translate(_RAISED)


def draw_layers(ax: Axes, sizes: Sequence[int], paths: Sequence[int], edges: Sequence[tuple[int, int, int]], repeat: int,
                gap: int | None) -> None:  # fmt: skip
    """Draw a layered graph and, under each column, how many paths lead from one of its nodes to the end.

    Parameters
    ----------
    ax : matplotlib Axes
    sizes, paths : sequence of int
        For each column, how many nodes it has, and how many paths lead on from each.
    edges : sequence of (column, from, to)
        From a node of a column to one of the next.
    repeat : int
        1, or 2 where every edge is doubled and drawn as two arcs.
    gap : int or None
        The column behind which columns were left out.
    """
    ax.clear()
    ax.axis("off")
    widest = max(sizes)
    x = [k + (0.5 if gap is not None and k > gap else 0.0) for k in range(len(sizes))]
    at = {(k, i): (x[k], (size - 1) / 2 - i) for k, size in enumerate(sizes) for i in range(size)}
    bends = (0.4, -0.4) if repeat == 2 else (0.0,)
    lines = [_arc(at[k, i], at[k + 1, j], bend) for k, i, j in edges if k != gap for bend in bends]
    ax.add_collection(LineCollection(lines, colors=LIGHT.target, linewidths=1.5 if widest < 4 else 0.6, zorder=1))
    size = 19 if widest < 4 else 12
    ax.plot(*zip(*at.values(), strict=True), "o", markersize=size, color=LIGHT.paper, markeredgecolor=LIGHT.ink, zorder=2)
    low, high = -max(widest / 2, 1.5), max(widest / 2, 1.5)
    under = low - 0.08 * (high - low)
    for a, count in zip(x, paths, strict=True):
        ax.text(a, under, short(count), ha="center", va="center", fontsize=8.5, color=LIGHT.error)
    ax.text(x[0] - 0.4, under - 0.09 * (high - low), "paths from here to the end", fontsize=9, color=LIGHT.error, va="center")
    if gap is not None:
        ax.text(gap + 0.75, 0, "· · ·", ha="center", va="center", fontsize=16, color=LIGHT.ink)
    ax.set_xlim(-0.5, x[-1] + 0.5)
    ax.set_ylim(under - 0.14 * (high - low), high + 0.1)


def _arc(start: tuple[float, float], end: tuple[float, float], rise: float) -> list[tuple[float, float]]:
    """A straight line, or a parabola whose control point is `rise` above its middle."""
    (a, b), (c, d) = start, end
    stops = [k / 12 for k in range(13)] if rise else [0.0, 1.0]
    return [(a + (c - a) * t, b + (d - b) * t + 2 * t * (1 - t) * rise) for t in stops]
