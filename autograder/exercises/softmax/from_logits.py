"""What goes wrong when the loss is computed straight from the logits, and what a tutor would say:
(name, explanation, wrong function)."""

from __future__ import annotations

import numpy as np

from autograder.exercises.softmax.solutions import (
    cross_entropy,
    cross_entropy_from_logits,
    softmax,
)
from autograder.exercises.softmax.wrong import each, largest, rescaled


def from_log_sum(log_sum):
    """The loss with `log_sum(Z)`, (n, 1), in the place of ln Σ e^z."""
    return lambda Z, T: -np.sum(T * (Z - log_sum(Z))) / len(T)


def largest_of_row(Z):
    """The largest logit of each row, (n, 1)."""
    return Z.max(axis=1, keepdims=True)


def log_sum_less(m):
    """ln Σ e^(z - m) + m, for a shift m of another kind."""
    return lambda Z: m(Z) + np.log(np.exp(Z - m(Z)).sum(axis=1, keepdims=True))


def per_row(Z, T):
    """The losses of the rows, (n,), not their mean."""
    m = largest_of_row(Z)
    return -np.sum(T * (Z - m - np.log(np.exp(Z - m).sum(axis=1, keepdims=True))), axis=1)


def kept_away_from_zero(Z, T, tiny):
    """The loss of probabilities that are never below `tiny`."""
    return -np.sum(T * np.log(np.maximum(softmax(Z), tiny))) / len(T)


def unshifted_loss(Z, T):
    """The loss as it stands on paper: e^z overflows for large logits."""
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - np.sum(T * Z, axis=1))


def shifted_without_keepdims(Z, T):
    """The shift as a row of n numbers, which goes along the wrong axis."""
    m = Z.max(axis=1)
    return -np.sum(T * (Z - m - np.log(np.exp(Z - m).sum(axis=1)))) / len(T)


