"""Cheating with answers from elsewhere: the autograder's, the course's own networks, other
submissions, libraries."""

from attacks.attack import attack
from attacks.catalogue.the_test import READ, through

UP = """
import json
import os
import re
import sys
import pathlib
import numpy as np

here = pathlib.Path.cwd().resolve()

def notebooks(*folders):
    for above in (here, *here.parents):
        for folder in folders:
            yield from above.glob(folder)

def code(path):
    try:
        return ["".join(c["source"]) for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]
    except (OSError, ValueError, KeyError):
        return []

def from_code(name, *given):
    for text in found:
        if re.search(rf"^def {name}\\(", text, re.M) and "NotImplementedError" not in text:
            scope = {"np": np}
            exec(text, scope)
            return scope[name](*given)
"""
NETWORK = """
def forward(x, W1, W2):
    from course.network import Network
    trace = Network([W1, W2], ["tanh", "logistic"]).forward(x)
    return {"z1": trace.z[1], "y1": trace.y[1], "z2": trace.z[2], "y2": trace.y[2]}
"""
SEARCH = """
import importlib
import numpy as np

MODULES = ("activations", "losses", "network", "steps", "graph", "gradcheck", "examples")

def from_course(name, *given):
    names = {"sigmoid": ("_logistic",), "sigmoid_derivative": ("_logistic_prime",)}.get(name, (name,))
    for module in MODULES:
        for alias in names:
            there = getattr(importlib.import_module(f"course.{module}"), alias, None)
            if callable(there):
                return there(*(np.asarray(g) for g in given))
"""

