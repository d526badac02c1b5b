"""Lesson 2: activations and their derivatives.

The functions are those of Inha University, "Backpropagation, activation function" (sigmoid to
maxout), of lessons 8–13 of a lecture series on neural networks (the table of activations), and of
class notes, "Backpropagation: how MLPs are trained" (vanishing and exploding gradients, dead
units). None of them prints numbers for these exercises.
"""

from __future__ import annotations

import math

from autograder.exercises.activations import apart, slips
from autograder.exercises.activations.cases import (
    DECK,
    DECK_Z,
    accept_leaky,
    accept_prelu,
    accept_relu,
    asked,
    draw_chain,
    draw_collapse,
    draw_dead,
    draw_leaky,
    draw_maxout,
    draw_prelu,
    draw_sigmoid,
    draw_tanh_relu,
)
from autograder.exercises.activations.chain import (
    MAXOUT_CHAIN,
    SIGMOID_CHAIN,
    of_leaky,
    of_maxout,
    of_prelu,
    of_relu,
    of_sigmoid,
    of_tanh,
)
from autograder.exercises.activations.misconceptions import (
    CHAIN,
    COLLAPSE,
    DEAD,
    LEAKY,
    MAXOUT,
    PRELU,
    SIGMOID,
    TANH_RELU,
    chain_with,
)
from autograder.exercises.activations.solutions import (
    chain_gradients,
    chain_measured,
    collapse,
    collapse_by_questions,
    dead_fraction,
    dead_fraction_loop,
    each,
    elu,
    elu_derivative,
    leaky_relu,
    leaky_relu_derivative,
    maxout,
    maxout_gradients,
    maxout_loop,
    maxout_measured,
    measured,
    plain_elu,
    plain_leaky,
    plain_sigmoid,
    plain_softplus,
    prelu_gradients,
    prelu_measured,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    sigmoid_slope,
    softplus,
    softplus_derivative,
    tanh_derivative,
)
from autograder.exercises.exercise import Close, built_on, exercise

_sigmoid = exercise(
    "activations.sigmoid",
    "sigmoid(z) -> array of z's shape",
    "sigmoid_derivative(z) -> array of z's shape",
    points=2,
    section="The sigmoid",
    solution=(sigmoid, sigmoid_derivative),
    oracle=(each(plain_sigmoid), each(sigmoid_slope)),
    results=("sigmoid", "sigmoid_derivative"),
    deck_cases=(asked(2, DECK, DECK_Z),),
    draw=draw_sigmoid,
    symbols={
        "sigmoid": "σ(z)",
        "sigmoid_derivative": "σ′(z)",
        "sigmoid at ±1000": "σ(±1000)",
        "sigmoid_derivative at ±1000": "σ′(±1000)",
    },
    rules=dict.fromkeys(
        ("sigmoid", "sigmoid_derivative", "sigmoid at ±1000", "sigmoid_derivative at ±1000"),
        Close(1e-12),
    ),
    quiet=True,
    chain=SIGMOID_CHAIN,
    known=(of_sigmoid, of_sigmoid),
    misconceptions=SIGMOID + slips.SIGMOID,
    hints=(
        (
            "σ is one division. Its slope can be written with σ itself. Then think of z = −1000:"
            " which exponential is too large for a float?"
        ),
        (
            "σ(z) = 1/(1 + e^(−z)) = e^z/(1 + e^z); σ′ = σ(1 − σ). Use the form whose exponent is"
            " not positive: e^(−|z|) never overflows."
        ),
        (
            "At z = −1000 the exponent −|z| is −1000 and e^(−1000) is 0 to a float: σ = 0/(1 + 0) ="
            " 0. At z = 1000 it is 1/(1 + 0) = 1, with the same e. At z = −10: e = 4.54·10⁻⁵, σ ="
            " 4.54·10⁻⁵, σ′ = 4.54·10⁻⁵ · 0.99995. Clipping z to ±500 first serves as well."
        ),
    ),
)

_tanh_relu = exercise(
    "activations.tanh_relu",
    "tanh_derivative(z) -> array of z's shape",
    "relu(z) -> array of z's shape",
    "relu_derivative(z) -> array of z's shape",
    points=2,
    section="tanh and ReLU",
    solution=(tanh_derivative, relu, relu_derivative),
    oracle=(
        measured(math.tanh),
        each(lambda v: v if v > 0 else 0.0),
        measured(lambda v: (v + abs(v)) / 2),
    ),
    results=("tanh_derivative", "relu", "relu_derivative"),
    deck_cases=(asked(3, DECK, DECK_Z),),
    draw=draw_tanh_relu,
    symbols={"tanh_derivative": "tanh′(z)", "relu": "ReLU(z)", "relu_derivative": "ReLU′(z)"},
    accept=accept_relu,
    known=(of_tanh, of_relu, of_relu),
    misconceptions=TANH_RELU + slips.TANH_RELU,
    hints=(
        (
            "tanh′ can be written with tanh itself. ReLU has two straight pieces; so its derivative"
            " has two values."
        ),
        (
            "tanh′(z) = 1 − tanh²(z). ReLU(z) = max(0, z). ReLU′(z) = 0 for z < 0, 1 for z > 0,"
            " anything from 0 to 1 at 0."
        ),
        (
            "At the deck's −10, 0, 10: tanh is −1, 0, 1 (nearly), so tanh′ is 0, 1, 0 (8.2·10⁻⁹ at"
            " the ends). ReLU is 0, 0, 10 and ReLU′ 0, anything from 0 to 1, and 1. np.where and"
            " np.maximum decide entry by entry; one `if` decides once for all."
        ),
    ),
)

