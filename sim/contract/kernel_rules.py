"""The rules that let a kernel run compiled and as plain Python to the same bytes, read off the syntax tree.

The rules are told in CONTRIBUTING.md, "Rules for kernels". They hold for our kernels and for those of extensions.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.domain.extensions import extensions
from sim.domain.records import TABLES

MATHEMATICS = {"sqrt", "inf"}
BUILTINS = {"abs", "bool", "float", "int", "len", "max", "min", "range"}
INTEGERS = {"int64", "uint64"}  # the only names of the compiler outside the files that set it up
COMPILER_FILES = {"calls.py", "kernel.py", "pipeline.py", "pointer.py", "rows.py"}
DRAWS = {"mix", "uniform"}  # of luck.py; everyone else uses its doors
REDUCTIONS = {"all", "any", "argmax", "argmin", "cumsum", "dot", "max", "mean", "min", "prod", "std", "sum", "var"}
CHANCE_AND_CLOCK = {"datetime", "random", "secrets", "time"}
MAX_PARAMETERS = 8
MAX_LINES = 60

BANNED_STATEMENTS = {
    ast.Assert: "assert",
    ast.AsyncFor: "async",
    ast.AsyncWith: "async",
    ast.Await: "await",
    ast.ClassDef: "class",
    ast.Delete: "del",
    ast.FunctionDef: "nested function",
    ast.Global: "global",
    ast.Import: "import",
    ast.ImportFrom: "import",
    ast.Lambda: "lambda",
    ast.Nonlocal: "nonlocal",
    ast.Raise: "raise",
    ast.Try: "try",
    ast.TryStar: "try",
    ast.With: "with",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
}
ALLOCATIONS = {
    ast.Dict: "dict",
    ast.DictComp: "dict comprehension",
    ast.GeneratorExp: "generator",
    ast.JoinedStr: "f-string",
    ast.List: "list",
    ast.ListComp: "list comprehension",
    ast.Set: "set",
    ast.SetComp: "set comprehension",
}


class Violation(NamedTuple):
    """One broken rule; ``what`` is the name or construct that breaks it."""

    path: Path
    line: int
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.what}"


class Scope(NamedTuple):
    """What a kernel may name: kernels of its own file and of others, what is imported, and its own variables."""

    path: Path
    kernels: set[str]
    imported: dict[str, str]
    local: set[str]


def is_kernel(node: ast.AST) -> bool:
    """Whether a node is a function under ``@kernel`` or ``@entry``."""
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(d, ast.Name) and d.id in {"kernel", "entry"} for d in node.decorator_list
    )


def kernel_nodes(tree: ast.Module) -> list[ast.FunctionDef]:
    """All kernels of a file, wherever they are nested."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and is_kernel(node)]


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Name in the file → where it comes from, for every import at the top."""
    names: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Import):
            names |= {a.asname or a.name.split(".")[0]: a.name for a in node.names}
    return names


def local_names(function: ast.FunctionDef) -> set[str]:
    """Parameters and everything assigned in a function."""
    parameters = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
    assigned = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return parameters | assigned


def body_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Every node of the body and of the defaults, without the docstring and the annotations."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    waiting: list[ast.AST] = [*body, *function.args.defaults, *[d for d in function.args.kw_defaults if d is not None]]
    while waiting:
        node = waiting.pop()
        yield node
        for name, child in ast.iter_fields(node):
            if name not in {"annotation", "returns"}:
                waiting += [c for c in (child if isinstance(child, list) else [child]) if isinstance(c, ast.AST)]


def check_shape(function: ast.FunctionDef) -> Iterator[tuple[ast.AST, str, str]]:
    """Annotations, docstring, length and number of parameters."""
    arguments = function.args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    yield from ((a, "annotation", a.arg) for a in parameters if a.annotation is None)
    if function.returns is None:
        yield function, "annotation", "return"
    if arguments.vararg or arguments.kwarg or len(parameters) > MAX_PARAMETERS:
        yield function, "parameters", function.name
    documented = ast.get_docstring(function) is not None
    if not documented:
        yield function, "docstring", function.name
    body = function.body[1:] if documented else function.body
    if body and (function.end_lineno or 0) - body[0].lineno + 1 > MAX_LINES:
        yield function, "length", function.name


def check_call(call: ast.Call, scope: Scope) -> Iterator[tuple[ast.AST, str, str]]:
    """Methods, reductions and draws; whether a plain name may be called is checked with all names."""
    if isinstance(call.func, ast.Attribute):
        owner, name = call.func.value, call.func.attr
        if not (isinstance(owner, ast.Name) and (owner.id == "math" or our_module(owner.id, scope))):
            yield call, "reduction" if name in REDUCTIONS else "method", f".{name}()"
    elif isinstance(call.func, ast.Name) and call.func.id not in scope.local | scope.kernels:
        name = call.func.id
        is_array = len(call.args) < 2 or bool(call.keywords) or any(isinstance(a, ast.Starred) for a in call.args)
        if name in REDUCTIONS - {"min", "max"} or (name in {"min", "max"} and is_array):
            yield call, "reduction", f"{name}()"


def check_name(node: ast.Name, scope: Scope) -> Iterator[tuple[ast.AST, str, str]]:
    """Where a name that is not the kernel's own may come from."""
    name, origin = node.id, scope.imported.get(node.id, "")
    module, _, original = origin.rpartition(".")
    if origin.split(".")[0] == "numpy":
        yield node, "numpy", name
    elif origin.split(".")[0] in CHANCE_AND_CLOCK or name in CHANCE_AND_CLOCK:
        yield node, "chance", name
    elif name in DRAWS & scope.kernels or (module == "sim.behaviours.luck" and original in DRAWS):
        yield node, "luck", name
    elif module == "math":
        if original not in MATHEMATICS:
            yield node, "mathematics", name
    elif origin == "math" or name in REDUCTIONS or our_module(name, scope):
        pass  # its attributes and calls are checked where they stand
    elif name == "print":
        yield node, "statement", name
    elif not is_known(name, module, scope):
        yield node, "globals", name


