"""Studies over the draws of a posterior: which scenario each run has, that nothing changes it, and what fails alone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

import sim
import sim.cli
from sim.domain.errors import InputError
from sim.engine.run import outcomes_of, simulate
from sim.ensemble import experiment as module
from sim.ensemble.merging import merge
from sim.ensemble.provenance import digest_of
from sim.ensemble.replay import replay
from sim.ensemble.result_tables import runs_table
from sim.ensemble.schema import schema_of
from sim.ensemble.seeds import run_seed
from sim.report.study_page import study_page
from sim.report.terminal import comparison_table, overview_table
from sim.report.uncertainty import percent_of
from sim.spec.catalogue import load_scenario, read_scenario
from sim.spec.factors import variant
from sim.spec.plan import plan_with, read_plan
from sim.spec.posterior import Posterior, posterior_of
from sim.spec.resolve import blueprint_of

SMALL = read_scenario(
    {
        "people": {"reps": 3, "marketers": 2, "managers": 1},
        "run": {"warmup_days": 20, "days": 65},
    }
)
GAPS = (6.0, 9.0, 14.0, 18.0, 7.0, 11.0)
DRAWS = Posterior("firm.parquet", ("market.gap_days", "people.reps"), tuple(zip(GAPS, (2, 3, 4, 3, 2, 4), strict=True)))
OUTCOMES = ("bookings_new", "wins", "conflict_per_100")
PLAN: dict[str, Any] = {
    "name": "drawn",
    "replications": 10,
    "outcomes": OUTCOMES,
    "design": {"kind": "grid"},
    "factors": {"interventions": ["", "liaison"]},
}


def plan_of(posterior: Posterior | None = DRAWS, **changes: Any) -> Any:
    return read_plan(PLAN | changes, base=SMALL, posterior=posterior)


def run_of(settings: dict[str, Any], replication: int, seed: int = 1) -> dict[str, float]:
    """Outcomes of a single run, made on its own."""
    world = simulate(blueprint_of(variant(SMALL, settings)), run_seed(seed, replication))
    measured = outcomes_of(world)
    return {name: float(measured[name]) for name in OUTCOMES}


def test_every_run_is_that_of_its_point_in_its_draw(tmp_path: Path) -> None:
    study = sim.experiment(plan_of(), store=tmp_path / "s", quiet=True)
    assert study.status.state == "complete"
    runs = study.runs.merge(study.points[["point_id", "interventions"]], on="point_id")
    assert runs["draw"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5] * 2
    for row in runs.to_dict("records"):
        settings = DRAWS.settings(row["draw"]) | {"interventions": row["interventions"]}
        expected = run_of(settings, row["replication"])
        np.testing.assert_array_equal([row[name] for name in OUTCOMES], [expected[name] for name in OUTCOMES])


def test_a_comparison_runs_the_same_as_a_study(tmp_path: Path) -> None:
    study = sim.experiment(plan_of(), store=tmp_path / "s", quiet=True)
    compared = sim.compare(SMALL, interventions=["liaison"], replications=10, posterior=DRAWS)
    table = study.compare("bookings_new").set_index("interventions")
    row = next(r for r in compared.rows if r["scenario"] == "liaison" and r["outcome"] == "bookings_new")
    for name in ("mean", "difference", "ci_low", "ci_high", "probability_better", "parameter_share"):
        assert table.loc["liaison", name] == pytest.approx(row[name], rel=1e-12)
    assert row["uncertainty"] == table.loc["liaison", "uncertainty"] == "luck+parameters"
    assert row["ci_method"] == "paired, random effects of draws"


def test_neither_threads_nor_an_interruption_nor_parts_change_a_byte(tmp_path: Path) -> None:
    whole = sim.experiment(plan_of(), store=tmp_path / "whole", quiet=True, workers=1)
    sim.experiment(plan_of(replications=4), store=tmp_path / "bits", quiet=True)
    bits = sim.experiment(plan_of(), store=tmp_path / "bits", quiet=True, extend=True, workers=2)
    for part in ("1/2", "2/2"):
        sim.experiment(plan_of(), store=tmp_path / f"part{part[0]}", quiet=True, part=part)
    merged = merge(tmp_path / "both", [tmp_path / "part1", tmp_path / "part2"])
    assert (merged.taken, merged.faults) == (20, ())
    pd.testing.assert_frame_equal(whole.runs, bits.runs)
    pd.testing.assert_frame_equal(whole.runs, sim.load(tmp_path / "both").runs)


def test_a_study_is_gone_on_with_and_made_again_without_the_file_of_its_draws(tmp_path: Path) -> None:
    file = tmp_path / "firm.parquet"
    pd.DataFrame(DRAWS.rows, columns=list(DRAWS.columns)).to_parquet(file)
    (tmp_path / "plan.toml").write_text(
        'posterior = "firm.parquet"\nscenario = "firm.toml"\nreplications = 6\noutcomes = ["wins"]\n'
        'design = { kind = "grid" }\n[factors]\ninterventions = ["", "liaison"]\n',
        encoding="utf-8",
    )
    (tmp_path / "firm.toml").write_text(
        "[people]\nreps = 3\nmarketers = 2\nmanagers = 1\n[run]\nwarmup_days = 20\ndays = 65\n", encoding="utf-8"
    )
    sim.experiment(tmp_path / "plan.toml", store=tmp_path / "s", quiet=True)
    file.unlink()
    study = sim.load(tmp_path / "s")
    assert study.provenance["posterior"] == DRAWS.about()
    assert study.sweep.points.posterior is not None
    assert study.sweep.points.posterior.rows == DRAWS.rows
    assert replay(tmp_path / "s", sample=None).is_equal
    more = sim.experiment(plan_with(study.plan, replications=8), store=tmp_path / "s", quiet=True, extend=True)
    assert more.runs["draw"].max() == 4


def test_draws_that_are_lost_or_changed_are_not_taken_for_those_of_the_study(tmp_path: Path) -> None:
    sim.experiment(plan_of(), store=tmp_path / "s", quiet=True)
    (tmp_path / "s" / "posterior.parquet").write_bytes(b"other")
    with pytest.raises(
        InputError, match=r"posterior.parquet: must be as it was written, got a file that is missing or changed"
    ):
        sim.load(tmp_path / "s")


def test_other_draws_make_another_study_and_its_runs_are_told_apart(tmp_path: Path) -> None:
    other = Posterior("other.csv", DRAWS.columns, DRAWS.rows[::-1])
    sim.experiment(plan_of(), store=tmp_path / "s", quiet=True)
    with pytest.raises(InputError, match="--store: must hold this plan"):
        sim.experiment(plan_of(other), store=tmp_path / "s", quiet=True)
    with pytest.raises(InputError, match="--store: must hold this plan"):
        sim.experiment(plan_of(None), store=tmp_path / "s", quiet=True)
    ids = [set(module._points(plan_of(p), _no_store()).ids) for p in (DRAWS, other, None)]
    assert len(set.union(*ids)) == 6


def _no_store() -> Any:
    record = {"provenance": {"results_version": module.provenance_of(SMALL, 1)["results_version"]}}
    return SimpleNamespace(record=record, folder=Path(), points=lambda: None)


def test_a_draw_that_makes_no_scenario_is_a_failed_run_and_the_rest_goes_on(tmp_path: Path) -> None:
    bad = Posterior("bad.csv", ("people.generalists", "market.gap_days"), ((9, 9.0), (1, 9.0), (0, 9.5)))
    study = sim.experiment(plan_of(bad), store=tmp_path / "s", quiet=True)
    runs = study.runs
    failed = runs[runs["status"] == "failed"]
    assert sorted(set(failed["replication"])) == [0, 1, 6, 7]
    assert set(failed["draw"]) == {1}
    assert failed["error"].str.contains("generalists must not exceed marketers or reps").all()
    assert (study.status.state, study.status.done, study.status.failed) == ("complete", 12, 8)
    assert study.compare("wins").set_index("interventions").loc["liaison", "replications"] == 6
    compared = sim.compare(SMALL, interventions=["liaison"], replications=10, posterior=bad)
    assert compared.provenance["failed_runs"] == 8
    assert compared.provenance["replications"] == 10
    assert {row["replications"] for row in compared.rows if row["outcome"] == "wins"} == {6}
    only = Posterior("bad.csv", bad.columns, bad.rows[:1])
    with pytest.raises(InputError, match="posterior: must have a draw that can be run"):
        sim.compare(SMALL, interventions=["liaison"], replications=4, posterior=only)


def test_a_comparison_is_made_again_from_its_own_record(tmp_path: Path) -> None:
    levels = Posterior("firm.csv", (*DRAWS.columns, "practices.meetings"), tuple((*row, 2.0) for row in DRAWS.rows))
    for types, uses in (([], ["liaison"]), (["aligned", "undefined"], []), (["aligned"], ["liaison"])):
        made = sim.compare(
            SMALL, relationships=types or None, interventions=uses or None, replications=6, posterior=levels
        )
        file = tmp_path / "result.json"
        file.write_text(made.json(), encoding="utf-8")
        assert json.loads(made.json())["provenance"]["posterior"]["draws"] == 6
        assert replay(file).is_equal


def test_what_a_point_sets_over_what_was_drawn_makes_it_another_point(tmp_path: Path) -> None:
    own = SMALL.market.gap_days  # type: ignore[attr-defined]
    plan = plan_of(factors={}, points=[{"market.gap_days": own}, {"people.reps": 3}],
                   design={"kind": "list"})  # fmt: skip
    study = sim.experiment(plan, store=tmp_path / "s", quiet=True)
    assert len(set(study.points["point_id"])) == 2
    means = study.runs.groupby("point_id")["bookings_new"].mean()
    assert means.nunique() == 2


def test_without_a_posterior_identity_and_rows_are_as_they_were() -> None:
    one = sim.compare(SMALL, interventions=["liaison"], replications=4)
    assert (
        one.provenance["digest"]
        == sim.compare(SMALL, interventions=["liaison"], replications=4, posterior="none").provenance["digest"]
    )
    assert not {"posterior", "failed_runs"} & set(one.provenance)
    assert {row["uncertainty"] for row in one.rows} == {"luck"}
    assert not {"probability_better", "parameter_share"} & set(one.rows[0])
    drawn = sim.compare(SMALL, interventions=["liaison"], replications=4, posterior=DRAWS)
    assert drawn.provenance["digest"] != one.provenance["digest"]
    assert digest_of(SMALL.model_copy(update={"posterior": "x.csv"}), 1) == digest_of(SMALL, 1)


def test_a_plan_takes_other_draws_and_none(tmp_path: Path) -> None:
    file = tmp_path / "firm.csv"
    pd.DataFrame(DRAWS.rows, columns=list(DRAWS.columns)).to_csv(file, index=False)
    plan = plan_with(plan_of(None), posterior=str(file))
    assert plan.posterior == "firm.csv"
    assert plan._posterior is not None
    assert plan._posterior.digest == DRAWS.digest
    assert plan_with(plan, replications=4)._posterior is plan._posterior
    assert plan_with(plan, posterior="none")._posterior is None
    with pytest.raises(InputError, match="posterior: cannot be read"):
        plan_with(plan, posterior="gone.csv")
    with pytest.raises(InputError, match="posterior: cannot be read"):
        read_plan(PLAN | {"posterior": "gone.csv"}, tmp_path, base=SMALL)


def test_tables_in_a_terminal_say_what_the_uncertainty_is_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    compared = sim.compare(SMALL, interventions=["liaison"], replications=10, posterior=DRAWS)
    for text in (comparison_table(compared), overview_table(compared)):
        assert "Over 5 of 6 draws of firm.parquet, two replications each." in text
        assert "of the effect in this firm (luck and" in text
    row = next(r for r in compared.rows if r["scenario"] == "liaison" and r["outcome"] == "bookings_new")
    line = next(line for line in comparison_table(compared).splitlines() if line.startswith("Liaison"))
    assert f"{100 * row['parameter_share']:.0f} %" in line
    assert percent_of(row["probability_better"]) in line
    plain = comparison_table(sim.compare(SMALL, interventions=["liaison"], replications=4))
    assert "draws" not in plain
    assert " data " not in plain


def test_the_page_of_a_study_names_the_draws_and_what_more_data_would_do(tmp_path: Path) -> None:
    study = sim.experiment(plan_of(), store=tmp_path / "s", quiet=True)
    page = " ".join(re.sub("<[^>]+>", " ", study_page(study)).split())
    assert "Probability of better, in this firm" in page
    assert "Better in … of replications" not in page
    assert f"Posterior firm.parquet: 6 draws of 2 values, digest {DRAWS.digest[:12]}" in page
    assert "of the uncertainty" in page.lower()
    assert "a prediction for one more draw" in page
    own = " ".join(
        re.sub("<[^>]+>", " ", study_page(sim.experiment(plan_of(None), store=tmp_path / "o", quiet=True))).split()
    )
    assert "Better in … of replications" in own
    assert "prediction" not in own
    assert "Posterior" not in own


def test_a_comparison_fits_its_schema() -> None:
    compared = sim.compare(SMALL, interventions=["liaison"], replications=6, posterior=DRAWS)
    jsonschema.validate(json.loads(compared.json()), schema_of("comparison"))
    assert {"probability_better", "parameter_share"} <= set(
        schema_of("comparison")["properties"]["rows"]["items"]["properties"]
    )


def test_tables_of_a_comparison_have_the_draw_and_what_failed(tmp_path: Path) -> None:
    bad = Posterior("bad.csv", ("people.generalists",), ((0,), (9,), (1,)))
    compared = sim.compare(SMALL, interventions=["liaison"], replications=6, posterior=bad)
    runs = runs_table(compared.results)
    assert runs["draw"].tolist() == [1, 1, 2, 2, 3, 3] * 2
    assert (runs["status"] == "failed").tolist() == [False, False, True, True, False, False] * 2
    assert runs.loc[runs["status"] == "failed", "error"].str.contains("generalists").all()
    assert runs.loc[runs["status"] == "failed", "wins"].isna().all()


def test_interactions_over_draws_are_those_of_this_firm(tmp_path: Path) -> None:
    uses = ["", "liaison", "collocation", "liaison+collocation"]
    study = sim.experiment(plan_of(factors={"interventions": uses}), store=tmp_path / "s", quiet=True)
    found = study.interactions("bookings_new").iloc[0]
    assert found["ci_method"] == "paired, random effects of draws"


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--posterior", "draws.csv"], 0, "Over 2 of 6 draws of draws.csv"),
        (["--posterior", "gone.csv"], 2, "posterior: cannot be read"),
        (["--posterior", "none"], 0, "Intervals: 95 %, paired."),
        ([], 0, "Over 2 of 3 draws of own.csv"),
    ],
)
def test_the_command_takes_a_file_none_or_what_the_scenario_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, options: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame(DRAWS.rows, columns=list(DRAWS.columns))
    frame.to_csv("draws.csv", index=False)
    frame.head(3).to_csv("own.csv", index=False)
    text = (
        'posterior = "own.csv"\n[people]\nreps = 3\nmarketers = 2\nmanagers = 1\n[run]\nwarmup_days = 20\ndays = 65\n'
    )
    Path("firm.toml").write_text(text, encoding="utf-8")
    line = ["smarketing", "compare", "firm.toml", "--interventions", "liaison", "--replications", "4", *options]
    monkeypatch.setattr("sys.argv", line)
    with pytest.raises(SystemExit) as left:
        sim.cli.main()
    told = capsys.readouterr()
    assert (left.value.code or 0) == code
    assert said in " ".join((told.out + told.err).split())
    if options and code == 0:
        assert f"posterior={options[1]!r}" in told.err


def test_a_scenario_written_elsewhere_still_finds_its_posterior(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    pd.DataFrame(DRAWS.rows, columns=list(DRAWS.columns)).to_csv("in/own.csv", index=False)
    Path("in/firm.toml").write_text('posterior = "own.csv"\n', encoding="utf-8")
    monkeypatch.setattr(
        "sys.argv", ["smarketing", "scenario", "new", "--from", "in/firm.toml", "--out", "out/new.toml"]
    )
    with pytest.raises(SystemExit):
        sim.cli.main()
    found = posterior_of(load_scenario("out/new.toml"))
    assert found is not None
    assert found.digest == DRAWS.digest


def test_processes_keep_the_draw_in_every_table_and_give_the_same_bytes(tmp_path: Path) -> None:
    plan = plan_of(replications=6, series=["trust"], tables=["deals"])
    threads = sim.experiment(plan, store=tmp_path / "threads", quiet=True)
    others = sim.experiment(plan, store=tmp_path / "processes", quiet=True, executor="processes", workers=2)
    for name in ("runs", "series", "deals"):
        table = threads.table(name)
        pd.testing.assert_frame_equal(table, others.table(name))
        assert (table["draw"] == table["replication"].map(DRAWS.draw_of)).all()


def test_a_study_that_goes_on_until_precise_goes_round_the_draws(tmp_path: Path) -> None:
    rule = {"minimum": 50, "maximum": 50, "precision": {"bookings_new": 0.01}}
    study = sim.experiment(plan_of(replications=rule), store=tmp_path / "s", quiet=True)
    assert sorted(study.runs["draw"].unique()) == [1, 2, 3, 4, 5, 6]
    row = study.compare("bookings_new").iloc[1]
    watched = study.compare("bookings_new", method="sequential").iloc[1]
    assert (row["replications"], row["uncertainty"]) == (50, "luck+parameters")
    assert row["ci_low"] == watched["ci_low"]
