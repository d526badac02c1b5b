"""The grader's side of a shell behind the walls (`autograder.kernel.quick`): cells go in, messages
come out.

Whoever runs in the shell can write what it likes on its socket, and close it. So nothing that comes
out is believed beyond its form: a line is bounded before it is kept, parsed as JSON, and passed on
only when it has the shape of a message that a notebook can take. A forged message gains what a
printed one would; a forged reply gains an empty cell.
"""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import select
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from autograder.kernel.parent import Started

LONGEST = 128 << 20
"""Bytes of one line; what is longer is left out, as a kernel's message would be."""
MOST_PARTS = 5_000_000
LAST_WORDS = 2.0
"""Seconds for what a shell that has ended still has on its way."""
STREAMS = ("stdout", "stderr")


class Reply(NamedTuple):
    """How a cell ended: the kernel's reply, and whether it had to be interrupted."""

    content: dict[str, Any]
    late: bool


class Ended(Exception):
    """There is no shell to answer any more."""

    def __init__(self, died: bool, why: str):
        super().__init__(why)
        self.died, self.why = died, why


class Shell:
    """A shell that runs, and what it says.

    Parameters
    ----------
    started
        What the warm parent has made.
    wire
        Our end of the pair of sockets.
    place
        The folder that was made for it; it goes with the shell.
    """

    def __init__(self, started: Started, wire: socket.socket, place: Path):
        self.started, self._wire, self._place = started, wire, place
        self._read, self._searched, self._skipping, self._told = bytearray(), 0, False, b""
        self.why = ""
        self._over = self._silent = False
        wire.setblocking(False)

    def ask(
        self,
        code: str,
        comms: list[dict],
        limit: float | None,
        grace: float,
        take: Callable[[dict], None],
        late: Callable[[], None] = lambda: None,
    ) -> Reply:
        """Run one cell.

        Parameters
        ----------
        code, comms
            What to run, and what widgets have to be told before.
        limit
            Seconds; then the cell is interrupted.
        grace
            Seconds that an interrupted cell has to end; then the shell is ended.
        take
            Called with each message, in the form that a kernel's have.
        late
            Called when the limit is reached.

        Raises
        ------
        Ended
            When the shell has died, or had to be ended.
        """
        # nobody can answer before the question: the name is known when the cell runs, not earlier
        name = secrets.token_hex(8)
        request = json.dumps({"id": name, "code": code, "comms": comms}).encode() + b"\n"
        pending, was_late = memoryview(request), False
        deadline = None if limit is None else time.monotonic() + limit
        while True:
            for line in self._lines():
                message = parsed(line)
                if message is None or message["parent_header"]["msg_id"] != name:
                    continue
                if message["msg_type"] == "execute_reply":
                    return Reply(message["content"], was_late)
                take(message)
                if deadline is not None and time.monotonic() > deadline:
                    break
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                if was_late:
                    self.close()
                    raise Ended(False, self.why)
                was_late, deadline = True, time.monotonic() + grace
                late()
                self._signal(signal.SIGINT)
                continue
            if self._silent:
                self._say_goodbye()
            pending = self._wait(pending, left)

    def _wait(self, pending: memoryview, seconds: float | None) -> memoryview:
        """Wait until something can be read or written, and do that; gives what is still to be
        written."""
        watched = [self.started.connection] + ([] if self._silent else [self._wire])
        asked = [self._wire] if pending and not self._silent else []
        readable, writable, _ = select.select(watched, asked, [], seconds)
        if self.started.connection in readable:
            self._hear()
        if self._wire in readable:
            self._receive()
        if writable:
            try:
                pending = pending[self._wire.send(pending) :]
            except BlockingIOError:
                pass
            except OSError:
                self._silent = True
        return pending

    def _receive(self) -> None:
        try:
            got = self._wire.recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        if not got:
            self._silent = True
        self._read += got

    def _lines(self) -> Iterator[bytes]:
        """The whole lines that have come; of one that is too long nothing is kept."""
        while True:
            end = self._read.find(b"\n", self._searched)
            if end < 0:
                self._searched = len(self._read)
                if self._searched > LONGEST:
                    self._read.clear()
                    self._searched, self._skipping = 0, True
                return
            line = bytes(self._read[:end])
            del self._read[: end + 1]
            self._searched = 0
            if self._skipping:
                self._skipping = False
                continue
            yield line

    def _hear(self) -> None:
        """Take in what the keeper says: that the shell has ended, and why."""
        try:
            got = self.started.connection.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        self._over |= not got
        *lines, self._told = (self._told + got).split(b"\n")
        for line in lines:
            said = json.loads(line)
            self._over, self.why = True, said.get("why", "")
        if self._over:
            self._drain()
            self._silent = True

    def _drain(self) -> None:
        """What a shell that has ended had sent before. A process that it left behind may still
        write, so this ends."""
        deadline = time.monotonic() + LAST_WORDS
        while not self._silent and time.monotonic() < deadline and len(self._read) < LONGEST:
            readable, _, _ = select.select([self._wire], [], [], 0)
            if not readable:
                return
            self._receive()

    def _say_goodbye(self) -> None:
        """The socket is closed: the shell has died, or a student has closed it. Raises `Ended`."""
        deadline = time.monotonic() + LAST_WORDS
        while not self._over and (left := deadline - time.monotonic()) > 0:
            if select.select([self.started.connection], [], [], left)[0]:
                self._hear()
        if self._searched < len(self._read) and b"\n" in self._read:
            return  # what it said last comes first
        died = self._over
        self.close()
        raise Ended(died, self.why)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(OSError):
            self.started.connection.send(json.dumps({"signal": int(number)}).encode() + b"\n")

    def close(self) -> None:
        """End the shell and everything that it started."""
        self._signal(signal.SIGKILL)
        self.started.connection.close()  # its keeper then ends it
        self._wire.close()
        shutil.rmtree(self._place, ignore_errors=True)


