"""The training monitor: watch a digit network learn, stop it, change the learning rate, go on.

`DigitTraining` is the mathematics, tested without a browser; `TrainingMonitor` shows it.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import ipywidgets as widgets

from course.mnist import Mnist
from course.plots.training_monitor import draw_monitor, move_monitor
from course.widgets.common.picture import Picture
from course.widgets.digit_training import STARTS, DigitTraining

ETAS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
SLICE = 0.08  # seconds of training between two pictures


class TrainingMonitor(Picture):
    """A training run that can be watched, stopped and continued; loss, accuracy, and gradient
    length per layer.

    The run goes on while other cells are edited. It begins untrained, with or without a browser.

    Parameters
    ----------
    digits : course.mnist.Mnist
        Trains on ``train``, watches the first 2,000 images of ``validation``.
    sizes : sequence of int
    epochs : int
        Where the run stops by itself.
    """

    lines = 4
    _latest: TrainingMonitor | None = None

    def __init__(self, digits: Mnist, sizes=(784, 30, 10), epochs: int = 30) -> None:
        super().__init__(8.4, 5.2)
        # the cell was run again: its earlier run must not go on unseen
        if TrainingMonitor._latest is not None:
            TrainingMonitor._latest.running = False
        TrainingMonitor._latest = self
        watched = type(digits.validation)(*(part[:2000] for part in digits.validation))
        self.training, self.limit, self.running, self._task = (
            DigitTraining(digits.train, watched, sizes),
            epochs,
            False,
            None,
        )
        self._silent = 0, []
        self._artists = draw_monitor(self.figure, len(sizes) - 1)
        wide = {"description_width": "110px"}
        self.go = widgets.Button(
            description="Train",
            icon="play",
            button_style="primary",
            layout=widgets.Layout(width="130px"),
        )
        self.again = widgets.Button(
            description="Start again", icon="undo", layout=widgets.Layout(width="130px")
        )
        self.eta = widgets.SelectionSlider(
            options=[(f"{eta:g}", eta) for eta in ETAS],
            value=3.0,
            description="learning rate η",
            style=wide,
        )
        self.size = widgets.SelectionSlider(
            options=[1, 10, 100, 1000], value=10, description="mini-batch", style=wide
        )
        self.start: Any = widgets.Dropdown(
            options=list(STARTS),
            description="weights start",
            style=wide,
            layout=widgets.Layout(width="290px"),
        )
        self.seed = widgets.BoundedIntText(
            value=2, min=0, max=999, description="seed", layout=widgets.Layout(width="180px")
        )
        self.go.on_click(lambda _: self.attempt(self.stop if self.running else self.play))
        self.again.on_click(lambda _: self.attempt(self.restart))
        for control in (self.eta, self.size):
            control.observe(self._adjust, names="value")
        for control in (self.start, self.seed):
            control.observe(lambda _: self.attempt(self.restart), names="value")
        self._begin()
        self.arrange(
            widgets.HBox([self.go, self.again, self.start, self.seed]),
            widgets.HBox([self.eta, self.size]),
            follow=(),
        )

    def play(self) -> None:
        """Train until stopped, in slices between which the browser is listened to; where nobody
        listens, one epoch."""
        if self.running or self.training.epochs >= self.limit:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.training.run(min(1, self.limit - self.training.epochs))
            self.draw()
            return
        self.running = True
        self.draw()
        self._task = loop.create_task(self._live())

    def stop(self) -> None:
        """Stop after the mini-batch that is being trained; `play` goes on from there."""
        self.running = False
        self.draw()

    def restart(self) -> None:
        """Throw the run away and begin again with the chosen start and seed."""
        self._begin()
        self.draw()

    def _begin(self) -> None:
        self.training.seed, self.training.start = self.seed.value, self.start.value
        self._adjust()
        self.training.restart()
        self._silent = 0, []

    def _adjust(self, change: object = None) -> None:
        self.training.eta, self.training.size = self.eta.value, self.size.value

    async def _live(self) -> None:
        try:
            while self.running and self.training.epochs < self.limit:
                self.train_for(SLICE)
                self.draw()
                await asyncio.sleep(0.02)
            self.running = False
            self.draw()
        except Exception as error:  # nobody awaits this task: the error would be lost
            self.complain(error)
        finally:
            self.running = False

    def train_for(self, seconds: float) -> None:
        """Train for so long, at least one mini-batch, and measure once."""
        end = time.perf_counter() + seconds
        block = max(1, 100 // self.training.size)
        while True:
            self.training.advance(block)
            if time.perf_counter() >= end:
                break
        self.training.measure()

    def move(self) -> None:
        """Put what was measured so far into the picture."""
        move_monitor(self._artists, self.training.log, 1.0)
        self.go.description, self.go.icon = ("Stop", "stop") if self.running else ("Train", "play")
        self.go.disabled = not self.running and self.training.epochs >= self.limit

    def text(self) -> str:
        """Return what the picture shows, in words and numbers."""
        t, log = self.training, self.training.log
        state = (
            "Training"
            if self.running
            else (
                "Finished"
                if t.epochs >= self.limit
                else "Stopped"
                if t.updates
                else "Not trained yet"
            )
        )
        norms = ", ".join(f"layer {k + 1} {value:.2g}" for k, value in enumerate(log["norms"][-1]))
        return "\n".join(
            [
                (
                    f"{state}{f' at {t.epochs:.2f} epochs, {t.updates:,} mini-batches' if t.updates else ''}."
                ),
                (
                    f"Loss C = {log['loss'][-1]:.4f}, {100 * log['accuracy'][-1]:.2f} % of"
                    f" {len(t.validation.labels):,} validation images right."
                ),
                f"Gradient: {norms}.",
                self._remark(),
            ]
        ).strip()

    def _remark(self) -> str:
        log = self.training.log
        # asked of all validation images, so only after a new measurement
        if self._silent[0] != len(log["loss"]):
            self._silent = len(log["loss"]), self.training.silent()
        silent = self._silent[1]
        if not self.training.updates:
            return "Press Train."
        if max(log["norms"][-1]) < 1e-4 and log["accuracy"][-1] < 0.5:
            return (
                "Almost no gradient is left, and almost nothing is learnt: the outputs are"
                " saturated."
            )
        if silent and log["accuracy"][-1] > 0.3:
            return (
                f"It never answers {', '.join(map(str, silent))}:"
                f" {'that output is' if len(silent) == 1 else 'those outputs are'} stuck near 0."
            )
        if len(log["loss"]) > 5 and log["loss"][-1] > 0.9 * log["loss"][0]:
            return "The loss has hardly fallen so far."
        return ""
