"""What the pages of a class show: a room as its instructor sees it on the projector, and as a student sees it."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sim.app import words
from sim.app.access import ACCESS
from sim.app.game import (
    SCORED,
    Standing,
    figures_after,
    hidden,
    hidden_figures,
    in_force,
    link_of,
    nothing_done,
    predictions,
    prices,
    quiz_score,
    standing_of,
    standings,
    text_of,
)
from sim.app.links import is_own
from sim.app.rooms import DEBRIEF, DECIDE, LOBBY, RESULT, Move, Room, Rooms, Setting
from sim.domain.errors import InputError
from sim.domain.outcomes import BY_NAME
from sim.report.prose import amount, decimal, wording
from sim.spec.catalogue import interventions_of, relationships_of
from sim.spec.labels import dose_text

Figures = Mapping[str, float | None]
#: A lever of a student goes up to so many times the usual dose, in so many steps of it.
TOP, STEPS = 2.0, 4
#: Texts of students that are shown on the projector.
MOST_SHOWN = 12


def setting_from(form: Mapping[str, Any]) -> Setting:
    """A setting as a browser has sent it.

    Raises
    ------
    InputError
        Naming what is not a number.
    """
    usual = vars(Setting())
    told = {name: form.get(name, value) for name, value in usual.items()}
    numbers: dict[str, Any] = {}
    for name, kind in (("quarters", int), ("seed", int), ("budget", float)):
        try:
            numbers[name] = kind(str(told[name]))
        except ValueError:
            raise InputError(name, "must be a number", str(told[name])[:40], "Write digits, such as 4.") from None
    if numbers["seed"] < 0:
        raise InputError("seed", "must be 0 or more", numbers["seed"], "Give 1, for example.")
    texts: dict[str, Any] = {name: str(told[name])[:80] for name in ("scenario", "relationship", "predicted")}
    return Setting(**(texts | numbers))


def figure(name: str, value: float | None) -> str:
    """An outcome in words, with its unit."""
    return amount(value, wording(name, BY_NAME[name].unit).kind)


def labels() -> list[str]:
    """Names of the outcomes of the scoreboard."""
    return [BY_NAME[name].label for name in SCORED]


def cells(figures: Figures) -> list[str]:
    """The outcomes of the scoreboard in words."""
    return [figure(name, figures[name]) for name in SCORED]


def phase_text(room: Room) -> str:
    """Where the class is, in words."""
    return str(words.CLASS["phase"][room.phase].format(quarter=room.quarter, quarters=room.setting.quarters))


def desk_state(rooms: Rooms, code: str) -> dict[str, Any]:
    """A room as the projector shows it.

    Raises
    ------
    InputError
        If there is no such room.
    """
    room = rooms.room(code)
    players = rooms.players(code)
    done = [move.nickname for move in rooms.moves(code) if move.quarter == room.quarter]
    is_last = room.phase == RESULT and room.quarter >= room.setting.quarters
    goes = words.CLASS["go_on"]
    day = time.strftime("%d %B %Y", time.localtime(room.ends)).lstrip("0")
    shows_result = room.phase in (RESULT, DEBRIEF)
    return {
        "code": room.code,
        "join": ACCESS.join_link(room.code),
        "phase": room.phase,
        "phase_text": phase_text(room),
        "here": words.CLASS["here"].format(players=len(players)),
        "handed": words.CLASS["handed"].format(moves=len(done), players=len(players)),
        "go_on": goes["last"] if is_last else goes.get(room.phase, ""),
        "ends": words.CLASS["ends"].format(date=day),
        "players": players,
        "done": done,
        "names": [words.CLASS["name"], words.CLASS["gained"], *labels(), words.CLASS["money"]],
        "score": board(rooms, room) if shows_result else [],
        "charts": charts(rooms, room) if shows_result else [],
        "why": reasons(rooms, room) if shows_result else [],
        "decisions": decisions(rooms, room) if room.phase == DEBRIEF else [],
        "quiz": quiz(rooms, room),
    }


def board(rooms: Rooms, room: Room) -> list[dict[str, Any]]:
    """The scoreboard, with the organization in which nobody does anything as its last row."""
    idle_figures = nothing_done(room)
    rows = [
        {
            "name": one.nickname,
            "cells": [gained(one.figures, idle_figures), *cells(one.figures), amount(one.spent, "money")],
            "watch": link_of(room.setting, one.text, room.quarters_run),
        }
        for one in standings(rooms, room)
    ]
    idle = link_of(room.setting, room.setting.relationship, room.quarters_run)
    nothing: dict[str, Any] = {
        "name": words.CLASS["nothing"],
        "cells": ["–", *cells(idle_figures), amount(0.0, "money")],
    }
    return [*rows, {**nothing, "watch": idle}]


def gained(figures: Figures, idle: Figures) -> str:
    """How much more an organization has made than the one in which nobody does anything."""
    value, base = figures[SCORED[0]], idle[SCORED[0]]
    if value is None or base is None:
        return "–"
    return more(value - base)


def more(value: float) -> str:
    """A difference of money with its sign, in thousands: what a quarter changes is small beside what it makes.

    Examples
    --------
    >>> more(-12_400.0), more(0.0), more(1_250_000.0)
    ('−12 thousand c.u.', '0 thousand c.u.', '+1,250 thousand c.u.')
    """
    return words.CLASS["thousand"].format(value=decimal(value / 1000.0, 0, True))


def decisions(rooms: Rooms, room: Room) -> list[dict[str, Any]]:
    """What everybody has decided, quarter by quarter, and what it made against doing nothing; the leader first."""
    idle = nothing_done(room)
    return [
        {
            "name": one.nickname,
            "gained": gained(one.figures, idle),
            "quarters": [decided(room.setting, move) for move in rooms.moves(room.code, one.nickname)],
        }
        for one in standings(rooms, room)
    ]


def decided(setting: Setting, move: Move) -> str:
    """A move in words.

    Examples
    --------
    >>> decided(Setting(), Move("fox", 2, {"liaison": 1.0, "collocation": 0.0}))
    'Quarter 2: Liaison (1 person), Sitting together ends'
    """
    known = interventions_of(setting.base())
    told = [
        f"{known[name].label} {f'({dose_text(dose, known[name].unit)})' if dose else words.CLASS['ends_here']}"
        for name, dose in move.choices.items()
    ]
    return str(words.CLASS["decided"].format(quarter=move.quarter, what=", ".join(told) or words.CLASS["as_before"]))


def charts(rooms: Rooms, room: Room) -> list[dict[str, Any]]:
    """Predictions of each quarter beside what came of them; none of a quarter that nobody predicted."""
    quarters = range(1, room.quarters_run + 1) if room.phase == DEBRIEF else [room.quarter]
    return [chart for quarter in quarters if (chart := chart_of(room, predictions(rooms, room, quarter), quarter))]


def chart_of(room: Room, told: Sequence[tuple[str, float, float | None]], quarter: int) -> dict[str, Any]:
    """One strip of dots: places along the axis (0–1) and heights, so that none hides another."""
    came = [value for _, _, value in told if value is not None]
    if not came:
        return {}
    name, mean = room.setting.predicted, statistics.fmean(came)
    guesses = sorted(guess for _, guess, _ in told)
    low, high = min([*guesses, mean]), max([*guesses, mean])
    width = (high - low) or 1.0
    dots: list[list[float]] = []
    for guess in guesses:
        place = (guess - low) / width
        dots.append([place, float(sum(abs(place - other) < 0.018 for other, _ in dots))])
    title = words.CLASS["predictions"].format(outcome=BY_NAME[name].label.lower(), quarter=quarter)
    middle = figure(name, statistics.median(guesses))
    told_in = f"Median of {len(guesses)}: {middle}; what came of it: {figure(name, mean)}"
    text = f"{words.CLASS['predictions_text']} {told_in}"
    ends = {"low": figure(name, low), "high": figure(name, high)}
    return {"title": title, "text": text, "dots": dots, "came": (mean - low) / width, **ends}


def reasons(rooms: Rooms, room: Room) -> list[str]:
    """What people expected of the quarter, without their names."""
    told = [" ".join(move.why.split()) for move in rooms.moves(room.code) if move.quarter == room.quarter]
    return [text for text in told if text][:MOST_SHOWN]


def quiz(rooms: Rooms, room: Room, nickname: str = "") -> dict[str, Any] | None:
    """The hidden organizations before the game, and their types after it; None in between."""
    if room.phase not in (LOBBY, DEBRIEF):
        return None
    kinds = relationships_of(room.setting.base())
    guesses = {place: kind for name, place, kind in rooms.guesses(room.code) if name == nickname}
    scores = quiz_score(rooms, room)
    right = dict(scores).get(nickname)
    is_over = room.phase == DEBRIEF
    told = words.CLASS["right"].format(right=right, of=len(kinds)) if is_over and right is not None else ""
    return {
        "names": labels(),
        "rows": [cells(figures) for figures in hidden_figures(room)],
        "guesses": [guesses.get(place, "") for place in range(len(kinds))],
        "truth": [kinds[kind].label for kind in hidden(room)] if is_over else [],
        "right": told,
        "scores": [[name, words.CLASS["right"].format(right=many, of=len(kinds))] for name, many in scores],
    }


def player_state(rooms: Rooms, code: str, nickname: str) -> dict[str, Any]:
    """A room as a student sees it.

    Raises
    ------
    InputError
        If there is no such room, or nobody of that name in it any more.
    """
    room = rooms.room(code)
    players = rooms.players(code)
    if nickname not in players:
        raise InputError("nickname", "is not in this room any more", nickname, "Join the room again.")
    moves = rooms.moves(code, nickname)
    own = next((move for move in moves if move.quarter == room.quarter), None)
    setting, name = room.setting, room.setting.predicted
    so_far = figures_after(setting, text_of(setting, [m for m in moves if m.quarter < room.quarter]), room.quarter - 1)
    known = [[kind, each.label] for kind, each in relationships_of(setting.base()).items()]
    return {
        "phase": room.phase,
        "quarter": room.quarter,
        "phase_text": phase_text(room),
        "you": words.CLASS["you"].format(nickname=nickname),
        "here": words.CLASS["here"].format(players=len(players)),
        "predict": words.CLASS["predict"].format(outcome=f"{BY_NAME[name].label} ({BY_NAME[name].unit})"),
        "so_far": words.CLASS["last_time"].format(value=figure(name, so_far[name])) if room.quarter > 1 else "",
        "prediction": own.prediction if own else None,
        "why": own.why if own else "",
        "handed": own is not None,
        "budget": setting.budget,
        "levers": levers(room, moves) if room.phase == DECIDE else [],
        "types": known,
        "result": result(rooms, room, nickname) if room.phase in (RESULT, DEBRIEF) else None,
        "quiz": quiz(rooms, room, nickname),
    }


def levers(room: Room, moves: Sequence[Any]) -> list[dict[str, Any]]:
    """Every intervention with its dose before the quarter and as it has been handed in, and its price."""
    setting = room.setting
    before = in_force(setting, moves, room.quarter)
    chosen: dict[str, float] = next((move.choices for move in moves if move.quarter == room.quarter), {})
    known, found = interventions_of(setting.base()), []
    for name, (label, usual, cost, unit) in prices(setting).items():
        action = known[name]
        step = abs(usual) / STEPS
        top = min(action.most, math.floor(TOP * usual / step + 0.5) * step) if usual > 0 else 0.0
        told: dict[str, Any] = {"name": name, "label": label, "usual": usual, "unit": unit}
        told["description"] = action.description
        low = min(0.0, action.least)
        told["texts"] = [dose_text(low + place * step, unit) for place in range(round((top - low) / step) + 1)]
        doses = {"before": before.get(name, 0.0), "dose": chosen.get(name, before.get(name, 0.0))}
        found.append({**told, **doses, "cost": cost, "step": step, "least": action.least, "top": top})
    return found


def result(rooms: Rooms, room: Room, nickname: str) -> dict[str, Any]:
    """What came of somebody's decisions, beside the class and doing nothing."""
    everybody = standings(rooms, room)
    own = standing_of(rooms, room, nickname)
    rank = 1 + sum(one.score > own.score for one in everybody)
    told = next((each for each in predictions(rooms, room, room.quarters_run) if each[0] == nickname), None)
    name, setting = room.setting.predicted, room.setting
    said = ""
    if told is not None:
        said = words.CLASS["predicted"].format(predicted=figure(name, told[1]), came=figure(name, told[2]))
    other = link_of(setting, setting.relationship, room.quarters_run).partition("&org=")[0].replace("/?", "/compare?")
    links = [
        [words.CLASS["watch"], link_of(setting, own.text, room.quarters_run)],
        [words.CLASS["compare"], f"{other}&org={setting.relationship}&org={own.text}&seed={setting.seed}"],
    ]
    return {
        "names": labels(),
        "rows": [
            [words.CLASS["yours"], *cells(own.figures)],
            [words.CLASS["class_mean"], *cells(mean_of(everybody))],
            [words.CLASS["nothing"], *cells(nothing_done(room))],
        ],
        "rank": words.CLASS["rank"].format(rank=rank, players=len(everybody)),
        "predicted": said,
        "gained": gained(own.figures, nothing_done(room)),
        "links": [] if is_own(setting.scenario) else links,
    }


def mean_of(everybody: Sequence[Standing]) -> dict[str, float | None]:
    """Mean over a class of each outcome, over those who have one."""
    found: dict[str, float | None] = {}
    for name in SCORED:
        values = [value for one in everybody if (value := one.figures[name]) is not None]
        found[name] = statistics.fmean(values) if values else None
    return found
