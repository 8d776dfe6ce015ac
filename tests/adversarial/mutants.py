"""Mutants: small faults put into a function, as a slip of the hand would."""

from __future__ import annotations

import ast
import contextlib
import copy
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
PACKAGES = BEHAVIOURS, ANALYSIS = "sim/behaviours", "sim/analysis"
#: Neither behaviour nor analysis: compiler, pointers; and what draws.
LEFT_OUT = ("kernel.py", "pipeline.py", "pointer.py", "figures.py", "forest.py", "panels.py", "waterfall.py")
#: What a comparison, an operation or a word becomes.
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,  # codespell:ignore
}  # fmt: skip
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Pow: ast.Mult,
}  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Parameters
    ----------
    file : str
        Relative to the root of the project.
    function : str
        Qualified name of the outermost function that it is in.
    line : int
        Where, from 1.
    place : int
        Which of the function's faults, in the order of `faults_of`.
    kind : str
        What was done.
    before, after : str
        The piece of source as it was and as it is.
    """

    file: str
    function: str
    line: int
    place: int
    kind: str
    before: str
    after: str

    @property
    def name(self) -> str:
        """By which it is known in lists."""
        return f"{self.file}:{self.function}:{self.place}"


def files(packages: tuple[str, ...]) -> list[Path]:
    """Files whose functions are mutated."""
    every = [file for package in packages for file in sorted((ROOT / package).rglob("*.py"))]
    return [file for file in every if not file.name.endswith(LEFT_OUT)]


def functions_of(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Outermost functions and methods of a module with their qualified names."""
    for node in tree.body:
        if isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, Function))


def code_of(code: types.CodeType, qualified: str) -> types.CodeType:
    """The compiled code of a function of a compiled module, by its qualified name."""
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            if each.co_qualname == qualified:
                return each
            with contextlib.suppress(LookupError):
                return code_of(each, qualified)
    raise LookupError(qualified)


def faults_of(function: Function) -> Iterator[tuple[str, ast.AST, ast.AST]]:
    """Every fault of a function: kind, the node and what takes its place."""
    for body in _bodies(function):
        for node in body:
            if _can_go(node):
                yield "statement left out", node, ast.copy_location(ast.Pass(), node)
    for node in _walked(function):
        for kind, new in _changes(node):
            yield kind, node, ast.copy_location(new, node)


def _bodies(function: Function) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(function):
        for name in ("body", "orelse"):
            body = getattr(node, name, None)
            if isinstance(body, list) and not isinstance(node, ast.Lambda):
                yield body


def _can_go(node: ast.stmt) -> bool:
    """Whether a statement has an effect that leaving it out takes away, and leaves a program that can run."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    return isinstance(node, ast.AugAssign)


def _walked(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a function's body in order; nothing of annotations, messages and texts."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_comment"):
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.Raise | ast.JoinedStr | ast.Assert) or not isinstance(each, ast.AST):
                continue
            yield each
            yield from _walked(each)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        new = copy.deepcopy(node)
        new.ops[0] = COMPARED[type(node.ops[0])]()
        yield "comparison", new
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in COUNTED:
        counted = copy.deepcopy(node)
        counted.op = COUNTED[type(node.op)]()
        yield "operation", counted
    elif isinstance(node, ast.BoolOp):
        joined = copy.deepcopy(node)
        joined.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and/or", joined
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield "sign or not", copy.deepcopy(node.operand)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        turned = copy.deepcopy(node)
        turned.test = ast.UnaryOp(ast.Not(), turned.test)
        yield "branches swapped", turned
    elif isinstance(node, ast.Constant):
        yield from (("constant", ast.Constant(value)) for value in _other_constants(node.value))
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield from (("returned value", ast.Return(new)) for new in _other_returns(node.value))


def _other_constants(value: object) -> tuple[object, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value + 1,)
    return (value * 1.5 if value else 1.0,) if isinstance(value, float) else ()


def _other_returns(value: ast.expr) -> tuple[ast.expr, ...]:
    """What a function could return instead: the opposite of a yes or no, or a number that is one larger."""
    value = copy.deepcopy(value)
    is_no = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)
    if is_no or isinstance(value, ast.Compare | ast.BoolOp):
        return (ast.UnaryOp(ast.Not(), value),)
    if isinstance(value, ast.BinOp) and not isinstance(value.left, ast.Constant | ast.JoinedStr):
        return (ast.BinOp(value, ast.Add(), ast.Constant(1)),)
    return ()


def mutants_of(root: Path, files: list[Path]) -> list[Mutant]:
    """Every mutant of some files."""
    found = []
    for file in files:
        for name, function in functions_of(ast.parse(file.read_text(encoding="utf-8"))):
            for place, (kind, old, new) in enumerate(faults_of(function)):
                texts = [" ".join(ast.unparse(node).split())[:90] for node in (old, new)]
                if texts[0] != texts[1]:
                    where = str(file.relative_to(root))
                    found.append(Mutant(where, name, getattr(old, "lineno", 0), place, kind, *texts))
    return found


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """The module of a mutant."""
    tree = ast.parse(source)
    function = dict(functions_of(tree))[mutant.function]
    _, old, new = list(faults_of(function))[mutant.place]
    _Exchange(old, new).visit(function)
    return ast.fix_missing_locations(tree)


class _Exchange(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        """Walk on until the node is found."""
        return self.new if node is self.old else self.generic_visit(node)


def sample_of(mutants: list[Mutant], n: int, seed: int) -> list[Mutant]:
    """A random sample in a random order, so that the first of them are a sample too."""
    return Random(seed).sample(mutants, min(n, len(mutants)))
