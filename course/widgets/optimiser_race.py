"""Optimiser race: four ways to take a step, from one start, over one landscape.

`Race` is the mathematics, tested without a browser; `OptimiserRace` shows it with a few controls.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np

from course.plots.optimiser_race import (
    STYLES,
    draw_curves,
    draw_map,
    move_curves,
    move_landscape,
    move_paths,
)
from course.widgets.common.picture import Picture, play_along

#: Beyond this distance from the origin a runner has left for good.
LOST = 50.0


class Landscape(NamedTuple):
    """A loss of two parameters: `f` and `gradient` take arrays p1, p2 of one shape; the rest is
    where to look."""

    f: Callable
    gradient: Callable
    start: tuple[float, float]
    goals: tuple[tuple[float, float], ...]
    xlim: tuple[float, float]
    ylim: tuple[float, float]


def _valley(
    a: float, b: float, c: float, start: tuple[float, float], ylim: tuple[float, float]
) -> Landscape:
    """½ (a p1² + 2 b p1 p2 + c p2²)."""
    return Landscape(
        lambda x, y: 0.5 * (a * x * x + 2 * b * x * y + c * y * y),
        lambda x, y: (a * x + b * y, b * x + c * y),
        start,
        ((0.0, 0.0),),
        (-2.4, 2.4),
        ylim,
    )


LANDSCAPES = {
    "valley": _valley(
        0.2, 0, 20, (-2.0, 1.2), (-1.6, 1.6)
    ),  # curvatures 0.2 and 20, along the axes
    "turned valley": _valley(
        10.1, -9.9, 10.1, (-2.26, -0.57), (-2.4, 2.4)
    ),  # the same, turned by 45°
    "saddle": Landscape(  # ½ p1² - ½ p2² + ¼ p2⁴, lowest at p2 = ±1
        lambda x, y: 0.5 * x * x - 0.5 * y * y + 0.25 * y**4,
        lambda x, y: (x, -y + y**3),
        (-2.0, 0.002),
        ((0.0, 1.0), (0.0, -1.0)),
        (-2.4, 2.4),
        (-1.8, 1.8),
    ),
    "bend": Landscape(  # a curved valley: ½ (1 - p1)² + 5 (p2 - p1²)²
        lambda x, y: 0.5 * (1 - x) ** 2 + 5 * (y - x * x) ** 2,
        lambda x, y: (x - 1 - 20 * x * (y - x * x), 10 * (y - x * x)),
        (-1.4, 1.2),
        ((1.0, 1.0),),
        (-2.0, 2.0),
        (-1.0, 2.6),
    ),
}


def _descent(g, state, t):
    return g, state


def _momentum(g, state, t):
    v = 0.9 * state[0] + g  # v = βv + g
    return v, (v, state[1])


def _rmsprop(g, state, t):
    s = 0.9 * state[1] + 0.1 * g**2  # s = ρs + (1-ρ)g²
    return g / (np.sqrt(s) + 1e-8), (state[0], s)


def _adam(g, state, t):
    m, v = 0.9 * state[0] + 0.1 * g, 0.999 * state[1] + 0.001 * g**2
    return m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), (m, v)


#: gradient, state, number of the step -> (what η is multiplied with, new state). β = ρ = β₁ = 0.9,
#: β₂ = 0.999.
RULES = dict(zip(STYLES, (_descent, _momentum, _rmsprop, _adam), strict=True))


def run(landscape: Landscape, rule: Callable, eta: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Walk from the start for several learning rates at once.

    Parameters
    ----------
    landscape, rule
        One of `LANDSCAPES`, one of `RULES`.
    eta : array (k,)
        Learning rates.
    noise : array (steps, 2)
        Added to the gradient of each step: what a mini-batch does to it.

    Returns
    -------
    array (steps + 1, k, 2)
        Where each walk is; a walk that got further than `LOST` away stands still there.
    """
    p = np.tile(np.array(landscape.start), (len(eta), 1))
    state, trail = (np.zeros_like(p), np.zeros_like(p)), [p]
    for t, extra in enumerate(noise, 1):
        g = np.stack(landscape.gradient(*p.T), axis=-1) + extra
        direction, state = rule(g, state, t)
        inside = np.abs(p).max(axis=1, keepdims=True) <= LOST
        p = np.where(inside, p - eta[:, None] * direction, p)
        p = np.clip(p, -2 * LOST, 2 * LOST)
        trail.append(p)
    return np.array(trail)


