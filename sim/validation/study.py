"""Run every setting that anything asks about, once, on common luck, and read off what was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.domain.blueprint import Blueprint
from sim.engine.run import outcomes_of, simulate
from sim.ensemble.executors import drain, pool_of
from sim.ensemble.runner import CHUNK, check_study
from sim.ensemble.seeds import run_seed
from sim.spec.resolve import blueprint_of
from sim.validation.invariants import INVARIANTS
from sim.validation.readings import READINGS
from sim.validation.settings import Setting


@dataclass
class Study:
    """What was measured.

    Parameters
    ----------
    measured : dict
        (setting, outcome or reading) → float64 of shape (replications,), NaN where there is none.
    discrepancies : dict
        Invariant → largest discrepancy on the first run of every setting.
    n_runs : int
        Runs made.
    """

    measured: dict[tuple[Setting, str], Any]
    discrepancies: dict[str, float]
    n_runs: int


def run_study(
    needs: Iterable[tuple[Setting, str]],
    replications: int,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Study:
    """Run each distinct setting `replications` times; see `run_points` for seed, workers and progress."""
    check_study(replications, seed, workers)
    asked = list(dict.fromkeys(needs))
    names: dict[Setting, list[str]] = {}
    for setting, name in asked:
        names.setdefault(setting, []).append(name)
    plans = {setting: blueprint_of(setting.scenario()) for setting in names}
    measured = {need: np.full(replications, np.nan) for need in asked}
    study = Study(measured, dict.fromkeys(INVARIANTS, 0.0), len(plans) * replications)

    def run_chunk(task: tuple[Setting, range]) -> int:
        setting, chunk = task
        return _run_chunk(study, seed, (setting, plans[setting], names[setting]), chunk)

    chunks = (range(first, min(first + CHUNK, replications)) for first in range(0, replications, CHUNK))
    tasks = ((setting, chunk) for chunk in chunks for setting in plans)
    with pool_of("threads", workers) as pool:
        drain(pool, run_chunk, tasks, progress or (lambda _: None))
    return study


def _run_chunk(study: Study, seed: int, asked: tuple[Setting, Blueprint, list[str]], chunk: range) -> int:
    setting, plan, names = asked
    world = None
    for replication in chunk:
        world = simulate(plan, run_seed(seed, replication), world)
        outcomes = outcomes_of(world)
        for name in names:
            value = READINGS[name].measure(world) if name in READINGS else outcomes[name]
            study.measured[setting, name][replication] = value
        if replication == 0:
            for name, invariant in INVARIANTS.items():
                study.discrepancies[name] = max(study.discrepancies[name], invariant.discrepancy(world))
    return len(chunk)
