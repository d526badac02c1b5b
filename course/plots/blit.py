"""Draw a figure again quickly: what stands still is kept as pixels, what moves is drawn on top of it.

Nobody has to say which artists move. Matplotlib marks every artist that was changed since it was drawn (`Artist.stale`);
the first time one of them changes, it and whatever lies above it in its axes are taken out of the background, and from
then on only they are drawn.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


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
        self._moving: list[Artist] = []
        self.full, self.quick = 0, 0
        """How often everything was drawn, and how often only what moves."""

    def rgba(self) -> np.ndarray:
        """Draw the figure as it is now.

        Returns
        -------
        array (height, width, 4) of uint8
            A view of the canvas: it changes with the next drawing.
        """
        canvas = self.figure.canvas
        still = self._background is not None and not self._disturbed()
        if still:
            canvas.restore_region(self._background)
            self.quick += 1
        else:
            if self._background is not None:
                self._take_out()
            canvas.draw()
            self._background = canvas.copy_from_bbox(self.figure.bbox)
            self._calm()
            self.full += 1
        renderer = canvas.get_renderer()
        for artist in self._moving:
            artist.draw(renderer)
        return np.asarray(canvas.buffer_rgba())

    def png(self) -> bytes:
        """The figure as it is now, as a PNG file; packed quickly rather than tightly."""
        return pack(self.rgba())

    def _disturbed(self) -> bool:
        """Whether anything changed that is part of the background."""
        if len(self._frames) != len(self.figure.axes) or any(frame.changed() for frame in self._frames):
            return True
        return any(artist.stale and not artist.get_animated() and not isinstance(artist, Axis) for artist in self._all())

    def _all(self) -> list[Artist]:
        loose = [a for a in self.figure.get_children() if a is not self.figure.patch and not isinstance(a, Axes)]
        return [*loose, *(child for ax in self.figure.axes for child in _drawn(ax))]

    def _take_out(self) -> None:
        """Let every changed artist move from now on, and everything that lies above it in its axes."""
        for ax in self.figure.axes:
            stack = sorted(_drawn(ax), key=lambda artist: artist.get_zorder())
            changed = [k for k, artist in enumerate(stack) if artist.stale and not isinstance(artist, Axis)]
            for artist in stack[changed[0] :] if changed else ():
                if not isinstance(artist, Axis):
                    artist.set_animated(True)
        for artist in self.figure.texts:
            artist.set_animated(artist.get_animated() or artist.stale)
        axes = sorted(self.figure.axes, key=lambda ax: ax.get_zorder())
        found = [(k, a.get_zorder(), n, a) for k, ax in enumerate(axes) for n, a in enumerate(_drawn(ax)) if a.get_animated()]
        self._moving = [entry[-1] for entry in sorted(found, key=lambda entry: entry[:3])]
        self._moving += [artist for artist in self.figure.texts if artist.get_animated()]

    def _calm(self) -> None:
        """Note that everything is drawn; what is invisible is not told so by drawing."""
        for artist in self.figure.findobj():
            artist.stale = False
        self._frames = [_Frame(ax) for ax in self.figure.axes]


def pack(pixels: np.ndarray) -> bytes:
    """Pixels (height, width, 4) of uint8 as a PNG file. No line is filtered: drawings pack as well so, and far quicker."""
    height, width, _ = pixels.shape
    lines = np.zeros((height, 1 + 4 * width), dtype=np.uint8)  # each line begins with the number of its filter
    lines[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits a channel, RGBA
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 1)), (b"IEND", b""))
    packed = [struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts]
    return b"".join([b"\x89PNG\r\n\x1a\n", *packed])


class _Frame:
    """What an axes looks like apart from its artists: setting a limit to what it was is no change."""

    def __init__(self, ax: Axes) -> None:
        self.ax, self.count = ax, len(ax.get_children())
        self.look = self._look()

    def changed(self) -> bool:
        return self.look != self._look() or self.count != len(self.ax.get_children()) or self.ax.patch.stale

    def _look(self) -> tuple:
        ax = self.ax
        parts = [ax.get_position().bounds, ax.get_visible(), ax.axison]
        for axis in (ax.xaxis, ax.yaxis):
            parts += [*axis.get_view_interval(), axis.get_scale(), axis.get_major_locator(), axis.get_major_formatter(), axis.get_label_text()]
        return tuple(parts)


def _drawn(ax: Axes) -> list[Artist]:
    """The artists that an axes draws, but for its background."""
    return [child for child in ax.get_children() if child is not ax.patch]
