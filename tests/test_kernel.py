"""The grading kernel: what stands around a student's code, what it can see, and what is left of it
afterwards."""

import ast
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from traitlets.config import Config

from autograder.kernel import parent, provisioner, view
from autograder.kernel.parent import LAYERS, NoWarmParent, WarmParent
from autograder.kernel.provisioner import KERNEL, GradingKernelManager, NotLocked
from autograder.kernel.stage import COPIED, stage

ROOT = Path(__file__).resolve().parents[1]
EMPTY = None

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="kernels are forked and locked in on Linux only"
)


@pytest.fixture(scope="module", autouse=True)
def empty(tmp_path_factory):
    """Where the cells run that bring no files."""
    global EMPTY
    EMPTY = tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def warm():
    found = WarmParent()
    if not found.walls:
        found.close()
        reason = f"The walls do not stand here: {found.missing['files']}"
        (
            pytest.fail(reason, pytrace=False)
            if os.environ.get("CI") == "true"
            else pytest.skip(reason)
        )
    provisioner._parents[(os.getpid(), ())] = found
    yield found
    provisioner._parents.clear()
    found.close()


def run(*cells, cwd=None, timeout=20, **settings):
    """Run cells in a grading kernel. Returns the outputs of each as a list of texts, and the
    client."""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    config = Config({"LockedProvisioner": settings})
    resources = {"metadata": {"path": str(cwd or tempfile.mkdtemp(dir=EMPTY))}}
    client = NotebookClient(nb, kernel_name=KERNEL, kernel_manager_class=GradingKernelManager, timeout=timeout, allow_errors=True,
                            config=config, resources=resources, shutdown_kernel="immediate", interrupt_on_timeout=True,
                            error_on_timeout={"ename": "Late", "evalue": "late", "traceback": []})  # fmt: skip
    client.km = client.create_kernel_manager()
    made = client.km
    try:
        client.execute()
    except DeadKernelError:
        pass
    shown = [
        [
            o.get("text") or o.get("evalue") or o.get("data", {}).get("text/plain", "")
            for o in cell.outputs
        ]
        for cell in nb.cells
    ]
    return ["".join(texts) for texts in shown], made.provisioner


def said(cell, **settings):
    """What one cell shows."""
    return run(cell, **settings)[0][0]


def test_on_a_machine_with_bubblewrap_every_layer_is_on(warm):
    _, used = run("1")
    assert warm.walls
    assert used.locked
    assert said("1", required=["all"]) == "1"


@pytest.mark.parametrize("path", [
    str(ROOT / "autograder" / "exercises" / "__init__.py"), str(ROOT / "course" / "network.py"), str(ROOT / "course" / "lessons"),
    str(ROOT / "source"), str(ROOT / "README.md"), "/etc/passwd", "/etc/shadow", "/usr/bin/env", "/var/lib", "/root/.ssh",
])  # fmt: skip
def test_nothing_but_python_and_the_data_can_be_read(warm, path):
    assert said(f"import os; os.path.exists({path!r})") == "False"


def test_on_the_way_to_python_there_is_nothing_else(warm):
    """Wherever Python and its packages lie, the folders that lead there show the way and no
    more."""
    ways = {
        place
        for path in (sys.prefix, sys.base_prefix)
        for place in Path(path).parents
        if not str(place).startswith("/usr")
    }
    cell = (
        f"import os; print([p for p in {sorted(map(str, ways - {Path('/'), Path('/tmp')}))} if"
        " len(os.listdir(p)) > 2])"
    )
    assert said(cell) == "[]\n"


@pytest.mark.parametrize("name", [
    "course.network", "course.activations", "course.losses", "course.graph", "course.expression", "course.steps", "course.making.build",
    "autograder.exercises", "autograder.judging.judge", "autograder.exercises.exercise", "autograder.judging.compare", "autograder.plugins",
])  # fmt: skip
def test_what_could_compute_an_answer_is_absent_and_the_error_says_why(warm, name):
    room = ".".join(name.split(".")[:2])  # the whole room is absent
    why = "is not there while a submission is graded: the work itself is asked for"
    assert said(f"import {name}") == f"{room} {why}"


