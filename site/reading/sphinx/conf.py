"""How Sphinx builds the reading pages; `site/reading/assemble.py` writes what it reads."""

import json
from html import escape
from pathlib import Path
from urllib.parse import quote

told = json.loads((Path(__file__).parent / "told.json").read_text("utf-8"))

project = html_title = "Backprop by Hand"
author = "The Backprop by Hand authors"
copyright = "The Backprop by Hand authors. Texts and pictures: CC BY 4.0. Code: MIT licence"
language = "en"
extensions = ["myst_nb"]
exclude_patterns = ["_static"]
templates_path = ["_templates"]

nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type"]

mathjax_path = "mathjax/startup.js"
mathjax3_config = {
    "loader": {"load": ["input/tex", "output/chtml", "a11y/assistive-mml"]},
    "tex": {"packages": ["base", "ams", "newcommand", "noundefined"]},
}

html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_context = {"default_mode": "auto"}
html_favicon = "_static/sign.svg"
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "home_page_in_toc": False,
    "navigation_with_keys": False,
    "navbar_persistent": [],
    "logo": {"text": "Backprop by Hand"},
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def doors(page):
    """The link on a lesson's page to its notebook in the browser tab."""
    if page not in told["notebooks"] or not told["lab"]:
        return ""
    return (
        f'<p class="bp-doors"><a class="bp-door" href="{told["lab"]}{quote(told["notebooks"][page])}">'
        "Do it here</a> <span>The same lesson as a notebook in this browser: write the functions, and"
        " each check answers at once.</span></p>"
    )


def fault(page, title):
    """The link below a page by which a fault is reported."""
    if not told["repository"]:
        return ""
    words = quote(f"{title}: ")
    body = quote(f"On the page {page}.html:\n\n")
    address = f"{told['repository'].rstrip('/')}/issues/new?title={words}&body={body}"
    return f'<p class="bp-fault"><a href="{escape(address)}">Report a fault on this page</a></p>'


def card(page, title):
    """What a page says of itself where somebody links to it."""
    at = told["address"].rstrip("/") + "/" if told["address"] else "../" * page.count("/")
    said = told["sentence"]
    properties = {
        "og:title": title, "og:description": said, "og:type": "article", "og:site_name": project,
        "og:image": f"{at}_static/card.png", "og:image:width": "1200", "og:image:height": "630",
        "og:image:alt": "A 2-2-1 network with its gradients",
    }  # fmt: skip
    if told["address"]:
        properties["og:url"] = f"{at}{page}.html"
    tags = [
        f'<meta property="{name}" content="{escape(value)}">' for name, value in properties.items()
    ]
    tags += [
        f'<meta name="description" content="{escape(said)}">',
        '<meta name="twitter:card" content="summary_large_image">',
    ]
    return "\n".join(tags)


def finish(app, page, template, context, doctree):
    """Give a page its card, its doors and its widgets."""
    title = context.get("title") or project
    plain = "".join(part.split(">")[-1] for part in title.split("<"))
    root = "../" * page.count("/")
    head = [card(page, plain), f'<script src="{root}_static/site.js"></script>']
    if page in told["states"]:
        head += [
            f'<meta name="bp-widgets" content="{told["states"][page]}">',
            f'<link rel="stylesheet" href="{root}_static/widgets/manager.css">',
            f'<link rel="preload" as="fetch" crossorigin href="{root}_static/states/{told["states"][page]}">',
            f'<script type="module" src="{root}_static/widgets/manager.js"></script>',
        ]
    context["metatags"] = context.get("metatags", "") + "\n".join(head)
    if "body" in context:
        body = context["body"].replace("</h1>", "</h1>" + doors(page), 1)
        context["body"] = body + fault(page, plain)


def setup(app):
    app.connect("html-page-context", finish, priority=900)
