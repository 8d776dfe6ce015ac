"""Stories of a person and of a lead: what happened to them so far, in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.analysis.history import event_log
from sim.analysis.rows import incidents_of, is_deal, is_inbound, leads_of, person_names
from sim.app.live import Living
from sim.domain.blueprint import rows as empty_rows
from sim.domain.records import EVENTS, RECORDS, TABLES, World, world_of
from sim.domain.vocabulary import DISPUTES, MARKETER, REP, SELF_FOUND, STATES, UNKNOWN, WON
from sim.report.prose import amount, decimal

#: Lines of a person's story, and how many people of the other side it names at each end.
MOST_LINES, MOST_NAMED = 12, 4
#: Leads of a person, the newest, that the recent lines are sought in.
MOST_LEADS = 60

Story = dict[str, Any]


def story_of(firm: Living, kind: str, row: int) -> Story:
    """Story of a person (kind ``person``) or of a lead (``lead``); an empty one for whom or what there is not."""
    if kind == "person" and is_person(firm, row):
        return person_story(firm, row)
    return lead_story(firm, row) if kind == "lead" and is_lead(firm, row) else {}


def person_story(firm: Living, row: int) -> Story:
    """Story of a marketer or rep.

    Returns
    -------
    dict
        ``kind`` (``person``), ``day`` (today), ``row``, ``title``, ``facts`` (label, text), ``trust`` (name, text,
        0–100, row; the most and the least trusted of the other side), ``lines`` (day, text, lead or −1; newest first).
    """
    name = person_names(firm.world)[row]
    return {
        "kind": "person",
        "day": firm.today,
        "row": row,
        "title": name.capitalize(),
        "facts": _facts_of_person(firm, row),
        "trust": _trust_of(firm, row),
        "lines": _lines_of_person(firm, row),
    }


def lead_story(firm: Living, row: int) -> Story:
    """Story of a lead.

    Returns
    -------
    dict
        ``kind`` (``lead``), ``day`` (today), ``row``, ``title``, ``facts``, ``lines`` (day, text, −1; oldest first).
    """
    return {
        "kind": "lead",
        "day": firm.today,
        "row": row,
        "title": f"Lead {row}",
        "facts": _facts_of_lead(firm, row),
        "trust": [],
        "lines": [[day, text, -1] for day, text, _ in _lines(firm, np.array([row]))],
    }


def is_person(firm: Living, row: int) -> bool:
    """Whether a row is a marketer or a rep, who have stories."""
    people = firm.world.people.view(np.ndarray)
    return 0 <= row < len(people) and int(people["role"][row]) in (MARKETER, REP)


def is_lead(firm: Living, row: int) -> bool:
    """Whether a row is a lead in use."""
    return 0 <= row < len(leads_of(firm.world))


def source_name(firm: Living, source: int) -> str:
    """What a lead's source is called."""
    market: Any = firm.scenario.market
    if 0 <= source < len(market.sources):
        return str(market.sources[source].name)
    return {SELF_FOUND: "found by the rep", UNKNOWN: "source not yet known"}.get(source, "customer from before the run")


def _facts_of_person(firm: Living, row: int) -> list[list[str]]:
    people, leads = firm.world.people.view(np.ndarray), leads_of(firm.world)
    is_rep = int(people["role"][row]) == REP
    mine = leads["rep" if is_rep else "marketer"] == row
    is_won = mine & is_deal(leads) & np.isin(leads["state"], WON) & (leads["closed_day"] >= firm.warmup)
    facts = [["At the desk since", _since(firm, int(people["first_day"][row]))]]
    if is_rep:
        facts += [["Open deals", f"{people['open_deals'][row]}"], ["Unread leads", f"{people['unread'][row]}"]]
        facts += [["Strain from personal disputes", amount(float(people["strain"][row]), "share")]]
    else:
        mine, is_won = mine & is_inbound(leads), is_won & is_inbound(leads)
        given = mine & (leads["handed_day"] >= firm.warmup)
        facts += [["Raw leads", f"{firm.waiting()[row]}"], ["Handed off since day 0", decimal(int(given.sum()), 0)]]
        facts += [["Market knowledge", amount(float(people["market_knowledge"][row]), "share")]]
    won = [_won_text(leads[is_won])]
    return [*facts, ["Won since day 0" if is_rep else "Won from these leads since day 0", *won]]


def _won_text(won: Any) -> str:
    """How many deals, and what they are worth."""
    return f"{len(won)}, worth {amount(float(won['booked'].sum()), 'money')}" if len(won) else "0"


def _since(firm: Living, day: int) -> str:
    if day > firm.day:
        return "nobody sits there"
    return "before the run" if day <= 0 else f"day {decimal(day - firm.warmup, 0)}"


