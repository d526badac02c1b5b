"""Lesson 7: a digit classifier.

The network and the way it is trained are those that University of Central Florida, CAP 4453 Robot
Vision, lecture 17 "Introduction to Deep Learning II", walks through, from Nielsen, "Neural Networks
and Deep Learning". The images are LeCun, Cortes and Burges' MNIST.
"""

from __future__ import annotations

import numpy as np

from autograder.exercises import stories
from autograder.exercises.exercise import Case, built_on, exercise
from autograder.exercises.mnist import apart
from autograder.exercises.mnist.cases import (
    DECK,
    batch,
    draw_accuracy,
    draw_backprop,
    draw_feedforward,
    draw_full,
    draw_initialise,
    draw_labels,
    draw_sgd,
    draw_sizes,
    draw_trial,
)
from autograder.exercises.mnist.misconceptions import (
    ACCURACY,
    BACKPROP,
    COUNT,
    FEEDFORWARD,
    MEAN_IN_EVERY_LAYER,
    ONE_HOT,
)
from autograder.exercises.mnist.solutions import (
    accuracy,
    accuracy_loop,
    backprop,
    backprop_measured,
    count_parameters,
    count_parameters_one_by_one,
    feedforward,
    feedforward_each,
    initialise,
    initialise_by_columns,
    one_hot,
    one_hot_loop,
    sgd,
    sgd_each,
    train_network,
    train_network_softly,
)
from autograder.exercises.mnist.starting import judge_initialise
from autograder.exercises.mnist.training import judge_sgd
from autograder.exercises.mnist.unseen import judge_digits

# a network small enough for pencil and paper: two inputs, three hidden units, two outputs
X, T = (
    np.array([[1.0, 0.5], [0.0, -1.0], [-0.5, 1.0]]),
    np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]),
)
WEIGHTS = [
    np.array([[0.5, -1.0, 0.25], [1.0, 0.5, -0.75]]),
    np.array([[1.0, -0.5], [-0.25, 0.75], [0.5, 1.0]]),
]
BIASES = [np.array([0.1, -0.2, 0.3]), np.array([-0.1, 0.2])]
SMALL = "3 examples through [2, 3, 2]"

_count = exercise(
    "mnist.count_parameters",
    "count_parameters(sizes) -> int",
    points=1,
    section="Count the parameters",
    solution=count_parameters,
    oracle=count_parameters_one_by_one,
    results="count_parameters",
    deck_cases=(Case.of(DECK, [784, 30, 10]), Case.of("one layer only", [3600, 2])),
    draw=draw_sizes,
    deck={"count_parameters": ("cap4453.mnist.parameters_784_30_10",)},
    symbols={"count_parameters": "parameters"},
    misconceptions=COUNT,
    story=stories.where(
        stories.UNPACKED,
        "It must hold for any number of layers: loop over the neighbouring pairs of `sizes`.",
    ),
    hints=(
        (
            "Take one pair of neighbouring layers. How many arrows lead from one to the other, and"
            " how many units have a bias?"
        ),
        "Σ over the pairs of (units before · units here + units here).",
        "[784, 30, 10]: 784 · 30 + 30 = 23,550 and 30 · 10 + 10 = 310; together 23,860.",
    ),
)

_one_hot = exercise(
    "mnist.one_hot",
    "one_hot(labels, k) -> array (n, k)",
    points=1,
    section="Labels become targets",
    solution=one_hot,
    oracle=one_hot_loop,
    results="one_hot",
    deck_cases=(
        Case.of(
            "the first ten labels of MNIST",
            np.array([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]),
            10,
        ),
    ),
    draw=draw_labels,
    symbols={"one_hot": "T"},
    misconceptions=ONE_HOT,
    hints=(
        "Each label becomes a row of k numbers, all 0 but one.",
        "T[i, labels[i]] = 1, all other entries are 0.",
        (
            "The first labels of MNIST are 5, 0, 4. Row 0 is (0, 0, 0, 0, 0, 1, 0, 0, 0, 0), row 1 "
            "begins with its 1, row 2 has it in column 4."
        ),
    ),
)

