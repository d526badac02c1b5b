"""What a student's cells left behind, made fit to be shown: to the student, and in the grader's own
browser session.

Used three times: when a submission is autograded, so that what is stored is clean; and whenever a
page is made of it, for the formgrader and as feedback, so that a notebook that came another way
does no harm either.
"""

from __future__ import annotations

import base64
import os
import re
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import List

import autograder
from autograder.plugins.evidence import KEY, exercise_of
from autograder.plugins.pages.pictures import SVG, attached_svg, with_pictures
from autograder.plugins.pages.safe import clean

WIDGET = "application/vnd.jupyter.widget-view+json"
RASTER = ("image/png", "image/jpeg")
TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")
INTERACTIVE = "(An interactive figure. It can be used in the notebook.)"
_ANSI = re.compile("\x1b\\[.*?[@-~]")
_NO_PICTURE = re.compile(r"[^A-Za-z0-9+/=\s]")
_CODE = re.compile(r"<(style|script)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_SHOWN = re.compile(r"[^\s<>]|<(?:img|table|hr)\b")
_PATH = re.compile(r"(?<![\w:/.])(?:~|/[\w.+-]+)(?:/[\w.+-]+)*/([\w.+-]+\.pyi?)\b")
_CELL = re.compile(r"(?:/[\w.+-]+)*/ipykernel_\d+/\d+\.py")
_OURS = ("autograder/", "course/")


class PagePreprocessor(NbGraderPreprocessor):
    """A preprocessor of nbgrader's that an HTML exporter's configuration, which speaks to all
    preprocessors, fits."""

    display_data_priority = List(
        ["text/html", "text/markdown", "image/png", "image/jpeg", "text/plain"]
    ).tag(config=True)


class CleanOutputs(PagePreprocessor):
    """Leave text, tables and pictures of a cell's outputs; remove scripts, widgets, and the paths
    of this computer.

    The test cells of a run that is going on are left alone: their outputs are evidence, which is
    judged and replaced.
    """

    def preprocess(self, nb, resources):
        """Take the state of widgets away, then clean cell by cell."""
        nb.metadata.pop("widgets", None)
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, cell_index):
        """Leave of a cell's outputs and pictures what can do nothing on a page."""
        folder = resources.get("metadata", {}).get("path", "") or "."
        if "attachments" in cell:
            cell.attachments = _pictures(cell.attachments)
        if cell.cell_type == "code" and KEY not in cell.metadata:
            cell.metadata.pop("magics_language", None)
            cell.execution_count = _count(cell.get("execution_count"))
            cell.outputs = [
                output
                for output in (self._clean(o, utils.is_grade(cell), folder) for o in cell.outputs)
                if output
            ]
            if exercise_of(cell) is None:
                for output in cell.outputs:
                    output.get("metadata", {}).pop(KEY, None)
        return cell, resources

    def _clean(self, output: NotebookNode, graded: bool, folder: str) -> NotebookNode | None:
        if output.output_type == "stream":
            output.name = "stderr" if output.get("name") == "stderr" else "stdout"
            output.text = without_paths(_text(output.get("text")))
        elif output.output_type == "error":
            output.ename, output.evalue = (
                _text(output.get("ename")),
                without_paths(_text(output.get("evalue"))),
            )
            output.traceback = shortened([_text(line) for line in output.get("traceback", [])])
        elif output.output_type in ("display_data", "execute_result"):
            output.metadata = _metadata(output.get("metadata", {}), output.get("data", {}))
            if output.output_type == "execute_result":
                output.execution_count = _count(output.get("execution_count"))
            output.data = _data(output.get("data", {}), graded, folder)
            if not output.data:
                return None
        else:
            return None
        return output


def _count(count) -> int | None:
    return count if isinstance(count, int) else None


def _text(text) -> str:
    return text if isinstance(text, str) else ""


def _is_coded(picture) -> bool:
    return isinstance(picture, str) and not _NO_PICTURE.search(picture)


