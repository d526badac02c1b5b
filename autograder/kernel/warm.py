"""The warm parent: imports the scientific stack once, then forks one kernel for each submission.

It runs inside bubblewrap's walls, where neither answers nor submissions are to be seen, and never
runs student code. For every connection on its socket it forks a keeper; the keeper goes into
namespaces of its own, forks the kernel, hands it the sockets, watches its memory, time and files,
and passes signals on. When the connection ends, so does the kernel with everything it started: it
is process 1 of its namespace.

Run as a program: ``python warm.py FD PLAN``, where FD is the listening socket and PLAN tells (JSON)
the folders.
"""

from __future__ import annotations

import os

for _name in (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
):
    # before numpy: a process with threads must not be forked, and one core is the share of a kernel
    os.environ[_name] = "1"
# nobody debugs here; without this the debugger warns of frozen modules
os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"

import contextlib
import ctypes.util
import gc
import importlib
import io
import json
import random
import select
import signal
import socket
import sys
import tarfile
import threading
import time
import traceback
from pathlib import Path

import lock
import shell_lines

MODULES = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.displayhook", "ipykernel.heartbeat",
    "matplotlib_inline.backend_inline", "matplotlib_inline.config", "IPython.core.pylabtools", "IPython.core.completerlib",
    "numpy", "numpy.random", "numpy.testing", "numpy.linalg", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
    "ipywidgets", "anywidget", "zmq.eventloop.zmqstream", "tornado.ioloop", "stack_data", "pygments.lexers.python",
    "pygments.formatters.terminal256", "psutil", "pyseccomp", "course", "course.data", "course.mnist", "autograder.evidence.answering",
)  # fmt: skip
EVERY = 0.1


def warm():
    """Import what kernels use, draw once, so that the fonts are known, and make the shell that is
    forked for a notebook (`quick`)."""
    # it runs programs that are not behind the walls, so these two are named
    ask = ctypes.util.find_library
    ctypes.util.find_library = lambda name: (
        {"c": "libc.so.6", "seccomp": "libseccomp.so.2"}.get(name) or ask(name)
    )
    for name in MODULES:
        try:
            importlib.import_module(name)
        except (
            ImportError,
            OSError,
            RuntimeError,
        ) as problem:  # what is missing shows where it is needed
            print(f"warm parent: {name} is missing ({problem})", file=sys.stderr)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    FigureCanvasAgg(figure)
    figure.add_subplot().set_title("$x$")
    figure.savefig(io.BytesIO(), bbox_inches="tight")
    ctypes.util.find_library = ask
    kernel = importlib.import_module("quick").build()
    if threading.active_count() > 1:
        raise RuntimeError(
            f"the warm parent has threads, so it cannot be forked: {threading.enumerate()}"
        )
    gc.collect()
    gc.freeze()
    return kernel


