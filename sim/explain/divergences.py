"""Where the paths of a lead through two worlds part, and what it takes to take each parting back.

A parting is one question about the lead: was it read, taken, called, accepted; how did each stage go. Taking it back
gives the second world, for this question alone, what the first had: the chances at every time it was asked (so by the
same luck the answer of the first), or the attention of the rep on the day on which the first had it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.domain.records import World
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
    EXPIRED,
    HANDED,
    LOST,
    NEGLECTED,
    READY,
)
from sim.explain.attention import call_first, keep_up, leave_alone, take_on
from sim.explain.path import Address, Path
from sim.explain.recording import Branch, Change, Held

#: Questions on which two paths may part by their answer, in the order of the funnel.
ANSWERED = (
    READY,
    DRAW_RECYCLE,
    DRAW_KEEP_OWN,
    DRAW_WORK_IT,
    DRAW_SECOND_LOOK,
    DRAW_REROUTE,
    DRAW_WORK_IT_REROUTED,
    DRAW_ACCEPT,
    DRAW_PRODUCT,
    DRAW_SAYS_YES,
)
#: Far beyond every score and limit, logits.
FAR = 1e9
TOUCHES_PER_STAGE = 1 << 20


@dataclass(frozen=True)
class Divergence:
    """One question on which two paths of a lead part.

    Parameters
    ----------
    day : int
        Working day of the run on which this shows first in either world.
    question : str
        One of `sim.explain.words.QUESTIONS`.
    address : tuple of int
        Purpose and occurrence of the decision; of a stage its first touch on which the answers differ; of attention
        the decision that attention is about.
    back : Branch
        What takes it back in the second world.
    told : tuple of str or None
        How both worlds answered, where that is no yes or no.
    """

    day: int
    question: str
    address: Address
    back: Branch
    told: tuple[str, str] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether several decisions are one question: whether sales followed up at all."""
        return self.question.startswith("followed up")

    @property
    def name(self) -> tuple[str, int, int]:
        """Which question it is, so that none is taken back twice: its kind, its purpose, and its round or stage."""
        purpose, occurrence = self.address
        return self.question, purpose, occurrence if purpose != DRAW_TOUCH else stage_of(self.address)


def stage_of(address: Address) -> int:
    """The stage of a touch."""
    return address[1] // TOUCHES_PER_STAGE


def divergences(key: int, first: Path, second: Path) -> list[Divergence]:
    """All partings of a lead's two paths, the earliest first; what sales made of it as a whole comes last."""
    found = [*_answers(key, first, second), *_stages(key, first, second), *_attention(key, first, second)]
    return sorted(found, key=lambda parting: (parting.is_whole, parting.day))


def _day(first: Path, second: Path, address: Address) -> int:
    return min(path.asked[address][0].day for path in (first, second) if address in path.asked)


def _answers(key: int, first: Path, second: Path) -> Iterator[Divergence]:
    """Questions that both worlds asked, and answered differently."""
    for address in first.asked.keys() & second.asked.keys():
        if address[0] in ANSWERED and first.answers(address) != second.answers(address):
            day = _day(first, second, address)
            yield Divergence(day, "answer", address, Branch(day, held_to(key, first, address)))


def held_to(key: int, path: Path, address: Address) -> tuple[Held, ...]:
    """The decisions at an address held to the chances that a path had; a judgement to its answer."""
    asks = path.asked[address]
    if address[0] == READY:
        return tuple(Held(key, *address, FAR if ask.is_yes else -FAR) for ask in asks)
    return tuple(Held(key, *address, ask.chance) for ask in asks)


def _stages(key: int, first: Path, second: Path) -> Iterator[Divergence]:
    """Stages of a deal whose touches were answered differently: all touches of the stage are one question."""
    touches = [address for address in first.asked if address[0] == DRAW_TOUCH]
    parted: dict[int, Address] = {}
    for address in touches:
        if address in second.asked and first.answers(address) != second.answers(address):
            parted.setdefault(stage_of(address), address)
    for stage, address in parted.items():
        day = _day(first, second, address)
        held = [one for touch in touches if stage_of(touch) == stage for one in held_to(key, first, touch)]
        yield Divergence(day, "stage", address, Branch(day, tuple(held)))


