"""How fast the digit classifier trains, beside the deck's way, PyTorch's, and the least that the
arithmetic can take.

    python benchmarks/mnist.py [--epochs 2] [--rounds 3]

All contenders train [784, 30, 10] on the same 50,000 images, mini-batches of 10, η = 3, on one
thread, in one process, taking turns; the best round of each counts. PyTorch is left out, with a
message, where it is not installed.
"""

from __future__ import annotations

import os

for name in (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
):
    os.environ[name] = "1"  # before numpy is imported; products this small do not gain from threads

import argparse
import random
import time
from collections.abc import Callable

import numpy as np

from autograder.exercises.mnist.solutions import backprop, cost, initialise, sgd
from course import mnist

SIZES, SIZE, ETA = [784, 30, 10], 10, 3.0
TARGETS = {"per-example": (">=", 7.0), "PyTorch eager": (">=", 5.0), "matrix products": ("<=", 2.0)}


def solution(X, T):
    """The solution of `mnist.sgd`: C on all images after every epoch included."""
    return lambda epochs: sgd(X, T, SIZES, epochs, SIZE, ETA, np.random.default_rng(2))[2][-1]


def as_in_the_lesson(X, T):
    """The same with the gradients of `mnist.backprop`, kept and then subtracted: the version a
    student writes."""

    def run(epochs):
        rng = np.random.default_rng(2)
        weights, biases = ([p.astype(X.dtype) for p in part] for part in initialise(SIZES, rng))
        for _ in range(epochs):
            order = rng.permutation(len(X))
            for k in range(0, len(X), SIZE):
                dweights, dbiases = backprop(
                    X[order[k : k + SIZE]], T[order[k : k + SIZE]], weights, biases
                )
                for p, g in zip(weights + biases, dweights + dbiases, strict=True):
                    p -= ETA * g
            loss = cost(X, T, weights, biases)
        return loss

    return run


def per_example(X, T):
    """The algorithm of the deck's listing: one column at a time, gradients added up in lists. Its
    own convention, W (to, from)."""

    def sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))

    def gradient(x, t, weights, biases):
        a, activations, zs = x, [x], []
        for W, b in zip(weights, biases):
            zs.append(np.dot(W, a) + b)
            a = sigmoid(zs[-1])
            activations.append(a)
        slope = lambda z: sigmoid(z) * (1 - sigmoid(z))
        delta = (activations[-1] - t) * slope(zs[-1])
        db, dW = [delta], [np.dot(delta, activations[-2].T)]
        for l in range(2, len(SIZES)):
            delta = np.dot(weights[-l + 1].T, delta) * slope(zs[-l])
            db.insert(0, delta)
            dW.insert(0, np.dot(delta, activations[-l - 1].T))
        return db, dW

    def run(epochs):
        rng = np.random.default_rng(2)
        weights = [rng.normal(size=(m, n)) for n, m in zip(SIZES, SIZES[1:])]
        biases = [rng.normal(size=(m, 1)) for m in SIZES[1:]]
        for _ in range(epochs):
            random.shuffle(pairs)
            for k in range(0, len(pairs), SIZE):
                batch = pairs[k : k + SIZE]
                sum_b, sum_W = (
                    [np.zeros(b.shape) for b in biases],
                    [np.zeros(W.shape) for W in weights],
                )
                for x, t in batch:
                    db, dW = gradient(x, t, weights, biases)
                    sum_b = [total + part for total, part in zip(sum_b, db)]
                    sum_W = [total + part for total, part in zip(sum_W, dW)]
                weights = [W - (ETA / len(batch)) * g for W, g in zip(weights, sum_W)]
                biases = [b - (ETA / len(batch)) * g for b, g in zip(biases, sum_b)]
        return cost(X, T, [W.T for W in weights], [b[:, 0] for b in biases])

    pairs = [(x[:, None], t[:, None]) for x, t in zip(X, T)]
    return run