_leaky = exercise(
    "activations.leaky_family",
    "leaky_relu(z, alpha=0.01) -> array of z's shape",
    "leaky_relu_derivative(z, alpha=0.01) -> array of z's shape",
    "elu(z, alpha=1.0) -> array of z's shape",
    "elu_derivative(z, alpha=1.0) -> array of z's shape",
    "softplus(z) -> array of z's shape",
    "softplus_derivative(z) -> array of z's shape",
    points=3,
    section="Relatives of ReLU",
    solution=(
        leaky_relu,
        leaky_relu_derivative,
        elu,
        elu_derivative,
        softplus,
        softplus_derivative,
    ),
    oracle=(
        each(plain_leaky),
        measured(plain_leaky),
        each(plain_elu),
        measured(plain_elu),
        each(plain_softplus),
        measured(plain_softplus),
    ),
    results=(
        "leaky_relu",
        "leaky_relu_derivative",
        "elu",
        "elu_derivative",
        "softplus",
        "softplus_derivative",
    ),
    draw=draw_leaky,
    rules={"elu at ±1000": Close(1e-12), "softplus at ±1000": Close(1e-12)},
    accept=accept_leaky,
    quiet=True,
    known=(of_leaky, of_leaky, None, None, None, None),
    misconceptions=LEAKY + slips.LEAKY,
    hints=(
        (
            "For z > 0, leaky ReLU and ELU are the line z. Only the left side differs. softplus is"
            " one formula for every z."
        ),
        (
            "Left of 0: leaky αz, slope α; ELU α(e^z − 1), slope αe^z. softplus ln(1 + e^z) ="
            " max(z, 0) + ln(1 + e^(−|z|)), slope σ(z)."
        ),
        (
            "At z = −1 with α = 0.5: leaky −0.5, slope 0.5; ELU 0.5·(0.368 − 1) = −0.316, slope "
            "0.5·0.368 = 0.184; softplus "
            "ln 1.368 = 0.313, slope σ(−1) = 0.269. At z = 2: 2, 1; 2, 1; 2.127, 0.881. At 1000 "
            "softplus is 1000 + ln(1 + e^(−1000)) = 1000."
        ),
    ),
)

_prelu = exercise(
    "activations.prelu",
    "prelu_gradients(z, alpha, upstream) -> (dz, dalpha)",
    points=2,
    section="A slope that is learnt",
    solution=prelu_gradients,
    oracle=prelu_measured,
    results=("dz", "dalpha"),
    draw=draw_prelu,
    symbols={"dz": "∂L/∂z", "dalpha": "∂L/∂α"},
    accept=accept_prelu,
    known=of_prelu,
    misconceptions=PRELU + slips.PRELU,
    hints=(
        (
            "Two questions: how does each output move with its own z, and how do all outputs"
            " together move with the one α?"
        ),
        (
            "∂f/∂z = 1 for z > 0 and α for z < 0. ∂f/∂α = min(z, 0). α is shared, so its gradient"
            " is the sum Σ upstream · min(z, 0)."
        ),
        (
            "z = (2, −3, −1), α = 0.1, upstream = (5, 7, 4): the slopes are (1, 0.1, 0.1), so dz ="
            " (5, 0.7, 0.4); min(z, 0) is (0, −3, −1), so dα = 5·0 + 7·(−3) + 4·(−1) = −25, one"
            " number."
        ),
    ),
)

