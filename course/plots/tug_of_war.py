"""Draw how two outputs pull at one hidden unit.

Axes and data in, artists out.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes


def draw_tug(
    ax: Axes, targets: np.ndarray, pull_1: np.ndarray, pull_2: np.ndarray, balance: float
) -> None:
    """Draw the blame that comes through either output, and their sum, over the target of the first.

    Parameters
    ----------
    ax : matplotlib Axes
    targets : array (n,)
        Targets of the first output.
    pull_1, pull_2 : array (n,)
        delta_o w through the first and through the second output.
    balance : float
        The target at which the sum is 0; a dot marks it.
    """
    ax.plot(targets, pull_1, "--", label="through $o_1$")
    ax.plot(targets, pull_2, ":", label="through $o_2$")
    ax.plot(targets, pull_1 + pull_2, color="0.2", label="their sum, the blame of $h_1$")
    ax.axhline(0, color="0.7", linewidth=0.8)
    ax.plot([balance], [0], "o", color="0.2")
    ax.set(xlabel="target of $o_1$", ylabel="blame")
    ax.legend(frameon=False)
