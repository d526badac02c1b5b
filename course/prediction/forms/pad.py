"""The pad: a page with axes on which a student sketches a curve, or chooses a point, before the
truth is shown."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import anywidget
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course.plots.prediction import draw_background
from course.prediction.sketches import PLACES, POINT, SKETCH, Page

_HERE = Path(__file__).parent

#: Width and height of the page in CSS pixels, without the numbers beside it.
SIZE = {SKETCH: (620, 270), POINT: (540, 340)}


class Pad(anywidget.AnyWidget):
    """A page to draw on, with mouse, finger or keys.

    Parameters
    ----------
    question : str
    page : course.prediction.sketches.Page
    draw : callable, optional
        ``draw(axes)`` draws the background with matplotlib, once.

    Attributes
    ----------
    heights : list of float or None
        Of a sketch, at 61 even places from the left edge to the right one. None where nothing was
        put; the curve is straight between two places that have a height, and does not exist before
        the first and after the last.
    spot : list of float
        The chosen point, [x, y]; empty before it is chosen.
    said : str
        What has become of the prediction; shown beside the button that keeps it, and read aloud.
    """

    _esm = _HERE / "pad.js"
    _css = _HERE / "pad.css"

    kind = traitlets.Unicode().tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    x = traitlets.List().tag(sync=True)
    y = traitlets.List().tag(sync=True)
    xlabel = traitlets.Unicode().tag(sync=True)
    ylabel = traitlets.Unicode().tag(sync=True)
    size = traitlets.List().tag(sync=True)
    background = traitlets.Bytes(b"").tag(sync=True)
    heights = traitlets.List().tag(sync=True)
    spot = traitlets.List().tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self, question: str, page: Page, draw: Callable[[Axes], object] | None = None
    ) -> None:
        self.page, self.kept = page, lambda: None
        super().__init__(
            kind=page.kind, question=question, x=list(page.x), y=list(page.y), xlabel=page.xlabel, ylabel=page.ylabel,
            size=list(SIZE[page.kind]), background=background(page, draw) if draw else b"", heights=PLACES * [None],
        )  # fmt: skip
        self.on_msg(self._hear)

    def on_keep(self, kept: Callable[[], object]) -> None:
        """Call `kept` whenever the reader presses the button that keeps the prediction."""
        self.kept = kept

    def press(self) -> None:
        """What the button does. What fails is said beside it."""
        try:
            self.kept()
        except (
            Exception
        ) as error:  # a widget's callback has nobody above it who would show the error
            self.said = f"This could not be kept. {type(error).__name__}: {error}"

    def _hear(self, _pad: object, content: dict, _buffers: object) -> None:
        if "keep" in content:
            with self.hold_sync():
                self.heights, self.spot = content["keep"]["heights"], content["keep"]["spot"]
            self.press()

    @property
    def drawn(self) -> np.ndarray | None:
        """The sketch as (2, n), rising places and their heights, or the point (2,); None where it
        is not there yet."""
        if self.kind == POINT:
            return np.array(self.spot, dtype=float) if len(self.spot) == 2 else None
        put = {k: height for k, height in enumerate(self.heights[:PLACES]) if height is not None}
        if len(put) < 2:
            return None
        there = np.arange(min(put), max(put) + 1)
        heights = np.interp(there, [*put], [*put.values()])
        return np.array([self._places()[there], np.clip(heights, *self.y)])

    def _places(self) -> np.ndarray:
        return np.linspace(self.x[0], self.x[1], PLACES)

    def put(self, drawn: np.ndarray) -> None:
        """Show what was drawn before: (2, n) of a sketch, (2,) of a point. What lies beyond the
        page goes to its edge."""
        if self.kind == POINT:
            self.spot = np.clip(drawn, *np.transpose([self.x, self.y])).tolist()
            return
        places, inside = self._places(), 1e-9 * (self.x[1] - self.x[0])
        heights = np.interp(places, *drawn)
        there = (places >= drawn[0, 0] - inside) & (places <= drawn[0, -1] + inside)
        self.heights = [
            float(np.clip(h, *self.y)) if ok else None for h, ok in zip(heights, there, strict=True)
        ]

    def clear(self) -> None:
        """An empty page."""
        self.heights, self.spot = PLACES * [None], []

    def describe(self) -> str:
        """What is on the page, in words."""
        drawn = self.drawn
        if drawn is None:
            return "Nothing is drawn yet." if self.kind == SKETCH else "Nothing is chosen yet."
        return f"{'Drawn' if self.kind == SKETCH else 'Chosen'}: {self.page.words(drawn)}."


def background(page: Page, draw: Callable[[Axes], object]) -> bytes:
    """What `draw` draws on the page, as a PNG file that fits it edge to edge and lets the paper
    show through."""
    width, height = SIZE[page.kind]
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    figure.patch.set_alpha(0)
    ax = figure.add_axes((0, 0, 1, 1))
    draw_background(ax, page.x, page.y, draw)
    ax.axis("off")
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=200)
    return buffer.getvalue()
