"""Lessons as they are after Run All on what students get: their outputs, the state of their
pictures, what was recorded of them.

It runs in the course's own environment. What was executed once is kept in a folder that git
ignores, under a name made of everything it came from.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
#: What an executed lesson depends on, beside its notebook.
SOURCES = ("course/**/*.py", "course/**/*.js", "course/**/*.css", "autograder/**/*.py",
           "autograder/**/*.toml", "site/reading/record*.py", "site/reading/execute.py")  # fmt: skip

#: What running code reads of the lessons' texts: headings, and model answers in the code.
SAID = re.compile(r"^```\{code-cell\}$.*?^```$|^#{1,4} [^\n]*$", re.MULTILINE | re.DOTALL)


def fingerprint(content: bytes) -> str:
    """A name for what comes of a notebook here."""
    digest = hashlib.sha256(content)
    for package in ("numpy", "matplotlib", "ipywidgets", "anywidget"):
        digest.update(version(package).encode())
    for path in sorted(ROOT.glob("course/lessons/*.md")):
        digest.update("".join(SAID.findall(path.read_text("utf-8"))).encode())
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def kept(content: bytes, name: str, cache: Path) -> Path | None:
    """What an earlier run of a notebook left; None where there was none."""
    done = cache / f"{name}-{fingerprint(content)}"
    return done if (done / "notebook.ipynb").exists() else None


def execute(content: bytes, name: str, cache: Path) -> Path:
    """Run a notebook, or take what an earlier run left.

    Parameters
    ----------
    content : bytes
        The notebook as students get it.
    name : str
        Of the lesson.
    cache : Path
        Where executed notebooks are kept.

    Returns
    -------
    Path
        A folder with ``notebook.ipynb``, the files in ``recorded/``, and ``log.txt``.

    Raises
    ------
    RuntimeError
        If a cell fails: Run All on a release reaches its end.
    """
    cache = cache.resolve()
    if done := kept(content, name, cache):
        return done
    done = cache / f"{name}-{fingerprint(content)}"
    cache.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=cache))
    (work / "recorded").mkdir()
    (work / "run").mkdir()
    (work / "log.txt").touch()
    notebook = nbformat.reads(content.decode("utf-8"), 4)
    first = nbformat.v4.new_code_cell(
        f"import sys; sys.path.append({str(HERE)!r}); import recording;"
        f" recording.install({str(work / 'recorded')!r}, {str(work / 'log.txt')!r})"
    )
    notebook.cells.insert(0, first)
    began = time.monotonic()
    client = NotebookClient(
        notebook,
        timeout=900,
        kernel_name="python3",
        store_widget_state=True,
        allow_errors=True,
        resources={"metadata": {"path": str(work / "run")}},
    )
    client.execute()
    del notebook.cells[0]
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                raise RuntimeError(f"{name}: {output.ename}: {output.evalue}\n{cell.source}")
    tidy(notebook)
    shutil.rmtree(work / "run")
    nbformat.write(notebook, work / "notebook.ipynb")
    with open(work / "log.txt", "a", encoding="utf-8") as log:
        log.write(f"executed in {time.monotonic() - began:.0f} s\n")
    for older in cache.glob(f"{name}-*"):
        if older != work and (older / "notebook.ipynb").exists():
            shutil.rmtree(older, ignore_errors=True)
    os.replace(work, done)
    return done


def tidy(notebook: nbformat.NotebookNode) -> None:
    """Leave in an executed notebook only what a page shows: no numbers of cells, no picture beside
    a live one, no state of what is not shown."""
    wanted = set()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = None
            if VIEW in output.get("data", {}):
                wanted.add(output.data[VIEW]["model_id"])
                for other in [kind for kind in output.data if kind not in (VIEW, "text/plain")]:
                    del output.data[other]
            if output.get("name") == "stdout":
                output.text = output.text.replace("You predicted nothing here. ", "")
    held = notebook.metadata.get("widgets", {}).get(STATE)
    if held is None:
        return
    held["state"] = reachable(held["state"], wanted)


def reachable(state: dict, wanted: set[str]) -> dict:
    """The models that are shown, those that they name, and the links between them."""
    found, todo = set(), list(wanted)
    links = {k: v for k, v in state.items() if v["model_name"].endswith("LinkModel")}
    while todo:
        name = todo.pop()
        if name in found or name not in state:
            continue
        found.add(name)
        # by reference, or by id alone
        todo += re.findall(r"[0-9a-f]{32}", json.dumps(state[name]["state"]))
        if not todo:
            todo += [
                k for k, v in links.items()
                if k not in found and all(
                    v["state"][end][0].removeprefix("IPY_MODEL_") in found
                    for end in ("source", "target")
                )
            ]  # fmt: skip
    return {name: model for name, model in state.items() if name in found}


def main() -> None:
    """Execute one notebook: ``execute.py NOTEBOOK NAME CACHE`` prints the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("name")
    parser.add_argument("cache", type=Path)
    told = parser.parse_args()
    print(execute(told.notebook.read_bytes(), told.name, told.cache))


if __name__ == "__main__":
    sys.exit(main())
