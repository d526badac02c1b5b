"""What is recorded of a picture, in few bytes."""

from __future__ import annotations

import io
import zlib

import numpy as np
from PIL import Image


def smaller(png: bytes, colours: int | None = None) -> bytes:
    """The same picture in a smaller file; with so many colours where that is asked for."""
    picture, buffer = Image.open(io.BytesIO(png)), io.BytesIO()
    if colours:
        picture = picture.quantize(colours, method=Image.Quantize.FASTOCTREE)
    picture.save(buffer, "png", compress_level=9)
    return min(png, buffer.getvalue(), key=len)


def pack_changes(changes: bytes) -> bytes:
    """Changed pixels, smaller: the distances of their numbers, then their colours, compressed."""
    numbers, colours = np.frombuffer(changes, "<u4").reshape(2, -1)
    steps = np.diff(numbers, prepend=np.uint32(0)).astype("<u4")
    return zlib.compress(steps.tobytes() + colours.tobytes(), 9)
