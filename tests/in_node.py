"""The JavaScript of the widgets in node, where no browser is needed: its functions are called with
JSON, and answer with JSON."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

#: Reads [data] from its input, calls `work(esm, data)`, and writes what comes back.
RUN = """
import {{ readFileSync }} from "node:fs";
{before}
const esm = await import({module});
const work = {work};
const text = JSON.stringify(await work(esm, JSON.parse(readFileSync(0, "utf-8"))));
process.stdout.write(text);
"""


def node():
    """The node of this machine, or the one that Playwright brings along."""
    found = shutil.which("node")
    if found is None:
        try:
            from playwright._impl._driver import compute_driver_executable

            driver = compute_driver_executable()
            found = driver[0] if isinstance(driver, tuple) else driver
        except ImportError:
            pass
    if found is None or not Path(found).exists():
        if os.environ.get("CI") == "true":
            pytest.fail("there is no node, and Playwright brings none", pytrace=False)
        pytest.skip("there is no node, and Playwright brings none")
    return found


def in_node(widget, work, data, folder, before=""):
    """Call a function of JavaScript with the module of a widget.

    Parameters
    ----------
    widget : type
        Its `_esm` is what a notebook would load.
    work : str
        A function `(esm, data) => result`.
    data : object
        What JSON can hold, as what comes back.
    folder : pathlib.Path
        Where the module may be written.
    before : str
        JavaScript that stands before the import: what a page would have.
    """
    executable, module = node(), folder / f"{widget.__name__}.mjs"
    module.write_text(widget._esm, encoding="utf-8")
    script = folder / "run.mjs"
    script.write_text(
        RUN.format(before=before, module=json.dumps(module.as_uri()), work=work), encoding="utf-8"
    )
    done = subprocess.run(
        [executable, script], input=json.dumps(data), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
