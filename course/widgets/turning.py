"""Turn a short step round a place and read what it does to J: the direction of the steepest fall is
found, not told.

`change` is the mathematics, tested without a browser; `TurnTheStep` shows it with a slider.
"""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from course.plots.style import head
from course.plots.turning import draw_place, draw_tried, move_arrow, move_tried
from course.widgets.common.picture import Picture
from course.widgets.descent import bowl

#: Where the ball lies, and how long the step is: short, so that the slope alone counts.
PLACE, SHORT = np.array([-1.5, -0.75]), 0.01


def change(degrees: float | np.ndarray) -> float | np.ndarray:
    """Return J after the short step in this direction, less J before; degrees count from the w₁
    axis towards the w₂ axis."""
    angle = np.deg2rad(degrees)
    w1, w2 = PLACE[0] + SHORT * np.cos(angle), PLACE[1] + SHORT * np.sin(angle)
    return bowl(w1, w2) - bowl(*PLACE)


class TurnTheStep(Picture):
    """The picture: a step of length 0.01 from one place of the bowl, turned by a slider; beside it
    what each direction tried so far did to J."""

    lines = 2

    def __init__(self) -> None:
        super().__init__(8.8, 3.9)
        self._bowl_axes = self.figure.add_axes((0.075, 0.14, 0.36, 0.77))
        self._tried_axes = self.figure.add_axes((0.56, 0.14, 0.425, 0.77))
        self._arrow = draw_place(self._bowl_axes, bowl, PLACE)
        self._tried = draw_tried(self._tried_axes, 0.018)
        head(self._bowl_axes, "the bowl, from above")
        head(self._tried_axes, "what each step did to J")
        self.degrees = widgets.IntSlider(
            value=0,
            min=-180,
            max=180,
            description="Direction",
            layout=widgets.Layout(width="430px"),
        )
        self._seen: dict[int, float] = {}
        self.arrange(self.degrees, follow=(self.degrees,))

    def move(self) -> None:
        """Turn the arrow and add what this direction does to J."""
        degrees = self.degrees.value
        self._seen.pop(degrees, None)  # the present one stands last
        self._seen[degrees] = float(change(degrees))
        move_arrow(self._arrow, PLACE, degrees)
        move_tried(self._tried, np.array([*self._seen]), np.array([*self._seen.values()]))

    def text(self) -> str:
        """Return what this step does, and which of those tried did most."""
        degrees = self.degrees.value
        least, most = (which(self._seen, key=self._seen.__getitem__) for which in (min, max))
        tried = len(self._seen)
        return "\n".join([
            f"A step of {SHORT} towards {degrees}°: J changes by {self._seen[degrees]:+.5f}.",
            f"Of the {tried} direction{'s' * (tried != 1)} tried, {least}° lowers J most"
            f" ({self._seen[least]:+.5f}), {most}° raises it most ({self._seen[most]:+.5f})."
            if tried > 1 else "Turn it and see which direction lowers J most, and which raises it most.",
        ])  # fmt: skip
