"""Draw an activation function above its slope, with a cursor through both; and all of them side by
side.

Axes and data in, artists out. `draw_…` is called once, `move_…` puts new numbers into what it drew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.text import Text

from course.activation_table import Portrait
from course.plots import style
from course.plots.palette import LIGHT

#: The places that the decks ask about.
MARKS = (-10.0, 0.0, 10.0)

#: Half the width of the picture, and the points at which a curve is drawn.
REACH = 12.0
GRID = np.linspace(-REACH, REACH, 1201)

#: Below this slope a place is called saturated.
FLAT = 0.01


@dataclass
class CurveArtists:
    """What `draw_curve` put on its two axes."""

    axes: tuple[Axes, Axes]
    curve: Line2D
    slope: Line2D
    tangents: tuple[Line2D, ...]
    points: tuple[Line2D, Line2D]
    cursors: tuple[Line2D, ...]
    marks: tuple[Line2D, ...]
    flat: AxesImage
    numbers: tuple[Text, ...]


def draw_curve(top: Axes, bottom: Axes) -> CurveArtists:
    """Draw an empty pair of axes, f above and its slope below, on one z axis; `move_curve` fills
    it."""
    for ax, name in ((top, "f(z)"), (bottom, "slope f′(z)")):
        ax.axhline(0, color=LIGHT.faint, linewidth=0.8, zorder=1)
        ax.set(xlim=(-REACH, REACH), xticks=[-10, -5, 0, 5, 10], ylabel=name)
        ax.yaxis.set_label_coords(-0.062, 0.5)
        style.dress(ax)
    top.tick_params(labelbottom=False)
    bottom.set_xlabel("z, what the unit collects")
    flat = bottom.imshow(
        np.zeros((1, GRID.size)),
        extent=(-REACH, REACH, 0, 0.06),
        transform=bottom.get_xaxis_transform(),
        aspect="auto",
        cmap=ListedColormap(["#00000000", "#595959"]),
        vmin=0,
        vmax=1,
        interpolation="nearest",
        zorder=4,
    )
    bottom.set_xlim(-REACH, REACH)
    numbers = tuple(
        top.text(
            z,
            1.03,
            "",
            transform=top.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontsize=style.NOTE,
            color=LIGHT.ink,
        )
        for z in MARKS
    )
    return CurveArtists(
        axes=(top, bottom),
        curve=top.plot([], [], color=LIGHT.value, linewidth=2.4, zorder=3)[0],
        slope=bottom.plot(
            [], [], color=LIGHT.gradient, linewidth=2.4, linestyle=(0, (6, 1.5)), zorder=3
        )[0],
        tangents=tuple(
            top.plot(
                [], [], color=LIGHT.gradient, linewidth=1.8, linestyle=(0, (6, 1.5)), zorder=4
            )[0]
            for _ in "12"
        ),
        points=(
            top.plot(
                [], [], "o", color=LIGHT.value, markersize=9, markeredgecolor="white", zorder=6
            )[0],
            bottom.plot(
                [], [], "D", color=LIGHT.gradient, markersize=8, markeredgecolor="white", zorder=6
            )[0],
        ),
        cursors=tuple(ax.axvline(0, **style.CURSOR) for ax in (top, bottom)),
        marks=tuple(
            ax.plot([], [], "|", color=LIGHT.ink, markersize=15, markeredgewidth=1.6, zorder=5)[0]
            for ax in (top, bottom)
        ),
        flat=flat,
        numbers=numbers,
    )


def move_curve(artists: CurveArtists, portrait: Portrait, alpha: float, z: float) -> None:
    """Show one function, the cursor at z with the tangent there, and what the decks' three places
    give."""
    activation, kinks = portrait.make(alpha), portrait.kinks(alpha)
    top, bottom = artists.axes
    grid, f, slope = _broken(GRID, activation, kinks)
    artists.curve.set_data(grid, f)
    artists.slope.set_data(grid, slope)
    for ax, values, pad in ((top, f, 0.12), (bottom, slope, 0.16)):
        low, high = (
            np.floor(2 * min(0.0, np.nanmin(values))) / 2,
            np.ceil(2 * max(1.0, np.nanmax(values))) / 2,
        )
        # in halves, so that it seldom moves
        ax.set_ylim(low - pad * (high - low), high + pad * (high - low))
    artists.flat.set_data((np.abs(activation.f_prime(GRID)) < FLAT).astype(float)[None, :])
    y, here = float(activation.f(z)), float(activation.f_prime(z))
    kink = next((k for k in kinks if abs(k.z - z) < 1e-9), None)
    if kink and kink.jump:
        y = np.nan  # no tangent; the point itself is a mark already
    _tangent(
        artists.tangents[0], z, y, kink.left if kink else here, (-3.5, 0) if kink else (-3.5, 3.5)
    )
    _tangent(artists.tangents[1], z, y, kink.right if kink else here, (0, 3.5) if kink else (0, 0))
    artists.points[0].set_data([z], [y])
    artists.points[1].set_data([z, z] if kink else [z], [kink.left, kink.right] if kink else [here])
    artists.points[1].set_markerfacecolor("white" if kink else LIGHT.gradient)
    artists.points[1].set_markeredgecolor(LIGHT.gradient if kink else "white")
    for cursor in artists.cursors:
        cursor.set_xdata([z, z])
    marks = np.array(MARKS)
    artists.marks[0].set_data(marks, activation.f(marks))
    artists.marks[1].set_data(marks, activation.f_prime(marks))
    for mark, number in zip(MARKS, artists.numbers, strict=True):
        number.set_text(
            f"z = {mark:.0f}\nf = {short(activation.f(mark))}\nf′ ="
            f" {short_slope(activation, kinks, mark)}".replace("-", "−")
        )


def _broken(z, activation, kinks):
    """z with two points at each kink and a gap between them, f there (gaps only at jumps) and the
    slope."""
    close = 1e-9
    grid = np.sort(
        np.concatenate(
            [
                z[np.min([np.abs(z - k.z) for k in kinks], axis=0) > close] if kinks else z,
                *([k.z - close, k.z, k.z + close] for k in kinks),
            ]
        )
    )
    f, slope = (
        np.array(activation.f(grid), dtype=float),
        np.array(activation.f_prime(grid), dtype=float),
    )
    for k in kinks:
        slope[grid == k.z] = np.nan
        if k.jump:
            f[grid == k.z] = np.nan
    return grid, f, slope


def _tangent(line: Line2D, z: float, y: float, slope: float, reach: tuple[float, float]) -> None:
    t = np.array(reach)
    line.set_data(z + t, y + slope * t)


def short(value: float) -> str:
    """A number with three digits, without needless zeros; just below 1 it is written as what is
    missing."""
    value = float(value) + 0.0
    missing = 1 - abs(value)
    if 0 < missing < 5e-4:
        return f"1 - {missing:.1e}" if value > 0 else f"-1 + {missing:.1e}"
    return f"{value:.3g}"


def short_slope(activation, kinks, z: float) -> str:
    """The slope at z with three digits; where there is none, the slopes of the two sides."""
    kink = next((k for k in kinks if k.z == z), None)
    if kink is None:
        return short(activation.f_prime(z))
    return "none (jump)" if kink.jump else f"{short(kink.left)} | {short(kink.right)}"


def draw_gallery(figure: Figure, portraits: list[Portrait]) -> list[Axes]:
    """Draw every function (solid) with its slope (dashed) in a panel of its own; a ring marks where
    it has none."""
    columns = 5
    rows = -(-len(portraits) // columns)
    panels = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel()
    z = np.linspace(-4, 4, 801)
    for ax, portrait in zip(panels, portraits, strict=False):
        activation, kinks = portrait.make(portrait.alpha), portrait.kinks(portrait.alpha)
        grid, f, slope = _broken(z, activation, kinks)
        for k in kinks:
            ax.plot(
                [k.z],
                [activation.f(k.z)],
                "o",
                color="white",
                markeredgecolor=LIGHT.error,
                markersize=6,
                zorder=5,
            )
        ax.axhline(0, color=LIGHT.faint, linewidth=0.8)
        ax.axvline(0, color=LIGHT.faint, linewidth=0.8)
        ax.plot(grid, f, color=LIGHT.value, linewidth=2)
        ax.plot(grid, slope, color=LIGHT.gradient, linewidth=1.6, linestyle=(0, (4, 1.5)))
        ax.set_title(
            portrait.title + (f", α = {portrait.alpha:g}" if portrait.alpha is not None else ""),
            fontsize=style.TICK,
            color=LIGHT.ink,
        )
        ax.set(ylim=(-1.6, 3.0), xticks=[-4, 0, 4], yticks=[-1, 0, 1, 2])
        style.dress(ax, grid=False)
        ax.tick_params(labelsize=style.NOTE)
    for ax in panels[len(portraits) :]:
        ax.axis("off")
    key = panels[-1]
    key.plot([], [], color=LIGHT.value, linewidth=2, label="f(z)")
    key.plot(
        [], [], color=LIGHT.gradient, linewidth=1.6, linestyle=(0, (4, 1.5)), label="slope f′(z)"
    )
    key.plot([], [], "o", color="white", markeredgecolor=LIGHT.error, label="no derivative here")
    style.key(key, loc="center")
    return list(panels[: len(portraits)])
