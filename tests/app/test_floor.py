"""The floor shows the run, no more and no less: its figures, its people, its leads, its prices."""

from __future__ import annotations

import json
import threading
import time

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.rows import incidents_of, is_deal, leads_of
from sim.app import words
from sim.app.frames import FIGURES, FLOW, Frame, figure_text, frame_of
from sim.app.levers import levers_of, marks_of
from sim.app.links import View, command_of, read_view
from sim.app.pages.floor import chosen_view
from sim.app.prices import prices_of
from sim.app.show import FULL_EVERY, Pace, Seen, Show
from sim.app.stories import MOST_LINES, story_of
from sim.app.widgets import cast_of, scenario_choices, share_of
from sim.cli import app
from sim.domain.errors import InputError
from sim.domain.vocabulary import DISPUTES, MARKETER, REP, RIDE_ALONGS
from sim.spec.catalogue import interventions_of
from sim.spec.edit import with_organization, with_value

LINK = "scenario=small&org=aligned+liaison=1@40&seed=7&day=90"


@pytest.fixture(scope="module")
def show() -> Show:
    return Show(read_view(LINK))


def test_figures_of_the_floor_are_those_of_smarketing_run_for_the_same_link(show: Show) -> None:
    shown = show.frames()[0]["still"]["figures"]
    command = share_of(show.view, 90)["command"].split()[1:]
    printed = json.loads(CliRunner().invoke(app, [*command, "--format", "json"]).stdout)["outcomes"]
    assert shown == {name: printed[name] for name in FIGURES}
    assert command_of(show.view, "small", 0, 90).split()[1:] == command


def test_every_figure_has_a_unit_or_says_its_scale(show: Show) -> None:
    told = {name: (label, text) for name, label, text, _ in show.frames()[0]["still"]["shown"]}
    assert told["wins"][1].endswith(" a year") and told["bookings_new"][1].endswith("c.u. a year")
    assert told["win_rate"][1].endswith(" %") and told["cycle_days"][1].endswith(" days")
    assert told["trust"][0] == "Trust (0 to 1)" and "per 100" in told["conflict_per_100"][0]
    assert figure_text("wins", None) == "–"


def test_funnel_and_course_count_what_the_run_counts(show: Show) -> None:
    firm, still = show.firms[0], show.frames()[0]["still"]
    journal = firm.world.journal.view(np.ndarray)[firm.warmup : firm.day]
    assert still["course"]["disputes"][-1] == sum(journal[f"{kind}_disputes"].sum() for kind in DISPUTES)
    assert still["course"]["bookings"][-1] == round(journal["bookings"].sum() / 1000)
    assert len(still["course"]["bookings"]) == 90 // 5 + 1
    assert still["flow"]["quarter"] == "2"
    assert still["flow"] | {"quarter": "2"} == {
        "quarter": "2",
        **{name: f"{journal[name][65:].sum():,.0f}" for name in FLOW},
    }
    is_open = leads_of(firm.world)["closed_day"] < 0
    deals = is_open & is_deal(leads_of(firm.world))
    assert sum(still["open"][stage][0] for stage in ("discovery", "proposal", "negotiation")) == deals.sum()


def test_the_last_point_of_the_course_is_today_also_in_the_middle_of_a_week() -> None:
    firm = Show(read_view("scenario=small&day=13")).firms[0]
    course = frame_of(firm, {})["still"]["course"]["disputes"]
    assert len(course) == 4 and course[-1] == (incidents_of(firm.world)["day"] >= firm.warmup).sum()


def test_people_who_sit_at_no_desk_are_not_shown_as_if_they_did() -> None:
    growing = Show(read_view("scenario=startup")).firms[0]
    desks = dict(zip([(p["role"], p["row"]) for p in growing.people()], growing.desks(), strict=True))
    assert sum(state > 0 for (role, _), state in desks.items() if role == REP) == growing.scenario.people.reps  # type: ignore[attr-defined]
    helped = Show(read_view("scenario=small&org=liaison=1@20"))
    liaison = next(person["row"] for person in helped.firms[0].people() if person["name"] == "liaison 1")
    assert helped.firms[0].desks()[liaison] == 0
    assert helped.live(30)[0]["still"]["desks"][liaison] == 2


def test_trust_and_traffic_of_a_pair_are_told_at_its_place(show: Show) -> None:
    firm = show.firms[0]
    still, cast = show.frames()[0]["still"], cast_of(firm)
    leads = leads_of(firm.world)
    of_late = leads[(leads["handed_day"] >= firm.day - 20) & (leads["marketer"] == 1)]
    traffic = dict(zip(still["traffic"][::2], still["traffic"][1::2], strict=True))
    of_pairs = [traffic.get(cast["wide"] + rep, 0) for rep in range(cast["wide"])]
    assert of_pairs == [(of_late["rep"] == cast["marketers"] + rep).sum() for rep in range(cast["wide"])]
    assert sum(of_pairs) > 0
    assert sum(traffic.values()) == firm.journal()["handed_off"][-20:].sum()
    assert still["trust"][1 * cast["wide"] + 2] == round(100 * firm.trust()[1, 2])
    assert float(still["means"][1]) == pytest.approx(firm.trust()[1].mean(), abs=0.006)