@pytest.mark.parametrize("name", ["torch", "jax", "autograd", "sympy"])
def test_libraries_that_differentiate_are_absent(warm, name):
    assert "is not there while a submission is graded" in said(f"import {name}")


def test_packages_that_the_course_does_not_need_are_not_there(warm):
    assert said("import nbgrader") == "No module named 'nbgrader'"
    assert said("import sqlalchemy") == "No module named 'sqlalchemy'"


def test_every_module_that_a_lesson_imports_can_be_imported(warm):
    """The locked first cell of each lesson runs without an error."""
    setups = []
    for path in sorted((ROOT / "source").glob("*/*.ipynb")):
        cells = nbformat.read(path, 4).cells
        setups += [
            cell.source
            for cell in cells
            if cell.cell_type == "code" and "setup" in cell.metadata.get("tags", [])
        ]
    assert len(setups) >= 8
    shown, _ = run(*setups)
    assert shown == [""] * len(setups)


def test_pictures_take_anything_and_stay_blank(warm):
    cell = """
from course.widgets import BackpropStepper
from course.plots.xor_regions import draw_surface
stepper = BackpropStepper([1], x=2)
stepper.play().and_so_on
draw_surface(None)
stepper"""
    assert said(cell) == "(a picture; blank while a submission is graded)"


def test_helpers_that_compute_can_be_imported_but_not_called(warm):
    shown, _ = run(
        "from course.gradcheck import numeric_gradient", "numeric_gradient(lambda v: 0.0, 1.0)"
    )
    assert shown == [
        "",
        (
            "course.gradcheck.numeric_gradient is not there while a submission is graded: the work"
            " itself is asked for"
        ),
    ]


def test_the_data_are_real(warm):
    assert said("from course import mnist; mnist.labels('test', 0, 3).tolist()") == "[7, 2, 1]"
    assert said("from course import data; data.vehicles().X.shape") == "(6, 3)"


def test_there_is_no_network(warm):
    assert (
        "unreachable"
        in said("import socket; socket.create_connection(('192.0.2.1', 80), 2)").lower()
    )
    # netlink, packet, crypto, virtual machine's host
    shown = said("import socket; [socket.socket(f) for f in (16, 17, 38, 40)]")
    assert "not supported" in shown


def test_one_scratch_folder_can_be_written_and_nothing_else(warm):
    cell = """
import os
refused = []
for place in ("/", "/run/kernels", "/dev", "/usr", "/usr/lib", "/program", os.path.dirname(os.__file__), os.path.dirname(__import__("numpy").__file__)):
    try:
        open(os.path.join(place, "x"), "w").close()
    except OSError:
        refused.append(place)
open("mine", "w").write("here"), open("/tmp/mine", "w").write("here")
print(len(refused), open("mine").read(), os.getcwd())"""
    assert said(cell) == "8 here /scratch\n"
    assert (
        said("import os; [os.path.exists(p) for p in ('mine', '/tmp/mine', '/dev/shm/mine')]")
        == "[False, False, False]"
    )


