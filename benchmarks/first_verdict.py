"""How long it takes from `backprop lab` to the first verdict, beside a plain JupyterLab.

Both open the folder that students work in, a notebook, run its set-up, and check one function.
What the whole family of the server's processes used of the processor stands beside the seconds on
the clock: other work on the machine stretches the clock, not that. It needs the test extra and
Chromium, and takes about a minute.
"""

import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import jupyterlab_driver as driver
from conftest import launch
from playwright.sync_api import sync_playwright

LESSON = "04-two-two-one"
PARTS = ("server", "page", "kernel", "set-up", "verdict")


def used(pid: int) -> float:
    """Seconds of the processor that a process and all below it have used."""
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in family)
    except psutil.NoSuchProcess:
        return 0.0


def measure(plain: bool) -> dict[str, tuple[float, float]]:
    """Seconds on the clock and on the processor, by part."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        clock, found = time.perf_counter(), {}
        started = driver.running_lab(ROOT / "release", home, seconds=300, plain=plain)
        with started as lab, sync_playwright() as playwright:
            before = 0.0

            def part(name: str) -> None:
                nonlocal clock, before
                now, cpu = time.perf_counter(), used(lab.pid)
                found[name] = (now - clock, cpu - before)
                clock, before = time.perf_counter(), cpu

            part("server")
            browser = launch(playwright)
            page = browser.new_page()
            page.set_default_timeout(240_000)
            clock = time.perf_counter()
            page.goto(f"{lab.url}/lab?token={lab.token}&reset")
            page.wait_for_function("() => document.querySelector('.jp-DirListing-item')")
            part("page")
            page.evaluate(driver.OPEN, [f"{LESSON}/{LESSON}.ipynb", 240_000])
            part("kernel")
            driver.run_cell(page, driver.find_cell(page, "from autograder import check"), 240)
            part("set-up")
            driver.run_cell(page, driver.find_cell(page, "def forward(x, W1, W2)"), 240)
            check = driver.find_cell(page, 'check("two_two_one.forward"')
            said = driver.run_cell(page, check, 240)
            part("verdict")
            if "not written yet" not in said:
                raise RuntimeError(f"no verdict was shown, but: {said[:500]}")
            browser.close()
    return found


def main() -> None:
    """Print both, side by side."""
    if "--warm" not in sys.argv:
        measure(plain=True)  # whoever comes first reads every file from the disk
    plain, ours = measure(plain=True), measure(plain=False)
    print("seconds on the clock (of the processor, for the server and its kernels)")
    print(f"{'':<10}{'plain JupyterLab':>22}{'backprop lab':>24}")
    total = [0.0, 0.0, 0.0, 0.0]
    for name in PARTS:
        row = (*plain[name], *ours[name])
        total = [a + b for a, b in zip(total, row, strict=True)]
        print(f"{name:<10}{row[0]:>16.1f} ({row[1]:.1f}){row[2]:>18.1f} ({row[3]:.1f})")
    print(f"{'all':<10}{total[0]:>16.1f} ({total[1]:.1f}){total[2]:>18.1f} ({total[3]:.1f})")


if __name__ == "__main__":
    main()
