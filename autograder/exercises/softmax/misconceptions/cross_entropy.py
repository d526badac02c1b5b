"""Slips in cross-entropy, in nats and in bits."""

from __future__ import annotations

import numpy as np

from autograder.exercises.softmax.solutions import (
    cross_entropy,
    cross_entropy_bits,
    plogq,
    softmax,
)
from autograder.exercises.softmax.wrong import (
    each,
    largest,
)

CROSS_ENTROPY = (
    (
        "0 · log 0 is nan",
        (
            "Where p and t are both 0, numpy computes 0 · (-inf) = nan, and the whole mean is lost."
            " The term is 0: a class that cannot be right costs nothing. Use only the entries with"
            " t > 0, or put a harmless number into the logarithm there."
        ),
        (lambda P, T: -np.mean(np.sum(T * np.log(P), axis=1)), None),
    ),
    *each(
        "minus sign missing",
        "Your loss is negative. Logarithms of probabilities are negative, so the sum needs a minus"
        " sign in front; the deck's slide has lost it.",
        (lambda P, T: -cross_entropy(P, T), None),
        (None, lambda p, q: -cross_entropy_bits(p, q)),
    ),
    (
        "sum over the rows",
        (
            "You added up the rows. The loss is their mean: divide by n, so that it does not grow"
            " with the batch."
        ),
        (lambda P, T: len(T) * cross_entropy(P, T), None),
    ),
    (
        "mean over the classes too",
        (
            "You averaged over all n · k entries (np.mean without an axis does). Sum over the"
            " classes, average over the rows only."
        ),
        (lambda P, T: cross_entropy(P, T) / T.shape[1], None),
    ),
    (
        "mean over the entries with t > 0",
        (
            "You averaged over the entries with t > 0. With one-hot targets there is one in each row,"
            " so it is right there; in general divide the sum by the number of rows, len(T)."
        ),
        (lambda P, T: -np.mean(T[T > 0] * np.log(P[T > 0])), None),
    ),
    (
        "the logarithm of the sum",
        (
            "Your logarithm stands before the sum: ln Σ t p. It belongs to each p: Σ t ln p. For"
            " one-hot targets the two are equal."
        ),
        (lambda P, T: -np.mean(np.log(np.sum(P * T, axis=1))), None),
    ),
    *each(
        "one value for each row",
        "One number is wanted: the mean over the rows. You returned the losses of the rows.",
        (lambda P, T: -np.sum(plogq(T, P), axis=1), None),
        (lambda P, T: -np.sum(T * np.log(P), axis=1), None),
    ),
    (
        "bits instead of nats",
        (
            "You used log₂. In the loss the logarithm is the natural one, because then the gradient"
            " is p - t without a factor; log₂ is for the other function."
        ),
        (lambda P, T: cross_entropy(P, T) / np.log(2), None),
    ),
    *each(
        "base 10",
        "You used log10. The loss takes the natural logarithm, the bits take log₂.",
        (lambda P, T: cross_entropy(P, T) / np.log(10), None),
        (None, lambda p, q: cross_entropy_bits(p, q) * np.log10(2)),
    ),
    *each(
        "only where the target is exactly 1",
        "You took ln P where T == 1. With one-hot targets that is the right class of each row. "
        "In soft targets no entry is exactly 1, "
        "and nothing is left to add up: every class counts with its t, -Σ t ln p.",
        (lambda P, T: -np.mean(np.log(P[T == 1])), None),
        (lambda P, T: -np.sum(np.log(P[T == 1])) / len(T), None),
    ),
    (
        "roles of P and T exchanged",
        (
            "You computed -Σ P ln T. The target stands in front, the prediction inside the"
            " logarithm: with a one-hot target your version takes ln 0."
        ),
        (lambda P, T: -np.mean(np.sum(P * np.log(T), axis=1)), None),
    ),
    (
        "the other classes as well",
        (
            "You added (1 - t) ln(1 - p) for every class. That is the binary loss of k separate"
            " yes-no questions. Softmax probabilities already sum to 1; the loss is -Σ t ln p"
            " alone."
        ),
        (lambda P, T: cross_entropy(P, T) - np.sum(plogq(1 - T, 1 - P)) / len(T), None),
    ),
    (
        "only the likeliest class of the target",
        (
            "You took the logarithm at the largest t only. That is right for one-hot targets; in "
            "general every class counts with its t."
        ),
        (lambda P, T: cross_entropy(P, largest(T)), None),
    ),
    (
        "softmax applied once more",
        "P holds probabilities already. You put them through softmax again.",
        (lambda P, T: cross_entropy(softmax(P), T), None),
    ),
    (
        "squared error",
        "You computed the squared error Σ (p - t)². Cross-entropy is -Σ t ln p.",
        (lambda P, T: np.sum((P - T) ** 2) / len(T), None),
    ),
    (
        "nats instead of bits",
        (
            "You used the natural logarithm. Bits count with log₂ (divide by ln 2): the deck's"
            " coins give 1.42 bits, which is 0.984 nats."
        ),
        (None, lambda p, q: cross_entropy_bits(p, q) * np.log(2)),
    ),
    (
        "roles of p and q exchanged",
        (
            "You computed -Σ p log₂ q. Here q is the truth and p the prediction, and only the"
            " prediction goes into the logarithm: -Σ q log₂ p. Cross-entropy is not symmetric."
        ),
        (None, lambda p, q: cross_entropy_bits(q, p)),
    ),
    (
        "Kullback–Leibler divergence",
        (
            "You subtracted H(q). What is left is the KL divergence; the cross-entropy is the whole"
            " -Σ q log₂ p."
        ),
        (None, lambda p, q: cross_entropy_bits(p, q) - cross_entropy_bits(q, q)),
    ),
    (
        "entropy of the truth",
        "You computed -Σ q log₂ q, the entropy of q. The prediction p does not occur in it.",
        (None, lambda p, q: cross_entropy_bits(q, q)),
    ),
)
