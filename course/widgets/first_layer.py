"""First-layer weights as pictures: what each hidden unit looks for, at every epoch that was kept."""

from __future__ import annotations

import io
from base64 import b64encode

import ipywidgets as widgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course.plots.first_layer import draw_leads, draw_mosaic, draw_picture, move_leads, move_mosaic


class FirstLayer:
    """The 784 weights of every hidden unit as a 28 × 28 picture, and where the chosen unit leads.

    Parameters
    ----------
    kept : dict of int to (weights, biases)
        Networks of one shape, keyed by the epoch at which they were kept. The first layer has 784 inputs.

    Raises
    ------
    ValueError
        When nothing was kept, or the inputs are not 784.
    """

    def __init__(self, kept: dict) -> None:
        if not kept:
            raise ValueError("keep at least one network: {0: (weights, biases), 1: …}")
        self.kept = {epoch: ([np.asarray(W) for W in weights], biases) for epoch, (weights, biases) in sorted(kept.items())}
        W = next(iter(self.kept.values()))[0][0]
        if W.shape[0] != 784:
            raise ValueError(f"the first layer has {W.shape[0]} inputs; pictures need 784")
        units, outputs = W.shape[1], next(iter(self.kept.values()))[0][1].shape[1]
        self._columns = max(1, int(np.ceil(np.sqrt(units * 1.2))))
        self.figure = Figure(figsize=(9.2, 4.6), dpi=100)
        FigureCanvasAgg(self.figure)
        self._sheet, self._frame = draw_mosaic(self.figure.add_axes((0.01, 0.02, 0.58, 0.96)), W, self._columns)
        self._large = draw_picture(self.figure.add_axes((0.635, 0.4, 0.29, 0.58)))
        scale = self.figure.colorbar(self._large, cax=self.figure.add_axes((0.935, 0.4, 0.012, 0.58)))
        scale.ax.tick_params(labelsize=9)
        leads = self.figure.add_axes((0.655, 0.08, 0.31, 0.24))
        leads.set_title("weights that lead on, to each output", fontsize=10)
        self._leads = draw_leads(leads, outputs)
        self.unit = widgets.IntSlider(value=1, min=1, max=units, description="hidden unit", layout=widgets.Layout(width="290px"))
        self.epoch = widgets.SelectionSlider(options=list(self.kept), value=list(self.kept)[-1], description="epoch", layout=widgets.Layout(width="250px"))
        self.show = widgets.ToggleButtons(options=["weights", "change"], description="show", disabled=len(self.kept) == 1,
                                          tooltips=["the weights themselves", "what training has added since the first epoch kept"])
        self.show.style.button_width = "90px"
        self.show.add_class("widget-inline-hbox")  # otherwise its name stands above the buttons, not beside them
        self._image = widgets.Image(format="png", layout=widgets.Layout(width="920px", max_width="100%"))
        self._text = widgets.HTML(layout=widgets.Layout(height="66px"))
        self.view = widgets.VBox([widgets.HBox([self.show, self.unit, self.epoch]), self._image, self._text])
        for control in (self.show, self.unit, self.epoch):
            control.observe(self._show, names="value")
        self._show()

    def _weights(self) -> tuple[np.ndarray, np.ndarray]:
        """The first layer's weights, or what was added to them, and the second layer's."""
        (W, onwards, *_), _ = self.kept[self.epoch.value]
        first = next(iter(self.kept.values()))[0][0]
        return (W - first if self.show.value == "change" else W), onwards

    def _show(self, change: object = None) -> None:
        W, onwards = self._weights()
        unit = self.unit.value - 1
        limit = float(np.quantile(np.abs(W), 0.995)) or 1.0
        move_mosaic(self._sheet, self._frame, W, self._columns, unit, limit)
        self._large.set_data(W[:, unit].reshape(28, 28))
        self._large.set_clim(-limit, limit)
        move_leads(self._leads, onwards[unit], 1.1 * float(np.abs(onwards).max()) or 1.0)
        self._image.value = self.png()
        self._text.value = f'<div aria-live="polite" style="line-height:1.4">{self.text()}</div>'

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        W, onwards = self._weights()
        unit = self.unit.value - 1
        picture, leads = W[:, unit].reshape(28, 28), onwards[unit]
        inner, edge = picture[4:24, 4:24], np.concatenate([picture[:2].ravel(), picture[-2:].ravel()])
        return (f"Hidden unit {unit + 1} of {W.shape[1]} after epoch {self.epoch.value}: {self.show.value} from {picture.min():+.2f} to {picture.max():+.2f}; "
                f"deviation {inner.std():.2f} in the middle, {edge.std():.2f} in the two rows at the top and bottom. "
                f"It adds most to output {int(np.argmax(leads))} ({leads.max():+.2f}) and takes most from output {int(np.argmin(leads))} ({leads.min():+.2f}).")

    def png(self) -> bytes:
        """Return the picture as it is now."""
        buffer = io.BytesIO()
        self.figure.canvas.print_png(buffer)
        return buffer.getvalue()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        """Return the live view for a browser, and the picture and its numbers where there is none."""
        bundle = self.view._repr_mimebundle_()
        return {**bundle, "image/png": b64encode(self.png()).decode(), "text/plain": self.text()}
