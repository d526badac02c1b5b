"""The backprop stepper: a network drawn, and walked through forward and backward one number at a
time."""

import base64
from dataclasses import asdict
from io import BytesIO

import anywidget
import numpy as np
import traitlets

from course.network import Network
from course.plots.network_diagram import draw_network, figure_for, picture_of_words
from course.plots.network_marks import notice
from course.steps import format_number
from course.widgets.common.modules import PENCIL, bundle, styles
from course.widgets.stepper.summary import is_too_large, summarise
from course.widgets.stepper.traits import Numbers
from course.widgets.stepper.yours import compare, title

_MODULES = (
    "math text words paths marks layout parts update picture numbers tracer yours frame".split()
)
_ASKING = "ground asking_forward asking_backward asking fresh stepper".split()


class BackpropStepper(anywidget.AnyWidget):
    """A network with every number of its forward and backward pass, shown one after the other.

    The picture lives in the browser and needs no kernel; Python sees and sets the same state.

    Parameters
    ----------
    network : course.network.Network
        Up to 5-5-5-3 every number has its place. Up to 8 units in 6 layers the numbers of weights
        appear on demand. Larger ones are not drawn: a table says what holds for each layer.
    x : array_like (inputs,)
    d : array_like (outputs,)
        The target.
    digits : int
        Significant digits shown, 2 to 12.
    yours : function, dict, or a list of them, optional
        The reader's own backward pass, shown beside the right one; see
        `course.widgets.stepper.yours.compare`. It is called again whenever a number changes. What
        it raises is shown, in words.
    pencil : bool
        Whether it begins by asking: each number is typed before it is shown. The reader turns that
        on and off with the button *Pencil*.

    Attributes
    ----------
    weights, biases, x, d : nested lists of float
        As in the browser; assigning them moves the picture. Arrays are taken too.
    position : int
        How many steps have been taken; 0 is the start.
    yours : dict
        What the reader's own backward pass gave, and for which numbers; {} without one.
    pencil : dict
        What was asked and found with the pencil: "on", and once it was used "score", "done",
        "typed" and more.

    Raises
    ------
    ValueError
        If x or d does not fit the network.
    TypeError
        If `yours` is neither a function nor a dict of gradients.
    traitlets.TraitError
        If something assigned later has the wrong shape, is not finite, or lies outside the walk.
    """

    _esm = bundle(
        "common/numbers.js",
        "common/walk.js",
        *(f"stepper/{name}.js" for name in _MODULES),
        *PENCIL,
        *(f"stepper/{name}.js" for name in _ASKING),
    )
    _css = styles(
        "common/walk.css", "stepper/stepper.css", "stepper/picture.css", "pencil/pencil.css"
    )

    weights = Numbers(None, allow_none=True).tag(sync=True)
    biases = Numbers(None, allow_none=True).tag(sync=True)
    x = Numbers().tag(sync=True)
    d = Numbers().tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    digits = traitlets.Int(4, min=2, max=12).tag(sync=True)
    # what never changes: the walk without its numbers, the names, and the numbers that Reset goes
    # back to
    sizes = traitlets.List().tag(sync=True)
    activations = traitlets.List().tag(sync=True)
    walk = traitlets.List().tag(sync=True)
    notation = traitlets.Dict().tag(sync=True)
    initial = traitlets.Dict().tag(sync=True)
    # what Python has to say: the reader's own gradients; a network that is too large to be drawn
    yours = traitlets.Dict().tag(sync=True)
    summary = traitlets.Dict().tag(sync=True)

    # what was asked and found with the pencil; its shape: pencil/state.js
    pencil = traitlets.Dict().tag(sync=True)

    def __init__(self, network, x, d, digits=4, yours=None, pencil=False):
        trace = network.backward(x, d)
        self._like, self._yours = network, yours
        numbers = {"x": trace.forward.y[0].tolist(), "d": trace.d.tolist()}
        if yours is not None:
            title(yours)
        if is_too_large(network):
            super().__init__(**numbers, initial=numbers)
            return
        numbers |= {
            "weights": [W.tolist() for W in network.weights],
            "biases": None if network.biases is None else [b.tolist() for b in network.biases],
        }
        forward, backward = network.recipes()
        names = network.notation
        super().__init__(
            **numbers,
            pencil={"on": True} if pencil else {},
            digits=digits,
            sizes=list(network.sizes),
            activations=[f.name for f in network.activations],
            walk=[self._recipe(recipe) for recipe in forward + backward],
            notation={
                "symbols": names.symbols,
                "labels": names.labels,
                "z": names.z,
                "y": names.y,
                "error": names.error,
            },
            initial=numbers,
        )

    @staticmethod
    def _recipe(recipe):
        return asdict(recipe) | {
            "references": list(recipe.references),
            "uses": list(recipe.uses),
            "index": list(recipe.index),
        }

    @traitlets.validate("weights", "biases", "x", "d")
    def _fits(self, proposal):
        like, name, value = self._like, proposal["trait"].name, proposal["value"]
        try:
            if is_too_large(like) and name in ("weights", "biases"):
                raise ValueError(
                    "this network is too large to be drawn; its weights cannot be changed here"
                )
            if name == "weights":
                shapes = [np.shape(W) for W in value]
                wanted = [W.shape for W in like.weights]
                if shapes != wanted:
                    raise ValueError(f"the weights have shapes {shapes}; they need {wanted}")
                Network(value, like.activations)
            elif name == "biases":
                if (value is None) != (like.biases is None):
                    raise ValueError("a network keeps its biases, or keeps having none")
                Network(like.weights, like.activations, biases=value)
            else:
                size = like.sizes[0] if name == "x" else like.sizes[-1]
                if np.shape(value) != (size,):
                    raise ValueError(
                        f"{name} has shape {np.shape(value)}; this network needs ({size},)"
                    )
                if not np.all(np.isfinite(value)):
                    raise ValueError(f"{name} has an entry that is nan or infinite")
        except (ValueError, TypeError) as error:
            raise traitlets.TraitError(str(error)) from error
        return value

    @traitlets.validate("position")
    def _inside_the_walk(self, proposal):
        if self.walk and not 0 <= proposal["value"] <= len(self.walk):
            raise traitlets.TraitError(
                f"the walk has steps 0 to {len(self.walk)}, not {proposal['value']}"
            )
        return proposal["value"]

    @traitlets.observe("weights", "biases", "x", "d")
    def _follow(self, _change):
        """New numbers: call the reader's function with them, and renew the table of a large
        network."""
        if self.x is None or self.d is None:
            return
        numbers = {name: getattr(self, name) for name in ("weights", "biases", "x", "d")}
        found = None
        if self._yours is not None and self.yours.get("of") != numbers:
            found = compare(self._yours, self.trace)
            self.yours = asdict(found) | {
                "title": title(self._yours),
                "of": numbers,
                "first": found.first_difference(step["key"] for step in self.walk),
            }
        if is_too_large(self._like):
            self.summary = summarise(self.trace, found)

    @property
    def network(self):
        """The `Network` with the numbers as they are now."""
        if is_too_large(self._like):
            return self._like
        return Network(self.weights, self._like.activations, self.biases, self._like.names)

    @property
    def trace(self):
        """The `BackwardTrace` of the numbers as they are now."""
        return self.network.backward(self.x, self.d)

    @property
    def current(self):
        """The `Step` that was taken last; None at the start."""
        return self._steps(self.trace)[self.position - 1] if self.position else None

    @staticmethod
    def _steps(trace):
        return trace.forward.steps + trace.steps

    def step(self):
        """One step forward; at the end, nothing."""
        self.position = min(self.position + 1, len(self.walk))

    def back(self):
        """One step back; at the start, nothing."""
        self.position = max(self.position - 1, 0)

    def go_to(self, position):
        """Go to the moment when `position` steps have been taken. Raises TraitError if the walk has
        no such moment."""
        self.position = position

    def reset(self):
        """Back to the start, with the numbers the stepper was made with."""
        with self.hold_trait_notifications():
            for name, value in self.initial.items():
                setattr(self, name, value)
            self.position = 0

    def describe(self):
        """The picture in words: the network, the current step with its numbers, what it reuses, and
        what stands still."""
        if self.summary:
            table = [self.summary["head"], *self.summary["rows"]]
            return "\n".join([self.summary["message"], *(" | ".join(row) for row in table)])
        lines = [f"Backprop stepper: {self._like!r}, step {self.position} of {len(self.walk)}."]
        step = self.current
        if step is None:
            lines.append("Start: the inputs, the weights and the target are given.")
        else:
            lines += [
                step.words,
                f"{step.key} = {step.numbers} = {format_number(step.value, max(self.digits, 6))}",
            ]
            if step.uses:
                lines.append("uses: " + ", ".join(step.uses))
        walk = [recipe["key"] for recipe in self.walk]
        seen = notice(self._like, self.trace.values, set(walk[: self.position]), walk)
        if seen:
            lines.append(seen)
        if self.yours:
            first, said = self.yours["first"], " ".join(self.yours["said"])
            verdict = "no difference." if self.yours["verdicts"] else "no gradients came back."
            if first:
                verdict = f"first difference at {first} (step {walk.index(first) + 1})."
            lines.append(
                f"yours, {self.yours['title']}: {verdict} {said}".rstrip()
                if self.yours["verdicts"]
                else f"yours: {said or verdict}"
            )
        return "\n".join(lines)

    def picture(self):
        """The current moment as PNG bytes, without a browser."""
        if self.summary:
            return picture_of_words(self.describe())
        trace = self.trace
        keys = [recipe["key"] for recipe in self.walk[: self.position]]
        figure = figure_for(self._like)
        draw_network(
            figure.axes[0],
            self.network,
            trace.values,
            shown=set(keys),
            highlight=set(keys[-1:]),
            digits=self.digits,
            wrong={
                key
                for key, verdict in self.yours.get("verdicts", {}).items()
                if verdict.startswith("wrong")
            },
        )
        figure.text(0.02, 0.95, self.describe().splitlines()[1], fontsize=11, va="center")
        buffer = BytesIO()
        figure.savefig(buffer, format="png", dpi=min(110, 1200 / figure.get_figwidth()))
        return buffer.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        data = (data or {}) | {
            "text/plain": self.describe(),
            "image/png": base64.b64encode(self.picture()).decode("ascii"),
        }
        return data, metadata
