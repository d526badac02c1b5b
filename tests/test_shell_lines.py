"""In the grading kernel there is no shell: a line for one says so in one line, and its cell goes
on."""

import sys

import pytest
from test_kernel import run

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="kernels are locked in on Linux only"
)
SAID = "shell lines do not run while a submission is graded"
LINES = [
    "!ls",
    "!pip install emoji",
    "%pip install emoji",
    "%conda install emoji",
    "!cd ..",
    "%ls",
    "%system ls",
    "%man ls",
    "get_ipython().system('ls')",
    "!sleep 9 &",
]
CELLS = [
    "%%bash\nls",
    "%%sh\nls",
    "%%script bash\nls",
    "%%bash --out text\nls",
    "%%!\nls",
    "%%perl\nprint 1",
]
ABSENT = ["%matplotlib widget", "%load_ext not_there", "%not_there 1"]
VALUES = {
    "f = !ls\nf": "[]",
    "f = %sx ls\nf": "[]",
    "get_ipython().getoutput('ls', split=False)": "''",
    "%%bash --out text\nls": "",
    "text": "''",
    "%timeit -n1 -r1 1 + 1\n7": "7",
}


@pytest.fixture(scope="module")
def shown():
    """What each cell shows, all of them run in one kernel."""
    cells = [f"{line}\nprint('goes on')" for line in (*LINES, *ABSENT)] + [*CELLS, *VALUES]
    outputs, used = run(*cells)
    if not used.locked:
        pytest.skip("kernels are not locked in here, so there is a shell")
    return dict(zip((*LINES, *ABSENT, *CELLS, *VALUES), outputs, strict=True))


@pytest.mark.parametrize("line", LINES)
def test_a_shell_line_says_that_it_does_not_run_and_the_cell_goes_on(shown, line):
    first, *rest = shown[line].splitlines()
    assert first.startswith(f"{SAID}: ")
    assert rest[-1:] == ["goes on"]
    assert "/" not in first


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_for_a_shell_says_so_and_runs_nothing(shown, cell):
    assert shown[cell].startswith(f"{SAID}: ")


@pytest.mark.parametrize("line", ABSENT)
def test_a_magic_that_is_not_installed_where_work_is_graded_stops_no_cell(shown, line):
    assert "while a submission is graded" in shown[line]
    assert shown[line].endswith("goes on\n")


@pytest.mark.parametrize("cell", VALUES)
def test_what_a_shell_would_have_given_is_empty(shown, cell):
    assert shown[cell].endswith(VALUES[cell])
