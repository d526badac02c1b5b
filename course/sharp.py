"""Figures with the pixels of a sharp screen, where a person works in a notebook."""

from __future__ import annotations

import os
import sys

FORMATS = {"retina"}  # a picture of twice the pixels, shown at its size


def draw_sharply() -> bool:
    """Let the figures that cells show have twice the pixels, in a kernel of a Jupyter server.

    On an ordinary screen nothing changes. Elsewhere (a class that is graded, pages that are built)
    figures stay as small as they are. It costs no import: what is not loaded yet is only told.

    Returns
    -------
    bool
        Whether this is such a kernel.
    """
    if "JPY_SESSION_NAME" not in os.environ or "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    shell = get_ipython()
    if getattr(shell, "kernel", None) is None or "figure_formats" in shell.config.InlineBackend:
        return False
    shell.config.InlineBackend.figure_formats = FORMATS
    loaded = sys.modules.get("matplotlib_inline.config")
    if loaded is not None and loaded.InlineBackend.initialized():
        loaded.InlineBackend.instance().figure_formats = FORMATS
    return True
