"""What the type checkers see, and what is said where nothing can be looked at.

The types themselves are looked at by .ci/types, the layout by .ci/layout; both need node.
"""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / ".ci" / "node"
CONFIG = ROOT / "course" / "tsconfig.json"
PACKAGES = ("course", "autograder")
SCRIPTS = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.js"))
EXPORTED = re.compile(
    r"export (?:async )?(?:function \w|class \w|const \w+ = (?:\(.*\) =>|\w+ =>|\($))"
)


def test_every_script_of_both_packages_is_looked_at():
    included = json.loads(CONFIG.read_text("utf-8"))["include"]
    above = [pattern.removeprefix("../") for pattern in included if pattern.startswith("../")]
    below = [pattern for pattern in included if not pattern.startswith("../")]
    seen = {path for pattern in below for path in CONFIG.parent.glob(pattern)}
    seen |= {path for pattern in above for path in ROOT.glob(pattern)}
    assert len(SCRIPTS) > 30
    assert [str(path.relative_to(ROOT)) for path in SCRIPTS if path not in seen] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_script_is_spared_and_what_it_hands_out_is_described(script):
    text = script.read_text("utf-8")
    assert re.findall(r"@ts-(?:nocheck|ignore|expect-error)", text) == []
    lines = text.splitlines()
    bare = [
        line
        for above, line in zip(["", *lines], lines)
        if EXPORTED.match(line) and not above.endswith("*/")
    ]
    assert bare == []


PYRIGHT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pyright"]
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
OVERLOOKED = re.compile(r"# *(?:pyright|type): *ignore.*")
LOWERED = re.compile(r"^ *# *pyright: *(?!ignore).*", re.MULTILINE)


def test_every_module_of_both_packages_is_read_but_in_the_rooms_that_are_named():
    """A name that is none of a room, pyright passes over in silence."""
    assert sorted(PYRIGHT["include"]) == sorted(PACKAGES)
    rooms = [*PYRIGHT["exclude"], *PYRIGHT["strict"]]
    assert [room for room in rooms if not (ROOT / room).is_dir()] == []


def test_where_right_and_wrong_are_decided_every_type_is_known():
    assert {"autograder/evidence", "autograder/judging"} <= {*PYRIGHT["strict"]}
    strict = [path for room in PYRIGHT["strict"] for path in (ROOT / room).rglob("*.py")]
    assert len(strict) > 30
    assert [path.name for path in strict if LOWERED.search(path.read_text("utf-8"))] == []


def test_what_pyright_overlooks_is_little_and_says_why():
    told = [line for path in MODULES for line in OVERLOOKED.findall(path.read_text("utf-8"))]
    reasoned = re.compile(r"# pyright: ignore\[report\w+\]  # \S.*")
    assert [line for line in told if not reasoned.fullmatch(line)] == []
    assert len(told) < 6


def test_what_comes_from_npm_is_pinned_by_what_it_is_and_not_by_where_it_lies():
    wanted = json.loads((NODE / "package.json").read_text("utf-8"))["devDependencies"]
    locked = json.loads((NODE / "package-lock.json").read_text("utf-8"))["packages"]
    found = {name.removeprefix("node_modules/"): pin for name, pin in locked.items() if name}
    assert wanted.items() <= {name: pin["version"] for name, pin in found.items()}.items()
    assert [name for name, pin in found.items() if not pin["integrity"].startswith("sha512-")] == []
    assert [name for name, pin in found.items() if "resolved" in pin] == []


@pytest.mark.parametrize(
    "script, subject",
    [("types", "The types were"), ("layout", "The layout of the JavaScript was")],
)
def test_without_node_it_is_said_in_one_sentence_and_nothing_fails(tmp_path, script, subject):
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")  # all that is on the PATH
    done = subprocess.run(
        ["/bin/sh", ROOT / ".ci" / script],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"{subject} not looked at: there is no node.\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
