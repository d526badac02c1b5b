"""Lesson 3: one logistic neuron, trained.

Shapes, loss and derivation follow the class notes "Backpropagation & Multi Layer Neural Networks":
w (1, d), b (1, 1), examples are columns. The mini-batch arithmetic is that of the class notes
"Backpropagation: how MLPs are trained"; the vehicles are those of the lecture series, lessons 8-13
on neural networks, loss and activation functions.
"""

from __future__ import annotations

import numpy as np

from autograder.exercises.exercise import Case, Close, Several, built_on, exercise
from autograder.exercises.logistic_neuron import apart, cases, chain, neuron, slips
from autograder.exercises.logistic_neuron import misconceptions as wrong
from autograder.exercises.logistic_neuron.batches import judge_batches
from autograder.exercises.logistic_neuron.cases import NOTES, POINT, SIX, SURE, WRONG, B, W, X, Y
from autograder.exercises.logistic_neuron.chance import judge_train
from autograder.exercises.logistic_neuron.scaling import STANDARDISE

# --------------------------------------------------------------------------------- what is accepted


def accept_loss(call, yours, exact):
    """Where a = 1 - y, any finite number above 15 will do."""
    value = np.asarray(yours, dtype=float)
    good = (
        call.row == WRONG and value.size == 1 and np.isfinite(value).all() and value.ravel()[0] > 15
    )
    return np.full(value.shape, exact) if good else yours


def accepted_loss(call, row):
    """What is right where the neuron is sure: a finite number, large where it is wrong."""
    words = {WRONG: "any number above 15", SURE: "0, or up to 1e-6 off"}.get(row)
    return Several(words, np.array(True)) if words else None


def accept_bias(call, yours, exact):
    """A bias of shape (1, 1) is as good as one of shape (1,)."""
    if call.function == 1 and np.shape(yours[1]) == (1, 1):
        return [yours[0], np.reshape(yours[1], (1,)), *yours[2:]]
    return yours


# ------------------------------------------------------------------------------------ the exercises

_forward = exercise(
    "logistic_neuron.forward",
    "forward(w, b, x) -> (z, a)",
    points=2,
    section="The forward pass",
    solution=neuron.forward,
    oracle=neuron.forward_loops,
    results=("z", "a"),
    deck_cases=(
        Case.of(NOTES, W, B, POINT),
        Case.of(SIX, np.array([[0.2, -0.4, 0.6]]), np.array([[0.1]]), X),
    ),
    draw=cases.draw_forward,
    symbols={"z": "z = w x + b", "a": "a = σ(z)"},
    chain=chain.FORWARD,
    misconceptions=wrong.FORWARD + slips.FORWARD,
    hints=(
        (
            "Two lines: a weighted sum gives z, the logistic function gives a. Which product of w"
            " (1, d) and x (d, n) is (1, n)?"
        ),
        (
            "z = w x + b with a matrix product; b (1, 1) is broadcast over the n examples. a = 1/(1"
            " + e^(-z))."
        ),
        (
            "The notes' neuron: w = (0.5, 0.047), b = -0.2, x = (2, 1): z = 0.5·2 + 0.047·1 - 0.2 ="
            " 0.847, e^(-0.847) = 0.429, a = 1/1.429 = 0.7. With n columns the same is done to each"
            " of them, and z and a are (1, n)."
        ),
    ),
)

_loss = exercise(
    "logistic_neuron.loss",
    "loss(a, y) -> float",
    points=2,
    section="How wrong is the neuron?",
    solution=neuron.loss,
    oracle=neuron.loss_loop,
    results="loss",
    deck_cases=(Case.of(NOTES, np.array([[0.7]]), np.array([[1.0]])),),
    draw=cases.draw_loss,
    deck={"loss": ("notes001.single.J",)},
    symbols={
        "loss": "J",
        SURE: "J where a = y",
        WRONG: "J where a = 1 - y",
    },
    rules={"loss": Close(1e-5), SURE: Close(1e-6), WRONG: Close(1e-5)},
    accept=accept_loss,
    accepted=accepted_loss,
    known=lambda a, y: {"n": y.shape[1]},
    misconceptions=wrong.LOSS + slips.LOSS,
    hints=(
        (
            "For y = 1 the loss is -ln a, for y = 0 it is -ln(1 - a). One formula holds both, and"
            " the mean is taken over the examples. What happens at a = 0?"
        ),
        "J = -mean(y ln a + (1 - y) ln(1 - a)), with a kept inside [1e-12, 1 - 1e-12].",
        (
            "a = (0.7, 0.7), y = (1, 0): the first costs -ln 0.7 = 0.357, the second -ln 0.3 ="
            " 1.204; J = (0.357 + 1.204)/2 = 0.780. At a = 0, y = 1 the clipped a is 1e-12 and the"
            " cost -ln 1e-12 = 27.6. np.clip keeps a inside."
        ),
    ),
)

