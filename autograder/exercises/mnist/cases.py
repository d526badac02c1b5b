"""The inputs of lesson 7: small networks of sizes that no deck shows, and a thousand real
digits."""

from __future__ import annotations

import numpy as np

from autograder.exercises.exercise import Call, Case, Digits, Recorder, Ref, Rng

SIZES = ([3, 4, 2], [2, 4, 4, 3], [4, 5, 3, 3])
EQUAL = [3, 3, 3, 3]  # where every layer is as wide as the next, a wrong one raises no error
DECK = "the deck's [784, 30, 10]"


def draw_sizes(rng):
    """Lists of 2, 3 and 4 layer sizes."""
    drawn = [[int(n) for n in rng.integers(2, 40, size=length)] for length in (2, 3, 4)]
    return [Case.of(f"sizes {sizes}", sizes) for sizes in drawn]


def draw_labels(rng):
    """Labels with a class missing, many classes, and a single label."""
    few = rng.integers(0, 4, size=7)
    few[few == 2] = 3  # a class that does not appear has a column all the same
    return [
        Case.of("7 labels of 5 classes, one class missing", few, 5),
        Case.of("9 labels of 12 classes", rng.integers(0, 12, size=9), 12),
        Case.of("a single label", rng.integers(1, 3, size=1), 3),
    ]


def draw_network(rng, sizes, n=None):
    """Inputs (n, d), or none, and parameters that keep every unit away from saturation."""
    weights = [rng.uniform(-1.5, 1.5, shape) for shape in zip(sizes, sizes[1:])]
    biases = [rng.uniform(-1, 1, m) for m in sizes[1:]]
    return rng.uniform(-1.5, 1.5, (n, sizes[0])), weights, biases


def deck_network(rng):
    """[784, 30, 10], small enough that a hidden unit is not saturated by a hundred lit pixels."""
    return [rng.normal(0, s, shape) for s, shape in ((0.1, (784, 30)), (0.5, (30, 10)))], [
        rng.normal(size=30),
        rng.normal(size=10),
    ]


def draw_feedforward(rng):
    """Examples (n, d) through networks of several depths, one of equal widths."""
    cases = []
    for sizes, n in zip((*SIZES, EQUAL), (5, 1, 3, 4), strict=True):
        X, weights, biases = draw_network(rng, sizes, n)
        cases.append(Case.of(f"{n} example{'s' * (n > 1)} through {sizes}", X, weights, biases))
    return cases


def draw_backprop(rng):
    """Two examples first, then more than one layer, then a thousand digits, which a slow loop does
    not finish in time."""
    cases = []
    for sizes, n in zip((*SIZES, EQUAL), (2, 5, 3, 3), strict=True):
        X, weights, biases = draw_network(rng, sizes, n)
        cases.append(
            Case.of(
                f"{n} examples through {sizes}",
                X,
                rng.uniform(0, 1, (n, sizes[-1])),
                weights,
                biases,
            )
        )
    start = int(rng.integers(0, 49_000))
    of = lambda what: Digits("train", start, start + 1000, what)
    return [
        *cases,
        Case.of(
            "1,000 images through [784, 30, 10]", of("images"), of("targets"), *deck_network(rng)
        ),
    ]


def batch(X, T, weights, biases):
    """The sizes that the lesson names: n examples, k outputs."""
    return {"n": X.stop - X.start if isinstance(X, Digits) else len(X), "k": len(biases[-1])}


def draw_accuracy(rng):
    """Labels of three integer types that a network hits two times out of three.

    In the last case there are as many examples as outputs, so that the wrong axis raises no error,
    but another number.
    """
    cases = [
        _with_hits(rng, sizes, n, kind)[0]
        for sizes, n, kind in zip(SIZES, (40, 9, 25), (np.int64, np.uint8, np.int32), strict=True)
    ]
    square, answers, labels = _with_hits(rng, SIZES[-1], 3, np.int64)
    while np.sum(answers.argmax(axis=0) == labels) == 2:
        square, answers, labels = _with_hits(rng, SIZES[-1], 3, np.int64)
    return [*cases, square]


