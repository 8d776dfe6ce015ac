"""A class plays on the same luck, its room survives everything but its time, and nobody can be somebody else."""

from __future__ import annotations

import pytest

import sim
from sim.app import rooms as module
from sim.app.game import (
    as_csv,
    cost_of,
    hidden,
    hidden_figures,
    in_force,
    nothing_done,
    predictions,
    quiz_score,
    standing_of,
    standings,
    text_of,
)
from sim.app.links import command_of, read_view
from sim.app.rooms import DEBRIEF, DECIDE, LOBBY, RESULT, Move, Rooms, Setting
from sim.domain.errors import InputError
from sim.spec.edit import with_organization, with_value

SETTING = Setting(scenario="small", quarters=2, seed=3, budget=80_000)


@pytest.fixture
def rooms(tmp_path) -> Rooms:
    return Rooms(tmp_path / "class.sqlite")


def opened(rooms: Rooms, *names: str, setting: Setting = SETTING) -> str:
    room = rooms.begin(setting)
    for name in names:
        rooms.join(room.code, name)
    return room.code


def test_a_room_survives_a_restart_of_the_server(rooms: Rooms, tmp_path) -> None:
    code = opened(rooms, "fox", "owl")
    rooms.go_on(code)
    rooms.enter(code, Move("fox", 1, {"liaison": 1.0}, 5e6, "more talk"))
    rooms.go_on(code)
    again = Rooms(tmp_path / "class.sqlite")
    assert again.room(code) == rooms.room(code) and again.moves(code) == rooms.moves(code)
    assert standings(again, again.room(code)) == standings(rooms, rooms.room(code))


def test_a_class_goes_through_its_quarters_to_the_debriefing(rooms: Rooms) -> None:
    code = opened(rooms)
    seen = [(rooms.room(code).phase, rooms.room(code).quarter)]
    for _ in range(6):
        room = rooms.go_on(code)
        seen.append((room.phase, room.quarter))
    assert seen == [(LOBBY, 1), (DECIDE, 1), (RESULT, 1), (DECIDE, 2), (RESULT, 2), (DEBRIEF, 2), (DEBRIEF, 2)]


def test_who_decides_the_same_gets_the_same_and_it_is_the_run_of_the_command_line(rooms: Rooms) -> None:
    code = opened(rooms, "fox", "owl", "cat")
    rooms.go_on(code)
    for name in ("fox", "owl"):
        rooms.enter(code, Move(name, 1, {"liaison": 1.0}))
    room = rooms.go_on(code)
    by_name = {one.nickname: one for one in standings(rooms, room)}
    assert by_name["fox"].figures == by_name["owl"].figures != by_name["cat"].figures
    assert by_name["cat"].figures == nothing_done(room)
    scenario = with_organization(with_value(sim.load_scenario("small"), "run.days", 65), by_name["fox"].text)
    own = sim.run(scenario, seed=3).outcomes
    assert by_name["fox"].figures == {name: own[name] for name in by_name["fox"].figures}


def test_a_prediction_is_kept_before_the_run_and_cannot_be_changed_after(rooms: Rooms) -> None:
    code = opened(rooms, "fox")
    with pytest.raises(InputError, match="quarter"):
        rooms.enter(code, Move("fox", 1, {}, 1e6))
    rooms.go_on(code)
    rooms.enter(code, Move("fox", 1, {}, 1e6))
    rooms.enter(code, Move("fox", 1, {}, 2e6))
    room = rooms.go_on(code)
    with pytest.raises(InputError, match="quarter"):
        rooms.enter(code, Move("fox", 1, {}, 3e6))
    ((name, predicted, came),) = predictions(rooms, room, 1)
    assert (name, predicted) == ("fox", 2e6) and came is not None


def test_nobody_spends_more_than_the_budget(rooms: Rooms) -> None:
    code = opened(rooms, "fox", setting=Setting(scenario="small", quarters=2, budget=10_000))
    rooms.go_on(code)
    with pytest.raises(InputError, match="budget"):
        rooms.enter(code, Move("fox", 1, {"liaison": 2.0}))
    rooms.enter(code, Move("fox", 1, {"disciplined_meetings": 6.0}))
    move = rooms.moves(code, "fox")[0]
    assert 0 < cost_of(rooms.room(code).setting, [], move) <= 10_000


def test_what_goes_on_from_before_costs_nothing_again(rooms: Rooms) -> None:
    first = Move("fox", 1, {"liaison": 1.0})
    assert cost_of(SETTING, [], first) > 0
    assert cost_of(SETTING, [first], Move("fox", 2)) == 0
    assert in_force(SETTING, [first], 2) == {"liaison": 1.0} and in_force(SETTING, [first], 1) == {}
    assert text_of(SETTING, [first, Move("fox", 2, {"liaison": 0.0})]) == "undefined+liaison=1@0..65"


@pytest.mark.parametrize("name", ["", "  ", "x" * 25, "ada@example.com", "https://x", "a\x00b", "a\u202eb"])
def test_nicknames_are_made_up_names(rooms: Rooms, name: str) -> None:
    with pytest.raises(InputError, match="nickname"):
        rooms.join(opened(rooms), name)


def test_nobody_takes_anothers_place(rooms: Rooms) -> None:
    code = opened(rooms)
    token = rooms.join(code, "Fox")
    with pytest.raises(InputError, match="new in this room"):
        rooms.join(code, "fox")
    assert rooms.who(code, token) == "Fox" and rooms.who(code, "x" + token) == "" == rooms.who(code, "")
    assert rooms.who(opened(rooms), token) == ""