_initialise = exercise(
    "mnist.initialise",
    "initialise(sizes, rng) -> (weights, biases)",
    points=2,
    section="network.py: the start",
    solution=initialise,
    oracle=initialise_by_columns,
    results=("weights", "biases"),
    draw=draw_initialise,
    properties=judge_initialise,
    repeat=False,
    giveaways=("shape", "mean of the weights", "mean of the biases", "inputs unchanged"),
    hints=(
        (
            "One weight matrix for each pair of neighbouring layers, one bias vector for each layer"
            " but the inputs."
        ),
        (
            "weights[l] has the shape (sizes[l], sizes[l+1]), biases[l] has (sizes[l+1],); every"
            " entry comes from rng.normal."
        ),
        (
            "[784, 30, 10] has the pairs (784, 30) and (30, 10): two weight matrices of these "
            "shapes, two bias vectors of 30 and of 10 numbers."
        ),
    ),
)

_feedforward = exercise(
    "mnist.feedforward",
    "feedforward(X, weights, biases) -> list",
    points=2,
    section="network.py: feedforward",
    solution=feedforward,
    oracle=feedforward_each,
    results="feedforward",
    deck_cases=(Case.of(SMALL, X, WEIGHTS, BIASES),),
    draw=draw_feedforward,
    symbols={"feedforward": "[X, a_1, …, a_L]"},
    misconceptions=FEEDFORWARD,
    story=stories.where(
        stories.UNPACKED,
        "The check also asks networks of three layers of weights: loop over weights and biases.",
    ),
    hints=(
        "Start a list with X. Each layer appends one array, made from the last one in the list.",
        "a_l = σ(a_(l-1) W_l + b_l)",
        (
            "The check's first case, x = (1, 0.5), first hidden unit: z = 1 · 0.5 + 0.5 · 1 + 0.1 "
            "= 1.1, a = 0.7503; the others 0.2789 and 0.5436. "
            "First output: z = 0.7503 · 1 - 0.2789 · 0.25 + 0.5436 · 0.5 - 0.1 = 0.8524, a = "
            "0.7011. Three arrays come back."
        ),
    ),
)

_backprop = exercise(
    "mnist.backprop",
    "backprop(X, T, weights, biases) -> (dweights, dbiases)",
    points=4,
    section="network.py: backprop",
    solution=backprop,
    oracle=backprop_measured,
    results=("dweights", "dbiases"),
    deck_cases=(
        Case.of(SMALL, X, T, WEIGHTS, BIASES),
        Case.of("a single example through [2, 3, 2]", X[:1], T[:1], WEIGHTS, BIASES),
    ),
    draw=draw_backprop,
    symbols={"dweights": "∂C/∂W_l", "dbiases": "∂C/∂b_l"},
    misconceptions=BACKPROP,
    story=stories.where(
        stories.UNPACKED,
        "The check also asks networks of three layers of weights: loop over len(weights).",
    ),
    known=batch,
    backwards=("dweights", "dbiases"),
    hints=(
        (
            "Call feedforward first; then one delta for each layer, from the last to the first."
            " Each delta is an array (n, units)."
        ),
        (
            "δ_L = (a_L - t) a_L (1 - a_L) / n; ∂C/∂W_l = a_(l-1)ᵀ δ_l; ∂C/∂b_l = column sums of"
            " δ_l; the layer before gets (δ_l W_lᵀ) a_(l-1) (1 - a_(l-1))."
        ),
        (
            "The single example, t = (1, 0): δ_L = ((0.7011 - 1) · 0.7011 · 0.2989, 0.6405 · "
            "0.6405 · 0.3595) = (-0.0626, 0.1475). First entry of "
            "∂C/∂W_2: 0.7503 · (-0.0626) = -0.0470. Back to the first hidden unit: (1 · (-0.0626) "
            "- 0.5 · 0.1475) · 0.7503 · 0.2497 = -0.0256."
        ),
    ),
)

