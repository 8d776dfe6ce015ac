"""Tables of a run: they say what the run says, told apart by day, source, segment, person, dispute and lead."""

from __future__ import annotations

import ast
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis import series, waiting
from sim.analysis.draws import draw
from sim.analysis.groups import COUNTS
from sim.analysis.incidents import BLAMED_FOR
from sim.analysis.rows import leads_of, window_sums
from sim.behaviours import outcomes as measured
from sim.domain.errors import InputError
from sim.domain.records import JOURNAL
from sim.domain.vocabulary import CUSTOMER, DISPUTING, DRAW_TOUCH, JUDGEMENTS, QUESTIONS, SELF_FOUND
from sim.ensemble.comparison import SingleRun
from sim.spec.edit import with_interventions, with_values


def firm(name: str = "small", days: int = 260, warmup: int = 65) -> sim.Scenario:
    return with_values(sim.load_scenario(name), [("run.days", days), ("run.warmup_days", warmup)])


@pytest.fixture(scope="module")
def traced() -> SingleRun:
    scenario = with_interventions(firm(), "liaison=2+joint_assignments")
    return sim.run(with_values(scenario, [("practices.joint_events", 4)]), seed=3, trace=True)


@pytest.fixture(scope="module")
def quarrelling() -> SingleRun:
    """Without warm-up, so that every hour since the first day is counted; nobody leaves, so none lapses."""
    stay = [("people.leave_base", 0), ("people.leave_per_dispute", 0)]
    return sim.run(with_values(firm("mid", 400, 0), stay), seed=2)


def totals(single: SingleRun) -> dict[str, float]:
    """What the journal has of COUNTS over the window."""
    sums = window_sums(single.world)
    sums["lost"] = sum(sums[f"lost_{why}"] for why in ("no_decision", "competitor", "said_no", "neglected"))
    sums["churned"] = sums["renewals_due"] - sums["renewals_won"]
    sums["customers"] = single.journal["customers"].iloc[-1]
    sums["contract_value"] = float(single.world.organization.contract_value)
    return {name: sums[name] for name in COUNTS}


def test_numbers_of_leads_are_read_in_double_however_they_are_stored(traced: SingleRun) -> None:
    kinds = set(traced.leads.dtypes[traced.leads.dtypes.map(lambda kind: kind.kind == "f")])
    assert kinds == {np.dtype(np.float64)}
    rows = leads_of(traced.world)
    assert rows["booked"].dtype == rows[rows["booked"] > 0]["booked"].dtype == np.float64
    pays = rows["value"][rows["state"] == CUSTOMER]
    assert len(pays) > 50
    assert math.fsum(pays) == pytest.approx(float(traced.world.organization.contract_value), rel=1e-14)


# --- Series ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", list(series.PERIODS))
def test_a_series_sums_flows_to_those_of_the_journal(traced: SingleRun, every: str) -> None:
    table, journal = traced.series(every), traced.journal
    assert table["days"].sum() == len(journal)
    for name in ("leads_in", "bookings", "pay"):
        inside = table.loc[table["day"] >= 0, name].sum()
        assert math.isclose(inside, journal.loc[journal["day"] >= 0, name].sum())


def test_a_level_is_that_of_the_last_day_of_its_period(traced: SingleRun) -> None:
    weekly, journal = traced.series("week").set_index("day"), traced.journal.set_index("day")
    assert weekly.loc[10, "brand"] == journal.loc[14, "brand"] != journal.loc[10, "brand"]


def test_one_period_as_long_as_the_window_gives_the_outcomes() -> None:
    single = sim.run(firm(days=260, warmup=65), seed=4)
    whole = single.series("year").query("day == 0").iloc[0]
    assert whole["days"] == 260
    for name in series.RATIOS:
        assert math.isclose(whole[name], single.outcomes[name]), name


def test_days_are_shown_as_calendar_days() -> None:
    weekly = sim.run(firm("micro", 20, 5)).series("week")
    assert weekly["day"].tolist() == [-5, 0, 5, 10, 15]
    assert weekly["calendar_day"].tolist() == [-7, 0, 7, 14, 21]


def test_a_warm_up_of_any_length_leaves_the_window_its_periods() -> None:
    table = sim.run(firm("micro", 12, 7)).series("week")
    assert table["day"].tolist() == [-7, -5, 0, 5, 10]
    assert table["days"].tolist() == [2, 5, 5, 5, 2]


