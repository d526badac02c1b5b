"""The place in a notebook where a picture is shown that Python draws, with its words below."""

from pathlib import Path

import anywidget
import traitlets

_HERE = Path(__file__).parent


class Screen(anywidget.AnyWidget):
    """Shows PNG after PNG without flicker, at a size that never changes.

    Attributes
    ----------
    png : bytes
    text : str
        What the picture shows, in words and numbers; below it, and read aloud when it has settled.
    error : str
        Shown instead of the text when not empty.
    what : str
        What kind of picture it is, in a few words.
    width, height : int
        Of the picture, in CSS pixels.
    lines : int
        Lines that the longest text takes.
    readable : bool
        Whether the words are shown; they are read aloud in any case.
    """

    _esm = _HERE / "screen.js"
    _css = _HERE / "screen.css"

    png = traitlets.Bytes(b"").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    what = traitlets.Unicode("").tag(sync=True)
    width = traitlets.Int(800).tag(sync=True)
    height = traitlets.Int(400).tag(sync=True)
    lines = traitlets.Int(1).tag(sync=True)
    readable = traitlets.Bool(True).tag(sync=True)