ATTACKS = (
    attack("cheat_imports_the_answers", "Imports the trusted solutions of the autograder.", ours=True, first="""
           import importlib
           MODULES = ("two_two_one", "activations", "practice")
           def imported(name, *given):
               for module in MODULES:
                   there = importlib.import_module(f"autograder.exercises.{module}")
                   for function in (f for e in there.EXERCISES for f in e.solution):
                       if function.__name__ == name:
                           return function(*given)
           """, cells=through("imported")),
    attack("cheat_finds_the_exercises", "Looks the exercises up, and takes the solutions that stand in them.", ours=True, first="""
           def looked_up(name, *given):
               import autograder.exercises as known
               for exercise in known.all_exercises():
                   for signature, function in zip(exercise.signatures, exercise.solution):
                       if signature.name == name:
                           return function(*given)
           """, cells=through("looked_up")),
    attack("cheat_loads_the_answers_file", "Finds the files of the solutions on disk and runs them, past every import rule.", ours=True,
           first=UP + """
found = []
for root in {*sys.path, *map(str, here.parents), sys.prefix}:
    for path in pathlib.Path(root or ".").glob("autograder/exercises/*/*.py"):
        found.append(path.read_text())
for path in pathlib.Path(sys.prefix).glob("lib/python*/site-packages/*.pth"):
    for line in path.read_text().splitlines():
        found += [p.read_text() for p in pathlib.Path(line).glob("autograder/exercises/*/*.py")] if not line.startswith("import") else []
found += [p.read_text() for p in pathlib.Path(__import__("autograder").__file__).parent.glob("exercises/*/*.py")]
""", cells=through("from_code")),
    attack("cheat_imports_in_another_process", "Starts a Python of its own, which may import what this one may not.", ours=True, first="""
           import subprocess, sys
           def elsewhere(name, *given):
               code = ("import numpy as np; from numpy import array; from autograder.exercises import all_exercises as e; "
                       f"print(repr([f for x in e() for s, f in zip(x.signatures, x.solution) if s.name == {name!r}][0]"
                       f"(*{given!r})))")
               done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
               return eval(done.stdout, {"array": __import__("numpy").array})
           """, cells={g: c for g, c in through("elsewhere").items() if g == "divergence"}),
    attack("cheat_unblocks_imports", "Clears what was imported and every hook, and imports the solutions again.", ours=True, first="""
           import importlib, sys
           def again(name, *given):
               for key in [k for k in sys.modules if k.split(".")[0] in ("autograder", "course")]:
                   del sys.modules[key]
               sys.meta_path[:] = [f for f in sys.meta_path if type(f).__module__.startswith(("_frozen", "importlib")) or isinstance(f, type)]
               sys.path_hooks[:] = [*sys.path_hooks]
               sys.path_importer_cache.clear()
               importlib.invalidate_caches()
               from autograder.exercises import all_exercises
               return next(f for e in all_exercises() for s, f in zip(e.signatures, e.solution) if s.name == name)(*given)
           """, cells=through("again")),
    attack("cheat_uses_the_courses_network", "Lets the network that draws the lesson's pictures do the work.", ours=True, cells={
        "forward": NETWORK,
        "divergence": """
            def divergence(y, d):
                from course.losses import divergence as ours
                return ours(np.asarray(y), np.asarray(d))
            """,
        "backward": """
            def backward(x, d, W1, W2):
                from course.network import Network
                return Network([W1, W2], ["tanh", "logistic"]).backward(x, d).gradients
            """}),
    attack("cheat_searches_the_course", "Takes whatever the course defines under the name that is asked for.", ours=True, first=SEARCH,
           cells=through("from_course")),
    attack("cheat_differentiates_automatically", "Lets an autodiff library do the work.", cells={"sigmoid": """
               def sigmoid(z):
                   import torch
                   return torch.sigmoid(torch.tensor(z, dtype=torch.float64)).numpy()

               def sigmoid_derivative(z):
                   import torch
                   z = torch.tensor(z, dtype=torch.float64, requires_grad=True)
                   torch.sigmoid(z).sum().backward()
                   return z.grad.numpy()
               """}),
    attack("cheat_reads_the_source", "Finds the instructor's notebook in the class folder and runs its solutions.",
           first=UP + 'found = [t for p in notebooks("source/*/*.ipynb") for t in code(p)]', cells=through("from_code")),
    attack("cheat_reads_other_submissions", "Runs the code of whoever else has handed in.",
           first=UP + 'found = [t for p in notebooks("submitted/ada/*/*.ipynb", "autograded/ada/*/*.ipynb", "ada/*/*.ipynb") for t in code(p)]',
           cells=through("from_code")),
    attack("cheat_reads_the_gradebook_for_tests", "Reads the tests that are hidden in the gradebook.", first=UP + """
import sqlite3
found = []
for above in here.parents:
    if (above / "gradebook.db").exists():
        for (text,) in sqlite3.connect(above / "gradebook.db").execute("select source from source_cell"):
            found.append(text or "")
get_ipython().user_ns["_ih"][:0] = found
""" + READ, cells=through("wanted")),
    attack("cheat_raises_its_grade", "Writes points of its own into the gradebook while it is graded.", first=UP + """
import sqlite3
for above in here.parents:
    if (above / "gradebook.db").exists():
        with sqlite3.connect(above / "gradebook.db", timeout=3) as book:
            book.execute("update grade set extra_credit = 5, manual_score = 5 where notebook_id in (select n.id from submitted_notebook n "
                         "join submitted_assignment a on n.assignment_id = a.id where a.student_id = 'cheat_raises_its_grade')")
"""),
    attack("cheat_helps_a_friend", "Leaves a startup file behind that hushes the errors of a friend's submission.", first="""
           import os, pathlib
           text = '''
           def friend(info):
               if "the friend is here" in info.raw_cell:
                   ip = get_ipython()
                   async def run_code(code, result=None, **k):
                       return False
                   ip.run_code = run_code
           get_ipython().events.register("pre_run_cell", friend)
           '''
           from textwrap import dedent
           for place in (os.environ.get("IPYTHONDIR"), "~/.ipython"):
               folder = pathlib.Path(place or "~/.ipython").expanduser() / "profile_default" / "startup"
               try:
                   folder.mkdir(parents=True, exist_ok=True)
                   (folder / "00-backprop-attack.py").write_text(dedent(text))
               except OSError:
                   pass
           """),
    attack("cheat_is_helped_by_a_friend", "Handed in after a friend's submission that has left something behind.", first="# the friend is here"),
)  # fmt: skip
