"""Draw a training run: its loss, its accuracy, and how large the gradient of each layer is.

Axes and data in, artists out; `move_monitor` changes what `draw_monitor` made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import LinearLocator

from course.plots import style
from course.plots.palette import LIGHT, SERIES

#: A line style and a marker for each layer; the colour of all is that of gradients.
LAYER_STYLES = tuple((series.dashes, series.marker) for series in SERIES)
FLOOR = 1e-9  # gradients below this are drawn here
TOP = 1.01
STOPS = (1, 2, 5, 10, 20, 30, 50)  # where the axis of epochs may end: it moves seldom


@dataclass
class MonitorArtists:
    """What `draw_monitor` put on its three axes."""

    axes: tuple[Axes, ...]
    loss: Line2D
    accuracy: Line2D
    norms: tuple[Line2D, ...]
    ends: tuple[Line2D, ...]
    labels: tuple[Text, ...]


def _stretched(accuracy):
    """Accuracies drawn by what is still missing: from 90 to 95 % is as far as from 80 to 90 %,
    nearly."""
    return -np.log(np.maximum(TOP - np.asarray(accuracy, dtype=float), 1e-3))


def draw_monitor(figure: Figure, layers: int) -> MonitorArtists:
    """Make three empty axes, one below the other, for a network with so many layers of weights."""
    places = ((0.095, 0.74, 0.79, 0.225), (0.095, 0.38, 0.79, 0.3), (0.095, 0.09, 0.79, 0.225))
    loss_axes, accuracy_axes, norm_axes = axes = tuple(figure.add_axes(place) for place in places)
    (loss,) = loss_axes.plot([], [], color=LIGHT.error, linewidth=2)
    (accuracy,) = accuracy_axes.plot([], [], color=LIGHT.ink, linewidth=2)
    accuracy_axes.axhline(
        0.95, color=LIGHT.target, linewidth=1.4, linestyle=(0, (2, 3)), zorder=1.4
    )
    norms = []
    for k in range(layers):
        dashes, marker = LAYER_STYLES[k % len(LAYER_STYLES)]
        norms += norm_axes.plot(
            [],
            [],
            linestyle=dashes,
            marker=marker,
            markevery=(k * 3, 7),
            markersize=5,
            linewidth=1.6,
        )
        norms[-1].set_color(LIGHT.gradient)
    loss_axes.set_ylabel("loss C")
    accuracy_axes.set_ylabel("accuracy")
    norm_axes.set(ylabel="‖∂C/∂W‖", xlabel="epochs", yscale="log")
    loss_axes.yaxis.set_major_locator(LinearLocator(3))
    norm_axes.set_yticks([10.0**k for k in range(-8, 5, 2)])
    accuracy_axes.set_yscale("function", functions=(_stretched, lambda y: TOP - np.exp(-y)))
    ticks = [0, 0.5, 0.8, 0.9, 0.95, 0.98]
    accuracy_axes.set(
        ylim=(0, 0.985), yticks=ticks, yticklabels=[f"{100 * tick:g} %" for tick in ticks]
    )
    lines = (loss, accuracy, *norms)
    ends = tuple(
        style.home(line).plot(
            [], [], "o", color=line.get_color(), markersize=7, markeredgecolor="white", zorder=5
        )[0]
        for line in lines[:2]
    )
    labels = tuple(
        style.home(line).text(
            1.012,
            0,
            "",
            transform=style.home(line).get_yaxis_transform(),
            va="center",
            fontsize=style.TICK,
            color=line.get_color(),
        )
        for line in lines
    )
    for ax in axes:
        ax.minorticks_off()  # their numbers would cover the name of the axis
        ax.xaxis.set_major_locator(LinearLocator(6))
        style.dress(ax)
        if ax is not norm_axes:
            ax.tick_params(labelbottom=False)
    return MonitorArtists(axes, loss, accuracy, tuple(norms), ends, labels)


def move_monitor(artists: MonitorArtists, log: dict, until: float) -> None:
    """Put the log of a `DigitTraining` into the picture; the epochs axis reaches at least to
    `until`."""
    epochs, norms = log["epochs"], np.maximum(np.array(log["norms"]), FLOOR)
    columns = [log["loss"], log["accuracy"], *norms.T]
    for line, values in zip((artists.loss, artists.accuracy, *artists.norms), columns, strict=True):
        line.set_data(epochs, values)
    for dot, values in zip(artists.ends, columns, strict=False):
        dot.set_data(epochs[-1:], values[-1:])
    texts = [f"{log['loss'][-1]:.4f}", f"{100 * log['accuracy'][-1]:.2f} %"]
    texts += [f"layer {k + 1}\n{value:.1e}" for k, value in enumerate(norms[-1])]
    low, high = (
        10 ** np.floor(np.log10(norms.min() / 1.5)),
        10 ** np.ceil(np.log10(norms.max() * 1.5)),
    )
    heights = [columns[0][-1], columns[1][-1], *_apart(norms[-1], low, high)]
    for label, text, height in zip(artists.labels, texts, heights, strict=True):
        label.set_text(text)
        label.set_y(height)
    reach = next((stop for stop in STOPS if stop >= max(until, epochs[-1])), epochs[-1])
    for ax in artists.axes:
        ax.set_xlim(0, reach)
    artists.axes[0].set_ylim(0, np.ceil(2.2 * max(log["loss"]) + 1e-6) / 2)
    artists.axes[2].set_ylim(low, high)


def _apart(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Heights of labels on a log axis, near their values but not on top of each other."""
    span = np.log10(high / low)
    wanted = np.log10(values)
    order = np.argsort(wanted)
    for below, above in zip(order, order[1:]):
        wanted[above] = max(wanted[above], wanted[below] + 0.36 * span)
    excess = max(0.0, wanted[order[-1]] - np.log10(high))
    return 10 ** (wanted - excess)
