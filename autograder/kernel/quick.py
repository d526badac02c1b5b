"""A shell that runs a notebook's cells one by one, with no sockets, no threads and no message loop.

It is IPython's kernel without its outer half: what a kernel would send over ZeroMQ leaves as lines
of JSON on one inherited socket. The warm parent builds it once; each submission gets a fork. Part
of the program behind the walls: nothing of the project is imported here.

What a student's code does to the socket is its own affair: the grader takes nothing that comes over
it on trust (`autograder.kernel.shell`).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import logging
import os
import pdb
import signal
import socket
import sys
import threading
import time
import types
from functools import cache
from pathlib import Path
from typing import Any

from ipykernel.displayhook import ZMQDisplayHook
from ipykernel.ipkernel import IPythonKernel
from ipykernel.jsonutil import json_clean
from IPython.core import debugger
from IPython.core.error import UsageError
from jupyter_client.session import Session, json_packer
from traitlets.config import Config

FLUSH = 0.2
"""Seconds for which printed text may wait, as in a kernel."""
LARGE = 1 << 16
UNHEARD = ("status", "execute_input", "execute_reply")


class Wire:
    """The socket to the grader: lines of JSON.

    Attributes
    ----------
    asked
        The id of the request that is being answered; "" between two of them.
    """

    def __init__(self, connection: socket.socket):
        self.connection, self.asked, self._lock, self._mine = (
            connection,
            "",
            threading.RLock(),
            os.getpid(),
        )

    def send(self, kind: str, content: dict, **more: Any) -> None:
        """Send one message of a cell. What a forked child has to say is left out."""
        if os.getpid() != self._mine:
            return
        line = json_packer({"type": kind, "parent": self.asked, "content": content, **more}) + b"\n"
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:  # an interrupt in the middle of a line would cut it
            with self._lock:
                self.connection.sendall(line)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


class Messages(Session):
    """The session of a kernel, whose messages go to the grader instead of a ZeroMQ socket."""

    wire: Wire | None = None

    def send(self, stream, msg_or_type, content=None, parent=None, ident=None, buffers=None,
             track=False, header=None, metadata=None):  # fmt: skip
        """Send a message, as ``Session.send`` does; those that a notebook keeps nothing of are left
        out."""
        if isinstance(msg_or_type, dict):
            message = msg_or_type
            buffers = buffers or message.get("buffers")
        else:
            message = self.msg(
                msg_or_type, content=content, parent=parent, header=header, metadata=metadata
            )
        kind = message["header"]["msg_type"]
        if self.wire is not None and kind not in UNHEARD:
            packed = [_packed(part) for part in buffers or ()]
            more: dict[str, Any] = {"buffers": packed} if packed else {}
            more["parent"] = message["parent_header"].get("msg_id", "")
            self.wire.send(kind, message["content"], metadata=message.get("metadata") or {}, **more)
        return message


def _packed(part: Any) -> str:
    view = memoryview(part)
    if not view.contiguous:
        raise ValueError("buffers must be contiguous")
    return base64.b64encode(view.cast("B") if view.nbytes else b"").decode()


class OutStream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of a notebook, and what is written to their file descriptors
    below Python."""

    encoding = "UTF-8"

    def __init__(self, wire: Wire, name: str, number: int):
        self.name, self._wire, self._number = name, wire, number
        self._parts: list[str] = []
        self._length, self._since, self._lock = 0, 0.0, threading.RLock()
        self._mine, self._read = os.getpid(), 0
        self._below = os.memfd_create(name)
        os.dup2(self._below, number)

    def fileno(self) -> int:
        """The file descriptor that is caught."""
        return self._number

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def isatty(self) -> bool:
        """Nobody sits before it."""
        return False

    def write(self, text: str) -> int:
        """Keep a text until the next flush."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._mine:  # a forked child prints through what both have
            os.write(self._number, text.encode(errors="surrogateescape"))
            return len(text)
        with self._lock:
            self._take_below()
            self._add(text)
            late = time.monotonic() - self._since > FLUSH
        if late or self._length > LARGE:
            self.flush()
        return len(text)

    def writelines(self, lines) -> None:
        """Write texts, one after the other."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Send what was printed."""
        if os.getpid() != self._mine:
            return
        with self._lock:
            self._take_below()
            text = "".join(self._parts)
            self._parts, self._length = [], 0
        if text:
            self._wire.send("stream", {"name": self.name, "text": text})

    def _add(self, text: str) -> None:
        if not self._parts:
            self._since = time.monotonic()
        self._parts.append(text)
        self._length += len(text)

    def _take_below(self) -> None:
        """What came by the file descriptor since the last time."""
        with contextlib.suppress(OSError):  # closed by a student
            size = os.fstat(self._below).st_size
            while self._read < size:
                got = os.pread(self._below, min(size - self._read, 1 << 20), self._read)
                if not got:
                    break
                self._read += len(got)
                self._add(got.decode(errors="replace"))
                if self._length > LARGE:
                    text, self._parts, self._length = "".join(self._parts), [], 0
                    self._wire.send("stream", {"name": self.name, "text": text})


