"""Whether a person is at work in this kernel: only then does a check do more than show and
raise."""

from __future__ import annotations

import os
import sys
from html import escape
from typing import Any


def shell() -> Any | None:
    """The IPython shell of a live kernel.

    Returns
    -------
    IPython.core.interactiveshell.InteractiveShell or None
        None in a plain program, in a terminal, and where nbgrader runs the notebook (validate,
        autograde).
    """
    if os.environ.get("NBGRADER_EXECUTION") or "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    found = get_ipython()
    return found if getattr(found, "kernel", None) is not None else None


def say(text: str, **metadata: Any) -> None:
    """Show one quiet line in the running cell.

    Parameters
    ----------
    text
        A sentence; ``code`` in back-quotes.
    **metadata
        Goes into the output's metadata.
    """
    from IPython.display import display

    words = "".join(
        f"<code>{escape(part)}</code>" if k % 2 else escape(part)
        for k, part in enumerate(text.split("`"))
    )
    soft = "color:var(--jp-ui-font-color2,#595959);font-size:13px;line-height:1.5;max-width:60em"
    display(
        {"text/plain": text, "text/html": f'<div style="{soft}">{words}</div>'},
        raw=True,
        metadata=metadata,
    )
