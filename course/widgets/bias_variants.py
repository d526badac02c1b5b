"""Which bias? One network, one learning rate, three treatments of the biases, three different
errors.

`BiasVariants` is the mathematics, tested without a browser; `WhichBias` shows it with a select box
and a slider.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.plots.bias_variants import draw_error_bars, draw_error_curves, show_step
from course.widgets.common.picture import Picture

#: How each variant turns the deltas of a layer of two into the change of its two biases: db = M @
#: delta.
MIXING = {
    "frozen": np.zeros((2, 2)),  # nothing is learnt
    "shared": np.ones((2, 2)),  # one number in two places: both deltas add up
    "per neuron": np.eye(2),  # to each its own
}

#: The step of the biases as a sentence of the lesson.
RULES = {
    "frozen": "b stays what it was",
    "shared": "both neurons use one b:  b⁺ = b − η (δ₁ + δ₂)",
    "per neuron": "each neuron its own b:  b⁺ = b − η δ",
}


class BiasVariants:
    """The 2-2-2 example trained three times side by side: biases frozen, shared, one per neuron.

    Inputs .05, .10, targets .01, .99, learning rate .5: Inha University, "Backpropagation,
    activation function", after Mazur, "A step by step backpropagation example" (2015).

    Parameters
    ----------
    steps : int
        How many gradient steps to take.

    Attributes
    ----------
    errors : dict of str to array (steps,)
        `errors[name][k]` is the total error after k + 1 steps.
    biases : dict of str to array (steps, 4)
        b of h1, h2, o1, o2 after k + 1 steps.
    outputs : dict of str to array (steps, 2)
        out_o1, out_o2 after k + 1 steps.
    """

    names = tuple(MIXING)

    def __init__(self, steps: int = 10_000) -> None:
        self.steps = steps
        trail = np.array(_train(steps))  # (steps, 3, 6)
        biases, outputs = trail[..., :4], trail[..., 4:]
        errors = 0.5 * np.sum((np.array([0.01, 0.99]) - outputs) ** 2, axis=-1)
        self.errors = {name: errors[:, v] for v, name in enumerate(self.names)}
        self.biases = {name: biases[:, v] for v, name in enumerate(self.names)}
        self.outputs = {name: outputs[:, v] for v, name in enumerate(self.names)}

    def describe(self, chosen: str, step: int) -> str:
        """Return the numbers of the picture as text: the three errors after `step` steps and the
        chosen biases."""
        rows = [f"After {step:,} step{'s' if step > 1 else ''}:"]
        for name in self.names:
            mark = "▸" if name == chosen else " "
            rows.append(f" {mark} {name:<10}  E = {self.errors[name][step - 1]:.8g}")
        bias, output = self.biases[chosen][step - 1], self.outputs[chosen][step - 1]
        rows += [
            f"{chosen}: {RULES[chosen]}",
            "   b of h1, h2, o1, o2 = " + ", ".join(f"{b:.6f}" for b in bias),
            "   out of o1, o2       = " + ", ".join(f"{o:.6f}" for o in output),
        ]
        return "\n".join(rows)


@cache
def _train(steps: int) -> tuple[np.ndarray, ...]:
    """Train the three variants at once (first axis: variant) and return biases and outputs after
    every step."""
    eta, i, target = 0.5, np.array([[0.05, 0.10]]), np.array([0.01, 0.99])
    mix = np.array(list(MIXING.values()))
    W1 = np.tile([[0.15, 0.25], [0.20, 0.30]], (3, 1, 1))
    W2 = np.tile([[0.40, 0.50], [0.45, 0.55]], (3, 1, 1))
    b1, b2 = np.full((3, 1, 2), 0.35), np.full((3, 1, 2), 0.60)
    trail = []
    for _ in range(steps + 1):
        out_h = 1 / (1 + np.exp(-(i @ W1 + b1)))
        out_o = 1 / (1 + np.exp(-(out_h @ W2 + b2)))
        trail.append(np.concatenate([b1, b2, out_o], axis=-1)[:, 0])
        delta_o = (out_o - target) * out_o * (1 - out_o)
        delta_h = delta_o @ W2.transpose(0, 2, 1) * out_h * (1 - out_h)
        W1 = W1 - eta * i.T * delta_h
        W2 = W2 - eta * out_h.transpose(0, 2, 1) * delta_o
        b1 = b1 - eta * delta_h @ mix
        b2 = b2 - eta * delta_o @ mix
    return tuple(trail[1:])


class WhichBias(Picture):
    """The picture: choose a treatment of the biases and a number of steps; see the three errors
    drift apart.

    Without a browser it shows its first picture and the numbers as text.

    Parameters
    ----------
    steps : int
        The right end of the slider.
    """

    lines = 7

    def __init__(self, steps: int = 10_000) -> None:
        super().__init__(8.8, 3.8)
        self.variants = BiasVariants(steps)
        self._curves = draw_error_curves(
            self.figure.add_axes((0.08, 0.15, 0.49, 0.8)), self.variants.errors
        )
        self._bars = draw_error_bars(
            self.figure.add_axes((0.72, 0.2, 0.27, 0.64)), self.variants.errors
        )

        stops = np.unique(np.geomspace(1, steps, 61).round().astype(int))
        self.chosen: Any = widgets.ToggleButtons(options=self.variants.names, description="Biases")
        self.step = widgets.SelectionSlider(
            options=[(f"{k:,}", int(k)) for k in stops],
            value=1,
            description="Steps",
            continuous_update=True,
            layout=widgets.Layout(width="600px"),
        )
        self.arrange(self.chosen, self.step, follow=(self.chosen, self.step))

    def move(self) -> None:
        """Show the errors after so many steps, the chosen variant heavy."""
        show_step(
            self._curves, self._bars, self.variants.errors, self.chosen.value, self.step.value
        )

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        return self.variants.describe(self.chosen.value, self.step.value)
