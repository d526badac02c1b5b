"""The course in a browser's tab: how it is made, and that its Python says what this one says."""

import ast
import hashlib
import io
import json
import os
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
import tab_verdicts
from tab_site import LAB, ROOT, builder, in_tabs_python, made

from autograder.exercises import lessons
from course.folder.reading import put_about

fetching, packing = builder("fetching"), builder("packing")
EVERY = int(os.environ.get("BACKPROP_TAB_EVERY", "12"))
"""Every so many-th misconception of an exercise is judged in the tab too; `make test-long`: each."""


@pytest.fixture(scope="module")
def tab():
    return made()


@pytest.fixture(scope="module")
def found(tab, tmp_path_factory):
    """What the tab's Python says of all solutions, and of some misconceptions of each exercise."""
    if shutil.which("node") is None:
        pytest.skip("there is no node")
    program = ROOT / "tests" / "tab_verdicts.py"
    wanted = tab_verdicts.chosen(every=EVERY)
    return in_tabs_python(tab, program, tmp_path_factory.mktemp("tab"), wanted)


# ---- how it is made


def lock_of(content, name="some-1.0-py3-none-any.whl"):
    digest = hashlib.sha256(content).hexdigest()
    package = {"file_name": name, "sha256": digest, "depends": []}
    return {"info": {"version": "0.27.7"}, "packages": {"some": package}}


@pytest.fixture
def alone(monkeypatch):
    """No host answers, and PyPI has nothing."""

    def refused(*told, **named):
        raise OSError("no network")

    def nothing(*told):
        raise fetching.Missing("pip: no network")

    monkeypatch.setattr(fetching.urllib.request, "urlopen", refused)
    monkeypatch.setattr(fetching, "_downloaded", nothing)


def test_a_wheel_with_the_sha256_of_pyodides_lock_file_is_taken_from_a_folder(alone, tmp_path):
    lock = lock_of(b"right")
    (tmp_path / "some-1.0-py3-none-any.whl").write_bytes(b"right")
    (got,) = fetching.get_wheels(lock, ["some"], tmp_path / "cache", tmp_path)
    assert got.read_bytes() == b"right"
    # kept: no source is asked a second time
    assert fetching.get_wheels(lock, ["some"], tmp_path / "cache", None) == [got]


def test_a_wheel_with_another_sha256_is_taken_from_nowhere(alone, tmp_path):
    (tmp_path / "some-1.0-py3-none-any.whl").write_bytes(b"changed on its way")
    with pytest.raises(fetching.Missing) as said:
        fetching.get_wheels(lock_of(b"right"), ["some"], tmp_path / "cache", tmp_path)
    assert "some-1.0-py3-none-any.whl" in str(said.value) and "--wheels FOLDER" in str(said.value)


def test_a_host_that_answers_something_else_is_not_believed(monkeypatch, tmp_path):
    monkeypatch.setattr(fetching.urllib.request, "urlopen", lambda *_, **__: io.BytesIO(b"a page"))
    carrier = tmp_path / "carrier.whl"
    with zipfile.ZipFile(carrier, "w") as packed:
        packed.writestr("assets/some-1.0-py3-none-any.whl", b"right")
    monkeypatch.setattr(fetching, "_downloaded", lambda *_: [carrier])
    (got,) = fetching.get_wheels(lock_of(b"right"), ["some"], tmp_path / "cache", None, "a host")
    assert got.read_bytes() == b"right"


def test_what_a_package_needs_comes_along():
    packages = {
        "matplotlib": {"depends": ["numpy", "python_dateutil"]},
        "numpy": {"depends": []},
        "python-dateutil": {"depends": ["six"]},
        "six": {"depends": []},
        "pandas": {"depends": ["numpy"]},
    }
    wanted = ["matplotlib", "numpy"]
    assert fetching.needed(packages, wanted) == ["matplotlib", "numpy", "python-dateutil", "six"]


def test_the_courses_wheel_is_the_same_each_time_and_carries_no_digits():
    name, content = packing.pack(ROOT)
    assert packing.pack(ROOT) == (name, content)
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        names = wheel.namelist()
        assert wheel.testzip() is None
    assert not [n for n in names if n.endswith(".gz") or "/plugins/" in n or "/kernel/" in n]
    assert {"course/mnist.py", "autograder/check.py", "course/widgets/common/screen.js"} <= {*names}


