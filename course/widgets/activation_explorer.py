"""Activation explorer: f and its slope with one cursor through both, for every function of the
decks.

The numbers come from `course.activation_table`, tested without a browser.
"""

from __future__ import annotations

import re
from typing import Any

import ipywidgets as widgets

from course.activation_table import PORTRAITS, describe
from course.plots.activation_explorer import (
    FLAT,
    MARKS,
    draw_curve,
    draw_gallery,
    move_curve,
    short,
)
from course.plots.palette import LIGHT
from course.plots.style import NOTE
from course.widgets.common.picture import Picture


class ActivationExplorer(Picture):
    """The picture: choose a function, drag the cursor, watch tangent and slope; the decks' −10, 0
    and 10 are marked.

    Parameters
    ----------
    title : str
        The function shown first: a key of `course.activation_table.PORTRAITS`.
    z : float
        Where the cursor starts, −12 to 12.
    """

    lines = 6

    def __init__(self, title: str = "logistic (sigmoid)", z: float = 2.0) -> None:
        super().__init__(8.4, 5.2)
        self.function: Any = widgets.Dropdown(
            options=list(PORTRAITS), value=title, description="Function"
        )
        self.alpha = widgets.FloatSlider(
            value=0.01,
            min=0.0,
            max=3.0,
            step=0.01,
            description="α",
            layout=widgets.Layout(width="340px"),
        )
        self.z = widgets.FloatSlider(
            value=z,
            min=-12,
            max=12,
            step=0.1,
            description="z",
            layout=widgets.Layout(width="560px"),
        )
        self.jumps = [
            widgets.Button(
                description=f"z = {mark:.0f}".replace("-", "−"), layout=widgets.Layout(width="76px")
            )
            for mark in MARKS
        ]
        for button, mark in zip(self.jumps, MARKS, strict=True):
            button.on_click(lambda _, mark=mark: setattr(self.z, "value", mark))
        self._curve = draw_curve(
            self.figure.add_axes((0.08, 0.44, 0.895, 0.42)),
            self.figure.add_axes((0.08, 0.105, 0.895, 0.29)),
        )
        self.figure.text(
            0.975,
            0.012,
            f"dark strip: |slope| below {FLAT:g}, saturated",
            ha="right",
            fontsize=NOTE,
            color=LIGHT.ink,
        )
        self.function.observe(self._usual_alpha, names="value")
        self._usual_alpha()
        self.arrange(
            widgets.HBox([self.function, self.alpha]),
            widgets.HBox([self.z, *self.jumps]),
            follow=(self.function, self.alpha, self.z),
        )

    def _usual_alpha(self, change: object = None) -> None:
        usual = PORTRAITS[self.function.value].alpha
        self.alpha.disabled = usual is None
        if usual is not None:
            self.alpha.value = usual

    @property
    def _alpha(self) -> float:
        return round(self.alpha.value, 2)  # a browser's slider says 0.9999999999999999 for 1

    def move(self) -> None:
        """Put function, parameter and cursor into the picture."""
        move_curve(self._curve, PORTRAITS[self.function.value], self._alpha, self.z.value)

    def text(self) -> str:
        """Return formula, value, slope and what gets through, at the cursor and at the decks' three
        places."""
        title, alpha, z = self.function.value, self._alpha, self.z.value
        portrait = PORTRAITS[title]
        about = (
            f"{title}{f', α = {alpha:g}' if portrait.alpha is not None else ''}: f ="
            f" {portrait.formula}, slope {portrait.slope}"
        )
        rows = [about, f"range {portrait.range}; {portrait.trouble}", self._sentence(z)]
        rows += [self._sentence(mark) for mark in MARKS if abs(mark - z) > 1e-9]
        # a minus, and the hyphen of "piece-wise" left alone
        return re.sub(r"-(?!wise)", "−", "\n".join(rows))

    def _sentence(self, z: float) -> str:
        y, slope, kink = describe(self.function.value, z, self._alpha)
        said = f"z = {z:5.1f}: f = {short(y)}, "
        if kink and kink.jump:
            return said + "a jump: no slope here, and slope 0 on both sides"
        if kink:
            return (
                said
                + f"no derivative here: slope {short(kink.left)} on the left, {short(kink.right)}"
                " on the right"
            )
        saturated = (
            "nothing gets through"
            if slope == 0
            else "saturated"
            if abs(slope) < FLAT
            else "gets through"
        )
        return (
            said + f"slope {short(slope)}: an upstream gradient of 1 leaves as {short(slope)},"
            f" {saturated}"
        )


class ActivationGallery(Picture):
    """A still picture: every function of the decks with its slope, and rings where there is no
    derivative."""

    readable = False  # the lesson's table says the same

    def __init__(self) -> None:
        super().__init__(10.0, 5.6)
        draw_gallery(self.figure, list(PORTRAITS.values()))
        self.figure.subplots_adjust(
            left=0.04, right=0.99, bottom=0.05, top=0.95, wspace=0.25, hspace=0.3
        )
        self.arrange(follow=())

    def move(self) -> None:
        """Nothing moves."""

    def text(self) -> str:
        """Return the table: function, slope, range, trouble."""
        width = max(map(len, PORTRAITS))
        return "\n".join(
            f"{p.title:<{width}}  slope {p.slope}; range {p.range}; {p.trouble}"
            for p in PORTRAITS.values()
        )
