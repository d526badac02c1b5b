"""The digits themselves, how an exercise names them, and how training on them is judged."""

import gzip
import hashlib

import numpy as np
import pytest

from autograder import assess
from autograder.evidence.inputs import make
from autograder.evidence.probe import probe
from autograder.evidence.transport import dumps, loads
from autograder.exercises import find_exercise
from autograder.exercises.exercise import Digits
from autograder.exercises.mnist import solutions, unseen
from autograder.judging.judge import draw_cases, judge
from course import mnist

# ---- the data


def test_the_files_are_mnists_own_and_gzipped_without_a_date():
    for name, checksum in mnist.CHECKSUMS.items():
        packed = (mnist.FOLDER / f"{name}.gz").read_bytes()
        assert hashlib.md5(gzip.decompress(packed)).hexdigest() == checksum
        assert packed[4:8] == bytes(4)
        assert len(packed) < 12_000_000


def test_seventy_thousand_digits_in_three_parts():
    digits = mnist.load()
    assert [part.images.shape for part in digits] == [(50_000, 784), (10_000, 784), (10_000, 784)]
    assert [part.labels.shape for part in digits] == [(50_000,), (10_000,), (10_000,)]
    assert digits.train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert digits.test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    for part in digits:
        assert (part.images.min(), part.images.max()) == (0, 1)
        assert set(part.labels) == set(range(10))


def test_the_validation_images_are_the_last_of_the_training_file():
    pixels = np.frombuffer(
        gzip.decompress((mnist.FOLDER / "train-images-idx3-ubyte.gz").read_bytes()), np.uint8
    )[16:]
    wanted = pixels.reshape(60_000, 784)[50_000:50_010] / 255
    assert mnist.images("validation", 0, 10) == pytest.approx(wanted, abs=1e-15)


def test_what_is_loaded_belongs_to_whoever_asked():
    first = mnist.images("test", 0, 3)
    first += 1
    assert mnist.images("test", 0, 3).max() == 1