def _trust_of(firm: Living, row: int) -> list[list[Any]]:
    trust, firm_of = firm.trust(), firm.world.organization
    desks, names = firm.desks(), person_names(firm.world)
    n_marketers, wide, tall = int(firm_of.n_marketers), int(firm_of.unit_reps), int(firm_of.unit_marketers)
    if row < n_marketers:
        others, values = n_marketers + row // tall * wide + np.arange(wide), trust[row]
    else:
        unit, slot = divmod(row - n_marketers, wide)
        others = unit * tall + np.arange(tall)
        values = trust[others, slot]
    known = [(float(value), int(other)) for value, other in zip(values, others, strict=True) if desks[other] == 2]
    ranked = sorted(known, key=lambda pair: (-pair[0], pair[1]))
    if len(ranked) > 2 * MOST_NAMED:
        ranked = ranked[:MOST_NAMED] + ranked[-MOST_NAMED:]
    return [[names[other], amount(value, "score"), round(100.0 * value), other] for value, other in ranked]


def _facts_of_lead(firm: Living, row: int) -> list[list[str]]:
    lead, names = leads_of(firm.world)[row], person_names(firm.world)
    market: Any = firm.scenario.market
    facts = [["Source", source_name(firm, int(lead["source"]))]]
    if 0 <= lead["segment"] < len(market.segments):
        facts.append(["Segment", str(market.segments[int(lead["segment"])].name)])
    facts += [[label, names[lead[who]]] for label, who in (("Marketer", "marketer"), ("Rep", "rep")) if lead[who] >= 0]
    facts.append(["State", STATES[int(lead["state"])]])
    if lead["booked"] > 0.0:
        facts.append(["First-year value", amount(float(lead["booked"]), "money")])
    return facts


def _lines_of_person(firm: Living, row: int) -> list[list[Any]]:
    leads = leads_of(firm.world)
    mine = np.flatnonzero((leads["rep"] == row) | (leads["marketer"] == row))
    latest = np.max([leads[name][mine] for name in ("born_day", "handed_day", "first_day", "closed_day")], axis=0)
    chosen = np.sort(mine[np.argsort(-latest, kind="stable")[:MOST_LEADS]])
    disputes = incidents_of(firm.world)
    own = disputes[(disputes["rep"] == row) | (disputes["marketer"] == row)][-MOST_LINES:]
    name = person_names(firm.world)[row]
    lines = [(day, f"lead {lead}: {text}", lead) for day, text, lead, who in _events(firm, chosen) if who == name]
    lines += [(int(each["day"]) - firm.warmup, _dispute(firm, each, row), int(each["lead"])) for each in own]
    return [list(line) for line in sorted(lines, key=lambda line: -line[0])[:MOST_LINES]]


def _lines(firm: Living, chosen: Any) -> list[tuple[int, str, int]]:
    """Events of some leads with who acts, and disputes about them, by day."""
    lines = [(day, f"{text} ({who})" if who else text, lead) for day, text, lead, who in _events(firm, chosen)]
    disputes = incidents_of(firm.world)
    about = disputes[np.isin(disputes["lead"], chosen)]
    lines += [(int(each["day"]) - firm.warmup, _dispute(firm, each, -1), int(each["lead"])) for each in about]
    return sorted(lines, key=lambda line: line[0])


def _dispute(firm: Living, dispute: Any, row: int) -> str:
    """A dispute in words, as seen by one side, or by nobody (row −1)."""
    names = person_names(firm.world)
    sides = [names[int(dispute[who])] for who in ("marketer", "rep") if dispute[who] >= 0 and dispute[who] != row]
    about = DISPUTES[int(dispute["kind"]) - 1].replace("_", " ")
    how = [word for word, name in (("personal", "is_personal"), ("escalated", "is_escalated")) if dispute[name]]
    with_whom = (" with " if row >= 0 else " between ") + " and ".join(sides) if sides else ""
    return f"dispute about {about}{with_whom}" + (f" ({', '.join(how)})" if how else "")


def _events(firm: Living, chosen: Any) -> list[tuple[int, str, int, str]]:
    """Day of the window, activity, lead and name of who acts, of some leads, as `sim.analysis.history` tells them."""
    log = event_log(_world_with(firm.world, chosen))
    cases = chosen[log["case"].to_numpy(dtype=np.int64)]
    columns = (log["day"].tolist(), log["activity"].tolist(), cases.tolist(), log["resource"].tolist())
    return list(zip(*columns, strict=True))


def _world_with(world: World, chosen: Any) -> World:
    """The world with some of its leads only, to be read."""
    parts = {name: getattr(world, name) for name in (*RECORDS, *TABLES)}
    parts["leads"] = world.leads[chosen]
    parts["events"] = empty_rows(EVENTS, 0)
    parts["organization"] = world.organization.copy()
    parts["organization"].n_leads = len(chosen)
    parts["organization"].n_events = 0
    return world_of(**parts)
