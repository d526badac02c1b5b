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

from course.plots import style
from course.plots.palette import LIGHT, SERIES

PATHS, EDGES = SERIES[:2]
PAPER = {"facecolor": LIGHT.paper, "edgecolor": "none", "alpha": 0.85, "pad": 2}
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
    """Draw the axes of the two counts against depth: paths as circles, edges as squares, on a
    logarithmic scale."""
    depths = list(range(1, deepest + 1))
    (paths,) = ax.semilogy(depths, [1] * deepest, color=PATHS.colour, linewidth=2)
    (edges,) = ax.semilogy(
        depths, [1] * deepest, color=EDGES.colour, linewidth=2, linestyle=EDGES.dashes
    )
    cursor = ax.axvline(1, **style.CURSOR)
    (path_point,) = ax.plot(
        [1], [1], PATHS.marker, color=PATHS.colour, markersize=10, markeredgecolor="white", zorder=5
    )
    (edge_point,) = ax.plot(
        [1], [1], EDGES.marker, color=EDGES.colour, markersize=9, markeredgecolor="white", zorder=5
    )
    path_text = ax.text(
        0.03,
        0.95,
        "",
        transform=ax.transAxes,
        color=PATHS.colour,
        va="top",
        fontsize=style.LABEL,
        bbox=PAPER,
    )
    edge_text = ax.text(
        0.03,
        0.87,
        "",
        transform=ax.transAxes,
        color=EDGES.colour,
        va="top",
        fontsize=style.LABEL,
        bbox=PAPER,
    )
    ax.set_xlim(0, deepest + 1)
    ax.set_xlabel("depth")
    style.dress(ax)
    return CountArtists(paths, edges, path_point, edge_point, cursor, path_text, edge_text)


def show_counts(
    artists: CountArtists, paths: Sequence[int], edges: Sequence[int], depth: int
) -> None:
    """Show the counts of one family of graphs, and mark one depth (from 1)."""
    artists.paths.set_ydata([float(n) for n in paths])
    artists.edges.set_ydata([float(n) for n in edges])
    artists.cursor.set_xdata([depth, depth])
    artists.path_point.set_data([depth], [float(paths[depth - 1])])
    artists.edge_point.set_data([depth], [float(edges[depth - 1])])
    artists.path_text.set_text(f"●  {short(paths[depth - 1])} path{'s' * (paths[depth - 1] > 1)}")
    artists.edge_text.set_text(f"■  {short(edges[depth - 1])} edge{'s' * (edges[depth - 1] > 1)}")
    style.home(artists.paths).set_ylim(0.7, max(10.0, float(paths[-1]), float(edges[-1])) ** 1.12)


def short(count: int) -> str:
    """A whole number, written out up to a million and with a power of ten from there on."""
    if count < 1_000_000:
        return f"{count:,}"
    mantissa, exponent = f"{count:.1e}".split("e+")
    return f"{mantissa}·10" + str(int(exponent)).translate(_RAISED)


@dataclass(frozen=True)
class LayerArtists:
    """What `draw_layers` put on the axes."""

    edges: LineCollection
    nodes: Line2D
    counts: tuple[Text, ...]
    label: Text
    gap: Text


def draw_layers(ax: Axes, most: int) -> LayerArtists:
    """Draw the empty picture of a layered graph of at most so many columns; `move_layers` fills it.

    The axes reach from 0 to 1 in both directions, whatever is drawn.
    """
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.axis("off")
    edges = style.put(ax, LineCollection([], colors=EDGES.colour, linewidths=1.5, zorder=1))
    (nodes,) = ax.plot([], [], "o", color=LIGHT.paper, markeredgecolor=LIGHT.ink, zorder=2)
    counts = tuple(
        ax.text(0, 0.1, "", ha="center", va="center", fontsize=style.NOTE, color=PATHS.colour)
        for _ in range(most)
    )
    label = ax.text(
        0.01,
        0.025,
        "paths from here to the end",
        fontsize=style.NOTE,
        color=PATHS.colour,
        va="center",
    )
    gap = ax.text(
        0,
        0,
        "· · ·",
        ha="center",
        va="center",
        fontsize=style.TITLE,
        fontweight="bold",
        color=LIGHT.ink,
    )
    return LayerArtists(edges, nodes, counts, label, gap)


def move_layers(
    artists: LayerArtists, sizes: Sequence[int], paths: Sequence[int], repeat: int, gap: int | None
) -> None:
    """Show a layered graph and, under each column, how many paths lead from one of its nodes to the
    end.

    Parameters
    ----------
    artists : LayerArtists
    sizes, paths : sequence of int
        For each column, how many nodes it has, and how many paths lead on from each.
    repeat : int
        1, or 2 where every edge is doubled and drawn as two arcs.
    gap : int or None
        The column behind which columns were left out.
    """
    widest = max(sizes)
    span = len(sizes) + (0.5 if gap is not None else 0.0)
    x = [
        (k + 0.5 + (0.5 if gap is not None and k > gap else 0.0)) / span for k in range(len(sizes))
    ]
    tall = 0.82 / max(widest, 3)
    at = [
        [(x[k], 0.57 + tall * ((size - 1) / 2 - i)) for i in range(size)]
        for k, size in enumerate(sizes)
    ]
    bends = (0.4 * tall, -0.4 * tall) if repeat == 2 else (0.0,)
    between = (k for k in range(len(sizes) - 1) if k != gap)
    artists.edges.set_segments(
        [_arc(a, b, bend) for k in between for a in at[k] for b in at[k + 1] for bend in bends]
    )
    artists.edges.set_linewidth(1.5 if widest < 4 else 0.6)
    artists.nodes.set_data(*zip(*(place for column in at for place in column), strict=True))
    artists.nodes.set_markersize(19 if widest < 4 else 12)
    for k, text in enumerate(artists.counts):
        text.set_visible(k < len(sizes))
        text.set_text(short(paths[k]) if k < len(sizes) else "")
        text.set_x(x[k] if k < len(sizes) else 0)
    artists.gap.set_visible(gap is not None)
    if gap is not None:
        artists.gap.set_position(((x[gap] + x[gap + 1]) / 2, 0.57))


def _arc(
    start: tuple[float, float], end: tuple[float, float], rise: float
) -> list[tuple[float, float]]:
    """A straight line, or a parabola whose control point is `rise` above its middle."""
    (a, b), (c, d) = start, end
    stops = [k / 12 for k in range(13)] if rise else [0.0, 1.0]
    return [(a + (c - a) * t, b + (d - b) * t + 2 * t * (1 - t) * rise) for t in stops]
