"""Small studies that several tests run: a micro firm for a few days."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sim.ensemble.work
from sim.domain.outcomes import OUTCOMES
from sim.ensemble.experiment import Experiment, experiment, load
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_values
from sim.spec.plan import Plan, read_plan
from sim.spec.scenario import Scenario

KEPT = ("bookings_new", "cycle_days", "profit", "prospecting_share")


def firm(**values: Any) -> Scenario:
    """A micro firm for a few days."""
    short = {"run.days": 15, "run.warmup_days": 5}
    return with_values(load_scenario("micro"), (short | values).items())


def plan_of(**changes: Any) -> Plan:
    """A grid of four points with ten replications, trust by week and every deal."""
    content: dict[str, Any] = {
        "name": "small",
        "scenario": "micro",
        "replications": 10,
        "outcomes": KEPT,
        "series": ("trust",),
        "tables": ("deals",),
        "design": {"kind": "grid"},
        "factors": {"relationship": ["undefined", "integrated"], "market.gap_days": [8, 12]},
    }
    base = changes.pop("base", firm())
    return read_plan(content | changes, base=base)


def run(plan: Plan, store: Path, **how: Any) -> Experiment:
    """Run a plan quietly on one thread unless told otherwise."""
    return experiment(plan, store=store, quiet=True, **({"workers": 1} | how))


def exported(store: Path, formats: tuple[str, ...] = ("csv",)) -> dict[str, str]:
    """Digest of every exported file but the provenance, by name."""
    study, out = load(store), store.with_name(f"{store.name}-export")
    for format in formats:
        study.export(out, format)
    files = sorted(path for path in out.iterdir() if path.name != "provenance.json" and path.suffix[1:] in formats)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def stop_after(n_chunks: int) -> Callable[..., Any]:
    """A worker that is interrupted, as by Ctrl-C, before it begins the next chunk."""
    task, begun = sim.ensemble.work.run_task, []

    def work(given: Any) -> Any:
        begun.append(given)
        if len(begun) > n_chunks:
            raise KeyboardInterrupt
        return task(given)

    return work


def all_outcomes() -> tuple[str, ...]:
    """Names of all outcomes."""
    return tuple(outcome.name for outcome in OUTCOMES)
