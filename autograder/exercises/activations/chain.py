"""Lesson 2, step by step: each quantity from what was given (`at`) and from the student's own
quantities before it (`own`)."""

from __future__ import annotations

import numpy as np

from autograder.exercises.activations.solutions import sigmoid


def of_sigmoid(z):
    """What a wrong σ or σ′ may be made of: tanh z, a = σ(z), σ(a)."""
    return {"tanh(z)": np.tanh(z), "a": sigmoid(z), "σ(a)": sigmoid(sigmoid(z))}


def of_tanh(z):
    """What a wrong slope of tanh may be made of: a = tanh z, tanh a."""
    return {"a": np.tanh(z), "tanh(a)": np.tanh(np.tanh(z))}


def of_relu(z):
    """What a wrong ReLU may be made of: |z|, min(0, z), z itself."""
    return {"|z|": np.abs(z), "min(0, z)": np.minimum(0.0, z), "z": z}


def of_leaky(z, alpha=0.01):
    """What a wrong leaky ReLU may be made of: αz, max(0, z), 0.01z."""
    return {
        "alpha z": alpha * np.asarray(z),
        "ReLU(z)": np.maximum(0.0, z),
        "0.01 z": 0.01 * np.asarray(z),
    }


def of_prelu(z, alpha, upstream):
    """What a wrong dα may be made of: sums over z with and without the upstream gradient, and how
    many entries there are."""
    low, high = np.minimum(z, 0.0), np.maximum(z, 0.0)
    return {
        "Σ min(z, 0)": np.sum(low),
        "Σ upstream z": np.sum(upstream * np.asarray(z)),
        "Σ upstream max(z, 0)": np.sum(upstream * high),
        "Σ upstream min(z, 0)": np.sum(upstream * low),
        "number of entries": np.size(z),
    }


def of_maxout(x, W, b, upstream):
    """What a wrong maxout gradient may be made of: the sum of the rows of W, and W x + b, (k,)."""
    return {"the sum of the rows of W": W.sum(axis=0), "W x + b": W @ x + b}


SIGMOID_CHAIN = {
    "sigmoid": lambda at, own: sigmoid(at.z),
    "sigmoid_derivative": lambda at, own: own["sigmoid"] * (1 - own["sigmoid"]),  # σ′ = σ (1 - σ)
}


def winner(own):
    """The student's winner as an index. Pieces count from 0, so a negative number is none."""
    number = int(own["maxout: winner"])
    if number < 0:
        raise IndexError(number)
    return number


def row_of_winner(shape, own, value):
    """Zeros, but for the winner's row or entry."""
    found = np.zeros(shape)
    found[winner(own)] = value
    return found


MAXOUT_CHAIN = {
    "maxout: winner": lambda at, own: np.argmax(at.W @ at.x + at.b),
    "maxout: value": lambda at, own: (at.W @ at.x + at.b)[winner(own)],
    "maxout_gradients: x": lambda at, own: at.upstream * at.W[winner(own)],
    "maxout_gradients: W": lambda at, own: row_of_winner(at.W.shape, own, at.upstream * at.x),
    "maxout_gradients: b": lambda at, own: row_of_winner(at.b.shape, own, at.upstream),
}
