"""What a person did is kept in a small file: by several kernels, on a full disk, past a killed
kernel."""

import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from course.folder import kept_file
from course.folder.kept_file import KeptFile, NotKept
from course.prediction.file import PredictionFile

NAME = "attempts.json"


@pytest.fixture
def kept(tmp_path):
    """A kept file in a folder of its own that holds one entry."""
    file = KeptFile(NAME, tmp_path)
    file.keep("first", {"tries": 1})
    return file


def kernel(folder, program):
    """A process in a folder, as a kernel beside its notebook; ``file`` is the kept file there."""
    lines = (
        "import os, signal\nfrom course.folder.kept_file import KeptFile\nfile ="
        f" KeptFile({NAME!r})\n"
    )
    here = str(Path(__file__).resolve().parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", lines + textwrap.dedent(program)],
        cwd=folder, env={**os.environ, "PYTHONPATH": here}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_entries_come_back_as_they_were(kept):
    kept.keep("second", [1.5, "σ", None])
    assert kept.read() == ({"first": {"tries": 1}, "second": [1.5, "σ", None]}, "")
    assert len(kept.path.read_text("utf-8").splitlines()) == 4


def test_two_kernels_that_write_at_the_same_time_lose_nothing(kept, tmp_path):
    count = """
    for n in range(40):
        file.change("both", lambda old: (old or 0) + 1)
        file.keep(f"{os.getpid()}.{n}", n)
    """
    both = [kernel(tmp_path, count) for _ in range(2)]
    assert [(process.wait(60), process.stderr.read()) for process in both] == [(0, "")] * 2
    entries, remark = kept.read()
    assert (entries["both"], len(entries), remark) == (80, 82, "")


def test_a_full_disk_is_said_and_what_was_kept_is_still_there(kept, tmp_path):
    before = kept.path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, limits[1]))
        with pytest.raises(
            NotKept, match=r"attempts\.json could not be written \(File too large\)"
        ):
            kept.keep("second", "x" * 100)
        said = PredictionFile(tmp_path).keep("a", "How many?" * 10, 3)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert said.startswith("Your prediction is not kept:") and said.endswith(
        "Note it down yourself."
    )
    assert os.listdir(tmp_path) == [NAME] and kept.path.read_bytes() == before


def test_a_kernel_killed_while_it_writes_leaves_the_file_whole_and_nobody_waiting(kept, tmp_path):
    killed = kernel(tmp_path, """
    os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    file.keep("second", 2)
    """)  # fmt: skip
    assert killed.wait(60) == -signal.SIGKILL
    assert kept.read() == ({"first": {"tries": 1}}, "")
    assert len(os.listdir(tmp_path)) == 2  # what it was writing
    kept.keep("third", 3)
    assert list(kept.read()[0]) == ["first", "third"] and os.listdir(tmp_path) == [NAME]


def test_a_kernel_that_hangs_while_it_writes_is_not_waited_for_for_ever(kept, monkeypatch):
    monkeypatch.setattr(kept_file, "PATIENCE", 0.05)
    with kept._alone(), pytest.raises(NotKept, match="being written by another notebook"):
        kept.keep("second", 2)
    kept.keep("second", 2)


@pytest.mark.parametrize(
    "broken", [b"{not json", b"[1, 2]", b"\xff\xfe", b"[" * 10**5], ids=range(4)
)
def test_a_broken_file_is_set_aside_and_said(kept, tmp_path, broken):
    kept.path.write_bytes(broken)
    entries, remark = kept.read()
    assert entries == {} and remark.startswith(
        "attempts.json was not valid; it is kept as attempts.broken.json"
    )
    assert (tmp_path / "attempts.broken.json").read_bytes() == broken
    assert kept.keep("new", 1) == "" and kept.read() == ({"new": 1}, "")


def test_a_broken_file_that_cannot_be_renamed_is_left_as_it_is(kept, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    kept.path.write_text("{not json")
    monkeypatch.setattr(Path, "rename", refuse)
    assert kept.read()[1].endswith("it was left as it is.")
    with pytest.raises(NotKept, match="left as it is"):
        kept.keep("new", 1)
    assert kept.path.read_text() == "{not json"


@pytest.mark.parametrize("stands_there", ["a folder", "nothing, and no folder around it"])
def test_a_place_that_cannot_be_written_is_said(tmp_path, stands_there):
    file = KeptFile(NAME, tmp_path / "gone" if "no folder" in stands_there else tmp_path)
    if stands_there == "a folder":
        file.path.mkdir()
        assert "cannot be read" in file.read()[1]
    with pytest.raises(NotKept, match=r"attempts\.json"):
        file.keep("a", 1)


def test_a_read_only_folder_is_said(kept, tmp_path):
    """As an ordinary user: root may write everywhere."""
    tmp_path.chmod(0o555)
    for folder in [p for p in tmp_path.parents if p.name.startswith(("pytest-", "popen-"))]:
        folder.chmod(0o755)
    try:
        program = """
        if os.geteuid() == 0:
            os.setuid(65534)
        from course.folder.kept_file import NotKept
        try:
            file.keep("second", 2)
        except NotKept as problem:
            os.write(2, str(problem).encode())
        """
        process = kernel(tmp_path, program)
        assert process.wait(60) == 0
        assert process.stderr.read() == "attempts.json could not be written (Permission denied)."
    finally:
        tmp_path.chmod(0o755)
    assert json.loads(kept.path.read_text()) == {"first": {"tries": 1}}
