"""Run notebooks both ways, in a kernel and in a forked shell, and compare what their cells show.

    python tests/fast_equal.py [--all] [NAME ...]

Without arguments the odd cells (`odd_cells`) and the lessons 4 and 5; `--all` takes every lesson.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from odd_cells import ODD
from traitlets.config import Config

from autograder.plugins import configure
from autograder.plugins.evidence import KEY, DrawInputs, ExecuteWithLimits

ROOT = Path(__file__).resolve().parents[1]
QUICK = ("04-two-two-one", "05-mazur")
#: What is different each time anyhow: addresses, temporary names, numbers of processes, times.
STRIPPED = (
    # of a coroutine the collector tells where it happens to meet it
    (r"\S+:\d+: RuntimeWarning: coroutine '\w+' was never awaited\n(  .*\n)?(RuntimeWarning: Enable tracemalloc.*\n)?", ""),
    (r"0x[0-9a-f]{6,}", "0x"), (r"/tmp/[\w./-]+", "/tmp/x"), (r"ipykernel_\d+", "ipykernel_0"), (r'"seconds":[\d.e-]+', '"seconds":0'),
    (r"\b\d+(\.\d+)?(e-?\d+)? ?(ns|µs|μs|us|ms|s|min)\b", "T"), (r"\d+(\.\d+)?( ±[^/]*)? per loop", "T per loop"), (r"Wall time: .*|CPU times: .*|in \d[\d.]* seconds.*|\d[\d.e-]* seconds", "T"),
    (r"\r[^\r\n]*\d+/\d+ \[[^\]]*\]", ""), (r"\d+(\.\d+)? times as (fast|long)", "T times as fast"),  # bars of progress, and what a cell times
    (r"pid[ =:]*\d+", "pid"), (r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}(_[\d_]+)?", "uuid"),
)  # fmt: skip

#: Cells that show something else in a shell, and why.
FORKS = "pid = os.fork()\nif pid == 0:\n    print('child'); __import__('sys').stdout.flush(); os._exit(0)\nos.waitpid(pid, 0)[1]"
KNOWN = {
    **({FORKS: "Python warns of a fork beside threads; a kernel has them, the shell has none."} if sys.version_info >= (3, 12) else {}),
    "sys.stdout.write('no line end'), sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.fileno()":
        "The number of the file descriptor is 1; a kernel shows that of a copy.",
    "sys.stdout.write(5)": "The traceback shows the line of our own program that refuses it.",
    "display({'application/json': float('nan')}, raw=True)": "The warning names the line of our own program.",
    "%connect_info": "There is no connection.",
    "ip.kernel.session.send(ip.kernel.iopub_socket, 'stream', {'name': 'stdout', 'text': 'by hand'})":
        "What Jupyter's inner `send` returns has no tracker of ZeroMQ.",
    "ip.kernel.send_response(ip.kernel.iopub_socket, 'display_data', {'data': {'text/plain': 'r'}, 'metadata': {}})":
        "The same.",
}  # fmt: skip


def lesson(name: str) -> NotebookNode:
    """A lesson's source notebook, with the checks rewritten as a grading does."""
    nb = nbformat.read(ROOT / "source" / name / f"{name}.ipynb", 4)
    DrawInputs(seed=11).preprocess(nb, {})
    return nb


def odd(name: str) -> NotebookNode:
    """A notebook of odd cells."""
    return new_notebook(cells=[new_code_cell(source) for source in ODD[name]])


def run(nb: NotebookNode, fast: bool) -> NotebookNode:
    """A copy of a notebook, run one way or the other."""
    nb, config = copy.deepcopy(nb), Config()
    configure(config)
    config.ExecuteWithLimits.fast = fast
    with tempfile.TemporaryDirectory() as folder:
        execute = ExecuteWithLimits(config=config)
        if fast and execute.why_slow():
            raise RuntimeError(execute.why_slow())
        execute.preprocess(nb, {"metadata": {"path": folder}})
    return nb


class Plain:
    """What a notebook shows, without what differs from one run to the next."""

    def __init__(self, nb: NotebookNode):
        self._ids: dict[str, str] = {}
        self.cells = [self._cell(cell) for cell in nb.cells if cell.cell_type == "code"]
        self.widgets = self._plain(dict(nb.metadata).get("widgets", {}))

    def _cell(self, cell: NotebookNode) -> dict:
        shown: list[dict] = []
        for output in map(dict, cell.outputs):
            # how a stream is cut, and which of two comes first, is a matter of time in a kernel
            run = len(shown)
            while run and shown[run - 1]["output_type"] == output["output_type"] == "stream":
                run -= 1
            before = next((one for one in shown[run:] if one["name"] == output.get("name")), None)
            if before and output["output_type"] == "stream":
                before["text"] += output["text"]
            else:
                shown.append(output)
                shown[run:] = sorted(shown[run:], key=lambda one: one.get("name", ""))
        told = self._plain({"count": cell.execution_count, "shows": shown})
        told["shows"] = [one for one in told["shows"] if one.get("text") != ""]
        return told

    def _plain(self, value):
        if isinstance(value, dict):
            return {self._plain(key): self._plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._plain(item) for item in value]
        if not isinstance(value, str):
            return value
        for pattern, instead in STRIPPED:
            value = re.sub(pattern, instead, value)
        named = lambda found: self._ids.setdefault(found[0], f"id-{len(self._ids)}")
        return re.sub(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", named, value)


def differences(nb: NotebookNode) -> list[tuple[int, str, object, object]]:
    """The cells that show something else when they are run in a shell: number, source, what the
    kernel shows, what the shell shows."""
    slow, fast = Plain(run(nb, False)), Plain(run(nb, True))
    sources = [
        cell.metadata.get(KEY, {}).get("source", cell.source)
        for cell in nb.cells
        if cell.cell_type == "code"
    ]
    found = [
        (number, source, one, other)
        for number, (source, one, other) in enumerate(
            zip(sources, slow.cells, fast.cells, strict=True)
        )
        if one != other
    ]
    if slow.widgets != fast.widgets:
        found.append((-1, "the states of the widgets", slow.widgets, fast.widgets))
    return found


def main() -> int:
    """Compare, print the differences, and give 1 where there are some."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("lessons", nargs="*", help="names of lessons, or of groups of odd cells")
    arguments.add_argument("--all", action="store_true", help="every lesson, and the odd cells")
    asked = arguments.parse_args()
    every = sorted(path.name for path in (ROOT / "source").iterdir())
    chosen = asked.lessons or [*ODD, *(every if asked.all else QUICK)]
    cells = known = differing = 0
    for name in chosen:
        nb = odd(name) if name in ODD else lesson(name)
        found = differences(nb)
        count = sum(cell.cell_type == "code" for cell in nb.cells)
        print(f"{name}: {count} code cells, {len(found)} differ", flush=True)
        for number, source, one, other in found:
            print(
                f"  cell {number}: {source[:200]!r}\n    why    {KNOWN.get(source, '?')}\n    kernel {json.dumps(one)[:1500]}\n    shell  {json.dumps(other)[:1500]}",
                flush=True,
            )
        unknown = [source for _, source, *_ in found if source not in KNOWN]
        cells, known, differing = (
            cells + count,
            known + len(found) - len(unknown),
            differing + len(unknown),
        )
    print(f"{cells} code cells; {known} differ as is known, {differing} differ otherwise")
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
