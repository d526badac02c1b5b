"""Lesson 5: a 2-2-2 network with biases, and XOR.

The worked example is in Inha University, "Backpropagation, activation function", and comes from
Mazur, "A step by step backpropagation example" (2015). Rows: ``W1 = [[w1, w3], [w2, w4]]``, ``W2 =
[[w5, w7], [w6, w8]]``, one bias a neuron.
"""

from __future__ import annotations

import numpy as np

from autograder.exercises.exercise import Case, built_on, exercise
from autograder.exercises.mazur import apart
from autograder.exercises.mazur.cases import (
    ARGUMENTS,
    DECK,
    draw_error,
    draw_forward,
    draw_passes,
    draw_update,
    printed,
)
from autograder.exercises.mazur.chain import DELTAS, FORWARD, GRADIENTS, on_the_way, steps
from autograder.exercises.mazur.misconceptions import (
    GRADIENT_BUGS,
    ONE_BIAS,
    PASSES_BUGS,
    UPDATE_BUGS,
    as_gradients,
    first_bias,
    passes_with,
)
from autograder.exercises.mazur.solutions import (
    B1,
    B2,
    TARGET,
    W1,
    W2,
    I,
    deltas,
    deltas_numeric,
    forward,
    forward_loops,
    gradients,
    gradients_numeric,
    logistic,
    total_error,
    total_error_loop,
    update,
    update_numeric,
)
from autograder.exercises.mazur.training import SOLVING_XOR, TRAINING

_forward = exercise(
    "mazur.forward",
    "forward(i, W1, b1, W2, b2) -> dict(net_h, out_h, net_o, out_o)",
    points=3,
    section="Walk: the way forward",
    solution=forward,
    oracle=forward_loops,
    results="result",
    deck_cases=(Case.of(DECK, I, W1, B1, W2, B2),),
    draw=draw_forward,
    chain=FORWARD,
    deck={
        "net_h": printed("net_h1", None),
        "out_h": printed("out_h1", "out_h2"),
        "net_o": printed("net_o1_in_exponent", None),
        "out_o": printed("out_o1", "out_o2"),
    },
    misconceptions=(
        (
            "weights indexed [to, from]",
            (
                "You multiplied with the transpose. W[a, b] leads from a to b: net = i @ W1 + b1. A"
                " square W hides it."
            ),
            lambda i, W1, b1, W2, b2: forward(i, W1.T, b1, W2.T, b2),
        ),
        (
            "biases left out",
            "net = Σ w · input + b: the bias is missing.",
            lambda i, W1, b1, W2, b2: forward(i, W1, 0 * b1, W2, 0 * b2),
        ),
        (
            "biases of the two layers swapped",
            "b1 belongs to the hidden layer, b2 to the outputs.",
            lambda i, W1, b1, W2, b2: forward(
                i, W1, np.resize(b2, b1.shape), W2, np.resize(b1, b2.shape)
            ),
        ),
        (*ONE_BIAS, lambda i, W1, b1, W2, b2: forward(i, W1, first_bias(b1), W2, first_bias(b2))),
        (
            "no activation at the output",
            "out_o equals net_o: the outputs are logistic units too.",
            lambda *a: {**forward(*a), "out_o": forward(*a)["net_o"]},
        ),
        (
            "second layer fed with net instead of out",
            "The outputs take out_h, the squashed values. You handed them net_h.",
            lambda i, W1, b1, W2, b2: (lambda f, n: {**f, "net_o": n, "out_o": logistic(n)})(
                forward(i, W1, b1, W2, b2), (i @ W1 + b1) @ W2 + b2
            ),
        ),
        (
            "tanh instead of logistic",
            "These units are logistic: 1/(1 + e^(-net)). You used tanh.",
            lambda i, W1, b1, W2, b2: (
                lambda n: (
                    lambda h: {
                        "net_h": n,
                        "out_h": h,
                        "net_o": h @ W2 + b2,
                        "out_o": np.tanh(h @ W2 + b2),
                    }
                )(np.tanh(n))
            )(i @ W1 + b1),
        ),
    ),
    hints=(
        (
            "Two layers, the same two lines each: a weighted sum plus bias, then the logistic"
            " function."
        ),
        "net_h = i W1 + b1, out_h = 1/(1 + e^(-net_h)), and the same from out_h with W2, b2.",
        (
            "For h1: net = 0.15 · 0.05 + 0.20 · 0.10 + 0.35 = 0.3775, out = 1/(1 + e^(-0.3775)) = "
            "0.59327. "
            "For o1: net = 0.40 · 0.59327 + 0.45 · 0.59688 + 0.60 = 1.10591, out = 0.75137."
        ),
    ),
)