def test_more_rooms_and_people_than_allowed_are_refused(rooms: Rooms, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_ROOMS", 2)
    monkeypatch.setattr(module, "MOST_PLAYERS", 1)
    code = opened(rooms, "fox")
    with pytest.raises(InputError, match="people"):
        rooms.join(code, "owl")
    opened(rooms)
    with pytest.raises(InputError, match="room"):
        opened(rooms)


def test_a_room_deletes_itself_with_all_that_is_in_it(tmp_path) -> None:
    now = [1e9]
    rooms = Rooms(tmp_path / "class.sqlite", clock=lambda: now[0])
    code = opened(rooms, "fox")
    rooms.go_on(code)
    rooms.enter(code, Move("fox", 1, {}, 1.0, "because"))
    assert rooms.room(code).ends == 1e9 + 14 * 86_400
    now[0] += 15 * 86_400
    assert rooms.codes() == [] and rooms.moves(code) == [] and rooms.players(code) == []
    with pytest.raises(InputError, match="no such room"):
        rooms.room(code)


@pytest.mark.parametrize("code", ["", "ABCDE", "' OR 1=1 --", "x" * 1000])
def test_a_wrong_code_opens_nothing(rooms: Rooms, code: str) -> None:
    opened(rooms)
    with pytest.raises(InputError, match="no such room"):
        rooms.room(code)


@pytest.mark.parametrize(
    "move",
    [
        Move("fox", 2),
        Move("nobody", 1),
        Move("fox", 1, {"prayer": 1.0}),
        Move("fox", 1, {"liaison": 1e9}),
        Move("fox", 1, {"liaison": float("nan")}),
        Move("fox", 1, {}, float("inf")),
    ],
)
def test_moves_that_cannot_be_are_refused(rooms: Rooms, move: Move) -> None:
    code = opened(rooms, "fox")
    rooms.go_on(code)
    with pytest.raises(InputError):
        rooms.enter(code, move)
    assert rooms.moves(code) == []


def test_the_quiz_hides_four_types_on_the_same_luck(rooms: Rooms) -> None:
    code = opened(rooms, "fox", "owl")
    room = rooms.room(code)
    truth = hidden(room)
    assert sorted(truth) == ["aligned", "defined", "integrated", "undefined"] and truth == hidden(room)
    for place, kind in enumerate(truth):
        rooms.guess(code, "fox", place, kind)
        rooms.guess(code, "owl", place, "aligned")
    assert quiz_score(rooms, room) == [("fox", 4), ("owl", 1)]
    figures = hidden_figures(room)
    assert (
        figures[truth.index("undefined")]["conflict_per_100"] > figures[truth.index("integrated")]["conflict_per_100"]
    )
    with pytest.raises(InputError, match="guess"):
        rooms.guess(code, "fox", 0, "married")


def test_the_table_of_a_class_holds_no_formula(rooms: Rooms) -> None:
    code = opened(rooms, "=1+1")
    rooms.go_on(code)
    rooms.enter(code, Move("=1+1", 1, {"liaison": 1.0}, None, "@SUM(A1)"))
    room = rooms.go_on(code)
    text = as_csv(rooms, room)
    assert "'=1+1" in text and "'@SUM(A1)" in text and ",=1+1" not in text
    assert standing_of(rooms, room, "=1+1").text in text


def test_an_organization_of_a_class_is_a_link_like_any_other() -> None:
    from sim.app.game import link_of

    text = text_of(SETTING, [Move("fox", 1, {"liaison": 1.0})])
    view = read_view(link_of(SETTING, text, 1).partition("?")[2])
    assert view.day == 65 and "run.days=130" in command_of(view, "small")


def test_a_guest_sees_no_scenario_of_the_owner_and_is_shown_no_way_to_one() -> None:
    from sim.app.layout import pages_for
    from sim.app.links import View
    from sim.app.pages.floor import allowed

    mine, shipped = View("my-acme"), View("mid")
    assert allowed(mine, "owner") is mine and allowed(shipped, "guest") is shipped
    with pytest.raises(InputError, match="shipped"):
        allowed(mine, "guest")
    assert [page[0] for page in pages_for("guest")] == ["/", "/compare", "/class"]
    assert len(pages_for("owner")) == 5


def test_the_debriefing_tells_what_each_decided_and_what_it_made_against_doing_nothing(rooms: Rooms) -> None:
    from sim.app.classroom import desk_state, player_state

    code = opened(rooms, "fox", "owl")
    for choices in ({"liaison": 1.0}, {"liaison": 0.0}):
        rooms.go_on(code)
        rooms.enter(code, Move("fox", rooms.room(code).quarter, choices, 2e6))
        rooms.go_on(code)
    rooms.go_on(code)
    told = {one["name"]: one for one in desk_state(rooms, code)["decisions"]}
    assert told["fox"]["quarters"] == ["Quarter 1: Liaison (1 person)", "Quarter 2: Liaison ends"]
    assert told["owl"] == {"name": "owl", "gained": "0 thousand c.u.", "quarters": []}
    fox = standing_of(rooms, rooms.room(code), "fox").figures["profit"]
    idle = nothing_done(rooms.room(code))["profit"]
    assert told["fox"]["gained"] == player_state(rooms, code, "fox")["result"]["gained"]
    assert (told["fox"]["gained"][0] == "+") == (fox > idle) and fox != idle
