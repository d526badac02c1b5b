"""Build the course in a browser tab: JupyterLite, Pyodide, the lessons, and the course as a wheel.

`make tab` calls it with the Python of .venv-site; `--help` lists what it can be told. It writes
a static folder that any web server serves. What it fetches is checked and kept: the second build
needs no network.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import zipfile
from pathlib import Path

import fetching
import packing
import programs

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
EPOCH = "1577836800"  # 2020-01-01, for everything that wants a date

OWN = "backprop-by-hand"
RUNTIME = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")

#: Begins to load while Python itself starts. JupyterLite's own names for what is its kernel's.
PRELOADED = (
    "micropip", "piplite", "ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel", "jedi",
    "ipython", OWN,
)  # fmt: skip

#: What the course needs before its first cell.
NEEDS = ("numpy", "matplotlib", "ipywidgets", "anywidget", "tqdm", "comm", "fsrs")

#: What wheels of pure Python need that Pyodide or the tab has.
DEPENDS = {
    "anywidget": ["ipywidgets", "psygnal", "typing-extensions"],
    "ipywidgets": ["comm", "ipython", "traitlets"],
    "comm": ["traitlets"],
    "fsrs": ["typing-extensions"],
    "pyodide-kernel": ["ipython", "comm", "traitlets"],
    "piplite": ["micropip"],
    OWN: list(NEEDS),
}


def entry(path: Path) -> tuple[str, dict]:
    """A wheel as Pyodide's lock file has it: its name there, and what it says of it."""
    name, version = path.name.split("-")[:2]
    key = name.lower().replace("_", "-")
    with zipfile.ZipFile(path) as wheel:
        tops = {n.split("/")[0].removesuffix(".py") for n in wheel.namelist() if n.endswith(".py")}
    return key, {
        "name": key,
        "version": version,
        "file_name": path.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(top for top in tops if ".data" not in top and ".dist-info" not in top),
        "depends": DEPENDS.get(key, []),
        "unvendored_tests": False,
    }


def put_runtime(out: Path, cache: Path, folder: Path | None) -> None:
    """Pyodide, its wheels, and the course's own, with the lock file that names them all."""
    pyodide = fetching.get_pyodide(cache)
    lock = fetching.read_lock(pyodide)
    names = fetching.needed(lock["packages"])
    host = fetching.host(pyodide, lock["info"]["version"])
    wheels = fetching.get_wheels(lock, names, cache, folder, host)
    out.mkdir(parents=True)
    for path in [*(pyodide / name for name in RUNTIME), *wheels]:
        shutil.copyfile(path, out / path.name)
    name, content = packing.pack(REPOSITORY)
    own = out / name
    own.write_bytes(content)
    others = [*fetching.get_pure(cache), *kernel_wheels()]
    for path in others:
        shutil.copyfile(path, out / path.name)
    lock["packages"] = {name: lock["packages"][name] for name in names}
    lock["packages"] |= dict(entry(out / path.name) for path in [*others, own])
    text = json.dumps(lock, indent=1, sort_keys=True) + "\n"
    (out / "pyodide-lock.json").write_text(text, "utf-8")


def prepared(runtime: Path, cache: Path) -> Path:
    """What visitors need not make again (`prepare_in_tab.py`), made by the tab's Python in node.

    Kept until a wheel of the runtime, or the program, changes.
    """
    program = HERE / "prepare_in_tab.py"
    of = hashlib.sha256(program.read_bytes() + (runtime / "pyodide-lock.json").read_bytes())
    place = cache / "prepared"
    stamp = place / "of"
    if not stamp.exists() or stamp.read_text() != of.hexdigest():
        shutil.rmtree(place, ignore_errors=True)
        node = shutil.which("node")
        if node is None:
            raise programs.Missing("There is no node. It runs the tab's Python once.")
        programs.run([node, HERE / "prepare.mjs", runtime, program, place], "The tab's Python")
        stamp.write_text(of.hexdigest())
    return place


