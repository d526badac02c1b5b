"""The sigmoid neuron, gate by gate."""

from __future__ import annotations

import numpy as np

from autograder.exercises.chain_rule.solutions import (
    away,
    sigma,
    sigmoid_neuron,
    sigmoid_neuron_numeric,
)
from autograder.exercises.exercise import Case, exercise


def draw_neuron(rng):
    """Four neurons that are not saturated, w (3,) and x (2,), and one whose weights are 0."""
    cases = []
    while len(cases) < 4:
        w, x = away(rng, 3), away(rng, 2)
        if 0.3 < abs(w[0] * x[0] + w[1] * x[1] + w[2]) < 3:
            cases.append(Case.of("a random neuron", w, x))
    return [*cases, Case.of("a neuron whose weights are 0", np.zeros(3), away(rng, 2))]


def weighted_sum(w, x):
    """z = w0 x0 + w1 x1 + w2."""
    return w[0] * x[0] + w[1] * x[1] + w[2]


def neuron_with(dz=lambda z, f: f * (1 - f), bias=lambda w: 1.0, forward=weighted_sum, swap=False,
                value=sigma):  # fmt: skip
    """The sigmoid neuron with one step replaced: the slope, the bias's gradient, the sum, or σ
    itself."""

    def wrong(w, x):
        z = forward(w, x)
        f = value(z)
        to_w, to_x = (w[:2], x) if swap else (x, w[:2])
        return f, {"w": np.array([*to_w, bias(w)]) * dz(z, f), "x": to_x * dz(z, f)}

    return wrong


def one_for_the_bias(w, x):
    """The sigmoid neuron, with 1 where ∂f/∂w₂ is asked for."""
    f, gradients = sigmoid_neuron(w, x)
    return f, {**gradients, "w": np.array([*gradients["w"][:2], 1.0])}


#: The bias has the factor 1, so the last of its gradients is ∂f/∂z itself.
NEURON_CHAIN = {
    "f": lambda at, own: sigma(at.w[0] * at.x[0] + at.w[1] * at.x[1] + at.w[2]),
    "w": (
        lambda at, own: np.array([at.x[0], at.x[1], 1.0]) * own["f"] * (1 - own["f"])
    ),  # ∂f/∂z = f (1 - f)
    "x": lambda at, own: at.w[:2] * own["w"][2],
}


def on_the_way(w, x):
    """What the lesson names on the way to f: z, f, and σ(f), a frequent slip."""
    f = sigmoid_neuron(w, x)[0]
    return {"z": w[0] * x[0] + w[1] * x[1] + w[2], "f": f, "σ(f)": sigma(f)}


