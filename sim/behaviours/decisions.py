"""Common decisions: different views catch each other's mistakes if they meet (docs/odd.md, "Common decisions")."""

from __future__ import annotations

from sim.behaviours.arithmetic import exp
from sim.behaviours.calendar import DAYS_PER_MONTH
from sim.behaviours.kernel import kernel
from sim.behaviours.keys import calendar_key
from sim.behaviours.luck import happens
from sim.behaviours.practices import meeting_hours_per_week
from sim.behaviours.readings import effective, level, orientation_gap
from sim.domain.records import World
from sim.domain.vocabulary import AGENDA_DISCIPLINE, DRAW_MISTAKE, JOINT_PLANNING, JOINT_WORK


@kernel
def talk(world: World) -> float:
    """How much the two sides talk about common decisions, 0–1: in planning, in two-way meetings, in joint work."""
    hours = level(world, AGENDA_DISCIPLINE) * meeting_hours_per_week(world) + 0.3 * level(world, JOINT_WORK)
    return 1.0 - (1.0 - 0.6 * effective(world, JOINT_PLANNING)) * exp(-hours / 0.5)


@kernel
def common_decisions(world: World, day: int) -> None:
    """Each month targeting, price and product may be decided wrongly, unless different views meet and object.

    Changes organization and journal in place.

    Notes
    -----
    chance = 0.2 · (1 − talk · min(1, (4/3) δ / (δ + 0.2))): no talk, no catch; no difference of view, no catch either.
    """
    firm, book = world.organization, world.journal[day]
    gap = orientation_gap(world)
    caught = talk(world) * min(1.0, 4.0 / 3.0 * gap / (gap + 0.2))
    chance = world.rules.mistake_chance * (1.0 - caught)
    key = calendar_key(day // DAYS_PER_MONTH)
    firm.targeting_mistake = 1.0 if happens(world, key, DRAW_MISTAKE, 0, chance) else 0.0
    firm.price_mistake = 1.0 if happens(world, key, DRAW_MISTAKE, 1, chance) else 0.0
    firm.product_mistake = 1.0 if happens(world, key, DRAW_MISTAKE, 2, chance) else 0.0
    book.mistakes += firm.targeting_mistake + firm.price_mistake + firm.product_mistake
    book.decisions += 3.0
