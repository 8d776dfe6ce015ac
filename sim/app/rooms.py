"""Rooms of a class: who is in, what each has predicted and decided, quarter by quarter, in one SQLite file.

Only what people enter is kept; what happened to their organizations is run again from it whenever it is asked for, so
that a room looks the same after a reload, on another computer and in a year.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sim.app.links import View, named, small_enough
from sim.app.my_work import folder
from sim.behaviours.calendar import DAYS_PER_QUARTER
from sim.domain.errors import InputError
from sim.spec.catalogue import interventions_of, relationships_of
from sim.spec.edit import with_values
from sim.spec.scenario import Scenario

#: Letters and digits that nobody mistakes for another, read aloud or from a projector.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 5
#: Rooms that may be open, people in one, days until a room deletes itself, quarters that it may last.
MOST_ROOMS, MOST_PLAYERS, DAYS_KEPT, MOST_QUARTERS = 20, 120, 14, 8
MOST_NICKNAME, MOST_TEXT, MOST_BUDGET = 24, 400, 1e9
#: What a room goes through. In each quarter people first predict and decide; then it is run for all at once.
LOBBY, DECIDE, RESULT, DEBRIEF = "lobby", "decide", "result", "debrief"
SECONDS_A_DAY = 86_400.0

_TABLES = """
CREATE TABLE IF NOT EXISTS rooms (
  code TEXT PRIMARY KEY, setting TEXT NOT NULL, phase TEXT NOT NULL, quarter INTEGER NOT NULL,
  began REAL NOT NULL);
CREATE TABLE IF NOT EXISTS players (
  code TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, nickname TEXT NOT NULL, token TEXT NOT NULL,
  PRIMARY KEY (code, nickname));
