"""What happens when: interventions, shocks, other types and levers, as entries of one form."""

from __future__ import annotations

import functools

from pydantic import Field, model_validator

from sim.domain.errors import InputError, Told, did_you_mean
from sim.domain.rules import LEVERS
from sim.spec.section import Section

DAY = Field(default=0, ge=0, le=100_000, description="first working day of it after the warm-up")
END_DAY = Field(default=None, ge=0, le=100_000, description="first working day without it again")
WHAT = ("intervention", "shock", "adopt", "set")


class Entry(Section):
    """Something that happens on a day and may end on another; days are working days after the warm-up."""

    day: int = DAY
    end_day: int | None = END_DAY
    intervention: str = Field(default="", description="what management does, by name")
    shock: str = Field(default="", description="what happens to the firm, by name")
    adopt: str = Field(default="", description="relationship type that the firm turns to")
    set: dict[str, int] = Field(default_factory=dict, description="levers that change, such as { assign_rule = 2 }")
    dose: float | None = Field(default=None, description="of an intervention or shock; default: the usual dose")
    ramp_days: float | None = Field(default=None, gt=0, le=2600, description="time constant; default: the usual one")
    decay_days: float | None = Field(
        default=None,
        gt=0,
        le=2600,
        description="time constant after the end; default: that of the ramp",
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Entry:
        given = [name for name in WHAT if getattr(self, name)]
        if len(given) != 1:
            rule = f"must name exactly one of {', '.join(WHAT)}"
            raise InputError("", rule, Told(" and ".join(given) or "none"), "Make an entry of its own for each.")
        if self.end_day is not None and self.end_day <= self.day:
            raise InputError("end_day", f"must come after day ({self.day})", self.end_day, "Leave it out for no end.")
        self._refuse("dose", self.dose, self.adopt or self.set)
        self._refuse("ramp_days", self.ramp_days, self.set)
        self._refuse("decay_days", self.decay_days, self.set)
        _check_levers(self.set)
        return self

    @staticmethod
    def _refuse(name: str, value: object, has_none: object) -> None:
        if value is not None and has_none:
            raise InputError(name, "has no meaning here", value, "Leave it out.")

    @property
    def action(self) -> str:
        """Name of the intervention or shock, or ''."""
        return self.intervention or self.shock


def _check_levers(values: dict[str, int]) -> None:
    for name, value in values.items():
        lever = LEVERS.get(name)
        if lever is None:
            raise InputError("set", "unknown lever", name, did_you_mean(name, LEVERS))
        if not lever.low <= value <= lever.high:
            mend = f"It means: {lever.meaning}."
            raise InputError(f"set.{name}", f"must be between {lever.low:g} and {lever.high:g}", value, mend)


class InterventionUse(Section):
    """An intervention in a scenario: the short form of an entry of the timeline."""

    name: str
    dose: float | None = Field(default=None, description="in the unit of its leading practice; default: the usual dose")
    start_day: int = DAY
    end_day: int | None = END_DAY

    @model_validator(mode="after")
    def _ends_after_start(self) -> InterventionUse:
        if self.end_day is not None and self.end_day <= self.start_day:
            rule = f"must come after start_day ({self.start_day})"
            raise InputError("end_day", rule, self.end_day, "Leave it out for no end.")
        return self

    @property
    def entry(self) -> Entry:
        """The same as an entry of the timeline."""
        return _entry_of(self)


@functools.lru_cache(maxsize=4096)
def _entry_of(use: InterventionUse) -> Entry:
    """An entry from its short form; asked for again and again while a scenario is resolved."""
    return Entry(intervention=use.name, dose=use.dose, day=use.start_day, end_day=use.end_day)
