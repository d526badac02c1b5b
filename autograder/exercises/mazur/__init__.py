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
    draw_train,
    draw_update,
)
from autograder.exercises.mazur.chain import DELTAS, FORWARD, GRADIENTS, TRAIN, on_the_way, steps
from autograder.exercises.mazur.misconceptions import (
    ETA_WRITTEN,
    GRADIENT_BUGS,
    ONE_BIAS,
    PASSES_BUGS,
    UPDATE_BUGS,
    as_gradients,
    first_bias,
    one_gradient_for_all,
    one_step_only,
    passes_with,
    train_with,
    update_output_first,
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
    train,
    train_numeric,
    train_xor,
    train_xor_by_layers,
    update,
    update_numeric,
)
from autograder.exercises.mazur.xor import XOR_GIVEAWAYS, draw_xor, judge_xor

MAZUR = "inha003.mazur."
_at = lambda *ids: tuple(MAZUR + i if i else None for i in ids)

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
        "net_h": _at("net_h1", None),
        "out_h": _at("out_h1", "out_h2"),
        "net_o": _at("net_o1_in_exponent", None),
        "out_o": _at("out_o1", "out_o2"),
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
    deck={"total_error": _at("E_total")},
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
    section="Derive: the delta",
    solution=deltas,
    oracle=deltas_numeric,
    results="deltas",
    deck_cases=(Case.of(DECK, *ARGUMENTS),),
    draw=draw_passes,
    deck={"o": _at("dEo1_dnet_o1", None)},
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
    deck={"W1": _at("dE_dw1", None, None, None), "W2": _at("dE_dw5", None, None, None)},
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
        "W1": _at("w1_new", "w3_new", "w2_new", "w4_new"),
        "W2": _at("w5_new", "w7_new", "w6_new", "w8_new"),
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

_train = exercise(
    "mazur.train",
    'train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen") -> (parameters, errors)',
    points=3,
    section="Which bias?",
    limit=10.0,
    solution=train,
    oracle=train_numeric,
    results=("parameters", "errors"),
    deck_cases=(
        Case.of(f"{DECK}, eta = 0.5, 1 step", *ARGUMENTS, 0.5, 1),
        Case.of(f"{DECK}, eta = 0.5, 20 steps", *ARGUMENTS, 0.5, 20),
    ),
    draw=draw_train,
    chain=TRAIN,
    deck={"errors": _at("E_after.no_bias_update")},
    misconceptions=(
        *(
            (
                "output weights updated before the hidden deltas",
                UPDATE_BUGS[0][1],
                train_with(step=update_output_first, bias=bias),
            )
            for bias in ("right", "late")
        ),
        (
            "error recorded before the step",
            (
                "errors[k] is the error after k + 1 steps. You recorded it before the step, so the"
                " list starts one step too early."
            ),
            train_with(record="before"),
        ),
        (
            "frozen biases trained",
            (
                'With biases="frozen", which is also the default, the biases keep their values, as'
                " in the deck."
            ),
            train_with(bias="always"),
        ),
        (
            "trained biases left frozen",
            'With biases="trained" each neuron\'s bias moves by -eta · δ. Yours stay.',
            train_with(bias="never"),
        ),
        (
            "one bias for the whole layer",
            "You trained one bias shared by a layer. Here each neuron trains its own.",
            train_with(bias="shared"),
        ),
        (
            "bias gradients at the new weights",
            (
                "W1 and W2 have moved when you compute the "
                "gradients of the biases: they belong to another "
                "network. Compute all gradients of a step first, then move everything."
            ),
            train_with(bias="after"),
        ),
        (
            "the loop ends after one step",
            (
                "You return the network of one step, whatever `steps` "
                "is. Does `return` stand inside the loop? "
                "It ends the function at once."
            ),
            one_step_only,
        ),
        (
            "gradient computed once, before the loop",
            (
                "Every step of yours goes the same way, along "
                "the gradient at the start. The gradient "
                "changes with the weights: compute it inside the loop."
            ),
            one_gradient_for_all,
        ),
        (*ETA_WRITTEN, train_with(fixed=0.5)),
        ("learning rate forgotten", "The step is eta times the gradient.", train_with(fixed=1.0)),
        (
            "step uphill",
            "You added the gradient instead of subtracting it.",
            train_with(step=lambda i, t, W1, b1, W2, b2, eta: update(i, t, W1, b1, W2, b2, -eta)),
        ),
    ),
    hints=(
        (
            "In each step: all gradients at the present weights and biases, then every move, then "
            "the error of the moved network."
        ),
        (
            'W ← W - eta ∂E/∂W; only with biases="trained" also b ← b - eta ∂E/∂b. All four '
            "gradients belong to the network before the step."
        ),
        (
            "The deck's network, one step: W as in `update`, E from 0.298371 to 0.291028. With "
            "trained biases the bias of o1 goes to "
            "0.60 - 0.5 · 0.138499 = 0.530751, and E to 0.280471. The second step starts from "
            "there: 0.283547 with frozen biases."
        ),
    ),
)

_xor = exercise(
    "mazur.xor",
    "train_xor(rng) -> (predict, errors)",
    points=3,
    section="XOR: who breaks the tie?",
    limit=20.0,
    solution=train_xor,
    oracle=train_xor_by_layers,
    results=("predict", "errors"),
    draw=draw_xor,
    properties=judge_xor,
    repeat=False,
    giveaways=XOR_GIVEAWAYS,
    hints=(
        (
            "Start from random weights, train on all four corners at once, and start afresh when"
            " the error stays high."
        ),
        (
            "2-4-1 logistic units, weights from rng.normal, full batch: ∂E/∂W2 = Hᵀ δ_o, δ_h = (δ_o"
            " W2ᵀ) H (1 - H), ∂E/∂W1 = Xᵀ δ_h."
        ),
        (
            "With eta about 2 the error leaves 0.5 after some hundred steps and is below 0.01 "
            "after one or two thousand. One corner: for y = 0.5 "
            "and target 1 δ_o = (0.5 - 1) · 0.5 · 0.5 = -0.125. A run that still stands near 0.5 "
            "after 2,000 steps starts afresh. "
            "`predict` is a function that keeps the trained weights: define it inside `train_xor`."
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
    [_forward, _total_error, _deltas, _gradients, _update, _train, _break_it, _xor],
    apart.LOOKS,
    apart.WAYS,
    apart.KNOWN,
)
