"""The two worked examples of the decks, ready to be stepped through."""

import numpy as np

from course.network import Network


def two_two_one():
    """The 2-2-1 network that is worked by hand in CAP 4453, without biases.

    Returns
    -------
    network : Network
        tanh hidden units, one logistic output unit.
    x : ndarray (2,)
    d : ndarray (1,)

    Notes
    -----
    Source: University of Central Florida, CAP 4453 Robot Vision, lecture 17 "Introduction to Deep
    Learning II".
    """
    W1 = [[0.3, -0.3], [-0.4, 0.6]]
    W2 = [[0.9], [0.3]]
    return Network([W1, W2], ["tanh", "logistic"]), np.array([1.1, 0.4]), np.array([1.0])


def mazur():
    """The 2-2-2 network of Mazur's example, in the row convention: W1 = [[w1, w3], [w2, w4]].

    Returns
    -------
    network : Network
        Logistic units i1, i2 / h1, h2 / o1, o2. Every neuron has a bias of its own; the two of a
        layer start equal.
    i : ndarray (2,)
    target : ndarray (2,)

    Notes
    -----
    Sources: Inha University, "Backpropagation, activation function"; the example is M. Mazur's, "A
    step by step backpropagation example" (2015).
    """
    W1 = [[0.15, 0.25], [0.20, 0.30]]
    W2 = [[0.40, 0.50], [0.45, 0.55]]
    network = Network(
        [W1, W2],
        ["logistic", "logistic"],
        biases=[[0.35, 0.35], [0.60, 0.60]],
        names=[["i1", "i2"], ["h1", "h2"], ["o1", "o2"]],
    )
    return network, np.array([0.05, 0.10]), np.array([0.01, 0.99])
