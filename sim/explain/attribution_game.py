"""Who shares in an effect: interventions, practices or mechanisms as players, and the settings that coalitions make.

Interventions and practices play in one world: the value of a coalition is the outcome with its members. Mechanisms play
in two: the value of a coalition is the effect (with less without the interventions) where its members work and all
other players are switched off in both worlds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from sim.domain.errors import InputError, did_you_mean
from sim.domain.vocabulary import PRACTICES
from sim.explain.attribution_groups import MECHANISM_GROUPS, MECHANISMS, PRACTICE_GROUPS, SWITCHES, Group
from sim.spec.catalogue import relationship_named, relationships_of
from sim.spec.edit import entries_from, entry_id, with_relationship
from sim.spec.factors import INTERVENTIONS, RELATIONSHIP
from sim.spec.labels import entry_label
from sim.spec.resolve import levels_of
from sim.spec.scenario import Scenario

BY = ("interventions", "practices", "mechanisms")
Settings = dict[str, Any]


@dataclass(frozen=True)
class Player:
    """One of those who share in an effect.

    Parameters
    ----------
    name, label : str
        As files and as people call it.
    present, absent : mapping
        What it sets where it takes part, and where it does not; interventions that several set are joined.
    """

    name: str
    label: str
    present: Mapping[str, Any] = field(default_factory=dict)
    absent: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Game:
    """An effect and those who share in it.

    Parameters
    ----------
    by : {"interventions", "practices", "mechanisms"}
        What is split.
    players : tuple of Player
        At least one.
    worlds : tuple of mapping
        One: what is set in every coalition. Two: without and with what has the effect.
    before, after : str
        Labels of where the effect is counted from, and of what it leads to.
    complete : mapping
        What the coalition of all sets instead, where that has a name of its own.
    direct : Game or None
        Among whom the effect without any player is split; None where it is not.
    """

    by: str
    players: tuple[Player, ...]
    worlds: tuple[Mapping[str, Any], ...]
    before: str
    after: str
    complete: Mapping[str, Any] = field(default_factory=dict)
    direct: Game | None = None

    @property
    def everybody(self) -> int:
        """Code of the coalition of all."""
        return (1 << len(self.players)) - 1

    @property
    def has_rest(self) -> bool:
        """Whether the effect of nobody is a part of the whole."""
        return len(self.worlds) == 2

    def settings(self, code: int) -> Iterator[Settings]:
        """What a coalition sets, in each world."""
        if code == self.everybody and self.complete:
            yield dict(self.complete)
            return
        moves = [player.present if code >> place & 1 else player.absent for place, player in enumerate(self.players)]
        for world in self.worlds:
            yield _merged([world, *moves])


def _merged(moves: Sequence[Mapping[str, Any]]) -> Settings:
    """Settings of several together; interventions are joined."""
    texts = [str(move[INTERVENTIONS]) for move in moves if move.get(INTERVENTIONS)]
    made = {name: value for move in moves for name, value in move.items()}
    return made | ({INTERVENTIONS: "+".join(texts)} if INTERVENTIONS in made else {})


def game_of(
    scenario: Scenario,
    types: Sequence[str],
    uses: Sequence[str],
    by: str | None = None,
    players: Sequence[str] | None = None,
) -> Game:
    """The game that is asked for.

    Parameters
    ----------
    types : sequence of str
        Relationship types: none, the one that holds, or the two between which the effect lies.
    uses : sequence of str
        Interventions, each a player; in their short form.
    by : str, optional
        One of BY; by default practices between two types, else interventions.
    players : sequence of str, optional
        Groups, practices or switches, ``+`` joining what moves together; by default all groups.

    Raises
    ------
    InputError
        If there is no effect to split, or something named does not exist.
    """
    chosen = by or ("practices" if len(types) == 2 else "interventions")
    if chosen not in BY:
        raise InputError("--by", f"must be one of {', '.join(BY)}", chosen, did_you_mean(chosen, BY))
    _check_effect(chosen, types, uses)
    if players and chosen == "interventions":
        raise InputError(
            "--players",
            "has no meaning by interventions: each of these is a player",
            ",".join(players),
            "Leave --players out, or split --by practices.",
        )
    named = [relationship_named(name, relationships_of(scenario), "relationships") for name in types]
    if chosen == "interventions":
        return _interventions(scenario, named, uses)
    if chosen == "practices":
        return _practices(scenario, named, players or tuple(PRACTICE_GROUPS))
    return _mechanisms(scenario, named, uses, players or tuple(MECHANISM_GROUPS))


def _check_effect(by: str, types: Sequence[str], uses: Sequence[str]) -> None:
    """Make sure that there is one effect to split."""
    if len(types) > 2 or (len(types) == 2 and types[0] == types[1]):
        raise InputError(
            "--relationships",
            "must be one type, or two that differ",
            ",".join(types),
            "Such as --relationships undefined,integrated.",
        )
    if len(types) == 2 and uses:
        mend = "Name one type to see interventions in it, or two types without interventions."
        raise InputError("--relationships", "must be one where interventions are given", ",".join(types), mend)
    if by == "interventions" and not uses:
        mend = "For example --interventions liaison,collocation, or --relationships undefined,integrated."
        raise InputError("--interventions", "must name at least one", None, mend)
    if by == "practices" and len(types) != 2:
        mend = "For example --relationships undefined,integrated."
        raise InputError("--relationships", "must be two to be split by practices", ",".join(types) or None, mend)
    if by == "mechanisms" and not uses and len(types) != 2:
        mend = "For example --interventions liaison, or --relationships undefined,integrated."
        raise InputError("--interventions", "must name what has the effect", None, mend)


def _interventions(scenario: Scenario, types: Sequence[str], uses: Sequence[str]) -> Game:
    own = with_relationship(scenario, types[0]) if types else scenario
    world = {RELATIONSHIP: types[0]} if types else {}
    players = [_use(own, text) for text in uses]
    _check_once("--interventions", [player.name for player in players])
    return Game(
        "interventions", tuple(players), ({**world, INTERVENTIONS: ""},), _before(own), "the same with all of them"
    )


def _use(scenario: Scenario, text: str) -> Player:
    entries = entries_from(scenario, text)
    name = "+".join(entry_id(scenario, entry) for entry in entries)
    return Player(name, " + ".join(entry_label(scenario, entry) for entry in entries), {INTERVENTIONS: text})


def _before(scenario: Scenario) -> str:
    label = relationships_of(scenario)[scenario.relationship].label
    return f"{label}, as it is" if scenario.entries else label


def _practices(scenario: Scenario, types: Sequence[str], players: Sequence[str]) -> Game:
    old, new = (levels_of(scenario, name) for name in types)
    groups = _groups(players, PRACTICE_GROUPS, PRACTICES, "practice")
    named = set(chain.from_iterable(group.names for group in groups.values()))
    left = tuple(name for name in PRACTICES if name not in named)
    groups |= {"others": Group("All other practices", left, "")} if left else {}
    moves = {
        name: {f"practices.{practice}": new[practice] for practice in group.names if new[practice] != old[practice]}
        for name, group in groups.items()
    }
    found = tuple(Player(name, groups[name].label, present) for name, present in moves.items() if present)
    if not found:
        mend = "They have the same practices, or the scenario sets all of these itself."
        raise InputError("--relationships", "must differ in a practice", ",".join(types), mend)
    known = relationships_of(scenario)
    before, after = (known[name].label for name in types)
    return Game("practices", found, ({RELATIONSHIP: types[0]},), before, after, {RELATIONSHIP: types[1]})


def _mechanisms(scenario: Scenario, types: Sequence[str], uses: Sequence[str], players: Sequence[str]) -> Game:
    groups = _groups(players, MECHANISM_GROUPS, SWITCHES, "mechanism")
    found = tuple(
        Player(name, group.label, absent={f"{MECHANISMS}.{switch}": 0 for switch in group.names})
        for name, group in groups.items()
    )
    if len(types) == 2:
        known = relationships_of(scenario)
        worlds: tuple[Settings, ...] = ({RELATIONSHIP: types[0]}, {RELATIONSHIP: types[1]})
        before, after = (known[name].label for name in types)
        return Game("mechanisms", found, worlds, before, after)
    one = _interventions(scenario, types, uses)
    without = one.worlds[0]
    with_all = _merged([without, *(player.present for player in one.players)])
    after = " + ".join(player.label for player in one.players)
    return replace(one, by="mechanisms", players=found, worlds=(without, with_all), after=f"the same with {after}")


def with_direct(scenario: Scenario, game: Game, types: Sequence[str], uses: Sequence[str]) -> Game:
    """A game of mechanisms that also splits the effect that needs none of them, among what has the effect.

    Parameters
    ----------
    types, uses : sequence of str
        As the game was made of.

    Raises
    ------
    InputError
        If it is another game, or there is only one intervention.
    """
    if not game.has_rest or (len(types) < 2 and len(uses) < 2):
        mend = "For example --relationships undefined,integrated --by mechanisms --direct."
        raise InputError("--direct", "needs --by mechanisms, and two interventions or two types", None, mend)
    named = [relationship_named(name, relationships_of(scenario), "relationships") for name in types]
    plain = _interventions(scenario, named, uses) if uses else _practices(scenario, named, tuple(PRACTICE_GROUPS))
    players = tuple(
        replace(player, name=f"direct:{player.name}", label=f"{player.label} directly") for player in plain.players
    )
    before, after = game.settings(0)
    return replace(game, direct=replace(plain, players=players, worlds=(before,), complete=after))


def _groups(players: Sequence[str], known: Mapping[str, Group], names: Sequence[str], what: str) -> dict[str, Group]:
    """Groups by name: known ones, and any that ``+`` joins of them and of single names."""
    found = {}
    _check_once("--players", players)
    for text in players:
        parts = [part.strip() for part in text.split("+")]
        members = [known[part] if part in known else _single(part, names, known, what) for part in parts]
        label, own = " + ".join(one.label for one in members), tuple(chain.from_iterable(one.names for one in members))
        found["+".join(parts)] = Group(label, own, members[0].meaning)
    _check_once("--players", [name for group in found.values() for name in group.names])
    return found


def _single(name: str, names: Sequence[str], known: Mapping[str, Group], what: str) -> Group:
    if name not in names:
        every = [*known, *names]
        raise InputError("--players", f"must name groups or single {what}s", name, did_you_mean(name, every))
    return Group(name.removeprefix("use_").replace("_", " ").capitalize(), (name,), "")


def _check_once(field: str, names: Sequence[str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise InputError(field, "must name each once", name, "Leave the second one out.")