class Race:
    """Four walks over one landscape.

    Parameters
    ----------
    name : str
        A key of `LANDSCAPES`.
    etas : dict of str to float
        A learning rate for every rule.
    noise : float
        Standard deviation of what is added to each component of every gradient, the same draw for
        all.
    steps : int

    Attributes
    ----------
    paths : dict of str to array (steps + 1, 2)
    losses : dict of str to array (steps + 1,)
        Height above the lowest point.
    lengths : dict of str to array (steps,)
        Length of each step: the speed.
    """

    def __init__(
        self, name: str, etas: dict[str, float], noise: float = 0.0, steps: int = 120
    ) -> None:
        self.name, self.etas, self.steps = name, etas, steps
        land, draws = LANDSCAPES[name], _draws(noise, steps)
        self.paths = {
            rule: run(land, RULES[rule], np.array([etas[rule]]), draws)[:, 0] for rule in RULES
        }
        self.losses = {
            rule: land.f(*path.T) - land.f(*land.goals[0]) for rule, path in self.paths.items()
        }
        self.lengths = {
            rule: np.hypot(*np.diff(path, axis=0).T) for rule, path in self.paths.items()
        }

    def lost(self, rule: str) -> int | None:
        """The first step after which a runner is beyond `LOST`, or None."""
        beyond = np.abs(self.paths[rule]).max(axis=1) > LOST
        return int(np.argmax(beyond)) if beyond.any() else None

    def describe(self, step: int) -> str:
        """The numbers of the picture in words."""
        order = sorted(RULES, key=lambda rule: self.losses[rule][step])
        lines = [f"{self.name}, after {step} steps, best first:"]
        for rule in order:
            left = self.lost(rule)
            if left is not None and left <= step:
                lines.append(
                    f"   {rule:<17} η = {self.etas[rule]:<8.3g} diverged: it left the map for good"
                    f" at step {left}"
                )
                continue
            last = f"last step {self.lengths[rule][step - 1]:.3g} long" if step else "not started"
            lines.append(
                f"   {rule:<17} η = {self.etas[rule]:<8.3g} loss {self.losses[rule][step]:<10.3g}"
                f" {last}"
            )
        return "\n".join(lines)


@cache
def _draws(noise: float, steps: int) -> np.ndarray:
    return noise * np.random.default_rng(8).normal(size=(steps, 2))


@cache
def best_etas(name: str, noise: float, steps: int = 120) -> dict[str, float]:
    """For every rule the learning rate, of 61 between 0.001 and 1, with the lowest mean loss over
    the last ten steps."""
    land, etas = LANDSCAPES[name], np.geomspace(1e-3, 1, 61)
    found = {}
    for rule, step in RULES.items():
        trail = run(land, step, etas, _draws(noise, steps))
        found[rule] = float(
            etas[np.argmin(land.f(trail[-10:, :, 0], trail[-10:, :, 1]).mean(axis=0))]
        )
    return found


@lru_cache(maxsize=16)
def _race(name: str, etas: tuple[tuple[str, float], ...], noise: float, steps: int) -> Race:
    return Race(name, dict(etas), noise, steps)


class OptimiserRace(Picture):
    """The picture: paths on the map, the loss and the length of the steps beside it.

    Choose the landscape, how noisy the gradients are, and whether all runners have one learning
    rate or each its best; play the race or drag the step. It begins at the start line, with or
    without a browser.
    """

    lines = 5
    steps = 120

    def __init__(self) -> None:
        super().__init__(9.6, 5.2)
        self._map_axes = self.figure.add_axes((0.068, 0.105, 0.485, 0.81))
        self._loss_axes = self.figure.add_axes((0.635, 0.565, 0.35, 0.36))
        self._speed_axes = self.figure.add_axes((0.635, 0.105, 0.35, 0.36))
        self._map = draw_map(self._map_axes)
        self._loss = draw_curves(
            self._loss_axes, "loss above the lowest point", self.steps, 1e-8, 1e2
        )
        self._speed = draw_curves(
            self._speed_axes, "speed: length of each step", self.steps, 1e-5, 1e1
        )
        self._speed_axes.set_xlabel("step")

        wide = widgets.Layout(width="430px")
        self.landscape: Any = widgets.ToggleButtons(
            options=list(LANDSCAPES), description="Landscape", style={"button_width": "110px"}
        )
        self.mode = widgets.ToggleButtons(
            options=["one for all", "each its best"],
            description="η",
            style={"button_width": "110px"},
        )
        self.eta = widgets.FloatLogSlider(
            value=10**-1.2,
            base=10,
            min=-3,
            max=0,
            step=0.05,
            description="η for all",
            readout_format=".3g",
            layout=wide,
        )
        self.noise = widgets.FloatSlider(
            value=0.0, min=0.0, max=3.0, step=0.25, description="Noise", layout=wide
        )
        self.step = widgets.IntSlider(
            value=0, min=0, max=self.steps, description="Step", layout=wide
        )
        self.play = play_along(self.step, 70, "Play the race")
        self._shown = None
        self.arrange(
            self.landscape,
            self.mode,
            widgets.HBox([self.eta, self.noise]),
            widgets.HBox([self.step, self.play]),
            follow=(self.landscape, self.mode, self.eta, self.noise, self.step),
        )

    def _etas(self) -> dict[str, float]:
        if self.mode.value == "one for all":
            return dict.fromkeys(RULES, self.eta.value)
        return best_etas(self.landscape.value, self.noise.value, self.steps)

    def move(self) -> None:
        """Run the race again where a setting changed, and show it up to the chosen step."""
        name = self.landscape.value
        self.eta.disabled = self.mode.value != "one for all"
        etas = self._etas()
        self.race = _race(name, tuple(etas.items()), self.noise.value, self.steps)
        if self._shown != name:
            land, self._shown = LANDSCAPES[name], name
            move_landscape(
                self._map_axes, self._map, land.f, land.start, land.goals, land.xlim, land.ylim
            )
        move_paths(self._map, self.race.paths, self.step.value)
        move_curves(self._loss, self.race.losses, self.step.value)
        move_curves(self._speed, self.race.lengths, max(self.step.value - 1, 0))

    def text(self) -> str:
        """Return the ranking at the chosen step, with each runner's learning rate, loss and last
        step."""
        return self.race.describe(self.step.value)
