"""A still picture of a network: circles for units, lines for weights, and the numbers that are
known."""

from io import BytesIO
from math import isfinite
from textwrap import wrap

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from course.plots.network_marks import marks
from course.plots.palette import LIGHT
from course.steps import format_number

_COLUMN, _ROW, _RADIUS = 5.0, 3.0, 0.82  # data units: between layers, between units, of a unit
_INCH = 0.62  # inches a data unit, so that a letter and a number of 9.5 points fit into a unit
_CROWDED = 6  # with more weights between two layers, only the highlighted ones get their numbers


def figure_for(network):
    """An Agg figure with one axes, large enough for `draw_network`. It leaves pyplot's state
    alone."""
    width, height = _COLUMN * (len(network.sizes) - 1) + 4.6, _ROW * max(network.sizes) + 0.9
    figure = Figure(figsize=(width * _INCH, height * _INCH))
    FigureCanvasAgg(figure)
    figure.add_axes((0, 0, 1, 0.92))
    return figure


def picture_of_words(text):
    """A text as PNG bytes, for a network that is too large to be drawn."""
    lines = [part for line in text.splitlines() for part in wrap(line, 110)]
    figure = Figure(figsize=(10.5, 0.24 * len(lines) + 0.4))
    FigureCanvasAgg(figure)
    figure.text(0.02, 0.5, "\n".join(lines), fontsize=10, va="center", linespacing=1.4)
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()


def positions(sizes):
    """The centre (x, y) of every unit: a dict (k, i) -> point, layers from left to right, units
    from top to bottom."""
    return {
        (k, i): (k * _COLUMN, -(i - (n - 1) / 2) * _ROW)
        for k, n in enumerate(sizes)
        for i in range(n)
    }


