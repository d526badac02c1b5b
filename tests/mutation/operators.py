"""What a slip of the pen does to a line of numpy: the changed versions of one node of a syntax
tree.

A mutation operator takes a node and yields other nodes for its place. None of them knows what the
code is about.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

OTHER_OPERATORS = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
}
OTHER_COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ONE_WAY = (ast.Sub, ast.Div, ast.MatMult, ast.Pow, ast.FloorDiv, ast.Mod)  # a ∘ b is not b ∘ a
PAIRS = (
    ("sin", "cos"),
    ("exp", "log"),
    ("mean", "sum"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("any", "all"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("cumsum", "cumprod"),
    ("mean", "median"),
    ("expm1", "exp"),
    ("logaddexp", "maximum"),
)
OTHER_FUNCTIONS: dict[str, list[str]] = {}
for _one, _other in PAIRS:
    OTHER_FUNCTIONS.setdefault(_one, []).append(_other)
    OTHER_FUNCTIONS.setdefault(_other, []).append(_one)
LEFT_OUT = {  # f(x) becomes x
    "tanh",
    "sqrt",
    "exp",
    "log",
    "abs",
    "negative",
    "round",
    "cumsum",
    "clip",
    "where",
    "reversed",
    "sum",
    "mean",
    "logistic",
    "sigma",
    "sigmoid",
    "softmax",
    "diag",
    "expm1",
    "reciprocal",
}
METHODS_LEFT_OUT = {"copy", "ravel", "astype", "sum", "mean"}  # x.f() becomes x
NEVER = {"strict", "dtype", "out"}  # keyword arguments that say nothing about the mathematics
UNSIGNED = {
    "len",
    "zip",
    "range",
    "reversed",
    "abs",
    "zeros",
    "ones",
    "zeros_like",
    "ones_like",
    "eye",
    "ndindex",
    "shape",
    "size",
    "list",
    "any",
}


def versions(node: ast.AST, above: list[ast.AST]) -> Iterator[ast.AST]:
    """Other nodes for the place of `node`; `above` are the nodes that hold it, innermost last."""
    operator = OPERATORS.get(type(node))
    if operator:
        yield from operator(node, above)
    if isinstance(node, ast.expr) and _may_be_negated(node, above[-1]):
        yield ast.UnaryOp(ast.USub(), node)


def _may_be_negated(node: ast.expr, parent: ast.AST) -> bool:
    """Whether an expression is what a line computes, one of several that it computes, or what a
    function is called with."""
    if isinstance(getattr(node, "ctx", None), ast.Store) or isinstance(
        node, (ast.Tuple, ast.List, ast.Dict, ast.UnaryOp, ast.Constant)
    ):
        return False
    if isinstance(node, ast.Call) and _called(node) in ("zeros", "zeros_like"):
        return False
    if isinstance(parent, ast.Call):
        return node in parent.args and _called(parent) not in UNSIGNED
    if isinstance(parent, (ast.Tuple, ast.List)):
        return True
    if isinstance(parent, ast.Dict):
        return node in parent.values
    return isinstance(
        parent, (ast.Assign, ast.AugAssign, ast.Return, ast.Yield, ast.Lambda, ast.ListComp)
    ) and (
        node
        in (
            getattr(parent, "value", None),
            getattr(parent, "elt", None),
            getattr(parent, "body", None),
        )
    )


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _binary(node: ast.BinOp, above):
    left, op, right = node.left, node.op, node.right
    for other in OTHER_OPERATORS.get(type(op), ()):
        yield ast.BinOp(left, other(), right)
    if isinstance(op, ONE_WAY):
        yield ast.BinOp(right, op, left)
    yield left  # the second term, factor, divisor or exponent dropped
    if isinstance(op, ast.Sub):
        yield ast.UnaryOp(ast.USub(), right)
    elif isinstance(op, ast.Div):
        yield ast.BinOp(ast.Constant(1), op, right)
    elif not isinstance(op, ast.Pow):
        yield right
    if isinstance(op, ast.MatMult):
        transposed = lambda factor: ast.Attribute(factor, "T", ast.Load())
        if not _is_transpose(left):
            yield ast.BinOp(transposed(left), op, right)
        if not _is_transpose(right):
            yield ast.BinOp(left, op, transposed(right))


def _is_transpose(node) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "T"


def _unary(node: ast.UnaryOp, above):
    yield node.operand


def _compare(node: ast.Compare, above):
    for other in OTHER_COMPARISONS[type(node.ops[0])]:
        yield ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)


def _bool(node: ast.BoolOp, above):
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    yield from node.values


def _conditional(node: ast.IfExp, above):
    yield node.body
    yield node.orelse


def _attribute(node: ast.Attribute, above):
    if _is_transpose(node):
        yield node.value


def _subscript(node: ast.Subscript, above):
    index, at = node.slice, lambda new: ast.Subscript(node.value, new, node.ctx)
    if isinstance(index, ast.Tuple) and len(index.elts) == 2:
        yield at(ast.Tuple(index.elts[::-1], ast.Load()))
    if isinstance(index, ast.Slice):
        if index.step is not None:
            yield node.value
        return
    if (
        isinstance(index, ast.Tuple)
        or isinstance(index, ast.Constant)
        and isinstance(index.value, str)
    ):
        return
    for op in (ast.Add, ast.Sub):  # the neighbour of the entry
        yield at(ast.BinOp(index, op(), ast.Constant(1)))


def _slice(node: ast.Slice, above):
    for bound in ("lower", "upper"):
        value = getattr(node, bound)
        if value is not None:
            for new in (
                None,
                ast.BinOp(value, ast.Add(), ast.Constant(1)),
                ast.BinOp(value, ast.Sub(), ast.Constant(1)),
            ):
                yield ast.Slice(
                    **{"lower": node.lower, "upper": node.upper, "step": node.step, bound: new}
                )


def _call(node: ast.Call, above):
    arguments, plain = node.args, not any(isinstance(a, ast.Starred) for a in node.args)
    again = lambda args=arguments, keywords=node.keywords, func=node.func: ast.Call(
        func, args, keywords
    )
    name = _called(node)
    for other in OTHER_FUNCTIONS.get(name, ()):
        if isinstance(node.func, ast.Attribute):
            yield again(func=ast.Attribute(node.func.value, other, ast.Load()))
        elif name in ("max", "min", "any", "all"):
            yield again(func=ast.Name(other, ast.Load()))
    if name in LEFT_OUT and arguments and plain:
        yield arguments[0]
    if (
        isinstance(node.func, ast.Attribute)
        and name in METHODS_LEFT_OUT
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id == "np")
    ):
        yield node.func.value
    for i in range(len(arguments) - 1) if plain else ():
        yield again([*arguments[:i], arguments[i + 1], arguments[i], *arguments[i + 2 :]])
    if name == "range":
        stop = min(1, len(arguments) - 1)
        yield again(
            [
                ast.BinOp(a, ast.Sub(), ast.Constant(1)) if i == stop else a
                for i, a in enumerate(arguments)
            ]
        )
        yield again(
            [ast.Constant(1), *arguments]
            if len(arguments) == 1
            else [ast.BinOp(arguments[0], ast.Add(), ast.Constant(1)), *arguments[1:]]
        )
    for i, keyword in enumerate(node.keywords):
        if keyword.arg and keyword.arg not in NEVER:
            yield again(keywords=node.keywords[:i] + node.keywords[i + 1 :])


def _constant(node: ast.Constant, above):
    value, parent = node.value, above[-1]
    if isinstance(parent, ast.Subscript) or isinstance(parent, ast.keyword) and parent.arg in NEVER:
        return
    if isinstance(parent, ast.keyword) and parent.arg == "axis":
        yield ast.Constant(1 - value)
    elif isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        for new in (value + 1, type(value)(0), -value, 2 * value):
            if new != value:
                yield ast.Constant(new)
    elif isinstance(value, str) and not isinstance(parent, (ast.Dict, ast.Expr)):
        yield ast.Constant(f"not {value}")


def _sequence(node, above):
    if not isinstance(node.ctx, ast.Load) or isinstance(above[-1], (ast.Subscript, ast.Attribute)):
        return
    for i in range(len(node.elts) - 1):
        yield type(node)(
            [*node.elts[:i], node.elts[i + 1], node.elts[i], *node.elts[i + 2 :]], ast.Load()
        )


def _dict(node: ast.Dict, above):
    for i in range(len(node.keys) - 1):
        yield ast.Dict(
            [*node.keys[:i], node.keys[i + 1], node.keys[i], *node.keys[i + 2 :]], node.values
        )


def _comprehension(node: ast.comprehension, above):
    for i in range(len(node.ifs)):
        yield ast.comprehension(
            node.target, node.iter, node.ifs[:i] + node.ifs[i + 1 :], node.is_async
        )


def _assign(node: ast.Assign, above):
    yield ast.Pass()
    target = node.targets[0]
    if (
        isinstance(target, ast.Tuple)
        and isinstance(node.value, ast.Tuple)
        and len(node.value.elts) == len(target.elts)
    ):
        for i, name in enumerate(target.elts):
            # one of several values stays as it was
            kept = ast.parse(ast.unparse(name), mode="eval").body
            yield ast.Assign(
                node.targets,
                ast.Tuple([*node.value.elts[:i], kept, *node.value.elts[i + 1 :]], ast.Load()),
                lineno=0,
            )


def _augmented(node: ast.AugAssign, above):
    yield ast.Pass()
    for other in OTHER_OPERATORS.get(type(node.op), ()):
        yield ast.AugAssign(node.target, other(), node.value)
    yield ast.Assign([node.target], node.value, lineno=0)


def _statement(node: ast.stmt, above):
    if not (isinstance(node, ast.Expr) and isinstance(node.value, (ast.Constant, ast.Yield))):
        yield ast.Pass()


def _branch(node: ast.If, above):
    yield ast.Pass()
    yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    yield ast.If(ast.Constant(True), node.body, [])


OPERATORS = {
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _bool,
    ast.IfExp: _conditional,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.Constant: _constant,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Dict: _dict,
    ast.comprehension: _comprehension,
    ast.Assign: _assign,
    ast.AugAssign: _augmented,
    ast.Expr: _statement,
    ast.For: _statement,
    ast.While: _statement,
    ast.Break: _statement,
    ast.Continue: _statement,
    ast.If: _branch,
}
