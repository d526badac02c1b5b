"""The command that opens the course, and what it tells JupyterLab's server."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyterlab_driver import free_port, private_environment, switch_off_news

from autograder import app
from course.opening import lab, warm

ROOT = Path(__file__).resolve().parents[1]


class Connection:
    """A kernel's connection that notes whether it was asked to send at once."""

    def __init__(self, gone=False):
        self.asked = []
        self.websocket_handler = SimpleNamespace(
            ws_connection=None if gone else "open", set_nodelay=self.asked.append
        )

    def connect(self):
        return "connected"


def server(settings, root, instructor=None):
    """What of a running server the extension looks at."""
    config = {} if instructor is None else {"BackpropLab": {"instructor": instructor}}
    return SimpleNamespace(
        web_app=SimpleNamespace(settings=settings), root_dir=str(root), config=config
    )


@pytest.fixture
def no_spare(monkeypatch):
    """No kernel is begun before it is asked for."""
    monkeypatch.setattr(warm, "begin", lambda: None)


def test_messages_are_sent_at_once_and_everything_else_stays(no_spare, tmp_path):
    settings = {lab.CONNECTION: Connection}
    lab._load_jupyter_server_extension(server(settings, tmp_path))
    connection = settings[lab.CONNECTION]()
    assert (
        isinstance(connection, Connection)
        and connection.connect() == "connected"
        and connection.asked == [True]
    )
    gone = settings[lab.CONNECTION](gone=True)
    assert gone.connect() == "connected" and gone.asked == []


@pytest.mark.parametrize(
    ("told", "gradebook", "instructor"),
    [(None, False, False), (None, True, True), ("True", False, True)],
)
def test_the_page_is_told_whose_it_is(no_spare, tmp_path, told, gradebook, instructor):
    settings = {
        lab.CONNECTION: Connection,
        "page_config_hook": lambda _, page: page | {"asked before": "yes"},
    }
    if gradebook:
        (tmp_path / "gradebook.db").touch()
    lab._load_jupyter_server_extension(server(settings, tmp_path, told))
    page = settings["page_config_hook"](None, {})
    assert (
        page["asked before"] == "yes"
        and ("@jupyter/nbgrader:formgrader" not in page["disabledExtensions"]) is instructor
    )


def test_the_connection_is_configured_like_the_one_it_replaces():
    ours = lab.at_once(ZMQChannelsWebsocketConnection)
    assert ours.section_names()[:-1] == ZMQChannelsWebsocketConnection.section_names()


def test_the_command_opens_the_lessons(tmp_path):
    switch_off_news(tmp_path)
    port, log = free_port(), tmp_path / "log"
    command = [
        sys.executable,
        "-m",
        "autograder.app",
        "lab",
        "--no-browser",
        f"--port={port}",
        "--IdentityProvider.token=t",
        "--ServerApp.port_retries=0",
    ]
    command += ["--folder", str(tmp_path / "place")]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=private_environment(tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        answer = ask(f"http://127.0.0.1:{port}/api/contents/04-two-two-one?token=t", process)
    finally:
        process.terminate()
        process.wait(20)
    said = log.read_text()
    assert b"two-two-one.ipynb" in answer, said
    assert "Copied to place/: 01-chain-rule, " in said and "JupyterLab opens place/" in said
    assert f"{lab.__name__} | extension was successfully loaded" in said


def ask(address, process, seconds=60):
    """What a server answers as soon as it does."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read()
        except (TimeoutError, urllib.error.URLError):
            time.sleep(0.2)
    return b""


def test_without_release_it_says_what_to_do(tmp_path, monkeypatch, capsys):
    (tmp_path / "course" / "lessons").mkdir(parents=True)
    (tmp_path / "course" / "lessons" / "01-a.md").write_text("# A")
    monkeypatch.chdir(tmp_path)
    assert app.main(["lab"]) == 1
    assert "`make build` makes it" in capsys.readouterr().err


def test_other_commands_refuse_what_they_do_not_know(capsys):
    with pytest.raises(SystemExit):
        app.main(["build", "--chekc"])
    assert "--chekc" in capsys.readouterr().err
