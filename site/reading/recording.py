"""What a lesson's kernel does differently while the reading pages are made: every picture that
Python draws is driven through its controls once, and what it showed is kept.

`install` is called in the kernel before a lesson's first cell. From then on a picture that is shown
carries one more child, `Recorded`: its JavaScript shows the kept states when a control is moved on
a page that has no Python behind it.
"""

from __future__ import annotations

import hashlib
import json
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import ipywidgets as widgets
from recorded_controls import CHOICES, SLIDERS, Control
from recorded_files import pack_changes, smaller
from recorded_widgets import Opener, Recorded, asked, practised

#: All combinations of the controls are kept where there are no more than this.
PRODUCT = 120
#: Presses of one button, one after the other.
PRESSES = 30
#: Seconds of computing for one picture. What was not reached by then cannot be reached on the page.
PATIENCE = 40.0
#: Bytes of one recording: a larger one gets pictures of 256 colours each.
LARGE = 1_500_000


def inside(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    """A widget and whatever lies in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


@contextmanager
def silence() -> Iterator[None]:
    """Nothing is sent to a browser in here."""
    send, widgets.Widget._send = widgets.Widget._send, lambda *args, **kwargs: None
    try:
        yield
    finally:
        widgets.Widget._send = send


class Recording:
    """The states of one picture.

    Parameters
    ----------
    picture : course.widgets.common.picture.Picture
        It is driven, and put back.

    Attributes
    ----------
    cut : list of str
        What does not fit: in words, for the log of the build.
    """

    def __init__(self, picture) -> None:
        self.picture, self.screen = picture, picture.screen
        self.widgets = [w for w in inside(picture.view) if w is not picture.screen]
        movable = (*SLIDERS, *CHOICES, widgets.Checkbox)
        self.controls = [Control(w) for w in self.widgets if isinstance(w, movable)]
        self.controls = [c for c in self.controls if len(c.positions) > 1]
        self.buttons = [w for w in self.widgets if isinstance(w, widgets.Button)]
        self.cut: list[str] = []
        self.states: list[dict] = []
        self._numbers: dict[tuple, int] = {}
        self._pngs: dict[bytes, int] = {}
        self._contents: list[bytes] = []
        self._layouts = {w.layout.model_id: w.layout for w in self.widgets if w.layout is not None}
        self._base = self._traits()
        self._end = time.process_time() + PATIENCE
        self.edges: dict[str, dict[int, int]] = {}
        self.meta: dict = {}

    def _traits(self) -> dict:
        """What every widget of the picture tells the browser, but for what refers to others."""
        every = {w.model_id: w for w in self.widgets} | self._layouts
        return {
            name: {
                key: value
                for key, value in widget.get_state().items()
                if not key.startswith("_") and _plain(value)
            }
            for name, widget in every.items()
        }

    def _store(self, content: bytes) -> int:
        self._contents.append(content)
        return len(self._contents) - 1

    def take(self) -> int:
        """Keep what is shown now; the number of that state."""
        now = self._traits()
        different = {
            name: changed
            for name, traits in now.items()
            if (changed := {k: v for k, v in traits.items() if v != self._base[name].get(k)})
        }
        png, changes = self.screen.png, self.screen.changes
        shown = hashlib.sha256(self.screen.pixels().tobytes()).digest()
        key = (json.dumps(different, sort_keys=True), shown, self.screen.text)
        if key not in self._numbers:
            if png not in self._pngs:
                self._pngs[png] = self._store(png)
            self._numbers[key] = len(self.states)
            self.states.append(
                {
                    "png": self._pngs[png],
                    "changes": self._store(pack_changes(changes)) if changes else None,
                    "text": self.screen.text,
                    "error": self.screen.error,
                    "traits": different,
                }
            )
        return self._numbers[key]

    def _late(self) -> bool:
        return time.process_time() > self._end

    def back(self) -> bool:
        """Put the picture back to where it was; whether that worked."""
        for attempt in (self._to_start, self._by_button, self._round_about):
            for step in attempt():
                step()
                if self.take() == 0:
                    return True
        return False

    def _to_start(self) -> Iterator[Callable]:
        def all_controls() -> None:
            for control in self.controls:
                control.put(control.start)

        yield all_controls
        yield all_controls  # some controls bound others: once more

    def _by_button(self) -> Iterator[Callable]:
        for button in self.buttons:
            if not button.disabled:
                yield button.click
                yield from self._to_start()

    def _round_about(self) -> Iterator[Callable]:
        for control in self.controls:
            yield lambda control=control: control.put(control.start - 1)
            yield from self._to_start()

    def run(self) -> None:
        """Go through all positions, then press the buttons."""
        first = self.take()
        shape = [len(control.positions) for control in self.controls]
        size = 1
        for n in shape:
            size *= n
        if self.controls and size <= PRODUCT:
            table = {"product": self._product(shape, size)}
        else:
            table = {"axes": [self._axis(control) for control in self.controls]}
        ends = [axis[-1] for axis in table.get("axes", ()) if axis[-1] != first]
        for button in self.buttons:
            self._press(button, ends)
        if not self.back():
            self.cut.append("it could not be put back")
        if self._late():
            self.cut.append(f"it took longer than {PATIENCE:.0f} s: not all positions are kept")
        touched: dict[str, set] = {}
        for state in self.states:
            for name, traits in state["traits"].items():
                touched.setdefault(name, set()).update(traits)
        self.meta = {
            "positions": [control.positions for control in self.controls],
            **table,
            "base": {
                n: {key: self._base[n].get(key) for key in keys} for n, keys in touched.items()
            },
            "buttons": self.edges,
            "states": self.states,
        }

    def _product(self, shape: list[int], size: int) -> list[int]:
        found = []
        for number in range(size):
            rest = number
            for control, n in zip(reversed(self.controls), reversed(shape)):
                control.put(rest % n)
                rest //= n
            found.append(self.take() if not self._late() else 0)
        self.back()
        return found

    def _axis(self, control: Control) -> list[int]:
        found = []
        for k in range(len(control.positions)):
            if not self._late():
                control.put(k)
                found.append(self.take())
            else:
                found.append(found[-1] if found else 0)
        if not self.back():
            self.cut.append(f"moving {control.widget.description!r} could not be undone")
        return found

    def _press(self, button: widgets.Button, ends: list[int]) -> None:
        edges = self.edges.setdefault(button.model_id, {})
        # what cannot be put back is pressed from the start only: one more epoch of a training
        for begin in (0, *ends):
            if begin and not self._go(begin):
                continue
            at, pressed = begin, 0
            while pressed < (PRESSES if begin == 0 else 3) and not self._late():
                if button.disabled or at in edges:
                    break
                button.click()
                pressed += 1
                after = self.take()
                if after == at:
                    break
                edges[at] = after
                at = after
            if at != 0 and not self.back():
                self.cut.append(f"pressing {button.description!r} could not be undone")
                return

    def _go(self, state: int) -> bool:
        """Move the controls to where they stand in a kept state; whether it is shown again."""
        traits = self.states[state]["traits"]
        for control in self.controls:
            if (found := traits.get(control.widget.model_id, {}).get(control.trait)) is not None:
                setattr(control.widget, control.trait, found)
        return self.take() == state

    def file(self) -> bytes:
        """All of it as one file: the length of the table, the table as JSON, the contents."""
        contents = list(self._contents)
        for number in self._pngs.values():
            contents[number] = smaller(contents[number])
        if sum(map(len, contents)) > LARGE:
            for number in self._pngs.values():
                contents[number] = smaller(contents[number], colours=256)
        places, at = [], 0
        for content in contents:
            places.append((at, len(content)))
            at += len(content)
        meta = json.dumps({**self.meta, "places": places}, separators=(",", ":"))
        table = zlib.compress(meta.encode(), 9)
        return struct.pack("<I", len(table)) + table + b"".join(contents)


def _plain(value: object) -> bool:
    """Whether a trait is a value that can be kept: no reference to another widget, no bytes."""
    if isinstance(value, str):
        return not value.startswith("IPY_MODEL_")
    if isinstance(value, (list, tuple)):
        return all(_plain(one) for one in value)
    return value is None or isinstance(value, (bool, int, float))


NOTE = (
    "On this page the picture shows what was recorded, one control at a time: the others go back to"
    " their start."
)
NOTE_ALL = "On this page the picture shows what was recorded."


def record(picture, folder: Path, log: Callable[[str], None]) -> None:
    """Drive a picture through its states, keep them in a file, and add to the picture what shows
    them. A picture that is shown twice is recorded once.

    Parameters
    ----------
    picture : course.widgets.common.picture.Picture
    folder : Path
        Where the files lie.
    log : callable
        Is told, in a line, what was kept and what does not fit.
    """
    if getattr(picture, "recorded", None) is not None:
        return
    began, recording = time.monotonic(), Recording(picture)
    if not recording.controls and not recording.buttons:
        picture.recorded = False
        return
    with silence():
        # without an event loop: a picture that trains in slices then trains one epoch a press
        thread = threading.Thread(target=recording.run)
        thread.start()
        thread.join()
    content = recording.file()
    name = f"{type(picture).__name__.lower()}-{hashlib.sha256(content).hexdigest()[:10]}.bin"
    (folder / name).write_bytes(content)
    for control in recording.controls:
        control.coarsen()
    picture.recorded = Recorded(
        file=name,
        screen=picture.screen.model_id,
        controls=[[c.widget.model_id, c.trait] for c in recording.controls],
        buttons=[button.model_id for button in recording.buttons],
        note=NOTE_ALL if "product" in recording.meta or len(recording.controls) < 2 else NOTE,
    )
    picture.view.children = (*picture.view.children, picture.recorded)
    seconds = time.monotonic() - began
    log(
        f"{type(picture).__name__}: {len(recording.states)} states, {len(content) // 1000} kB,"
        f" {seconds:.1f} s{''.join('; ' + cut for cut in recording.cut)}"
    )


def install(folder: str, log_file: str) -> None:
    """Let everything that is shown from now on be fit for a page without a kernel.

    Parameters
    ----------
    folder : str
        Where recordings are kept.
    log_file : str
        Is told, a line for each picture, what was kept.
    """
    from autograder.review import form as review
    from course.prediction import predicting
    from course.prediction.forms import form
    from course.widgets.common.picture import Picture

    place = Path(folder)

    def log(line: str) -> None:
        with open(log_file, "a", encoding="utf-8") as file:
            file.write(line + "\n")

    shown, gate = Picture._repr_mimebundle_, form.Gate._repr_mimebundle_

    def show(self, include=None, exclude=None):
        record(self, place, log)
        return shown(self, include, exclude)

    def open_gate(self, **kwargs):
        if isinstance(self.picture, Picture):
            record(self.picture, place, log)
        if not self.opened:
            opener = Opener(
                button=self.button.model_id,
                box=self.view.model_id,
                inside=self._inside.model_id,
            )
            self.view.children = (*self.view.children, opener)
        return gate(self, **kwargs)

    Picture._repr_mimebundle_ = show
    form.Gate._repr_mimebundle_ = open_gate
    # what keeps or judges an answer needs Python: a page only asks
    predicting.Predict.form = asked
    review.practise = practised