CREATE TABLE IF NOT EXISTS moves (
  code TEXT NOT NULL, nickname TEXT NOT NULL, quarter INTEGER NOT NULL, choices TEXT NOT NULL, prediction REAL,
  why TEXT NOT NULL, PRIMARY KEY (code, nickname, quarter),
  FOREIGN KEY (code, nickname) REFERENCES players ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS guesses (
  code TEXT NOT NULL, nickname TEXT NOT NULL, place INTEGER NOT NULL, guess TEXT NOT NULL,
  PRIMARY KEY (code, nickname, place), FOREIGN KEY (code, nickname) REFERENCES players ON DELETE CASCADE);
"""


@dataclass(frozen=True)
class Setting:
    """What a room plays.

    Parameters
    ----------
    scenario : str
        Name of a scenario.
    relationship : str
        Type that everybody begins with.
    seed : int
        Luck, the same for all.
    quarters : int
        How many are played.
    budget : float
        What each may spend on interventions in a quarter, c.u.; what is left is lost.
    predicted : str
        Outcome that is predicted.
    """

    scenario: str = "mid"
    relationship: str = "undefined"
    seed: int = 1
    quarters: int = 4
    budget: float = 60_000.0
    predicted: str = "bookings_new"

    def base(self) -> Scenario:
        """The organization that everybody begins with, as long as the game."""
        days = self.quarters * DAYS_PER_QUARTER
        view = View(self.scenario, (), (self.relationship,))
        return small_enough(with_values(view.scenarios()[0], [("run.days", days)]))


@dataclass(frozen=True)
class Room:
    """A room as it stands.

    Parameters
    ----------
    code : str
        By which people join.
    setting : Setting
        What is played.
    phase : {"lobby", "decide", "result", "debrief"}
        Where the class is.
    quarter : int
        Which is being decided or has been run, from 1.
    began : float
        Seconds since 1970.
    """

    code: str
    setting: Setting
    phase: str
    quarter: int
    began: float

    @property
    def ends(self) -> float:
        """When it deletes itself, seconds since 1970."""
        return self.began + DAYS_KEPT * SECONDS_A_DAY

    @property
    def quarters_run(self) -> int:
        """Quarters that lie behind everybody."""
        return self.quarter if self.phase in (RESULT, DEBRIEF) else self.quarter - 1


@dataclass(frozen=True)
class Move:
    """What somebody has entered for a quarter.

    Parameters
    ----------
    nickname : str
        Who.
    quarter : int
        From 1.
    choices : dict
        Dose by intervention, from the first day of the quarter on; 0 ends one.
    prediction : float or None
        Of the predicted outcome at the end of the quarter.
    why : str
        In words.
    """

    nickname: str
    quarter: int
    choices: dict[str, float] = field(default_factory=dict)
    prediction: float | None = None
    why: str = ""


class Rooms:
    """All rooms of a file.

    Parameters
    ----------
    file : Path
        SQLite; made where there is none.
    clock : callable
        Seconds since 1970.
    """

    def __init__(self, file: Path, clock: Any = time.time) -> None:
        self.file, self.clock, self._lock = file, clock, threading.RLock()
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._open() as db:
            db.executescript(_TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            db = sqlite3.connect(self.file, timeout=30.0)
            try:
                db.execute("PRAGMA foreign_keys = ON")
                with db:
                    yield db
            finally:
                db.close()

    # --- Rooms --------------------------------------------------------------------------------------------------------

    def begin(self, setting: Setting) -> Room:
        """Open a room.

        Raises
        ------
        InputError
            If there are too many rooms, or the setting cannot be played.
        """
        check_setting(setting)
        self.forget_old()
        with self._open() as db:
            (many,) = db.execute("SELECT count(*) FROM rooms").fetchone()
            if many >= MOST_ROOMS:
                raise InputError("room", f"must be one of at most {MOST_ROOMS}", many + 1, "Close another room first.")
            taken = {code for (code,) in db.execute("SELECT code FROM rooms")}
            code = next(code for code in iter(new_code, "") if code not in taken)
            row = (code, json.dumps(asdict(setting)), LOBBY, self.clock())
            db.execute("INSERT INTO rooms VALUES (?, ?, ?, 1, ?)", row)
        return self.room(code)

    def room(self, code: str) -> Room:
        """A room by its code.

        Raises
        ------
        InputError
            If there is none.
        """
        code = normal(code)
        with self._open() as db:
            row = db.execute("SELECT setting, phase, quarter, began FROM rooms WHERE code = ?", (code,)).fetchone()
        if row is None:
            raise InputError("room", "there is no such room", code[:16], "Look at the code on the projector again.")
        return Room(code, Setting(**json.loads(row[0])), *row[1:])

    def codes(self) -> list[str]:
        """Codes of the rooms that are open."""
        self.forget_old()
        with self._open() as db:
            return [code for (code,) in db.execute("SELECT code FROM rooms ORDER BY began")]

    def go_on(self, code: str) -> Room:
        """Let the class go on: from the lobby to the first quarter, to its result, to the next, to the debriefing."""
        room = self.room(code)
        phase, quarter = room.phase, room.quarter
        if phase == DECIDE:
            phase = RESULT
        elif phase == LOBBY:
            phase = DECIDE
        elif phase == RESULT:
            is_last = quarter >= room.setting.quarters
            phase, quarter = (DEBRIEF, quarter) if is_last else (DECIDE, quarter + 1)
        with self._open() as db:
            db.execute("UPDATE rooms SET phase = ?, quarter = ? WHERE code = ?", (phase, quarter, room.code))
        return self.room(code)

    def close(self, code: str) -> None:
        """Delete a room with all that belongs to it."""
        with self._open() as db:
            db.execute("DELETE FROM rooms WHERE code = ?", (normal(code),))

    def forget_old(self) -> None:
        """Delete rooms whose time is over."""
        with self._open() as db:
            db.execute("DELETE FROM rooms WHERE began < ?", (self.clock() - DAYS_KEPT * SECONDS_A_DAY,))

    # --- People -------------------------------------------------------------------------------------------------------

    def join(self, code: str, nickname: str) -> str:
        """Come into a room under a nickname; returns the token by which one stays oneself after a reload.

        Raises
        ------
        InputError
            If the nickname is none, is taken, looks like an e-mail address, or the room is full.
        """
        room, name = self.room(code), check_nickname(nickname)
        token = secrets.token_urlsafe(12)
        with self._open() as db:
            names = [taken for (taken,) in db.execute("SELECT nickname FROM players WHERE code = ?", (room.code,))]
            if name.casefold() in (taken.casefold() for taken in names):
                raise InputError("nickname", "must be new in this room", name, "Choose another.")
            if len(names) >= MOST_PLAYERS:
                raise InputError(
                    "room", f"must have at most {MOST_PLAYERS} people", len(names) + 1, "Open a second room."
                )
            db.execute("INSERT INTO players VALUES (?, ?, ?)", (room.code, name, token))
        return token

    def who(self, code: str, token: str) -> str:
        """Nickname of somebody by the token; '' for nobody."""
        with self._open() as db:
            rows = db.execute("SELECT nickname, token FROM players WHERE code = ?", (normal(code),)).fetchall()
        return next((name for name, own in rows if secrets.compare_digest(own.encode(), token.encode())), "")

    def players(self, code: str) -> list[str]:
        """Nicknames in a room, in alphabetical order."""
        with self._open() as db:
            rows = db.execute("SELECT nickname FROM players WHERE code = ? ORDER BY nickname", (normal(code),))
            return [name for (name,) in rows]

    def remove(self, code: str, nickname: str) -> None:
        """Send somebody out, with all that was entered."""
        with self._open() as db:
            db.execute("DELETE FROM players WHERE code = ? AND nickname = ?", (normal(code), nickname))

    # --- What they enter ----------------------------------------------------------------------------------------------

    def enter(self, code: str, move: Move) -> None:
        """Keep what somebody predicts and decides for the quarter that is being decided; the last word counts.

        Raises
        ------
        InputError
            If the quarter is not being decided, or the move cannot be.
        """
        room = self.room(code)
        if room.phase != DECIDE or move.quarter != room.quarter:
            raise InputError("quarter", "must be the one that is being decided", move.quarter, "Wait for the others.")
        if move.nickname not in self.players(code):
            raise InputError("nickname", "must be in this room", move.nickname, "Join the room again.")
        check_move(room, move, self.moves(code, move.nickname))
        row = (room.code, move.nickname, move.quarter, json.dumps(move.choices), move.prediction, move.why[:MOST_TEXT])
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO moves VALUES (?, ?, ?, ?, ?, ?)", row)

    def moves(self, code: str, nickname: str | None = None) -> list[Move]:
        """What was entered, by nickname and quarter; of one person, or of all."""
        query = "SELECT nickname, quarter, choices, prediction, why FROM moves WHERE code = ?"
        of, told = ((normal(code),), "") if nickname is None else ((normal(code), nickname), " AND nickname = ?")
        with self._open() as db:
            rows = db.execute(f"{query}{told} ORDER BY nickname, quarter", of).fetchall()
        return [Move(name, quarter, json.loads(text), guess, why) for name, quarter, text, guess, why in rows]

    def guess(self, code: str, nickname: str, place: int, kind: str) -> None:
        """Keep somebody's guess of the relationship type of a hidden organization.

        Raises
        ------
        InputError
            If there is no such type or place.
        """
        room = self.room(code)
        types = list(relationships_of(room.setting.base()))
        if kind not in types or not 0 <= place < len(types):
            raise InputError("guess", f"must be one of {', '.join(types)}", kind[:40], "Choose one of them.")
        if nickname not in self.players(code):
            raise InputError("nickname", "must be in this room", nickname, "Join the room again.")
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO guesses VALUES (?, ?, ?, ?)", (room.code, nickname, place, kind))

    def guesses(self, code: str) -> list[tuple[str, int, str]]:
        """Nickname, place and guessed type of all guesses."""
        query = "SELECT nickname, place, guess FROM guesses WHERE code = ? ORDER BY nickname, place"
        with self._open() as db:
            return list(db.execute(query, (normal(code),)).fetchall())


def normal(code: str) -> str:
    """A code as it is compared: capital letters, no spaces."""
    return re.sub(r"\s", "", code).upper()[:16]


def new_code() -> str:
    """A code that can be read aloud."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def check_nickname(nickname: str) -> str:
    """A nickname, if it is one.

    Raises
    ------
    InputError
        If it is empty, too long, or looks like an address.

    Examples
    --------
    >>> check_nickname("  Blue   fox ")
    'Blue fox'
    """
    name = " ".join(nickname.split())
    if not 1 <= len(name) <= MOST_NICKNAME or not name.isprintable():
        raise InputError(
            "nickname",
            f"must have 1 to {MOST_NICKNAME} characters",
            name[:40],
            "Choose a shorter name, in letters that can be seen.",
        )
    if "@" in name or re.search(r"https?:|www\.", name):
        raise InputError("nickname", "must not be an address", name, "A made-up name is enough.")
    return name


def check_setting(setting: Setting) -> None:
    """Make sure that a setting can be played.

    Raises
    ------
    InputError
        Naming what cannot be.
    """
    from sim.domain.outcomes import BY_NAME
    from sim.spec.resolve import blueprint_of

    if not 1 <= setting.quarters <= MOST_QUARTERS:
        raise InputError("quarters", f"must be between 1 and {MOST_QUARTERS}", setting.quarters, "Play fewer or more.")
    if not 0 <= setting.budget <= MOST_BUDGET:
        raise InputError(
            "budget", f"must be between 0 and {MOST_BUDGET:g}", setting.budget, "Choose an amount within that."
        )
    if setting.predicted not in BY_NAME:
        raise InputError(
            "predicted", "must be an outcome", setting.predicted, "Choose bookings_new or profit, for example."
        )
    blueprint_of(named(setting.scenario))
    blueprint_of(setting.base())


def check_move(room: Room, move: Move, earlier: list[Move]) -> None:
    """Make sure that a move is within the rules and the quarter's budget.

    Raises
    ------
    InputError
        Naming what is not.
    """
    from sim.app.game import cost_of, text_of

    known = interventions_of(room.setting.base())
    for name, dose in move.choices.items():
        if name not in known:
            raise InputError("choices", "must be interventions", name[:40], "Choose from the list.")
        if not known[name].least <= dose <= known[name].most:
            rule = f"must be between {known[name].least:g} and {known[name].most:g} ({known[name].unit})"
            raise InputError(name, rule, dose, "Choose a dose within that.")
    before = [each for each in earlier if each.quarter < move.quarter]
    text_of(room.setting, [*before, move])
    cost = cost_of(room.setting, before, move)
    if cost > room.setting.budget:
        mend = "Take less of something."
        raise InputError("budget", f"must not be over {room.setting.budget:,.0f} c.u. a quarter", f"{cost:,.0f}", mend)
    if move.prediction is not None and not abs(move.prediction) < 1e12:
        raise InputError("prediction", "must be a number", move.prediction, "Write digits, such as 1200000.")


_ROOMS: dict[Path, Rooms] = {}


def rooms() -> Rooms:
    """The rooms of this server."""
    file = folder() / "class.sqlite"
    if file not in _ROOMS:
        _ROOMS[file] = Rooms(file)
    return _ROOMS[file]
