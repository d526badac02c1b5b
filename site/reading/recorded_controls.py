"""Where the controls of a picture can stand while it is recorded."""

from __future__ import annotations

import ipywidgets as widgets

#: Positions along one control; a slider that has more goes in larger steps on a page.
MOST = 33

SLIDERS = (widgets.IntSlider, widgets.FloatSlider, widgets.FloatLogSlider, widgets.BoundedIntText)
CHOICES = (
    widgets.SelectionSlider,
    widgets.Dropdown,
    widgets.ToggleButtons,
    widgets.RadioButtons,
)


class Control:
    """One control of a picture: where it can stand.

    Attributes
    ----------
    trait : str
        The trait that crosses to the browser when it is moved.
    positions : list
        Its values, rising; the one at which it stands is among them.
    start : int
        The number of that one.
    """

    def __init__(self, widget: widgets.Widget) -> None:
        self.widget = widget
        self.trait = "index" if isinstance(widget, CHOICES) else "value"
        self.positions, self.stride = self._places()
        self.start = min(range(len(self.positions)), key=lambda k: self._off(k))

    def _off(self, k: int) -> float:
        now = getattr(self.widget, self.trait)
        return abs(self.positions[k] - (0 if now is None else now))

    def _places(self) -> tuple[list, int]:
        w = self.widget
        if isinstance(w, widgets.Checkbox):
            return [False, True], 1
        if isinstance(w, CHOICES):
            every = list(range(len(w.options)))
            return _thin(every, w.index or 0)
        count = int((w.max - w.min) / w.step + 1e-6) + 1
        grid = [w.min + k * w.step for k in range(count)]
        if isinstance(w, widgets.FloatLogSlider):
            grid = [w.base**exponent for exponent in grid]
        near = min(range(count), key=lambda k: abs(grid[k] - w.value))
        places, stride = _thin(grid, near)
        if isinstance(w.value, float):
            places = [round(place, 12) for place in places]
            places[places.index(min(places, key=lambda p: abs(p - w.value)))] = w.value
        return places, stride

    def put(self, k: int) -> None:
        """Move it to its `k`-th position."""
        setattr(self.widget, self.trait, self.positions[k])

    def coarsen(self) -> None:
        """Let it step from one kept position to the next."""
        w = self.widget
        if self.stride == 1 or not isinstance(w, SLIDERS):
            return
        if not isinstance(w, widgets.FloatLogSlider):
            w.min = self.positions[0]
            w.max = self.positions[-1]
        w.step = w.step * self.stride


def _thin(every: list, through: int) -> tuple[list, int]:
    """Every so-manieth place, that with the number `through` among them: at most `MOST`."""
    stride = -(-len(every) // MOST)
    return every[through % stride :: stride], stride
