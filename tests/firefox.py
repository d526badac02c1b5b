"""A Firefox as the system has it, driven by WebDriver BiDi: Playwright drives only one of its own
making."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tornado.websocket import websocket_connect

#: Nothing but this machine can be reached: everything else goes to a proxy that is not there.
SETTINGS = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.download.folderList": 2,  # into browser.download.dir, unasked
    "dom.disable_beforeunload": True,  # a notebook that is not saved asks before it is left
}


def executable() -> str | None:
    """Path of Firefox, None where there is none."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """A page in Firefox, within ``async with``.

    Parameters
    ----------
    levels : tuple of str
        What counts as wrong where a page logs it: "error", "warn".

    Attributes
    ----------
    wrong : list of str
        What pages logged of these levels, and requests that failed.
    """

    def __init__(self, levels: tuple[str, ...] = ("error", "warn")) -> None:
        self._levels = levels

    async def __aenter__(self) -> Firefox:
        self._home = tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True)
        profile = Path(self._home.name)
        told = SETTINGS | {"browser.download.dir": str(profile)}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in told.items()]
        (profile / "user.js").write_text("\n".join(lines))
        self.wrong, self._number, self._downloads = [], 0, []
        command = [executable(), "--headless", "--no-remote", "--profile", profile]
        with open(profile / "said.txt", "w") as said:
            self._process = subprocess.Popen(
                [*command, "--remote-debugging-port", "0"], stdout=said, stderr=said
            )
        try:
            self._socket = await websocket_connect(f"{await self._address(profile)}/session")
            await self.call("session.new", capabilities={})
            events = ["log.entryAdded", "network.fetchError", "network.responseCompleted"]
            events.append("browsingContext.downloadEnd")
            await self.call("session.subscribe", events=events)
            # the window's first tab never has the focus
            made = await self.call("browsingContext.create", type="tab")
        except BaseException:
            await self.__aexit__()
            raise
        self._context = made["context"]
        return self

    async def __aexit__(self, *told: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._home.cleanup()

    async def _address(self, profile: Path) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            for line in (profile / "said.txt").read_text(errors="replace").splitlines():
                if "BiDi listening on " in line:
                    return line.rpartition(" ")[2]
            await asyncio.sleep(0.2)
        raise TimeoutError("Firefox did not say where it listens")

    async def call(self, method: str, **parameters: object) -> dict:
        """Send a command and return its result; what pages log in between is kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        await self._socket.write_message(json.dumps(message))
        while True:
            got = json.loads(await self._socket.read_message())
            if got.get("id") == message["id"]:
                if "error" in got:
                    raise RuntimeError(f"{method}: {got['message']}")
                return got["result"]
            self._note(got.get("method"), got.get("params", {}))

    def _note(self, event: str | None, told: dict) -> None:
        if event == "log.entryAdded" and told["level"] in self._levels:
            self.wrong.append(told["text"])
        elif event == "browsingContext.downloadEnd":
            self._downloads.append(told["filepath"])
        elif event == "network.fetchError":
            self.wrong.append(f"failed: {told['request']['url']}")
        elif event == "network.responseCompleted" and told["response"]["status"] >= 400:
            self.wrong.append(f"{told['response']['status']} {told['request']['url']}")

    async def goto(self, url: str) -> None:
        """Open a page and wait until it has loaded."""
        await self.call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def reload(self) -> None:
        """Load the page anew and wait until it has loaded."""
        await self.call("browsingContext.reload", context=self._context, wait="complete")

    async def evaluate(self, code: str) -> object:
        """The value of an expression in the page: a text, a number, true or false, or None."""
        target = {"context": self._context}
        done = await self.call("script.evaluate", expression=code, target=target, awaitPromise=True)
        if done["type"] != "success":
            raise RuntimeError(done["exceptionDetails"]["text"])
        return done["result"].get("value")

    async def wait_for(self, code: str, seconds: float = 60) -> None:
        """Wait until an expression is true; `TimeoutError` where it never is."""
        end = time.monotonic() + seconds
        while not await self.evaluate(f"Boolean({code})"):
            if time.monotonic() > end:
                raise TimeoutError(code)
            await asyncio.sleep(0.1)

    async def downloaded(self, seconds: float = 60) -> Path:
        """Wait until a file has been downloaded; its path."""
        end = time.monotonic() + seconds
        while not self._downloads:
            if time.monotonic() > end:
                raise TimeoutError("nothing was downloaded")
            await self.evaluate("new Promise(done => setTimeout(done, 100))")  # events come along
        return Path(self._downloads.pop(0))

    async def press(self, key: str) -> None:
        """Press and release a key, named by its character."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        keys = [{"type": "key", "id": "keys", "actions": actions}]
        await self.call("input.performActions", context=self._context, actions=keys)
