"""What students wrote, as HTML that can do nothing but be read.

Two doors: `clean` for HTML (bleach, with a list of what may stay), and `markdown` for Markdown,
whose formulas become MathML. Everything a page shows of a submission goes through one of them; no
script, no address of another machine, and no name that a page's own script listens to gets through.
"""

from __future__ import annotations

import re
import secrets
from functools import lru_cache
from html import escape, unescape

from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.plugins.pages.mathml import mathml
from autograder.plugins.pages.pictures import EMBEDDED, tag, with_pictures

TAGS = frozenset(
    "a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em"
    " figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span"
    " strong sub summary sup table tbody td tfoot th thead tr u ul var wbr".split()
)
PROPERTIES = frozenset(
    "background background-color border border-bottom border-collapse border-color border-left"
    " border-radius border-right border-spacing border-style border-top border-width caption-side"
    " color column-gap display flex flex-wrap font font-family font-feature-settings font-size"
    " font-style font-variant-numeric font-weight gap grid-template-columns height line-height"
    " list-style-type margin margin-bottom margin-left margin-right margin-top max-height max-width"
    " min-width opacity overflow overflow-wrap overflow-x overflow-y padding padding-bottom"
    " padding-left padding-right padding-top row-gap table-layout text-align text-decoration"
    " text-indent text-transform vertical-align white-space width word-break".split()
)
FUNCTIONS = {
    "",
    "var",
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "color-mix",
    "min",
    "max",
    "minmax",
    "repeat",
    "linear-gradient",
}
# without an end, or often left without one
VOID = frozenset("br hr img wbr col input link meta p li td th tr dt dd".split())
DEEPEST = 400
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
_ANYWHERE = {
    "title",
    "lang",
    "dir",
    "role",
    "aria-label",
    "scope",
    "colspan",
    "rowspan",
    "align",
    "valign",
    "start",
    "open",
}
_CLASS = re.compile(
    r"(?:highlight|dataframe|formula|[a-z]{1,2}[a-z0-9]?)(?:"
    r" (?:highlight|dataframe|formula|[a-z]{1,2}[a-z0-9]?))*"
)
_LINK = re.compile(r"(?:https?://|mailto:|#)[^\x00-\x20]*", re.IGNORECASE)
_PICTURE = re.compile(r"!\s*\[|<\s*ima?ge?\b", re.IGNORECASE)
_BOX = re.compile(r'<input class="task-list-item-checkbox"([^>]*)>')


def _may_stay(tag: str, name: str, value: str) -> bool:
    """Whether an attribute is kept. No ids, and no classes but those of highlighted code: the
    pages' scripts use them."""
    value = unescape(value)
    if name == "style":
        return _style_may_stay(value)
    if name == "class":
        return _CLASS.fullmatch(value) is not None
    if tag == "img":
        return (
            bool(name == "src" and EMBEDDED.fullmatch(value.strip()))
            or name in ("alt", "title")
            or (
                name in ("width", "height")
                and re.fullmatch(r"\d{1,4}(?:\.\d+)?(?:px|%)?", value) is not None
            )
        )
    if name == "href":
        return tag == "a" and _LINK.fullmatch(value.strip()) is not None
    return name in _ANYWHERE


def _style_may_stay(value: str) -> bool:
    """No function that fetches something, no escapes, no comments, nothing that moves a box over
    another one."""
    strange = re.search(r"[\\@<]|/\*|(?<![\w#)])-\s*\.?\d", value)
    return (
        not strange and {name.lower() for name in re.findall(r"([\w-]*)\s*\(", value)} <= FUNCTIONS
    )


@lru_cache  # made once: it compiles a pattern for every element
def _cleaner(strip: bool) -> Cleaner:
    styles = CSSSanitizer(allowed_css_properties=PROPERTIES)
    # a verdict has the same few styles in every cell of its table
    styles.sanitize_css = lru_cache(maxsize=2_000)(styles.sanitize_css)
    return Cleaner(
        tags=TAGS,
        attributes=_may_stay,
        protocols={"http", "https", "mailto", "data"},
        strip=strip,
        css_sanitizer=styles,
    )


