"""Forging what leaves the kernel: evidence for answers that were never given."""

from attacks.attack import attack, everywhere

TOOLS = '''
import ast
import json
from IPython.display import display
from autograder.evidence import answering, probe, transport

MIME = answering.MIME
sent = []

def order():
    """The order that the running test cell carries: name, number of functions, cases, limit, repeat."""
    text = next(t for t in reversed(get_ipython().user_ns["_ih"]) if "answer(" in t)
    call = ast.parse(text).body[0].value
    return transport.loads(ast.literal_eval(call.args[0]))

def record(function, returned=None, error=None):
    return probe.Record(function, returned, error)

def send(value):
    display({MIME: value if isinstance(value, str) else transport.dumps(value)}, raw=True)

def evidence(returned=None, error=None, **fields):
    name, _, cases, *_ = order()
    seen = tuple(tuple(record(c.function, returned, error) for c in case.calls) for case in cases)
    return probe.Evidence(**{"exercise": name, "cases": (), "observations": seen, **fields})
'''


def forged(name, what, code, **parts):
    """An attack in which every function runs `forge()` and answers nothing of worth."""
    return attack(f"forge_{name}", what, first=TOOLS + "\ndef forge():\n" + "\n".join("    " + line for line in code.strip().split("\n")),
                  cells=everywhere("forge()"), ours=True, **parts)  # fmt: skip


def patched(name, what, code, **parts):
    return attack(
        f"forge_{name}", what, first=TOOLS + code, cells=everywhere("0.0"), ours=True, **parts
    )


