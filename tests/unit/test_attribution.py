"""Attribution: what caused an effect, from the command to the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import sim
from sim.domain.errors import InputError
from sim.ensemble.schema import schema_of
from sim.explain.attribution import Attribution, Question, asked, attribute
from sim.explain.attribution_game import game_of
from sim.report.attribution_text import attribution_text
from sim.spec.edit import with_values
from sim.spec.posterior import Posterior
from tests.unit.small_studies import firm

USES = ("liaison", "disciplined_meetings", "collocation=0")


def quarter(**values: Any) -> sim.Scenario:
    """A micro firm in its first quarter."""
    short = {"run.days": 65, "run.warmup_days": 0}
    return with_values(sim.load_scenario("micro"), (short | values).items())


@pytest.fixture(scope="module")
def by_interventions(tmp_path_factory: pytest.TempPathFactory) -> Attribution:
    outcomes = ["profit", "conflict_per_100", "intervention_cost", "wins"]
    store = tmp_path_factory.mktemp("uses") / "store"
    return attribute(quarter(), interventions=USES, outcomes=outcomes, replications=30, store=store)


@pytest.fixture(scope="module")
def by_mechanisms(tmp_path_factory: pytest.TempPathFactory) -> Attribution:
    players = ["trust", "time", "disputes"]
    store = tmp_path_factory.mktemp("mechanisms") / "store"
    what: Any = {"interventions": "liaison,disciplined_meetings", "by": "mechanisms", "players": players}
    return attribute(quarter(), **what, outcomes="bookings_new,trust", replications=30, store=store)


def rows_of(found: Attribution, outcome: str) -> dict[str, Any]:
    return {row["part"]: row for row in found.rows if row["outcome"] == outcome}


def difference(found: Attribution, outcome: str) -> Any:
    """The effect as a comparison of the same runs has it."""
    both = sim.compare(
        quarter(), interventions=["+".join(USES)], replications=found.study.plan.most_replications
    ).results.outcomes
    place = [o.name for o in sim.ensemble.comparison.OUTCOMES].index(outcome)
    return both[1, :, place] - both[0, :, place]


def test_parts_add_up_to_what_a_comparison_finds_in_every_replication(by_interventions: Attribution) -> None:
    for outcome in by_interventions.outcomes:
        table = by_interventions.by_replication(outcome)
        assert table["total"].to_numpy() == pytest.approx(difference(by_interventions, outcome), nan_ok=True)
        parts = table.drop(columns="total").sum(axis=1, skipna=False)
        whole = table["total"]
        assert ((parts - whole).abs()[whole.notna()] <= 1e-9 * whole.abs()[whole.notna()]).all()


def test_a_dose_of_zero_has_exactly_no_part_in_anything(by_interventions: Attribution) -> None:
    for outcome in by_interventions.outcomes:
        series = by_interventions.by_replication(outcome)["collocation=0"].dropna()
        assert (series == 0.0).all()
        row = rows_of(by_interventions, outcome)["collocation=0"]
        assert (row["contribution"], row["alone"], row["last"], row["verdict"]) == (0.0, 0.0, 0.0, "equal")


def test_what_interventions_cost_once_is_what_the_catalogue_says(by_interventions: Attribution) -> None:
    """An effect whose parts are known beforehand: 30,000 for liaisons, 2,000 for meetings, nothing for a dose of 0."""
    rows = rows_of(by_interventions, "intervention_cost")
    parts = {name: row["contribution"] for name, row in rows.items()}
    assert parts == {"total": 32_000.0, "liaison": 30_000.0, "disciplined_meetings": 2_000.0, "collocation=0": 0.0}
    assert rows["liaison"]["share"] == 0.9375
    pairs = [row for row in by_interventions.pairs if row["outcome"] == "intervention_cost"]
    assert all(row["together"] == 0.0 for row in pairs)


def test_mechanisms_and_other_ways_add_up_to_the_effect(by_mechanisms: Attribution) -> None:
    table = by_mechanisms.by_replication("bookings_new")
    assert list(table) == ["other", "trust", "time", "disputes", "total"]
    assert (table.drop(columns="total").sum(axis=1) - table["total"]).abs().max() <= 1e-9 * table["total"].abs().max()
    both = sim.compare(quarter(), interventions=["liaison+disciplined_meetings"], replications=30).table()
    compared = both[(both["outcome"] == "bookings_new") & both["difference"].notna()].iloc[-1]
    assert rows_of(by_mechanisms, "bookings_new")["total"]["contribution"] == pytest.approx(compared["difference"])


def test_other_ways_are_the_effect_in_a_firm_without_these_mechanisms(by_mechanisms: Attribution) -> None:
    off = [
        "trust",
        "picture",
        "coordination_hours",
        "service_hours",
        "attention",
        "dispute_hours",
        "strain",
        "hearings",
    ]
    without = quarter(**{f"mechanisms.use_{name}": 0 for name in off})
    both = sim.compare(without, interventions=["liaison+disciplined_meetings"], replications=30).table()
    compared = both[(both["outcome"] == "bookings_new") & both["difference"].notna()].iloc[-1]
    other = rows_of(by_mechanisms, "bookings_new")["other"]
    assert other["contribution"] == pytest.approx(compared["difference"])
    assert other["kind"] == "other"


@pytest.mark.parametrize(
    "what",
    [{"interventions": "liaison,disciplined_meetings,collocation=0"}, {"relationships": "undefined,integrated"}],
)
def test_what_needs_no_mechanism_is_split_by_what_is_done(what: dict[str, str], tmp_path: Path) -> None:
    how: Any = {
        "by": "mechanisms",
        "players": "trust,communication",
        "replications": 6,
        "orders": 10,
        "outcomes": "profit",
    }
    plain = attribute(quarter(), **what, **how, store=tmp_path / "plain").by_replication("profit")
    found = attribute(quarter(), **what, **how, direct=True, store=tmp_path / "direct")
    table = found.by_replication("profit")
    direct = [name for name in table if name.startswith("direct:")]
    assert table[direct].sum(axis=1).to_numpy() == pytest.approx(plain["other"].to_numpy(), rel=1e-9)
    assert table[["trust", "communication"]].to_numpy() == pytest.approx(plain[["trust", "communication"]].to_numpy())
    assert ((table.drop(columns="total").sum(axis=1) - table["total"]).abs() <= 1e-9 * table["total"].abs()).all()
    if "interventions" in what:
        assert (table["direct:collocation=0"] == 0.0).all()
    jsonschema.Draft202012Validator(schema_of("attribution")).validate(found.document())
    text = attribution_text(found)
    assert "Directly =" in text
    assert "Other ways" not in text


def test_a_mechanism_that_the_scenario_has_switched_off_has_no_part(tmp_path: Path) -> None:
    base = quarter(**{"mechanisms.use_coordination_hours": 0})
    players = ["use_coordination_hours", "trust"]
    what: Any = {"interventions": "disciplined_meetings", "by": "mechanisms", "players": players}
    found = attribute(base, **what, outcomes="profit", replications=6, store=tmp_path / "store")
    assert (found.by_replication("profit")["use_coordination_hours"] == 0.0).all()
    assert (found.by_replication("profit")["total"] != 0.0).any()


def test_all_practices_of_a_type_make_that_type(tmp_path: Path) -> None:
    """So that the effect of turning to it, at the end of all orders, is the sum of its practices' parts."""
    game = game_of(quarter(), ["undefined", "integrated"], [])
    step_by_step = [dict(game.worlds[0])] + [dict(player.present) for player in game.players]
    made = with_values(
        sim.with_relationship(quarter(), "undefined"),
        [(name, value) for moves in step_by_step[1:] for name, value in moves.items()],
    )
    assert sim.run(made, seed=3).outcomes == sim.run(sim.with_relationship(quarter(), "integrated"), seed=3).outcomes
    what: Any = {"relationships": "undefined,integrated", "players": "meetings,joint_work+learning"}
    found = attribute(quarter(), **what, outcomes="conflict_per_100", replications=4, store=tmp_path / "store")
    assert [name for name, _ in found.names] == ["meetings", "joint_work+learning", "others"]
    table = found.by_replication("conflict_per_100")
    compared = sim.compare(quarter(), relationships=["undefined", "integrated"], replications=4).results.outcomes
    place = [o.name for o in sim.ensemble.comparison.OUTCOMES].index("conflict_per_100")
    assert table["total"].to_numpy() == pytest.approx(compared[1, :, place] - compared[0, :, place], nan_ok=True)


