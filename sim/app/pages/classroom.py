"""A class: the instructor opens a room, students join with its code, all decide quarter by quarter on the same luck."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import ipyvuetify as v
import solara
import traitlets

from sim.app import words
from sim.app.access import ACCESS, role
from sim.app.classroom import desk_state, player_state, setting_from
from sim.app.game import as_csv
from sim.app.layout import ASSETS, ErrorCard, is_watched
from sim.app.my_work import own_names
from sim.app.rooms import Move, Setting, normal, rooms
from sim.domain.errors import InputError
from sim.spec.catalogue import relationships, scenario_names

#: Seconds between two looks at a room.
LOOK = 1.0


class Open(v.VuetifyTemplate):
    """A form that opens a room, and the rooms that are open."""

    template_file = str(ASSETS / "class_open.vue")
    options = traitlets.Dict().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)
    rooms = traitlets.List().tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict(words.CLASS).tag(sync=True)
    on = traitlets.Dict()

    def vue_begin(self, form: Any) -> None:
        """Open a room."""
        self.on["begin"](form)

    def vue_enter(self, code: Any) -> None:
        """Go into one that is open."""
        self.on["enter"](str(code))


class Join(v.VuetifyTemplate):
    """A code and a nickname; who has been here before is known by a token that the browser keeps."""

    template_file = str(ASSETS / "class_join.vue")
    room = traitlets.Unicode("").tag(sync=True)
    token = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict(words.CLASS).tag(sync=True)
    on = traitlets.Dict()

    def vue_join(self, who: Any) -> None:
        """Come in: code and nickname."""
        self.on["join"](str(who[0]), str(who[1]))

    def vue_hello(self, token: Any) -> None:
        """Come in again."""
        self.on["hello"](str(token))


class Player(v.VuetifyTemplate):
    """What a student sees and enters."""

    template_file = str(ASSETS / "class_player.vue")
    state = traitlets.Dict().tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Dict(words.CLASS).tag(sync=True)
    on = traitlets.Dict()

    def vue_enter(self, move: Any) -> None:
        """Hand in: quarter, doses, prediction, why."""
        self.on["enter"](*move)

    def vue_guess(self, guess: Any) -> None:
        """Guess the type of a hidden organization: place and type."""
        self.on["guess"](*guess)


class Desk(v.VuetifyTemplate):
    """What the class sees on the projector, and the instructor's buttons."""

    template_file = str(ASSETS / "class_desk.vue")
    state = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict(words.CLASS).tag(sync=True)
    on = traitlets.Dict()

    def vue_go(self, _: Any = None) -> None:
        """Let the class go on."""
        self.on["go"]()

    def vue_close(self, _: Any = None) -> None:
        """Close the room."""
        self.on["close"]()


@solara.component
def ClassPage() -> None:
    """The instructor's desk, a student's page, or the door."""
    router = solara.use_router()
    said = parse_qs(router.search or "")
    desk, room = said.get("desk", [""])[-1], normal(said.get("room", [""])[-1])
    if desk and role() == "owner":
        AtDesk(normal(desk)).key(f"desk {desk}")
    elif room or role() != "owner":
        AtDoor(room).key(f"room {room}")
    else:
        Opening()


@solara.component
def Opening() -> None:
    """Open a room, or go into one."""
    router = solara.use_router()
    error, set_error = solara.use_state("")

    def begin(form: Any) -> None:
        try:
            room = rooms().begin(setting_from(form))
        except InputError as wrong:
            set_error(str(wrong))
            return
        ACCESS.admit(room.code)
        router.push(f"/class?desk={room.code}")

    options = {
        "scenarios": [*scenario_names(), *own_names()],
        "types": [[name, kind.label] for name, kind in relationships().items()],
    }
    enter: Callable[[str], None] = lambda code: router.push(f"/class?desk={normal(code)}")  # noqa: E731
    Open.element(
        options=options,
        start=vars(Setting()),
        rooms=rooms().codes(),
        error=error,
        on={"begin": begin, "enter": enter},
    )


def use_look(look: Callable[[], Any], of: str) -> Any:
    """What a look at a room finds, looked again every second as long as the page is open; an error where it is gone."""

    def found() -> Any:
        try:
            return look()
        except InputError as error:
            return error

    first = solara.use_memo(found, [of])
    seen, set_seen = solara.use_state(first)

    def watch() -> Any:
        closed = threading.Event()

        def go_on_looking() -> None:
            while not closed.wait(LOOK):
                if is_watched() and not closed.is_set():
                    set_seen(found())

        threading.Thread(target=go_on_looking, name="class", daemon=True).start()
        return closed.set

    solara.use_effect(watch, [of])
    return seen, lambda: set_seen(found())


@solara.component
def AtDesk(code: str) -> None:
    """The instructor's room."""
    router = solara.use_router()
    state, look_again = use_look(lambda: desk_state(rooms(), code), code)
    if isinstance(state, InputError):
        ErrorCard(state)
        return

    def go() -> None:
        rooms().go_on(code)
        look_again()

    def close() -> None:
        rooms().close(code)
        ACCESS.dismiss(code)
        router.push("/class")

    Desk.element(state=state, on={"go": go, "close": close})
    stamp = time.strftime("%Y-%m-%d")
    with solara.FileDownload(lambda: as_csv(rooms(), rooms().room(code)), filename=f"class-{code}-{stamp}.csv"):
        solara.Button(words.CLASS["csv"], classes=["sm-button"])


@solara.component
def AtDoor(code: str) -> None:
    """The door for students, until the code and the nickname, or the token of before, are good."""
    router = solara.use_router()
    nickname, set_nickname = solara.use_state("")
    token, set_token = solara.use_state("")
    error, set_error = solara.use_state("")

    def join(said: str, name: str) -> None:
        if normal(said) != code:
            router.push(f"/class?room={normal(said)}")
            return
        try:
            set_token(rooms().join(code, name))
            set_nickname(" ".join(name.split()))
        except InputError as wrong:
            set_error(str(wrong))

    def hello(kept: str) -> None:
        set_nickname(rooms().who(code, kept))

    with solara.Div(classes=["sm-player"]):
        if not nickname or token:
            with solara.Div(style={"display": "none"} if nickname else {}):
                Join.element(room=code, token=token, error=error, on={"join": join, "hello": hello})
        if nickname:
            AtTable(code, nickname)


@solara.component
def AtTable(code: str, nickname: str) -> None:
    """A student's place."""
    state, look_again = use_look(lambda: player_state(rooms(), code, nickname), f"{code} {nickname}")
    error, set_error = solara.use_state("")
    if isinstance(state, InputError):
        ErrorCard(state)
        return

    def tried(work: Callable[[], None]) -> None:
        try:
            work()
            set_error("")
        except InputError as wrong:
            set_error(str(wrong))
        look_again()

    def enter(quarter: Any, doses: Any, prediction: Any, why: Any) -> None:
        choices = {str(name): float(dose) for name, dose in dict(doses).items()}
        guess = None if prediction is None else float(prediction)
        tried(lambda: rooms().enter(code, Move(nickname, int(quarter), choices, guess, str(why))))

    def guess(place: Any, kind: Any) -> None:
        tried(lambda: rooms().guess(code, nickname, int(place), str(kind)))

    Player.element(state=state, error=error, on={"enter": enter, "guess": guess})
