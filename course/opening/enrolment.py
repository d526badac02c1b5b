"""Who works here: an instructor with a class, a student of one, or somebody who learns alone."""

from __future__ import annotations

from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import (
    ConfigFileNotFound,
    JSONFileConfigLoader,
    PyFileConfigLoader,
)

try:
    from jupyter_core.paths import jupyter_config_path
except ImportError:  # a browser's tab: there is no user, and no configuration

    def jupyter_config_path() -> list[str]:
        """No folder."""
        return []


def is_class(folder: Path) -> bool:
    """Whether a folder is an instructor's: it configures nbgrader, or keeps a gradebook."""
    return any((folder / name).exists() for name in ("nbgrader_config.py", "gradebook.db"))


def is_enrolled() -> bool:
    """Whether this user's Jupyter configuration names a class of nbgrader.

    An instructor gives students such a file. Whoever has it gets lessons through the class, and
    sees no model answers. A file that cannot be read counts: it may name one.
    """
    config = Config()
    for folder in jupyter_config_path():
        for loader, name in (
            (PyFileConfigLoader, "nbgrader_config.py"),
            (JSONFileConfigLoader, "nbgrader_config.json"),
        ):
            try:
                config.merge(loader(name, path=folder).load_config())
            except ConfigFileNotFound:
                continue
            except Exception:  # the file is a program of somebody else's, which may raise anything
                return True
    return "course_id" in config.CourseDirectory
