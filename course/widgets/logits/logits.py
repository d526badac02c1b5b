"""Logits to probabilities: the three stages of softmax, and p - t where a class is right.

`Stages` is the mathematics, tested without a browser; `LogitsToProbabilities` is the picture, drawn
and computed in the browser by logits.js.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO

import anywidget
import numpy as np
import traitlets
from matplotlib.figure import Figure

from course.plots.logits import draw_stages, in_figures, signed
from course.widgets.common.modules import bundle, styles

#: softmax of these four is printed by a lecture series, lessons 8–13 on neural networks, loss and
#: activation functions.
DECK = (1.1, 2.2, 0.2, -1.7)
#: The coldest and the warmest temperature, and how large a logit, or what is added to all, may be.
COLDEST, WARMEST, FURTHEST = 0.01, 100.0, 1e6


class Stages:
    """Softmax in floating point, stage by stage, as a program would compute it.

    Parameters
    ----------
    z : sequence of k floats
        The logits before anything is done to them.
    temperature : float
        All logits are divided by it.
    added : float
        Added to all logits, after the division.
    shift : bool
        Whether the largest logit is subtracted before the exponential.
    right : int or None
        The right class, from 0; None while none is chosen.

    Attributes
    ----------
    logits, exponents, exponentials, p : array (k,)
        What enters softmax, what stands in the exponent, e to its power, and the result: inf and
        nan where they occur.
    total : float
        The sum of the exponentials.
    exact : array (k,)
        The right probabilities.
    loss, exact_loss : float or None
        -ln p of the right class, from `p` as it was computed, and as it should be.
    gradient : array (k,) or None
        p - t: the derivative of the loss by what enters softmax.
    """

    def __init__(
        self,
        z: Sequence[float],
        temperature: float = 1.0,
        added: float = 0.0,
        shift: bool = True,
        right: int | None = None,
    ) -> None:
        self.z, self.temperature, self.added, self.shift, self.right = (
            z,
            temperature,
            added,
            shift,
            right,
        )
        scaled = np.asarray(z, dtype=float) / temperature
        self.logits = scaled + added
        self.exponents = self.logits - self.logits.max() if shift else self.logits
        with np.errstate(over="ignore", invalid="ignore", under="ignore", divide="ignore"):
            self.exponentials = np.exp(self.exponents)  # e^z
            self.total = float(self.exponentials.sum())
            self.p = self.exponentials / self.total  # e^z_i / Σ_j e^z_j
            rest = np.exp(scaled - scaled.max())
            self.exact = rest / rest.sum()
            self.loss: float | None = None
            self.exact_loss: float | None = None
            self.gradient: np.ndarray | None = None
            if right is not None:
                self.loss = float(0 - np.log(self.p[right]))  # -ln p_right
                self.exact_loss = float(np.log(rest.sum()) - (scaled[right] - scaled.max()))
                self.gradient = self.p - np.eye(len(self.p))[right]  # p - t

    @property
    def entering(self) -> str:
        """What enters softmax, as a formula."""
        return "z" + ("" if self.temperature == 1 else "/τ") + ("" if self.added == 0 else " + c")

    def verdict(self) -> str:
        """What happened, in a sentence or two."""
        if np.isnan(self.p).any():
            if self.total == 0:
                return (
                    "Every exponential is too small for a float and becomes 0. 0/0 is nan, not a"
                    " number."
                )
            return (
                "An exponential is too large for a float (above 1.8·10³⁰⁸) and becomes inf. inf/inf"
                " is nan, not a number."
            )
        if np.isinf(self.total):
            return (
                "Each exponential fits into a float, but their sum does not: it is inf, and every"
                " probability becomes 0."
            )
        if not np.allclose(self.p, self.exact, rtol=0, atol=1e-9):
            lost = (
                "What is added is so far from the logits"
                if self.shift
                else "The exponentials are so small"
            )
            right = ", ".join(f"{p:.4f}" for p in self.exact)
            return f"{lost} that a float has lost their digits. Right would be {right}."
        largest = int(np.argmax(self.p))
        first = [str(i + 1) for i in np.flatnonzero(self.p > self.p[largest] - 1e-9)]
        if self.p[largest] > 0.99:
            return f"Class {largest + 1} has nearly everything."
        if np.ptp(self.p) < 0.02:
            return "All classes have nearly the same probability."
        if len(first) > 1:
            return (
                f"Classes {', '.join(first[:-1])} and {first[-1]} share the largest logit and the"
                " largest probability."
            )
        return f"Class {largest + 1} has the largest logit and the largest probability."

    def cost(self) -> str:
        """What the right class costs, and what its gradient asks for; what to do where no class is
        chosen."""
        if (
            self.right is None
            or self.loss is None
            or self.exact_loss is None
            or self.gradient is None
        ):
            return "No class is said to be right yet, so there is no loss."
        name = f"Class {self.right + 1} is right: L = −ln p{self.right + 1}"
        if np.isnan(self.loss):
            return (
                f"{name} is nan, and so is its gradient. It should be"
                f" {in_figures(self.exact_loss)}."
            )
        if np.isinf(self.loss):
            return (
                f"{name} = −ln 0 = inf, as this p has become 0. It should be"
                f" {in_figures(self.exact_loss)}."
            )
        if np.abs(self.gradient).max() < 0.01:
            return (
                f"{name} = {in_figures(self.loss)}. p − t is nearly 0: hardly anything is left to"
                " learn here."
            )
        return (
            f"{name} = {in_figures(self.loss)}. p − t is negative for this class alone, and its"
            " entries sum to 0."
        )

    def rows(self) -> list[tuple[str, list[str]]]:
        """The numbers of the picture, as a table: (name, its k numbers or its one)."""
        power = f"e^({self.entering} − largest)" if self.shift else f"e^({self.entering})"
        table = [
            (self.entering, self.logits),
            (power, self.exponentials),
            ("sum", [self.total]),
            ("p", self.p),
            ("sum of p", [self.p.sum()]),
        ]
        rows = [(name, [in_figures(v) for v in row]) for name, row in table]
        if self.gradient is not None:
            rows.append(("p − t", [signed(v) for v in self.gradient]))
        return rows

    def describe(self) -> str:
        """The picture as text: its numbers, what happened, what it costs."""
        lines = [
            f"{name:<22}" + "".join(f"{number:>14}" for number in row) for name, row in self.rows()
        ]
        return "\n".join([*lines, self.verdict(), self.cost()])


class LogitsToProbabilities(anywidget.AnyWidget):
    """Logits as bars to be dragged, their exponentials, their probabilities, and p - t once a class
    is said to be right.

    The picture lives in the browser and needs no kernel; Python sees and sets the same state.
    Without a browser it shows a still picture and the numbers as text.

    Parameters
    ----------
    z : sequence of 2 to 8 floats
        The logits to start with.
    right : int or None
        The right class to start with, from 0.

    Attributes
    ----------
    z, temperature, added, shift, right
        As in `Stages`; assigning them moves the picture.

    Raises
    ------
    traitlets.TraitError
        If there are too few or too many logits, a number lies outside the range of the picture, or
        a class does not exist.
    """

    _esm = bundle(*(f"logits/{name}.js" for name in ("math", "picture", "words", "logits")))
    _css = styles("logits/logits.css")

    z = traitlets.List(traitlets.Float(min=-FURTHEST, max=FURTHEST), minlen=2, maxlen=8).tag(
        sync=True
    )
    temperature = traitlets.Float(1.0, min=COLDEST, max=WARMEST).tag(sync=True)
    added = traitlets.Float(0.0, min=-FURTHEST, max=FURTHEST).tag(sync=True)
    shift = traitlets.Bool(True).tag(sync=True)
    right = traitlets.Int(None, allow_none=True).tag(sync=True)
    initial = traitlets.Dict().tag(sync=True)

    def __init__(self, z: Sequence[float] = DECK, right: int | None = None) -> None:
        start = {
            "z": [float(v) for v in z],
            "temperature": 1.0,
            "added": 0.0,
            "shift": True,
            "right": right,
        }
        super().__init__(**start, initial=start)

    @traitlets.validate("z")
    def _as_many_as_before(self, proposal: dict) -> list[float]:
        z = proposal["value"]
        if not np.all(np.isfinite(z)):
            raise traitlets.TraitError(f"a logit is nan or infinite: {z}")
        if self.initial and len(z) != len(self.initial["z"]):
            raise traitlets.TraitError(
                f"the picture has {len(self.initial['z'])} logits, not {len(z)}"
            )
        return z

    @traitlets.validate("right")
    def _one_of_the_classes(self, proposal: dict) -> int | None:
        right, k = proposal["value"], len(self.z)
        if right is not None and not 0 <= right < k:
            raise traitlets.TraitError(f"the right class is 0 to {k - 1}, or None; not {right}")
        return right

    @property
    def stages(self) -> Stages:
        """The three stages for the numbers as they are now."""
        return Stages(self.z, self.temperature, self.added, self.shift, self.right)

    def move(self, i: int, value: float) -> None:
        """Set logit `i` (from 0) to `value`."""
        self.z = [*self.z[:i], float(value), *self.z[i + 1 :]]

    def choose(self, right: int) -> None:
        """Say that class `right` (from 0) is right; said of the class that is, no class is."""
        self.right = None if right == self.right else right

    def reset(self) -> None:
        """Back to the start."""
        for name, value in self.initial.items():
            setattr(self, name, value)

    def describe(self) -> str:
        """What the picture shows, in words and numbers."""
        return self.stages.describe()

    def picture(self) -> bytes:
        """The picture as PNG bytes, without a browser."""
        figure = Figure(figsize=(9.2, 4.4 if self.right is not None else 3.2), dpi=100)
        draw_stages(figure, self.stages)
        buffer = BytesIO()
        figure.savefig(buffer, format="png")
        return buffer.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        data = (data or {}) | {
            "text/plain": self.describe(),
            "image/png": base64.b64encode(self.picture()).decode("ascii"),
        }
        return data, metadata
