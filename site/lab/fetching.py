"""What the tab is made of, from registries: Pyodide from npm, wheels that its lock file names, and
wheels of pure Python from PyPI. Everything is checked, kept, and fetched once.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from programs import Missing, node_modules, run  # noqa: E402

#: Pyodide's own release, as its program names it.
HOST = re.compile(r"`(https://[^`]*/pyodide/v)\$\{[\w.]+\}(/full/)`")
SECONDS = 10  # until a host counts as out of reach

#: What a kernel and the lessons import of Pyodide's own wheels; what these need comes along.
WANTED = ("numpy", "matplotlib", "ipython", "jedi", "micropip", "sqlite3", "ssl")


def get_pyodide(cache: Path) -> Path:
    """The folder of Pyodide's npm package, as `package-lock.json` has it.

    Parameters
    ----------
    cache : Path
        Where it is kept.

    Raises
    ------
    Missing
        When there is no npm, or it cannot get the package.
    """
    return node_modules(HERE, cache / "node", "Pyodide") / "pyodide"


def needed(packages: dict[str, dict], wanted: Iterable[str] = WANTED) -> list[str]:
    """The names of wanted packages and of all that they depend on, in order of the alphabet.

    Parameters
    ----------
    packages : dict
        As `pyodide-lock.json` has them.
    wanted : iterable of str
    """
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name not in found:
            found.add(name)
            waiting += packages[name]["depends"]
    return sorted(found)


def host(pyodide: Path, version: str) -> str:
    """The address of Pyodide's own release; "" where its program names none."""
    found = HOST.search((pyodide / "pyodide.js").read_text("utf-8"))
    return found[1] + version + found[2] if found else ""


def get_wheels(
    lock: dict, names: Iterable[str], cache: Path, folder: Path | None, host: str = ""
) -> list[Path]:
    """Pyodide's wheels, each with the sha256 that its lock file names.

    They are looked for in a folder, if one is given; with Pyodide's own host; and in the file on
    PyPI that `pyodide-wheels.lock` names. What has another sha256 is not taken from anywhere.

    Parameters
    ----------
    lock : dict
        `pyodide-lock.json`
    names : iterable of str
        Of packages in it.
    cache : Path
        Where they are kept.
    folder : Path or None
        A folder with such wheels.
    host : str
        The address of Pyodide's release; left out, no host is asked.

    Raises
    ------
    Missing
        When no source has one of them.
    """
    kept = cache / "wheels"
    kept.mkdir(parents=True, exist_ok=True)
    wanted = {lock["packages"][n]["file_name"]: lock["packages"][n]["sha256"] for n in names}
    version = lock["info"]["version"]

    def missing() -> list[str]:
        return [f for f in wanted if not _is(kept / f, wanted[f])]

    def take(file: str, content: bytes | None) -> bool:
        if content is None or hashlib.sha256(content).hexdigest() != wanted[file]:
            return False
        (kept / file).write_bytes(content)
        return True

    for source in (_folder(folder), _host(host), _carrier(cache)):
        todo = missing()
        if todo:
            source(todo, take)
    left = missing()
    if left:
        raise Missing(
            f"No source has these wheels of Pyodide {version}: {', '.join(left)}.\n"
            f"Tried: {folder or 'no folder'}; {host or 'no host'}; the file on"
            " PyPI that site/lab/pyodide-wheels.lock names.\n"
            "Put them into a folder from Pyodide's release and name it: --wheels FOLDER."
        )
    return [kept / file for file in wanted]


def get_pure(cache: Path) -> list[Path]:
    """Wheels of pure Python, as `wheels.lock` has them."""
    return _downloaded(HERE / "wheels.lock", cache / "pure")


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


Take = Callable[[str, "bytes | None"], bool]
Source = Callable[[list[str], Take], None]


def _folder(folder: Path | None) -> Source:
    def source(files: list[str], take: Take) -> None:
        for file in files:
            if folder and (folder / file).is_file():
                take(file, (folder / file).read_bytes())

    return source


def _host(host: str) -> Source:
    def source(files: list[str], take: Take) -> None:
        for file in files:
            if not host:
                return
            try:
                with urllib.request.urlopen(host + file, timeout=SECONDS) as answer:
                    took = take(file, answer.read())
            except (urllib.error.URLError, TimeoutError, OSError):
                return  # out of reach: it will be so for the others too
            if not took:
                return

    return source


def _carrier(cache: Path) -> Source:
    def source(files: list[str], take: Take) -> None:
        try:
            (carrier,) = _downloaded(HERE / "pyodide-wheels.lock", cache / "carrier")
        except Missing as problem:
            print(problem, file=sys.stderr)
            return
        with zipfile.ZipFile(carrier) as packed:
            inside = {Path(name).name: name for name in packed.namelist()}
            for file in files:
                if file in inside:
                    take(file, packed.read(inside[file]))

    return source


def _downloaded(lock: Path, place: Path) -> list[Path]:
    """What pip downloads for a lock file with hashes, once."""
    stamp = place / "got.lock"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        shutil.rmtree(place, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest"]
        others = ["--require-hashes", "--only-binary=:all:", "--disable-pip-version-check"]
        tab = ["--platform=any", "--python-version=3.12", "--implementation=py", "--abi=none"]
        run([*command, str(place), *others, *tab, "-r", str(lock)], f"pip: {lock.name}")
        shutil.copy(lock, stamp)
    return sorted(place.glob("*.whl"))


def read_lock(pyodide: Path) -> dict:
    """`pyodide-lock.json` of Pyodide's folder."""
    return json.loads((pyodide / "pyodide-lock.json").read_text("utf-8"))
