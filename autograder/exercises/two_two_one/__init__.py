"""Lesson 4: a 2-2-1 network by hand.

The worked example is that of University of Central Florida, CAP 4453 Robot Vision, lecture 17
"Introduction to Deep Learning II": x = (1.1, 0.4), tanh hidden units, a logistic output, target 1,
no biases.
"""

from __future__ import annotations

import numpy as np

from autograder.exercises import stories
from autograder.exercises.exercise import Case, built_on, exercise
from autograder.exercises.two_two_one import apart, slips
from autograder.exercises.two_two_one.cases import (
    DECK,
    draw_backward,
    draw_divergence,
    draw_forward,
    draw_update,
)
from autograder.exercises.two_two_one.chain import (
    BACKWARD,
    FORWARD,
    on_the_way,
    steps,
)
from autograder.exercises.two_two_one.deep import ANY_DEPTH
from autograder.exercises.two_two_one.misconceptions import (
    BACKWARD_BUGS,
    backward_with,
    forward_with,
    skip_hidden,
    update_in_place,
)
from autograder.exercises.two_two_one.solutions import (
    W1,
    W2,
    D,
    X,
    backward,
    backward_numeric,
    divergence,
    divergence_loop,
    forward,
    forward_loops,
    logistic,
    update,
    update_loops,
)

ANY_WIDTHS = stories.where(
    stories.UNPACKED,
    "It must hold for any widths: work on whole arrays, without a name for each unit.",
)
SYMBOLS = {"z1": "z⁽¹⁾", "y1": "y⁽¹⁾", "z2": "z⁽²⁾", "y2": "y⁽²⁾"}
GRADIENTS = {
    "y2": "∂Div/∂y⁽²⁾",
    "z2": "∂Div/∂z⁽²⁾",
    "W2": "∂Div/∂W⁽²⁾",
    "y1": "∂Div/∂y⁽¹⁾",
    "z1": "∂Div/∂z⁽¹⁾",
    "W1": "∂Div/∂W⁽¹⁾",
}
CAP = "cap4453.2-2-1."

_forward = exercise(
    "two_two_one.forward",
    "forward(x, W1, W2) -> dict(z1, y1, z2, y2)",
    points=3,
    section="The forward pass",
    solution=forward,
    oracle=forward_loops,
    results="result",
    deck_cases=(Case.of(DECK, X, W1, W2),),
    draw=draw_forward,
    deck={
        "z1": (CAP + "z1_1", CAP + "z2_1"),
        "y1": (CAP + "y1_1", CAP + "y2_1"),
        "z2": (CAP + "z1_2",),
        "y2": (CAP + "y1_2",),
    },
    symbols=SYMBOLS,
    chain=FORWARD,
    story=ANY_WIDTHS,
    misconceptions=(
        (
            "weights indexed [to, from]",
            (
                "You multiplied with the transpose of the weights. W[i, j] leads from unit i to"
                " unit j, so z_j = Σ_i w_ij x_i, which is `x @ W`. With `W @ x` the rows and"
                " columns change places, and a square W hides it."
            ),
            forward_with(first=lambda x, W: W @ x, second=lambda y, W: W @ y),
        ),
        (
            "logistic in the hidden layer",
            "The hidden units are tanh units; you used the logistic function for them.",
            forward_with(hidden=logistic),
        ),
        (
            "tanh at the output",
            "The output unit is logistic; you used tanh for it.",
            forward_with(output=np.tanh),
        ),
        (
            "no activation at the output",
            "Your y⁽²⁾ equals z⁽²⁾: the logistic function at the output is missing.",
            forward_with(output=lambda z: z),
        ),
        (
            "no activation in the hidden layer",
            (
                "Your y⁽¹⁾ equals z⁽¹⁾: the tanh of the hidden units is missing. Two linear layers"
                " are one linear layer."
            ),
            forward_with(hidden=lambda z: z),
        ),
        (
            "second layer fed with z instead of y",
            (
                "The second layer takes the outputs y⁽¹⁾ of the hidden units. You handed it what"
                " they collect, z⁽¹⁾."
            ),
            skip_hidden,
        ),
        (
            "sign of the exponent",
            (
                "Your output is 1/(1 + e^z). The logistic function is 1/(1 + e^(-z)); the deck"
                " prints the same slip once, as 1/(1 + e^0.1246)."
            ),
            forward_with(output=lambda z: 1 / (1 + np.exp(z))),
        ),
        *slips.FORWARD,
    ),
    hints=(
        (
            "Go layer by layer: a weighted sum gives z, an activation gives y. The first layer's y"
            " is the second layer's input."
        ),
        (
            "z_j = Σ_i w_ij x_i, in matrix form z = x @ W. Then y⁽¹⁾ = tanh(z⁽¹⁾) and y⁽²⁾ = 1/(1 +"
            " e^(-z⁽²⁾))."
        ),
        (
            "x = (1.1, 0.4): z⁽¹⁾₁ = 1.1·0.3 + 0.4·(-0.4) = 0.17, z⁽¹⁾₂ = 1.1·(-0.3) + 0.4·0.6 = "
            "-0.09; y⁽¹⁾ = tanh = "
            "(0.1684, -0.0898). z⁽²⁾ = 0.1684·0.9 - 0.0898·0.3 = 0.1246, and y⁽²⁾ = 1/(1 + "
            "e^(-0.1246)) = 0.5311."
        ),
    ),
)