def test_what_does_not_exist_in_a_period_is_empty_not_zero() -> None:
    first = sim.run(firm("micro", 5, 0)).series("day").iloc[0]
    assert first["contacted"] == 0
    assert math.isnan(first["response_days"])


def test_every_column_of_a_series_has_a_unit_and_a_way_to_be_summed_up(traced: SingleRun) -> None:
    about = series.columns_table()
    assert set(about["name"]) == set(traced.series().columns) - {"day", "calendar_day", "days"}
    assert about["name"].is_unique
    assert about[["unit", "how", "meaning"]].ne("").all().all()
    assert set(JOURNAL.names) <= set(about["name"])


def test_levels_of_the_journal_are_what_is_written_in_the_evening() -> None:
    """Nothing else in that file writes into a ``book``; what others write adds up a day."""
    tree = ast.parse(Path(measured.__file__).read_text(encoding="utf-8"))
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    written = {node.attr for node in stored if isinstance(node.value, ast.Name) and node.value.id == "book"}
    assert written == {field.name for field in series.LEVELS}


def test_an_unknown_period_is_refused(traced: SingleRun) -> None:
    with pytest.raises(InputError, match="every: must be one of day, week, month, quarter, year, got 'weeks'"):
        traced.series("weeks")


SHARES = ("followup_rate", "acceptance_rate", "followup_novice", "followup_veteran", "unread_expired", "win_rate")


@pytest.mark.parametrize("days", [1, 5, 10, 30])
def test_no_share_exceeds_one_however_short_the_window(days: int) -> None:
    for seed in range(1, 6):
        outcomes = sim.run(firm("small", days, 40), seed=seed, relationship="integrated").outcomes
        assert all(outcomes[name] is None or 0 <= outcomes[name] <= 1 for name in SHARES), outcomes


# --- By source, segment and person ----------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["source", "segment"])
def test_the_parts_of_a_run_add_up_to_the_run(traced: SingleRun, by: str) -> None:
    table = getattr(traced, f"by_{by}")()
    for name, total in totals(traced).items():
        assert math.isclose(table[name].sum(), total), name


def test_people_add_up_to_the_run(traced: SingleRun) -> None:
    table, total = traced.by_person(), totals(traced)
    reps, marketers = (table[table["role"] == role] for role in ("rep", "marketer"))
    for name in [name for name in COUNTS if name != "leads_in"]:
        assert math.isclose(reps[name].sum(), total[name]), name
    sums = window_sums(traced.world)
    assert marketers["leads_in"].sum() == sums["leads_in"]
    assert marketers["wins"].sum() == sums["wins_marketing"]
    assert math.isclose(marketers["bookings"].sum(), sums["bookings_marketing"])
    in_window = traced.incidents[traced.incidents["day"] >= 0]
    assert table["disputes"].sum() == 2 * len(in_window)
    assert table["personal_disputes"].sum() == 2 * (in_window["about"] == "personal").sum()
    assert (marketers["tenure_days"] == 0).all() and (reps["tenure_days"] > 0).all()


def test_rates_told_apart_are_those_of_the_whole(traced: SingleRun) -> None:
    whole = traced.by_segment().assign(segment="all").groupby("segment")[list(COUNTS)].sum().iloc[0]
    assert math.isclose(whole["wins"] / (whole["wins"] + whole["lost"]), traced.outcomes["win_rate"])
    done = whole["contacted"] + whole["expired"]
    assert math.isclose(whole["accepted"] / done, traced.outcomes["acceptance_rate"])


def test_hours_of_people_are_those_that_they_had(traced: SingleRun) -> None:
    table = traced.by_person()
    used = [name for name in table if name.endswith("_hours") and name != "available_hours"]
    np.testing.assert_allclose(table[used].sum(axis=1), table["available_hours"])
    weekly = traced.by_role().set_index("role")
    assert weekly.loc["liaison", "visits_hours"] > 0
    assert weekly.loc["manager", "managing_hours"] > 0
    assert weekly["people"].tolist() == [3, 8, 2, 1]


