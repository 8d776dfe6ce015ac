"""Why a lead fared differently: causes are found by living it again, and hold outside the machinery that found them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.process_log import COLUMNS, process_log
from sim.analysis.rows import decisions_of, leads_of
from sim.domain.blueprint import empty_world
from sim.domain.errors import InputError
from sim.domain.vocabulary import DRAW_SECOND_LOOK, DRAW_TOUCH, DRAW_WORK_IT, QUESTIONS, READY
from sim.engine.entries import found_world
from sim.engine.run import run_on
from sim.ensemble.schema import schema_of
from sim.explain.divergences import Divergence, divergences
from sim.explain.explanation import Explanation, explain, spread
from sim.explain.explanation_json import explanation_json
from sim.explain.influences import parted, weigh
from sim.explain.path import OPEN, fate_of, recorded_path
from sim.explain.process import process_logs
from sim.explain.recording import LONGER, Branch, Held, branch_off, morning_of
from sim.explain.search import Trials, both, find_causes
from sim.explain.stories import Pair, Story, paired, story
from sim.explain.timeline import timeline
from sim.spec.resolve import blueprint_of

FIRM = "small"


def scenario(relationship: str = "undefined", use: str | None = None) -> sim.Scenario:
    made = sim.with_relationship(sim.load_scenario(FIRM), relationship)
    return made if use is None else sim.with_interventions(made, use)


@pytest.fixture(scope="module")
def pair() -> Pair:
    return paired(scenario(), scenario("defined"), 1, ("undefined", "defined"))


@pytest.fixture(scope="module")
def told() -> Explanation:
    return explain(FIRM, relationships=["undefined", "defined"], leads=25)[0]


def fate_in(world: Any, key: int) -> str:
    leads = leads_of(world)
    return fate_of(int(leads["state"][leads["key"] == key][0]))


def run_with(pair: Pair, held: tuple[Held, ...]) -> Any:
    """The second world lived whole, from its first morning, in a world of its own with some decisions held."""
    recording = pair.worlds[1]
    world = empty_world(recording.plan, n_events=1 + len(held))
    found_world(world, recording.seed)
    world.organization.n_held = len(held)
    for place, decision in enumerate(held, 1):
        event = world.events[place]
        event.key, event.purpose, event.occurrence, event.chance = decision
        event.day = -1
    return run_on(world, 0)


def test_two_worlds_of_one_scenario_have_nothing_to_explain() -> None:
    same = paired(scenario(), scenario(), 3)
    assert same.differing == []
    key = next(key for key in same.worlds[0].place if key >> 48)
    told = story(same, key)
    assert (told.first_divergence, told.causes, told.fates[0]) == (None, (), told.fates[1])


def test_a_lead_that_fares_the_same_has_no_cause_though_its_paths_part(pair: Pair) -> None:
    same = [key for key in both(*pair.worlds) if key not in pair.differing]
    told = [story(pair, key) for key in spread(same, 60)]
    alike = [one for one in told if one.fates[0] == one.fates[1]]
    assert any(one.first_divergence for one in alike)
    assert {(one.verdict, one.causes) for one in alike} == {("same fate", ())}


def test_a_run_that_is_lived_again_without_a_difference_is_the_same_to_the_byte(pair: Pair) -> None:
    for day in (0, 64, 65, 200):
        world = branch_off(pair.worlds[1], Branch(day), lambda _: False)
        assert world.leads.tobytes() == pair.worlds[1].world.leads.tobytes()
        assert world.journal.tobytes() == pair.worlds[1].world.journal.tobytes()


def test_going_back_leaves_the_recording_as_it_is(pair: Pair) -> None:
    before = [world.leads.tobytes() for world in pair.worlds[1].mornings]
    morning_of(pair.worlds[1], 100).leads["state"][:] = 0
    find_causes(*pair.worlds, pair.differing[0])
    assert [world.leads.tobytes() for world in pair.worlds[1].mornings] == before


def test_a_held_decision_has_the_other_chance_once_and_for_its_lead_only(pair: Pair) -> None:
    decisions = pair.worlds[1].decisions
    row = next(row for row in decisions if row["purpose"] == DRAW_WORK_IT and row["draw"] < row["chance"])
    key = int(row["key"])
    world = branch_off(pair.worlds[1], Branch(int(row["day"]), (Held(key, DRAW_WORK_IT, 0, 0.0),)), lambda _: False)
    now = world.events[: int(world.organization.n_events)]
    mine = now[(now["key"] == key) & (now["purpose"] == DRAW_WORK_IT)]
    assert mine["chance"].tolist() == [0.0]
    others = now[(now["purpose"] == DRAW_WORK_IT) & (now["day"] < row["day"])]
    assert (others["chance"] > 0.0).all()


def test_decisions_are_held_only_where_they_are_recorded() -> None:
    """The path without records reads neither held rows nor their number."""
    plain = empty_world(blueprint_of(scenario()))
    found_world(plain, 1)
    plain.organization.n_held = 3
    with_number = run_on(plain, 0)
    assert with_number.leads.tobytes() == run_of(scenario()).leads.tobytes()


def run_of(chosen: sim.Scenario) -> Any:
    world = empty_world(blueprint_of(chosen))
    found_world(world, 1)
    return run_on(world, 0)


def test_what_marketing_calls_ready_is_recorded_as_a_judgement(pair: Pair) -> None:
    world = pair.worlds[0]
    ready = world.decisions[world.decisions["purpose"] == READY]
    last = {int(row["key"]): row["draw"] < row["chance"] for row in ready}
    leads = leads_of(world.world)
    handed = dict(zip(leads["key"].tolist(), (leads["handed_day"] >= 0).tolist(), strict=True))
    assert len(last) > 500 and all(handed[key] == is_ready for key, is_ready in last.items())
    assert QUESTIONS[READY] == "ready"


def test_a_cause_holds_in_a_run_of_its_own(pair: Pair) -> None:
    """Not only in a branch: the whole second world is run anew with the one decision held, and the lead fares as in the
    first."""
    tried = 0
    for key in spread(pair.differing, 40):
        finding = find_causes(*pair.worlds, key)
        if len(finding.causes) == 1 and finding.is_restored and not finding.causes[0].back.changes:
            tried += 1
            assert fate_in(run_with(pair, finding.causes[0].back.held), key) == finding.first.fate
    assert tried >= 20


def test_without_its_cause_the_difference_stays(pair: Pair) -> None:
    """A hold on a decision that is no cause does not restore: the check can fail."""
    stayed = 0
    for key in spread(pair.differing, 40):
        finding = find_causes(*pair.worlds, key)
        bystander = Held(key, DRAW_TOUCH, 0, 0.5)
        stayed += fate_in(run_with(pair, (bystander,)), key) == finding.second.fate
    assert stayed == 40


def test_nearly_every_lead_has_one_cause_and_the_rest_are_joint(pair: Pair) -> None:
    findings = [find_causes(*pair.worlds, key) for key in pair.differing]
    alone = [finding for finding in findings if finding.is_restored and len(finding.causes) == 1]
    joint = [finding for finding in findings if finding.is_restored and len(finding.causes) > 1]
    assert len(findings) >= 100
    assert len(alone) >= 0.9 * len(findings)
    assert len(alone) + len(joint) == len(findings)


def test_two_questions_of_one_round_are_two_and_may_be_joint_causes() -> None:
    """Marketing's judgement and the rep's acceptance are both answered once: the one must not hide the other."""
    aligned = paired(scenario(), scenario("aligned"), 1, ("undefined", "aligned"))
    found = story(aligned, 281475275554816)
    assert found.fates == ("turned down", "lapsed")
    assert found.verdict == "joint causes"
    assert [cause.label for cause in found.causes] == ["marketing's judgement", "first contact"]


@pytest.fixture(scope="module")
def late() -> Story:
    """A deal that with its cause taken back is won a few days after the end of the run."""
    base = sim.load_scenario("micro")
    pair = paired(base, sim.with_interventions(base, "assign_rule=2"), 1, ("micro", "assign_rule=2"))
    return story(pair, 281475412918272)


def test_a_fate_that_is_restored_after_the_end_of_the_run_is_seen_and_said(late: Story) -> None:
    assert (late.fates, late.verdict, late.days_late) == (("won", "lost"), "one cause", 7)


def test_a_run_that_is_lived_on_is_the_same_up_to_its_end(pair: Pair) -> None:
    short, longer = pair.worlds[1], pair.worlds[1].longer
    assert longer.plan.n_days == short.plan.n_days + LONGER
    assert decisions_of(longer.world)[: len(short.decisions)].tobytes() == decisions_of(short.world).tobytes()


def test_a_lead_that_is_open_in_a_world_is_not_lived_on(pair: Pair) -> None:
    """Else whatever is taken back would seem to settle what time alone settles."""
    short, longer = pair.worlds[1], pair.worlds[1].longer
    still = next(
        key
        for key in both(*pair.worlds)
        if recorded_path(short, key).fate == OPEN and recorded_path(longer, key).fate != OPEN
    )
    bystander = Branch(640, (Held(still, DRAW_TOUCH, 0, 0.5),))
    path = Trials(*pair.worlds, still).without([Divergence(640, "answer", (DRAW_TOUCH, 0), bystander)])
    assert path.fate == OPEN


def test_none_of_joint_causes_can_be_left_out(pair: Pair) -> None:
    joint = [
        (key, finding)
        for key in pair.differing
        if len((finding := find_causes(*pair.worlds, key)).causes) > 1 and finding.is_restored
    ]
    for key, finding in joint[:5]:
        trials = Trials(*pair.worlds, key)
        for cause in finding.causes:
            others = [other for other in finding.causes if other is not cause]
            assert not trials.is_restored(trials.without(others))


def second_look(pair: Pair) -> tuple[int, Divergence]:
    """A lead on whose second look the worlds part, and that parting."""
    for key in pair.differing:
        paths = recorded_path(pair.worlds[0], key), recorded_path(pair.worlds[1], key)
        for parting in divergences(key, *paths):
            if parting.address[0] == DRAW_SECOND_LOOK and parting.question == "answer":
                return key, parting
    raise AssertionError("no such lead")


def test_the_practice_behind_a_second_look_is_tracking(pair: Pair) -> None:
    """By the formula of docs/odd.md: without a rule on answering the chance hangs on acquaintance alone."""
    key, parting = second_look(pair)
    paths = recorded_path(pair.worlds[0], key), recorded_path(pair.worlds[1], key)
    weighing = weigh(pair.worlds, key, paths, parting)
    assert weighing is not None
    largest = weighing.influences[0]
    assert (largest.name, largest.first, largest.second) == ("practice sla", 0.0, 0.35)
    assert largest.chance is not None and largest.chance < weighing.second.chance
    assert weighing.rest is not None  # Mondays change acquaintance before the look
    assert abs(weighing.rest) < 0.15 * (weighing.second.chance - weighing.first.chance)


def test_all_quantities_together_nearly_always_explain_a_judgement(pair: Pair) -> None:
    """A quantity that is missing from the list would show here: the rest would be large."""
    rests = []
    for key in pair.differing:
        paths = recorded_path(pair.worlds[0], key), recorded_path(pair.worlds[1], key)
        for parting in divergences(key, *paths):
            asked = parted(*paths, parting.address)
            if asked is not None and asked.address[0] == READY:
                weighing = weigh(pair.worlds, key, paths, parting)
                gap = asked.first.chance - asked.first.draw - asked.second.chance + asked.second.draw
                assert weighing is not None and weighing.rest is not None
                rests.append(abs(weighing.rest) <= 0.1 * abs(gap))
    assert len(rests) >= 15 and np.mean(rests) >= 0.7


def test_a_story_has_both_worlds_side_by_side(told: Explanation) -> None:
    for one in told.stories:
        names = [step.activity for step in one.timeline]
        assert len(names) == len(set(names))
        assert names[0] in ("came in", "found by the rep")
        assert all(any(step.moments) for step in one.timeline)
        assert one.fates[0] != one.fates[1]
        assert one.first_divergence is not None and one.causes
        assert all(cause.answers[0] != cause.answers[1] for cause in one.causes)


def test_the_luck_of_a_cause_lies_between_its_chances(told: Explanation) -> None:
    causes = [cause for one in told.stories for cause in one.causes if cause.chances and cause.luck]
    assert causes
    for cause in causes:
        if cause.label != "marketing's judgement":
            assert cause.chances is not None and cause.luck is not None
            assert cause.luck[0] == cause.luck[1]
            assert min(cause.chances) <= cause.luck[0] < max(cause.chances)


def test_reasons_count_every_story_once(told: Explanation) -> None:
    assert sum(reason.leads for reason in told.reasons) == len(told.stories) == 25
    money = sum(one.bookings[1] - one.bookings[0] for one in told.stories)
    assert sum(reason.bookings for reason in told.reasons) == pytest.approx(money)
    assert list(told.table()["leads"]) == sorted(told.table()["leads"], reverse=True)


def test_the_only_setting_that_differs_restores_every_lead() -> None:
    """One intervention apart, the scenario without it is the first one."""
    told = explain(scenario(), scenario(use="response_sla"), leads=10)[0]
    assert [setting.name for setting in told.settings] == ["response_sla"]
    assert len(told.settings[0].restored) == 10


def test_values_that_differ_are_settings_with_their_paths() -> None:
    other = sim.with_value(scenario(), "market.fit_mean", -0.6)
    (setting,) = explain(scenario(), other, leads=3)[0].settings
    assert (setting.name, setting.first, setting.second, len(setting.restored)) == ("market.fit_mean", -0.85, -0.6, 3)


def test_three_worlds_are_each_compared_with_the_first() -> None:
    told = sim.explain(FIRM, relationships=["undefined", "defined", "aligned"], leads=2)
    assert [one.names for one in told] == [("undefined", "defined"), ("undefined", "aligned")]


def test_an_explanation_as_json_meets_its_schema_and_is_the_same_again(told: Explanation) -> None:
    document = json.loads(explanation_json([told]))
    jsonschema.Draft202012Validator(schema_of("explanation")).validate(document)
    again = explain(FIRM, relationships=["undefined", "defined"], leads=25)
    assert json.loads(explanation_json(again)) == document


def test_one_lead_is_told_by_its_row(told: Explanation) -> None:
    wanted = told.stories[3]
    (alone,) = explain(FIRM, relationships=["undefined", "defined"], lead=wanted.rows[0])[0].stories
    assert alone == wanted


@pytest.mark.parametrize(
    ("scenarios", "options", "message"),
    [
        ((FIRM,), {}, "needs two worlds"),
        ((FIRM, "micro"), {"interventions": ["liaison"]}, "with one scenario only"),
        ((FIRM,), {"interventions": ["liaison"], "lead": 10**6}, "must be a row of leads"),
        ((FIRM,), {"interventions": ["liaison"], "lead": -1}, "must be a row of leads"),
        ((FIRM,), {"interventions": ["liaison"], "leads": -1}, "must be a whole number"),
        ((FIRM, FIRM), {"seed": -1}, "must be a whole number"),
    ],
)
def test_what_cannot_be_explained_is_refused(scenarios: tuple[str, ...], options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        explain(*scenarios, **options)


def test_a_log_for_process_mining_has_the_usual_columns_and_one_case_per_lead_and_world(told: Explanation) -> None:
    log = process_logs([told])
    assert list(log.columns[: len(COLUMNS)]) == list(COLUMNS)
    assert {"case:concept:name", "concept:name", "time:timestamp", "org:resource"} <= set(log.columns)
    assert set(log["case:world"]) == {"undefined", "defined"}
    assert pd.api.types.is_datetime64_any_dtype(log["time:timestamp"])
    assert log.groupby("case:concept:name")["time:timestamp"].is_monotonic_increasing.all()
    assert log.groupby("case:concept:name")["case:lead"].nunique().eq(1).all()
    won = process_log(told.pair.worlds[0].world, "a").drop_duplicates("case:lead")
    booked = leads_of(told.pair.worlds[0].world)["booked"].sum()
    assert won["case:value"].sum() == pytest.approx(booked)


def test_the_story_in_the_readme_is_what_the_command_says(capsys: pytest.CaptureFixture[str]) -> None:
    from sim.cli import app

    page = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    ((line, story_told),) = re.findall(r"```\n\$ smarketing (explain [^\n]*)\n(.*?)```", page, flags=re.DOTALL)
    app(line.split(), standalone_mode=False)
    told = capsys.readouterr().out
    assert [row.rstrip() for row in told.strip().splitlines()] == story_told.strip().splitlines()


def test_a_cause_that_comes_up_with_others_only_has_its_answers_and_chances(pair: Pair) -> None:
    joint = [key for key in pair.differing if len(find_causes(*pair.worlds, key).causes) > 1]
    assert joint
    for cause in [cause for key in joint[:10] for cause in story(pair, key).causes]:
        assert cause.answers[0] != cause.answers[1]
        if cause.chances is not None and cause.luck is not None and cause.luck[0] == cause.luck[1]:
            assert (cause.luck[0] < cause.chances[0]) != (cause.luck[1] < cause.chances[1])


@pytest.mark.parametrize("rule", ["handoff_point=0", "handoff_point=3", "assign_rule=2", "reps_leave=2@65"])
def test_rules_of_the_firm_are_causes_too(rule: str) -> None:
    told = explain(FIRM, interventions=[rule], leads=25)[0]
    assert told.verdicts()["not found"] <= 1
    labels = {cause.label for one in told.stories for cause in one.causes}
    assert ("hand-off point" in labels) == rule.startswith("handoff_point")


def test_touches_of_a_stage_are_one_step() -> None:
    log = pd.DataFrame(
        {
            "activity": ["became a deal", "touched", "touched", "moved to proposal", "touched", "won"],
            "day": [1, 2, 4, 4, 6, 6],
            "resource": ["rep 1"] * 6,
        }
    )
    steps = timeline([log, log.iloc[:2]])
    assert [step.activity for step in steps] == [
        "became a deal", "touched in discovery", "moved to proposal", "touched in proposal", "won",
    ]  # fmt: skip
    first, second = steps[1].moments
    assert first is not None and (first.day, first.until, first.times) == (2, 4, 2)
    assert second is not None and second.times == 1
    assert steps[4].moments[1] is None


def test_the_command_tells_a_lead_and_writes_a_log_with_where_it_comes_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], told: Explanation
) -> None:
    from sim.cli import app

    row = told.stories[0].rows[0]
    file = tmp_path / "log.csv"
    arguments = ["explain", FIRM, "--relationships", "undefined,defined", "--lead", str(row), "--events", str(file)]
    app(arguments, standalone_mode=False)
    shown = capsys.readouterr()
    assert f"Lead {row}" in shown.out and "Check: with" in shown.out
    assert f"sim.explain('small', relationships=['undefined', 'defined'], lead={row}, seed=1)" in shown.err
    assert len(pd.read_csv(file)) > 1000
    about = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    assert about["seed"] == 1 and list(about["worlds"]) == ["defined"]


@pytest.mark.slow
def test_an_explanation_is_the_same_to_the_byte_whatever_the_order_of_hashes() -> None:
    command = "-m sim explain small --relationships undefined,aligned --leads 12 --format json --quiet".split()
    told = []
    for seed in ("1", "2", "3"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True, env=env, check=True)
        document = json.loads(done.stdout)
        document["provenance"].pop("timings", None)
        told.append(json.dumps(document))
    assert told[0] == told[1] == told[2]
