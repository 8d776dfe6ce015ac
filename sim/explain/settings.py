"""What differs between two scenarios, setting by setting, and which leads get their fate back when one is taken back.

This is the other end of a cause: not what a single decision hung on, but what the firm could have left as it was. One
setting of the second scenario at a time is as in the first, for the whole firm and the whole run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.domain.errors import InputError
from sim.domain.records import World
from sim.engine.run import simulate
from sim.explain.path import fate_of
from sim.explain.recording import Recording
from sim.spec.edit import entry_id, with_value
from sim.spec.presets import flat
from sim.spec.resolve import blueprint_of, practice_levels
from sim.spec.scenario import RULE_SECTIONS, Scenario
from sim.spec.timeline import Entry

#: Settings that are taken back one at a time at most; firms that differ in more are different firms.
MOST_SETTINGS = 60


@dataclass(frozen=True)
class Setting:
    """One setting in which two scenarios differ.

    Parameters
    ----------
    name : str
        A practice, an entry of the timeline, or the path of a value.
    first, second : float or str or None
        Its value in both; of an entry its id where it is there.
    restored : frozenset of int
        Keys of the leads that get the fate of the first world when only this is taken back.
    """

    name: str
    first: Any
    second: Any
    restored: frozenset[int] = frozenset()


def differences(first: Scenario, second: Scenario) -> Iterator[tuple[Setting, Scenario]]:
    """Settings that differ, each with the second scenario in which it is as in the first."""
    yield from _practices(first, second)
    yield from _entries(first, second)
    ours, theirs = (dict(flat(one.model_dump(include=set(RULE_SECTIONS)))) for one in (first, second))
    for path, value in ours.items():
        if path in theirs and theirs[path] != value:
            try:
                yield Setting(path, value, theirs[path]), with_value(second, path, value)
            except InputError:  # it can only change together with others
                continue


def _practices(first: Scenario, second: Scenario) -> Iterator[tuple[Setting, Scenario]]:
    ours, theirs = practice_levels(first), practice_levels(second)
    for name, level in ours.items():
        if level != theirs[name]:
            taken_back = second.model_copy(update={"practices": {**second.practices, name: level}})
            yield Setting(f"practice {name}", level, theirs[name]), taken_back


def _entries(first: Scenario, second: Scenario) -> Iterator[tuple[Setting, Scenario]]:
    ours, theirs = ({entry_id(one, entry): entry for entry in one.entries} for one in (first, second))
    for name in theirs.keys() - ours.keys():
        left = tuple(entry for other, entry in theirs.items() if other != name)
        yield Setting(name, None, name), _with_entries(second, left)
    for name in ours.keys() - theirs.keys():
        yield Setting(name, name, None), _with_entries(second, (*second.entries, ours[name]))


def _with_entries(scenario: Scenario, entries: tuple[Entry, ...]) -> Scenario:
    return scenario.model_copy(update={"interventions": (), "timeline": entries})


def tried(first: Scenario, second: Scenario, worlds: tuple[Recording, Recording], keys: list[int]) -> list[Setting]:
    """All settings that differ with the leads that each restores; none where more than `MOST_SETTINGS` differ.

    Parameters
    ----------
    first, second : Scenario
        What was run.
    worlds : tuple of Recording
        What came of it.
    keys : list of int
        Leads that fared differently.
    """
    found = list(differences(first, second))
    if len(found) > MOST_SETTINGS:
        return []
    wanted = {key: _fate(worlds[0].world, worlds[0].place[key]) for key in keys}
    settings = []
    for setting, taken_back in found:
        world = simulate(blueprint_of(taken_back), worlds[1].seed)
        settings.append(Setting(setting.name, setting.first, setting.second, _restored(world, wanted)))
    return sorted(settings, key=lambda setting: (-len(setting.restored), setting.name))


def _fate(world: World, row: int) -> str:
    return fate_of(int(world.leads[row].state))


def _restored(world: World, wanted: dict[int, str]) -> frozenset[int]:
    leads = world.leads[: int(world.organization.n_leads)]
    there = dict(zip(leads["key"].tolist(), leads["state"].tolist(), strict=True))
    return frozenset(key for key, fate in wanted.items() if key in there and fate_of(there[key]) == fate)
