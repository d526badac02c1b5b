"""Slips in maxout, which lets one of several pieces through."""

from __future__ import annotations

import numpy as np

from autograder.exercises.activations.solutions import maxout, maxout_gradients


def softly(x, W, b):
    """Shares of all pieces, as softmax gives them, in place of the one winner; (k,)."""
    z = W @ x + b
    e = np.exp(z - z.max())
    return e / e.sum()


def at_winner(like, winner, value):
    """An array of 0 in the shape of `like`, with a value in the winner's place."""
    filled = np.zeros_like(like)
    filled[winner] = value
    return filled


def maxout_gradients_with(x=None, W=None, b=None):
    """Maxout's gradients with others for x, W or b: functions of (x, W, b, upstream, winner)."""

    def wrong(x_in, W_in, b_in, upstream):
        right = maxout_gradients(x_in, W_in, b_in, upstream)
        j = maxout(x_in, W_in, b_in)[1]
        for key, change in (("x", x), ("W", W), ("b", b)):
            if change:
                right[key] = change(x_in, W_in, b_in, upstream, j)
        return right

    return wrong


MAXOUT = (
    (
        "bias left out",
        "Each piece is w·x + b with its own b. You compared and returned w·x alone.",
        (lambda x, W, b: maxout(x, W, 0 * b), None),
    ),
    (
        "winner counted from 1",
        "Pieces are counted from 0, as in `W[winner]`. `np.argmax` counts so.",
        (lambda x, W, b: (maxout(x, W, b)[0], maxout(x, W, b)[1] + 1), None),
    ),
    (
        "the largest in absolute value",
        (
            "You took the piece of largest absolute value. Maxout takes the largest: −5 loses"
            " against 1."
        ),
        (
            lambda x, W, b: (
                float((W @ x + b)[np.argmax(np.abs(W @ x + b))]),
                int(np.argmax(np.abs(W @ x + b))),
            ),
            None,
        ),
    ),
    (
        "winner chosen without the bias",
        (
            "Your value has the biases in it, your winner not: it is the argmax of w·x. Take the"
            " argmax of w·x + b."
        ),
        (lambda x, W, b: (maxout(x, W, b)[0], int(np.argmax(W @ x))), None),
    ),
    (
        "the smallest piece",
        "You took the smallest piece. Maxout takes the largest one: argmax, not argmin.",
        (lambda x, W, b: (float(np.min(W @ x + b)), int(np.argmin(W @ x + b))), None),
    ),
    (
        "a ReLU on top",
        (
            "You cut the maximum off at 0. Maxout is max over its pieces and nothing else; it may"
            " be negative."
        ),
        (lambda x, W, b: (max(0.0, maxout(x, W, b)[0]), maxout(x, W, b)[1]), None),
    ),
    (
        "results exchanged",
        "The function returns (value, winner), in this order.",
        (lambda x, W, b: maxout(x, W, b)[::-1], None),
    ),
    (
        "gradient to every piece",
        (
            "Every row of your ∂L/∂W is filled. A piece that loses does not move the output, so its"
            " row is 0."
        ),
        (
            None,
            maxout_gradients_with(
                x=lambda x, W, b, u, j: u * W.sum(axis=0),
                W=lambda x, W, b, u, j: u * np.tile(x, (len(W), 1)),
                b=lambda x, W, b, u, j: u * np.ones_like(b),
            ),
        ),
    ),
    (
        "shares as in a softmax",
        "You shared the gradient out among the pieces. A maximum sends all of it to the winner.",
        (
            None,
            maxout_gradients_with(
                x=lambda x, W, b, u, j: u * softly(x, W, b) @ W,
                W=lambda x, W, b, u, j: u * np.outer(softly(x, W, b), x),
                b=lambda x, W, b, u, j: u * softly(x, W, b),
            ),
        ),
    ),
    (
        "∂L/∂x summed over all pieces",
        (
            "∂L/∂x is the weights of the winner times upstream. You added up the weights of all"
            " pieces."
        ),
        (None, maxout_gradients_with(x=lambda x, W, b, u, j: u * W.sum(axis=0))),
    ),
    (
        "∂L/∂b everywhere",
        "Only the winner's bias moves the output. The other entries of ∂L/∂b are 0.",
        (None, maxout_gradients_with(b=lambda x, W, b, u, j: u * np.ones_like(b))),
    ),
    (
        "∂L/∂b forgotten",
        "Your ∂L/∂b is 0. The winner's bias is added to the output, so its gradient is upstream.",
        (None, maxout_gradients_with(b=lambda x, W, b, u, j: np.zeros_like(b))),
    ),
    (
        "upstream forgotten",
        "Every gradient is a local slope times upstream. Yours hold the slope alone.",
        (None, lambda x, W, b, u: maxout_gradients(x, W, b, 1.0)),
    ),
    (
        "upstream times the value",
        (
            "You multiplied by the unit's value as well. A linear piece has slope w by x and x by"
            " w; its value does not enter."
        ),
        (None, lambda x, W, b, u: maxout_gradients(x, W, b, u * maxout(x, W, b)[0])),
    ),
    *(
        (
            "upstream forgotten in one of them",
            f"Your ∂L/∂{name} is the local slope alone. Multiply it by upstream, as the others.",
            (None, maxout_gradients_with(**{name: local})),
        )
        for name, local in (
            ("x", lambda x, W, b, u, j: 1.0 * W[j]),
            ("W", lambda x, W, b, u, j: at_winner(W, j, x)),
            ("b", lambda x, W, b, u, j: at_winner(b, j, 1.0)),
        )
    ),
    (
        "x in every row of ∂L/∂W",
        (
            "Every row of your ∂L/∂W is upstream · x. A piece that loses does not move the output,"
            " so its row is 0."
        ),
        (None, maxout_gradients_with(W=lambda x, W, b, u, j: u * np.tile(x, (len(W), 1)))),
    ),
    (
        "the weights for their gradient",
        (
            "The winner's row of your ∂L/∂W holds upstream times its weights. Nudge a weight, and"
            " w·x moves x times as much: upstream · x."
        ),
        (None, maxout_gradients_with(W=lambda x, W, b, u, j: at_winner(W, j, u * W[j]))),
    ),
    (
        "the bias for its gradient",
        "Your ∂L/∂b is upstream times b. A bias is added, so its gradient is upstream, whatever b is.",
        (None, maxout_gradients_with(b=lambda x, W, b, u, j: at_winner(b, j, u * b[j]))),
    ),
    (
        "the pieces added up",
        "You returned the sum of all pieces. Maxout takes the largest of them.",
        (lambda x, W, b: (float(np.sum(W @ x + b)), maxout(x, W, b)[1]), None),
    ),
)