def build() -> IPythonKernel:
    """Make the kernel that every submission gets a copy of."""
    session = Messages(key=b"")
    nowhere = object()  # where a socket would be; whatever is sent goes through the session
    kernel = IPythonKernel.instance(
        config=Config(HistoryManager={"enabled": False, "hist_file": ":memory:"}),
        log=logging.getLogger("quick"), session=session, iopub_socket=nowhere, shell_stream=None, stdin_socket=None,
    )  # fmt: skip
    shell = kernel.shell
    shell.extension_manager.load_extension("storemagic")
    pdb.Pdb, pdb.set_trace = debugger.Pdb, debugger.set_trace  # as a kernel's app does

    def enable_gui(gui: Any = None) -> None:
        from ipykernel.eventloops import enable_gui as real

        try:
            real(gui, kernel)
        except ValueError as problem:
            raise UsageError(str(problem)) from problem
        shell.active_eventloop = gui

    shell.enable_gui = enable_gui
    _keep_styles()
    # the first error costs what the next thousand do: lexers, modules by their files
    try:
        raise ValueError
    except ValueError:
        shell.InteractiveTB.structured_traceback(*sys.exc_info())
    shell.display_formatter.format(shell)
    return kernel


def _keep_styles() -> None:
    """Keep what IPython makes anew for the traceback of every error, though it is always the same: a
    style, its escape codes, and the rules of a lexer that was only derived from another."""
    import stack_data
    from pygments.formatters.terminal256 import Terminal256Formatter
    from pygments.lexer import RegexLexerMeta

    stack_data.style_with_executing_node = cache(stack_data.style_with_executing_node)
    set_up, call, kept = Terminal256Formatter._setup_styles, RegexLexerMeta.__call__, {}

    def _setup_styles(self: Any) -> None:
        if self.style not in kept:
            set_up(self)
            kept[self.style] = dict(self.style_string), dict(self.best_match)
        self.style_string, self.best_match = map(dict, kept[self.style])

    def _called(kind: Any, *given: Any, **named: Any) -> Any:
        own, above = vars(kind), kind.__mro__[1]
        if "tokens" not in own and "_tokens" not in own and "_tokens" in vars(above):
            if kind.get_tokendefs.__func__ is RegexLexerMeta.get_tokendefs:
                kind._tokens, kind._all_tokens, kind._tmpname = above._tokens, {}, 0
        return call(kind, *given, **named)

    Terminal256Formatter._setup_styles, RegexLexerMeta.__call__ = _setup_styles, _called


def forget(kernel: IPythonKernel) -> None:
    """Let another kernel be made in this process."""
    kernel.shell.clear_instance()
    kernel.clear_instance()


