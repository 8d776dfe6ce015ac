"""A scenario as users write it: validated, immutable, every number with unit, range and source."""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field, create_model, field_validator, model_validator

from sim.domain.errors import InputError, Told, did_you_mean
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.rules import MOST_GROWTH, MOST_SEGMENTS, MOST_SOURCES, RULES, Rule, is_whole
from sim.domain.vocabulary import MOST_UNITS
from sim.spec.kinds import Catalogue
from sim.spec.section import Section
from sim.spec.timeline import Entry, InterventionUse

#: Most inquiries per day and unit that luck can address, with room for good days.
MOST_INQUIRIES_PER_DAY = 250.0


class Source(Section):
    """A source of inquiries."""

    name: str = Field(min_length=1, max_length=60)
    share: float = Field(ge=0, le=1, description="share of inquiries")
    fit_shift: float = Field(ge=-4, le=4, description="quality against the average, logit; centred when read")
    relative_cost: float = Field(
        default=1, ge=0, le=100, description="cost of an inquiry against the average; for tables by source only"
    )


class Segment(Section):
    """A size class of accounts."""

    name: str = Field(min_length=1, max_length=60)
    share: float = Field(ge=0, le=1, description="share of accounts")
    value_factor: float = Field(gt=0, le=100, description="on the value of an account")
    pace_factor: float = Field(gt=0, le=20, description="on the days between two touches")


class Presets(Section):
    """Named sets of values that take the place of the defaults: what the scenario says itself stands over them."""

    organization: str = Field(default="", max_length=80, description="organization preset, '' for none")
    market: str = Field(default="", max_length=80, description="market preset, stands over the organization's")


class GrowthStep(Section):
    """The headcount of a unit from a day on; days are working days after the warm-up."""

    day: int = Field(ge=0, le=100_000, description="first working day of those who come")
    reps: int = Field(ge=1, le=120, description="reps from that day on")
    marketers: int = Field(ge=1, le=60, description="marketers from that day on")
    managers: int = Field(ge=0, le=1000, description="managers from that day on")
    generalists: int = Field(default=0, ge=0, le=60, description="of both, people who still hold both roles")
    proximity_floor: float = Field(
        default=0, ge=0, le=1, description="of collocation and executive support from that day on"
    )


class Run(Section):
    """How long a run is."""

    warmup_days: int = Field(default=130, ge=0, le=10_000, description="working days that are not measured")
    days: int = Field(default=520, ge=1, le=10_000, description="working days that are measured")


def _field(rule: Rule) -> Any:
    kind: type = int if is_whole(rule) else float
    default: float = int(rule.default) if is_whole(rule) else rule.default
    extra: dict[str, Any] = {"unit": rule.unit, "source": rule.source}
    text = f"{rule.meaning} ({rule.unit})"
    return kind, Field(default=default, ge=rule.low, le=rule.high, description=text, json_schema_extra=extra)


def _section(name: str, base: type[Section] = Section) -> Any:
    fields: dict[str, Any] = {rule.name: _field(rule) for rule in RULES if rule.section == name}
    return create_model(name.capitalize(), __base__=base, __doc__=f"Rules of {name}.", **fields)


SOURCES = (
    Source(name="website", share=0.36, fit_shift=0.45, relative_cost=0.8),
    Source(name="referral", share=0.08, fit_shift=1.40, relative_cost=0.5),
    Source(name="ads", share=0.26, fit_shift=-0.20, relative_cost=1.3),
    Source(name="social", share=0.12, fit_shift=0.15, relative_cost=0.9),
    Source(name="trade show", share=0.10, fit_shift=-0.80, relative_cost=2.0),
    Source(name="webinar", share=0.08, fit_shift=-1.20, relative_cost=0.9),
)
SEGMENTS = (
    Segment(name="small", share=0.6, value_factor=0.7, pace_factor=0.8),
    Segment(name="mid", share=0.3, value_factor=1.1, pace_factor=1.15),
    Segment(name="key account", share=0.1, value_factor=2.2, pace_factor=1.7),
)


