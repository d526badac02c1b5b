"""Fingerprints of eleven bugs in the gradients of a 2-2-2 network, and a sealed program that has one
of them.

The network is Mazur's, "A step by step backpropagation example" (2015), with the numbers of Inha
University, "Backpropagation, activation function".
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.widgets.xor_training import logistic

#: The example: i, target, W1, b1, W2, b2, and its learning rate.
EXAMPLE = (
    np.array([0.05, 0.10]), np.array([0.01, 0.99]),
    np.array([[0.15, 0.25], [0.20, 0.30]]), np.array([0.35, 0.35]),
    np.array([[0.40, 0.50], [0.45, 0.55]]), np.array([0.60, 0.60]),
)  # fmt: skip
ETA = 0.5

Gradients = dict[str, np.ndarray]


def slope(out: np.ndarray) -> np.ndarray:
    """The slope of the logistic function, from its output."""
    return out * (1 - out)


def _gradients(
    error: Callable = lambda out, t: out - t,
    at: Callable = lambda net, out: slope(out),
    at_hidden: Callable | None = None,
    back: Callable = lambda delta, W2, out_h: delta @ W2.T,
    enters: Callable = lambda net_h, out_h: out_h,
    table: Callable = np.outer,
) -> Callable[..., Gradients]:
    """Gradients in which one step may be replaced.

    `error` is ∂E/∂out, `at` the slope of a unit from its net and out, `at_hidden` that of the
    hidden units where it is another one, `back` what comes back to the hidden layer, `enters` what
    the output weights multiply, `table` the gradient of the weights from what enters and δ.
    """

    def gradients(i, target, W1, b1, W2, b2) -> Gradients:
        net_h = i @ W1 + b1
        out_h = logistic(net_h)
        net_o = out_h @ W2 + b2
        out_o = logistic(net_o)
        delta_o = error(out_o, target) * at(net_o, out_o)
        delta_h = back(delta_o, W2, out_h) * (at_hidden or at)(net_h, out_h)
        return {
            "W1": table(i, delta_h),
            "b1": delta_h,
            "W2": table(enters(net_h, out_h), delta_o),
            "b2": delta_o,
        }

    return gradients


#: What people really do: name -> the gradients that come of it, called as the lesson's own.
BUGS: dict[str, Callable[..., Gradients]] = {
    "none": _gradients(),
    "output weights updated first": _gradients(
        back=lambda delta, W2, out_h: delta @ (W2 - ETA * np.outer(out_h, delta)).T
    ),
    "W2 where its transpose belongs": _gradients(back=lambda delta, W2, out_h: delta @ W2),
    "hidden slope forgotten": _gradients(at_hidden=lambda net, out: 1.0),
    "output slope forgotten": _gradients(
        at=lambda net, out: 1.0, at_hidden=lambda net, out: slope(out)
    ),
    "slope σ(out)(1 - σ(out))": _gradients(at=lambda net, out: slope(logistic(out))),
    "slope net (1 - net)": _gradients(at=lambda net, out: slope(net)),
    "sign lost": _gradients(error=lambda out, t: t - out),
    "½ forgotten": _gradients(error=lambda out, t: 2 * (out - t)),
    "one way only, through o1": _gradients(back=lambda delta, W2, out_h: delta[:1] @ W2[:, :1].T),
    "net_h where out_h belongs": _gradients(enters=lambda net_h, out_h: net_h),
    "outer product transposed": _gradients(table=lambda enters, delta: np.outer(delta, enters)),
}


def after_one_step(gradients: Callable[..., Gradients]) -> tuple[np.ndarray, float]:
    """One step of the example with such gradients, the biases frozen.

    Returns
    -------
    w : array (8,)
        The new w1 … w8.
    E : float
        The total error with them.
    """
    i, target, W1, b1, W2, b2 = EXAMPLE
    g = gradients(*EXAMPLE)
    W1, W2 = W1 - ETA * g["W1"], W2 - ETA * g["W2"]
    out = logistic(logistic(i @ W1 + b1) @ W2 + b2)
    return np.concatenate([W1.T.ravel(), W2.T.ravel()]), float(0.5 * np.sum((target - out) ** 2))


class SealedProgram:
    """Gradients of a 2-2-2 network with one bug of `BUGS` inside, and no way to read them.

    It is called as the lesson's `gradients`; `name_it` opens it for who names the bug.

    Parameters
    ----------
    number : int
        Another number, another program, though perhaps the same bug.
    """

    def __init__(self, number: int) -> None:
        rng = np.random.default_rng([5, number])
        self.number = number
        self._bug = str(rng.choice([name for name in BUGS if name != "none"]))

    def __call__(self, *arguments: np.ndarray) -> Gradients:
        """The gradients, bug and all: i, target, W1, b1, W2, b2 -> dict(W1, b1, W2, b2)."""
        return BUGS[self._bug](*arguments)

    def name_it(self, guess: str) -> str:
        """What the numbers say to a guess.

        Raises
        ------
        ValueError
            If `guess` is no name of the table; the names are listed.
        """
        if guess not in BUGS:
            raise ValueError(f"{guess!r} is no name of the table. Names: {', '.join(BUGS)}")
        if guess == self._bug:
            return f"Program {self.number}: yes, {guess}."
        ours, E = after_one_step(self)
        theirs, E_guess = after_one_step(BUGS[guess])
        apart = [k for k in range(8) if abs(ours[k] - theirs[k]) > 5e-9]
        k = apart[0]
        return (
            f"Program {self.number}: not {guess!r}. That would give w{k + 1}+ = {theirs[k]:.8f} and"
            f" E = {E_guess:.8f}; the program gives {ours[k]:.8f} and {E:.8f}."
        )

    def __repr__(self) -> str:
        return f"<sealed program {self.number}>"
