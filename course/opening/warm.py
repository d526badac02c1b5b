"""A kernel that is begun before it is asked for: no notebook waits for numpy and matplotlib.

A spare process imports what every lesson needs, and waits. When Jupyter wants a kernel, the spare
becomes it: it moves to the notebook's folder and goes on as ipykernel's own launcher does. Another
spare takes its place. Where there is no spare, a kernel is launched as always.
"""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import subprocess
import sys
from importlib.metadata import EntryPoint
from typing import IO, TYPE_CHECKING, Any, cast

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

NAME = "backprop-warm"
LAUNCHER = "ipykernel_launcher"
QUIET = 20.0  # seconds after a kernel was begun, before the next spare is

#: What lessons import. ipywidgets is not among it: it has to meet the kernel when it is imported.
NEEDED = (
    "ipykernel.kernelapp",
    "numpy",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "PIL.Image",
)


#: By what a kernel knows whose it is, to end when that ends; read when ipykernel is imported.
PARENT = {"JPY_PARENT_PID": str(os.getpid())}


class WarmProvisioner(LocalProvisioner):
    """Hands out the spare process where a Python kernel of this interpreter is asked for."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Begin the kernel, as `LocalProvisioner.launch_kernel` does."""
        spare = _spares.take() if ours(cmd) else None
        if spare is None:
            return await super().launch_kernel(cmd, **kwargs)
        environment = dict(kwargs.get("env") or os.environ) | PARENT
        folder = str(kwargs.get("cwd") or os.getcwd())
        told = {"argv": cmd[3:], "cwd": folder, "env": environment}
        with cast("IO[bytes]", spare.stdin) as hears:  # a pipe: so it was begun
            hears.write(json.dumps(told).encode() + b"\n")
        self.process, self.pid = spare, spare.pid
        self.pgid = os.getpgid(spare.pid)
        return self.connection_info


def ours(cmd: list[str]) -> bool:
    """Whether a command begins an ordinary Python kernel with this interpreter."""
    # not the real path: that of a virtual environment is the interpreter that it was made with
    own = os.path.abspath(cmd[0]) == os.path.abspath(sys.executable)
    return os.name == "posix" and cmd[1:3] == ["-m", LAUNCHER] and own


class _Spares:
    """The one spare process of this server."""

    def __init__(self) -> None:
        self.waiting: subprocess.Popen | None = None

    def begin(self) -> None:
        """Begin a spare where none waits."""
        if self.waiting is None:
            command = [sys.executable, "-m", __name__]
            self.waiting = subprocess.Popen(
                command, stdin=subprocess.PIPE, env=os.environ | PARENT, start_new_session=True
            )

    def take(self) -> subprocess.Popen | None:
        """The spare, and later a new one in its place; None where it has ended.

        The new one waits until the kernel that was asked for, and the page around it, have begun:
        on two cores it would slow both.
        """
        spare, self.waiting = self.waiting, None
        asyncio.get_running_loop().call_later(QUIET, self.begin)
        return spare if spare is not None and spare.poll() is None else None


_spares = _Spares()


def begin() -> None:
    """Begin the spare process, and let kernels of this server be made of it."""
    if os.name != "posix":  # elsewhere a kernel needs handles that only its launch gives it
        return
    factory = KernelProvisionerFactory.instance()
    made = f"{__name__}:WarmProvisioner"
    factory.provisioners[NAME] = EntryPoint(name=NAME, value=made, group=factory.GROUP_NAME)
    factory.default_provisioner_name = NAME
    _spares.begin()


def wait() -> None:
    """What the spare process does: import, wait, and become the kernel. It ends when the server
    does."""
    if sys.path[0] == os.getcwd():
        del sys.path[0]  # the server's folder is not the kernel's
    # as ipykernel sets it
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for name in NEEDED:
        __import__(name)
    line = sys.stdin.readline()
    if not line:  # the server has ended
        return
    told = json.loads(line)
    os.environ.clear()
    os.environ.update(told["env"])
    os.chdir(told["cwd"])
    sys.argv = [LAUNCHER, *told["argv"]]
    sys.stdin = open(os.devnull, encoding="utf-8")
    runpy.run_module(LAUNCHER, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    wait()
