"""Lines of a notebook that are meant for a shell: there is none behind the walls.

None is needed for an answer. A student's ``!ls`` or ``%pip install`` above a right function must
not cost the function: such a line says in one line that it does not run, and its cell goes on. Part
of the program behind the walls: nothing of the project is imported here.
"""

from __future__ import annotations

import json
from pathlib import Path

SAID = "shell lines do not run while a submission is graded"
SCRIPTS = ("script", "bash", "sh", "zsh", "perl", "ruby", "cmd")
ADDS = ("load_ext", "reload_ext", "matplotlib")
INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
LONGEST = 200
NOT_RUN = 127  # what a shell says of a command that it does not find


def leave_out(shell) -> None:
    """Let every way to a shell of an IPython say that it does not run, and give nothing.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        Changed in place: ``!command``, ``!!command``, ``name = !command``, installers such as
        ``%pip``, and the cells of ``%%bash``, ``%%sh``, ``%%script`` and their like. A magic, an
        extension or a backend of matplotlib that is not installed here stops no cell either.
    """
    from IPython.utils.text import LSString, SList

    def told(typed: str) -> None:
        line = str(typed).strip().partition("\n")[0]
        print(f"{SAID}: {line[:LONGEST]}")
        shell.user_ns["_exit_code"] = NOT_RUN

    def system(cmd: str) -> None:
        told(f"!{cmd.lstrip()}")

    def getoutput(cmd: str, split: bool = True, depth: int = 0) -> SList | LSString:
        told(f"!{cmd.lstrip()}")
        return SList() if split else LSString("")

    shell.system = shell.system_piped = shell.system_raw = system
    shell.getoutput = getoutput
    for name in INSTALLERS:
        shell.register_magic_function(_installer(name, told), "line", name)
    for name in SCRIPTS:
        shell.register_magic_function(_script(name, shell, told), "cell", name)
    _go_on(shell)


def _go_on(shell) -> None:
    """Let a line magic that needs what is not installed here say so, and its cell go on."""
    run = shell.run_line_magic

    def run_line_magic(name: str, line: str, _stack_depth: int = 1):
        if shell.find_line_magic(name) is None:
            print(f"%{name} is not there while a submission is graded")
            return None
        if name not in ADDS:
            return run(name, line, _stack_depth=_stack_depth + 1)
        try:
            return run(name, line, _stack_depth=_stack_depth + 1)
        except (
            Exception
        ) as problem:  # whatever an extension or a backend raises: no answer depends on it
            print(
                f"%{name} {line} does not run while a submission is graded"
                f" ({type(problem).__name__})"
            )
            return None

    shell.run_line_magic = run_line_magic
    run_file = shell.safe_execfile_ipy

    def run_notebook(fname, shell_futures: bool = False, raise_exceptions: bool = False) -> None:
        """``%run helper.ipynb``: IPython reads it by nbformat, which is not there."""
        if not str(fname).endswith(".ipynb"):
            run_file(fname, shell_futures=shell_futures, raise_exceptions=raise_exceptions)
            return
        for cell in json.loads(Path(fname).expanduser().read_text(encoding="utf-8")).get(
            "cells", []
        ):
            if cell.get("cell_type") == "code":
                done = shell.run_cell(
                    "".join(cell.get("source", "")), silent=True, shell_futures=shell_futures
                )
                if raise_exceptions:
                    done.raise_error()
                elif not done.success:
                    break

    shell.safe_execfile_ipy = run_notebook


def _installer(name: str, told):
    def install(line: str) -> None:
        told(f"%{name} {line}")

    return install


def _script(name: str, shell, told):
    def script(line: str, cell: str) -> None:
        words = line.split()
        for option, variable in zip(words, words[1:], strict=False):
            if option in ("--out", "--err"):
                shell.user_ns[variable] = ""
        told(f"%%{name} {line}")

    return script
