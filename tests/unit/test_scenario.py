"""What a scenario file may say, what the catalogue holds, and what a user reads when it is wrong."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.domain.errors import InputError
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.rules import RULES, Rule
from sim.engine.run import outcomes_of, simulate
from sim.spec import catalogue
from sim.spec.edit import entries_from, entry_id, with_interventions, with_relationship, with_value, with_values
from sim.spec.resolve import blueprint_of, practice_levels, steps, steps_of
from sim.spec.scenario import Scenario
from sim.spec.write import scenario_toml

SHIPPED = tuple(catalogue.scenario_names())
INTERVENTIONS = (
    "disciplined_meetings",
    "joint_assignments",
    "liaison",
    "collocation",
    "salesforce_feedback",
    "handoff_definition",
    "response_sla",
    "single_funnel_map",
    "learn_together",
    "ride_alongs",
    "joint_account_plans",
    "executive_support",
    "common_supervisor",
    "joint_planning",
    "data_sharing",
    "shared_metrics_rewards",
    "joint_pricing",
    "joint_events",
    "sales_headcount",
    "programme_budget",
    "list_price",
    "close_the_loop",
)
SHOCKS = ("budget_cut", "price_cut", "capacity_cut", "lead_volume_doubles", "reps_leave")
TYPES = ("undefined", "defined", "aligned", "integrated")


def short(days: int = 60) -> Scenario:
    """A micro firm for a few days, no warm-up."""
    return with_values(catalogue.load_scenario("micro"), [("run.days", days), ("run.warmup_days", 0)])


def same(one: Any, other: Any) -> bool:
    """Whether two scenarios lead to the same bytes: outcomes, and every lead that was ever there."""
    worlds = [simulate(blueprint_of(scenario), 7) for scenario in (one, other)]
    outcomes = [outcomes_of(world).tobytes() for world in worlds]
    leads = [world.leads[: int(world.organization.n_leads)].tobytes() for world in worlds]
    return outcomes[0] == outcomes[1] and leads[0] == leads[1]


# --- Catalogue ------------------------------------------------------------------------------------------------------


def test_the_shipped_catalogue_is_what_users_are_promised() -> None:
    assert {"micro", "small", "mid", "large"} <= set(catalogue.scenario_names())
    assert tuple(catalogue.relationships()) == TYPES
    assert tuple(catalogue.interventions()) == INTERVENTIONS
    assert tuple(catalogue.shocks()) == SHOCKS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_unit_a_range_a_source_and_a_default_within_the_range(rule: Rule) -> None:
    assert rule.unit
    assert rule.source
    assert rule.meaning
    assert rule.low < rule.high
    assert rule.low <= rule.default <= rule.high


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_survives_writing_and_reading(name: str) -> None:
    scenario = catalogue.load_scenario(name)
    assert catalogue.read_scenario(tomllib.loads(scenario_toml(scenario))) == scenario


def test_an_unusual_scenario_survives_writing_and_reading() -> None:
    scenario = with_values(
        catalogue.load_scenario("small"),
        [
            ("name", 'A "quoted" name \\ with # and ü'),
            ("description", "Two\nlines"),
            ("practices.meetings", 2.5),
            ("market.sources[0].name", "web \t site"),
            ("market.gap_days", 10 / 3),
        ],
    )
    scenario = with_interventions(scenario, "liaison=1@20+collocation")
    assert catalogue.read_scenario(tomllib.loads(scenario_toml(scenario))) == scenario


def test_an_empty_file_is_the_default_scenario() -> None:
    assert catalogue.read_scenario({}) == Scenario()


def test_undisciplined_is_another_name_of_undefined() -> None:
    assert with_relationship(short(), "undisciplined").relationship == "undefined"
    assert catalogue.read_scenario({"relationship": "undisciplined"}).relationship == "undefined"


def test_a_small_firm_sits_closer_than_its_type_says_but_own_values_win() -> None:
    scenario = catalogue.load_scenario("micro")
    assert practice_levels(scenario)["collocation"] == 0.9
    assert practice_levels(with_value(scenario, "practices.collocation", 0.1))["collocation"] == 0.1


# --- What each intervention must keep -------------------------------------------------------------------------------


class InterventionContract:
    """What every intervention and every shock keeps; a test class for each one inherits it."""

    name: str
    is_free = False
    until = "..130"

    @property
    def kind(self) -> Any:
        return (catalogue.interventions() | catalogue.shocks())[self.name]

    def uses(self, *doses: float) -> Scenario:
        scenario = short()
        for dose in doses:
            scenario = with_interventions(scenario, f"{self.name}={dose!r}")
        return scenario

    def test_its_exact_id_names_it(self) -> None:
        usual = self.kind.default_dose
        for text, expected in ((self.name, self.name), (f"{self.name}={usual}", self.name)):
            (entry,) = entries_from(short(), text)
            assert entry_id(short(), entry) == expected
        text = f"{self.name}={usual / 2:g}@65{self.until}"
        assert entry_id(short(), entries_from(short(), text)[0]) == text

    def test_it_survives_writing_and_reading(self) -> None:
        scenario = with_interventions(short(), f"{self.name}={self.kind.default_dose / 2}@20{self.until}")
        assert catalogue.read_scenario(tomllib.loads(scenario_toml(scenario))) == scenario

    def test_its_levels_are_within_the_scales(self) -> None:
        assert self.kind.least <= self.kind.default_dose <= self.kind.most
        assert self.kind.evidence
        assert self.kind.description

    @pytest.mark.slow
    def test_dose_zero_changes_nothing_and_books_nothing(self) -> None:
        assert same(short(), self.uses(0.0))
        assert steps(self.uses(0.0)) == []

    def test_a_start_after_the_end_changes_nothing(self) -> None:
        assert same(short(), with_interventions(short(), f"{self.name}@60"))

    @pytest.mark.parametrize("relationship", TYPES)
    def test_the_level_that_a_type_already_has_changes_nothing(self, relationship: str) -> None:
        scenario = with_relationship(short(), relationship)
        level = practice_levels(scenario).get(self.kind.leading, 0.0)
        scenario = self.without_company(scenario)
        assert same(scenario, with_interventions(scenario, f"{self.name}={level!r}"))

    def without_company(self, scenario: Scenario) -> Scenario:
        """The scenario with the practices that accompany the leading one at the top of their scales."""
        tops = {name: PRACTICES[name].high for name in self.kind.practices if name != self.kind.leading}
        return with_values(scenario, [(f"practices.{name}", top) for name, top in tops.items()])

    def at(self, level: float) -> Scenario:
        """A scenario with the leading practice at a level from the start."""
        return with_value(short(), f"practices.{self.kind.leading}", level)

    def test_any_level_that_a_firm_already_has_books_nothing(self) -> None:
        for level in np.linspace(0.01, 0.99, 50):
            scenario = self.without_company(self.at(float(level)))
            scenario = with_interventions(scenario, f"{self.name}={float(level)!r}")
            assert sum(step["one_off"] for step in steps(scenario)) == 0.0, level

    def test_a_dose_books_its_cost_or_its_hours(self) -> None:
        scenario = self.at(0.0)
        before = outcomes_of(simulate(blueprint_of(scenario), 7))
        after = outcomes_of(simulate(blueprint_of(with_interventions(scenario, self.name)), 7))
        people = 5  # 4 reps, 2 marketers and a manager, two of them in both roles
        expected = self.kind.one_off + people * self.kind.one_off_per_person
        assert after["intervention_cost"] - before["intervention_cost"] == pytest.approx(expected)
        is_dearer = after["cost"] > before["cost"] or after["coordination_hours"] > before["coordination_hours"]
        assert is_dearer != self.is_free

    def test_naming_it_twice_books_it_once(self) -> None:
        usual = self.kind.default_dose
        assert same(self.uses(usual), self.uses(usual, usual))


class TestDisciplinedMeetings(InterventionContract):
    name = "disciplined_meetings"


class TestJointAssignments(InterventionContract):
    name = "joint_assignments"


class TestLiaison(InterventionContract):
    name = "liaison"


class TestCollocation(InterventionContract):
    name = "collocation"


class TestSalesforceFeedback(InterventionContract):
    name = "salesforce_feedback"


class TestHandoffDefinition(InterventionContract):
    name = "handoff_definition"


class TestResponseSla(InterventionContract):
    name = "response_sla"


class TestSingleFunnelMap(InterventionContract):
    name = "single_funnel_map"


class TestLearnTogether(InterventionContract):
    name = "learn_together"


class TestRideAlongs(InterventionContract):
    name = "ride_alongs"


class TestJointAccountPlans(InterventionContract):
    name = "joint_account_plans"


class TestExecutiveSupport(InterventionContract):
    name = "executive_support"
    is_free = True


class TestCommonSupervisor(InterventionContract):
    name = "common_supervisor"


class TestJointPlanning(InterventionContract):
    name = "joint_planning"


class TestDataSharing(InterventionContract):
    name = "data_sharing"


class TestSharedMetricsRewards(InterventionContract):
    name = "shared_metrics_rewards"


class TestJointPricing(InterventionContract):
    name = "joint_pricing"


class TestJointEvents(InterventionContract):
    name = "joint_events"


class TestSalesHeadcount(InterventionContract):
    name = "sales_headcount"


class TestProgrammeBudget(InterventionContract):
    name = "programme_budget"


class TestListPrice(InterventionContract):
    name = "list_price"
    is_free = True


class TestCloseTheLoop(InterventionContract):
    name = "close_the_loop"


class TestBudgetCut(InterventionContract):
    name = "budget_cut"
    is_free = True


class TestPriceCut(InterventionContract):
    name = "price_cut"
    is_free = True


class TestCapacityCut(InterventionContract):
    name = "capacity_cut"
    is_free = True


class TestLeadVolumeDoubles(InterventionContract):
    name = "lead_volume_doubles"
    is_free = True


class TestRepsLeave(InterventionContract):
    name = "reps_leave"
    is_free = True
    until = ""

    def at(self, level: float) -> Scenario:
        """An event has no level: a firm without it."""
        return short()

    def test_any_level_that_a_firm_already_has_books_nothing(self) -> None:
        for number in range(12):
            assert sum(step["one_off"] for step in steps(self.uses(number))) == 0.0


def test_every_intervention_has_its_contract_test() -> None:
    assert {kind.name for kind in InterventionContract.__subclasses__()} == {*INTERVENTIONS, *SHOCKS}


@pytest.mark.parametrize("name", ["disciplined_meetings", "joint_assignments", "salesforce_feedback"])
def test_what_takes_time_books_hours(name: str) -> None:
    scenario = with_relationship(short(130), "undefined")
    before = outcomes_of(simulate(blueprint_of(scenario), 7))["coordination_hours"]
    after = outcomes_of(simulate(blueprint_of(with_interventions(scenario, name)), 7))["coordination_hours"]
    assert after > before


def test_a_second_stage_books_its_cost_when_it_asks_for_more() -> None:
    scenario = with_interventions(short(), "liaison=1+liaison=2@20")
    costs = [steps_of(scenario, index)[0]["one_off"] for index in range(2)]
    assert costs == [15_000, 30_000]


def test_a_second_stage_books_its_cost_when_the_first_ends_before() -> None:
    uses = [{"name": "liaison", "end_day": 30}, {"name": "liaison"}]
    scenario = with_value(short(), "interventions", uses)
    assert [steps_of(scenario, index)[0]["one_off"] for index in range(2)] == [30_000, 30_000]


def add(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_a_new_intervention_needs_no_code(own_catalogue: Path) -> None:
    entry = """
