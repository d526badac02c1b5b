"""Any number of layers: the deck's loop from the last layer to the first."""

from __future__ import annotations

from autograder.exercises.exercise import exercise
from autograder.exercises.two_two_one.cases import DECK_LAYERS, draw_layers
from autograder.exercises.two_two_one.chain import LAYERS, rows_of
from autograder.exercises.two_two_one.misconceptions import layers_with
from autograder.exercises.two_two_one.slips_of_depth import LAYERS as LAYERS_BUGS
from autograder.exercises.two_two_one.solutions import (
    backward_layers,
    backward_layers_numeric,
    forward_layers,
    forward_layers_loops,
)

ANY_DEPTH = exercise(
    "two_two_one.layers",
    "forward_layers(x, weights, activations) -> list",
    "backward_layers(x, d, weights, activations) -> list",
    points=4,
    section="Any number of layers",
    solution=(forward_layers, backward_layers),
    oracle=(forward_layers_loops, backward_layers_numeric),
    results=("y", "dW"),
    deck_cases=(DECK_LAYERS,),
    draw=draw_layers,
    symbols={
        "forward_layers: y": "x, y⁽¹⁾ … y⁽ᴺ⁾",
        "backward_layers: dW": "∂Div/∂W⁽¹⁾ … ∂Div/∂W⁽ᴺ⁾",
    },
    chain=LAYERS,
    known=(None, rows_of),
    backwards=("backward_layers: dW",),
    misconceptions=(
        (
            "input left out of the list",
            (
                "The list starts with x itself: [x, y_1, …, y_N]. The backward pass needs it for "
                "∂Div/∂W⁽¹⁾."
            ),
            (lambda x, w, a: forward_layers(x, w, a)[1:], None),
        ),
        (
            "gradients in backward order",
            (
                "The loop runs from the last layer to the first, so appending gives the list in "
                "reverse. Insert in front, or reverse at the end."
            ),
            (None, layers_with(order=lambda dW: dW[::-1])),
        ),
        (
            "derivative taken at y instead of z",
            "Here f_prime is a function of the sum z. You handed it y.",
            (None, layers_with(dz=lambda f, z, y, dy: f(y) * dy)),
        ),
        (
            "activation derivative forgotten",
            "The factor f′(z) between ∂Div/∂y and ∂Div/∂z is missing.",
            (None, layers_with(dz=lambda f, z, y, dy: dy)),
        ),
        (
            "mean over the rows",
            "You divided by the number of examples. The contract here is the sum over the rows.",
            (None, layers_with(scale=lambda n: 1.0 / n)),
        ),
        (
            "weights not transposed on the way back",
            (
                "Going back, ∂Div/∂y = ∂Div/∂z · Wᵀ: `dz @ W.T`. Without the "
                "transpose a square W hides the mistake."
            ),
            (None, layers_with(up=lambda dz, W: dz @ W)),
        ),
        (
            "sign of the gradient lost",
            "∂Div/∂y is y - d. With d - y every gradient points uphill.",
            (None, layers_with(start=lambda y, d: d - y)),
        ),
        (
            "the ½ forgotten",
            "Every gradient is exactly twice too large: ∂/∂y of ½ (y - d)² is y - d.",
            (None, layers_with(start=lambda y, d: 2 * (y - d))),
        ),
        *LAYERS_BUGS,
    ),
    hints=(
        (
            "Forward: keep every y in a list. Backward: walk the layers from the last to the first"
            " with the same four formulas."
        ),
        (
            "For k = N … 1: dz = f_k′(z_k) · dy; dW_k = y_(k-1)ᵀ dz; dy = dz W_kᵀ. For a single"
            " example dW_k is an outer product."
        ),
        (
            "The deck's network as N = 2: dy = -0.4689. k = 2: dz = 0.2490·(-0.4689) = -0.1168, dW₂"
            " = y₁ᵀ dz = (-0.0197, 0.0105), dy = dz W₂ᵀ = (-0.1051, -0.0350). k = 1: dz = (-0.1021,"
            " -0.0347), dW₁ = xᵀ dz, with the rows (-0.1123, -0.0382) and (-0.0408, -0.0139). With"
            " n rows yᵀ dz adds up over them; np.atleast_2d makes one row of one example."
        ),
    ),
)
