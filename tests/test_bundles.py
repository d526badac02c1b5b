"""The bundles for Gradescope and GitHub Classroom, unpacked and run as those two run them."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile

import jsonschema
import pytest
import yaml
from lms_class import FOUR, ROOT, notebook

from autograder.bundle import github, gradescope
from autograder.bundle.grading import grade_folder, most
from autograder.bundle.packing import KINDS
from autograder.desk import Refused

NB = f"{FOUR}.ipynb"
WRONG = 'def divergence(y, d):\n    """Half of the squared distance."""\n    return np.sum((y - d) ** 2)'
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
# After Gradescope's documentation, "Autograder Specifications", output format.
SCHEMA = {
    "type": "object",
    "required": ["score", "tests"],
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number", "minimum": 0},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": FORMAT,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": FORMAT,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}
linux = pytest.mark.skipif(os.name == "nt", reason="grading needs a Unix machine")


def unpacked(kind, place):
    """A bundle of lesson 4, unpacked with the rights that it gives its files."""
    with zipfile.ZipFile(io.BytesIO(KINDS[kind](ROOT, FOUR))) as archive:
        archive.extractall(place)
        for info in archive.infolist():
            os.chmod(place / info.filename, info.external_attr >> 16 & 0o777)
    return place


def mixed():
    """A notebook in which one exercise is right, one is wrong, and the others are not begun."""
    nb = json.loads(notebook("forward"))
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "divergence":
            cell["source"] = WRONG
    return json.dumps(nb).encode("utf-8")


def on_gradescope(bundle, room, data, path=None):
    """Run the bundle on what a student handed in, as Gradescope does; what it wrote."""
    handed_in = room / "submission"
    handed_in.mkdir(parents=True)
    (handed_in / "mine.ipynb").write_bytes(data)
    told = {
        "AUTOGRADER_SOURCE": str(bundle),
        "AUTOGRADER_PYTHON": sys.executable,
        "AUTOGRADER_SUBMISSION": str(handed_in),
        "AUTOGRADER_RESULTS": str(room / "results" / "results.json"),
    }
    done = subprocess.run(
        [bundle / "run_autograder"],
        cwd=room,
        env={**os.environ, **told, **({"PATH": path} if path else {})},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads((room / "results" / "results.json").read_text(encoding="utf-8"))
    jsonschema.validate(found, SCHEMA)
    return found


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return unpacked("gradescope", tmp_path_factory.mktemp("gradescope"))


# ---- what is in a bundle


@pytest.mark.parametrize("kind", KINDS)
def test_a_bundle_is_the_same_each_time_small_and_names_no_address(kind):
    data = KINDS[kind](ROOT, FOUR)
    assert data == KINDS[kind](ROOT, FOUR) and len(data) < 3_000_000
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        own = [name for name in names if not name.startswith("code/")]
        assert [name for name in own if b"://" in archive.read(name)] == []
        assert [name for name in own if b"@lesson@" in archive.read(name)] == []
    assert not [name for name in names if ".venv" in name or "__pycache__" in name]


def test_gradescopes_bundle_has_its_two_scripts_at_the_root_and_the_one_lesson(bundle):
    for name in ("setup.sh", "run_autograder"):
        assert os.access(bundle / name, os.X_OK)
        assert (bundle / name).read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
        subprocess.run(["bash", "-n", bundle / name], check=True)
    assert [path.name for path in (bundle / "code" / "source").iterdir()] == [FOUR]
    assert [path.stem for path in (bundle / "code" / "course" / "lessons").iterdir()] == [FOUR]


def test_the_lesson_that_looks_at_digits_takes_them_along():
    def digits(lesson):
        with zipfile.ZipFile(io.BytesIO(KINDS["gradescope"](ROOT, lesson))) as archive:
            return [name for name in archive.namelist() if "images-idx3" in name]

    assert len(digits("07-mnist")) == 2 and digits(FOUR) == []


def test_setting_up_installs_the_bundles_own_code_in_the_locked_versions(bundle, tmp_path):
    """The commands of setup.sh, with stand-ins that write down what they are asked for."""
    told = tmp_path / "told.txt"
    for name in ("apt-get", "python3.11"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/bash\necho "{name} $*" >> "{told}"\n', encoding="utf-8")
        program.chmod(0o755)
    inside = tmp_path / "venv" / "bin"
    inside.mkdir(parents=True)
    shutil.copy(tmp_path / "bin" / "python3.11", inside / "python")
    subprocess.run(
        ["bash", bundle / "setup.sh"],
        env={
            "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
            "AUTOGRADER_ROOT": str(tmp_path),
            "AUTOGRADER_SOURCE": str(bundle),
        },
        check=True,
    )
    said = told.read_text(encoding="utf-8")
    code = bundle / "code"
    assert "apt-get install -y bubblewrap" in said
    assert f"-m pip install --constraint {code}/requirements.lock {code}" in said


PYTHON = """#!{python}
# A Python of another version, of which ensurepip comes with a package.
import pathlib, sys
here = pathlib.Path(__file__).parent
installed = (here / "told.txt").read_text().split() if (here / "told.txt").exists() else []
if sys.argv[1] == "-c":
    sys.version_info = {version}
    if {venv!r} not in installed:
        sys.modules["ensurepip"] = None
    exec(sys.argv[2])