def test_another_part_is_refused():
    with pytest.raises(ValueError, match="train, validation, test"):
        mnist.images("exam")


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An empty folder in the place of course/data/mnist."""
    monkeypatch.setattr(mnist, "FOLDER", tmp_path)
    mnist._read.cache_clear()
    yield tmp_path
    mnist._read.cache_clear()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "missing"),
        (b"no gzip at all", "cannot be read"),
        (gzip.compress(b"cut off")[:-6], "cannot be read"),
        (gzip.compress(b"other bytes"), "damaged"),
    ],
)
def test_a_missing_or_damaged_file_says_what_to_do(elsewhere, content, said):
    if content is not None:
        (elsewhere / "t10k-labels-idx1-ubyte.gz").write_bytes(content)
    with pytest.raises(mnist.DataError, match=said) as caught:
        mnist.labels("test")
    assert "git checkout course/data" in str(caught.value)
    assert "t10k-labels-idx1-ubyte.gz" in str(caught.value)


# ---- digits as the input of an exercise


def test_digits_are_named_in_an_order_and_made_where_they_are_used():
    wanted = Digits("train", 20, 40, "images")
    assert len(dumps(wanted)) < 200
    assert loads(dumps(wanted)) == wanted
    one, two = make(wanted), make(wanted)
    assert one.shape == (20, 784) and one.dtype == np.float64 and one.flags.writeable
    assert np.array_equal(one, two) and not np.shares_memory(one, two)
    labels = make(wanted._replace(what="labels"))
    assert np.array_equal(make(wanted._replace(what="targets")), np.eye(10)[labels])


def test_a_change_to_a_very_large_input_is_noticed():
    def careless(X, labels, rng):
        X[7, 300] += 1e-3

    (case,) = draw_cases(find_exercise("mnist.reach_95"), 0)
    (record,) = probe("mnist.reach_95", (careless,), (case,), 20.0, False).observations[0]
    assert record.changed == (0,)
    (record,) = probe(
        "mnist.reach_95", (lambda X, labels, rng: None,), (case,), 20.0, False
    ).observations[0]
    assert record.changed == ()


# ---- how training is judged


def failed(name, function, seed=5):
    return {row.name.split(":")[0] for row in assess(name, function, seed=seed).rows if not row.ok}


def variant(
    batches=lambda order, size: [order[k : k + size] for k in range(0, len(order), size)],
    factor=lambda n: 1.0,
    frozen=False,
    after=True,
    told=lambda epoch, loss: (epoch, loss),
    dtype=float,
    other=lambda rows, rng: rows,
):
    """Mini-batch training with one thing replaced."""

    def sgd(X, T, sizes, epochs, size, eta, rng, progress=None):
        weights, biases = (
            [p.astype(dtype) for p in part] for part in solutions.initialise(sizes, rng)
        )
        history = []
        for epoch in range(epochs):
            before = solutions.cost(X, T, weights, biases)
            for rows in batches(rng.permutation(len(X)), size):
                dW, db = solutions.backprop(X[rows], T[other(rows, rng)], weights, biases)
                weights = [
                    W - eta * factor(len(rows)) * g for W, g in zip(weights, dW, strict=True)
                ]
                biases = [
                    b - (0 if frozen else eta * factor(len(rows)) * g)
                    for b, g in zip(biases, db, strict=True)
                ]
            history.append(solutions.cost(X, T, weights, biases) if after else before)
            if progress:
                progress(*told(epoch, history[-1]))
        return weights, biases, history

    return sgd


@pytest.mark.parametrize(
    "right",
    [variant(), variant(dtype=np.float32), variant(told=lambda epoch, loss: (epoch + 1, loss))],
)
def test_mini_batch_training_in_another_style_is_right(right):
    assert failed("mnist.sgd", right) == set()


@pytest.mark.parametrize(
    ("wrong", "row"),
    [
        (
            variant(
                batches=lambda order, size: [
                    order[k : k + size] for k in range(0, len(order) - size + 1, size)
                ]
            ),
            "an epoch",
        ),
        (variant(batches=lambda order, size: [order[:size]] * -(-len(order) // size)), "an epoch"),
        (variant(factor=lambda n: n), "one mini-batch"),
        (variant(factor=lambda n: -1), "one mini-batch"),
        (variant(frozen=True), "one mini-batch"),
        (variant(other=lambda rows, rng: rng.permutation(rows)), "one mini-batch"),
        (variant(after=False), "history[e]"),
        (variant(told=lambda epoch, loss: (loss, epoch)), "progress(epoch, loss) once an epoch"),
    ],
)
def test_a_mistake_in_training_fails_in_the_row_that_names_it(wrong, row):
    assert row in failed("mnist.sgd", wrong)


def test_a_scaled_start_is_not_the_decks():
    def scaled(sizes, rng):
        weights, biases = solutions.initialise(sizes, rng)
        return [W / np.sqrt(len(W)) for W in weights], biases

    assert failed("mnist.initialise", scaled) == {"deviation of the weights"}


@pytest.mark.parametrize(("epochs", "score"), [(1, 0.8), (6, 1.0)])
def test_four_fifths_of_the_points_from_92_per_cent_and_all_from_95(epochs, score):
    def train_network(X, labels, rng):
        X, T = X.astype(np.float32), solutions.one_hot(labels, 10).astype(np.float32)
        weights, biases = solutions.initialise([784, 60, 10], rng)
        weights, biases = (
            [(W / np.sqrt(len(W))).astype(X.dtype) for W in weights],
            [b.astype(X.dtype) for b in biases],
        )
        solutions.train_from(weights, biases, X, T, epochs, 10, 3.0 if epochs > 1 else 1.0, rng)
        return weights, biases

    exercise = find_exercise("mnist.reach_95")
    evidence = probe(
        exercise.name,
        (train_network,),
        draw_cases(exercise, 1, full=True),
        exercise.limit,
        exercise.repeat,
    )
    assert judge(exercise, loads(dumps(evidence))).score == pytest.approx(score)


@pytest.mark.parametrize(("full", "asked"), [(False, "validation"), (True, "test")])
def test_what_is_tried_again_and_again_asks_no_test_image(monkeypatch, full, asked):
    parts = set()

    def noted(digits):
        parts.add(digits.part)
        return make(digits)

    monkeypatch.setattr(unseen, "make", noted)
    exercise = find_exercise("mnist.reach_95")

    def train_network(X, labels, rng):
        return [np.zeros((784, 30)), np.zeros((30, 10))], [np.zeros(30), np.zeros(10)]

    cases = draw_cases(exercise, 1, full=full)
    evidence = probe(exercise.name, (train_network,), cases, exercise.limit, exercise.repeat)
    judge(exercise, loads(dumps(evidence)))
    assert parts & {"test", "validation"} == {asked}


def test_the_quick_trial_says_that_it_is_one():
    verdict = assess(
        "mnist.reach_95", lambda X, labels, rng: ([np.zeros((784, 10))], [np.zeros(10)]), seed=1
    )
    assert "quick trial" in str(verdict)
    assert "50,000" in str(verdict)
    assert verdict.score < 0.5
