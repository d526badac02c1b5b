"""Lesson 8: what training needs beside the gradient.

The outline of University of Central Florida, CAP 4453 Robot Vision, lecture 17 "Introduction to
Deep Learning II" names initialisation, RMSprop, batch normalisation, the data sets, bias and
variance; Inha University, "Backpropagation, activation function" points at batch normalisation for
gradients that add at branches. Neither shows a number. Sources: Glorot and Bengio (2010), He et al.
(2015), Kingma and Ba (2015), Ioffe and Szegedy (2015), Prechelt (1998).
"""

from __future__ import annotations

import numpy as np

from autograder.exercises.exercise import Misconception, exercise
from autograder.exercises.practice.cases import (
    draw_batchnorm,
    draw_epochs,
    draw_initialisation,
    draw_optimisers,
    draw_split,
)
from autograder.exercises.practice.chain import BATCHNORM, BY_NODES, NODES, statistics
from autograder.exercises.practice.chance import judge_initialisation
from autograder.exercises.practice.misconceptions import (
    NORM_BUGS,
    OPTIMISER_BUGS,
    STOP_BUGS,
    back_with,
    whole,
)
from autograder.exercises.practice.solutions import (
    adam_step,
    adam_sum,
    batchnorm_backward,
    batchnorm_backward_by_nodes,
    batchnorm_forward,
    batchnorm_loops,
    batchnorm_numeric,
    best_epoch,
    best_epoch_by_definition,
    initialise_scaled,
    initialise_uniform,
    momentum_step,
    momentum_sum,
    rmsprop_step,
    rmsprop_sum,
    split_by_drawing,
    train_validation_test,
)
from autograder.exercises.practice.splitting import judge_split

_initialisation = exercise(
    "practice.scaled_initialisation",
    'initialise_scaled(sizes, rng, kind="xavier") -> (weights, biases)',
    points=3,
    section="Initialisation",
    solution=initialise_scaled,
    oracle=initialise_uniform,
    results=("weights", "biases"),
    draw=draw_initialisation,
    properties=judge_initialisation,
    giveaways=("mean 0", "normal or uniform, each weight drawn", "biases 0"),
    hints=(
        (
            "The variance belongs to a layer: find its fan_in and fan_out. rng.normal takes the"
            " deviation, its root."
        ),
        (
            'Variance 2/(fan_in + fan_out) for "xavier", 2/fan_in for "he"; shape (fan_in,'
            " fan_out); biases zero."
        ),
        (
            "784 inputs, 30 units: Xavier's variance is 2/814 = 0.00246, the deviation 0.0496. "
            "He's is 2/784 = 0.00255, the deviation 0.0505."
        ),
    ),
)

_optimisers = exercise(
    "practice.optimisers",
    "momentum_step(p, g, state, eta, beta) -> (p, state)",
    "rmsprop_step(p, g, state, eta, rho, eps) -> (p, state)",
    "adam_step(p, g, state, eta, beta1, beta2, eps, t) -> (p, state)",
    points=4,
    section="Three rules for a step",
    solution=(momentum_step, rmsprop_step, adam_step),
    oracle=(momentum_sum, rmsprop_sum, adam_sum),
    results=(("p", "state"),) * 3,
    draw=draw_optimisers,
    mutable=("state",),
    misconceptions=OPTIMISER_BUGS,
    symbols={
        "momentum_step: p": "p after a momentum step",
        "rmsprop_step: p": "p after an RMSprop step",
        "adam_step: p": "p after an Adam step",
    },
    hints=(
        (
            "What a step has to remember goes out as the state and comes back with the next call."
            " None means: zeros."
        ),
        (
            "u = βu + g, p - ηu · r = ρr + (1-ρ)g², p - ηg/(√r + ε) · m̂ = m/(1-β₁ᵗ), r̂ ="
            " r/(1-β₂ᵗ), p - ηm̂/(√r̂ + ε)"
        ),
        (
            "g = 2 twice, η = 0.1. Momentum, β = 0.9: u = 2, then 0.9 · 2 + 2 = 3.8; p moves by "
            "-0.2, then -0.38. RMSprop, ρ = 0.9: r = 0.1 · 4 = 0.4, "
            "then 0.76; steps 0.2/√0.4 = 0.316, then 0.229. Adam, t = 1: m = 0.1 · 2 = 0.2, m̂ = "
            "0.2/0.1 = 2; r̂ = 4; the step is 0.1 · 2/2 = 0.1."
        ),
    ),
)