def draw_network(
    axes, network, values, shown=None, highlight=(), digits=4, palette=LIGHT, wrong=()
):
    """Draw a network with its numbers.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Cleared of its ticks and frame.
    network : course.network.Network
    values : dict
        key -> number, as `BackwardTrace.values` or `ForwardTrace.values`.
    shown : set of str, optional
        The computed keys (`z1[0]`, `dW2[0,0]`, ...) to show; all of them if left out. Inputs,
        weights, biases and targets are always shown.
    highlight : collection of str
        Keys drawn in reverse.
    digits : int
        Significant digits.
    palette : course.plots.palette.Palette
    wrong : collection of str
        Gradients that get a cross: the reader's own are not the same.

    Returns
    -------
    dict
        key -> the `Text` that shows it; ("unit", k, i) -> `Circle`; ("edge", k, i, j) -> `Line2D`.
    """
    still = marks(network, values, values if shown is None else shown) if "div" in values else {}
    artists, at, labels, last = (
        {},
        positions(network.sizes),
        network.notation.labels,
        len(network.sizes) - 1,
    )

    def write(key, x, y, colour, prefix="", box=True, size: float = 10):
        if key not in values or not (
            key[0] in "xWb" or key.startswith("d[") or shown is None or key in shown
        ):
            return
        now, sign = (
            key in highlight,
            ("+" if key[:2] in ("dz", "dy", "dW", "db") and values[key] > 0 else ""),
        )
        frame = {
            "boxstyle": "round,pad=0.2",
            "facecolor": colour if now else palette.paper,
            "edgecolor": colour,
        }
        cross = " ✗" if key in wrong else ""
        artists[key] = axes.text(
            x, y, f"{prefix}{sign}{format_number(values[key], digits)}{cross}".replace("-", "−"), fontsize=size, zorder=4,
            ha="center", va="center", color=palette.paper if now else colour, bbox=frame if box or now else None,
        )  # fmt: skip

    largest = (
        max(
            (abs(v) for key, v in values.items() if key.startswith("dW") and isfinite(v)), default=0
        )
        or 1
    )

    def line_style(gradient):
        # the width of a line is the size of its gradient; a negative one is dashed
        if gradient is None:
            return {"color": palette.faint, "linewidth": 1.5}
        width = 1 + 4 * (min(abs(gradient) / largest, 1) if isfinite(gradient) else 1)
        return {
            "color": palette.gradient,
            "alpha": 0.5,
            "linewidth": width,
            "linestyle": "--" if gradient < 0 else "-",
        }

    def edge(k, i, j):
        (x0, y0), (x1, y1) = at[k - 1, i], at[k, j]
        gradient = (
            values.get(f"dW{k}[{i},{j}]") if shown is None or f"dW{k}[{i},{j}]" in shown else None
        )
        artists["edge", k, i, j] = axes.plot([x0, x1], [y0, y1], zorder=1, **line_style(gradient))[
            0
        ]
        names = {f"W{k}[{i},{j}]", f"dW{k}[{i},{j}]"}
        if network.sizes[k - 1] * network.sizes[k] > _CROWDED and not names & set(highlight):
            return
        x, y = x0 + (x1 - x0) * 0.34, y0 + (y1 - y0) * 0.34
        write(f"W{k}[{i},{j}]", x, y, palette.weight, f"{labels[f'W{k}[{i},{j}]']} ")
        write(f"dW{k}[{i},{j}]", x, y - 0.33, palette.gradient, "∂ ")

    def unit(k, i):
        x, y = at[k, i]
        said = still.get((k, i), ())
        hatch = {"saturated": "//", "dead": "++"}.get(said[0], "..") if said else None
        circle = Circle(
            (x, y),
            _RADIUS,
            facecolor=palette.paper,
            edgecolor=palette.weight,
            linewidth=1.4,
            zorder=2,
        )
        artists["unit", k, i] = axes.add_patch(circle)
        if said:
            fill = Circle(
                (x, y),
                _RADIUS,
                facecolor="none",
                edgecolor=palette.error,
                alpha=0.35,
                hatch=hatch,
                zorder=2.1,
            )
            axes.add_patch(fill)
            axes.text(x, y - 0.55, ", ".join(said), fontsize=8, weight="bold", color=palette.error, ha="center", zorder=5,
                      va="center", bbox={"boxstyle": "round,pad=0.1", "facecolor": palette.paper, "edgecolor": "none"})  # fmt: skip
        if k == 0:
            axes.text(
                x,
                y + _RADIUS + 0.24,
                labels[f"unit0[{i}]"],
                ha="center",
                va="center",
                fontsize=10,
                color=palette.ink,
            )
            write(f"x[{i}]", x, y, palette.value, box=False)
            return
        name, top = labels[f"unit{k}[{i}]"], y + _RADIUS + 0.22
        name, aside = (name, 0.64) if network.biases is not None else (f"unit {name}", 0)
        axes.text(
            x + aside,
            top,
            name,
            ha="center",
            va="center",
            fontsize=10,
            weight="bold",
            color=palette.ink,
        )
        write(f"b{k}[{i}]", x - 0.1, top, palette.weight, "b ")
        write(f"db{k}[{i}]", x - 1.32, top, palette.gradient, "∂ ")
        write(
            f"z{k}[{i}]", x, y + 0.2, palette.value, f"{network.notation.z} ", box=False, size=9.5
        )
        write(
            f"y{k}[{i}]", x, y - 0.2, palette.value, f"{network.notation.y} ", box=False, size=9.5
        )
        write(f"dy{k}[{i}]", x, y - _RADIUS - 0.22, palette.gradient, f"∂{network.notation.y} ")
        write(f"dz{k}[{i}]", x, y - _RADIUS - 0.55, palette.gradient, f"∂{network.notation.z} ")

    for k, W in enumerate(network.weights, 1):
        for i in range(W.shape[0]):
            for j in range(W.shape[1]):
                edge(k, i, j)
    for k, i in at:
        unit(k, i)
    for i in range(network.sizes[-1]):
        x, y = at[last, i]
        write(f"d[{i}]", x + 1.9, y, palette.target, f"{labels[f'd[{i}]']} ")
    write(
        "div",
        last * _COLUMN + 1.9,
        at[last, network.sizes[-1] - 1][1] - 0.9,
        palette.error,
        f"{network.notation.error} ",
    )

    top = (max(network.sizes) - 1) / 2 * _ROW
    axes.set_xlim(-1.3, last * _COLUMN + 3.3)
    axes.set_ylim(-top - 1.7, top + 1.4)
    axes.set_aspect("equal")
    axes.axis("off")
    return artists
