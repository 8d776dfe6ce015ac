"""Names of values that have changed: old ones are still read for a while, with a word of warning (docs/releases.md)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.domain.errors import InputError


class RenamedWarning(FutureWarning):
    """An old name was read; the text says which is the new one, and until when the old is read."""


@dataclass(frozen=True)
class Renamed:
    """A value or a table of values that has another name now.

    Parameters
    ----------
    old, new : str
        Paths with dots, such as ``market.gap_days``.
    since, until : str
        Version that brought the new name, and the first that no longer reads the old one.
    """

    old: str
    new: str
    since: str
    until: str


#: All names that are still read though they have changed; an entry leaves with the version ``until``.
RENAMED: tuple[Renamed, ...] = ()


def todays_path(path: str, renamed: Sequence[Renamed] | None = None) -> str:
    """A path by the names of today, with a warning where it was an old one.

    Examples
    --------
    >>> todays_path("market.gap_days")
    'market.gap_days'
    """
    for one in RENAMED if renamed is None else renamed:
        if path == one.old or path.startswith((f"{one.old}.", f"{one.old}[")):
            _warn(one)
            return one.new + path.removeprefix(one.old)
    return path


def todays_names(
    content: Mapping[str, Any], where: str = "", renamed: Sequence[Renamed] | None = None
) -> dict[str, Any]:
    """What a file says, by the names of today, with a warning for each old one; what is given is not changed.

    Parameters
    ----------
    content : mapping
        As TOML or JSON has it.
    where : str
        Begins the field of an error.
    renamed : sequence of Renamed, optional
        `RENAMED` where left out.

    Raises
    ------
    InputError
        If a value is given by its old and its new name.
    """
    known = RENAMED if renamed is None else renamed
    found: dict[str, Any] = dict(content)
    for one in known:
        found, value = _taken(found, one.old.split("."))
        if value is not None:
            _warn(one)
            found = _given(found, one, value[0], where)
    if known and isinstance(sources := found.get("sources"), Mapping):
        found["sources"] = {todays_path(str(path), known): told for path, told in sources.items()}
    return found


def _taken(content: dict[str, Any], names: list[str]) -> tuple[dict[str, Any], tuple[Any] | None]:
    """The content without the value at a path, and the value; the same content and None where there is none."""
    first, *rest = names
    if first not in content:
        return content, None
    if not rest:
        return {name: value for name, value in content.items() if name != first}, (content[first],)
    inner = content[first]
    if not isinstance(inner, Mapping):
        return content, None
    left, value = _taken(dict(inner), rest)
    return (content, None) if value is None else ({**content, first: left}, value)


def _given(content: dict[str, Any], one: Renamed, value: Any, where: str) -> dict[str, Any]:
    """The content with a value at its new path."""
    found = dict(content)
    table, *names = found, *one.new.split(".")
    for name in names[:-1]:
        table[name] = dict(table.get(name) or {})
        table = table[name]
    if names[-1] in table:
        rule = f"must not be given beside {one.new}, its new name"
        raise InputError(f"{where}{one.old}", rule, value, f"Leave {one.old} out.")
    table[names[-1]] = value
    return found


def _warn(one: Renamed) -> None:
    text = f"{one.old} is called {one.new} since version {one.since}; the old name is read until version {one.until}."
    warnings.warn(text, RenamedWarning, stacklevel=4)
