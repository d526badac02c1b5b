"""The place in a notebook where a picture is shown that Python draws, with its words below.

While a slider is dragged, few pixels of a picture change. They are sent as they are, and put over a
picture that the browser has: nothing is packed, and nothing waits for a decoder.
"""

from pathlib import Path

import anywidget
import numpy as np
import traitlets

from course.plots.blit import pack

_HERE = Path(__file__).parent

#: So many changed pixels (8 bytes each) are about as large as a whole picture that is packed, at
#: ratio 1.
MOST = 10_000


class Screen(anywidget.AnyWidget):
    """Shows picture after picture without flicker, at a size that never changes.

    Attributes
    ----------
    png : bytes
        A whole picture.
    changes : bytes
        What is different now: the numbers of the pixels, row by row from the top left corner, then
        their colours (RGBA), each of 4 bytes, the lowest first.
    text : str
        What the picture shows, in words and numbers; below it, and read aloud when it has settled.
    error : str
        Shown instead of the text when not empty.
    what : str
        What kind of picture it is, in a few words.
    width, height : int
        Of the picture, in CSS pixels.
    ratio : float
        Pixels of the reader's screen to a CSS pixel, 1 to 2. The browser says it; the picture has
        so many times `width` pixels.
    lines : int
        Lines that the longest text takes.
    readable : bool
        Whether the words are shown; they are read aloud in any case.
    """

    _esm = _HERE / "screen.js"
    _css = _HERE / "screen.css"

    png = traitlets.Bytes(b"").tag(sync=True)
    changes = traitlets.Bytes(b"").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    what = traitlets.Unicode("").tag(sync=True)
    width = traitlets.Int(800).tag(sync=True)
    height = traitlets.Int(400).tag(sync=True)
    ratio = traitlets.Float(1.0, min=1.0, max=2.0).tag(sync=True)
    lines = traitlets.Int(1).tag(sync=True)
    readable = traitlets.Bool(True).tag(sync=True)

    def __init__(self, **traits) -> None:
        super().__init__(**traits)
        self._background = None
        self._shape = self.height, self.width
        self._whole = np.zeros(self.height * self.width, dtype="<u4")

    def show(self, pixels: np.ndarray, text: str, background: np.ndarray | None = None) -> None:
        """Show a picture and its words, and no error any more.

        Parameters
        ----------
        pixels : array (height, width, 4) of uint8
            At a ratio other than 1, so many times as high and as wide.
        text : str
        background : array (height, width, 4) of uint8, optional
            What of the picture stands still, the same array until that is something else.
        """
        now, whole = _numbers(pixels), self._whole
        if not self.png or background is not self._background or pixels.shape[:2] != self._shape:
            self._background, self._shape = background, pixels.shape[:2]
            whole = now if background is None else _numbers(background)
        differ = np.flatnonzero(now != whole)
        if len(differ) > MOST * self.ratio**2:
            whole, differ = now, differ[:0]
        with self.hold_sync():
            if whole is not self._whole:
                self._whole = whole.copy()
                self.png = pack(pixels if background is None or whole is now else background)
            self.changes = differ.astype("<u4").tobytes() + now[differ].tobytes()
            self.text, self.error = text, ""

    def pixels(self) -> np.ndarray:
        """What is shown now, one 4-byte number for each pixel."""
        shown = self._whole.copy()
        numbers, colours = np.frombuffer(self.changes, "<u4").reshape(2, -1)
        shown[numbers] = colours
        return shown.reshape(self._shape)


def _numbers(pixels: np.ndarray) -> np.ndarray:
    """Pixels (height, width, 4) as one row of 4-byte numbers."""
    return np.ascontiguousarray(pixels).view("<u4").ravel()
