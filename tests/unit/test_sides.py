"""What each side sees of a run, worked out by hand from people, deals and hours."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.analysis.assessment import BANDS, GROUPS, THEMES, Side, assessment, band_of, readout, sides, sums
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.records import World
from sim.domain.vocabulary import DISCOVERY, DISPUTING, INSTALLED_CUSTOMER, REJECTED
from sim.engine.run import simulate
from tests.blueprints import build

WARMUP, DAYS = 30, 130
ORDERED = {"feedback": 0.4, "data_sharing": 0.3, "meetings": 2.0, "ride_alongs": 1.0, "account_plans": 0.3}
LEAVING = {"leave_base": 0.2, "leave_per_dispute": 0.0, "gamma_follow_up": 1.0}


@pytest.fixture(scope="module")
def world() -> World:
    """A firm that some have left, so that a desk or two is empty on the last evening."""
    return simulate(build((3, 8, 0, 1, 0), DAYS, WARMUP, rules=LEAVING, practices=ORDERED), 4)


def there(world: World, first: int, last: int) -> np.ndarray:
    people = np.asarray(world.people)[first:last]
    return people[people["first_day"] <= world.organization.day]


def test_what_people_know_is_that_of_those_who_are_there(world):
    marketing, sales = sides(world)
    marketers, reps = there(world, 0, 3), there(world, 3, 11)
    assert len(reps) < 8
    assert marketing.vocabulary == pytest.approx(marketers["vocabulary"].mean())
    assert sales.vocabulary == pytest.approx(reps["vocabulary"].mean())
    assert marketing.knowledge == sales.knowledge == pytest.approx(marketers["market_knowledge"].mean())
    assert marketing.trust == sales.trust == world.organization.mean_trust


def test_hours_of_disputes_are_per_person_and_week_of_the_window(world):
    hours = np.asarray(world.people["hours"])[:11, DISPUTING].sum()
    weeks = 11 * (DAYS - WARMUP) / 5
    assert hours > 0.0
    assert [side.dispute_hours for side in sides(world)] == pytest.approx([hours / weeks] * 2)


def test_marketing_counts_reports_that_came_and_sales_how_willing_it_is_to_report(world):
    marketing, sales = sides(world)
    window = np.asarray(world.journal)[WARMUP:DAYS]
    assert marketing.feedback == pytest.approx(window["reports"].sum() / window["reportable"].sum())
    assert 0.0 < marketing.feedback < 1.0 and sales.feedback == sales.lived["feedback"] > marketing.ordered["feedback"]


def test_acquaintance_stands_in_for_part_of_what_is_not_ordered(world):
    side, rules = sides(world)[0], world.rules
    stands_in = rules.informal_substitution * world.organization.mean_familiarity
    assert stands_in > 0.0
    for name, level in zip(PRACTICES, world.organization.level, strict=True):
        assert side.ordered[name] == level
        assert side.lived[name] == pytest.approx(level + (1.0 - level) * stands_in)
    strangers = simulate(build((3, 8, 0, 1, 0), DAYS, WARMUP, {"use_familiarity": 0}, ORDERED), 4)
    assert sides(strangers)[0].lived == pytest.approx(sides(strangers)[0].ordered)


def test_sales_judges_material_by_its_own_deals_of_the_window(world):
    leads = np.asarray(world.leads)[: world.organization.n_leads]
    never = leads["source"] == INSTALLED_CUSTOMER
    deals = leads[~never & (leads["state"] >= DISCOVERY) & (leads["state"] != REJECTED)]
    assert 5 < (deals["first_day"] >= WARMUP).sum() < len(deals)
    assert sides(world)[1].material == pytest.approx(deals["message"][deals["first_day"] >= WARMUP].mean())


def test_without_reports_that_could_come_and_without_deals_there_is_nothing_to_judge():
    idle = simulate(build((1, 1, 0, 0, 0), 6, 0, {"raw_leads_per_rep_day": 0.0, "prospect_success": 0.0}), 1)
    marketing, sales = sides(idle)
    assert (marketing.feedback, sales.material) == (0.0, 0.0)


OF_PEOPLE = ("vocabulary", "knowledge", "trust", "material", "feedback", "blamed", "dispute_hours")


def side(ordered: dict[str, float] | None = None, **seen: float) -> Side:
    """What somebody sees where nothing else is ordered or known."""
    levels = dict.fromkeys(PRACTICES, 0.0) | (ordered or {})
    return Side(levels, levels, **(dict.fromkeys(OF_PEOPLE, 0.0) | seen))


def test_answers_lie_between_one_and_five_and_are_those_of_each_group(world):
    answers, (marketing, sales) = readout(world), sides(world)
    assert answers.shape == (3, 20) and answers.min() >= 1.0 and answers.max() <= 5.0
    for place, theme in enumerate(THEMES):
        shares = (theme.staff(marketing), theme.staff(sales), theme.heads(sales))
        assert answers[:, place] == pytest.approx([1.0 + 4.0 * share for share in shares])
    table = assessment(world)
    assert list(table.columns) == ["theme", *GROUPS] and len(table) == 20
    totals = sums(table)
    assert totals["sum"].tolist() == [round(total) for total in answers.sum(axis=1)]
    assert totals["band"].tolist() == [band_of(total) for total in totals["sum"]]


def test_a_band_begins_at_its_lowest_sum():
    names = list(BANDS)
    for before, name in itertools.pairwise(names):
        assert (band_of(BANDS[name] - 1), band_of(BANDS[name])) == (before, name)
    assert band_of(0) == "undefined"


def test_nothing_ordered_and_nothing_known_is_disagreed_with_where_practices_are_asked_for():
    most = {name: practice.high for name, practice in PRACTICES.items()}
    for theme in THEMES:
        assert 0.0 <= theme.heads(side()) < theme.heads(side(most)) <= 1.0


def test_every_theme_falls_with_quarrels_or_not_at_all():
    for theme in THEMES:
        for reading in (theme.staff, theme.heads):
            calm, loud = reading(side()), reading(side(blamed=5.0, dispute_hours=5.0))
            assert 0.0 <= loud <= calm <= 1.0


def heads_say(theme: str, **ordered: float) -> float:
    return next(each for each in THEMES if each.text == theme).heads(side(ordered))


def test_heads_answer_from_what_is_ordered():
    assert heads_say("trained together", training=2.0) == pytest.approx(0.4)
    assert heads_say("trained together", training=9.0) == 1.0, "more than all of it is all of it"
    assert heads_say("people change places", joint_work=0.3) == pytest.approx(0.25)
    metrics = {"shared_metric_marketing": 0.2, "shared_metric_sales": 0.1}
    assert heads_say("common success metrics", **metrics) == pytest.approx(0.2 + 2 * 0.1)
    assert heads_say("rise or fall together", **metrics) == pytest.approx(0.5 * 0.2 + 2 * 0.1)
    customers = {"ride_alongs": 1.0, "account_plans": 0.3}
    assert heads_say("marketers meet key customers", **customers) == pytest.approx(1 / 4 + 0.3 / 2)
    talks = {"meetings": 1.0, "agenda_discipline": 0.6}
    assert heads_say("heads talk early and regularly", **talks) == pytest.approx(0.25 * 0.6)
    clear = {"handoff_clarity": 0.4, "funnel_unity": 0.5}
    assert heads_say("little blame", **clear) == pytest.approx(1 - 0.6 * 0.5)
    assert heads_say("marketing uses funnel data", data_sharing=0.3, funnel_unity=0.5) == pytest.approx(0.15)