def test_units_of_a_large_firm_keep_their_own_pairs() -> None:
    firm = Show(read_view("scenario=enterprise&set=run.warmup_days=20")).firms[0]
    firm.live(10)
    cast, still = cast_of(firm), frame_of(firm, {})["still"]
    units = {person["row"]: person["unit"] for person in cast["people"]}
    assert still["traffic"]
    for pair in still["traffic"][::2]:
        marketer, unit = pair // cast["wide"], pair // cast["wide"] // cast["tall"]
        assert units[marketer] == unit == units[cast["marketers"] + unit * cast["wide"] + pair % cast["wide"]]


class Watched:
    """A pace whose frames are kept."""

    def __init__(self, query: str) -> None:
        self.show, self.frames, self.is_watched = Show(read_view(query)), list[Frame](), True
        self.over = threading.Event()
        self.pace = Pace(self.show, self.frames.extend, lambda: self.is_watched, self.over.set)


def test_pause_stops_the_day_at_once_and_for_good() -> None:
    watched = Watched("scenario=micro&speed=65")
    watched.pace.start()
    while len(watched.frames) < 3:
        time.sleep(0.01)
    watched.pace.stop()
    watched.pace.join(5)
    day, drawn = watched.show.today, len(watched.frames)
    time.sleep(0.5)
    assert (watched.show.today, len(watched.frames)) == (day, drawn) and day > 0
    assert not watched.over.is_set()


def test_time_stands_still_while_nobody_looks() -> None:
    watched = Watched("scenario=micro&speed=65")
    watched.is_watched = False
    watched.pace.start()
    time.sleep(0.7)
    watched.pace.stop()
    assert watched.show.today == 0 and not watched.frames


def test_the_last_frame_of_a_run_is_full_and_says_that_it_is_over() -> None:
    watched = Watched("scenario=micro&speed=65&set=run.days=30&day=12")
    watched.pace.start()
    assert watched.over.wait(10)
    assert watched.frames[-1]["day"] == 30 and watched.frames[-1]["still"]["day"] == 30


def test_what_is_dear_is_sent_now_and_then_only() -> None:
    watched = Watched("scenario=mid&day=20")
    for _ in range(2 * FULL_EVERY):
        watched.pace._pass()
    assert [frame["still"] is not None for frame in watched.frames].count(True) == 2
    sizes = [len(json.dumps(frame)) for frame in watched.frames]
    assert sum(sizes) / len(sizes) < 4000, sizes


def test_a_frame_is_plain_json(show: Show) -> None:
    assert json.loads(json.dumps(show.frames()[0], allow_nan=False)) == show.frames()[0]


def test_a_show_that_begins_on_a_day_is_one_that_has_lived_to_it() -> None:
    at_once, by_days = Show(read_view(LINK)), Show(read_view(LINK.replace("&day=90", "")))
    for days in (1, 65, 20, 4):
        by_days.live(days)
    assert at_once.frames() == by_days.frames() and at_once.view == by_days.view


def test_what_a_page_has_seen_is_the_last_frame_and_the_last_full_one() -> None:
    show = Show(read_view("scenario=micro"))
    seen = Seen(show.frames())
    assert seen.take(show.live(3)) and not seen.take(show.live(2, is_full=False))
    assert (seen.pulses[0]["day"], seen.stills[0]["day"]) == (5, 3) and "still" not in seen.pulses[0]


def test_restart_keeps_the_levers_on_their_days() -> None:
    show = Show(read_view("scenario=small&seed=5"))
    show.live(65)
    show.pull(0, ("liaison", 1.0))
    show.live(10)
    before = show.frames()
    show.restart()
    assert show.today == 0 and show.view.organizations == ("liaison=1@65",)
    show.live(75)
    assert show.frames() == before


def test_levers_tell_price_and_hours_that_the_run_books() -> None:
    base = with_value(sim.load_scenario("small"), "run.warmup_days", 0)
    price = prices_of(base)["ride_alongs"]
    plain, moved = (sim.run(scenario) for scenario in (base, with_organization(base, "ride_alongs")))
    paid = [each.world.journal.view(np.ndarray)["practice_cost"][-2] for each in (plain, moved)]
    learnt = float(moved.world.organization.level[RIDE_ALONGS]) / base_dose(base)
    assert 260 * (paid[1] - paid[0]) == pytest.approx(learnt * price.yearly, rel=0.01) and learnt > 0.5
    hours = moved.outcomes["coordination_hours"] - plain.outcomes["coordination_hours"]  # type: ignore[operator]
    assert 0.5 * learnt * price.hours < hours < 1.05 * learnt * price.hours
    assert price.once == 0 and prices_of(base)["joint_pricing"].once == 5000


