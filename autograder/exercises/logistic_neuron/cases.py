"""What the functions of lesson 3 are called with: sizes and values that no deck shows, and the
deck's own cases."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np

from autograder.exercises.exercise import Call, Case, Ref, Rng
from autograder.exercises.logistic_neuron.neuron import descend

VEHICLES = np.array([[4, 4, 4, 2, 2, 2], [6, 5.5, 5, 3, 3.5, 4], [500, 600, 550, 200, 150, 250]])
X = (VEHICLES - VEHICLES.mean(axis=1, keepdims=True)) / VEHICLES.std(axis=1, keepdims=True)
Y = np.array([[1.0, 1, 1, 0, 0, 0]])
W, B = np.array([[0.5, np.log(7 / 3) - 0.8]]), np.array([[-0.2]])
POINT = np.array([[2.0], [1.0]])  # w x + b = ln(7/3), so that a = 0.7 as in the notes
NOTES = "the notes' neuron with a = 0.7"
SIX = "the deck's six vehicles, standardised"

# the rows of the loss where the logarithm has no value
SURE, WRONG = "loss where a = y", "loss where a = 1 - y"
SIZES = ((3, 5), (2, 7), (4, 1), (3, 3), (1, 1), (1, 4))


def label(d, n):
    """The words for a neuron with d inputs and n examples."""
    return f"a random neuron with {d} input{'s' * (d > 1)}, {n} example{'s' * (n > 1)}"


def draw_labels(rng, n):
    """n labels in random order, both kinds where there is room for two."""
    return rng.permutation((np.arange(n) + rng.integers(2)) % 2).astype(float)


def draw_neuron(rng, d, n):
    """w, b, x, y that saturate nothing: every entry away from 0."""
    signed = lambda low, high, *shape: rng.uniform(low, high, shape) * rng.choice([-1, 1], shape)
    return (
        signed(0.3, 1.2, 1, d),
        signed(0.4, 1, 1, 1),
        signed(0.4, 1.6, d, n),
        draw_labels(rng, n)[None],
    )


def draw_forward(rng):
    """Neurons of several widths: w (1, d), b (1, 1), x (d, n)."""
    return [Case.of(label(*s), *draw_neuron(rng, *s)[:3]) for s in SIZES]


def draw_loss(rng):
    """Activations and labels (1, n): ordinary ones, near 0 and 1, all right, all wrong."""

    def case(text, a, y, row=""):
        return Case(text, (Call(0, (a[None], y[None]), row),))

    y, both = draw_labels(rng, 6), draw_labels(rng, 4)
    return [
        case("5 examples", rng.uniform(0.05, 0.95, 5), draw_labels(rng, 5)),
        case("8 examples", rng.uniform(0.05, 0.95, 8), draw_labels(rng, 8)),
        case("one example with y = 0", rng.uniform(0.2, 0.8, 1), np.zeros(1)),
        case("a between .001 and .999", np.array([0.001, 0.999, 0.001, 0.999, 0.3, 0.8]), y),
        case("every a equal to its y", y.copy(), y, SURE),
        case("every a equal to 1 - y", 1 - both, both, WRONG),
        case("one example with y = 1 and a = 0", np.zeros(1), np.ones(1), WRONG),
    ]


def draw_gradients(rng):
    """Neurons with examples (d, n) and labels (1, n), and one whose z are 50 and −50."""
    cases = [Case.of(label(*s), *draw_neuron(rng, *s)) for s in SIZES]
    w, b, x, _ = draw_neuron(rng, 2, 5)
    target = np.array([50.0, -50.0, 50.0, -50.0, 0.7])
    # move each column along w until its z is what we want
    x = x + w.T * (target - w @ x - b) / np.sum(w**2)
    return [
        *cases,
        Case.of("z = 50 and z = -50, right and wrong", w, b, x, np.array([[1.0, 0, 0, 1, 1]])),
    ]


def draw_counts(rng):
    """Numbers of examples and sizes, with and without a remainder, up to 10¹² examples."""
    size, whole = int(rng.integers(3, 40)), int(rng.integers(2, 30))
    pairs = [
        (whole * size, size),
        (whole * size + 1, size),
        (11, 4),
        (9, 4),
        (size - 1, size),
        (7, 1),
        (size, size),
    ]
    big = int(rng.integers(10**6, 10**8))
    many = 10**12 // big * big
    # far too many to count one by one
    pairs += [(10**12 - int(rng.integers(10)), int(rng.integers(3, 10)))]
    pairs += [(10**12, big), (many, big), (many - big + 1, big), (many - 1, big), (10**12, 10**12)]
    while True:  # where n * (1 / size) is a little more than the whole number it should be
        size, whole = (int(v) for v in rng.integers(3, 1000, 2))
        if whole * size * (1 / size) > whole:
            pairs.append((whole * size, size))
            break
    return [Case.of(f"n = {n:,}, size = {s:,}", n, s) for n, s in pairs]


def draw_rows(rng):
    """A neuron in columns and in rows; b once as (1,), once as (1, 1)."""
    cases = []
    for size, shape in zip(SIZES, ((1,), (1, 1)) * 3, strict=True):
        w, b, x, _ = draw_neuron(rng, *size)
        cases.append(rows_case(label(*size), w, b, x, shape))
    return cases


def rows_case(text, w, b, x, shape=(1,)):
    """Two calls: `forward_rows` on the neuron in rows, `to_rows` on the one in columns."""
    return Case(text, (Call(0, (x.T.copy(), w.T.copy(), b.reshape(shape))), Call(1, (w, b, x))))


# ---- where chance has a say


def draw_seeds(rng, n):
    """n different seeds below a million."""
    return [int(s) for s in rng.choice(10**6, n, replace=False)]


BATCH_CALLS = 6  # calls of one run in a case of `minibatches`


def batches_case(text, X, Y, size, seeds):
    """The same seed twice, then another one; inputs are made anew for each run and looked at again
    after it."""
    calls = []
    for seed in (seeds[0], seeds[0], seeds[1]):
        k = len(calls)
        calls += [Call("build", (X,)), Call("build", (Y,)), Call(0, (Ref(k), Ref(k + 1), size, Rng(seed))),
                  Call("collect", (Ref(k + 2),)), Call("build", (Ref(k),)), Call("build", (Ref(k + 1),))]  # fmt: skip
    return Case(text, tuple(calls))


def draw_batches(rng):
    """Columns that can be told apart, cut into mini-batches of several sizes, one of a single
    column."""
    cases = []
    sizes = ((3, 1, 23, 5), (2, 3, 24, 6), (2, 1, 5, 8), (1, 2, 6, 1),
             (5, 1, 5, 2), (3, 3, 7, 7), (2, 1, 1, 3))  # fmt: skip
    for d, k, n, size in sizes:
        X = rng.normal(size=(d, n))
        # every column can be told from every other
        X[0] = rng.permutation(n) + rng.uniform(0, 0.4, n)
        Y = draw_labels(rng, n)[None] if k == 1 else rng.normal(size=(k, n))
        text = f"{n} column{'s' * (n > 1)} in mini-batches of {size}"
        cases.append(batches_case(text, X, Y, size, draw_seeds(rng, 2)))
    return cases


def train_case(text, X, Y, eta, epochs, size, seeds):
    """One training run for each seed."""
    return Case(text, tuple(Call(0, (X, Y, eta, epochs, size, Rng(seed))) for seed in seeds))


def draw_train(rng):
    """A full batch, copies of one example, three one at a time, two clouds, the same with labels
    exchanged, and one example alone."""
    _, _, x, y = draw_neuron(rng, 4, 9)
    full = train_case("9 random examples, full batch", x, y, 0.3, 6, 12, draw_seeds(rng, 2))
    x = np.tile(rng.uniform(0.5, 1.2, (2, 1)), 7)
    copies = train_case(
        "7 copies of one example, mini-batches of 3",
        x,
        np.ones((1, 7)),
        0.3,
        4,
        3,
        draw_seeds(rng, 1),
    )
    while True:
        _, _, x, _ = draw_neuron(rng, 2, 3)
        y = rng.permutation([0.0, 0.0, 1.0])[None]
        ends = np.array([np.append(w, b) for w, b in reachable(x, y, 0.9).values()])
        if np.min(np.abs(ends[:, None] - ends).max(axis=2) + np.eye(len(ends))) > 2e-3:
            break
    three = train_case("3 examples, one at a time, 2 epochs", x, y, 0.9, 2, 1, draw_seeds(rng, 10))
    y = draw_labels(rng, 40)[None]
    x = rng.normal(size=(2, 40)) * 0.7 + np.where(y == 1, 1.2, -1.2)
    one, other = draw_seeds(rng, 2)
    clouds = train_case(
        "40 points of two clouds, mini-batches of 9", x, y, 0.5, 12, 9, [one, one, other]
    )
    exchanged = train_case(
        "the two clouds with their labels exchanged", x, 1 - y, 0.5, 12, 9, [one]
    )
    _, _, x, _ = draw_neuron(rng, 3, 1)
    single = train_case("one example", x, np.array([[0.0]]), 0.7, 5, 1, draw_seeds(rng, 1))
    return [full, copies, three, clouds, exchanged, single]


def reachable(X, Y, eta):
    """Where two epochs of one example at a time can end: (first order, second order) -> (w, b)."""
    orders = list(permutations(range(X.shape[1])))
    return {pair: descend(X, Y, eta, pair, 1)[:2] for pair in product(orders, orders)}
