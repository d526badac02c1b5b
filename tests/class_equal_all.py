"""The long comparison: the class of `make class`, and generated submissions, graded by plain `nbgrader
autograde` and by `backprop grade`, gradebooks row by row and folders file by file.

    python tests/class_equal_all.py                         # 500 generated ones; hours
    python tests/class_equal_all.py --generated 8 --lessons 4   # a look

The generated ones are the model solutions of a lesson with a slip of the pen in one of their
functions (the operators of `tests/mutation`), some of them with a cell left empty or deleted.
"""

import argparse
import ast
import copy
import random
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from class_equal import ROOT, SEED, ended, same, twin, typed

sys.path.insert(0, str(Path(__file__).parent / "mutation"))

from autograder.rehearsal import CONFIG, STUDENTS
from autograder.rehearsal.submissions import LESSONS, hand_in

SETTINGS = f"""
c.DrawInputs.seed = {SEED}
c.LateSubmissionPlugin.penalty_method = "zero"
"""


def slips(nb, chance):
    """A notebook with one slip in one of its solutions, and now and then something missing."""
    from operators import versions

    nb = copy.deepcopy(nb)
    told = [(each, each.metadata.get("nbgrader", {})) for each in nb.cells]
    solutions = [c for c, t in told if c.cell_type == "code" and t.get("solution")]
    cell = chance.choice(solutions)
    tree = ast.parse(cell.source)
    places = []
    for function in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
        waiting = [(function, [tree])]
        while waiting:
            node, above = waiting.pop()
            for name, value in ast.iter_fields(node):
                for k, child in enumerate(value if isinstance(value, list) else [value]):
                    if isinstance(child, ast.AST):
                        waiting.append((child, [*above, node]))
                        where = k if isinstance(value, list) else None
                        places += [
                            (node, name, where, new) for new in versions(child, [*above, node])
                        ]
    if places:
        node, name, where, new = chance.choice(places)
        if where is None:
            setattr(node, name, new)
        else:
            getattr(node, name)[where] = new
        cell.source = ast.unparse(ast.fix_missing_locations(tree))
    if chance.random() < 0.2:
        chance.choice(solutions).source = ""
    if chance.random() < 0.1:
        nb.cells.remove(chance.choice([c for c, t in told if t.get("locked") and t.get("grade")]))
    return nb


def make(folder, lessons, generated):
    """The class, with everything handed in; who has what."""
    folder.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(CONFIG + SETTINGS, encoding="utf-8")
    (folder / "exchange").mkdir()
    for lesson in lessons:
        shutil.copytree(ROOT / "source" / lesson, folder / "source" / lesson)
        status, said = ended(typed(folder, "nbgrader", "generate_assignment", lesson))
        assert status == 0, said
    for student in STUDENTS:
        for lesson in set(student.lessons) & set(lessons):
            place = folder / "submitted" / student.name / lesson
            shutil.copytree(folder / "release" / lesson, place)
            hand_in(student, lesson, place, folder / "source" / lesson / f"{lesson}.ipynb")
    chance = random.Random(SEED)
    for k in range(generated):
        lesson = lessons[k % len(lessons)]
        nb = nbformat.read(folder / "source" / lesson / f"{lesson}.ipynb", 4)
        place = folder / "submitted" / f"slip{k:03d}" / lesson
        place.mkdir(parents=True)
        nbformat.write(slips(nb, chance), place / f"{lesson}.ipynb")
        (place / "timestamp.txt").write_text("2024-05-01 10:00:00 UTC", encoding="utf-8")


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--generated", type=int, default=500, metavar="N")
    words.add_argument("--lessons", type=int, nargs="+", default=range(1, 9), metavar="NUMBER")
    asked = words.parse_args()
    lessons = [LESSONS[number - 1] for number in asked.lessons]
    with tempfile.TemporaryDirectory(prefix="backprop-equal-") as made:
        plain = Path(made) / "plain"
        make(plain, lessons, asked.generated)
        ours = twin(plain, Path(made) / "ours")
        for lesson in lessons:
            ended(typed(plain, "nbgrader", "autograde", lesson), None)
            print(ended(typed(ours, "backprop", "grade", lesson), None)[1], flush=True)
        compared, laid = same(plain, ours)
    print(f"Equal: {compared} rows of the gradebooks, {laid} files and folders.")


if __name__ == "__main__":
    main()
