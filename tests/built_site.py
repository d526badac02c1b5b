"""The reading pages, built once and served, and a browser that reaches nothing else."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: Two lessons stand for all; SITE_TEST_LESSONS="1 2 3 4 5 6 7 8" looks at every one.
LESSONS = os.environ.get("SITE_TEST_LESSONS", "1 4").split()
REPOSITORY = "https://example.org/somebody/course"


def build(out: Path) -> None:
    """Build the pages as `make site` does, for a published place; what ran before is kept."""
    command = [sys.executable, ROOT / "site/build.py", "pages", "--out", out, "--lab", "yes"]
    done = subprocess.run(
        [*command, "--lessons", *LESSONS],
        env={**os.environ, "SITE_REPOSITORY": REPOSITORY, "SITE_ADDRESS": ""},
        capture_output=True,
        text=True,
    )
    if done.returncode == 1 and "Not built" in done.stderr and os.environ.get("CI") != "true":
        pytest.skip(done.stderr[-600:])  # no node, or no registry
    assert done.returncode == 0, done.stdout + done.stderr


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and counts what it sends."""

    sent: dict[str, int] = {}

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def copyfile(self, source, outputfile) -> None:
        content = source.read()
        self.sent[self.path] = len(content)
        outputfile.write(content)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a plain server of a folder."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


class Page(HTMLParser):
    """What a page links to, loads, can be linked to, and says in words.

    Attributes
    ----------
    links, loads : list of str
        Addresses of links; of scripts, styles and pictures.
    ids : set of str
    words : str
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links, self.loads, self.ids, self._words = [], [], set(), []
        self.properties: dict[str, str] = {}
        self.feed(html)
        self.words = "".join(self._words)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Note what an element refers to."""
        told = dict(attrs)
        if "id" in told:
            self.ids.add(told["id"])
        if tag == "a" and told.get("href"):
            self.links.append(told["href"])
        elif tag in ("img", "script", "source") and told.get("src"):
            self.loads.append(told["src"])
        elif tag == "link" and told.get("href"):
            self.loads.append(told["href"])
        elif tag == "meta":
            self.properties[told.get("property") or told.get("name")] = told.get("content")

    def handle_data(self, data: str) -> None:
        """Collect words."""
        self._words.append(data)


def read_pages(folder: Path) -> dict[str, Page]:
    """Every page of a site by its name."""
    return {path.name: Page(path.read_text("utf-8")) for path in sorted(folder.glob("*.html"))}


def watch(page, base: str) -> list[str]:
    """Refuse a page everything but the site; the list fills with what goes wrong."""
    wrong: list[str] = []

    def route(route) -> None:
        url = route.request.url
        if url.startswith((base, "data:", "blob:")):
            route.continue_()
        else:
            wrong.append(f"asked for {url}")
            route.abort()

    page.route("**/*", route)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on(
        "response",
        lambda got: wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None,
    )
    page.on("requestfailed", lambda asked: wrong.append(f"failed: {asked.url}"))
    return wrong


def ready(page) -> None:
    """Wait until a page shows its widgets and its mathematics."""
    page.wait_for_function(
        "() => (!document.querySelector('meta[name=bp-widgets]')"
        " || document.documentElement.dataset.widgets === 'shown')"
        " && (!document.querySelector('.math') || document.querySelector('mjx-container'))"
    )


def plain(text: str) -> str:
    """A text without what differs between a notebook and a page: white space."""
    return re.sub(r"\s+", " ", text)
