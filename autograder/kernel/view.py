"""What a kernel behind bubblewrap's walls can see of this machine: the interpreter, its libraries, a list of packages.

Nothing is hidden by name. The list names what is shown; everything else, installed or not, is not there.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

#: What the lessons import, and what a kernel is made of. Everything these need comes along.
PACKAGES = ("ipykernel", "matplotlib-inline", "numpy", "matplotlib", "ipywidgets", "anywidget", "tqdm", "pyseccomp")
SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/libx32", "/lib", "/lib64", "/lib32", "/libx32")
FILES = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/localtime")
OURS = ("course", "autograder")
RUN, SCRATCH, PROGRAM = "/run/kernels", "/scratch", "/program"


def paths_of(packages: Iterable[str]) -> list[Path]:
    """The files and folders in ``site-packages`` of some distributions and of all that they require.

    Raises
    ------
    ValueError
        When a package of the list is not installed.
    """
    found: dict[Path, None] = {}
    seen: set[str] = set()
    pending = [(name, True) for name in packages]
    while pending:
        name, wanted = pending.pop()
        key = name.lower().replace("_", "-").replace(".", "-")
        if key in seen:
            continue
        seen.add(key)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            if wanted and name not in PACKAGES:
                raise ValueError(f"the package {name} is to be shown to graded notebooks, but is not installed") from None
            continue
        for file in distribution.files or ():
            if ".." not in file.parts and file.parts[0] != "__pycache__":
                found[Path(distribution.locate_file(file.parts[0]))] = None
        for text in distribution.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                pending.append((requirement.name, False))
    return [path for path in found if path.exists() and path.suffix != ".pth"]


def walls(staged: Path, run: Path, packages: Iterable[str]) -> list[str]:
    """The arguments for bubblewrap that build the view.

    Parameters
    ----------
    staged
        The folder that `autograder.kernel.stage.stage` has written.
    run
        The folder where kernels and grader meet; it appears as `RUN`.
    packages
        More distributions to show than `PACKAGES`.
    """
    arguments = ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp", *(text for place in (SCRATCH, "/run", "/usr", "/etc") for text in _passable(place))]
    for place in SYSTEM:
        if os.path.islink(place):
            arguments += ["--symlink", os.readlink(place), place]
        elif os.path.isdir(place):
            arguments += ["--ro-bind", place, place]
    for file in FILES:
        arguments += ["--ro-bind-try", os.path.realpath(file), file]
    base, library = Path(sys.base_prefix).resolve(), Path(sys.base_prefix).resolve() / "lib"
    own = Path(sys.prefix).resolve() != base  # a virtual environment, apart from the interpreter's own packages
    site = Path(sysconfig.get_path("purelib"))
    if not str(library).startswith("/usr/lib"):
        arguments += [*_passable(library.parent), "--ro-bind", str(library), str(library)]
    for other in sorted({*_foreign(library), *_foreign(Path("/usr/lib"))} - {site}):
        arguments += ["--tmpfs", str(other), "--remount-ro", str(other)]
    interpreter = os.path.realpath(sys.executable)
    arguments += [*_passable(Path(interpreter).parent), "--ro-bind", interpreter, interpreter]
    if os.path.abspath(sys.executable) != interpreter:
        arguments += [*_passable(Path(sys.executable).parent), "--ro-bind", interpreter, os.path.abspath(sys.executable)]
    configuration = str(Path(sys.prefix) / "pyvenv.cfg")
    arguments += [*_passable(site), "--ro-bind", configuration, configuration] if own else ["--tmpfs", str(site)]
    for path in sorted(paths_of((*PACKAGES, *packages))):
        if path.name not in OURS:
            arguments += ["--ro-bind", str(path), str(site / path.name)]
    for name in OURS:
        arguments += ["--ro-bind", str(staged / "packages" / name), str(site / name)]
    arguments += ["--ro-bind", str(staged / "program"), PROGRAM, "--bind", str(run), RUN]
    if not own:
        arguments += ["--remount-ro", str(site)]
    return [*arguments, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]


def _passable(folder: str | Path) -> list[str]:
    """A folder and those above it, made so that a kernel that is not root can go through them."""
    folder = Path(folder)
    steps = [path for path in (*reversed(folder.parents), folder) if path != path.parent]
    outside = [path for path in steps if not str(path).startswith(("/usr/", "/lib"))]
    return [text for path in outside for text in ("--perms", "0755", "--dir", str(path))]


def _foreign(library: Path) -> list[Path]:
    """Folders of third-party packages below a ``lib`` folder."""
    return [path for kind in ("site-packages", "dist-packages") for path in library.glob(f"python3*/{kind}")]
