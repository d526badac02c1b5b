"""What both builders of the site do: run a program, and get what npm has for a lock file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


class Missing(RuntimeError):
    """Something that the build needs could not be had; the message says what, and what to do."""


def run(command: list, what: str, **told) -> str:
    """Run a program and return what it printed.

    Parameters
    ----------
    command : list
        Its parts become strings.
    what : str
        What is done, for the message.
    **told
        For `subprocess.run`.

    Raises
    ------
    Missing
        With the program's last words, where it fails.
    """
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **told)
    if done.returncode:
        raise Missing(f"{what} did not work:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def node_modules(source: Path, place: Path, why: str) -> Path:
    """The folder ``node_modules`` with the packages that a lock file of npm names.

    Parameters
    ----------
    source : Path
        Where ``package.json`` and ``package-lock.json`` lie.
    place : Path
        Where the packages are kept; npm is asked again when the lock file changes.
    why : str
        What they are for, in words.

    Raises
    ------
    Missing
        When there is no npm, or it cannot get the packages.
    """
    lock, stamp = source / "package-lock.json", place / "got.json"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        npm = shutil.which("npm")
        if npm is None:
            raise Missing(f"There is no npm. It brings {why}; it comes with Node.js.")
        print(f"Fetching {why} from npm.", flush=True)
        place.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, place)
        options = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
        run([npm, "ci", *options], f"npm ci for {why}", cwd=place)
        shutil.copy(lock, stamp)
    return place / "node_modules"
