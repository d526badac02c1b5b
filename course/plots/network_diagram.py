"""A still picture of a network: circles for units, lines for weights, and the numbers that are known."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from course.plots.palette import LIGHT
from course.steps import format_number

_COLUMN, _ROW, _RADIUS = 3.4, 2.0, 0.5  # data units: between layers, between units, of a unit


def figure_for(network):
    """An Agg figure with one axes, large enough for `draw_network`. It leaves pyplot's state alone."""
    figure = Figure(figsize=(0.75 * (_COLUMN * len(network.sizes) + 1), 0.75 * (_ROW * max(network.sizes) + 1.0)))
    FigureCanvasAgg(figure)
    figure.add_axes((0, 0, 1, 0.92))
    return figure


def positions(sizes):
    """The centre (x, y) of every unit: a dict (k, i) -> point, layers from left to right, units from top to bottom."""
    return {(k, i): (k * _COLUMN, -(i - (n - 1) / 2) * _ROW) for k, n in enumerate(sizes) for i in range(n)}


def draw_network(axes, network, values, shown=None, highlight=(), digits=4, palette=LIGHT):
    """Draw a network with its numbers.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Cleared of its ticks and frame.
    network : course.network.Network
    values : dict
        key -> number, as `BackwardTrace.values` or `ForwardTrace.values`.
    shown : set of str, optional
        The computed keys (`z1[0]`, `dW2[0,0]`, ...) to show; all of them if left out. Inputs, weights, biases and
        targets are always shown.
    highlight : collection of str
        Keys drawn in reverse.
    digits : int
        Significant digits.
    palette : course.plots.palette.Palette

    Returns
    -------
    dict
        key -> the `Text` that shows it; ("unit", k, i) -> `Circle`; ("edge", k, i, j) -> `Line2D`.
    """
    artists, at, labels, last = {}, positions(network.sizes), network.notation.labels, len(network.sizes) - 1

    def write(key, x, y, colour, prefix="", box=True):
        if key not in values or not (key[0] in "xWb" or key.startswith("d[") or shown is None or key in shown):
            return
        now, sign = key in highlight, "+" if key[:2] in ("dz", "dy", "dW", "db") and values[key] > 0 else ""
        face = colour if now else palette.paper
        artists[key] = axes.text(
            x, y, f"{prefix}{sign}{format_number(values[key], digits)}".replace("-", "−"),
            ha="center", va="center", fontsize=10, zorder=4, color=palette.paper if now else colour,
            bbox={"boxstyle": "round,pad=0.2", "facecolor": face, "edgecolor": colour if box else face, "linewidth": 0.8},
        )  # fmt: skip

    def edge(k, i, j):
        (x0, y0), (x1, y1) = at[k - 1, i], at[k, j]
        artists["edge", k, i, j] = axes.plot([x0, x1], [y0, y1], color=palette.faint, linewidth=1.5, zorder=1)[0]
        t = 0.32 if network.sizes[k - 1] * network.sizes[k] <= 6 else 0.26 + 0.1 * (j % 3)
        x, y = x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
        write(f"W{k}[{i},{j}]", x, y, palette.weight)
        write(f"dW{k}[{i},{j}]", x, y - 0.3, palette.gradient, "∂ ")

    def unit(k, i):
        x, y = at[k, i]
        circle = Circle((x, y), _RADIUS, facecolor=palette.paper, edgecolor=palette.weight, linewidth=1.4, zorder=2)
        artists["unit", k, i] = axes.add_patch(circle)
        if k == 0:
            axes.text(x, y + 0.7, labels[f"unit0[{i}]"], ha="center", va="center", fontsize=10, color=palette.ink)
            write(f"x[{i}]", x, y, palette.value, box=False)
            return
        name = labels[f"unit{k}[{i}]"]
        axes.text(x - _RADIUS, y + 0.62, name, ha="center", va="center", fontsize=10, weight="bold", color=palette.ink)
        write(f"b{k}[{i}]", x, y + 0.68, palette.weight, "b ")
        write(f"db{k}[{i}]", x + 0.95, y + 0.68, palette.gradient, "∂ ")
        write(f"z{k}[{i}]", x, y + 0.16, palette.value, box=False)
        write(f"y{k}[{i}]", x, y - 0.18, palette.value, box=False)
        write(f"dy{k}[{i}]", x, y - 0.68, palette.gradient, f"∂{network.notation.y} ")
        write(f"dz{k}[{i}]", x, y - 0.98, palette.gradient, f"∂{network.notation.z} ")

    for k, W in enumerate(network.weights, 1):
        for i in range(W.shape[0]):
            for j in range(W.shape[1]):
                edge(k, i, j)
    for k, i in at:
        unit(k, i)
    for i in range(network.sizes[-1]):
        x, y = at[last, i]
        write(f"d[{i}]", x + 1.5, y, palette.target, f"{labels[f'd[{i}]']} ")
    write("div", last * _COLUMN + 1.5, at[last, network.sizes[-1] - 1][1] - 0.8, palette.error, f"{network.notation.error} ")

    top = (max(network.sizes) - 1) / 2 * _ROW
    axes.set_xlim(-1.1, last * _COLUMN + 2.3)
    axes.set_ylim(-top - 1.3, top + 1.2)
    axes.set_aspect("equal")
    axes.axis("off")
    return artists