_gradients = exercise(
    "logistic_neuron.gradients",
    "gradients(w, b, x, y) -> gradients",
    points=3,
    section="Many examples",
    solution=neuron.gradients,
    oracle=neuron.gradients_numeric,
    results="gradients",
    deck_cases=(Case.of(NOTES, W, B, POINT, np.array([[1.0]])),),
    draw=cases.draw_gradients,
    deck={"b": ("notes001.single.dJ_dz",)},
    symbols={"w": "∂J/∂w = (a - y) xᵀ / n", "b": "∂J/∂b = mean of a - y"},
    known=chain.on_the_way,
    misconceptions=wrong.GRADIENTS + slips.GRADIENTS,
    hints=(
        (
            "What is ∂J/∂z for one example, after everything has cancelled? A weight's gradient is"
            " that times its input; then the mean over the examples."
        ),
        "∂J/∂w = (a - y) xᵀ / n, shape (1, d); ∂J/∂b = mean of a - y, shape (1, 1).",
        (
            "a = 0.7, y = 1, x = (2, 1): a - y = -0.3, so ∂J/∂w = (-0.3·2, -0.3·1) = (-0.6, -0.3)"
            " and ∂J/∂b = -0.3. With a second example a = 0.2, y = 0, x = (1, 5): ∂J/∂w = ((-0.6 +"
            " 0.2)/2, (-0.3 + 1.0)/2) = (-0.2, 0.35) and ∂J/∂b = (-0.3 + 0.2)/2 = -0.05."
        ),
    ),
)

_epoch_arithmetic = exercise(
    "logistic_neuron.epoch_arithmetic",
    "iterations_per_epoch(n, size) -> int",
    points=1,
    section="All, one, or some",
    solution=neuron.iterations_per_epoch,
    oracle=neuron.iterations_counted,
    results="iterations",
    deck_cases=(Case.of("the notes' epoch: 10⁷ points in mini-batches of 1000", 10**7, 1000),),
    draw=cases.draw_counts,
    deck={"iterations": ("hand000.minibatch.iterations_per_epoch",)},
    symbols={"iterations": "iterations an epoch"},
    rules={"iterations": Close(0.0)},
    misconceptions=wrong.EPOCHS,
    hints=(
        (
            "How many mini-batches does it take until every example was used once? The last one may"
            " be short."
        ),
        "⌈n / size⌉: n / size, rounded up.",
        (
            "n = 10⁷, size = 1000: 10⁷/1000 = 10⁴, nothing is left over. n = 11, size = 4: 4 + 4 + "
            "3, so three, and "
            "11/4 = 2.75 rounded up is 3. n · (1/size) can come out a little too large; n / size does"
            " not, and rounding it up is right. With whole numbers: // rounds down, so add to n what"
            " makes it round up."
        ),
    ),
)

_minibatches = exercise(
    "logistic_neuron.minibatches",
    "minibatches(X, Y, size, rng) -> pairs (X, Y)",
    points=2,
    section="Mini-batches",
    solution=neuron.minibatches,
    oracle=neuron.minibatches_list,
    results="minibatches",
    deck_cases=(
        cases.batches_case("the deck's six vehicles in mini-batches of four", X, Y, 4, (1, 2)),
    ),
    draw=cases.draw_batches,
    properties=judge_batches,
    giveaways=(
        "pairs (X, Y)",
        "shape",
        "X and Y stay together",
        "sizes",
        "same seed, same order",
        "inputs unchanged",
    ),
    repeat=False,
    hints=(
        "Do not shuffle X or Y. Shuffle a list of column numbers, and use it for both.",
        (
            "rng.permutation(n) puts all column numbers in a random order. The first `size` of them"
            " are the columns of the first mini-batch, of X and of Y, the next `size` those of the"
            " second. A slice that runs past the end is simply shorter."
        ),
        (
            "Six vehicles, size = 4, order = (3, 0, 5, 1, 4, 2): the first mini-batch takes the "
            "columns 3, 0, 5, 1 of "
            "X and of Y, the second the columns 4 and 2. The starts are 0 and 4, as range(0, 6, 4) "
            "gives them; with "
            "8 examples they are the same two, and there is no empty one."
        ),
    ),
)

