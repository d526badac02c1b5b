"""Build the site: a static folder that any web host, or ``python -m http.server``, serves.

``python site/build.py pages`` writes the reading pages into site/_build/. What else lies there stays:
the notebooks in the browser tab, which another builder puts into ``lab/``.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent
sys.path.insert(0, str(SITE / "reading"))

import assemble  # noqa: E402
import environment  # noqa: E402
import execute  # noqa: E402
import finish  # noqa: E402
import programs  # noqa: E402

EXECUTED = environment.CACHE / "executed"
#: Kept from one build to the next: what another builder put beside the pages.
OTHERS = ("lab",)


def settings() -> dict[str, str]:
    """What site/site.toml says, or the environment in its place."""
    told = tomllib.loads((SITE / "site.toml").read_text("utf-8"))
    return {name: os.environ.get(f"SITE_{name.upper()}", value) for name, value in told.items()}


def run_all(names: list[str], at_once: int = 2) -> dict[str, Path]:
    """Run All on the first page and the lessons, as students get them, so many side by side."""
    first = environment.CACHE / "index.ipynb"
    first.parent.mkdir(parents=True, exist_ok=True)
    first.write_bytes(assemble.first_notebook())
    sources = {"index": first} | {n: ROOT / "release" / n / f"{n}.ipynb" for n in names}
    script = SITE / "reading/execute.py"

    def one(name: str) -> tuple[str, Path]:
        if done := execute.kept(sources[name].read_bytes(), name, EXECUTED):
            return name, done
        command = [sys.executable, script, sources[name], name, EXECUTED]
        said = programs.run(command, f"Run All on {name}", cwd=ROOT)
        return name, Path(said.splitlines()[-1])

    with ThreadPoolExecutor(at_once) as pool:
        return dict(pool.map(one, sources))


def pages(out: Path, names: list[str], links: bool) -> None:
    """Write the reading pages.

    Parameters
    ----------
    out : Path
        The site's folder.
    names : list of str
        The lessons.
    links : bool
        Whether lessons have a link to their notebook in the browser tab.
    """
    told = settings()
    sphinx = environment.python()
    began = time.monotonic()
    print(f"Running the release of {len(names)} lessons; what ran before is kept.", flush=True)
    executed = run_all(names)
    print(f"Ran, or found, in {time.monotonic() - began:.0f} s. Writing the pages.", flush=True)
    work = environment.CACHE / f"source-{os.getpid()}"
    built = environment.CACHE / f"built-{os.getpid()}"
    try:
        about = assemble.Told(links, told["repository"], told["address"])
        assemble.assemble(work, executed, about)
        environment.assets(work / "_static")
        finish.card(work / "_static/card.png", assemble.SENTENCE)
        command = [sphinx, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
        programs.run([*command, "-d", work / ".doctrees", work, built], "Sphinx", cwd=ROOT)
        used = "".join(path.read_text("utf-8") for path in (work / "_static/states").iterdir())
        used = set(re.findall(r'"icon":"(?:fa-)?([a-z-]+)"', used))
        finish.signs(built, used | {"play", "pause", "stop", "retweet"})
        finish.links(built)
        finish.landmarks(built)
        finish.clear(built)
        (built / ".nojekyll").touch()
        replace(built, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(built, ignore_errors=True)
    print(f"The pages are in {out}. To look: python -m http.server --directory {out}", flush=True)


def replace(built: Path, out: Path) -> None:
    """Put the built pages in place of those before."""
    out.mkdir(parents=True, exist_ok=True)
    for path in out.iterdir():
        if path.name not in OTHERS:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in built.iterdir():
        shutil.move(path, out / path.name)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 1 where something is missing, said in words."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["pages"], help="what to build")
    parser.add_argument("--out", type=Path, default=SITE / "_build", help="where to (%(default)s)")
    parser.add_argument("--lessons", nargs="+", metavar="N", help="only these, such as 1 4")
    parser.add_argument("--lab", choices=["yes", "no"], default="yes",
                        help="whether lessons link to their notebooks in the tab (%(default)s)")  # fmt: skip
    told = parser.parse_args(arguments)
    every = sorted(path.name for path in (ROOT / "release").iterdir() if path.is_dir())
    wanted = {f"{int(n):02}" for n in told.lessons} if told.lessons else None
    names = [name for name in every if wanted is None or name[:2] in wanted]
    try:
        pages(told.out.resolve(), names, told.lab == "yes")
    except programs.Missing as missing:
        print(f"Not built: the pages. {missing}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
