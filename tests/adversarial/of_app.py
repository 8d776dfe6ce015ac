"""Doors of the app: links, requests, messages, a class and its moves, forms."""

from __future__ import annotations

import functools
import json
import tempfile
import tomllib
from pathlib import Path
from random import Random
from typing import Any

from sim.spec.catalogue import interventions, read_scenario
from tests.adversarial.mutations import NUMBERS, TEXTS, any_value, spoilt, spoilt_bytes, spoilt_text
from tests.adversarial.of_scenarios import any_setting, any_use


def any_query(luck: Random) -> str:
    """The query of a link, right or wrong."""
    from urllib.parse import quote

    pairs = []
    for _ in range(luck.randint(0, 6)):
        name = luck.choice(("scenario", "set", "org", "org", "seed", "day", "speed", "x"))
        values = {
            "scenario": luck.choice(("mid", "micro", "my-x", "../mid", "")), "set": any_setting(luck),
            "org": luck.choice(("aligned", "", any_use(luck), f"integrated+{any_use(luck)}")),
            "seed": str(luck.choice(NUMBERS)), "day": str(luck.choice(NUMBERS)), "speed": luck.choice(("5", "6", "")),
        }  # fmt: skip
        value = values.get(name, luck.choice(TEXTS))
        pairs.append(f"{name}={quote(value, errors='replace') if luck.random() < 0.7 else value}")
    text = "&".join(pairs)
    return spoilt_text(luck, text) if luck.random() < 0.3 else text


def link(luck: Random, _folder: Path) -> Any:
    """The address of a page; a view that is accepted is written as link, command, Python and TOML, and pulled at."""
    from sim.app.levers import pulled
    from sim.app.links import command_of, python_of, read_view, toml_of

    view = read_view(any_query(luck))
    assert read_view(view.query()) == view, "a view's own link must lead to the view"
    index = luck.randrange(len(view.organizations)) if view.organizations else 0
    command_of(view, view.scenario, index)
    python_of(view, view.scenario, index)
    read_scenario(tomllib.loads(toml_of(view, index)))
    if luck.random() < 0.5:
        change = (luck.choice(("relationship", *interventions(), "x")), luck.choice((any_value(luck), 1, 0.5, 0)))
        text = pulled(view.organizations[index], view.base(), view.day, change)
        view.changed(organizations=(text,)).scenarios()
    return view


@functools.cache
def visitor() -> Any:
    """A visitor of an app that the network can reach."""
    from sim.app.address import Address
    from tests.app.asgi_client import Client

    return Client(Address("0.0.0.0", 8765, "0.0.0.0"), Path(tempfile.mkdtemp()), token="s3cret")


def request(luck: Random, _folder: Path) -> Any:
    """A request or a message to the app's guard: answered, and never with the door opened or a failure within."""
    from sim.app.messages import is_allowed

    path = luck.choice(("/", "/compare", "/join", "/readyz", "/_solara/cdn/x", "/static/a", "/resourcez", "/firm"))
    path = spoilt_text(luck, path) + luck.choice(("", "?token=x", "?" + any_query(luck)))
    if luck.random() < 0.4:
        message = _message(luck)
        is_allowed(message)
        return visitor().connect(message)
    head = spoilt_text(luck, "localhost:8765") if luck.random() < 0.3 else "192.168.1.5:8765"
    plain = "".join(c for c in head if ord(c) < 256)
    path = path.encode(errors="replace").decode()
    cookie = spoilt_text(luck, "smarketing=abc; a=b").encode(errors="replace").decode()
    answer = visitor().ask(path, luck.choice(("GET", "POST", "PUT", "X")), host=plain, cookie=cookie)
    assert answer.status < 500 or answer.status == 503, f"{path!r} was answered with {answer.status}"
    assert answer.status != 200 or path.startswith(("/readyz", "/join", "/")), path
    return answer.status


def _message(luck: Random) -> str | bytes:
    good = {"header": {"msg_type": "comm_msg"}, "content": {"data": {}, "target_name": "a"}, "channel": "shell"}
    way = luck.random()
    if way < 0.6:
        return json.dumps(spoilt(luck, good, ("msg_type", "target_name", "header")), default=str)
    if way < 0.7:
        return "[" * luck.choice((10, 5000, 60_000))
    return spoilt_bytes(luck, b"\0\0\0\1\0\0\0\x08" + json.dumps(good).encode())


def classroom(luck: Random, folder: Path) -> Any:
    """A room's setting, its people and what they enter."""
    from sim.app.classroom import setting_from
    from sim.app.rooms import Move, Rooms, Setting

    usual = {"scenario": "micro", "relationship": "undefined", "seed": 1, "quarters": 2, "budget": 60_000.0,
             "predicted": "bookings_new"}  # fmt: skip
    setting = setting_from(spoilt(luck, usual, tuple(usual))) if luck.random() < 0.5 else Setting(**usual)
    rooms = Rooms(folder / "class.sqlite", clock=lambda: 1e9 + luck.random() * 10 ** luck.randrange(12))
    room = rooms.begin(setting)
    token = rooms.join(room.code, luck.choice(("Ann", *TEXTS)))
    nickname = rooms.who(room.code, token)
    rooms.go_on(room.code)
    doses = (0.0, 0.5, 1.0, 2.0, -1.0, 1e300, float("nan"), float("inf"), luck.random())
    choices = {luck.choice((*interventions(), "", "x")): luck.choice(doses) for _ in range(luck.randrange(4))}
    move = Move(nickname, luck.choice((1, 1, 0, 2, -1)), choices, luck.choice((None, *doses)), luck.choice(TEXTS))
    rooms.enter(room.code, move)
    return rooms.moves(room.code)


def form_of_study(luck: Random, _folder: Path) -> Any:
    """The form of the page for studies."""
    from sim.app.studies import plan_of, read_form

    usual = {"kind": luck.choice(("grid", "doses", "pairs", "screening")), "scenario": "micro",
             "types": ["undefined", "aligned"], "interventions": luck.choices(tuple(interventions()), k=2),
             "replications": 10, "seed": 1}  # fmt: skip
    return plan_of(read_form(spoilt(luck, usual, tuple(usual), most=2)))
