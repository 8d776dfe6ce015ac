"""Packages that extend smarketing: found through entry points, read from their ``smarketing.toml``.

A package names itself under the entry points ``smarketing.extensions``; the value is its import package. Nothing of it
is imported here. ``SMARKETING_EXTENSIONS=none`` leaves all of them out. Docs: docs/how-to/extend.md.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata, util
from pathlib import Path
from typing import Any

from sim.domain.declarations import AddedAgent, AddedOutcome, Table, namespace_of, purpose, read_agent, read_outcome
from sim.domain.errors import InputError, Told

GROUP = "smarketing.extensions"
FILE = "smarketing.toml"
SWITCH = "SMARKETING_EXTENSIONS"
#: Where the mend of a broken package always lies.
WITHOUT = f"Mend the package or uninstall it; {SWITCH}=none leaves all extensions out."


@dataclass(frozen=True)
class Extension:
    """A package that is installed and extends smarketing.

    Parameters
    ----------
    package, version : str
        Distribution.
    module : str
        Import package.
    folder : Path
        Where it lies.
    description : str
        What it is.
    results_version : int
        Raised by the package with every change of what its agents do; part of a scenario's identity.
    outcomes, agents : tuple
        What it adds.
    interventions : mapping
        Entries for the catalogue, as TOML has them.
    """

    package: str
    version: str
    module: str
    folder: Path
    description: str
    results_version: int
    outcomes: tuple[AddedOutcome, ...]
    agents: tuple[AddedAgent, ...]
    interventions: Mapping[str, Any]

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of its declarations and modules, 64 hex digits."""
        digest = sha256()
        for path in sorted([*self.folder.rglob("*.py"), *self.folder.rglob("*.toml")]):
            digest.update(path.relative_to(self.folder).as_posix().encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    @property
    def about(self) -> dict[str, Any]:
        """What a result says of it."""
        added = [*(each.name for each in self.outcomes), *(each.name for each in self.agents)]
        names = sorted([*added, *self.interventions])
        return {
            "package": self.package,
            "version": self.version,
            "results_version": self.results_version,
            "digest": self.digest,
            "adds": names,
        }


@functools.cache
def extensions() -> tuple[Extension, ...]:
    """All extensions that are installed, by name of the package.

    Raises
    ------
    InputError
        If one of them declares what cannot be, naming the package, the field and the rule.
    """
    if os.environ.get(SWITCH, "").strip().lower() == "none":
        return ()
    points = {_package_of(point): point for point in metadata.entry_points(group=GROUP)}
    found = tuple(_read(points[name]) for name in sorted(points))
    _check_apart(found)
    return found


def _package_of(point: metadata.EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.name


def _read(point: metadata.EntryPoint) -> Extension:
    """An extension from its declarations."""
    package = _package_of(point)
    folder = _folder_of(point.value, package)
    try:
        content = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"extension {package}: {FILE}", f"cannot be read ({error})", Told("nothing that can be read"), WITHOUT
        ) from None
    table = Table(content, f"extension {package}")
    version = point.dist.version if point.dist is not None else ""
    results_version = table.get("results_version", int)
    about = Extension(
        package, version, point.value, folder, table.text("description"), results_version,
        tuple(read_outcome(*each, package) for each in table.tables("outcomes")),
        tuple(read_agent(*each, package) for each in table.tables("agents")),
        {name: each.content for name, each in table.tables("interventions")},
    )  # fmt: skip
    table.done()
    return about


def _folder_of(module: str, package: str) -> Path:
    """Folder of an import package, which is not imported."""
    spec = util.find_spec(module) if module.isidentifier() else None
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        raise InputError(f"extension {package}: {GROUP}", "must name its import package", module, WITHOUT)
    return Path(places[0])


def _check_apart(found: tuple[Extension, ...]) -> None:
    """Make sure that no two extensions add the same name, number of a class, or namespace of luck."""
    owners: dict[object, str] = {}
    for each in found:
        names: list[object] = [f"the name {name}" for name in each.about["adds"]]
        names += [f"the number of class {agent.kind}" for agent in each.agents]
        names += [f"the namespace of luck {namespace_of(each.package)}"]
        for name in names:
            if name in owners:
                raise InputError(
                    f"extension {each.package}", f"must not have {name}, which {owners[name]} has", name, WITHOUT
                )
        owners |= dict.fromkeys(names, each.package)


def check_new(name: str, package: str, known: Mapping[str, Any], what: str) -> None:
    """Make sure that a package does not take a name of ours.

    Raises
    ------
    InputError
        If it does.
    """
    if name in known:
        raise InputError(f"extension {package}: {name}", f"must not be the name of {what} of smarketing", name, WITHOUT)


def added_agents() -> dict[str, AddedAgent]:
    """Agent classes of all extensions by name."""
    return {agent.name: agent for each in extensions() for agent in each.agents}


def added_outcomes() -> tuple[AddedOutcome, ...]:
    """Outcomes of all extensions."""
    return tuple(outcome for each in extensions() for outcome in each.outcomes)


def added_purposes() -> dict[int, str]:
    """Purposes of luck of all extensions by number."""
    return {
        purpose(agent.package, number): f"{agent.name}_{name}"
        for agent in added_agents().values()
        for name, number in agent.purposes.items()
    }


def extension_named(package: str) -> Extension:
    """An extension that is known to be installed."""
    return next(each for each in extensions() if each.package == package)


def extension_of(module: str) -> Extension | None:
    """The extension that a module belongs to, or None for one of ours."""
    top = module.partition(".")[0]
    return None if top == "sim" else next((each for each in extensions() if each.module == top), None)


@functools.cache
def function_of(reference: str, package: str) -> Any:
    """What ``module:name`` of a package is; imported when it is first needed.

    Raises
    ------
    InputError
        If there is no such thing, or its module cannot be imported.
    """
    module, _, name = reference.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except Exception as error:  # whatever a module of somebody else raises
        rule = f"cannot be had ({type(error).__name__}: {error})"
        raise InputError(f"extension {package}", rule, reference, WITHOUT) from None


def uses(added: Iterable[str], text: str) -> bool:
    """Whether a text, such as a plan as JSON, has one of these names as a word.

    Examples
    --------
    >>> uses(["sdr_team"], '["sdr_team=2@65"]'), uses(["sdr"], '["sdr_team"]')
    (True, False)
    """
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in added)