_batchnorm = exercise(
    "practice.batch_normalisation",
    "batchnorm_forward(Z, gamma, beta, eps) -> (out, cache)",
    "batchnorm_backward(dout, cache) -> gradients",
    points=5,
    section="Gradients add at branches",
    solution=(batchnorm_forward, batchnorm_backward),
    oracle=(batchnorm_loops, batchnorm_numeric),
    results=(("out", "cache"), "gradients"),
    draw=draw_batchnorm,
    misconceptions=NORM_BUGS,
    chain=BATCHNORM,
    known=(statistics, None),
    symbols={
        "batchnorm_forward: out": "out",
        "batchnorm_backward: Z": "∂L/∂Z",
        "batchnorm_backward: gamma": "∂L/∂γ",
        "batchnorm_backward: beta": "∂L/∂β",
    },
    hints=(
        (
            "Go back over the graph node by node: ẑ, s, v, c, μ, z. Where two arrows leave a node,"
            " two gradients come back and add."
        ),
        (
            "∂ẑ = γ ∂out; ∂s = -Σ ∂ẑ c/s²; ∂v = ∂s/2s; ∂c = ∂ẑ/s + (2/n) c ∂v; ∂μ = -Σ ∂c; ∂z = ∂c"
            " + ∂μ/n; ∂γ = Σ ∂out ẑ; ∂β = Σ ∂out."
        ),
        (
            "One unit, z = (1, 2, 6), γ = 2, ε = 0: c = (-2, -1, 3), s = 2.160. For ∂out = (1, 0, "
            "0): ∂ẑ = (2, 0, 0), ∂s = 2 · 2/2.160² = 0.857, "
            "∂v = 0.857/4.320 = 0.198, ∂c = (0.926 - 0.265, -0.132, 0.397), ∂μ = -0.926, ∂z = "
            "(0.353, -0.441, 0.088)."
        ),
    ),
)

_split = exercise(
    "practice.split",
    "train_validation_test(n, fractions, rng) -> (train, validation, test)",
    points=2,
    section="Three sets",
    solution=train_validation_test,
    oracle=split_by_drawing,
    results=("train", "validation", "test"),
    draw=draw_split,
    properties=judge_split,
    giveaways=("disjoint", "sizes"),
    hints=(
        "Shuffle the numbers 0 … n-1 once, then cut the row in two places.",
        "Cut at round(n·f₁) and round(n·(f₁ + f₂)): no part is then more than one example off.",
        (
            "n = 7, fractions (0.7, 0.2, 0.1): cuts at 4.9 → 5 and 6.3 → 6. The shuffled 3, 0, 6, "
            "2, 5, 1, 4 becomes (3, 0, 6, 2, 5), (1), (4)."
        ),
    ),
)

_early_stopping = exercise(
    "practice.early_stopping",
    "best_epoch(validation_losses, patience) -> (stop, best)",
    points=2,
    section="Early stopping",
    solution=best_epoch,
    oracle=best_epoch_by_definition,
    results=("stop", "best"),
    draw=draw_epochs,
    misconceptions=STOP_BUGS,
    hints=(
        "Walk through the epochs as training would: you see only the losses so far.",
        (
            "Keep the epoch of the lowest loss so far (strictly lower replaces it). Stop where"
            " epoch - best = patience."
        ),
        (
            "5, 4, 3, 3.1, 3.2, 1 with patience 2: the best so far is epoch 0, 1, 2, 2, 2. At "
            "epoch 4 it is two epochs old: stop = 4, best = 2. The 1 is "
            "never seen."
        ),
    ),
)

TWICE = Misconception(
    "two bugs that cancel",
    "Your ∂L/∂Z is right, but ∂L/∂v is twice too large: s = √(v + ε) has the derivative 1/2s. "
    "What you changed was right before, and it "
    "hides the bug that was there, which is in what happens with ∂L/∂v.",
    (None, whole(back_with(variance=0.5, dv=2.0))),
)


def nodes_left_out(call, yours, exact):
    """Beside a right ∂L/∂Z the gradients of the nodes between may be left out; those that are there
    must be right."""
    if not (
        isinstance(yours, dict)
        and isinstance(exact, dict)
        and np.allclose(yours["Z"], exact["Z"], rtol=0, atol=1e-4)
    ):
        return yours
    return {**{name: exact[name] for name in NODES if name in exact}, **yours}


def with_nodes(misconceptions):
    """Each with and without the gradients of the nodes between."""
    for one in misconceptions:
        yield one
        if hasattr(one.functions[1], "whole"):
            yield one._replace(functions=(one.functions[0], whole(one.functions[1])))


_break_it = _batchnorm.but(
    name="practice.break_it",
    points=2,
    section="Gradients add at branches",
    solution=(batchnorm_forward, batchnorm_backward_by_nodes),
    accept=nodes_left_out,
    chain=BY_NODES,
    planted=(batchnorm_forward, whole(back_with(variance=0.5))),
    misconceptions=(*with_nodes(_batchnorm.misconceptions), TWICE),
    symbols={
        **_batchnorm.symbols,
        **{
            f"batchnorm_backward: {name}": f"∂L/∂{letter}"
            for name, letter in zip(NODES, "ẑsvcμ", strict=True)
        },
    },
    hints=(
        (
            "∂L/∂γ and ∂L/∂β agree with finite differences, ∂L/∂Z does not. Which nodes lie between"
            " them?"
        ),
        (
            "The columns of ∂L/∂Z sum to 0, so the way through the mean is right. Measure ∂L/∂v and"
            " ∂L/∂c as well."
        ),
        (
            "v = (1/n) Σ c². For n = 3, c = (-2, -1, 3) a small change of the last c by h changes "
            "v by 2h. What does your line give?"
        ),
    ),
)

EXERCISES = [_initialisation, _optimisers, _batchnorm, _split, _early_stopping, _break_it]
