"""Lesson 6: softmax and cross-entropy.

Rows are examples: Z, P, T are (n, k), and the rows of T sum to 1. Worked numbers: University of
Central Florida, CAP 4453 Robot Vision, lecture 17 "Introduction to Deep Learning II" (cat and dog,
DOG and HORSE, the derivative by w21); lecture series, lessons 8–13 on neural networks, loss and
activation functions (four logits, two coins); class notes "Backpropagation & Multi Layer Neural
Networks" (a = (0.7, 0.2, 0.1), class 1).
"""

from __future__ import annotations

import numpy as np

from autograder.exercises.exercise import Call, Case, Close, built_on, exercise
from autograder.exercises.softmax import apart, chain
from autograder.exercises.softmax.cases import (
    ZEROS,
    draw_combined,
    draw_cross_entropy,
    draw_from_logits,
    draw_gradient,
    draw_jacobian,
    draw_output_layer,
    draw_regression,
    draw_softmax,
    draw_two_classes,
)
from autograder.exercises.softmax.from_logits import FROM_LOGITS
from autograder.exercises.softmax.misconceptions import (
    COMBINED,
    CROSS_ENTROPY,
    JACOBIAN,
    OUTPUT_LAYER,
    REGRESSION,
    SOFTMAX,
    TWO_CLASSES,
)
from autograder.exercises.softmax.solutions import (
    bits_loop,
    cross_entropy,
    cross_entropy_bits,
    cross_entropy_from_logits,
    cross_entropy_loop,
    from_logits_decimal,
    gradient_numeric,
    jacobian_numeric,
    output_layer_gradients,
    output_layer_numeric,
    regression_numeric,
    sigmoid_by_tanh,
    sigmoid_from_softmax,
    softmax,
    softmax_cross_entropy_gradient,
    softmax_decimal,
    softmax_jacobian,
    softmax_regression,
)
from autograder.exercises.softmax.wrong import broken_gradient

DECK_Z = np.array([1.1, 2.2, 0.2, -1.7])
NOTES_Z, NOTES_T = np.log([[0.7, 0.2, 0.1]]), np.array([[1.0, 0.0, 0.0]])

_softmax = exercise(
    "softmax.softmax",
    "softmax(Z) -> array (n, k)",
    points=2,
    section="When the exponential is too large",
    solution=softmax,
    oracle=softmax_decimal,
    results="softmax",
    deck_cases=(Case.of("the deck's (1.1, 2.2, 0.2, -1.7)", DECK_Z[None]),),
    draw=draw_softmax,
    deck={"softmax": tuple(f"mlp004.softmax.p{i}" for i in (1, 2, 3, 4))},
    quiet=True,
    misconceptions=SOFTMAX,
    hints=(
        (
            "Per row: make every number positive, then make them sum to 1. Which number may you add"
            " to all logits of a row for free?"
        ),
        "p_i = e^(z_i - m) / Σ_j e^(z_j - m) with m the largest logit of the same row.",
        (
            "The deck's row, less its largest, 2.2: (-1.1, 0, -2, -3.9). Powers of e: 0.3329, 1, "
            "0.1353, 0.0202, sum 1.4884. Divided: 0.2236, "
            "0.6718, 0.0909, 0.0136. Maximum and sum are (n, 1), one for each row."
        ),
    ),
)

_cross_entropy = exercise(
    "softmax.cross_entropy",
    "cross_entropy(P, T) -> float",
    "cross_entropy_bits(p, q) -> float",
    points=3,
    section="What a prediction costs",
    solution=(cross_entropy, cross_entropy_bits),
    oracle=(cross_entropy_loop, bits_loop),
    results=("cross_entropy", "cross_entropy_bits"),
    deck_cases=(
        Case(
            "the deck's DOG, and its two coins",
            (
                Call(0, (np.array([[0.4, 0.4, 0.2]]), np.array([[0.0, 1.0, 0.0]]))),
                Call(1, (np.array([0.9, 0.1]), np.array([0.6, 0.4]))),
            ),
        ),
        Case.of("the deck's HORSE", np.array([[0.1, 0.2, 0.7]]), np.array([[0.0, 0.0, 1.0]])),
    ),
    draw=draw_cross_entropy,
    deck={"cross_entropy": ("cap4453.ce.DOG",), "cross_entropy_bits": ("mlp004.ce.q_log_p",)},
    rules={
        name: Close(1e-6)
        for name in ("cross_entropy", "cross_entropy_bits", f"cross_entropy, {ZEROS}")
    },
    known=(chain.rows_and_classes, None),
    misconceptions=CROSS_ENTROPY,
    hints=(
        (
            "How much does the loss of one row depend on the classes whose t is 0? And what does ln"
            " 0 do to a product with 0?"
        ),
        "L = -(1/n) Σ_rows Σ_classes t ln p, over the entries with t > 0; in bits -Σ q log₂ p.",
        (
            "DOG, p = (0.4, 0.4, 0.2), t = (0, 1, 0): -1 · ln 0.4 = 0.916; the terms with t = 0 are"
            " 0. The coins: -(0.6 · log₂ 0.9 + 0.4 · log₂ 0.1) = 0.6 · 0.152 + 0.4 · 3.322 = 1.420"
            " bits."
        ),
    ),
)

