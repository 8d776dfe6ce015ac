"""The reference: pages that are written from the code whole. `docs/tables.py` writes them, tests compare."""

from __future__ import annotations

import inspect
import json
import re
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import sim
from sim.analysis.columns.every import groups
from sim.analysis.columns.told import KINDS, PLACES, TableColumns

DOCS = Path(__file__).parent
BY_CODE = "This page is written by `make docs` from the code.\n"
Table = Callable[[str, Iterable[Sequence[Any]]], str]


# --- Command line -----------------------------------------------------------------------------------------------------


def all_commands() -> Iterator[tuple[str, Any]]:
    """Every command with its whole name, those of groups after their group."""
    import typer

    from sim.cli import app

    yield from _below("smarketing", typer.main.get_command(app))


def _below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for short, inner in getattr(command, "commands", {}).items():
        yield from _below(f"{name} {short}", inner)


def commands(table: Table) -> str:
    """The page on the command line."""
    parts = [_command(name, command, table) for name, command in all_commands()]
    return f"# Command line\n\n{BY_CODE}`smarketing COMMAND --help` says the same.\n\n" + "\n\n".join(parts) + "\n"


def _command(name: str, command: Any, table: Table) -> str:
    rows = [_parameter(each) for each in command.params if not getattr(each, "hidden", False)]
    told = inspect.cleandoc(command.help or "").replace("\f", "").strip()
    listed = table("option | takes | default | what it does", rows) if rows else "No options."
    return f"## {name}\n\n{_plain(told)}\n\n{listed}"


def _parameter(each: Any) -> tuple[str, str, str, str]:
    is_argument = each.param_type_name == "argument"
    names = [(each.metavar or each.name).upper()] if is_argument else [*each.opts, *each.secondary_opts]
    is_told = isinstance(each.default, int | float | str | Enum) and each.default not in (False, "")
    default = f"`{getattr(each.default, 'value', each.default)}`" if is_told else ""
    takes = "" if getattr(each, "is_flag", False) else _takes(each)
    told = _plain(getattr(each, "help", None) or "")
    return ", ".join(f"`{name}`" for name in names), takes, "must be given" if each.required else default, told


def _takes(each: Any) -> str:
    """What an option takes: its choices, or the word that the help has for it."""
    kind = each.type_descriptor.annotation
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return ", ".join(f"`{choice.value}`" for choice in kind)
    if typing.get_origin(kind) is typing.Literal:
        return ", ".join(f"`{choice}`" for choice in typing.get_args(kind))
    words = {int: "whole number", float: "number", Path: "path"}
    return f"`{each.metavar}`" if each.metavar else words.get(kind, "text")


def _plain(text: str) -> str:
    """Text as Markdown shows it: what stands in angle or square brackets, and stars, as they are."""
    return re.sub(r"([<*\[])", r"\\\1", text)


# --- Python -----------------------------------------------------------------------------------------------------------


def python(_: Table) -> str:
    """The page on the names of the package; Sphinx fills in their docstrings."""
    classes = [name for name in sim.__all__ if inspect.isclass(getattr(sim, name))]
    functions = [name for name in sim.__all__ if name not in classes]
    return (
        f"# Python\n\n{BY_CODE}Public names of the package, as `import sim` gives them.\n\n"
        f"## What to call\n\n{_documented('autofunction', functions)}\n\n"
        f"## What comes back, and what goes in\n\n{_documented('autoclass', classes)}\n"
    )


def _documented(directive: str, names: list[str]) -> str:
    options = "\n   :members:" if directive == "autoclass" else ""
    lines = "\n\n".join(f".. {directive}:: sim.{name}{options}" for name in names)
    return f"```{{eval-rst}}\n{lines}\n```"


# --- Catalogues and schemas -------------------------------------------------------------------------------------------

