"""Slips in training softmax regression."""

from __future__ import annotations

import numpy as np

from autograder.exercises.softmax.misconceptions.gradients import COMBINED
from autograder.exercises.softmax.solutions import (
    cross_entropy,
)
from autograder.exercises.softmax.wrong import (
    one_row_at_a_time,
    one_step_only,
    regression_with,
)

REGRESSION = (
    (
        "loss before the step",
        (
            "Your losses[0] is ln k, the loss of the untrained model. losses[s] is the loss after"
            " step s + 1: measure it with the new W and b."
        ),
        regression_with(order="before"),
    ),
    (
        "the first loss as well",
        (
            "One entry too many: you kept the loss before the first step. losses has `steps`"
            " entries, each after a step."
        ),
        regression_with(order="both"),
    ),
    (
        "only the last loss",
        "A loss for every step is wanted: append it inside the loop.",
        regression_with(give=lambda losses: losses[-1]),
    ),
    (
        "step uphill",
        "You added the gradient. The step goes against it: W - eta · ∂L/∂W.",
        regression_with(step=lambda eta: -eta),
    ),
    (
        "the loop ends after one step",
        (
            "You return the W and b of one step, whatever `steps` is. Does `return` stand inside"
            " the loop? It ends the function at once."
        ),
        one_step_only,
    ),
    (
        "gradient computed once, before the loop",
        (
            "Every step of yours goes the same way, along the gradient at the start. The gradient "
            "changes with W and b: compute it inside "
            "the loop."
        ),
        regression_with(once=True),
    ),
    (
        "eta written down",
        (
            "Your step is that of eta = 0.5, whatever eta is handed in. Use the argument, not a"
            " number or a variable of the notebook."
        ),
        regression_with(step=lambda eta: 0.5),
    ),
    (
        "learning rate forgotten",
        "You subtracted the whole gradient. The step is eta times the gradient.",
        regression_with(step=lambda eta: 1.0),
    ),
    *(
        (name, text, regression_with(gradient))
        for name, text, gradient in COMBINED
        if name
        in (
            "sum over the rows",
            "1/n applied twice",
            "mean over the classes too",
            "divided by the classes, not by the rows",
            "diagonal of the Jacobian only",
            "softmax slope kept",
            "softmax down the columns",
        )
    ),
    *(
        (name, text, regression_with(gradient))
        for name, text, gradient in COMBINED
        if name == "gradient of the squared error"
    ),
    (
        "bias not trained",
        "Your b is still 0. It learns as the weights do: b - eta · ∂L/∂b.",
        regression_with(bias=0.0),
    ),
    (
        "bias updated with the new weights",
        (
            "You changed W and then computed the gradient of b with the new W. Both gradients"
            " belong to one point: compute ∂L/∂Z once, then update W and b."
        ),
        regression_with(late=True),
    ),
    (
        "losses without the bias",
        (
            "W and b are right, but your losses leave b out. They are those of the whole model, with"
            " the logits X W + b."
        ),
        regression_with(measured=0.0),
    ),
    (
        "losses summed over the rows",
        (
            "W and b are right, but your losses are n times too large. The loss is the mean over"
            " the rows."
        ),
        regression_with(loss=lambda P, T: float(len(T) * cross_entropy(P, T))),
    ),
    (
        "losses in bits",
        "W and b are right, but your losses are in bits. Use the natural logarithm.",
        regression_with(loss=lambda P, T: float(cross_entropy(P, T) / np.log(2))),
    ),
    (
        "a step after every example",
        (
            "You stepped after each example. Full batch means one step for each pass, with the mean"
            " gradient of all rows."
        ),
        one_row_at_a_time,
    ),
)
