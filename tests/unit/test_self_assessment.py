"""From answers to practices: what people say moves the sample, how they say it its width; few people count for none."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.assessment import BLAMED_BY_MARKETING, BLAMED_BY_SALES, readout, sides
from sim.behaviours.calendar import DAYS_PER_MONTH
from sim.calibrate.answers import ITEMS, Answers
from sim.calibrate.assessment import Bank, infer, inferred, type_shares, width_against_prior
from sim.calibrate.organizations import bank_of
from sim.calibrate.own_type import own_paths, with_own_type
from sim.calibrate.practice_prior import bundles, practice_draws
from sim.engine.run import simulate
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_relationship
from sim.spec.factors import variant
from sim.spec.resolve import blueprint_of, practice_levels
from tests.blueprints import build
from tests.surveys import LOUD, QUIET, answered, people, told

BASE = load_scenario("micro")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.calibrate.organizations.cache_folder", lambda: tmp_path_factory.mktemp("banks") / "kernels")
        return bank_of(BASE, n=500)


def said_of(relationship: str) -> np.ndarray:
    return readout(simulate(blueprint_of(with_relationship(BASE, relationship)), 7))


@pytest.mark.parametrize("relationship", ["undefined", "aligned", "integrated"])
def test_people_of_a_known_type_are_found_to_be_of_that_type(bank: Bank, relationship: str) -> None:
    shares = type_shares(inferred(answered(said_of(relationship), people(15, 15, 1)), bank).draws)
    assert shares[relationship] > 0.7


def test_the_sample_is_one_of_practices_inside_their_ranges_and_follows_the_seed(bank: Bank) -> None:
    answers = answered(said_of("defined"), people(6, 6))
    draws = inferred(answers, bank, seed=3, n=200).draws
    assert draws.shape == (200, 19) and list(draws) == list(practice_draws(1, 1))
    assert draws.equals(inferred(answers, bank, seed=3, n=200).draws)
    assert not draws.equals(inferred(answers, bank, seed=4, n=200).draws)
    for _, draw in draws.iloc[:20].iterrows():
        variant(BASE, draw.to_dict())


def test_blame_is_counted_per_person_and_month_of_the_window() -> None:
    world = simulate(build((3, 8, 0, 1, 0), 130, 20, rules={"gamma_lead_quality": 1.0, "gamma_follow_up": 1.0}), 1)
    incidents = np.asarray(world.incidents[: world.organization.n_incidents])
    personal = incidents[(incidents["day"] >= 20) & (incidents["is_personal"] == 1)]
    months = 11 * 110 / DAYS_PER_MONTH
    for side, kinds in zip(sides(world), (BLAMED_BY_MARKETING, BLAMED_BY_SALES), strict=True):
        n = np.isin(personal["kind"], kinds).sum()
        assert n >= 5
        assert side.blamed == pytest.approx(n / months)


def test_material_is_as_good_as_its_words_and_what_is_known_of_the_market() -> None:
    world = simulate(build((3, 8, 0, 1, 0), 40, 0), 1)
    marketers = world.people[:3]
    known = [np.asarray(marketers[name]).mean() for name in ("vocabulary", "market_knowledge")]
    assert sides(world)[0].material == pytest.approx(np.mean(known))


def test_fewer_than_five_people_do_not_count_and_only_the_width_is_known(bank: Bank) -> None:
    answers = answered(said_of("integrated"), people(2, 2))
    found = inferred(answers, bank, seed=2, n=300)
    assert found.draws.equals(practice_draws(300, seed=2))
    assert found.width.mean() < 0.9
    assert width_against_prior(found.draws).mean() > 0.9


def test_more_people_narrow_and_disagreement_widens(bank: Bank) -> None:
    def width(n: int, noise: object) -> float:
        return float(
            np.mean(
                [
                    inferred(answered(said_of("aligned"), people(n, n), seed, noise), bank).width.mean()
                    for seed in range(3)
                ]
            )
        )

    assert width(30, None) < width(3, None)
    assert width(8, LOUD) > width(8, QUIET)


def test_a_guess_about_conflict_moves_the_sample_and_a_vague_one_less(bank: Bank) -> None:
    def share(low: str, high: str) -> float:
        answers = told(people(0, 0), {"dispute_hours": {"low": low, "high": high}})
        return float(type_shares(inferred(answers, bank).draws)[["undefined", "defined"]].sum())

    quiet, loud = np.quantile(bank.conflict[:, 1], [0.2, 0.95])
    before = float(type_shares(practice_draws(1000, seed=1))[["undefined", "defined"]].sum())
    assert share(f"{0.8 * loud}", f"{1.2 * loud}") > before + 0.1 > share(f"{0.1 * loud}", f"{10 * loud}") - 0.1
    assert share("0", "0") < before
    assert share(f"{0.8 * quiet + 0.001}", f"{1.2 * quiet + 0.002}") < before


def test_answers_that_no_simulated_people_give_are_called_strange(bank: Bank) -> None:
    usual = answered(said_of("defined"), people(8, 8))
    odd = usual.respondents.copy()
    odd.loc[:, list(ITEMS)] = [[1.0, 5.0] * 10] * 8 + [[5.0, 1.0] * 10] * 8
    assert inferred(told(odd), bank).strangeness > 0.99
    assert inferred(usual, bank).strangeness < 0.95


@pytest.mark.parametrize("gap", ["one side", "heads", "items", "holes"])
def test_any_pattern_of_missing_answers_is_taken_as_it_is(bank: Bank, gap: str) -> None:
    who = {"one side": people(9, 0), "heads": people(3, 3, 3)}.get(gap, people(5, 5))
    answers = answered(said_of("aligned"), who)
    if gap == "items":
        answers.respondents[[1, 2, 3]] = math.nan
    if gap == "holes":
        answers.respondents[list(ITEMS)] = answers.respondents[list(ITEMS)].mask(
            np.random.default_rng(1).random((10, 20)) < 0.4
        )
    draws = inferred(answers, bank).draws
    assert draws.notna().all(axis=None) and type_shares(draws)["undefined"] < 0.2


def test_answers_reach_the_draws_that_a_calibration_takes(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.calibrate.assessment.bank_of", lambda base: bank)
    answers = answered(said_of("integrated"), people(8, 8))
    draws = practice_draws(100, 5, answers)
    assert draws.equals(infer(answers, seed=5, n=100))
    assert draws["practices.joint_planning"].mean() > practice_draws(100, 5)["practices.joint_planning"].mean()


def test_a_bank_is_kept_and_found_again_and_a_broken_one_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.calibrate.organizations.cache_folder", lambda: tmp_path / "kernels")
    counted: list[int] = []
    first = bank_of(BASE, n=30, progress=counted.append)
    assert sum(counted) == 30
    (file,) = tmp_path.glob("organizations-*.npz")
    kept = file.stat().st_mtime_ns
    again = bank_of(BASE, n=30, progress=counted.append, workers=1)
    assert np.array_equal(first.readouts, again.readouts) and file.stat().st_mtime_ns == kept and sum(counted) == 60
    file.write_bytes(b"broken")
    assert np.array_equal(first.readouts, bank_of(BASE, n=30).readouts)
    assert len(list(tmp_path.glob("organizations-*.npz"))) == 1
    bank_of(variant(BASE, {"people.reps": 5}), n=30)
    assert len(list(tmp_path.glob("organizations-*.npz"))) == 2


def test_a_bank_does_not_depend_on_what_the_base_practises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.calibrate.organizations.cache_folder", lambda: tmp_path / "kernels")
    bank_of(BASE, n=20)
    bank_of(variant(BASE, {"relationship": "integrated", "practices.meetings": 9, "interventions": "liaison"}), n=20)
    assert len(list(tmp_path.glob("organizations-*.npz"))) == 1


def test_practices_as_an_own_type_leave_other_types_as_they_are() -> None:
    draws = practice_draws(3, seed=1)
    own = with_own_type(load_scenario("mid"), draws.iloc[0])
    drawn = variant(own, own_paths(draws).iloc[1].to_dict())
    levels = practice_levels(drawn)
    assert all(levels[name] == draws.iloc[1][f"practices.{name}"] for name in bundles())
    for relationship in ("undefined", "integrated"):
        assert practice_levels(with_relationship(drawn, relationship)) == practice_levels(
            with_relationship(load_scenario("mid"), relationship)
        )


def test_an_own_type_keeps_what_nobody_asked_about() -> None:
    base = variant(load_scenario("mid"), {"practices.liaisons": 1, "practices.meetings": 9})
    levels = practice_levels(with_own_type(base, pd.Series({"practices.meetings": 2.0})))
    assert (levels["liaisons"], levels["meetings"]) == (1.0, 2.0)
    assert levels["funnel_unity"] == practice_levels(base)["funnel_unity"]


def test_answers_cannot_be_changed_by_inference(bank: Bank) -> None:
    answers: Answers = answered(said_of("defined"), people(5, 5))
    before = dataclasses.replace(answers, respondents=answers.respondents.copy())
    inferred(answers, bank)
    pd.testing.assert_frame_equal(answers.respondents, before.respondents)