ATTACKS = (
    forged("no_observations", "Shows evidence with nothing in it before the probe shows its own.",
           "send(probe.Evidence(order()[0], ()))"),
    forged("right_shapes", "Shows evidence for all cases, with made-up numbers.", "send(evidence({'z1': [0.0], 'y1': [0.0]}))"),
    forged("no_cases_no_questions", "Shows evidence that brings easy cases of its own.",
           "send(probe.Evidence(order()[0], (probe.Case('easy', ()),), ((),), None, ()))"),
    forged("another_exercise", "Shows the evidence of an exercise it has solved for one that it has not.", """
        name, wanted, cases, limit, repeat, _ = order()
        solved = probe.probe("activations.sigmoid", [lambda *a: 0.0] * wanted, cases, limit, repeat)
        send(solved)
        """.replace("\n        ", "\n")),
    forged("half_a_record", "Leaves out the records of the cases that it fails.", """
e = evidence(0.0)
send(probe.Evidence(e.exercise, (), e.observations[:1]))
"""),
    forged("wrong_kinds", "Puts texts, lists and numbers where flags and names belong.", """
        bad = probe.Record("0", {"z1": [1]}, probe.Raised(5, ["x"], {"a": 1}), ("0", 10**9), "yes", (1, 2), "many", -1.0)
        name, _, cases, *_ = order()
        send(probe.Evidence(7, (), tuple((bad,) * len(c.calls) for c in cases), "last", (bad,), None, (["forward"], 5)))
        """.replace("\n        ", "\n")),
    forged("a_verdict", "Shows a verdict, points and a score under every name that somebody might read.", """
        told = {"seed": 1, "exercise": order()[0], "score": 1.0, "why": ""}
        display({"text/plain": "True", MIME: json.dumps({"score": 1.0, "passed": True})}, metadata={"backprop": told}, raw=True)
        get_ipython().displayhook(True)
        """.replace("\n        ", "\n")),
    forged("strange_arrays", "Sends arrays with impossible shapes, sizes and types.", """
        arrays = [{"$": "array", "dtype": d, "shape": s, "data": "AAAAAAAAAAA="} for d, s in
                  (("<f8", [10**12]), ("<f8", [0, 10**12]), ("|O8", [1]), ("|b1", [8]), ("<f16", [1]), ("<u8", [-1]), ("<f8", [True]))]
        name, _, cases, *_ = order()
        for array in arrays:
            fields = {"function": 0, "returned": array, "error": None, "changed": {"$": "tuple", "items": []}, "shared": False,
                      "warned": {"$": "tuple", "items": []}, "printed": 0, "seconds": 0.0}
            seen = [[{"$": "Record", "fields": fields}] for _ in cases]
            send(json.dumps({"$": "Evidence", "fields": {"exercise": name, "cases": [], "observations": seen}}))
        """.replace("\n        ", "\n")),
    forged("code_for_the_grader", "Sends an input that is made by running an expression, for the grader to make.", """
        bomb = probe.inputs_module.Function("z", "__import__('pathlib').Path.home().joinpath('backprop-attack-ran').touch()")
        send(evidence(bomb, cases=(probe.Case("x", ()),)))
        """.replace("\n        ", "\n").replace("probe.inputs_module", "transport")),
    forged("pickled", "Sends a pickle, in the hope that somebody loads it.", """
        import base64, pickle
        class Run:
            def __reduce__(self):
                return __import__("os").system, ("touch ~/backprop-attack-pickle",)
        data = base64.b64encode(pickle.dumps(Run())).decode()
        send('{"$":"array","dtype":"|O8","shape":[1],"data":"' + data + '"}')
        """.replace("\n        ", "\n")),
    forged("deep", "Sends evidence that is nested a hundred thousand times.", "send('[' * 100_000 + ']' * 100_000)"),
    forged("wide", "Sends sixty megabytes of empty lists, which take gigabytes when they are read.",
           "if not sent:\n    sent.append(1)\n    send('[' + '[],' * 20_000_000 + '[]]')", lock=True, slow=True),
    forged("long_numbers", "Sends numbers of a million digits.", "send('[' + '9' * 1_000_000 + ', 1e999999999, NaN, -Infinity]')"),
    forged("endless_stream", "Sends evidence again and again, faster than anybody reads it.",
           "for _ in range(300):\n    send('[' + '0,' * 50_000 + '0]')", lock=True, slow=True),
    patched("patched_probe", "Replaces the probe by one that says what it likes.", """
def anything(name, found, cases, limit, repeat):
    return evidence({"z1": [0.0]}, again_case=None)
answering.probe = probe.probe = probe.run_case = anything
"""),
    patched("patched_transport", "Replaces what writes the evidence.", """
answering.dumps = transport.dumps = lambda value: json.dumps({"$": "Evidence", "fields": {"exercise": "x", "cases": [], "observations": []}})
"""),
    patched("easier_inputs", "Lets the probe see other inputs than those that were ordered: zeros.", """
import numpy as np
right = transport.loads
def zeros(value):
    if isinstance(value, np.ndarray):
        return np.zeros_like(value)
    if isinstance(value, tuple):
        items = [zeros(v) for v in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value
answering.loads = lambda text, *a: zeros(right(text, *a))
"""),
    patched("comparison_by_the_student", "Replaces the plain data of the evidence by objects that are equal to everything.", """
from autograder.evidence import plain
class Same(float):
    __eq__ = __le__ = __lt__ = lambda *a: True
    __sub__ = __rsub__ = lambda *a: 0.0
plain.plain = probe.plain = lambda value: Same(0.0)
"""),
    patched("fake_module", "Puts a module of its own in the place of the one that answers.", """
import sys, types
fake = types.ModuleType("autograder.evidence.answering")
fake.answer = lambda *a: get_ipython().displayhook(True)
sys.modules["autograder.evidence.answering"] = fake
import autograder
autograder.evidence.answering = fake
"""),
    patched("fake_import", "Replaces `__import__`, so that the test cell imports a fake.", """
import builtins
right = builtins.__import__
class Fake:
    answering = None
    def __getattr__(self, name):
        return lambda *a, **k: get_ipython().displayhook(True)
Fake.answering = Fake()
builtins.__import__ = lambda name, *a, **k: Fake() if name.startswith("autograder") else right(name, *a, **k)
"""),
    patched("sent_by_hand", "Writes evidence on the kernel's socket itself, and lets the real one through to nobody.", """
kernel = get_ipython().kernel
right = kernel.session.send
def send_other(stream, kind, content=None, *a, **k):
    if kind == "display_data" and MIME in content.get("data", {}):
        content["data"][MIME] = transport.dumps(evidence({"z1": [0.0]}))
        right(stream, "execute_result", {"data": {"text/plain": "True"}, "metadata": {}, "execution_count": 1}, *a, **k)
    return right(stream, kind, content, *a, **k)
kernel.session.send = send_other
"""),
    patched("changed_afterwards", "Shows evidence under a name by which a later cell replaces it.", """
right = display
import IPython.display
def named(*a, **k):
    return right(*a, **{**k, "display_id": "evidence"})
IPython.display.display = named
""", last="""
from IPython.display import update_display
update_display({"application/vnd.backprop.evidence": "{}", "text/plain": "True"}, display_id="evidence", raw=True)
"""),
)  # fmt: skip