def serve(kernel: IPythonKernel, connection: socket.socket, folder: Path, first: list[str]) -> None:
    """Run cells as they are asked for, until the grader closes its end.

    Parameters
    ----------
    kernel
        As `build` gave it.
    connection
        To the grader.
    folder
        The scratch folder; what IPython keeps lies in it.
    first
        Lines to run before the first cell; they are in no history.
    """
    from IPython.core.profiledir import ProfileDir

    shell, wire = kernel.shell, Wire(connection)
    place = folder / ".ipython" / "profile_default"
    place.mkdir(parents=True, exist_ok=True)
    shell.init_environment()
    shell.ipython_dir, shell.profile_dir = str(place.parent), ProfileDir(location=str(place))
    out, err = OutStream(wire, "stdout", 1), OutStream(wire, "stderr", 2)
    sys.stdout, sys.stderr = out, err
    shown = ZMQDisplayHook(kernel.session, kernel.iopub_socket)
    shown.get_execution_count = lambda: kernel.execution_count
    sys.displayhook = shown
    kernel.shell_channel_thread = types.SimpleNamespace(
        parent_thread=threading.main_thread(), is_alive=lambda: False
    )
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in first:
        shell.run_cell(line, store_history=False)
    shell.user_ns_hidden.update(shell.user_ns)
    for stream in (out, err):
        stream.flush()
    kernel.session.wire = wire
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    answering = loop.create_task(_answer_all(kernel, wire, (out, err)))
    while not answering.done():
        # a task of a student that raises SystemExit ends the loop, not the shell
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            loop.run_until_complete(answering)


async def _answer_all(
    kernel: IPythonKernel, wire: Wire, streams: tuple[OutStream, OutStream]
) -> None:
    """Answer requests in the order they come; between two of them the loop runs on, and what a cell
    has left in it."""
    from tornado.ioloop import IOLoop

    loop, read = asyncio.get_running_loop(), bytearray()
    kernel.io_loop = IOLoop.current()
    # an interrupt calls this in the main thread, and the loop may be asleep
    kernel.io_loop.add_callback = lambda call, *given: loop.call_soon_threadsafe(call, *given)
    while True:
        line, ended, _ = read.partition(b"\n")
        if ended:
            del read[: len(line) + 1]
            await _answer(kernel, wire, streams, json.loads(line))
            continue
        readable = loop.create_future()
        loop.add_reader(wire.connection, _once, readable)
        await readable
        loop.remove_reader(wire.connection)
        got = wire.connection.recv(1 << 20)
        if not got:
            return
        read += got


def _once(readable: asyncio.Future) -> None:
    if not readable.done():
        readable.set_result(None)


async def _answer(
    kernel: IPythonKernel, wire: Wire, streams: tuple[OutStream, OutStream], request: dict
) -> None:
    """Run one cell, after what the page's widgets had to say."""
    for content in request["comms"]:
        _set_parent(kernel, "comm_msg", "", content)
        with contextlib.suppress(Exception):  # as a kernel does: a widget's error is no cell's
            kernel.comm_manager.comm_msg(
                None, None, {"content": content, "buffers": [], "metadata": {}}
            )
    for stream in streams:
        stream.flush()
    wire.asked = request["id"]
    _set_parent(kernel, "execute_request", wire.asked, {"code": request["code"]})
    count = kernel.execution_count
    wire.send("execute_input", {"execution_count": count})
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        reply = await kernel.do_execute(request["code"], False, allow_stdin=False)
    except BaseException as problem:  # no cell stays without an answer
        reply = {"status": "error", "ename": type(problem).__name__, "evalue": "", "traceback": []}
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    for stream in streams:
        stream.flush()
    told = {key: reply[key] for key in ("status", "ename", "evalue", "traceback") if key in reply}
    wire.send("execute_reply", json_clean(told))
    wire.asked = ""


def _set_parent(kernel: IPythonKernel, kind: str, name: str, content: dict) -> None:
    header = {**kernel.session.msg_header(kind), "msg_id": name}
    message = {
        "header": header,
        "msg_id": name,
        "msg_type": kind,
        "parent_header": {},
        "metadata": {},
        "content": content,
        "buffers": [],
    }
    kernel.set_parent([b""], message, channel="shell")
