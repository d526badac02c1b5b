"""Cheating by looking at the test while it runs: its text, the frames that call, what lies in
memory."""

from attacks.attack import HEADS, attack

READ = '''
import ast
import sys
import numpy as np

def wanted(name, *given):
    """The result that the text of a test asks for, for these inputs."""
    found = {}
    for text in reversed(get_ipython().user_ns["_ih"]):
        for node in ast.walk(ast.parse(text)):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("allclose")):
                continue
            left, keys = node.args[0], []
            while isinstance(left, ast.Subscript):
                keys.append(ast.literal_eval(left.slice))
                left = left.value
            if not (isinstance(left, ast.Call) and ast.unparse(left.func) == name):
                continue
            known = [eval(ast.unparse(a), {"np": np}) for a in left.args]
            if len(known) == len(given) and all(np.array_equal(a, b) for a, b in zip(known, given)):
                value = eval(ast.unparse(node.args[1]), {"np": np})
                if not keys:
                    return value
                found[keys[0]] = value
        if found:
            return found
'''
FRAMES = '''
import sys

def from_frames(name, *given):
    """Whatever a frame above holds under the name of the function or of a right answer."""
    frame = sys._getframe(1)
    while frame:
        for scope in (frame.f_locals, frame.f_globals):
            for key in (name, "solution", "exact", "expected", "wanted", "target", "trusted", "oracle"):
                value = scope.get(key)
                if callable(value) and getattr(value, "__module__", "__main__") != "__main__":
                    return value(*given)
                if value is not None and not callable(value):
                    return value
        frame = frame.f_back
'''
MEMORY = '''
import gc
import types

def from_memory(name, *given):
    """A function of this name that somebody else has defined, wherever it lies in memory."""
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__name__ == name and thing.__module__ != "__main__":
            return thing(*given)
        if isinstance(thing, dict) and isinstance(thing.get("__name__"), str) and "autograder.exercises" in thing["__name__"] and name in thing:
            return thing[name](*given)
'''


def through(helper: str) -> dict[str, str]:
    """Solution cells in which every function hands its name and inputs to a helper."""
    text = "def {head}:\n    return {helper}({name!r}, {given})"
    return {
        grade_id: "\n\n".join(
            text.format(
                head=h,
                helper=helper,
                name=h.partition("(")[0],
                given=h.partition("(")[2].rstrip(")"),
            )
            for h in heads
        )
        for grade_id, heads in HEADS.items()
    }


ATTACKS = (
    attack("cheat_reads_the_test", "Reads the results that are wanted from the text of the test cell.", first=READ, cells=through("wanted")),
    attack("cheat_reads_frames", "Looks for right answers in the frames that call it.", first=FRAMES, cells=through("from_frames")),
    attack("cheat_reads_memory", "Looks for right functions among all objects in memory.", first=MEMORY, cells=through("from_memory")),
    attack("cheat_reads_closures", "Looks for right answers in the closures and constants of the code that calls it.", first="""
           import sys

           def inside(name, *given):
               frame = sys._getframe(1)
               while frame:
                   for value in (*frame.f_code.co_consts, *(c.cell_contents for f in list(frame.f_locals.values())
                                 for c in getattr(f, "__closure__", None) or () if c)):
                       if callable(value) and getattr(value, "__name__", "") == name and value.__module__ != "__main__":
                           return value(*given)
                   frame = frame.f_back
           """, cells=through("inside")),
    attack("cheat_takes_the_references_result", "Wraps every function of its name that is imported later, to see the right result first.",
           first="""
           import builtins, sys
           results = {}
           def spy(module):
               for name in ("forward", "divergence", "backward", "sigmoid", "sigmoid_derivative", "train_validation_test"):
                   there = getattr(module, name, None)
                   if callable(there) and module.__name__ != "__main__":
                       results[name] = there
           right = builtins.__import__
           def watching(name, *a, **k):
               module = right(name, *a, **k)
               for one in list(sys.modules.values()):
                   try:
                       spy(one)
                   except Exception:
                       continue
               return module
           builtins.__import__ = watching
           def taken(name, *given):
               import math
               return results[name](*given)
           """, cells=through("taken")),
)  # fmt: skip
