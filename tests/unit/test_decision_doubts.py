"""How a decision could turn, and what people see of it: doubts, words, pictures, command."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import sim
from sim.analysis.decision_figures import draw_course, draw_frontier, draw_regret
from sim.analysis.figures import svg_text
from sim.analysis.information import expected, influence, information, regrets
from sim.analysis.prim import find_box
from sim.cli.decision import amount as read_amount
from sim.decide.course import lasting
from sim.decide.decision import Decision, decide
from sim.decide.doubt import Doubt, document_of
from sim.decide.unknowns import SPREAD, draws_between, unknowns_of
from sim.ensemble.schema import schema_of
from sim.report.decision_terminal import decision_text
from sim.report.decision_words import amount, answer, doubt_sentences
from sim.report.results import result_page
from tests.unit.test_decisions import firm
from tests.unit.test_experiment_commands import smarketing

# --- What knowing a value is worth ------------------------------------------------------------------------------------


def drawn(many: int = 400, seed: int = 3) -> tuple[np.ndarray, np.random.Generator]:
    luck = np.random.default_rng(seed)
    return luck.uniform(-1.0, 1.0, (many, 30)), luck


def test_the_value_that_turns_a_choice_is_found_among_many_with_its_worth() -> None:
    """Of max(0, 2x), x even from −1 to 1, knowing x is worth 0.5 on average."""
    values, luck = drawn()
    gains = np.column_stack([np.zeros(400), 2.0 * values[:, 7] + luck.normal(0.0, 1.0, 400)])
    found = information(values, gains)
    assert int(found.worth.argmax()) == 7
    assert found.worth[7] == pytest.approx(0.5, abs=0.12)
    assert found.p[7] < 0.001
    assert (found.low[7], found.high[7]) == (0, 1)


def test_where_nothing_turns_a_choice_nothing_is_called_so() -> None:
    """At 1 % for each of 30 values in 12 tables, 4 are to be expected; more than 12 would be a fault."""
    called = 0
    for seed in range(12):
        values, luck = drawn(200, seed)
        gains = np.column_stack([np.zeros(200), luck.normal(0.0, 1.0, 200), luck.normal(0.0, 1.0, 200)])
        called += int((information(values, gains).p < 0.01).sum())
    assert called <= 12


def test_a_value_that_moves_all_options_alike_is_worth_nothing_but_moves_the_gain() -> None:
    values, luck = drawn()
    gains = np.column_stack([np.zeros(400), 9.0 + 2.0 * values[:, 4] + luck.normal(0.0, 0.5, 400)])
    assert information(values, gains).worth[4] == 0.0
    change, p = influence(values, gains[:, 1])
    assert change[4] == pytest.approx(4.0, abs=0.4)
    assert p[4] < 1e-9


def test_a_doubt_that_could_turn_the_choice_is_written_as_json(over_draws: Decision) -> None:
    first = over_draws.doubts[-1]
    values, luck = drawn()
    gains = np.column_stack([np.zeros(400), 2.0 * values[:, 7] + 0.2 + luck.normal(0.0, 0.3, 400)])
    fitted, box = expected(values, gains), find_box(values, gains[:, 1] < 0.0)
    parts = (first.unknowns[:30], first.options[:2], gains, fitted)
    made = Doubt("assumptions", *parts, information(values, gains), influence(values, gains[:, 1]), box, 1)
    told = json.loads(json.dumps(document_of(made), allow_nan=False))
    assert told["measure_next"][0]["could_turn"] is True
    assert told["measure_next"][0]["path"] == first.unknowns[7].path
    assert told["box"]["bounds"][0]["path"] == first.unknowns[7].path
    assert told["box"]["bounds"][0]["low"] is None


def test_expected_gains_leave_luck_out_and_regret_is_never_negative() -> None:
    values, luck = drawn()
    truth = np.column_stack([np.zeros(400), values[:, 2]])
    fitted = expected(values, truth + np.column_stack([np.zeros(400), luck.normal(0.0, 1.0, 400)]))
    assert np.abs(fitted - truth).max() < 0.5
    assert regrets(fitted).min() == 0.0
    flat = expected(values, luck.normal(1.0, 1.0, (400, 2)))
    assert np.ptp(flat, axis=0).max() < 1e-9


def test_a_box_is_found_where_it_is_and_judged_on_other_draws() -> None:
    luck = np.random.default_rng(5)
    values = luck.uniform(size=(800, 20))
    box = find_box(values, (values[:, 3] < 0.4) & (values[:, 11] > 0.5))
    assert box is not None
    assert [place for place, _, _ in box.bounds] == [3, 11]
    assert box.inside > 0.8
    assert box.outside < 0.2


def test_no_box_is_told_of_pure_chance_more_often_than_promised() -> None:
    luck = np.random.default_rng(6)
    found = [find_box(luck.uniform(size=(200, 10)), luck.uniform(size=200) < 0.3) for _ in range(60)]
    assert sum(one is not None for one in found) <= 8  # at 5 %, 3 are expected


def test_assumed_values_are_doubted_within_their_ranges_and_those_from_data_are_not() -> None:
    scenario = sim.load_scenario("mid")
    every = unknowns_of(scenario, {})
    told = unknowns_of(scenario, {every[0].path: 1.0})
    assert {one.path for one in every} - {one.path for one in told} == {every[0].path}
    draws = draws_between(every, 1)
    for one, column in zip(every, draws.T, strict=True):
        assert one.low <= column.min() <= column.max() <= one.high
        assert abs(one.low - one.value) <= SPREAD * abs(one.value) + 1e-12


# --- Over a posterior -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def over_draws(tmp_path_factory: pytest.TempPathFactory) -> Decision:
    file = tmp_path_factory.mktemp("draws") / "draws.csv"
    lines = [f"{9.0 + 0.1 * place:.2f},{0.3 + 0.002 * place:.4f}" for place in range(40)]
    file.write_text("market.gap_days,contact.trust_start\n" + "\n".join(lines) + "\n", encoding="utf-8")
    names = ["executive_support=0.9", "programme_budget=-0.2"]
    return decide(firm(65), budget=1e9, interventions=names, replications=80, posterior=file)


def test_a_decision_over_a_posterior_tells_luck_from_parameters(over_draws: Decision) -> None:
    document = json.loads(over_draws.json())
    jsonschema.Draft202012Validator(schema_of("decision")).validate(document)
    assert [one["over"] for one in document["doubts"]] == ["posterior", "assumptions"]
    assert document["doubts"][0]["draws"] == 40
    assert document["choice"]["parameter_share"] is not None
    assert document["provenance"]["posterior"]["draws"] == 40
    assert "contact.trust_start" not in {one.path for one in over_draws.question.unknowns}


def test_a_price_is_that_of_the_plan_whatever_is_drawn(over_draws: Decision) -> None:
    plain = decide(firm(65), budget=1e9, interventions=["executive_support=0.9"], replications=20)
    prices = {one.names: one.price.yearly for one in over_draws.options}
    assert prices[frozenset({"executive_support"})] == plain.options[1].price.yearly


def test_the_second_best_has_other_interventions_and_the_least_regret_of_those(over_draws: Decision) -> None:
    second, worst = over_draws.second, over_draws.doubts[0].worst
    assert second is not None and second.names != over_draws.choice.best.names
    others = [
        one for one in over_draws.doubts[0].options if one.portfolio and one.names != over_draws.choice.best.names
    ]
    assert worst[second.portfolio] == min(worst[one.portfolio] for one in others)


# --- The way there ----------------------------------------------------------------------------------------------------


def test_break_even_is_the_day_from_which_it_lasts() -> None:
    days = np.array([5, 10, 15, 20])
    assert lasting(days, np.array([-3.0, 1.0, -1.0, 2.0])) == 20
    assert lasting(days, np.array([0.0, 1.0, 1.0, 2.0])) == 0
    assert lasting(days, np.array([1.0, 1.0, 1.0, -2.0])) is None


def test_a_way_ends_where_the_gain_of_the_whole_horizon_is(over_draws: Decision) -> None:
    """Profit a year over a quarter of a year is four times what was gained in it."""
    way = over_draws.courses["choice"][0]
    assert 4.0 * way.mean[-1] == pytest.approx(over_draws.choice.best.gain, rel=1e-6)
    assert way.low[-1] < way.mean[-1] < way.high[-1]


# --- Words, pictures, command -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    asked: dict[str, Any] = {"budget": 20_000, "interventions": ["executive_support=0.9", "disciplined_meetings=6"]}
    return json.loads(decide(firm(130, "small"), **asked, replications=60, capacity=1).json())


def act(document: dict[str, Any]) -> dict[str, Any]:
    """A document with figures that are known, of something that pays."""
    made = copy.deepcopy(document)
    option = {**made["options"][1], "gain": 1_923_456.0, "ci_low": 1_880_000.0, "ci_high": 1_970_000.0}
    option |= {"cost": 30_000.0, "cost_total": 45_000.0, "cost_by_year": [30_000.0, 15_000.0], "hours": 1234.5}
    starts = [("Liaison", "2 persons", 0), ("Response rule", "70 %", 0), ("Shared data", "85 %", 60)]
    option["portfolio"] = [{"label": label, "said": said, "start_day": day} for label, said, day in starts]
    way = {"outcome": "profit", "unit": "c.u.", "days": [5, 10], "gain": [-9e3, 9e3], "ci_low": [-1e4, 1.0]}
    way |= {"ci_high": [-8e3, 2e4], "dip": -9_000.0, "time_to_benefit_days": 60, "break_even_day": 120}
    way |= {"break_even_earliest": 110, "break_even_latest": None}
    made |= {"verdict": "act", "choice": option, "second_best": None, "leading": None, "course": {"choice": [way]}}
    made["question"]["horizon_days"] = 520
    return made


def test_a_choice_is_told_with_days_gain_cost_and_dip(document: dict[str, Any]) -> None:
    told = answer(act(document))
    assert told[0] == ("Begin at once: Liaison (2 persons) and Response rule (70 %); from day 60: Shared data (85 %).")
    assert told[1] == (
        "Over 520 working days that brings 1.92 million c.u. a year of profit (95 % interval 1.88 million to"
        " 1.97 million). It costs 30,000 c.u. in its dearest year and 45,000 c.u. in all and takes 1,234 hours a year"
        " of the people."
    )
    assert told[2] == (
        "It costs before it pays: by day 60 profit is −9,000 c.u. in all; by day 120 it has paid for itself (day 110 at"
        " the earliest, later than the end at the latest)."
    )


def test_what_has_not_paid_by_the_end_is_told_so(document: dict[str, Any]) -> None:
    made = act(document)
    made["course"]["choice"][0] |= {
        "break_even_day": None,
        "gain": [-9e3, -4e3],
        "ci_low": [0, -5e3],
        "ci_high": [0, -3e3],
    }
    assert (
        "By the end it has not paid for itself: profit is −4,000 c.u. in all (95 % interval −5,000 to −3,000)."
        in answer(made)
    )


def test_nothing_is_told_to_be_done_with_what_the_best_comes_to(document: dict[str, Any]) -> None:
    made = act(document)
    made |= {"verdict": "do nothing", "leading": {**made["choice"], "gain": -5e4, "ci_low": -9e4, "ci_high": -1e4}}
    made["search"] = {**made["search"], "affordable": 8}
    assert answer(made) == [
        "Do nothing: of the 7 portfolios that fit the budget, none is distinguishably better.",
        "The best of them, Liaison (2 persons), Response rule (70 %), Shared data (85 %), comes to −50,000 c.u. a year"
        " of profit (95 % interval −90,000 to −10,000).",
    ]
    made["search"]["affordable"] = 2
    assert answer(made) == [
        "Do nothing: the one portfolio that fits the budget is not distinguishably better.",
        "It is Liaison (2 persons), Response rule (70 %), Shared data (85 %), and comes to −50,000 c.u. a year of"
        " profit (95 % interval −90,000 to −10,000).",
    ]
    assert answer(made | {"leading": None}) == [
        "Do nothing: the one portfolio that fits the budget does not keep the limits."
    ]
    made["search"]["affordable"] = 1
    assert answer(made) == ["Do nothing: no portfolio that was looked at fits the budget."]


def test_what_cannot_be_told_or_kept_is_said_plainly(document: dict[str, Any]) -> None:
    made = act(document)
    limits = [{"limit": "conflict<=50%", "excess": 0.25, "ci_low": 0.2, "ci_high": 0.3}]
    made["leading"] = {**made["choice"], "limits": limits}
    assert answer(made | {"verdict": "not distinguishable"})[0].startswith("Do nothing for now: nothing that fits")
    made["question"]["limits"] = ["conflict<=50%"]
    told = answer(made | {"verdict": "cannot be kept"})
    assert told[0] == "No portfolio that was looked at and fits the budget keeps conflict<=50%."
    assert told[1].endswith("Limits: conflict<=50% is broken (25.0 % beyond it).")


def test_doubts_name_what_to_find_out_first(document: dict[str, Any]) -> None:
    made = copy.deepcopy(document)
    doubt = made["doubts"][0]
    row = {"path": "contact.trust_gain", "meaning": "trust from contact", "unit": "-", "value": 1, "low": 0, "high": 2}
    row |= {"worth": 12_000.0, "p": 0.001, "adjusted_p": 0.01, "best_if_low": 0, "best_if_high": 1, "could_turn": True}
    doubt["measure_next"] = [row | {"moves_gain": 1.0, "moves_adjusted_p": 0.9}]
    bound = {"path": "contact.trust_gain", "meaning": "", "low": None, "high": 0.0123}
    doubt["box"] = {"bounds": [bound], "share": 0.2, "inside": 0.8, "outside": 0.1, "p": 0.001}
    told = doubt_sentences(made)
    assert "worth 12,000 c.u. a year to know: if low, doing nothing; if high, " in told[1]
    assert told[-1] == (
        "Beware where contact.trust_gain is at most 0.0123: another portfolio is better in 80 % of draws there,"
        " 10 % elsewhere."
    )


def test_the_terminal_and_the_pictures_show_a_decision(document: dict[str, Any]) -> None:
    text = decision_text(document)
    for part in ("What each budget buys", "What could turn it", "replications of fresh luck"):
        assert part in text
    for found in (document, act(document)):
        for narrow in (False, True):
            assert "budget" in svg_text(draw_frontier(found, narrow), "f", "frontier")
    way = draw_course(act(document))
    assert way is not None and "The way there" in svg_text(way, "c", "way")
    assert draw_course({**document, "course": {}}) is None
    for narrow in (False, True):
        regret = draw_regret(document, "assumptions", narrow)
        assert regret is not None
        picture = svg_text(regret, "r", "regret")
        assert all(part in picture for part in ("What it brings", "How far it falls behind the best", "Doing nothing"))
    assert draw_regret(document, "posterior") is None


def test_the_page_for_a_board_shows_the_regret_of_every_contender(document: dict[str, Any]) -> None:
    page = result_page(document).replace("\u00a0", " ")
    assert "What if the firm is another than we think" in page
    assert 'id="regret-assumed' in page
    for one in document["doubts"][0]["contenders"]:
        assert amount(one["regret_worst_tenth"], document["question"]["unit"]) in page
    assert "c.u.." not in page


def test_the_page_says_once_after_how_many_replications(document: dict[str, Any]) -> None:
    option = document["options"][1]
    assert len(option["outcomes"]) > 1
    page = result_page({**document, "choice": option}).replace("\u00a0", " ")
    assert page.count("<li>That is after 60 replications.</li>") == 1


def test_a_draw_that_says_nothing_of_who_is_best_makes_no_claim_of_it(document: dict[str, Any]) -> None:
    """Where the fit over draws is flat, the best in all of them is the best mean: that may be luck."""
    made = act(document)
    doubt = made["doubts"][0]
    for place, row in enumerate(doubt["contenders"]):
        row |= {"share_best": float(place == 0), "is_choice": place == 1, "share_better_than_nothing": 0.6}
    doubt["contenders"][1] |= {"rival": 0, "lead": -100.0, "lead_low": -300.0, "lead_high": 90.0}
    told = doubt_sentences(made)[0]
    assert "cannot be told on average from doing nothing (−100 c.u. a year, 95 % interval −300 to 90)" in told
    assert "% of draws and falls behind" not in told
    doubt["contenders"][1]["lead_high"] = -90.0
    assert "brings on average less than doing nothing" in doubt_sentences(made)[0]


@pytest.mark.parametrize(
    ("text", "value"), [("200000", 2e5), ("200,000", 2e5), ("200k", 2e5), ("1.5M", 1.5e6), ("0", 0)]
)
def test_amounts_are_read_as_people_write_them(text: str, value: float) -> None:
    assert read_amount(text) == value


@pytest.mark.slow
def test_the_command_gives_the_json_of_python_and_keeps_its_runs(tmp_path: Path) -> None:
    asked = [
        "decide",
        "micro",
        "--budget",
        "1k",
        "--horizon",
        "65",
        "--interventions",
        "joint_pricing=0.8,list_price=-0.1",
    ]
    asked += ["--replications", "20", "--store", str(tmp_path / "store"), "--format", "json"]
    done = smarketing(tmp_path, *asked)
    assert done.returncode in (0, 3), done.stderr
    document = json.loads(done.stdout)
    jsonschema.Draft202012Validator(schema_of("decision")).validate(document)
    again = sim.decide(
        "micro", budget=1000, horizon=65, interventions=["joint_pricing=0.8", "list_price=-0.1"], replications=20
    )
    for made in (document, again_document := again.document()):
        made["provenance"].pop("timings")
    assert document == json.loads(json.dumps(again_document))
    assert list((tmp_path / "store").rglob("*.parquet"))
    assert (done.returncode == 3) == (document["verdict"] == "not distinguishable")
