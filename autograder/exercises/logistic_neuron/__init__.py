"""Lesson 3: one logistic neuron, trained.

Shapes, loss and derivation follow the class notes "Backpropagation & Multi Layer Neural Networks": w (1, d), b (1, 1),
examples are columns. The mini-batch arithmetic is that of the class notes "Backpropagation: how MLPs are trained"; the
vehicles are those of the lecture series, lessons 8-13 on neural networks, loss and activation functions.
"""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Close, exercise
from autograder.exercises.logistic_neuron import cases, neuron
from autograder.exercises.logistic_neuron.cases import NOTES, POINT, SIX, SURE, WRONG, B, W, X, Y
from autograder.exercises.logistic_neuron.chance import judge_batches, judge_train
from autograder.exercises.logistic_neuron.neuron import sigma

# ---------------------------------------------------------------------------------------------- what goes wrong


def forward_with(collect=lambda w, b, x: w @ x + b, activate=sigma):
    def wrong(w, b, x):
        z = collect(w, b, x)
        return z, activate(z)

    return wrong


def bias_after(w, b, x):
    z = w @ x
    return z, sigma(z) + b


def loss_with(term, mean=np.mean, low=1e-12):
    """A loss from the wrong term for each example; a stays `low` away from 0 and 1."""
    return lambda a, y: mean(term(np.clip(a, low, 1 - low), y))


def cross(a, y):
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


def gradients_with(dz=lambda a, y, z: a - y, w=lambda dz, x: dz @ x.T / x.shape[1], b=lambda dz, x: dz.mean(axis=1, keepdims=True)):
    """The right gradients with one of the three lines replaced."""

    def wrong(weights, bias, x, y):
        z, a = neuron.forward(weights, bias, x)
        d = dz(a, y, z)
        return {"w": w(d, x), "b": b(d, x)}

    return wrong


def literally(a, y, z):
    """The chain rule factor by factor: 0/0 where a is exactly 1."""
    a = 1 / (1 + np.exp(-z))
    return -(y / a - (1 - y) / (1 - a)) * a * (1 - a)


def accept_loss(call, yours, exact):
    """Where a = 1 - y, any finite number above 15 will do."""
    value = np.asarray(yours, dtype=float)
    good = call.row == WRONG and value.size == 1 and np.isfinite(value).all() and value.ravel()[0] > 15
    return np.full(value.shape, exact) if good else yours


def accept_bias(call, yours, exact):
    """A bias of shape (1, 1) is as good as one of shape (1,)."""
    if call.function == 1 and np.shape(yours[1]) == (1, 1):
        return [yours[0], np.reshape(yours[1], (1,)), *yours[2:]]
    return yours


BY_FEATURES = (  # also the bug of “break it”
    "divided by the number of features",
    "You divided by x.shape[0]. Examples are columns here, so x is (d, n) and the number of examples is x.shape[1]. With as "
    "many examples as features the mistake does not show.",
    gradients_with(w=lambda dz, x: dz @ x.T / x.shape[0], b=lambda dz, x: dz.sum(axis=1, keepdims=True) / x.shape[0]),
)

# ------------------------------------------------------------------------------------------------- the exercises

