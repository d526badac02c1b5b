"""Lesson 1: the chain rule on a computation graph.

The circuits f = wx + b, f = (x + y)z, the sigmoid neuron and the gates are those of Inha
University, "Backpropagation, activation function", which has them from Stanford's CS231n.
"""

from __future__ import annotations

from autograder.exercises.chain_rule.circuits import LINEAR, PRODUCT_OF_SUM
from autograder.exercises.chain_rule.gates import GATES
from autograder.exercises.chain_rule.graphs import BACKPROPAGATE
from autograder.exercises.chain_rule.measuring import NUMERIC_GRADIENT
from autograder.exercises.chain_rule.neuron import SIGMOID_NEURON
from autograder.exercises.chain_rule.staged import BREAK_IT, STAGED

EXERCISES = [
    LINEAR,
    PRODUCT_OF_SUM,
    GATES,
    SIGMOID_NEURON,
    NUMERIC_GRADIENT,
    STAGED,
    BACKPROPAGATE,
    BREAK_IT,
]
