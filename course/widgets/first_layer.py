"""First-layer weights as pictures: what each hidden unit looks for, at every epoch that was
kept."""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from course.plots.first_layer import (
    draw_leads,
    draw_mosaic,
    draw_picture,
    move_frame,
    move_leads,
    move_mosaic,
)
from course.plots.palette import LIGHT
from course.plots.style import NOTE, head
from course.widgets.common.picture import Picture


class FirstLayer(Picture):
    """The 784 weights of every hidden unit as a 28 × 28 picture, and where the chosen unit leads.

    Parameters
    ----------
    kept : dict of int to (weights, biases)
        Networks of one shape, keyed by the epoch at which they were kept. The first layer has 784
        inputs.

    Raises
    ------
    ValueError
        When nothing was kept, or the inputs are not 784.
    """

    lines = 3

    def __init__(self, kept: dict) -> None:
        if not kept:
            raise ValueError("keep at least one network: {0: (weights, biases), 1: …}")
        self.kept = {
            epoch: ([np.asarray(W) for W in weights], biases)
            for epoch, (weights, biases) in sorted(kept.items())
        }
        W = next(iter(self.kept.values()))[0][0]
        if W.shape[0] != 784:
            raise ValueError(f"the first layer has {W.shape[0]} inputs; pictures need 784")
        units, outputs = W.shape[1], next(iter(self.kept.values()))[0][1].shape[1]
        self._columns = max(1, int(np.ceil(np.sqrt(units * 1.2))))
        super().__init__(9.2, 4.6)
        self._sheet, self._frame = draw_mosaic(
            self.figure.add_axes((0.01, 0.02, 0.58, 0.96)), W, self._columns
        )
        self._large = draw_picture(self.figure.add_axes((0.635, 0.4, 0.29, 0.58)))
        scale = self.figure.colorbar(
            self._large, cax=self.figure.add_axes((0.935, 0.4, 0.012, 0.58))
        )
        scale.ax.tick_params(labelsize=NOTE, labelcolor=LIGHT.ink)
        leads = self.figure.add_axes((0.655, 0.08, 0.31, 0.24))
        head(leads, "weights that lead on, to each output")
        strongest = max(
            float(np.abs(np.nan_to_num(network[1], posinf=0, neginf=0)).max())
            for network, _ in self.kept.values()
        )
        self._leads = draw_leads(leads, outputs, 1.1 * strongest or 1.0)
        self._shown, self._limits = None, {}
        self.unit = widgets.IntSlider(
            value=1,
            min=1,
            max=units,
            description="hidden unit",
            layout=widgets.Layout(width="290px"),
        )
        self.epoch = widgets.SelectionSlider(
            options=list(self.kept),
            value=list(self.kept)[0],
            description="epoch",
            layout=widgets.Layout(width="250px"),
        )
        self.show = widgets.ToggleButtons(
            options=["weights", "change"],
            description="show",
            disabled=len(self.kept) == 1,
            tooltips=[
                "the weights themselves",
                "what training has added since the first epoch kept",
            ],
        )
        self.show.style.button_width = "90px"
        self.arrange(
            widgets.HBox([self.show, self.unit, self.epoch]),
            follow=(self.show, self.unit, self.epoch),
        )

    def _weights(self, epoch: int) -> np.ndarray:
        """The first layer's weights at an epoch, or what was added to them since the first epoch
        kept."""
        W, first = self.kept[epoch][0][0], next(iter(self.kept.values()))[0][0]
        return W - first if self.show.value == "change" else W

    def _limit(self) -> float:
        """Where the colours are full: the same for all epochs, so that they can be compared."""
        if self.show.value not in self._limits:
            sizes = [np.abs(self._weights(epoch)).ravel() for epoch in self.kept]
            largest = max(
                (
                    float(np.quantile(size[np.isfinite(size)], 0.995))
                    if np.isfinite(size).any()
                    else 0.0
                )
                for size in sizes
            )
            self._limits[self.show.value] = largest or 1.0
        return self._limits[self.show.value]

    def move(self) -> None:
        """Show the weights at the chosen epoch, and the chosen unit large."""
        W, unit, wanted = (
            self._weights(self.epoch.value),
            self.unit.value - 1,
            (self.show.value, self.epoch.value),
        )
        if self._shown != wanted:
            move_mosaic(self._sheet, W, self._columns, self._limit())
            self._large.set_clim(-self._limit(), self._limit())
            self._shown = wanted
        move_frame(self._frame, self._columns, unit)
        self._large.set_data(W[:, unit].reshape(28, 28))
        move_leads(self._leads, self.kept[self.epoch.value][0][1][unit])

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        W, unit = self._weights(self.epoch.value), self.unit.value - 1
        picture, leads = W[:, unit].reshape(28, 28), self.kept[self.epoch.value][0][1][unit]
        lost = int(np.sum(~np.isfinite(W)))
        if lost:
            return (
                f"Hidden unit {unit + 1} of {W.shape[1]} after epoch {self.epoch.value}.\n{lost:,}"
                f" of the {W.size:,} weights are not finite numbers (nan or infinity) and are left"
                " blank: the training has diverged."
            )
        inner, edge = (
            picture[4:24, 4:24],
            np.concatenate([picture[:2].ravel(), picture[-2:].ravel()]),
        )
        onwards = (
            f"It adds most to output {int(np.argmax(leads))} ({_signed(leads.max())}) "
            f"and takes most from output {int(np.argmin(leads))} ({_signed(leads.min())})."
            if leads.any()
            else "It leads nowhere: its weights to the outputs are 0."
        )
        return (
            f"Hidden unit {unit + 1} of {W.shape[1]} after epoch {self.epoch.value}:"
            f" {self.show.value} from {_signed(picture.min())} to"
            f" {_signed(picture.max())}, mean of the innermost 6 × 6 pixels"
            f" {_signed(picture[11:17, 11:17].mean())};\ndeviation {inner.std():.3g} in the middle,"
            f" {edge.std():.3g} in the two rows at the top and bottom.\n{onwards}"
        )


def _signed(number: float) -> str:
    return f"{number:+.2f}" if abs(number) < 1e4 else f"{number:+.3g}"
