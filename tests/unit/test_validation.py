"""The scorecard: its registry is complete, its verdicts are sound, and every check in it can fail."""

from __future__ import annotations

import json
import math
import re
import sys
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import sim
import sim.cli
from sim.domain.outcomes import BY_NAME
from sim.domain.records import World
from sim.engine.run import simulate
from sim.report.scorecard import scorecard_markdown, scorecard_table
from sim.spec.resolve import blueprint_of
from sim.validation import scorecard
from sim.validation.claims import (
    NOT_APPLICABLE,
    NOT_DISTINGUISHABLE,
    NOT_REPRODUCED,
    REPRODUCED,
    STATUSES,
    Claim,
    Fact,
    judge,
    lowers,
    raises,
    status_of,
)
from sim.validation.facts import BY_ID, FACTS
from sim.validation.invariants import INVARIANTS
from sim.validation.limits import LIMITS, Limit, known
from sim.validation.quantities import Change, Gap, Mean, Relative
from sim.validation.readings import READINGS
from sim.validation.scorecard import COLUMNS, Scorecard, finding_row, score_facts
from sim.validation.settings import Setting, firm
from sim.validation.study import run_study

DOCS = Path(__file__).parents[2] / "docs"
EVIDENCE = (DOCS / "evidence.md").read_text(encoding="utf-8")
SHORT = {"run.days": 60, "run.warmup_days": 5}
A, B = firm("undefined", size="micro", change=SHORT), firm("integrated", size="micro", change=SHORT)
LUCK = np.random.default_rng(3)


def ids(source: str) -> list[str]:
    """Rows that a source names: ``E43–E46, SdA`` has four and an article."""
    found = []
    for part in source.split(", "):
        ends = re.fullmatch(r"E(\d+)–E(\d+)", part)
        found += [f"E{n}" for n in range(int(ends[1]), int(ends[2]) + 1)] if ends else [part]
    return found


def test_the_registry_has_every_stylised_fact_of_the_evidence_in_its_words() -> None:
    rows = re.findall(r"^\| (S\d+) \| (.+?) \| (.+?) \|$", EVIDENCE, re.MULTILINE)
    assert rows == [(fact.id, fact.statement, fact.source) for fact in FACTS]


def test_every_fact_cites_rows_that_there_are() -> None:
    known_rows = set(re.findall(r"^\| (E\d+)", EVIDENCE, re.MULTILINE)) | set(re.findall(r"Sd[A-E]|E86", EVIDENCE))
    assert {row for fact in FACTS for row in ids(fact.source)} <= known_rows


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_a_fact_asks_for_what_can_be_measured_or_says_why_it_cannot(fact: Fact) -> None:
    assert fact.claims or fact.note
    for claim in fact.claims:
        assert claim.kind in {"ordering", "sign", "range", "shape"}
        assert math.isfinite(claim.low) or math.isfinite(claim.high)
        assert {name for _, name in claim.quantity.needs()} <= set(BY_NAME) | set(READINGS)


def test_the_page_names_every_fact_invariant_and_limit_with_a_verdict() -> None:
    page = (DOCS / "validation.md").read_text(encoding="utf-8")
    for fact in FACTS:
        assert re.search(rf"^\| {fact.id} \| ({'|'.join(STATUSES)})\b", page, re.MULTILINE), fact.id
        assert fact.statement in page
    assert all(f"| {name} | holds | {row.statement} |" in page for name, row in INVARIANTS.items())
    assert all(f"| {limit.id} | holds | {limit.statement} |" in page for limit in LIMITS)


# --- Verdicts ---------------------------------------------------------------------------------------------------------


def seen(**values: Any) -> dict[tuple[Setting, str], Any]:
    """Measured values of `wins` in A and B."""
    return {({"a": A, "b": B}[name], "wins"): np.asarray(each, float) for name, each in values.items()}


def test_a_difference_has_the_interval_of_the_paired_t_test() -> None:
    a, b = LUCK.normal(10, 2, 30), LUCK.normal(11, 2, 30)
    low, high = Change("wins", B, A).estimate(seen(a=a, b=b)).interval(0.05)
    expected = stats.ttest_rel(b, a).confidence_interval(0.95)
    assert (low, high) == pytest.approx((expected.low, expected.high))


def test_a_relative_change_misses_the_truth_as_often_as_it_says() -> None:
    missed, n = 0, 2000
    for _ in range(n):
        luck = LUCK.normal(0, 1, 40)
        values = seen(a=10 + luck, b=12 + luck + LUCK.normal(0, 1, 40))
        low, high = Relative("wins", B, A).estimate(values).interval(0.05)
        missed += not low <= 0.2 <= high
    assert abs(missed / n - 0.05) < 4 * math.sqrt(0.05 * 0.95 / n)  # false alarm: one in 16,000


