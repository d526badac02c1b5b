"""The reading pages: what `make site` builds of the releases, served by a plain server, with nothing
else to be reached."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import re
import runpy
import sys
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from built_site import LESSONS, REPOSITORY, ROOT, build, plain, read_pages, ready, served, watch
from built_site import Quiet as Server
from conftest import launch
from firefox import Firefox, executable
from PIL import Image
from playwright.sync_api import sync_playwright
from test_build import by_grade_id, notebook, regions

from autograder.review.questions import of_lesson
from course.widgets.blame_flow import BlameFlow

sys.path.append(str(ROOT / "site/reading"))

import recorded_widgets

pytestmark = pytest.mark.timeout(1800)  # the first build fetches Sphinx, and runs the lessons
NAMES = sorted(
    path.name for path in (ROOT / "release").iterdir() if str(int(path.name[:2])) in LESSONS
)
every_lesson = pytest.mark.parametrize("lesson", NAMES)
BLAME = "04-two-two-one"  # begins with a picture that Python draws, with four sliders


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site."""
    out = tmp_path_factory.mktemp("site")
    build(out)
    return out


@pytest.fixture(scope="module")
def pages(site):
    """What stands on every page."""
    return read_pages(site)


@pytest.fixture(scope="module")
def chromium():
    """One browser for this file: starting and ending one costs as much as a page."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def base(site):
    """The address at which the site is served."""
    with served(site) as address:
        yield address


@pytest.fixture
def visit(chromium, base):
    """``visit(name, width)`` opens a page; ``page.wrong`` is what failed, or was asked elsewhere."""
    opened = []

    def go(name, width=1280, theme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
        )
        opened.append(context)
        page = context.new_page()
        page.wrong = watch(page, base)
        page.goto(base + name)
        ready(page)
        return page

    yield go
    for context in opened:
        context.close()


# ---- what is there, and what is not


def test_every_internal_link_leads_to_a_page_and_a_place_on_it(site, pages):
    dead, looked = [], 0
    for name, page in pages.items():
        for link in page.links + page.loads:
            told = urlsplit(link)
            if told.scheme or told.netloc or told.path.startswith("lab/"):
                continue
            looked += 1
            target = unquote(told.path) or name
            if not (site / target).exists():
                dead.append(f"{name}: {link}")
            elif told.fragment and target.endswith(".html"):
                if unquote(told.fragment) not in pages[target].ids:
                    dead.append(f"{name}: {link}")
    assert dead == []
    assert looked > 300


def test_no_page_loads_anything_from_another_host(site, pages):
    assert {
        load for page in pages.values() for load in page.loads if urlsplit(load).netloc
    } == set()
    styles = [path.read_text("utf-8") for path in site.rglob("*.css")]
    assert [url for text in styles for url in re.findall(r"url\([\"']?(https?:[^)]*)", text)] == []


def test_the_site_has_its_lessons_guides_glossary_and_errata(pages):
    guides = {"take-it-home", "yourself", "instructors", "glossary", "errata", "about", "search"}
    assert {f"{name}.html" for name in {"index", *guides, *NAMES}} <= set(pages)
    contents = set(pages["index.html"].links)
    assert {f"{name}.html" for name in (guides | set(NAMES)) - {"search"}} <= contents


def test_the_first_page_has_two_doors(pages):
    first = pages["index.html"].links
    assert "lab/lab/index.html?path=01-chain-rule/01-chain-rule.ipynb" in first
    assert "take-it-home.html" in first
    assert "make lab" in pages["take-it-home.html"].words


@every_lesson
def test_a_lesson_leads_to_its_own_notebook(pages, lesson):
    doors = [link for link in pages[f"{lesson}.html"].links if link.startswith("lab/")]
    assert doors == [f"lab/lab/index.html?path={lesson}/{lesson}.ipynb"]
    assert (ROOT / "release" / lesson / f"{lesson}.ipynb").exists()


def test_a_fault_is_reported_from_every_page_and_says_which(pages):
    for name, page in pages.items():
        if name not in ("search.html", "genindex.html"):
            (link,) = [link for link in page.links if link.startswith(REPOSITORY)]
            assert name in unquote(unescape(link))


def test_without_a_repository_no_page_asks_for_reports(tmp_path):
    told = {
        "repository": "",
        "address": "",
        "lab": "",
        "notebooks": {},
        "sentence": "",
        "states": {},
    }
    (tmp_path / "told.json").write_text(json.dumps(told))
    source = (ROOT / "site/reading/sphinx/conf.py").read_text("utf-8")
    (tmp_path / "conf.py").write_text(source)
    conf = runpy.run_path(str(tmp_path / "conf.py"))
    assert conf["fault"]("index", "First page") == ""
    assert conf["doors"]("01-chain-rule") == ""


def test_every_page_has_a_card(site, pages):
    for name, page in pages.items():
        if name not in ("search.html", "genindex.html"):
            assert page.properties["og:title"] and page.properties["og:description"], name
            assert (site / page.properties["og:image"]).exists()
    assert Image.open(site / "_static/card.png").size == (1200, 630)


#: Of ipywidgets: what nobody presses, moves or types into.
PASSIVE = re.compile(
    r"(HTML|HTMLMath|Label|Image|Output|[HV]?Box|GridBox|Accordion|Tab|\w*Style|Layout|\w*Link)Model"
)


def unanswered(state):
    """The controls of a page, and those of them that nothing on the page listens to."""
    own = [m["state"] for m in state.values() if m["state"].get("_anywidget_id")]
    # a recorded picture and an opener name the controls that they answer; a link names both its ends
    listeners = [s for s in own if re.search(r"\.(Recorded|Opener)$", s["_anywidget_id"])]
    listeners += [m["state"] for m in state.values() if m["model_name"].endswith("LinkModel")]
    named = {*re.findall(r"[0-9a-f]{32}", json.dumps(listeners))}
    controls = {
        key: m["model_name"]
        for key, m in state.items()
        if m["model_module"] == "@jupyter-widgets/controls"
        and not PASSIVE.fullmatch(m["model_name"])
    }
    return controls, [name for key, name in controls.items() if key not in named]


def test_no_page_shows_a_control_that_needs_a_kernel(site, pages):
    kept = [path.read_text("utf-8") for path in (site / "_static/states").iterdir()]
    assert len(kept) == len(NAMES) + 1
    assert [text for text in kept if "Hint 1 of" in text or "keep my prediction" in text] == []
    found = [unanswered(json.loads(text)["state"]) for text in kept]
    assert sum(len(controls) for controls, _ in found) > 5
    assert [dead for _, dead in found] == [[]] * len(found)
    asked = [name for name in NAMES if "Predict first." in pages[f"{name}.html"].words]
    assert asked == NAMES


@every_lesson
def test_the_questions_at_the_end_of_a_lesson_stand_on_its_page_with_their_answers(pages, lesson):
    words = plain(pages[f"{lesson}.html"].words)
    for question in of_lesson(lesson[:2]):
        card = question.card(recorded_widgets.SEED)
        assert f"What is {card.asked}?" in words and plain(card.solved()) in words
    assert "The lesson's notebook draws others each time" in words


@pytest.mark.browser
def test_an_answer_at_the_end_of_a_lesson_opens_by_keyboard(visit):
    page = visit(f"{BLAME}.html")
    card = of_lesson(BLAME[:2])[0].card(recorded_widgets.SEED)
    answer = page.get_by_text(card.solved())
    assert not answer.is_visible()
    page.locator(".bp-asked summary", has_text="The answer").first.press("Enter")
    assert answer.is_visible() and page.wrong == []


# ---- no answer is on any page


@every_lesson
def test_no_page_shows_a_line_of_a_solution_that_the_release_does_not(site, pages, lesson):
    source = by_grade_id(notebook("source", lesson))
    releases = {
        name: plain("\n".join(cell.source for cell in notebook("release", name).cells))
        for name in NAMES
    }
    given = releases[lesson]
    texts = {name: plain(page.words) for name, page in pages.items()}
    texts |= {p.name: plain(p.read_text("utf-8")) for p in (site / "_static/states").iterdir()}
    texts["searchindex.js"] = (site / "searchindex.js").read_text("utf-8")
    secret = {
        plain(line)
        for cell in source.values()
        for right, _ in regions(cell.source)
        for line in right
        if len(line) > 12 and plain(line) not in given
    }
    for cell in source.values():
        if "written" in cell.metadata.get("tags", []):
            secret |= {
                plain(line)
                for line in cell.source.splitlines()
                if len(line) > 25 and plain(line) not in given
            }
    assert len(secret) > 10

    def handed_out(file, line):
        """Whether the release behind a file holds the line; behind other pages stand all of them."""
        own = [text for name, text in releases.items() if file.startswith(name)]
        return any(line in text for text in own or releases.values())

    shown = [
        (file, line)
        for file, text in texts.items()
        for line in secret
        if line in text and not handed_out(file, line)
    ]
    assert shown == []


def test_what_a_line_of_a_solution_is_looked_for_in_holds_the_code_of_the_page(pages):
    given = [line for cell in notebook("release", NAMES[0]).cells if cell.cell_type == "code"
             for line in cell.source.splitlines() if len(line) > 30][:40]  # fmt: skip
    text = plain(pages[f"{NAMES[0]}.html"].words)
    assert [line for line in given if plain(line).strip() not in text] == []


# ---- in a browser that reaches nothing else

LOOKED_AT = ["index.html", *(f"{name}.html" for name in NAMES), "glossary.html", "errata.html"]


@pytest.mark.browser
@pytest.mark.parametrize("name", LOOKED_AT)
def test_a_page_opens_without_a_failed_request_or_an_error(visit, base, name):
    Server.sent.clear()
    page = visit(name)
    page.wait_for_load_state("networkidle")
    assert page.wrong == []
    assert 100_000 < sum(Server.sent.values()) <= 3_000_000
    assert page.locator(".bp-widget > *").count() > 0 or name in ("glossary.html", "errata.html")


@pytest.mark.browser
@pytest.mark.parametrize("name", [*LOOKED_AT, "instructors.html", "yourself.html"])
def test_a_page_can_be_read_at_360_pixels(visit, name):
    page = visit(name, width=360)
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    wide = page.evaluate(
        "[...document.querySelectorAll('.bd-article :is(p, h1, h2, h3, li, pre, table, .bp-widget)')]"
        ".filter(e => e.checkVisibility() && e.getBoundingClientRect().right > 361"
        " && !e.parentElement.closest('table, .cell_output, pre, .bp-widget')).map(e => e.outerHTML.slice(0, 90))"
    )
    assert wide == []
    assert page.wrong == []


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", f"{BLAME}.html"])
def test_axe_finds_nothing_on_a_page(visit, name, theme):
    page = visit(name, theme=theme)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    found = [
        f"{v['id']} ({len(v['nodes'])}): {v['nodes'][0]['html'][:160]} {v['nodes'][0]['failureSummary'][:200]}"
        for v in Axe().run(page).response["violations"]
    ]
    assert found == []


@pytest.mark.browser
def test_the_first_page_steps_through_the_network_without_a_kernel(visit):
    page = visit("index.html")
    stepper = page.locator(".bp-stepper")
    assert "0 / 19" in stepper.inner_text()
    stepper.get_by_role("button", name="Step", exact=True).click()
    assert "1 / 19" in stepper.inner_text()
    page.keyboard.press("ArrowRight")
    assert "2 / 19" in stepper.inner_text()
    assert page.wrong == []


def shown_pixels(view):
    """What a picture's canvas shows, on white paper."""
    url = view.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    picture = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    return on_paper(np.asarray(picture.convert("RGBA"), dtype=float))