def used_packages(text: str) -> set[str]:
    """Extensions of which a text, such as a plan as JSON, uses a name."""
    return {each.package for each in extensions() if uses(each.about["adds"], text)}


def check_extensions(record: Mapping[str, Any], field: str, is_made_again: bool = True) -> None:
    """Make sure that the extensions that a record uses are here; to make it again, with the same results.

    Parameters
    ----------
    record : mapping
        A result or the record of a store, with its provenance.
    field : str
        Its file or folder.
    is_made_again : bool
        Whether runs of it are to be made; otherwise it is only read.

    Raises
    ------
    InputError
        Naming the package, and the version to install.
    """
    provenance = dict(record["provenance"])
    here, listed = {each.package: each for each in extensions()}, provenance.pop("extensions", ())
    text = json.dumps({**record, "provenance": provenance})
    for was in (each for each in listed if uses(each["adds"], text)):
        name = was["package"]
        mend = f"Install it: pip install '{name}=={was['version']}'."
        if name not in here:
            added = ", ".join(was["adds"])
            raise InputError(field, f"rests on the extension {name}, which is not installed ({added})", name, mend)
        if is_made_again and here[name].results_version != was["results_version"]:
            rule = f"must be of results version {here[name].results_version} of {name} to be made again"
            raise InputError(field, rule, was["results_version"], mend)