def test_differences_of_effects_share_their_luck() -> None:
    luck = LUCK.normal(0, 5, 20)
    values = seen(a=luck, b=luck + 1.0)
    assert Gap(Mean("wins", B), Mean("wins", A)).estimate(values).interval(0.05) == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize(
    ("shift", "status"), [(2.0, REPRODUCED), (-2.0, NOT_REPRODUCED), (0.05, NOT_DISTINGUISHABLE), (0.0, NOT_REPRODUCED)]
)
def test_a_claim_is_judged_by_its_whole_interval(shift: float, status: str) -> None:
    a = LUCK.normal(10, 1, 20)
    b = a if shift == 0.0 else a + shift + LUCK.normal(0, 0.5, 20)
    assert judge(raises("wins", B, A), seen(a=a, b=b), 0.01).status == status


@pytest.mark.parametrize("values", [[1.0], [math.nan, math.nan, math.nan], [1.0, math.nan]])
def test_too_little_is_not_distinguishable(values: list[float]) -> None:
    finding = judge(Claim("range", Mean("wins", A), low=0.0), seen(a=values), 0.01)
    assert finding.status == NOT_DISTINGUISHABLE
    assert finding_row(finding)["ci_low"] is None


def test_a_value_that_exists_in_few_runs_counts_as_few() -> None:
    rare = np.full(100, math.nan)
    rare[:10] = LUCK.normal(5, 1, 10)
    low, high = Mean("wins", A).estimate(seen(a=rare)).interval(0.05)
    assert high - low > 2 * 1.8 / math.sqrt(10)


@pytest.mark.parametrize(
    ("needs", "statuses", "verdict"),
    [
        ("all", [REPRODUCED, REPRODUCED], REPRODUCED),
        ("all", [REPRODUCED, NOT_DISTINGUISHABLE], NOT_DISTINGUISHABLE),
        ("all", [NOT_REPRODUCED, NOT_DISTINGUISHABLE], NOT_REPRODUCED),
        ("any", [NOT_REPRODUCED, REPRODUCED], REPRODUCED),
        ("any", [NOT_REPRODUCED, NOT_DISTINGUISHABLE], NOT_DISTINGUISHABLE),
        ("any", [NOT_REPRODUCED, NOT_REPRODUCED], NOT_REPRODUCED),
        ("all", [], NOT_APPLICABLE),
    ],
)
def test_a_fact_needs_all_of_its_claims_or_any(needs: str, statuses: list[str], verdict: str) -> None:
    claim = lowers("wins", B, A)
    findings = [replace(judge(claim, seen(a=[1, 2], b=[1, 2]), 0.01), status=status) for status in statuses]
    assert status_of(Fact("S00", "", "", [claim], needs=needs), findings) == verdict


# --- Invariants -------------------------------------------------------------------------------------------------------

SPOILT = {
    "leads": lambda world: add(world.journal, "leads_in", 1.0),
    "hand-offs": lambda world: add(world.journal, "expired", 1.0),
    "contacts": lambda world: add(world.journal, "accepted", -1.0),
    "deals": lambda world: add(world.journal, "lost_said_no", 1.0),
    "ends": lambda world: add(world.journal, "lost_neglected", 1.0),
    "bookings": lambda world: add(world.journal, "bookings", 1e5),
    "customers": lambda world: add(world.journal, "renewals_due", 1.0),
    "money": lambda world: add(world.journal, "profit", 1e5),
    "disputes": lambda world: add(world.journal, "credit_disputes", 1.0),
    "hours": lambda world: world.people["hours"].__setitem__((0, 1), 1e6),
    "shares": lambda world: add(world.pairs, "trust", 1.5),
    "days": lambda world: world.leads["born_day"].__setitem__(slice(None), 10_000),
    "counters": lambda world: add(world.people, "open_deals", 1),
    "little": lambda world: add(world.journal, "open_deals", 1.0),
}


def add(table: Any, column: str, amount: float) -> None:
    table[column][0] += amount


@pytest.mark.parametrize("name", INVARIANTS)
def test_every_invariant_holds_of_a_run_and_fails_of_a_spoilt_one(name: str) -> None:
    world: World = simulate(blueprint_of(firm(size="small", change={"run.days": 100}).scenario()), 1)
    assert INVARIANTS[name].discrepancy(world) < 1e-9
    SPOILT[name](world)
    assert INVARIANTS[name].discrepancy(world) > 1e-3


# --- The study --------------------------------------------------------------------------------------------------------


def test_a_setting_that_two_facts_ask_about_is_run_once() -> None:
    done: list[int] = []
    labelled = firm("undefined", size="micro", change=SHORT, label="otherwise called")
    study = run_study([(A, "wins"), (labelled, "message"), (B, "wins")], 2, 1, 1, done.append)
    assert study.n_runs == sum(done) == 4
    assert set(study.measured) == {(A, "wins"), (A, "message"), (B, "wins")}


def test_a_study_measures_what_a_comparison_does() -> None:
    study = run_study([(A, "bookings_new"), (B, "bookings_new")], 3, seed=4)
    compared = sim.compare(A.scenario(), relationships=["undefined", "integrated"], replications=3, seed=4)
    column = list(BY_NAME).index("bookings_new")
    for index, setting in enumerate((A, B)):
        np.testing.assert_array_equal(
            study.measured[setting, "bookings_new"], compared.results.outcomes[index, :, column]
        )


