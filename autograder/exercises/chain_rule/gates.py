"""The three gates, and the sigmoid neuron that is made of gates."""

from __future__ import annotations

import numpy as np

from autograder.exercises.chain_rule.solutions import (
    add_gate,
    away,
    gate_by_nudges,
    max_gate,
    mul_gate,
    sigma,
    sigmoid_neuron,
    sigmoid_neuron_numeric,
)
from autograder.exercises.exercise import Call, Case, exercise


def any_split(call, yours, exact):
    """At a = b the max gate may hand on (t·u, (1 - t)·u) for any t from 0 to 1, entry by entry."""
    if call.function != 2:
        return yours
    a, b, u = (np.ravel(argument) for argument in call.arguments)
    given = [np.asarray(part) for part in yours[:2]]
    da, db = (
        part.astype(part.dtype if part.dtype in (np.float32, np.float16) else float).ravel()
        for part in given
    )
    room = (1e-4 if min(da.itemsize, db.itemsize) < 8 else 1e-7) * max(
        1.0, float(np.max(np.abs(u)))
    )
    split = (
        (a == b)
        & (np.abs(da + db - u) <= room)
        & (da >= np.minimum(u, 0) - room)
        & (da <= np.maximum(u, 0) + room)
    )
    exact_da, exact_db = (np.ravel(part) for part in exact)
    da, db = (
        np.where(split, exact_da.astype(da.dtype), da),
        np.where(split, exact_db.astype(db.dtype), db),
    )
    return [da.reshape(given[0].shape), db.reshape(given[1].shape)]


def gates_case(label, a, b, upstream):
    """One call for each of the three gates, with the same inputs."""
    return Case(label, tuple(Call(k, (a, b, upstream)) for k in range(3)))


def draw_gates(rng):
    """Numbers, equal numbers, arrays with some entries equal, a square array."""
    cases = [gates_case("random numbers", away(rng), away(rng), away(rng))]
    tie = away(rng)
    cases.append(gates_case("two equal numbers", tie, tie, away(rng)))
    for shape in ((4,), (2, 3)):
        cases.append(gates_case(f"arrays of shape {shape}", *(away(rng, shape) for _ in range(3))))
    a, b = away(rng, 6), away(rng, 6)
    b[::2] = a[::2]
    cases.append(gates_case("arrays with some entries equal", a, b, away(rng, 6)))
    return [*cases, gates_case("a square array", *(away(rng, (3, 3)) for _ in range(3)))]


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


GATES = exercise(
    "chain_rule.gates",
    "add_gate(a, b, upstream) -> (da, db)",
    "mul_gate(a, b, upstream) -> (da, db)",
    "max_gate(a, b, upstream) -> (da, db)",
    points=3,
    section="Three patterns",
    solution=(add_gate, mul_gate, max_gate),
    oracle=tuple(
        gate_by_nudges(value) for value in (lambda a, b: a + b, lambda a, b: a * b, np.maximum)
    ),
    results=(("da", "db"),) * 3,
    deck_cases=(gates_case("the deck's -1 and 2", -1.0, 2.0, 1.0),),
    draw=draw_gates,
    accept=any_split,
    misconceptions=(
        (
            "add gate: upstream forgotten",
            (
                "Your add gate returns its local gradients, 1 and 1. The chain rule multiplies them"
                " by what comes from above: (upstream, upstream)."
            ),
            (lambda a, b, u: (u * 0 + 1, u * 0 + 1), None, None),
        ),
        (
            "add gate: upstream forgotten",
            (
                "Your add gate returns 1 and 1, which are its local gradients. The chain rule"
                " multiplies them by what comes from above: (upstream, upstream)."
            ),
            (lambda a, b, u: (1.0, 1.0), None, None),
        ),
        (
            "add gate: the gradient split",
            (
                "Your add gate halves the upstream gradient. It is a distributor, not a divider:"
                " nudging a moves a + b by the whole nudge, so both inputs get all of it."
            ),
            (lambda a, b, u: (u / 2, u / 2), None, None),
        ),
        (
            "add gate: inputs multiplied in",
            (
                "Your add gate multiplies by the inputs. The local gradients of a + b are 1 and 1,"
                " whatever a and b are."
            ),
            (lambda a, b, u: (a * u, b * u), None, None),
        ),
        (
            "mul gate: not switched",
            (
                "Your mul gate gives a the value of a. Nudge a, and ab moves b times as much: da ="
                " b · upstream, db = a · upstream."
            ),
            (None, lambda a, b, u: (a * u, b * u), None),
        ),
        (
            "mul gate: upstream forgotten",
            (
                "Your mul gate returns its local gradients, b and a. Multiply them by what comes"
                " from above."
            ),
            (None, lambda a, b, u: (b * 1.0, a * 1.0), None),
        ),
        (
            "mul gate: the gradient handed on",
            (
                "Your mul gate hands the upstream gradient on unchanged, as an add gate does. The"
                " local gradients of ab are b and a."
            ),
            (None, lambda a, b, u: (u, u), None),
        ),
        (
            "max gate: both inputs served",
            (
                "Your max gate gives the upstream gradient to both inputs. The smaller one cannot"
                " be felt: a small nudge of it leaves the maximum as it is, so its gradient is 0."
            ),
            (None, None, lambda a, b, u: (u, u)),
        ),
        (
            "max gate: the loser served",
            (
                "Your max gate gives the gradient to the smaller input. It is the larger one that"
                " gets through, and the way back is the same way."
            ),
            (None, None, lambda a, b, u: (np.where(a < b, u, 0.0), np.where(a < b, 0.0, u))),
        ),
        (
            "max gate: upstream forgotten",
            (
                "Your max gate returns 1 and 0. These are the local gradients; multiply them by"
                " what comes from above."
            ),
            (None, None, lambda a, b, u: (np.where(a >= b, 1.0, 0.0), np.where(a >= b, 0.0, 1.0))),
        ),
        (
            "max gate: the value routed",
            "Your max gate sends back the larger value. What is routed is the upstream gradient.",
            (None, None, lambda a, b, u: (np.where(a >= b, a, 0.0), np.where(a >= b, 0.0, b))),
        ),
        (
            "max gate: a tie counted twice",
            (
                "Where a = b you gave the whole upstream gradient to both. Move a and b together"
                " and the maximum moves once, not twice: the two shares must add up to upstream."
                " All to one of them, or half and half, is fine."
            ),
            (None, None, lambda a, b, u: (np.where(a >= b, u, 0.0), np.where(b >= a, u, 0.0))),
        ),
        (
            "max gate: nothing at a tie",
            (
                "Where a = b you gave nothing to either. Move both together and the maximum moves"
                " with them, so the two shares must add up to upstream. All to one of them, or half"
                " and half, is fine."
            ),
            (None, None, lambda a, b, u: (np.where(a > b, u, 0.0), np.where(b > a, u, 0.0))),
        ),
    ),
    hints=(
        (
            "For each gate ask twice: if this input is nudged, by how much does the output move?"
            " Then multiply by upstream."
        ),
        (
            "a + b: 1 and 1. ab: b and a. max(a, b): 1 for the larger, 0 for the smaller. Each"
            " times upstream."
        ),
        (
            "At a = -1, b = 2 with 3 from above: the add gate hands on 3 and 3; the mul gate 2 · 3 "
            "= 6 and -1 · 3 = -3; the max "
            "gate 0 and 3, since 2 is the larger. For arrays this is decided entry by entry; "
            "np.where does that."
        ),
    ),
)


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