def test_the_programme_is_shared_out_by_inquiries_and_their_cost(traced: SingleRun) -> None:
    table = traced.by_source().set_index("source")
    assert math.isclose(table["programme"].sum(), window_sums(traced.world)["programme"])
    per_lead = table["programme_per_lead"]
    assert math.isclose(per_lead["trade show"] / per_lead["referral"], 2.0 / 0.5)
    assert math.isnan(per_lead["found by reps"])
    assert table.loc["joint event", "leads_in"] > 0
    assert table.loc["found by reps", "wins"] > 0
    assert table.loc["from before the run", "customers"] > 0


def test_the_cost_of_an_inquiry_changes_nothing_but_this_table() -> None:
    dear = with_values(firm("micro", 60, 0), [("market.sources[1].relative_cost", 3)])
    one, other = sim.run(dear), sim.run(firm("micro", 60, 0))
    assert one.outcomes == other.outcomes
    assert one.provenance["digest"] == other.provenance["digest"]
    assert one.by_source()["programme"].tolist() != other.by_source()["programme"].tolist()


@pytest.mark.parametrize("name", ["startup", "enterprise"])
def test_growing_firms_and_firms_of_several_units_add_up_too(name: str) -> None:
    single = sim.run(firm(name, 65, 65), seed=2)
    table, total = single.by_person(), totals(single)
    reps = table[table["role"] == "rep"]
    assert all(math.isclose(reps[count].sum(), total[count]) for count in COUNTS if count != "leads_in")
    assert table["trust"].notna().sum() == (table["is_there"] & table["role"].isin(["marketer", "rep"])).sum()
    firm_of = single.world.organization
    assert table["unit"].nunique() == firm_of.n_units
    mean = table.loc[table["role"] == "rep", "trust"].mean()
    assert mean == pytest.approx(single.outcomes["trust"], abs=0.02)
    assert (single.incidents["blamed_for"].ne("") == single.incidents["kind"].eq("blame")).all()
    assert len(single.assessment()) == 20


# --- Disputes -------------------------------------------------------------------------------------------------------


def test_the_ledger_of_disputes_reconciles_with_the_hours_of_people(quarrelling: SingleRun) -> None:
    people, ledger = quarrelling.world.people, quarrelling.incidents
    paid = float(people["hours"][:, DISPUTING].sum())
    owed = float(people["dispute_hours_owed"].sum())
    assert paid > owed > 0
    assert math.isclose(paid + owed, ledger["hours_of_both"].sum() + ledger["liaison_hours"].sum())


def test_each_persons_disputes_cost_what_the_ledger_says(quarrelling: SingleRun) -> None:
    people, ledger = quarrelling.world.people, quarrelling.incidents
    cost = pd.concat([ledger.groupby(side)["hours"].sum() for side in ("marketer", "rep")])
    names = quarrelling.by_person()["person"]
    spent = people["hours"][:, DISPUTING] + people["dispute_hours_owed"]
    np.testing.assert_allclose(spent, names.map(cost).fillna(0.0))


def test_hours_of_managers_and_of_liaisons_stand_in_the_ledger(traced: SingleRun) -> None:
    ledger, journal = traced.incidents, traced.journal
    assert ledger["manager_hours"].sum() == journal["manager_hours"].sum()
    assert ledger["is_heard"].sum() == journal["liaison_disputes"].sum() > 0
    assert ledger["liaison_hours"].sum() > 0


def test_only_hours_of_those_who_leave_lapse() -> None:
    leavers = sim.run(with_values(firm("mid", 400, 0), [("people.leave_base", 0.1)]), seed=2)
    people, ledger = leavers.world.people, leavers.incidents
    cost = pd.concat([ledger.groupby(side)["hours"].sum() for side in ("marketer", "rep")])
    lapsed = leavers.by_person()["person"].map(cost).fillna(0.0) - people["hours"][:, DISPUTING]
    lapsed -= people["dispute_hours_owed"]
    is_successor = people["first_day"] > 0
    assert lapsed[is_successor].sum() > 1.0
    assert (lapsed > -1e-9).all()
    np.testing.assert_allclose(lapsed[~is_successor], 0.0, atol=1e-9)


