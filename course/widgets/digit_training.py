"""A digit network in training: it can be stopped at any mini-batch, continued, and repeated from
its seed.

The network and the rule are those of University of Central Florida, CAP 4453 Robot Vision, lecture
17 "Introduction to Deep Learning II", after Nielsen, "Neural Networks and Deep Learning": logistic
units, C = 1/2n Σ ‖a_L - t‖², weights
``W`` (from, to), one example a row. Single precision throughout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from course import mnist
from course.mnist import Split

#: How the weights start: the deck's rule, and one that keeps the first units out of saturation.
STARTS = {"N(0, 1), the deck's": lambda inputs: 1.0, "N(0, 1/inputs)": lambda inputs: inputs**-0.5}


def forward(X: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]) -> list[np.ndarray]:
    """The activations of all layers, [X, a_1, …, a_L]; X is (n, inputs)."""
    a = [X]
    with np.errstate(over="ignore"):  # e^-z may be infinite; σ is 0 then, as it should be
        for W, b in zip(weights, biases, strict=True):
            a.append(1 / (1 + np.exp(-(a[-1] @ W + b))))
    return a


def gradients(
    X, T, weights, biases, slope: bool = True
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """∂C/∂W and ∂C/∂b of all layers, for the rows of X (n, inputs) and targets T (n, outputs).

    Without `slope` the factor a (1 - a) of the last delta is left out: what remains is the gradient
    of the cross-entropy -1/n Σ t ln a + (1 - t) ln(1 - a).
    """
    a = forward(X, weights, biases)
    delta = (a[-1] - T) / len(X)
    if slope:
        delta = delta * a[-1] * (1 - a[-1])
    dweights, dbiases = [], []
    for k in reversed(range(len(weights))):
        dweights.append(a[k].T @ delta)
        dbiases.append(delta.sum(axis=0))
        if k:
            delta = (delta @ weights[k].T) * a[k] * (1 - a[k])
    return dweights[::-1], dbiases[::-1]


class DigitTraining:
    """Stochastic gradient descent on digits, mini-batch by mini-batch.

    Parameters
    ----------
    train, validation : course.mnist.Split
        Images to learn from and images to watch.
    sizes : sequence of int
        Units of every layer.
    eta : float
        Learning rate. May be changed at any time, and so may `size`.
    size : int
        Images in a mini-batch.
    seed : int
        Decides the start and every shuffle.
    start : str
        A key of `STARTS`.
    slope : bool
        False leaves the factor a (1 - a) out of the last delta, as `gradients` does.

    Attributes
    ----------
    weights, biases : lists of arrays
        The network as it is now.
    updates : int
        Mini-batches so far.
    seen : int
        Images so far; `epochs` is this in epochs.
    log : dict of lists
        What `measure` found: "epochs", "loss" (C on a sample of the training images), "accuracy" (a
        fraction of the validation images) and "norms" (one length of ∂C/∂W a layer, on the same
        sample).
    """

    def __init__(
        self,
        train: Split,
        validation: Split,
        sizes=(784, 30, 10),
        eta=3.0,
        size=10,
        seed=0,
        start="N(0, 1), the deck's",
        slope=True,
    ):
        self.train, self.validation, self.sizes = train, validation, tuple(sizes)
        self.slope = slope
        self.eta, self.size, self.seed = eta, size, seed
        self.start: str = start
        self.X = train.images.astype(np.float32, copy=False)
        self.T = np.eye(self.sizes[-1], dtype=np.float32)[train.labels]
        self.restart()

    def restart(self) -> None:
        """Back to the start of this seed."""
        self._rng = np.random.default_rng(self.seed)
        scale = STARTS[self.start]
        pairs = list(zip(self.sizes, self.sizes[1:]))
        self.weights = [
            (scale(n) * self._rng.normal(size=(n, m))).astype(np.float32) for n, m in pairs
        ]
        self.biases = [self._rng.normal(size=m).astype(np.float32) for m in self.sizes[1:]]
        self._order, self._place = self._rng.permutation(len(self.X)), 0
        self.updates = self.seen = 0
        self.log = {"epochs": [], "loss": [], "accuracy": [], "norms": []}
        self.measure()

    @property
    def epochs(self) -> float:
        """How many times every image has been used."""
        return self.seen / len(self.X)

    def advance(self, updates: int) -> None:
        """Train on so many mini-batches. A new epoch draws a new order; the last mini-batch of one
        may be short."""
        for _ in range(updates):
            if self._place >= len(self.X):
                self._order, self._place = self._rng.permutation(len(self.X)), 0
            rows = self._order[self._place : self._place + self.size]
            dweights, dbiases = gradients(
                self.X[rows], self.T[rows], self.weights, self.biases, self.slope
            )
            for p, g in zip(self.weights + self.biases, dweights + dbiases, strict=True):
                p -= self.eta * g  # p ← p - η ∂C/∂p
            self._place += len(rows)
            self.updates += 1
            self.seen += len(rows)

    def save(self, path: str | Path) -> None:
        """Write the whole state to a file: parameters, place in the order, generator.

        It is written beside the old file and then takes its place. Whoever kills the program in the
        middle of it finds the old file whole.
        """
        path = Path(path)
        beside = path.with_name(path.name + ".new")
        place = {
            "place": self._place,
            "updates": self.updates,
            "seen": self.seen,
            "generator": self._rng.bit_generator.state,
        }
        with open(beside, "wb") as file:
            np.savez(
                file,
                order=self._order,
                state=np.array(json.dumps(place)),
                **{f"W{k}": W for k, W in enumerate(self.weights)},
                **{f"b{k}": b for k, b in enumerate(self.biases)},
            )
        os.replace(beside, path)

    def resume(self, path: str | Path) -> DigitTraining:
        """Go on from what `save` wrote. Returns itself. The log begins anew.

        Raises
        ------
        OSError
            When there is no such file.
        ValueError
            When it was saved by a network of other sizes.
        """
        with np.load(path) as kept:
            weights = [kept[f"W{k}"] for k in range(len(self.weights)) if f"W{k}" in kept]
            more = f"W{len(self.weights)}" in kept
            if more or [W.shape for W in weights] != [W.shape for W in self.weights]:
                raise ValueError(f"{path} holds a network of other sizes than {self.sizes}")
            self.weights = weights
            self.biases = [kept[f"b{k}"] for k in range(len(self.biases))]
            self._order, place = kept["order"], json.loads(str(kept["state"]))
        self._place, self.updates, self.seen = place["place"], place["updates"], place["seen"]
        self._rng.bit_generator.state = place["generator"]
        self.log = {"epochs": [], "loss": [], "accuracy": [], "norms": []}
        self.measure()
        return self

    def run(self, epochs: float, measures: int = 5) -> DigitTraining:
        """Train for so many epochs more and measure so many times in each. Returns itself."""
        goal = self.seen + round(epochs * len(self.X))
        step = max(1, len(self.X) // measures // self.size)
        while self.seen < goal:
            self.advance(min(step, -(-(goal - self.seen) // self.size)))
            self.measure()
        return self

    def measure(self, sample: int = 1000) -> None:
        """Append the state of things to `log`."""
        X, T = self.X[:sample], self.T[:sample]
        wrong = forward(X, self.weights, self.biases)[-1] - T
        dweights, _ = gradients(X, T, self.weights, self.biases)
        answers = forward(self.validation.images, self.weights, self.biases)[-1].argmax(axis=1)
        self.log["epochs"].append(self.epochs)
        self.log["loss"].append(float(np.sum(wrong**2)) / (2 * len(X)))
        self.log["accuracy"].append(float(np.mean(answers == self.validation.labels)))
        self.log["norms"].append([float(np.linalg.norm(g)) for g in dweights])

    def silent(self) -> list[int]:
        """The digits that the network never answers on the validation images."""
        answers = forward(self.validation.images, self.weights, self.biases)[-1].argmax(axis=1)
        return [k for k in range(self.sizes[-1]) if not np.any(answers == k)]


#: What the program does that `train_and_kill` kills; it would never end by itself.
_ENDLESS = """
from course import mnist
from course.widgets.digit_training import DigitTraining
digits = mnist.load()
run = DigitTraining(digits.train, digits.validation, seed={seed})
while True:
    run.advance({every})
    run.save({path!r})
