"""The backprop stepper: a network drawn, and walked through forward and backward one number at a time."""

import base64
import re
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from course.network import Network
from course.plots.network_diagram import draw_network, figure_for
from course.steps import format_number

_HERE = Path(__file__).parent
_MODULES = ("stepper_math.js", "stepper_text.js", "stepper_picture.js", "stepper.js")


def bundle():
    """The widget's JavaScript as one ES module: its files in order, without the imports between them."""
    return re.sub(r"(?m)^import .* from \"\./.*\";\n", "", "\n".join((_HERE / name).read_text("utf-8") for name in _MODULES))


class _Numbers(traitlets.TraitType):
    """Nested lists of floats; numpy arrays and tuples are taken too."""

    def validate(self, obj, value):
        def plain(part):
            if isinstance(part, (list, tuple, np.ndarray)):
                return [plain(inner) for inner in part]
            if isinstance(part, (bool, np.bool_)) or not isinstance(part, (int, float, np.number)):
                raise traitlets.TraitError(f"{self.name} holds numbers only, not {part!r}")
            return float(part)

        return None if value is None else plain(value)


class BackpropStepper(anywidget.AnyWidget):
    """A network with every number of its forward and backward pass, shown one after the other.

    The picture lives in the browser and needs no kernel; Python sees and sets the same state.

    Parameters
    ----------
    network : course.network.Network
        Small: up to about 5-5-5-3 stays readable.
    x : array_like (inputs,)
    d : array_like (outputs,)
        The target.
    digits : int
        Significant digits shown, 2 to 12.

    Attributes
    ----------
    weights, biases, x, d : nested lists of float
        As in the browser; assigning them moves the picture. Arrays are taken too.
    position : int
        How many steps have been taken; 0 is the start.

    Raises
    ------
    ValueError
        If x or d does not fit the network.
    traitlets.TraitError
        If something assigned later has the wrong shape, is not finite, or lies outside the walk.
    """

    _esm = bundle()
    _css = (_HERE / "stepper.css").read_text("utf-8")

    weights = _Numbers().tag(sync=True)
    biases = _Numbers(None, allow_none=True).tag(sync=True)
    x = _Numbers().tag(sync=True)
    d = _Numbers().tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    digits = traitlets.Int(4, min=2, max=12).tag(sync=True)
    # what never changes: the walk without its numbers, the names, and the numbers that Reset goes back to
    sizes = traitlets.List().tag(sync=True)
    activations = traitlets.List().tag(sync=True)
    walk = traitlets.List().tag(sync=True)
    notation = traitlets.Dict().tag(sync=True)
    initial = traitlets.Dict().tag(sync=True)

    def __init__(self, network, x, d, digits=4):
        trace = network.backward(x, d)
        forward, backward = network.recipes()
        self._like = network
        numbers = {
            "weights": [W.tolist() for W in network.weights],
            "biases": None if network.biases is None else [b.tolist() for b in network.biases],
            "x": trace.forward.y[0].tolist(),
            "d": trace.d.tolist(),
        }
        names = network.notation
        super().__init__(
            **numbers,
            digits=digits,
            sizes=list(network.sizes),
            activations=[f.name for f in network.activations],
            walk=[self._recipe(recipe) for recipe in forward + backward],
            notation={"symbols": names.symbols, "labels": names.labels, "z": names.z, "y": names.y, "error": names.error},
            initial=numbers,
        )

    @staticmethod
    def _recipe(recipe):
        return asdict(recipe) | {"references": list(recipe.references), "uses": list(recipe.uses), "index": list(recipe.index)}

    @traitlets.validate("weights", "biases", "x", "d")
    def _fits(self, proposal):
        like, name, value = self._like, proposal["trait"].name, proposal["value"]
        try:
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
                    raise ValueError(f"{name} has shape {np.shape(value)}; this network needs ({size},)")
                if not np.all(np.isfinite(value)):
                    raise ValueError(f"{name} has an entry that is nan or infinite")
        except (ValueError, TypeError) as error:
            raise traitlets.TraitError(str(error)) from error
        return value

    @traitlets.validate("position")
    def _inside_the_walk(self, proposal):
        if self.walk and not 0 <= proposal["value"] <= len(self.walk):
            raise traitlets.TraitError(f"the walk has steps 0 to {len(self.walk)}, not {proposal['value']}")
        return proposal["value"]

    @property
    def network(self):
        """The `Network` with the numbers as they are now."""
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
        """Go to the moment when `position` steps have been taken. Raises TraitError if the walk has no such moment."""
        self.position = position

    def reset(self):
        """Back to the start, with the numbers the stepper was made with."""
        for name, value in self.initial.items():
            setattr(self, name, value)
        self.position = 0

    def describe(self):
        """The picture in words: the network, the current step with its numbers, and what it reuses."""
        lines = [f"Backprop stepper: {self._like!r}, step {self.position} of {len(self.walk)}."]
        step = self.current
        if step is None:
            lines.append("Start: the inputs, the weights and the target are given.")
        else:
            lines += [step.words, f"{step.key} = {step.numbers} = {format_number(step.value, max(self.digits, 6))}"]
            if step.uses:
                lines.append("uses: " + ", ".join(step.uses))
        return "\n".join(lines)

    def picture(self):
        """The current moment as PNG bytes, without a browser."""
        trace = self.trace
        taken = self._steps(trace)[: self.position]
        figure = figure_for(self._like)
        draw_network(
            figure.axes[0],
            self.network,
            trace.values,
            shown={step.key for step in taken},
            highlight={taken[-1].key} if taken else (),
            digits=self.digits,
        )
        figure.text(0.02, 0.95, self.describe().splitlines()[1], fontsize=11, va="center")
        buffer = BytesIO()
        figure.savefig(buffer, format="png", dpi=110)
        return buffer.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        data = data | {"text/plain": self.describe(), "image/png": base64.b64encode(self.picture()).decode("ascii")}
        return data, metadata
