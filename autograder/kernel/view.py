"""What a kernel behind bubblewrap's walls can see of this machine: the interpreter, its libraries,
a list of packages.

Nothing is hidden by name. The list names what is shown; everything else, installed or not, is not
there.
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
PACKAGES = (
    "ipykernel",
    "matplotlib-inline",
    "numpy",
    "matplotlib",
    "ipywidgets",
    "anywidget",
    "tqdm",
    "pyseccomp",
)
SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib32",
    "/usr/libx32",
    "/lib",
    "/lib64",
    "/lib32",
    "/libx32",
)
FILES = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/localtime")
OURS = ("course", "autograder")
RUN, SCRATCH, PROGRAM = "/run/kernels", "/scratch", "/program"


def paths_of(packages: Iterable[str]) -> list[Path]:
    """The files and folders in ``site-packages`` of some distributions and of all that they
    require.

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
                raise ValueError(
                    f"the package {name} is to be shown to graded notebooks, but is not installed"
                ) from None
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

    What covers a folder (``/tmp``) comes before whatever is shown below it, so Python and its
    packages may lie anywhere.

    Parameters
    ----------
    staged
        The folder that `autograder.kernel.stage.stage` has written.
    run
        The folder where kernels and grader meet; it appears as `RUN`.
    packages
        More distributions to show than `PACKAGES`.
    """
    scratch, program, meeting = places()
    arguments = ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
    arguments += [text for place in (scratch, "/run", "/usr", "/etc") for text in _passable(place)]
    for place in SYSTEM:
        if os.path.islink(place):
            arguments += ["--symlink", os.readlink(place), place]
        elif os.path.isdir(place):
            arguments += ["--ro-bind", place, place]
    for file in FILES:
        arguments += ["--ro-bind-try", os.path.realpath(file), file]
    site, own = (
        Path(sysconfig.get_path("purelib")),
        Path(sys.prefix).resolve() != Path(sys.base_prefix).resolve(),
    )
    for library in _libraries():
        arguments += _shown(library.resolve(), library)
    for other in sorted(
        {*(f for library in (*_libraries(), Path("/usr/lib")) for f in _foreign(library))} - {site}
    ):
        arguments += ["--tmpfs", str(other), "--remount-ro", str(other)]
    arguments += _interpreter()
    configuration = Path(sys.prefix) / "pyvenv.cfg"
    arguments += (
        [*_passable(site), *_shown(configuration, configuration)] if own else ["--tmpfs", str(site)]
    )
    for path in sorted(paths_of((*PACKAGES, *packages))):
        if path.name not in OURS:
            arguments += ["--ro-bind", str(path), str(site / path.name)]
    for name in OURS:
        arguments += ["--ro-bind", str(staged / "packages" / name), str(site / name)]
    arguments += [
        *_passable(program),
        "--ro-bind",
        str(staged / "program"),
        program,
        *_passable(meeting),
        "--bind",
        str(run),
        meeting,
    ]
    if not own:
        arguments += ["--remount-ro", str(site)]
    return [*arguments, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]


def places() -> tuple[str, str, str]:
    """`SCRATCH`, `PROGRAM` and `RUN`; with another name where Python or its packages lie below one
    of that name."""
    return tuple(_free(place) for place in (SCRATCH, PROGRAM, RUN))


def _free(place: str) -> str:
    ours = [Path(sys.prefix), Path(sys.executable), *_libraries()]
    ours += [path.resolve() for path in ours]
    while any(path.is_relative_to(place) for path in ours):
        place += "-of-the-grader"
    return place


def _libraries() -> list[Path]:
    """The folders of Python's own modules, by every name that they go by: a link to an
    interpreter's folder is one more."""
    found = {}
    for base in (Path(sys.base_prefix).resolve(), Path(os.path.abspath(sys.base_prefix))):
        for name in ("lib", sys.platlibdir):
            if (
                (base / name).is_dir()
                and not (base / name).is_relative_to("/usr/lib")
                and str(base / name) not in SYSTEM
            ):
                found[base / name] = None
    return list(found)


def _interpreter() -> list[str]:
    """The program itself, and the links that lead to it: Python looks for its environment beside
    the name it is called by."""
    program = Path(os.path.realpath(sys.executable))
    arguments, names = _shown(program, program), {Path(os.path.abspath(sys.executable))} - {program}
    for name in sorted(names):
        arguments += [*_passable(name.parent), "--symlink", str(program), str(name)]
    return arguments


def _shown(source: Path, place: Path) -> list[str]:
    return [*_passable(place.parent), "--ro-bind", str(source), str(place)]


def _passable(folder: str | Path) -> list[str]:
    """A folder and those above it, made so that a kernel that is not root can go through them."""
    folder = Path(folder)
    steps = [path for path in (*reversed(folder.parents), folder) if path != path.parent]
    made = [path for path in steps if not any(path.is_relative_to(place) for place in SYSTEM)]
    return [text for path in made for text in ("--perms", "0755", "--dir", str(path))]


def _foreign(library: Path) -> list[Path]:
    """Folders of third-party packages below a ``lib`` folder."""
    return [
        path
        for kind in ("site-packages", "dist-packages")
        for path in library.glob(f"python3*/{kind}")
    ]
