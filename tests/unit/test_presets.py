"""Presets, where every value of a scenario comes from, and what a check finds unusual."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sim.domain.errors import InputError
from sim.ensemble.provenance import digest_of, resolved
from sim.spec import catalogue
from sim.spec.edit import with_interventions, with_value, with_values
from sim.spec.entries import entry_named
from sim.spec.origins import Value, values_of
from sim.spec.presets import Given, flat
from sim.spec.resolve import practice_levels
from sim.spec.scenario import RULE_SECTIONS, Scenario
from sim.spec.unusual import unusual
from sim.spec.write import scenario_toml

PRESETS = [
    *(("organization", name) for name in catalogue.organizations()),
    *(("market", name) for name in catalogue.markets()),
]
ENTRIES = [*PRESETS, *(("relationship", name) for name in catalogue.relationships())]
ENTRIES += [("intervention", name) for name in catalogue.interventions()]
EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence.md"


def of(organization: str = "", market: str = "", **more: Any) -> Scenario:
    """A scenario with presets and own values."""
    return catalogue.read_scenario({"presets": {"organization": organization, "market": market}, **more})


def preset(kind: str, name: str) -> Any:
    return catalogue.preset_named(kind, name)


def holds(value: Any, given: Any) -> bool:
    """Whether a value is what was given, defaults of a row's further fields aside."""
    if isinstance(given, list):
        return len(value) == len(given) and all(map(holds, value, given))
    return value.items() >= given.items() if isinstance(given, dict) else bool(value == given)


# --- The catalogue --------------------------------------------------------------------------------------------------


def test_the_presets_are_what_users_are_promised() -> None:
    assert {"micro", "small", "growing", "mid", "large"} <= set(catalogue.organizations())
    assert {"simple", "complex", "distributor", "launch", "inbound", "membership"} <= set(catalogue.markets())


@pytest.mark.parametrize(("kind", "name"), PRESETS)
def test_a_preset_makes_a_good_scenario_and_each_of_its_numbers_arrives(kind: str, name: str) -> None:
    scenario = of(**{kind: name})
    mine = dict(flat(scenario.model_dump(mode="json")))
    for path, given in preset(kind, name).givens.items():
        assert holds(mine[path], given.value), path


@pytest.mark.parametrize(("kind", "name"), ENTRIES)
def test_every_number_of_the_catalogue_has_a_unit_a_source_and_a_meaning(kind: str, name: str) -> None:
    entry = next(e for e in [entry_named(name, kind)] if e is not None)
    assert entry.numbers
    assert entry.description
    for number in entry.numbers:
        assert number.unit, number
        assert number.meaning, number
        assert number.source.strip(), number
        if isinstance(number.value, int | float):
            assert number.low is not None, number
            assert number.low <= number.value <= (number.high if number.high is not None else number.value), number


@pytest.mark.parametrize(("kind", "name"), ENTRIES)
def test_every_source_that_the_catalogue_cites_is_a_row_of_the_evidence(kind: str, name: str) -> None:
    known = set(re.findall(r"\b[ES]\d+\b", EVIDENCE.read_text(encoding="utf-8")))
    entry = next(e for e in [entry_named(name, kind)] if e is not None)
    for number in entry.numbers:
        assert set(re.findall(r"\b[ES]\d+\b", number.source)) <= known, number


@pytest.mark.parametrize("source", ["E85", "E85, S43: why", "Olist: fitted", "A: because nobody counts it"])
def test_a_source_names_evidence_or_a_reason(source: str) -> None:
    assert Given(value=1, source=source).source == source


@pytest.mark.parametrize("source", ["", "A", "A: so", "a friend", "E85 and S43", "E85:"])
def test_a_number_without_a_source_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="source"):
        Given(value=1, source=source)


# --- The order of things --------------------------------------------------------------------------------------------


@pytest.fixture
def own_presets(own_catalogue: Path) -> Path:
    """A folder with an organization and a market that disagree on one number."""
    for file, text in (
        (
            "organizations.toml",
            'market.gap_days = { value = 5, source = "E87" }\npeople.reps = { value = 9, source = "E87" }',
        ),
        ("markets.toml", 'market.gap_days = { value = 6, source = "E87" }'),
    ):
        path = own_catalogue / "catalogue" / file
        entry = f'\n[mine]\nlabel = "L"\ndescription = "D"\n{text}\n'
        path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")
    return own_catalogue


