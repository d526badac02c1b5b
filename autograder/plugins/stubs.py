"""The line that stops a function which is not written yet, and what stands below it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any


def code_below_the_stub(before: Sequence[dict[str, Any]], name: str) -> str | None:
    """That code stands below the line that stops a function, where it does; `before` are the cells
    above its check."""
    told = (
        "code stands below the line `raise NotImplementedError` of {}, which stops it; without that"
        " line it would run"
    )
    for cell in reversed(before):
        if cell["cell_type"] != "code" or cell["metadata"].get("nbgrader", {}).get("locked"):
            continue
        try:
            tree = ast.parse(
                re.sub(r"^\s*[%!].*$", "", "".join(cell["source"]), flags=re.MULTILINE)
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and (
                cell["metadata"].get("nbgrader", {}).get("grade_id") == name or node.name == name
            ):
                for inner in ast.walk(node):
                    body = getattr(inner, "body", [])
                    stops = (
                        [k for k, line in enumerate(body) if _stops(line)]
                        if isinstance(body, list)
                        else []
                    )
                    if stops and len(body) > stops[0] + 1:
                        return told.format(node.name)
    return None


def _stops(line: ast.stmt) -> bool:
    raised = line.exc if isinstance(line, ast.Raise) else None
    raised = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
