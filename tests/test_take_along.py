"""One's work as a file: what is in it, what is put back, and that nothing is lost on the way."""

import base64
import copy
import json
import shutil
import subprocess

import nbformat
import pytest
from in_node import node
from tab_site import PATIENCE, ROOT, made, served
from test_start_page import open_start, verdict
from test_tab_journey import RIGHT, RUN

from autograder.review.deck import FILE, Deck
from autograder.review.questions import by_name

STATIC = ROOT / "course/labextension/backprop-by-hand/static"
ONE, FOUR = "01-chain-rule", "04-two-two-one"
LESSONS = sorted(path.name for path in (ROOT / "release").iterdir())

#: A folder of files in memory, which answers as JupyterLab's contents manager does, and a program on it.
FOLDER = """
import { readFileSync } from "node:fs";
const told = JSON.parse(readFileSync(0, "utf-8"));
const files = new Map(Object.entries(told.files)), folders = new Set(told.folders);
const parent = path => path.slice(0, Math.max(0, path.lastIndexOf("/"))), name = path => path.slice(path.lastIndexOf("/") + 1);
const item = path => ({ path, name: name(path), type: folders.has(path) ? "directory" : "file" });
const contents = {
  async get(path) {
    if (path !== "" && !folders.has(path)) return { ...item(path), content: structuredClone(files.get(path)) };
    return { path, content: [...folders, ...files.keys()].filter(each => parent(each) === path && each).map(item) };
  },
  async save(path, { content }) { if (!files.has(path)) throw new Error(`no ${path}`); files.set(path, content); },
  async newUntitled({ path, type }) {
    const made = (path ? path + "/" : "") + "untitled";
    if (type === "directory") folders.add(made); else files.set(made, "");
    return item(made);
  },
  async rename(path, to) {
    if (files.has(to) || folders.has(to)) throw new Error(`${to} is there`);
    if (folders.delete(path)) folders.add(to); else { files.set(to, files.get(path)); files.delete(path); }
    return item(to);
  },
  async copy(path, to) { files.set(`${to}/${name(path)}`, structuredClone(files.get(path))); },
};
const { pack, parse, unpack } = await import(WORK);
const { touched } = await import(GIVEN);
const now = new Date(2026, 10, 30, 21, 5, 7);
"""


