"""What a rep's attention hung on where no decision on the lead was asked: his inbox, his days, his place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.behaviours.keys import CLASS_BITS, DAY_BITS, SLOT_BITS
from sim.domain.records import World
from sim.domain.vocabulary import DRAW_OPEN_INBOX, PERSON, PRACTICES, REP, SLA
from sim.explain.influences import Influence
from sim.explain.path import Path
from sim.explain.recording import Recording, morning_of


def attention_facts(worlds: tuple[Recording, Recording], paths: tuple[Path, Path]) -> tuple[Influence, ...]:
    """What differs between two worlds in what the attention of the lead's rep hung on, from the hand-off on."""
    ours, theirs = (dict(_facts(world, path)) for world, path in zip(worlds, paths, strict=True))
    return tuple(
        Influence(name, value, theirs[name], None, None, False)
        for name, value in ours.items()
        if name in theirs and theirs[name] != value
    )


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