_divergence = exercise(
    "two_two_one.divergence",
    "divergence(y, d) -> float",
    points=1,
    section="How wrong is the output?",
    solution=divergence,
    oracle=divergence_loop,
    results="divergence",
    deck_cases=(Case.of(DECK, forward(X, W1, W2)["y2"], D),),
    draw=draw_divergence,
    deck={"divergence": (CAP + "Div",)},
    symbols={"divergence": "Div"},
    known=lambda y, d: {"m": len(y)},
    misconceptions=(
        (
            "the ½ forgotten",
            (
                "Your value is twice the right one: Div = ½ Σ (y - d)². The ½ cancels the 2 of the"
                " derivative."
            ),
            lambda y, d: np.sum((y - d) ** 2),
        ),
        (
            "mean instead of sum",
            "You averaged over the outputs. Div adds them up: ½ Σ (y - d)².",
            lambda y, d: 0.5 * np.mean((y - d) ** 2),
        ),
        (
            "mean squared error",
            (
                "You averaged the squared differences. Div adds them up and takes half: ½ Σ (y -"
                " d)². With two outputs both give the same number."
            ),
            lambda y, d: np.mean((y - d) ** 2),
        ),
        (
            "not squared",
            "You added absolute differences; Div adds squares: ½ Σ (y - d)².",
            lambda y, d: 0.5 * np.sum(np.abs(y - d)),
        ),
        (
            "squared after summing",
            (
                "You added the differences and squared the sum. Each difference is squared first,"
                " so that errors of opposite sign cannot cancel."
            ),
            lambda y, d: 0.5 * np.sum(y - d) ** 2,
        ),
        (
            "one value for each output",
            "One number is wanted: the sum over the outputs of ½ (y - d)².",
            lambda y, d: 0.5 * (y - d) ** 2,
        ),
        *slips.DIVERGENCE,
    ),
    hints=(
        "Square each difference, add them up, halve the sum.",
        "Div = ½ Σ_i (y_i - d_i)²",
        (
            "y = 0.5311, d = 1: the difference is -0.4689, its square 0.2199, and half of that "
            "0.1099. With a second "
            "output, y = 0.2 and d = 0, its 0.04 is added before the sum is halved: 0.2599/2 = "
            "0.1299."
        ),
    ),
)