FROM_LOGITS = (
    *each(
        "softmax first, then the logarithm",
        "On ordinary logits you are right. But where the right class lies far behind, its p is"
        " smaller than every positive float and becomes 0, and -ln 0 is inf. The logarithm undoes"
        " the exponential: ln p = z - ln Σ e^z needs no p at all.",
        lambda Z, T: cross_entropy(softmax(Z), T),
        lambda Z, T: -np.sum(T * np.log(softmax(Z))) / len(T),
        lambda Z, T: float(np.nan_to_num(-np.sum(T * np.log(softmax(Z))) / len(T))),
    ),
    *each(
        "a tiny number keeps p away from 0",
        "You put a smallest number into the logarithm. No inf comes back, but the loss has a limit"
        " now, however far behind the right class lies, and there p - t is no longer its slope."
        " ln p = z - ln Σ e^z is finite by itself.",
        *(
            lambda Z, T, tiny=tiny: kept_away_from_zero(Z, T, tiny)
            for tiny in (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-300)
        ),
        *(
            lambda Z, T, tiny=tiny: -np.sum(T * np.log(softmax(Z) + tiny)) / len(T)
            for tiny in (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-300)
        ),
    ),
    *each(
        "no shift by the maximum",
        "On ordinary logits your function is right, but e^1000 is too large for a float, and at"
        " -1000 the sum is 0 and its logarithm -inf. Take the largest logit m of the row out of"
        " the sum: ln Σ e^z = m + ln Σ e^(z - m).",
        from_log_sum(lambda Z: np.log(np.exp(Z).sum(axis=1, keepdims=True))),
        unshifted_loss,
        lambda Z, T: -np.sum(T * np.log(rescaled(np.exp(Z)))) / len(T),
    ),
    (
        "one maximum for the whole batch",
        (
            "You take the largest logit of the whole batch out of every row. In a row that lies far"
            " below it all exponentials are 0, and ln 0 is -inf. Each row has its own maximum:"
            " Z.max(axis=1, keepdims=True)."
        ),
        from_log_sum(log_sum_less(lambda Z: Z.max())),
    ),
    *each(
        "shifted by something other than the maximum",
        "You take a number out of the row that is not its largest, such as the mean or the minimum."
        " The result is the same as long as nothing overflows, but a logit far above that number"
        " still does.",
        from_log_sum(log_sum_less(lambda Z: Z.mean(axis=1, keepdims=True))),
        from_log_sum(log_sum_less(lambda Z: Z.min(axis=1, keepdims=True))),
    ),
    (
        "the maximum not added again",
        (
            "You subtract m in the exponent and do not give it back: ln Σ e^(z - m) is smaller than"
            " ln Σ e^z by m. Add m outside, or subtract it from the z in front as well."
        ),
        from_log_sum(lambda Z: log_sum_less(largest_of_row)(Z) - largest_of_row(Z)),
    ),
    (
        "the maximum added twice",
        (
            "You subtract m from the logits in front and add it to the logarithm too. One of the"
            " two is right: either z - m and ln Σ e^(z - m), or z and m + ln Σ e^(z - m)."
        ),
        lambda Z, T: (
            from_log_sum(log_sum_less(largest_of_row))(Z, T)
            + np.sum(T * largest_of_row(Z)) / len(T)
        ),
    ),
    (
        "the largest logit in place of the logarithm of the sum",
        (
            "You have m - z. The logarithm of the sum is a little more than the largest logit, by up"
            " to ln k: ln Σ e^z = m + ln Σ e^(z - m). The last term is missing."
        ),
        from_log_sum(largest_of_row),
    ),
    (
        "the logarithm of the sum missing",
        (
            "You have -Σ t z alone. Raising all logits would lower it without end. ln p = z - ln Σ"
            " e^z, and the second term is what makes the classes compete."
        ),
        lambda Z, T: -np.sum(T * Z) / len(T),
    ),
    (
        "the sum without its logarithm",
        "You subtract Σ e^z where its logarithm belongs: ln (e^z / Σ e^z) = z - ln Σ e^z.",
        from_log_sum(lambda Z: np.exp(Z).sum(axis=1, keepdims=True)),
    ),
    (
        "one logarithm of a sum for the whole batch",
        (
            "You add the exponentials of the whole batch. Every row is a distribution of its own:"
            " sum along axis 1, keeping the dimension."
        ),
        from_log_sum(lambda Z: Z.max() + np.log(np.exp(Z - Z.max()).sum())),
    ),
    (
        "one sum of exponentials for the whole batch",
        (
            "You shift each row by its own maximum, and then add the exponentials of all rows. Each"
            " row has its own sum: axis=1, keepdims=True."
        ),
        from_log_sum(lambda Z: largest_of_row(Z) + np.log(np.exp(Z - largest_of_row(Z)).sum())),
    ),
    *each(
        "clipped instead of shifted",
        "You cut large logits off. Then 1000 and 998 become the same number, and a logit that lies"
        " far behind costs less than it should. Subtract the row's maximum in the exponent instead.",
        *(
            lambda Z, T, most=most: unshifted_loss(np.clip(Z, -most, most), T)
            for most in (50, 100, 500, 700, 709)
        ),
    ),
    (
        "summed down the columns",
        ("Your sum runs down the columns. A row is one example and its classes lie along axis 1."),
        from_log_sum(lambda Z: Z.max(axis=0) + np.log(np.exp(Z - Z.max(axis=0)).sum(axis=0))[None]),
    ),
    (
        "keepdims forgotten",
        (
            "Z.max(axis=1) has shape (n,), and numpy lines that up with the columns. With as many"
            " rows as classes it raises no error and gives wrong numbers. keepdims=True gives"
            " (n, 1), one number for each row."
        ),
        shifted_without_keepdims,
    ),
    (
        "minus sign missing",
        "Your loss is negative. ln p is negative, so the sum needs a minus sign in front.",
        lambda Z, T: -cross_entropy_from_logits(Z, T),
    ),
    (
        "sum over the rows",
        (
            "You added up the rows. The loss is their mean: divide by n, so that it does not grow"
            " with the batch."
        ),
        lambda Z, T: len(T) * cross_entropy_from_logits(Z, T),
    ),
    (
        "mean over the classes too",
        (
            "You averaged over all n · k entries (np.mean without an axis does). Sum over the"
            " classes, average over the rows only."
        ),
        lambda Z, T: cross_entropy_from_logits(Z, T) / T.shape[1],
    ),
    (
        "one value for each row",
        "One number is wanted: the mean over the rows. You returned the losses of the rows.",
        per_row,
    ),
    (
        "bits instead of nats",
        "You used log₂. In the loss the logarithm is the natural one.",
        lambda Z, T: cross_entropy_from_logits(Z, T) / np.log(2),
    ),
    (
        "only the likeliest class of the target",
        (
            "You took the logit at the largest t only. That is right for one-hot targets; in general"
            " every class counts with its t."
        ),
        lambda Z, T: cross_entropy_from_logits(Z, largest(T)),
    ),
    (
        "logits taken for probabilities",
        "You took the logarithm of the logits. They are no probabilities: ln p = z - ln Σ e^z.",
        cross_entropy,
    ),
)