def _shares_sum_to_one(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    total = math.fsum(row.share for row in rows)
    if abs(total - 1.0) > 0.002:
        rule, mend = (
            "shares must sum to 1",
            f"Divide each of them by {total:.4g}." if total > 0 else "Give some a share.",
        )
        raise InputError("", rule, Told(f"a sum of {total:.4g}"), mend)
    return rows


class _Market(Section):
    weekday_profile: tuple[float, float, float, float, float] = Field(
        default=(1.6, 0.9, 0.9, 0.85, 0.75),
        description="inquiries Monday to Friday against the mean day; the weekend's come on Monday",
    )
    sources: tuple[Source, ...] = Field(
        default=SOURCES, min_length=1, max_length=MOST_SOURCES, description="where inquiries come from"
    )
    segments: tuple[Segment, ...] = Field(
        default=SEGMENTS, min_length=1, max_length=MOST_SEGMENTS, description="size classes of accounts"
    )

    _sources_sum = field_validator("sources")(_shares_sum_to_one)
    _segments_sum = field_validator("segments")(_shares_sum_to_one)

    @field_validator("weekday_profile")
    @classmethod
    def _profile_is_positive(cls, profile: tuple[float, ...]) -> tuple[float, ...]:
        if min(profile) < 0 or sum(profile) <= 0:
            mend = "Give shares of the days, such as [1, 1, 1, 1, 1]."
            raise InputError("", "must not be negative, nor zero on all days", list(profile), mend)
        return profile


class _People(Section):
    reps: int = Field(default=40, ge=1, le=120, description="people in sales who work leads and deals")
    marketers: int = Field(default=14, ge=1, le=60, description="people in marketing who judge leads and run campaigns")
    managers: int = Field(default=6, ge=0, le=1000, description="people who hear escalated disputes, hire and plan")
    generalists: int = Field(default=0, ge=0, le=60, description="of both, people who hold both roles")
    proximity_floor: float = Field(
        default=0, ge=0, le=1, description="of collocation and executive support in a firm this small"
    )
    units: int = Field(
        default=1, ge=1, le=MOST_UNITS, description="units of that many people each; who deals with whom stays inside"
    )

    @model_validator(mode="after")
    def _generalists_are_both(self) -> _People:
        if self.generalists > min(self.reps, self.marketers):
            rule = f"generalists must not exceed marketers or reps ({min(self.reps, self.marketers)})"
            raise InputError("", rule, self.generalists, "They are counted in both; give fewer.")
        return self


Market = _section("market", _Market)
People = _section("people", _People)
Brand, Marketing, Handoff = _section("brand"), _section("marketing"), _section("handoff")
Selling, Contact, Learning = _section("selling"), _section("contact"), _section("learning")
Conflict, Mechanisms = _section("conflict"), _section("mechanisms")
Accounts, Product = _section("accounts"), _section("product")

SECTIONS = (
    *("people", "market", "brand", "marketing", "handoff", "selling", "contact", "learning", "conflict"),
    *("accounts", "product"),
)
RULE_SECTIONS = (*SECTIONS, "mechanisms")


class Scenario(Section):
    """Given conditions of a run: an organization in a market, a relationship type, interventions, a length."""

    name: str = Field(default="scenario", min_length=1, max_length=80)
    description: str = Field(default="", max_length=2000)
    currency: str = Field(default="c.u.", min_length=1, max_length=12, description="shown beside money; no conversion")
    fiscal_year_start: int = Field(
        default=1, ge=1, le=12, description="month in which the fiscal year begins; only names quarters"
    )
    posterior: str = Field(
        default="", max_length=500, description="file of draws of uncertain values, relative to this one; '' for none"
    )
    presets: Presets = Presets()
    relationship: str = Field(default="undefined", description="relationship type, see `smarketing scenario list`")
    interventions: tuple[InterventionUse, ...] = Field(
        default=(), max_length=40, description="the short form of entries of the timeline"
    )
    timeline: tuple[Entry, ...] = Field(default=(), max_length=40, description="what happens when")
    catalogue: Catalogue = Field(default=Catalogue(), description="types, interventions and shocks of its own")
    practices: dict[str, float] = Field(
        default_factory=dict, description="levels that differ from those of the relationship type"
    )
    sources: dict[str, str] = Field(
        default_factory=dict, description='where own values come from, by path: "market.gap_days" = "our CRM, 2024"'
    )
    growth: tuple[GrowthStep, ...] = Field(
        default=(), max_length=MOST_GROWTH - 1, description="headcounts that the firm reaches, by day"
    )
    run: Run = Run()
    people: People = People()  # type: ignore[valid-type]
    market: Market = Market()  # type: ignore[valid-type]
    brand: Brand = Brand()  # type: ignore[valid-type]
    marketing: Marketing = Marketing()  # type: ignore[valid-type]
    handoff: Handoff = Handoff()  # type: ignore[valid-type]
    selling: Selling = Selling()  # type: ignore[valid-type]
    contact: Contact = Contact()  # type: ignore[valid-type]
    learning: Learning = Learning()  # type: ignore[valid-type]
    conflict: Conflict = Conflict()  # type: ignore[valid-type]
    accounts: Accounts = Accounts()  # type: ignore[valid-type]
    product: Product = Product()  # type: ignore[valid-type]
    mechanisms: Mechanisms = Mechanisms()  # type: ignore[valid-type]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that happens: the interventions, then the timeline."""
        return tuple(use.entry for use in self.interventions) + self.timeline

    @field_validator("practices")
    @classmethod
    def _practices_are_known(cls, levels: dict[str, float]) -> dict[str, float]:
        for name, value in levels.items():
            practice = PRACTICES.get(name)
            if practice is None:
                raise InputError("", "unknown practice", name, did_you_mean(name, PRACTICES))
            if not practice.low <= value <= practice.high:
                rule = f"must be between {practice.low:g} and {practice.high:g}"
                raise InputError(name, rule, value, f"Give it in its unit: {practice.unit}.")
        return levels

    @field_validator("sources")
    @classmethod
    def _sources_have_text(cls, sources: dict[str, str]) -> dict[str, str]:
        for path, text in sources.items():
            if not 0 < len(text) <= 300:
                rule = "must have 1 to 300 characters"
                raise InputError(path, rule, Told(f"{len(text)}"), "Name where the number comes from.")
        return sources

    @model_validator(mode="after")
    def _grows(self) -> Scenario:
        before: Any = self.people
        last_day = 0 if self.run.warmup_days == 0 else -1
        for step in self.growth:
            if step.day <= last_day:
                raise InputError(
                    "growth", f"days must rise, from {last_day + 1} on", step.day, "Sort the steps by day."
                )
            for name in ("reps", "marketers", "managers"):
                if getattr(step, name) < getattr(before, name):
                    rule = f"must not fall below {getattr(before, name)} on day {step.day}"
                    raise InputError(f"growth: {name}", rule, getattr(step, name), "A firm that grows loses nobody.")
            if step.generalists > before.generalists:
                rule = f"must not exceed {before.generalists} on day {step.day}"
                raise InputError("growth: generalists", rule, step.generalists, "They become fewer as a firm grows.")
            before, last_day = step, step.day
        return self

    @model_validator(mode="after")
    def _inquiries_can_be_addressed(self) -> Scenario:
        per_day = max(step.reps for step in (self.people, *self.growth))
        per_day *= self.market.raw_leads_per_rep_day  # type: ignore[attr-defined]
        if per_day > MOST_INQUIRIES_PER_DAY:
            rule = f"must not exceed {MOST_INQUIRIES_PER_DAY:g} inquiries a day"
            mend = "Lower one of the two, or give the people to several units (people.units)."
            raise InputError("people.reps × market.raw_leads_per_rep_day", rule, per_day, mend)
        return self
