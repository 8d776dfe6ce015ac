"""What every number of the model rests on, and what rests on every row of docs/evidence.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sim.domain.assumptions import reason_of
from sim.domain.extensions import added_agents
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.practices import MOVABLE
from sim.domain.rules import RULES, Rule
from sim.spec.catalogue import interventions, markets, organizations, relationships, shocks
from sim.spec.scenario import Scenario

#: Ways in which a number may be founded.
EVIDENCE, COMPUTED, TUNED, ASSUMPTION, CHOICE = "evidence", "computed", "tuned", "assumption", "choice"
DATA_SETS = ("Olist", "BPI 2012")
LEVELS = "a verbal description put on a scale; only the order of types is known"
DOSES = "a usual size of what management can do or what may happen; its effect is a result"
#: The tables of a market that are no rules.
TABLES = {
    "market.weekday_profile": ("Olist, BPI 2012", ""),
    "market.sources share": ("Olist", "after the shares in the data, rounded"),
    "market.sources fit_shift": ("E77, E79", "order after these, size assumed"),
    "market.segments": ("E80, E87", "order after these, size assumed"),
}


@dataclass(frozen=True)
class Basis:
    """A number and what it rests on.

    Parameters
    ----------
    number : str
        Where it stands, such as ``market.gap_days`` or ``liaison.liaisons``.
    value, unit : str
        As it is shipped.
    basis : {"evidence", "computed", "tuned", "assumption", "choice"}
        Computed is from a public data set; a choice is a switch, a lever or a length.
    rows : tuple of str
        Rows of docs/evidence.md and data sets that it cites.
    reason : str
        Why, where that is not all evidence.
    """

    number: str
    value: str
    unit: str
    basis: str
    rows: tuple[str, ...]
    reason: str


def cited(source: str) -> tuple[str, ...]:
    """Rows of evidence and data sets that a source names.

    Examples
    --------
    >>> cited("A; E31–E33"), cited("E80, Olist: as in the data"), cited("A: because")
    (('E31', 'E32', 'E33'), ('E80', 'Olist'), ())
    """
    rows: list[str] = []
    for letter, first, last in re.findall(r"\b([ES])(\d+)(?:–[ES](\d+))?", source.partition(": ")[0]):
        rows += [f"{letter}{n:02d}" for n in range(int(first), int(last or first) + 1)]
    return (*rows, *(name for name in DATA_SETS if name in source.partition(": ")[0]))


def basis_of(source: str) -> str:
    """How a source founds a number.

    Examples
    --------
    >>> [basis_of(source) for source in ("A; E51", "A*; E50", "A; Olist", "E85: why", "lever", "A: why")]
    ['assumption', 'tuned', 'computed', 'evidence', 'choice', 'assumption']
    """
    if source in ("lever", "switch"):
        return CHOICE
    if source.startswith("A*"):
        return TUNED
    if set(cited(source)) & set(DATA_SETS):
        return COMPUTED
    return EVIDENCE if cited(source) and not source.startswith("A") else ASSUMPTION


def foundations() -> list[Basis]:
    """Every number that is shipped, with what it rests on."""
    return [*map(_of_rule, RULES), *_of_tables(), *_of_types(), *_of_actions(), *_of_presets(), *_of_agents()]


def _of_rule(rule: Rule) -> Basis:
    name = f"{rule.section}.{rule.name}"
    return Basis(
        name,
        f"{rule.default:g}",
        rule.unit,
        basis_of(rule.source),
        cited(rule.source),
        reason_of(rule) or _chosen(rule),
    )


def _chosen(rule: Rule) -> str:
    return rule.source if basis_of(rule.source) == CHOICE else ""


def _of_tables() -> Iterator[Basis]:
    for name, (source, reason) in TABLES.items():
        yield Basis(name, "see scenario", "-", basis_of(source), cited(source), reason)
    for name in Scenario.model_fields["run"].annotation.model_fields:  # type: ignore[union-attr]
        yield Basis(f"run.{name}", "see scenario", "d", CHOICE, (), "half a year to settle, two years to look at")


def _of_types() -> Iterator[Basis]:
    for type_name, bundle in relationships().items():
        for name, level in bundle.practices.items():
            source = bundle.source_of(name)
            unit = PRACTICES[name].unit
            yield Basis(f"{type_name}.{name}", f"{level:g}", unit, ASSUMPTION, cited(source), _reason(source) or LEVELS)


def _of_actions() -> Iterator[Basis]:
    for name, entry in (interventions() | shocks()).items():
        for practice, level in entry.practices.items():
            source = entry.source_of(practice)
            unit = MOVABLE[practice].unit
            yield Basis(f"{name}.{practice}", f"{level:g}", unit, ASSUMPTION, cited(source), _reason(source) or DOSES)


def _of_presets() -> Iterator[Basis]:
    for presets in (organizations(), markets()):
        for name, preset in presets.items():
            for path, given in preset.givens.items():
                basis, reason = basis_of(given.source), _reason(given.source)
                yield Basis(f"{name}: {path}", f"{given.value}", "-", basis, cited(given.source), reason)


def _of_agents() -> Iterator[Basis]:
    """Numbers of agents that extensions add."""
    for name, agent in added_agents().items():
        for each in agent.parameters:
            basis, reason = basis_of(each.source), _reason(each.source)
            yield Basis(f"{name}.{each.name}", f"{each.default:g}", each.unit, basis, cited(each.source), reason)


def _reason(source: str) -> str:
    return source.partition(": ")[2]


def resting_on() -> dict[str, list[str]]:
    """Numbers by the row of evidence, or the data set, that they cite."""
    found: dict[str, list[str]] = {}
    for number in foundations():
        for row in number.rows:
            found.setdefault(row, []).append(number.number)
    return dict(sorted(found.items(), key=lambda item: (item[0][0], len(item[0]), item[0])))
