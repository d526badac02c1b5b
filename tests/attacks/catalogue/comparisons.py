"""Cheating with what is returned: objects that lie when they are compared, read or measured."""

from attacks.attack import HEADS, attack, everywhere

LIAR = """
import numpy as np

class Liar:
    __array_priority__ = 1e9
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = lambda *a: True
    __ne__ = lambda *a: False
    __hash__ = object.__hash__
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __abs__ = __getitem__ = lambda self, *a: self
    __array_function__ = __array_ufunc__ = lambda *a, **k: True
    __float__ = lambda self: 0.0
"""
LISTS = """
class Sly(list):
    reads = 0
    def __iter__(self):
        Sly.reads += 1
        return iter([Sly.reads] * 4)
    def __eq__(self, other):
        return True
    def __getitem__(self, key):
        return self
"""
TRAIN = "def train_validation_test(n, fractions, rng):\n"

ATTACKS = (
    attack("cheat_equal_to_everything", "Returns an object that is equal to, below and above everything, also for numpy.",
           first=LIAR, cells=everywhere("Liar()")),
    attack("cheat_liar_in_a_dict", "Returns dictionaries whose values are such objects.", first=LIAR,
           cells=everywhere("dict.fromkeys(('z1', 'y1', 'z2', 'y2', 'W1', 'W2'), Liar())", "forward", "backward")),
    attack("cheat_array_subclass", "Returns arrays of a class of its own, for which every numpy function says yes.",
           first="""
           import numpy as np

           class Yes(np.ndarray):
               __array_function__ = __array_ufunc__ = lambda *a, **k: True
               __getitem__ = lambda self, key: self
           """, cells=everywhere("np.zeros(2).view(Yes)")),
    attack("cheat_float_subclass", "Returns a float whose arithmetic always gives 0.", first="""
           class Nought(float):
               __sub__ = __rsub__ = __abs__ = __add__ = __radd__ = __mul__ = __rmul__ = lambda self, *a: 0.0
               __le__ = __lt__ = __eq__ = lambda self, other: True
           """, cells=everywhere("Nought(0.5)", "divergence", "sigmoid")),
    attack("cheat_other_class", "Returns an object that says it is an array when it is asked for its class.", first="""
           import numpy as np

           class Disguised:
               __class__ = np.ndarray
               shape, ndim, size, dtype = (), 0, 1, np.dtype(float)
               __eq__ = __le__ = lambda *a: True
               __array_function__ = lambda *a, **k: True
               def __array__(self, dtype=None, copy=None):
                   return np.zeros(())
               def __getitem__(self, key):
                   return self
           """, cells=everywhere("Disguised()")),
    attack("cheat_new_numbers_at_every_reading", "Returns lists that give other numbers each time they are read.", first=LISTS,
           cells=everywhere("Sly([0, 0])")),
    attack("cheat_keys_that_match", "Returns a mapping that has every key, with a value equal to everything.",
           first=LIAR + """
class Anything(dict):
    __contains__ = lambda self, key: True
    __missing__ = __getitem__ = lambda self, key: Liar()
    keys = lambda self: ["z1", "y1", "z2", "y2", "W1", "W2"]
    __eq__ = lambda self, other: True
""", cells=everywhere("Anything()", "forward", "backward")),
    attack("cheat_texts_that_match", "Returns texts with a comparison of their own as keys and values.", first="""
           class Text(str):
               __eq__ = lambda self, other: True
               __hash__ = lambda self: hash("z1")
           """, cells=everywhere("{Text('z1'): Text('4.0')}")),
    attack("cheat_points_returned", "Returns the points it would like to have.", cells=everywhere("5.0")),
    attack("cheat_points_shown", "Displays the points it would like to have, while the test runs.", first="""
           import sys
           from IPython.display import display

           def show():
               display(True)
               display({"text/plain": "True"}, raw=True)
               sys.displayhook(True)
               print(True)
           """, cells=everywhere("show()")),
    attack("cheat_nan", "Returns nan everywhere: no comparison with it says no in the wrong place.",
           cells=everywhere("float('nan') * (0 if True else 1)")),
    attack("cheat_half_precision_zeros", "Returns zeros in half precision, to be compared with the wide tolerance of it.",
           cells={"forward": """
               def forward(x, W1, W2):
                   h, o = np.shape(W1)[1], np.shape(W2)[1]
                   return {"z1": np.zeros(h, np.float16), "y1": np.zeros(h, np.float16), "z2": np.zeros(o, np.float16), "y2": np.zeros(o, np.float16)}
               """, **everywhere("np.zeros((), np.float16)", "divergence")}),
    attack("cheat_objects_in_arrays", "Returns arrays of objects that are equal to everything.", first=LIAR,
           cells=everywhere("np.array([Liar(), Liar()], dtype=object)", "divergence", "sigmoid")),
    attack("cheat_empties_the_inputs", "Sets its inputs to zero, so that the answer for them is easy.",
           cells={"forward": """
               def forward(x, W1, W2):
                   x[:], W1[:], W2[:] = 0, 0, 0
                   h, o = np.zeros(W1.shape[1]), np.zeros(W2.shape[1])
                   return {"z1": h, "y1": h.copy(), "z2": o, "y2": o + 0.5}
               """, "divergence": """
               def divergence(y, d):
                   y[:] = d
                   return 0.0
               """}),
    attack("cheat_gives_the_inputs_back", "Returns what was handed in.",
           cells={g: "\n\n".join(f"def {h}:\n    return {h.partition('(')[2].partition(',')[0].strip(')')}" for h in HEADS[g]) for g in HEADS}),
    attack("cheat_knows_the_printed_example", "Returns the numbers that the course prints for its worked example, whatever is asked.",
           cells={"forward": """
               def forward(x, W1, W2):
                   return {"z1": [2.0, 0.5], "y1": [0.964, 0.462], "z2": [0.0, 0.0], "y2": [0.5, 0.5]}
               """, **everywhere("0.25", "divergence")}),
    attack("cheat_remembers_what_it_saw", "Keeps all inputs of a test, and answers the repeated call with what it has learnt.",
           first="seen = {}", cells={"divergence": """
               def divergence(y, d):
                   key = repr((y, d))
                   seen[key] = seen.get(key, 0) + 1
                   return 0.5 * float(np.sum((np.asarray(y) - d) ** 2)) if seen[key] > 1 else 0.0
               """}),
    attack("cheat_promises", "Returns functions, generators and coroutines in place of numbers.", first="""
           async def later():
               return 0.0
           """, cells={**everywhere("later()", "divergence"), **everywhere("(0.0 for _ in range(9))", "forward"),
                       **everywhere("lambda *a: 0.0", "sigmoid")}),
)  # fmt: skip
