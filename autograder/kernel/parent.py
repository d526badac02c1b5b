"""The grader's side of the warm parent: start it behind bubblewrap, ask it for kernels, tell which
walls stand."""

from __future__ import annotations

import atexit
import contextlib
import io
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from autograder.kernel import view
from autograder.kernel.stage import PROJECT, stage

#: The layers of protection, in the order from the outside in, and what each is for.
LAYERS = {
    "files": "only Python and the course's data can be read",
    "network": "there is no network",
    "separate": "each submission has processes and a scratch folder of its own",
    "rights": "no capabilities, no way to gain any",
    "calls": "system calls that reach into other processes or the kernel are refused",
    "limits": "memory, CPU time, processes and file sizes are limited",
    "user": "the kernel is not run as root",
}
#: Libraries that differentiate by themselves. Behind the walls they are not there; without walls
#: they are refused.
AUTODIFF = frozenset({"torch", "jax", "jaxlib", "tensorflow", "keras", "autograd", "tinygrad", "mxnet", "theano", "pytensor", "aesara",
                      "casadi", "sympy", "numdifftools", "chainer", "paddle", "flax", "equinox", "micrograd", "sklearn"})  # fmt: skip
log = logging.getLogger(__name__)
ADDRESS = "BACKPROP_WARM_PARENT"
MOST_FILES = 50_000_000
CARRIED = ".carried"
"""The folder of notebooks that a graded one uses; `autograder.plugins.intake.carrying` fills it."""
READY = 60.0


class NoWarmParent(RuntimeError):
    """The warm parent cannot be started here; the message says why."""


class Started(NamedTuple):
    """A kernel that runs: the connection that it lives by, the layers that are missing, and which
    files are."""

    connection: socket.socket
    left_out: str
    missing: dict[str, str]


