"""The grading kernel as Jupyter sees it: a kernel like any other, which the warm parent forks and
locks in."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import secrets
import shutil
import signal
import socket
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jupyter_client.channels import HBChannel
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Integer, List, Unicode, default

from autograder.kernel.parent import ADDRESS, AUTODIFF, LAYERS, NoWarmParent, Started, WarmParent
from autograder.kernel.shell import Shell
from autograder.kernel.stage import stage

KERNEL = "backprop-grading"
KERNELS = Path(__file__).resolve().parent / "kernels"
_parents: dict[tuple[int, tuple[str, ...]], WarmParent] = {}


class NotLocked(RuntimeError):
    """A layer of protection that the instructor requires is missing; nothing was run."""


class LockedProvisioner(LocalProvisioner):
    """Start kernels as children of a warm parent, behind walls, and end them with all they started.

    Where there is no warm parent (not Linux), an ordinary process takes its place: it sees the
    stand-ins for the course first, and no wall stands.
    """

    required = List(
        Unicode(),
        help="Layers without which nothing is graded, of: " + ", ".join(LAYERS) + "; or 'all'.",
    ).tag(config=True)
    packages = List(
        Unicode(),
        help="Installed distributions that graded notebooks may import beside the course's own.",
    ).tag(config=True)
    memory_mb = Integer(
        2048, help="Memory that a notebook and all that it starts may use, in MB."
    ).tag(config=True)
    address_mb = Integer(6144, help="Address space of one process, in MB.").tag(config=True)
    scratch_mb = Integer(
        256, help="Size of the scratch folder, which is the only place to write to, in MB."
    ).tag(config=True)
    file_mb = Integer(128, help="Size of one file, in MB.").tag(config=True)
    cpu_seconds = Integer(900, help="CPU time of one process, in seconds.").tag(config=True)
    wall_seconds = Integer(1800, help="Time for a whole notebook, in seconds.").tag(config=True)
    processes = Integer(
        64, help="Processes and threads at the same time; a kernel alone has about ten."
    ).tag(config=True)

    started: Started | None = None
    missing: Mapping[str, str] = MappingProxyType({})
    """The layers of protection that are off, each with its reason."""
    why = ""
    """Why the kernel was ended, where it was for a limit."""
    _warm: WarmParent | None = None
    _code: int | None = None
    _rest = b""

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel to speak to, locked or ordinary."""
        return self.started is not None or super().has_process

    @property
    def locked(self) -> bool:
        """Whether the kernel is a child of the warm parent."""
        return self._warm is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Get the warm parent ready, where there can be one: the kernel is then spoken to through
        sockets in its folder. Raises NotLocked where a layer that is required is missing."""
        try:
            self._warm = await asyncio.to_thread(_parent, tuple(self.packages))
        except NoWarmParent as problem:
            self._report(dict.fromkeys(LAYERS, str(problem)))
            return await super().pre_launch(**kwargs)
        self._name = secrets.token_hex(8)
        km = self.parent
        km.transport, km.ip = "ipc", str(self._warm.place(self._name) / "k")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Start the kernel as a child of the warm parent, or as an ordinary process where there is
        none. Raises NotLocked where a layer that is required is missing."""
        if self._warm is None:
            environment = {
                **(kwargs.get("env") or os.environ),
                "PYTHONPATH": str(_staged() / "packages"),
            }
            refuse = (
                "--IPKernelApp.exec_lines=import course;"
                f" course.refuse({sorted(AUTODIFF - set(self.packages))})"
            )
            return await super().launch_kernel([*cmd, refuse], **{**kwargs, "env": environment})
        info = {
            key: value.decode() if isinstance(value, bytes) else value
            for key, value in self.connection_info.items()
        }
        arguments = cmd[cmd.index("-f") + 2 :]
        environment = _environment(kwargs.get("env") or os.environ)
        folder = Path(kwargs.get("cwd") or os.getcwd())
        self.started = await asyncio.to_thread(
            self._warm.kernel, self._name, info, arguments, self._limits(), environment, folder
        )
        self._code, self._rest, self.why = None, b"", ""
        if self.started.left_out:
            self.log.warning("%s", self.started.left_out)
        self.pid = self.pgid = None
        try:
            self._report(self.started.missing)
        except NotLocked:
            await self.kill()
            await self.wait()
            raise
        return self.connection_info

    def shell(self, folder: Path, first: list[str]) -> Shell | None:
        """Have a shell forked and locked in instead of a kernel: the same walls, but no sockets of
        Jupyter's to wait for.

        Parameters
        ----------
        folder
            Of the submission; its files go along.
        first
            Lines that it runs before everything else.

        Returns
        -------
        Shell or None
            None where there is no warm parent; then nothing was run and nothing is reported.

        Raises
        ------
        NotLocked
            When a layer that is required is missing; nothing was run.
        NoWarmParent
            When the warm parent is there and the shell did not start.
        """
        try:
            warm = _parent(tuple(self.packages))
        except NoWarmParent:
            return None
        name = secrets.token_hex(8)
        place, (mine, theirs) = warm.place(name), socket.socketpair()
        try:
            with theirs:
                started = warm.kernel(
                    name, {}, [], self._limits(), _environment(os.environ), folder, theirs, first
                )
        except BaseException:
            mine.close()
            shutil.rmtree(place, ignore_errors=True)
            raise
        shell = Shell(started, mine, place)
        if started.left_out:
            self.log.warning("%s", started.left_out)
        try:
            self._report(started.missing)
        except NotLocked:
            shell.close()
            raise
        return shell

    def _limits(self) -> dict[str, int]:
        names = (
            "memory_mb",
            "address_mb",
            "scratch_mb",
            "file_mb",
            "cpu_seconds",
            "wall_seconds",
            "processes",
        )
        return {name: getattr(self, name) for name in names}

    def _report(self, missing: dict[str, str]) -> None:
        wanted = set(LAYERS) if "all" in self.required else set(self.required)
        unknown = wanted - set(LAYERS)
        if unknown:
            raise NotLocked(
                f"LockedProvisioner.required names {', '.join(sorted(unknown))}; the layers are"
                f" {', '.join(LAYERS)}"
            )
        lacking = [name for name in LAYERS if name in missing and name in wanted]
        if lacking:
            said = "; ".join(f"{name} ({missing[name]})" for name in lacking)
            raise NotLocked(
                f"LockedProvisioner.required asks for protection that is off here: {said}. Nothing"
                " was run."
            )
        self.missing = missing
        self.log.info(
            "Protection on: %s", ", ".join(name for name in LAYERS if name not in missing) or "none"
        )
        for name in LAYERS:
            if name in missing and (name, missing[name]) not in _said:
                _said.add((name, missing[name]))
                self.log.warning(
                    "Protection off: %s: NOT held: %s. Reason: %s",
                    name,
                    LAYERS[name],
                    missing[name],
                )

    def _read(self) -> None:
        """Take in what the keeper says."""
        while self.started is not None and self._code is None:
            try:
                got = self.started.connection.recv(4096)
            except BlockingIOError:
                return
            except OSError:
                got = b""
            if not got:
                self._code = -signal.SIGKILL
                return
            *lines, self._rest = (self._rest + got).split(b"\n")
            for line in lines:
                said = json.loads(line)
                self._code, self.why = said.get("exit", -signal.SIGKILL), said.get("why", "")

    async def poll(self) -> int | None:
        """None while the kernel runs, its exit code afterwards."""
        if self._warm is None:
            return await super().poll()
        if self.started is None:
            return 0
        self._read()
        return self._code

    async def wait(self) -> int | None:
        """Wait until the kernel has ended; its exit code."""
        if self._warm is None:
            return await super().wait()
        pause = 0.002
        while await self.poll() is None:
            await asyncio.sleep(pause)
            pause = min(0.05, pause * 1.5)
        if self.started is not None:
            self.started.connection.close()
            self.started = None
        return self._code

    async def send_signal(self, signum: int) -> None:
        """Hand a signal to the kernel through its keeper, the process that started it."""
        if self._warm is None:
            return await super().send_signal(signum)
        if self.started is not None and await self.poll() is None:
            try:
                self.started.connection.send(json.dumps({"signal": int(signum)}).encode() + b"\n")
            except OSError:
                self._code = -signal.SIGKILL
        return None

    async def kill(self, restart: bool = False) -> None:
        """End the kernel at once."""
        if self._warm is None:
            return await super().kill(restart)
        return await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel to end."""
        if self._warm is None:
            return await super().terminate(restart)
        return await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        """Let the keeper end what is left of the kernel, and take its sockets away."""
        if self._warm is None:
            return await super().cleanup(restart)
        if self.started is not None:
            self.started.connection.close()  # the keeper then ends the kernel
            self.started = None
        shutil.rmtree(self._warm.run / self._name, ignore_errors=True)
        return None


class GradingKernels(KernelSpecManager):
    """The kernels of this machine, and the grading kernel."""

    @default("kernel_dirs")
    def _with_ours(self) -> list[str]:
        return [str(KERNELS), *self._kernel_dirs_default()]


class GradingKernelManager(AsyncKernelManager):
    """Jupyter's kernel manager, which also knows the grading kernel and takes no message above 128
    MB from it."""

    @default("kernel_spec_manager")
    def _grading_kernels(self) -> GradingKernels:
        return GradingKernels(parent=self)

    def client(self, **kwargs: Any):
        """A client that refuses a message above 128 MB."""
        import zmq

        self.context.setsockopt(zmq.MAXMSGSIZE, 128 << 20)
        client = super().client(**kwargs)
        client.hb_channel_class = _Heartbeat
        return client


class _Heartbeat(HBChannel):
    """Jupyter's heartbeat, which does not hold the grader up.

    Its thread sends to a kernel that may have died in between; then zmq waits for a peer that never
    comes, and `stop` would wait for the thread as long.
    """

    def stop(self) -> None:
        """End the thread; one that waits for a dead kernel is left alone, as a daemon."""
        self._running = False
        self._exit.set()
        self.join(2)
        if not self.is_alive():
            self.close()


_said: set[tuple[str, str]] = set()


class _Shared(WarmParent):
    """A warm parent that another process has started and ends."""

    def __init__(self, address: str):
        told = json.loads((Path(address) / "parent.json").read_text(encoding="utf-8"))
        self.folder, self.run, self.missing = Path(address), Path(address) / "run", told["missing"]

    @property
    def alive(self) -> bool:
        return (self.folder / "socket").exists()

    def close(self) -> None:
        """Not ours to end."""


def _parent(packages: tuple[str, ...]) -> WarmParent:
    """The warm parent of this process: one for each list of packages, started when it is first
    needed."""
    shared = os.environ.get(ADDRESS)
    if shared and not packages and os.path.exists(os.path.join(shared, "socket")):
        return _Shared(shared)
    key = (os.getpid(), packages)
    if key not in _parents or not _parents[key].alive:
        _parents[key] = WarmParent(packages)
    return _parents[key]


@cache
def _staged() -> Path:
    """The stand-ins for the course, for kernels that are not forked."""
    folder = Path(tempfile.mkdtemp(prefix="backprop-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    stage(folder)
    return folder


def _environment(given: Any) -> dict[str, str]:
    """What a graded notebook reads in its environment."""
    kept = (
        "LANG",
        "LC_ALL",
        "TZ",
        "OPENBLAS_CORETYPE",
        "OPENBLAS_L2_SIZE",
        "NBGRADER_EXECUTION",
        "NBGRADER_VALIDATING",
    )
    return {name: given[name] for name in kept if name in given} | {
        "PATH": "/usr/bin:/bin", "USER": "student", "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }  # fmt: skip
