"""The digit pad: draw a digit, and see what each layer of a network makes of it."""

from __future__ import annotations

import base64
from io import BytesIO

import anywidget
import numpy as np
import traitlets
from matplotlib.figure import Figure

from course.mnist import Split
from course.plots.draw_digit import draw_layers
from course.widgets.common.modules import bundle, styles
from course.widgets.digit_training import forward

#: As in draw_digit_math.js: the pen, its soft edge, MNIST's box, and how far a small drawing is
#: blown up.
RADIUS, SOFT, BOX, LARGEST = 1.05, 1.1, 20, 4


def render(strokes) -> np.ndarray:
    """Ink of the 784 pixels, 0 to 1, of strokes ``[x0, y0, x1, y1, …]`` in pixels from the upper
    left corner."""
    rows, columns = np.mgrid[:28, :28] + 0.5
    nearest = np.full((28, 28), np.inf)
    for stroke in strokes:
        points = np.reshape(stroke, (-1, 2)).astype(float)
        for (ax, ay), (bx, by) in zip(points, points[1:] if len(points) > 1 else points):
            dx, dy = bx - ax, by - ay
            along = ((columns - ax) * dx + (rows - ay) * dy) / ((dx**2 + dy**2) or 1.0)
            t = np.clip(along, 0, 1) if dx or dy else 0.0
            nearest = np.minimum(nearest, np.hypot(columns - ax - t * dx, rows - ay - t * dy))
    return np.clip((RADIUS + SOFT / 2 - nearest) / SOFT, 0, 1).ravel()


def normalise(strokes) -> list:
    """The strokes as MNIST would have them: in a box of 20 × 20 pixels, the centre of mass in the
    middle of the image."""
    if not strokes:
        return []
    points = [np.reshape(stroke, (-1, 2)).astype(float) for stroke in strokes]
    low, high = (
        np.min([p.min(axis=0) for p in points], axis=0),
        np.max([p.max(axis=0) for p in points], axis=0),
    )
    size = float(np.max(high - low))
    scale = min(LARGEST, (BOX - 2 * RADIUS) / size) if size else 1.0
    boxed = [(p - (low + high) / 2) * scale + 14 for p in points]
    ink = render(boxed).reshape(28, 28)
    if not ink.sum():
        return boxed
    rows, columns = np.mgrid[:28, :28] + 0.5
    centre = np.array([np.sum(ink * columns), np.sum(ink * rows)]) / ink.sum()
    return [p + 14 - centre for p in boxed]


class DrawDigit(anywidget.AnyWidget):
    """A page to draw on, with mouse, finger or keys, and the activations of a network for what is
    drawn.

    The mathematics runs in the browser at every stroke; Python sees and sets the same state.

    Parameters
    ----------
    weights, biases : lists of arrays
        A network of logistic units with 784 inputs and 10 outputs, ``W`` (from, to).
    digits : course.mnist.Split, optional
        Images to choose from, the first 200 of them.

    Attributes
    ----------
    strokes : list of lists of float
        Lines ``[x0, y0, x1, y1, …]`` in pixels of the 28 × 28 image.
    example : int
        Which of `digits` is shown; -1 where the page is the reader's own.
    centred : bool
        Whether a drawing is scaled and moved as MNIST's digits were.

    Raises
    ------
    ValueError
        If the network does not take 784 numbers.
    """

    _esm = bundle("draw_digit/math.js", "draw_digit/draw_digit.js")
    _css = styles("draw_digit/draw_digit.css")

    strokes = traitlets.List().tag(sync=True)
    example = traitlets.Int(-1).tag(sync=True)
    centred = traitlets.Bool(True).tag(sync=True)
    sizes = traitlets.List().tag(sync=True)
    parameters = traitlets.Bytes().tag(sync=True)
    examples = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List().tag(sync=True)

    def __init__(self, weights, biases, digits: Split | None = None) -> None:
        self._weights = [np.asarray(W, dtype=np.float32) for W in weights]
        self._biases = [np.asarray(b, dtype=np.float32) for b in biases]
        if self._weights[0].shape[0] != 784:
            raise ValueError(
                f"the network takes {self._weights[0].shape[0]} numbers; an image has 784"
            )
        images, labels = (
            (digits.images[:200], digits.labels[:200]) if digits else (np.zeros((0, 784)), [])
        )
        flat = [
            part.ravel() for pair in zip(self._weights, self._biases, strict=True) for part in pair
        ]
        super().__init__(
            sizes=[784, *(W.shape[1] for W in self._weights)],
            parameters=np.concatenate(flat).astype("<f4").tobytes(),
            examples=np.rint(255 * np.asarray(images)).astype(np.uint8).tobytes(),
            labels=[int(label) for label in labels],
            example=0 if len(labels) else -1,
        )

    @property
    def image(self) -> np.ndarray:
        """What the network sees: (784,), from 0 to 1."""
        if self.example >= 0:
            return np.frombuffer(self.examples, np.uint8)[784 * self.example :][:784] / 255
        return render(normalise(self.strokes) if self.centred else self.strokes)

    @property
    def activations(self) -> list[np.ndarray]:
        """The activations of every layer, [image, a_1, …, a_L]."""
        return [a[0] for a in forward(self.image[None], self._weights, self._biases)]

    def clear(self) -> None:
        """An empty page."""
        self.strokes, self.example = [], -1

    def describe(self) -> str:
        """What the picture shows, in words and numbers."""
        y = self.activations[-1]
        best, second = np.argsort(-y, kind="stable")[:2]
        truth = f"A {self.labels[self.example]} from MNIST. " if self.example >= 0 else ""
        if np.isnan(y).any():
            return f"{truth}The outputs are nan: some weights of this network are not numbers."
        if not self.image.any():
            return (
                f"The page is empty; the network answers {best} all the same, with {y[best]:.3f}."
            )
        unsure = " No output is above one half." if y[best] < 0.5 else ""
        return (
            f"{truth}The answer is {best}: output {best} is {y[best]:.3f}, next comes {second} with"
            f" {y[second]:.3f}.{unsure}"
        )

    def picture(self) -> bytes:
        """The page and all layers as PNG bytes, without a browser."""
        figure = Figure(figsize=(9.2, 3.2), dpi=100)
        draw_layers(
            figure, self.activations, self.labels[self.example] if self.example >= 0 else None
        )
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