def _pictures(attachments: dict) -> dict:
    """Of the attachments of a cell, the pictures."""
    found = {}
    for name, data in attachments.items():
        data = data if isinstance(data, dict) else {}
        kept = {
            mime: text
            for mime, text in data.items()
            if mime in (*RASTER, "image/gif", "image/webp") and _is_coded(text)
        }
        if _is_coded(svg := data.get(SVG)) and (harmless := attached_svg(svg)):
            kept[SVG] = harmless
        if kept:
            found[name] = kept
    return found


def _described(data: dict) -> str:
    """What a picture shows, for a reader who does not see it: the text beside it, unless that is an
    object's address."""
    first = _text(data.get("text/plain")).partition("\n")[0].strip()
    return "A picture drawn by this cell." if not first or first.startswith("<") else first[:200]


def _metadata(metadata: dict, data: dict) -> NotebookNode:
    """Width, height and description of a picture; and what we noted ourselves, where it is ours."""
    kept = {KEY: metadata[KEY]} if KEY in metadata else {}
    for mime in data.keys() & set(RASTER):
        told = metadata.get(mime, {})
        told = told if isinstance(told, dict) else {}
        picture = {
            name: value
            for name, value in told.items()
            if name in ("width", "height") and type(value) in (int, float)
        }
        picture["alt"] = _text(told.get("alt")) or _described(data)
        kept[mime] = picture
    return NotebookNode(kept)


def _data(data: dict, graded: bool, folder: str) -> NotebookNode:
    """The representations that can be shown. The text of a graded cell stays: nbgrader reads points
    from it."""
    kept = {mime: text for mime, text in data.items() if mime in TEXTS and isinstance(text, str)}
    for mime in ("text/plain", "text/html"):
        if mime in kept:
            kept[mime] = without_paths(kept[mime])
    if "text/html" in kept:
        kept["text/html"] = clean(
            with_pictures(_CODE.sub("", kept["text/html"]), folder), strip=True
        )
        if not _SHOWN.search(kept["text/html"]):
            del kept["text/html"]
    if "text/latex" in kept:
        latex = kept.pop("text/latex")  # formulas are read where Markdown is
        kept.setdefault("text/markdown", latex)
    kept.update((mime, data[mime]) for mime in RASTER if _is_coded(data.get(mime)))
    svg = data.get("image/svg+xml")
    # as a picture it can neither run nor fetch anything
    if isinstance(svg, str) and "text/html" not in kept:
        coded = base64.b64encode(svg.encode("utf-8", "replace")).decode()
        kept["text/html"] = (
            f'<img src="data:image/svg+xml;base64,{coded}" alt="A picture drawn by this cell.">'
        )
    if WIDGET in data and kept.keys() <= {"text/plain"} and not graded:
        kept["text/plain"] = INTERACTIVE
    return NotebookNode(kept)


def shortened(traceback: list[str]) -> list[str]:
    """A traceback with the frames of the notebook in full; of other files only name and line; none
    of ours."""
    kept = []
    for entry in traceback:
        text = _ANSI.sub("", entry).lstrip()
        if not text.startswith("File "):
            kept.append(without_paths(entry))
            continue
        where = without_paths(text.partition("\n")[0][5:])
        if not where.startswith(_OURS):
            kept.append(f"… in {where}")
    return kept


@lru_cache(maxsize=8)
def _roots(here: str) -> list[str]:
    """The folders of this computer whose names say nothing to a student, the longest first; `here`
    is the one that is worked in."""
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("purelib", "platlib", "stdlib", "platstdlib")}
    folders |= {
        sys.prefix,
        sys.base_prefix,
        str(Path(autograder.__file__).resolve().parents[1]),
        here,
        str(Path.home()),
    }
    return sorted(
        (
            folder
            for folder in folders
            if folder.count(os.sep) > 1 or folder == str(Path.home()) != "/"
        ),
        key=len,
        reverse=True,
    )


def without_paths(text: str) -> str:
    """The text without the folders of this computer: ``numpy/linalg.py`` for
    ``/home/…/site-packages/numpy/linalg.py``."""
    if "/" not in text and os.sep not in text:
        return text
    text = _CELL.sub("cell", text)
    for folder in _roots(os.getcwd()):
        text = text.replace(folder + os.sep, "").replace(folder, "…")
    return _PATH.sub(r"\1", text)