def base_dose(scenario: sim.Scenario) -> float:
    return interventions_of(scenario)["ride_alongs"].default_dose


def test_every_lever_has_places_that_it_may_take() -> None:
    scenario = with_organization(sim.load_scenario("mid"), "liaison=7@10")
    for lever in levers_of(scenario, 20)["interventions"]:
        doses = [dose for dose, _ in lever["places"]]
        assert doses == sorted(doses) and 0.0 in doses and lever["dose"] in doses and lever["usual"] in doses
        assert lever["least"] <= doses[0] and doses[-1] <= lever["most"]
        assert all(text for _, text in lever["places"]) and lever["price"]


def test_marks_stand_on_the_days_on_which_levers_were_moved() -> None:
    scenario = with_organization(sim.load_scenario("mid"), "liaison=1@65..130+adopt=integrated@20")
    assert [day for day, _ in marks_of(scenario)] == [20, 65, 130]
    assert marks_of(scenario)[2][1].endswith("ends")


def test_the_story_of_a_rep_tells_his_deals_trust_and_what_happened(show: Show) -> None:
    firm = show.firms[0]
    row = next(person["row"] for person in firm.people() if person["role"] == REP and firm.desks()[person["row"]] == 2)
    story = story_of(firm, "person", row)
    leads = leads_of(firm.world)
    won = (leads["rep"] == row) & is_deal(leads) & (leads["booked"] > 0) & (leads["closed_day"] >= firm.warmup)
    facts = dict(story["facts"])
    assert facts["Won since day 0"].startswith(f"{won.sum()}, worth" if won.any() else "0")
    assert facts["Open deals"].isdigit()
    assert [pair[2] for pair in story["trust"]] == sorted((pair[2] for pair in story["trust"]), reverse=True)
    assert 0 < len(story["lines"]) <= MOST_LINES
    days = [line[0] for line in story["lines"]]
    assert days == sorted(days, reverse=True) and days[0] < show.today
    for _, text, lead in story["lines"]:
        assert lead < 0 or "dispute" in text or leads["rep"][lead] == row


def test_the_story_of_a_marketer_is_about_the_leads_that_he_handed_off(show: Show) -> None:
    firm = show.firms[0]
    story = story_of(firm, "person", 0)
    leads = leads_of(firm.world)
    given = (leads["marketer"] == 0) & (leads["handed_day"] >= firm.warmup)
    assert dict(story["facts"])["Handed off since day 0"] == str(given.sum())
    assert int(firm.world.people.role[0]) == MARKETER and story["title"] == "Marketer 1"
    assert any("handed off" in line[1] for line in story["lines"])


def test_the_story_of_a_won_lead_runs_from_its_first_day_to_its_last(show: Show) -> None:
    firm = show.firms[0]
    leads = leads_of(firm.world)
    row = int(np.flatnonzero((leads["booked"] > 0) & (leads["source"] >= 0))[-1])
    story = story_of(firm, "lead", row)
    texts = [text for _, text, _ in story["lines"]]
    assert texts[0].startswith("came in (marketer") and texts[1].startswith("handed off")
    assert any(text.startswith("won (rep") for text in texts)
    assert dict(story["facts"])["Source"] in [source.name for source in firm.scenario.market.sources]  # type: ignore[attr-defined]


def test_a_disputed_lead_tells_of_its_dispute(show: Show) -> None:
    firm = show.firms[0]
    dispute = next(each for each in incidents_of(firm.world) if each["lead"] >= 0)
    told = [text for _, text, _ in story_of(firm, "lead", int(dispute["lead"]))["lines"]]
    assert any(text.startswith("dispute about") and "between marketer" in text for text in told)


@pytest.mark.parametrize(("kind", "row"), [("person", -1), ("person", 9999), ("lead", -1), ("lead", 10**9), ("x", 0)])
def test_nobody_has_no_story(show: Show, kind: str, row: int) -> None:
    assert story_of(show.firms[0], kind, row) == {}


def test_a_manager_has_no_story(show: Show) -> None:
    firm = show.firms[0]
    manager = next(person["row"] for person in firm.people() if person["name"].startswith("manager"))
    assert story_of(firm, "person", manager) == {}


def test_another_scenario_begins_anew_and_other_luck_keeps_the_levers() -> None:
    view = read_view(LINK)
    lucky = chosen_view(view, "seed", "12")
    assert isinstance(lucky, View) and lucky.organizations == view.organizations and (lucky.seed, lucky.day) == (12, 0)
    other = chosen_view(view, "scenario", "large")
    assert isinstance(other, View) and other.organizations == ("",)
    assert isinstance(chosen_view(view, "seed", "-1"), InputError)
    assert isinstance(chosen_view(view, "scenario", "../mid"), InputError)


def test_scenarios_are_listed_by_size_with_their_reps() -> None:
    names = [name for name, _ in scenario_choices()]
    assert names.index("micro") < names.index("small") < names.index("mid") < names.index("enterprise")
    assert ["mid", words.CHOICE.format(name="Mid", reps=40)] in scenario_choices()
