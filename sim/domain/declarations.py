"""What a package that extends smarketing declares in its ``smarketing.toml``, read and checked.

Only data: none of the package's code runs until a run needs it. Docs: docs/how-to/extend.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sim.domain.errors import InputError, did_you_mean

#: When in a day an agent works: before liaisons and marketers, between marketers and reps, after reps.
MOMENTS = ("morning", "noon", "evening")
SIDES = ("marketing", "sales")
BETTER = ("higher", "lower", "")
#: Parameters, counts and values of state that an agent may have.
MOST_PLACES = 16
#: Every agent has these parameters beside its own; they are no places of `parameter`.
ALWAYS = ("hours", "pay")
#: Purposes of luck of a package: so many from its own base on; the base is a hash of its name, above all of ours.
PURPOSES_PER_PACKAGE = 1024
NAMESPACE_BITS, KIND_BITS = 20, 31
NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True)
class Parameter:
    """A number of an agent: default, unit, range (both ends allowed), source and meaning."""

    name: str
    default: float
    unit: str
    low: float
    high: float
    source: str
    meaning: str


@dataclass(frozen=True)
class AddedOutcome:
    """An outcome that a package adds; `function` is ``module:name``, of a world, a float within `low` and `high`."""

    name: str
    label: str
    unit: str
    better: str
    meaning: str
    source: str
    low: float
    high: float
    function: str
    package: str


@dataclass(frozen=True)
class AddedAgent:
    """An agent class that a package adds.

    Parameters
    ----------
    name, label, meaning, source : str
        As files and people call it, what it is, and what it rests on.
    moment : {"morning", "noon", "evening"}
        When it works.
    side : {"marketing", "sales"}
        Who pays it.
    most : float
        Posts at most.
    behaviour, agent_class : str
        ``module:name`` of the entry that is its person-day, and of its Mesa class.
    parameters : tuple of Parameter
        In the order of their places, `ALWAYS` last.
    counts, state : tuple of str
        Names of what it counts (from 0 at the start of the window) and of what it knows, in the order of their places.
    purposes : mapping
        Number, 1 to PURPOSES_PER_PACKAGE − 1, of each purpose of luck.
    package : str
        Who adds it.
    """

    name: str
    label: str
    meaning: str
    source: str
    moment: str
    side: str
    most: float
    behaviour: str
    agent_class: str
    parameters: tuple[Parameter, ...]
    counts: tuple[str, ...]
    state: tuple[str, ...]
    purposes: Mapping[str, int]
    package: str

    @property
    def kind(self) -> int:
        """Number of the class in records, the same on every machine."""
        return _hashed(f"{self.package}:{self.name}", KIND_BITS)

    def value_of(self, name: str) -> float:
        """Default of a parameter."""
        return next(each.default for each in self.parameters if each.name == name)


def purpose(package: str, number: int) -> int:
    """Number of a package's own purpose of luck: it can be none of ours, nor of a package of another namespace.

    Parameters
    ----------
    package : str
        Name of the distribution.
    number : int
        1 to PURPOSES_PER_PACKAGE − 1; never used again for something else.

    Raises
    ------
    InputError
        If there is no such number.

    Examples
    --------
    >>> purpose("smarketing-sdr", 2) - purpose("smarketing-sdr", 1)
    1
    """
    if not 1 <= number < PURPOSES_PER_PACKAGE:
        raise InputError(
            f"extension {package}: purpose",
            f"must be between 1 and {PURPOSES_PER_PACKAGE - 1}",
            number,
            "Give each purpose a number within that.",
        )
    return (namespace_of(package) + 1) * PURPOSES_PER_PACKAGE + number


def namespace_of(package: str) -> int:
    """Which block of purposes a package has, 0 to 2^20 − 1."""
    return _hashed(package, NAMESPACE_BITS)


def _hashed(text: str, bits: int) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> (64 - bits)


class Table:
    """A table of a declaration, read field by field; what is missing, wrong or unknown is an `InputError`."""

    def __init__(self, content: Any, where: str) -> None:
        if not isinstance(content, dict):
            raise InputError(where, "must be a table", content, "See docs/how-to/extend.md.")
        self.content, self.where, self.asked = content, where, set[str]()

    def get(self, name: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """A field of a kind; without a default it must be there."""
        self.asked.add(name)
        value = self.content.get(name, default)
        words = "must be given" if value is None else f"must be {_said(kind)}"
        if value is None or not isinstance(value, kind) or isinstance(value, bool):
            raise InputError(f"{self.where}.{name}", words, value, "See docs/how-to/extend.md.")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """A text that says something."""
        value: str = self.get(name, str, default)
        if default is None and not value.strip():
            raise InputError(f"{self.where}.{name}", "must not be empty", value, "Write a text in quotes.")
        return value

    def one_of(self, name: str, known: tuple[str, ...], default: str | None = None) -> str:
        """One of a few words."""
        value: str = self.get(name, str, default)
        if value not in known:
            raise InputError(f"{self.where}.{name}", "is unknown", value, did_you_mean(value, known))
        return value

    def function(self, name: str) -> str:
        """``module:name``."""
        value: str = self.get(name, str)
        if not FUNCTION.fullmatch(value):
            raise InputError(
                f"{self.where}.{name}", "must be module:name", value, 'Such as "my_package.agents:Partner".'
            )
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """A number; ``inf`` is one."""
        value = float(self.get(name, (int, float), default))
        if math.isnan(value):
            raise InputError(
                f"{self.where}.{name}", "must be a number", value, "Write digits without quotes, such as 0.5."
            )
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """A list of at most MOST_PLACES names, each once."""
        values = self.get(name, list, [])
        if len(values) > MOST_PLACES or len(set(map(str, values))) < len(values):
            raise InputError(
                f"{self.where}.{name}",
                f"must be at most {MOST_PLACES} names, each once",
                values,
                'Write a list of texts, such as ["calls"].',
            )
        return tuple(checked_name(value, f"{self.where}.{name}") for value in values)

    def tables(self, name: str) -> list[tuple[str, Table]]:
        """Tables inside this one by name."""
        inside = Table(self.get(name, dict, {}), f"{self.where}.{name}")
        return [
            (checked_name(key, inside.where), Table(value, f"{inside.where}.{key}"))
            for key, value in inside.content.items()
        ]

    def done(self) -> None:
        """Make sure that nothing is left that nobody asked for."""
        for name in self.content:
            if name not in self.asked:
                raise InputError(f"{self.where}.{name}", "is unknown", name, did_you_mean(name, self.asked))


def _said(kind: type | tuple[type, ...]) -> str:
    words = {str: "a text", int: "a whole number", list: "a list", dict: "a table"}
    return words.get(kind, "a number") if isinstance(kind, type) else "a number"


def checked_name(value: Any, where: str) -> str:
    """A name as files may call something: small letters, digits and _."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise InputError(
            where, "must be 2 to 40 small letters, digits and _, a letter first", value, "Such as partner_desk."
        )
    return value