def put_prepared(runtime: Path, made: Path) -> None:
    """Put compiled modules into the wheels, and the list of fonts into matplotlib's.

    The wheels were checked before; the lock file gets their new sha256.
    """
    lock_file = runtime / "pyodide-lock.json"
    lock = json.loads(lock_file.read_text("utf-8"))
    compiled = {path.relative_to(made / "compiled"): path for path in made.rglob("*.pyc")}
    for name, package in lock["packages"].items():
        wheel = runtime / package["file_name"]
        if wheel.suffix != ".whl":
            continue
        with zipfile.ZipFile(wheel) as packed:
            inside = set(packed.namelist())
        more = {
            target.as_posix(): path
            for target, path in compiled.items()
            if (target.parents[1] / f"{target.name.split('.')[0]}.py").as_posix() in inside
        }
        if name == "matplotlib":  # where Pyodide's looks for it
            more["matplotlib/fontlist.json"] = made / "fontlist.json"
        packing.add(wheel, {target: more[target].read_bytes() for target in sorted(more)})
        package["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock_file.write_text(json.dumps(lock, indent=1, sort_keys=True) + "\n", "utf-8")


def kernel_wheels() -> list[Path]:
    """What JupyterLite's kernel brings along: itself, and stand-ins for ipykernel and others."""
    place = Path(sys.prefix) / "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
    wheels = sorted((place / "static" / "pypi").glob("*.whl"))
    return [path for path in wheels if not path.name.startswith("widgetsnbextension-3")]


def put_contents(folder: Path) -> None:
    """The lessons as a student has them, and what there is to read beside them."""
    sys.path.insert(0, str(REPOSITORY))
    from course.folder.reading import put_about

    for lesson in sorted((REPOSITORY / "release").glob("*/*.ipynb")):
        place = folder / lesson.parent.name
        place.mkdir(parents=True)
        shutil.copyfile(lesson, place / lesson.name)
    put_about(folder, REPOSITORY, self_study=True)
    for path in sorted(folder.rglob("*")):
        os.utime(path, (int(EPOCH), int(EPOCH)))


def configured(page: dict) -> dict:
    """`jupyter-lite.json` of this folder, with what is worked out here."""
    kernel = page["jupyter-config-data"]["litePluginSettings"][
        "@jupyterlite/pyodide-kernel-extension:kernel"
    ]
    options = kernel["loadPyodideOptions"]
    options["packages"] = list(PRELOADED)
    return page


def run_lite(work: Path, out: Path) -> None:
    """JupyterLite's own build of a page from what lies in `work`."""
    extensions = (REPOSITORY / "course" / "labextension", HERE / "labextension")
    # unknown to any configuration of whoever builds
    told = {"JUPYTER_NO_CONFIG": "1", "SOURCE_DATE_EPOCH": EPOCH, "JUPYTER_CONFIG_DIR": str(work / "none")}  # fmt: skip
    command = [
        sys.executable, "-m", "jupyterlite_core.app", "build", f"--lite-dir={work / 'site'}",
        f"--contents={work / 'contents'}", f"--output-dir={out}", "--apps=lab",
        f"--LiteBuildConfig.cache_dir={work / 'cache'}", "--no-sourcemaps", "--no-unused-shared-packages",
        *(f"--FederatedExtensionAddon.extra_labextensions_path={path}" for path in extensions),
    ]  # fmt: skip
    programs.run(command, "JupyterLite's build", cwd=work, env=os.environ | told, timeout=600)


def name_icon(page: Path) -> None:
    """Let a page of JupyterLite name its icon: the root of the server may be another's."""
    head, closing, rest = page.read_text("utf-8").partition("</head>")
    page.write_text(f'{head}<link rel="icon" href="./favicon.ico">{closing}{rest}', "utf-8")


def made_of() -> str:
    """A digest of everything in the repository that the tab is made of."""
    places = ("course", "autograder", "release", "source", "site/lab", "site/pictures")
    files = [
        REPOSITORY / name
        for name in ("README.md", "site/errata.md", "site/glossary.md", "site/programs.py")
    ]
    for place in places:
        for path in (REPOSITORY / place).rglob("*"):
            # below the repository: where it lies itself says nothing
            inside = {*path.relative_to(REPOSITORY).parts}
            if path.is_file() and not {".cache", "__pycache__", ".ipynb_checkpoints"} & inside:
                files.append(path)
    digest = hashlib.sha256()
    for path in sorted(files):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(REPOSITORY).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def build(to: Path, cache: Path, wheels: Path | None = None) -> None:
    """Build the tab.

    Parameters
    ----------
    to : Path
        The folder that is made; an older one is replaced once the new one is whole.
    cache : Path
        Where downloads are kept.
    wheels : Path, optional
        A folder with wheels of Pyodide's release.

    Raises
    ------
    programs.Missing
        When something could not be had, or JupyterLite's build fails.
    """
    work = to.with_name(f"{to.name}.new")
    shutil.rmtree(work, ignore_errors=True)
    site = work / "site"
    put_runtime(site / "pyodide", cache, wheels)
    put_prepared(site / "pyodide", prepared(site / "pyodide", cache))
    shutil.copytree(REPOSITORY / "course" / "data" / "mnist", site / "mnist")
    page = json.loads((HERE / "jupyter-lite.json").read_text("utf-8"))
    (site / "jupyter-lite.json").write_text(json.dumps(configured(page), indent=2), "utf-8")
    shutil.copyfile(HERE / "overrides.json", site / "overrides.json")
    put_contents(work / "contents")
    run_lite(work, work / "out")
    shutil.copytree(site / "pyodide", work / "out" / "pyodide", dirs_exist_ok=True)
    shutil.copytree(site / "mnist", work / "out" / "mnist", dirs_exist_ok=True)
    name_icon(work / "out" / "lab" / "index.html")
    # what a browser asks the root of a server for, unasked
    shutil.copyfile(work / "out" / "lab" / "favicon.ico", work / "out" / "favicon.ico")
    (work / "out" / "made-of.txt").write_text(made_of())
    shutil.rmtree(to, ignore_errors=True)
    (work / "out").rename(to)
    shutil.rmtree(work)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Build the course in a browser tab.")
    parser.add_argument("--to", type=Path, default=HERE.parent / "_build" / "lab")
    parser.add_argument("--wheels", type=Path, help="a folder with wheels of Pyodide's release")
    parser.add_argument("--cache", type=Path, default=HERE / ".cache", help="keeps downloads")
    told = parser.parse_args()
    try:
        build(told.to.resolve(), told.cache.resolve(), told.wheels)
    except programs.Missing as problem:
        raise SystemExit(str(problem)) from None
    size = sum(path.stat().st_size for path in told.to.rglob("*") if path.is_file())
    print(f"The course in a tab: {told.to} ({size / 1e6:.0f} MB).")


if __name__ == "__main__":
    main()