def check_attribute(node: ast.Attribute, scope: Scope) -> Iterator[tuple[ast.AST, str, str]]:
    """What may be asked of `math`, of a module of the simulator and of a table; fields of records are free."""
    if isinstance(node.value, ast.Attribute) and node.value.attr in TABLES and node.attr != "shape":
        yield node, "column", f"{node.value.attr}.{node.attr}"
    if not isinstance(node.value, ast.Name) or node.value.id in scope.local:
        return
    owner, name = node.value.id, node.attr
    module = our_module(owner, scope)
    if owner == "math" and name not in MATHEMATICS:
        yield node, "mathematics", f"math.{name}"
    elif module == "sim.behaviours.luck" and name in DRAWS:
        yield node, "luck", f"{owner}.{name}"
    elif module and not name.isupper() and name not in kernels_of(module):
        yield node, "globals", f"{owner}.{name}"


def our_module(name: str, scope: Scope) -> str:
    """Dotted name of the module of the simulator or an extension that a name stands for, or nothing."""
    origin = "" if name in scope.local else scope.imported.get(name, "")
    return origin if source_of(origin) is not None else ""


def is_known(name: str, module: str, scope: Scope) -> bool:
    """Whether a global name is a constant, a kernel, one of a few builtins or an integer type."""
    if name in scope.imported:
        ours = source_of(module) is not None
        return (ours and (name.isupper() or name in kernels_of(module))) or (module == "numba" and name in INTEGERS)
    return name.isupper() or name in scope.kernels or name in BUILTINS


@functools.cache
def kernels_of(module: str) -> set[str]:
    """Names of the kernels that a module of the simulator defines."""
    path = source_of(module)
    return {k.name for k in kernel_nodes(ast.parse(path.read_text("utf-8")))} if path is not None else set()


@functools.cache
def source_of(module: str) -> Path | None:
    """File of a module of the simulator or of an extension; None of any other, and of a package."""
    top = module.partition(".")[0]
    if "." not in module or top not in {"sim", *(each.module for each in extensions())}:
        return None
    try:
        spec = util.find_spec(module)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec is not None and spec.origin and not spec.origin.endswith("__init__.py") else None


def check_body(function: ast.FunctionDef, scope: Scope) -> Iterator[tuple[ast.AST, str, str]]:
    """Every rule about what stands in the body."""
    for node in body_nodes(function):
        if type(node) in BANNED_STATEMENTS:
            yield node, "statement", BANNED_STATEMENTS[type(node)]
        elif type(node) in ALLOCATIONS:
            yield node, "allocation", ALLOCATIONS[type(node)]
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow):
            yield node, "power", "**"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
            yield node, "reduction", "@"
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.UnaryOp):
            yield node, "index", ast.unparse(node.slice)
        elif isinstance(node, ast.Subscript) and isinstance(getattr(node.slice, "value", None), str):
            yield node, "column", ast.unparse(node.slice)
        elif isinstance(node, ast.Attribute):
            yield from check_attribute(node, scope)
        elif isinstance(node, ast.Call):
            yield from check_call(node, scope)
        elif isinstance(node, ast.Name) and node.id not in scope.local:
            yield from check_name(node, scope)


def check_imports(tree: ast.Module, path: Path) -> Iterator[Violation]:
    """The compiler is named where it is set up only, and nobody imports the undoored draws of luck.py."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and path.name not in COMPILER_FILES:
            bad = [a.name for a in node.names if a.name.split(".")[0] in {"numba", "llvmlite"}]
            yield from (Violation(path, node.lineno, "compiler", name) for name in bad)
        elif isinstance(node, ast.ImportFrom) and path.name not in COMPILER_FILES:
            if (node.module or "").split(".")[0] in {"numba", "llvmlite"}:
                bad = [a.name for a in node.names if a.name not in INTEGERS]
                yield from (Violation(path, node.lineno, "compiler", name) for name in bad)
            if node.module == "sim.behaviours.luck":
                yield from (Violation(path, node.lineno, "luck", a.name) for a in node.names if a.name in DRAWS)


def lint(source: str, path: Path) -> list[Violation]:
    """All broken rules of a file, exemptions included."""
    tree = ast.parse(source)
    kernels, imported = kernel_nodes(tree), imported_names(tree)
    found = list(check_imports(tree, path))
    for function in kernels:
        scope = Scope(path, {k.name for k in kernels}, imported, local_names(function))
        broken = [*check_shape(function), *check_body(function, scope)]
        found += [Violation(path, getattr(node, "lineno", function.lineno), rule, what) for node, rule, what in broken]
    return sorted(found)


def plain_number(value: object) -> bool:
    """Whether the compiler freezes a value as it stands: a number, or a tuple of numbers."""
    if isinstance(value, tuple):
        return all(plain_number(item) for item in value)
    return isinstance(value, bool | int | float | np.integer | np.floating)


def constants_used(path: Path) -> set[str]:
    """The ALL_CAPS names that the kernels of a file read."""
    kernels = kernel_nodes(ast.parse(path.read_text("utf-8")))
    return {n.id for k in kernels for n in body_nodes(k) if isinstance(n, ast.Name) and n.id.isupper()} - {
        name for k in kernels for name in local_names(k)
    }
