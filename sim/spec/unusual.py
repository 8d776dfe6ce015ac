"""What is unusual about a scenario: allowed, but worth a look before anybody believes its results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.domain.rules import RULES
from sim.spec.edit import entry_id
from sim.spec.origins import beneath
from sim.spec.presets import flat
from sim.spec.resolve import asks_for_more
from sim.spec.scenario import Scenario

#: A value this many times its usual one, or this small a part of it, is worth a look.
FAR = 4.0
#: Share of people's hours above which a queue cannot be kept short.
FULL = 1.0
DAYS_A_YEAR = 260


def unusual(scenario: Scenario, content: dict[str, Any] | None = None) -> list[str]:
    """Plain sentences on what a user may not have meant.

    Parameters
    ----------
    scenario : Scenario
        Valid.
    content : dict, optional
        What its file gives, to find values that change nothing and values without a source.
    """
    notes = [*_on_run(scenario), *_on_people(scenario), *_on_load(scenario), *_on_values(scenario)]
    notes += [*_on_switches(scenario), *_on_timeline(scenario)]
    return notes + ([*_on_file(scenario, content)] if content is not None else [])


#: Tables whose values need no source there: presets are no values, and an entry of the catalogue has its evidence.
APART = ("presets", "sources", "catalogue")


def _on_run(scenario: Scenario) -> Iterator[str]:
    if scenario.run.days < DAYS_A_YEAR:
        yield (
            f"run.days is {scenario.run.days}: less than a year ({DAYS_A_YEAR} working days), so seasons and quarter"
            " ends do not even out."
        )
    if scenario.run.warmup_days < DAYS_A_YEAR // 4:
        yield (
            f"run.warmup_days is {scenario.run.warmup_days}: with less than a quarter the first measured deals have"
            " no past."
        )


def _on_people(scenario: Scenario) -> Iterator[str]:
    people: Any = scenario.people
    ratio = people.reps / people.marketers
    if not 1.0 <= ratio <= 8.0:
        yield f"There are {ratio:.2g} reps for a marketer; presets have 2 to 3."
    persons = people.reps + people.marketers - people.generalists
    if people.managers * 4 > persons or people.managers * 25 < persons:
        yield f"There are {people.managers} managers for {persons} others; presets have about 1 for 9."
    if people.reps <= 8 and people.proximity_floor == 0:
        yield (
            "people.proximity_floor is 0 in a firm this small: nobody would sit near anybody"
            " (organization preset small: 0.6)."
        )


def _on_load(scenario: Scenario) -> Iterator[str]:
    """Queues that must grow, and touches that do not fit into a day."""
    people: Any = scenario.people
    market: Any = scenario.market
    marketing: Any = scenario.marketing
    handoff: Any = scenario.handoff
    selling: Any = scenario.selling
    inquiries = people.reps * market.raw_leads_per_rep_day
    judged = people.marketers * selling.marketer_hours * marketing.queue_share
    if inquiries * marketing.score_hours > FULL * judged:
        yield (
            f"Judging {inquiries:.3g} inquiries a day takes {inquiries * marketing.score_hours:.3g} h; the marketers"
            f" have {judged:.3g} h for it before meetings: their queue will grow."
        )
    reading = 0.5 * inquiries / people.reps * handoff.reading_hours
    if reading > FULL * handoff.reading_cap:
        yield (
            f"Reading takes a rep about {reading:.2g} h a day where half the inquiries are handed off;"
            f" handoff.reading_cap is {handoff.reading_cap:g} h: inboxes will overflow."
        )
    hours = max(selling.discovery_hours, selling.proposal_hours, selling.negotiation_hours)
    if hours > selling.rep_hours:
        yield (
            f"A touch of a usual account takes {hours:g} h and a rep has {selling.rep_hours:g} h a day: a touch must"
            " fit into a day, so most deals will be lost by neglect."
        )


def _on_values(scenario: Scenario) -> Iterator[str]:
    """Own values far from what presets or defaults say."""
    lower = beneath(scenario)
    for rule in RULES:
        value = getattr(getattr(scenario, rule.section), rule.name)
        usual = getattr(getattr(lower, rule.section), rule.name)
        is_scale = rule.low >= 0 and usual > 0 and rule.section != "mechanisms" and rule.name != "assign_rule"
        if value != usual and is_scale and not usual / FAR <= value <= usual * FAR:
            yield f"{rule.section}.{rule.name} is {value:g}; usual is {usual:g} ({rule.unit}; {rule.meaning})."


def _on_switches(scenario: Scenario) -> Iterator[str]:
    for rule in RULES:
        if rule.section == "mechanisms" and (value := getattr(scenario.mechanisms, rule.name)) != rule.default:
            yield f"mechanisms.{rule.name} is {value}: {rule.meaning.removeprefix('0: ')}."


def _on_timeline(scenario: Scenario) -> Iterator[str]:
    for index, entry in enumerate(scenario.entries):
        name = entry_id(scenario, entry)
        if entry.day >= scenario.run.days:
            yield f"{name} starts on day {entry.day}, after the end of the run ({scenario.run.days})."
        elif entry.action and not asks_for_more(scenario, index):
            yield f"{name} changes nothing: its level is already there."


def _on_file(scenario: Scenario, content: dict[str, Any]) -> Iterator[str]:
    sections = {name: value for name, value in content.items() if isinstance(value, dict)}
    given = {path for path, _ in flat(sections) if path.partition(".")[0] not in APART}
    lower, mine = dict(flat(beneath(scenario).model_dump())), dict(flat(scenario.model_dump()))
    same = sorted(path for path in given if path in lower and lower[path] == mine.get(path))
    if same:
        yield f"These say what presets or defaults say anyway: {_some(same)}."
    unsourced = sorted(given - set(scenario.sources) - set(same))
    if unsourced:
        yield f"No source is given under [sources] for {len(unsourced)} of its values: {_some(unsourced)}."
    if strangers := sorted(set(scenario.sources) - given):
        yield f"[sources] names what the file does not give: {_some(strangers)}."


def _some(paths: list[str], most: int = 5) -> str:
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return ", ".join(paths[:most]) + more
