"""Slips in early stopping."""

from __future__ import annotations

import numpy as np


def stopping(
    better=lambda losses, e, best: losses[e] < losses[best],
    late=0,
    waits=False,
    answer=lambda stop, best, losses: (stop, best),
):
    """Early stopping with another idea of better, of patience, or of what is handed back."""

    def wrong(validation_losses, patience):
        best = waited = e = 0
        for e in range(len(validation_losses)):
            improved = e == 0 or better(validation_losses, e, best)
            best, waited = (e if improved else best), waited + (not improved)
            if (waited if waits else e - best) == patience + late:
                break
        return answer(e, best, validation_losses)

    return wrong


def best_of_all(validation_losses, patience):
    """The slip of looking at all losses first: the best epoch of the whole run."""
    best = int(np.argmin(validation_losses))
    return min(best + patience, len(validation_losses) - 1), best


def best_of_all_and_beyond(validation_losses, patience):
    """The same, with a stop that may lie behind the end of the run."""
    best = int(np.argmin(validation_losses))
    return best + patience, best


def number_of_epochs(validation_losses, patience):
    """The slip of handing back how many epochs there were where none of them was the stop."""
    stop, best = stopping()(validation_losses, patience)
    return (stop if stop - best == patience else stop + 1), best


STOP_BUGS = (
    (
        "a tie taken for progress",
        "Better means strictly below the best so far. An equal loss is no progress.",
        stopping(better=lambda v, e, best: v[e] <= v[best]),
    ),
    (
        "compared with the epoch before",
        (
            "You compared with the epoch before. Better means below the best of all epochs so far;"
            " a loss can fall for epochs on end without getting back to it."
        ),
        stopping(better=lambda v, e, best: v[e] < v[e - 1]),
    ),
    (
        "one epoch too late",
        "Training stops when stop - best = patience. You waited one epoch more.",
        stopping(late=1),
    ),
    (
        "one epoch too early",
        "Training stops when stop - best = patience. You gave up one epoch before.",
        stopping(late=-1),
    ),
    (
        "patience not restored",
        "You counted all epochs without progress. A new best starts the count afresh.",
        stopping(waits=True),
    ),
    (
        "best epoch from the future",
        "The best epoch lies after the stop. A run that was stopped never gets there.",
        stopping(answer=lambda stop, best, v: (stop, int(np.argmin(v)))),
    ),
    *(
        (
            "best epoch over the whole list",
            (
                "You looked for the lowest loss of the whole list and "
                "stopped after it. Training walks through the epochs and "
                "cannot see what comes later: it may have stopped long before."
            ),
            looking_ahead,
        )
        for looking_ahead in (best_of_all, best_of_all_and_beyond)
    ),
    (
        "never stopped",
        "You returned the last epoch. Training stops as soon as stop - best = patience.",
        stopping(answer=lambda stop, best, v: (len(v) - 1, int(np.argmin(v)))),
    ),
    (
        "results exchanged",
        "The function returns (stop, best), in this order.",
        stopping(answer=lambda stop, best, v: (best, stop)),
    ),
    (
        "counted from 1",
        "Epochs count from 0.",
        stopping(answer=lambda stop, best, v: (stop + 1, best + 1)),
    ),
    (
        "a loss instead of an epoch",
        "best is the number of an epoch, not its loss.",
        stopping(answer=lambda stop, best, v: (stop, v[best])),
    ),
    (
        "best for both",
        "You returned best twice. The first is the epoch at which training stops.",
        stopping(answer=lambda stop, best, v: (best, best)),
    ),
    (
        "the number of epochs for the last one",
        (
            "Where patience never runs out you returned the number of epochs. Epochs count from 0:"
            " the last is one less."
        ),
        number_of_epochs,
    ),
    (
        "the larger loss taken for the better",
        "You kept the epochs whose loss is larger. Better means strictly below the best so far.",
        stopping(better=lambda v, e, best: v[e] > v[best]),
    ),
    (
        "the lowest loss never renewed",
        (
            "You compare every loss with the first one. The lowest so far has to be renewed together"
            " with best."
        ),
        stopping(better=lambda v, e, best: v[e] < v[0]),
    ),
)
