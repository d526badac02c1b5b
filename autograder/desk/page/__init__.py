"""The page on which written answers are graded, and the small server behind it: on this machine,
for one person.

It answers only to who has the token in the address that was printed, only under this machine's own
name (a page elsewhere cannot reach it under another), and takes grades only from its own script.
What it shows of a submission was cleaned before; the page's own policy lets no other script run.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import socket
import webbrowser
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from tornado import web
from tornado.httpserver import HTTPServer

from autograder.desk import Refused
from autograder.desk.answers import Stale, answers, grade, questions

HERE = Path(__file__).parent
FILES = {"page.js": "text/javascript", "page.css": "text/css"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ASKED_BY = "X-Backprop-Page"
MOST_BODY = 200_000


class Handler(web.RequestHandler):
    """A request that is answered only to the person who started the server."""

    def set_default_headers(self) -> None:
        """Headers of every answer: nothing is stored, nothing else may run."""
        for name, value in (
            ("Content-Security-Policy", POLICY),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
        ):
            self.set_header(name, value)

    @property
    def cookie(self) -> str:
        """The cookie's name: one for each port, as browsers send a machine's cookies to all of its
        ports."""
        return f"backprop-{self.settings['port']}"

    def prepare(self) -> None:
        """Refuse whoever has no token, or comes by another name of this machine."""
        token = self.settings["token"]
        if self.request.host_name not in ("127.0.0.1", "localhost"):
            raise web.HTTPError(403, reason="This page answers to 127.0.0.1 only")
        given = self.get_query_argument("token", "")
        if given and hmac.compare_digest(given.encode(), token.encode()):
            self.set_cookie(self.cookie, token, httponly=True, samesite="Strict", path="/")
            self.redirect("/")
        elif not hmac.compare_digest(self.get_cookie(self.cookie, "").encode(), token.encode()):
            raise web.HTTPError(403, reason="Open the address that backprop handgrade printed")
        elif self.request.method != "GET" and self.request.headers.get(ASKED_BY) != "yes":
            raise web.HTTPError(403, reason="Grades are taken from the page only")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """One sentence, as text."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{self._reason}.")


class Page(Handler):
    """The page itself."""

    def get(self) -> None:
        """Send it."""
        self.finish((HERE / "page.html").read_text(encoding="utf-8"))


class File(Handler):
    """The page's script and style."""

    def get(self, name: str) -> None:
        """Send one of them."""
        self.set_header("Content-Type", f"{FILES[name]}; charset=utf-8")
        self.finish((HERE / name).read_text(encoding="utf-8"))


class Questions(Handler):
    """What there is to grade, with everybody's answers."""

    def get(self) -> None:
        """Send all questions; they are read afresh, so that a reloaded page shows what others have
        graded."""
        directory, lesson = self.settings["class"]
        try:
            found = [
                {
                    **question._asdict(),
                    "answers": [
                        answer._asdict() for answer in answers(directory, lesson, question)
                    ],
                }
                for question in questions(directory, lesson)
            ]
        except Refused as problem:
            self.set_status(409)
            self.finish({"problem": str(problem)})
            return
        self.finish({"lesson": lesson, "questions": found})


class Grade(Handler):
    """One answer's points and comment."""

    def post(self) -> None:
        """Write them into the gradebook, or say why not."""
        directory, lesson = self.settings["class"]
        try:
            told = json.loads(self.request.body)
            if not isinstance(told, dict):
                raise ValueError
            grade(directory, lesson, told)
        except ValueError:
            self.set_status(400)
            self.finish({"problem": "What the page sent cannot be read."})
        except (Refused, Stale) as problem:
            self.set_status(409)
            self.finish({"problem": str(problem)})
        else:
            self.finish({"saved": True})


def application(directory: CourseDirectory, lesson: str, token: str, port: int) -> web.Application:
    """The server's application.

    Parameters
    ----------
    directory, lesson
        What is graded.
    token
        Who has it may grade.
    port
        That it will listen on.
    """
    places = [
        (r"/", Page),
        (rf"/({'|'.join(FILES)})", File),
        (r"/questions", Questions),
        (r"/grade", Grade),
    ]
    return web.Application(places, token=token, port=port, **{"class": (directory, lesson)})


def serve(directory: CourseDirectory, lesson: str, browser: bool = True, port: int = 0) -> None:
    """Open the page, and answer it until it is stopped by Ctrl-C.

    Parameters
    ----------
    directory, lesson
        What is graded.
    browser
        Open a browser on it.
    port
        To listen on; a free one when 0.

    Raises
    ------
    Refused
        When there is nothing to grade, or the port is taken.
    """
    found = questions(directory, lesson)
    waiting = sum(
        answer.waits for question in found for answer in answers(directory, lesson, question)
    )
    print(
        f"{lesson}: {len(found)} question{'s' * (len(found) != 1)}, {waiting}"
        f" answer{'s' * (waiting != 1)} waiting.",
        flush=True,
    )
    try:
        asyncio.run(_listen(directory, lesson, browser, port))
    except KeyboardInterrupt:
        print(f"\nStopped. Feedback is made anew by: backprop feedback {lesson}")


async def _listen(directory: CourseDirectory, lesson: str, browser: bool, port: int) -> None:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as problem:
        raise Refused(
            f"Port {port} cannot be had ({problem.strerror}). Name another one, or none."
        ) from None
    listening.listen(16)
    listening.setblocking(False)
    port, token = listening.getsockname()[1], secrets.token_urlsafe(24)
    server = HTTPServer(application(directory, lesson, token, port), max_body_size=MOST_BODY)
    server.add_sockets([listening])
    address = f"http://127.0.0.1:{port}/?token={token}"
    print(
        f"Grade here: {address}\nCtrl-C stops it. Every grade is saved when you go on.", flush=True
    )
    if browser:
        webbrowser.open(address)
    await asyncio.Event().wait()
