"""Slips in softmax itself: its rows, its two-class form, its Jacobian."""

from __future__ import annotations

import numpy as np

from autograder.exercises.softmax.solutions import (
    sigmoid_by_tanh,
    softmax,
    softmax_jacobian,
)
from autograder.exercises.softmax.wrong import (
    columns,
    each,
    jacobian_with,
    largest,
    off_diagonal_positive,
    rescaled,
    shift_in_place,
    shifted_exp,
)

SOFTMAX = (
    *each(
        "no shift by the maximum",
        "On ordinary logits your function is right, but e^1000 is too large for a float: numpy has"
        " inf, and inf/inf is nan; far below zero it is 0/0. Adding one number to all logits of a"
        " row changes nothing, so subtract the row's maximum first.",
        lambda Z: rescaled(np.exp(Z)),
        lambda Z: np.nan_to_num(rescaled(np.exp(Z))),
    ),
    *each(
        "one maximum for the whole batch",
        "What you subtract is not each row's own largest logit (the largest of the whole batch, of"
        " the first row, or the largest |z|, say). A row that lies far below it underflows: all its"
        " exponentials are 0, and 0/0 is nan. Take Z.max(axis=1, keepdims=True).",
        lambda Z: rescaled(np.exp(Z - Z.max())),
        lambda Z: rescaled(np.exp(Z - Z[0].max())),
        lambda Z: rescaled(np.exp(Z - np.abs(Z).max(axis=1, keepdims=True))),
    ),
    *each(
        "shifted by something other than the maximum",
        "You subtract a number of the row that is not its largest, such as the mean or the minimum."
        " That changes nothing in the result, but a logit far above that number still overflows."
        " Only with the maximum is every exponent 0 or less.",
        lambda Z: rescaled(np.exp(Z - Z.mean(axis=1, keepdims=True))),
        lambda Z: rescaled(np.exp(Z - Z.min(axis=1, keepdims=True))),
    ),
    (
        "each column's maximum",
        (
            "Z.max(axis=0) is the largest of each column. The logits of a row are then shifted by"
            " different numbers, and their differences are lost. Each row is shifted by its own"
            " maximum: Z.max(axis=1, keepdims=True)."
        ),
        lambda Z: rescaled(np.exp(Z - Z.max(axis=0))),
    ),
    (
        "clipped instead of shifted",
        (
            "You cut large logits off. Then 1000 and 998 become the same number and their"
            " difference is lost, and differences are all that softmax sees. Subtract the row's"
            " maximum instead."
        ),
        lambda Z: rescaled(np.exp(np.clip(Z, -500, 500))),
    ),
    *each(
        "normalised down the columns",
        "Your columns sum to 1. A row is one example and its classes lie along axis 1: divide by "
        "E.sum(axis=1, keepdims=True).",
        columns,
        lambda Z: rescaled(np.exp(Z), 0),
        lambda Z: rescaled(shifted_exp(Z), 0),
    ),
    *each(
        "one sum for the whole batch",
        "All your numbers together sum to 1. Every row is a distribution of its own: sum along axis"
        " 1, keeping the dimension.",
        lambda Z: shifted_exp(Z) / shifted_exp(Z).sum(),
        lambda Z: np.exp(Z) / np.exp(Z).sum(),
        lambda Z: np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(),
    ),
    *each(
        "keepdims forgotten",
        "Z.max(axis=1) and E.sum(axis=1) have shape (n,), and numpy lines that up with the columns."
        " With as many rows as classes it raises no error and gives wrong numbers. keepdims=True"
        " gives (n, 1), one number for each row.",
        lambda Z: np.exp(Z - Z.max(axis=1)) / np.exp(Z - Z.max(axis=1)).sum(axis=1),
        lambda Z: shifted_exp(Z) / shifted_exp(Z).sum(axis=1),
    ),
    *each(
        "not normalised",
        "Your rows do not sum to 1. Divide the exponentials of a row by their sum.",
        shifted_exp,
        np.exp,
    ),
    (
        "no exponential",
        (
            "You divided the logits by their sum. Logits may be negative, and so would these"
            " “probabilities” be. First e^z, which is always positive, then divide."
        ),
        rescaled,
    ),
    (
        "sign of the exponent",
        "Your largest probability goes to the smallest logit: you took e^(-z). Softmax takes e^z.",
        lambda Z: softmax(-Z),
    ),
    (
        "base 2 instead of e",
        (
            "You used powers of 2. Softmax uses e^z; in base 2 every difference counts ln 2 = 0.69"
            " times as much."
        ),
        lambda Z: softmax(Z * np.log(2)),
    ),
    (
        "a sigmoid for each logit",
        (
            "You squashed each logit by itself. Softmax makes the classes compete: each e^z is"
            " divided by the sum over the whole row, so that the row sums to 1."
        ),
        lambda Z: 0.5 * (1 + np.tanh(0.5 * Z)),
    ),
    (
        "the logarithm of softmax",
        "You returned ln p. Take the exponential: the probabilities themselves are wanted.",
        lambda Z: np.log(softmax(Z)),
    ),
    (
        "softmax taken twice",
        (
            "You applied softmax to its own result, which makes the probabilities more equal. Once"
            " is enough."
        ),
        lambda Z: softmax(softmax(Z)),
    ),
    (
        "hard maximum",
        (
            "You gave the largest logit everything. Softmax gives it the most, and the others their"
            " share: e^z divided by the sum."
        ),
        lambda Z: largest(Z),
    ),
    (
        "the shift changes the caller's array",
        (
            "The numbers are right, but `Z -= …` changes the array that was handed in. Write "
            "Z = Z - Z.max(axis=1, keepdims=True), which makes a new one."
        ),
        shift_in_place,
    ),
)

