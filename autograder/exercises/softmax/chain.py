"""Lesson 6: what a later quantity is, given the student's own earlier ones (`own`), and what the
lesson names on the way."""

from __future__ import annotations

import numpy as np

from autograder.exercises.softmax.solutions import cross_entropy, softmax


def last_loss(at, own):
    """The loss after the last step is that of the W and b that came back; what was before them did
    not come back."""
    return np.array([*own["losses"][:-1], cross_entropy(softmax(at.X @ own["W"] + own["b"]), at.T)])


REGRESSION = {"W": None, "b": None, "losses": last_loss}


def rows_and_classes(P, T):
    """How many rows and classes there are: n and k."""
    return {"n": T.shape[0], "k": T.shape[1]}


def probabilities(Z, T):
    """What the lesson names on the way: P (n, k), P/n and T/n."""
    P = softmax(Z)
    return {"P": P, "P/n": P / len(P), "T/n": T / len(P), **rows_and_classes(Z, T)}


def from_logits(Z, T):
    """What stands on the way of the loss from logits: ln p beside rows and classes."""
    return {"ln p": np.log(softmax(Z)), **rows_and_classes(Z, T)}


def layer(H, W, b, T):
    """What the lesson names on the way: P and the gradient on the logits, both (n, k)."""
    P = softmax(H @ W + b)
    return {"P": P, "dZ": (P - T) / len(T), **rows_and_classes(P, T)}


def regression(X, T, eta, steps):
    """What the lesson names on the way: n and k."""
    return rows_and_classes(X, T)
