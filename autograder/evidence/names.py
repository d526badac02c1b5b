"""Which names of the notebook a function refers to, read from its compiled code.

Nothing is called for that. Like the probe, it runs beside student code when a class is graded.
"""

from __future__ import annotations

import dis
import inspect
from typing import Any

import numpy as np

# what a notebook's name may hold
DATA = (int, float, list, tuple, dict, np.ndarray, np.float64, np.float32, np.int64)


def names_used(function: Any, depth: int = 4) -> set[str]:
    """Names of module-level functions that a function's code refers to, also through its
    helpers."""
    found: set[str] = set()
    code = getattr(function, "__code__", None) or getattr(
        getattr(function, "__func__", None), "__code__", None
    )
    if not inspect.iscode(code) or depth == 0:
        return found
    pending = [code]
    scope = getattr(function, "__globals__", {})
    while pending:
        block = pending.pop()
        pending += [constant for constant in block.co_consts if inspect.iscode(constant)]
        for name in block.co_names:
            if name not in found and inspect.isfunction(scope.get(name)):
                found.add(name)
                found |= names_used(scope[name], depth - 1)
    return found


def names_read(function: Any, depth: int = 4) -> set[str]:
    """Names of numbers, arrays and containers of the notebook that a function's code reads, also
    through its helpers."""
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    scope: dict[str, Any] | None = getattr(function, "__globals__", None)
    found: set[str] = set()
    if not inspect.iscode(code) or type(scope) is not dict or depth == 0:
        return found
    pending = [code]
    while pending:
        block = pending.pop()
        pending += [constant for constant in block.co_consts if inspect.iscode(constant)]
        for step in dis.get_instructions(block):
            value = scope.get(step.argval) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") else None
            if type(value) in DATA:
                found.add(step.argval)
            elif inspect.isfunction(value) and value is not function and value.__globals__ is scope:
                found |= names_read(value, depth - 1)
    return found
