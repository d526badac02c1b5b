"""What a teacher can do about what goes wrong in lesson 4."""

from autograder.exercises.teaching import Teach

STEPPER = "BackpropStepper"
_SLOPE = Teach(
    "Between z and y lies an activation. If its slope at this place were 0, what would reach z on the way back?",
    "Nothing: ∂Div/∂z is the slope times ∂Div/∂y. A formula without the slope says something else.",
    STEPPER,
    "Type −40 for the weight from the first hidden unit to the output, and step back: of an error of nearly 1 only about a "
    "thousandth comes through the output's activation.",
)  # fmt: skip
_WRONG_SLOPE = Teach(
    "How steep is tanh at 0, and how steep is the logistic function there?",
    "1 and ¼. So 1 − y² belongs to tanh and y (1 − y) to the logistic function: put in y = 0 and y = ½.",
    STEPPER,
    "Step back through both layers and compare the two slopes that the steps name.",
    "The network",
)
_FED_WITH_Z = Teach(
    "The slope of the logistic function is y (1 − y), at most ¼. What would it be at z = 2, if you put z in place of y?",
    "2 · (1 − 2) = −2. A slope of a rising function cannot be negative: the formula is in the output y.",
    STEPPER,
    section="The network",
)
_SIGN = Teach(
    "The output is too small. Should ∂Div/∂y be positive or negative?",
    "Negative: Div falls when y grows. y − d is negative there, d − y is not.",
    STEPPER,
    "Step back one step from the output: the target is 1 and y is 0.53, so the first number is −0.47.",
    "How wrong is the output?",
)
_HALF = Teach(
    "What is the derivative of ½ u² with respect to u, and what of u²?",
    "u and 2u. The ½ in Div is there so that the 2 goes away.",
    section="How wrong is the output?",
)
_TRANSPOSED = Teach(
    "W2 has a row for each hidden unit and a column for each output. Which shape must its gradient have, and which index of it "
    "counts what comes in?",
    "The same shape. The row counts what comes in: y_i · ∂Div/∂z_j is np.outer(y, dz).",
    STEPPER,
)  # fmt: skip
_FROM_Y = Teach(
    "Which number does a weight change first when it is nudged: the y of the unit it leads to, or its z?",
    "Its z. So the weight's gradient is what comes in, times ∂Div/∂z of that unit.",
    STEPPER,
)
_PATHS = Teach(
    "A hidden unit feeds two outputs. You nudge it, and both outputs move. Whose movement counts?",
    "Both: ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j. Multiply along a path, add over the paths.",
    STEPPER,
    section="Paths add up",
)

TEACHING = {
    "forward": Teach(
        "Which numbers does the second layer take: the z of the hidden units, or their y?",
        "Their y: what a unit puts out. z is what it collects.",
        STEPPER,
        "Step forward only. Each step names the numbers it uses.",
    ),
    ("forward", "no activation in the hidden layer"): Teach(
        "Two layers of weights with nothing between them: could one layer do the same?",
        "Yes, with the product W1 W2. What lies between must bend.",
    ),
    ("forward", "sign of the exponent"): Teach(
        "z is very large. Is y near 1 or near 0? What does 1/(1 + e^z) say?",
        "Near 1. 1/(1 + e^z) goes to 0, so the exponent needs its minus.",
    ),
    "divergence": Teach(
        "Two outputs are each off by 1, one up and one down. What is Div?",
        "½ (1 + 1) = 1. Squares cannot cancel, they are added up, and the sum is halved.",
    ),
    "backward": Teach(
        "In which order can the six numbers of the way back be found, and why not in another?",
        "y⁽²⁾, z⁽²⁾, then W⁽²⁾ and y⁽¹⁾, then z⁽¹⁾, then W⁽¹⁾: each is a factor or a sum of what came before it.",
        STEPPER,
        "With “Pencil”, each number stays hidden until somebody has found it.",
    ),
    ("backward", "output activation derivative forgotten"): _SLOPE,
    ("backward", "hidden activation derivative forgotten"): _SLOPE,
    ("backward", "both slopes forgotten"): _SLOPE,
    ("backward", "logistic derivative in the tanh layer"): _WRONG_SLOPE,
    ("backward", "tanh derivative in the logistic layer"): _WRONG_SLOPE,
    ("backward", "both slopes exchanged"): _WRONG_SLOPE,
    ("backward", "1 + y² instead of 1 - y²"): _WRONG_SLOPE,
    ("backward", "y (1 - y) fed with z at the output"): _FED_WITH_Z,
    ("backward", "1 - y² fed with z in the hidden layer"): Teach(
        "The slope of tanh is 1 − y². What would it be at z = 2, if you put z in place of y?",
        "1 − 4 = −3. A slope of a rising function cannot be negative: the formula is in the output y.",
        section="The network",
    ),
    ("backward", "sign of the gradient lost"): _SIGN,
    ("backward", "the ½ forgotten"): _HALF,
    ("backward", "one path only"): _PATHS,
    ("backward", "weights indexed [to, from]"): _PATHS,
    ("backward", "gradient sent back from y instead of z"): _FROM_Y,
    ("backward", "weight gradients taken from y instead of z"): _FROM_Y,
    ("backward", "first weight gradient taken from y instead of z"): _FROM_Y,
    ("backward", "second weight gradient taken from y instead of z"): _FROM_Y,
    ("backward", "outer product with its arguments swapped"): _TRANSPOSED,
    ("backward", "first weight gradient transposed"): _TRANSPOSED,
    ("backward", "second weight gradient transposed"): _TRANSPOSED,
    "update": Teach(
        "The derivative of Div with respect to a weight is positive. Should the weight grow or shrink?",
        "Shrink: W − eta · gradient. The gradient points to where Div grows.",
        "BlameFlow",
    ),
    ("update", "update in place"): Teach(
        "Somebody hands you W1, and you write W1 -= … . What does that person find in W1 afterwards?",
        "Your new values. `-=` changes the array itself; W1 - … makes a new one.",
    ),
    "layers": Teach(
        "What must be in dy before the loop begins, and what at the end of each round?",
        "y⁽ᴺ⁾ − d; then ∂Div/∂y of the layer before, with which the next round begins.",
        STEPPER,
        section="Any number of layers",
    ),
    ("layers", "gradients in backward order"): Teach(
        "The loop runs from the last layer to the first and appends. Which layer's gradient is the first of the list?",
        "The last layer's. So the list has to be turned round.",
        section="Any number of layers",
    ),
    ("layers", "derivative taken at y instead of z"): Teach(
        "Each pair holds f and f′, both functions of z. Which number does f′ take, and where do you get it from?",
        "z. The list holds only y, so y⁽ᵏ⁻¹⁾ W⁽ᵏ⁾ is computed again.",
        section="Any number of layers",
    ),
    ("layers", "activation derivative forgotten"): _SLOPE,
    ("layers", "sign of the gradient lost"): _SIGN,
    ("layers", "the ½ forgotten"): _HALF,
    "break_it": Teach(
        "You measure all six gradients, and the first disagreement on the way back is at z⁽¹⁾. Which factor do you suspect?",
        "The slope of the hidden layer: it stands between y⁽¹⁾, which is right, and z⁽¹⁾.",
        STEPPER,
        section="Check yourself with finite differences",
    ),
}
