"""Sections in which a terminal shows the outcomes of a run, the headlines first."""

from __future__ import annotations

from sim.domain.extensions import extensions

_TABLE = """
Headlines         | bookings_new profit cycle_days conflict_per_100
Leads             | leads_in handed_off followup_rate acceptance_rate followup_novice followup_veteran response_days
                  | response_median response_hours within_hour unread_expired unread reading_hours brand
Deals             | wins wins_marketing mkt_sourced_share win_rate said_no_share no_decision_share competitor_share
                  | neglected_share cycle_days_mean cycle_log_sd discount_mean quarter_end_share quota_share message
                  | market_entry_hours product_knowledge
Customers         | customers retention net_retention churned bookings_renewal concentration service_level service_hours
Money             | revenue_recognised cost intervention_cost cac marketing_roi
Disputes          | conflict_per_pm personal_per_pm functional_share lead_quality_disputes follow_up_disputes
                  | credit_disputes price_disputes budget_disputes territory_disputes blame_disputes dispute_hours
                  | dispute_contact_share hearing_hours hearing_wait contribution_gap
Working together  | type_index trust collaboration reporting familiarity vocabulary market_knowledge contact_raw
                  | contact_quality coordination_hours orientation_gap mistakes liaison_visits liaison_disputes
                  | liaison_trust
People            | utilisation prospecting_share strain turnover vacancy_share
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    sections: dict[str, tuple[str, ...]] = {}
    heading = ""
    for line in table.strip().splitlines():
        title, names = line.split("|")
        heading = title.strip() or heading
        sections[heading] = (*sections.get(heading, ()), *names.split())
    return sections


#: Names of outcomes by heading; every outcome stands in one of them.
#: Those of an extension stand under its name.
SECTIONS = _read(_TABLE) | {
    each.package: tuple(outcome.name for outcome in each.outcomes) for each in extensions() if each.outcomes
}