_jacobian = exercise(
    "softmax.jacobian",
    "softmax_jacobian(z) -> array (k, k)",
    points=2,
    section="Every probability depends on every logit",
    solution=softmax_jacobian,
    oracle=jacobian_numeric,
    results="softmax_jacobian",
    deck_cases=(Case.of("the deck's (1.1, 2.2, 0.2, -1.7)", DECK_Z),),
    draw=draw_jacobian,
    symbols={"softmax_jacobian": "∂p_i/∂z_j"},
    known=lambda z: {"p": softmax(z[None])[0]},
    misconceptions=JACOBIAN,
    hints=(
        (
            "Two cases: the logit of the same class, and the logit of another one. A table of all"
            " products p_i p_j is an outer product."
        ),
        "∂p_i/∂z_j = p_i (1 - p_i) for i = j and -p_i p_j otherwise; together p_i (δ_ij - p_j).",
        (
            "The deck's p = (0.2236, 0.6718, 0.0909, 0.0136). First row: 0.2236 · (1 - 0.2236) = "
            "0.1736, then -0.2236 · 0.6718 = -0.1502, "
            "-0.0203, -0.0030. It sums to 0, and so does every row."
        ),
    ),
)

_combined = exercise(
    "softmax.combined",
    "softmax_cross_entropy_gradient(Z, T) -> array (n, k)",
    points=2,
    section="Third way: directly",
    solution=softmax_cross_entropy_gradient,
    oracle=gradient_numeric,
    results="dZ",
    deck_cases=(Case.of("the notes' a = (0.7, 0.2, 0.1), class 1", NOTES_Z, NOTES_T),),
    draw=draw_combined,
    symbols={"dZ": "∂L/∂Z"},
    known=chain.probabilities,
    misconceptions=COMBINED,
    hints=(
        (
            "The three derivations of the lesson end in the same short formula. What does the mean"
            " over the rows add to it?"
        ),
        "∂L/∂z_i = p_i - t_i for one row; for the mean over n rows (p - t)/n.",
        (
            "The notes' example: p = (0.7, 0.2, 0.1), t = (1, 0, 0), one row: (0.7 - 1, 0.2, 0.1) ="
            " (-0.3, 0.2, 0.1). As one of two rows it would be half of that."
        ),
    ),
)

_from_logits = exercise(
    "softmax.cross_entropy_from_logits",
    "cross_entropy_from_logits(Z, T) -> float",
    points=2,
    section="Same loss, two programs",
    solution=cross_entropy_from_logits,
    oracle=from_logits_decimal,
    results="loss",
    deck_cases=(
        Case.of(
            "the deck's DOG, from logits", np.log([[0.4, 0.4, 0.2]]), np.array([[0.0, 1.0, 0.0]])
        ),
    ),
    draw=draw_from_logits,
    deck={"loss": ("cap4453.ce.DOG",)},
    quiet=True,
    known=chain.from_logits,
    misconceptions=FROM_LOGITS,
    hints=(
        (
            "Which of the steps from the logits to the loss cannot be done in a float for the row"
            " (1000, 0, 0)? And which of them need not be done at all?"
        ),
        (
            "One row costs -Σ_i t_i (z_i - s) with s = ln Σ_j e^(z_j), and s = m + ln Σ_j"
            " e^(z_j - m), m the largest logit of the row."
        ),
        (
            "The row (1000, 0, 0), class 2 right: m = 1000, Σ_j e^(z_j - m) = 1 + 0 + 0, ln 1 = 0,"
            " so s = 1000 and the loss is -(0 - 1000) = 1000. The row (2, 1, 0.1), class 1 right:"
            " m = 2, 1 + 0.3679 + 0.1496 = 1.5174, its ln 0.4170, s = 2.4170, loss 0.4170. As one"
            " batch: (1000 + 0.417)/2 = 500.208."
        ),
    ),
)