def test_what_is_there_is_not_run_again_and_more_replications_keep_it(tmp_path: Path) -> None:
    base = firm()
    store = tmp_path / "store"
    first = asked(base, Question("liaison,collocation"), "wins", (4, None, 1)).run(store)
    files = {file: file.stat().st_mtime_ns for file in store.rglob("*.parquet") if file.parent.name == "runs"}
    assert files
    again = asked(base, Question("liaison,collocation"), "profit", (8, None, 1)).run(store)
    assert again.study.status.done == 2 * first.study.status.done
    assert {file: file.stat().st_mtime_ns for file in files} == files
    assert again.by_replication("profit").shape == (8, 3)


def test_a_store_of_another_study_is_not_taken(tmp_path: Path) -> None:
    asked(firm(), Question("liaison,collocation"), "wins", (2, None, 1)).run(tmp_path)
    with pytest.raises(InputError, match="must hold this plan; it holds another"):
        asked(firm(), Question("liaison,data_sharing"), "wins", (2, None, 1)).run(tmp_path)


def test_over_a_posterior_intervals_hold_what_is_not_known_and_parts_add_up(tmp_path: Path) -> None:
    gaps = Posterior("firm.parquet", ("market.gap_days",), tuple((float(gap),) for gap in range(4, 14)))
    how: Any = {"interventions": "liaison,collocation", "outcomes": "profit", "replications": 20}
    found = attribute(quarter(), **how, posterior=gaps, store=tmp_path / "drawn")
    plain = attribute(quarter(), **how, posterior="none", store=tmp_path / "plain")
    assert {row["uncertainty"] for row in found.rows} == {"luck+parameters"}
    assert {row["uncertainty"] for row in plain.rows} == {"luck"}
    table = found.by_replication("profit")
    assert ((table[["liaison", "collocation"]].sum(axis=1) - table["total"]).abs() <= 1e-9 * table["total"].abs()).all()
    assert not np.allclose(table["total"], plain.by_replication("profit")["total"])
    compared = sim.compare(quarter(), interventions=["liaison+collocation"], replications=20, posterior=gaps).table()
    (row,) = compared[(compared["outcome"] == "profit") & (compared["scenario"] != "undefined")].to_dict("records")
    whole = rows_of(found, "profit")["total"]
    for mine, theirs in (("contribution", "difference"), ("ci_low", "ci_low"), ("ci_high", "ci_high")):
        assert whole[mine] == pytest.approx(row[theirs])
    jsonschema.Draft202012Validator(schema_of("attribution")).validate(json.loads(found.json()))