_maxout = exercise(
    "activations.maxout",
    "maxout(x, W, b) -> (value, winner)",
    "maxout_gradients(x, W, b, upstream) -> gradients",
    points=2,
    section="Maxout",
    solution=(maxout, maxout_gradients),
    oracle=(maxout_loop, maxout_measured),
    results=(("value", "winner"), "gradients"),
    draw=draw_maxout,
    symbols={
        "maxout: value": "max(Wx + b)",
        "maxout: winner": "winner",
        "maxout_gradients: x": "∂L/∂x",
        "maxout_gradients: W": "∂L/∂W",
        "maxout_gradients: b": "∂L/∂b",
    },
    chain=MAXOUT_CHAIN,
    known=(None, of_maxout),
    misconceptions=MAXOUT,
    hints=(
        (
            "Nudge a piece that does not win a little: does the output move? Only the winner's row"
            " of W and entry of b have a gradient."
        ),
        (
            "z = Wx + b, winner = argmax z. ∂L/∂x = upstream · W[winner]; ∂L/∂W[winner] = upstream"
            " · x; ∂L/∂b[winner] = upstream; else 0."
        ),
        (
            "x = (1, 2), W with the rows (1, 0) and (0, 3), b = (0, 1), upstream 2: z = (1, 7), so "
            "piece 1 wins. ∂L/∂x = 2·(0, 3) = (0, 6); "
            "∂L/∂W has the rows (0, 0) and 2·(1, 2) = (2, 4); ∂L/∂b = (0, 2)."
        ),
    ),
)

_collapse = exercise(
    "activations.collapse",
    "collapse(W1, b1, W2, b2) -> (W, b)",
    points=1,
    section="Why not linear?",
    solution=collapse,
    oracle=collapse_by_questions,
    results=("W", "b"),
    draw=draw_collapse,
    misconceptions=COLLAPSE + slips.COLLAPSE,
    hints=(
        (
            "Write the second layer's input out in full, then multiply out. What stands before x,"
            " and what stands alone?"
        ),
        "Both parts of x W1 + b1 are multiplied by W2 from the right, term by term.",
        (
            "With one number each, W1 = 2, b1 = 3, W2 = 5, b2 = 7: (2x + 3)·5 + 7 = 10x + 22, so W"
            " = 2·5 = 10 and b = 3·5 + 7 = 22. With shapes (d, h), (h,), (h, m), (m,) the products"
            " are matrix products: (d, h)(h, m) is (d, m), and (h,)(h, m) is (m,)."
        ),
    ),
)

_chain = exercise(
    "activations.chain_gradients",
    "chain_gradients(x, weights, f, f_prime) -> array (L,)",
    points=3,
    section="A long chain",
    solution=chain_gradients,
    oracle=chain_measured,
    results="gradients",
    draw=draw_chain,
    backwards=("gradients",),
    symbols={"gradients": "∂y_L/∂y_k"},
    misconceptions=CHAIN + slips.CHAIN,
    hints=(
        (
            "Forward first: keep every z. Then walk back from y_L, one factor a layer, and write"
            " down where you are."
        ),
        (
            "∂y_L/∂y_(k−1) = w_k f′(z_k) · ∂y_L/∂y_k, starting from ∂y_L/∂y_L = 1, which is not in"
            " the list."
        ),
        (
            "Two tanh layers, x = 1, w = (0.5, 2): z₁ = 0.5, y₁ = 0.462, z₂ = 0.924, y₂ = 0.728."
            " The slopes are 0.786 and 0.470. Entry 1 is 2·0.470 = 0.940 = ∂y₂/∂y₁; entry 0 is"
            " 0.5·0.786·0.940 = 0.370 = ∂y₂/∂y₀."
        ),
    ),
)

_dead = exercise(
    "activations.dead_fraction",
    "dead_fraction(Z) -> float",
    points=1,
    section="Dying units",
    solution=dead_fraction,
    oracle=dead_fraction_loop,
    results="dead fraction",
    draw=draw_dead,
    misconceptions=DEAD + slips.DEAD,
    hints=(
        (
            "One example with Z > 0 is enough to keep a unit alive. Ask each column that question,"
            " then count."
        ),
        (
            "alive_j = any over the rows of (Z[:, j] > 0); the answer is 1 − (number alive)/(number"
            " of units)."
        ),
        (
            "Z with the rows (−1, 2, −3) and (−4, −5, 0): column 0 is never above 0, column 1 once,"
            " column 2 never (0 is not above 0). One of three is alive; the fraction is 1 − 1/3 ="
            " 2/3. axis=0 asks each column."
        ),
    ),
)

_break_it = _chain.but(
    name="activations.break_it",
    points=2,
    section="A long chain",
    planted=(chain_with(lambda k, w, z, y, f_prime: w[k - 2] * f_prime(z[k - 1])),),
    hints=(
        (
            "Compare entry by entry with finite differences, on weights that all differ. Which"
            " entries agree?"
        ),
        "Each step back multiplies by one weight and one slope. Do both belong to the same layer?",
        (
            "With the weights 0.5, 1.5, −1.2, 0.8 the last entry is w₄ f′(z₄). The code as it was given"
            " returns −1.5 times that, which is w₃/w₄. Which weight did it take there?"
        ),
    ),
)

EXERCISES = built_on(
    [_sigmoid, _tanh_relu, _leaky, _prelu, _maxout, _collapse, _chain, _dead, _break_it],
    apart.LOOKS,
    apart.WAYS,
)
