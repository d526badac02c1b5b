"""A home for Jupyter where the user's own cannot be written: on a lent machine, in a container,
after a `sudo` of old.

Jupyter, IPython and matplotlib each keep a folder below the home folder, and Jupyter ends with a
traceback where it cannot.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

#: Where each program keeps its things unless this variable names another place, and which part of
#: the lent folder it gets.
FOLDERS = {
    "JUPYTER_RUNTIME_DIR": (".local/share/jupyter/runtime", "runtime"),
    "JUPYTER_DATA_DIR": (".local/share/jupyter", "data"),
    "JUPYTER_CONFIG_DIR": (".jupyter", "config"),
    "JUPYTERLAB_SETTINGS_DIR": (".jupyter/lab/user-settings", "settings"),
    "JUPYTERLAB_WORKSPACES_DIR": (".jupyter/lab/workspaces", "workspaces"),
    "IPYTHONDIR": (".ipython", "ipython"),
    "MPLCONFIGDIR": (".config/matplotlib", "matplotlib"),
}


def lend_a_home() -> str:
    """Name a temporary folder to the programs that cannot keep their things in the home folder.

    It lasts as long as this process. Where everything can be written, nothing is changed.

    Returns
    -------
    str
        One sentence for the user that says why; empty where nothing was needed.
    """
    home = os.environ.get("HOME") or os.path.expanduser("~")
    places = {
        variable: Path(os.environ.get(variable) or Path(home) / usual)
        for variable, (usual, _) in FOLDERS.items()
    }
    refused = {
        variable: place
        for variable, place in places.items()
        if place.parts[0] == "~" or not _can_be_written(place)
    }
    if not refused:
        return ""
    lent = Path(tempfile.mkdtemp(prefix="backprop-home-"))
    atexit.register(shutil.rmtree, lent, ignore_errors=True)
    for variable in refused:
        os.environ[variable] = str(lent / FOLDERS[variable][1])
    # a user whom the system does not know, as in a container: programs that look for a home would
    # end
    if home == "~":
        os.environ["HOME"] = str(lent)
    return (
        f"{next(iter(refused.values()))} cannot be written, so Jupyter's settings are kept in"
        f" {lent} until it ends. Your notebooks are not concerned."
    )


def _can_be_written(place: Path) -> bool:
    """Whether a folder is there and may be written to, or may be made."""
    try:
        nearest = next(folder for folder in (place, *place.absolute().parents) if folder.exists())
    except PermissionError:  # a folder on the way cannot even be looked into
        return False
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
