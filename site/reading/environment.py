"""What the reading pages are built with: Sphinx in an environment of its own, and what they bring to
a browser, from npm.

Both are fetched once, as the lock files name them, and fetched again when those change.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from programs import node_modules, run

HERE = Path(__file__).parent
SITE = HERE.parent
ROOT = SITE.parent
VENV = ROOT / ".venv-site"
CACHE = SITE / ".cache"
NODE = CACHE / "node"


def python() -> Path:
    """The interpreter of .venv-site, which has what site/requirements.lock names.

    The environment is made where it is missing, and the packages are installed where the lock has
    changed. Others may put theirs beside them.
    """
    found = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    lock, stamp = SITE / "requirements.lock", VENV / "requirements.lock.installed"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes() and found.exists():
        return found
    print("Fetching what site/requirements.lock names into .venv-site.", flush=True)
    if not found.exists():
        run([sys.executable, "-m", "venv", VENV], "Making .venv-site")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    run([found, "-m", "pip", "install", *quiet, "-r", lock], "Installing site/requirements.lock")
    shutil.copy(lock, stamp)
    return found


#: Of MathJax: what the pages load, and its fonts.
MATHJAX = (
    "startup.js",
    "core.js",
    "input/tex.js",
    "output/chtml.js",
    "output/chtml/fonts/tex.js",
    "a11y/assistive-mml.js",
)


def assets(static: Path) -> None:
    """Put the programs that a page loads into its folder ``_static``."""
    packages = node_modules(SITE, NODE, "the widgets' programs and MathJax")
    for name in MATHJAX:
        place = static / "mathjax" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(packages / "mathjax/es5" / name, place)
    fonts = "output/chtml/fonts/woff-v2"
    shutil.copytree(
        packages / "mathjax/es5" / fonts, static / "mathjax" / fonts, dirs_exist_ok=True
    )
    work = NODE / "bundle"
    work.mkdir(exist_ok=True)
    for name in ("manager.js", "plain-text.js"):
        shutil.copy(HERE / name, work)
    # anywidget comes as an AMD module: the same as a function of what it needs
    program = (packages / "anywidget/dist/index.js").read_text("utf-8")
    opening = "let made;\nconst define = (names, make) => { made = make; };\n"
    closing = "\nexport default (base) => made(base);\n"
    (work / "anywidget.js").write_text(opening + program + closing, encoding="utf-8")
    esbuild = packages / ".bin" / ("esbuild.cmd" if os.name == "nt" else "esbuild")
    run(
        [
            esbuild,
            work / "manager.js",
            "--bundle",
            "--minify",
            "--format=esm",
            "--log-level=error",
            "--legal-comments=none",
            f"--alias:sanitize-html={work / 'plain-text.js'}",
            f"--outfile={static / 'widgets' / 'manager.js'}",
        ],
        "Bundling the widgets' programs",
        cwd=work,
    )