else:
    assert sys.argv[1:3] == ["-m", "venv"] and {venv!r} in installed, sys.argv
    inside = pathlib.Path(sys.argv[3]) / "bin" / "python"
    inside.parent.mkdir(parents=True)
    inside.write_text('#!/bin/bash\\necho "{name} $*" >> ' + str(here / "told.txt"))
    inside.chmod(0o755)
"""
APT = """#!{python}
# Installs what this release of Ubuntu has, and writes it down.
import pathlib, shutil, sys
here = pathlib.Path(__file__).parent
wanted = [word for word in sys.argv[2:] if not word.startswith("-")]
if missing := [word for word in wanted if word not in {has!r}]:
    sys.exit("E: Unable to locate package " + missing[0])
with (here / "told.txt").open("a") as told:
    print(*wanted, file=told)
for name in set(wanted) & {{"python3.11"}}:
    shutil.copy(here / "later" / name, here / name)
"""
UBUNTU = {
    "20.04": ((3, 8), ["python3-venv", "python3.8-venv", "bubblewrap"], None),
    "22.04": (
        (3, 10),
        ["python3.10-venv", "python3.11", "python3.11-venv", "bubblewrap"],
        "python3.11",
    ),
    "24.04": ((3, 12), ["python3-venv", "python3.12-venv", "bubblewrap"], "python3.12"),
    "24.04, without bubblewrap": ((3, 12), ["python3.12-venv"], "python3.12"),
}


@linux
@pytest.mark.parametrize("release", UBUNTU)
def test_setting_up_works_on_the_ubuntus_that_are_named_and_says_why_not_on_an_older(
    bundle, tmp_path, release
):
    """With the Python that each comes with, which has no ensurepip until a package is installed."""
    version, has, used = UBUNTU[release]
    programs = tmp_path / "bin"
    (programs / "later").mkdir(parents=True)
    for place, number in (
        (programs / "python3", version),
        (programs / "later" / "python3.11", (3, 11)),
    ):
        name = "python{}.{}".format(*number)
        text = PYTHON.format(python=sys.executable, version=number, venv=f"{name}-venv", name=name)
        place.write_text(text, encoding="utf-8")
        place.chmod(0o755)
    (programs / "apt-get").write_text(APT.format(python=sys.executable, has=has), encoding="utf-8")
    (programs / "apt-get").chmod(0o755)
    done = subprocess.run(
        [shutil.which("bash"), bundle / "setup.sh"],
        env={
            "PATH": str(programs),
            "AUTOGRADER_ROOT": str(tmp_path),
            "AUTOGRADER_SOURCE": str(bundle),
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    if used is None:
        assert done.returncode == 1
        assert "There is no Python 3.11 or newer" in done.stderr.splitlines()[-1]
        assert "Choose an image of Ubuntu 22.04 or newer" in done.stderr.splitlines()[-1]
        return
    assert done.returncode == 0, done.stderr
    code = bundle / "code"
    said = (programs / "told.txt").read_text(encoding="utf-8")
    assert f"{used} -m pip install --constraint {code}/requirements.lock {code}" in said
    assert ("bubblewrap could not be installed" in done.stdout) == ("bubblewrap" not in has)


# ---- Gradescope


@linux
def test_gradescope_gets_points_and_reasons_and_the_instructor_the_walls(bundle, tmp_path):
    """Where bubblewrap is missing, as it is in many a container."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "env"):
        (programs / name).symlink_to(shutil.which(name))
    found = on_gradescope(bundle, tmp_path / "one", mixed(), path=str(programs))
    tests = {test["name"]: test for test in found["tests"]}
    assert (found["score"], tests["forward"]["score"], tests["forward"]["max_score"]) == (3, 3, 3)
    assert tests["forward"]["output"] == "<p>Right.</p>"
    assert tests["divergence"]["score"] == 0 and "½" in tests["divergence"]["output"]
    assert "Not written yet" in tests["backward"]["output"]
    assert sum(test.get("max_score", 0) for test in found["tests"]) == most(ROOT, FOUR) == 17
    walls = tests[gradescope.WALLS]
    assert walls["visibility"] == "hidden" and "score" not in walls
    assert "Not held: " in walls["output"] and "bubblewrap" in walls["output"]
    assert found["stdout_visibility"] == "hidden"
    assert found["extra_data"]["backprop"]["lesson"] == FOUR
    assert "2 written answers are for a person to grade" in found["output"]


def test_gradescope_is_told_why_a_broken_notebook_has_no_points(bundle, tmp_path):
    found = on_gradescope(bundle, tmp_path, b"<html>no notebook</html>")
    assert found["score"] == 0 and "no notebook was handed in" in found["output"].lower()
    assert found["tests"][0]["max_score"] == 17


