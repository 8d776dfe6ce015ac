"""The scorecard: every fact, invariant and limit with its verdict, from one study on common luck.

All claims of all facts are judged by simultaneous intervals (Bonferroni): with a chance of at least
1 − FAMILY_ERROR_RATE every "reproduced" and every "not reproduced" is right. Replications are fixed beforehand.
"""

from __future__ import annotations

import json
import math
import platform
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import pandas as pd

from sim.domain.outcomes import RESULTS_VERSION
from sim.ensemble.provenance import LIBRARIES, SCHEMA, commit, version
from sim.validation.claims import NOT_REPRODUCED, STATUSES, Fact, Finding, judge, status_of
from sim.validation.facts import FACTS
from sim.validation.invariants import INVARIANTS, TOLERANCE
from sim.validation.limits import ERROR_RATE, LIMITS, Limit
from sim.validation.settings import Setting
from sim.validation.study import run_study

FAMILY_ERROR_RATE = 0.01
#: Replications of facts and of limits.
QUICK, FULL = (40, 20), (400, 100)
COLUMNS = ("part", "id", "statement", "source", "status", "quantity", "expected", "value", "ci_low", "ci_high", "unit")


@dataclass(frozen=True)
class ScoredFact:
    """A fact with what was found."""

    fact: Fact
    status: str
    findings: list[Finding]


@dataclass(frozen=True)
class ScoredInvariant:
    """An invariant with the largest discrepancy on the first run of every setting."""

    name: str
    statement: str
    discrepancy: float
    holds: bool


@dataclass(frozen=True)
class ScoredLimit:
    """A limit with what was found."""

    limit: Limit
    finding: Finding
    holds: bool


@dataclass(frozen=True)
class Scorecard:
    """What the model does of what is known.

    Parameters
    ----------
    facts, invariants, limits : list
        Each with its verdict.
    provenance : dict
        Versions, seed, replications, error rates, seconds.
    """

    facts: list[ScoredFact]
    invariants: list[ScoredInvariant]
    limits: list[ScoredLimit]
    provenance: dict[str, Any]

    @property
    def holds(self) -> bool:
        """Whether all invariants and limits hold; facts may fail."""
        return all(row.holds for row in self.invariants) and all(row.holds for row in self.limits)

    @property
    def counts(self) -> dict[str, int]:
        """Facts by status, and invariants and limits that hold and do not."""
        by_status = Counter(row.status for row in self.facts)
        counts = {status: by_status[status] for status in STATUSES}
        held = {"invariants": [row.holds for row in self.invariants], "limits": [row.holds for row in self.limits]}
        for name, rows in held.items():
            counts |= {f"{name} hold": sum(rows), f"{name} broken": len(rows) - sum(rows)}
        return counts

    def document(self) -> dict[str, Any]:
        """The scorecard as JSON writes it."""
        return {
            "schema": SCHEMA,
            "provenance": self.provenance,
            "holds": self.holds,
            "counts": self.counts,
            "facts": [_fact_row(row) for row in self.facts],
            "invariants": [vars(row) for row in self.invariants],
            "limits": [
                {"id": row.limit.id, "statement": row.limit.statement, "holds": row.holds} | finding_row(row.finding)
                for row in self.limits
            ],
        }

    def json(self) -> str:
        """The scorecard as JSON text."""
        return json.dumps(self.document(), indent=1, allow_nan=False, ensure_ascii=False)

    def table(self) -> pd.DataFrame:
        """One row per claim, invariant and limit."""
        rows: list[dict[str, Any]] = []
        for scored in self.facts:
            about = {"part": "fact", "id": scored.fact.id, "statement": scored.fact.statement}
            about |= {"source": scored.fact.source, "status": scored.status}
            rows += [about | finding_row(finding) for finding in scored.findings] or [about]
        for kept in self.invariants:
            status = "holds" if kept.holds else "broken"
            about = {"part": "invariant", "id": kept.name, "statement": kept.statement, "status": status}
            rows.append(about | {"expected": "0", "value": kept.discrepancy})
        for met in self.limits:
            about = {"part": "limit", "id": met.limit.id, "statement": met.limit.statement}
            rows.append(about | finding_row(met.finding) | {"status": "holds" if met.holds else "broken"})
        return pd.DataFrame(rows, columns=list(COLUMNS))