def _with_hits(rng, sizes, n, kind):
    """A case whose first row has the largest output of all, and is a hit; its outputs and labels."""
    X, weights, biases = draw_network(rng, sizes, n)
    answers = X
    for W, b in zip(weights, biases, strict=True):
        answers = np.tanh(answers @ W / 2 + b / 2) / 2 + 0.5
    largest = answers.max(axis=1).argmax()
    for rows in (X, answers):
        rows[[0, largest]] = rows[[largest, 0]]
    labels = answers.argmax(axis=1).astype(kind)  # right two times out of three
    missed = 1 + rng.permutation(n - 1)[: n // 3]
    labels[missed] = (labels[missed] + 1) % sizes[-1]
    case = Case.of(f"{n} examples, {sizes}", X, labels, weights, biases)
    return case, answers, labels


def draw_initialise(rng):
    """The deck's network twice from one seed and once from another, and a deeper network with many
    biases."""
    seed, other = (int(s) for s in rng.choice(2**31, size=2, replace=False))
    deck, wide = [784, 30, 10], [3, 20_000, 2, 4]
    return [
        Case.of(DECK, deck, Rng(seed)),
        Case.of(f"{DECK}, the same seed", deck, Rng(seed)),
        Case.of(f"{DECK}, another seed", deck, Rng(other)),
        Case.of("[3, 20000, 2, 4]", wide, Rng(seed)),
    ]


#: Share of the held-out points that `sgd` has to get right, and how it is trained.
BLOBS_WANTED, BLOBS = 0.95, {"sizes": [4, 10, 3], "epochs": 40, "size": 10, "eta": 3.0}


#: Learning rates of the small runs: one that shows where a run starts, and one that moves.
STILL, ETA = 1e-12, 1.7


def blobs(rng):
    """Three clouds in four dimensions, 240 points to learn and 300 to be asked: X, T, held-out X,
    held-out labels."""
    centres = 2.0 * np.linalg.qr(rng.normal(size=(4, 3)))[0].T  # 2√2 apart
    labels = np.arange(540) % 3
    X = centres[labels] + rng.normal(0, 0.5, (540, 4))
    order = rng.permutation(540)
    X, labels = X[order], labels[order]
    return X[:240], np.eye(3)[labels[:240]], X[240:], labels[240:]


def draw_sgd(rng):
    """The runs that `judge_sgd` reads, in its order; some hardly move, to show where the others of
    the same seed start."""
    seed, other = (int(s) for s in rng.choice(2**31, size=2, replace=False))
    # in mini-batches of 3 a single one is left
    X, T = rng.uniform(-2, 2, (4, 3)), rng.uniform(0, 1, (4, 2))
    ask = lambda epochs, size, eta, s: (X, T, [3, 4, 4, 2], epochs, size, eta, Rng(s))
    told = Call(
        "build", (Recorder(),)
    )  # somebody to tell, so that only the last run depends on `progress` left out
    small = lambda label, epochs, size, eta, s=seed: Case(
        label, (told, Call(0, (*ask(epochs, size, eta, s), Ref(0))))
    )
    learn, targets, held, labels = blobs(rng)
    run = (
        Call("build", (Recorder(),)),
        Call(
            0,
            (
                learn,
                targets,
                BLOBS["sizes"],
                BLOBS["epochs"],
                BLOBS["size"],
                BLOBS["eta"],
                Rng(seed),
                Ref(0),
            ),
        ),
        Call("recorded", (Ref(0),)),
        Call("build", ((held, labels),)),
    )
    return [
        small("4 examples in one mini-batch, hardly a step", 1, 4, STILL),
        small("4 examples in one mini-batch", 1, 4, ETA),
        small("4 examples in mini-batches of 3, hardly a step", 1, 3, STILL),
        small("4 examples in mini-batches of 3", 1, 3, ETA),
        small("the same once more", 1, 3, ETA),
        small("the same with another seed", 1, 3, ETA, other),
        small("4 examples, 5 epochs, one example a step", 5, 1, ETA),
        small("4 examples, 3 epochs, hardly a step", 3, 2, STILL),
        Case("240 points of 3 blobs", run),
        Case.of("4 examples in one mini-batch, progress left out", *ask(1, 4, ETA, seed)),
    ]


def digits_case(start, stop, seed, label, shuffle):
    """Pixels in another order and classes with other numbers: nothing to be had by weights that
    were trained before."""
    return Case.of(
        label,
        *(Digits("train", start, stop, what, shuffle) for what in ("images", "labels")),
        Rng(seed),
    )


def draw_trial(rng):
    """The notebook's quick trial: 10,000 training images, pixels and classes renumbered."""
    start, seed, shuffle = (
        int(rng.integers(0, 40_000)),
        *(int(s) for s in rng.integers(2**31, size=2)),
    )
    return [
        digits_case(
            start,
            start + 10_000,
            seed,
            "a quick trial: 10,000 training images, pixels and classes renumbered",
            shuffle,
        )
    ]


def draw_full(rng):
    """The grading's run: 50,000 training images, pixels and classes renumbered."""
    seed, shuffle = (int(s) for s in rng.integers(2**31, size=2))
    return [
        digits_case(
            0, 50_000, seed, "50,000 training images, pixels and classes renumbered", shuffle
        )
    ]