def clean(html: str, strip: bool = False) -> str:
    """HTML of which only what can do no harm is left.

    Parameters
    ----------
    html
        A piece of a page.
    strip
        Whether a tag that may not stay vanishes. It is shown as text when False.
    """
    return _cleaner(strip).clean(html) if _depth(html) <= DEEPEST else escape(html)


def _depth(html: str) -> int:
    """How many elements may lie within one another: the cleaning takes the square of it in time."""
    depth = deepest = 0
    for found in _TAG.finditer(html):
        if found[2].lower() not in VOID:
            depth = max(0, depth - 1) if found[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


class _Renderer(IPythonRenderer):
    """nbconvert's renderer; formulas leave a mark (filled in later), pictures that are not at hand
    become links."""

    def __init__(self, **kwargs):
        super().__init__(escape=False, exclude_anchor_links=True, **kwargs)
        self.token = f"m{secrets.token_hex(12)}"
        self.formulas: list[str] = []

    def _mark(self, latex: str, display: bool) -> str:
        self.formulas.append(mathml(latex, display))
        return f"{self.token}n{len(self.formulas) - 1}e"

    def inline_math(self, body):
        return self._mark(body, False)

    def block_math(self, body):
        return self._mark(body, True)

    def latex_environment(self, name, body):
        return self._mark(rf"\begin{{{name}}}{body}\end{{{name}}}", True)

    def block_mermaidjs(self, code):
        return f"<pre><code>{escape(code)}</code></pre>"

    def image(self, text, url, title=None):
        return tag(
            unescape(url),
            unescape(re.sub("<[^>]*>", "", unescape(text))),
            self.path,
            self.attachments,
        )

    def fill(self, html: str) -> str:
        """Put the formulas where their marks are; within a tag (an alternative text) the mark
        goes."""
        mark = re.compile(rf"{self.token}n(\d+)e")
        parts = re.split(r"(<[^<>]*>)", html)
        return "".join(
            (
                mark.sub("", part)
                if part.startswith("<")
                else mark.sub(lambda m: self.formulas[int(m[1])], part)
            )
            for part in parts
        )


@pass_context
def markdown(context, source: str) -> str:
    """Markdown as clean HTML with MathML, in place of nbconvert's filter ``markdown2html``.

    Parameters
    ----------
    context
        Jinja's: the cell gives its attachments, the resources the folder of pictures handed in with
        the notebook.
    source
        What was written.
    """
    cell = context.get("cell") or {}
    path = (context.get("resources") or {}).get("metadata", {}).get("path", "")
    return render(source, cell.get("attachments") or {}, path)


def render(source: str, attachments: dict | None = None, path: str = "") -> str:
    """`markdown` without a template: the attachments of the cell, and the folder that its pictures
    lie in."""
    if attachments or _PICTURE.search(source):
        return _rendered(source, attachments or {}, path)
    return _plainly_rendered(source)


@lru_cache(maxsize=2_000)  # most of what a class hands in is the lesson's own text
def _plainly_rendered(source: str) -> str:
    """`render` of a text without pictures, which is the same wherever it lies."""
    return _rendered(source, {}, "")


def _rendered(source: str, attachments: dict, path: str) -> str:
    renderer = _Renderer(attachments=attachments or {}, path=path or ".")
    try:
        html = MarkdownWithMath(renderer=renderer).render(source)
    except (
        Exception
    ):  # whatever the parser trips over: one strange answer must not cost a class its feedback
        return f"<pre>{escape(source)}</pre>"
    html = _BOX.sub(lambda box: "☑ " if "checked" in box[1] else "☐ ", html)
    return renderer.fill(clean(with_pictures(html, path or ".", attachments)))
