"""Entries of the catalogue: relationship types, and what management does or what happens to it."""

from __future__ import annotations

from pydantic import Field, model_validator

from sim.domain.errors import InputError, Told, did_you_mean
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.practices import EVENTS, MOVABLE, Practice
from sim.spec.section import Section


class Relationship(Section):
    """A relationship type: a bundle of practices."""

    label: str
    description: str
    evidence: str = Field(description="what its numbers rest on")
    sources: dict[str, str] = Field(default_factory=dict, description="of numbers that rest on something else")
    aliases: tuple[str, ...] = ()
    practices: dict[str, float] = Field(description="level of every practice; changes in money are 0 unless given")

    def source_of(self, number: str) -> str:
        """What one of its numbers rests on."""
        return self.sources.get(number, self.evidence)

    @model_validator(mode="after")
    def _names_every_practice(self) -> Relationship:
        needed = {name for name, practice in PRACTICES.items() if not practice.is_relative}
        if missing := needed - set(self.practices):
            mend = f"Missing: {', '.join(sorted(missing))}."
            raise InputError("practices", "must give a level to every practice", Told(f"{len(self.practices)}"), mend)
        _check_levels(self.practices, PRACTICES)
        return self

    @property
    def levels(self) -> dict[str, float]:
        """Level of every practice."""
        return dict.fromkeys(PRACTICES, 0.0) | self.practices


class Intervention(Section):
    """What management can do: one dose, in the unit of its leading practice. A shock is of the same form."""

    label: str
    description: str
    leading: str
    default_dose: float = Field(description="usual dose, in the unit of the leading practice")
    ramp_days: float = Field(gt=0, le=2600, description="time constant of the change, working days")
    one_off: float = Field(default=0, ge=0, description="c.u. at the default dose")
    one_off_per_person: float = Field(default=0, ge=0, description="c.u. per person at the default dose")
    evidence: str = Field(description="what its numbers rest on")
    sources: dict[str, str] = Field(default_factory=dict, description="of numbers that rest on something else")
    practices: dict[str, float]

    def source_of(self, number: str) -> str:
        """What one of its numbers rests on."""
        return self.sources.get(number, self.evidence)

    @model_validator(mode="after")
    def _moves_its_leading_practice(self) -> Intervention:
        if self.default_dose == 0 or self.practices.get(self.leading) != self.default_dose:
            rule = f"must be the default dose ({self.default_dose:g}) and not 0"
            level = self.practices.get(self.leading)
            raise InputError(f"practices.{self.leading}", rule, level, "Give both the same number.")
        _check_levels(self.practices, MOVABLE)
        return self

    @property
    def unit(self) -> str:
        """Unit of the dose."""
        return MOVABLE[self.leading].unit

    @property
    def least(self) -> float:
        """Lowest dose: 0, or the deepest cut where the leading practice may be lowered."""
        return MOVABLE[self.leading].low

    @property
    def most(self) -> float:
        """Highest dose: the top of the leading practice's scale."""
        return MOVABLE[self.leading].high

    @property
    def is_event(self) -> bool:
        """Whether it happens on one day and is over: nothing that it names has a level."""
        return all(name in EVENTS for name in self.practices)

    def targets(self, dose: float) -> dict[str, float]:
        """Level that a dose asks of each practice: the dose itself of the leading one, its share of the others."""
        share = dose / self.default_dose
        asked = {name: level * share for name, level in self.practices.items()} | {self.leading: dose}
        return {name: min(MOVABLE[name].high, max(MOVABLE[name].low, level)) for name, level in asked.items()}

    def cost(self, dose: float, n_persons: int) -> float:
        """What a dose costs on its first day, c.u."""
        return abs(dose / self.default_dose) * (self.one_off + self.one_off_per_person * n_persons)


def _check_levels(levels: dict[str, float], known: dict[str, Practice]) -> None:
    for name, value in levels.items():
        if name not in known:
            raise InputError("practices", "unknown practice", name, did_you_mean(name, known))
        practice = known[name]
        if not practice.low <= value <= practice.high:
            rule = f"must be between {practice.low:g} and {practice.high:g}"
            raise InputError(f"practices.{name}", rule, value, f"Give it in its unit: {practice.unit}.")


class Catalogue(Section):
    """Entries of a scenario's own; they stand over shipped ones of the same name."""

    relationships: dict[str, Relationship] = Field(default_factory=dict)
    interventions: dict[str, Intervention] = Field(default_factory=dict)
    shocks: dict[str, Intervention] = Field(default_factory=dict)
