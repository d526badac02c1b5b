"""A class in which everybody attacks, but for three: how it is made, graded, and looked over
afterwards."""

from __future__ import annotations

import copy
import hashlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import nbformat

from attacks.attack import LESSON, MARK, POINTS, SECRETS, SLEEP, Attack, cell, make
from autograder.app import nbgrader_configuration, points
from course.making.build import build

HONEST = ("ada", "mia", "zoe")
COURSE = "attacked"
HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---

# Attacked

"""
SOLUTIONS = {
    "two_two_one.forward": (
        """def forward(x, W1, W2):
    z1 = x @ W1
    y1 = np.tanh(z1)
    z2 = y1 @ W2
    return {"z1": z1, "y1": y1, "z2": z2, "y2": 1 / (1 + np.exp(-z2))}"""
    ),
    "two_two_one.divergence": (
        """def divergence(y, d):
    return 0.5 * np.sum((y - d) ** 2)"""
    ),
    "two_two_one.backward": (
        """def backward(x, d, W1, W2):
    y1 = np.tanh(x @ W1)
    y2 = 1 / (1 + np.exp(-(y1 @ W2)))
    dy2 = y2 - d
    dz2 = y2 * (1 - y2) * dy2
    dy1 = W2 @ dz2
    dz1 = (1 - y1**2) * dy1
    return {"y2": dy2, "z2": dz2, "W2": np.outer(y1, dz2), "y1": dy1, "z1": dz1, "W1": np.outer(x, dz1)}"""
    ),
    "activations.sigmoid": (
        """def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)

def sigmoid_derivative(z):
    small = np.exp(-np.abs(z))
    return small / (1 + small) ** 2"""
    ),
    "practice.split": (
        """def train_validation_test(n, fractions, rng):
    first, second = np.round(np.cumsum(fractions)[:2] * n).astype(int)
    order = rng.permutation(n)
    return order[:first], order[first:second], order[second:]"""
    ),
}
CONFIG = """from pathlib import Path

try:
    from autograder.plugins import configure
except Exception as problem:  # nbgrader alone would go on, with no wall around what students wrote
    raise SystemExit(f"The course's grading cannot be loaded, so nothing is done: {problem!r}") from None