#: Title of each part of the catalogue, and the table of docs/tables.py that fills it.
CATALOGUE = {
    "Relationship types": "relationships",
    "Interventions": "interventions",
    "Shocks": "shocks",
    "Organizations": "organizations",
    "Markets": "markets",
    "Sources of inquiries": "sources",
    "Segments": "segments",
    "Practices": "practices",
    "Outcomes": "outcomes",
    "Parameters": "parameters",
    "State variables": "state",
    "Purposes of luck": "purposes",
}


def catalogue(tables: Mapping[str, Callable[[], str]]) -> str:
    """The page on everything that has a name."""
    parts = [f"## {title}\n\n{tables[name]()}" for title, name in CATALOGUE.items()]
    return (
        f"# Catalogue\n\nEverything that a scenario, a plan or a result may name. {BY_CODE}\n"
        + "\n\n".join(parts)
        + "\n"
    )


def schemas(kinds: Sequence[str], schema_of: Callable[[str], dict[str, Any]], table: Table) -> str:
    """The page on the JSON Schemas of files and results."""
    parts = []
    for kind in kinds:
        schema = schema_of(kind)
        needed = set(schema.get("required", ()))
        rows = [
            (f"`{name}`", _type(value), "yes" if name in needed else "", _plain(value.get("description", "")))
            for name, value in schema.get("properties", {}).items()
        ]
        link = f"[{kind}.schema.json](../schemas/{kind}.schema.json)"
        parts.append(f"## {kind}\n\nWhole: {link}.\n\n{table('key | type | always there | what it is', rows)}")
    start = (
        "What files of scenarios and plans hold, and what `--format json` writes. An editor completes names with them."
    )
    return f"# JSON Schemas\n\n{start} {BY_CODE}\n" + "\n\n".join(parts) + "\n"


# --- Tables -----------------------------------------------------------------------------------------------------------


def tables(table: Table) -> str:
    """The page on the columns of every table."""
    parts = [
        f"## {heading}\n\n" + "\n\n".join(_columns(each, table) for each in told) for heading, told in groups().items()
    ]
    kinds = ", ".join(f"*{kind}* is {what}" for kind, what in KINDS.items())
    return (
        "# Tables and their columns\n\nEvery table that is written (Parquet, CSV, JSON) or returned in Python, and"
        f" where it is found. {kinds}; c.u. are currency units. What JSON holds beside tables: [schemas](schemas.md)."
        f" {BY_CODE}\n" + "\n\n".join(parts) + "\n"
    )


def _columns(each: TableColumns, table: Table) -> str:
    rows = [(f"`{field.name}`", field.kind, field.unit, _plain(field.meaning)) for field in each.fields]
    listed = [table("column | type | unit | what it is", rows)] if rows else []
    more = [f"{'More columns' if rows else 'Columns'}: {each.more}."] if each.more else []
    heading = f"### {each.name[0].upper()}{each.name[1:]}"
    return "\n\n".join([heading, f"One row for each {each.row}. {_where(each)}", *listed, *more])


def _where(each: TableColumns) -> str:
    """Where a table is found, in words."""
    found = {said: [_place(kind, place) for place in each.places(kind)] for kind, said in PLACES.items()}
    text = "; ".join(f"{said}: {', '.join(places)}" for said, places in found.items() if places)
    return f"{text[0].upper()}{text[1:]}."


def _place(kind: str, place: str) -> str:
    """A place, code as code."""
    return place if kind in ("app", "file") else f"`{place}`"


def _type(value: Mapping[str, Any]) -> str:
    if "type" in value:
        return ", ".join(value["type"]) if isinstance(value["type"], list) else str(value["type"])
    inner = value.get("anyOf", value.get("oneOf", ()))
    return " or ".join(dict.fromkeys(_type(each) for each in inner)) or _named(value)


def _named(value: Mapping[str, Any]) -> str:
    return (
        value["$ref"].rpartition("/")[2]
        if "$ref" in value
        else json.dumps(value.get("const", value.get("enum", "any")))
    )