"""


def train_and_kill(path: str | Path, seed: int, every: int = 200, patience: float = 120.0) -> None:
    """Let another Python train on the digits and save every so many updates; kill it without
    warning.

    It is killed half a second after its first save, wherever it is then. In a browser's tab there is
    only one Python: there it trains in this one, and what it did after its first save is dropped.

    Parameters
    ----------
    path
        Where it saves. An older file of this name is removed first.
    seed, every
        As `DigitTraining` takes the seed; updates between two saves.
    patience
        Seconds to wait for the first save.

    Raises
    ------
    RuntimeError
        When nothing was saved: the program ended by itself, or took too long.
    """
    path = Path(path).resolve()
    path.unlink(missing_ok=True)
    if sys.platform == "emscripten":
        _train_and_drop(path, seed, every)
        return
    program = _ENDLESS.format(seed=seed, every=every, path=str(path))
    child = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + patience
    while not path.exists() and child.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.5)
    child.kill()
    child.wait()
    if not path.exists():
        raise RuntimeError("the other Python has saved nothing; run the cell again")


def _train_and_drop(path: Path, seed: int, every: int) -> None:
    """As far as `train_and_kill` goes where no other Python can be started."""
    digits = mnist.load()
    run = DigitTraining(digits.train, digits.validation, seed=seed)
    run.advance(every)
    run.save(path)
    run.advance(every // 2)  # lost, as what a killed program did
    print(
        "No other Python runs in a browser's tab: this one has trained, and forgets what it did after it saved."
    )