_total_error = exercise(
    "mazur.total_error",
    "total_error(out, target) -> float",
    points=1,
    section="Walk: the error",
    solution=total_error,
    oracle=total_error_loop,
    results="total_error",
    deck_cases=(Case.of(DECK, forward(I, W1, B1, W2, B2)["out_o"], TARGET),),
    draw=draw_error,
    deck={"total_error": printed("E_total")},
    symbols={"total_error": "E_total"},
    known=lambda out, target: {"m": len(out)},
    misconceptions=(
        (
            "the ½ forgotten",
            "Your value is twice the right one: E = Σ ½ (target - out)².",
            lambda out, t: np.sum((t - out) ** 2),
        ),
        (
            "mean instead of sum",
            "The total error adds the outputs' errors; you averaged them.",
            lambda out, t: 0.5 * np.mean((t - out) ** 2),
        ),
        (
            "mean squared error",
            (
                "You averaged the squared differences. The total error adds them up and takes half."
                " With two outputs, as in the deck, both give the same number."
            ),
            lambda out, t: np.mean((t - out) ** 2),
        ),
        (
            "not squared",
            "The error of an output is half its squared difference; you took the absolute one.",
            lambda out, t: 0.5 * np.sum(np.abs(t - out)),
        ),
        (
            "squared after summing",
            "Square each difference before adding, or errors of opposite sign cancel.",
            lambda out, t: 0.5 * np.sum(t - out) ** 2,
        ),
        (
            "one value for each output",
            "One number is wanted: the sum over the outputs.",
            lambda out, t: 0.5 * (t - out) ** 2,
        ),
    ),
    hints=(
        "Half the squared difference for each output, then the sum.",
        "E = Σ_o ½ (target_o - out_o)²",
        (
            "½ (0.01 - 0.751365)² = 0.274811 for o1, ½ (0.99 - 0.772928)² = 0.023560 for o2; "
            "together 0.298371."
        ),
    ),
)

_deltas = exercise(
    "mazur.deltas",
    "deltas(i, target, W1, b1, W2, b2) -> dict(o, h)",
    points=3,
    section="Derive: whole layers at once",
    solution=deltas,
    oracle=deltas_numeric,
    results="deltas",
    deck_cases=(Case.of(DECK, *ARGUMENTS),),
    draw=draw_passes,
    deck={"o": printed("dEo1_dnet_o1", None)},
    symbols={"o": "δ_o = ∂E/∂net_o", "h": "δ_h = ∂E/∂net_h"},
    chain=DELTAS,
    known=on_the_way,
    misconceptions=PASSES_BUGS,
    hints=(
        (
            "Start at the outputs: how does E change with net_o? Then ask the same for net_h,"
            " through every output."
        ),
        "δ_o = (out_o - target) out_o (1 - out_o); δ_h = (Σ_o w_ho δ_o) out_h (1 - out_h).",
        (
            "For o1: (0.751365 - 0.01) · 0.751365 · 0.248635 = 0.138499, for o2: -0.038098. "
            "For h1: (0.40 · 0.138499 + 0.50 · (-0.038098)) · 0.593270 · 0.406730 = 0.008771."
        ),
    ),
)

_gradients = exercise(
    "mazur.gradients",
    "gradients(i, target, W1, b1, W2, b2) -> gradients",
    points=4,
    section="Derive: whole layers at once",
    solution=gradients,
    oracle=gradients_numeric,
    results="gradients",
    deck_cases=(Case.of(DECK, *ARGUMENTS),),
    draw=draw_passes,
    deck={"W1": printed("dE_dw1", None, None, None), "W2": printed("dE_dw5", None, None, None)},
    symbols={"W1": "∂E/∂W1", "b1": "∂E/∂b1", "W2": "∂E/∂W2", "b2": "∂E/∂b2"},
    chain=GRADIENTS,
    known=on_the_way,
    misconceptions=GRADIENT_BUGS,
    hints=(
        "You have the deltas. What does a weight multiply, and what does a bias?",
        "∂E/∂w_ab = out_a · δ_b and ∂E/∂b_b = δ_b.",
        (
            "w5 leads from h1 to o1: 0.593270 · 0.138499 = 0.082167. w1 leads from i1 to h1: 0.05 "
            "· 0.008771 = 0.000439. "
            "The bias of o1: 0.138499, that of h1: 0.008771. All products of a layer in one table "
            "are an outer product, input first."
        ),
    ),
)

_update = exercise(
    "mazur.update",
    "update(i, target, W1, b1, W2, b2, eta) -> (W1, W2)",
    points=2,
    section="Derive: all at the same point",
    solution=update,
    oracle=update_numeric,
    results=("W1", "W2"),
    deck_cases=(Case.of(f"{DECK}, eta = 0.5", *ARGUMENTS, 0.5),),
    draw=draw_update,
    deck={
        "W1": printed("w1_new", "w3_new", "w2_new", "w4_new"),
        "W2": printed("w5_new", "w7_new", "w6_new", "w8_new"),
    },
    symbols={"W1": "new W1", "W2": "new W2"},
    known=steps,
    misconceptions=UPDATE_BUGS,
    hints=(
        "Compute all gradients first, with the old weights. Then take the step.",
        "w ← w - eta ∂E/∂w, for W1 and W2; the biases stay.",
        (
            "w5: 0.40 - 0.5 · 0.082167 = 0.358916. w1: 0.15 - 0.5 · 0.000439 = 0.149781, where "
            "0.000439 comes from w5 = 0.40, the old one."
        ),
    ),
)

_break_it = _gradients.but(
    name="mazur.break_it",
    points=2,
    section="Derive: a hidden delta is a sum",
    planted=(as_gradients(passes_with(up=lambda W2, o, e: W2 @ e)),),
    hints=(
        (
            "Check every entry against finite differences. The output weights agree; where does it"
            " begin to differ?"
        ),
        "∂E/∂W2 and ∂E/∂b2 are right, so δ_o is. Look at what gets back to the hidden layer.",
        (
            "Back to h1 go w5 δ_o1 + w7 δ_o2 = 0.40 · 0.138499 + 0.50 · (-0.038098) = 0.036350. "
            "The function's own sum is 0.188013, which is 0.40 · 0.741365 + 0.50 · (-0.217072)."
        ),
    ),
)

EXERCISES = built_on(
    [_forward, _total_error, _deltas, _gradients, _update, TRAINING, _break_it, SOLVING_XOR],
    apart.LOOKS,
    apart.WAYS,
    apart.KNOWN,
)
