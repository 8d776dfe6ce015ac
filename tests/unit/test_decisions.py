"""From a budget to a portfolio: equal to trying everything, honest where nothing pays, never better for less money."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import sim
from sim.decide.bench import Bench
from sim.decide.choice import choose, frontier, usual_indifference
from sim.decide.decision import decide
from sim.decide.goals import gains, goal_from
from sim.decide.options import judged
from sim.decide.portfolios import Step, n_orders, orders, scheduled, text_of
from sim.decide.question import question_of
from sim.decide.search import FRESH, distinct, search
from sim.domain.errors import InputError
from sim.domain.outcomes import OUTCOMES
from sim.engine.run import outcomes_of, simulate
from sim.ensemble.schema import schema_of
from sim.ensemble.seeds import run_seed
from sim.spec.edit import with_interventions, with_values
from sim.spec.resolve import blueprint_of

NAMES = [outcome.name for outcome in OUTCOMES]


def firm(days: int = 130, name: str = "micro", **more: Any) -> sim.Scenario:
    values = {"run.days": days, "run.warmup_days": 20, "people.proximity_floor": 0.0, **more}
    return with_values(sim.load_scenario(name), values.items())


def bench_of(scenario: sim.Scenario, names: list[str], folder: Path | None = None, **more: Any) -> Bench:
    question = question_of(scenario, interventions=names, **{"replications": 20, **more})
    return Bench(question, folder, 1, lambda _: None)


# --- Equal to trying everything ---------------------------------------------------------------------------------------

#: Candidates, capacity and goal of small decisions; the seed is their place.
SMALL: list[tuple[list[str], int, str]] = [
    (["executive_support=0.9"], 1, "profit"),
    (["liaison=1"], 1, "profit"),
    (["list_price=-0.05", "joint_pricing=0.8"], 1, "profit"),
    (["executive_support=0.9", "response_sla=0.7"], 1, "bookings"),
    (["disciplined_meetings=6", "salesforce_feedback=0.6"], 2, "profit"),
    (["handoff_definition=0.85", "executive_support=0.9"], 1, "conflict"),
    (["collocation=0.8", "close_the_loop=0.9"], 1, "profit"),
    (["programme_budget=0.2", "programme_budget=-0.2"], 1, "profit"),
    (["joint_planning=0.9", "executive_support=0.9"], 1, "0.7*profit+0.3*conflict"),
    (["joint_assignments=1.5", "response_sla=0.7"], 2, "profit"),
    (["executive_support=0.9", "response_sla=0.7", "handoff_definition=0.85"], 1, "profit"),
    (["executive_support=0.9", "response_sla=0.7", "handoff_definition=0.85"], 2, "conflict"),
    (["sales_headcount=0.05", "list_price=0.05", "response_sla=0.35"], 1, "profit"),
    (["executive_support=0.4", "executive_support=0.9", "ride_alongs=2"], 1, "profit"),
    (["executive_support=0.9", "joint_events=2", "single_funnel_map=0.9"], 1, "profit,conflict<=100%"),
    (["executive_support=0.9", "handoff_definition=0.85", "liaison=1"], 1, "profit,conflict<=90%"),
    (["learn_together=6", "joint_pricing=0.8", "close_the_loop=0.9"], 3, "profit"),
    (["common_supervisor=0.8", "response_sla=0.7", "list_price=0.05"], 2, "bookings"),
    (["executive_support=0.9", "response_sla=0.7", "list_price=0.05", "handoff_definition=0.85"], 1, "profit"),
    (["executive_support=0.9", "close_the_loop=0.9", "list_price=0.05", "handoff_definition=0.85"], 2, "profit"),
    (["executive_support=0.9", "response_sla=0.7", "close_the_loop=0.9", "list_price=0.05"], 3, "conflict"),
]


def tried_by_hand(scenario: sim.Scenario, seed: int, names: list[str], capacity: int) -> dict[str, np.ndarray]:
    """Outcomes of every portfolio in every order on fresh luck, without any part of the search."""
    takes = {name: int(ramp) for name, ramp in ((n, sim_ramp(n)) for n in {one.partition("=")[0] for one in names})}
    found = {}
    for many in range(len(names) + 1):
        for order in itertools.permutations(names, many):
            plain = [one.partition("=")[0] for one in order]
            if len(set(plain)) < many:
                continue
            free, parts = [0] * capacity, []
            for one, name in zip(order, plain, strict=True):
                begin = min(free)
                free[free.index(begin)] += takes[name]
                parts.append((begin, name, f"{one}@{begin}"))
            if all(begin < scenario.run.days for begin, _, _ in parts):
                text = "+".join(part for _, _, part in sorted(parts))
                found[text] = made(scenario, seed, text) if text not in found else found[text]
    return found


def sim_ramp(name: str) -> float:
    from sim.spec.catalogue import interventions

    return interventions()[name].ramp_days


def made(scenario: sim.Scenario, seed: int, text: str) -> np.ndarray:
    plan = blueprint_of(with_interventions(scenario, text) if text else scenario)
    return np.array([outcomes_of(simulate(plan, run_seed(seed, FRESH + r))).tolist() for r in range(20)])


@pytest.mark.slow
@pytest.mark.parametrize(("names", "capacity", "goal"), SMALL, ids=range(len(SMALL)))
def test_a_small_decision_is_that_of_trying_every_portfolio_in_every_order(
    names: list[str], capacity: int, goal: str
) -> None:
    seed, scenario = len(names) + capacity, firm()
    bench = bench_of(scenario, names, goal=goal, capacity=capacity, seed=seed)
    options = judged(bench, search(bench).finalists)
    by_hand = tried_by_hand(scenario, seed, names, capacity)
    assert {text_of(one.portfolio) for one in options} == set(by_hand)
    aim = goal_from(goal)
    means = {text: float(np.nanmean(gains(aim, rows, by_hand[""]))) for text, rows in by_hand.items()}
    for one in options:
        assert one.gain == pytest.approx(means[text_of(one.portfolio)], abs=1e-6)
    for budget in (0.0, 6_000.0, 60_000.0, 1e9):
        chosen = choose(bench, options, budget, np.inf, 1.0)
        possible = [one for one in chosen.affordable if one.is_kept]
        eligible = [one for one in possible if one.is_better or not options[0].is_kept]
        best = max(eligible, key=lambda one: means[text_of(one.portfolio)]) if eligible else options[0]
        assert text_of(chosen.best.portfolio) == text_of(best.portfolio)


def test_every_order_of_six_candidates_is_tried() -> None:
    names = [f"{name}=0.5" for name in ("response_sla", "joint_pricing", "collocation", "feedback")]
    names = [name.replace("feedback", "salesforce_feedback") for name in names]
    question = question_of(firm(520), interventions=[*names, "executive_support=0.5", "joint_planning=0.5"], capacity=1)
    assert n_orders(question.candidates) == 1957 == len(list(orders(question.candidates)))
    assert len(list(distinct(question, orders(question.candidates)))) == 1957


# --- When to leave things alone ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_nothing_is_done_where_nothing_pays() -> None:
    found = decide(firm(), budget=1e9, interventions=["list_price=-0.1", "programme_budget=0.5"], replications=20)
    assert found.choice.best.portfolio == ()
    assert found.choice.verdict == "do nothing"
    assert all(one.gain < 0 for one in found.options[1:])


def test_without_money_only_free_interventions_are_chosen_or_none() -> None:
    names = ["executive_support=0.9", "liaison=1", "collocation=0.8"]
    found = decide(firm(), budget=0, interventions=names, replications=20)
    assert found.choice.best.price.yearly == 0.0
    assert found.choice.best.names <= {"executive_support"}


def test_what_is_said_of_an_outcome_is_adjusted_for_all_that_was_compared_like_the_gain() -> None:
    names = ["executive_support=0.9", "handoff_definition=0.85", "response_sla=0.7"]
    found = decide(firm(), budget=0, interventions=names, replications=20).document()
    options = [one for one in found["options"] if one["portfolio"]]
    assert len(options) > 3
    for option in options:
        of = {row["outcome"]: row for row in option["outcomes"]}
        assert of["profit"]["adjusted_p"] == pytest.approx(option["adjusted_p"])
    for place, outcome in enumerate(options[0]["outcomes"]):
        rows = [option["outcomes"][place] for option in options]
        assert {row["outcome"] for row in rows} == {outcome["outcome"]}
        told = [row["adjusted_p"] for row in rows if row["verdict"] in ("better", "worse", "different")]
        assert all(p <= 0.05 for p in told)
    nothing = {row["verdict"] for row in found["nothing"]["outcomes"]}
    assert nothing == {"equal"}


def test_nothing_is_done_where_every_limit_is_out_of_reach() -> None:
    found = decide(
        firm(), budget=1e9, goal="profit,conflict<=1%", interventions=["executive_support=0.9"], replications=20
    )
    assert found.choice.verdict == "cannot be kept"
    assert found.choice.best.portfolio == ()


# --- Budgets ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged_many() -> tuple[Bench, list[Any]]:
    names = ["executive_support=0.9", "response_sla", "list_price=0.05", "liaison=1"]
    bench = bench_of(firm(), names, capacity=2)
    return bench, judged(bench, search(bench).finalists)


def test_a_budget_cut_never_improves_the_optimum(judged_many: tuple[Bench, list[Any]]) -> None:
    bench, options = judged_many
    budgets = [0.0, *sorted({one.price.yearly for one in options}), 1e9]
    best = [choose(bench, options, budget, np.inf, 1.0).best.gain for budget in budgets]
    assert best == sorted(best)
    hours = [0.0, *sorted({one.price.hours for one in options}), 1e9]
    best = [choose(bench, options, np.inf, limit, 1.0).best.gain for limit in hours]
    assert best == sorted(best)


def test_what_is_chosen_fits_budget_and_hours(judged_many: tuple[Bench, list[Any]]) -> None:
    bench, options = judged_many
    for budget, hours in itertools.product((0.0, 3_000.0, 40_000.0), (0.0, 50.0, 500.0)):
        best = choose(bench, options, budget, hours, 1.0).best
        assert best.price.yearly <= budget
        assert best.price.hours <= hours


def test_the_frontier_gains_more_for_more_money(judged_many: tuple[Bench, list[Any]]) -> None:
    front = frontier(judged_many[1], np.inf)
    assert [one.price.yearly for one in front] == sorted(one.price.yearly for one in front)
    assert [one.gain for one in front] == sorted({one.gain for one in front})
    assert front[0].price.yearly == 0.0


@pytest.mark.slow
def test_a_budget_does_not_change_what_is_run(tmp_path: Path) -> None:
    names, runs = ["executive_support=0.9", "response_sla=0.7"], []
    for budget in (1e9, 0.0, 5_000.0):
        done: list[int] = []
        asked = {"interventions": names, "replications": 20, "store": tmp_path, "progress": done.append}
        decide(firm(), budget=budget, **asked)
        runs.append(sum(done))
    weekly = 20 * 3  # the way of nothing, the choice and the second best is walked anew
    assert runs[0] > runs[1] and max(runs[1:]) <= weekly


# --- What a price is --------------------------------------------------------------------------------------------------


def test_a_price_is_what_is_decided_on_whatever_the_luck() -> None:
    bench = bench_of(firm(300), ["liaison=1", "programme_budget=0.2", "ride_alongs=2"])
    portfolios = search(bench).finalists
    bench.fill(portfolios, range(8))
    for portfolio in portfolios:
        rows = [bench.rows[text_of(portfolio)][replication][len(NAMES) :] for replication in range(8)]
        assert np.ptp(np.array(rows), axis=0).max() < 1e-6


def test_money_of_two_years_is_told_by_year() -> None:
    bench = bench_of(firm(300), ["liaison=1"])
    bench.fill([(), scheduled((Step("liaison", 1.0),), {"liaison": 60}, 1)], range(1))
    price = bench.price(scheduled((Step("liaison", 1.0),), {"liaison": 60}, 1))
    assert len(price.by_year) == 2
    assert price.yearly == round(max(price.by_year), 2)
    assert price.by_year[0] > 15_000  # the one-off cost, and most of a liaison's pay


# --- Resuming, files and words ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_interrupted_decision_goes_on_where_it_was(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"budget": 1e9, "interventions": ["executive_support=0.9", "response_sla=0.7"]}
    asked |= {"replications": 20, "workers": 1}
    whole = decide(firm(), **asked)
    done: list[int] = []

    def stop(many: int) -> None:
        done.append(many)
        if sum(done) > 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decide(firm(), **asked, store=tmp_path, progress=stop)
    assert Bench(whole.question, tmp_path, 1, lambda _: None).n_read >= sum(done)
    again = decide(firm(), **asked, store=tmp_path)
    assert without_times(again.document()) == without_times(whole.document())


def without_times(document: dict[str, Any]) -> dict[str, Any]:
    document["provenance"].pop("timings")
    return document


def test_a_damaged_file_of_a_store_is_made_again(tmp_path: Path) -> None:
    bench = bench_of(firm(), ["executive_support=0.9"], tmp_path)
    bench.fill(search(bench).finalists, range(8))
    file = next(tmp_path.rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-9] + b"123456789")
    assert bench_of(firm(), ["executive_support=0.9"], tmp_path).n_read == 0


@pytest.mark.slow
def test_a_decision_meets_its_schema_and_tells_the_same_whatever_the_threads() -> None:
    asked: dict[str, Any] = {"budget": 20_000, "hours": 400, "goal": "profit,conflict<=100%", "replications": 50}
    asked |= {"interventions": ["executive_support=0.9", "response_sla"], "capacity": 1}
    found = [without_times(decide(firm(), **asked, workers=workers).document()) for workers in (1, 3)]
    jsonschema.Draft202012Validator(schema_of("decision")).validate(json.loads(json.dumps(found[0], allow_nan=False)))
    assert found[0] == found[1]


def test_the_verb_is_public() -> None:
    found = sim.decide(firm(65), budget=0, interventions=["executive_support=0.9"], replications=20)
    assert isinstance(found, sim.Decision)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"budget": -1}, "budget: must be a number from 0 on, got -1"),
        ({"budget": float("nan")}, "budget: must be a number from 0 on"),
        ({"budget": 0, "hours": -2}, "hours: must be a number from 0 on"),
        ({"budget": 0, "goal": "profitt"}, "goal: unknown outcome, got 'profitt'"),
        ({"budget": 0, "goal": "profit,wins"}, "must be one outcome or one mix, and limits"),
        ({"budget": 0, "goal": "leads_in"}, "must be an outcome that has a better side"),
        ({"budget": 0, "goal": "conflict<50%"}, "must have limits such as conflict<=50%"),
        ({"budget": 0, "horizon": 10}, "horizon: must be a whole number between 65 and 2600"),
        ({"budget": 0, "capacity": 0}, "capacity: must be a whole number between 1 and 40"),
        ({"budget": 0, "replications": 3}, "replications: must be a whole number between 20 and 2000"),
        ({"budget": 0, "interventions": ["liason"]}, "Did you mean 'liaison'"),
        ({"budget": 0, "interventions": ["liaison=x"]}, "dose of liaison: must be a number"),
        ({"budget": 0, "interventions": ["liaison=0"]}, "must not be 0"),
        ({"budget": 0, "interventions": ["liaison=900"]}, "must be between"),
        ({"budget": 0, "interventions": ["liaison@65"]}, "Start days and orders are what is looked for"),
        ({"budget": 0, "indifference": 0}, "indifference: must be above 0"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        decide("micro", **asked)
    assert message in str(error.value)


def test_the_smallest_gain_that_matters_is_a_hundredth_of_doing_nothing() -> None:
    bench = bench_of(firm(), ["executive_support=0.9"])
    judged(bench, search(bench).finalists)
    usual = bench.outcomes((), range(FRESH, FRESH + 20))[:, NAMES.index("profit")].mean()
    assert usual_indifference(bench) == pytest.approx(0.01 * abs(usual))


# --- More than can all be tried ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_search_among_many_orders_comes_to_the_best_of_trying_every_choice() -> None:
    """Seven at once: too many orders to run all of them, but 192 portfolios, which are."""
    names = ["programme_budget=-0.2", "executive_support=0.9", "list_price=0.05", "list_price=-0.05", "liaison=1"]
    names += ["collocation=0.8", "response_sla=0.7", "sales_headcount=-0.05"]
    bench = bench_of(firm(65), names, capacity=8)
    found = search(bench)
    assert not found.is_whole
    options = judged(bench, found.finalists)
    tried = {bench.question.portfolio(order) for order in all_choices(bench)}
    bench.fill(list(tried), [0, *range(FRESH, FRESH + 20)])
    rows = {one: bench.outcomes(one, range(FRESH, FRESH + 20)) for one in tried}
    means = {one: float(gains(bench.question.goal, own, rows[()]).mean()) for one, own in rows.items()}
    for budget in (0.0, 2_000.0, 20_000.0, 1e9):
        best = max(mean for one, mean in means.items() if bench.price(one).yearly <= budget)
        chosen_gain = choose(bench, options, budget, np.inf, 1.0).best.gain
        assert chosen_gain >= 0.97 * best - 100.0


def all_choices(bench: Bench) -> list[Any]:
    """Every choice of candidates and doses, in one order."""
    ways = [[None, *(Step(one.name, dose) for dose in one.doses)] for one in bench.question.candidates]
    return [tuple(step for step in chosen if step is not None) for chosen in itertools.product(*ways)]
