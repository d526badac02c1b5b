"""Screenshots of the gallery: made small, and compared so that other fonts pass and a blank or
garbled picture does not."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

#: Half the pixels each way, and few colours: about 25 KB each.
COLOURS = 48
#: Columns and rows of the grid of grey values that is compared, and how far the whole may be off, 0
#: to 255.
GRID, MEAN = (64, 48), 5.0
#: In pixels of the shrunken picture: controls are as high as the fonts of the machine.
SIZE = 10


def shrink(png: bytes) -> bytes:
    """A screenshot at half its size, with a palette."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    small = picture.resize(
        (round(picture.width / 2), round(picture.height / 2)), Image.Resampling.LANCZOS
    )
    buffer = io.BytesIO()
    small.quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def grid(picture: Image.Image) -> np.ndarray:
    """The picture as a few grey values, (48, 64)."""
    return np.asarray(picture.convert("L").resize(GRID, Image.Resampling.BOX), dtype=float)


def difference(png: bytes, reference: bytes) -> str | None:
    """In words, what a shrunken screenshot has that its reference has not; None where they show the
    same.

    Compared are the sizes, the mean difference of the grey values of a coarse grid, and how much of
    the reference's pattern is there: a picture that is empty or shows something else has none of
    it, though a white page is all alike.
    """
    one, other = (Image.open(io.BytesIO(content)).convert("RGB") for content in (png, reference))
    if max(abs(one.width - other.width), abs(one.height - other.height)) > SIZE:
        return f"it is {one.size} pixels large and was {other.size}"
    here, there = grid(one), grid(other)
    mean = float(np.abs(here - there).mean())
    if mean > MEAN:
        return f"grey values are off by {mean:.1f} on average"
    pattern = [g - g.mean() for g in (here, there)]
    alike = float(
        np.sum(pattern[0] * pattern[1])
        / max(np.sqrt(np.sum(pattern[0] ** 2) * np.sum(pattern[1] ** 2)), 1e-9)
    )
    return None if alike > 0.8 else f"the pattern is another one: correlation {alike:.2f}"
