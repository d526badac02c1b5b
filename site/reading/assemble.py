"""What Sphinx reads: the executed lessons, the guides of README.md, the errata, the glossary, the
first page."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

import nbformat
from execute import STATE, VIEW, reachable
from recorded_files import smaller

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

#: Where a lesson's notebook opens in the browser tab, from the root of the site; the notebook's
#: path is put after it. The tab's own build lays the notebooks out.
LAB = "lab/lab/index.html?path="
NOTEBOOK = "{lesson}/{lesson}.ipynb"

SENTENCE = (
    "An open course on backpropagation that you do: you write the backward pass yourself, beside"
    " pictures that move, and a check says at once which idea is missing."
)

FIRST_PAGE = """\
# Backprop by Hand

{sentence}

<p class="bp-doors">{here}<a class="bp-door" href="take-it-home.html">Take it home</a></p>

Step through this network, forward and back, with the buttons or the arrow keys.
"""

AFTER = """\
## Eight lessons

{table}

You can start at any lesson: each names what it needs. Reading a lesson shows every picture and every
result; the exercises are done in its notebook.

- [Take it home](take-it-home.md): the course on your own machine, with two commands.
- [Teach with it](instructors.md): a class, from release to grades.
- [Teach yourself](yourself.md): in which order, and when to go on.
- [Symbols](glossary.md): what each deck calls the same thing. [Errata](errata.md): where a deck is wrong.
"""

#: What a notebook says above a picture that is kept back, and what a page says: it keeps nothing.
KEPT_BACK = r"The picture comes when you have kept (it|them)\."
HERE_ASKED = r"The notebook keeps \1; here you only think."

#: Guides: page, title, the sections of README.md that it consists of.
GUIDES = {
    "take-it-home": ("Take it home", ("Two commands", "If you are a student")),
    "yourself": ("Teach yourself", ("If you teach yourself",)),
    "instructors": ("Teach with it", ("If you are an instructor",)),
    "about": ("What lies where", ("What lies where", "Sources")),
}


@dataclass(frozen=True)
class Told:
    """What `conf.py` is told.

    Attributes
    ----------
    lab : bool
        Whether the notebooks are there in the browser tab.
    repository, address : str
        As in site/site.toml.
    """

    lab: bool
    repository: str = ""
    address: str = ""


def first_notebook() -> bytes:
    """The first page as a notebook that is executed: the stepper."""
    code = (
        "from course import examples\nfrom course.widgets.stepper import BackpropStepper\n\n"
        "BackpropStepper(*examples.two_two_one())"
    )
    cell = nbformat.v4.new_code_cell(code, id="stepper", metadata={"tags": ["remove-input"]})
    return nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode()


def sections(text: str) -> dict[str, str]:
    """The second-level sections of a Markdown text: heading -> what stands below it."""
    parts = re.split(r"(?m)^## (.+)\n", text)
    return dict(zip(parts[1::2], parts[2::2]))


#: What a notebook says of its first cell, and a page has no use for.
RUN_IT = re.compile(r"Run\s+the\s+cells?\s+with\s+Shift\+Enter[^.]*\.\s*")

#: A file of the repository -> the page that it is here.
PAGES = {
    "site/errata.md": "errata.md",
    "site/glossary.md": "glossary.md",
    "CONTRIBUTING.md": "contributing.md",
}


def local(text: str) -> str:
    """Links of README.md as links between the pages; a file that is no page here keeps its name
    only."""

    def link(found: re.Match) -> str:
        words, target = found.groups()
        page = PAGES.get(target)
        if page or "://" in target or target.startswith(("#", "pictures/")):
            return f"[{words}]({page or target})"
        return words

    text = text.replace("](site/pictures/", "](pictures/")
    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", link, text)


def guides(source: Path) -> None:
    """Write the pages that README.md and CONTRIBUTING.md hold."""
    readme = (ROOT / "README.md").read_text("utf-8")
    found = sections(readme)
    for page, (title, names) in GUIDES.items():
        missing = [name for name in names if name not in found]
        if missing:
            raise ValueError(
                f"README.md has no section {missing}: site/reading/assemble.py names it"
            )
        parts = [f"## {name}\n{found[name]}" if len(names) > 1 else found[name] for name in names]
        (source / f"{page}.md").write_text(local(f"# {title}\n\n" + "\n".join(parts)), "utf-8")
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (source / "contributing.md").write_text(local(contributing), "utf-8")
    for name in ("errata.md", "glossary.md"):
        shutil.copy(ROOT / "site" / name, source)
    shutil.copytree(ROOT / "site/pictures", source / "pictures", dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("*.py"))  # fmt: skip


def lesson_table(lessons: list[str], titles: dict[str, str]) -> str:
    """The lessons as README.md lists them, those on the site with a link."""
    section = sections((ROOT / "README.md").read_text("utf-8"))["If you teach yourself"]
    rows = ["| lesson | what you do | minutes |", "|---|---|---|"]
    for name, does, minutes in re.findall(
        r"(?m)^\| `(\d\d-[\w-]+)` \| (.+?) \| (\d+) \|$", section
    ):
        title = titles.get(name, name)
        rows.append(
            f"| {f'[{title}]({name}.ipynb)' if name in lessons else title} | {does} | {minutes} |"
        )
    return "\n".join(rows)


def share(state: dict, static: Path) -> dict:
    """Make the states of a page's widgets small: their programs and styles become files that pages
    share, named by ``@file``, and pictures get 256 colours."""
    for model in state["state"].values():
        for buffer in model.get("buffers", ()):
            if buffer["path"] == ["png"] and buffer["encoding"] == "base64":
                small = smaller(b64decode(buffer["data"]), colours=256)
                buffer["data"] = b64encode(small).decode()
    folder = static / "widgets"
    folder.mkdir(parents=True, exist_ok=True)
    own = {"Recorded": "recorded.js", "Opener": "opener.js"}
    for model in state["state"].values():
        traits = model["state"]
        for name, ending in (("_esm", "js"), ("_css", "css")):
            program = traits.get(name)
            if not program:
                continue
            if (
                file := own.get(str(traits.get("_anywidget_id")).rpartition(".")[2])
            ) and name == "_esm":
                program = (HERE / file).read_text("utf-8")
            place = f"{hashlib.sha256(program.encode()).hexdigest()[:12]}.{ending}"
            (folder / place).write_text(program, encoding="utf-8")
            traits[name] = f"@{place}"
    return state


def put_notebook(
    done: Path, name: str, source: Path, front: str = "", after: str = ""
) -> str | None:
    """Take an executed notebook over; the name of its file of states, where it has widgets."""
    static = source / "_static"
    notebook = nbformat.read(done / "notebook.ipynb", 4)
    if front:
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(front, id="front"))
    if after:
        notebook.cells.append(nbformat.v4.new_markdown_cell(after, id="after"))
    wanted = set()
    for cell in notebook.cells:
        cell.source = RUN_IT.sub("", cell.source)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not needs_python(output)]
            wanted |= {o.data[VIEW]["model_id"] for o in cell.outputs if VIEW in o.get("data", {})}
        cell.metadata.pop("nbgrader", None)
        tags = cell.metadata.setdefault("tags", [])
        if "setup" in tags or shows_only(cell):
            tags.append("hide-input")
    held = notebook.metadata.get("widgets", {}).pop(STATE, None)
    notebook.metadata.pop("widgets", None)
    file = None
    if held and (state := reachable(held["state"], wanted)):
        held["state"] = state
        text = json.dumps(share(held, static), separators=(",", ":"), sort_keys=True)
        text = re.sub(KEPT_BACK, HERE_ASKED, text)
        file = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.json"
        (static / "states").mkdir(exist_ok=True)
        (static / "states" / file).write_text(text, encoding="utf-8")
    shutil.copytree(done / "recorded", static / "recorded", dirs_exist_ok=True)
    nbformat.write(notebook, source / f"{name}.ipynb")
    return file


def needs_python(output) -> bool:
    """Whether an output is nothing but buttons that ask the kernel: the next hint."""
    return output.get("data", {}).get("text/plain", "").startswith("More help: run hint(")


def shows_only(cell) -> bool:
    """Whether a cell's few lines only show a picture."""
    live = any(VIEW in output.get("data", {}) for output in cell.get("outputs", ()))
    return live and len(cell.source.splitlines()) <= 6