_forward = exercise(
    "logistic_neuron.forward",
    "forward(w, b, x) -> (z, a)",
    points=2,
    section="The forward pass",
    solution=neuron.forward,
    oracle=neuron.forward_loops,
    results=("z", "a"),
    deck_cases=(Case.of(NOTES, W, B, POINT), Case.of(SIX, np.array([[0.2, -0.4, 0.6]]), np.array([[0.1]]), X)),
    draw=cases.draw_forward,
    symbols={"z": "z = w x + b", "a": "a = σ(z)"},
    misconceptions=(
        ("bias left out",
         "z = w x + b: the bias is missing. Without it the boundary z = 0 always runs through the origin.",
         forward_with(lambda w, b, x: w @ x)),
        ("bias added after σ",
         "The bias belongs inside: a = σ(w x + b). You added it to σ(w x), so a can leave the range from 0 to 1.",
         bias_after),
        ("bias subtracted",
         "z = w x + b, and you have w x - b.",
         forward_with(lambda w, b, x: w @ x - b)),
        ("sign of the exponent",
         "Your a is 1/(1 + e^z), which falls when z grows. The logistic function is 1/(1 + e^(-z)).",
         forward_with(activate=lambda z: sigma(-z))),
        ("no activation",
         "Your a equals z: the logistic function is missing, so a is not between 0 and 1.",
         forward_with(activate=lambda z: z)),
        ("tanh instead of the logistic function",
         "You used tanh, which goes from -1 to 1. Labels 0 and 1 ask for σ(z) = 1/(1 + e^(-z)).",
         forward_with(activate=np.tanh)),
        ("hard step",
         "You cut z at 0 and returned 0 or 1. A step has slope 0 everywhere and cannot be trained by its gradient; "
         "σ(z) changes gradually.",
         forward_with(activate=lambda z: (z > 0) * 1.0)),
        ("results in the other order",
         "The function returns (z, a), in this order.",
         lambda w, b, x: neuron.forward(w, b, x)[::-1]),
    ),
    hints=(
        "Two lines: a weighted sum gives z, the logistic function gives a. Which product of w (1, d) and x (d, n) is (1, n)?",
        "z = w x + b with a matrix product; b (1, 1) is broadcast over the n examples. a = 1/(1 + e^(-z)).",
        "z = w @ x + b; a = 1 / (1 + np.exp(-z)); return z, a",
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
    symbols={"loss": "J", SURE: "J where a = y (0)", WRONG: "J where a = 1 - y (any number above 15)"},
    rules={"loss": Close(1e-5), SURE: Close(1e-6), WRONG: Close(1e-5)},
    accept=accept_loss,
    misconceptions=(
        ("logarithm of zero",
         "The formula is right, but ln 0 is not a number, and 0 · ln 0 is nan in floating point. Keep a away from 0 "
         "and 1 by a tiny amount before taking logarithms: np.clip(a, 1e-12, 1 - 1e-12).",
         lambda a, y: np.mean(cross(a, y))),
        ("sign lost",
         "Logarithms of numbers below 1 are negative, so the loss needs a minus in front: J = -(y ln a + (1 - y) "
         "ln(1 - a)).",
         loss_with(lambda a, y: -cross(a, y))),
        ("sum instead of mean",
         "You added the examples' losses. J is their mean, so that it does not grow with the number of examples.",
         loss_with(cross, np.sum)),
        ("divided by n twice",
         "Your value is n times too small: the mean was divided by n once more.",
         loss_with(cross, lambda v: np.mean(v) / v.size)),
        ("labels 0 left out",
         "Only the examples with y = 1 count in your loss. Those with y = 0 bring -(1 - y) ln(1 - a).",
         loss_with(lambda a, y: -y * np.log(a))),
        ("logarithm to base 2",
         "You measured in bits. J uses the natural logarithm, whose derivative is 1/a.",
         loss_with(lambda a, y: cross(a, y) / np.log(2))),
        ("squared error",
         "This is the mean of (a - y)². The logistic neuron uses the cross-entropy -(y ln a + (1 - y) ln(1 - a)).",
         loss_with(lambda a, y: (a - y) ** 2)),
        ("a and y exchanged",
         "The logarithms belong to the prediction a, the factors to the label y. You took logarithms of the labels.",
         lambda a, y: np.mean(cross(np.clip(y, 1e-12, 1 - 1e-12), a))),
        ("1 - y forgotten",
         "The second term is (1 - y) ln(1 - a). Without its factor every example pays for both labels.",
         loss_with(lambda a, y: -(y * np.log(a) + np.log(1 - a)))),
        ("each prediction with every label",
         "Shapes (n, 1) and (1, n) together became (n, n): each a met every y. Both are (1, n); keep them so.",
         loss_with(lambda a, y: cross(a, y.T))),
        ("one value for each example",
         "One number is wanted: the mean over the examples.",
         loss_with(cross, lambda v: v)),
        ("clipped too early",
         "You keep a so far away from 0 and 1 that the loss itself changes. Something like 1e-12 is enough.",
         loss_with(cross, low=0.02)),
    ),
    hints=(
        "For y = 1 the loss is -ln a, for y = 0 it is -ln(1 - a). One formula holds both, and the mean is taken over the "
        "examples. What happens at a = 0?",
        "J = -mean(y ln a + (1 - y) ln(1 - a)), with a kept inside [1e-12, 1 - 1e-12].",
        "a = np.clip(a, 1e-12, 1 - 1e-12); return float(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))",
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
    misconceptions=(
        ("slope of σ kept",
         "Your ∂J/∂z is (a - y) a (1 - a). With cross-entropy the slope a(1 - a) cancels against the a(1 - a) in the"
         " denominator of ∂J/∂a, and a - y is all that is left. With the slope a confident mistake would hardly be "
         "corrected: at a = .999, y = 0 you get .000998 instead of .999.",
         gradients_with(lambda a, y, z: (a - y) * a * (1 - a))),
        ("gradient of the squared error",
         "This is the gradient of (a - y)², which is 2 (a - y) a (1 - a). The loss here is the cross-entropy, whose "
         "∂J/∂z is a - y.",
         gradients_with(lambda a, y, z: 2 * (a - y) * a * (1 - a))),
        ("sign of the gradient lost",
         "You have y - a. The derivative is a - y: where a is too large, the loss grows with z.",
         gradients_with(lambda a, y, z: y - a)),
        ("z instead of a",
         "You subtracted the label from z. It is the output a = σ(z) that is compared with y.",
         gradients_with(lambda a, y, z: z - y)),
        ("the notes' slip 1/a",
         "In the notes a line reads (1 - y) · 1/a where 1/(a - 1) is meant. Followed literally, it gives a - 1 for "
         "both labels. At a = 0.7, y = 0 that is -0.3; the right value is +0.7.",
         gradients_with(lambda a, y, z: a - 1)),
        ("minus of the inner derivative lost",
         "The derivative of ln(1 - a) is 1/(a - 1) = -1/(1 - a). Its minus is missing, so every example with y = 0 "
         "pulls the wrong way.",
         gradients_with(lambda a, y, z: -(y * (1 - a) + (1 - y) * a))),
        ("0/0 where the neuron saturates",
         "The chain rule taken factor by factor divides by 1 - a, which is exactly 0 in floating point when z is "
         "about 40 or more. Cancel on paper first: a - y needs no division.",
         gradients_with(literally)),
        ("sum instead of mean",
         "Your gradients are n times too large: J is the mean over the n examples, so its gradient is too.",
         gradients_with(w=lambda dz, x: dz @ x.T, b=lambda dz, x: dz.sum(axis=1, keepdims=True))),
        ("divided by n twice",
         "Your gradients are n times too small: the mean was taken, and then divided by n again.",
         gradients_with(lambda a, y, z: (a - y) / y.size)),
        BY_FEATURES,
        ("mean over everything",
         "np.mean of the whole product is one number. The product (a - y) xᵀ already sums over the examples; divide "
         "it by n and keep its d entries.",
         gradients_with(w=lambda dz, x: np.mean(dz @ x.T))),
        ("the factor x forgotten",
         "∂z/∂w is x: each weight's gradient is (a - y) times the input that it multiplies. Two lines of the notes "
         "leave the x out as well.",
         gradients_with(w=lambda dz, x: np.full((1, len(x)), dz.mean()))),
        ("each prediction with every label",
         "Shapes (n, 1) and (1, n) together became (n, n), and each a met every y. Compare each prediction with its "
         "own label: both are (1, n).",
         gradients_with(lambda a, y, z: (a - y.T).mean(axis=0, keepdims=True))),
        ("a bias for each example",
         "You returned one ∂J/∂b an example. All examples share one bias, so its gradient is their mean, (1, 1).",
         gradients_with(b=lambda dz, x: dz)),
        ("bias gradient zero",
         "z = w x + b, so ∂z/∂b is 1, and ∂J/∂b is the mean of a - y.",
         gradients_with(b=lambda dz, x: np.zeros((1, 1)))),
    ),
    hints=(
        "What is ∂J/∂z for one example, after everything has cancelled? A weight's gradient is that times its input; then "
        "the mean over the examples.",
        "∂J/∂w = (a - y) xᵀ / n, shape (1, d); ∂J/∂b = mean of a - y, shape (1, 1).",
        'dz = (a - y) / x.shape[1]; return {"w": dz @ x.T, "b": np.sum(dz, axis=1, keepdims=True)}',
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
    misconceptions=(
        ("remainder left out",
         "n // size rounds down, so the examples that are left over would never be seen. They make one more, short "
         "mini-batch.",
         lambda n, size: n // size),
        ("always one more",
         "n // size + 1 is one too many when size divides n: the last mini-batch would be empty.",
         lambda n, size: n // size + 1),
        ("rounded to the nearest",
         "A remainder counts, however small: round up, not to the nearest.",
         lambda n, size: round(n / size)),
        ("not a whole number",
         "A part of a mini-batch is a mini-batch too: round n / size up.",
         lambda n, size: n / size),
        ("the other way round",
         "You divided size by n. Read literally, a line of the notes does so too: 1000/10⁷ is no number of points.",
         lambda n, size: size / n),
        ("examples instead of iterations",
         "n is the number of examples in an epoch. Each iteration takes `size` of them.",
         lambda n, size: n),
    ),
    hints=("How many mini-batches does it take until every example was used once? The last one may be short.",
           "⌈n / size⌉: n / size, rounded up.",
           "return (n + size - 1) // size"),
)

_minibatches = exercise(
    "logistic_neuron.minibatches",
    "minibatches(X, Y, size, rng) -> pairs (X, Y)",
    points=2,
    section="Mini-batches",
    solution=neuron.minibatches,
    oracle=neuron.minibatches_list,
    results="minibatches",
    deck_cases=(cases.batches_case("the deck's six vehicles in mini-batches of four", X, Y, 4, (1, 2)),),
    draw=cases.draw_batches,
    properties=judge_batches,
    repeat=False,
    hints=(
        "Do not shuffle X or Y. Shuffle a list of column numbers, and use it for both.",
        "order = rng.permutation(n); mini-batch k takes the columns order[k·size : (k+1)·size] of X and of Y. A slice that "
        "runs past the end is simply shorter.",
        "for start in range(0, n, size): chosen = order[start:start + size]; yield X[:, chosen], Y[:, chosen]",
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
    repeat=False,
    hints=(
        "Two loops: over the epochs, and inside it over the mini-batches. One step for each mini-batch, one loss for each epoch.",
        "w = 0 (1, d), b = 0 (1, 1). For each mini-batch: w ← w - η ∂J/∂w, b ← b - η ∂J/∂b. After the epoch: the loss of "
        "forward(w, b, X) against Y.",
        "for _ in range(epochs): for x, y in minibatches(X, Y, size, rng): g = gradients(w, b, x, y); w = w - eta * "
        "g[\"w\"]; b = b - eta * g[\"b\"]; "
        "then losses.append(loss(forward(w, b, X)[1], Y))",
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
    misconceptions=(
        ("reshaped instead of transposed",
         "reshape reads the numbers line by line and cuts them anew, so features and examples get mixed. Turning "
         "columns into rows is a transpose: x.T.",
         (None, lambda w, b, x: (w.reshape(-1, 1), b.ravel(), x.reshape(x.shape[1], x.shape[0])))),
        ("nothing transposed",
         "The arrays came back as they were. With examples as rows X is (n, d) and W is (d, 1): both are transposed.",
         (None, lambda w, b, x: (w, b, x))),
        ("a bias for each example",
         "You made n copies of the bias. There is one bias, and it is broadcast over the rows; with n of them every "
         "example would have its own.",
         (None, lambda w, b, x: (w.T, np.full((x.shape[1], 1), b), x.T))),
        ("results in another order",
         "The function returns (W, b, X), in this order.",
         (None, lambda w, b, x: (x.T, w.T, b.ravel()))),
        ("activation left out",
         "A is σ(X W + b): the logistic function is missing.",
         (lambda X, W, b: X @ W + b, None)),
        ("bias left out",
         "A is σ(X W + b): the bias is missing.",
         (lambda X, W, b: sigma(X @ W), None)),
    ),
    hints=(
        "Write the shapes down first: (n, d) times (d, 1) is (n, 1).",
        "z = X W + b with X = xᵀ and W = wᵀ, since (w x)ᵀ = xᵀ wᵀ. The bias is one number and stays one.",
        "forward_rows: return 1 / (1 + np.exp(-(X @ W + b))); to_rows: return w.T, b.ravel(), x.T",
    ),
)

_break_it = _gradients.but(
    name="logistic_neuron.break_it",
    points=2,
    section="Break it",
    planted=(BY_FEATURES[2],),
    hints=(
        "Compare w and b with finite differences for several numbers of examples. When do they agree?",
        "Divide what is returned by what is measured. The ratio is the same for every entry; how does it change with d and n?",
        "x is (d, n). Look at the line that says how many examples there are.",
    ),
)

EXERCISES = [_forward, _loss, _gradients, _epoch_arithmetic, _minibatches, _train, _to_rows, _break_it]
