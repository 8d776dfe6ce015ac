"""Two or more scenarios explained: which leads fared differently, why, and by which settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.domain.errors import InputError
from sim.ensemble.comparison import scenario_from
from sim.ensemble.design import comparison_points
from sim.ensemble.provenance import provenance_of
from sim.ensemble.seeds import check_whole
from sim.explain.path import OPEN, fate_of
from sim.explain.reasons import Reason, reasons
from sim.explain.search import both
from sim.explain.settings import Setting, tried
from sim.explain.stories import Pair, Story, paired, stories
from sim.spec.scenario import Scenario

#: Leads that are explained unless another number is asked for.
LEADS = 100
MOST_LEADS = 1_000_000
Named = tuple[str, Scenario]


@dataclass(frozen=True)
class Counts:
    """Leads of two worlds: known to both, to one only; still open in either; and those that fared differently."""

    both: int
    first_only: int
    second_only: int
    still_open: int
    differing: int


@dataclass(frozen=True)
class Explanation:
    """Two worlds on the same luck, explained.

    Parameters
    ----------
    pair : Pair
        The worlds, recorded.
    counts : Counts
        Leads.
    stories : tuple of Story
        Of the leads that were looked at.
    reasons : tuple of Reason
        Typical reasons over these.
    settings : tuple of Setting
        What differs between the scenarios, with the leads that each restores when it alone is taken back.
    provenance : dict
        Where it comes from.
    """

    pair: Pair
    counts: Counts
    stories: tuple[Story, ...]
    reasons: tuple[Reason, ...]
    settings: tuple[Setting, ...]
    provenance: dict[str, Any]

    @property
    def names(self) -> tuple[str, str]:
        """What the worlds are called."""
        return self.pair.names

    def verdicts(self) -> dict[str, int]:
        """How many leads have one cause, joint causes, or none that was found."""
        told = [one.verdict for one in self.stories]
        return {verdict: told.count(verdict) for verdict in ("one cause", "joint causes", "not found")}

    def table(self) -> pd.DataFrame:
        """One row per reason."""
        rows = [{**asdict(reason), "fates": " → ".join(reason.fates)} for reason in self.reasons]
        return pd.DataFrame(rows, columns=list(Reason.__dataclass_fields__))


def reasons_table(told: Sequence[Explanation]) -> pd.DataFrame:
    """One row per world after the first and reason, with the names of both worlds."""
    return pd.concat([one.table().assign(first=one.names[0], second=one.names[1]) for one in told], ignore_index=True)


def explain(  # noqa: PLR0913 - options by name
    *scenarios: str | Path | Scenario,
    seed: int = 1,
    relationships: Sequence[str] = (),
    interventions: Sequence[str] = (),
    leads: int = LEADS,
    lead: int | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> list[Explanation]:
    """Explain why leads fared differently: each further scenario is compared with the first, on the same luck.

    Parameters
    ----------
    *scenarios : str, Path or Scenario
        Two or more; or one, with relationship types or interventions to put on it.
    seed : int
        The first replication of a comparison with this seed.
    relationships, interventions : sequence of str
        As in `compare`: types to put on the scenario, the first is the baseline; interventions to add to it.
    leads : int
        So many of the leads that fared differently are explained, spread evenly over the run; 0 for none.
    lead : int, optional
        Row of one lead in the first world instead.
    advance : callable
        Told of each lead that is done.

    Returns
    -------
    list of Explanation
        One for each scenario after the first.

    Raises
    ------
    InputError
        If a scenario, the seed or the lead cannot be used.
    """
    named = named_scenarios([scenario_from(one) for one in scenarios], relationships, interventions)
    check_whole("leads", leads, 0, MOST_LEADS)
    told = []
    for other in named[1:]:
        pair = paired(named[0][1], other[1], seed, (named[0][0], other[0]))
        keys = spread(pair.differing, leads) if lead is None else [key_of(pair, lead)]
        told.append(explained(pair, (named[0][1], other[1]), keys, advance))
    return told


def named_scenarios(scenarios: Sequence[Scenario], types: Sequence[str], uses: Sequence[str]) -> list[Named]:
    """The worlds of an explanation with their names, the one to compare with first.

    Raises
    ------
    InputError
        If they are fewer than two, or types and interventions are put on several scenarios.
    """
    if len(scenarios) > 1 and (types or uses):
        mend = "Put them into the scenarios, or give one scenario."
        raise InputError("explain", "takes types and interventions with one scenario only", len(scenarios), mend)
    if len(scenarios) == 1:
        points = comparison_points(scenarios[0], types, uses)
        named = [(point.id, point.scenario) for point in points]
    else:
        named = list(zip(_names(scenarios), scenarios, strict=True))
    if len(named) < 2:
        mend = "For example: smarketing explain mid --relationships undefined,aligned, or two scenarios."
        raise InputError("explain", "needs two worlds to compare", len(named), mend)
    return named


def _names(scenarios: Sequence[Scenario]) -> list[str]:
    """Names that tell the scenarios apart: their own, else numbered."""
    names = [scenario.name for scenario in scenarios]
    return [f"{name} ({place})" if names.count(name) > 1 else name for place, name in enumerate(names, 1)]


def explained(
    pair: Pair, scenarios: tuple[Scenario, Scenario], keys: list[int], advance: Callable[[int], None] = lambda _: None
) -> Explanation:
    """Explain some leads of two worlds.

    Parameters
    ----------
    pair : Pair
        The worlds.
    scenarios : tuple of Scenario
        What was run.
    keys : list of int
        Of leads that both know.
    advance : callable
        Told of each lead that is done.
    """
    told = stories(pair, keys, advance)
    settings = tried(*scenarios, pair.worlds, keys)
    provenance = provenance_of(scenarios[0], pair.seed, second_scenario=scenarios[1].model_dump(mode="json"))
    return Explanation(pair, counts(pair), tuple(told), tuple(reasons(told)), tuple(settings), provenance)


def spread(keys: list[int], most: int) -> list[int]:
    """At most so many of some leads, evenly spread.

    Examples
    --------
    >>> spread([1, 2, 3, 4, 5], 3)
    [1, 3, 5]
    """
    if len(keys) <= most:
        return keys
    return [keys[int(place)] for place in np.linspace(0, len(keys) - 1, most).round()] if most else []


def key_of(pair: Pair, lead: int) -> int:
    """The key of a lead of the first world by its row.

    Raises
    ------
    InputError
        If there is no such lead, or the second world does not know it.
    """
    keys = list(pair.worlds[0].place)
    if not 0 <= lead < len(keys):
        raise InputError("--lead", f"must be a row of leads, 0 to {len(keys) - 1}", lead, "Choose one of these rows.")
    if keys[lead] not in pair.worlds[1].place:
        mend = "It came in by demand or prospecting that the other world did not have."
        raise InputError("--lead", f"does not exist in {pair.names[1]}", lead, mend)
    return keys[lead]


def counts(pair: Pair) -> Counts:
    """Leads of two worlds, counted."""
    common = both(*pair.worlds)
    first, second = (sum(key >> 48 > 0 for key in world.place) for world in pair.worlds)
    n_open = sum(_is_open(pair, key) for key in common)
    return Counts(len(common), first - len(common), second - len(common), n_open, len(pair.differing))


def _is_open(pair: Pair, key: int) -> bool:
    return OPEN in [fate_of(int(world.world.leads[world.place[key]].state)) for world in pair.worlds]
