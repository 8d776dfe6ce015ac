"""A firm calibrated from an export: rows on one clock, firms that look alike, a forecast, and what is written."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest

from sim.calibrate import assessment
from sim.calibrate.alike import Kept, contraction, keep_alike, sample
from sim.calibrate.bank import DRAW, EVERY, Question, fill_bank, run_firms
from sim.calibrate.calibration import (
    FEWEST_BANK,
    How,
    _with_misfit,
    calibrate,
    looks_of,
    part_of,
    posterior_file,
    write_firm,
)
from sim.calibrate.calibration_json import calibration_json
from sim.calibrate.facts import funnel_facts
from sim.calibrate.forecast import (
    HISTORIC,
    OURS,
    Target,
    cohort_draws,
    compare_forecasts,
    drifts,
    historic_draws,
    targets_of,
    verdict,
    volumes_of,
)
from sim.calibrate.form import write_form
from sim.calibrate.importers import read_export
from sim.calibrate.known import SHOWN_BY_RUNS
from sim.calibrate.lead_rows import Clock, LeadRows, rows_of_export, rows_of_world
from sim.calibrate.practice_prior import practice_draws
from sim.calibrate.prior import parameters_of
from sim.calibrate.privacy import FAIR_USE
from sim.calibrate.summaries import Look, log_odds, summaries
from sim.calibrate.synthetic import HUBSPOT, SALESFORCE, write_export
from sim.cli.calibration import _practices
from sim.cli.calibration import calibrate as command
from sim.domain.errors import InputError
from sim.domain.outcomes import RESULTS_VERSION
from sim.engine.run import simulate
from sim.ensemble.progress import Advance
from sim.ensemble.schema import schema_of
from sim.report.firm_page import firm_page, firm_text
from sim.report.firm_parts import ASSESSED
from sim.report.results import result_page
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_values
from sim.spec.posterior import read_posterior
from sim.spec.resolve import blueprint_of

DOCS = Path(__file__).parents[2] / "docs"
#: What a small calibration gave: smarketing calibrate deals.csv --base small --bank 1000 --format json.
STORED = Path(__file__).parents[1] / "golden" / "calibration.json"
FIRST = pd.Timestamp("2024-01-03")
CLOCK = Clock(FIRST, 200.0, 119.0, is_created_date=False, is_closed_date=False)
DATES = dataclasses.replace(CLOCK, is_created_date=True, is_closed_date=True)
LOOK = Look(0.0, 120.0, 60.0, ("a", "b"), has_losses=True, has_values=True, has_owners=True)


def rows(n: int = 200) -> LeadRows:
    """Every fourth row is won, after as many days as its number allows; half of the rest is lost after ten."""
    number = np.arange(n)
    is_won = number % 4 == 0
    return LeadRows(
        created=number * 119.0 / n,
        days=np.where(is_won, 1.0 + number % 40, np.where(number % 4 == 1, 10.0, np.nan)),
        is_won=is_won,
        is_lost=number % 4 == 1,
        source=(number % 8 >= 4).astype(np.int64),
        amount=np.where(is_won, 100.0 + number, np.nan),
        owner=np.where(is_won, number % 7, -1),
    )


@cache
def question() -> Question:
    centre = with_values(load_scenario("micro"), {"run.days": DATES.n_working_days, "run.warmup_days": 65})
    sources = tuple(source.name for source in centre.market.sources)  # type: ignore[attr-defined]
    look = Look(0.0, 120.0, 60.0, sources, has_losses=True, has_values=True, has_owners=True)
    parameters = parameters_of(centre, has_sources=False)
    return Question(centre, parameters, "opportunity", DATES, look, look, look, practice_draws(64, 1), 1)


def firm_rows(seed: int) -> LeadRows:
    firm = question().firm({one.name: 0.0 for one in question().parameters}, question().practice(seed))
    return rows_of_world(simulate(blueprint_of(firm), seed), "opportunity", DATES)


# Rows -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [SALESFORCE, HUBSPOT])
def test_an_export_of_a_simulated_firm_reads_back_to_the_same_summaries(shape: str, tmp_path: Path) -> None:
    asked = question()
    own = firm_rows(3)
    write_export(own, DATES, asked.every.sources, tmp_path / "deals.csv", shape)
    again = rows_of_export(read_export(tmp_path / "deals.csv"), DATES, asked.every.sources)
    assert len(again.created) == len(own.created) > 50
    before, after = summaries(own, asked.every), summaries(again, asked.every)
    for name, value in before.items():
        assert after[name] == pytest.approx(value, abs=1e-3, nan_ok=True), name


def test_only_known_shapes_are_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be salesforce or hubspot, got 'sap'"):
        write_export(rows(), CLOCK, ("a", "b"), tmp_path / "x.csv", "sap")


def test_what_closes_after_the_last_day_of_the_clock_is_still_open() -> None:
    soon = dataclasses.replace(DATES, n_days=100.0)
    asked = question()
    firm = asked.firm({one.name: 0.0 for one in asked.parameters}, asked.practice(3))
    world = simulate(blueprint_of(firm), 3)
    late, early = (rows_of_world(world, "opportunity", clock) for clock in (DATES, soon))
    assert len(late.created) == len(early.created)
    assert 0 < early.is_won.sum() < late.is_won.sum()
    assert np.nanmax(early.created + early.days) <= 100.0
    assert np.isnan(early.days[~early.is_won & ~early.is_lost]).all()


def test_a_clock_runs_as_many_working_days_as_the_calendar_has() -> None:
    for first in pd.date_range("2024-01-01", periods=7):
        clock = dataclasses.replace(CLOCK, first=first)
        monday, last = first - pd.Timedelta(first.weekday(), "D"), first + pd.Timedelta(200, "D")
        assert clock.n_working_days == len(pd.bdate_range(monday, last)), first


def test_a_win_without_a_date_is_left_out_rather_than_counted_as_never_won(tmp_path: Path) -> None:
    asked = question()
    write_export(firm_rows(3), DATES, asked.every.sources, tmp_path / "deals.csv", HUBSPOT)
    table = pd.read_csv(tmp_path / "deals.csv")
    won = table.index[table["Deal Stage"] == "Closed Won"][:2]
    whole = rows_of_export(read_export(tmp_path / "deals.csv"), DATES, asked.every.sources)
    table.loc[won, "Close Date"] = ""
    table.to_csv(tmp_path / "deals.csv", index=False)
    found = rows_of_export(read_export(tmp_path / "deals.csv"), DATES, asked.every.sources)
    assert len(found.created) == len(whole.created) - 2
    assert found.is_won.sum() == whole.is_won.sum() - 2
    assert np.isfinite(found.days[found.is_won]).all()


# Summaries ------------------------------------------------------------------------------------------------------------


def test_summaries_say_what_the_rows_are() -> None:
    found = summaries(rows(), LOOK)
    assert found["win rate"] == pytest.approx(np.log(50.5 / 150.5))
    assert found["loss rate"] == pytest.approx(np.log(50.5 / 150.5))
    assert np.exp(found["time to loss 50%"]) == pytest.approx(10.0)
    assert np.exp(found["time to win 50%"]) == pytest.approx(np.median(1.0 + np.arange(0, 200, 4) % 40))
    assert found["win rate of a"] == pytest.approx(np.log(25.5 / 75.5))
    assert np.exp(found["arrivals"]) == pytest.approx(200 / 120)


def test_who_is_not_followed_long_enough_does_not_count_as_won() -> None:
    short = dataclasses.replace(LOOK, follow_up=5.0)
    assert summaries(rows(), short)["win rate"] < summaries(rows(), LOOK)["win rate"] - 1.0


def test_too_little_is_no_number() -> None:
    found = summaries(rows(8), LOOK)
    assert np.isnan(found["time to win 50%"]) and np.isnan(found["value"])
    assert np.isnan(log_odds(np.zeros(0, bool)))


# Alike ----------------------------------------------------------------------------------------------------------------


def test_a_sample_of_firms_alike_is_the_known_posterior_of_a_normal_mean() -> None:
    """Prior N(0, 1), one observation with variance 1/4: the posterior is N(0.8 x, 0.2)."""
    chance = np.random.default_rng(5)
    truth = chance.standard_normal((20_000, 2))
    seen = pd.DataFrame(
        {
            "told": truth[:, 0] + 0.5 * chance.standard_normal(20_000),
            "noise": chance.standard_normal(20_000),
        }
    )
    kept = keep_alike(seen, pd.DataFrame(truth, columns=["told", "not told"]), {"told": 1.5, "noise": 0.3})
    drawn = kept.values.iloc[sample(kept, 4000, 1)]
    assert drawn["told"].mean() == pytest.approx(1.2, abs=0.05)
    assert drawn["told"].std() == pytest.approx(np.sqrt(0.2), rel=0.08)
    assert drawn["not told"].std() == pytest.approx(1.0, rel=0.1)
    assert contraction(truth[:, 0], drawn["told"].to_numpy()) == pytest.approx(0.8, abs=0.05)
    assert contraction(truth[:, 1], drawn["not told"].to_numpy()) < 0.1


def test_a_summary_that_no_firm_reaches_is_named_and_left_out() -> None:
    chance = np.random.default_rng(6)
    truth = pd.DataFrame({"a": chance.standard_normal(3000)})
    seen = pd.DataFrame({"a": truth["a"] + 0.1 * chance.standard_normal(3000), "b": chance.standard_normal(3000)})
    kept = keep_alike(seen, truth, {"a": 0.5, "b": 99.0})
    assert kept.out_of_reach == ("b",)
    assert kept.used == ("a",)
    assert np.average(kept.values["a"], weights=kept.weights) == pytest.approx(0.5, abs=0.1)


def test_a_summary_that_most_firms_do_not_show_is_named_too_and_too_few_firms_are_refused() -> None:
    chance = np.random.default_rng(7)
    truth = pd.DataFrame({"a": chance.standard_normal(1000)})
    seen = pd.DataFrame({"a": truth["a"], "b": np.where(np.arange(1000) < 900, np.nan, 1.0)})
    assert keep_alike(seen, truth, {"a": 0.1, "b": 1.0}).out_of_reach == ("b",)
    with pytest.raises(InputError, match="--bank: must have at least 200 firms .*, got 150"):
        keep_alike(seen[:150], truth[:150], {"a": 0.1, "b": 1.0})


# Bank -----------------------------------------------------------------------------------------------------------------


def test_a_bank_that_was_interrupted_or_damaged_goes_on_to_the_same_rows(tmp_path: Path) -> None:
    asked = question()
    whole = fill_bank(asked, 300, tmp_path, Advance(300, None))
    files = sorted(tmp_path.rglob("*.parquet"))
    assert len(files) == 3
    files[0].unlink()
    files[1].write_bytes(files[1].read_bytes()[:-200])
    untouched = files[2].stat().st_mtime_ns
    again = fill_bank(asked, 300, tmp_path, Advance(300, None))
    pd.testing.assert_frame_equal(again, whole)
    assert files[2].stat().st_mtime_ns == untouched
    pd.testing.assert_frame_equal(fill_bank(asked, 250, None, Advance(250, None)), whole.iloc[:250])
    assert np.isfinite(part_of(whole, DRAW)).all(axis=None)


def test_another_question_is_another_bank(tmp_path: Path) -> None:
    asked = question()
    other = dataclasses.replace(asked, seed=2)
    longer = dataclasses.replace(asked, every=dataclasses.replace(asked.every, follow_up=61.0))
    assert len({asked.digest, other.digest, longer.digest}) == 3


def test_given_firms_are_seen_as_those_of_a_bank_are() -> None:
    asked = question()
    z = dict(zip((one.name for one in asked.parameters), asked.z(range(1))[0], strict=True))
    one = run_firms(asked, [asked.firm(z, asked.practice(0))], 0, Advance(1, None))
    bank = fill_bank(asked, 1, None, Advance(1, None))
    pd.testing.assert_frame_equal(part_of(one, EVERY), part_of(bank, EVERY))


# Forecast -------------------------------------------------------------------------------------------------------------


def test_a_miss_costs_twenty_times_what_it_misses() -> None:
    level = np.linspace(0.0, 100.0, 1001)
    table = compare_forecasts(
        [Target("wins", "wins", 97.0)], {HISTORIC: {"wins": level}, "narrow": {"wins": np.full(9, 96.0)}}
    )
    scores = table.set_index("forecast")["score"]
    assert scores[HISTORIC] == pytest.approx((90.0 + 20 * 2.0) / 90.0)
    assert scores["narrow"] == pytest.approx(20 * 1.0 / 90.0)
    assert verdict(table).set_index("forecast")["inside"].to_dict() == {HISTORIC: 0.0, "narrow": 0.0}


def test_months_that_differ_more_than_simulated_ones_widen_a_forecast() -> None:
    def middle(seen: float, freedom: int = 4) -> float:
        return float(np.median(drifts(seen, 0.1**2, freedom, 4000, np.random.default_rng(1))))

    assert middle(0.5) > 2 * middle(0.1) > 2 * 0.01
    assert middle(0.5, 40) == pytest.approx(np.sqrt(0.5**2 - 0.1**2), rel=0.15)
    assert middle(np.nan) == pytest.approx(np.sqrt(0.01 * 0.5), rel=0.1)


@pytest.mark.slow
def test_plain_forecasts_of_a_steady_firm_hold_what_comes() -> None:
    """Of a steady firm 90 % intervals hold about nine of ten; fewer than 80 % would come by chance once in 1000."""
    fitted, held = dataclasses.replace(LOOK, end=60.0), dataclasses.replace(LOOK, start=60.0, follow_up=np.inf)
    clock = dataclasses.replace(CLOCK, n_days=400.0)
    inside = {"historic": [], "by cohort": []}  # type: dict[str, list[bool]]
    for seed in range(60):
        chance = np.random.default_rng(seed)
        n = 1000
        is_won = chance.random(n) < 0.2
        steady = LeadRows(
            created=np.sort(chance.random(n) * 120.0),
            days=np.where(is_won, np.exp(2.0 + 0.8 * chance.standard_normal(n)), np.nan),
            is_won=is_won,
            is_lost=np.zeros(n, bool),
            source=chance.integers(2, size=n),
            amount=np.full(n, np.nan),
            owner=np.full(n, -1),
        )
        draws = {
            "historic": historic_draws(steady, fitted, held, seed),
            "by cohort": cohort_draws(steady, fitted, held, clock, seed),
        }
        for target in targets_of(steady, held):
            for name, drawn in draws.items():
                low, high = np.quantile(drawn[target.name], [0.05, 0.95])
                inside[name].append(bool(low <= target.observed <= high))
    for name, found in inside.items():
        assert 0.8 < np.mean(found) <= 1.0, name


def test_a_forecast_is_moved_by_what_no_simulated_firm_reaches() -> None:
    asked, summary = question(), "time to win 10%"
    drawn = pd.DataFrame({f"held:{summary}": np.full(4000, 2.0), f"fit:{summary}": np.full(4000, 2.5)})
    seen = pd.DataFrame({summary: np.full(9, 2.5)})
    kept = Kept(np.arange(9), np.full(9, 1 / 9), drawn, (), (summary,))
    moved = _with_misfit(drawn, kept, seen, {summary: 1.5}, asked)[f"held:{summary}"]
    near = _with_misfit(drawn, dataclasses.replace(kept, out_of_reach=()), seen, {summary: 1.5}, asked)
    assert moved.median() == pytest.approx(1.0, abs=0.05)
    assert near[f"held:{summary}"].median() == pytest.approx(2.0, abs=0.05)


def test_what_the_documentation_says_was_measured_with_these_results_and_keeps_its_promises() -> None:
    found = json.loads((DOCS / "forecasts.json").read_text(encoding="utf-8"))
    assert found["results_version"] == RESULTS_VERSION
    scores = {row["forecast"]: row for row in found["scores"] if row["export"] == "both"}
    plain = min(row["score"] for name, row in scores.items() if name != OURS)
    assert scores[OURS]["inside"] >= 0.8 and scores[OURS]["score"] <= 1.1 * plain
    recovered = json.loads((DOCS / "recovery.json").read_text(encoding="utf-8"))
    told = [row["covered"] for row in recovered["table"] if row["verdict"] == "told"]
    assert recovered["exports"] >= 100 and 0.87 <= np.mean(told) <= 0.93


def test_what_a_forecast_cannot_tell_is_compared_for_none() -> None:
    """Without any win in the past there are no times to forecast, and one win makes no quantile worth its name."""
    fitted, held = dataclasses.replace(LOOK, end=60.0), dataclasses.replace(LOOK, start=60.0, follow_up=np.inf)
    none = dataclasses.replace(rows(), is_won=np.zeros(200, bool), days=np.full(200, np.nan))
    plain = {
        HISTORIC: historic_draws(none, fitted, held, 1),
        "by cohort": cohort_draws(none, fitted, held, CLOCK, 1),
    }
    table = compare_forecasts([*targets_of(rows(), held), Target("wins of a", "wins", np.nan)], plain)
    assert set(table["target"]) == {"wins", "wins of a", "wins of b"}
    assert np.isfinite(table["score"]).all()


def test_a_forecast_is_told_how_many_rows_came() -> None:
    held = dataclasses.replace(LOOK, start=60.0, follow_up=np.inf)
    assert volumes_of(rows(), held) == {"wins": 99, "wins of a": 48, "wins of b": 51}


# All of it ------------------------------------------------------------------------------------------------------------


@cache
def deals_of_a_year() -> tuple[LeadRows, Clock, tuple[str, ...]]:
    """Deals of a small firm, with the year and a bit that its export covers."""
    clock = dataclasses.replace(DATES, n_days=420.0, last_created=300.0)
    firm = with_values(load_scenario("small"), {"run.days": clock.n_working_days, "run.warmup_days": 65})
    sources = tuple(source.name for source in firm.market.sources)  # type: ignore[attr-defined]
    return rows_of_world(simulate(blueprint_of(firm), 5), "opportunity", clock), clock, sources


def exported_year(folder: Path) -> Path:
    own, clock, sources = deals_of_a_year()
    write_export(own, clock, sources, folder / "deals.csv", HUBSPOT)
    return folder / "deals.csv"


@pytest.mark.slow
def test_a_firm_is_made_of_an_export_and_can_be_compared(tmp_path: Path) -> None:
    """From a file to scenario and posterior, twice: the same bytes, and what is written loads and fits."""
    found = []
    for place in range(2):
        export = read_export(exported_year(tmp_path))
        how = How(FEWEST_BANK, tmp_path / "bank" if place else None)
        made = calibrate(export, load_scenario("small"), how, Advance(1, None))
        out = tmp_path / f"firm-{place}.toml"
        write_firm(made, out)
        found.append((made, out))
    first, second = (out for _, out in found)
    assert posterior_file(first).read_bytes() == posterior_file(second).read_bytes()
    pd.testing.assert_frame_equal(found[0][0].forecast, found[1][0].forecast)
    scenario = load_scenario(str(first))
    draws = read_posterior(posterior_file(first), scenario)
    assert scenario.relationship == "as_it_is"
    assert scenario.run.warmup_days == 390
    assert "calibration: a firm that has long been at work" in first.read_text("utf-8")
    assert len(draws.rows) == 400
    assert found[0][0].types.sum() == pytest.approx(1.0)
    told = found[0][0].parameters.set_index("parameter")["verdict"]
    assert told["value"] == "told" and told["follow-up"] == "not told"
    page, text = firm_page(found[0][0]), firm_text(found[0][0])
    for report in (page, text):
        assert " ".join(FAIR_USE.split()) in " ".join(report.split())
        assert "Conflict is in no CRM" in " ".join(report.split())
    document = json.loads(calibration_json(found[0][0]))
    assert "smarketing calibrate deals.csv" in result_page(document)
    assert document.keys() == json.loads(STORED.read_text(encoding="utf-8")).keys()
    few = dataclasses.replace(found[0][0], assessed="nothing")
    assert "do not count, as fewer than five people answered" in " ".join(firm_text(few).split())
    jsonschema.validate(json.loads(calibration_json(found[0][0])), schema_of("calibration"))


def test_the_page_of_a_calibration_says_what_it_rests_on_and_how_to_make_it_again() -> None:
    document = json.loads(STORED.read_text(encoding="utf-8"))
    jsonschema.validate(document, schema_of("calibration"))
    page = " ".join(result_page(document).split())
    for heading in ("What it rests on", "What would change the answer", "How to make it again", "What was assumed"):
        assert f"<h2>{heading}</h2>" in page
    assert "smarketing calibrate deals.csv --out firm.toml --base small --bank 1000 --seed 1" in page
    assert "635 rows" in page and document["digest"] in page
    own = {**document, "how": {**document["how"], "base": "my firm"}}
    older = {name: value for name, value in document.items() if name not in ("how", "digest", "commit", "sources")}
    for other in (own, older, {**document, "how": {**document["how"], "has_answers": True}}):
        assert "--bank 1000" not in result_page(other)


@pytest.mark.slow
def test_a_date_that_leaves_too_little_is_refused(tmp_path: Path) -> None:
    export = read_export(exported_year(tmp_path))
    for day, shown in (("2024-01-05", "2024-01-05"), ("2026-01-05", "2026-01-05")):
        with pytest.raises(InputError, match=f"--fit-until: must be from 2024-01-.*to 2024-.*, got '?{shown}"):
            calibrate(export, load_scenario("small"), How(fit_until=pd.Timestamp(day)), Advance(1, None))


@pytest.mark.slow
def test_an_export_of_a_month_is_told_that_it_is_too_short(tmp_path: Path) -> None:
    own, clock, _ = deals_of_a_year()
    facts = funnel_facts(read_export(exported_year(tmp_path)))
    short = dataclasses.replace(clock, last_created=36.0)
    with pytest.raises(InputError, match="deals.csv: must hold at least 42 days of created rows"):
        looks_of(own.part(0.0, 36.0), short, facts, None)
    fitted, _, held = looks_of(own.part(0.0, 44.0), dataclasses.replace(clock, last_created=44.0), facts, None)
    assert fitted.end >= 28.0 and held.end - held.start >= 14.0


def survey(folder: Path, people: int, conflict: str = "") -> Path:
    file, known = write_form(folder / f"survey{people}.csv")
    header = file.read_text("utf-8").splitlines()[0]
    sides = ("marketing", "sales")
    file.write_text("\n".join([header, *(f"{sides[n % 2]},staff{',3' * 20}" for n in range(people))]), "utf-8")
    if conflict:
        table = pd.read_csv(known, dtype=str)
        table.loc[table["quantity"] == next(iter(SHOWN_BY_RUNS)), ["value", "low", "high"]] = conflict
        table.to_csv(known, index=False)
    return file


@pytest.mark.parametrize(
    ("people", "conflict", "counts", "told"),
    [
        (4, "", "nothing", "do not count, as fewer than five people answered, and practices stay open"),
        (4, "2", "conflict", "do not count, as fewer than five people answered; what is known of the conflict does"),
        (5, "", "answers", ""),
    ],
)
def test_who_gives_answers_of_too_few_people_is_told_that_they_do_not_count(
    people: int,
    conflict: str,
    counts: str,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(assessment, "infer", lambda answers, base, seed, n: practice_draws(8, seed))
    _, counted = _practices(survey(tmp_path, people, conflict), load_scenario("small"), 1)
    said = capsys.readouterr().err
    assert counted == counts
    assert told in said
    assert ("do not count" in said) == bool(told)
    assert counted in ASSESSED


@pytest.mark.parametrize(
    ("name", "mend"), [("firm.toml", "--base"), ("firm.posterior.parquet", "compare"), ("firm.html", "CSV")]
)
def test_a_scenario_or_a_page_in_the_place_of_an_export_is_named_as_such(name: str, mend: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("anything, with, columns\n1,2,3\n")
    with pytest.raises(InputError, match=r"must be an export \(\.csv, \.csv\.gz or \.xlsx\), got") as refused:
        read_export(tmp_path / name)
    assert mend in str(refused.value)


def test_a_report_in_the_place_of_the_scenario_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "firm.toml"
    with pytest.raises(InputError, match="--report: must not be --out or the export itself"):
        command(tmp_path / "deals.csv", out=out, report=out)
    with pytest.raises(InputError, match="--out: must name a .toml file, got"):
        command(tmp_path / "deals.csv", out=tmp_path / "firm.txt")