def test_disputes_are_told_in_words(quarrelling: SingleRun) -> None:
    ledger = quarrelling.incidents
    assert set(ledger["about"]) == {"the matter", "personal"}
    assert ledger["marketer"].str.match(r"marketer \d+$").all()
    assert ledger["rep"].str.match(r"rep \d+$").all()
    assert ledger["manager"].str.match(r"manager \d+$").eq(ledger["is_escalated"]).all()
    decided = ledger["decided_day"].dropna()
    assert (decided > ledger.loc[decided.index, "day"]).all()
    assert 0 < len(decided) <= ledger["is_escalated"].sum()
    assert ledger.loc[ledger["kind"] == "blame", "lead"].isna().all()
    assert ledger.loc[ledger["kind"] == "lead quality", "lead"].notna().all()


def test_blame_has_a_content_and_nothing_else_has(quarrelling: SingleRun) -> None:
    ledger = quarrelling.incidents
    is_blame = ledger["kind"] == "blame"
    assert is_blame.sum() > 10
    assert set(ledger.loc[is_blame, "blamed_for"]) <= set(BLAMED_FOR)
    assert ledger.loc[is_blame, "blamed_for"].nunique() > 1
    assert (ledger.loc[~is_blame, "blamed_for"] == "").all()


def test_nobody_is_blamed_for_what_did_not_go_wrong() -> None:
    """Without inquiries no lead is rejected or lapses, so neither audience nor follow-up can be blamed."""
    changes = [("market.raw_leads_per_rep_day", 0), ("conflict.gamma_blame", 1)]
    ledger = sim.run(with_values(firm("mid", 260, 0), changes), seed=1).incidents
    contents = set(ledger.loc[ledger["kind"] == "blame", "blamed_for"])
    assert {"price", "budget"} <= contents <= {"price", "budget", "execution"}


