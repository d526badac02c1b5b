"""What every picture with sliders shares: one figure that is never made anew, its PNG in an image, its words below."""

from __future__ import annotations

import io
from base64 import b64encode
from html import escape

import ipywidgets as widgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class Picture:
    """One persistent figure, controls above it, and a text below that says what it shows.

    A subclass draws its artists in its own `__init__`, hands its controls to `arrange`, and gives two methods:
    `move`, which puts new numbers into the artists, and `text`, which says them in words. Without a browser the picture
    shows itself as PNG and text.

    Parameters
    ----------
    width, height : float
        Of the figure in inches, at 100 pixels an inch.

    Attributes
    ----------
    lines : int
        Lines of the longest text, set in the subclass: the text always takes that room, so nothing below it jumps.
    """

    lines = 1

    def __init__(self, width: float, height: float) -> None:
        self.figure = Figure(figsize=(width, height), dpi=100)
        FigureCanvasAgg(self.figure)
        size = widgets.Layout(width=f"{100 * width:.0f}px", max_width="100%", margin="0")
        self._image = widgets.Image(format="png", layout=size)
        self._text = widgets.HTML()

    def arrange(self, *rows: widgets.Widget, follow: tuple[widgets.Widget, ...]) -> None:
        """Put rows of controls above the figure, and redraw whenever one of `follow` changes its value."""
        self.view = widgets.VBox([*rows, self._image, self._text])
        for control in follow:
            control.observe(self._follow, names="value")
            if isinstance(control, widgets.ToggleButtons):
                control.add_class("widget-inline-hbox")  # otherwise its name stands above the buttons, not beside them
        self._follow()

    def move(self) -> None:
        """Put what the controls say into the artists."""
        raise NotImplementedError

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        raise NotImplementedError

    def _follow(self, change: object = None) -> None:
        self.move()
        self._image.value = self.png()
        self._text.value = f'<pre aria-live="polite" style="line-height:1.35;min-height:{1.35 * self.lines:g}em">{escape(self.text())}</pre>'

    def png(self) -> bytes:
        """Return the picture as it is now."""
        buffer = io.BytesIO()
        self.figure.canvas.print_png(buffer)
        return buffer.getvalue()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        """Return the live view for a browser, and the picture and its words where there is none."""
        bundle = self.view._repr_mimebundle_()
        return {**bundle, "image/png": b64encode(self.png()).decode(), "text/plain": self.text()}
