"""What every picture with controls shares: one figure that is never made anew, the screen it is
shown on, its words."""

from __future__ import annotations

import gc
import re
import traceback
from base64 import b64encode
from collections.abc import Callable

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course.plots.blit import Blit, pack
from course.widgets.common.screen import Screen

# what has been imported stays: walking it all takes the garbage collector 30 ms, in the middle of a
# drag
gc.freeze()


class Picture:
    """One persistent figure, controls above it, and a text below that says what it shows.

    A subclass draws its artists in its own `__init__`, hands its controls to `arrange`, and gives
    two methods: `move`, which puts new numbers into the artists, and `text`, which says them in
    words. What stands still is not drawn again (`course.plots.blit`). Without a browser the picture
    shows itself as PNG and text.

    Parameters
    ----------
    width, height : float
        Of the figure in inches, at 100 pixels an inch.

    Attributes
    ----------
    lines : int
        Lines of the longest text, set in the subclass: the text always takes that room, so nothing
        below it jumps.
    readable : bool
        Whether the text is shown below the picture; where it is not, it is still read aloud.
    figure : matplotlib.figure.Figure
    screen : course.widgets.common.screen.Screen
    """

    lines = 1
    readable = True

    def __init__(self, width: float, height: float) -> None:
        self.figure = Figure(figsize=(width, height), dpi=100)
        self.figure.patch.set_alpha(0)
        self._blit = Blit(self.figure)
        self.screen = Screen(
            width=round(100 * width),
            height=round(100 * height),
            lines=self.lines,
            readable=self.readable,
            what=_in_words(type(self).__name__),
        )
        self.screen.observe(self._sharpen, names="ratio")

    def arrange(self, *rows: widgets.Widget, follow: tuple[widgets.Widget, ...]) -> None:
        """Put rows of controls above the figure, and redraw whenever one of `follow` changes its
        value."""
        for ax in self.figure.axes:
            ax.patch.set_alpha(0)  # the page shows through, light or dark
        self.view = widgets.VBox([*rows, self.screen])
        self.view.add_class("bp-view")  # its rows wrap where the page is narrow: screen.css
        for control in follow:
            control.observe(self._follow, names="value")
            if isinstance(control, widgets.ToggleButtons):
                # otherwise its name stands above the buttons, not beside them
                control.add_class("widget-inline-hbox")
        self.draw()

    def move(self) -> None:
        """Put what the controls say into the artists."""
        raise NotImplementedError

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        raise NotImplementedError

    def draw(self) -> None:
        """Show what the controls say now."""
        self.move()
        self._show()

    def attempt(self, action: Callable[[], None]) -> None:
        """Do what a control asks for. An error is shown in place of the words; the last picture
        stays."""
        try:
            action()
        except (
            Exception
        ) as error:  # a widget's callback has nobody above it who would show the error
            self.complain(error)

    def complain(self, error: Exception) -> None:
        """Show an error in place of the words."""
        where = traceback.extract_tb(error.__traceback__)[-1]
        self.screen.error = (
            f"This picture could not be redrawn. {type(error).__name__}: {error} ({where.name},"
            f" line {where.lineno})"
        )

    def _follow(self, change: object = None) -> None:
        self.attempt(self.draw)

    def _sharpen(self, change: dict) -> None:
        """Draw with as many pixels as the reader's screen has."""
        self.attempt(lambda: self._fine(change["new"]))

    def _fine(self, ratio: float) -> None:
        self.figure.set_dpi(100 * ratio)
        self._blit.forget()
        self.figure.draw_without_rendering()  # what is measured in pixels is measured anew
        self.draw()

    def _show(self) -> None:
        self.screen.show(self._blit.rgba(), self.text(), self._blit.background)

    def png(self) -> bytes:
        """Return the picture as it is now."""
        return self._blit.png()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        """Return the live view for a browser, and the picture and its words where there is none."""
        bundle = self.view._repr_mimebundle_() or {}
        return {**bundle, "image/png": b64encode(self.still()).decode(), "text/plain": self.text()}

    def still(self) -> bytes:
        """The picture as it is now, on white paper: it is dark on light, and nobody knows on what
        page it will lie.

        It has 100 pixels an inch, however fine the reader's screen is: it is stored, and shown at
        that size.
        """
        if self.screen.ratio != 1:
            return self._still_at_one()
        pixels = self._blit.rgba()
        ink = pixels[..., 3:] / 255
        paper = np.full_like(pixels, 255)
        paper[..., :3] = np.round(pixels[..., :3] * ink + 255 * (1 - ink))
        return pack(paper)

    def _still_at_one(self) -> bytes:
        ratio = self.screen.ratio
        self.screen.ratio = 1
        try:
            return self.still()
        finally:
            self.screen.ratio = ratio


def play_along(slider: widgets.IntSlider, interval: int, what: str) -> widgets.Play:
    """Make buttons that play a slider's steps, `interval` ms each. At the last step they begin
    again at the first."""
    play = widgets.Play(
        min=slider.min, max=slider.max, value=slider.value, interval=interval, description=what
    )
    # the slider first: its value counts when a page is opened
    widgets.jslink((slider, "value"), (play, "value"))
    return play


def _in_words(name: str) -> str:
    """``OptimiserRace`` -> "optimiser race"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()
