"""Modules that stand in for those of the course while a submission is graded.

Pictures and predictions can be imported and used, and do nothing. The worked examples can be handed
to a picture, and nothing can be computed with them. Helpers that compute can be imported, since a
lesson's first cell imports them, but not called. Everything else is not there.
"""

from importlib.machinery import ModuleSpec

BLANK = (
    "course.widgets",
    "course.plots",
    "course.predict",
    "course.prediction",
    "autograder.decks",
)
SHOWN = "course.examples"
NOT_CALLED = (
    "course.baselines",
    "course.gradcheck",
    "course.tanh_graph",
    "course.tanh_layers",
    "course.zigzag",
)
WHY = "is not there while a submission is graded: the work itself is asked for"


class Blank:
    """Takes whatever a picture takes and shows nothing."""

    def __init__(self, *arguments, **named):
        pass

    def __call__(self, *arguments, **named):
        return Blank()

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return Blank()

    def __setattr__(self, name, value):
        pass

    def __repr__(self):
        return "(a picture; blank while a submission is graded)"


class Shown:
    """A part of a worked example: a picture takes it, and nothing else can be done with it."""

    def __init__(self, name):
        object.__setattr__(self, "_name", name)

    def __getattr__(self, name):
        if name.startswith("_") and name != "__array__":
            raise AttributeError(name)
        raise ImportError(f"{self._name} {WHY}")

    def __repr__(self):
        return "(a part of a worked example; blank while a submission is graded)"


class _Modules:
    """Makes the modules: every name in one is a `Blank`, or a function that says that it is
    absent."""

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__
        is_blank = name.startswith(BLANK)

        def __getattr__(wanted):
            if wanted.startswith("_"):
                raise AttributeError(wanted)
            if is_blank:
                return Blank()

            def absent(*arguments, **named):
                raise ImportError(f"{name}.{wanted} {WHY}")

            def shown(*arguments, **named):  # a network, its input, its target
                return tuple(Shown(f"{name}.{wanted}") for _ in range(3))

            return shown if name == SHOWN else absent

        module.__getattr__ = __getattr__


class Absent:
    """Comes first, and lets packages of some names be absent."""

    def __init__(self, names):
        self.names = frozenset(names)

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"{name} {WHY}", name=name)
        return None


class Finder:
    """Comes after the search for files, so that it is asked only about what has no file here."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ("course", "autograder"):
            return None
        if any(
            name == known or name.startswith(known + ".") for known in (*BLANK, SHOWN, *NOT_CALLED)
        ):
            return ModuleSpec(name, _Modules(), is_package=True)
        raise ModuleNotFoundError(f"{name} {WHY}", name=name)
