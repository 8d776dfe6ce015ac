"""The quantities that a decision on a lead may hang on, where they stand in a world, and what people call them.

They are only read and set here; what they do to a chance the model itself says, when the day is lived again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sim.domain.records import World
from sim.domain.rules import RULES
from sim.domain.vocabulary import (
    DRAW_ACCEPT,
    DRAW_KEEP_OWN,
    DRAW_PRODUCT,
    DRAW_RECYCLE,
    DRAW_REROUTE,
    DRAW_SAYS_YES,
    DRAW_SECOND_LOOK,
    DRAW_TOUCH,
    DRAW_WORK_IT,
    DRAW_WORK_IT_REROUTED,
    PRACTICES,
    READY,
)


@dataclass(frozen=True)
class Scene:
    """A lead on the morning of the day of a decision.

    Parameters
    ----------
    world : World
        On that morning.
    lead : int
        Its row.
    day : int
        Working day of the run.
    """

    world: World
    lead: int
    day: int

    @property
    def row(self) -> Any:
        """The lead."""
        return self.world.leads[self.lead]


@dataclass(frozen=True)
class Quantity:
    """One quantity.

    Parameters
    ----------
    name : str
        As people call it, such as ``trust of the pair``.
    where : {"lead", "rep", "marketer", "pair", "firm", "level", "rule", "wait"}
        Record that holds it; of a wait the days since the field's day are meant.
    fields : tuple of str
        Its field first, then what hangs on it and goes with it.
    place : int
        Of a level: number of the practice.
    """

    name: str
    where: str
    fields: tuple[str, ...]
    place: int = 0

    def read(self, scene: Scene) -> float | None:
        """Its value in a scene; None where there is none, as before a lead has a rep."""
        record = _record(scene, self.where)
        if record is None:
            return None
        if self.where == "level":
            return float(record.level[self.place])
        value = float(record[self.fields[0]])
        return scene.day - value if self.where == "wait" else value

    def give(self, scene: Scene, other: Scene) -> None:
        """Give a scene the value that another has. Changes its world in place."""
        mine, theirs = _record(scene, self.where), _record(other, self.where)
        if self.where == "level":
            mine.level[self.place] = theirs.level[self.place]
            return
        for field in self.fields:
            shift = scene.day - other.day if self.where == "wait" else 0
            mine[field] = theirs[field] + shift


def _record(scene: Scene, where: str) -> Any:
    """The record of a world that holds a quantity, or None."""
    world, row = scene.world, scene.row
    if where in ("lead", "wait"):
        return row
    if where in ("firm", "level"):
        return world.organization
    if where == "rule":
        return world.rules
    person = int(row.marketer if where == "marketer" else row.rep)
    if person < 0 or (where == "pair" and person < world.organization.n_marketers):
        return None
    return world.pairs[_pair(world, row)] if where == "pair" else world.people[person]


def _pair(world: World, row: Any) -> int:
    return int(row.marketer) * int(world.organization.unit_reps) + int(world.people[row.rep].slot)


def _of(where: str, *rows: str) -> tuple[Quantity, ...]:
    """Quantities of a record from lines ``name: field field …``."""
    parts = [row.partition(": ") for row in rows]
    return tuple(Quantity(name, where, tuple(fields.split())) for name, _, fields in parts)


TRUST = _of("pair", "trust between marketer and rep: trust")
KNOWN = _of("pair", "acquaintance of marketer and rep: familiarity")
WORDS = _of("rep", "rep's command of the common language: vocabulary") + _of(
    "marketer", "marketer's command of the common language: vocabulary"
)
LOAD = _of("rep", "open deals of the rep: open_deals")
STRAIN = _of("rep", "rep's strain from personal disputes: strain")
WISH = _of(
    "rep",
    "rep's picture of marketing leads: picture",
    "yield of the rep's own prospecting: own_yield",
)
HORIZONS = _of(
    "firm",
    "time horizon of sales: orientation_sales",
    "time horizon of marketing: orientation_marketing",
)
FIT = _of("lead", "fit of the buyer: fit")
TOLD = _of("lead", "consistency of what the buyer was told: message")
BRAND = _of("firm", "brand: brand log_brand brand_holds prospect_reach")
MISTAKES = _of("firm", "wrong product decision of the month: product_mistake") + _of(
    "firm", "wrong price decision of the month: price_mistake"
)
QUOTA = _of("rep", "rep's bookings of the quarter: bookings_this_quarter")
OVERDUE = Quantity("days the touch is overdue", "wait", ("due_day",))
BY_PURPOSE: dict[int, tuple[Quantity, ...]] = {
    READY: _of(
        "marketer",
        "marketer's knowledge of the market: market_knowledge",
        "marketer's private idea of what is ready: threshold_habit",
        "marketer's strain from personal disputes: strain",
    )
    + _of(
        "firm",
        "leads handed off this quarter: handed_this_quarter",
        "leads come in this quarter: leads_this_quarter",
        "mean acquaintance of the two sides: mean_familiarity",
        "wrong targeting decision of the month: targeting_mistake",
        "hand-off questions settled by liaisons: clarified",
    )
    + FIT,
    DRAW_RECYCLE: (),
    DRAW_KEEP_OWN: (),
    DRAW_PRODUCT: (),
    DRAW_WORK_IT: _of("lead", "marketing's score of the lead: estimate")
    + TRUST
    + WORDS
    + LOAD
    + STRAIN
    + WISH
    + HORIZONS
    + _of("rep", "unread leads in the rep's inbox: unread"),
    DRAW_SECOND_LOOK: KNOWN + WISH[1:] + _of("rep", "day on which the rep began: first_day"),
    DRAW_REROUTE: KNOWN,
    DRAW_WORK_IT_REROUTED: _of("lead", "marketing's score of the lead: estimate") + TRUST,
    DRAW_ACCEPT: FIT + TOLD + _of("wait", "working days from hand-off to call: handed_day"),
    DRAW_TOUCH: (
        *_of(
            "lead",
            "chance that a touch decides in the stage: p_decide",
            "pull of fit and brand against silent loss: loss_factor",
        ),
        OVERDUE,
        *QUOTA,
    ),
    DRAW_SAYS_YES: _of("lead", "chance of yes in the stage: p_yes") + QUOTA,
}


def _on_entry(quantities: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    return tuple(replace(quantity, name=f"on entering the stage: {quantity.name}") for quantity in quantities)


#: What the chances of a stage hang on, on the day on which it is entered.
ON_ENTRY = _on_entry(
    FIT
    + TOLD
    + _of("lead", "context that reached the rep: context", "yearly value of the account: value hours_factor log_size")
    + _of("rep", "rep's skill: log_skill skill", "rep's ramp after hiring: productivity")
    + STRAIN
    + _of("marketer", "marketer's knowledge of the market: market_knowledge")
    + BRAND
    + MISTAKES
)


def levels(when: str = "") -> Iterator[Quantity]:
    """The practices, each as it is in force; their names begin with when."""
    for place, name in enumerate(PRACTICES):
        yield Quantity(f"{when}practice {name}", "level", ("level",), place)


def parameters() -> Iterator[Quantity]:
    """The parameters of the model that a scenario may set."""
    for rule in RULES:
        yield Quantity(f"{rule.section}.{rule.name}", "rule", (rule.name,))
