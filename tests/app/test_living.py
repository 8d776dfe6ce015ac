"""What a page shows of an organization is the run of the command line, stopped for a moment."""

from __future__ import annotations

import pytest

import sim
from sim.app.frames import FIGURES
from sim.app.levers import doses_on, levers_of, pulled, type_on
from sim.app.links import read_view
from sim.app.live import HAPPENINGS, Living
from sim.app.show import Show
from sim.domain.errors import InputError
from sim.spec.edit import with_organization, with_value

SMALL = with_value(sim.load_scenario("small"), "run.days", 200)


def figures_of(scenario: sim.Scenario, seed: int = 3) -> dict[str, float | None]:
    return dict(sim.run(scenario, seed=seed).outcomes)


@pytest.mark.parametrize("days", [1, 63, 130, 200])
def test_figures_of_a_day_are_those_of_a_run_that_ends_on_it(days: int) -> None:
    firm = Living(SMALL, seed=3)
    firm.live(days)
    assert firm.figures() == figures_of(with_value(SMALL, "run.days", days))


def test_looking_at_figures_changes_nothing() -> None:
    watched, alone = Living(SMALL, seed=3), Living(SMALL, seed=3)
    for _ in range(200):
        watched.live(1)
        watched.figures()
    alone.live(200)
    assert watched.figures() == alone.figures() == figures_of(SMALL)


def test_what_is_changed_on_a_day_is_the_same_as_planned_from_the_start() -> None:
    firm = Living(SMALL, seed=3)
    firm.live(65)
    before = firm.figures()
    planned = with_organization(SMALL, "liaison=1@65+adopt=integrated@65")
    firm.change(planned)
    expected = before | {"liaison_trust": firm.figures()["liaison_trust"]}  # somebody will come to be trusted
    assert firm.figures() == expected, "the past has changed"
    firm.live(135)
    assert firm.figures() == figures_of(planned)


def test_every_lead_that_comes_in_is_told_once_whatever_the_pace() -> None:
    daily, weekly = Living(SMALL, seed=3), Living(SMALL, seed=3)
    by_day = [daily.live(1) for _ in range(65)]
    by_week = [weekly.live(5) for _ in range(13)]
    for name in (*HAPPENINGS, "disputes"):
        one = sorted(row[0] for day in by_day for row in day[name])
        assert one == sorted(row[0] for week in by_week for row in week[name]), name
    assert sum(len(day["came_in"]) for day in by_day) > 50
    assert sum(len(day["won"]) for day in by_day) == sum(daily.world.journal["wins"][daily.warmup : daily.day])


def test_equal_organizations_side_by_side_stay_equal() -> None:
    show = Show(read_view("scenario=small&org=aligned&org=aligned&seed=9"))
    for _ in range(20):
        one, other = show.live(10)
        assert one == other


def test_a_lever_acts_from_today_and_leaves_the_past() -> None:
    show = Show(read_view("scenario=small&seed=5"))
    show.live(65)
    text = pulled("", show.view.base(), 65, ("liaison", 1))
    frame = show.change(0, text)[0]
    assert frame["day"] == 65 and show.view.organizations == ("liaison=1@65",)
    assert doses_on(show.firms[0].scenario, 65) == {"liaison": 1.0}
    assert doses_on(show.firms[0].scenario, 64) == {}


def test_a_lever_moved_twice_on_a_day_counts_once() -> None:
    base = sim.load_scenario("mid")
    once = pulled("", base, 10, ("liaison", 3))
    twice = pulled(pulled("", base, 10, ("liaison", 1)), base, 10, ("liaison", 3))
    assert once == twice == "liaison=3@10"
    assert pulled(twice, base, 10, ("liaison", 0)) == ""


def test_turning_to_a_type_and_back_on_the_same_day_is_nothing() -> None:
    base = sim.load_scenario("mid")
    turned = pulled("undefined", base, 30, ("relationship", "integrated"))
    assert turned == "undefined+adopt=integrated@30"
    assert pulled(turned, base, 30, ("relationship", "undefined")) == "undefined"
    assert type_on(with_organization(base, turned), 29) == "undefined"
    assert type_on(with_organization(base, turned), 30) == "integrated"


def test_levers_show_every_intervention_with_its_range() -> None:
    levers = levers_of(sim.load_scenario("mid"), 0)
    liaison = next(lever for lever in levers["interventions"] if lever["name"] == "liaison")
    assert liaison["dose"] == 0 and liaison["least"] <= 0 < liaison["usual"] <= liaison["most"]
    assert [kind[0] for kind in levers["types"]][:4] == ["undefined", "defined", "aligned", "integrated"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("liaison", "much"), "must be a number"),
        (("liaison", 1e6), "must be"),
        (("liaison", float("nan")), "must be a number"),
        (("no_such", 1), "unknown intervention"),
        (("relationship", "married"), "must be one of"),
    ],
)
def test_levers_refuse_what_is_none(change: tuple[str, object], rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        pulled("", sim.load_scenario("mid"), 0, change)


def test_a_frame_has_the_figures_of_the_page() -> None:
    frame = Show(read_view("scenario=small&day=20")).frames()[0]
    assert tuple(frame["still"]["figures"]) == FIGURES and frame["day"] == 20
    assert len(frame["still"]["desks"]) == len(frame["waiting"])