def on_paper(pixels):
    ink = pixels[..., 3:] / 255
    return 255 * (1 - ink) + pixels[..., :3] * ink


@pytest.mark.browser
def test_a_recorded_picture_moves_by_keyboard_and_shows_what_python_draws(visit):
    page = visit(f"{BLAME}.html")
    view = page.locator(".bp-view").first
    words = view.locator(".bp-screen-words")
    assert (
        page.evaluate(
            "performance.getEntriesByType('resource').filter(r => r.name.endsWith('.bin')).length"
        )
        == 0
    )
    view.get_by_role("slider").nth(1).focus()  # the second input
    for presses in (1, 2):
        before = words.inner_text()
        page.keyboard.press("ArrowLeft")
        page.wait_for_function(
            "before => document.querySelector('.bp-view .bp-screen-words').textContent !== before",
            arg=before,
        )
    python = BlameFlow()
    start = python.x2.value
    python.x2.value = float(view.locator(".widget-readout").nth(1).inner_text())
    assert python.x2.value < start
    assert words.inner_text() == python.text()
    drawn = on_paper(np.asarray(python._blit.rgba(), dtype=float))
    page.wait_for_timeout(200)
    assert np.abs(shown_pixels(view) - drawn).mean() < 0.5
    view.get_by_role("slider").nth(0).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "start => document.querySelectorAll('.bp-view .widget-readout')[1].textContent === start",
        arg=f"{start:.2f}",
    )
    view.get_by_role("button", name="Reset").press("Enter")
    page.wait_for_function(
        "text => document.querySelector('.bp-view .bp-screen-words').textContent === text",
        arg=BlameFlow().text(),
    )
    assert page.wrong == []


