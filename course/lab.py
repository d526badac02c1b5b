"""The course in JupyterLab: the command that opens it, and an extension of its server by which pictures follow the hand.

As it comes, Jupyter Server leaves Nagle's algorithm switched on: a small message waits until the one before it is acknowledged,
and a browser on the same machine acknowledges after up to 40 ms. A picture that answers a slider is three small messages and a
large one, so half of the time until it moves would be spent waiting. The extension switches that algorithm off.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from course.home import lend_a_home

CONNECTION = "kernel_websocket_connection_class"

#: What a JupyterLab has to be told so that its server loads this module as an extension.
EXTENSION = f"--ServerApp.jpserver_extensions={{'{__name__}': True}}"


def open_lab(folder: Path, options: Sequence[str] = ()) -> None:
    """Open JupyterLab on a folder, in this process, and return when it has ended.

    Parameters
    ----------
    folder : Path
    options : sequence of str
        More options for JupyterLab.
    """
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")  # read when Jupyter is imported
    said = lend_a_home()  # before Jupyter is imported, too
    if said:
        print(said, flush=True)
    from jupyterlab.labapp import LabApp

    as_root = getattr(os, "geteuid", lambda: 1)() == 0  # Jupyter refuses that unless told; in a container root is the usual user
    LabApp.launch_instance([str(folder), EXTENSION, *(["--allow-root"] if as_root else []), *options])


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
