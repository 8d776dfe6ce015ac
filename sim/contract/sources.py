"""What the code of an extension says of itself, read off the syntax tree: whom it writes to, and what it names."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.contract.kernel_rules import constants_used, kernel_nodes, lint, plain_number
from sim.domain.declarations import ALWAYS, AddedAgent, purpose
from sim.domain.extensions import Extension

#: Modules of ours whose kernels an agent may call besides its own; all but surfaces and luck only read.
SURFACES, LUCK = "sim.behaviours.surfaces", "sim.behaviours.luck"
DOORS = ("happens", "normal", "count", "fraction", "pick", "exceeds", "draw_at", "falls_below")
READERS = ("arithmetic", "calendar", "keys", "readings")
ALLOWED = (SURFACES, LUCK, *(f"sim.behaviours.{name}" for name in READERS), "sim.behaviours.kernel")


def kernel_files(extension: Extension) -> list[Path]:
    """Modules of a package that hold kernels."""
    paths = sorted(extension.folder.rglob("*.py"))
    return [path for path in paths if kernel_nodes(ast.parse(path.read_text("utf-8")))]


def module_of(extension: Extension, path: Path) -> Any:
    """The module of a file of a package."""
    parts = path.relative_to(extension.folder).with_suffix("").parts
    return importlib.import_module(".".join([extension.module, *(part for part in parts if part != "__init__")]))


def broken_rules(extension: Extension) -> list[str]:
    """Rules for kernels that a package breaks, with file and line."""
    told = []
    for path in kernel_files(extension):
        told += [str(found) for found in lint(path.read_text("utf-8"), path.relative_to(extension.folder))]
        module = module_of(extension, path)
        odd = [name for name in sorted(constants_used(path)) if not plain_number(getattr(module, name, None))]
        told += [f"{path.name}: {name} must be a plain number" for name in odd]
    return told


def foreign_writes(extension: Extension) -> list[str]:
    """Places where a kernel writes to anything but its own row, its own variables or through a surface."""
    told = []
    for path in kernel_files(extension):
        tree = ast.parse(path.read_text("utf-8"))
        told += [f"{path.name}: imports {name}, which may change the world" for name in _foreign_imports(tree)]
        for kernel in kernel_nodes(tree):
            told += [f"{path.name}:{line}: {kernel.name} writes to {what}" for line, what in _writes(kernel)]
    return told


def _foreign_imports(tree: ast.Module) -> Iterator[str]:
    """Kernels of ours that are neither readers nor surfaces."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_foreign(alias.name))
        elif isinstance(node, ast.ImportFrom) and _is_foreign(node.module or ""):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_foreign(module: str) -> bool:
    return module.startswith(("sim.behaviours", "sim.engine")) and module not in ALLOWED


def _writes(kernel: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    """Line and target of every assignment to a field or place that is not of the agent's own row."""
    own = _own_names(kernel)
    for node in ast.walk(kernel):
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else targets
        for target in [each for whole in targets for each in _flat(whole)]:
            if not isinstance(target, ast.Name) and not _is_own(target, own):
                yield target.lineno, ast.unparse(target)


def _flat(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [each for element in target.elts for each in _flat(element)]
    return [target]


def _own_names(kernel: ast.FunctionDef) -> set[str]:
    """Variables that stand for the agent's own row and for nothing else."""
    own, other = set[str](), set[str]()
    for node in ast.walk(kernel):
        for name, value in _assigned(node):
            (own if _is_row(value) else other).add(name)
    return own - other


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Variables that a statement assigns, each with its value."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=False))
        else:
            pairs = [(each, node.value) for each in _flat(target)]
        yield from ((each.id, value) for each, value in pairs if isinstance(each, ast.Name))


def _is_row(node: ast.AST) -> bool:
    """Whether an expression is ``world.agents[agent]``: the row that the kernel was given as `agent`."""
    return isinstance(node, ast.Subscript) and ast.unparse(node) == "world.agents[agent]"


#: What of its own row an agent may write; the rest is kept by smarketing.
OWN_FIELDS = ("count", "value")


def _is_own(target: ast.expr, own: set[str]) -> bool:
    """Whether a target is a place of the own row's counts or state."""
    if not (isinstance(target, ast.Subscript) and isinstance(target.value, ast.Attribute)):
        return False
    owner = target.value.value
    is_row = _is_row(owner) or (isinstance(owner, ast.Name) and owner.id in own)
    return is_row and target.value.attr in OWN_FIELDS


def foreign_luck(extension: Extension) -> list[str]:
    """Draws whose purpose is not one of those that the package declares."""
    declared = {purpose(extension.package, number) for agent in extension.agents for number in agent.purposes.values()}
    told = []
    for path in kernel_files(extension):
        module = module_of(extension, path)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and _door_name(node) in DOORS):
                continue
            place = 3 if _door_name(node) == "falls_below" else 2
            named = node.args[place] if len(node.args) > place else None
            value = getattr(module, named.id, None) if isinstance(named, ast.Name) else None
            if value not in declared:
                told.append(f"{path.name}:{node.lineno}: {ast.unparse(node)} draws for a purpose that is not declared")
    return told


def _door_name(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def wrong_places(extension: Extension) -> list[str]:
    """Constants of places that differ from the order in which the package declares parameters, counts and state."""
    told = []
    for agent in extension.agents:
        module = importlib.import_module(agent.behaviour.partition(":")[0])
        for name, place in _places(agent).items():
            if (found := getattr(module, name.upper(), None)) != place:
                told.append(f"{agent.name}: {name.upper()} must be {place}, it is {found}")
    return told


def _places(agent: AddedAgent) -> dict[str, int]:
    own = [each.name for each in agent.parameters if each.name not in ALWAYS]
    return {name: place for names in (own, agent.counts, agent.state) for place, name in enumerate(names)}
