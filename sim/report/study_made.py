"""How a study was made and how far it is: what a reader needs to trust it, and to make it again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from sim.domain.errors import InputError
from sim.report.study_words import replications_text
from sim.spec.designs import Sequential
from sim.spec.plan import Plan, load_plan, plan_names

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment

#: Fields of a shipped plan that options of the command may change.
OPTIONS = ("scenario", "seed", "replications", "posterior")


def size_text(study: Experiment) -> str:
    """Points, replications and runs in words."""
    status, rule = study.status, study.plan.replications
    many = (
        replications_text(rule.minimum, rule.maximum) if isinstance(rule, Sequential) else replications_text(rule, rule)
    )
    points = f"{status.points:,} point{'' if status.points == 1 else 's'}"
    return f"{points} of {study.plan.scenario}, {many} each, {status.done:,} runs"


def progress_text(study: Experiment) -> str:
    """How far a study is that is not complete, and what was not read; empty where there is nothing to say."""
    status, parts = study.status, []
    if status.missing:
        parts.append(
            f"This study is not complete: {status.done:,} of {status.planned:,} runs are done,"
            f" {status.balanced:,} replications in every point that can be run. What follows is a fair sample, with"
            " wider intervals than planned."
        )
    if status.failed:
        parts.append(
            f"{status.failed:,} runs failed, in {status.failed_points:,} points that cannot be run at all and others;"
            " they are left out and listed below."
        )
    if status.set_aside:
        parts.append(f"{status.set_aside:,} files were damaged or from elsewhere and were not read.")
    return " ".join(parts)


def failures(study: Experiment) -> list[tuple[str, str, str]]:
    """Label, how many of its runs failed, and the error of the first, for each point with failed runs."""
    if not study.status.failed:
        return []
    rows = study.sql(
        "SELECT label, count(*) AS failed, min(error) AS error FROM runs JOIN points USING (point_id)"
        " WHERE status = 'failed' GROUP BY label, point ORDER BY point"
    )
    return [(str(row.label), f"{row.failed:,}", " ".join(str(row.error).split())) for row in rows.itertuples()]


def repeat_lines(plan: Plan) -> tuple[str, str]:
    """The command and the Python line that make a study again.

    Examples
    --------
    >>> from sim.spec.plan import plan_with
    >>> for line in repeat_lines(plan_with(load_plan("grid"), scenario="micro", replications=20)):
    ...     print(line)
    smarketing experiment run grid --scenario micro --replications 20
    sim.experiment('grid', scenario='micro', replications=20)
    """
    changes = _changes(plan)
    if changes is None:
        file = f"{plan.name}.toml"
        return f"smarketing experiment run {shlex.quote(file)}", f"sim.experiment({file!r})"
    options = "".join(f" --{name} {shlex.quote(str(value))}" for name, value in changes.items())
    keywords = "".join(f", {name}={value!r}" for name, value in changes.items())
    return f"smarketing experiment run {plan.name}{options}", f"sim.experiment({plan.name!r}{keywords})"


def _changes(plan: Plan) -> dict[str, Any] | None:
    """What differs from the shipped plan of that name; None where options cannot bring it about."""
    if plan.name not in plan_names():
        return None
    shipped = load_plan(plan.name)
    here, there = plan.model_dump(), shipped.model_dump()
    differing = {name: here[name] for name in here if here[name] != there[name]}
    can = set(differing) <= set(OPTIONS) and not isinstance(differing.get("replications"), dict)
    return {name: differing[name] for name in OPTIONS if name in differing} if can else None


def is_shipped_scenario(name: str) -> bool:
    """Whether a scenario comes with the software, so that its name says all."""
    from sim.spec.catalogue import load_scenario

    try:
        return not name.endswith(".toml") and bool(load_scenario(name))
    except InputError:
        return False


def made_lines(study: Experiment) -> list[tuple[str, str]]:
    """Names and values of what made the study."""
    record = study.store.record["provenance"]
    command, python = repeat_lines(study.plan)
    commit = f", commit {record['commit'][:12]}" if record.get("commit") else ""
    libraries = ", ".join(f"{name} {number}" for name, number in record["libraries"].items())
    own = "" if is_shipped_scenario(study.plan.scenario) else " (kept in the store’s store.json)"
    return [
        ("Command", command),
        ("In Python", python),
        ("Scenario", f"{study.plan.scenario}{own}"),
        ("Design", f"{study.plan.design.kind}, {size_text(study)}"),
        *posterior_lines(record),
        ("Seed", str(study.plan.seed)),
        ("Version", f"smarketing {record['version']}{commit}, results version {record['results_version']}"),
        ("Digest", record["digest"]),
        ("Libraries", f"Python {record['python']}, {libraries}"),
    ]


def posterior_lines(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Draws that a study is over, from its provenance; nothing without a posterior."""
    about = record.get("posterior")
    if about is None:
        return []
    columns = f"{len(about['columns'])} value{'' if len(about['columns']) == 1 else 's'}"
    return [("Posterior", f"{about['file']}: {about['draws']:,} draws of {columns}, digest {about['digest'][:12]}")]
