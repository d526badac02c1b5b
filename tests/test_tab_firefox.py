"""A learner's way through a lesson in a browser's tab, in Firefox: wrong, told what, right, there
again when the page is loaded anew, taken home."""

import asyncio
import json
import os
import re

import pytest
from firefox import Firefox, executable
from tab_site import PATIENCE, made, served
from test_tab_journey import LESSON, RIGHT, RUN, WRONG, text

SECONDS = PATIENCE / 1000
SHOWN = "document.querySelector('.jp-Notebook .jp-Cell')"
COMMAND = "window.jupyterapp.commands.execute('docmanager:{}').then(() => null)"


async def journey(site):
    """What was said of a wrong and of a right answer, the notebook that was taken home, and what went
    wrong."""

    async def run(cell, source=None):
        return text(json.loads(await firefox.evaluate(f"({RUN})({json.dumps([cell, source])})")))

    async with Firefox(levels=("error",)) as firefox:
        await firefox.goto(f"{site}/lab/index.html?path={LESSON}/{LESSON}.ipynb")
        await firefox.wait_for(SHOWN, SECONDS)
        await run("setup")
        said = []
        for answer in (WRONG, RIGHT):
            await run("product_of_sum", answer)
            said.append(await run("check-product_of_sum"))
        await firefox.evaluate(COMMAND.format("save"))
        await firefox.reload()
        await firefox.wait_for(SHOWN, SECONDS)
        await firefox.evaluate(COMMAND.format("download"))
        home = json.loads((await firefox.downloaded()).read_text("utf-8"))
        return said, home, firefox.wrong


@pytest.mark.browser
@pytest.mark.timeout(900)
@pytest.mark.skipif(
    executable() is None and os.environ.get("CI") != "true",
    reason="there is no Firefox on this machine",
)
def test_in_firefox_wrong_then_right_then_there_again_and_taken_home():
    with served(made()) as site:
        (wrong, right), home, failed = asyncio.run(journey(site))
    assert "75% right" in wrong and re.search(r"∂f/∂z +-4 +3 +wrong", wrong)
    assert "all right" in right
    cells = {c["id"]: c for c in home["cells"]}
    assert "".join(cells["product_of_sum"]["source"]) == RIGHT
    assert "all right" in text(cells["check-product_of_sum"]["outputs"])
    assert failed == []
