"""What is done to the pages after Sphinx: signs without a font, a card to show where a page is
linked, nothing left over."""

from __future__ import annotations

import re
import shutil
from html import unescape
from pathlib import Path
from urllib.parse import unquote

#: Names by which widgets of an older Font Awesome call a sign.
OLD_NAMES = {
    "undo": "arrow-rotate-left", "step-forward": "forward-step", "step-backward": "backward-step",
    "retweet": "retweet", "refresh": "arrows-rotate", "times": "xmark", "search": "magnifying-glass",
}  # fmt: skip
_SIGN = r'"?%s"?:\[(\d+),(\d+),\[[^\]]*\],"[0-9a-f]+","([^"]+)"\]'
#: Of Font Awesome's styles the solid one is last in the theme's file.
_CLASS = re.compile(r"\bfa-([a-z0-9]+(?:-[a-z0-9]+)*)")
_NO_SIGN = {"solid", "regular", "brands", "fw", "lg", "sm", "xs", "2x", "spin"}


def sign(name: str, program: str) -> str | None:
    """A rule of style that shows a sign, None where the theme's Font Awesome has none such."""
    found = re.findall(_SIGN % re.escape(OLD_NAMES.get(name, name)), program)
    if not found:
        return None
    width, height, path = found[-1]
    picture = (
        f"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'"
        f"%3E%3Cpath d='{path}'/%3E%3C/svg%3E"
    )
    wide = f"width:{int(width) / int(height):.3f}em;"
    return f'.fa-{name}{{--sign:url("{picture}");{wide}}}'


SIGNS = """\
i[class*="fa-"]{display:inline-block;height:1em;vertical-align:-0.125em;background:currentColor;
-webkit-mask:var(--sign) center/contain no-repeat;mask:var(--sign) center/contain no-repeat;}
i[class*="fa-"]::before{content:none!important;}
"""


def signs(out: Path, more: set[str]) -> None:
    """Replace the theme's Font Awesome, 1.5 MB, by the few signs that the pages show.

    Parameters
    ----------
    out : Path
        The built pages.
    more : set of str
        Names of signs that only widgets show.
    """
    program = out / "_static/scripts/fontawesome.js"
    text = program.read_text("utf-8")
    names = set(more)
    for page in [*out.glob("*.html"), *(out / "_static/scripts").glob("*theme*.js")]:
        names |= set(_CLASS.findall(page.read_text("utf-8")))
    rules = [rule for name in sorted(names - _NO_SIGN) if (rule := sign(name, text))]
    (out / "_static/signs.css").write_text(SIGNS + "\n".join(rules) + "\n", encoding="utf-8")
    for page in out.glob("*.html"):
        html = page.read_text("utf-8")
        html = re.sub(
            r'<script defer src="([^"]*)_static/scripts/fontawesome\.js[^"]*"></script>',
            r'<link rel="stylesheet" href="\1_static/signs.css">',
            html,
        )
        page.write_text(html, encoding="utf-8")
    program.unlink()


def links(out: Path) -> None:
    """Lead links in what notebooks put out to the pages they mean.

    A notebook names a section by its heading as it stands, and another lesson by its file. A lesson
    that was not built is named by the first page.
    """
    pages = {page.name: page.read_text("utf-8") for page in out.glob("*.html")}
    ids = {
        name: {_small(one): one for one in re.findall(r'\bid="([^"]+)"', html)}
        for name, html in pages.items()
    }
    for name, html in pages.items():

        def right(link: re.Match, name: str = name) -> str:
            page = f"{link['lesson']}.html" if link["lesson"] else name
            if page not in pages:
                return 'href="index.html"'
            wanted = link["section"]
            found = ids[page].get(_small(unquote(unescape(wanted))), wanted) if wanted else ""
            place = f"#{found}" if found else ""
            return f'href="{page if page != name or not place else ""}{place}"'

        lesson = r"(?:\.\./(?P<lesson>\d\d-[\w-]+)/(?P=lesson)\.ipynb)?"
        html = re.sub(rf'href="{lesson}(?:#(?P<section>[^"]+))?"', right, html)
        (out / name).write_text(html, encoding="utf-8")


def _small(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-")


def landmarks(out: Path) -> None:
    """Let the theme's pages be walked through by ear: what stands beside the navigation is a
    landmark, and an empty cell heads no column."""
    bar = r'(<div id="pst-primary-sidebar")'
    for page in out.glob("*.html"):
        html = page.read_text("utf-8")
        html = re.sub(bar, r'\1 role="region" aria-label="Contents of the site"', html)
        # the corner of a table whose rows have names heads nothing
        html = re.sub(r"<th class=\"head[^\"]*\">\s*(?:<p>\s*</p>)?\s*</th>", "<td></td>", html)
        page.write_text(html, encoding="utf-8")


def clear(out: Path) -> None:
    """Remove what no page asks for."""
    for pattern in ("_static/**/*.map", "_static/**/*.LICENSE.txt", "_static/locales"):
        for path in out.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    for name in (".buildinfo", "objects.inv"):
        (out / name).unlink(missing_ok=True)


def card(path: Path, sentence: str) -> None:
    """Draw the picture of 1200 × 630 pixels that stands beside a link to the site."""
    import textwrap

    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor="#ffffff")
    axes = figure.add_axes((0.56, 0.08, 0.42, 0.84))
    axes.set_axis_off()
    axes.set(xlim=(-0.2, 2.2), ylim=(-0.35, 1.35))
    places = {(0, 0): (0, 1), (0, 1): (0, 0), (1, 0): (1, 1), (1, 1): (1, 0), (2, 0): (2, 0.5)}
    for (layer, unit), (x, y) in places.items():
        for (next_layer, _), (x2, y2) in places.items():
            if next_layer == layer + 1:
                width = 2 + 5 * ((layer + 2 * unit) % 3)
                axes.plot([x, x2], [y, y2], color="#0067a3", linewidth=width, alpha=0.55, zorder=1)
        axes.plot([x], [y], "o", markersize=58, color="#ffffff", markeredgecolor="#1f1f1f",
                  markeredgewidth=3, zorder=2)  # fmt: skip
    figure.text(0.06, 0.74, "Backprop by Hand", fontsize=44, weight="bold", color="#1f1f1f")
    words = "\n".join(textwrap.wrap(sentence, 34))
    figure.text(0.06, 0.66, words, fontsize=21, va="top", color="#1f1f1f", linespacing=1.5)
    figure.savefig(path)
