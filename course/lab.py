"""The course in JupyterLab: the command that opens it, and an extension of its server by which pictures follow the hand.

As it comes, Jupyter Server leaves Nagle's algorithm switched on: a small message waits until the one before it is acknowledged,
and a browser on the same machine acknowledges after up to 40 ms. A picture that answers a slider is three small messages and a
large one, so half of the time until it moves would be spent waiting. The extension switches that algorithm off.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CONNECTION = "kernel_websocket_connection_class"

#: What a JupyterLab has to be told so that its server loads this module as an extension.
EXTENSION = f"--ServerApp.jpserver_extensions={{'{__name__}': True}}"


def open_lab(folder: Path, options: Sequence[str] = ()) -> int:
    """Open JupyterLab on a folder and wait until it ends.

    Parameters
    ----------
    folder : Path
    options : sequence of str
        More options for JupyterLab.

    Returns
    -------
    int
        Its exit status.
    """
    command = [sys.executable, "-m", "jupyterlab", str(folder), EXTENSION, *options]
    if getattr(os, "geteuid", lambda: 1)() == 0:  # Jupyter refuses to run as root unless told; in a container root is the usual user
        command.append("--allow-root")
    try:
        return subprocess.call(command, env={"JUPYTER_PREFER_ENV_PATH": "1", **os.environ})
    except KeyboardInterrupt:  # JupyterLab heard it too, and says what it does
        return 130


def at_once(connection: type) -> type:
    """The class of connections between kernels and browsers, with Nagle's algorithm switched off.

    Parameters
    ----------
    connection : subclass of jupyter_server's BaseKernelWebsocketConnection

    Returns
    -------
    a subclass of it, configured by the same sections
    """

    class AtOnce(connection):
        def connect(self):
            if self.websocket_handler.ws_connection is not None:  # the browser may be gone already
                self.websocket_handler.set_nodelay(True)
            return super().connect()

    return AtOnce


def _jupyter_server_extension_points() -> list[dict]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(app) -> None:
    settings = app.web_app.settings
    settings[CONNECTION] = at_once(settings[CONNECTION])