def test_what_is_put_into_a_wheel_takes_the_place_of_a_file_of_that_name(tmp_path):
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("a.py", b"stays")
        packed.writestr("fontlist.json", b"another machine's")
    packing.add(wheel, {"fontlist.json": b"the tab's"})
    with zipfile.ZipFile(wheel) as packed:
        assert sorted(packed.namelist()) == ["a.py", "fontlist.json"]
        assert [packed.read(n) for n in ("a.py", "fontlist.json")] == [b"stays", b"the tab's"]


def imports(text):
    """Every module that a program imports, wherever in it; of a name it may be the module."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            yield from (node.module, *(f"{node.module}.{each.name}" for each in node.names))
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def entered():
    """What a tab's Python begins with: what notebooks import, what is prepared, and the lessons'
    exercises, which are found by name."""
    for notebook in sorted((ROOT / "release").glob("*/*.ipynb")):
        for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield from imports("".join(cell["source"]))
    yield from imports((LAB / "prepare_in_tab.py").read_text("utf-8"))
    yield from (f"autograder.exercises.{lesson}" for lesson in lessons())


def files_of(module):
    """The files that Python runs to import a module of this repository."""
    parts = module.split(".")
    for k in range(1, len(parts) + 1):
        place = ROOT.joinpath(*parts[:k])
        yield from (f for f in (place / "__init__.py", place.with_suffix(".py")) if f.is_file())


def test_all_that_a_notebook_can_come_to_import_is_in_the_courses_wheel():
    found, waiting = set(), [*entered()]
    while waiting:
        module = waiting.pop()
        if module.split(".")[0] in ("autograder", "course"):
            new = {*files_of(module)} - found
            found |= new
            waiting += [name for path in new for name in imports(path.read_text("utf-8"))]
    with zipfile.ZipFile(io.BytesIO(packing.pack(ROOT)[1])) as wheel:
        packed = {*wheel.namelist()}
    names = {path.relative_to(ROOT).as_posix() for path in found}
    # or nothing was followed: what a cell imports, what that imports, and what it does when called
    assert {"course/gradcheck.py", "course/expression.py", "autograder/review/deck.py"} <= names
    assert sorted(names - packed) == []


SOURCES = [
    *("README.md", "site/errata.md", "site/glossary.md", "site/programs.py", "site/lab/build.py"),
    *("course/mnist.py", "autograder/check.py", "release/01/01.ipynb", "site/pictures/graph.gif"),
]


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """A repository below a folder whose name is that of a hidden one."""
    root = tmp_path / ".cache" / "course"
    for name in SOURCES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    monkeypatch.setattr(builder("build"), "REPOSITORY", root)
    return root


@pytest.mark.parametrize("name", SOURCES)
def test_the_tab_is_made_anew_when_anything_that_it_is_made_of_changes(elsewhere, name):
    before = builder("build").made_of()
    (elsewhere / name).write_text("changed")
    assert builder("build").made_of() != before


@pytest.mark.parametrize(
    "name", ["site/lab/.cache/wheel", "course/__pycache__/mnist.pyc", "work/a"]
)
def test_the_tab_stays_when_what_it_is_not_made_of_changes(elsewhere, name):
    before = builder("build").made_of()
    (elsewhere / name).parent.mkdir(parents=True)
    (elsewhere / name).write_text("new")
    assert builder("build").made_of() == before


def test_what_lies_beside_the_lessons_is_what_the_tab_is_made_of(monkeypatch, tmp_path):
    """Whatever `put_about` reads of the repository, `made_of` reads too."""
    read = set()
    text, content = Path.read_text, Path.read_bytes
    monkeypatch.setattr(Path, "read_text", lambda p, *a, **k: (read.add(p), text(p, *a, **k))[1])
    monkeypatch.setattr(Path, "read_bytes", lambda p: (read.add(p), content(p))[1])
    put_about(tmp_path, ROOT, self_study=True)
    wanted = {path for path in read if path.is_relative_to(ROOT)}
    read.clear()
    builder("build").made_of()
    assert len(wanted) > 10 and wanted <= read


def defined(path):
    """The functions and classes of a module."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {
        node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, kinds)
    }


