"""A drawn prediction beside the truth: one picture and one sentence, saved with the notebook."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from html import escape
from io import BytesIO

import numpy as np
from matplotlib.figure import Figure

from course.plots.prediction import draw_background, draw_points, draw_sketches, dress
from course.prediction.sketches import POINT, Page

WIDTH, HEIGHT = 7.2, 3.5

# on a dark page lightness is turned round and the hues stay, as in screen.css
STYLE = """<style>
.bp-comparison img { display: block; max-width: 100%; height: auto; }
@media screen { body[data-jp-theme-light="false"] .bp-comparison img, body.vscode-dark .bp-comparison img { filter: invert(1) hue-rotate(180deg); } }
</style>"""


class Comparison:
    """What was predicted and what is, as an output that needs neither kernel nor widgets once it is
    there.

    Parameters
    ----------
    question : str
    page : course.prediction.sketches.Page
    draw : callable or None
        Draws the background.
    mine, true : array or None
        (2, n) of a sketch, (2,) of a point.
    worst : (x, height of mine, height of true) or None
    words : str
        The comparison in a sentence.
    """

    def __init__(
        self, question: str, page: Page, draw: Callable | None, mine: np.ndarray | None, true: np.ndarray | None,
        worst: tuple[float, float, float] | None, words: str,
    ) -> None:  # fmt: skip
        self.question, self.words = question, words
        self.figure = Figure(figsize=(WIDTH, HEIGHT), dpi=100)
        self.figure.patch.set_alpha(0)
        ax = self.figure.add_axes((0.1, 0.155, 0.87, 0.745))
        draw_background(ax, page.x, page.y, draw)
        if page.kind == POINT:
            draw_points(ax, mine, true)
        else:
            draw_sketches(ax, mine, true, worst)
        dress(ax, page.xlabel, page.ylabel)

    def png(self) -> bytes:
        """The picture, half as fine again as a page needs it, so that it is sharp on most
        screens."""
        buffer = BytesIO()
        self.figure.savefig(buffer, format="png", dpi=150)
        return buffer.getvalue()

    def __repr__(self) -> str:
        return f"{self.question}\n    {self.words}" if self.question else self.words

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict, dict]:
        """Return picture and words as a page of its own, the picture alone, and the words alone."""
        png = b64encode(self.png()).decode("ascii")
        width, height = round(100 * WIDTH), round(100 * HEIGHT)
        question = f"<div><b>{escape(self.question)}</b></div>" if self.question else ""
        html = (
            f'{STYLE}<div class="bp-comparison">{question}<img width="{width}" height="{height}"'
            f' alt="{escape(self.words)}"'
            f' src="data:image/png;base64,{png}"><div>{escape(self.words)}</div></div>'
        )
        data = {"text/html": html, "image/png": png, "text/plain": repr(self)}
        return data, {"image/png": {"width": width, "height": height}}
