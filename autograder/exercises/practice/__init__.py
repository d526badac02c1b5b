"""Lesson 8: what training needs beside the gradient.

The outline of University of Central Florida, CAP 4453 Robot Vision, lecture 17 "Introduction to Deep Learning II" names
initialisation, RMSprop, batch normalisation, the data sets, bias and variance; Inha University, "Backpropagation,
activation function" points at batch normalisation for gradients that add at branches. Neither shows a number.
Sources: Glorot and Bengio (2010), He et al. (2015), Kingma and Ba (2015), Ioffe and Szegedy (2015), Prechelt (1998).
"""

from __future__ import annotations

from autograder.exercise import exercise
from autograder.exercises.practice.cases import draw_batchnorm, draw_epochs, draw_initialisation, draw_optimisers, draw_split
from autograder.exercises.practice.chain import BATCHNORM, statistics
from autograder.exercises.practice.chance import judge_initialisation, judge_split
from autograder.exercises.practice.misconceptions import NORM_BUGS, OPTIMISER_BUGS, STOP_BUGS, back_with
from autograder.exercises.practice.solutions import (
    adam_step,
    adam_sum,
    batchnorm_backward,
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

_initialisation = exercise(
    "practice.scaled_initialisation", 'initialise_scaled(sizes, rng, kind="xavier") -> (weights, biases)',
    points=3, section="Initialisation",
    solution=initialise_scaled, oracle=initialise_uniform, results=("weights", "biases"), draw=draw_initialisation,
    properties=judge_initialisation, giveaways=("mean 0", "normal or uniform, each weight drawn", "biases 0"),
    hints=("The variance belongs to a layer: find its fan_in and fan_out. rng.normal takes the deviation, its root.",
           'Variance 2/(fan_in + fan_out) for "xavier", 2/fan_in for "he"; shape (fan_in, fan_out); biases zero.',
           "W = rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), size=(fan_in, fan_out)); b = np.zeros(fan_out)"),
)

_optimisers = exercise(
    "practice.optimisers",
    "momentum_step(p, g, state, eta, beta) -> (p, state)",
    "rmsprop_step(p, g, state, eta, rho, eps) -> (p, state)",
    "adam_step(p, g, state, eta, beta1, beta2, eps, t) -> (p, state)",
    points=4, section="Three rules for a step",
    solution=(momentum_step, rmsprop_step, adam_step), oracle=(momentum_sum, rmsprop_sum, adam_sum),
    results=(("p", "state"),) * 3, draw=draw_optimisers, mutable=("state",), misconceptions=OPTIMISER_BUGS,
    symbols={"momentum_step: p": "p after a momentum step", "rmsprop_step: p": "p after an RMSprop step",
             "adam_step: p": "p after an Adam step"},
    hints=("What a step has to remember goes out as the state and comes back with the next call. None means: zeros.",
           "v = βv + g, p - ηv · s = ρs + (1-ρ)g², p - ηg/(√s + ε) · m̂ = m/(1-β₁ᵗ), v̂ = v/(1-β₂ᵗ), p - ηm̂/(√v̂ + ε)",
           "v = beta * (np.zeros_like(g) if state is None else state) + g; return p - eta * v, v"),
)

_batchnorm = exercise(
    "practice.batch_normalisation",
    "batchnorm_forward(Z, gamma, beta, eps) -> (out, cache)",
    "batchnorm_backward(dout, cache) -> gradients",
    points=5, section="Gradients add at branches",
    solution=(batchnorm_forward, batchnorm_backward), oracle=(batchnorm_loops, batchnorm_numeric),
    results=(("out", "cache"), "gradients"), draw=draw_batchnorm, misconceptions=NORM_BUGS,
    chain=BATCHNORM, known=(statistics, None),
    symbols={"batchnorm_forward: out": "out", "batchnorm_backward: Z": "∂L/∂Z", "batchnorm_backward: gamma": "∂L/∂γ",
             "batchnorm_backward: beta": "∂L/∂β"},
    hints=("Go back over the graph node by node: ẑ, s, v, c, μ, z. Where two arrows leave a node, two gradients come back and add.",
           "∂ẑ = γ ∂out; ∂s = -Σ ∂ẑ c/s²; ∂v = ∂s/2s; ∂c = ∂ẑ/s + (2/n) c ∂v; ∂μ = -Σ ∂c; ∂z = ∂c + ∂μ/n; ∂γ = Σ ∂out ẑ; ∂β = Σ ∂out.",
           "ds = -(dZ_hat * C).sum(axis=0) / s**2; dv = ds / (2 * s); dC = dZ_hat / s + 2 / n * C * dv; dZ = dC - dC.mean(axis=0)"),
)

_split = exercise(
    "practice.split", "train_validation_test(n, fractions, rng) -> (train, validation, test)",
    points=2, section="Three sets",
    solution=train_validation_test, oracle=split_by_drawing, results=("train", "validation", "test"), draw=draw_split,
    properties=judge_split, giveaways=("disjoint", "sizes"),
    hints=("Shuffle the numbers 0 … n-1 once, then cut the row in two places.",
           "Cut at round(n·f₁) and round(n·(f₁ + f₂)): no part is then more than one example off.",
           "order = rng.permutation(n); a, b = np.round(n * np.cumsum(fractions)[:2]).astype(int); return order[:a], order[a:b], order[b:]"),
)

_early_stopping = exercise(
    "practice.early_stopping", "best_epoch(validation_losses, patience) -> (stop, best)",
    points=2, section="Early stopping",
    solution=best_epoch, oracle=best_epoch_by_definition, results=("stop", "best"), draw=draw_epochs, misconceptions=STOP_BUGS,
    hints=("Walk through the epochs as training would: you see only the losses so far.",
           "Keep the epoch of the lowest loss so far (strictly lower replaces it). Stop where epoch - best = patience.",
           "for epoch, loss in enumerate(validation_losses): if loss < lowest: lowest, best = loss, epoch; if epoch - best == patience: break"),
)

_break_it = _batchnorm.but(
    name="practice.break_it", points=2, section="Break it", planted=(batchnorm_forward, back_with(variance=0.5)),
    hints=("∂L/∂γ and ∂L/∂β agree with finite differences, ∂L/∂Z does not. Which nodes lie between them?",
           "The columns of ∂L/∂Z sum to 0, so the way through the mean is right. Measure ∂L/∂v and ∂L/∂c as well.",
           "v = (1/n) Σ c². What is the derivative of c²?"),
)

EXERCISES = [_initialisation, _optimisers, _batchnorm, _split, _early_stopping, _break_it]
