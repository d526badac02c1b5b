"""A network as a graph of nodes: what lesson 1 lets its engine and forward mode race on."""

from collections.abc import Callable

import numpy as np


def tanh_network(sizes, rng, node: Callable, number: Callable = float) -> tuple[list, list, list]:
    """A network of tanh units as a graph, each unit one node.

    Parameters
    ----------
    sizes : sequence of int
        The inputs, then the units of each layer.
    rng : numpy.random.Generator
        Draws the inputs, N(0, 1), and the weights, N(0, 1/fan_in).
    node : callable
        node(value) makes an input; node(value, parents) a unit, where parents is a list of (node,
        local derivative): weight times slope of the unit. A node has its value as `.value`.
    number : callable
        Makes of a float what stands for a local derivative.

    Returns
    -------
    inputs, outputs, nodes : lists
        nodes holds all of them, each behind its parents.
    """
    layer = [node(value) for value in rng.normal(size=sizes[0])]
    inputs, nodes = layer, list(layer)
    for size in sizes[1:]:
        W = rng.normal(size=(len(layer), size)) / np.sqrt(len(layer))
        y = np.tanh(np.array([each.value for each in layer]) @ W)
        slopes = W * (1 - y**2)  # W[i, j]: from node i to unit j
        layer = [
            node(y[j], [(each, number(slopes[i, j])) for i, each in enumerate(layer)])
            for j in range(size)
        ]
        nodes += layer
    return inputs, layer, nodes
