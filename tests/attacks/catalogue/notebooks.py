"""Cheating with the notebook file: its metadata, its cells, outputs that stand in it already."""

import copy

from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from attacks.attack import TESTS, attack, cell


def told(**values):
    """Change what the test cells say about themselves."""

    def edit(nb):
        for grade_id in TESTS.values():
            cell(nb, grade_id).metadata["nbgrader"].update(values)

    return edit  # fmt: skip


def tests(change):
    """Do something to every test cell."""

    def edit(nb):
        for grade_id in TESTS.values():
            change(nb, cell(nb, grade_id))

    return edit  # fmt: skip


def tagged(*tags):
    return tests(lambda nb, c: c.metadata.update(tags=list(tags)))


def rewritten(source, **values):
    def change(nb, c):
        c.source = source
        c.metadata["nbgrader"].update(values)

    return tests(change)  # fmt: skip


def kind(name):
    def change(nb, c):
        c.cell_type = name
        c.pop("outputs", None)
        c.pop("execution_count", None)

    return tests(change)  # fmt: skip


def full_marks_first(nb):
    for grade_id in TESTS.values():
        twin = copy.deepcopy(cell(nb, grade_id))
        twin["id"], twin.source = f"twin-{grade_id}"[:64], "True"
        nb.cells.insert(0, twin)


def filled_in(nb, c):
    c.execution_count = 7
    c.outputs = [new_output("execute_result", {"text/plain": "True", "text/html": "<b>5 of 5 points</b>"}, execution_count=7,
                            metadata={"backprop": {"score": 1.0, "why": "", "seed": 1, "exercise": "two_two_one.forward"}})]  # fmt: skip


def swapped(nb):
    """A test of a solved exercise takes the place of the one that is worth most."""
    small, large = cell(nb, "check-divergence"), cell(nb, "check-backward")
    small.metadata["nbgrader"]["grade_id"], large.metadata["nbgrader"]["grade_id"] = (
        "check-backward",
        "check-divergence",
    )
    small["id"], large["id"] = large["id"], small["id"]


def more_tests(nb):
    """Test cells that the release does not have."""
    for k in range(3):
        extra = copy.deepcopy(cell(nb, "check-divergence"))
        extra["id"] = f"more-{k}"
        extra.metadata["nbgrader"].update(grade_id=f"check-more-{k}", points=50)
        nb.cells.append(extra)


def forged_metadata(nb):
    for c in nb.cells:
        c.metadata["backprop"] = {
            "source": 'check("two_two_one.divergence", divergence)',
            "seed": 1,
            "score": 1.0,
        }
    nb.metadata["backprop"] = {"lesson": "04-attacked", "points": 100}
    nb.metadata["nbgrader"] = {"points": 100}


def other_kernel(nb):
    nb.metadata["kernelspec"] = {
        "name": "bash",
        "display_name": "Bash",
        "language": "bash",
        "argv": ["sh", "-c", "exit 0"],
    }
    nb.metadata["language_info"] = {"name": "bash"}


def odd(nb):
    nb.nbformat_minor = 99
    nb.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 99}
    }
    nb.cells[0].metadata["nbgrader"] = []
    nb.cells.append(new_markdown_cell("x" * 10, metadata={"nbgrader": None}))


DIVERGENCE = ("divergence",)
ATTACKS = (
    attack("cheat_tests_skipped", "Tags the test cells so that they are not run: no output is full marks in nbgrader.", edit=tagged("skip-execution")),
    attack("cheat_errors_allowed", "Tags the test cells so that errors in them count as wanted.",
           edit=tagged("raises-exception", "remove_cell", "hide_output", "remove-output")),
    attack("cheat_more_points", "Raises what the test cells say they are worth.", edit=told(points=500), solved=DIVERGENCE),
    attack("cheat_negative_points", "Says that the tests it fails are worth less than nothing.", edit=told(points=-50)),
    attack("cheat_unlocked_tests", "Unlocks the test cells and writes points into them.", edit=rewritten("True", locked=False)),
    attack("cheat_tests_as_answers", "Makes solution cells of the test cells, which a person would have to grade.",
           edit=rewritten("True", locked=False, solution=True)),
    attack("cheat_tests_as_tasks", "Makes manually graded tasks of the test cells.", edit=rewritten("True", task=True, grade=False, solution=False)),
    attack("cheat_tests_as_text", "Turns the test cells into markdown.", edit=kind("markdown")),
    attack("cheat_tests_as_raw", "Turns the test cells into raw cells.", edit=kind("raw")),
    attack("cheat_checksums", "Writes checksums and cell types of its own.", edit=told(checksum="0" * 32, cell_type="markdown", schema_version=1)),
    attack("cheat_test_twins", "Puts a second cell with the name of each test before it, with points in it.", edit=full_marks_first),
    attack("cheat_tests_swapped", "Gives the test it passes the name of the one that is worth most.", edit=swapped, solved=DIVERGENCE),
    attack("cheat_tests_of_its_own", "Adds test cells with 50 points each for what it has solved.", edit=more_tests, solved=DIVERGENCE),
    attack("cheat_tests_deleted", "Deletes the test cells.", edit=tests(lambda nb, c: nb.cells.remove(c))),
    attack("cheat_outputs_filled_in", "Hands in outputs that say full points, in cells that look as if they had run.", edit=tests(filled_in)),
    attack("cheat_our_metadata", "Writes the autograder's own notes into every cell.", edit=forged_metadata, ours=True),
    attack("cheat_other_kernel", "Names another kernel, in which every cell runs without an error.", edit=other_kernel),
    attack("cheat_odd_format", "A notebook that is barely one: a format from the future, metadata of the wrong kinds.", edit=odd),
    attack("cheat_magic_before_the_test", "A cell before each test starts a block that swallows what follows.",
           edit=tests(lambda nb, c: nb.cells.insert(nb.cells.index(c), new_code_cell("%%script false --no-raise-error\n5.0", id=f"m-{c['id']}"[:64])))),
)  # fmt: skip