def run(program, folder, tmp_path):
    """Run a program on a folder in node; what it gives as JSON."""
    script = tmp_path / "run.mjs"
    head = FOLDER.replace("WORK", json.dumps((STATIC / "work.js").as_uri()))
    head = head.replace("GIVEN", json.dumps((STATIC / "given.js").as_uri()))
    script.write_text(
        f"{head}\nprocess.stdout.write(JSON.stringify(await ({program})()));", "utf-8"
    )
    done = subprocess.run(
        [node(), script], input=json.dumps(folder), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


FORMATS = [
    ("text", '{"é": {"a": 1}}'),
    (None, '{"é": {"a": 1}}'),
    ("json", {"é": {"a": 1}}),
    ("base64", base64.b64encode('{"é": {"a": 1}}'.encode()).decode()),
]


@pytest.mark.parametrize(("form", "content"), FORMATS)
def test_a_small_file_is_read_in_whatever_way_it_comes(tmp_path, form, content):
    program = f"""async () => {{
      const {{ readJson }} = await import({json.dumps((STATIC / "json.js").as_uri())});
      return readJson({{ get: async () => told.files }}, "a/b.json", [{{ path: "a/b.json" }}]);
    }}"""
    given = {"files": {"content": content, "format": form}, "folders": []}
    assert run(program, given, tmp_path) == {"é": {"a": 1}}


def release(name):
    return json.loads((ROOT / "release" / name / f"{name}.ipynb").read_text("utf-8"))


def written(name, cell_id, source):
    """A lesson with one cell changed."""
    notebook = release(name)
    next(c for c in notebook["cells"] if c["id"] == cell_id)["source"] = source
    return notebook


def folder(one=None):
    """A folder with two lessons as released; the first may be given."""
    found = {ONE: one or release(ONE), FOUR: release(FOUR)}
    return {
        "folders": list(found),
        "files": {f"{name}/{name}.ipynb": notebook for name, notebook in found.items()},
    }


# ---- what is in a file


@pytest.mark.parametrize("name", LESSONS)
def test_a_release_counts_as_untouched(tmp_path, name):
    said = run("async () => touched(told.files.a)", {"files": {"a": release(name)}, "folders": []}, tmp_path)  # fmt: skip
    assert said is False


def rewritten(notebook):
    notebook["cells"][4]["source"] = [*notebook["cells"][4]["source"], " "]


def ran(notebook):
    code = next(c for c in notebook["cells"] if c["cell_type"] == "code")
    code["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]


def added(notebook):
    notebook["cells"].append({"id": "new", "cell_type": "code", "source": "", "outputs": [], "metadata": {}})  # fmt: skip


def removed(notebook):
    del notebook["cells"][4]


def unmarked(notebook):
    del notebook["metadata"]["backprop"]


@pytest.mark.parametrize("change", [rewritten, ran, added, removed, unmarked])
def test_whatever_was_done_in_a_notebook_is_noticed(tmp_path, change):
    notebook = release(ONE)
    change(notebook)
    said = run("async () => touched(told.files.a)", {"files": {"a": notebook}, "folders": []}, tmp_path)  # fmt: skip
    assert said is True


TEXTS = ["plain", "it's", 'say "so"', "it's \"both\"", "a\\b\n\tc\r", "é ∂ 😀", "\x00\x7f\u00a0\u200b\u2028\U000e0001"]  # fmt: skip


def test_a_text_is_written_as_python_writes_it(tmp_path):
    program = f"async () => {{ const {{ repr }} = await import({json.dumps((STATIC / 'given.js').as_uri())}); return told.files.map(repr); }}"
    given = {"files": TEXTS, "folders": []}
    assert run(program, given, tmp_path) == [repr(text) for text in TEXTS]


def test_only_lessons_in_which_something_was_done_are_saved(tmp_path):
    here = folder(one=written(ONE, "product_of_sum", RIGHT))
    work = run("async () => pack(contents, now)", here, tmp_path)
    assert list(work["lessons"]) == [ONE]
    here["files"][f"{FOUR}/review.json"] = json.dumps({"04.forward": {"card": {}}})
    work = run("async () => pack(contents, now)", here, tmp_path)
    assert work["lessons"][FOUR] == {"kept": {"review.json": {"04.forward": {"card": {}}}}}


# ---- what is put back

PUT = """async () => {
  const done = await unpack(contents, parse(told.text), now);
  return { done, files: Object.fromEntries(files), folders: [...folders] };
}"""


def saved(tmp_path, one=None):
    return json.dumps(run("async () => pack(contents, now)", folder(one), tmp_path))


def test_what_was_here_is_copied_away_before_anything_takes_its_place(tmp_path):
    text = saved(tmp_path, one=written(ONE, "product_of_sum", RIGHT))
    mine = written(ONE, "product_of_sum", "mine")
    found = run(PUT, {**folder(one=mine), "text": text}, tmp_path)
    before = "before-2026-11-30-21-05-07"
    assert found["done"] == {"put": [f"{ONE}/{ONE}.ipynb"], "missing": [], "before": before}
    assert found["files"][f"{before}/{ONE}/{ONE}.ipynb"] == mine
    cells = {c["id"]: c for c in found["files"][f"{ONE}/{ONE}.ipynb"]["cells"]}
    assert cells["product_of_sum"]["source"] == RIGHT
    assert found["files"][f"{FOUR}/{FOUR}.ipynb"] == release(FOUR)


def test_in_a_fresh_place_nothing_needs_to_be_copied_away(tmp_path):
    text = saved(tmp_path, one=written(ONE, "product_of_sum", RIGHT))
    found = run(PUT, {**folder(), "text": text}, tmp_path)
    assert found["done"]["before"] == "" and found["folders"] == [ONE, FOUR]


def test_small_files_are_put_together_and_the_older_one_is_copied_away(tmp_path):
    text = json.loads(saved(tmp_path))
    text["lessons"] = {FOUR: {"kept": {"review.json": {"a": 1, "b": 2}, "attempts.json": {"c": 1}}}}
    here = folder()
    here["files"][f"{FOUR}/review.json"] = old = json.dumps({"b": 0, "d": 4})
    found = run(PUT, {**here, "text": json.dumps(text)}, tmp_path)
    assert json.loads(found["files"][f"{FOUR}/review.json"]) == {"a": 1, "b": 2, "d": 4}
    assert json.loads(found["files"][f"{FOUR}/attempts.json"]) == {"c": 1}
    assert found["files"][f"{found['done']['before']}/{FOUR}/review.json"] == old


def test_a_lesson_that_is_not_here_is_named(tmp_path):
    text = json.loads(saved(tmp_path))
    text["lessons"] = {"09-more": {"kept": {}}}
    found = run(PUT, {**folder(), "text": json.dumps(text)}, tmp_path)
    assert found["done"]["missing"] == ["09-more"] and found["folders"] == [ONE, FOUR]


def test_outputs_of_a_file_are_never_trusted(tmp_path):
    notebook = written(ONE, "product_of_sum", RIGHT)
    for cell in notebook["cells"]:
        cell["metadata"]["trusted"] = True
    found = run(PUT, {**folder(), "text": saved(tmp_path, one=notebook)}, tmp_path)
    cells = found["files"][f"{ONE}/{ONE}.ipynb"]["cells"]
    assert {cell["metadata"]["trusted"] for cell in cells} == {False}


WHOLE = {"kind": "work in Backprop by Hand", "version": 1, "saved": "", "lessons": {}}
NOTEBOOK = {"nbformat": 4, "cells": [{"cell_type": "code", "source": "1", "metadata": {}}]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("{ half", "no file of saved work"),
        ("[]", "no file of saved work"),
        ({"kind": "another"}, "no file of saved work"),
        ({"lessons": None}, "no file of saved work"),
        ({"version": 2}, "newer course"),
        ({"version": "x"}, "newer course"),
        ({"lessons": {"../../etc": {"kept": {}}}}, "damaged at ../../etc"),
        ({"lessons": {ONE: None}}, f"damaged at {ONE}"),
        ({"lessons": {ONE: {"kept": {"../a.json": {}}}}}, "Nothing was put back"),
        ({"lessons": {ONE: {"kept": {"review.json": []}}}}, "Nothing was put back"),
        ({"lessons": {ONE: {"kept": {}, "notebook": {"cells": []}}}}, "Nothing was put back"),
        ({"lessons": {ONE: {"kept": {}, "notebook": NOTEBOOK | {"cells": [{}]}}}}, "Nothing was put"),
        ({"lessons": {ONE: {"kept": {}, "notebook": NOTEBOOK}, "x": 1}}, "Nothing was put back"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_and_says_why(tmp_path, change, said):
    text = change if isinstance(change, str) else json.dumps(copy.deepcopy(WHOLE) | change)
    program = """async () => {
      try { await unpack(contents, parse(told.text), now); } catch ({ message }) { return [message, Object.fromEntries(files)]; }
    }"""
    here = folder()
    message, files = run(program, {**here, "text": text}, tmp_path)
    assert said in message and files == here["files"]


# ---- in a browser: from a tab to another, and to a JupyterLab


def save(page, file):
    """Press the button that saves, and keep what is downloaded."""
    with page.expect_download() as taken:
        page.get_by_role("button", name="Save my work to a file").click()
    shutil.move(taken.value.path(), file)
    assert "among your downloads" in told(page)


def put_back(page, file):
    """Choose a file with the other button; what is told."""
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Put saved work back").click()
    chosen.value.set_files(file)
    return told(page)


def told(page):
    """What a dialog tells; it is closed."""
    dialog = page.locator(".jp-Dialog")
    dialog.wait_for()
    said = dialog.inner_text()
    dialog.get_by_role("button", name="Ok").click()
    dialog.wait_for(state="detached")
    return said


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_work_in_a_tab_goes_into_a_file_and_into_another_browser(browser_page, tmp_path):
    page = browser_page
    page.set_default_timeout(PATIENCE)
    page.on("dialog", lambda dialog: dialog.accept())
    with served(made()) as site:
        page.goto(f"{site}/lab/index.html?path={ONE}/{ONE}.ipynb")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        for cell_id, source in (("setup", None), ("product_of_sum", RIGHT), ("check-product_of_sum", None)):  # fmt: skip
            page.evaluate(RUN, [cell_id, source])
        # the tab's own Python keeps a question that comes back
        assert "comes back" in page.evaluate(RUN, ["setup", LATE])
        page.evaluate("() => { window.jupyterapp.commands.execute('backprop:start'); }")
        file = tmp_path / "work.json"
        save(page, file)  # the notebook was not saved: it is now
        work = json.loads(file.read_text("utf-8"))
        assert list(work["lessons"]) == [ONE]
        assert "01.product" in work["lessons"][ONE]["kept"][FILE]

        other = page.context.browser.new_context()
        try:
            fresh = other.new_page()
            fresh.set_default_timeout(PATIENCE)
            fresh.goto(f"{site}/lab/index.html")
            card = fresh.locator(".bp-card").first
            card.wait_for()
            assert "0 of" in card.inner_text() and "comes back" not in card.inner_text()
            assert "one lesson" in put_back(fresh, file)
            fresh.locator(".bp-card", has_text="1 of").first.wait_for()
            assert "1 question comes back" in card.inner_text()
            # its Python finds what was put back, and what was written
            fresh.goto(f"{site}/lab/index.html?path={ONE}/{ONE}.ipynb")
            fresh.locator(".jp-Notebook .jp-Cell").first.wait_for()
            assert "['01.product']" in fresh.evaluate(RUN, ["setup", DUE])
            fresh.evaluate(RUN, ["product_of_sum", None])
            assert "all right" in fresh.evaluate(RUN, ["check-product_of_sum", None])
        finally:
            other.close()


DUE = """from autograder.review.deck import Deck
from autograder import check
print([question.name for question, _ in Deck().due()])
"""
LATE = """from datetime import UTC, datetime
from autograder.review.deck import Deck
from autograder.review.questions import by_name
Deck().note(by_name("01.product"), False, now=datetime(2026, 1, 1, tzinfo=UTC))
"""


@pytest.mark.browser
def test_a_jupyterlab_reads_and_writes_the_same_file(browser_page, lab, tmp_path):
    page, here = browser_page, tmp_path / "work"
    shutil.copytree(ROOT / "release", here)
    path = here / FOUR / f"{FOUR}.ipynb"
    notebook = nbformat.read(path, 4)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["check-forward"].outputs = [verdict("two_two_one.forward", "all right")]
    cells["forward"].source = "mine = 1"
    nbformat.write(notebook, path)
    open_start(page, lab(here))
    file = tmp_path / "work.json"
    save(page, file)
    assert list(json.loads(file.read_text("utf-8"))["lessons"]) == [FOUR]

    cells["forward"].source = "later = 2"
    nbformat.write(notebook, path)
    Deck(here / FOUR).note(by_name("04.forward"), False)
    said = put_back(page, file)
    (before,) = here.glob("before-*")
    assert before.name in said
    now = {cell.id: cell.source for cell in nbformat.read(path, 4).cells}
    then = nbformat.read(before / FOUR / f"{FOUR}.ipynb", 4)
    assert now["forward"] == "mine = 1"
    assert {cell.id: cell.source for cell in then.cells}["forward"] == "later = 2"
    assert list(json.loads((here / FOUR / FILE).read_text("utf-8"))) == ["04.forward"]

    (tmp_path / "no.json").write_text("{}")
    assert "This is no file of saved work" in put_back(page, tmp_path / "no.json")
    assert page.errors == []