def test_a_new_preset_needs_no_code(own_presets: Path) -> None:
    scenario = of("mine")
    assert (scenario.market.gap_days, scenario.people.reps, scenario.people.marketers) == (5, 9, 14)


def test_market_stands_over_organization_file_over_both_and_flag_over_all(own_presets: Path) -> None:
    assert of("mine", "mine").market.gap_days == 6
    written = catalogue.read_scenario(
        {"presets": {"organization": "mine", "market": "mine"}, "market": {"gap_days": 7}}
    )
    assert written.market.gap_days == 7
    assert with_value(written, "market.gap_days", 8).market.gap_days == 8


def test_a_preset_stands_under_the_relationship_and_its_floor_over_it() -> None:
    levels = practice_levels(of("micro", relationship="integrated"))
    assert levels["collocation"] == 0.9
    assert levels["meetings"] == catalogue.relationships()["integrated"].practices["meetings"]


def test_a_list_of_a_preset_is_replaced_as_a_whole() -> None:
    rows = [{"name": "only", "share": 1, "fit_shift": 0}]
    assert len(of(market="distributor").market.sources) == 5
    changed = catalogue.read_scenario({"presets": {"market": "distributor"}, "market": {"sources": rows}})
    assert [source.name for source in changed.market.sources] == ["only"]


def test_naming_another_preset_leaves_own_values_alone() -> None:
    mine = of("growing", "complex", people={"marketers": 5})
    simple = with_value(mine, "presets.market", "simple")
    assert simple == of("growing", "simple", people={"marketers": 5})
    assert with_value(simple, "presets.market", "complex") == mine
    assert with_values(mine, [("people.reps", 3), ("presets.organization", "large")]).people.reps == 3


def test_presets_do_not_count_once_their_values_are_written_out() -> None:
    named = of("small", "simple")
    plain = {section: values for section, values in named.model_dump(mode="json").items() if section in RULE_SECTIONS}
    assert digest_of(catalogue.read_scenario(plain), 1) == digest_of(named, 1)
    assert digest_of(of("small"), 1) != digest_of(named, 1)


