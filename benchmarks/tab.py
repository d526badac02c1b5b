"""How long it takes in a browser's tab from a link to the first verdict, and how much is fetched.

Cold is a browser that has never seen the site, warm one that has its files; each is one run in
Chromium with a plain server. What the page weighs is counted until the notebook is shown, with what
the kernel fetches apart, as the server sends it and gzipped as most hosts would. `--verdicts`
compares instead what the tab's Python (in node) and this one say of every solution and every
misconception; it takes some minutes. Needs `make tab`, the test extra and Chromium.
"""

import gzip
import json
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlparse

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import tab_verdicts
from conftest import launch
from playwright.sync_api import sync_playwright
from tab_site import in_tabs_python, made, served
from test_tab_journey import WRONG, opened, run

KERNELS = ("/pyodide/", "/pypi/", "pyodide-kernel-extension")


def visit(context, site: str) -> dict:
    """Seconds until the notebook is shown and until a verdict; the paths that were asked for."""
    page = context.new_page()
    page.set_default_timeout(300_000)
    asked = []
    page.on("request", lambda request: asked.append(urlparse(request.url).path))
    began = time.perf_counter()
    opened(page, site)
    shown, before = time.perf_counter() - began, len(asked)
    run(page, "setup")
    run(page, "product_of_sum", WRONG)
    run(page, "check-product_of_sum")
    verdict = time.perf_counter() - began
    page.close()
    return {"shown": shown, "verdict": verdict, "paths": asked, "before": before}


def weight(folder: Path, paths: list[str]) -> tuple[float, float]:
    """Megabytes of files, as they are and gzipped."""
    files = {folder / path.lstrip("/") for path in paths}
    contents = [path.read_bytes() for path in files if path.is_file()]
    return sum(map(len, contents)) / 1e6, sum(len(gzip.compress(c)) for c in contents) / 1e6


def times() -> None:
    """Print seconds and megabytes."""
    folder = made()
    with served(folder) as site, sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context()
        cold, warm = visit(context, site), visit(context, site)
        browser.close()
    for name, one in (("cold", cold), ("warm", warm)):
        print(f"{name}: notebook shown {one['shown']:.1f} s, first verdict {one['verdict']:.1f} s")
    page = [p for p in cold["paths"][: cold["before"]] if not any(k in p for k in KERNELS)]
    kernel = [p for p in cold["paths"] if any(k in p for k in KERNELS)]
    for name, paths in (("page before the kernel", page), ("kernel and packages", kernel)):
        print("{}: {:.1f} MB, gzipped {:.1f} MB".format(name, *weight(folder, paths)))
    whole = [path for path in folder.rglob("*") if path.is_file()]
    largest = max(whole, key=lambda path: path.stat().st_size)
    print(
        f"site: {sum(path.stat().st_size for path in whole) / 1e6:.0f} MB; largest"
        f" {largest.relative_to(folder)}, {largest.stat().st_size / 1e6:.1f} MB"
    )


def compare() -> None:
    """Print where the tab's Python and this one differ."""
    wanted = tab_verdicts.chosen(every=1)
    with tempfile.TemporaryDirectory() as folder:
        program = ROOT / "tests" / "tab_verdicts.py"
        there = in_tabs_python(made(), program, Path(folder), wanted)["verdicts"]
    here = json.loads(json.dumps(tab_verdicts.verdicts(wanted)))
    pairs = [(name, way) for name in here for way in here[name]]
    different = [pair for pair in pairs if here[pair[0]][pair[1]] != there[pair[0]][pair[1]]]
    print(f"{len(pairs) - len(different)} of {len(pairs)} verdicts are equal")
    for name, way in different:
        print(f"{name}, {way}:\n  here {here[name][way]}\n  tab  {there[name][way]}")


if __name__ == "__main__":
    compare() if "--verdicts" in sys.argv else times()
