"""Read a notebook that somebody handed in, whatever is in the file, and keep what grading needs.

Outputs are dropped at once: nobody reads a student's own outputs when a class is graded, and they
may be enormous. What is damaged and can be mended is mended: a missing or doubled cell id, metadata
that is none, half a character.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import nbformat
from nbformat import NotebookNode

MOST_CELLS, MOST_TEXT, DEEPEST = 1_000, 50_000_000, 64
TYPES = ("code", "markdown", "raw")
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONGEST_WHOLE = 18
TOLD = {
    "grade": bool, "solution": bool, "locked": bool, "task": bool, "grade_id": str, "points": (int, float), "cell_type": str,
    "checksum": str,
}  # fmt: skip


class NotReadable(Exception):
    """A file is no notebook that can be graded; the message says why."""


def parse(data: bytes, known: frozenset[tuple] = frozenset()) -> NotebookNode:
    """The notebook in the bytes of a file, in nbformat 4, without outputs.

    Parameters
    ----------
    data
        The file.
    known
        Cells that are left out, by `fingerprint`: who looks for what a student changed need not
        look at the rest.

    Raises
    ------
    NotReadable
        When it is no notebook, or is too large or too deep even without its outputs.
    """
    try:
        raw = json.loads(data, parse_constant=lambda _: None, parse_int=_whole)
    except UnicodeDecodeError:
        raise NotReadable("is not a notebook (not UTF-8 text)") from None
    except ValueError as problem:
        raise NotReadable(f"is not a notebook (not valid JSON: {problem})") from None
    except RecursionError:
        raise NotReadable("is not a notebook (its data is nested too deeply)") from None
    if not isinstance(raw, dict) or not ({"cells", "worksheets"} & raw.keys()):
        raise NotReadable("is JSON but no notebook")
    cells = _without_outputs(raw)
    if len(cells) > MOST_CELLS:
        raise NotReadable(f"has {len(cells):,} cells, more than {MOST_CELLS:,}")
    if known and "cells" in raw:
        raw["cells"] = [cell for cell in _list(raw.get("cells")) if fingerprint(cell) not in known]
    nb = _clean(raw, DEEPEST)
    if _size(nb) > MOST_TEXT:
        raise NotReadable(f"holds more than {MOST_TEXT // 1_000_000} MB even without its outputs")
    return _mended(nb if "cells" in nb else _of_today(nb))


def fingerprint(cell: Any) -> tuple:
    """Type, text and nbgrader's metadata of a cell as a file holds it."""
    if not isinstance(cell, dict):
        return ()
    source = cell.get("source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    told = _dict(cell.get("metadata")).get("nbgrader")
    return str(cell.get("cell_type")), str(source), repr(told)


def _whole(digits: str) -> int | None:
    """A number of a notebook; none has more digits than fit into 64 bits."""
    return int(digits) if len(digits) <= LONGEST_WHOLE else None


def _without_outputs(raw: dict) -> list:
    """Take the outputs out, in place; returns all cells."""
    if isinstance(raw.get("metadata"), dict):
        raw["metadata"].pop("widgets", None)  # what the widgets showed; it is an output too
    cells = _list(raw.get("cells"))
    for sheet in _list(raw.get("worksheets")):
        cells = cells + _list(sheet.get("cells") if isinstance(sheet, dict) else None)
    for cell in cells:
        if isinstance(cell, dict):
            cell["outputs"] = []
    return cells


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []


def _clean(value: Any, depth: int) -> Any:
    """A copy of JSON data that any file can hold: no half characters, no null characters, no
    infinite numbers."""
    if depth == 0:
        raise NotReadable(f"is not a notebook (its data is nested more than {DEEPEST} deep)")
    if isinstance(value, str):
        if value.isascii() and "\0" not in value:  # nothing to mend, and much the most frequent
            return value
        return value.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, dict):
        return {_clean(key, 1): _clean(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item, depth - 1) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return (
        sum(map(_size, value))
        if isinstance(value, list)
        else len(value)
        if isinstance(value, str)
        else 8
    )


def _of_today(nb: dict) -> dict:
    """A notebook of nbformat 3, as nbformat 4 has it."""
    try:
        return nbformat.reads(
            json.dumps(
                {**nb, "nbformat": 3, "nbformat_minor": 0, "metadata": _dict(nb.get("metadata"))}
            ),
            as_version=4,
        )
    except Exception as problem:  # nbformat's conversion trusts the file: anything may be missing
        raise NotReadable(
            f"is a notebook of an old format that cannot be converted ({type(problem).__name__}: {problem})"[
                :300
            ]
        ) from None


def _dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def _mended(nb: dict) -> NotebookNode:
    given = _dict(nb.get("metadata"))
    metadata = {
        key: given[key]
        for key in ("kernelspec", "language_info", "backprop")
        if isinstance(given.get(key), dict)
    }
    for key, names in (("kernelspec", ("name", "display_name")), ("language_info", ("name",))):
        if not all(isinstance(_dict(metadata.get(key)).get(name), str) for name in names):
            metadata.pop(key, None)
    used: set[str] = set()
    cells = [
        _cell(cell, used, i) for i, cell in enumerate(_list(nb["cells"])) if isinstance(cell, dict)
    ]
    return nbformat.from_dict(
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )


def _cell(cell: dict, used: set[str], index: int) -> dict:
    kind = cell.get("cell_type") if cell.get("cell_type") in TYPES else "raw"
    name = cell.get("id")
    if not isinstance(name, str) or not ID.fullmatch(name) or name in used:
        name = next(text for k in range(len(used) + 2) if (text := f"cell-{index}-{k}") not in used)
    used.add(name)
    source = cell.get("source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    # else a locked cell would look edited
    text = re.sub("\r\n?", "\n", source) if isinstance(source, str) else ""
    mended = {"cell_type": kind, "id": name, "source": text, "metadata": _metadata(cell, kind)}
    if kind == "code":
        return {**mended, "execution_count": None, "outputs": []}
    attached = _dict(cell.get("attachments")).items()
    sound = {
        file: kinds
        for file, kinds in attached
        if isinstance(kinds, dict) and all(isinstance(v, str) for v in kinds.values())
    }
    return {**mended, "attachments": sound} if sound else mended


def _metadata(cell: dict, kind: str) -> dict:
    """Of a cell's metadata, what grading reads."""
    given = _dict(cell.get("metadata"))
    kept = {
        key: given[key] for key in ("deletable", "editable") if isinstance(given.get(key), bool)
    }
    if isinstance(given.get("tags"), list) and all(isinstance(tag, str) for tag in given["tags"]):
        kept["tags"] = given["tags"]
    told = _told(_dict(given.get("nbgrader")), kind)
    return {**kept, "nbgrader": told} if told else kept


def _told(given: dict, kind: str) -> dict:
    """A cell's nbgrader metadata, in the form that nbgrader insists on; empty when it names no
    cell."""
    told = {key: given[key] for key, wanted in TOLD.items() if isinstance(given.get(key), wanted)}
    if not re.fullmatch(r"[A-Za-z0-9_-]+", told.get("grade_id", "")):
        return {}
    told = {
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
        **told,
        "schema_version": 3,
    }
    if kind == "markdown" and not told["task"]:
        told["grade"] = told["solution"] = told["grade"] or told["solution"]
    told["task"] = told["task"] and kind == "markdown"
    points = told.pop("points", 0)
    if told["grade"] or told["task"]:
        told["points"] = points if not isinstance(points, bool) and 0 <= points < 1e9 else 0
    if len(told.get("checksum", "")) != 32:
        told.pop("checksum", None)
    if told.get("cell_type") not in TYPES:
        told.pop("cell_type", None)
    return told