def title_of(notebook: Path) -> str:
    """The heading with which a lesson begins."""
    for cell in nbformat.read(notebook, 4).cells:
        if cell.cell_type == "markdown" and (found := re.match(r"# (.+)", cell.source)):
            return found[1]
    raise ValueError(f"{notebook} has no heading")


def assemble(source: Path, executed: dict[str, Path], told: Told) -> None:
    """Write all that Sphinx reads.

    Parameters
    ----------
    source : Path
        A folder that is emptied first.
    executed : dict
        name -> what `execute.execute` left: the lessons, and "index".
    told : Told
    """
    shutil.rmtree(source, ignore_errors=True)
    (source / "_static").mkdir(parents=True)
    shutil.copy(HERE / "sphinx/conf.py", source)
    for name in ("site.css", "site.js", "sign.svg"):
        shutil.copy(HERE / "sphinx" / name, source / "_static")
    guides(source)
    lessons = sorted(name for name in executed if name != "index")
    titles = {name: title_of(executed[name] / "notebook.ipynb") for name in lessons}
    states = {name: put_notebook(executed[name], name, source) for name in lessons}
    first = LAB + NOTEBOOK.format(lesson="01-chain-rule")
    here = f'<a class="bp-door bp-door-first" href="{first}">Do it here</a> ' if told.lab else ""
    after = AFTER.format(table=lesson_table(lessons, titles))
    after += toctree("Lessons", lessons) + toctree(
        "Guides",
        [
            "take-it-home",
            "yourself",
            "instructors",
            "glossary",
            "errata",
            "about",
            "contributing",
        ],
    )
    front = FIRST_PAGE.format(sentence=SENTENCE, here=here)
    states["index"] = put_notebook(executed["index"], "index", source, front, after)
    about = {
        "lab": LAB if told.lab else "", "repository": told.repository, "address": told.address,
        "sentence": SENTENCE, "states": {name: file for name, file in states.items() if file},
        "notebooks": {name: NOTEBOOK.format(lesson=name) for name in lessons},
    }  # fmt: skip
    (source / "told.json").write_text(json.dumps(about), encoding="utf-8")


def toctree(caption: str, pages: list[str]) -> str:
    """A part of the site's table of contents."""
    listed = "\n".join(pages)
    return f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```\n"