SIGMOID_NEURON = exercise(
    "chain_rule.sigmoid_neuron",
    "sigmoid_neuron(w, x) -> (f, gradients)",
    points=3,
    section="The sigmoid neuron, gate by gate",
    solution=sigmoid_neuron,
    oracle=sigmoid_neuron_numeric,
    results=("f", "gradients"),
    deck_cases=(
        Case.of(
            "the deck's circuit: w = (2, -3, -3), x = (-1, -2)",
            np.array([2.0, -3.0, -3.0]),
            np.array([-1.0, -2.0]),
        ),
    ),
    draw=draw_neuron,
    deck={"w": ("inha003.neuron.dw0", None, None), "x": ("inha003.neuron.dx0", None)},
    symbols={"w": "∂f/∂w₀, ∂f/∂w₁, ∂f/∂w₂", "x": "∂f/∂x₀, ∂f/∂x₁"},
    chain=NEURON_CHAIN,
    known=on_the_way,
    misconceptions=(
        (
            "sigmoid's slope forgotten",
            (
                "Your gradients are those of the sum w₀x₀ + w₁x₁ + w₂. On the way back the sigmoid"
                " comes first: multiply by σ′ = σ (1 - σ)."
            ),
            neuron_with(lambda z, f: 1.0),
        ),
        (
            "f * 1 - f",
            (
                "Everything is 0, as it is with f * 1 - f. Python multiplies first, so that "
                "is f - f. The "
                "difference needs brackets: f * (1 - f)."
            ),
            neuron_with(lambda z, f: f * 1 - f),
        ),
        (
            "1/1 + e^(-z)",
            (
                "Your f is 1 + e^(-z). In Python 1 / 1 + np.exp(-z) divides first; the "
                "whole sum belongs "
                "under the line: 1 / (1 + np.exp(-z))."
            ),
            neuron_with(value=lambda z: 1 + np.exp(-z)),
        ),
        (
            "sign of the exponent",
            "Your f is 1/(1 + e^z), which falls when z grows. σ(z) = 1/(1 + e^(-z)).",
            neuron_with(value=lambda z: sigma(-z)),
        ),
        (
            "the minus reaches the first term only",
            (
                "Your exponent is -w₀x₀ + w₁x₁ + w₂: the minus "
                "stands before the "
                "first term alone. It belongs before the whole sum: -(w₀x₀ + w₁x₁ + w₂)."
            ),
            neuron_with(forward=lambda w, x: w[0] * x[0] - w[1] * x[1] - w[2]),
        ),
        (
            "σ (1 - σ) fed with z",
            (
                "You computed z (1 - z). The shortcut is written in the output of the sigmoid: f (1"
                " - f)."
            ),
            neuron_with(lambda z, f: z * (1 - z)),
        ),
        (
            "sigmoid applied twice",
            (
                "You computed σ(f)(1 - σ(f)) with f = σ(z): the sigmoid was applied once more to"
                " its own output. Use f (1 - f)."
            ),
            neuron_with(lambda z, f: sigma(f) * (1 - sigma(f))),
        ),
        (
            "a sign lost on the way back",
            (
                "All your gradients have the wrong sign. Two gates of the circuit turn it round:"
                " 1/x, with the local gradient -1/x², and ·(-1). Together they cancel."
            ),
            neuron_with(lambda z, f: -f * (1 - f)),
        ),
        (
            "exp gate: its input as its slope",
            (
                "The local gradient of the exp gate is e^x, the value it has just put out. You"
                " multiplied by x, its input."
            ),
            neuron_with(lambda z, f: -z * f**2),
        ),
        (
            "exp gate skipped",
            (
                "You left the exp gate out on the way back. Its local gradient is e^x, the value it"
                " put out."
            ),
            neuron_with(lambda z, f: f**2),
        ),
        (
            "1 - f for the slope",
            (
                "Your ∂f/∂z is 1 - f. One factor f is missing: σ′ = f (1 - f). "
                "(Going gate by gate, the "
                "same comes out when -1/x stands for -1/x², the local gradient of 1/x.)"
            ),
            neuron_with(lambda z, f: 1 - f),
        ),
        (
            "the slope of tanh",
            "1 - f² is the slope of tanh. The sigmoid's is f (1 - f).",
            neuron_with(lambda z, f: 1 - f**2),
        ),
        (
            "σ′ rounded on the way",
            "You rounded σ′ to two digits and went on computing with it. Round what you show only.",
            neuron_with(lambda z, f: np.round(f * (1 - f), 2)),
        ),
        (
            "the bias's local gradient alone",
            "1 is only the local gradient of the add gate. ∂f/∂w₂ = 1 · σ′.",
            one_for_the_bias,
        ),
        (
            "each input its own gradient",
            (
                "Each product hands back the value of the other input: ∂f/∂w₀ = x₀ σ′ and ∂f/∂x₀ ="
                " w₀ σ′. You gave each the value of its own."
            ),
            neuron_with(swap=True),
        ),
        (
            "the bias multiplied by its weight",
            (
                "w₂ stands alone in the sum, so a nudge of it goes through unchanged: ∂f/∂w₂ = σ′."
                " You multiplied by w₂."
            ),
            neuron_with(bias=lambda w: w[2]),
        ),
        (
            "the bias without a gradient",
            "w₂ has a gradient too. It enters the sum with the factor 1: ∂f/∂w₂ = σ′.",
            neuron_with(bias=lambda w: 0.0),
        ),
        (
            "the bias left out",
            "The sum is w₀x₀ + w₁x₁ + w₂. Your f leaves w₂ out.",
            neuron_with(forward=lambda w, x: w[0] * x[0] + w[1] * x[1]),
        ),
    ),
    hints=(
        "Split it: z = w₀x₀ + w₁x₁ + w₂ and f = σ(z). Find ∂f/∂z first; the rest is that, times a factor.",
        (
            "∂f/∂z needs only f; the section ends with its formula. Then ask of w₀, of x₀ and of w₂: if"
            " it is nudged, by what factor does z move?"
        ),
        (
            "At w = (2, -3, -3), x = (-1, -2): z = -2 + 6 - 3 = 1, f = 0.731, ∂f/∂z = 0.731 · 0.269"
            " = 0.197. Then ∂f/∂w₀ = -1 · 0.197, ∂f/∂w₁ = -2 · 0.197 = -0.393, ∂f/∂w₂ = 0.197;"
            " ∂f/∂x₀ = 2 · 0.197 = 0.393, ∂f/∂x₁ = -3 · 0.197 = -0.590."
        ),
    ),
)