class WarmParent:
    """One warm parent and the folder where its kernels and the grader meet.

    Parameters
    ----------
    packages
        Distributions that graded notebooks may import beside those that the course needs.
    """

    def __init__(self, packages: Iterable[str] = ()):
        if not sys.platform.startswith("linux"):
            raise NoWarmParent(f"kernels are forked on Linux only, and this is {sys.platform}")
        self.folder = Path(tempfile.mkdtemp(prefix="backprop-", dir=_short_folder()))
        _sweep(self.folder.parent)
        self.run = self.folder / "run"
        self.missing: dict[str, str] = {}
        try:
            self._start(tuple(packages))
        except BaseException:
            self.close()
            raise
        told = {"missing": self.missing, "grader": os.getpid()}
        (self.folder / "parent.json").write_text(json.dumps(told), encoding="utf-8")
        atexit.register(self._close_if_mine, os.getpid())

    def _close_if_mine(self, owner: int) -> None:
        """At exit, and not in a process that was forked from the one that started it."""
        if os.getpid() == owner:
            self.close()

    def _start(self, packages: tuple[str, ...]) -> None:
        self.run.mkdir()
        self.run.chmod(0o733)  # a kernel that is not this user finds its own folder by name
        self.folder.chmod(0o711)
        stage(self.folder / "stage")
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(self.folder / "socket"))
        self.server.listen(64)
        scratch, inside, meeting = view.places()
        problems: list[str] = []
        for walls, user in _ways(self.folder / "stage", self.run, packages):
            plan = {
                "walls": bool(walls), "run": meeting if walls else str(self.run), "scratch": scratch, "drop": user == "drop",
                "packages": str(self.folder / "stage" / "packages"), "hidden": _hidden(), "refused": sorted(AUTODIFF - set(packages)),
            }  # fmt: skip
            program = Path(inside) if walls else self.folder / "stage" / "program"
            command = [
                *walls,
                os.path.abspath(sys.executable),  # the walls show it by this name
                "-s",
                "-E",
                str(program / "warm.py"),
                str(self.server.fileno()),
                json.dumps(plan),
            ]
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[self.server.fileno()],
                env=_environment(), cwd="/", start_new_session=True,
            )  # fmt: skip
            said = self.process.stdout.readline()
            if said == b"ready\n":
                self.walls, self.missing = bool(walls), _lacking(bool(walls), user, problems)
                threading.Thread(target=_pass_on, args=(self.process.stderr,), daemon=True).start()
                return
            self.process.stdin.close()
            problems.append(
                _last_lines(self.process.stderr.read())
                or f"it ended with status {self.process.wait()}"
            )
            self.process.wait()
        raise NoWarmParent(f"The grading kernel could not start: {problems[-1]}")

    def kernel(
        self,
        name: str,
        connection: dict,
        arguments: list[str],
        limits: dict,
        environment: dict,
        cwd: Path,
        wire_of_shell: socket.socket | None = None,
        first: list[str] | None = None,
    ) -> Started:
        """Have a kernel forked and locked in.

        Parameters
        ----------
        name
            Of the folder where its sockets will lie; it must be `place` of that name.
        connection
            What Jupyter writes into a connection file.
        cwd
            The folder of the submission: its files, except notebooks, are copied into the scratch
            folder.
        wire_of_shell
            The end of a pair of sockets. With it comes no kernel, but a shell that runs cells as it
            is asked on the other end (`autograder.kernel.shell`).
        first
            Lines that such a shell runs before everything else.

        Raises
        ------
        NoWarmParent
            When the warm parent has gone or the kernel did not start.
        """
        packed = _packed(cwd)
        wire = socket.socket(socket.AF_UNIX)
        try:
            wire.settimeout(READY)
            wire.connect(str(self.folder / "socket"))
            request = {
                "id": name,
                "connection": connection,
                "arguments": arguments,
                "limits": limits,
                "env": environment,
                "files": len(packed),
                "first": first or [],
            }
            asked = json.dumps(request).encode() + b"\n" + packed
            handed = [] if wire_of_shell is None else [wire_of_shell.fileno()]
            socket.send_fds(wire, [asked[:1]], handed)
            wire.sendall(asked[1:])
            said = json.loads(_line(wire) or b"{}")
        except (OSError, ValueError) as problem:
            wire.close()
            raise NoWarmParent(
                f"The grading kernel could not start: the warm parent does not answer ({problem})"
            ) from None
        if not said.get("started"):
            wire.close()
            raise NoWarmParent(
                "The grading kernel could not start:"
                f" {said.get('why') or 'the warm parent has gone'}"
            )
        wire.setblocking(False)
        return Started(wire, said["left_out"], {**said["missing"], **self.missing})

    def place(self, name: str) -> Path:
        """Make the folder of a kernel's sockets."""
        folder = self.run / name
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)  # its name is known to nobody else
        return folder

    @property
    def alive(self) -> bool:
        """Whether it still takes requests."""
        return self.process.poll() is None

    def close(self) -> None:
        """End it, its kernels, and its folder."""
        process = getattr(self, "process", None)
        if process is not None and process.poll() is None:
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if hasattr(self, "server"):
            self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self._close_if_mine)


@contextlib.contextmanager
def shared() -> Iterator[None]:
    """One warm parent for every process that is started inside the block; none where there can be
    none."""
    try:
        parent = WarmParent()
    except NoWarmParent:  # each grader finds that out for itself, and says it
        yield
        return
    os.environ[ADDRESS] = str(parent.folder)
    try:
        yield
    finally:
        del os.environ[ADDRESS]
        parent.close()


def _sweep(place: Path) -> None:
    """Delete the folders of warm parents whose graders were killed."""
    for told in place.glob("backprop-*/parent.json"):
        try:
            if told.stat().st_uid == os.getuid() and not psutil.pid_exists(
                json.loads(told.read_text(encoding="utf-8"))["grader"]
            ):
                shutil.rmtree(told.parent, ignore_errors=True)
        except (OSError, ValueError, KeyError):  # somebody else's, or being written
            continue