def everywhere(thing: Any, change: dict[str, float]) -> Any:
    """A claim or quantity with a value changed in every setting that it looks at."""
    if isinstance(thing, Setting):
        return replace(thing, changes=thing.changes + tuple(change.items()))
    if is_dataclass(thing):
        parts = {name: everywhere(getattr(thing, name), change) for name in thing.__dataclass_fields__}
        return replace(thing, **parts)  # type: ignore[type-var]
    return thing


BROKEN = [
    ("S24", {"conflict.authority_settles": 0.0}),
    ("S19", {"mechanisms.use_trust": 0, "mechanisms.use_familiarity": 0}),
    ("S30", {"learning.report_trust": 0.0, "learning.report_shared_pay": 0.0}),
    ("S28", {"conflict.rule_settles": 0.0}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "change"), BROKEN)
def test_a_fact_turns_red_where_its_mechanism_is_switched_off(name: str, change: dict[str, float]) -> None:
    whole = BY_ID[name]
    broken = replace(whole, claims=[everywhere(claim, change) for claim in whole.claims])
    for fact, is_red in ((whole, False), (broken, True)):
        needs = [need for claim in fact.claims for need in claim.quantity.needs()]
        (scored,) = score_facts([fact], run_study(needs, 30).measured)
        assert (scored.status != REPRODUCED) == is_red, [finding_row(finding) for finding in scored.findings]


# --- The card and the command -----------------------------------------------------------------------------------------


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card of one fact that applies, one that does not, and one limit, on short runs of a micro firm."""
    fact = Fact("S01", "First", "E16", [raises("wins", B, A), lowers("wins", B, A)], note="Why.")
    monkeypatch.setattr(scorecard, "FACTS", (fact, Fact("S02", "Second", "E16", note="Nothing there.")))
    nothing = firm(size="micro", change=SHORT | {"market.raw_leads_per_rep_day": 0.0})
    monkeypatch.setattr(scorecard, "LIMITS", (Limit("none", "Nothing", known(Mean("handed_off", nothing), 0.0)),))
    monkeypatch.setattr(scorecard, "QUICK", (3, 2))


@pytest.fixture
def card(tiny: None) -> Scorecard:
    return sim.validate(quick=True, workers=1)


def test_the_card_counts_every_verdict(card: Scorecard) -> None:
    counts = card.counts
    assert sum(counts[status] for status in STATUSES) == 2
    assert counts[NOT_APPLICABLE] == counts["limits hold"] == 1
    assert counts["invariants hold"] == len(INVARIANTS)
    assert card.holds
    assert card.provenance["runs"] == scorecard.n_runs(quick=True) == 2 * 3 + 2


def test_json_has_facts_claims_invariants_limits_and_counts(card: Scorecard) -> None:
    document = json.loads(card.json())
    assert list(document) == ["schema", "provenance", "holds", "counts", "facts", "invariants", "limits"]
    first, second = document["facts"]
    assert set(first) == {"id", "statement", "source", "origin", "needs", "status", "note", "claims"}
    assert set(first["claims"][0]) == {
        *("kind", "quantity", "unit", "expected", "status", "value"),
        "ci_low",
        "ci_high",
    }
    assert second["claims"] == []
    assert {row["name"] for row in document["invariants"]} == set(INVARIANTS)
    assert document["limits"][0]["holds"] is True


def test_table_terminal_and_page_show_the_same_verdicts(card: Scorecard) -> None:
    assert tuple(card.table().columns) == COLUMNS
    assert len(card.table()) == 3 + len(INVARIANTS) + 1
    for text in (scorecard_table(card), scorecard_markdown(card)):
        assert card.facts[0].status in text
        assert NOT_APPLICABLE in text
        assert "seconds" in text


def call(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["smarketing", "validate", "--quick", "--quiet", *words])
    with pytest.raises(SystemExit) as ended:
        sim.cli.main()
    return int(ended.value.code or 0)


def test_the_command_ends_with_0_where_invariants_and_limits_hold(
    tiny: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["holds"] is True


def test_the_command_ends_with_1_where_a_limit_is_broken(tiny: None, monkeypatch: pytest.MonkeyPatch) -> None:
    (right,) = scorecard.LIMITS
    monkeypatch.setattr(scorecard, "LIMITS", (replace(right, claim=known(right.claim.quantity, 1.0)),))
    assert call(monkeypatch) == 1


def test_the_command_ends_with_1_where_an_account_does_not_balance(tiny: None, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(INVARIANTS["leads"], discrepancy=lambda world: 1.0)
    monkeypatch.setitem(INVARIANTS, "leads", broken)
    assert call(monkeypatch) == 1


def test_the_command_refuses_an_unknown_format(tiny: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(monkeypatch, "--format", "prose") == 2