_sgd = exercise(
    "mnist.sgd",
    "sgd(X, T, sizes, epochs, size, eta, rng, progress=None) -> (weights, biases, history)",
    points=3,
    section="network.py: SGD",
    limit=20.0,
    solution=sgd,
    oracle=sgd_each,
    results=("weights", "biases", "history"),
    draw=draw_sgd,
    properties=judge_sgd,
    repeat=False,
    giveaways=(
        "shape",
        "history: one entry an epoch",
        "a new order in every epoch",
        "progress(epoch, loss) once an epoch",
        "progress may be left out",
        "the seed decides: same seed same result, another seed another",
        "inputs unchanged",
    ),
    hints=(
        "Two loops: epochs outside, mini-batches inside. Each epoch draws a new order of the rows.",
        (
            "A mini-batch is the next `size` indices of a new permutation; every parameter p ← p - "
            "η ∂C/∂p of that mini-batch. After the last one: C on all of X, T."
        ),
        (
            "4 examples, size 3, epoch 0: the order might be 2, 0, 3, 1. The first step takes rows "
            "2, 0, 3 and divides by 3, the second takes row 1 and "
            "divides by 1; then C is measured, and progress(0, C) called. Epoch 1 draws again, say "
            "1, 3, 0, 2."
        ),
    ),
)

_accuracy = exercise(
    "mnist.accuracy",
    "accuracy(X, labels, weights, biases) -> float",
    points=1,
    section="network.py: evaluate",
    solution=accuracy,
    oracle=accuracy_loop,
    results="accuracy",
    deck_cases=(Case.of(SMALL, X, np.array([0, 1, 1]), WEIGHTS, BIASES),),
    draw=draw_accuracy,
    misconceptions=ACCURACY,
    story=stories.where(
        stories.OF_A_LIST,
        "`feedforward` returns the activations of all layers; the outputs are its last entry, [-1].",
    ),
    hints=(
        "The network's answer is the number of the output unit with the highest activation.",
        "the mean of (argmax of each row = label)",
        (
            "The small network's outputs are (0.70, 0.64), (0.62, 0.74), (0.65, 0.67): it answers "
            "0, 1, 1. With the labels 0, 1, 0 two of three are "
            "right, 0.667."
        ),
    ),
)

_reach_95 = exercise(
    "mnist.reach_95",
    "train_network(X, labels, rng) -> (weights, biases)",
    points=4,
    section="One deleted factor",
    limit=180.0,
    solution=train_network,
    oracle=train_network_softly,
    results=("weights", "biases"),
    draw=draw_trial,
    draw_full=draw_full,
    properties=judge_digits,
    repeat=False,
    giveaways=("weights and biases that fit together", "quick trial: a hidden layer"),
    hints=(
        (
            "Your `sgd` with the deck's setting comes close. What do more hidden units do? And do"
            " all ten outputs answer?"
        ),
        (
            "With N(0, 1) weights the first layer's z is about ±10, so its units start saturated."
            " Divide a layer's weights by √(inputs) at the start."
        ),
        (
            "The first weights divided by √784 = 28, the second by the root of their inputs: then no"
            " output gets stuck, and 30 hidden units reach about 94 % after one epoch on 50,000"
            " images. What is missing is units, or epochs: try both on the validation images."
        ),
    ),
)

_break_it = _backprop.but(
    name="mnist.break_it",
    points=2,
    section="network.py: backprop",
    planted=(MEAN_IN_EVERY_LAYER,),
    hints=(
        (
            "Check every layer against finite differences, with more than one example. Which layer"
            " is right, which is not, and by what factor?"
        ),
        "The last layer agrees. The one before is too small by the number of examples.",
        (
            "C is one mean. With 3 examples an error of 0.3 enters δ_L as 0.3/3 = 0.1, times the "
            "slope. Sent back through a weight of 2 it is 0.2, not 0.2/3: "
            "the 1/3 is in it already."
        ),
    ),
)

EXERCISES = built_on(
    [_count, _one_hot, _initialise, _feedforward, _backprop, _sgd, _accuracy, _reach_95, _break_it],
    apart.LOOKS,
    apart.WAYS,
    draw={"sgd": apart.draw_sgd},
)
