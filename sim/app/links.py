"""Every view is a link: what is looked at, as a query of the address, as a command, as Python and as TOML.

An organization is written as on the command line: a relationship type, interventions, or both, joined by ``+``:
``integrated+liaison=2@65``. A scenario is named, never a path: no page reads a file of the server's.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from sim.domain.errors import InputError, did_you_mean
from sim.spec.catalogue import load_scenario, scenario_names
from sim.spec.designs import MOST_SEED
from sim.spec.edit import read_setting, split_organization, with_organization, with_values
from sim.spec.growth import n_persons
from sim.spec.scenario import Scenario
from sim.spec.write import scenario_toml

#: Working days a second at which a page may live.
SPEEDS = (1, 5, 20, 65)
#: A page runs no larger firm and no longer run than this: others look too.
MOST_PEOPLE, MOST_DAYS, MOST_TEXT, MOST_ORGANIZATIONS = 1000, 1300, 2000, 4
#: What organizations that stand side by side are called.
LETTERS = "ABCD"
KEYS = ("scenario", "set", "org", "seed", "day", "speed")
_OWN = re.compile(r"my-[a-z0-9][a-z0-9-]{0,60}")


@dataclass(frozen=True)
class View:
    """What a page shows.

    Parameters
    ----------
    scenario : str
        Name of a shipped scenario, or of one's own (``my-…``).
    sets : tuple of str
        Changed values, ``PATH=VALUE``.
    organizations : tuple of str
        Type and interventions of each organization; '' is the scenario as it is.
    seed : int
        Luck.
    day : int
        Working days of the window that lie behind.
    speed : int
        Working days a second, one of SPEEDS.

    Examples
    --------
    >>> view = read_view("scenario=small&org=aligned+liaison=2@65&seed=7")
    >>> view.organizations, view.seed, view.scenarios()[0].relationship
    (('aligned+liaison=2@65',), 7, 'aligned')
    >>> view.query()
    'scenario=small&org=aligned+liaison=2@65&seed=7'
    """

    scenario: str = "mid"
    sets: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ("",)
    seed: int = 1
    day: int = 0
    speed: int = 5

    def base(self) -> Scenario:
        """The scenario with its changed values, before any organization's type and interventions."""
        chosen = named(self.scenario)
        return small_enough(with_values(chosen, [read_setting(text, "set") for text in self.sets]))

    def scenarios(self) -> list[Scenario]:
        """The scenario of each organization.

        Raises
        ------
        InputError
            If one cannot be.
        """
        base = self.base()
        return [with_organization(base, text) for text in self.organizations]

    def query(self) -> str:
        """The query of the address, without what is usual."""
        usual = View()
        pairs = [("scenario", self.scenario), *(("set", text) for text in self.sets)]
        pairs += [("org", text) for text in self.organizations if text or len(self.organizations) > 1]
        pairs += [(name, str(getattr(self, name))) for name in KEYS[3:] if getattr(self, name) != getattr(usual, name)]
        return "&".join(f"{name}={quote(text, safe='+=@.,[]')}" for name, text in pairs)

    def changed(self, **values: Any) -> View:
        """The view with other values."""
        return replace(self, **values)


def read_view(query: str | None, usual: View | None = None) -> View:
    """A view from the query of an address; what it does not say is as usual, what it says otherwise is left to others.

    Raises
    ------
    InputError
        If a value is none.
    """
    usual = usual or View()
    if len(query or "") > MOST_TEXT:
        raise InputError(
            "address",
            f"must be at most {MOST_TEXT} characters",
            len(query or ""),
            "Write a scenario file instead, and run it on the command line.",
        )
    said: dict[str, list[str]] = {}
    for name, text in parse_qsl(query or "", keep_blank_values=True):
        said.setdefault(name, []).append(text)
    view = View(
        scenario=said.get("scenario", [usual.scenario])[-1],
        sets=tuple(text.strip() for text in said.get("set", usual.sets)),
        organizations=tuple(text.strip().replace(" ", "+") for text in said.get("org", usual.organizations)),
        seed=_number(said, "seed", usual.seed, MOST_SEED),
        day=_number(said, "day", usual.day, MOST_DAYS),
        speed=_number(said, "speed", usual.speed, max(SPEEDS)),
    )
    if view.speed not in SPEEDS:
        raise InputError("speed", f"must be one of {', '.join(map(str, SPEEDS))}", view.speed, "Choose one of them.")
    if len(view.organizations) > MOST_ORGANIZATIONS:
        raise InputError(
            "org",
            f"must be at most {MOST_ORGANIZATIONS} organizations",
            len(view.organizations),
            "Compare more on the command line: smarketing compare.",
        )
    view.scenarios()
    return view


