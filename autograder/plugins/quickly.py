"""Run a notebook in a forked shell instead of a kernel, where that can be done.

nbclient's rules for what becomes of a message stay: its own code takes each of them. What is left
out is the way there: starting a kernel, Jupyter's sockets, and waiting for both.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nbclient.client import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import Bool, default

from autograder.kernel.provisioner import KERNEL, GradingKernelManager, LockedProvisioner
from autograder.kernel.shell import Ended, Shell

LINES = "--IPKernelApp.exec_lines="
LANGUAGE = {
    "name": "python",
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}
_said: set[str] = set()


class _Page:
    """What nbclient's widgets take for a client of a kernel: it keeps what they have to say for the
    next cell."""

    def __init__(self):
        self.session = self.shell_channel = self
        self.waiting: list[dict] = []

    def msg(self, kind: str, content: dict, parent: Any = None, metadata: Any = None) -> dict:
        return content

    def send(self, content: dict) -> None:
        self.waiting.append(content)

    def taken(self) -> list[dict]:
        """What waits; the newest state of each widget is enough."""
        newest = {content["comm_id"]: content for content in self.waiting}
        self.waiting = []
        return list(newest.values())


class ShellExecute(Execute):
    """nbgrader's Execute in the grading kernel, or in a forked shell with the same walls."""

    fast = Bool(
        True,
        help="Run notebooks in a shell that is forked for each, where that can be done: on Linux, "
             "in the grading kernel, with no `extra_arguments` but lines to run first. False: "
             "start a kernel for each.",
    ).tag(config=True)  # fmt: skip

    def __init__(self, **kwargs):
        kwargs.setdefault("kernel_manager_class", GradingKernelManager)
        super().__init__(**kwargs)

    @default("kernel_name")
    def _grading_kernel(self) -> str:
        return KERNEL

    def why_slow(self) -> str:
        """Why notebooks are not run in a shell; "" where they are."""
        if not self.fast:
            return "it is switched off (ExecuteWithLimits.fast)"
        if self.kernel_name != KERNEL or self.kernel_manager_class is not GradingKernelManager:
            return f"another kernel is asked for ({self.kernel_name})"
        other = [text for text in self.extra_arguments if not text.startswith(LINES)]
        return f"the kernel has options of its own ({' '.join(other)})" if other else ""

    def run_in_shell(self, nb: NotebookNode, resources: dict) -> bool:
        """Run a notebook in a shell, if that can be done here.

        Returns
        -------
        bool
            Whether it was run. If not, nothing has happened to it.

        Raises
        ------
        NotLocked, NoWarmParent
            As `LockedProvisioner.shell`.
        """
        why, shell = self.why_slow(), None
        if not why:
            folder = Path(resources.get("metadata", {}).get("path") or os.getcwd())
            first = [text.removeprefix(LINES) for text in self.extra_arguments]
            shell = LockedProvisioner(parent=self).shell(folder, first)
            why = "" if shell else "shells are forked on Linux only, from a parent that starts"
        if shell is None:
            if why not in _said:
                _said.add(why)
                self.log.info("Notebooks run in a kernel each, not in a forked shell: %s", why)
            return False
        NotebookClient.__init__(self, nb, None)
        self.reset_execution_trackers()
        self._check_assign_resources(resources)
        self.kc = _Page()
        try:
            self._run_all(shell, nb)
        finally:
            shell.close()
            self.kc = None
        self.set_widgets_metadata()
        return True

    def _run_all(self, shell: Shell, nb: NotebookNode) -> None:
        version = ".".join(map(str, __import__("sys").version_info[:3]))
        nb.metadata["language_info"] = NotebookNode({**LANGUAGE, "version": version})
        for index, cell in enumerate(nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            if self.skip_cells_with_tag in cell.metadata.get("tags", []):
                continue
            if self.is_spared(cell, index):
                continue
            try:
                self._run_one(shell, cell, index)
                more = self.follow_up(cell, index)
                if more is not None:
                    self._run_one(shell, more, index)
                    self.followed(more, index)
            except Ended as ended:
                self.gone(nb, ended.died, ended.why)
                return

    def _run_one(self, shell: Shell, cell: NotebookNode, index: int) -> None:
        """Run a cell, and leave in it what it showed."""
        cell.outputs, self.clear_before_next_output = [], False
        limit = self._get_timeout(cell)

        def late() -> None:
            self.log.error("Timeout waiting for execute reply (%is).", limit)
            self.log.error("Interrupting kernel")

        def take(message: dict) -> None:
            try:
                self.process_message(message, cell, index)
            except Exception as problem:  # of a message that was written by hand
                self.log.debug("A message was not taken: %r", problem)

        reply = shell.ask(cell.source, self.kc.taken(), limit, self.iopub_timeout, take, late)
        content = {**self.error_on_timeout, "status": "error"} if reply.late else reply.content
        self.on_cell_executed(cell=cell, cell_index=index, execute_reply={"content": content})

    def preprocess_cell(self, cell, resources, index):
        """Run a cell in a kernel, and what follows up on it."""
        if self.is_spared(cell, index):
            return cell, resources
        cell, resources = super().preprocess_cell(cell, resources, index)
        more = self.follow_up(cell, index)
        if more is not None:
            more = self.execute_cell(more, index, store_history=False)
            self.nb.cells[index] = cell
            self.followed(more, index)
        return cell, resources

    def is_spared(self, cell: NotebookNode, index: int) -> bool:
        """Whether a cell is not to be run; then it says so itself."""
        return False

    def follow_up(self, cell: NotebookNode, index: int) -> NotebookNode | None:
        """A cell to be run beside the notebook's, after one of them has run; None where nothing is
        asked."""
        return None

    def followed(self, more: NotebookNode, index: int) -> None:
        """Take what a cell has shown that `follow_up` gave."""

    def gone(self, nb: NotebookNode, died: bool, why: str) -> None:
        """There is no kernel any more: every cell that has no reply gets an error."""
        what = "died" if died else "answered no longer, and had to be ended,"
        text = f"The kernel {what} before this cell had finished{f': {why}' if why else ''}."
        self.log.warning("%s", text)
        for index, cell in enumerate(nb.cells):
            if cell.cell_type == "code" and cell.source.strip() and index not in self.replied:
                cell.outputs.append(
                    new_output("error", ename="DeadKernelError", evalue=text, traceback=[text])
                )