def _ways(staged: Path, run: Path, packages: tuple[str, ...]):
    """How the warm parent can be started, best first: (bubblewrap's command, what becomes of the
    user)."""
    program = shutil.which("bwrap")
    if program:
        apart = [
            "--unshare-ipc",
            "--unshare-pid",
            "--unshare-net",
            "--unshare-uts",
            "--unshare-cgroup-try",
            "--new-session",
        ]
        inside = [*apart, "--hostname", "grading", *view.walls(staged, run, packages), "--"]
        if os.getuid() == 0:
            yield [program, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", *inside], "drop"
        yield [program, "--unshare-user", *inside], "same"
    yield [], "same"


def _lacking(walls: bool, user: str, problems: list[str]) -> dict[str, str]:
    """The layers that are missing in a way that works, each with its reason; `problems` are those
    of better ways."""
    because = f": {problems[-1]}" if problems else ""
    root = os.getuid() == 0 and user != "drop"
    if walls:
        return (
            {"user": f"the kernel has root's number, though none of its rights{because}"}
            if root
            else {}
        )
    why = (
        f"bubblewrap does not work here{because}"
        if problems
        else "bubblewrap is not installed (Debian, Ubuntu: apt install bubblewrap)"
    )
    return {"files": why, "network": why} | ({"user": "the grader runs as root"} if root else {})


def _last_lines(said: bytes) -> str:
    """The end of what a program complained about: its last line, which in a traceback is the
    error."""
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1].strip()[-500:] if lines else ""


def _hidden() -> list[str]:
    """What no graded notebook may see: answers, and what lies in the class's folder."""
    here = Path.cwd()
    answers = [
        PROJECT / "autograder" / "exercises" / "__init__.py",
        PROJECT / "course" / "network.py",
        PROJECT / "course" / "lessons",
    ]
    return [
        str(path)
        for path in (*answers, *(here / name for name in ("gradebook.db", "source", "submitted")))
    ]


def _environment() -> dict[str, str]:
    found = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/tmp", "USER": "student", "MPLCONFIGDIR": "/tmp/matplotlib",
             "MPLBACKEND": "module://matplotlib_inline.backend_inline", "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
    kept = {
        name: os.environ[name]
        for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
        if name in os.environ
    }
    return found | kept


def _short_folder() -> str | None:
    """A folder for sockets: their paths may have about 100 characters."""
    return None if len(tempfile.gettempdir()) < 40 else "/tmp"


def _packed(folder: Path) -> bytes:
    """The files of a submission as a tar archive; links and special files are left out.

    Of the notebooks only those that the graded one uses, which lie in a folder of their own, go
    along: beside it.
    """
    packed, total = io.BytesIO(), 0
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            place = path.relative_to(folder)
            carried = place.parts[0] == CARRIED and path.suffix == ".ipynb"
            if (
                path.is_symlink()
                or not path.is_file()
                or path.suffix == ".ipynb"
                and not carried
                or any(p.is_symlink() for p in path.parents)
            ):
                continue
            total += path.stat().st_size
            if total > MOST_FILES:
                log.warning(
                    "%s and later files of the submission are left out: more than %s bytes",
                    path.name,
                    f"{MOST_FILES:,}",
                )
                break
            archive.add(
                path, arcname=str(place.relative_to(CARRIED) if carried else place), recursive=False
            )
    return packed.getvalue()


def _line(wire: socket.socket) -> bytes:
    read = bytearray()
    while not read.endswith(b"\n"):
        got = wire.recv(1)
        if not got:
            break
        read += got
    return bytes(read)


def _pass_on(stream) -> None:
    """Log what the warm parent complains about; it must never wait for a reader."""
    for line in stream:
        log.warning("warm parent: %s", line.decode(errors="replace").rstrip())