JACOBIAN = (
    (
        "p in every row in place of the diagonal",
        (
            "`p - np.outer(p, p)` adds p to every row of the outer product: numpy lines the k"
            " numbers up with the columns. The p belong on the diagonal only: np.diag(p)."
        ),
        jacobian_with(lambda p: p - np.outer(p, p)),
    ),
    (
        "1 on the diagonal instead of p",
        (
            "Your diagonal is 1 - p_i². In p_i (δ_ij - p_j) the factor p_i stands before the"
            " bracket: the diagonal is p_i - p_i², np.diag(p) in place of the identity."
        ),
        jacobian_with(lambda p: np.eye(len(p)) - np.outer(p, p)),
    ),
    *each(
        "`@` between two vectors",
        "`p @ p.T` is one number, Σ p²: p has one axis, so `.T` changes nothing and `@` adds "
        "the products up. The table of all "
        "products p_i p_j is the outer product.",
        jacobian_with(lambda p: np.diag(p) - p @ p),
        jacobian_with(lambda p: p - p @ p),
    ),
    (
        "p · p entry by entry",
        (
            "`p * p` has k numbers, not k × k, and numpy takes them away from every row alike. Row"
            " i, column j needs p_i p_j, the outer product."
        ),
        jacobian_with(lambda p: np.diag(p) - p * p),
    ),
    (
        "diagonal only",
        (
            "Off the diagonal you have zeros. But raising one logit lowers every other probability,"
            " because all are divided by the same sum: ∂p_i/∂z_j = -p_i p_j for i ≠ j."
        ),
        jacobian_with(lambda p: np.diag(p * (1 - p))),
    ),
    (
        "diagonal as a vector",
        (
            "k numbers came back where k × k are wanted. Every one of the k probabilities depends"
            " on every one of the k logits, so there are k² derivatives."
        ),
        jacobian_with(lambda p: p * (1 - p)),
    ),
    *each(
        "off-diagonal sign lost",
        "Off the diagonal your signs are positive. If one logit rises, the other probabilities"
        " fall: -p_i p_j.",
        jacobian_with(off_diagonal_positive),
    ),
    (
        "the outer product added",
        (
            "You added the outer product. It is subtracted: J = diag(p) - p pᵀ. So the diagonal is"
            " p_i - p_i², and the other entries are -p_i p_j."
        ),
        jacobian_with(lambda p: np.diag(p) + np.outer(p, p)),
    ),
    *each(
        "a batch of one row for p",
        "Your p has shape (1, k), a batch of one row. np.diag of that picks out a single number."
        " Take the row itself: softmax(z[None, :])[0].",
        jacobian_with(lambda p: np.diag(p[None]) - np.outer(p, p)),
        jacobian_with(lambda p: np.diag(p[None]) - p[None] @ p[None].T),
    ),
    (
        "case i = j left out",
        (
            "You have -p_i p_j everywhere. On the diagonal the numerator e^z_i moves as well, which"
            " adds p_i: p_i (1 - p_i)."
        ),
        jacobian_with(lambda p: -np.outer(p, p)),
    ),
    (
        "case i = j everywhere",
        "You have p_i (1 - p_j) everywhere. The 1 belongs to the diagonal only: p_i (δ_ij - p_j).",
        jacobian_with(lambda p: np.outer(p, 1 - p)),
    ),
    (
        "logits in place of probabilities",
        "You put z into p_i (δ_ij - p_j). The formula holds for p = softmax(z).",
        lambda z: np.diag(z) - np.outer(z, z),
    ),
    (
        "softmax taken twice",
        "You took softmax of softmax(z). The derivatives are wanted at z.",
        jacobian_with(lambda p: softmax_jacobian(p)),
    ),
    (
        "no shift by the maximum",
        (
            "For ordinary logits your Jacobian is right. At 1000 e^z overflows: subtract the"
            " largest logit first."
        ),
        jacobian_with(lambda p: np.diag(p) - np.outer(p, p), lambda z: np.exp(z) / np.exp(z).sum()),
    ),
)

