"""The 70,000 handwritten digits of MNIST, from the four original files in `course/data/mnist`.

LeCun, Cortes and Burges, "The MNIST database of handwritten digits". The files are gzipped, nothing
else is changed: 60,000 training images and 10,000 test images, 28 × 28 pixels of 0 (paper) to 255
(ink), one label 0 … 9 each.

Nothing is read before somebody asks, and each file is read once. In a browser's tab the files are
not part of the course's wheel: they are fetched from the site when they are asked for.
"""

# pyright: reportMissingImports=false
# `js` and `pyodide` are there in a browser's tab only.

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

#: Images of each part, as the network.py that the course walks through splits them: the first
#: 50,000 training images train, the last 10,000 choose settings, and the test images are looked at
#: once, at the end.
PARTS = {
    "train": ("train", 0, 50_000),
    "validation": ("train", 50_000, 60_000),
    "test": ("t10k", 0, 10_000),
}

#: MD5 of the uncompressed files.
CHECKSUMS = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}

FOLDER = files("course") / "data" / "mnist"

#: Names the address of the files in a browser's tab, seen from the address of the kernel.
ADDRESS = "BACKPROP_MNIST"


class DataError(RuntimeError):
    """A file of the data set is missing or damaged; the message says what to do."""


class Split(NamedTuple):
    """Images (n, 784), one a row, pixels from 0.0 (paper) to 1.0 (ink), and their labels (n,),
    integers 0 … 9."""

    images: np.ndarray
    labels: np.ndarray


class Mnist(NamedTuple):
    """The three parts of the data: 50,000 images to train on, 10,000 to choose settings by, 10,000
    to test once."""

    train: Split
    validation: Split
    test: Split


def load(dtype: type = np.float32) -> Mnist:
    """All 70,000 digits, in three parts.

    Parameters
    ----------
    dtype
        Of the images: `numpy.float32` (220 MB for all of them) or `numpy.float64` (440 MB).

    Returns
    -------
    Mnist
        ``train``, ``validation`` and ``test``; each a pair ``images`` (n, 784), ``labels`` (n,).
        New arrays each time.

    Raises
    ------
    DataError
        When a file is missing or damaged.
    """
    return Mnist(*(Split(images(part, dtype=dtype), labels(part)) for part in PARTS))


def images(
    part: str, start: int = 0, stop: int | None = None, dtype: type = np.float64
) -> np.ndarray:
    """Images `start` to `stop` of a part, (n, 784), pixels from 0.0 to 1.0. A new array.

    Raises
    ------
    ValueError
        For another part than "train", "validation" and "test".
    DataError
        When a file is missing or damaged.
    """
    file, first, last = _place(part, start, stop)
    pixels = _read(f"{file}-images-idx3-ubyte")[first:last].reshape(-1, 784)
    return np.multiply(pixels, dtype(1 / 255), dtype=dtype)


def labels(part: str, start: int = 0, stop: int | None = None) -> np.ndarray:
    """Labels `start` to `stop` of a part, (n,), integers 0 … 9. A new array; raises as `images`
    does."""
    file, first, last = _place(part, start, stop)
    return _read(f"{file}-labels-idx1-ubyte")[first:last].astype(np.int64)


def _place(part: str, start: int, stop: int | None) -> tuple[str, int, int]:
    """The file of a part, and where in the file `start` and `stop` are."""
    if part not in PARTS:
        raise ValueError(f"the parts are {', '.join(PARTS)}, not {part!r}")
    file, first, last = PARTS[part]
    chosen = range(first, last)[start:stop]
    return file, chosen.start, chosen.stop


@cache
def _read(name: str) -> np.ndarray:
    """One of the original files as an array of bytes, checked against its checksum. Not to be
    written to."""
    mend = "Install the course again, or restore the file with `git checkout course/data`."
    path = FOLDER / f"{name}.gz"
    if ADDRESS in os.environ and not path.is_file():
        path, mend = (
            _Fetched(f"{os.environ[ADDRESS]}{name}.gz"),
            "Reload the page and run the cell again.",
        )
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise DataError(f"The digits are missing: there is no {path}. {mend}") from None
    except (OSError, EOFError, zlib.error) as problem:
        raise DataError(f"{path} cannot be read ({problem}). {mend}") from None
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != CHECKSUMS[name]:
        raise DataError(f"{path} is damaged: it is not the original file of MNIST. {mend}")
    # two zero bytes, the type of the entries (8: bytes), the number of axes, then their lengths
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, offset=4)
    array = np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
    array.flags.writeable = False
    return array


class _Fetched:
    """A file of the site, in a browser's tab."""

    def __init__(self, address: str):
        from js import URL, location  # what Pyodide gives of the browser

        self._address = URL.new(address, location.href).href

    def __str__(self) -> str:
        return self._address

    def read_bytes(self) -> bytes:
        """What the address gives; FileNotFoundError where it gives nothing."""
        from js import XMLHttpRequest
        from pyodide.ffi import JsException

        request = XMLHttpRequest.new()
        # not later, but now: a kernel in a worker may wait
        request.open("GET", self._address, False)
        request.responseType = "arraybuffer"
        try:
            request.send()
        except JsException as problem:
            raise OSError(f"the site does not answer: {problem}") from None
        if request.status != 200:
            raise FileNotFoundError(self._address)
        return request.response.to_bytes()
