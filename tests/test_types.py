"""What the type checker of the JavaScript sees, and what it says where it cannot look.

The types themselves are looked at by .ci/types, which needs node.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "course" / "tsconfig.json"
PACKAGES = ("course", "autograder")
SCRIPTS = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.js"))
EXPORTED = re.compile(r"export (?:async )?(?:function \w|class \w|const \w+ = (?:\(.*\)|\w+) =>)")


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


def test_without_node_it_is_said_in_one_sentence_and_nothing_fails(tmp_path):
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")  # all that is on the PATH
    done = subprocess.run(
        ["/bin/sh", ROOT / ".ci" / "types"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = "The types of the JavaScript were not looked at: there is no node.\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