TWO_CLASSES = (
    (
        "the second entry",
        (
            "You returned the probability of the second class, σ(-z). The first entry of"
            " softmax((z, 0)) is wanted."
        ),
        lambda z: sigmoid_by_tanh(-np.asarray(z)),
    ),
    (
        "softmax of (z, -z)",
        "The second logit is 0. With -z the difference is 2z, and you get σ(2z).",
        lambda z: sigmoid_by_tanh(2 * np.asarray(z)),
    ),
    (
        "softmax of (z, 1)",
        "The second logit is 0. You used 1, which gives σ(z - 1): in e^z/(e^z + 1) the 1 is e⁰.",
        lambda z: sigmoid_by_tanh(np.asarray(z) - 1),
    ),
    *each(
        "softmax over the whole array",
        "The entries of z compete with each other in your version. Every entry is a question of "
        "its own: softmax of the pair (z, 0), entry by entry.",
        lambda z: np.reshape(softmax(np.reshape(z, (1, -1))), np.shape(z)),
        lambda z: np.reshape(softmax(np.append(np.ravel(z), 0.0)[None])[0, :-1], np.shape(z)),
    ),
    (
        "a single class",
        (
            "With one class alone the probability is always 1. The second logit, 0, is the class to"
            " compare with."
        ),
        lambda z: np.ones(np.shape(z)),
    ),
    *each(
        "both entries returned",
        "Both probabilities came back. Only the first entry is wanted, in the shape of z.",
        lambda z: np.stack([sigmoid_by_tanh(z), sigmoid_by_tanh(-np.asarray(z))], axis=-1),
        lambda z: np.stack([sigmoid_by_tanh(z), sigmoid_by_tanh(-np.asarray(z))]),
    ),
    (
        "no shift by the maximum",
        (
            "e^1000 overflows, and inf/inf is nan. Subtract the larger of z and 0 from both logits"
            " first."
        ),
        lambda z: np.exp(z) / (np.exp(z) + 1),
    ),
)