def read_outcome(name: str, table: Table, package: str) -> AddedOutcome:
    """An outcome of a declaration."""
    low, high = table.number("low", -math.inf), table.number("high", math.inf)
    if not low < high:
        raise InputError(
            f"{table.where}.high", f"must be above low ({low:g})", high, "Exchange the two, or give a wider range."
        )
    found = AddedOutcome(
        name, table.text("label"), table.text("unit"), table.one_of("better", BETTER), table.text("meaning"),
        table.text("source"), low, high, table.function("function"), package,
    )  # fmt: skip
    table.done()
    return found


def read_agent(name: str, table: Table, package: str) -> AddedAgent:
    """An agent class of a declaration."""
    parameters = [read_parameter(*each) for each in table.tables("parameters")]
    own = [each for each in parameters if each.name not in ALWAYS]
    needed = [each for known in ALWAYS for each in parameters if each.name == known]
    if len(needed) < len(ALWAYS) or min(each.low for each in needed) < 0.0:
        rule = "must give hours (of a full post a day) and pay (c.u./year), neither below 0"
        raise InputError(
            f"{table.where}.parameters",
            rule,
            ", ".join(str(each.name) for each in own) or None,
            "See docs/how-to/extend.md.",
        )
    if len(own) > MOST_PLACES:
        raise InputError(f"{table.where}.parameters", f"must be at most {MOST_PLACES}", len(own), "Declare fewer.")
    most = table.number("most")
    if not 0 < most <= 1000:
        raise InputError(
            f"{table.where}.most", "must be above 0 and at most 1000", most, "Give the highest level that makes sense."
        )
    found = AddedAgent(
        name, table.text("label"), table.text("meaning"), table.text("source"), table.one_of("moment", MOMENTS),
        table.one_of("side", SIDES), most, table.function("behaviour"), table.function("agent_class"),
        (*own, *needed), table.names("counts"), table.names("state"), read_purposes(table, package), package,
    )  # fmt: skip
    table.done()
    return found


def read_parameter(name: str, table: Table) -> Parameter:
    """A parameter of an agent."""
    default, low, high = table.number("default"), table.number("low"), table.number("high")
    if not low <= default <= high:
        raise InputError(
            f"{table.where}.default", f"must be between {low:g} and {high:g}", default, "Give a number within that."
        )
    found = Parameter(name, default, table.text("unit"), low, high, table.text("source"), table.text("meaning"))
    table.done()
    return found


def read_purposes(table: Table, package: str) -> dict[str, int]:
    """Purposes of luck of an agent: name and number."""
    numbers = Table(table.get("purposes", dict, {}), f"{table.where}.purposes")
    found = {checked_name(name, numbers.where): int(numbers.get(name, int)) for name in numbers.content}
    for number in found.values():
        purpose(package, number)
    if len(set(found.values())) < len(found):
        raise InputError(
            numbers.where, "must have a number each", str(found), "Write digits without quotes, such as 0.5."
        )
    return found
