"""What a decision hung on: the day is lived again in the second world with one quantity as in the first.

The model itself says what that does to the chance, so there is no formula here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sim.analysis.rows import decisions_of
from sim.domain.vocabulary import DISCOVERY, DRAW_ACCEPT, DRAW_SAYS_YES, DRAW_TOUCH, HANDED, NEGOTIATION
from sim.explain.attention import BEFORE_ALL, NO_TIME
from sim.explain.divergences import Divergence, stage_of
from sim.explain.path import Address, Ask, Path, is_judgement, row_of
from sim.explain.quantities import BY_PURPOSE, ON_ENTRY, Quantity, Scene, levels, parameters
from sim.explain.recording import Recording, copy_of, live, morning_of

#: Shifts of a chance below this are not told.
LEAST_SHIFT = 0.0005
#: Room for the decisions of a day; a day of 480 people has about 4,000.
DECISIONS_A_DAY = 20_000
Worlds = tuple[Recording, Recording]


@dataclass(frozen=True)
class Influence:
    """One quantity that a decision hung on.

    Parameters
    ----------
    name : str
        Of the quantity.
    first, second : float
        Its value in both worlds on the day of the decision.
    chance : float or None
        The chance in the second world with this quantity alone as in the first; of a judgement the score less the
        limit; None where it is no matter of chance.
    shift : float or None
        What that adds.
    is_enough : bool
        Whether it alone gives the answer of the first world.
    """

    name: str
    first: float
    second: float
    chance: float | None
    shift: float | None
    is_enough: bool


@dataclass(frozen=True)
class Weighing:
    """A decision asked in both worlds, and answered differently.

    Parameters
    ----------
    address : tuple of int
        Purpose and occurrence.
    index : int
        Which of the times that it was asked, from 0: a touch is asked up to three times.
    first, second : Ask
        The decision in both worlds.
    influences : tuple of Influence
        What it hung on, the largest shift first.
    rest : float or None
        What all quantities of that morning together leave untold of the difference: the day itself, and what happened
        earlier on it. None where it is not known.
    """

    address: Address
    index: int
    first: Ask
    second: Ask
    influences: tuple[Influence, ...] = ()
    rest: float | None = None


def parted(first: Path, second: Path, address: Address) -> Weighing | None:
    """The first time at an address at which the answers differ; None where one world never asked."""
    pairs = zip(first.asked.get(address, ()), second.asked.get(address, ()), strict=False)
    for index, (ours, theirs) in enumerate(pairs):
        if ours.is_yes != theirs.is_yes:
            return Weighing(address, index, ours, theirs)
    return None


def weigh(worlds: Worlds, key: int, paths: tuple[Path, Path], cause: Divergence) -> Weighing | None:
    """What a parting of two paths hung on; None where it is no decision that both worlds asked.

    Parameters
    ----------
    worlds : tuple of Recording
        First and second.
    key : int
        Of the lead.
    paths : tuple of Path
        Its paths.
    cause : Divergence
        The parting.
    """
    asked = parted(*paths, cause.address)
    if asked is None:
        return None
    days = asked.first.day, asked.second.day
    found, rest = _influences(worlds, key, days, asked, of_decision(asked.address[0]))
    entered = [_entered(path, asked.address) for path in paths]
    if entered[0] is not None and entered[1] is not None and any("in the stage" in one.name for one in found):
        found += _influences(worlds, key, (entered[0], entered[1]), asked, of_entry())[0]
    return replace(asked, influences=tuple(sorted(found, key=lambda one: -abs(one.shift or 0.0))), rest=rest)


def of_decision(purpose: int) -> Iterator[Quantity]:
    """What a decision may hang on, on the morning of its day."""
    return itertools.chain(BY_PURPOSE.get(purpose, ()), levels(), parameters())


def of_entry() -> Iterator[Quantity]:
    """What the chances of a stage may hang on, on the morning of the day on which it is entered."""
    return itertools.chain(ON_ENTRY, levels("on entering the stage: "))


def _influences(
    worlds: Worlds, key: int, days: tuple[int, int], asked: Weighing, quantities: Iterator[Quantity]
) -> tuple[list[Influence], float | None]:
    """Quantities that differ on the mornings of these days and shift a decision, and what all together leave untold."""
    scenes = [_scene(world, key, day) for world, day in zip(worlds, days, strict=True)]
    first, second = scenes
    if first is None or second is None:
        return [], None
    _attended(second)
    before = _asked_with((), first, second, asked)
    if before is None:
        return [], None
    differ = list(different(first, second, quantities))
    given = {quantity: _asked_with((quantity,), first, second, asked) for quantity, _, _ in differ}
    shifts = {quantity: _shift(asked.address, before, ask) for quantity, ask in given.items()}
    found = [
        Influence(quantity.name, ours, theirs, standing(asked.address, ask), shifts[quantity], _turns(ask, asked))
        for quantity, ours, theirs in differ
        if (ask := given[quantity]) is not None and abs(shifts[quantity]) > LEAST_SHIFT
    ]
    everything = _asked_with([quantity for quantity, _, _ in differ], first, second, asked)
    return found, _shift(asked.address, everything, asked.first) if everything else None


def _shift(address: Address, before: Ask, after: Ask | None) -> float:
    return standing(address, after) - standing(address, before) if after else 0.0


def _turns(ask: Ask, asked: Weighing) -> bool:
    return ask.is_yes == asked.first.is_yes


def standing(address: Address, ask: Ask) -> float:
    """The chance of a decision; of a judgement by how much the score lies above the limit, logits."""
    return ask.chance - ask.draw if is_judgement(address) else ask.chance


def _scene(recording: Recording, key: int, day: int) -> Scene | None:
    """A lead on the morning of a day; None where it comes in only later that day."""
    world = morning_of(recording, day)
    place = row_of(world, key)
    return Scene(world, place, day) if place >= 0 else None


def different(first: Scene, second: Scene, quantities: Iterator[Quantity]) -> Iterator[tuple[Quantity, float, float]]:
    """Quantities that differ between two scenes, with their values."""
    for quantity in quantities:
        ours, theirs = quantity.read(first), quantity.read(second)
        if ours is not None and theirs is not None and ours != theirs:
            yield quantity, ours, theirs


def _attended(scene: Scene) -> None:
    """Let the rep get round to the lead on this day whatever the quantities are: he did. Changes the world in place."""
    lead = scene.row
    if lead.state == HANDED:
        lead.priority = BEFORE_ALL
        scene.world.people[lead.rep].inbox_habit = 1.0
    elif DISCOVERY <= lead.state <= NEGOTIATION:
        lead.hours_factor = NO_TIME


def _asked_with(quantities: Iterable[Quantity], first: Scene, second: Scene, asked: Weighing) -> Ask | None:
    """A decision in the second world with some quantities as in the first; None if it is not asked then."""
    last = asked.second.day + 1
    changed = Scene(copy_of(second.world, DECISIONS_A_DAY * (last - second.day)), second.lead, second.day)
    for quantity in quantities:
        quantity.give(changed, first)
    rows = decisions_of(live(changed.world, second.day, last))
    here = (rows["key"] == changed.row["key"]) & (rows["purpose"] == asked.address[0])
    found = rows[here & (rows["occurrence"] == asked.address[1])]
    if len(found) <= asked.index:
        return None
    return Ask(*(found[asked.index][name].item() for name in Ask._fields))


def _entered(path: Path, address: Address) -> int | None:
    """The day on which a path entered the stage of a touch or of its answer; None of other decisions."""
    if address[0] not in (DRAW_TOUCH, DRAW_SAYS_YES):
        return None
    stage = stage_of(address) if address[0] == DRAW_TOUCH else address[1]
    for before in ((DRAW_SAYS_YES, stage - 1), (DRAW_ACCEPT, 0)):
        if path.is_yes(before):
            return path.asked[before][-1].day
    return None
