"""Fingerprints of notebooks and cells: what was edited since it was built, and so whose it is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

KEY = "backprop"

#: How a cell looks, not what it is.
VIEW = (
    *("trusted", "execution", "ExecuteTime", "collapsed", "scrolled", "autoscroll"),
    *("editable", "deletable", "jupyter"),
)

#: What a notebook says of its language, but for the version, which is that of who runs it.
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


def digest(text: str) -> str:
    """A short fingerprint of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def one_newline(text: str) -> str:
    """The text with every line ended as here, whatever system or editor it came from."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def trimmed(text: str) -> str:
    """The text without blank lines at its ends, which say nothing."""
    return re.sub(r"\A([ \t]*\n)+", "", one_newline(text)).rstrip()


def source_of(cell: dict) -> str:
    """A cell's text, which a file holds as a list of lines."""
    source = cell.get("source", "")
    return one_newline(source if isinstance(source, str) else "".join(source))


def cells_digest(nb: dict, view: Iterable[str] = VIEW) -> str:
    """A fingerprint of what an instructor can edit: types, texts, pictures, metadata of cells.

    Parameters
    ----------
    nb : dict
        A notebook, as nbformat or as json reads it.
    view : iterable of str
        Keys of a cell's metadata that do not count.
    """
    kept = []
    for cell in nb["cells"]:
        metadata = sorted(_plain(cell.get("metadata", {}), view).items())
        attached = cell.get("attachments")
        pictures = [_sorted(attached)] if attached else []
        kept.append((cell["cell_type"], source_of(cell), metadata, *pictures))
    return digest(repr(kept))


def _plain(metadata: dict, view: Iterable[str]) -> dict:
    return {key: _sorted(value) for key, value in metadata.items() if key not in view}


def _sorted(value):
    if isinstance(value, dict):
        return [
            (key, _sorted(entry) if isinstance(entry, dict) else entry)
            for key, entry in sorted(value.items())
        ]
    return value


# ---- what the students were given


def text_digest(cell: dict) -> str:
    """A fingerprint of what a student can write: a cell's type, text and pictures."""
    attached = cell.get("attachments") or {}
    return digest(repr((cell["cell_type"], source_of(cell), _sorted(attached))))


def release_digest(nb: dict) -> str:
    """A fingerprint of a release; folding a cell or running it does not change it."""
    return cells_digest(nb)


def mark_release(nb: dict) -> None:
    """Write into a release what was given, so that any copy of it knows what its student wrote."""
    told = nb["metadata"].setdefault(KEY, {})
    told["release"] = release_digest(nb)
    told["given"] = {cell["id"]: text_digest(cell) for cell in nb["cells"] if "id" in cell}


def released(nb: dict) -> str | None:
    """The fingerprint of the release that a notebook was made from; None where it bears none."""
    told = nb.get("metadata", {}).get(KEY)
    found = told.get("release") if isinstance(told, dict) else None
    return found if isinstance(found, str) else None


def given(nb: dict) -> dict[str, str]:
    """{cell id: `text_digest`} of the release that a notebook was made from; empty if unknown."""
    told = nb.get("metadata", {}).get(KEY)
    found = told.get("given") if isinstance(told, dict) else None
    return dict(found) if isinstance(found, dict) else {}