def test_levels_are_those_of_the_replications_that_are_split(tmp_path: Path) -> None:
    """In a short run of a micro firm some years have no win, and so no cycle."""
    how: Any = {"interventions": "liaison,collocation", "outcomes": "cycle_days", "replications": 40}
    whole = rows_of(attribute(firm(), **how, store=tmp_path), "cycle_days")["total"]
    assert 0 < whole["replications"] < 40
    assert whole["mean_after"] - whole["mean_before"] == pytest.approx(whole["contribution"], abs=1e-9)


def test_the_json_meets_its_schema(by_interventions: Attribution, by_mechanisms: Attribution) -> None:
    for found in (by_interventions, by_mechanisms):
        document = json.loads(found.json())
        jsonschema.Draft202012Validator(schema_of("attribution")).validate(document)
        assert len(document["rows"]) == len(found.outcomes) * (1 + found.game.has_rest + len(found.game.players))
    with pytest.raises(jsonschema.ValidationError, match="rows"):
        jsonschema.Draft202012Validator(schema_of("attribution")).validate({**document, "rows": None})


def test_the_table_names_every_part_and_says_where_the_outcome_comes_from(by_interventions: Attribution) -> None:
    text = attribution_text(by_interventions)
    for words in ("Liaison", "Disciplined meetings", "always 0", "All together", "all 8 coalitions", "100 %"):
        assert words in text
    assert "Other ways" not in text


