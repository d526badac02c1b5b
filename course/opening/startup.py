"""What makes a JupyterLab start two seconds sooner: a grammar that is read only when needed.

jsonschema, which Jupyter validates notebooks and events with, imports `rfc3987_syntax` to tell
whether a text is an internationalised web address. Importing that compiles its grammar, which
takes longer than all else that the server does before it answers, and no schema of Jupyter's ever
asks.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

GRAMMAR = "rfc3987_syntax"


class _Waiting(ModuleType):
    """Stands in for a module until one of its functions is called."""

    def __init__(self, name: str, spec: ModuleSpec | None) -> None:
        super().__init__(name)
        self.__spec__ = spec

    @staticmethod
    def is_valid_syntax(term: str, value: str) -> bool:
        """What `rfc3987_syntax.is_valid_syntax` says, which is imported now."""
        return _true_module().is_valid_syntax(term, value)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_true_module(), name)


def _true_module() -> ModuleType:
    if isinstance(sys.modules.get(GRAMMAR), _Waiting):
        del sys.modules[GRAMMAR]
    return importlib.import_module(GRAMMAR)


def postpone_grammar() -> None:
    """Let whatever imports `rfc3987_syntax` from now on wait for its grammar until it is used."""
    spec = importlib.util.find_spec(GRAMMAR) if GRAMMAR not in sys.modules else None
    if spec is not None:
        sys.modules[GRAMMAR] = _Waiting(GRAMMAR, spec)
