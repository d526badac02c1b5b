"""Slips around the network: counting parameters, one-hot targets, accuracy."""

from __future__ import annotations

import numpy as np

from autograder.exercises.mnist.solutions import (
    accuracy,
    count_parameters,
    feedforward,
    one_hot,
)

COUNT = (
    (
        "biases forgotten",
        (
            "You counted the weights. Every unit after the inputs has a bias as well:"
            " units before · units here + units here for each pair of layers."
        ),
        lambda sizes: sum(n * m for n, m in zip(sizes, sizes[1:])),
    ),
    (
        "biases for hidden units only",
        (
            "The outputs have biases too: every unit that computes "
            "something has one. Only the inputs have none."
        ),
        lambda sizes: sum(n * m for n, m in zip(sizes, sizes[1:])) + sum(sizes[1:-1]),
    ),
    (
        "biases for the inputs",
        (
            "The inputs are given, not computed: they have no biases. Only the layers after the"
            " first do."
        ),
        lambda sizes: count_parameters(sizes) + sizes[0],
    ),
    (
        "one bias a layer",
        "Each unit has its own bias, not each layer.",
        lambda sizes: sum(n * m + 1 for n, m in zip(sizes, sizes[1:])),
    ),
    (
        "units counted",
        (
            "You counted units. The parameters sit on the connections between them, and one bias in"
            " each unit."
        ),
        lambda sizes: sum(sizes),
    ),
    (
        "all layers multiplied",
        "Each pair of neighbouring layers has its own weights, units before · units here: add over"
        " the pairs.",
        lambda sizes: int(np.prod(sizes)),
    ),
    *(
        (
            "written for one hidden layer",
            (
                "This is right for one hidden layer. It must hold for any number of layers, also for"
                " none between inputs and outputs: loop over the neighbouring pairs of `sizes`."
            ),
            lambda sizes, last=last: (
                sizes[0] * sizes[1] + sizes[1] + sizes[1] * sizes[last] + sizes[last]
            ),
        )
        for last in (2, -1)
    ),
)


def whole_columns(labels, k):
    """The slip `T[:, labels] = 1`, which sets a label's column in every row."""
    T = np.zeros((len(labels), k))
    T[:, labels] = 1
    return T


ONE_HOT = (
    (
        "whole columns set",
        (
            "`T[:, labels] = 1` sets a label's column in every row. Each row has "
            "one 1, in the column of its own label: give the "
            "rows as well, T[np.arange(n), labels]."
        ),
        whole_columns,
    ),
    (
        "one-hot along the wrong axis",
        (
            "Your classes run down the rows. One example a row: T[i, j] is 1 where example i has"
            " label j."
        ),
        lambda labels, k: one_hot(labels, k).T,
    ),
    (
        "labels counted from 1",
        "Label 0 belongs to column 0. Yours is shifted by one column.",
        lambda labels, k: np.roll(one_hot(labels, k), -1, axis=1),
    ),
    (
        "columns counted from 1",
        "Column j belongs to label j, counted from 0. You compare with 1 … k, so label 0 has no 1 in its row.",
        lambda labels, k: (np.arange(1, k + 1) == np.asarray(labels)[:, None]).astype(float),
    ),
    (
        "0 and 1 swapped",
        "The label's own column is 1, all others are 0.",
        lambda labels, k: 1 - one_hot(labels, k),
    ),
    (
        "columns only for the labels that appear",
        (
            "There are k columns, also for a class that none of these examples has. Otherwise"
            " column j means another digit in every batch."
        ),
        lambda labels, k: (
            np.eye(max(labels) + 1)[labels]
            if len(set(labels.tolist())) == max(labels) + 1
            else np.eye(len(set(labels.tolist())))[np.unique(labels, return_inverse=True)[1]]
        ),
    ),
    (
        "the label itself instead of a 1",
        "The column says which digit it is. Its entry is 1, whatever the label.",
        lambda labels, k: one_hot(labels, k) * labels[:, None],
    ),
    (
        "ten classes written down",
        "You fixed ten classes. The number of columns is k, the second argument.",
        lambda labels, k: np.eye(10)[labels],
    ),
)

ACCURACY = (
    (
        "a count instead of a fraction",
        (
            "The deck's `evaluate` counts the right answers. Here the share is asked: divide by the"
            " number of examples."
        ),
        lambda X, labels, ws, bs: float(
            np.sum(feedforward(X, ws, bs)[-1].argmax(axis=1) == labels)
        ),
    ),
    (
        "per cent",
        "A fraction is asked, between 0 and 1; yours is in per cent.",
        lambda *a: 100 * accuracy(*a),
    ),
    (
        "share of mistakes",
        "You counted what is wrong: accuracy is the share that is right.",
        lambda *a: 1 - accuracy(*a),
    ),
    (
        "argmax along the wrong axis",
        (
            "You looked for the example with the largest output of each unit. Each row needs its"
            " own largest output: axis=1."
        ),
        lambda X, labels, ws, bs: float(
            np.mean(feedforward(X, ws, bs)[-1].argmax(axis=0) == labels)
        ),
    ),
    (
        "argmax without an axis",
        (
            "Without an axis argmax looks through the whole array and gives one number, the place of"
            " its largest entry. Each row needs its own largest output: axis=1."
        ),
        lambda X, labels, ws, bs: float(np.mean(feedforward(X, ws, bs)[-1].argmax() == labels)),
    ),
    (
        "the largest output must exceed ½",
        (
            "You count an answer only where its output is above ½. The answer is the largest output,"
            " however small it is."
        ),
        lambda X, labels, ws, bs: float(
            np.mean(
                (feedforward(X, ws, bs)[-1].max(axis=1) > 0.5)
                & (feedforward(X, ws, bs)[-1].argmax(axis=1) == labels)
            )
        ),
    ),
    (
        "outputs rounded and compared",
        (
            "You asked that the right output is above ½ and all others below. The answer is the"
            " largest output, whatever its size."
        ),
        lambda X, labels, ws, bs: float(
            np.mean(
                (np.round(feedforward(X, ws, bs)[-1]) == np.eye(ws[-1].shape[1])[labels]).all(
                    axis=1
                )
            )
        ),
    ),
    (
        "compared output by output",
        (
            "You compared all outputs with the one-hot targets and averaged over them too. An"
            " example counts once: right or wrong."
        ),
        lambda X, labels, ws, bs: float(
            np.mean(np.round(feedforward(X, ws, bs)[-1]) == np.eye(ws[-1].shape[1])[labels])
        ),
    ),
    *(
        (
            "the first layer's answer",
            (
                "The answer is read from the last layer, [-1]. You read it from an earlier one: X is"
                " the first in the list."
            ),
            lambda X, labels, ws, bs, layer=layer: float(
                np.mean(feedforward(X, ws, bs)[layer].argmax(axis=1) == labels)
            ),
        )
        for layer in (0, 1)
    ),
)
