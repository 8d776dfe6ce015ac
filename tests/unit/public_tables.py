"""Everything of the product that returns or writes a table, as far as code can tell."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

import sim

PACKAGE = Path(sim.__file__).parent
#: Functions that write a table, or a file of the app; `listed` is that of sim.report.terminal.
WRITERS = set("to_csv to_parquet to_excel write_table write_parquet write_arrow write_checked".split()) | set(
    "writer DictWriter Workbook FileDownload listed frame_text".split()
)


# --- What Python returns ----------------------------------------------------------------------------------------------


@functools.cache
def returned() -> set[str]:
    """``Class.member`` of all that returns a table and can be reached from the names of the package."""
    found: set[str] = set()
    waiting: list[tuple[str, Any]] = []
    for name in sim.__all__:
        public = getattr(sim, name)
        waiting.append((name, public if inspect.isclass(public) else hint(public, "return")))
    seen: set[type] = set()
    while waiting:
        name, told = waiting.pop()
        for leaf in leaves(told):
            if leaf in (pd.DataFrame, pa.Table):
                found.add(name)
            elif inspect.isclass(leaf) and leaf.__module__.startswith("sim") and leaf not in seen:
                seen.add(leaf)
                waiting += members(leaf)
    return found


def members(of: type) -> Iterator[tuple[str, Any]]:
    """Public members of a class with what they are or return, those of its parents included."""
    for parent in (one for one in of.__mro__ if one.__module__.startswith("sim.")):
        for name in inspect.get_annotations(parent):
            if not name.startswith("_"):
                yield f"{of.__name__}.{name}", hint(parent, name)
        for name, member in vars(parent).items():
            function = plain(member)
            if inspect.isfunction(function) and not name.startswith("_") and function.__module__.startswith("sim."):
                yield f"{of.__name__}.{name}", hint(function, "return")


def plain(member: Any) -> Any:
    """The function behind a property, a cached one, or a method of a class."""
    if isinstance(member, property):
        return member.fget
    return member.func if isinstance(member, functools.cached_property) else getattr(member, "__func__", member)


def hint(of: Any, name: str) -> Any:
    """A type hint, also of names that only a type checker imports."""
    told = of.__annotations__.get(name)
    if not isinstance(told, str):
        return told
    holder = type("Holder", (), {"__annotations__": {name: told}})
    return typing.get_type_hints(holder, names_in(of.__module__))[name]


@functools.cache
def names_in(module: str) -> dict[str, Any]:
    """Names of a module with those that it imports for a type checker."""
    found = importlib.import_module(module)
    names = dict(vars(found))
    for node in ast.parse(inspect.getsource(found)).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            exec(compile(ast.Module(node.body, []), module, "exec"), names)
    return names


def leaves(told: Any) -> Iterator[Any]:
    """Types within a type: of ``list[Selection] | None`` they are ``Selection`` and ``None``."""
    inner = typing.get_args(told)
    if not inner:
        yield told
    for each in inner:
        yield from leaves(each)


# --- What is written --------------------------------------------------------------------------------------------------


@functools.cache
def written() -> set[str]:
    """``module:function`` of every place that writes a table."""
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not any(f"{name}(" in text for name in WRITERS):
            continue
        tree = ast.parse(text)
        module = path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
        names = WRITERS if lists_by_format(tree, module) else WRITERS - {"listed"}
        found |= {f"{module}:{where}" for where in calling(tree, names, "")}
    return found


def lists_by_format(tree: ast.Module, module: str) -> bool:
    """Whether a module uses the `listed` that writes tables."""
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "sim.report.terminal"
        for alias in node.names
    }
    return module == "report.terminal" or "listed" in imported


def calling(node: ast.AST, names: set[str], where: str) -> Iterator[str]:
    """Functions in which one of these is called, but for a terminal alone."""
    for child in ast.iter_child_nodes(node):
        inner = where
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = f"{where}.{child.name}" if where else child.name
        if isinstance(child, ast.Call) and called(child) in names and not is_for_terminal(child):
            yield where
        yield from calling(child, names, inner)


def called(call: ast.Call) -> str:
    """Name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_for_terminal(call: ast.Call) -> bool:
    """Whether the format is that of a terminal."""
    return any(isinstance(each, ast.Constant) and each.value == "table" for each in call.args)
