"""The story of a lead in two worlds on the same luck: what happened, where the paths part, why, and the check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sim.analysis.history import event_log
from sim.analysis.rows import warmup_of
from sim.ensemble.seeds import run_seed
from sim.explain.attention_facts import attention_facts, desk_facts
from sim.explain.divergences import Divergence
from sim.explain.influences import Influence, Weighing, weigh
from sim.explain.path import Path
from sim.explain.recording import Recording, record
from sim.explain.search import Finding, differing, find_causes
from sim.explain.timeline import Step, timeline
from sim.explain.words import answers_of, cause_text, question_of
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario


@dataclass(frozen=True)
class Cause:
    """One parting of a lead's paths.

    Parameters
    ----------
    day : int
        On which it shows first, counted from the first day of the window.
    label : str
        The question, such as ``first contact`` or ``proposal: touches``.
    submodel : str
        Of docs/odd.md.
    answers : tuple of str
        Of both worlds.
    days, chances, luck : tuple of numbers, or None
        When it was asked in both worlds, with which chances (of marketing's judgement: scores) and which luck (of
        marketing's judgement: limits); None where it was no decision that both asked.
    influences : tuple of Influence
        What it hung on, the largest first.
    rest : float or None
        What these leave untold of the difference between the chances: the day itself, and what came earlier on it.
    text : str
        All this in sentences.
    """

    day: int
    label: str
    submodel: str
    answers: tuple[str, str]
    days: tuple[int, int] | None
    chances: tuple[float, float] | None
    luck: tuple[float, float] | None
    influences: tuple[Influence, ...]
    rest: float | None
    text: str

    @property
    def because(self) -> str:
        """The quantity that it hung on most; empty where none was found."""
        return self.influences[0].name if self.influences else ""


@dataclass(frozen=True)
class Story:
    """A lead in two worlds.

    Parameters
    ----------
    key : int
        Who it is, for luck: the same in all worlds.
    rows : tuple of int
        Row of leads in both worlds, as ``smarketing run --trace`` takes it.
    fates, reasons : tuple of str or None
        What became of it, and why it was lost where it was.
    bookings : tuple of float
        First-year value where it was won, else 0.
    timeline : tuple of Step
        Both worlds side by side.
    first_divergence : Cause or None
        Where the paths part first by a decision or by attention; None where only days differ.
    causes : tuple of Cause
        What made the difference: one, or several that do so only together.
    is_restored : bool
        Whether taking back the causes in the second world, and nothing else, gives the fate of the first.
    restored_reason : str or None
        Why it is then lost, if it is.
    days_late : int
        Working days from the end of the run until the fate is restored, for which the run was lived on; 0 within it.
    tried : int
        Times that the lead was lived again to find this.
    """

    key: int
    rows: tuple[int, int]
    fates: tuple[str, str]
    reasons: tuple[str | None, str | None]
    bookings: tuple[float, float]
    timeline: tuple[Step, ...]
    first_divergence: Cause | None
    causes: tuple[Cause, ...]
    is_restored: bool
    restored_reason: str | None
    days_late: int
    tried: int

    @property
    def verdict(self) -> str:
        """``same fate``, ``one cause``, ``joint causes`` or ``not found``."""
        if self.fates[0] == self.fates[1]:
            return "same fate"
        if not self.is_restored:
            return "not found"
        return "one cause" if len(self.causes) == 1 else "joint causes"


@dataclass(frozen=True)
class Pair:
    """Two worlds on the same luck, recorded.

    Parameters
    ----------
    names : tuple of str
        What they are called.
    worlds : tuple of Recording
        The runs.
    seed : int
        Of the study; its first replication was run.
    """

    names: tuple[str, str]
    worlds: tuple[Recording, Recording]
    seed: int

    @cached_property
    def logs(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Events of both worlds, by lead and time."""
        return event_log(self.worlds[0].world), event_log(self.worlds[1].world)

    @cached_property
    def differing(self) -> list[int]:
        """Keys of the leads that both worlds have settled, differently."""
        return differing(*self.worlds)

    @property
    def warmup(self) -> int:
        """Working days before the window."""
        return warmup_of(self.worlds[0].world)

    def rows(self, key: int) -> tuple[int, int]:
        """Row of a lead in both worlds; −1 where there is none."""
        return self.worlds[0].place.get(key, -1), self.worlds[1].place.get(key, -1)


def _of_case(log: pd.DataFrame, case: int) -> pd.DataFrame:
    """Events of one lead."""
    first, last = log["case"].searchsorted([case, case + 1])
    return log.iloc[first:last]


def paired(first: Scenario, second: Scenario, seed: int = 1, names: tuple[str, str] = ("first", "second")) -> Pair:
    """Record two scenarios on the same luck.

    Parameters
    ----------
    first, second : Scenario
        What is run.
    seed : int
        The first replication of a comparison with this seed.
    names : tuple of str
        What the two worlds are called.
    """
    worlds = [record(blueprint_of(scenario), run_seed(seed, 0)) for scenario in (first, second)]
    return Pair(names, (worlds[0], worlds[1]), seed)


def stories(pair: Pair, keys: Iterable[int], advance: Callable[[int], None] = lambda _: None) -> list[Story]:
    """The stories of some leads.

    Parameters
    ----------
    pair : Pair
        Two worlds.
    keys : iterable of int
        Of leads that both know.
    advance : callable
        Told of each lead that is done.
    """
    found = []
    for key in keys:
        found.append(story(pair, key))
        advance(1)
    return found


def story(pair: Pair, key: int) -> Story:
    """The story of one lead that both worlds know; see `Story`."""
    finding = find_causes(*pair.worlds, key)
    paths = finding.first, finding.second
    told = {
        cause.name: _cause(pair, key, paths, cause, asked)
        for cause, asked in zip(finding.causes, finding.asked, strict=True)
    }
    first = finding.partings[0] if finding.partings else None
    if first is not None and first.name not in told:
        told[first.name] = _cause(pair, key, paths, first, None)
    return Story(
        key,
        pair.rows(key),
        (paths[0].fate, paths[1].fate),
        (paths[0].reason, paths[1].reason),
        (float(paths[0].lead["booked"]), float(paths[1].lead["booked"])),
        timeline([_of_case(log, row) for log, row in zip(pair.logs, pair.rows(key), strict=True)]),
        None if first is None else told[first.name],
        tuple(told[cause.name] for cause in finding.causes),
        finding.is_restored,
        None if finding.restored is None else finding.restored.reason,
        days_late(pair, finding),
        finding.tried,
    )


def days_late(pair: Pair, finding: Finding) -> int:
    """Working days from the end of the run until a lead is settled with its causes taken back; 0 within the run."""
    if finding.restored is None:
        return 0
    return max(0, int(finding.restored.lead["closed_day"]) - pair.worlds[1].plan.n_days + 1)


def _cause(pair: Pair, key: int, paths: tuple[Path, Path], parting: Divergence, met: Weighing | None) -> Cause:
    """A cause in words and numbers; one that is met only when others are taken back has nothing behind it to weigh."""
    weighing = weigh(pair.worlds, key, paths, parting) or met
    days, chances, luck = _asked(weighing, pair.warmup)
    influences = (*weighing.influences, *desk_facts(pair.worlds, key, weighing)) if weighing else ()
    influences = influences if weighing or parting.told else attention_facts(pair.worlds, paths)
    question = question_of(parting)
    text = cause_text(parting, weighing, pair.names, pair.warmup)
    answers = answers_of(parting, weighing)
    day = parting.day - pair.warmup
    rest = weighing.rest if weighing else None
    return Cause(day, question.label, question.submodel, answers, days, chances, luck, influences, rest, text)


Two = tuple[float, float] | None


def _asked(weighing: Weighing | None, warmup: int) -> tuple[tuple[int, int] | None, Two, Two]:
    """Days, chances and luck of a decision in both worlds; None where it was not asked in both."""
    if weighing is None:
        return None, None, None
    first, second = weighing.first, weighing.second
    days = first.day - warmup, second.day - warmup
    return days, (first.chance, second.chance), (first.draw, second.draw)
