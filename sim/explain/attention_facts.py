"""What a rep's attention hung on where no decision on the lead was asked: his inbox, his days, his place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.behaviours.keys import CLASS_BITS, DAY_BITS, SLOT_BITS
from sim.domain.records import World
from sim.domain.vocabulary import DRAW_OPEN_INBOX, PERSON, PRACTICES, REP, SLA
from sim.explain.influences import Influence, Weighing
from sim.explain.path import Path, row_of
from sim.explain.quantities import OVERDUE
from sim.explain.recording import Recording, morning_of


def attention_facts(worlds: tuple[Recording, Recording], paths: tuple[Path, Path]) -> tuple[Influence, ...]:
    """What differs between two worlds in what the attention of the lead's rep hung on, from the hand-off on."""
    ours, theirs = (dict(_facts(world, path)) for world, path in zip(worlds, paths, strict=True))
    return tuple(
        Influence(name, value, theirs[name], None, None, False)
        for name, value in ours.items()
        if name in theirs and theirs[name] != value
    )


def desk_facts(worlds: tuple[Recording, Recording], key: int, asked: Weighing) -> tuple[Influence, ...]:
    """What differs between two worlds in what a rep had before him on the day on which an overdue touch was due."""
    if not any(one.name == OVERDUE.name for one in asked.influences):
        return ()
    days = asked.first.day, asked.second.day
    ours, theirs = (dict(_desk(world, key, day)) for world, day in zip(worlds, days, strict=True))
    return tuple(
        Influence(f"on the day it was due: {name}", value, theirs[name], None, None, False)
        for name, value in ours.items()
        if name in theirs and theirs[name] != value
    )


def _desk(recording: Recording, key: int, touched: int) -> Iterator[tuple[str, float]]:
    """What was before a rep on the day on which a touch was due that came on another day."""
    due = int(_lead(morning_of(recording, touched), key).due_day)
    world = morning_of(recording, due)
    person = world.people[_lead(world, key).rep]
    yield "open deals of the rep", float(person.open_deals)
    yield "hours of disputes that the rep owes", float(person.dispute_hours_owed)
    yield "hours of service that the rep owes", float(person.service_hours_owed)
    yield "hours that a rep has for customers", float(world.organization.rep_hours)
    yield "rep there (1 yes, 0 no)", float(person.first_day <= due)


def _lead(world: World, key: int) -> Any:
    return world.leads[row_of(world, key)]


def _facts(recording: Recording, path: Path) -> Iterator[tuple[str, float]]:
    handed, rep = int(path.lead["handed_day"]), int(path.lead["rep"])
    if handed < 0 or rep < 0:
        return
    world = morning_of(recording, min(handed + 1, int(recording.plan.rules.n_days) - 1))
    person = world.people[rep]
    yield "days on which the rep opened the inbox before the lead would lapse", _days_open(recording, rep, handed)
    yield "unread leads in the rep's inbox on the day after the hand-off", float(person.unread)
    yield "open deals of the rep on the day after the hand-off", float(person.open_deals)
    yield "hours of disputes that the rep owes on the day after the hand-off", float(person.dispute_hours_owed)
    yield "rep there on the day after the hand-off (1 yes, 0 no)", float(person.first_day <= handed + 1)
    yield "hour of the hand-off", float(path.lead["hand_hour"])
    yield "day of the hand-off", float(handed - int(world.rules.warmup_days))
    yield f"practice {PRACTICES[SLA]}", float(world.organization.level[SLA])


def _days_open(recording: Recording, rep: int, handed: int) -> float:
    """Days on which a rep opened the inbox, from the hand-off until the lead would lapse."""
    rows = recording.decisions_on(_key(recording.world, rep))
    last = handed + float(recording.plan.rules.expiry_days)
    here = (rows["purpose"] == DRAW_OPEN_INBOX) & (rows["day"] >= handed) & (rows["day"] < last)
    return float(np.sum(rows["draw"][here] < rows["chance"][here]))


def _key(world: World, rep: int) -> int:
    """The key of a rep, as `sim.behaviours.keys.person_key` builds it."""
    person = world.people[rep]
    number = (int(person.unit) << SLOT_BITS) + int(person.slot)
    return (PERSON << CLASS_BITS) + (REP << DAY_BITS) + number