def test_the_mid_size_organization_is_the_default() -> None:
    assert resolved(of("mid")) == resolved(Scenario())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            {"presets": {"market": "complx"}},
            "presets.market: unknown market preset, got 'complx'\nDid you mean 'complex'?",
        ),
        (
            {"presets": {"organization": "huge"}},
            "presets.organization: unknown organization preset, got 'huge'\nThere are:",
        ),
        ({"presets": {"markt": "complex"}}, "presets: markt: is not known, got 'complex'\nDid you mean 'market'?"),
        ({"presets": "complex"}, "presets"),
        (
            {"presets": {"market": "inbound", "organization": "large"}},
            "people.reps × market.raw_leads_per_rep_day",
        ),
        ({"fiscal_year_start": 13}, "fiscal_year_start: must be between 1 and 12, got 13"),
        ({"sources": {"market.gap_days": ""}}, "sources.market.gap_days: must have 1 to 300 characters"),
    ],
)
def test_a_wrong_preset_is_told_with_the_mend(content: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        catalogue.read_scenario(content)


def test_a_slip_in_a_preset_names_file_entry_and_field(own_catalogue: Path) -> None:
    path = own_catalogue / "catalogue" / "markets.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("gap_days = { value = 2,", "gap_days = { value = 200,"))
    with pytest.raises(
        InputError, match=r"markets.toml, \[simple\]: market.gap_days: must be between 0.05 and 60, got 200"
    ):
        catalogue.markets()


# --- Where values come from -----------------------------------------------------------------------------------------


def origin(values: list[Value], path: str) -> tuple[str, str]:
    value = next(value for value in values if value.path == path)
    return value.origin, value.source


def test_every_value_says_where_it_comes_from() -> None:
    content = {
        "presets": {"organization": "growing", "market": "complex"},
        "people": {"marketers": 5, "reps": 15},
        "practices": {"meetings": 3},
        "market": {"value_sd": 1.1},
        "sources": {"people.reps": "payroll", "market.value_sd": "calibration: our CRM"},
    }
    scenario = with_value(catalogue.read_scenario(content), "market.sources[0].fit_shift", 1.0)
    values = values_of(scenario, [path for path, _ in flat(content)], ["market.sources[0].fit_shift"])
    assert origin(values, "selling.quota")[0] == "default"
    assert origin(values, "people.managers")[0] == "organization growing"
    assert origin(values, "market.gap_days") == ("market complex", "E87: won after 90 to 180 days and more")
    assert origin(values, "practices.feedback")[0] == "relationship undefined"
    assert origin(values, "practices.collocation")[0] == "a small firm's floor"
    assert origin(values, "practices.meetings") == ("file", "no source given")
    assert origin(values, "people.reps") == ("file", "payroll")
    assert origin(values, "market.value_sd") == ("calibration", "calibration: our CRM")
    assert origin(values, "market.sources")[0] == "flag"
    assert len({value.path for value in values}) == len(values)


def test_every_path_of_a_scenario_is_among_its_values() -> None:
    scenario = catalogue.load_scenario("olist")
    paths = {value.path for value in values_of(scenario)}
    shown = scenario.model_dump(include={*RULE_SECTIONS, "run"})
    assert {path for path, _ in flat(shown)} <= paths
    assert all(value.meaning and value.source and value.unit for value in values_of(scenario))


@pytest.mark.parametrize(("kind", "name"), PRESETS)
def test_a_written_scenario_goes_on_following_its_presets(kind: str, name: str) -> None:
    text = scenario_toml(of(**{kind: name}))
    content = tomllib.loads(text)
    assert not {"people", "market", "selling"} & {section for section in content if content[section]}
    assert catalogue.read_scenario(content) == of(**{kind: name})


# --- What is unusual ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", catalogue.scenario_names())
def test_a_shipped_scenario_has_nothing_unusual(name: str) -> None:
    assert unusual(catalogue.load_scenario(name), catalogue.scenario_content(name)[0]) == []


@pytest.mark.parametrize(("kind", "name"), PRESETS)
def test_a_preset_has_nothing_unusual(kind: str, name: str) -> None:
    assert unusual(of(**{kind: name})) == []


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("run.days", 100, "run.days is 100: less than a year"),
        ("run.warmup_days", 0, "run.warmup_days is 0"),
        ("people.marketers", 2, "There are 20 reps for a marketer"),
        ("people.managers", 0, "There are 0 managers"),
        ("people.reps", 6, "people.proximity_floor is 0 in a firm this small"),
        ("market.raw_leads_per_rep_day", 6, "Judging 240 inquiries a day takes 120 h"),
        ("market.raw_leads_per_rep_day", 6, "market.raw_leads_per_rep_day is 6; usual is 0.3"),
        ("handoff.reading_cap", 0.02, "Reading takes a rep about"),
        ("selling.proposal_hours", 7, "A touch of a usual account takes 7 h"),
        ("market.gap_days", 1, "market.gap_days is 1; usual is 9 (d;"),
        ("mechanisms.use_trust", 0, "mechanisms.use_trust is 0: everybody is trusted"),
    ],
)
def test_what_is_unusual_is_said(path: str, value: float, message: str) -> None:
    notes = unusual(with_value(catalogue.load_scenario("mid"), path, value))
    assert any(message in note for note in notes), notes


def test_interventions_without_effect_are_named() -> None:
    late = with_interventions(catalogue.load_scenario("mid"), "liaison@520")
    assert unusual(late) == ["liaison@520 starts on day 520, after the end of the run (520)."]
    empty = with_interventions(catalogue.load_scenario("mid"), "liaison=0")
    assert unusual(empty) == ["liaison=0 changes nothing: its level is already there."]


def test_values_that_say_nothing_new_and_values_without_a_source_are_named() -> None:
    content = {
        "market": {"gap_days": 9, "value_sd": 0.9},
        "sources": {"market.value_sd": "our CRM", "market.tempo_sd": "a guess"},
        "people": {"reps": 38},
    }
    notes = unusual(catalogue.read_scenario(content), content)
    assert notes == [
        "These say what presets or defaults say anyway: market.gap_days.",
        "No source is given under [sources] for 1 of its values: people.reps.",
        "[sources] names what the file does not give: market.tempo_sd.",
    ]