@pytest.mark.browser
def test_a_picture_behind_a_prediction_opens_and_says_that_nothing_is_kept(visit):
    page = visit(f"{BLAME}.html")
    gate = page.locator(".pd-gate").first
    assert "The notebook keeps them" in gate.inner_text()
    gate.get_by_role("button").press("Enter")
    gate.locator(".bp-stepper").wait_for()
    assert page.wrong == []


@pytest.mark.browser
def test_the_search_finds_a_lesson(visit):
    page = visit("search.html?q=Mazur")
    page.locator("#search-results li a").first.wait_for()
    assert page.wrong == []


async def read_in_firefox(base):
    """What went wrong on two pages, and the words of the first picture after a key."""
    words = "document.querySelector('.bp-view .bp-screen-words').textContent"
    async with Firefox() as firefox:
        await firefox.goto(f"{base}index.html")
        await firefox.wait_for("document.querySelector('.bp-stepper')")
        await firefox.goto(f"{base}{BLAME}.html")
        await firefox.wait_for("document.documentElement.dataset.widgets === 'shown'")
        before = await firefox.evaluate(words)
        await firefox.evaluate("document.querySelectorAll('.bp-view [role=slider]')[1].focus()")
        await firefox.press("\ue012")  # the left arrow
        await firefox.wait_for(f"{words} !== {json.dumps(before)}")
        at = await firefox.evaluate(
            "document.querySelectorAll('.bp-view .widget-readout')[1].textContent"
        )
        return firefox.wrong, float(at), await firefox.evaluate(words)


@pytest.mark.browser
@pytest.mark.skipif(
    executable() is None and os.environ.get("CI") != "true",
    reason="there is no Firefox on this machine",
)
def test_in_firefox_the_pages_open_and_a_recorded_picture_moves_by_keyboard(base):
    with ThreadPoolExecutor(1) as pool:  # Playwright's loop runs in this thread
        wrong, at, words = pool.submit(asyncio.run, read_in_firefox(base)).result()
    assert wrong == []
    python = BlameFlow()
    start = python.x2.value
    python.x2.value = at
    assert at < start
    assert words == python.text()