_train = exercise(
    "logistic_neuron.train",
    "train(X, Y, eta, epochs, size, rng) -> (w, b, losses)",
    points=3,
    section="Train it",
    limit=10.0,
    solution=neuron.train,
    oracle=neuron.train_numeric,
    results=("w", "b", "losses"),
    deck_cases=(cases.train_case(f"{SIX}, full batch", X, Y, 0.4, 8, 6, (1, 2)),),
    draw=cases.draw_train,
    properties=judge_train,
    giveaways=(
        "(w, b, losses)",
        "shape",
        "one loss an epoch",
        "losses[-1] belongs to w, b",
        "same seed, same result",
        "inputs unchanged",
    ),
    repeat=False,
    hints=(
        (
            "Two loops: over the epochs, and inside it over the mini-batches. One step for each"
            " mini-batch, one loss for each epoch."
        ),
        (
            "w = 0 (1, d), b = 0 (1, 1). For each mini-batch: w ← w - η ∂J/∂w, b ← b - η ∂J/∂b."
            " After the epoch: the loss of forward(w, b, X) against Y."
        ),
        (
            "Six vehicles, full batch, η = 0.4: with w = 0 and b = 0 every a is 0.5, and a - y is"
            " -½ for the first three, ½ for the others, so ∂J/∂b = 0 and b stays 0. The wheels are"
            " 1, 1, 1, -1, -1, -1, so ∂J/∂w₁ = -3/6 = -0.5 and w₁ = 0 + 0.4·0.5 = 0.2. Then the"
            " loss of all six is taken, below ln 2 = 0.693, and the next epoch goes on from this w"
            " and b."
        ),
    ),
)

_to_rows = exercise(
    "logistic_neuron.to_rows",
    "forward_rows(X, W, b) -> A",
    "to_rows(w, b, x) -> (W, b, X)",
    points=2,
    section="Examples as rows",
    solution=(neuron.forward_rows, neuron.to_rows),
    oracle=(neuron.forward_rows_loops, neuron.to_rows_loops),
    results=("A", ("W", "b", "X")),
    deck_cases=(cases.rows_case(SIX, np.array([[0.2, -0.4, 0.6]]), np.array([[0.1]]), X),),
    draw=cases.draw_rows,
    accept=accept_bias,
    misconceptions=wrong.ROWS + slips.ROWS,
    hints=(
        "Write the shapes down first: (n, d) times (d, 1) is (n, 1).",
        (
            "z = X W + b with X = xᵀ and W = wᵀ, since (w x)ᵀ = xᵀ wᵀ. The bias is one number and"
            " stays one."
        ),
        (
            "Six vehicles: x is (3, 6), w is (1, 3). X = xᵀ is (6, 3): its first row is the first"
            " vehicle, which was the first column. W = wᵀ is (3, 1), and X W is (6, 1): one z a"
            " row. reshape would keep the order of the numbers instead: 4, 4, 4 in the first row,"
            " three times wheels."
        ),
    ),
)

_break_it = _gradients.but(
    name="logistic_neuron.break_it",
    points=2,
    section="Many examples",
    planted=(wrong.BY_FEATURES[2],),
    hints=(
        (
            "Compare w and b with finite differences for several numbers of examples. When do they"
            " agree?"
        ),
        (
            "Divide what is returned by what is measured. The ratio is the same for every entry;"
            " how does it change with d and n?"
        ),
        "At d = 3, n = 6 the ratio is 2, at d = 6, n = 3 it is a half: which number is taken for another?",
    ),
)

EXERCISES = built_on(
    [
        _forward,
        _loss,
        _gradients,
        STANDARDISE,
        _epoch_arithmetic,
        _minibatches,
        _train,
        _to_rows,
        _break_it,
    ],
    apart.LOOKS,
    apart.WAYS,
    draw={"train": apart.draw_train},
)