def _number(said: Mapping[str, Sequence[str]], name: str, usual: int, highest: int) -> int:
    if name not in said:
        return usual
    text = said[name][-1]
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or int(text) > highest:
        raise InputError(name, f"must be a whole number from 0 to {highest}", text, "Write digits alone.")
    return int(text)


def is_own(name: str) -> bool:
    """Whether a name is one of a scenario of one's own."""
    return _OWN.fullmatch(name) is not None


def named(name: str) -> Scenario:
    """A scenario by its name: a shipped one, or one's own.

    Raises
    ------
    InputError
        If there is none; names of files are none.
    """
    if is_own(name):
        from sim.app.my_work import own_scenario

        return own_scenario(name)
    if name not in scenario_names():
        raise InputError("scenario", "unknown scenario", name, did_you_mean(name, scenario_names()))
    return load_scenario(name)


def small_enough(scenario: Scenario) -> Scenario:
    """The scenario, if a page may run it: other people look at the same time.

    Raises
    ------
    InputError
        If it has too many people or days.
    """
    n_people = n_persons(scenario, scenario.run.warmup_days + scenario.run.days)
    if n_people > MOST_PEOPLE:
        mend = "Run it on the command line: smarketing run."
        raise InputError("people", f"must be at most {MOST_PEOPLE} in all on a page", n_people, mend)
    days = scenario.run.warmup_days + scenario.run.days
    if days > MOST_DAYS:
        mend = "Run it on the command line: smarketing run."
        raise InputError("run.days", f"must be at most {MOST_DAYS} with the warm-up on a page", days, mend)
    return scenario


def command_of(view: View, source: str, index: int = 0, days: int | None = None) -> str:
    """The command that runs an organization of a view.

    Parameters
    ----------
    source : str
        The scenario as the command line knows it: its name, or a file.
    index : int
        Which organization.
    days : int, optional
        Working days of the window, where it is to end before the run does.

    Examples
    --------
    >>> command_of(read_view("org=aligned+liaison&seed=7"), "mid", days=100)
    'smarketing run mid --set run.days=100 --relationship aligned --interventions liaison --seed 7'
    """
    kind, uses = split_organization(view.base(), view.organizations[index])
    sets = [*view.sets, *([f"run.days={days}"] if days is not None else [])]
    parts = ["smarketing", "run", source, *(word for text in sets for word in ("--set", text))]
    parts += ["--relationship", kind] if kind else []
    parts += ["--interventions", uses] if uses else []
    return shlex.join([*parts, "--seed", str(view.seed)])


def python_of(view: View, source: str, index: int = 0, days: int | None = None) -> str:
    """The Python line that does the same as `command_of`."""
    from sim.report.terminal import python_run, python_scenario

    kind, uses = split_organization(view.base(), view.organizations[index])
    changes = [read_setting(text) for text in view.sets] + ([("run.days", days)] if days is not None else [])
    line = python_run(python_scenario(source, changes), kind or None, [uses] if uses else [], view.seed, "table")
    return line.removeprefix("In Python: ")


def toml_of(view: View, index: int = 0) -> str:
    """The organization of a view as a scenario file."""
    return scenario_toml(view.scenarios()[index])