def test_a_draw_for_a_table_is_the_draw_of_the_run(traced: SingleRun) -> None:
    events = traced.world.events[:: max(1, len(traced.world.events) // 200)]
    for event in events[~np.isin(events["purpose"], list(JUDGEMENTS))]:
        address = (int(event["key"]), int(event["purpose"]), int(event["occurrence"]))
        assert draw(int(traced.world.organization.seed), *address) == event["draw"]


# --- What happened to leads -----------------------------------------------------------------------------------------


def test_the_event_log_tells_each_lead_in_order(traced: SingleRun) -> None:
    log = traced.event_log()
    assert list(log.columns) == ["case", "activity", "day", "calendar_day", "timestamp", "resource"]
    assert log["case"].is_monotonic_increasing
    assert log.groupby("case")["timestamp"].is_monotonic_increasing.all()
    assert not log.duplicated(["case", "timestamp"]).any()
    first = log.groupby("case")["activity"].first()
    assert set(first) == {"came in", "found by the rep", "became a customer"}
    assert len(first) == len(traced.leads)
    assert log["resource"].ne("").all()


def test_the_event_log_counts_what_the_journal_counts(traced: SingleRun) -> None:
    counts = traced.event_log()["activity"].value_counts()
    journal = traced.journal.sum()
    pairs = {
        "came in": "leads_in",
        "found by the rep": "self_found",
        "handed off": "handed_off",
        "put away": "archived",
        "lapsed": "expired",
        "first contact": "contacted",
        "became a deal": "accepted",
        "turned down": "rejected",
        "won": "wins",
        "lost: no decision": "lost_no_decision",
        "lost: said no": "lost_said_no",
        "reported to marketing": "reports",
        "taken because tracked": "second_looks",
        "taken over": "rerouted",
        "renewed": "renewals_won",
    }
    assert {name: counts.get(name, 0) for name in pairs} == {name: journal[column] for name, column in pairs.items()}


def test_stages_of_a_traced_deal_come_in_their_order(traced: SingleRun) -> None:
    log = traced.event_log()
    order = ["first contact", "became a deal", "moved to proposal", "moved to negotiation", "won"]
    won = log[log["case"].isin(log.loc[log["activity"] == "won", "case"]) & log["activity"].isin(order)]
    inbound = won[won["case"].isin(won.loc[won["activity"] == "first contact", "case"])]
    assert len(inbound) > 0
    assert all(list(story) == order for _, story in inbound.groupby("case")["activity"])


def test_touches_are_told_once(traced: SingleRun) -> None:
    world = traced.world
    events = world.events[: int(world.organization.n_events)]
    touched = events[events["purpose"] == DRAW_TOUCH]
    n = len({(int(event["key"]), int(event["occurrence"])) for event in touched})
    assert (traced.event_log()["activity"] == "touched").sum() == n < len(touched)


def test_an_untraced_run_has_a_log_without_touches() -> None:
    activities = set(sim.run(firm("micro", 100, 0)).event_log()["activity"])
    assert {"came in", "handed off", "won"} <= activities
    assert "touched" not in activities


def test_decisions_are_told_in_words(traced: SingleRun) -> None:
    table = traced.decisions
    assert set(table["purpose"]) <= {name.replace("_", " ") for name in QUESTIONS.values()}
    assert (table["is_yes"] == (table["draw"] < table["chance"])).all()
    assert table["day"].min() == -65


# --- Waiting times --------------------------------------------------------------------------------------------------


def test_shares_of_deals_stay_whole(traced: SingleRun) -> None:
    table = traced.time_to_win()
    np.testing.assert_allclose(table[["won", "lost", "open"]].sum(axis=1), 1.0)
    assert table["won"].is_monotonic_increasing
    assert table["calendar_days"].iloc[0] == 0.0


def test_without_open_deals_the_median_is_that_of_the_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {"days": 1.4 * np.array([10, 20, 30, 40, 50, 7]), "how": np.array(["won"] * 3 + ["lost"] * 3)}
    monkeypatch.setattr(waiting, "deals_of", lambda _: seen)
    assert waiting.median_time_to_win(None) == 1.4 * 20
    table = waiting.time_to_win(None)
    assert table["won"].iloc[-1] == pytest.approx(0.5)
    assert table["open"].iloc[-1] == 0.0


def test_an_open_deal_counts_as_long_as_it_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand: 3 deals, one won at 10, one open at 15, one won at 20: the last is all that is left, so all is won."""
    seen = {"days": 1.4 * np.array([10, 15, 20]), "how": np.array(["won", "open", "won"])}
    monkeypatch.setattr(waiting, "deals_of", lambda _: seen)
    assert waiting.time_to_win(None)["won"].tolist() == pytest.approx([0.0, 1 / 3, 1.0])
    assert waiting.median_time_to_win(None) == 1.4 * 20


def test_slow_deals_cut_off_by_the_end_lengthen_the_median() -> None:
    single = sim.run(firm("mid", 130, 0), seed=1)
    assert single.median_time_to_win() > single.outcomes["cycle_days"] * 1.1


def test_no_win_has_no_median() -> None:
    assert sim.run(firm("micro", 1, 0)).median_time_to_win() is None


def test_responses_end_at_the_share_that_is_ever_contacted(traced: SingleRun) -> None:
    table = traced.response()
    assert table["contacted"].is_monotonic_increasing
    leads = traced.leads
    over = leads[(leads["handed_day"] >= 65) & (leads["state"] != "handed")]
    assert table["contacted"].iloc[-1] == pytest.approx((over["first_day"] >= 0).mean())


def test_outcomes_of_leads_are_those_of_the_table_of_leads(traced: SingleRun) -> None:
    leads = traced.leads[traced.leads["first_day"] >= 65]
    inbound = leads[leads["source"] != SELF_FOUND]
    assert traced.outcomes["response_median"] == (inbound["first_day"] - inbound["handed_day"]).median()
    assert traced.outcomes["message"] == pytest.approx(leads.loc[leads["state"] != "rejected", "message"].mean())


# --- Files ----------------------------------------------------------------------------------------------------------


def test_tables_of_mesas_run_are_those_of_the_compiled_one() -> None:
    from sim.ensemble.comparison import run_mesa

    one, other = sim.run(firm("micro", 40, 5)), run_mesa(firm("micro", 40, 5))
    for name in ("series", "by_source", "by_person", "event_log", "assessment"):
        pd.testing.assert_frame_equal(getattr(one, name)(), getattr(other, name)())


def test_a_table_reads_back_from_its_file(tmp_path: Path, traced: SingleRun) -> None:
    from sim.ensemble.files import write_table

    table = traced.by_source()
    for file in (tmp_path / "a.csv", tmp_path / "a.parquet"):
        write_table(file, table, traced.provenance)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "a.csv"), table)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), table)
