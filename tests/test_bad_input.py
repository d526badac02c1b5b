"""Whatever is typed wrong, the command line says in words what to do, and changes nothing."""

import os
import re
import zipfile

import pytest
from lms_class import FOUR, ROOT, a_class, notebook

from autograder import app
from autograder.app import main
from autograder.classroom import cluster

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a class needs a Unix machine")

# {f}: a file that is no table, archive or notebook; {d}: a folder with something in it; {n}: nothing
# is there; {nb}: a notebook of lesson 4; {t}: a file in whose place no folder can be made
IN_THE_CLASS = """
grade 09-none | grade {d} | grade {n} | grade {n}.ipynb | grade {d}.ipynb | grade {f} | grade {f}.ipynb
grade FOUR nobody | grade FOUR --workers 0 | grade FOUR --workers -2 | grade FOUR --workers two
grade FOUR --scheduler nonsense | grade FOUR --scheduler tcp://127.0.0.1:99999
grade FOUR --scheduler tcp://127.0.0.1:1 | grade FOUR --html {n} | grade FOUR --json {n} | grade FOUR --lesson 4
grade FOUR --fresh | grade FOUR --yes | grade FOUR --again --json
grade {nb} --lesson 9 | grade {nb} --lesson four | grade {nb} --lesson 4,5 | grade {nb} --lesson ,
grade {nb} --html {d} | grade {nb} --html {n}/x.html | grade {nb} --html {f}/x.html
grade {nb} --json {d} | grade {nb} --json {n}/x.json | grade {nb} nobody
grade {nb} --workers 4 | grade {nb} --scheduler tcp://x:1 | grade {nb} --fresh | grade {nb} --yes | grade {nb} --again
regrade 09-none | regrade {d} | regrade FOUR nobody | handgrade 09-none | handgrade FOUR --port 99999999
handgrade FOUR --port -1 | handgrade FOUR --port http | feedback 09-none | feedback FOUR nobody | feedback FOUR
report 09-none | report FOUR --to {d} | report FOUR --to {n}/x.html | report FOUR --to {f}/x.html
collect 09-none | collect FOUR | collect FOUR {n} | collect FOUR {f}
collect FOUR {z} --table {n} | collect FOUR {z} --table {d} | collect FOUR {z} --table {f} | collect FOUR {z} --who x
collect FOUR {z} --who x=nobody | collect FOUR {z} --timezone Mars | collect FOUR {z} --timezone ../x
return 09-none | return FOUR | return FOUR --as-they-are | return FOUR --table {n} --as-they-are
return FOUR --who x --as-they-are
bundle gradescope 9 | bundle gradescope 4,5 | bundle gradescope , | bundle github all | bundle nothing 4
bundle gradescope 4 --to {d} | bundle gradescope 4 --to {n}/x.zip | bundle github 4 --to {f}/x.zip
init {f} | init {d} | init {f}/x | init {n} --lessons 9 | init {n} --lessons , | init {n} --lessons {f}
init {n} --roster {n}.csv | init {n} --roster {d} | init {n} --roster {f} | init {n} --exchange {f}
init {n} --exchange {f}/x | init {n} --course-id a/b | init {n} --roster {b}
"""
IN_THE_COURSE = """
class --folder {f} | class --folder {d} | class --folder {f}/x
lab --folder {f} | lab --folder {f}/x | update --folder {f} | update --folder {n} | update --folder {f}/x
"""
NOWHERE = """
build | sync | lab | update | class
grade FOUR | regrade FOUR | feedback FOUR | report FOUR | handgrade FOUR | collect FOUR | return FOUR
"""


def lines(text):
    return [line.strip() for line in text.replace("\n", "|").split("|") if line.strip()]


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A class in which one has handed in, and things that are not what is asked for."""
    place = tmp_path_factory.mktemp("bad")
    folder = a_class(tmp_path_factory, place, "canvas-gradebook.csv")
    own = folder / "submitted" / "xwang" / FOUR
    own.mkdir(parents=True)
    (own / f"{FOUR}.ipynb").write_bytes(notebook())
    (place / "folder").mkdir()
    (place / "folder.ipynb").mkdir()
    for name in ("folder/x.txt", "file", "file.ipynb", "file.zip"):
        (place / name).write_text("nothing of it\n", encoding="utf-8")
    (place / "bytes.csv").write_bytes(b"\x00\xff\xfe\x00" * 9)
    (place / "right.ipynb").write_bytes(notebook())
    with zipfile.ZipFile(place / "zip.zip", "w") as archive:
        archive.writestr(f"a_1_2_{FOUR}.ipynb", notebook())
    return place


def typed(room, line):
    names = {
        "{f}": "file", "{d}": "folder", "{n}": "absent", "{nb}": "right.ipynb", "{z}": "zip.zip",
        "{b}": "bytes.csv",
    }  # fmt: skip
    line = line.replace("FOUR", FOUR)
    return [
        re.sub(r"\{\w+\}", lambda found: str(room / names[found[0]]), word) for word in line.split()
    ]


def everything(room):
    """What lies there, but for what nbgrader writes down of its own doings."""
    return {
        path: path.stat().st_mtime_ns
        for path in room.rglob("*")
        if path.is_file() and not path.name.endswith((".log", "-journal"))
    }


def refused(room, line, capsys):
    """It ends with a status and a sentence, and nothing was made or changed."""
    before = everything(room)
    try:
        status = main(typed(room, line))
    except SystemExit as end:  # argparse's own
        status = end.code
    told = capsys.readouterr()
    assert status in (1, 2), told.out
    said = told.err.strip().splitlines()[-1]
    assert re.match(r"backprop( \w+)?: ", said) and len(said) > 25, said
    assert everything(room) == before
    return told.err


@pytest.mark.parametrize("line", lines(IN_THE_CLASS))
def test_what_is_wrong_in_a_class_is_said(room, line, monkeypatch, capsys):
    monkeypatch.chdir(room / "class")
    monkeypatch.setattr(cluster, "WAIT", 1.0)
    refused(room, line, capsys)


@pytest.mark.parametrize("line", lines(IN_THE_COURSE))
def test_what_is_wrong_in_the_course_is_said(room, line, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    refused(room, line, capsys)


@pytest.mark.parametrize("line", lines(NOWHERE))
def test_outside_of_course_and_class_it_is_said_where_to_go(room, line, monkeypatch, capsys):
    monkeypatch.chdir(room / "folder")
    refused(room, line, capsys)


@pytest.mark.parametrize(
    "command", [["handgrade", "04-two-two-one"], ["report", "04-two-two-one"], ["sync"]]
)
def test_ctrl_c_while_a_command_loads_is_one_line(command, monkeypatch, tmp_path, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(app, {"sync": "_sync"}.get(command[0], "_class_here"), interrupted)
    monkeypatch.chdir(tmp_path)
    assert main(command) == 130
    assert capsys.readouterr().err == "backprop: Stopped.\n"
