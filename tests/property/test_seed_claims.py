"""Every claim of the sources shows, and is gone when its mechanism is switched off.

Sixteen replications on common luck, one year after a quarter of warm-up. A check shows where the mean of the paired
differences has the right sign and a t of at least 5. Seeds are fixed, so a test fails only when the model changes.
"""

from __future__ import annotations

import functools
import importlib
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from docs.tables import seed_coverage_text
from sim.domain.outcomes import BY_NAME as OUTCOMES
from sim.engine.run import outcomes_of, simulate
from sim.spec.catalogue import read_scenario
from sim.spec.edit import with_values
from sim.spec.resolve import blueprint_of
from tests.seed_claims import CHECKS, CLAIMS, Check, Claim

REPLICATIONS, T = 16, 5.0
#: Of an effect that may be left by other ways when its mechanism is off.
LEFT = 0.1
COVERAGE = Path(__file__).parents[2] / "docs" / "seed-coverage.md"
BY_NAME = {check.name: check for check in CHECKS}


class Effect(NamedTuple):
    """Mean of the paired differences in the claimed direction, and its t."""

    size: float
    t: float


def measured(check: Check, sets: dict[str, Any]) -> np.ndarray:
    content = {"presets": {"organization": check.organization}, "run": {"days": 260, "warmup_days": 65}}
    plan = blueprint_of(with_values(read_scenario(content), list(sets.items())))
    return np.array(
        [float(outcomes_of(simulate(plan, seed))[check.outcome]) for seed in range(100, 100 + REPLICATIONS)]
    )


@functools.cache
def effect(name: str, is_off: bool) -> Effect:
    """What the lever of a check does, with the mechanism on or off on both sides."""
    check = BY_NAME[name]
    off = check.off if is_off else {}
    difference = measured(check, {**check.base, **check.change, **off}) - measured(check, {**check.base, **off})
    size = check.sign * float(difference.mean())
    error = float(difference.std(ddof=1)) / math.sqrt(REPLICATIONS)
    return Effect(size, size / error if error > 0 else math.copysign(math.inf, size) if size else 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_the_claim_shows(name: str) -> None:
    assert effect(name, False).t >= T


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_the_same_claim_fails_when_its_mechanism_is_off(name: str) -> None:
    on, off = effect(name, False), effect(name, True)
    assert off.t < T or off.size < LEFT * on.size


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.words)
def test_a_claim_names_behaviours_and_checks_that_exist(claim: Claim) -> None:
    assert claim.behaviours
    for behaviour in claim.behaviours:
        module, name = behaviour.split(".")
        assert callable(getattr(importlib.import_module(f"sim.behaviours.{module}"), name)), behaviour
    assert claim.checks
    assert set(claim.checks) <= set(BY_NAME)


def test_every_check_belongs_to_a_claim_and_has_a_name_of_its_own() -> None:
    assert {name for claim in CLAIMS for name in claim.checks} == set(BY_NAME)
    assert len(BY_NAME) == len(CHECKS)
    assert all(check.outcome in OUTCOMES for check in CHECKS)


def test_the_page_on_the_claims_is_written_from_them() -> None:
    assert COVERAGE.read_text(encoding="utf-8") == seed_coverage_text(), "run `make docs`"