@pytest.mark.parametrize("files", [{}, {"a.txt": b"x"}, {"a.ipynb": b""}, {NB: b"{"}])
def test_whatever_was_handed_in_gradescope_is_told_something_that_it_can_read(tmp_path, files):
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    places = {"lesson": FOUR, "course": ROOT, "submission": tmp_path}
    given = [text for name, value in places.items() for text in (f"--{name}", str(value))]
    assert gradescope.main([*given, "--results", str(tmp_path / "results.json")]) == 0
    found = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    jsonschema.validate(found, SCHEMA)
    assert found["score"] == 0 and found["output"]


@pytest.mark.parametrize("name", ["ReLU-Übung.txt", "MyWork.zip"])
def test_a_file_that_is_no_notebook_is_named_as_it_was_handed_in(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(Refused, match="^No notebook was handed in") as problem:
        grade_folder(tmp_path, ROOT, FOUR)
    assert name in str(problem.value)


def test_what_a_student_wrote_is_text_on_gradescopes_page():
    exercise = {"name": "a.b", "points": 0.0, "max_points": 1.0, "waits": False}
    result = {
        "lesson": FOUR,
        "score": 0.0,
        "max_score": 1.0,
        "written": [],
        "told": [],
        "walls": {"on": [], "off": [{"not_held": "<b>", "reason": "&"}]},
        "exercises": [{**exercise, "why": "raised <script>alert(1)</script>"}],
    }
    found = gradescope.results(result, 1.0)
    jsonschema.validate(found, SCHEMA)
    assert "<script" not in found["tests"][0]["output"]
    assert "&lt;b&gt;" in found["tests"][1]["output"]
    assert "<script" not in github.summary(result).replace("\\<script", "")


# ---- GitHub Classroom


def step(named):
    """A step of the workflow, by its name."""
    with zipfile.ZipFile(io.BytesIO(KINDS["github"](ROOT, FOUR))) as archive:
        workflow = yaml.safe_load(archive.read(".github/workflows/classroom.yml"))
    assert workflow["on"] == ["push", "repository_dispatch"]
    (job,) = workflow["jobs"].values()
    return next(step for step in job["steps"] if step.get("name") == named)


def on_github(room, data):
    """Run the shell of the workflow's grading step on what a student pushed: what the reporter
    reads, and the run's page."""
    pushed = room / "submission" / FOUR
    pushed.mkdir(parents=True)
    (pushed / NB).write_bytes(data)
    told = {
        "GITHUB_OUTPUT": room / "output",
        "GITHUB_STEP_SUMMARY": room / "summary.md",
        "BACKPROP_COURSE": ROOT,
        "BACKPROP_SUBMISSION": room / "submission",
        "BACKPROP_PAGE": room / "feedback.html",
        "BACKPROP_PYTHON": sys.executable,
    }
    done = subprocess.run(
        ["bash", "-e", "-c", step("Grade")["run"]],
        cwd=room,
        env={**os.environ, **{name: str(value) for name, value in told.items()}},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    name, _, packed = (room / "output").read_text(encoding="utf-8").strip().partition("=")
    assert name == "result"
    return json.loads(base64.b64decode(packed)), (room / "summary.md").read_text(encoding="utf-8")


@linux
def test_classroom_gets_all_points_of_a_right_notebook_and_a_page(tmp_path):
    exercises = ("forward", "divergence", "backward", "update")
    right = notebook(*exercises, "forward_layers", "broken_backward")
    told, said = on_github(tmp_path, right)
    assert (told["version"], told["status"], told["max_score"]) == (1, "pass", 17)
    assert sum(test["score"] for test in told["tests"]) == 17
    assert "17 of 17 points" in said and "Walls around the notebook while it ran" in said
    assert "<html" in (tmp_path / "feedback.html").read_text(encoding="utf-8")


def test_classroom_is_told_why_a_broken_notebook_has_no_points(tmp_path):
    (tmp_path / NB).write_bytes(b"{")
    places = {"lesson": FOUR, "course": ROOT, "submission": tmp_path, "page": tmp_path / "p.html"}
    written = {"output": tmp_path / "output", "summary": tmp_path / "summary.md"}
    given = [t for name, value in {**places, **written}.items() for t in (f"--{name}", str(value))]
    assert github.main(given) == 0
    text = written["output"].read_text(encoding="utf-8").removeprefix("result=")
    told = json.loads(base64.b64decode(text))
    assert (told["status"], told["tests"][0]["score"], told["max_score"]) == ("error", 0, 17)
    assert "could not be graded" in written["summary"].read_text(encoding="utf-8")


def test_the_reporter_reads_the_output_of_the_grading_step():
    reporter = step("Autograding Reporter")
    (runner,) = reporter["with"]["runners"].split(",")
    assert runner == step("Grade")["id"]
    assert reporter["env"] == {
        f"{runner.upper()}_RESULTS": f"${{{{ steps.{runner}.outputs.result }}}}"
    }