def test_what_both_builders_of_the_site_need_stands_once():
    below = lambda path: {*path.relative_to(ROOT).parts}
    modules = [p for p in (ROOT / "site").rglob("*.py") if not {"_build", ".cache"} & below(p)]
    lab = {name for path in modules if path.parent.name == "lab" for name in defined(path)}
    pages = {name for path in modules if path.parent.name == "reading" for name in defined(path)}
    assert len(lab) > 10 and len(pages) > 10
    # each is a program of its own
    assert lab & pages == {"main"}
    starting = {p.name for p in modules if "subprocess." in p.read_text("utf-8")}
    assert starting == {"programs.py"}


def test_a_program_that_fails_is_told_with_its_last_words():
    programs = builder("programs")
    assert programs.run([sys.executable, "-c", "print(3)"], "Counting") == "3\n"
    with pytest.raises(programs.Missing, match="Counting did not work:\nno number"):
        programs.run([sys.executable, "-c", "import sys; sys.exit('no number')"], "Counting")


def test_without_npm_it_is_said_what_npm_is_for(monkeypatch, tmp_path):
    programs = builder("programs")
    monkeypatch.setattr(programs.shutil, "which", lambda name: None)
    with pytest.raises(programs.Missing, match="no npm. It brings Pyodide"):
        programs.node_modules(LAB, tmp_path / "node", "Pyodide")


def test_lock_files_name_no_addresses():
    locks = [*LAB.glob("*.lock"), LAB / "package-lock.json"]
    assert len(locks) == 4
    for lock in locks:
        assert "://" not in lock.read_text("utf-8"), lock.name


def test_what_pip_installs_for_the_tab_is_pinned():
    lines = (LAB / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins and all(line.count("==") == 1 for line in pins)
    for name in ("wheels.lock", "pyodide-wheels.lock"):
        lines = (LAB / name).read_text("utf-8").splitlines()
        assert all("--hash=sha256:" in line for line in lines if not line.startswith("#"))


def test_the_tab_is_complete_by_its_own_lock_file(tab):
    lock = json.loads((tab / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    for package in lock["packages"].values():
        content = (tab / "pyodide" / package["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == package["sha256"], package["name"]
        for need in package["depends"]:
            assert need.replace("_", "-") in lock["packages"], package["name"]


def test_no_file_of_the_tab_is_larger_than_twelve_megabytes(tab):
    sizes = {path: path.stat().st_size for path in tab.rglob("*") if path.is_file()}
    assert {path for path, size in sizes.items() if size > 12e6} == set()
    assert sum(sizes.values()) < 90e6


def test_students_find_the_eight_lessons_as_they_are_released(tab):
    for released in sorted((ROOT / "release").glob("*/*.ipynb")):
        there = tab / "files" / released.relative_to(ROOT / "release")
        assert there.read_bytes() == released.read_bytes()
    assert len(list((tab / "files").glob("0*/*.ipynb"))) == 8


# ---- its Python


def test_verdicts_in_the_tab_are_those_of_any_python(found):
    said = found["verdicts"]
    here = json.loads(json.dumps(tab_verdicts.verdicts(tab_verdicts.chosen(every=EVERY))))
    assert len(said) >= 63
    different = {
        (name, way): (here[name][way], said[name][way])
        for name in here
        for way in here[name]
        if here[name][way] != said[name][way]
    }
    assert different == {}


def test_every_solution_is_right_in_the_tab(found):
    assert [
        name for name, ways in found["verdicts"].items() if not ways["solution"]["passed"]
    ] == []


def test_the_tab_asks_the_same_questions_at_the_end_of_a_lesson(found):
    assert found["questions"] == tab_verdicts.questions()


@pytest.mark.parametrize("loop", ["for_ever", "for_ever_through", "for_ever_deep"])
def test_an_endless_answer_is_stopped_within_five_seconds_and_named(found, loop):
    seconds, passed, said = found["stopped"][loop]
    assert not passed and seconds < 5
    assert "2 s" in said or "took" in said


def test_an_overflow_is_told_of_where_numpy_tells_nothing(found):
    assert found["numpy warns"] == 0  # or nothing is shown by what follows
    assert found["verdicts"]["activations.sigmoid"]["solution"]["passed"]


def test_the_list_of_fonts_is_brought_along(found):
    assert found["fonts"] == []