_output_layer = exercise(
    "softmax.output_layer",
    "output_layer_gradients(H, W, b, T) -> gradients",
    points=2,
    section="The output layer",
    solution=output_layer_gradients,
    oracle=output_layer_numeric,
    results="gradients",
    deck_cases=(
        Case.of(
            "a layer like the deck's, 3 hidden units and 2 outputs, one row",
            np.array([[0.5, -1.0, 0.8]]),
            np.array([[0.4, -0.6], [0.7, 0.2], [-0.3, 0.5]]),
            np.array([0.6, -0.8]),
            np.array([[1.0, 0.0]]),
        ),
    ),
    draw=draw_output_layer,
    symbols={"W": "∂L/∂W", "b": "∂L/∂b", "H": "∂L/∂H"},
    known=chain.layer,
    misconceptions=OUTPUT_LAYER,
    hints=(
        (
            "With Z = H W + b you have ∂L/∂Z already. What does a weight multiply, who uses the"
            " bias, and where does h_u go?"
        ),
        "∂L/∂W = Hᵀ ∂L/∂Z, ∂L/∂b = sum over the rows of ∂L/∂Z, ∂L/∂H = ∂L/∂Z Wᵀ.",
        (
            "The check's first case: h = (0.5, -1, 0.8), p = (0.681, 0.319), t = (1, 0), so p - t ="
            " (-0.319, 0.319). ∂L/∂w₁₁ = 0.5 · (-0.319) = -0.159, ∂L/∂w₂₁ = -1 · (-0.319) = 0.319,"
            " ∂L/∂b₁ = -0.319, ∂L/∂h₁ = 0.4 · (-0.319) - 0.6 · 0.319 = -0.319."
        ),
    ),
)

_two_classes = exercise(
    "softmax.two_classes",
    "sigmoid_from_softmax(z) -> a",
    points=1,
    section="Two classes: the sigmoid again",
    solution=sigmoid_from_softmax,
    oracle=sigmoid_by_tanh,
    results="sigmoid_from_softmax",
    deck_cases=(Case.of("the deck's cat and dog, z = 1.2 - 0.3", 1.2 - 0.3),),
    draw=draw_two_classes,
    deck={"sigmoid_from_softmax": ("cap4453.softmax.P_cat",)},
    misconceptions=TWO_CLASSES,
    hints=(
        "Make a row (z, 0) for each number and let your softmax work on all rows at once.",
        (
            "a = e^z / (e^z + e^0) = 1/(1 + e^(-z)), for every entry by itself; the result has the"
            " shape of z."
        ),
        (
            "The deck's cat and dog: z = 1.2 - 0.3 = 0.9, softmax of (0.9, 0) is (2.46, 1)/3.46 = "
            "(0.711, 0.289): the answer is 0.711. A z of shape "
            "(2, 3) makes six such rows, and their first entries go back into (2, 3)."
        ),
    ),
)

_regression = exercise(
    "softmax.softmax_regression",
    "softmax_regression(X, T, eta, steps) -> (W, b, losses)",
    points=3,
    section="The output layer",
    solution=softmax_regression,
    oracle=regression_numeric,
    results=("W", "b", "losses"),
    draw=draw_regression,
    limit=10.0,
    rules={"losses": Close(1e-6)},
    chain=chain.REGRESSION,
    known=chain.regression,
    misconceptions=REGRESSION,
    hints=(
        (
            "It is an output layer whose H is X. In each step: probabilities, gradients, update"
            " both, then measure the loss."
        ),
        (
            "W ← W - eta ∂L/∂W, b ← b - eta ∂L/∂b, both from the same point; then the mean loss with"
            " the new W and b, from the logits."
        ),
        (
            "By hand, x = (1, 2), t = (1, 0), eta = 0.5: from zeros p = (½, ½) and p - t = (-½, ½)."
            " W moves by -0.5 · xᵀ(p - t), to ((0.25, -0.25), (0.5, -0.5)), b to (0.25, -0.25)."
            " Then z = (1.5, -1.5), p₁ = 0.953, and the first loss is -ln 0.953 = 0.049."
        ),
    ),
)

_break_it = _combined.but(
    name="softmax.break_it",
    points=2,
    section="First way: the whole Jacobian",
    draw=draw_gradient,  # what is given divides by p, which is 0 at ±1000
    misconceptions=_combined.misconceptions[2:],
    planted=(broken_gradient,),
    hints=(
        (
            "Compare dP and dZ with finite differences, one after the other. Which is the first"
            " that disagrees, and in which entries of a one-hot row?"
        ),
        (
            "Add up a row of dZ. Adding the same number to all logits changes no probability; what"
            " does that say about the sum?"
        ),
        (
            "∂L/∂z_j = Σ_i ∂L/∂p_i · ∂p_i/∂z_j, with all k of the p_i. For p = (0.7, 0.2, 0.1), t ="
            " (1, 0, 0): ∂L/∂p = (-1.43, 0, 0); the diagonal alone gives -1.43 · 0.7 · 0.3 = -0.3"
            " and then 0, 0; with -p_i p_j the others get 0.2 and 0.1."
        ),
    ),
)

EXERCISES = built_on(
    [
        _softmax,
        _cross_entropy,
        _jacobian,
        _combined,
        _from_logits,
        _output_layer,
        _two_classes,
        _regression,
        _break_it,
    ],
    apart.LOOKS,
    apart.WAYS,
)
