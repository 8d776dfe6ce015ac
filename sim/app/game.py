"""The game of a class: from moves to organizations, what a quarter costs, who stands where, and the hidden quiz.

Everybody's organization is a link like any other: what was decided in a quarter acts from its first day on.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sim.app.levers import doses_on, pulled
from sim.app.links import View
from sim.app.live import Living
from sim.app.rooms import Move, Room, Rooms, Setting
from sim.behaviours.calendar import DAYS_PER_QUARTER
from sim.spec.catalogue import interventions_of, relationships_of
from sim.spec.edit import with_organization
from sim.spec.resolve import one_off_of

#: Outcomes of the scoreboard; the first decides who leads.
SCORED = ("profit", "bookings_new", "conflict_per_100", "cycle_days", "trust")


def text_of(setting: Setting, moves: Sequence[Move]) -> str:
    """The organization that comes of somebody's moves, as a link has it.

    Examples
    --------
    >>> text_of(Setting(), [Move("fox", 1, {"liaison": 1}), Move("fox", 3, {"liaison": 0, "collocation": 0.8})])
    'undefined+liaison=1@0..130+collocation@130'
    """
    base = setting.base()
    text = setting.relationship
    for move in moves:
        day = (move.quarter - 1) * DAYS_PER_QUARTER
        for name, dose in move.choices.items():
            text = pulled(text, base, day, (name, dose))
    return text


def cost_of(setting: Setting, before: Sequence[Move], move: Move) -> float:
    """What a move costs on the first day of its quarter, c.u.; what goes on from before costs nothing again."""
    base, day = setting.base(), (move.quarter - 1) * DAYS_PER_QUARTER
    scenario = with_organization(base, text_of(setting, [*before, move]))
    entries = enumerate(scenario.entries)
    return sum(one_off_of(scenario, index) for index, entry in entries if entry.intervention and entry.day == day)


@lru_cache(maxsize=512)
def figures_after(setting: Setting, text: str, quarters: int) -> dict[str, float | None]:
    """Outcomes of an organization after some quarters, as `sim.run` of a run so long has them."""
    firm = Living(with_organization(setting.base(), text), setting.seed, quarters * DAYS_PER_QUARTER)
    return firm.figures()


@dataclass(frozen=True)
class Standing:
    """Where somebody stands.

    Parameters
    ----------
    nickname : str
        Who.
    text : str
        The organization.
    figures : dict
        SCORED outcomes so far.
    spent : float
        On interventions, c.u.
    """

    nickname: str
    text: str
    figures: dict[str, float | None]
    spent: float

    @property
    def score(self) -> float:
        """By which people are ordered; lowest where there is none yet."""
        value = self.figures[SCORED[0]]
        return float("-inf") if value is None else value


def standings(rooms: Rooms, room: Room) -> list[Standing]:
    """Everybody after the quarters that were run, the leader first."""
    found = [standing_of(rooms, room, name) for name in rooms.players(room.code)]
    return sorted(found, key=lambda one: (-one.score, one.nickname))


def standing_of(rooms: Rooms, room: Room, nickname: str) -> Standing:
    """Where somebody stands after the quarters that were run."""
    setting, done = room.setting, room.quarters_run
    moves = [move for move in rooms.moves(room.code, nickname) if move.quarter <= done]
    text = text_of(setting, moves)
    figures = figures_after(setting, text, done)
    spent = sum(cost_of(setting, moves[:place], move) for place, move in enumerate(moves))
    return Standing(nickname, text, {name: figures[name] for name in SCORED}, spent)


def nothing_done(room: Room) -> dict[str, float | None]:
    """Outcomes of the organization in which nobody ever does anything, on the same luck."""
    figures = figures_after(room.setting, room.setting.relationship, room.quarters_run)
    return {name: figures[name] for name in SCORED}


def in_force(setting: Setting, moves: Sequence[Move], quarter: int) -> dict[str, float]:
    """Dose by intervention at the beginning of a quarter, from what was decided before it."""
    text = text_of(setting, [move for move in moves if move.quarter < quarter])
    return doses_on(with_organization(setting.base(), text), (quarter - 1) * DAYS_PER_QUARTER)


def prices(setting: Setting) -> dict[str, tuple[str, float, float, str]]:
    """Label, usual dose, its price in c.u. and unit of each intervention."""
    base, found = setting.base(), {}
    for name, action in interventions_of(base).items():
        cost = cost_of(setting, [], Move("", 1, {name: action.default_dose}))
        found[name] = (action.label, action.default_dose, cost, action.unit)
    return found


def predictions(rooms: Rooms, room: Room, quarter: int) -> list[tuple[str, float, float | None]]:
    """Nickname, prediction and what came of it, of everybody who predicted a quarter that has been run."""
    told = []
    for move in rooms.moves(room.code):
        if move.quarter == quarter and move.prediction is not None:
            own = [each for each in rooms.moves(room.code, move.nickname) if each.quarter <= quarter]
            came = figures_after(room.setting, text_of(room.setting, own), quarter)[room.setting.predicted]
            told.append((move.nickname, move.prediction, came))
    return told


def hidden(room: Room) -> list[str]:
    """Relationship types of the hidden organizations, in an order that the code of the room decides."""
    types = list(relationships_of(room.setting.base()))
    random.Random(f"{room.code} {room.setting.seed}").shuffle(types)
    return types


def hidden_figures(room: Room) -> list[dict[str, float | None]]:
    """Outcomes of the hidden organizations over the whole game, in the order of `hidden`."""
    setting = room.setting
    return [figures_after(setting_with(setting, kind), kind, setting.quarters) for kind in hidden(room)]


def setting_with(setting: Setting, relationship: str) -> Setting:
    """The same game under another relationship type."""
    return Setting(**{**vars(setting), "relationship": relationship})


def quiz_score(rooms: Rooms, room: Room) -> list[tuple[str, int]]:
    """How many types everybody has guessed right, the best first."""
    truth, right = hidden(room), dict.fromkeys(rooms.players(room.code), 0)
    for nickname, place, kind in rooms.guesses(room.code):
        right[nickname] += truth[place] == kind
    return sorted(right.items(), key=lambda one: (-one[1], one[0]))


def as_csv(rooms: Rooms, room: Room) -> str:
    """Everything that was entered and what came of it, a row for each person and quarter; formulas made harmless."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    head = ["room", "nickname", "quarter", "decided", "cost", "predicted", "came", "why", "organization", *SCORED]
    out.writerow(head)
    for name in rooms.players(room.code):
        own = [move for move in rooms.moves(room.code, name) if move.quarter <= room.quarters_run]
        for place, move in enumerate(own):
            out.writerow([harmless(cell) for cell in _row(room, own[: place + 1], move)])
    return text.getvalue()


def _row(room: Room, moves: Sequence[Move], move: Move) -> list[Any]:
    setting = room.setting
    organization_ = text_of(setting, moves)
    figures = figures_after(setting, organization_, move.quarter)
    decided = "+".join(f"{name}={dose:g}" for name, dose in move.choices.items())
    cost = cost_of(setting, moves[:-1], move)
    about = [room.code, move.nickname, move.quarter, decided, cost, move.prediction, figures[setting.predicted]]
    return [*about, move.why, organization_, *(figures[name] for name in SCORED)]


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=HYPERLINK(1)"), harmless("fox"), harmless(-3.0), harmless(None)
    ("'=HYPERLINK(1)", 'fox', -3.0, '')
    """
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def link_of(setting: Setting, text: str, quarters: int) -> str:
    """The address of an organization on the floor."""
    days = setting.quarters * DAYS_PER_QUARTER
    view = View(setting.scenario, (f"run.days={days}",), (text,), setting.seed, quarters * DAYS_PER_QUARTER)
    return f"/?{view.query()}"
