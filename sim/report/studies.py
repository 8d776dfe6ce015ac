"""What a terminal shows of plans and studies."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

from rich.table import Table

from sim.domain.errors import InputError
from sim.engine.run import simulate
from sim.ensemble.executors import n_cpus
from sim.ensemble.experiment import Experiment
from sim.ensemble.replay import Replay
from sim.ensemble.sampling import design_of
from sim.report.terminal import listed, written
from sim.spec.designs import Sequential
from sim.spec.labels import label_of
from sim.spec.plan import Plan, base_of, load_plan, plan_names
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

#: Points of a plan that its table shows.
SHOWN_POINTS = 30
#: Failed points that a status names.
SHOWN_FAILURES = 5


def plans_text(format: str) -> str:
    """The shipped plans: name, what it answers, points, runs."""
    rows = []
    for name in plan_names():
        plan = load_plan(name)
        rows.append((name, plan.n_points, _replications(plan), plan.description))
    return listed(("plan", "points", "replications", "description"), rows, format)


def _replications(plan: Plan) -> str:
    rule = plan.replications
    return f"{rule.minimum} to {rule.maximum}" if isinstance(rule, Sequential) else str(rule)


def plan_text(plan: Plan, format: str) -> str:
    """A plan: what it varies, its points, its size."""
    base = base_of(plan)
    design = design_of(plan, base)
    columns = ("point", "label", *design.factors)
    rows = [(index, _label(base, design.settings(index)), *row) for index, row in enumerate(design.rows)]
    if format != "table":
        return listed(columns, rows, format)
    head = f"{plan.name}: {plan.description}\n{plan.design.kind}, {plan.n_points} points of {plan.scenario}, "
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in columns[1:]:
        table.add_column(column, overflow="fold")
    for row in rows[:SHOWN_POINTS]:
        table.add_row(*(f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row[1:]))
    more = f"… and {len(rows) - SHOWN_POINTS} more: --format csv shows all." if len(rows) > SHOWN_POINTS else ""
    return written(head + _size(plan), table, more)


def _size(plan: Plan) -> str:
    """How many runs a plan has, and about how long they take here, by a run of its scenario as it is."""
    runs = plan.n_points * plan.most_replications
    most = "at most " if isinstance(plan.replications, Sequential) else ""
    minutes = runs * _seconds_of_a_run(plan) / n_cpus() / 60.0
    long = f"{minutes:.0f} minutes" if minutes >= 1.5 else f"{60 * minutes:.0f} seconds"
    return f"{_replications(plan)} replications each, {most}{runs} runs: {most}about {long} on {n_cpus()} processors"


def _seconds_of_a_run(plan: Plan) -> float:
    blueprint = blueprint_of(base_of(plan))
    world = simulate(blueprint, plan.seed)
    start = time.perf_counter()
    simulate(blueprint, plan.seed, world)
    return time.perf_counter() - start


def _label(base: Scenario, settings: dict[str, Any]) -> str:
    try:
        return label_of(base, settings)
    except InputError as error:
        return f"cannot be run: {error.rule}"


def status_text(study: Experiment, format: str) -> str:
    """How far a study is, and what went wrong with it."""
    status = study.status
    if format == "json":
        return (
            json.dumps({"store": str(study.store.folder), "plan": study.plan.name, **asdict(status)}, indent=1) + "\n"
        )
    if format == "csv":
        return listed(tuple(asdict(status)), [tuple(asdict(status).values())], "csv")
    lines = [
        f"{study.plan.name} in {study.store.folder}: {status.state}",
        f"{status.done} of {status.planned} runs done;"
        f" {status.balanced} replications complete in every point{' that can be run' if status.failed_points else ''}",
    ]
    return "\n".join([*lines, *_failures(study), *_aside(study)]) + "\n"


def _failures(study: Experiment) -> list[str]:
    status = study.status
    if not status.failed:
        return []
    rows = study.sql(
        "SELECT label, min(error) AS error, count(*) AS runs FROM runs JOIN points USING (point_id)"
        " WHERE status = 'failed' GROUP BY label, point ORDER BY point"
    )
    lines = [f"Failed runs: {status.failed}. Points that cannot be run at all: {status.failed_points}."]
    lines += [f"  {row.label}: {row.error}" for row in rows.head(SHOWN_FAILURES).itertuples()]
    return lines + ([f"  … and {len(rows) - SHOWN_FAILURES} more points"] if len(rows) > SHOWN_FAILURES else [])


def _aside(study: Experiment) -> list[str]:
    lines = [f"Not read: {fault.file} {fault.reason}" for fault in study.contents.faults]
    if aside := study.store.n_aside():
        lines.append(f"{aside} files were set aside: see {study.store.folder}/set-aside/reasons.txt")
    return lines


def stopped_text(study: Experiment, has_failed: bool) -> str:
    """What is kept of a study that did not come to its end, and how to go on."""
    status = study.status
    why = "Stopped by a run that failed" if has_failed else "Interrupted"
    kept = f"{status.done} of {status.planned} runs are kept, {status.balanced} replications of every point complete."
    how = f"Go on with: smarketing experiment resume --store {study.store.folder}"
    if has_failed:
        how = 'Go on without them: give the plan on_error = "record" and run it again.'
    return "\n".join([f"{why}: {kept}", *_failures(study), how])


def replay_text(made: Replay, result: str) -> str:
    """What came of making a result again."""
    if made.is_equal:
        return f"{result}: made {made.what} again; every byte is equal.\n"
    more = len(made.differences) - SHOWN_FAILURES
    lines = [f"{result}: made {made.what} again; {len(made.differences)} values differ:"]
    lines += [f"  {difference}" for difference in made.differences[:SHOWN_FAILURES]]
    return "\n".join([*lines, *([f"  … and {more} more"] if more > 0 else [])]) + "\n"