def finding_row(finding: Finding) -> dict[str, Any]:
    """A finding as tables and files write it; what does not exist or has no end is None."""
    numbers = {"value": finding.value, "ci_low": finding.ci_low, "ci_high": finding.ci_high}
    quantity = finding.claim.quantity
    about = {"kind": finding.claim.kind, "quantity": str(quantity), "unit": quantity.unit}
    about |= {"expected": finding.claim.expected, "status": finding.status}
    return about | {name: value if math.isfinite(value) else None for name, value in numbers.items()}


def _fact_row(row: ScoredFact) -> dict[str, Any]:
    fact = row.fact
    about = {"id": fact.id, "statement": fact.statement, "source": fact.source, "origin": fact.origin}
    about |= {"needs": fact.needs, "status": row.status, "note": fact.note}
    return about | {"claims": [finding_row(finding) for finding in row.findings]}


def _needs(facts: Sequence[Fact]) -> list[tuple[Setting, str]]:
    return [need for fact in facts for claim in fact.claims for need in claim.quantity.needs()]


def _needs_of_limits(limits: Sequence[Limit]) -> list[tuple[Setting, str]]:
    return [need for limit in limits for need in limit.claim.quantity.needs()]


def n_runs(quick: bool) -> int:
    """Runs that a validation makes."""
    of_facts, of_limits = QUICK if quick else FULL
    settings = ({setting for setting, _ in needs} for needs in (_needs(FACTS), _needs_of_limits(LIMITS)))
    return sum(len(each) * n for each, n in zip(settings, (of_facts, of_limits), strict=True))


def validate(
    *,
    quick: bool = False,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Scorecard:
    """Hold the model against stylised facts, invariants and analytic limits.

    Parameters
    ----------
    quick : bool
        A tenth of the runs: less is distinguishable.
    seed : int
        Of the study.
    workers : int, optional
        Threads; never changes a result.
    progress : callable, optional
        Told the number of runs that have just been finished.

    Returns
    -------
    Scorecard
        Every fact, invariant and limit with its verdict.

    Raises
    ------
    InputError
        If the seed or the number of workers is none.
    """
    start = time.perf_counter()
    of_facts, of_limits = QUICK if quick else FULL
    seen = run_study(_needs(FACTS), of_facts, seed, workers, progress)
    known = run_study(_needs_of_limits(LIMITS), of_limits, seed, workers, progress)
    provenance = {
        "software": "smarketing",
        "version": version(),
        "commit": commit(),
        "results_version": RESULTS_VERSION,
        "seed": seed,
        "replications": {"facts": of_facts, "limits": of_limits},
        "error_rates": {"facts": FAMILY_ERROR_RATE, "each limit": ERROR_RATE},
        "runs": seen.n_runs + known.n_runs,
        "timings": {"seconds": round(time.perf_counter() - start, 1)},
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
    }
    discrepancies = {name: max(seen.discrepancies[name], known.discrepancies[name]) for name in INVARIANTS}
    return Scorecard(
        score_facts(FACTS, seen.measured), _kept(discrepancies), score_limits(LIMITS, known.measured), provenance
    )


def score_facts(facts: Sequence[Fact], measured: Any) -> list[ScoredFact]:
    """Judge the claims of facts together."""
    error_rate = FAMILY_ERROR_RATE / max(1, sum(len(fact.claims) for fact in facts))
    scored = []
    for fact in facts:
        findings = [judge(claim, measured, error_rate) for claim in fact.claims]
        scored.append(ScoredFact(fact, status_of(fact, findings), findings))
    return scored


def score_limits(limits: Sequence[Limit], measured: Any) -> list[ScoredLimit]:
    """Judge limits, each by itself."""
    findings = [judge(limit.claim, measured, ERROR_RATE) for limit in limits]
    return [
        ScoredLimit(limit, finding, not math.isnan(finding.value) and finding.status != NOT_REPRODUCED)
        for limit, finding in zip(limits, findings, strict=True)
    ]


def _kept(discrepancies: dict[str, float]) -> list[ScoredInvariant]:
    return [
        ScoredInvariant(name, invariant.statement, discrepancies[name], discrepancies[name] <= TOLERANCE)
        for name, invariant in INVARIANTS.items()
    ]