def parsed(line: bytes) -> dict[str, Any] | None:
    """A line as the message that it is, in the form that Jupyter's clients use; None where it is
    none.

    Parameters
    ----------
    line
        Written by anybody.
    """
    if sum(map(line.count, (b"[", b"{", b","))) > MOST_PARTS:
        return None
    try:
        told = json.loads(line.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    kind, content, metadata = told.get("type"), told.get("content"), told.get("metadata", {})
    fits = FORMS.get(kind) if isinstance(kind, str) else None
    if fits is None or not isinstance(told.get("parent"), str) or not isinstance(metadata, dict):
        return None
    try:
        if not isinstance(content, dict) or not fits(content):
            return None
        buffers = [base64.b64decode(part, validate=True) for part in told.get("buffers", ())]
    except (ValueError, TypeError):
        return None
    return {
        "msg_type": kind, "header": {"msg_type": kind}, "content": content, "metadata": metadata,
        "parent_header": {"msg_id": told["parent"]}, "buffers": buffers,
    }  # fmt: skip


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 31


def _texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _shows(content: dict) -> bool:
    """Display data; the texts of a MIME type may come in lines, as in a notebook's file."""
    transient, data = content.get("transient") or {}, content.get("data")
    return (
        isinstance(data, dict)
        and isinstance(content.get("metadata"), dict | None)
        and isinstance(transient, dict)
        and isinstance(transient.get("display_id"), str | None)
        and ("execution_count" not in content or _count(content["execution_count"]))
        and all(
            isinstance(value, str) or _texts(value) or kind.endswith("json") or kind.startswith("application/")
            for kind, value in data.items()
        )
    )  # fmt: skip


def _fails(content: dict) -> bool:
    return (
        isinstance(content.get("ename"), str)
        and isinstance(content.get("evalue"), str)
        and _texts(content.get("traceback"))
    )


def _speaks(content: dict) -> bool:
    return isinstance(content.get("comm_id"), str) and isinstance(content.get("data"), dict)


FORMS: dict[str, Callable[[dict], bool]] = {
    "stream": lambda content: content.get("name") in STREAMS and isinstance(content.get("text"), str),
    "display_data": _shows,
    "update_display_data": _shows,
    "execute_result": lambda content: _shows(content) and _count(content.get("execution_count")),
    "error": _fails,
    "clear_output": lambda content: True,
    "comm_open": lambda content: _speaks(content) and isinstance(content.get("target_name"), str),
    "comm_msg": _speaks,
    "comm_close": _speaks,
    "execute_input": lambda content: _count(content.get("execution_count")),
    "execute_reply": lambda content: (
        content.get("status") == "ok" or content.get("status") == "error" and _fails(content)
    ),
}  # fmt: skip
"""What a message of each kind must look like; there are no others."""
