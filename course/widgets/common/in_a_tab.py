"""In a browser's tab: what is None in Python arrives as null in the page, as it does from a server.

There the kernel's messages are made by Pyodide, which makes None undefined; a dictionary then
arrives without the entry. They are written as JSON first.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def keep_none() -> None:
    """Let the messages of this kernel's widgets keep their None; does nothing elsewhere."""
    if sys.platform != "emscripten":
        return
    try:
        from js import JSON
        from pyodide_kernel.comm import Comm
    except ImportError:  # no notebook: a program in node
        return
    usual = Comm.publish_msg

    def publish_msg(
        self: Any, msg_type: str, data: Any = None, metadata: Any = None, *others: Any, **keys: Any
    ) -> None:
        try:
            data = JSON.parse(json.dumps(data or {}, allow_nan=False))
        except (TypeError, ValueError):  # not JSON: as it ever was
            pass
        usual(self, msg_type, data, metadata, *others, **keys)

    Comm.publish_msg = publish_msg
