"""Draw a figure again quickly: what stands still is kept as pixels, what moves is drawn on top of
it.

Nobody has to say which artists move. Matplotlib marks every artist that was changed since it was
drawn (`Artist.stale`); the first time one of them changes, it and whatever lies above it in its
axes are taken out of the background, and from then on only they are drawn.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import cast

import numpy as np
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text


class Blit:
    """Keeps a figure's background and draws what moves.

    Parameters
    ----------
    figure : Figure
        Drawn by Agg, with its layout fixed.
    """

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        if not isinstance(figure.canvas, FigureCanvasAgg):
            FigureCanvasAgg(figure)
        self._background = None
        self._arrays: dict[Collection, object] = {}
        self._beside: set[Artist] = set()
        self._moved: set[Artist] = set()
        self.background: np.ndarray | None = None
        """The picture without what has moved, as `rgba` gives it; a new array whenever it was drawn again."""
        self.full, self.quick = 0, 0
        """How often everything was drawn, and how often only what moves."""

    @property
    def _canvas(self) -> FigureCanvasAgg:
        return cast("FigureCanvasAgg", self.figure.canvas)  # another one is replaced at the start

    def rgba(self) -> np.ndarray:
        """Draw the figure as it is now. Letters are not fitted to the pixels: they look as well so,
        in half of the time.

        Returns
        -------
        array (height, width, 4) of uint8
            A view of the canvas: it changes with the next drawing.
        """
        with unhinted():
            self._draw()
        return np.asarray(self._canvas.buffer_rgba())

    def forget(self) -> None:
        """Draw everything the next time: the figure has another number of pixels now."""
        self._background = None

    def _draw(self) -> None:
        canvas = self._canvas
        still = self._background is not None and not self._disturbed()
        if still:
            canvas.restore_region(self._background)
            self.quick += 1
        else:
            if self._background is not None:
                self._take_out()
            canvas.draw()
            self._background = canvas.copy_from_bbox(self.figure.bbox)
            self._put_on(artist for artist in self._in_order() if artist not in self._moved)
            self.background = np.array(canvas.buffer_rgba())
            canvas.restore_region(self._background)
            self._calm()
            self.full += 1
        self._put_on(self._in_order())

    def _put_on(self, artists: Iterable[Artist]) -> None:
        """Draw artists over what is there."""
        renderer = self._canvas.get_renderer()
        for artist in artists:
            artist.draw(renderer)

    def png(self) -> bytes:
        """The figure as it is now, as a PNG file; packed quickly rather than tightly."""
        return pack(self.rgba())

    def _disturbed(self) -> bool:
        """Whether anything changed that is part of the background, or moved below a part of it."""
        self._look_at_arrays()
        if len(self._frames) != len(self.figure.axes) or any(
            frame.changed() for frame in self._frames
        ):
            return True
        if any(
            artist.stale and not artist.get_animated() and not isinstance(artist, Axis)
            for artist in self._all()
        ):
            return True
        return any(
            not artist.get_animated()
            for ax in self.figure.axes
            for artist in self._above(ax, Artist.get_animated)
        )

    def _look_at_arrays(self) -> None:
        """A mesh or a collection with a new array is not marked as stale by Matplotlib; it is
        here."""
        for artist in self._all():
            if isinstance(artist, Collection) and artist.get_array() is not self._arrays.get(
                artist
            ):
                self._arrays[artist] = artist.get_array()
                artist.stale = True

    def _all(self) -> list[Artist]:
        loose = [
            a
            for a in self.figure.get_children()
            if a is not self.figure.patch and not isinstance(a, Axes)
        ]
        return [*loose, *(child for ax in self.figure.axes for child in _drawn(ax))]

    def _take_out(self) -> None:
        """Let every changed artist move from now on, and everything that lies above it in its
        axes."""
        self._moved |= {artist for artist in self._all() if artist.stale}
        for ax in self.figure.axes:
            for artist in self._above(
                ax,
                lambda artist: (
                    artist.stale and not isinstance(artist, Axis) or artist.get_animated()
                ),
            ):
                artist.set_animated(True)
        for artist in self.figure.texts:
            artist.set_animated(artist.get_animated() or artist.stale)

    def _above(self, ax: Axes, moves: Callable[[Artist], bool]) -> list[Artist]:
        """The lowest artist of an axes that moves, and all above that may have to cover it or moves
        itself."""
        stack = _stack(ax)
        lowest = next((k for k, artist in enumerate(stack) if moves(artist)), len(stack))
        return [artist for artist in stack[lowest:] if artist not in self._beside or moves(artist)]

    def _in_order(self) -> list[Artist]:
        """What moves, from the bottom to the top; the order may have changed."""
        axes = sorted(self.figure.axes, key=Artist.get_zorder)
        return [
            a
            for stack in (*map(_stack, axes), self.figure.texts)
            for a in stack
            if a.get_animated()
        ]

    def _calm(self) -> None:
        """Note that everything is drawn; what is invisible is not told so by drawing."""
        # an annotation that is measured is marked as stale
        self._beside = {
            a
            for ax in self.figure.axes
            for a in _drawn(ax)
            if not a.get_animated() and _is_beside(a, ax)
        }
        for artist in self.figure.findobj():
            artist.stale = False
        self._arrays = {a: a.get_array() for a in self._all() if isinstance(a, Collection)}
        self._frames = [_Frame(ax) for ax in self.figure.axes]


def pack(pixels: np.ndarray) -> bytes:
    """Pixels (height, width, 4) of uint8 as a PNG file. No line is filtered: drawings pack as well
    so, and far quicker."""
    height, width, _ = pixels.shape
    # each line begins with the number of its filter
    lines = np.zeros((height, 1 + 4 * width), dtype=np.uint8)
    lines[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits a channel, RGBA
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.data, 1)), (b"IEND", b""))
    packed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"".join([b"\x89PNG\r\n\x1a\n", *packed])


@contextmanager
def unhinted() -> Iterator[None]:
    """Letters not fitted to the pixels. `matplotlib.rc_context` for one setting; that one copies
    them all, which takes longer than a drawing."""
    before = rcParams["text.hinting"]
    rcParams["text.hinting"] = "none"
    try:
        yield
    finally:
        rcParams["text.hinting"] = before


class _Frame:
    """What an axes looks like apart from its artists: setting a limit to what it was is no
    change."""

    def __init__(self, ax: Axes) -> None:
        self.ax, self.count = ax, len(ax.get_children())
        self.look = self._look()

    def changed(self) -> bool:
        return (
            self.look != self._look()
            or self.count != len(self.ax.get_children())
            or self.ax.patch.stale
        )

    def _look(self) -> tuple:
        ax = self.ax
        parts = [ax.get_position().bounds, ax.get_visible(), ax.axison]
        for axis in (ax.xaxis, ax.yaxis):
            parts += [
                *axis.get_view_interval(),
                axis.get_scale(),
                axis.get_major_locator(),
                axis.get_major_formatter(),
                axis.get_label_text(),
            ]
        return tuple(parts)


def _drawn(ax: Axes) -> list[Artist]:
    """The artists that an axes draws, but for its background; one that is switched off draws no
    frame."""
    hidden = () if ax.axison and ax.get_frame_on() else (*ax.spines.values(),)
    return [child for child in ax.get_children() if child is not ax.patch and child not in hidden]


def _stack(ax: Axes) -> list[Artist]:
    """The same from the bottom to the top."""
    return sorted(_drawn(ax), key=Artist.get_zorder)


def _is_beside(artist: Artist, ax: Axes) -> bool:
    """Whether an artist covers nothing inside its axes: a title, a legend next to it, ticks and
    numbers without a grid."""
    if isinstance(artist, Axis):
        return not _has_grid(artist)
    return isinstance(artist, (Text, Legend)) and not artist.get_window_extent().overlaps(ax.bbox)


def _has_grid(axis: Axis) -> bool:
    return any(
        tick.gridline.get_visible()
        for which in (axis.majorTicks, axis.minorTicks)
        for tick in which[:1]
    )
