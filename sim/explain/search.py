"""Which parting of two paths made the difference: each is taken back in the second world, and the lead lived again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.rows import warmup_of
from sim.domain.records import World
from sim.explain.divergences import Divergence, divergences
from sim.explain.influences import Weighing, parted
from sim.explain.path import OPEN, Path, branched_path, fate_of, recorded_path, row_of
from sim.explain.recording import Branch, Recording, branch_off, morning_before
from sim.explain.rulings import by_rule

#: Partings that are taken back together at most.
MOST_JOINT = 12


@dataclass(frozen=True)
class Finding:
    """What made the difference for one lead.

    Parameters
    ----------
    first, second : Path
        The lead in both worlds.
    partings : tuple of Divergence
        Where its paths part, the earliest first.
    causes : tuple of Divergence
        Taking these back in the second world gives the lead the fate of the first; none of them can be left out.
    asked : tuple of Weighing or None
        For each cause the decision on which the first world and the second, the causes before it taken back, part.
    restored : Path or None
        The lead in the second world with the causes taken back; None if no set was found.
    tried : int
        Times that the lead was lived again.
    """

    first: Path
    second: Path
    partings: tuple[Divergence, ...]
    causes: tuple[Divergence, ...]
    asked: tuple[Weighing | None, ...]
    restored: Path | None
    tried: int

    @property
    def is_restored(self) -> bool:
        """Whether taking back the causes gives the fate of the first world."""
        return self.restored is not None


class Trials:
    """The lead lived again in the second world, each time with other partings taken back."""

    def __init__(self, first: Recording, second: Recording, key: int) -> None:
        self.second, self.key = second, key
        self.paths = recorded_path(first, key), recorded_path(second, key)
        self.n = 0

    def without(self, partings: list[Divergence]) -> Path:
        """The lead's path in the second world with partings taken back.

        Where both worlds have settled the lead, and the run ends before it is settled now, the run is lived on: that
        something came too late to be seen is no fate.
        """
        branch = partings[0].back
        for parting in partings[1:]:
            branch = branch.joined(parting.back)
        self.n += 1
        path = self._lived(self.second, branch)
        is_cut_off = path.fate == OPEN and OPEN not in [one.fate for one in self.paths]
        return self._lived(self.second.longer, branch) if is_cut_off else path

    def _lived(self, second: Recording, branch: Branch) -> Path:
        world = branch_off(second, branch, self._is_over)
        return branched_path(second, self.key, world, morning_before(second, branch.day))

    def _is_over(self, world: World) -> bool:
        row = row_of(world, self.key)
        return row >= 0 and fate_of(int(world.leads[row].state)) != OPEN

    def is_restored(self, path: Path) -> bool:
        """Whether a path ends as in the first world."""
        return path.fate == self.paths[0].fate


def find_causes(first: Recording, second: Recording, key: int) -> Finding:
    """Find what made the difference for a lead that both worlds know.

    The partings are taken back one at a time, the earliest first; the first that alone gives the lead its other fate
    is the cause. Where none does, they are taken back together, the earliest first, with those that come up on the
    way, until the fate is restored; what turns out not to be needed is left out again. A lead that fares the same in
    both worlds has no cause.

    Parameters
    ----------
    first, second : Recording
        Two worlds on the same luck.
    key : int
        Of the lead.
    """
    trials = Trials(first, second, key)
    partings = [*by_rule(first, second, key, *trials.paths), *divergences(key, *trials.paths)]
    if trials.is_restored(trials.paths[1]):
        return _finding(trials, partings, [], trials.paths[1])
    for parting in partings:
        path = trials.without([parting])
        if trials.is_restored(path):
            return _finding(trials, partings, [_met(trials, parting, trials.paths[1])], path)
    return _joint(trials, partings)


#: A parting and the decision on which it was met.
Met = tuple[Divergence, Weighing | None]


def _met(trials: Trials, parting: Divergence, path: Path) -> Met:
    return parting, parted(trials.paths[0], path, parting.address)


def _finding(trials: Trials, partings: list[Divergence], met: list[Met], restored: Path | None) -> Finding:
    causes, asked = tuple(cause for cause, _ in met), tuple(asked for _, asked in met)
    return Finding(*trials.paths, tuple(partings), causes, asked, restored, trials.n)


def _joint(trials: Trials, partings: list[Divergence]) -> Finding:
    """Take partings back together, one more each time."""
    met = [_met(trials, parting, trials.paths[1]) for parting in partings if parting.told]
    path = trials.without([cause for cause, _ in met]) if met else trials.paths[1]
    while len(met) < MOST_JOINT:
        names = {cause.name for cause, _ in met}
        left = [parting for parting in divergences(trials.key, trials.paths[0], path) if parting.name not in names]
        if not left:
            break
        met.append(_met(trials, left[0], path))
        path = trials.without([cause for cause, _ in met])
        if trials.is_restored(path):
            return _needed(trials, partings, met, path)
    return _finding(trials, partings, met, None)


def _needed(trials: Trials, partings: list[Divergence], met: list[Met], path: Path) -> Finding:
    """Leave out again what is not needed, until nothing more can be left out."""
    for one in met:
        fewer = [other for other in met if other is not one]
        if fewer and trials.is_restored(shorter := trials.without([cause for cause, _ in fewer])):
            return _needed(trials, partings, fewer, shorter)
    return _finding(trials, partings, met, path)


def differing(first: Recording, second: Recording) -> list[int]:
    """Keys of leads that both worlds know and have settled differently, one of them in the window; in order of time."""
    return [key for key in both(first, second) if _differs(first, second, key)]


def both(first: Recording, second: Recording) -> list[int]:
    """Keys of leads that both worlds know, customers from before the run left out."""
    ours = np.array([key for key in first.place if key in second.place])
    return [int(key) for key in ours if key >> 48]


def _differs(first: Recording, second: Recording, key: int) -> bool:
    leads = [world.world.leads[world.place[key]] for world in (first, second)]
    fates = [fate_of(int(lead.state)) for lead in leads]
    is_seen = max(lead.closed_day for lead in leads) >= warmup_of(first.world)
    return OPEN not in fates and fates[0] != fates[1] and bool(is_seen)