_backward = exercise(
    "two_two_one.backward",
    "backward(x, d, W1, W2) -> gradients",
    points=5,
    section="Four derivatives",
    solution=backward,
    oracle=backward_numeric,
    results="gradients",
    deck_cases=(Case.of(DECK, X, D, W1, W2),),
    draw=draw_backward,
    deck={
        "y2": (CAP + "dDiv_dy1_2",),
        "z2": (CAP + "dDiv_dz1_2",),
        "W2": (CAP + "dDiv_dw11_2", CAP + "dDiv_dw21_2"),
        "y1": (CAP + "dDiv_dy1_1", CAP + "dDiv_dy2_1"),
        "z1": (CAP + "dDiv_dz1_1", CAP + "dDiv_dz2_1"),
        "W1": (CAP + "dDiv_dw11_1", CAP + "dDiv_dw12_1", CAP + "dDiv_dw21_1", CAP + "dDiv_dw22_1"),
    },
    symbols=GRADIENTS,
    chain=BACKWARD,
    known=on_the_way,
    misconceptions=BACKWARD_BUGS + slips.BACKWARD,
    story=ANY_WIDTHS,
    hints=(
        (
            "Start at the output and walk back: y⁽²⁾, z⁽²⁾, then W⁽²⁾ and y⁽¹⁾, then z⁽¹⁾, then"
            " W⁽¹⁾. Each step uses the one before."
        ),
        (
            "∂Div/∂y = y - d; ∂Div/∂z = f′(z) ∂Div/∂y; ∂Div/∂w_ij = y_i ∂Div/∂z_j; ∂Div/∂y_i = Σ_j"
            " w_ij ∂Div/∂z_j."
        ),
        (
            "∂Div/∂y⁽²⁾ = 0.5311 - 1 = -0.4689; ∂Div/∂z⁽²⁾ = 0.5311·0.4689·(-0.4689) = -0.1168;"
            " ∂Div/∂W⁽²⁾ = (0.1684, -0.0898)·(-0.1168) = (-0.0197, 0.0105); ∂Div/∂y⁽¹⁾ = (0.9,"
            " 0.3)·(-0.1168) = (-0.1051, -0.0350); ∂Div/∂z⁽¹⁾ = (1 - 0.1684²)·(-0.1051) = -0.1021"
            " and (1 - 0.0898²)·(-0.0350) = -0.0347; ∂Div/∂w₁₁⁽¹⁾ = 1.1·(-0.1021) = -0.1123, and so"
            " on."
        ),
    ),
)

_update = exercise(
    "two_two_one.update",
    "update(W1, W2, gradients, eta) -> (W1, W2)",
    points=2,
    section="One step downhill",
    solution=update,
    oracle=update_loops,
    results=("W1", "W2"),
    deck_cases=(Case.of(f"{DECK}, eta = 0.5", W1, W2, backward(X, D, W1, W2), 0.5),),
    draw=draw_update,
    symbols={"W1": "new W⁽¹⁾", "W2": "new W⁽²⁾"},
    known=steps,
    fresh=True,
    misconceptions=(
        (
            "step uphill",
            (
                "You added the gradient. It points in the direction in which Div grows, so the step"
                " goes against it: W - eta · gradient."
            ),
            lambda W1, W2, g, eta: (W1 + eta * g["W1"], W2 + eta * g["W2"]),
        ),
        (
            "learning rate forgotten",
            "You subtracted the whole gradient. The step is eta times the gradient.",
            lambda W1, W2, g, eta: (W1 - g["W1"], W2 - g["W2"]),
        ),
        (
            "update in place",
            (
                "The numbers are right, but `-=` changes the arrays that were handed in, and with"
                ' them the caller\'s weights. Return new arrays: W1 - eta * gradients["W1"].'
            ),
            update_in_place,
        ),
        (
            "results in the other order",
            "The function returns (W1, W2), in this order.",
            lambda W1, W2, g, eta: (W2 - eta * g["W2"], W1 - eta * g["W1"]),
        ),
        *slips.UPDATE,
    ),
    hints=(
        "Each weight moves against its own gradient, by eta times its size.",
        "w_ij ← w_ij - eta ∂Div/∂w_ij",
        (
            "w₁₁⁽²⁾ = 0.9, its gradient -0.0197, eta = 0.5: 0.9 - 0.5·(-0.0197) = 0.9098. The "
            "gradient is negative, so the "
            "weight grows. The same for every entry of both matrices, into new arrays."
        ),
    ),
)

_break_it = _backward.but(
    name="two_two_one.break_it",
    points=2,
    section="Four derivatives",
    planted=(backward_with(hid=lambda f: f["y1"] * (1 - f["y1"])),),
    hints=(
        (
            "Compare each gradient with finite differences. Which is the first one, going back,"
            " that disagrees?"
        ),
        (
            "Write down which activation each layer has, and what its derivative is in terms of its"
            " output."
        ),
        "Everything up to ∂Div/∂y⁽¹⁾ agrees with finite differences. Look at the line after it.",
    ),
)

EXERCISES = built_on(
    [_forward, _divergence, _backward, _update, ANY_DEPTH, _break_it],
    apart.LOOKS,
    apart.WAYS,
    apart.KNOWN,
)
