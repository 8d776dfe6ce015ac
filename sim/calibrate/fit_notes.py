"""What a fit must own up to: assumptions, values that the export does not tell, and targets missed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from sim.calibrate.facts import FunnelFacts
from sim.calibrate.knobs import at_the_end, changed, value_of
from sim.calibrate.moments import Moments
from sim.domain.rules import RULES
from sim.spec.scenario import Scenario

_MISS = 0.10
_SHORTEST_GAP = next(rule.low for rule in RULES if rule.name == "gap_days")
_LOAD_PATHS = {
    "marketing.score_hours": "judging an inquiry takes {0:.2g} h instead of {1:.2g} h",
    "handoff.reading_hours": "reading a lead takes {0:.2g} h instead of {1:.2g} h",
    "selling.discovery_hours": "a touch in discovery takes {0:.2g} h instead of {1:.2g} h "
    "(contact, proposal, negotiation, prospecting and service alike)",
    "handoff.load_reference": "reps are used to {0:.3g} open deals instead of {1:.3g}",
    "handoff.attention_scale": "{0:.3g} waiting leads halve attention instead of {1:.3g}",
}


def notes_of(
    facts: FunnelFacts, base: Scenario, scenario: Scenario, table: pd.DataFrame, moments: Moments
) -> tuple[str, ...]:
    """Notes of a fit, one plain sentence each.

    Parameters
    ----------
    facts : FunnelFacts
        The data side.
    base, scenario : Scenario
        Before and after.
    table : pandas.DataFrame
        Quantities with ``data`` and ``simulated``.
    moments : Moments
        Of the fitted scenario.
    """
    parts = (
        _on_assumptions(facts, base, scenario),
        _on_missing(facts, base, scenario),
        _on_answers(facts, base, scenario),
        _on_load(facts, base, scenario, moments),
        _on_ranges(base, scenario),
        _on_misses(table),
    )
    return tuple(note for part in parts for note in part)


def _on_assumptions(facts: FunnelFacts, base: Scenario, scenario: Scenario) -> Iterator[str]:
    if not base.practices:
        yield f"The relationship between marketing and sales is assumed to be '{base.relationship}', as in the base."
    if base.interventions:
        yield "Interventions of the base scenario are left out of the fitted one."
    names = ["conflict, trust, language, learning", "segments", "people.proximity_floor"]
    names += [] if base.practices else ["practices", "spreads between people"]
    yield f"The export does not tell {', '.join(names)}; they are those of the base scenario."
    if facts.unit == "lead":
        yield (
            "Every deal of the export comes from an inquiry, so reps are assumed to find none themselves "
            "(selling.prospect_success = 0). Where everything hangs on inquiries, the types differ far more than the "
            "10 % or so that firms report (E05): read the differences as upper bounds, and their order."
        )
        yield (
            "The export shows reps at work, not empty desks, so inquiries go round the reps who are there "
            "(handoff.assign_rule = 1), in no territories."
        )
        yield (
            "Reps are assumed to live on inquiries, so that each opens the inbox every other day at least "
            "(handoff.inbox_min = 0.5)."
        )
    else:
        yield (
            "Rows are deals: inquiries (market.raw_leads_per_rep_day) and prospecting (selling.prospect_success) are "
            "scaled together until as many deals open; their mix is that of the base scenario, not of the data."
        )
        yield "The weekday profile and noise are those of opened deals and stand in for those of inquiries."
    given: Any = scenario
    yield (
        f"Usual deals per rep and day (selling.pool_reference, {given.selling.pool_reference:.2g}) and a marketer's "
        f"spare hours (marketing.campaign_reference, {given.marketing.campaign_reference:.2g}) are set so that pool "
        "and campaigns count as normal."
    )


def _on_missing(facts: FunnelFacts, base: Scenario, scenario: Scenario) -> Iterator[str]:
    people: Any = scenario.people
    if facts.n_reps is None:
        yield f"The number of reps is unknown; the {people.reps} of the base scenario are kept."
    elif facts.n_reps != people.reps:
        yield f"The export names {facts.n_reps} reps; the simulation takes at most {people.reps}."
    else:
        yield "Reps are those who close something in a typical month; people who close nothing are not seen."
    if facts.n_marketers is None:
        yield f"The number of marketers is unknown; {people.marketers} keep the base scenario's ratio to reps."
    elif facts.n_marketers != people.marketers:
        yield f"The export names {facts.n_marketers} marketers; the simulation takes at most {people.marketers}."
    yield f"Managers ({people.managers}) are in the base scenario's ratio to reps."
    if not facts.sources:
        yield "The export names no source; the sources of the base scenario are kept."
    elif facts.unit == "opportunity":
        yield "Shares of sources are those of deals and stand in for those of inquiries; their order is the data's."
    if facts.value_mean is None:
        yield "Values are unknown, so account values are those of the base scenario."
        yield "The quota is set so that about half the reps reach it."
    else:
        yield (
            "selling.account_reference and selling.quota are scaled with the values, the quota so that about half the "
            "reps reach it."
        )
        yield (
            "Pay and programme are not in the export and stay at the amounts of the base scenario; set them before "
            "comparing costs with bookings."
        )


def _on_answers(facts: FunnelFacts, base: Scenario, scenario: Scenario) -> Iterator[str]:
    moved = set(changed(scenario, base))
    gates = [
        p for p in ("handoff.acceptance_base", "handoff.follow_up_base", "marketing.ready_threshold") if p in moved
    ]
    answers = sorted(path for path in moved if path.startswith("selling.yes_") or path.endswith("_loss"))
    if answers or gates:
        yield (
            f"One win rate cannot tell where deals are lost: {_list_of([*answers, *gates], base, scenario)} moved "
            "together to match it."
        )
    waits = [
        p for p in moved if p.startswith("selling.decide_") or p.endswith(("_wait_days", "_days_low", "_days_spread"))
    ]
    if waits:
        yield (
            "One median cannot tell where time goes: beside market.gap_days, "
            f"{_list_of(sorted(waits), base, scenario)} moved to match it."
        )


def _list_of(paths: list[str], base: Scenario, scenario: Scenario) -> str:
    return ", ".join(f"{path} ({value_of(base, path):.3g} to {value_of(scenario, path):.3g})" for path in paths)


def _on_load(facts: FunnelFacts, base: Scenario, scenario: Scenario, moments: Moments) -> Iterator[str]:
    moved = set(changed(scenario, base))
    told = [
        text.format(value_of(scenario, path), value_of(base, path))
        for path, text in _LOAD_PATHS.items()
        if path in moved
    ]
    if told:
        people: Any = scenario.people
        rows_are = "inquiries" if facts.unit == "lead" else "new deals"
        yield (
            f"With {facts.arrivals_per_working_day:.3g} {rows_are} a working day for {people.reps} reps and "
            f"{people.marketers} marketers the export implies that {'; '.join(told)}."
        )
    if moments.neglected > _MISS:
        yield f"Even so, {moments.neglected:.0%} of lost deals are lost by neglect: reps have too little time."
    if moments.unjudged > _MISS:
        yield f"Even so, {moments.unjudged:.0%} of inquiries are not judged in time: marketers have too little time."


def _on_ranges(base: Scenario, scenario: Scenario) -> Iterator[str]:
    ends = [end for end in at_the_end(scenario, base) if not end.startswith("selling.prospect_success (0)")]
    if f"market.gap_days ({_SHORTEST_GAP:g})" in ends:
        yield (
            "Buyers of the simulation cannot be quicker than these, and an inquiry is judged on the next working day "
            "at the earliest: median and spread of the time to win cannot both be met."
        )
    if ends:
        yield f"At the end of the allowed range: {', '.join(ends)}."


def _on_misses(table: pd.DataFrame) -> Iterator[str]:
    for row in table.dropna().itertuples():
        data, simulated = float(str(row.data)), float(str(row.simulated))
        if abs(simulated - data) > _MISS * abs(data):
            yield (
                f"Missed by {abs(simulated / data - 1) if data else 1:.0%}: {row.quantity}, {data:.3g} in the data, "
                f"{simulated:.3g} simulated."
            )