here = Path(__file__).resolve().parent
c = get_config()
c.CourseDirectory.course_id = "attacked"
c.CourseDirectory.root = str(here)
configure(c)
c.ExecuteWithLimits.timeout = 4
"""


def text() -> str:
    """The lesson that is attacked: five exercises of the course and a written question."""
    parts = [HEAD, _code("import numpy as np\nfrom autograder import check", ":tags: [setup]\n\n")]
    for exercise, solution in SOLUTIONS.items():
        functions = ", ".join(re.findall(r"^def (\w+)", solution, re.M))
        head, _, body = solution.partition("\n")
        opened = (
            f"{head}\n    ### BEGIN SOLUTION\n    #"
            f" {SECRETS['the gradebook or a source notebook']}\n{body}\n    ### END SOLUTION"
        )
        parts += [_code(opened), _code(f'check("{exercise}", {functions})')]
    return (
        "".join(parts) + '+++ {"tags": ["question"]}\n\nWhy?\n\n+++ {"tags": ["written"], "points":'
        " 2}\n\nBecause.\n"
    )


def _code(source: str, options: str = "") -> str:
    return f"```{{code-cell}} ipython3\n{options}{source}\n```\n\n"


def most_memory(pid: int) -> int:
    """The most memory that a process itself has held, in MB; 0 when it has gone. (What `wait4` tells counts the
    processes below it too.)"""
    try:
        told = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next(
        (int(line.split()[1]) // 1024 for line in told.splitlines() if line.startswith("VmHWM")), 0
    )


class Field:
    """A class folder with the attacks in it, and what became of it. `fast`: notebooks run in forked
    shells; in a kernel each otherwise."""

    def __init__(self, root: Path, attacks: Iterable[Attack], fast: bool = True):
        self.root, self.attacks, self.fast = root, tuple(attacks), fast
        self.stops: list[str] = []
        self.peak_mb = 0
        self.environment = {
            **os.environ,
            **{f"JUPYTER_{kind}_DIR": str(root / "jupyter") for kind in ("CONFIG", "DATA", "RUNTIME")},
            "IPYTHONDIR": str(root / "home" / ".ipython"), "HOME": str(root / "home"), "TMPDIR": str(root / "tmp"),
            "MPLCONFIGDIR": str(root / "mpl"), "A_SECRET": SECRETS["the environment"],
            "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
        }  # fmt: skip

    def nbgrader(self, *arguments: str, walls: tuple[str, ...] = ()) -> int:
        """Run one nbgrader command in the class folder, as an instructor types it; `peak_mb` is the
        memory it took, without what its submissions took."""
        with (self.root / f"{arguments[0]}.log").open("ab") as log:
            started = subprocess.Popen([*walls, sys.executable, "-m", "nbgrader", *arguments], cwd=self.root, env=self.environment,
                                       stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)  # fmt: skip
            while started.poll() is None:
                self.peak_mb = max(self.peak_mb, most_memory(started.pid))
                time.sleep(0.1)
        return started.returncode

    def autograde(self) -> None:
        """Grade everybody with one command."""
        self.nbgrader("autograde", LESSON)

    def log(self) -> str:
        return (self.root / "autograde.log").read_text(encoding="utf-8", errors="replace")

    def set_up(self) -> None:
        """Make the course and its folders, with something secret in each of them."""
        lessons = self.root / "course" / "lessons"
        lessons.mkdir(parents=True)
        (lessons / f"{LESSON}.md").write_text(text(), encoding="utf-8")
        for folder in ("home/.ipython", "jupyter", "tmp"):
            (self.root / folder).mkdir(parents=True)
        for place in (self.root, self.root / "home"):
            (place / "secret.txt").write_text(SECRETS["a file outside"])
        build(self.root, points, nbgrader_configuration())
        (self.root / "nbgrader_config.py").write_text(
            f"{CONFIG}c.ExecuteWithLimits.fast = {self.fast}\n"
        )
        if self.nbgrader("generate_assignment", LESSON, "--force"):
            raise RuntimeError((self.root / "generate_assignment.log").read_text())

    def hand_in(self, port: int) -> None:
        """Everybody hands in; `port` is where attacks may try to call."""
        released = nbformat.read(self.root / "release" / LESSON / f"{LESSON}.ipynb", as_version=4)
        source = nbformat.read(self.root / "source" / LESSON / f"{LESSON}.ipynb", as_version=4)
        honest = [Attack(name, "honest work", solved=tuple(POINTS)) for name in HONEST]
        for one in (*honest, *self.attacks):
            folder = self.root / "submitted" / one.name / LESSON
            folder.mkdir(parents=True)
            nb = make(one, copy.deepcopy(released), source)
            if one in honest:
                cell(nb, "divergence").source += f"\n# {SECRETS['another submission']}"
            (folder / f"{LESSON}.ipynb").write_text(
                nbformat.writes(nb, version=nbformat.NO_CONVERT).replace("{port}", str(port)),
                encoding="utf-8",
            )
            for name, content in one.files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(content)
            if one.plant:
                one.plant(folder)

    def scores(self) -> dict[str, float | None]:
        """What everybody got, as the gradebook has it; None where a submission could not be
        graded."""
        from nbgrader.api import Gradebook

        found: dict[str, float | None] = dict.fromkeys(
            (*HONEST, *(one.name for one in self.attacks))
        )
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", COURSE) as gradebook:
            for submission in gradebook.assignment_submissions(LESSON):
                if (
                    self.root / "autograded" / submission.student.id / LESSON / f"{LESSON}.ipynb"
                ).exists():
                    found[submission.student.id] = submission.score
        return found

    def undeserved(self, one: Attack, scores: dict[str, float | None]) -> float:
        """Points above what the honest part of a submission earns."""
        return max(0.0, round((scores[one.name] or 0.0) - one.deserved, 2))

    def leaked(self, student: str) -> list[str]:
        """Which secrets stand in what was made of a submission: the graded notebook and its files,
        and the feedback page."""
        found = set()
        for folder in ("autograded", "feedback"):
            for path in (self.root / folder / student).rglob("*"):
                data = path.read_bytes() if path.is_file() else b""
                found |= {
                    what
                    for what, word in SECRETS.items()
                    if word.encode() in data and student not in HONEST
                }
        return sorted(found)

    def files(self) -> dict[str, str]:
        """What must not change while a class is graded: path -> digest."""
        folders = ("course", "source", "release", "submitted", "home")
        paths = [
            self.root / "secret.txt",
            self.root / "nbgrader_config.py",
            *(p for f in folders for p in (self.root / f).rglob("*")),
        ]
        return {str(p.relative_to(self.root)): "link" if p.is_symlink() else hashlib.sha256(p.read_bytes()).hexdigest()
                for p in paths if p.is_symlink() or p.is_file()}  # fmt: skip


def left_behind(root: Path) -> list[str]:
    """Files on this machine that bear the mark of an attack, and whatever lies in the class's
    temporary folder."""
    import site

    places = [
        Path(p)
        for p in (
            "/",
            "/tmp",
            "/var/tmp",
            "/dev/shm",
            "/run",
            "/etc",
            "/usr/lib",
            sys.prefix,
            *site.getsitepackages(),
        )
    ]
    places += [
        Path.home(),
        Path.home() / ".ipython",
        Path.home() / ".jupyter",
        root,
        root / "jupyter",
        root / "home",
        Path(__file__).parents[2],
    ]
    found = {str(path) for place in places if place.is_dir() for path in place.glob(f"*{MARK}*")}
    found |= {str(path) for path in (root / "tmp").iterdir()}
    found |= {
        str(path)
        for folder in ("home", "jupyter")
        for path in (root / folder).rglob("*")
        if path.is_file() and MARK.encode() in path.read_bytes()
    }
    return sorted(found)


def still_running(root: Path) -> list[str]:
    """Processes that work in the class folder, were started from it, or sleep as the attacks'
    daemons do."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        try:
            command = (
                (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
            environment = (process / "environ").read_bytes()
            if (
                SLEEP in command
                or str(root).encode() in environment
                or str(root) in os.readlink(process / "cwd")
            ):
                found.append(command[:200])
        except OSError:
            continue
    return found


class Listener:
    """Somebody to whom an attack may try to talk: TCP, UDP and a local socket of this machine."""

    def __enter__(self):
        self.heard: list[str] = []
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.local = socket.socket(socket.AF_UNIX)
        self.local.bind(f"\0{MARK}-{self.port}")
        self.local.listen()
        for name, wait in (
            ("tcp", self.tcp.accept),
            ("udp", lambda: self.udp.recvfrom(100)),
            ("local", self.local.accept),
        ):
            threading.Thread(target=self._listen, args=(name, wait), daemon=True).start()
        return self

    def _listen(self, name, wait):
        try:
            while True:
                wait()
                self.heard.append(name)
        except OSError:  # closed: nobody listens any more
            return

    def __exit__(self, *problem):
        for one in (self.tcp, self.udp, self.local):
            one.close()
