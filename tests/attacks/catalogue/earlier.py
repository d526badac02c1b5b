"""Going for the second chance: what is judged with drawn values in place of an earlier function of
one's own."""

from attacks.attack import attack, everywhere
from attacks.catalogue.forged import TOOLS

ZEROS = """
def forward(x, W1, W2):
    return {"z1": 0 * W1[0], "y1": 0 * W1[0], "z2": 0 * W2[0], "y2": 0 * W2[0]}
"""


def second(name, what, backward, first="", forward=ZEROS, ours=False):
    """An attack with an earlier function that is wrong on purpose, and nothing of worth in the
    others."""
    cells = {**everywhere("0.0"), "forward": forward, "backward": "def backward(x, d, W1, W2):\n" + "\n".join(
        "    " + line for line in backward.strip().split("\n"))}  # fmt: skip
    return attack(name, what, first=first, cells=cells, ours=ours)


ATTACKS = (
    second("cheat_trivial_earlier", "Writes an earlier function that is trivial on purpose, and a later one that is right on it.",
           """
f = forward(x, W1, W2)
return {"y2": -d, "z2": 0 * d, "W2": 0 * W2, "y1": 0 * W1[0], "z1": 0 * W1[0], "W1": 0 * W1}
"""),
    second("cheat_passes_on", "Hands on what the earlier function gives as its own answer.", """
f = forward(x, W1, W2)
return {**f, "W1": W1 * f["y1"], "W2": W2 * f["y2"]}
"""),
    second("cheat_sees_the_stand_in", "Looks into what stands in for its own function for anything that helps.", """
f = forward(x, W1, W2)
if type(forward).__name__ != "function":
    for name in dir(forward):
        value = getattr(forward, name)
        if isinstance(value, dict) and "W1" in value:
            return value
    import gc
    for one in gc.get_referrers(forward):
        if isinstance(one, dict) and "W1" in one and "z1" in one:
            return one
return {name: f[name] for name in ("z1", "y1", "z2", "y2")} | {"W1": 0 * W1, "W2": 0 * W2}
"""),
    second("cheat_puts_his_own_back", "Puts its own function back where the stand-in is, and in its class.", """
def other(*a, **k):
    return {"z1": 0 * W1[0], "y1": 0 * W1[0], "z2": 0 * W2[0], "y2": d}
if type(forward).__name__ != "function":
    type(forward).__call__ = other
globals()["forward"] = other
f = other()
return {"y2": 0 * d, "z2": 0 * d, "W2": 0 * W2, "y1": 0 * W1[0], "z1": 0 * W1[0], "W1": 0 * W1}
""", ours=True),
    second("forge_drawn_values", "Changes how drawn values are drawn: all are 0, so that every gradient is easy.", """
f = forward(x, W1, W2)
return {"y2": -d, "z2": 0 * d, "W2": 0 * W2, "y1": 0 * W1[0], "z1": 0 * W1[0], "W1": 0 * W1}
""", first="""
from autograder.evidence import drawn
drawn.LOW = drawn.HIGH = 0.0
""", ours=True),
    attack("forge_the_second_part", "Adds to the evidence that it stood on drawn values, of every function there is.", first=TOOLS + '''
def forge():
    told = evidence({"y2": [0.0], "z2": [0.0]})
    names = ("forward", "divergence", "backward", "sigmoid", "relu", "__class__", "_lesson")
    for uses in (names, ("forward",), ("_lesson",)):
        send(probe.Evidence(told.exercise, (), told.observations, drawn=probe.Evidence(told.exercise, (), told.observations, uses=uses)))
''', cells=everywhere("forge()"), ours=True),
)  # fmt: skip