def pytorch(X, T):
    """PyTorch's own layers, loss and optimiser, eager; None where it cannot be imported."""
    try:
        import torch
    except ImportError as problem:
        print(f"PyTorch is left out: {str(problem)[:90]}")
        return None
    torch.set_num_threads(1)
    images, targets = torch.from_numpy(X), torch.from_numpy(T)

    def run(epochs):
        torch.manual_seed(0)
        net = torch.nn.Sequential(
            torch.nn.Linear(784, 30),
            torch.nn.Sigmoid(),
            torch.nn.Linear(30, 10),
            torch.nn.Sigmoid(),
        )
        optimiser = torch.optim.SGD(net.parameters(), lr=ETA)
        for _ in range(epochs):
            order = torch.randperm(len(images))
            for k in range(0, len(images), SIZE):
                batch = order[k : k + SIZE]
                optimiser.zero_grad()
                loss = ((net(images[batch]) - targets[batch]) ** 2).sum() / (2 * len(batch))
                loss.backward()
                optimiser.step()
            with torch.no_grad():
                whole = ((net(images) - targets) ** 2).sum() / (2 * len(images))
        return float(whole)

    return run


def matrix_products(X, T):
    """Nothing but the products of an epoch, into arrays that are there already: five a mini-batch,
    two for C on all images."""
    rng = np.random.default_rng(2)
    W, V = (p.astype(X.dtype) for p in initialise(SIZES, rng)[0])
    h, y, dW, dV = (
        np.empty((SIZE, 30), X.dtype),
        np.empty((SIZE, 10), X.dtype),
        np.empty_like(W),
        np.empty_like(V),
    )
    H, Y = np.empty((len(X), 30), X.dtype), np.empty((len(X), 10), X.dtype)

    def run(epochs):
        for _ in range(epochs):
            for k in range(0, len(X) - SIZE + 1, SIZE):
                x, t = X[k : k + SIZE], T[k : k + SIZE]
                np.matmul(x, W, out=h)
                np.matmul(h, V, out=y)
                np.matmul(h.T, t, out=dV)
                np.matmul(t, V.T, out=h)
                np.matmul(x.T, h, out=dW)
            np.matmul(X, W, out=H)
            np.matmul(H, V, out=Y)
        return float("nan")

    return run


def measure(
    contenders: dict[str, Callable], epochs: int, rounds: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Best seconds an epoch, and the loss reached, of every contender; they take turns."""
    best, losses = dict.fromkeys(contenders, float("inf")), {}
    for _ in range(rounds):
        for name, run in contenders.items():
            started = time.perf_counter()
            losses[name] = run(epochs)
            best[name] = min(best[name], (time.perf_counter() - started) / epochs)
    return best, losses


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=1, help="epochs in a round (1)")
    parser.add_argument(
        "--rounds", type=int, default=4, help="turns that every contender takes (4)"
    )
    options = parser.parse_args()
    X = mnist.images("train", dtype=np.float32)
    T = np.eye(10, dtype=np.float32)[mnist.labels("train")]
    makers = {
        "solution": solution,
        "as in the lesson": as_in_the_lesson,
        "per-example": per_example,
        "PyTorch eager": pytorch,
        "matrix products": matrix_products,
    }
    contenders = {name: run for name, make in makers.items() if (run := make(X, T)) is not None}
    best, losses = measure(contenders, options.epochs, options.rounds)
    print(f"{'':<18}{'s an epoch':>12}{'to the solution':>18}{'target':>10}   C at the end")
    for name, seconds in best.items():
        if name in TARGETS:
            sign, goal = TARGETS[name]
            ratio = best["solution"] / seconds if sign == "<=" else seconds / best["solution"]
            met = ratio <= goal if sign == "<=" else ratio >= goal
            told = f"{ratio:>17.1f}×{f'{sign} {goal:g}':>10}   {'met' if met else 'missed':<7}"
        else:
            told = f"{seconds / best['solution']:>17.1f}×{'':>20}"
        print(
            f"{name:<18}{seconds:>12.3f}{told}{'' if np.isnan(losses[name]) else f'{losses[name]:.4f}'}"
        )
    print(
        "per-example and PyTorch: how many times longer than the solution; matrix products: how"
        " many times longer the solution takes."
    )


if __name__ == "__main__":
    main()