[counter_days]
label = "Counter days"
description = "Marketers work at the counter for a day."
leading = "joint_events"
default_dose = 2
ramp_days = 20
one_off = 500
evidence = "A"
practices = { joint_events = 2, ride_alongs = 1 }
"""
    add(own_catalogue / "catalogue" / "interventions.toml", entry)
    scenario = with_interventions(short(130), "counter_days=1@10")
    world = simulate(blueprint_of(scenario), 7)
    assert outcomes_of(world)["intervention_cost"] == 250
    events = list(PRACTICES).index("joint_events")
    assert world.organization.level[events] > 0
    assert "counter_days (per quarter, usual 2)" in scenario_toml(scenario)
    assert same(short(), with_interventions(short(), "counter_days=0"))


def test_a_new_relationship_type_needs_no_code(own_catalogue: Path) -> None:
    levels = "\n".join(f"{name} = 0" for name in PRACTICES)
    text = f'\n[strangers]\nlabel = "S"\ndescription = "D"\nevidence = "A"\n[strangers.practices]\n{levels}\n'
    add(own_catalogue / "catalogue" / "relationships.toml", text)
    assert set(practice_levels(with_relationship(catalogue.load_scenario("mid"), "strangers")).values()) == {0.0}


def test_a_slip_in_the_catalogue_names_file_entry_and_mend(own_catalogue: Path) -> None:
    path = own_catalogue / "catalogue" / "interventions.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("agenda_discipline", "agenda_disciplin"), encoding="utf-8")
    message = (
        r"interventions.toml, \[disciplined_meetings\].*unknown practice, got 'agenda_disciplin'\n"
        "Did you mean 'agenda_discipline'"
    )
    with pytest.raises(InputError, match=message):
        catalogue.interventions()


# --- What users read when something is wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"people": {"reps": 0}}, "people.reps: must be between 1 and 120, got 0"),
        ({"people": {"reps": "many"}}, "people.reps: must be a whole number, got 'many'"),
        ({"people": {"reps": 2.5}}, "people.reps: must be a whole number, got 2.5"),
        ({"people": {"rep": 2}}, "people.rep: is not known, got 2\nDid you mean 'reps'?"),
        ({"people": 2}, "people: must be a table, got 2"),
        ({"peeple": {"reps": 2}}, "peeple: is not known, got a table\nDid you mean 'people'?"),
        ({"people": {"": 2}}, 'people."": is not known, got 2'),
        ({"": 2}, '"": is not known, got 2'),
        ({"market": {"gap_days": float("nan")}}, "market.gap_days: must be a finite number, got nan"),
        ({"market": {"gap_days": "soon"}}, "market.gap_days: must be a number, got 'soon'"),
        (
            {"market": {"sources": [{"name": "web", "share": 0.5, "fit_shift": 0}]}},
            "market.sources: shares must sum to 1",
        ),
        ({"market": {"sources": [{"name": "web", "share": 1}]}}, "market.sources[0].fit_shift: is missing"),
        ({"market": {"weekday_profile": [1, 1, 1, 1]}}, "market.weekday_profile[4]: is missing"),
        ({"market": {"weekday_profile": [0, 0, 0, 0, 0]}}, "market.weekday_profile: must not be negative, nor zero"),
        (
            {"market": {"raw_leads_per_rep_day": 20}},
            "people.reps × market.raw_leads_per_rep_day: must not exceed",
        ),
        ({"people": {"generalists": 15}}, "people: generalists must not exceed marketers or reps (14)"),
        ({"relationship": "definid"}, "relationship: unknown relationship, got 'definid'\nDid you mean 'defined'?"),
        ({"relationship": 3}, "relationship: must be text, got 3"),
        ({"name": ""}, "name: must have at least 1 character, got ''"),
        ({"practices": {"meeting": 1}}, "practices: unknown practice, got 'meeting'\nDid you mean 'meetings'?"),
        (
            {"practices": {"meetings": 66}},
            "practices.meetings: must be between 0 and 65, got 66.0\nGive it in its unit: per quarter.",
        ),
        ({"interventions": "liaison"}, "interventions: must be a list, got 'liaison'"),
        (
            {"interventions": [{"name": "liaisson"}]},
            "interventions[0].name: unknown intervention, got 'liaisson'\nDid you mean 'liaison'?",
        ),
        (
            {"interventions": [{"name": "liaison", "dose": 11}]},
            "interventions[0].dose: must be between 0 and 10 (persons), got 11.0\nThe usual dose of liaison is 2.",
        ),
        (
            {"interventions": [{"name": "liaison", "start_day": 5, "end_day": 5}]},
            "interventions[0].end_day: must come after start_day (5), got 5",
        ),
        ({"run": {"days": 0}}, "run.days: must be between 1 and 10000, got 0"),
    ],
)
def test_a_wrong_value_is_told_by_field_rule_value_and_mend(content: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        catalogue.read_scenario(content)
    assert str(caught.value).startswith(message)
    assert str(caught.value).count("\n") < 3


def test_further_mistakes_are_counted() -> None:
    with pytest.raises(InputError, match="There are 2 more problems in it."):
        catalogue.read_scenario({"people": {"reps": 0, "marketers": 0}, "run": {"days": 0}})


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("peeple.reps", 3, "peeple.reps: there is no such table, got 'peeple'"),
        ("people.reps.x", 3, "people.reps.x: names no single value"),
        ("market.sources[9].share", 3, r"market.sources\[9\].share: there is no such entry, got 9"),
        ("market.sources[0].share", 0.5, "market.sources: shares must sum to 1, got a sum of 1.14"),
        ("market.sources.share", 0.5, "market.sources.share: names no single value"),
        ("interventions[0].dose", 1, r"interventions\[0\].dose: there is no such entry, got 0"),
        ("..", 1, "must be a path such as market.gap_days"),
        ("", 1, "must be a path such as market.gap_days"),
    ],
)
def test_a_wrong_path_says_where_paths_are_listed(path: str, value: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        with_value(catalogue.load_scenario("mid"), path, value)


def test_every_path_of_a_scenario_can_be_set() -> None:
    scenario = with_interventions(catalogue.load_scenario("mid"), "liaison")
    paths = ["run.days", "practices.meetings", "market.sources[1].fit_shift", "market.weekday_profile[4]"]
    paths += ["interventions[0].dose", *(f"{rule.section}.{rule.name}" for rule in RULES)]
    for path in paths:
        rule = next((rule for rule in RULES if path == f"{rule.section}.{rule.name}"), None)
        value = rule.low if rule is not None and rule.name != "raw_leads_per_rep_day" else 1
        changed = with_value(scenario, path, value)
        assert changed is not scenario


def test_several_values_need_only_be_valid_together() -> None:
    scenario = catalogue.load_scenario("micro")
    with pytest.raises(InputError, match="generalists must not exceed"):
        with_value(scenario, "people.marketers", 1)
    changed = with_values(scenario, [("people.marketers", 1), ("people.generalists", 1)])
    assert changed.people.generalists == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("liaisson", "interventions: unknown intervention, got 'liaisson'\nDid you mean 'liaison'?"),
        ("liaison=", "interventions: must look like name, name=dose or name=dose@day, got 'liaison='"),
        ("liaison=1=2", "must look like name, name=dose or name=dose@day, got 'liaison=1=2'"),
        ("liaison+", "must look like name, name=dose or name=dose@day, got 'liaison[+]'"),
        ("liaison=much", "interventions: dose of liaison: must be a number, got 'much'"),
        ("liaison=nan", "interventions: liaison: dose: must be a finite number, got nan"),
        ("collocation=1.01", r"collocation.dose: must be between 0 and 1 \(share\), got 1.01"),
        ("liaison@-1", "interventions: start day of liaison: must be a whole number from 0 to 100000, got '-1'"),
        ("liaison@1.5", "start day of liaison: must be a whole number from 0 to 100000, got '1.5'"),
        ("liaison@inf", "start day of liaison: must be a whole number from 0 to 100000, got 'inf'"),
        ("liaison@nan", "start day of liaison: must be a whole number from 0 to 100000, got 'nan'"),
    ],
)
def test_a_wrong_intervention_says_what_is_right(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        with_interventions(short(), text)


def test_interventions_are_read_from_their_short_form() -> None:
    scenario = with_interventions(short(), " disciplined_meetings + liaison = 2 @ 65 + collocation=.5")
    uses = [(use.name, use.dose, use.start_day) for use in scenario.interventions]
    assert uses == [("disciplined_meetings", None, 0), ("liaison", 2.0, 65), ("collocation", 0.5, 0)]


def test_more_interventions_than_a_run_can_take_are_refused() -> None:
    with pytest.raises(InputError, match="timeline: must not move more than"):
        blueprint_of(with_interventions(short(), "+".join(["adopt=aligned"] * 12)))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.toml", None, "there is no such file, got nothing\nCheck the path."),
        ("bad.toml", b"[people\nreps = 3", "is no valid TOML"),
        ("binary.toml", bytes(range(256)), "must be text in UTF-8"),
        ("typo.toml", b"[peeple]\nreps = 3", "typo.toml: peeple: is not known, got a table\nDid you mean 'people'?"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        catalogue.load_scenario(tmp_path / name)


def test_a_folder_is_no_scenario_file(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(InputError, match="is a folder, got no file\nName a file that ends in .toml"):
        catalogue.load_scenario(tmp_path / "folder.toml")


def test_a_misspelt_scenario_is_guessed() -> None:
    with pytest.raises(InputError, match=r"got 'micr'\nDid you mean 'micro'\? Or name a file that ends in .toml."):
        catalogue.load_scenario("micr")


def test_a_scenario_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        short().people.reps = 3


def test_a_scenario_is_changed_by_its_name_as_it_is_run_by_its_name() -> None:
    mid = catalogue.load_scenario("mid")
    assert with_value("mid", "market.gap_days", 12) == with_value(mid, "market.gap_days", 12)
    assert with_relationship("mid", "aligned") == with_relationship(mid, "aligned")
    assert with_interventions("mid", "liaison=1") == with_interventions(mid, "liaison=1")
    with pytest.raises(InputError, match="there is no scenario of that name, got 'midd'"):
        with_value("midd", "market.gap_days", 12)
