"""What a teacher can do about what goes wrong in lesson 1."""

from autograder.exercises.teaching import Teach

GRAPH = "GraphStepper"
_UPSTREAM = Teach(
    "The output moves by 3 when f moves by 1, and f moves by 2 when x moves by 1. By how much does the output move when x does?",
    "By 6: local slope times what comes from above. A gate that hands back only its own slope forgets the 3.",
    GRAPH,
    "Step back through a mul gate: its step names the gradient that came from above as one of the factors.",
)
_ADD = Teach(
    "x reaches f by two ways. You nudge x, and both ways move f. What is the derivative?",
    "The sum of both. So what arrives at x is added with `+=`; `=` keeps only the last way.",
    GRAPH,
    "Take x·x + max(x, y)·y, step back slowly and watch the gradient of y: y is reached twice.",
)  # fmt: skip

TEACHING = {
    "linear": Teach(
        "f = wx + b. x moves by 0.1 and nothing else does. By how much does f move, and by how much when b moves by 0.1?",
        "By 0.1 w, and by 0.1. So ∂f/∂x is w, and ∂f/∂b is 1, whatever b is.",
        GRAPH,
    ),
    ("linear", "each input its own gradient"): Teach(
        "In w·x, with w = 5 and x = 2: nudge x by 1. Does the product grow by 2 or by 5?",
        "By 5. The gradient of a factor is the other factor.",
        GRAPH,
        "Set one factor to 0: it is the gradient of the other one that vanishes.",
    ),
    "product_of_sum": Teach(
        "f = (x + y) z. Which numbers of the way forward are needed on the way back?",
        "x + y for the gradient of z, and z for that of x + y. The add gate needs none.",
        GRAPH,
        "Walk through (x + y) z to the end. Then set z to 0, and ask why the gradient of z is not 0.",
    ),
    ("product_of_sum", "upstream gradient forgotten"): _UPSTREAM,
    "gates": Teach(
        "What does each gate do with the gradient that comes from above: add, multiply, maximum?",
        "Add hands it to both. Multiply gives each input the other input times it. Maximum gives all of it to the larger input.",
        GRAPH,
        "Step back through the three gates and cover the numbers below the wires first.",
    ),
    ("gates", "add gate: upstream forgotten"): _UPSTREAM,
    ("gates", "mul gate: upstream forgotten"): _UPSTREAM,
    ("gates", "max gate: upstream forgotten"): _UPSTREAM,
    "sigmoid_neuron": Teach(
        "Seven gates lie between w₀ and f. Which of them change the sign on the way back?",
        "1/x, ·(−1), and the mul gate w₀x₀ when x₀ is negative, as it is in the picture.",
        GRAPH,
        "Take the sigmoid neuron and step back through its gates.",
    ),
    ("sigmoid_neuron", "σ (1 - σ) fed with z"): Teach(
        "σ(1 − σ) is at most ¼. What would z (1 − z) be at z = 2?",
        "−2. The formula takes the output of the sigmoid, not what goes into it.",
    ),
    "numeric_gradient": Teach(
        "Why nudge to both sides, and why not take h as small as it will go?",
        "To both sides the error falls with h², not with h. With a tiny h the two values share most of their digits, and the "
        "difference keeps only what is left.",
        "DifferenceCurve",
        "Move h from 1 to the left: the error falls, then rises again in stairs.",
    ),
    ("numeric_gradient", "one-sided difference"): Teach(
        "h becomes ten times smaller. How many times smaller does the error become, one-sided and central?",
        "Ten times and a hundred times, as long as h is large enough.",
        "DifferenceCurve",
        "Move h from 1 to 0.1 and compare the two curves.",
    ),
    "staged": Teach(
        "On the way forward x was used three times. How many gradients arrive at it on the way back?",
        "Three, and they add up.",
        GRAPH,
        "Take a formula that uses x twice, point at x, and see its paths light up.",
    ),
    ("staged", "only the last path kept"): _ADD,
    ("staged", "only the path through the square kept"): _ADD,
    "backpropagate": Teach(
        "When may a node pass its gradient on to its parents?",
        "When everything that uses it has passed its own on. So the nodes are visited in the reverse of an order in which parents "
        "come first.",
        "PathsAndEdges",
        "Take doubled edges and depth 10: 1,024 paths and 20 edges. Who passes on at every arrival walks the paths.",
    ),
    ("backpropagate", "= where += belongs"): _ADD,
    "break_it": Teach(
        "Both derivatives are measured, and one disagrees. Which lines of the way back can be wrong, and which cannot?",
        "Only those that lead to this input and not to the other one.",
        "DifferenceCurve",
        section="Measure it",
    ),
}
