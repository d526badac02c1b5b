"""A network that is too large to be drawn number by number: what holds for it, layer by layer, in
words."""

import numpy as np

from course.plots.network_marks import marks
from course.steps import format_number

MOST_UNITS, MOST_LAYERS = 8, 6


def is_too_large(network):
    """Whether the stepper has no room for the network."""
    return max(network.sizes) > MOST_UNITS or len(network.weights) > MOST_LAYERS


def summarise(trace, comparison=None):
    """The network in a sentence and a table.

    Parameters
    ----------
    trace : course.network.BackwardTrace
    comparison : course.widgets.stepper.yours.Comparison, optional
        Adds a column: whether the reader's gradients of the layer are right.

    Returns
    -------
    dict
        message (str), head and rows (lists of str, and of lists of str): the output layer first, as
        the backward pass goes.
    """
    network = trace.forward.network
    layers, widest = len(network.weights), max(network.sizes)
    message = (
        f"This network has {layers} layers and up to {widest} units in a layer. One number at a"
        f" time is for networks of at most {MOST_LAYERS} layers and {MOST_UNITS} units in a layer,"
        " so nothing is drawn. Layer by layer, from the loss back:"
    )
    keys = {
        key
        for kind in ("y", "dz")
        for k, n in enumerate(network.sizes)
        if k
        for i in range(n)
        for key in [f"{kind}{k}[{i}]"]
    }
    marked = marks(network, trace.values, keys)
    head = ["layer", "units", "mean |y|", "largest |∂/∂z|", "largest |∂/∂w|", "standing still"] + [
        "yours"
    ] * bool(comparison)
    rows = []
    for k in range(layers, 0, -1):
        words = [word for (layer, _), found in marked.items() if layer == k for word in found]
        still = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words)) or "none"
        with np.errstate(invalid="ignore", over="ignore"):
            sizes = (
                np.mean(np.abs(trace.forward.y[k])),
                *(np.max(np.abs(trace.gradients[f"{n}{k}"])) for n in "zW"),
            )
        row = [
            str(k),
            f"{network.sizes[k]} {network.activations[k - 1].name}",
            *map(format_number, sizes),
            still,
        ]
        rows.append(row + ([_verdict(comparison, k)] if comparison else []))
    said = " ".join(comparison.said) if comparison else ""
    return {"message": f"{message} {said}".strip(), "head": head, "rows": rows}


def _verdict(comparison, k):
    mine = [
        verdict
        for key, verdict in comparison.verdicts.items()
        if key.startswith((f"dW{k}[", f"db{k}[", f"dz{k}[", f"dy{k}["))
    ]
    wrong = sum(verdict.startswith("wrong") for verdict in mine)
    return "not returned" if not mine else f"{wrong} of {len(mine)} wrong" if wrong else "right"
