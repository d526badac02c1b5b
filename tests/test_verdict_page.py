"""A verdict where people read it: beside another notebook, on a phone, zoomed, on a wall; light and
dark."""

import pytest

from autograder import assess
from autograder.exercises import all_exercises
from autograder.exercises import two_two_one as lesson
from autograder.notebook import model_answer

pytestmark = pytest.mark.browser
DARK = ":root{--jp-ui-font-color1:#eee;--jp-ui-font-color2:#bbb} body{background:#111}"
PAGE = (
    "<!doctype html><style>{style}</style><body"
    " style='margin:0;font-family:sans-serif'>{body}</body>"
)


def wrong(x, d, W1, W2):
    found = lesson.backward(x, d, W1, W2)
    return {**found, "W1": found["W1"][:, :1], "z1": 2 * found["z1"]}


def failing(x, d, W1, W2):
    raise ValueError("a long message about what does not fit: " + "core dimension " * 12)


def test_the_verdict_of_each_row_is_in_sight_at_every_width_and_nothing_is_cut(browser_page):
    page = browser_page
    body = "".join(
        assess("two_two_one.backward", one, seed=1)._repr_html_() for one in (wrong, failing)
    )
    for width in (330, 443, 900, 1280, 3840):
        page.set_viewport_size({"width": width, "height": 800})
        page.set_content(PAGE.format(style=DARK, body=body))
        boxes = page.evaluate(
            "[...document.querySelectorAll('[role=group]')].map(b => [b.clientWidth,"
            " b.scrollWidth])"
        )
        assert all(seen <= 1140 for seen, _ in boxes)
        # there the numbers are scrolled to
        assert all(seen == whole for seen, whole in boxes) or width < 443
        right = page.evaluate(
            "[...document.querySelectorAll('tr > td:nth-of-type(1):not([colspan]) b')].map(b =>"
            " b.getBoundingClientRect().right)"
        )
        assert len(right) >= 13 and max(right) < width
    spans = page.evaluate(
        "[...document.querySelectorAll('td[colspan]')].map(c => [c.offsetWidth,"
        " c.closest('table').offsetWidth])"
    )
    assert spans and all(abs(cell - table) < 2 for cell, table in spans)
    colours = page.evaluate(
        "[...document.querySelectorAll('td, th')].map(c => getComputedStyle(c).color)"
    )
    # the page's own, never black on black
    assert set(colours) == {"rgb(238, 238, 238)", "rgb(187, 187, 187)"}


def test_the_table_reads_as_one(browser_page):
    browser_page.set_content(assess("two_two_one.backward", wrong, seed=1)._repr_html_())
    heads = browser_page.get_by_role("columnheader").all_inner_texts()
    assert heads == ["quantity", "verdict", "yours", "exact"]
    assert browser_page.get_by_role("rowheader").first.inner_text().startswith("∂Div/∂y")
    assert browser_page.get_by_role("group", name="two_two_one.backward: ").count() == 1


def test_the_model_answer_stands_beside_ones_own_without_a_line_cut(browser_page):
    """Beside each other where both fit, and at no width is any line of any exercise cut."""
    page = browser_page
    blocks = {one.name: model_answer.side_by_side(one, one.solution) for one in all_exercises()}
    body = "".join(f"<div id='{name}'>{block}</div>" for name, block in blocks.items())
    page.set_content(PAGE.format(style="", body=body))
    beside = {}
    for width in (443, 850, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        cut, beside[width] = page.evaluate("""() => [
            [...document.querySelectorAll('pre')].filter(e => e.scrollWidth > e.clientWidth || e.getBoundingClientRect().right > innerWidth)
                .map(e => e.closest('[id]').id),
            [...document.querySelectorAll('[id]')].filter(e => new Set([...e.querySelectorAll('pre')].map(p => p.offsetTop)).size === 1).length]""")
        assert cut == [], width
    assert beside[443] == 0 < beside[1280], beside