def test_the_files_of_a_submission_are_in_the_scratch_folder_and_its_links_are_not(warm, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine.csv").write_text("1,2")
    (tmp_path / "notebook.ipynb").write_text("{}")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")
    cell = (
        "import os; print(open('data/mine.csv').read(), sorted(n for n in os.listdir() if n[0] !="
        " '.'))"
    )
    assert said(cell, cwd=tmp_path) == "1,2 ['data']\n"


def test_files_that_do_not_fit_are_left_out_and_named(warm, tmp_path, caplog):
    (tmp_path / "big.bin").write_bytes(bytes(12 << 20))
    assert (
        said(
            "import os; print(sorted(n for n in os.listdir() if n[0] != '.'))",
            cwd=tmp_path,
            scratch_mb=8,
        )
        == "[]\n"
    )
    assert (
        "big.bin and later files of the submission were left out: No space left on device"
        in caplog.text
    )


def test_memory_is_limited_and_the_reason_is_told(warm):
    shown, used = run("x = bytearray(700 << 20); import time; time.sleep(5)", "1", memory_mb=400)
    assert shown[1] == ""
    assert used.why == "the notebook used more than 400 MB of memory"
    assert "MemoryError" in said(
        "try:\n    bytearray(3 << 30)\nexcept MemoryError as e:\n    print(repr(e))",
        address_mb=3000,
    )


def test_time_is_limited_for_the_whole_notebook(warm):
    started = time.monotonic()
    _, used = run("import time; time.sleep(60)", wall_seconds=2)
    assert used.why == "the notebook took longer than 2 s"
    assert time.monotonic() - started < 15


def test_processes_files_and_the_scratch_folder_are_limited(warm):
    cell = """
import os, time, warnings
warnings.simplefilter("ignore")  # Python 3.12 and newer warn of a fork beside threads
started = 0
try:
    while started < 500:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        started += 1
except OSError as problem:
    print(problem.errno == 11, 5 < started < 40)"""
    assert said(cell, processes=40) == "True True\n"
    assert "Errno 27" in said("open('big', 'wb').write(bytes(3 << 20))", file_mb=2)
    many = "for k in range(20):\n    open(f'{k}', 'wb').write(bytes(1 << 20))"
    assert "No space left" in said(many, scratch_mb=8)


def test_nothing_that_a_submission_started_is_left(warm):
    mark = f"survivor-{os.getpid()}"
    cell = f"""
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import ctypes
        ctypes.CDLL(None).prctl(15, b"{mark[:15]}")
        time.sleep(600)
    os._exit(0)
"""
    run(cell)
    time.sleep(0.3)
    assert [p for p in psutil.process_iter(["name"]) if p.info["name"] == mark[:15]] == []
    assert list(warm.run.iterdir()) == []


def test_the_parent_cannot_be_signalled_and_the_next_kernel_starts(warm):
    cell = """
import os, signal
for pid in range(1, 400):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
os.kill(-1, signal.SIGKILL)"""
    run(cell)
    assert warm.alive
    assert said("1 + 1") == "2"


def test_no_process_can_be_looked_into(warm):
    cell = """
import os
seen = []
for pid in filter(str.isdigit, os.listdir("/proc")):
    for name in ("mem", "environ", "maps"):
        try:
            seen.append((pid, name, open(f"/proc/{pid}/{name}", "rb").read(1)))
        except OSError:
            pass
mine = os.readlink("/proc/self")
print([entry for entry in seen if entry[0] != mine])"""
    assert said(cell) == "[]\n"


@pytest.mark.parametrize("call", ["unshare(0x10000000)", "mount(b'none', b'/scratch', b'tmpfs', 0, None)", "ptrace(0, 0, 0, 0)",
                                  "umount2(b'/tmp', 2)", "chroot(b'/scratch')", "setuid(0)"])  # fmt: skip
def test_system_calls_that_reach_out_are_refused(warm, call):
    assert said(f"import ctypes; ctypes.CDLL(None).{call}") == "-1"


#: An environment whose folder bubblewrap, or each kernel, covers with one of its own; and one
#: behind a link.
ELSEWHERE = """
import os, sys, tempfile
sys.path.insert(0, {tests!r})
import test_kernel
test_kernel.EMPTY = tempfile.mkdtemp()
cells = ["import numpy, ipykernel.comm, IPython.core.magics.script; print(numpy.__file__)", "from matplotlib import pyplot as plt; plt.plot([1]); 5",
         f"import os; print(os.path.exists({outer!r}))\\nopen(os.path.join({folder!r}, 'mine'), 'w')"]
print(test_kernel.run(*cells, required=["all"])[0])
"""


def test_python_may_lie_below_the_temporary_folder_behind_a_link_with_spaces_and_accents(
    warm, tmp_path
):
    real, place = tmp_path / "Übung", tmp_path / "Link für alle"
    real.mkdir()
    place.symlink_to(real)
    (real / "secret").write_text("a secret")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place / "venv")], check=True)
    site = next((place / "venv").glob("lib/python3*/site-packages"))
    (site / "packages.pth").write_text(
        f"{ROOT}\n{sysconfig.get_path('purelib')}\n", encoding="utf-8"
    )
    program = ELSEWHERE.format(
        tests=str(ROOT / "tests"), outer=str(place / "secret"), folder=str(place)
    )
    done = subprocess.run(
        [place / "venv" / "bin" / "python", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    numpy, drawn, seen = ast.literal_eval(done.stdout)
    assert numpy == f"{site}/numpy/__init__.py\n" and drawn == "5"
    assert seen.startswith("False\n") and "Read-only file system" in seen


@pytest.mark.parametrize(("prefix", "found"), [
    ("/scratch/me/venv", ("/scratch-of-the-grader", "/program", "/run/kernels")), ("/usr/local/venv", ("/scratch", "/program", "/run/kernels")),
])  # fmt: skip
def test_no_folder_of_the_walls_has_the_name_of_one_that_holds_python(monkeypatch, prefix, found):
    monkeypatch.setattr(view.sys, "prefix", prefix)
    assert view.places() == found


def test_a_kernel_that_does_not_start_says_why_in_the_error_itself(warm):
    with pytest.raises(
        NoWarmParent,
        match=(
            r"^The grading kernel could not start: (\w+: .* \(\w+\.py, line \d+\)|it ended at once,"
            r" by signal)"
        ),
    ):
        run("1", address_mb=10)
    limits = {
        name: trait.default_value
        for name, trait in provisioner.LockedProvisioner.class_traits().items()
    }
    limits = {name: value for name, value in limits.items() if isinstance(value, int)}
    with pytest.raises(
        NoWarmParent,
        match=r"^The grading kernel could not start: FileNotFoundError: .* \(warm\.py, line \d+\)$",
    ):
        warm.kernel("a-folder-that-is-not-there", {}, [], limits, {}, EMPTY)
    warm.place("options")
    with pytest.raises(
        NoWarmParent, match="could not start: it ended with status 1: are its options right"
    ):
        warm.kernel("options", {"transport": "pigeon"}, [], limits, {}, EMPTY)


def test_walls_that_cannot_be_built_are_off_and_the_reason_is_bubblewraps_own(monkeypatch):
    monkeypatch.setattr(parent.view, "walls", lambda *given: ["--ro-bind", "/no/such/folder", "/x"])
    found = WarmParent()
    try:
        assert found.missing["files"].startswith("bubblewrap does not work here: bwrap: ")
        assert "/no/such/folder" in found.missing["files"]
    finally:
        found.close()


def test_a_kernel_is_interrupted_when_a_cell_is_late_and_goes_on(warm):
    shown, _ = run("import time; time.sleep(60)", "2", timeout=2)
    assert shown[1] == "2"


def test_two_kernels_share_no_random_numbers(warm):
    cell = "import random, numpy; print(random.random(), numpy.random.random())"
    assert said(cell) != said(cell)


def test_the_environment_tells_nothing_about_the_grader(warm, monkeypatch):
    monkeypatch.setenv("DATABASE_PASSWORD", "secret")
    shown = said("import os; print(dict(os.environ))")
    assert "secret" not in shown
    assert str(ROOT) not in shown


def test_an_instructor_can_show_more_packages():
    shown = said("import sqlalchemy; sqlalchemy.__name__", packages=["sqlalchemy"])
    assert shown == "'sqlalchemy'"
    provisioner._parents.pop((os.getpid(), ("sqlalchemy",))).close()


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(
        ValueError, match="no-such-package is to be shown to graded notebooks, but is not installed"
    ):
        view.paths_of(["no-such-package"])


def test_without_bubblewrap_the_grader_says_what_is_off_and_what_still_holds(monkeypatch, caplog):
    monkeypatch.setattr(parent.shutil, "which", lambda name: None)
    found = WarmParent()
    monkeypatch.setattr(provisioner, "_parents", {(os.getpid(), ()): found})
    monkeypatch.setattr(provisioner, "_said", set())
    try:
        shown, used = run("from course.network import Network", "import torch", "1")
        assert "is not there while a submission is graded" in shown[0]
        assert "is not there while a submission is graded" in shown[1]
        assert shown[2] == "1"
        assert {"files", "network", "separate"} <= set(used.missing)
        assert "limits" not in used.missing
        assert "bubblewrap is not installed" in caplog.text
        with pytest.raises(
            NotLocked, match=r"asks for protection that is off here: files .*Nothing was run"
        ):
            run("1", required=["files"])
    finally:
        found.close()


def test_a_layer_that_does_not_exist_cannot_be_required(warm):
    with pytest.raises(NotLocked, match="names moat; the layers are files, network"):
        run("1", required=["moat"])


def test_where_nothing_can_be_forked_an_ordinary_process_sees_the_stand_ins(monkeypatch, caplog):
    def none_here(packages):
        raise NoWarmParent("kernels are forked on Linux only, and this is elsewhere")

    monkeypatch.setattr(provisioner, "_parent", none_here)
    monkeypatch.setattr(provisioner, "_said", set())
    shown, used = run(
        "from course.network import Network",
        "from course.widgets import BackpropStepper",
        "import sympy",
        "1",
    )
    assert "is not there while a submission is graded" in shown[0]
    assert shown[1] == ""
    assert "is not there while a submission is graded" in shown[2]
    assert shown[3] == "1"
    assert all(f"Protection off: {name}" in caplog.text for name in LAYERS)
    with pytest.raises(NotLocked):
        run("1", required=["all"])


def test_a_dead_warm_parent_is_replaced(monkeypatch):
    monkeypatch.setattr(provisioner, "_parents", {})
    assert said("1") == "1"
    (first,) = provisioner._parents.values()
    first.process.stdin.close()
    first.process.wait(10)
    assert said("2") == "2"
    (second,) = provisioner._parents.values()
    assert second is not first
    first.close()
    second.close()


def test_kernels_end_with_a_grader_that_is_killed(tmp_path):
    """And its folder is swept by the next one."""
    program = """
import os, sys, time
from autograder.kernel.parent import WarmParent
p = WarmParent()
print(p.folder, p.process.pid, flush=True)
time.sleep(600)"""
    grader = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    folder, pid = grader.stdout.readline().split()
    started = [psutil.Process(int(pid)), *psutil.Process(int(pid)).children(recursive=True)]
    grader.kill()
    grader.wait()
    psutil.wait_procs(started, timeout=10)
    assert not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in started
    )
    assert Path(folder).exists()
    WarmParent().close()
    assert not Path(folder).exists()


def test_no_answer_is_staged(tmp_path):
    """What is put behind the walls names no solution and imports nothing that has one."""
    stage(tmp_path)
    modules = {
        str(path.relative_to(tmp_path / "packages"))
        for path in (tmp_path / "packages").rglob("*.py")
    }
    stand_ins = {"course/__init__.py", "course/_blank.py", "autograder/__init__.py"}
    assert modules == stand_ins | {name for name in COPIED if name.endswith(".py")}
    staged = "".join((tmp_path / "packages" / name).read_text(encoding="utf-8") for name in modules)
    for answers in (
        "autograder.exercises",
        "autograder.judging.judge",
        "course.network",
        "course.activations",
        "course.graph",
    ):
        assert f"import {answers}" not in staged
        assert f"from {answers}" not in staged


def test_the_kernelspec_is_one_that_jupyter_reads():
    spec = GradingKernelManager(kernel_name=KERNEL).kernel_spec
    assert spec.language == "python"
    assert spec.metadata["kernel_provisioner"]["provisioner_name"] == "backprop-locked"
    assert json.loads(
        (ROOT / "autograder" / "kernel" / "kernels" / KERNEL / "kernel.json").read_text()
    )["argv"]


CLOSED = """
import os, select, socket, subprocess, sys, time
import warm
here, there = socket.socketpair()
ended = subprocess.Popen([sys.executable, "-c", ""]).pid
os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)

def nothing_yet(*told):
    there.close()  # between two looks
    return [], [], []

select.select = nothing_yet
warm._watch(here, ended, {})
print("quiet")
"""


def test_a_grader_that_is_done_with_a_kernel_a_moment_before_it_ends_hears_no_more_of_it():
    room = Path(parent.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", CLOSED], cwd=room, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("quiet\n", "")