def _attention(key: int, first: Path, second: Path) -> Iterator[Divergence]:
    """What time and capacity decide without luck of the lead's own: reading, calling, keeping up with a deal."""
    yield from _reading(key, first, second)
    yield from _calling(key, first, second)
    yield from _keeping_up(key, first, second)


READING = (DRAW_WORK_IT, 0)
#: Decisions by which sales takes up a lead: reading it, a second look, an offer to another rep.
TAKING = (READING, (DRAW_SECOND_LOOK, 0), (DRAW_REROUTE, 0), (DRAW_WORK_IT_REROUTED, 0))


def _reading(key: int, first: Path, second: Path) -> Iterator[Divergence]:
    if READING in first.asked and READING not in second.asked and first.is_yes(READING) and _was_handed(second):
        day = max(first.asked[READING][0].day, int(second.lead["handed_day"]) + 1)
        yield Divergence(day, "read here only", READING, Branch(day, (), (take_on(key),)))
    if READING in second.asked and READING not in first.asked and second.is_yes(READING) and _was_handed(first):
        day = second.asked[READING][0].day
        yield Divergence(day, "read there only", READING, Branch(day, (Held(key, *READING, 0.0),)))


def _was_handed(path: Path) -> bool:
    return int(path.lead["handed_day"]) >= 0


def _taken_day(path: Path) -> int | None:
    """The day on which a rep took a lead, whatever made him."""
    days = [path.asked[address][-1].day for address in TAKING if address[0] != DRAW_REROUTE and path.is_yes(address)]
    return min(days) if days else None


def is_followed_up(path: Path) -> bool:
    """Whether sales took up a lead and called."""
    return _was_handed(path) and int(path.lead["state"]) not in (HANDED, EXPIRED)


def _calling(key: int, first: Path, second: Path) -> Iterator[Divergence]:
    """Sales follows up in one world only: all that could make it do so is one question."""
    if not (_was_handed(first) and _was_handed(second)) or is_followed_up(first) == is_followed_up(second):
        return
    days = [asks[0].day for path in (first, second) for address, asks in path.asked.items() if address in TAKING]
    day = min(days, default=int(second.lead["handed_day"]) + 1)
    if is_followed_up(second):
        left = tuple(Held(key, *address, 0.0) for address in TAKING)
        yield Divergence(day, "followed up there only", READING, Branch(day, left))
    else:
        held = [one for address in TAKING if address in first.asked for one in held_to(key, first, address)]
        day = max(_taken_day(first) or 0, int(second.lead["handed_day"]) + 1)
        back = Branch(min(day, *(days or [day])), tuple(held), (_from(day, take_on(key)), _from(day, call_first(key))))
        yield Divergence(day, "followed up here only", READING, back)


def _from(first_day: int, change: Change) -> Change:
    """A change from a day on."""

    def later(world: World, day: int) -> None:
        if day >= first_day:
            change(world, day)

    return later


def _is_neglected(path: Path) -> bool:
    return int(path.lead["state"]) == LOST and int(path.lead["reason"]) == NEGLECTED


def _keeping_up(key: int, first: Path, second: Path) -> Iterator[Divergence]:
    last = (DRAW_TOUCH, 0)
    if _is_neglected(second) and not _is_neglected(first):
        day = int(second.lead["due_day"])
        yield Divergence(day, "kept up here only", last, Branch(day, (), (keep_up(key),)))
    if _is_neglected(first) and not _is_neglected(second):
        day = int(first.lead["due_day"])
        yield Divergence(day, "kept up there only", last, Branch(day, (), (leave_alone(key),)))