def test_sampled_orders_are_said_and_have_errors(tmp_path: Path) -> None:
    uses = "liaison,disciplined_meetings,data_sharing,learn_together"
    found = attribute(firm(), interventions=uses, outcomes="profit", replications=5, orders=10, store=tmp_path / "s")
    assert "10 orders sampled" in attribution_text(found)
    assert found.document()["method"] == "sampled orders"
    assert found.pairs == []
    table = found.by_replication("profit")
    assert np.allclose(table.drop(columns="total").sum(axis=1), table["total"], rtol=1e-9)


def test_a_picture_has_a_bar_for_every_part(by_mechanisms: Attribution) -> None:
    for narrow in (False, True):
        axes = by_mechanisms.figure("bookings_new", narrow).axes[0]
        assert [label.get_text().replace("\n", " ") for label in axes.get_yticklabels()][-2:] == [
            "Other ways",
            "All together",
        ]
        bars = axes.patches
        assert len(bars) == 5
        reached = bars[0].get_x() + sum(bar.get_width() for bar in bars[:-1])
        assert reached == pytest.approx(bars[-1].get_width())


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ((None, None, None, None), "--interventions: must name at least one"),
        (("undefined,integrated", "liaison", None, None), "must be one where interventions are given"),
        (("undefined,undefined", None, None, None), "must be one type, or two that differ"),
        (("undefined,integrated", None, "people", None), "--by: must be one of interventions, practices, mechanisms"),
        ((None, "liaison", "practices", None), "must be two to be split by practices"),
        ((None, None, "mechanisms", None), "must name what has the effect"),
        ((None, "liaison,liaison", None, None), "must name each once"),
        ((None, "liason", None, None), "Did you mean 'liaison'"),
        ((None, "liaison", "mechanisms", "trust,use_trust"), "must name each once"),
        (("undefined,integrated", None, None, "meetings,meetings"), "must name each once"),
        ((None, "liaison", "mechanisms", "trst"), "Did you mean 'trust'"),
        ((None, "liaison", None, "trust"), "has no meaning by interventions"),
    ],
)
def test_what_cannot_be_split_is_refused_with_a_mend(what: Any, said: str) -> None:
    types, uses, by, players = what
    with pytest.raises(InputError, match=said):
        asked("micro", Question(uses or "", types or "", by, players or ""))


@pytest.mark.parametrize(
    "what", [{"interventions": "liaison"}, {"interventions": "liaison,collocation", "by": "interventions"}]
)
def test_only_what_has_several_causes_is_split_directly(what: Any) -> None:
    with pytest.raises(InputError, match="--direct: needs --by mechanisms, and two interventions or two types"):
        asked("micro", Question(**{"by": "mechanisms", "direct": True} | what))


@pytest.mark.parametrize(
    ("orders", "said"), [(3, "even number"), (8, "even number"), (True, "even number"), (-4, "even number")]
)
def test_orders_are_checked(orders: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        asked("micro", Question("liaison"), None, (10, orders, 1))
    with pytest.raises(InputError, match="is no outcome"):
        asked("micro", Question("liaison"), "proft")
