"""The path of one lead through a world: what became of it, and what was decided on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.rows import decisions_of, leads_of
from sim.domain.records import World
from sim.domain.vocabulary import (
    ARCHIVED,
    CHURNED,
    COMPETITOR,
    CUSTOMER,
    DRAW_TOUCH,
    EXPIRED,
    LOST,
    NEGLECTED,
    NO_DECISION,
    READY,
    REJECTED,
    SAID_NO,
)
from sim.explain.recording import Recording

OPEN = "still open"
#: What became of a lead, by its state at the end.
FATES = {
    CUSTOMER: "won",
    CHURNED: "won",
    LOST: "lost",
    EXPIRED: "lapsed",
    ARCHIVED: "put away",
    REJECTED: "turned down",
}
REASONS = {NO_DECISION: "no decision", COMPETITOR: "competitor", SAID_NO: "said no", NEGLECTED: "neglected"}


class Ask(NamedTuple):
    """Once that a decision was asked: day, luck and chance; the answer is yes if the luck is below the chance."""

    day: int
    draw: float
    chance: float

    @property
    def is_yes(self) -> bool:
        """The answer."""
        return self.draw < self.chance


#: Purpose and occurrence.
Address = tuple[int, int]


@dataclass(frozen=True)
class Path:
    """One lead in one world.

    Parameters
    ----------
    lead : numpy.void
        Its row at the end.
    asked : dict
        Every time that each of its decisions was asked, by purpose and occurrence.
    """

    lead: Any
    asked: dict[Address, tuple[Ask, ...]]

    @property
    def fate(self) -> str:
        """What became of it: won, lost, turned down, lapsed, put away or still open."""
        return FATES.get(int(self.lead["state"]), OPEN)

    @property
    def reason(self) -> str | None:
        """Why it was lost; None where it was not."""
        return REASONS.get(int(self.lead["reason"]))

    def answers(self, address: Address) -> tuple[bool, ...]:
        """The answers at an address, in order."""
        return tuple(ask.is_yes for ask in self.asked.get(address, ()))

    def is_yes(self, address: Address) -> bool:
        """Whether the last answer at an address is yes; no where it was never asked."""
        return any(self.answers(address)[-1:])


def fate_of(state: int) -> str:
    """What became of a lead, by its state."""
    return FATES.get(state, OPEN)


def path_of(lead: Any, decisions: Any) -> Path:
    """A lead's path from its row and the decisions on it."""
    asked: dict[Address, list[Ask]] = {}
    for row in decisions.tolist():
        _, day, purpose, occurrence, draw, chance = row
        asked.setdefault((purpose, occurrence), []).append(Ask(day, draw, chance))
    return Path(lead, {address: tuple(asks) for address, asks in asked.items()})


def recorded_path(recording: Recording, key: int) -> Path:
    """The path of a lead through a recorded run."""
    return path_of(leads_of(recording.world)[recording.place[key]], recording.decisions_on(key))


def branched_path(recording: Recording, key: int, world: World, first_day: int) -> Path:
    """The path of a lead through a branch: as recorded before the branch's first morning, then as it came."""
    before, after = recording.decisions_on(key), decisions_of(world)
    row = leads_of(world)[row_of(world, key)]
    asked = np.concatenate([before[before["day"] < first_day], after[after["key"] == key]])
    return path_of(row, asked)


def row_of(world: World, key: int) -> int:
    """Row of a lead; −1 where it does not exist (yet)."""
    found = np.flatnonzero(leads_of(world)["key"] == key)
    return int(found[0]) if len(found) else -1


def is_judgement(address: Address) -> bool:
    """Whether a decision compares two logits instead of luck and chance."""
    return address[0] == READY


def is_touch(address: Address) -> bool:
    """Whether a decision is a touch of a deal, asked up to three times by one draw."""
    return address[0] == DRAW_TOUCH
