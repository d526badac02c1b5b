"""Judge a trained network by the digits that it has never seen."""

from __future__ import annotations

from functools import cache

import numpy as np

from autograder.evidence.inputs import make, pixels_of
from autograder.exercises.exercise import named
from autograder.exercises.mnist.networks import error_of, network, reshaped, share
from autograder.exercises.mnist.solutions import feedforward

NAMES = {  # a known slip and words of its explanation
    "η too small": "it has not yet learnt those",
    "no hidden layer": "There is no hidden layer",
}

#: Shares of unseen digits that earn a row each: after 50,000 training images, and in the notebook's
#: quick trial.
BARS, TRIAL_BARS = (0.5, 0.8, 0.92, 0.95), (0.5, 0.8, 0.88, 0.925)

NOT_YET = 0.85  # below this share a network without a hidden layer, too, has not yet learnt

PIECE = 1000  # images that are classified at once


def judge_digits(evidence):
    """Classify 10,000 images with the weights that came back: the validation images in the notebook's
    quick trial, which may be tried again and again, and the test images for the grade. The judge's
    feedforward, not the student's.

    Their pixels and classes are renumbered as those of the training images were.
    """
    asked = evidence.cases[0].calls[0].arguments[0]
    record = evidence.observations[0][0]
    trial = asked.stop - asked.start < 50_000
    bent = network(record.returned)[2]
    weights, biases, problem = network(reshaped(record.returned, _sizes(record.returned)))
    if not problem and (weights[0].shape[0], weights[-1].shape[1]) != (784, 10):
        problem = (
            f"784 inputs and 10 outputs are wanted, yours are {weights[0].shape[0]} and"
            f" {weights[-1].shape[1]}"
        )
    if getattr(record.returned, "kind", "").startswith("more than"):
        problem = (
            f"{record.returned.kind} came back, more than can be handed in: a smaller network"
            " will do"
        )
    problem = error_of(record) or problem
    right, stuck, deep = 0.0, [], len(weights) > 1
    if not problem:
        right, stuck = _classified(
            asked._replace(part="validation" if trial else "test", start=0, stop=10_000),
            weights,
            biases,
        )
    # asked for where too few are right
    seen = cache(lambda: _classified(asked._replace(stop=asked.start + 10_000), weights, biases)[0])
    rows = [
        (
            "weights and biases that fit together",
            not (problem or bent),
            "",
            "784 inputs, 10 outputs",
            problem or bent,
        )
    ]
    if trial:
        rows.append(
            (
                "quick trial: a hidden layer",
                deep or bool(problem),
                "",
                "",
                (
                    ""
                    if deep or problem
                    else (
                        "There is no hidden layer. Pixels added up with one weight each get about"
                        " 92 % right at most, however long they are trained; grading asks"
                        " for 95 %."
                    )
                ),
            )
        )
    for bar in TRIAL_BARS if trial else BARS:
        comment = "" if problem or right >= bar else _why_low(right, stuck, seen, deep)
        rows.append(
            (
                f"{'quick trial: ' if trial else ''}{100 * bar:g} % of 10,000 unseen digits",
                right >= bar,
                share(right),
                share(bar),
                comment,
            )
        )
    if trial:
        name, ok, yours, wanted, comment = rows[-1]
        note = (
            "This is a quick trial on 10,000 images, their pixels and classes renumbered as "
            "in grading. Grading trains on 50,000 and asks 95 % (92 % "
            "for four fifths of the points)."
        )
        rows[-1] = (name, ok, yours, wanted, f"{comment} {note}".strip())
    return named(rows, NAMES)


def _classified(digits, weights, biases):
    """The share of images that a network classifies rightly, and the answers that it never gives as
    their output stays near 0."""
    first = np.empty_like(weights[0])
    first[pixels_of(digits)] = weights[0]  # for the images as they are: none of them is renumbered
    pieces = [
        digits._replace(what="images", shuffle=None, start=k, stop=min(k + PIECE, digits.stop))
        for k in range(digits.start, digits.stop, PIECE)
    ]
    with np.errstate(over="ignore"):
        outputs = np.concatenate(
            [feedforward(make(piece), [first, *weights[1:]], biases)[-1] for piece in pieces]
        )
    answers = outputs.argmax(axis=1)
    stuck = [str(k) for k in range(10) if k not in answers and outputs[:, k].max() < 0.1]
    return float(np.mean(answers == make(digits._replace(what="labels")))), stuck


def _sizes(returned):
    """The sizes that the weights themselves tell, or [] where they are no matrices."""
    try:
        shapes = [np.shape(W) for W in list(returned)[0]]
        return [shapes[0][0], *(m for _, m in shapes)]
    except (TypeError, ValueError, IndexError):
        return []


def _why_low(right, stuck, seen, deep):
    """What is known of a network with too few right answers; `seen` gives its share on images that
    it was given."""
    if stuck and right > 0.3:
        return (
            f"Your network never answers {', '.join(stuck)}: outputs that are stuck near 0. Try a"
            " smaller start or another η."
        )
    if right < 0.2:
        return (
            "No better than guessing. Are the images still rows of 784, and X and labels shuffled"
            " together? And are the weights trained on the X and labels that are handed in? Here,"
            " as in grading, pixels and classes come in another order: what was trained on others"
            " knows nothing."
        )
    if (deep or right < NOT_YET) and seen() < right + 0.02:
        return (
            f"Of the images that it was given to learn from it gets {share(seen())} right: it has not"
            " yet learnt those. Try a larger η or more epochs."
        )
    return "Watch the accuracy after each epoch: is it still rising?" if deep else ""
