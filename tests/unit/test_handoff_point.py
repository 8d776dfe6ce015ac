"""Who owns which stage: the hand-off may come at inquiry, when ready, when qualified, or at opportunity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.contract.left_behind import differing
from sim.domain.vocabulary import CONTACTING, DISCOVERY, SCORING, SELLING
from sim.engine.run import outcomes_of, simulate
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_interventions, with_value, with_values
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

INQUIRY, READY, QUALIFIED, OPPORTUNITY = range(4)


def firm(days: int = 260) -> Scenario:
    """A small firm, no warm-up."""
    return with_values(load_scenario("small"), [("run.days", days), ("run.warmup_days", 0)])


def world_of(point: int, days: int = 260, seed: int = 3) -> Any:
    return simulate(blueprint_of(with_interventions(firm(days), f"handoff_point={point}")), seed)


def total(world: Any, name: str) -> float:
    return float(world.journal[name][:-1].sum())


def hours_of_marketing(world: Any, use: int) -> float:
    return float(world.people["hours"][: world.organization.n_marketers, use].sum())


def test_when_ready_is_the_way_it_always_was() -> None:
    assert differing(world_of(READY), simulate(blueprint_of(firm()), 3)) == []


def test_at_inquiry_everything_goes_to_sales_and_nobody_scores() -> None:
    world = world_of(INQUIRY)
    assert total(world, "archived") == 0
    assert total(world, "handed_off") > 1.5 * total(world_of(READY), "handed_off")
    assert hours_of_marketing(world, SCORING) == 0
    assert world.organization.campaign_effort > world_of(READY).organization.campaign_effort


def test_at_inquiry_sales_knows_no_score() -> None:
    world = world_of(INQUIRY)
    handed = world.leads[: world.organization.n_leads]
    assert set(handed["estimate"][handed["handed_day"] >= 0].tolist()) == {np.float32(world.rules.prior_fit)}


def test_when_qualified_the_work_moves_with_it() -> None:
    world = world_of(QUALIFIED)
    talks = total(world, "qualified") + total(world, "not_qualified")
    assert hours_of_marketing(world, CONTACTING) == pytest.approx(talks * world.rules.contact_hours)
    reps = slice(world.organization.n_marketers, world.organization.n_marketers + world.organization.n_reps)
    calls = float(world.people["hours"][reps, CONTACTING].sum())
    assert calls == pytest.approx(total(world, "contacted") * world.rules.introduction_hours)


def test_when_qualified_sales_rejects_nobody_and_does_not_quarrel_over_quality() -> None:
    assert total(world_of(READY), "lead_quality_disputes") > 0
    for point in (QUALIFIED, OPPORTUNITY):
        world = world_of(point)
        assert total(world, "rejected") == total(world, "lead_quality_disputes") == 0
        assert total(world, "qualified") > 20


def test_a_talk_with_the_buyer_tells_more_than_a_form() -> None:
    def error(world: Any) -> float:
        leads = world.leads[: world.organization.n_leads]
        leads = leads[leads["handed_day"] >= 0]
        return float(np.corrcoef(leads["estimate"], leads["fit"])[0, 1])

    def context(world: Any) -> float:
        leads = world.leads[: world.organization.n_leads]
        return float(leads["context"][leads["handed_day"] >= 0].mean())

    assert error(world_of(QUALIFIED)) > error(world_of(READY)) + 0.1
    assert context(world_of(QUALIFIED)) > context(world_of(READY)) + 0.1


def test_at_opportunity_marketing_works_discovery_and_a_rep_takes_over_at_proposal() -> None:
    world = world_of(OPPORTUNITY)
    assert 0 < total(world, "taken_over") < total(world, "opened_by_marketing") == total(world, "qualified")
    assert total(world, "handed_off") == total(world, "contacted") == total(world, "taken_over")
    assert hours_of_marketing(world, SELLING) > 100
    leads = world.leads[: world.organization.n_leads]
    won = leads[(leads["source"] >= 0) & (leads["state"] > DISCOVERY) & (leads["closed_day"] < 0)]
    assert (won["rep"] >= world.organization.n_marketers).all()


def test_a_slow_marketer_opens_fewer_opportunities_than_a_skilled_one() -> None:
    def taken(skill: float) -> float:
        scenario = with_value(with_interventions(firm(520), "handoff_point=3"), "selling.marketer_skill", skill)
        return sum(total(simulate(blueprint_of(scenario), seed), "taken_over") for seed in range(3))

    assert taken(2.0) > taken(0.1)


def test_the_point_may_move_on_a_day_and_what_has_begun_ends_where_it_began() -> None:
    scenario = with_interventions(firm(260), "handoff_point=3@0..100")
    world = simulate(blueprint_of(scenario), 3)
    assert world.journal["opened_by_marketing"][100:-1].sum() == 0
    assert world.journal["taken_over"][101:-1].sum() > 0
    assert world.journal["rejected"][:100].sum() == 0 < world.journal["rejected"][110:-1].sum()
    assert np.isfinite(outcomes_of(world).bookings_new)
