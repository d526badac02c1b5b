"""XOR regions: watch a network with one hidden layer bend the square until one straight cut is
enough, or fail to.

`course.widgets.xor_training` is the mathematics, tested without a browser; `XorRegions` shows it.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.plots import style
from course.plots.palette import LIGHT
from course.plots.xor_regions import (
    CORNERS,
    TARGETS,
    draw_hidden_space,
    draw_surface,
    draw_unit_lines,
    grid,
    move_hidden_space,
    move_surface,
    move_unit_lines,
)
from course.widgets.common.picture import Picture
from course.widgets.xor_training import XorTraining, equal_start, random_start

#: How many hidden units, and which learning rates, the picture offers.
UNITS = (2, 3, 4, 8)
ETAS = (0.1, 0.5, 2.0, 10.0, 20.0)


class XorRegions(Picture):
    """The picture: decision surface, hidden space and error of a network while it learns XOR.

    Three starts to compare: a random one, another random one that gets stuck with two units, and
    one whose hidden units are alike. It begins before the first step, with or without a browser.
    With more than two hidden units the hidden space shows the first two, and the cut, which depends
    on all of them, is left out.

    Parameters
    ----------
    seed, stuck_seed : int
        Seeds of the two random starts.
    steps : int
        Gradient steps of every run.
    """

    lines = 5

    def __init__(self, seed: int = 0, stuck_seed: int = 6, steps: int = 4000) -> None:
        super().__init__(8.4, 5.6)
        self._starts = {
            f"random, seed {seed}": lambda units: random_start(seed, units),
            f"random, seed {stuck_seed}": lambda units: random_start(stuck_seed, units),
            "all weights equal": equal_start,
        }
        self.stops = (0, *(int(k) for k in np.unique(np.geomspace(1, steps, 70).round())))
        self.start: Any = widgets.ToggleButtons(options=list(self._starts), description="Start")
        self.units: Any = widgets.ToggleButtons(
            options=[(str(n), n) for n in UNITS],
            description="Units",
            style={"button_width": "44px"},
            tooltips=[f"{n} hidden units" for n in UNITS],
        )
        self.eta = widgets.SelectionSlider(
            options=[(f"{eta:g}", eta) for eta in ETAS],
            value=2.0,
            description="Rate η",
            layout=widgets.Layout(width="320px"),
        )
        self.step = widgets.SelectionSlider(
            options=[(f"{k:,}", k) for k in self.stops],
            value=0,
            description="Steps",
            layout=widgets.Layout(width="600px"),
        )
        self._draw()
        self.arrange(
            self.start,
            widgets.HBox([self.units, self.eta]),
            self.step,
            follow=(self.start, self.units, self.eta, self.step),
        )

    @cached_property
    def runs(self) -> dict[tuple[str, int, float], XorTraining]:
        """All training runs, by the name of their start, their hidden units and learning rate:
        computed together, so that every control answers at once."""
        names = [(name, n, eta) for n in UNITS for eta in ETAS for name in self._starts]
        starts = [self._starts[name](n) for name, n, _ in names]
        trained = XorTraining.together(starts, [eta for _, _, eta in names], self.stops)
        return dict(zip(names, trained, strict=True))

    @property
    def run(self) -> XorTraining:
        """The run that is chosen."""
        return self.runs[self.start.value, self.units.value, self.eta.value]

    def _draw(self) -> None:
        surface_axes = self.figure.add_axes((0.065, 0.36, 0.4, 0.575))
        hidden_axes = self.figure.add_axes((0.575, 0.36, 0.4, 0.575))
        style.head(surface_axes, "what the network answers", loc="center")
        style.head(hidden_axes, "where the hidden units put the square", loc="center")
        last = self.stops[-1]
        self._surface = draw_surface(surface_axes, lambda points: self.run.predict(last, points))
        self._units = draw_unit_lines(surface_axes, max(UNITS))
        self._hidden = draw_hidden_space(hidden_axes)
        ax = self.figure.add_axes((0.115, 0.1, 0.86, 0.15))
        (self._error,) = ax.plot([], [], color=LIGHT.error, linewidth=1.8)
        (self._now,) = ax.plot(
            [],
            [],
            "o",
            color=LIGHT.error,
            markersize=8,
            markeredgecolor="white",
            zorder=5,
            clip_on=False,
        )
        ax.set_xscale("symlog", linthresh=1, linscale=0.35)
        ax.set(
            xlim=(-0.1, last * 1.1),
            ylim=(0, 1.05),
            yticks=[0, 0.25, 0.5, 1],
            xlabel="steps",
            ylabel="error E",
        )
        style.dress(ax)
        # enough for the eye
        self._marked = np.unique(
            np.concatenate([np.arange(30), np.geomspace(30, last, 200).round().astype(int)])
        )

    def move(self) -> None:
        """Put the chosen run after so many steps into all three parts of the picture."""
        run, step = self.run, self.step.value
        W1, b1, W2, b2 = run.snapshots[step]
        move_surface(self._surface, run.predict(step, grid()))
        move_unit_lines(self._units, W1, b1)
        two = len(b1) == 2
        move_hidden_space(
            self._hidden,
            lambda points: run.hidden(step, points)[:, :2],
            run.cut(step, grid(61, 0, 1)) if two else np.full(61 * 61, 0.5),
            W2[:, 0] if two else None,
            float(b2[0]),
        )
        # what is to come would be told before it happens
        so_far = self._marked[self._marked <= step]
        self._error.set_data(so_far, run.errors[so_far])
        self._now.set_data([step], [run.errors[step]])

    def text(self) -> str:
        """Return what the picture shows, in words and numbers: the error, and each corner's output
        and hidden values."""
        run, step, units = self.run, self.step.value, self.units.value
        about = f"{units} hidden units, η = {self.eta.value:g}"
        rows = [f"{self.start.value}, after {step:,} steps, {about}: E = {run.errors[step]:.6f}"]
        points = zip(
            CORNERS, TARGETS, run.predict(step, CORNERS), run.hidden(step, CORNERS), strict=True
        )
        for corner, target, output, hidden in points:
            verdict = "right" if round(float(output)) == target else "wrong"
            digits = 3 if units == 2 else 1
            values = ", ".join(f"{h:.{digits}f}" for h in hidden)
            rows.append(
                f"   x = ({corner[0]:.0f}, {corner[1]:.0f})   target {target:.0f}   output"
                f" {output:.4f}   {verdict}   hidden ({values})"
            )
        return "\n".join(rows)