def main(listening: int, plan: dict) -> None:
    """Listen until standard input ends."""
    if not plan["walls"]:
        sys.path.insert(1, plan["packages"])
    if os.getuid() == 0 and plan["drop"]:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
    lock.keep_out_of_reach()
    shell = warm()
    importlib.import_module("course").refuse(plan["refused"])
    print("ready", flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are not waited for
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    server = socket.socket(fileno=listening)
    while True:
        ready, _, _ = select.select([server, 0], [], [])
        if 0 in ready and not os.read(0, 1):
            return
        if server in ready:
            connection, _ = server.accept()
            if os.fork():
                connection.close()
                continue
            try:
                server.close()
                keep(connection, plan, shell)
            except BaseException as problem:  # the keeper's end must not become the parent's
                traceback.print_exc()
                with contextlib.suppress(OSError):  # a grader that has gone asks for no reason
                    say(connection, started=False, why=_in_words(problem))
            finally:
                os._exit(0)


def say(connection: socket.socket, **what) -> None:
    """Send one message, a line of JSON."""
    connection.sendall(json.dumps(what).encode() + b"\n")


def _line(connection: socket.socket) -> bytes:
    read = bytearray()
    while not read.endswith(b"\n"):
        got = connection.recv(1)
        if not got:
            raise EOFError
        read += got
    return bytes(read)


def keep(connection: socket.socket, plan: dict, shell) -> None:
    """The keeper of one kernel: start it, watch it, end it. A request that brings a socket wants
    the warm parent's `shell`, which answers on it."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    first, handed, *_ = socket.recv_fds(connection, 1, 1)
    request = json.loads(first + _line(connection))
    wire = socket.socket(fileno=handed[0]) if handed else None
    files = b""
    while len(files) < request["files"]:
        files += connection.recv(min(1 << 20, request["files"] - len(files)))
    run, scratch, limits = Path(plan["run"]), Path(plan["scratch"]), request["limits"]
    folder, missing = run / request["id"], {}
    try:
        if not plan["walls"]:
            raise OSError("that takes bubblewrap")
        lock.separate(run, folder, scratch, limits["scratch_mb"])
        folder, inside = scratch, run
    except OSError as problem:
        missing["separate"] = str(problem)
        inside = folder
    request["connection"]["ip"] = str(inside / "k")
    told, tell = os.pipe()
    go, let_go = os.pipe()
    pid = os.fork()
    if pid == 0:
        status, starting = 1, True
        try:
            connection.close()
            os.close(told)
            os.close(let_go)
            left_out = _unpack(files, folder)
            start = _kernel(request, plan, folder, missing, shell, wire)
            os.write(tell, json.dumps({"missing": missing, "left_out": left_out}).encode())
            os.close(tell)
            starting = False
            os.read(go, 1)
            os.close(go)
            start()
            status = 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 0
            (
                _complain(
                    tell,
                    f"it ended with status {ended.code}: are its options right?"
                    f" {request['arguments']}",
                )
                if starting
                else None
            )
        except BaseException as problem:  # whatever it was, this process ends here
            _complain(tell, _in_words(problem)) if starting else None
        finally:
            os._exit(status)
    os.close(tell)
    os.close(go)
    if wire is not None:
        wire.close()
    try:
        read = os.read(told, 1 << 16)
        known = json.loads(read) if read else {"problem": f"it ended at once, {_ending(pid)}"}
        if "problem" in known:
            print(f"a kernel did not start: {known['problem']}", file=sys.stderr, flush=True)
            say(connection, started=False, why=known["problem"])
            return
        missing = known["missing"]
        if "separate" not in missing:
            try:
                lock.close_folder(run)
            except OSError as problem:
                missing["separate"] = str(problem)
            lock.give_up_rights()
            lock.keep_out_of_reach()
        os.close(let_go)
        say(connection, started=True, **known)
        _watch(connection, pid, limits)
    finally:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def _unpack(files: bytes, folder: Path) -> str:
    """Put the files of a submission into the folder that the kernel works in; says why where that
    failed."""
    os.chdir(folder)
    if files:
        with tarfile.open(fileobj=io.BytesIO(files)) as archive:
            for member in archive:
                try:
                    Path(member.name).parent.mkdir(parents=True, exist_ok=True)
                    Path(member.name).write_bytes(archive.extractfile(member).read())
                except OSError as problem:
                    Path(member.name).unlink(missing_ok=True)
                    return (
                        f"{member.name} and later files of the submission were left out:"
                        f" {problem.strerror}"
                    )
    return ""


def _kernel(request: dict, plan: dict, folder: Path, missing: dict, shell, wire):
    """Lock this process and make its kernel; gives what starts it, and reads its first cell. The
    keeper says when.

    Layers that cannot be put on are added to `missing`.
    """
    limits = request["limits"]
    lock.end_with_parent()
    os.setsid()
    os.environ.clear()
    os.environ.update(
        request["env"],
        HOME=str(folder),
        TMPDIR="/tmp",
        MPLCONFIGDIR=str(folder / ".matplotlib"),
        IPYTHONDIR=str(folder / ".ipython"),
    )
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(null, stream)
    for name, step in (
        ("rights", lock.give_up_rights),
        ("limits", lambda: lock.limit(limits)),
        ("calls", lock.filter_calls),
    ):
        try:
            step()
        except (OSError, ImportError, RuntimeError, ValueError) as problem:
            missing[name] = f"{type(problem).__name__}: {problem}"
    missing.update(lock.leaks(plan["hidden"]))
    random.seed()
    import numpy

    numpy.random.seed()  # forked copies share the random state otherwise
    sys.argv = ["ipykernel", *request["arguments"]]
    sys.path[0] = ""
    quick = sys.modules["quick"]
    for name in ("lock", "shell_lines", "quick"):
        sys.modules.pop(name, None)
    gc.enable()
    if wire is not None:
        shell_lines.leave_out(shell.shell)
        return lambda: quick.serve(shell, wire, folder, request["first"])
    quick.forget(shell)
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.log_level.default_value = 50
    app = IPKernelApp.instance()
    path = folder / ".kernel.json"
    path.write_text(json.dumps(request["connection"]))
    app.initialize(["-f", str(path), *request["arguments"]])
    shell_lines.leave_out(app.shell)
    return app.start


def _complain(tell: int, problem: str) -> None:
    """Say why there is no kernel."""
    os.write(tell, json.dumps({"problem": problem[:4000]}).encode())


def _in_words(problem: BaseException) -> str:
    """An error and the place that it comes from, in one line."""
    where = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__}: {problem} ({Path(where.filename).name}, line {where.lineno})"


def _ending(pid: int) -> str:
    """How a process that has ended, ended."""
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return f"by signal {signal.Signals(-status).name}" if status < 0 else f"with status {status}"


def _watch(connection: socket.socket, pid: int, limits: dict) -> None:
    """Pass signals on, and end the kernel when it goes beyond a limit or the grader goes away."""
    started, rest, why, common = time.monotonic(), b"", "", _resident(os.getpid())
    while True:
        ready, _, _ = select.select([connection], [], [], EVERY)
        if ready:
            got = connection.recv(4096)
            if not got:
                return
            *lines, rest = (rest + got).split(b"\n")
            for line in lines:
                try:
                    os.kill(pid, json.loads(line)["signal"])
                except ProcessLookupError:
                    pass
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            with contextlib.suppress(
                ConnectionError
            ):  # the grader was done with it a moment before
                say(connection, exit=os.waitstatus_to_exitcode(status), why=why)
            return
        if not why:
            why = _beyond(pid, limits, started, common)
            if why:
                os.kill(pid, signal.SIGKILL)


def _beyond(pid: int, limits: dict, started: float, common: int) -> str:
    """Which limit the kernel and everything it started have passed, in words. `common` bytes all
    have from the parent."""
    if time.monotonic() - started > limits["wall_seconds"]:
        return f"the notebook took longer than {limits['wall_seconds']} s"
    used = sum(max(0, _resident(number) - common) for number in _family(pid)) >> 20
    if used > limits["memory_mb"]:
        return f"the notebook used more than {limits['memory_mb']} MB of memory"
    return ""


def _family(pid: int) -> list[int]:
    """The process and its descendants, and those whose parents have died: in its namespace they
    become its children."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def _resident(pid: int) -> int:
    """Bytes of memory of a process, without files that are mapped."""
    try:
        resident, shared = map(int, Path(f"/proc/{pid}/statm").read_text().split()[1:3])
    except (OSError, ValueError):
        return 0
    return max(0, resident - shared) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
