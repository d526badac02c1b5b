"""Judging `initialise`: drawn numbers, of the wanted mean and deviation."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from autograder.exercises.exercise import named
from autograder.exercises.mnist.networks import NAMES, error_of, flat, network, reshaped


def judge_initialise(evidence):
    """Shapes; mean and deviation of weights and of biases; randomness from `rng` alone."""
    records = [o[0] for o in evidence.observations]
    sizes = [case.calls[0].arguments[0] for case in evidence.cases]
    told = [error_of(r) or network(r.returned, s)[2] for r, s in zip(records, sizes, strict=True)]
    read = [network(reshaped(r.returned, s), s) for r, s in zip(records, sizes, strict=True)]
    wrong = next((text for text in told if text), "")
    rows = [
        ("shape", not wrong, "as asked" if not wrong else "other", "W (from, to), b (to,)", wrong)
    ]
    if any(text for _, _, text in read):
        later = (
            "mean of the weights",
            "deviation of the weights",
            "mean of the biases",
            "deviation of the biases",
            "the generator decides",
            "inputs unchanged",
        )
        return named([*rows, *((name, False, "", "", "") for name in later)], NAMES)
    groups = {
        "weights": np.concatenate(
            [np.ravel(W) for ws, _, _ in (read[0], read[2], read[3]) for W in ws]
        ),
        "biases": np.concatenate([read[0][1][0], *read[3][1]]),
    }
    for name, values in groups.items():
        mean, deviation, n = values.mean(), values.std(), len(values)
        rows += [
            (
                f"mean of the {name}",
                abs(mean) < 6 / np.sqrt(n),
                f"{mean:+.4f}",
                "0",
                _mean_comment(values),
            ),
            (
                f"deviation of the {name}",
                abs(deviation - 1) < 6 / np.sqrt(2 * n),
                f"{deviation:.4f}",
                "1",
                _deviation_comment(name, values, deviation),
            ),
        ]
    told = _not_from_rng(*(flat(*r[:2]) for r in read[:3])) or restarted(*read[0][:2])
    rows += [
        ("the generator decides", not told, "", "", told),
        (
            "inputs unchanged",
            not any(r.changed for r in records),
            "",
            "",
            "The list of sizes is not yours to change.",
        ),
    ]
    # a comment is on a wrong row
    wrong_only = [(*row[:4], "" if row[1] else row[4]) for row in rows]
    return named(wrong_only, NAMES)


def _not_from_rng(first, again, other):
    """What is wrong with numbers that should come from `rng`, one by one: those of a seed, of the
    same seed, of another."""
    if not np.array_equal(first, again):
        return (
            "Two calls with the same seed differ. Draw from `rng` alone; `np.random` has a state of"
            " its own."
        )
    if np.unique(first.astype(np.float32)).size <= 0.9 * first.size:
        return "Numbers repeat: every entry is drawn by itself."
    return (
        "Two different seeds give the same numbers. Every entry is drawn anew from `rng`."
        if np.isclose(first, other).mean() > 0.01
        else ""
    )


def restarted(*parts) -> str:
    """What is wrong when a layer's numbers are those of another one, up to their scale; else ""."""
    for kind in parts:
        for one, other in combinations([np.ravel(array) for array in kind], 2):
            k = min(len(one), len(other))
            varies = k > 9 and np.ptp(one[:k]) > 0 and np.ptp(other[:k]) > 0
            if varies and np.corrcoef(one[:k], other[:k])[0, 1] > 0.9999:
                return (
                    "Two layers begin with the same numbers. Take all of them from the one "
                    "`rng`, without making or seeding another for each layer."
                )
    return ""


def _mean_comment(values):
    unit = 0 <= values.min() and values.max() <= 1 and abs(values.mean() - 0.5) < 0.05
    return (
        "These numbers lie between 0 and 1. Half of a network's weights are negative: N(0, 1)."
        if unit
        else "N(0, 1) has mean 0."
    )


def _deviation_comment(name, values, deviation):
    if deviation < 1e-9:
        return (
            f"All {name} are equal. The deck draws them too: zeros would be fine for biases, but"
            " that is another rule."
            if name == "biases"
            else ("Equal weights make all hidden units alike, for ever.")
        )
    centred = values - values.mean()
    # 1.8 for a uniform distribution, 3 for a normal one
    if np.mean(centred**4) < 2.1 * deviation**4:
        return "These are uniform, not normal. `rng.normal(size=…)` draws from N(0, 1)."
    return (
        "A scaled start is a good idea, and lesson 8's; here every entry is N(0, 1), as in the "
        "deck."
        if deviation < 0.9
        else "N(0, 1) has deviation 1."
    )
